"""Numbers of single and half precision, as short as they were: 21.6, not 21.600000381469727."""

from __future__ import annotations

import struct
from typing import Final, Literal

__all__ = ["shortest"]

_DIGITS: Final = {"e": (3, 4), "f": (6, 7, 8)}
_MOST_DIGITS: Final = {"e": 5, "f": 9}


def shortest(value: float, precision: Literal["e", "f"]) -> float:
    """Return the number of the fewest digits that has the same bits at a precision.

    Args:
        value: The number, which is exactly one of that precision.
        precision: ``f`` for 32 bits, ``e`` for 16, as in ``struct``.
    """
    for digits in _DIGITS[precision]:
        short = float(f"{value:.{digits}g}")
        try:
            if struct.unpack(f"<{precision}", struct.pack(f"<{precision}", short))[0] == value:
                return short
        except OverflowError:
            # Rounded up beyond what the precision holds.
            continue
    return float(f"{value:.{_MOST_DIGITS[precision]}g}")
