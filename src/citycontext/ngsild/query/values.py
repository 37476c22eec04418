"""What a condition compares with: values, ranges, lists and patterns, each in its lexical form (CIM 009, 4.9)."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, TypeAlias

from citycontext.errors import InvalidQuery
from citycontext.ngsild.query.patterns import check_pattern
from citycontext.ngsild.query.scanner import Scanner
from citycontext.ngsild.time import format_datetime

__all__ = ["Operand", "Pattern", "Value", "ValueKind", "ValueList", "ValueRange", "read_operand", "read_pattern"]

_CLAUSE: Final = "4.9"
_MAX_VALUES: Final = 10_000
_MAX_DIGITS: Final = 400
_TOO_LONG: Final = f"a number of more than {_MAX_DIGITS} digits"
# JSON's own grammar of strings and numbers (RFC 8259), and the standard's of times (4.6.3).
_STRING: Final = r'"(?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*+"'
_CLOCK: Final = r"[0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]{1,6})?Z"
_DATE: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_NUMBER: Final = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"
_URI: Final = r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s<>\"{}|\\^`;,()]+"
_TERM: Final = r"[^\W\d_]\w*"
_VALUE: Final = re.compile(
    rf"(?:(?P<string>{_STRING})|(?P<dateTime>{_DATE}T{_CLOCK})|(?P<date>{_DATE})|(?P<time>{_CLOCK})"
    rf"|(?P<number>{_NUMBER})|(?P<boolean>true|false)|(?P<URI>{_URI})|(?P<term>{_TERM}))(?=[;|),]|\.\.|\Z)"
)
_QUOTED_PATTERN: Final = re.compile(r'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_BARE_PATTERN_STOP: Final = re.compile(r"[\\[();|]")
# What follows "[": its first character may be "]" itself, and classes such as [:alpha:] have their own "]".
_BRACKET: Final = re.compile(r"\^?+\]?+(?:\[:[a-z]*:\]|\\.|[^\]\\])*+\]", re.DOTALL)


class ValueKind(StrEnum):
    """What a value is by its lexical form."""

    NUMBER = "number"
    STRING = "string"
    BOOLEAN = "boolean"
    DATETIME = "dateTime"
    DATE = "date"
    TIME = "time"
    URI = "URI"
    TERM = "term"
    """A bare word: what a vocabulary term looks like (example 12 of the clause)."""


_COMPARABLE: Final = frozenset({ValueKind.NUMBER, ValueKind.STRING, ValueKind.DATETIME, ValueKind.DATE, ValueKind.TIME})
_KINDS: Final = {kind.value: kind for kind in ValueKind}


@dataclass(frozen=True, slots=True)
class Value:
    """A single value as it is written in a query.

    Args:
        text: The lexical form, e.g. ``20``, ``"Gent"`` with its quotes, ``true``, ``2024-05-01T10:00:00Z``,
            ``urn:ngsi-ld:Building:b1``. Strings are JSON strings: quotes and backslashes inside are escaped by ``\\``.

    Raises:
        InvalidQuery: The text is not a value.
    """

    text: str
    kind: ValueKind = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        Scanner(self.text, _CLAUSE)
        found = _VALUE.fullmatch(self.text)
        if found is None or found.lastgroup is None:
            raise InvalidQuery("no value", text=self.text, column=0, clause=_CLAUSE)
        _check_lexical(self.text, found.lastgroup)
        object.__setattr__(self, "kind", _KINDS[found.lastgroup])

    @classmethod
    def of(cls, value: Any) -> Value:
        """Write a Python value as the query language spells it.

        Args:
            value: A text, number, boolean, ``datetime`` with a zone, ``date``, or ``time`` in UTC. A ``Value`` is
                taken as it is.

        Raises:
            TypeError: The language has nothing for a value of this type.
            InvalidTime: A ``datetime`` has no zone.
            InvalidQuery: A number that is not finite, or a time that is not in UTC.
        """
        if isinstance(value, Value):
            return value
        if isinstance(value, bool):
            return cls("true" if value else "false")
        if isinstance(value, str):
            return cls(json.dumps(str(value), ensure_ascii=False))
        if isinstance(value, int):
            if value.bit_length() > 3 * _MAX_DIGITS:
                raise InvalidQuery(_TOO_LONG, text="", column=0, clause=_CLAUSE)
            return cls(format(value, "d"))
        if isinstance(value, (float, Decimal)):
            if not math.isfinite(value):
                raise InvalidQuery(f"{value} is not a number of JSON", text=str(value), column=0, clause=_CLAUSE)
            return cls(str(value))
        if isinstance(value, datetime):
            return cls(format_datetime(value))
        if isinstance(value, date):
            return cls(value.isoformat())
        if isinstance(value, time):
            if value.utcoffset() != timedelta(0):
                raise InvalidQuery("a time is given in UTC", text=value.isoformat(), column=0, clause="4.6.3")
            return cls(f"{value.replace(tzinfo=None).isoformat()}Z")
        raise TypeError(_no_value(value))

    @property
    def value(self) -> str | int | float | bool | datetime | date | time:
        """The Python value."""
        text = self.text
        match self.kind:
            case ValueKind.STRING:
                return str(json.loads(text))
            case ValueKind.NUMBER:
                return float(text) if {".", "e", "E"} & set(text) else int(text)
            case ValueKind.BOOLEAN:
                return text == "true"
            case ValueKind.DATETIME:
                return datetime.fromisoformat(text)
            case ValueKind.DATE:
                return date.fromisoformat(text)
            case ValueKind.TIME:
                return time.fromisoformat(text)
            case _:
                return text

    @property
    def comparable(self) -> bool:
        """Whether the value has an order: numbers, strings and times have."""
        return self.kind in _COMPARABLE

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class ValueRange:
    """``low..high``, both ends included.

    Raises:
        InvalidQuery: The ends are of different kinds, or of one without an order.
    """

    low: Value
    high: Value

    def __post_init__(self) -> None:
        if not self.low.comparable:
            raise InvalidQuery(f"a {self.low.kind} is not an end of a range", text=str(self), column=0, clause=_CLAUSE)
        if self.low.kind is not self.high.kind:
            message = f"a range from a {self.low.kind} to a {self.high.kind}; both ends are of one kind"
            raise InvalidQuery(message, text=str(self), column=len(self.low.text) + 2, clause=_CLAUSE)

    def __str__(self) -> str:
        return f"{self.low}..{self.high}"


@dataclass(frozen=True, slots=True)
class ValueList:
    """``a,b,c``: any of several values.

    Raises:
        InvalidQuery: Fewer than two values.
    """

    values: tuple[Value, ...]

    def __post_init__(self) -> None:
        if len(self.values) < 2:
            raise InvalidQuery("a list has at least two values", text=str(self), column=0, clause=_CLAUSE)

    def __str__(self) -> str:
        return ",".join(value.text for value in self.values)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A POSIX extended regular expression, bare or in quotes.

    A backslash inside quotes belongs to the pattern, so ``"a\\.b"`` and ``a\\.b`` are the same; only a quote must
    have one before it.

    Args:
        text: The lexical form.

    Raises:
        InvalidQuery: The text is not a pattern, or asks for what POSIX does not have.
    """

    text: str

    def __post_init__(self) -> None:
        scanner = Scanner(self.text, _CLAUSE)
        _read_pattern_text(scanner)
        scanner.finish()
        check_pattern(self.pattern, text=self.text, offset=self._quotes)

    @classmethod
    def of(cls, pattern: str) -> Pattern:
        """Write a pattern: bare where that can be read back, else in quotes.

        Not every broker takes a quoted pattern.

        Args:
            pattern: The regular expression.

        Raises:
            InvalidQuery: It is not valid, or asks for what POSIX does not have.
        """
        check_pattern(pattern, text=pattern, offset=0)
        if not pattern.startswith('"') and _bare_pattern_end(pattern, 0) == len(pattern) > 0:
            return cls(pattern)
        escaped = re.sub(r'(\\.)|"', lambda found: found[1] or '\\"', pattern, flags=re.DOTALL)
        return cls(f'"{escaped}"')

    @property
    def pattern(self) -> str:
        """The regular expression without quotes around it."""
        return self.text[1:-1] if self._quotes else self.text

    @property
    def _quotes(self) -> int:
        return 1 if self.text.startswith('"') else 0

    def __str__(self) -> str:
        return self.text


