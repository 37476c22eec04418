"""Numbers that devices write as text: with a comma, with groups of thousands, with their unit."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final, Literal, TypeAlias

from citycontext.errors import UnitError
from citycontext.ngsild.units import converter, find_code

__all__ = ["NumberText", "Writing", "said_code"]

Writing: TypeAlias = Literal["plain", "decimal-comma", "decimal-point"]
"""How a text writes numbers: ``plain`` takes no comma; the others name the decimal sign, the other sign groups."""

_INTEGER: Final = re.compile(r"[+-]?\d{1,18}")
_NUMBER: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?")
_LEADING: Final = re.compile(
    r"\s*([+\u2212-]?[\d.,'\u2019\u00a0\u202f ]*\d(?:[eE][+-]?\d{1,3}(?![A-Za-z]))?[.,]?)\s*(.*)", re.DOTALL
)
_GROUPS: Final = {
    "decimal-point": re.compile(r"[+-]?\d{1,3}(?:([,'\u2019\u00a0\u202f ])\d{3})(?:\1\d{3})*(?:\.\d*)?"),
    "decimal-comma": re.compile(r"[+-]?\d{1,3}(?:([.'\u2019\u00a0\u202f ])\d{3})(?:\1\d{3})*(?:,\d*)?"),
}
_SHORT: Final = {"C": "CEL", "F": "FAH", "K": "KEL"}
_DEVICES: Final = {"%rh": "P1"}
_GROUP_SIGNS: Final = re.compile(r"['\u2019\u00a0\u202f ]")


class NumberText:
    """Reads texts as numbers.

    Args:
        writing: How they are written.
        unit: UN/CEFACT code of the unit that the text is in unless it says another; a unit in the text is then
            converted to it. Without one, a text with a unit is refused.
    """

    def __init__(self, writing: Writing = "plain", unit: str | None = None) -> None:
        self._writing: Final[Writing] = writing
        self._unit: Final = unit

    def read(self, text: str) -> int | float:
        """Read a text.

        Args:
            text: The text.

        Returns:
            The number, in the unit given.

        Raises:
            ValueError: It is not a number, or not in that unit; in words for a person.
        """
        stripped = text.strip()
        number = self._bare(stripped)
        if number is not None:
            return number
        number, rest = self._split(stripped)
        if number is None or not rest:
            raise ValueError(_not_a_number(text, self._writing))
        if self._unit is None:
            code = _unit_of(rest)
            cure = f'; say unit = "{code}"' if code else ""
            raise ValueError(f"the text {text!r:.60} is a number with more behind it{cure}")
        try:
            converted: int | float = _conversion(rest, self._unit)(number)
        except UnitError as error:
            raise ValueError(f"a number belongs here, but the message says the text {text!r:.60}: {error}") from None
        return converted

    def leading(self, text: str) -> int | float:
        """Read the number that a text begins with, whatever follows it.

        Args:
            text: The text.

        Raises:
            ValueError: It begins with none.
        """
        number = self._bare(text.strip())
        if number is None:
            number, _ = self._split(text.strip())
        if number is None:
            raise ValueError(_not_a_number(text, self._writing))
        return number

    def _split(self, text: str) -> tuple[int | float | None, str]:
        found = _LEADING.fullmatch(text)
        return (None, "") if found is None else (self._bare(found[1].rstrip()), found[2])

    def _bare(self, text: str) -> int | float | None:
        text = text.replace("\u2212", "-")
        if self._writing != "plain":
            if _GROUPS[self._writing].fullmatch(text):
                text = _GROUP_SIGNS.sub("", text).replace("." if self._writing == "decimal-comma" else ",", "")
            if self._writing == "decimal-comma":
                if "." in text:
                    return None
                text = text.replace(",", ".")
        if _INTEGER.fullmatch(text):
            return int(text)
        if _NUMBER.fullmatch(text) and math.isfinite(number := float(text)):
            return number
        return None


def _not_a_number(text: str, writing: Writing) -> str:
    said = f"a number belongs here, but the message says the text {text!r:.60}"
    if writing == "plain" and NumberText("decimal-comma")._split(text)[0] is not None and "," in text:
        return f'{said}; if its comma is a decimal sign, set from_text = "decimal-comma", else "decimal-point"'
    return said


@lru_cache(maxsize=1_000)
def said_code(text: str, unit: str | None = None) -> str:
    """Return the code of the unit that a device says.

    Args:
        text: The unit, as the device spells it.
        unit: Code of the unit that is wanted, where one is.

    Raises:
        UnitError: It is not a unit that is known, or has no code.
    """
    plain = text.strip()
    # Letters that are units of electricity too: of a temperature, and where nothing else is said, they are degrees.
    if plain in _SHORT and unit in (None, *_SHORT.values()):
        return _SHORT[plain]
    try:
        return _DEVICES.get(plain.lower().replace(" ", "")) or find_code(plain)
    except UnitError:
        raise
    except (ValueError, LookupError):
        raise UnitError(f"{text!r:.40} is not a unit that is known") from None


@lru_cache(maxsize=1_000)
def _unit_of(text: str) -> str | None:
    try:
        return said_code(text)
    except (UnitError, ValueError, LookupError):
        return None


@lru_cache(maxsize=1_000)
def _conversion(said: str, unit: str) -> Callable[[Any], Any]:
    try:
        code = said_code(said, unit)
    except UnitError:
        raise UnitError(f"{said!r:.40} is not a unit that is known") from None
    return converter(code, unit)
