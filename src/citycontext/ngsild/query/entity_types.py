"""Select entities by type: ``Building,House``, ``(Home;Vehicle),Motorhome``, ``*`` (CIM 009, 4.17)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from citycontext.errors import InvalidQuery
from citycontext.ngsild.query.alternatives import Alternatives, read_alternatives, render_alternatives
from citycontext.ngsild.query.paths import TYPE_NAME
from citycontext.ngsild.query.scanner import Scanner

__all__ = ["ANY_TYPE", "TypeSelection", "as_types", "parse_types"]

_CLAUSE: Final = "4.17"


@dataclass(frozen=True, slots=True)
class TypeSelection:
    """Which entity types are asked for.

    Args:
        alternatives: Any of these; an entity must have all types of one. Empty for any type at all, which limits
            the operation to the broker's own entities (CIM 009, 5.5.13).

    Raises:
        InvalidQuery: A name the grammar refuses.
    """

    alternatives: Alternatives[str]

    def __post_init__(self) -> None:
        for group in self.alternatives:
            if not group:
                raise InvalidQuery("a conjunction without types", text=str(self), column=0, clause=_CLAUSE)
            for name in group:
                if not TYPE_NAME.fullmatch(name):
                    raise InvalidQuery(f"{name!r} is not an entity type", text=name, column=0, clause=_CLAUSE)

    @classmethod
    def any_of(cls, *names: str) -> TypeSelection:
        """Ask for entities of any of several types."""
        return cls(tuple((name,) for name in names))

    @classmethod
    def all_of(cls, *names: str) -> TypeSelection:
        """Ask for entities that have all of several types."""
        return cls((names,))

    @property
    def names(self) -> frozenset[str]:
        """All type names that occur, as written."""
        return frozenset(name for group in self.alternatives for name in group)

    def compile(self, *, expand: Callable[[str], str] | None = None) -> Callable[[Iterable[str] | str], bool]:
        """Build a function that tells whether the types of an entity are asked for.

        Args:
            expand: Applied once to each name; left out, names are compared as written.

        Returns:
            The function; it takes a type or several.
        """
        if not self.alternatives:
            return lambda _: True
        groups = [frozenset(map(expand, group) if expand else group) for group in self.alternatives]

        def matches(types: Iterable[str] | str) -> bool:
            have = frozenset((types,) if isinstance(types, str) else types)
            return any(group <= have for group in groups)

        return matches

    def matches(self, types: Iterable[str] | str, *, expand: Callable[[str], str] | None = None) -> bool:
        """Return whether an entity of these types is asked for.

        Args:
            types: The entity's type or types.
            expand: See ``compile``, which serves better for many entities.
        """
        return self.compile(expand=expand)(types)

    def __str__(self) -> str:
        return render_alternatives(self.alternatives) or "*"


ANY_TYPE: Final = TypeSelection(())
"""Entities of any type: ``*``."""


def parse_types(text: str) -> TypeSelection:
    """Read a type selection.

    Args:
        text: The selection, percent-decoded. ``,`` and ``|`` are or; ``;`` is and, in parentheses; ``*`` is any.

    Raises:
        InvalidQuery: The text does not follow the grammar; points at the column.
    """
    if text == "*":
        return ANY_TYPE
    return TypeSelection(read_alternatives(Scanner(text, _CLAUSE), _read_type))


def as_types(value: str | Iterable[str] | TypeSelection) -> TypeSelection:
    """Take a selection as text, as a list of alternatives, or as it is."""
    if isinstance(value, TypeSelection):
        return value
    if isinstance(value, str):
        return parse_types(value)
    names: tuple[Any, ...] = tuple(value)
    if not names:
        raise InvalidQuery("a list of types without types", text="", column=0, clause=_CLAUSE)
    return TypeSelection.any_of(*names)


def _read_type(scanner: Scanner) -> str:
    name = scanner.match(TYPE_NAME)
    if name is None:
        scanner.fail(f"expected an entity type, not {scanner.rest()}")
    return name[0]
