"""Expressions of an IoT Agent (JEXL, and the older ``${@name}``) as keys of an attribute, where there are such."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

__all__ = ["id_of_expression", "keys_of_expression"]

_TOKEN: Final = re.compile(r"""\s*(?:(\d+(?:\.\d+)?)|@?([A-Za-z_]\w*)|'([^'\\]*)'|"([^"\\]*)"|([-+*/%()|,]))""")
_OLDER: Final = re.compile(r"\$?\{+([^{}]+)\}+")
_POINT: Final = re.compile(
    r"""\{\s*(?:["']?type["']?\s*:\s*["']Point["']\s*,)?\s*["']?coordinates["']?\s*:\s*\[([^,\[\]]+),([^,\[\]]+)\]"""
    r"""\s*(?:,\s*["']?type["']?\s*:\s*["']Point["'])?\s*\}"""
)
_FUNCTIONS: Final = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide", "%": "modulo"}
# Transformations of the agent, the function that does the same, and whether a number comes of it.
_TRANSFORMATIONS: Final = {
    "trim": ("trim({})", False),
    "lowercase": ("lower({})", False),
    "uppercase": ("upper({})", False),
    "tointeger": ("integer({}, `10`)", True),
    "parseint": ("integer({}, `10`)", True),
    "tofloat": ("number({})", True),
    "parsefloat": ("number({})", True),
    "tonumber": ("number({})", True),
    "round": ("round(number({}), `0`)", True),
    "floor": ("floor(number({}))", True),
    "ceil": ("ceil(number({}))", True),
}
_PLAIN: Final = re.compile(r"[A-Za-z_]\w*")


class _HasNone(Exception):
    """The expression has no counterpart."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of an expression: a path, or a text between quotes."""

    text: str
    is_number: bool = False
    is_quoted: bool = False

    @property
    def as_number(self) -> str:
        if self.is_quoted:
            raise _HasNone
        return self.text if self.is_number else f"number({self.text})"


class _Reader:
    """Reads an expression into pieces that are written one behind the other; one piece where it is a single value."""

    def __init__(self, text: str, names: Mapping[str, str]) -> None:
        self._tokens: list[tuple[str, str, str, str, str]] = []
        self._at = 0
        self._names = names
        place = 0
        text = text.strip()
        while place < len(text):
            found = _TOKEN.match(text, place)
            if found is None:
                raise _HasNone
            self._tokens.append(found.groups(""))  # type: ignore[arg-type]
            place = found.end()

    def read(self) -> list[_Part]:
        parts = self._sum()
        if self._at < len(self._tokens):
            raise _HasNone
        return parts

    def _takes(self, *signs: str) -> str:
        if self._at < len(self._tokens) and self._tokens[self._at][4] in signs:
            self._at += 1
            return self._tokens[self._at - 1][4]
        return ""

    def _sum(self) -> list[_Part]:
        parts = [self._product()]
        while sign := self._takes("+", "-"):
            other = self._product()
            if sign == "+" and (other.is_quoted or any(one.is_quoted for one in parts)):
                parts.append(other)
            elif len(parts) == 1:
                parts = [_Part(f"{_FUNCTIONS[sign]}({parts[0].as_number}, {other.as_number})", is_number=True)]
            else:
                raise _HasNone
        return parts

    def _product(self) -> _Part:
        part = self._value()
        while sign := self._takes("*", "/", "%"):
            part = _Part(f"{_FUNCTIONS[sign]}({part.as_number}, {self._value().as_number})", is_number=True)
        return part

    def _value(self) -> _Part:
        if self._takes("-"):
            return _Part(f"multiply({self._value().as_number}, `-1`)", is_number=True)
        if self._takes("("):
            inner = self._sum()
            if len(inner) > 1 or not self._takes(")"):
                raise _HasNone
            part = inner[0]
        elif self._at == len(self._tokens):
            raise _HasNone
        else:
            number, name, single, double, sign = self._tokens[self._at]
            if sign:
                raise _HasNone
            self._at += 1
            if number:
                part = _Part(f"`{number}`", is_number=True)
            elif name:
                part = _Part(_path(self._names.get(name, name)))
            else:
                part = _Part(single or double, is_quoted=True)
        while self._takes("|"):
            part = self._transformed(part)
        return part

    def _transformed(self, part: _Part) -> _Part:
        name = self._tokens[self._at][1].lower() if self._at < len(self._tokens) else ""
        if name not in _TRANSFORMATIONS or part.is_quoted:
            raise _HasNone
        self._at += 1
        if self._takes("(") and not self._takes(")"):
            raise _HasNone
        call, is_number = _TRANSFORMATIONS[name]
        return _Part(call.format(part.text), is_number=is_number)


def keys_of_expression(expression: str, names: Mapping[str, str]) -> dict[str, Any] | None:
    """Return where an attribute takes its value from, as its expression says; None where nothing here does the same.

    Of a latitude, a comma and a longitude both are returned, and ``value`` for an attribute that wants the text.

    Args:
        expression: As the provisioning has it.
        names: Attributes and the names of their measures.
    """
    try:
        if (point := _POINT.fullmatch(expression.strip())) is not None:
            longitude, latitude = (_one(_parts(one, names)).as_number for one in point.groups())
            return {"longitude": longitude, "latitude": latitude}
        parts = _parts(expression, names)
        if len(parts) == 1:
            return {"value": parts[0].text} if parts[0].is_quoted else {"from": parts[0].text}
        if len(parts) == 3 and parts[1].is_quoted and parts[1].text.strip() == ",":
            return {"latitude": parts[0].as_number, "longitude": parts[2].as_number, "value": _template(parts)}
        return {"value": _template(parts)}
    except _HasNone:
        return None


def id_of_expression(expression: str, known: Mapping[str, str]) -> str | None:
    """Return the id that an expression makes, with places; None where nothing here does the same.

    Args:
        expression: ``entityNameExp`` of the provisioning.
        known: What the agent knows beside the measures: ``id``, ``type``, ``apikey``, ``service``, and what is written.
    """
    try:
        parts = _parts(expression, {})
        return "".join(known.get(one.text, _template([one])) for one in parts)
    except _HasNone:
        return None


def _parts(expression: str, names: Mapping[str, str]) -> list[_Part]:
    if "{" not in expression:
        return _Reader(expression, names).read()
    parts, end = [], 0
    for found in _OLDER.finditer(expression):
        if between := expression[end : found.start()]:
            parts.append(_Part(between, is_quoted=True))
        parts += _Reader(found[1], names).read()
        end = found.end()
    if rest := expression[end:]:
        parts.append(_Part(rest, is_quoted=True))
    return parts


def _one(parts: list[_Part]) -> _Part:
    if len(parts) != 1:
        raise _HasNone
    return parts[0]


def _template(parts: list[_Part]) -> str:
    """Write texts and paths behind one another, as a template has them."""
    for one in parts:
        if "{" in one.text or "}" in one.text:
            raise _HasNone
    return "".join(one.text if one.is_quoted else f"{{{one.text}}}" for one in parts)


def _path(name: str) -> str:
    return name if _PLAIN.fullmatch(name) else orjson.dumps(name).decode()
