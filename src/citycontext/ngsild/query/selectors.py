"""Select entities by type, id and pattern of id (CIM 009, 5.2.33)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from citycontext.errors import InvalidQuery
from citycontext.foreign_text import shown
from citycontext.ngsild.names import is_uri
from citycontext.ngsild.query.entity_types import TypeSelection, parse_types
from citycontext.ngsild.query.patterns import check_pattern, compile_pattern
from citycontext.ngsild.query.scanner import errors_in

__all__ = ["EntityFilter", "as_uris"]

_CLAUSE: Final = "5.2.33"
_MEMBERS: Final = ("type", "id", "idPattern")


@dataclass(frozen=True, slots=True)
class EntityFilter:
    """Which entities are meant: of this type, with one of these ids or an id in which a pattern occurs.

    .. versionadded:: 0.2

    Args:
        type: The types; ``None`` for any.
        id: The ids; empty for any. They take precedence over the pattern.
        id_pattern: A POSIX extended regular expression that occurs in the id.

    Raises:
        InvalidQuery: An id that is not a URI, or a pattern that is not valid.
    """

    type: TypeSelection | None = None
    id: tuple[str, ...] = ()
    id_pattern: str | None = None

    def __post_init__(self) -> None:
        as_uris(self.id, path="id")
        if self.id_pattern is not None:
            if not isinstance(self.id_pattern, str):
                _refuse("idPattern is a text", "idPattern", shown(self.id_pattern))
            with errors_in("idPattern"):
                check_pattern(self.id_pattern, text=self.id_pattern, offset=0)

    def compile(self, *, expand: Callable[[str], str] | None = None) -> Callable[[str, Iterable[str] | str], bool]:
        """Build a function that tells whether an entity is meant, by its id and its types.

        Args:
            expand: Applied once to each type name; left out, names are compared as written.
        """
        of_type = None if self.type is None else self.type.compile(expand=expand)
        ids = frozenset(self.id)
        in_id = None if ids or self.id_pattern is None else compile_pattern(self.id_pattern)

        def matches(id: str, types: Iterable[str] | str) -> bool:
            return (not ids or id in ids) and (of_type is None or of_type(types)) and (in_id is None or in_id(id))

        return matches

    def to_body(self) -> dict[str, Any]:
        """Write an item of ``entities``.

        Raises:
            InvalidQuery: It names no type, which the member must.
        """
        if self.type is None:
            _refuse("a selector in a body names a type, or * for any", "entities")
        body: dict[str, Any] = {"type": str(self.type)}
        if self.id:
            body["id"] = self.id[0] if len(self.id) == 1 else list(self.id)
        if self.id_pattern is not None:
            body["idPattern"] = self.id_pattern
        return body

    @classmethod
    def from_body(cls, body: Any) -> EntityFilter:
        """Read an item of ``entities``.

        Args:
            body: The item.

        Raises:
            InvalidQuery: A member is unknown or wrong.
        """
        if not isinstance(body, Mapping):
            _refuse("an entity selector is an object", "entities", shown(body))
        unknown = [str(name) for name in body if name not in _MEMBERS]
        if unknown:
            _refuse(f"an entity selector has no member {', '.join(unknown)}", "entities", unknown[0])
        types = body.get("type")
        if types is not None and not isinstance(types, str):
            _refuse("type is a text", "type", shown(types))
        ids = body.get("id", [])
        return cls(
            None if types is None else parse_types(types),
            as_uris([ids] if isinstance(ids, str) else ids, path="id"),
            body.get("idPattern"),
        )


def as_uris(values: Any, *, path: str, other: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Take a list of URIs, and make sure that it is one.

    Args:
        values: The URIs.
        path: The parameter they stand in, for the error.
        other: Texts that may stand instead, such as ``@none``.

    Raises:
        InvalidQuery: One is not a URI.
    """
    if not isinstance(values, (list, tuple)):
        _refuse(f"{path} is a list of URIs", path, shown(values))
    for value in values:
        if not isinstance(value, str) or not (value in other or is_uri(value)):
            _refuse(f"{shown(value)} is not a URI", path, shown(value))
    return tuple(values)


def _refuse(message: str, path: str, text: str = "") -> NoReturn:
    raise InvalidQuery(message, text=text, column=0, clause=_CLAUSE, path=path)
