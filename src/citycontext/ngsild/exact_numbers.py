"""Numbers that came as text, taken only where the text is a number digit by digit."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["exact_number"]

_PLAIN: Final = re.compile(r"[+-]?(?:0|[1-9]\d*)(?:\.\d+)?", re.ASCII)
_MOST_DIGITS: Final = 15


def exact_number(text: str, *, whole: bool = False) -> int | float | None:
    """Return the number that a text says; None where it is not one, or could mean several, such as ``1,5`` or ``007``.

    Args:
        text: The text; blanks around it do not count.
        whole: Whether only a whole number will do.
    """
    bare = text.strip()
    if not _PLAIN.fullmatch(bare) or sum(char.isdigit() for char in bare) > _MOST_DIGITS:
        return None
    number = float(bare) if "." in bare else int(bare)
    if whole and isinstance(number, float):
        return int(number) if number.is_integer() else None
    return number
