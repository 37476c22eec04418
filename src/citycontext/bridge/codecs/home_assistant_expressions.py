"""Value templates of Home Assistant that calculate or choose: ``{{ (value_json.t / 10) | round(1) }}``."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from citycontext.bridge.codecs.home_assistant_templates import FILTERS, ValueTemplate, literal
from citycontext.bridge.codecs.json import read_json

__all__ = ["ExpressionTemplate", "read_expression"]

_Names: TypeAlias = Mapping[str, Any]
_Node: TypeAlias = Callable[[_Names], Any]

_WHOLE: Final = re.compile(r"\{\{-?\s*((?:(?!\}\}).)*?)\s*-?\}\}", re.DOTALL)
_CHOICE: Final = re.compile(
    r"\{%-?\s*if\s+(?P<when>(?:(?!%\}).)+?)\s*-?%\}(?P<then>[^%]*?)\{%-?\s*else\s*-?%\}(?P<other>[^%]*?)\{%-?\s*endif\s*-?%\}",
    re.DOTALL,
)
_TOKEN: Final = re.compile(r"\s*(\d+(?:\.\d+)?|'[^']*'|\"[^\"]*\"|[A-Za-z_]\w*|==|!=|<=|>=|//|[-+*/%<>()\[\].,|])")
_COMPARED: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
_CALCULATED: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "//": operator.floordiv,
    "%": operator.mod,
}  # fmt: skip
_WORDS: Final[dict[str, Any]] = {"true": True, "false": False, "none": None}
_NAMES: Final = ("value", "value_json")
_LONGEST: Final = 2_000


class ExpressionTemplate(ValueTemplate):
    """A template that calculates, compiled.

    Args:
        node: The expression.
        is_json: Whether it takes the payload as JSON.
    """

    def __init__(self, node: _Node, is_json: bool) -> None:
        super().__init__(is_json, [], [])
        self._node = node

    def value(self, payload: bytes) -> Any:
        """Read the value of a payload.

        Args:
            payload: The state.

        Returns:
            The value; ``None`` where the payload does not hold what it is made of.

        Raises:
            PayloadError: The payload is not JSON, but the template takes it as such.
        """
        names: dict[str, Any] = {"value": payload.decode(errors="replace").strip()}
        if self.is_json:
            names["value_json"] = read_json(payload)
        return self._node(names)


def read_expression(given: Any) -> ExpressionTemplate | None:
    """Read a template that calculates with values, compares them or chooses between two.

    Args:
        given: As in the config message.

    Returns:
        The template; ``None`` where it is more than is understood.
    """
    if not isinstance(given, str) or len(given) > _LONGEST:
        return None
    text = given.strip()
    if (whole := _WHOLE.fullmatch(text)) is not None:
        text = whole[1]
    elif (choice := _CHOICE.fullmatch(text)) is not None:
        text = f"({_shown(choice['then'])}) if ({choice['when']}) else ({_shown(choice['other'])})"
    else:
        return None
    try:
        node = _Parser(text).whole()
    except (ValueError, RecursionError):
        return None
    return ExpressionTemplate(node, "value_json" in text)


def _shown(text: str) -> str:
    """Return what a branch shows, as an expression."""
    found = _WHOLE.fullmatch(text.strip())
    return found[1] if found is not None else "'" + text.strip().replace("'", "") + "'"


class _Parser:
    """Reads an expression, from what binds least to what binds most; a filter binds more than arithmetic."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def whole(self) -> _Node:
        node = self._choice()
        if self._text[self._at :].strip():
            raise ValueError(self._text)
        return node

    def _peek(self) -> str:
        found = _TOKEN.match(self._text, self._at)
        return found[1] if found is not None else ""

    def _next(self, *wanted: str) -> str:
        found = _TOKEN.match(self._text, self._at)
        if found is None or (wanted and found[1] not in wanted):
            raise ValueError(self._text)
        self._at = found.end()
        return found[1]

    def _choice(self) -> _Node:
        node = self._either()
        if self._peek() != "if":
            return node
        self._next("if")
        when = self._either()
        self._next("else")
        other = self._choice()
        return lambda names: node(names) if when(names) else other(names)

    def _either(self) -> _Node:
        node = self._both()
        while self._peek() == "or":
            self._next("or")
            node = _or(node, self._both())
        return node

    def _both(self) -> _Node:
        node = self._opposite()
        while self._peek() == "and":
            self._next("and")
            node = _and(node, self._opposite())
        return node

    def _opposite(self) -> _Node:
        if self._peek() != "not":
            return self._compared()
        self._next("not")
        node = self._opposite()
        return lambda names: not node(names)

    def _compared(self) -> _Node:
        node = self._sum()
        if self._peek() in _COMPARED:
            return _of_two(_COMPARED[self._next()], node, self._sum(), is_number=False)
        if self._peek() == "is":
            self._next("is")
            is_not = self._peek() == "not" and bool(self._next("not"))
            is_there = self._next("defined", "none") == "defined"
            return lambda names: (node(names) is not None) == (is_there != is_not)
        return node

    def _sum(self) -> _Node:
        node = self._product()
        while self._peek() in ("+", "-"):
            node = _of_two(_CALCULATED[self._next()], node, self._product())
        return node

    def _product(self) -> _Node:
        node = self._negative()
        while self._peek() in ("*", "/", "//", "%"):
            node = _of_two(_CALCULATED[self._next()], node, self._negative())
        return node

    def _negative(self) -> _Node:
        if self._peek() != "-":
            return self._filtered()
        self._next("-")
        return _of_two(operator.sub, lambda names: 0, self._negative())

    def _filtered(self) -> _Node:
        node = self._member()
        while self._peek() == "|":
            self._next("|")
            node = _applied(node, self._next(), self._arguments())
        return node

    def _arguments(self) -> str | None:
        if self._peek() != "(":
            return None
        self._next("(")
        end = self._text.find(")", self._at)
        if end < 0 or "(" in self._text[self._at : end]:
            raise ValueError(self._text)
        found, self._at = self._text[self._at : end].strip(), end + 1
        return found.removeprefix("default").lstrip(" =") or None

    def _member(self) -> _Node:
        node = self._one()
        while self._peek() in (".", "["):
            if self._next() == ".":
                name: Any = self._next()
                if name == "get":
                    self._next("(")
                    name, default = literal(self._next()), None
                    if self._peek() == ",":
                        self._next(",")
                        default = literal(self._next())
                    self._next(")")
                    node = _under(node, name, default)
                    continue
            else:
                name = literal(self._next())
                self._next("]")
            node = _under(node, name, None)
        return node

    def _one(self) -> _Node:
        word = self._next()
        if word == "(":
            node = self._choice()
            self._next(")")
            return node
        if word in _NAMES:
            if word == "value" and self._peek() in (".", "["):
                raise ValueError(self._text)  # the payload as text has no members
            return lambda names: names[word]
        if word in ("float", "int") and self._peek() == "(":
            self._next("(")
            node = self._choice()
            argument = None
            if self._peek() == ",":
                self._next(",")
                argument = self._next()
            self._next(")")
            return _applied(node, word, argument)
        value = _WORDS[word.lower()] if word.lower() in _WORDS else literal(word)
        return lambda names: value


