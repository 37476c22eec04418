"""From what a device says to what it means: numbers, units, tables, bounds; compiled once for each attribute."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final, TypeAlias

from citycontext.bridge.config.attributes import AttributeConfig, Datatype, TimeConfig
from citycontext.bridge.mapping.numbers_in_text import NumberText
from citycontext.bridge.mapping.times import compile_format
from citycontext.ngsild.time import format_datetime
from citycontext.ngsild.units import converter

__all__ = ["Step", "compile_value"]

Step: TypeAlias = Callable[[Any], Any]
"""Takes a value that is there, gives what it means; raises ``ValueError`` in words for a person."""

_TRUE: Final = frozenset({"true", "on", "yes", "1"})
_FALSE: Final = frozenset({"false", "off", "no", "0"})
_LARGEST_INTEGER: Final = 2**53
_MOST_DIGITS: Final = 15
_LARGEST_WRITTEN: Final = 2**64
"""Whole numbers from here on are not numbers that JSON carries without rounding."""


def compile_value(config: AttributeConfig) -> Step:
    """Make the steps from a device's value to the attribute's.

    Args:
        config: The attribute.

    Returns:
        One function that takes them in order: lookup, type, scale and offset, conversion of units, bounds.

    Raises:
        UnitError: A unit is not known, or the two do not convert.
    """
    steps: list[Step] = []
    if config.lookup is not None:
        steps.append(_lookup(config.lookup, config.lookup_default))
    datatype = config.datatype or ("number" if config.is_numeric else "any")
    steps.append(_typed(datatype, config))
    factor, offset = config.scale, config.offset
    if factor is not None or offset is not None:
        steps.append(_linear(1.0 if factor is None else factor, offset or 0.0, whole=datatype == "integer"))
    if isinstance(config.from_unit, str) and config.unit is not None and config.from_unit != config.unit:
        steps.append(converter(config.from_unit, config.unit))
    if config.minimum is not None or config.maximum is not None:
        steps.append(_bounded(config.minimum, config.maximum))
    return steps[0] if len(steps) == 1 else _chain(steps)


def _chain(steps: list[Step]) -> Step:
    def take(value: Any) -> Any:
        for step in steps:
            value = step(value)
        return value

    return take


def _lookup(table: dict[str, Any], default: Any) -> Step:
    def look_up(value: Any) -> Any:
        key = value if type(value) is str else str(value).lower() if type(value) is bool else str(value)
        if type(value) is float and key not in table and value.is_integer():
            key = str(int(value))
        found = table.get(key, default)
        if found is None:
            raise ValueError(f"{value!r:.60} is not in the lookup table ({', '.join(table)})")
        return found

    return look_up


def _typed(datatype: Datatype, config: AttributeConfig) -> Step:
    if datatype == "datetime":
        read = compile_format(TimeConfig.model_validate({"from": "@", "format": config.format, "zone": config.zone}))
        return lambda value: {"@type": "DateTime", "@value": format_datetime(read(value))}
    if datatype == "number":
        return _number(_reader(config))
    if datatype == "integer":
        return _integer(_number(_reader(config)))
    if datatype == "boolean":
        return _boolean(from_text=config.from_text is not False)
    if datatype == "text":
        return _text
    return _anything if config.from_text is False else _from_text(_reader(config))


def _reader(config: AttributeConfig) -> NumberText | None:
    if config.from_text is False:
        return None
    writing = "plain" if config.from_text is True else config.from_text
    return NumberText(writing, config.from_unit if isinstance(config.from_unit, str) else config.unit)


def _number(reader: NumberText | None) -> Step:
    def number(value: Any) -> Any:
        kind = type(value)
        # The comparison also turns away NaN and infinity, which JSON cannot write.
        if kind is float and -math.inf < value < math.inf:
            return value if -_LARGEST_WRITTEN < value < _LARGEST_WRITTEN else _unrounded(value)
        if kind is int:
            if -_LARGEST_WRITTEN < value < _LARGEST_WRITTEN:
                return value
            raise ValueError(f"{value!r:.60} is larger than whole numbers can be (64 bits)")
        if kind is str:
            if reader is not None:
                return reader.read(value)
            raise ValueError(f"a number belongs here, but the message says the text {value!r:.60}{_cure(value)}")
        raise ValueError(f"a number belongs here, but the message says {value!r:.60}")

    return number


def _unrounded(value: float) -> float:
    """Refuse a number of so many digits that it was a whole number before it was read, and may have lost some."""
    if len(f"{value!r}".partition("e")[0]) > _MOST_DIGITS:
        raise ValueError(f"{value!r} is larger than whole numbers can be (64 bits), and may have been rounded")
    return value


def _cure(text: str) -> str:
    try:
        NumberText().read(text)
    except ValueError:
        return ""
    return "; if the device writes numbers as text, set from_text = true"


def _from_text(reader: NumberText | None) -> Step:
    """Take what looks like a number, or is "true" or "false", from a text; all else stays as it is."""

    def from_text(value: Any) -> Any:
        if type(value) is not str or reader is None:
            return _anything(value)
        try:
            return reader.read(value)
        except ValueError:
            return {"true": True, "false": False}.get(value.strip().lower(), value)

    return from_text


def _integer(number: Step) -> Step:
    def integer(value: Any) -> Any:
        value = number(value)
        if type(value) is int:
            return value
        if value.is_integer() and abs(value) <= _LARGEST_INTEGER:
            return int(value)
        raise ValueError(f"a whole number belongs here, but the message says {value!r}")

    return integer


def _boolean(*, from_text: bool) -> Step:
    def boolean(value: Any) -> Any:
        if type(value) is bool:
            return value
        if from_text and type(value) in (str, int):
            word = str(value).strip().lower()
            if word in _TRUE:
                return True
            if word in _FALSE:
                return False
        raise ValueError(f"true or false belongs here, but the message says {value!r:.60}")

    return boolean


def _text(value: Any) -> Any:
    if type(value) is str:
        return value
    raise ValueError(f"text belongs here, but the message says {value!r:.60}")


def _anything(value: Any) -> Any:
    kind = type(value)
    if kind is str or kind is bool:
        return value
    if kind is float:
        if not math.isfinite(value):
            raise ValueError(f"{value!r} is not a value that JSON can hold")
        return value if -_LARGEST_WRITTEN < value < _LARGEST_WRITTEN else _unrounded(value)
    if kind is int:
        if not -_LARGEST_WRITTEN < value < _LARGEST_WRITTEN:
            raise ValueError(f"{value!r:.60} is larger than whole numbers can be (64 bits)")
    elif kind is list:
        for one in value:
            _anything(one)
    elif kind is dict:
        for one in value.values():
            _anything(one)
    elif kind is bytes:
        # CBOR and MessagePack have bytes; JSON has not.
        return value.hex()
    return value


def _linear(factor: float, offset: float, *, whole: bool) -> Step:
    # 0.1 * 215 is 21.5 in decimals but not in binary: twelve digits are more than any sensor has.
    def scaled(value: Any) -> Any:
        result = float(f"{value * factor + offset:.12g}")
        if not math.isfinite(result):
            raise ValueError(f"{value!r:.60} becomes larger than any number can be (scale = {factor:g})")
        return round(result) if whole else result

    return scaled


def _bounded(minimum: float | None, maximum: float | None) -> Step:
    low = -math.inf if minimum is None else minimum
    high = math.inf if maximum is None else maximum

    def bounded(value: Any) -> Any:
        if low <= value <= high:
            return value
        if value < low:
            raise ValueError(f"{value!r} is below the minimum of {low:g}")
        raise ValueError(f"{value!r} is above the maximum of {high:g}")

    return bounded
