"""Telephone numbers, national numbers and bank accounts in texts."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["has_iban", "has_national_number", "has_telephone", "is_enterprise", "is_telephone"]

_GAP: Final = r"[ ./\-]"
_PARENTHESES: Final = re.compile(r"[()]|[\[{](?=0[\]}])|(?<=[\[{]0)[\]}]")
_MOMENT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9:.,]+")
_BLANKS: Final = re.compile(r"\s{2,}")
_DIGITS: Final = re.compile(
    r"(?<![0-9A-Za-z])(?P<country>(?:\+|00)\W?32\W{0,3})?(?P<local>[0-9]{2,4}(?:[^0-9A-Za-z+]{1,3}[0-9]{2,6}){1,4})(?![0-9A-Za-z])"
)
_OF_AN_ENTERPRISE: Final = re.compile(r"KBO|BCE|BTW|TVA|VAT|OND|BE\s?0|ondernemingsnummer|enterprise", re.IGNORECASE)
_DATE: Final = re.compile(
    r"(?<![0-9])(?:[0-3]?[0-9][-/. ][01]?[0-9][-/. ](?:19|20)[0-9]{2}"
    r"|(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}(?:[T ][0-9:.]+(?:[+-][0-9:]+)?)?)"
)
_TELEPHONE: Final = re.compile(
    r"(?<![0-9A-Za-z.,+])(?:"
    # with the country: +32 470 12 34 56, 0032470123456; one gap at a time
    r"\+[1-9](?:[ ./\-]{0,3}[0-9]){7,14}(?![0-9])"
    r"|00[ ]?(?:32|31|33|352|49|44)(?:[ ./\-]{0,3}[0-9]){8,11}(?![0-9])"
    r"|001 [2-9][0-9]{2} [2-9][0-9]{2} ?[0-9]{4}(?![0-9])|04[5-9][0-9]{7}(?![0-9])|04 [5-9][0-9]{3} [0-9]{4}(?![0-9])"
    r"|32[ ./\-]{0,3}(?:0 ?)?4[5-9][0-9](?:[ ./\-]?[0-9]){6}(?![0-9])"
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
    r"(?<![a-z])(?:tel|telefoon|gsm|phone|fax|mobiel|mobile|sms|whatsapp)(?![a-z])\.?\s*[:=]?\s*"
    r"\+?(?:[ ./()\-]{0,2}[0-9]){8,15}",
    re.IGNORECASE,
)
_WHOLE: Final = re.compile(r"0[1-9][0-9]{7}")
_DECIMAL: Final = re.compile(r"\+[0-9]{1,3}\.[0-9]+")
_ENTERPRISE: Final = re.compile(r"[01][0-9]{3}\.?[0-9]{3}\.?[0-9]{3}")

_NATIONAL: Final = re.compile(
    r"(?<![0-9])([0-9]{2})~([0-9]{2})~([0-9]{2})~([0-9]{3})~([0-9]{2})(?![0-9])".replace("~", r"([^0-9A-Za-z]{0,3})")
)
_BSN: Final = re.compile(
    r"(?<![a-z])(?:bsn|burgerservicenummer|sofi)\W{0,3}([0-9](?:[ .\-]?[0-9]){8})(?![0-9])", re.IGNORECASE
)
_FRENCH: Final = re.compile(
    r"(?<![0-9])[12]~[0-9]{2}~(?:0[1-9]|1[0-2])~(?:[0-9]{2}|2[AB])~[0-9]{3}~[0-9]{3}~[0-9]{2}(?![0-9])".replace(
        "~", "[ .-]?"
    ),
    re.IGNORECASE,
)
_IBAN: Final = re.compile(
    r"(?:(?<![0-9A-Za-z])|(?<=iban)|(?<=nr)|(?<=rekening)|(?<=konto))"
    r"(?=(?P<number>[A-Z](?:[^0-9A-Za-z]{0,3}[A-Z])(?:[^0-9A-Za-z]{0,3}[0-9]){2}(?:[^0-9A-Za-z]{0,3}[0-9A-Z]){11,30}))",
    re.IGNORECASE,
)
# What follows the check digits, by country; others are told by their check digits and their end
_ACCOUNTS: Final = {
    country: re.compile(form)
    for form, countries in {
        r"[0-9]{12}": "BE",
        r"[A-Z]{4}[0-9]{10}": "NL",
        r"[0-9]{10}[0-9A-Z]{11}[0-9]{2}": "FR MC",
        r"[0-9]{18}": "DE",
        r"[0-9]{3}[0-9A-Z]{13}": "LU",
        r"[A-Z]{4}[0-9]{14}": "GB IE",
        r"[0-9]{20}": "ES SE CZ SK",
        r"[A-Z][0-9]{10}[0-9A-Z]{12}": "IT SM",
        r"[0-9]{21}": "PT",
        r"[0-9]{16}": "AT EE LT",
        r"[0-9]{14}": "DK FI",
        r"[0-9]{11}": "NO",
        r"[0-9]{24}": "PL HU",
        r"[0-9]{5}[0-9A-Z]{12}": "CH LI",
        r"[A-Z]{4}[0-9A-Z]{16}": "RO",
        r"[0-9]{7}[0-9A-Z]{16}": "GR",
        r"[0-9]{5}[0-9]{19}": "TR",
    }.items()
    for country in countries.split()
}
_OLD_ACCOUNT: Final = re.compile(r"(?<![0-9-])([0-9]{3})[- ]([0-9]{7})[- ]([0-9]{2})(?![0-9-])")
_GROUPED: Final = re.compile(
    r"[A-Z]{2}[0-9]{2}([ .\-_])[0-9A-Z]{4}(?:\1[0-9A-Z]{4})+(?:\1[0-9A-Z]{1,3})?", re.IGNORECASE
)


def has_telephone(text: str) -> bool:
    """Return whether a text has a telephone number of Belgium or a neighbour, or one with its country.

    Args:
        text: The text, spelt plainly.
    """
    if _TEL.search(text) is not None:
        return True
    bare = _DATE.sub(" d ", _BLANKS.sub(" ", _PARENTHESES.sub(" ", text)))
    for found in _TELEPHONE.finditer(bare):
        number = found[0]
        if _DECIMAL.fullmatch(number) or (
            is_enterprise(number) and ("." in number or not number.startswith("04") or _OF_AN_ENTERPRISE.search(text))
        ):
            continue
        return True
    return any(_is_odd_telephone(found) for found in _DIGITS.finditer(_MOMENT.sub(" ", text)))


def _is_odd_telephone(found: re.Match[str]) -> bool:
    """Return whether groups of digits with the same odd sign between them are a telephone number of Belgium."""
    if is_enterprise(found["local"]):
        return False
    signs = re.findall(r"[^0-9+]+", found["local"])
    if (
        not signs
        or len(set(signs)) > 1
        or any(len(one) not in (2, 3, 4, 6) for one in re.findall("[0-9]+", found["local"]))
    ):
        return False
    number = re.sub("[^0-9]", "", found["local"])
    return re.fullmatch(r"0?4[5-9][0-9]{7}", number) is not None and (found["country"] is not None or number[0] == "0")


def is_telephone(text: str) -> bool:
    """Return whether a text is nine digits that a landline of Belgium may have, and nothing else."""
    return _WHOLE.fullmatch(text) is not None


def has_national_number(text: str) -> bool:
    """Return whether a text has a national number of Belgium, as written or with right check digits; or of France.

    Args:
        text: The text, spelt plainly.
    """
    for found in _NATIONAL.finditer(_MOMENT.sub(" ", text)):
        year, first, month, second, day, third, order, fourth, check = found.groups()
        if int(month) % 20 > 12 or int(month) > 52 or int(day) > 31:
            continue
        if first and first == second and third and (first, third) != ("-", "-") and "." in (first, fourth):
            return True
        number = f"{year}{month}{day}{order}"
        if any(97 - int(f"{century}{number}") % 97 == int(check) for century in ("", "2")):
            return True
    for found in _BSN.finditer(text):
        figures = [int(one) for one in found[1] if one.isdigit()]
        if sum(weight * one for weight, one in zip((9, 8, 7, 6, 5, 4, 3, 2, -1), figures, strict=True)) % 11 == 0:
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
        number = re.sub(r"[^0-9A-Za-z]", "", found["number"]).upper()
        form = _ACCOUNTS.get(number[:2])
        if form is None:
            if len(number) >= 15 and _GROUPED.fullmatch(found["number"]) is not None and _is_iban(number):
                return True
            continue
        behind = form.match(number, 4)
        if behind is None:
            continue
        if _is_iban(number[: behind.end()]) or (
            behind.end() == len(number) and _GROUPED.fullmatch(found["number"]) is not None
        ):
            return True
    return any(int(f"{one[1]}{one[2]}") % 97 == int(one[3]) % 97 for one in _OLD_ACCOUNT.finditer(text))


def _is_iban(number: str) -> bool:
    turned = "".join(str(int(one, 36)) for one in number[4:] + number[:4])
    return int(turned) % 97 == 1


def is_enterprise(text: str) -> bool:
    """Return whether digits are the number of a Belgian enterprise, with right check digits: it names no person."""
    if _ENTERPRISE.fullmatch(text) is None:
        return False
    digits = text.replace(".", "")
    return 97 - int(digits[:8]) % 97 == int(digits[8:])
