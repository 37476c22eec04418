"""Undoing what hides a text from a pattern but not from a reader."""

from __future__ import annotations

import re
import unicodedata
from html import unescape
from typing import Final
from urllib.parse import unquote

__all__ = ["plain_spelling"]

_DASHES: Final = dict.fromkeys((*range(0x2010, 0x2016), 0x2212, 0x2043, 0xFE58, 0x02D7, 0x30FC), "-")
_LOOK_ALIKES: Final = str.maketrans(
    "АВЕЅІЈКМНОРСТУХԚԜаеорсухіјѕԛԝһԁѵΑΒΕΖΗΙΚΜΝΟΡΤΥΧοικνυαρ०٠۰Օօᴏ",
    "ABESIJKMHOPCTYXQWaeopcyxijsqwhdvABEZHIKMNOPTYXoiknuap000OoO",
)
_ESCAPE: Final = re.compile(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})")
_MOST_LAYERS: Final = 6


def plain_spelling(text: str) -> str:
    """Undo other dashes, wide and foreign look-alike letters, invisible characters, and encodings, also several.

    Args:
        text: Any text.
    """
    for _ in range(_MOST_LAYERS):
        before = text
        if "%" in text:
            text = unquote(text)
        if "&" in text:
            text = unescape(text)
        if "\\" in text:
            text = _ESCAPE.sub(lambda found: chr(int(found[1] or found[2], 16)), text)
        if text == before:
            break
    if text.isascii():
        return text
    folded = unicodedata.normalize("NFKC", text).translate(_LOOK_ALIKES).translate(_DASHES)
    return "".join(_ascii_digit(one) for one in folded if unicodedata.category(one) not in ("Cf", "Mn", "Me"))


def _ascii_digit(one: str) -> str:
    return str(unicodedata.digit(one)) if not one.isascii() and one.isdigit() else one
