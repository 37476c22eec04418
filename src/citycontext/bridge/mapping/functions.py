"""Functions of our own in paths, beside JMESPath's: for what devices hide in texts, numbers, objects and arrays."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

import orjson
from jmespath import Options
from jmespath.functions import Functions, signature

from citycontext.bridge.mapping.euis import read_eui
from citycontext.bridge.mapping.numbers_in_text import NumberText
from citycontext.ngsild.degrees import read_degrees

__all__ = ["OPTIONS", "check_call"]

_LONGEST: Final = 1_000_000
_MOST: Final = 100_000
_ANY: Final[Mapping[str, Any]] = {"types": []}
_MORE: Final[Mapping[str, Any]] = {"types": [], "variadic": True}
"""One argument, and perhaps more."""
_WHOLE: Final = re.compile(r"\s*([+-]?)(?:0[xX]|0[bB]|0[oO])?([0-9A-Za-z]+)\s*")


_F = TypeVar("_F", bound=Callable[..., Any])


def _takes(*arguments: Mapping[str, Any]) -> Callable[[_F], _F]:
    """JMESPath's decorator, with a type."""
    untyped: Any = signature
    takes: Callable[[_F], _F] = untyped(*arguments)
    return takes


class _Functions(Functions):  # type: ignore[misc]
    """A function of nothing (``null``) is nothing; of a value that it does not take, an error in words."""

    @_takes(_ANY)
    def _func_json(self, given: Any) -> Any:
        if given is None or not _text("json", given).strip():
            return None
        try:
            return orjson.loads(given)
        except orjson.JSONDecodeError:
            raise ValueError(f"json(…): the text {given!r:.60} is not JSON") from None

    @_takes(_MORE)
    def _func_number(self, given: Any, *sign: Any) -> Any:
        if given is None or _is_number(given):
            return given
        comma = bool(sign) and sign[0] == ","
        return NumberText("decimal-comma" if comma else "plain").leading(_text("number", given))

    @_takes(_ANY, _ANY)
    def _func_integer(self, given: Any, base: Any) -> Any:
        if given is None or type(given) is int:
            return given
        found = _WHOLE.fullmatch(_text("integer", given))
        try:
            return int(found[1] + found[2], _whole("integer", base)) if found else int("")
        except ValueError:
            raise ValueError(f"integer(…): {given!r:.60} is not a whole number of base {base!r:.20}") from None

    @_takes(_ANY, _ANY)
    def _func_split(self, given: Any, separator: Any) -> Any:
        if given is None:
            return None
        if not _text("split", separator):
            raise ValueError("split(…): the separator is empty")
        return _text("split", given).split(separator)

    @_takes(_ANY)
    def _func_lower(self, given: Any) -> Any:
        return None if given is None else _text("lower", given).lower()

    @_takes(_ANY)
    def _func_upper(self, given: Any) -> Any:
        return None if given is None else _text("upper", given).upper()

    @_takes(_ANY)
    def _func_trim(self, given: Any) -> Any:
        return None if given is None else _text("trim", given).strip(" \t\r\n\0")

    @_takes(_ANY, _ANY, _ANY)
    def _func_replace(self, given: Any, old: Any, new: Any) -> Any:
        if given is None:
            return None
        if not _text("replace", old):
            raise ValueError("replace(…): the text to be replaced is empty")
        return _bounded("replace", _text("replace", given).replace(old, _text("replace", new)))

    @_takes(_ANY, _MORE)
    def _func_substring(self, given: Any, start: Any, *end: Any) -> Any:
        if given is None:
            return None
        until = _whole("substring", end[0]) if end and end[0] is not None else None
        return _text("substring", given)[_whole("substring", start) : until]

    @_takes(_ANY, _ANY)
    def _func_bitand(self, given: Any, mask: Any) -> Any:
        return None if given is None else _whole("bitand", given) & _whole("bitand", mask)

    @_takes(_ANY, _ANY)
    def _func_bit(self, given: Any, number: Any) -> Any:
        return None if given is None else bool(_whole("bit", given) >> _place("bit", number) & 1)

    @_takes(_ANY, _ANY, _ANY)
    def _func_bits(self, given: Any, first: Any, count: Any) -> Any:
        if given is None:
            return None
        return _whole("bits", given) >> _place("bits", first) & (1 << _place("bits", count)) - 1

    @_takes(_ANY, _ANY)
    def _func_add(self, one: Any, other: Any) -> Any:
        return _calculated("add", one, other, lambda left, right: left + right)

    @_takes(_ANY, _ANY)
    def _func_subtract(self, one: Any, other: Any) -> Any:
        return _calculated("subtract", one, other, lambda left, right: left - right)

    @_takes(_ANY, _ANY)
    def _func_multiply(self, one: Any, other: Any) -> Any:
        return _calculated("multiply", one, other, lambda left, right: left * right)

    @_takes(_ANY, _ANY)
    def _func_divide(self, one: Any, other: Any) -> Any:
        return _calculated("divide", one, other, lambda left, right: left / right)

    @_takes(_ANY, _ANY)
    def _func_modulo(self, one: Any, other: Any) -> Any:
        return _calculated("modulo", one, other, lambda left, right: left % right)

    @_takes(_ANY, _ANY)
    def _func_round(self, given: Any, digits: Any) -> Any:
        return None if given is None else round(_number("round", given), _whole("round", digits))

    @_takes(_ANY)
    def _func_items(self, given: Any) -> Any:
        if given is None:
            return None
        if not isinstance(given, dict):
            raise ValueError(f"items(…): an object belongs here, but the message says {given!r:.60}")
        return [{"key": key, "value": value} for key, value in given.items()]

    @_takes(_ANY, _ANY)
    def _func_unnest(self, given: Any, name: Any) -> Any:
        if given is None:
            return None
        if not isinstance(given, list):
            raise ValueError(f"unnest(…): an array belongs here, but the message says {given!r:.60}")
        name, found = _text("unnest", name), []
        for member in given:
            inner = member.get(name) if isinstance(member, dict) else None
            found += [{**member, name: one} for one in inner] if isinstance(inner, list) else [member]
            if len(found) > _MOST:
                raise ValueError(f"unnest(…): more than {_MOST} members")
        return found

    @_takes(_ANY)
    def _func_rows(self, given: Any) -> Any:
        if given is None:
            return None
        if not isinstance(given, dict) or not all(isinstance(column, list) for column in given.values()):
            if isinstance(given, dict) and all(column is None for column in given.values()):
                return None
            raise ValueError(f"rows(…): an object of arrays belongs here, but the message says {given!r:.60}")
        lengths = {name: len(column) for name, column in given.items()}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"rows(…): the arrays differ in length: {lengths!r:.120}")
        return [dict(zip(given, row, strict=True)) for row in zip(*given.values(), strict=True)]

    @_takes(_MORE)
    def _func_degrees(self, given: Any, *hemisphere: Any) -> Any:
        if given is None or given == "":
            return None
        return read_degrees(given, hemisphere[0] if hemisphere else None)

    @_takes(_MORE)
    def _func_eui(self, given: Any, *separator: Any) -> Any:
        if given is None:
            return None
        eui = read_eui(_text("eui", given))
        if eui is None:
            raise ValueError(f"eui(…): {given!r:.60} is not an EUI of 16 or 12 hexadecimal digits")
        return separator[0].join(re.findall("..", eui)) if separator and isinstance(separator[0], str) else eui


