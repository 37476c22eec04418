"""Columns: names and sample values, of a spreadsheet or of the members of messages, and what can be seen of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from citycontext.tables.guesses.words import words_of

__all__ = ["GENERIC_NAMES", "Column", "columns_of", "number_in"]

_NUMBER: Final = re.compile(r"[+-]?(?:\d{1,3}(?:[. ]\d{3})+|\d+)?(?:[.,]\d+)?(?:[eE][+-]?\d{1,3})?")
GENERIC_NAMES: Final = frozenset(
    {
        "value", "values", "val", "v", "current", "data", "measurement", "reading", "result", "state", "status", "raw",
        "waarde", "valeur", "object", "payload", "decoded", "decodedpayload", "fields", "attributes", "params", "last",
        "uplink", "message", "body", "content", "avg", "average", "mean", "total", "properties",
    }
)  # fmt: skip
_NOTHING: Final = frozenset({"", "n/a", "na", "nan", "null", "none", "-", "--", "nvt", "n.v.t.", "unknown", "onbekend"})
_SENTINELS: Final = frozenset({-999, -9999, -999.9, -99, 9999, 65535, 32767, -32768, 999, 99999, -127, 85, 255, -1})


def number_in(value: Any) -> float | None:
    """Return the number that a value is, or that its text is; ``None`` where it is not one.

    Args:
        value: A value. In a text a comma may be the decimal sign.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value) if value == value and abs(value) != float("inf") else None
    if not isinstance(value, str):
        return None
    text = value.strip().replace("\u00a0", " ")
    if not text or not any(char.isdigit() for char in text) or not _NUMBER.fullmatch(text):
        return None
    bare = text.replace(" ", "")
    if "," in bare and "." in bare:
        bare = bare.replace("," if bare.rindex(".") > bare.rindex(",") else ".", "")
    elif bare.count(".") > 1:
        bare = bare.replace(".", "")
    try:
        return float(bare.replace(",", "."))
    except ValueError:
        return None


@dataclass(frozen=True)
class Column:
    """A column of a table, or a member that messages have.

    Args:
        name: How it is called: the header, or the path of a member, e.g. ``values.temperature``.
        values: The values that were seen, in order; ``None`` and empty text where there was none.
        parts: The names on the way to the member; the name itself where they are not given.
        unit: The unit that is said for it elsewhere, e.g. in the second line of a table.
    """

    name: str
    values: tuple[Any, ...]
    parts: tuple[str, ...] = ()
    unit: str = ""

    @cached_property
    def path(self) -> tuple[str, ...]:
        """The names on the way, at least one."""
        return self.parts or (self.name,)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words of the name that says most: the last, or the one before where the last is a ``value``."""
        for part in reversed(self.path):
            words = words_of(part)
            if words and "".join(words) not in GENERIC_NAMES and not all(word.isdigit() for word in words):
                return words
        return words_of(self.path[-1])

    @cached_property
    def long_words(self) -> tuple[str, ...]:
        """The words of the last two names: ``soil``, ``temperature`` of ``soil.temperature``."""
        named = [words for part in self.path[-3:] if (words := words_of(part)) and "".join(words) not in GENERIC_NAMES]
        return tuple(word for words in named[-2:] for word in words)

    @cached_property
    def present(self) -> tuple[Any, ...]:
        """The values that are there."""
        return tuple(
            value
            for value in self.values
            if value is not None and not (isinstance(value, str) and value.strip().lower() in _NOTHING)
        )

    @cached_property
    def numbers(self) -> tuple[float, ...]:
        """The numbers among the values, texts of numbers too, without those that devices write for nothing."""
        found = [number for value in self.present if (number := number_in(value)) is not None]
        usual = [number for number in found if number not in _SENTINELS]
        return tuple(usual if usual and len(set(found)) > 1 else found)

    @cached_property
    def is_numeric(self) -> bool:
        """Whether nearly all values are numbers, or texts of numbers."""
        found = sum(number_in(value) is not None for value in self.present)
        return bool(self.present) and found >= 0.8 * len(self.present)

    @cached_property
    def is_text_of_numbers(self) -> bool:
        """Whether the numbers are texts."""
        return self.is_numeric and any(isinstance(value, str) for value in self.present)

    @cached_property
    def has_decimal_comma(self) -> bool:
        """Whether the numbers are texts in which a comma is the decimal sign."""
        texts = [value for value in self.present if isinstance(value, str) and number_in(value) is not None]
        return any("," in text and text.rfind(",") > text.rfind(".") for text in texts)

    @cached_property
    def is_boolean(self) -> bool:
        """Whether all values are true or false."""
        return bool(self.present) and all(isinstance(value, bool) for value in self.present)

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """The texts among the values."""
        return tuple(value for value in self.present if isinstance(value, str))

    @cached_property
    def distinct(self) -> int:
        """How many different values there are."""
        return len({repr(value) for value in self.present})

    @property
    def example(self) -> Any:
        """A value that was seen, ``None`` where there was none."""
        return self.present[0] if self.present else None

    @cached_property
    def sentinels(self) -> tuple[float, ...]:
        """Values far from the others that devices write where they have none, e.g. -999."""
        if not self.is_numeric:
            return ()
        usual = self.numbers
        seen = {number for value in self.present if (number := number_in(value)) in _SENTINELS and number is not None}
        if not usual or len(seen) == len({number_in(value) for value in self.present}):
            return ()
        low, high = min(usual), max(usual)
        far = max(50.0, 3 * (high - low))
        return tuple(sorted(one for one in seen if one < low - far or one > high + far))


def columns_of(rows: Sequence[Mapping[str, Any]]) -> list[Column]:
    """Turn rows into columns.

    Args:
        rows: The rows, each from header to value.

    Returns:
        A column for each header, in the order in which they come.
    """
    names = list(dict.fromkeys(name for row in rows for name in row))
    return [Column(name, tuple(row.get(name) for row in rows)) for name in names]
