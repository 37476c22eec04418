"""Attribute paths: what a condition or an ordering looks at (CIM 009, 4.9)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, TypeAlias

from citycontext.errors import InvalidQuery
from citycontext.ngsild.query.scanner import MAX_DEPTH, Scanner

__all__ = ["NAME", "TYPE_NAME", "AttributePath", "LinkedPath", "Path", "parse_path", "read_attribute_path", "read_path"]

_CLAUSE: Final = "4.9"
_MAX_STEPS: Final = 100
# An IRI as a name ends where the grammar goes on.
_IRI: Final = r"(?:[A-Za-z][A-Za-z0-9+.\-]*://|urn:|ngsi-ld:default-context/)[^\s;|,()\[\]{}=!<>~\"\\^`]+"
_SHORT: Final = r"(?:[^\W\d_][\w\-]*:)?[^\W\d_]\w*"

NAME: Final = re.compile(rf"{_IRI}|{_SHORT}")
"""A name of an attribute or entity type: short, ``prefix:name``, or an IRI without the signs of the grammar."""

TYPE_NAME: Final = re.compile(rf"{_IRI}|[^\W\d_][\w.\-]*:[^\s;|,()\[\]{{}}=!<>~\"\\^`]+|{_SHORT}")
"""A name of an entity type outside a path, where a compacted IRI may go on behind its prefix: ``ngsi-ld:a/B``."""

_SHORT_NAME: Final = re.compile(_SHORT)
_IRI_NAME: Final = re.compile(_IRI)
_STEP: Final = re.compile(r"[^\[\].\x00-\x1f\x7f]+")
_HINTED: Final = re.compile(r"[^\s;|()\[\]{}=!<>~\"\\^`]+")
# A colon that ends a type hint, not one of "https://".
_HINT_END: Final = re.compile(r":(?!//)")
_LOCAL_PART: Final = re.compile(r"[/#:][^/#:]*\Z")


@dataclass(frozen=True, slots=True)
class AttributePath:
    """An attribute, one of its sub-attributes, or a member inside its value.

    Args:
        names: The attribute's name, then sub-attributes. A name is short or ``prefix:name``; the first may be a
            full IRI whose last part has no dot.
        member: Steps into a compound value, or one language tag, or ``*`` for any language.

    Raises:
        InvalidQuery: A name the grammar refuses.
    """

    names: tuple[str, ...]
    member: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.names:
            raise InvalidQuery("a path names an attribute", text="", column=0, clause=_CLAUSE)
        first, *others = self.names
        if not (_SHORT_NAME.fullmatch(first) or (_IRI_NAME.fullmatch(first) and _split_iri(first) == [first])):
            _refuse(first, "is not an attribute name: a letter, then letters, digits and _")
        for name in others:
            if not _SHORT_NAME.fullmatch(name):
                _refuse(name, "is not a name of a sub-attribute: a letter, then letters, digits and _")
        for step in self.member:
            if not _STEP.fullmatch(step):
                _refuse(step, "is not a member name: it has a bracket, a dot or a control character, or is empty")

    def __str__(self) -> str:
        path = ".".join(self.names)
        return f"{path}[{'.'.join(self.member)}]" if self.member else path

    @property
    def attribute(self) -> str:
        """The name of the entity's own attribute."""
        return self.names[0]

    @property
    def links(self) -> int:
        """How many relationships the path follows: none."""
        return 0


@dataclass(frozen=True, slots=True)
class LinkedPath:
    """A path that goes on in the entities a relationship leads to: ``rel{attr}``, ``rel{Type1,Type2:attr}``.

    Args:
        relationship: The relationship's name.
        target: What is looked at in the linked entity.
        types: Types that narrow the linked entities down; empty for any.

    Raises:
        InvalidQuery: A name the grammar refuses, or more than ``MAX_DEPTH`` links.
    """

    relationship: str
    target: Path
    types: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        AttributePath((self.relationship,))
        for name in self.types:
            if not NAME.fullmatch(name):
                _refuse(name, "is not an entity type")
        head = self.target.attribute
        if _HINT_END.search(head):
            _refuse(head, "cannot stand inside {}: its prefix reads as an entity type; use a term of the @context")
        if self.links > MAX_DEPTH:
            _refuse(self.relationship, f"leads deeper than {MAX_DEPTH} links")

    def __str__(self) -> str:
        hint = f"{','.join(self.types)}:" if self.types else ""
        return f"{self.relationship}{{{hint}{self.target}}}"

    @property
    def attribute(self) -> str:
        """The name of the entity's own attribute: the relationship."""
        return self.relationship

    @property
    def links(self) -> int:
        """How many relationships the path follows."""
        return 1 + self.target.links


