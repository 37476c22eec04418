"""Numbers and plates that are spelt character by character: ``0 4 7 0 1 2 3 4 5 6``, ``1-A-B-C-2-3-4``."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

__all__ = ["figures_for_letters", "without_gaps"]

_APART: Final = re.compile(
    r"(?<![0-9A-Za-z])\+?\W{0,3}[0-9A-Za-z](?:(?:[^0-9A-Za-z\[\]{}]{1,3})[0-9A-Za-z]){5,40}(?![0-9A-Za-z])"
)
_ZERO: Final = re.compile(r"(?:(?<![A-Za-z])[Oo](?=[0-9OoIl])|(?<=[0-9])[Oo](?![A-Za-z]))|(?<=[0-9])[Oo](?=[0-9])")
_ONE: Final = re.compile(r"(?<![A-Za-z])[Il](?=[0-9])|(?<=[0-9])[Il](?=[0-9])")


def without_gaps(text: str) -> list[str]:
    """Return what a text spells character by character, without what stands between; series such as 1 2 3 4 left out.

    Args:
        text: The text, spelt plainly.
    """
    joined = [re.sub(r"[^0-9A-Za-z+]", "", found[0]) for found in _APART.finditer(text)]
    return [one for one in joined if len(set(one)) > 3 and not _is_series(one)]


def figures_for_letters(text: str) -> str:
    """Return a text with figures for the letters that stand for them beside figures, as in ``O471``.

    Args:
        text: The text, spelt plainly.
    """
    return _ONE.sub("1", _ZERO.sub("0", text))


def _is_series(joined: str) -> bool:
    return joined.isdigit() and all(int(after) - int(before) == 1 for before, after in pairwise(joined))
