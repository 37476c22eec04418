"""The value templates of Home Assistant's discovery, as far as devices use them: a path, and filters behind it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any, Final, TypeAlias

from citycontext.bridge.codecs.json import read_json
from citycontext.errors import PayloadError

__all__ = ["FILTERS", "ValueTemplate", "literal", "read_template", "refused"]

_WHOLE: Final = re.compile(r"\{\{-?\s*(.*?)\s*-?\}\}", re.DOTALL)
_BASE: Final = re.compile(r"value(_json)?\b")
_STEP: Final = re.compile(
    r"\.get\(\s*(?:'([^']*)'|\"([^\"]*)\")\s*(?:,\s*([^()]*?)\s*)?\)|\.(\w+)|\[\s*(?:'([^']+)'|\"([^\"]+)\"|(-?\d+))\s*\]"
)
_FILTER: Final = re.compile(r"\s*\|\s*(\w+)\s*(?:\(([^()]*)\))?")
_DEFAULT: Final = re.compile(r"(?:default\s*=\s*)?(.*)", re.DOTALL)

_Filter: TypeAlias = Callable[[Any], Any]
_Step: TypeAlias = tuple[str | int, Any]


class ValueTemplate:
    """A template, compiled.

    Args:
        is_json: Whether it takes the payload as JSON.
        steps: Members and indices, each with what stands in for one that is missing.
        filters: What is done with the value.
    """

    def __init__(self, is_json: bool, steps: list[_Step], filters: list[_Filter]) -> None:
        self._steps = steps
        self._filters = filters
        self.is_json: Final = is_json

    def value(self, payload: bytes) -> Any:
        """Read the value of a payload.

        Args:
            payload: The state.

        Returns:
            The value; ``None`` where the payload does not hold it.

        Raises:
            PayloadError: The payload is not JSON, but the template takes it as such.
        """
        value: Any = read_json(payload) if self.is_json else payload.decode(errors="replace").strip()
        for step, default in self._steps:
            if isinstance(value, dict) and isinstance(step, str):
                value = value.get(step, default)
            elif isinstance(value, list) and isinstance(step, int) and -len(value) <= step < len(value):
                value = value[step]
            else:
                value = default
        for apply in self._filters:
            value = apply(value)
        return value


def read_template(given: Any) -> ValueTemplate | None:
    """Read a template.

    Args:
        given: As in the config message.

    Returns:
        The template; ``None`` where it is more than is understood.
    """
    found = _WHOLE.fullmatch(given.strip()) if isinstance(given, str) else None
    if found is None:
        return None
    text = found[1]
    base = _BASE.match(text)
    if base is None:
        return None
    at, is_json = base.end(), base[1] is not None
    steps: list[_Step] = []
    while (step := _STEP.match(text, at)) is not None:
        get, default = step[1] if step[1] is not None else step[2], step[3]
        name: str | int = get if get is not None else int(step[7]) if step[7] else step[4] or step[5] or step[6]
        try:
            steps.append((name, literal(default) if default is not None else None))
        except ValueError:
            return None
        at = step.end()
    filters: list[_Filter] = []
    while (found := _FILTER.match(text, at)) is not None:
        make = FILTERS.get(found[1])
        if make is None:
            return None
        try:
            filters.append(make(None if found[2] is None else _DEFAULT.fullmatch(found[2].strip())[1]))  # type: ignore[index]
        except ValueError:
            return None
        at = found.end()
    if text[at:].strip() or (steps and not is_json):
        return None
    return ValueTemplate(is_json, steps, filters)


def literal(text: str) -> Any:
    """Return what is written: a text in quotes, a number, ``true``, ``false``, ``none``, ``{}`` or ``[]``.

    Args:
        text: As the template has it.

    Raises:
        ValueError: It is something else.
    """
    text = text.strip()
    if text[:1] in ("'", '"') and text[-1:] == text[:1] and len(text) > 1:
        return text[1:-1]
    words: dict[str, Any] = {"none": None, "true": True, "false": False, "{}": {}, "[]": []}
    if text.lower() in words:
        return words[text.lower()]
    return float(text) if "." in text else int(text)


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def _float(argument: str | None) -> _Filter:
    default = None if not argument else literal(argument)

    def apply(value: Any) -> Any:
        number = _number(value)
        return default if number is None else number

    return apply


def _int(argument: str | None) -> _Filter:
    default = None if not argument else literal(argument)

    def apply(value: Any) -> Any:
        number = _number(value)
        return default if number is None else int(number)

    return apply


def _round(argument: str | None) -> _Filter:
    digits = 0 if not argument else int(argument.partition(",")[0])

    def apply(value: Any) -> Any:
        number = _number(value)
        return None if number is None else round(number, digits)

    return apply


def _default(argument: str | None) -> _Filter:
    default = "" if not argument else literal(argument.partition(",")[0])
    return lambda value: default if value is None else value


def _multiply(argument: str | None) -> _Filter:
    factor = float(argument or "")

    def apply(value: Any) -> Any:
        number = _number(value)
        return None if number is None else float(f"{number * factor:.12g}")

    return apply


def _add(argument: str | None) -> _Filter:
    summand = float(argument or "")

    def apply(value: Any) -> Any:
        number = _number(value)
        return None if number is None else float(f"{number + summand:.12g}")

    return apply


def _of_text(change: Callable[[str], str]) -> Callable[[str | None], _Filter]:
    def make(argument: str | None) -> _Filter:
        if argument:
            raise ValueError(argument)
        return lambda value: None if value is None else change(value if isinstance(value, str) else _said(value))

    return make


def _said(value: Any) -> str:
    return str(value)


def _is_defined(argument: str | None) -> _Filter:
    return lambda value: value


def _abs(argument: str | None) -> _Filter:
    def apply(value: Any) -> Any:
        number = _number(value)
        return None if number is None else abs(value if isinstance(value, int | float) else number)

    return apply


FILTERS: Final[dict[str, Callable[[str | None], Callable[[Any], Any]]]] = {
    "abs": _abs,
    "add": _add,
    "d": _default,
    "default": _default,
    "float": _float,
    "int": _int,
    "is_defined": _is_defined,
    "lower": _of_text(str.lower),
    "multiply": _multiply,
    "round": _round,
    "string": _of_text(str),
    "trim": _of_text(str.strip),
    "upper": _of_text(str.upper),
}
"""The filters that are known, each made of what stands in its brackets."""


def refused(given: Any, name: Any) -> PayloadError:
    """Return the fault of a template that is more than is understood.

    Args:
        given: The template.
        name: The name of the value.
    """
    return PayloadError(
        f"the value_template of {name!r:.60} is more than {{{{ value_json.name | filter }}}}: {given!r:.120}; "
        "map the state topic with the json codec instead"
    )
