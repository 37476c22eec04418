"""Texts that give away a vehicle or a device: number plates and MAC addresses.

Plates of Belgium and its neighbours are known. A *distinct* spelling (``1-ABC-234``) hardly means anything else. A
*plain* one (``ABC-123``, ``AB1234``) is also how many codes look; where a publisher declares that an attribute holds
codes, plain spellings are let through.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final, Literal
from urllib.parse import unquote

__all__ = ["MAC_ADDRESS", "NUMBER_PLATE", "GiveAway", "identifier_in"]

GiveAway = Literal["number-plate", "mac-address"]
NUMBER_PLATE: Final[GiveAway] = "number-plate"
MAC_ADDRESS: Final[GiveAway] = "mac-address"

_GAP: Final = r"[-. ·_]"
_ALONE: Final = r"(?<![0-9A-Za-z]){}(?![0-9A-Za-z])"

_MAC: Final = re.compile(
    _ALONE.format(
        r"(?:[0-9A-F]{2}(?P<m>[:\-. _])(?:[0-9A-F]{2}(?P=m)){4}[0-9A-F]{2}"
        r"|[0-9A-F]{4}(?P<c>[.:\-])[0-9A-F]{4}(?P=c)[0-9A-F]{4}"
        # Twelve hexadecimal digits in a row; with digits only they are a date and time or an article number.
        r"|(?=[0-9]*[A-F])(?=[A-F]*[0-9])[0-9A-F]{12})"
    ),
    re.IGNORECASE,
)
_DISTINCT: Final = re.compile(
    _ALONE.format(
        "(?:"
        + "|".join(
            form.replace("~", _GAP)
            for form in (
                r"[1-9]~{,3}(?!bus~|bte~|box~)[A-Z]{3}~{,3}[0-9]{3}",  # Belgium since 2010; not "1 bus 101"
                r"[A-Z]{2}~[0-9]{3}~[A-Z]{2}",  # France since 2009
                # The Netherlands: three groups with a dash between them, letters and digits
                r"(?=[A-Z0-9-]*[A-Z])(?=[A-Z0-9-]*[0-9])(?:[A-Z]{2}|[0-9]{2})-(?:[A-Z]{2}|[0-9]{2})-(?:[A-Z]{2}|[0-9]{2})",
                r"[0-9]{2}-[A-Z]{3}-[0-9]|[0-9]-[A-Z]{3}-[0-9]{2}",
                r"[A-Z]{2}-[0-9]{3}-[A-Z]|[A-Z]-[0-9]{3}-[A-Z]{2}|[A-Z]{3}-[0-9]{2}-[A-Z]|[A-Z]-[0-9]{2}-[A-Z]{3}",
                r"(?-i:[A-ZÄÖÜ]{1,3}-[A-Z]{1,2} ?[1-9][0-9]{0,3}[EH]?)(?!:)",  # Germany; not the hours of "MO-FR 9:00"
                r"[A-Z]{2}[0-9]{2} [A-Z]{3}",  # the United Kingdom
            )
        )
        + ")"
    ),
    re.IGNORECASE,
)
_PLAIN: Final = re.compile(
    _ALONE.format(r"(?:[A-Z]{3}[-.·_][0-9]{3}|[0-9]{3}[-.·_][A-Z]{3}|(?-i:[A-Z]{3} [0-9]{3}|[0-9]{3} [A-Z]{3}))"),
    re.IGNORECASE,
)
_PLAIN_WHOLE: Final = re.compile(
    r"[A-Z]{3}[0-9]{3}|[0-9]{3}[A-Z]{3}|[A-Z]{2}[0-9]{3}[A-Z]{2}|[A-Z]{2}[- ]?[0-9]{4}"
    r"|[0-9]{2}[A-Z]{3}[0-9]|[0-9][A-Z]{3}[0-9]{2}|[A-Z]{2}[0-9]{3}[A-Z]|[A-Z][0-9]{3}[A-Z]{2}|[A-Z]{2}[0-9]{2}[A-Z]{3}",
    re.IGNORECASE,
)
_UUID: Final = re.compile(_ALONE.format(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"), re.IGNORECASE)
_DASHES: Final = dict.fromkeys((*range(0x2010, 0x2016), 0x2212), "-")


@lru_cache(maxsize=16_384)  # ids, units and names come again with every version
def identifier_in(text: str, *, codes: bool = False) -> GiveAway | None:
    """Tell whether a text holds something that looks like a number plate or a MAC address.

    Args:
        text: Any text, e.g. a value, an id, a member's name.
        codes: Whether it is declared to be a code; then only distinct spellings of plates count.

    Returns:
        Which of them; ``None`` if neither.
    """
    spelt = _plain_spelling(text)
    without = _UUID.sub(" ", spelt) if len(spelt) >= 36 else spelt
    if _MAC.search(without):
        return MAC_ADDRESS
    if _DISTINCT.search(without):
        return NUMBER_PLATE
    if not codes and (_PLAIN.search(without) or _PLAIN_WHOLE.fullmatch(without.rpartition(":")[2].strip())):
        return NUMBER_PLATE
    return None


def _plain_spelling(text: str) -> str:
    """Undo what hides a text from a pattern but not from a reader: other dashes, wide letters, percent-encoding."""
    if "%" in text:
        text = unquote(text)
    if text.isascii():
        return text
    folded = unicodedata.normalize("NFKC", text).translate(_DASHES)
    return "".join(one for one in folded if unicodedata.category(one) != "Cf")