Operand: TypeAlias = Value | ValueRange | ValueList | Pattern


def read_operand(scanner: Scanner) -> Value | ValueRange | ValueList:
    """Read a value, a range or a list where the scanner stands."""
    start = scanner.position
    first = _read_value(scanner)
    if scanner.take(".."):
        second_at = scanner.position
        second = _read_value(scanner)
        if not first.comparable:
            scanner.fail(f"a {first.kind} is not an end of a range", at=start)
        if first.kind is not second.kind:
            scanner.fail(f"a range from a {first.kind} to a {second.kind}; both ends are of one kind", at=second_at)
        return ValueRange(first, second)
    if scanner.peek() != ",":
        return first
    values = [first]
    while scanner.take(","):
        while scanner.take(" "):  # the clause prints its examples of lists with a blank
            pass
        values.append(_read_value(scanner))
        if len(values) > _MAX_VALUES:
            scanner.fail(f"more than {_MAX_VALUES} values")
    return ValueList(tuple(values))


def read_pattern(scanner: Scanner) -> Pattern:
    """Read a pattern where the scanner stands: in quotes, or bare up to what ends a condition."""
    start = scanner.position
    text = _read_pattern_text(scanner)
    quotes = 1 if text.startswith('"') else 0
    check_pattern(text[quotes : len(text) - quotes], text=scanner.text, offset=start + quotes)
    pattern = object.__new__(Pattern)
    object.__setattr__(pattern, "text", text)
    return pattern


