"""E-mail addresses, telephone numbers, national numbers and bank accounts in texts."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["has_email", "has_iban", "has_national_number", "has_telephone", "is_enterprise", "is_telephone"]

_EMAIL: Final = re.compile(
    r"(?<![\w.!#$%&'*+=^`{|}~-])[\w.!#$%&'*+=^`{|}~-]++\s?(?:@|[\[({<]\s*(?:at|@)\s*[\])}>])\s?"
    r"(?:[\w-]+\s?(?:\.|[\[({<]\s*(?:dot|punt|\.)\s*[\])}>])\s?)+(?P<end>[^\W\d_]{2,}|xn--[\w-]+)(?![\w])",
    re.IGNORECASE,
)
_SPELT_OUT: Final = re.compile(
    r"(?<![\w.+-])[\w.+-]++\s++(?:at|apenstaartje)\s++[\w-]++\s++(?:dot|punt)\s+[a-z]{2,12}\b", re.IGNORECASE
)
_FILES: Final = frozenset(
    re.findall("[a-z0-9]+", "png jpg jpeg gif svg webp avif ico css js mjs json map pdf woff html xml")
)

_GAP: Final = r"[ ./\-]"
_PARENTHESES: Final = re.compile(r"\s*[()]\s*")
_DATE: Final = re.compile(
    r"(?<![0-9])(?:[0-3]?[0-9][-/. ][01]?[0-9][-/. ](?:19|20)[0-9]{2}"
    r"|(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}(?:[T ][0-9:.]+(?:[+-][0-9:]+)?)?)"
)
_TELEPHONE: Final = re.compile(
    r"(?<![0-9A-Za-z.,+])(?:"
    # with the country: +32 470 12 34 56, 0032470123456; one gap at a time
    r"\+[1-9](?:[ ./\-]{0,3}[0-9]){7,14}(?![0-9])"
    r"|00(?:32|31|33|352|49|44)(?:[ ./\-]{0,3}[0-9]){8,11}(?![0-9])"
    r"|32[ ./\-]?4[5-9][0-9](?:[ ./\-]?[0-9]){6}(?![0-9])"
    # Belgium: mobile, then zones of one and of two digits
    r"|04[5-9][0-9](?:[ ./\-]{0,3}[0-9]){6}(?![0-9])"
    r"|0[2349]~{1,3}[0-9]{3}~?[0-9]{2}~?[0-9]{2}(?![0-9])|0[2349]~{1,3}[0-9]{2}~[0-9]{2}~[0-9]{3}(?![0-9])"
    r"|0[15678][0-9]~{1,3}[0-9]{2}~?[0-9]{2}~?[0-9]{2}(?![0-9])|0[15678][0-9]~{1,3}[0-9]{3}~?[0-9]{3}(?![0-9])"
    # The Netherlands, Germany, the United Kingdom; France in pairs
    r"|06(?:[ \-]?[0-9]){8}(?![0-9])|0[1-9][0-9]{1,3}[ /\-][0-9]{6,8}(?![0-9])|07[0-9]{3} [0-9]{6}(?![0-9])"
    r"|0[1-9](?:[ .\-][0-9]{2}){4}(?![0-9])"
    r")".replace("~", _GAP)
)
_TEL: Final = re.compile(
    r"(?<![a-z])(?:tel|telefoon|gsm|phone|fax|mobiel|mobile|sms)\b\.?\s*[:=]?\s*\+?(?:[ ./()\-]{0,2}[0-9]){8,15}",
    re.IGNORECASE,
)
_WHOLE: Final = re.compile(r"0[1-9][0-9]{7}")
_DECIMAL: Final = re.compile(r"\+[0-9]{1,3}\.[0-9]+")
_ENTERPRISE: Final = re.compile(r"[01][0-9]{3}\.?[0-9]{3}\.?[0-9]{3}")

_NATIONAL: Final = re.compile(
    r"(?<![0-9])([0-9]{2})([ .\-/]?)([0-9]{2})([ .\-/]?)([0-9]{2})([ .\-/]{0,3})([0-9]{3})([ .\-/]?)([0-9]{2})(?![0-9])"
)
_FRENCH: Final = re.compile(
    r"(?<![0-9])[12]~[0-9]{2}~(?:0[1-9]|1[0-2])~(?:[0-9]{2}|2[AB])~[0-9]{3}~[0-9]{3}~[0-9]{2}(?![0-9])".replace(
        "~", "[ .-]?"
    ),
    re.IGNORECASE,
)
_IBAN: Final = re.compile(r"(?<![0-9A-Za-z])[A-Z]{2}[0-9]{2}(?:[ .\-_]?[0-9A-Z]){11,30}(?![0-9A-Za-z])", re.I)
_IBAN_LENGTHS: Final = {
    "BE": 16,
    "NL": 18,
    "FR": 27,
    "DE": 22,
    "LU": 20,
    "GB": 22,
    "ES": 24,
    "IT": 27,
    "PT": 25,
    "IE": 22,
}
_GROUPED: Final = re.compile(
    r"[A-Z]{2}[0-9]{2}([ .\-_])[0-9A-Z]{4}(?:\1[0-9A-Z]{4})+(?:\1[0-9A-Z]{1,3})?", re.IGNORECASE
)


def has_email(text: str) -> bool:
    """Return whether a text has an e-mail address, also one with ``(at)`` and ``(dot)``.

    Args:
        text: The text, spelt plainly.
    """
    if "@" not in text and "at" not in text.lower() and "apen" not in text.lower():
        return False
    if any(found["end"].lower() not in _FILES for found in _EMAIL.finditer(text)):
        return True
    return _SPELT_OUT.search(text) is not None


def has_telephone(text: str) -> bool:
    """Return whether a text has a telephone number of Belgium or a neighbour, or one with its country.

    Args:
        text: The text, spelt plainly.
    """
    if _TEL.search(text) is not None:
        return True
    bare = _DATE.sub(" d ", _PARENTHESES.sub(" ", text).replace("\u00a0", " "))
    for found in _TELEPHONE.finditer(bare):
        number = found[0]
        if _DECIMAL.fullmatch(number) or is_enterprise(number):
            continue
        return True
    return False


def is_telephone(text: str) -> bool:
    """Return whether a text is nine digits that a landline of Belgium may have, and nothing else."""
    return _WHOLE.fullmatch(text) is not None


def has_national_number(text: str) -> bool:
    """Return whether a text has a national number of Belgium, as written or with right check digits; or of France.

    Args:
        text: The text, spelt plainly.
    """
    for found in _NATIONAL.finditer(text):
        year, first, month, second, day, third, order, fourth, check = found.groups()
        if int(month) % 20 > 12 or int(month) > 52 or int(day) > 31:
            continue
        if first and first == second and third and (first, third) != ("-", "-") and "." in (first, fourth):
            return True
        number = f"{year}{month}{day}{order}"
        if any(97 - int(f"{century}{number}") % 97 == int(check) for century in ("", "2")):
            return True
    for found in _FRENCH.finditer(text):
        digits = re.sub(r"[^0-9AB]", "", found[0].upper()).replace("2A", "19").replace("2B", "18")
        if len(digits) == 15 and digits.isdigit() and 97 - int(digits[:13]) % 97 == int(digits[13:]):
            return True
    return False


def has_iban(text: str) -> bool:
    """Return whether a text has the number of a bank account: with right check digits, or in groups of four.

    Args:
        text: The text, spelt plainly.
    """
    for found in _IBAN.finditer(text):
        number = re.sub(r"[^0-9A-Za-z]", "", found[0]).upper()
        length = _IBAN_LENGTHS.get(number[:2])
        lengths = [length] if length is not None else range(15, len(number) + 1)
        for one in lengths:
            if len(number) >= one and _is_iban(number[:one]):
                return True
        if length == len(number) and _GROUPED.fullmatch(found[0]):
            return True
    return False


def _is_iban(number: str) -> bool:
    turned = "".join(str(int(one, 36)) for one in number[4:] + number[:4])
    return int(turned) % 97 == 1


def is_enterprise(text: str) -> bool:
    """Return whether digits are the number of a Belgian enterprise, with right check digits: it names no person."""
    if _ENTERPRISE.fullmatch(text) is None:
        return False
    digits = text.replace(".", "")
    return 97 - int(digits[:8]) % 97 == int(digits[8:])
