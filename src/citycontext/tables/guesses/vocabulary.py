"""What devices and spreadsheets call quantities, in English, Dutch and French, and how models call them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from citycontext.tables.guesses.words import table_lines, words_of

__all__ = ["Quantity", "UnitRange", "quantities", "quantity_named", "quantity_of"]


_OTHER_VALUES: Final = frozenset(
    {
        "min", "max", "minimum", "maximum", "setpoint", "target", "previous", "prev", "yesterday", "alarm", "threshold",
        "limit", "stddev", "std", "sd", "offset", "calibration", "raw", "error", "samples", "seqnr", "doel", "consigne",
        "index",
    }
)  # fmt: skip
"""Words that make of a quantity something else than what is measured now: its extreme, its goal, its quality."""


@dataclass(frozen=True)
class UnitRange:
    """A unit that a quantity may come in, and where its values mostly lie.

    Args:
        code: UN/CEFACT code.
        low, high: The usual values.
    """

    code: str
    low: float
    high: float


@dataclass(frozen=True)
class Quantity:
    """Something that is measured or said.

    Args:
        key: Its name here.
        attributes: What models call it, the likeliest first.
        units: The units it comes in, the likeliest first.
        names: What it is called, as words.
    """

    key: str
    attributes: tuple[str, ...]
    units: tuple[UnitRange, ...]
    names: tuple[tuple[str, ...], ...]


@cache
def quantities() -> tuple[Quantity, ...]:
    """Return the quantities that are known."""
    found = []
    for line in table_lines("quantities.txt"):
        key, attributes, units, names = (part.strip() for part in line.split("|"))
        ranges = []
        for unit in units.split():
            code, low, high = unit.split(":")
            ranges.append(UnitRange(code, float(low), float(high)))
        spelt = tuple(tuple(word for part in name.split("+") for word in words_of(part)) for name in names.split())
        found.append(Quantity(key, tuple(attributes.split()), tuple(ranges), spelt))
    return tuple(found)


@cache
def _by_words() -> dict[tuple[str, ...], Quantity]:
    found: dict[tuple[str, ...], Quantity] = {}
    for quantity in quantities():
        for name in quantity.names:
            found.setdefault(name, quantity)
            found.setdefault(("".join(name),), quantity)
    return found


@cache
def _by_key() -> dict[str, Quantity]:
    return {quantity.key: quantity for quantity in quantities()}


def quantity_of(key: str) -> Quantity:
    """Return a quantity by its name here.

    Args:
        key: The name.
    """
    return _by_key()[key]


def quantity_named(words: tuple[str, ...]) -> tuple[Quantity, float] | None:
    """Return the quantity that words of a name mean, and how well they say it; ``None`` where they mean none.

    The whole name says it best; else the longest run of its words that is a name, rather at its end.

    Args:
        words: The words.
    """
    known = _by_words()
    whole = known.get(words) or known.get(("".join(words),))
    if whole is not None:
        return whole, 1.0
    best: tuple[float, Quantity] | None = None
    other = 1.0 if _OTHER_VALUES.isdisjoint(words) else 0.5
    for length in range(len(words) - 1, 0, -1):
        for start in range(len(words) - length, -1, -1):
            run = words[start : start + length]
            quantity = known.get(run) or known.get(("".join(run),))
            letters = sum(map(len, run))
            if quantity is None or letters < 2 or (length == 1 and letters < 3 and len(words) > 2):
                continue
            score = other * (0.55 + 0.4 * letters / max(1, sum(map(len, words))))
            if best is None or score > best[0]:
                best = (score, quantity)
        if best is not None and length > 1:
            break
    return None if best is None else (best[1], best[0])
