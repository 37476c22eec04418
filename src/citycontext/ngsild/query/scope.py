"""Select entities by scope: ``/Madrid/Gardens/#``, ``(/Madrid/+;/CompanyA)`` (CIM 009, 4.19)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from citycontext.errors import InvalidQuery
from citycontext.ngsild.query.alternatives import Alternatives, read_alternatives, render_alternatives
from citycontext.ngsild.query.scanner import Scanner

__all__ = ["ScopePattern", "ScopeQuery", "parse_scope"]

_CLAUSE: Final = "4.19"
_LEVEL: Final = re.compile(r"\+|[^\W\d_]\w*")


@dataclass(frozen=True, slots=True)
class ScopePattern:
    """One scope, perhaps with wildcards.

    Args:
        levels: Its levels from the top; ``+`` stands for any one level.
        below: Whether all scopes below are meant too: ``/#`` at the end. Without levels, any scope is meant.

    Raises:
        InvalidQuery: A level the grammar refuses, or nothing at all.
    """

    levels: tuple[str, ...]
    below: bool = False

    def __post_init__(self) -> None:
        if not self.levels and not self.below:
            raise InvalidQuery("a scope without levels", text="", column=0, clause=_CLAUSE)
        for level in self.levels:
            if not _LEVEL.fullmatch(level):
                raise InvalidQuery(f"{level!r} is not a level of a scope", text=level, column=0, clause=_CLAUSE)

    def matches(self, scope: str) -> bool:
        """Return whether a scope is meant.

        Args:
            scope: A scope as an entity has it; a slash in front is optional.
        """
        return _covers(self.levels, scope.strip("/").split("/"), below=self.below)

    def __str__(self) -> str:
        return "".join(f"/{level}" for level in self.levels) + ("/#" if self.below else "")


@dataclass(frozen=True, slots=True)
class ScopeQuery:
    """Which scopes are asked for.

    Args:
        alternatives: Any of these; an entity must have a scope for each pattern of one.

    Raises:
        InvalidQuery: The list is empty.
    """

    alternatives: Alternatives[ScopePattern]

    def __post_init__(self) -> None:
        if not self.alternatives or not all(self.alternatives):
            raise InvalidQuery("a scope query without scopes", text="", column=0, clause=_CLAUSE)

    @classmethod
    def any_of(cls, *scopes: str) -> ScopeQuery:
        """Ask for entities in any of several scopes."""
        return cls(tuple((_pattern(scope),) for scope in scopes))

    @classmethod
    def all_of(cls, *scopes: str) -> ScopeQuery:
        """Ask for entities in all of several scopes."""
        return cls((tuple(_pattern(scope) for scope in scopes),))

    def compile(self) -> Callable[[Iterable[str] | str | None], bool]:
        """Build a function that tells whether the scopes of an entity are asked for; it takes none, one or several."""
        groups = [[(pattern.levels, pattern.below) for pattern in group] for group in self.alternatives]

        def matches(scopes: Iterable[str] | str | None) -> bool:
            if not scopes:
                return False
            paths = [scope.strip("/").split("/") for scope in ((scopes,) if isinstance(scopes, str) else scopes)]
            return any(
                all(any(_covers(levels, path, below=below) for path in paths) for levels, below in group)
                for group in groups
            )

        return matches

    def matches(self, scopes: Iterable[str] | str | None) -> bool:
        """Return whether an entity with these scopes is asked for.

        Args:
            scopes: The entity's ``scope``: none, one or several.
        """
        return self.compile()(scopes)

    def __str__(self) -> str:
        return render_alternatives(self.alternatives)


def parse_scope(text: str) -> ScopeQuery:
    """Read a scope query.

    Args:
        text: The query, percent-decoded. ``,`` and ``|`` are or; ``;`` is and, in parentheses.

    Raises:
        InvalidQuery: The text does not follow the grammar; points at the column.
    """
    return ScopeQuery(read_alternatives(Scanner(text, _CLAUSE), _read_scope))


def _read_scope(scanner: Scanner) -> ScopePattern:
    levels: list[str] = []
    slash = scanner.take("/")  # optional: the clause's last example leaves it out
    while True:
        if (levels or slash) and scanner.take("#"):
            return ScopePattern(tuple(levels), below=True)
        level = scanner.match(_LEVEL)
        if level is None:
            scanner.fail(f"expected a level of a scope, '+' or '#', not {scanner.rest()}")
        levels.append(level[0])
        if not scanner.take("/"):
            return ScopePattern(tuple(levels))


def _pattern(text: str) -> ScopePattern:
    scanner = Scanner(text, _CLAUSE)
    pattern = _read_scope(scanner)
    scanner.finish()
    return pattern


def _covers(levels: tuple[str, ...], path: list[str], *, below: bool) -> bool:
    if len(path) < len(levels) or (len(path) > len(levels) and not below):
        return False
    return all(level in ("+", part) for level, part in zip(levels, path, strict=False))