def _text(name: str, given: Any) -> str:
    if type(given) is not str:
        raise ValueError(f"{name}(…): a text belongs here, but the message says {given!r:.60}")
    return _bounded(name, given)


def _bounded(name: str, text: str) -> str:
    if len(text) > _LONGEST:
        raise ValueError(f"{name}(…): the text is longer than {_LONGEST:,} characters")
    return text


def _is_number(given: Any) -> bool:
    return type(given) is int or type(given) is float


def _number(name: str, given: Any) -> Any:
    if not _is_number(given):
        raise ValueError(f"{name}(…): a number belongs here, but the message says {given!r:.60}")
    return given


def _whole(name: str, given: Any) -> int:
    if type(given) is float and given.is_integer():
        return int(given)
    if type(given) is not int:
        raise ValueError(f"{name}(…): a whole number belongs here, but the message says {given!r:.60}")
    return given


def _place(name: str, given: Any) -> int:
    place = _whole(name, given)
    if not 0 <= place <= 64:
        raise ValueError(f"{name}(…): a bit has a number from 0 to 64, not {place}")
    return place


def _calculated(name: str, one: Any, other: Any, calculate: Callable[[Any, Any], Any]) -> Any:
    if one is None or other is None:
        return None
    try:
        result = calculate(_number(name, one), _number(name, other))
    except ZeroDivisionError:
        raise ValueError(f"{name}(…): {one!r} cannot be divided by zero") from None
    except OverflowError:
        raise ValueError(f"{name}(…): the result is larger than any number can be") from None
    if type(result) is int:
        return result
    if not math.isfinite(result):
        raise ValueError(f"{name}(…): the result is not a number")
    # 0.1 * 3 is 0.3 in decimals but not in binary: twelve digits are more than any sensor has.
    return float(f"{result:.12g}")


_TABLE: Final[Mapping[str, Any]] = Functions.FUNCTION_TABLE | _Functions.FUNCTION_TABLE

OPTIONS: Final = Options(custom_functions=_Functions())
"""What JMESPath is run with."""


def check_call(name: str, count: int) -> None:
    """Check that a function exists and takes a number of arguments.

    Args:
        name: The function's name.
        count: How many arguments it is given.

    Raises:
        ValueError: It does not; says what is likely meant.
    """
    function = _TABLE.get(name)
    if function is None:
        near = difflib.get_close_matches(name, _TABLE, n=1)
        cure = f'did you mean "{near[0]}"?' if near else f"there are {', '.join(sorted(_TABLE))}"
        raise ValueError(f"calls a function {name} that there is not; {cure}")
    wanted = function["signature"]
    has_more = bool(wanted) and wanted[-1].get("variadic", False)
    if count < len(wanted) or (count > len(wanted) and not has_more):
        raise ValueError(
            f"gives {count} arguments to {name}, which takes {len(wanted)}{' or more' if has_more else ''}"
        )
