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
    "АВЕЅІЈКМНОРСТУХԚԜаеорсухіјѕԛԝһԁѵΑΒΕΖΗΙΚΜΝΟΡΤΥΧοικνυαρ०٠۰ՕօᴏЄЗзӠӡ"
    "ØøŁłĐđÐðĦħŦŧƗıŒœƵƶȺɆɃƁƉÞ"
    # of the Cherokee, of the Lisu
    "\u13aa\u13f4\u13df\u13a0\u13ac\u13c0\u13bb\u13ab\u13e6\u13de\u13b7\u13e2"
    "\u13da\u13a2\u13d9\u13b3\u13c3\ua4ee\ua4d0\ua4da\ua4d3\ua4f0\ua4dd\ua4d6"
    "\ua4e7\ua4f2\ua4d9\ua4d7\ua4e1\ua4df\ua4e0\ua4f3\ua4d1\ua4e2\ua4d4\ua4f4"
    "\ua4e6\ua4ea\ua4eb\ua4ec\ua4dc",
    "ABESIJKMHOPCTYXQWaeopcyxijsqwhdvABEZHIKMNOPTYXoiknuap000OoOE3333"
    "OoLlDdDdHhTtIiOoZzAEBBDP"
    "ABCDEGHJKLMPSTVWZABCDEFGHIJKLMNOPSTUVWXYZ",
)
_SIGNS: Final = str.maketrans(
    "\u3010\u3014\u3016\u3008\u300a\u27e8\u27e6\u2768\u276a\u276c\u2774\u300c"
    "\u300e\u00ab\u2039\u3011\u3015\u3017\u3009\u300b\u27e9\u27e7\u2769\u276b"
    "\u276d\u2775\u300d\u300f\u00bb\u203a\u2236\u02d0\ua789\u0589\u1804\u3002"
    "\uff61\u2024\u2796\u2044\u2215\u2027\u30fb\u25cf\u2219\u22c5",
    "(" * 15 + ")" * 15 + ":::::" + "..." + "-//·····",
)
_AT_IN_A_RING: Final = re.compile("(?<![\u24b6-\u24e9])[\u24d0\u249c](?![\u24b6-\u24e9])")
_ESCAPE: Final = re.compile(
    r"(?:\\|%)u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})|\\u\{([0-9a-fA-F]{1,4})\}"
    r"|(?<=\w)=(40)(?=[A-Za-z][\w-]*\.[A-Za-z]{2})|(?<=\w)=(2D)(?=\w)"
)
_BLANKS: Final = re.compile(r"\\[tnr](?=[\W\dA-Z])")
_TAGS: Final = re.compile(
    r"<!--.{0,200}?-->|</?(?:a|b|big|br|code|div|em|font|i|mark|p|s|small|span|strong|sub|sup|tt|u|wbr)(?:\s[^<>]{0,200})?/?>",
    re.IGNORECASE | re.DOTALL,
)
_MOST_LAYERS: Final = 6


def plain_spelling(text: str) -> str:
    """Undo accents, other dashes, look-alikes, invisible characters, tags, and encodings, also several.

    Args:
        text: Any text.
    """
    for _ in range(_MOST_LAYERS):
        before = text
        if "%" in text:
            text = unquote(text)
        if "&" in text:
            text = unescape(text)
        if "\\" in text or "%u" in text or "=" in text:
            text = _BLANKS.sub(" ", _ESCAPE.sub(lambda found: chr(int(found[found.lastindex or 0], 16)), text))
        if "<" in text:
            text = _TAGS.sub("", text)
        if text == before:
            break
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKD", _AT_IN_A_RING.sub("@", text).translate(_SIGNS))
    bare = "".join(_ascii_digit(one) for one in text if unicodedata.category(one) not in ("Cf", "Mn", "Me"))
    return bare.translate(_LOOK_ALIKES).translate(_SIGNS).translate(_DASHES)


def _ascii_digit(one: str) -> str:
    return str(unicodedata.digit(one)) if not one.isascii() and one.isdigit() else one
