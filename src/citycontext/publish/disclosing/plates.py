"""Number plates of Belgium and its neighbours.

A *distinct* spelling (``1-ABC-234``) hardly means anything else. A *plain* one (``ABC-123``, ``AB1234``) is also how
many codes look.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["has_distinct_plate", "has_plain_plate", "is_whole_plate"]

_ALONE: Final = r"(?<![0-9A-Za-z]){}(?![0-9A-Za-z])"
_COUNTRY: Final = r"(?:(?:B(?:EL?)?|NL|FR?|DE?|LU?X?|GB|UK)[-. _]|NL(?=[0-9A-Z]{2}-)|F(?=[A-Z]{2}-[0-9]{3}-[A-Z]{2}))?"

# Belgium since 2010, whatever stands between the groups: the same twice, or a little of anything
_BELGIAN: Final = re.compile(
    r"(?<![0-9A-Za-z])(?P<glued>(?:B(?:EL?)?|car|auto|plate|plaat|nummerplaat|kenteken|voertuig|vehicle|veh|np)(?=[1-9]))?"
    r"[1-9](?P<first>[^0-9A-Za-z]{0,6})(?P<letters>[A-Z]{3})(?P<second>[^0-9A-Za-z]{0,6})[0-9]{3}(?![0-9A-Za-z])",
    re.IGNORECASE,
)
_BELGIAN_WITHIN: Final = re.compile(  # glued to letters: with dashes, or in capitals behind small ones
    r"(?<![0-9])[1-9][-.·_](?P<letters>[A-Za-z]{3})[-.·_][0-9]{3}(?![0-9])"
    r"|(?<=[a-z])[1-9](?P<capitals>[A-Z]{3})[0-9]{3}(?![0-9A-Za-z])"
)
_DISTINCT: Final = re.compile(
    _ALONE.format(
        _COUNTRY
        + "(?:"
        + "|".join(
            (
                r"[A-Z]{2}[-. ·_][0-9]{3}[-. ·_][A-Z]{2}",  # France since 2009
                # The Netherlands: three groups with a dash between them, letters and digits
                r"(?<![0-9]-)(?=[A-Z0-9-]{0,8}[A-Z])(?=[A-Z0-9-]{0,8}[0-9])"
                r"(?:[A-Z]{2}|[0-9]{2})-(?:[A-Z]{2}|[0-9]{2})-(?:[A-Z]{2}|[0-9]{2})(?!-[0-9])",
                r"[0-9]{2}-[A-Z]{3}-[0-9]|[0-9]-[A-Z]{3}-[0-9]{2}",
                r"[A-Z]{2}-[0-9]{3}-[A-Z]|[A-Z]-[0-9]{3}-[A-Z]{2}|[A-Z]{3}-[0-9]{2}-[A-Z]|[A-Z]-[0-9]{2}-[A-Z]{3}",
                # Germany; not within a longer name, nor the hours of "MO-FR 9:00"
                r"(?-i:(?<![0-9A-Za-z]{2}-)[A-ZÄÖÜ]{1,3}-[A-Z]{1,2}(?: [1-9][0-9]{0,3}|[1-9][0-9]{1,3})[EH]?)(?![:-])",
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
# Belgium, of one's own choice: up to eight characters, told by the country before them, or by the word plate
_CHOSEN: Final = re.compile(
    r"(?<![0-9A-Za-z])(?:\(B\) ?|B[- ])(?P<letters>[A-Z]{2,7})[- ]?[0-9]{1,3}(?![0-9A-Za-z]|[- ][0-9])"
    r"|(?<![0-9A-Za-z])(?P<before>[A-Z]{2,7})[- ]?[0-9]{1,3} ?\(B\)"
    r"|(?<![0-9A-Za-z])(?:nummerplaat|kenteken|plaat|plaque|number ?plate|licen[cs]e plate|plate|kennzeichen)"
    r"(?-i: ?[:=]? ?(?=[A-Z0-9 -]*[0-9])(?P<behind>[A-Z]{1,7})[- ]?[0-9]{1,5}(?![0-9A-Za-z]))",
)
_CHOSEN_SMALL: Final = re.compile(r"(?:[^:]*:)*\s*b-(?P<letters>[a-z]{2,7})-?[0-9]{1,3}\s*", re.IGNORECASE)
_THINGS: Final = frozenset(
    re.findall(
        "[a-z]+",
        "lamp lampe lum paal zone blok block team side lijn line gate hal poort perron park mast post deur bay box",
    )
)
# Names of sensors and radios that look like an old plate
_MODELS: Final = frozenset(
    re.findall("[a-z]+", "bme bmp sds imx tlc dht pms scd sht lht rak esp mbx sen mhz cim sps adc rgb")
)
_APART: Final = re.compile(
    r"[1-9][A-Z]{3}[0-9]{3}|[A-Z]{2}[0-9]{3}[A-Z]{2}|[0-9]{2}[A-Z]{2}[0-9]{2}|[A-Z]{2}[0-9]{2}[A-Z]{2}", re.I
)
_DUTCH_WHOLE: Final = re.compile(r"[0-9]{2} [A-Z]{2} [0-9]{2}|[A-Z]{2} [0-9]{2} [A-Z]{2}")
_RIDE: Final = re.compile(r"\bP ?\+ ?R\b")
_PLAIN_WHOLE: Final = re.compile(
    r"(?:(?:B|L|LUX?)[- ./])?[A-Z]{2}[- ]?[0-9]{4}|[A-Z]{3}[0-9]{3}|[0-9]{3}[A-Z]{3}|[A-Z]{2}[0-9]{3}[A-Z]{2}"
    r"|(?:NL)?(?:[0-9]{2}[A-Z]{3}[0-9]|[0-9][A-Z]{3}[0-9]{2}|[A-Z]{2}[0-9]{3}[A-Z]|[A-Z][0-9]{3}[A-Z]{2}|[0-9]{2}[A-Z]{2}[0-9]{2})"
    r"|[A-Z]{2}[0-9]{2}[A-Z]{3}"
    r"|TX[A-Z]{2}[0-9]{3}|LUX?[- ][0-9]{5}",  # a Belgian taxi; Luxembourg, digits alone
    re.IGNORECASE,
)
_ODD: Final = re.compile(r"(?<=[0-9A-Za-z])(?:[|,;+~*•=\\#]| [-/|.] )(?=[0-9A-Za-z])")
_ODD_ALONE: Final = re.compile(
    r"(?<=[0-9A-Za-z])[|,;+~*•=\\#/](?=[0-9A-Za-z])|(?<=[A-Za-z]):(?=[0-9])|(?<=[0-9]):(?=[A-Za-z])"
    r"|(?<=[0-9A-Za-z]) [-/|.:] (?=[0-9A-Za-z])"
)
_NETWORK: Final = re.compile(r"://|^urn:", re.IGNORECASE)
_LETTERS: Final = re.compile(r"[A-Za-z]+")

# Words and units that stand between numbers, or before one, in texts of a city that name no car
_WORDS: Final = frozenset(
    re.findall(
        r"[a-z]+",
        """bus bte box tot van per uur min max sec dag une via and the for naar het een les sur aux rue
        kwh mwh gwh ghz mhz khz bit bar ppm ppb dba rpm kva lux kph mph kmh mbt avg std med sum err
        jan feb mar mrt apr may mei mai jun jul aug sep okt oct nov dec iso din nen nbn iec itu ral
        usb led gps lte gsm utc gmt cet eur usd ref row col nis lot rev ver way api url urn csv xml
        sql vat btw tva pct deg mol kbp ccs air set top new old low mid off nul non out pin day wk""",
    )
)
_MONTHS: Final = frozenset(re.findall("[a-z]+", "jan feb mar mrt apr may mei jun jul aug sep okt oct nov dec"))
_PAIRS: Final = frozenset(
    (
        "en",
        "un",
        "cr",
        "dn",
        "pn",
        "km",
        "hm",
        "pm",
        "co",
        "no",
        "ip",
        "gb",
        "mb",
        "kb",
        "tb",
        "kw",
        "mw",
        "kv",
        "mm",
        "cm",
    )
)


def has_distinct_plate(text: str) -> bool:
    """Return whether a text has a plate in a spelling that hardly means anything else.

    Args:
        text: The text, spelt plainly.
    """
    text = _RIDE.sub("PR", text)
    is_address = _NETWORK.search(text) is not None
    if any(_is_belgian(found, is_address=is_address) for found in _BELGIAN.finditer(text)):
        return True
    if any(
        (found["letters"] or found["capitals"]).isupper() or not _is_words(found[0])
        for found in _BELGIAN_WITHIN.finditer(text)
    ):
        return True
    if any(not _is_words(found[0]) for found in _DISTINCT.finditer(text)):
        return True
    dashed = (_ODD if is_address else _ODD_ALONE).sub("-", text)
    return dashed != text and any(not _is_words(found[0]) for found in _DISTINCT.finditer(dashed))


def has_plain_plate(text: str) -> bool:
    """Return whether a text has a plate in a spelling that codes have too, or is one, what stands before a colon aside.

    Args:
        text: The text, spelt plainly.
    """
    whole = text.rpartition(":")[2].strip()
    if any(not _is_words(found[0]) and not _is_model(found[0]) for found in _PLAIN.finditer(text)):
        return True
    if any(
        (found["letters"] or found["before"] or found["behind"]).lower() not in _THINGS
        for found in _CHOSEN.finditer(text)
    ):
        return True
    small = _CHOSEN_SMALL.fullmatch(text)
    if small is not None and small["letters"].lower() not in _THINGS:
        return True
    if _DUTCH_WHOLE.fullmatch(whole) is not None and not _is_words(whole):
        return True
    return _PLAIN_WHOLE.fullmatch(whole) is not None and not _is_words(whole) and not _is_model(whole)


def is_whole_plate(joined: str) -> bool:
    """Return whether characters that stood apart are a plate of Belgium, France or the Netherlands.

    Args:
        joined: The characters, with nothing between them.
    """
    return _APART.fullmatch(joined) is not None


def _is_model(found: str) -> bool:
    return all(one.lower() in _MODELS for one in _LETTERS.findall(found))


def _is_belgian(found: re.Match[str], *, is_address: bool) -> bool:
    first, second, letters = found["first"], found["second"], found["letters"]
    if is_address and ("/" in first + second or ":" in first + second):
        return False  # parts of a path
    if letters.isupper() and first != second and " " in first + second and letters.lower() in _WORDS:
        return False  # Type 2 (CCS), 150 kW
    if letters.isupper() and first.strip(" ") and second.strip(" "):
        return letters.lower() not in (
            "jan",
            "feb",
            "mar",
            "mrt",
            "apr",
            "may",
            "jun",
            "jul",
            "aug",
            "sep",
            "oct",
            "dec",
        )
    if letters.lower() in _WORDS:
        return False
    usual = all(not one.strip("-. ·_") for one in (first, second))
    return usual or first == second or letters.isupper()


def _is_words(found: str) -> bool:
    """Return whether all letters of what looks like a plate are words, units or substances."""
    return all(one.lower() in _WORDS or one.lower() in _PAIRS for one in _LETTERS.findall(found))
