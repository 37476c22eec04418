"""The syntax tree of the query language: conditions on attributes, joined by and and or (CIM 009, 4.9).

``str()`` of a tree is the text that parses to an equal tree.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, NoReturn

from citycontext.errors import InvalidQuery
from citycontext.ngsild.query.paths import Path
from citycontext.ngsild.query.scanner import MAX_DEPTH
from citycontext.ngsild.query.values import Operand, Pattern, Value

__all__ = ["And", "Comparison", "Condition", "Exists", "Missing", "Operator", "Or", "mismatch"]

_CLAUSE: Final = "4.9"


class Operator(StrEnum):
    """How an attribute is compared."""

    EQUAL = "=="
    UNEQUAL = "!="
    GREATER = ">"
    GREATER_OR_EQUAL = ">="
    LESS = "<"
    LESS_OR_EQUAL = "<="
    MATCHES = "~="
    MATCHES_NOT = "!~="


_EQUALITY: Final = frozenset({Operator.EQUAL, Operator.UNEQUAL})
_MATCHING: Final = frozenset({Operator.MATCHES, Operator.MATCHES_NOT})


class Condition:
    """What an entity must meet; combine conditions with ``&`` and ``|``."""

    __slots__ = ()

    def __and__(self, other: Condition) -> Condition:
        return And((self, other)) if isinstance(other, Condition) else NotImplemented  # type: ignore[redundant-expr]

    def __or__(self, other: Condition) -> Condition:
        return Or((self, other)) if isinstance(other, Condition) else NotImplemented  # type: ignore[redundant-expr]

    def __bool__(self) -> NoReturn:
        raise TypeError(
            "a query has no truth value: combine conditions with & and |, each in parentheses, not with and/or/not; "
            "write .between(low, high) for low <= x <= high, and .one_of(a, b) for x in (a, b)"
        )

    def __invert__(self) -> NoReturn:
        raise TypeError("NGSI-LD queries have no negation; use != or .matches_not(), which ask for existence too")

    @property
    def depth(self) -> int:
        """How deep parentheses nest in the text."""
        return 0

    def conditions(self) -> Iterator[Exists | Missing | Comparison]:
        """Go through the single conditions, left to right."""
        raise NotImplementedError

    @property
    def attributes(self) -> frozenset[str]:
        """The names of the entity's own attributes that the query looks at, as written."""
        return frozenset(condition.path.attribute for condition in self.conditions())

    @property
    def links(self) -> int:
        """How many relationships the longest path follows; more than ``joinLevel`` is an error (CIM 009, 4.5.23)."""
        return max(condition.path.links for condition in self.conditions())


@dataclass(frozen=True, slots=True)
class Exists(Condition):
    """The attribute is there, whatever its value: ``attr``."""

    path: Path

    def conditions(self) -> Iterator[Exists | Missing | Comparison]:
        yield self

    def __str__(self) -> str:
        return str(self.path)


@dataclass(frozen=True, slots=True)
class Missing(Condition):
    """The attribute is not there: ``!attr``, which the standard does not have and Stellio does."""

    path: Path

    def conditions(self) -> Iterator[Exists | Missing | Comparison]:
        yield self

    def __str__(self) -> str:
        return f"!{self.path}"


@dataclass(frozen=True, slots=True)
class Comparison(Condition):
    """An attribute compared with something: ``temperature>20``.

    Raises:
        InvalidQuery: The operator does not go with the operand.
    """

    path: Path
    operator: Operator
    operand: Operand

    def __post_init__(self) -> None:
        problem = mismatch(self.operator, self.operand)
        if problem:
            column = len(str(self.path)) + len(self.operator)
            raise InvalidQuery(problem, text=str(self), column=column, clause=_CLAUSE)

    def conditions(self) -> Iterator[Exists | Missing | Comparison]:
        yield self

    def __str__(self) -> str:
        return f"{self.path}{self.operator.value}{self.operand}"


@dataclass(frozen=True, slots=True)
class And(Condition):
    """All of several conditions: ``a;b``. Inner ``And`` terms are taken up into this one.

    Raises:
        InvalidQuery: Fewer than two terms, or nested deeper than ``MAX_DEPTH``.
    """

    terms: tuple[Condition, ...]
    _depth: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        terms = _taken_up(And, self.terms)
        object.__setattr__(self, "terms", terms)
        object.__setattr__(self, "_depth", max(term.depth + isinstance(term, Or) for term in terms))
        if self._depth > MAX_DEPTH:
            raise InvalidQuery(f"nested deeper than {MAX_DEPTH} levels", text=str(self), column=0, clause=_CLAUSE)

    @property
    def depth(self) -> int:
        return self._depth

    def conditions(self) -> Iterator[Exists | Missing | Comparison]:
        for term in self.terms:
            yield from term.conditions()

    def __str__(self) -> str:
        return ";".join(f"({term})" if isinstance(term, Or) else str(term) for term in self.terms)


@dataclass(frozen=True, slots=True)
class Or(Condition):
    """Any of several conditions: ``a|b``. Inner ``Or`` terms are taken up into this one.

    Raises:
        InvalidQuery: Fewer than two terms.
    """

    terms: tuple[Condition, ...]
    _depth: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        terms = _taken_up(Or, self.terms)
        object.__setattr__(self, "terms", terms)
        object.__setattr__(self, "_depth", max(term.depth for term in terms))

    @property
    def depth(self) -> int:
        return self._depth

    def conditions(self) -> Iterator[Exists | Missing | Comparison]:
        for term in self.terms:
            yield from term.conditions()

    def __str__(self) -> str:
        return "|".join(str(term) for term in self.terms)


def mismatch(operator: Operator, operand: Operand) -> str:
    """Say why an operator does not go with an operand; empty where it does."""
    if operator in _MATCHING:
        return "" if isinstance(operand, Pattern) else f"{operator.value} takes a pattern"
    if isinstance(operand, Pattern):
        return "a pattern goes with ~= and !~= only"
    if operator in _EQUALITY:
        return ""
    if not isinstance(operand, Value):
        return f"{operator.value} takes one value; a range or a list goes with == and !="
    return "" if operand.comparable else f"a {operand.kind.value} has no order; it goes with == and != only"


def _taken_up(kind: type[And] | type[Or], terms: tuple[Condition, ...]) -> tuple[Condition, ...]:
    flat: list[Condition] = []
    for term in terms:
        flat.extend(term.terms if isinstance(term, kind) else (term,))
    if len(flat) < 2:
        raise InvalidQuery("two conditions or more are joined", text="", column=0, clause=_CLAUSE)
    return tuple(flat)