def _read_value(scanner: Scanner) -> Value:
    start = scanner.position
    found = scanner.match(_VALUE)
    if found is None or found.lastgroup is None:
        scanner.fail(_expected_value(scanner))
    try:
        _check_lexical(found[0], found.lastgroup)
    except InvalidQuery as error:
        scanner.fail(error.message, at=start)
    value = object.__new__(Value)
    object.__setattr__(value, "text", found[0])
    object.__setattr__(value, "kind", _KINDS[found.lastgroup])
    return value


def _expected_value(scanner: Scanner) -> str:
    if scanner.peek() == '"':
        return "a string that does not end, or holds what JSON escapes by \\"
    return f"expected a number, a string in quotes, true, false, a time or a URI, not {scanner.rest()}"


def _check_lexical(text: str, kind: str) -> None:
    if kind == "number":
        if len(text) > _MAX_DIGITS:
            raise InvalidQuery(_TOO_LONG, text=text, column=0, clause=_CLAUSE)
        return
    reader = {"dateTime": datetime.fromisoformat, "date": date.fromisoformat, "time": time.fromisoformat}.get(kind)
    if reader is not None:
        try:
            reader(text)
        except ValueError:
            raise InvalidQuery(f"{text} is not a {kind} that exists", text=text, column=0, clause="4.6.3") from None


def _read_pattern_text(scanner: Scanner) -> str:
    start = scanner.position
    if scanner.peek() == '"':
        if scanner.match(_QUOTED_PATTERN) is None:
            scanner.fail("a pattern in quotes that does not end")
    else:
        scanner.position = _bare_pattern_end(scanner.text, start)
        if scanner.position == start:
            scanner.fail(f"expected a pattern, not {scanner.rest()}")
    return scanner.text[start : scanner.position]


def _bare_pattern_end(text: str, start: int) -> int:
    """Find where a bare pattern ends: at ``;``, ``|`` or ``)`` that no bracket of its own encloses."""
    depth = 0
    position = start
    while (found := _BARE_PATTERN_STOP.search(text, position)) is not None:
        char, position = found[0], found.end()
        if char == "\\":
            position += 1
        elif char == "[":
            bracket = _BRACKET.match(text, position)
            position = bracket.end() if bracket else len(text)
        elif char == "(":
            depth += 1
        elif char == ")":
            if depth == 0:
                return found.start()
            depth -= 1
        elif char in ";|" and depth == 0:
            return found.start()
    return len(text)


def _no_value(value: Any) -> str:
    if value is None:
        return "NGSI-LD has no null to compare with; ask for existence with .exists()"
    if isinstance(value, (list, tuple, set, frozenset)):
        return "compare with one value; for several use .one_of(a, b), for a range .between(low, high)"
    return f"a query cannot compare with a {type(value).__name__}; use text, a number, a boolean or a time"