def _or(one: _Node, other: _Node) -> _Node:
    return lambda names: one(names) or other(names)


def _and(one: _Node, other: _Node) -> _Node:
    return lambda names: one(names) and other(names)


def _of_two(apply: Callable[[Any, Any], Any], one: _Node, other: _Node, *, is_number: bool = True) -> _Node:
    """Calculate with two values; nothing comes of one that is not there, or not a number."""

    def node(names: _Names) -> Any:
        first, second = one(names), other(names)
        if is_number and not all(type(value) in (int, float) for value in (first, second)):
            return None
        try:
            found = apply(first, second)
        except (TypeError, ZeroDivisionError, OverflowError):
            return None
        return float(f"{found:.12g}") if isinstance(found, float) else found

    return node


def _applied(node: _Node, name: str, argument: str | None) -> _Node:
    make = FILTERS.get(name)
    if make is None:
        raise ValueError(name)
    apply = make(argument)
    return lambda names: apply(node(names))


def _under(node: _Node, name: Any, default: Any) -> _Node:
    def found(names: _Names) -> Any:
        value = node(names)
        if isinstance(value, dict) and isinstance(name, str):
            return value.get(name, default)
        is_there = isinstance(value, list) and isinstance(name, int) and -len(value) <= name < len(value)
        return value[name] if is_there else default

    return found
