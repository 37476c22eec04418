"""How texts are compared when entities are ordered: the collations that need no tables (CIM 009, 4.23).

A collation is a BCP 47 tag such as ``nl-u-kn``. Most languages of western Europe are sorted as the root collation of
ICU does it; the others need tables that only ICU has.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Any, Final

__all__ = ["collation_key"]

_AS_ROOT: Final = frozenset({"und", "root", "ca", "de", "en", "fr", "ga", "id", "it", "lb", "ms", "nl", "pt"})
"""Languages that CLDR sorts as the root does."""

_LEVELS: Final = {"level1": 1, "level2": 2, "level3": 3, "identic": 4}
_SETTINGS: Final = {
    "co": frozenset({"standard"}),
    "ks": _LEVELS.keys(),
    "kf": frozenset({"upper", "lower", "false"}),
    "kn": frozenset({"true", "false"}),
}
_NUMBER: Final = re.compile(r"[0-9]+")


def collation_key(tag: str | None) -> Callable[[str], Any] | None:
    """Return the function that texts are sorted by.

    Letters count first, then accents, then case, lower before upper; close to ICU, without its tables.

    Args:
        tag: A language, perhaps with a region and settings: ``ks`` (how fine: ``level1`` letters, ``level2`` accents
            too, ``level3`` case too, ``identic``), ``kf`` (which case first), ``kn`` (numbers by value). ``None`` is
            the root collation.

    Returns:
        The key function; ``None`` for a collation that needs ICU.
    """
    locale, _, extension = (tag or "und").replace("_", "-").lower().partition("-u-")
    language, _, rest = locale.partition("-")
    if language not in _AS_ROOT or not re.fullmatch(r"[a-z]{2}|", rest) or locale == "fr-ca":
        return None
    found = re.findall(r"[a-z0-9]{2}(?:-[a-z0-9]{3,8})*", extension)
    settings = {name: value or "true" for name, _, value in (setting.partition("-") for setting in found)}
    if "-".join(found) != extension or any(value not in _SETTINGS.get(name, ()) for name, value in settings.items()):
        return None
    levels = _LEVELS[settings.get("ks", "level3")]
    numeric, upper_first = settings.get("kn") == "true", settings.get("kf") == "upper"

    def key(text: str) -> tuple[str, ...]:
        decomposed = unicodedata.normalize("NFKD", text)
        if numeric:
            decomposed = _NUMBER.sub(_by_value, decomposed)
        letters = "".join(char for char in decomposed if not unicodedata.combining(char)).casefold()
        cased = text if upper_first else text.swapcase()  # upper case has the lower code points
        return (letters, decomposed.casefold(), cased, text)[:levels]

    return key


def _by_value(number: re.Match[str]) -> str:
    """Write a number so that a longer one, which is greater, comes later."""
    digits = number[0].lstrip("0")
    return f"{len(digits):06}{digits}"
