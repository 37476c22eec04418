"""Write queries in Python: ``(Q.availableSpotNumber > 10) & (Q("address[city]") == "Gent")``."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import ClassVar, Final, NoReturn, TypeAlias

from citycontext.errors import InvalidQuery
from citycontext.ngsild.query.paths import AttributePath, LinkedPath, Path, parse_path
from citycontext.ngsild.query.q import Comparison, Exists, Missing, Operator
from citycontext.ngsild.query.values import Operand, Pattern, Value, ValueList, ValueRange

__all__ = ["Comparable", "Q", "Target"]

Comparable: TypeAlias = str | int | float | Decimal | datetime | date | time | Value
"""What has an order in the query language."""


class Target:
    """An attribute that a condition is going to look at; compare it to get the condition.

    ``Q.a.b`` is the sub-attribute ``b`` of ``a``, ``Q.a["b"]`` the member ``b`` inside the value of ``a`` (or the
    text in language ``b``), ``Q.a.linked("T").b`` the attribute ``b`` of the entities that relationship ``a`` leads
    to. A name that is a method here, or no Python name, is written as text: ``Q("a.exists")``.
    """

    __slots__ = ("_links", "_member", "_names")
    __hash__: ClassVar[None] = None  # type: ignore[assignment]  # == builds a condition
    __iter__: ClassVar[None] = None  # else Python would count through ["b"]
    __contains__: ClassVar[None] = None

    def __init__(
        self,
        names: tuple[str, ...],
        member: tuple[str, ...] = (),
        links: tuple[tuple[str, tuple[str, ...]], ...] = (),
    ) -> None:
        self._names = names
        self._member = member
        self._links = links

    def __getattr__(self, name: str) -> Target:
        if name.startswith("_"):
            raise AttributeError(name)
        if self._member:
            raise AttributeError(f"{self} is a member of a value and has no sub-attribute {name!r}")
        return Target((*self._names, name), (), self._links)

    def __getitem__(self, member: str) -> Target:
        """Look into a compound value: ``Q.address["geo.zone"]``; or at a language: ``Q.name["nl"]``, ``["*"]``."""
        if not isinstance(member, str):
            raise TypeError(f"a member is named by a text such as ['city'], not by {member!r}")
        return Target(self._names, (*self._member, *member.split(".")), self._links)

    def linked(self, *types: str) -> Target:
        """Go on in the entities that this relationship leads to.

        Args:
            types: Their entity types, which spares the broker work; none for any.

        Returns:
            The linked entity, whose attributes follow: ``Q.sensor.linked("Device").humidity == 40``.
        """
        if len(self._names) != 1 or self._member:
            raise InvalidQuery(
                "a linked entity is reached from an attribute itself", text=str(self), column=0, clause="4.9"
            )
        return Target((), (), (*self._links, (self._names[0], types)))

    @property
    def path(self) -> Path:
        """The path as a part of the syntax tree.

        Raises:
            InvalidQuery: A name the grammar refuses, or a linked entity without an attribute.
        """
        path: Path = AttributePath(self._names, self._member)
        for relationship, types in reversed(self._links):
            path = LinkedPath(relationship, path, types)
        return path

    def __eq__(self, value: object) -> Comparison:  # type: ignore[override]
        return self._compared(Operator.EQUAL, value)

    def __ne__(self, value: object) -> Comparison:  # type: ignore[override]
        return self._compared(Operator.UNEQUAL, value)

    def __gt__(self, value: Comparable) -> Comparison:
        return self._compared(Operator.GREATER, value)

    def __ge__(self, value: Comparable) -> Comparison:
        return self._compared(Operator.GREATER_OR_EQUAL, value)

    def __lt__(self, value: Comparable) -> Comparison:
        return self._compared(Operator.LESS, value)

    def __le__(self, value: Comparable) -> Comparison:
        return self._compared(Operator.LESS_OR_EQUAL, value)

    def exists(self) -> Exists:
        """Ask for entities that have the attribute."""
        return Exists(self.path)

    def missing(self) -> Missing:
        """Ask for entities that do not have the attribute; only Stellio understands it."""
        return Missing(self.path)

    def between(self, low: Comparable, high: Comparable) -> Comparison:
        """Ask for a value from ``low`` to ``high``, both included.

        Args:
            low: The least value: a number, text or time.
            high: The greatest, of the same kind.
        """
        return Comparison(self.path, Operator.EQUAL, ValueRange(Value.of(low), Value.of(high)))

    def outside(self, low: Comparable, high: Comparable) -> Comparison:
        """Ask for a value below ``low`` or above ``high``.

        Args:
            low: The least value that is not asked for.
            high: The greatest.
        """
        return Comparison(self.path, Operator.UNEQUAL, ValueRange(Value.of(low), Value.of(high)))

    def one_of(self, *values: Comparable) -> Comparison:
        """Ask for any of several values.

        Args:
            values: One or more.
        """
        return Comparison(self.path, Operator.EQUAL, self._listed(values))

    def none_of(self, *values: Comparable) -> Comparison:
        """Ask for a value that is not among several.

        Args:
            values: One or more.
        """
        return Comparison(self.path, Operator.UNEQUAL, self._listed(values))

    def matches(self, pattern: str) -> Comparison:
        """Ask for a text in which a pattern occurs.

        Args:
            pattern: A POSIX extended regular expression; ``^`` and ``$`` tie it to the ends.
        """
        return Comparison(self.path, Operator.MATCHES, Pattern.of(pattern))

    def matches_not(self, pattern: str) -> Comparison:
        """Ask for a text in which a pattern does not occur.

        Args:
            pattern: A POSIX extended regular expression.
        """
        return Comparison(self.path, Operator.MATCHES_NOT, Pattern.of(pattern))

    def _compared(self, operator: Operator, value: object) -> Comparison:
        if isinstance(value, Target):
            raise TypeError(f"NGSI-LD compares an attribute with a value, not with another attribute ({value})")
        operand: Operand = value if isinstance(value, (ValueRange, ValueList)) else Value.of(value)
        return Comparison(self.path, operator, operand)

    def _listed(self, values: tuple[Comparable, ...]) -> Value | ValueList:
        if not values:
            raise InvalidQuery("a list without values", text=str(self), column=0, clause="4.9")
        listed = tuple(Value.of(value) for value in values)
        return listed[0] if len(listed) == 1 else ValueList(listed)

    def _no_operand(self, _: object) -> NoReturn:
        raise TypeError(
            f"put each comparison in parentheses, (Q.a > 1) & (Q.b < 2), for & and | bind tighter than > and ==; "
            f"and say {self}.exists() if you ask for existence"
        )

    def __and__(self, other: object) -> NoReturn:
        self._no_operand(other)

    def __rand__(self, other: object) -> NoReturn:
        self._no_operand(other)

    def __or__(self, other: object) -> NoReturn:
        self._no_operand(other)

    def __ror__(self, other: object) -> NoReturn:
        self._no_operand(other)

    def __bool__(self) -> NoReturn:
        raise TypeError(f"{self} is an attribute to compare; say .exists() to ask for existence")

    def __invert__(self) -> NoReturn:
        raise TypeError(f"NGSI-LD queries have no negation; Stellio understands {self}.missing()")

    def __repr__(self) -> str:
        links = "".join(f"{name}{{{','.join(types)}{':' if types else ''}" for name, types in self._links)
        member = f"[{'.'.join(self._member)}]" if self._member else ""
        return f"Q({links + '.'.join(self._names) + member + '}' * len(self._links)!r})"


class _Builder:
    """Name an attribute: ``Q.speed`` or ``Q("speed")``."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Target:
        if name.startswith("_"):
            raise AttributeError(name)
        return Target((name,))

    def __call__(self, path: str) -> Target:
        """Name an attribute by a path in the language itself, e.g. ``Q("address[city]")``.

        Args:
            path: The path.

        Raises:
            InvalidQuery: It does not follow the grammar.
        """
        tree = parse_path(path)
        links = []
        while isinstance(tree, LinkedPath):
            links.append((tree.relationship, tree.types))
            tree = tree.target
        return Target(tree.names, tree.member, tuple(links))

    def __repr__(self) -> str:
        return "Q"


Q: Final = _Builder()
"""Where a query starts: ``Q.availableSpotNumber > 10``."""