Path: TypeAlias = AttributePath | LinkedPath


def parse_path(text: str) -> Path:
    """Read a path such as ``address[city]``, ``temperature.observedAt`` or ``sensor{Device:humidity}``.

    Args:
        text: The path, percent-decoded.

    Raises:
        InvalidQuery: It does not follow the grammar; points at the column.
    """
    scanner = Scanner(text, _CLAUSE)
    path = read_path(scanner)
    scanner.finish()
    return path


def read_path(scanner: Scanner) -> Path:
    """Read a path where the scanner stands."""
    links: list[tuple[str, tuple[str, ...]]] = []
    types: tuple[str, ...] = ()
    while True:
        start = scanner.position
        path = read_attribute_path(scanner)
        if not scanner.take("{"):
            break
        if len(path.names) > 1 or path.member:
            scanner.fail("a linked entity is reached from an attribute itself", at=start)
        links.append((path.attribute, types))
        if len(links) > MAX_DEPTH:
            scanner.fail(f"more than {MAX_DEPTH} links")
        types = _read_type_hint(scanner)
    result: Path = path
    while links:
        relationship, outer_types = links.pop()
        scanner.expect("}", "to end the linked entity")
        result = LinkedPath(relationship, result, types)
        types = outer_types
    return result


def read_attribute_path(scanner: Scanner) -> AttributePath:
    """Read a path without linked entities where the scanner stands."""
    iri = scanner.match(_IRI_NAME)
    if iri is None:
        names = [_read_name(scanner)]
    else:
        names = _split_iri(iri[0])
        for name in names[1:]:
            if not _SHORT_NAME.fullmatch(name):
                scanner.fail(f"{name!r} after the dot of an IRI is not a sub-attribute", at=iri.start())
    while scanner.take("."):
        names.append(_read_name(scanner))
        if len(names) > _MAX_STEPS:
            scanner.fail(f"more than {_MAX_STEPS} steps")
    return AttributePath(tuple(names), _read_member(scanner) if scanner.take("[") else ())


def _read_name(scanner: Scanner) -> str:
    name = scanner.match(_SHORT_NAME)
    if name is None:
        scanner.fail(f"expected an attribute name, not {scanner.rest()}")
    return name[0]


def _read_member(scanner: Scanner) -> tuple[str, ...]:
    steps = []
    while True:
        step = scanner.match(_STEP)
        if step is None:
            scanner.fail(f"expected a member name or a language, not {scanner.rest()}")
        steps.append(step[0])
        if len(steps) > _MAX_STEPS:
            scanner.fail(f"more than {_MAX_STEPS} steps")
        if not scanner.take("."):
            break
    scanner.expect("]", "to end the member")
    return tuple(steps)


def _read_type_hint(scanner: Scanner) -> tuple[str, ...]:
    ahead = _HINTED.match(scanner.text, scanner.position)
    ends = [end.start() for end in _HINT_END.finditer(ahead[0])] if ahead else []
    if ahead is None or not ends:
        return ()
    start, hint = scanner.position, ahead[0][: ends[-1]]
    types = hint.split(",")
    for name in types:
        if not NAME.fullmatch(name):
            scanner.fail(f"{name!r} is not an entity type", at=start)
        start += len(name) + 1
    scanner.position += len(hint) + 1
    return tuple(types)


def _split_iri(text: str) -> list[str]:
    """Part an IRI from the sub-attributes behind it: dots count after its last ``/``, ``#`` or ``:``."""
    local = _LOCAL_PART.search(text)
    assert local is not None  # an IRI has a colon
    first, *others = local[0].split(".")
    return [text[: local.start()] + first, *others]


def _refuse(name: str, reason: str) -> None:
    raise InvalidQuery(f"{name!r} {reason}", text=name, column=0, clause=_CLAUSE)
