"""Texts that give away a person, a vehicle or a device: what each kind of them looks like is in modules beside this.

Where a publisher declares that an attribute holds codes, spellings that codes have too are let through.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, Literal

from citycontext.publish.disclosing.accounts import (
    has_iban,
    has_national_number,
    has_telephone,
    is_enterprise,
    is_telephone,
)
from citycontext.publish.disclosing.emails import has_email
from citycontext.publish.disclosing.plates import has_distinct_plate, has_plain_plate, is_whole_plate
from citycontext.publish.disclosing.spacing import figures_for_letters, without_gaps
from citycontext.publish.disclosing.spelling import plain_spelling

__all__ = ["EMAIL", "IBAN", "MAC_ADDRESS", "NATIONAL_NUMBER", "NUMBER_PLATE", "TELEPHONE", "GiveAway", "identifier_in"]

GiveAway = Literal["number-plate", "mac-address", "e-mail", "telephone", "national-number", "bank-account"]
NUMBER_PLATE: Final[GiveAway] = "number-plate"
MAC_ADDRESS: Final[GiveAway] = "mac-address"
EMAIL: Final[GiveAway] = "e-mail"
TELEPHONE: Final[GiveAway] = "telephone"
NATIONAL_NUMBER: Final[GiveAway] = "national-number"
IBAN: Final[GiveAway] = "bank-account"

_PAIR: Final = "[0-9A-F]{2}"
_MAC: Final = re.compile(
    # Six pairs with something between them; not eight, which are an address of the network or of a sensor.
    rf"(?<![0-9A-F])(?<!(?<![0-9A-Za-z])[0-9A-F]{{2}}[:\-. _]){_PAIR}"
    rf"(?P<m>\s?[:\-._·•|/,;*+=~]{{1,2}}\s?| ){_PAIR}(?:(?:(?P=m)|[:\-]){_PAIR}){{4}}"
    r"(?![0-9A-F]|(?P=m)[0-9A-F]{2}(?![0-9A-F]))"
    r"|(?<![0-9A-F])(?<![0-9A-F]{4}[.:\-])[0-9A-F]{4}(?P<c>[.:\- _])[0-9A-F]{4}(?P=c)[0-9A-F]{4}(?!(?P=c)?[0-9A-F])"
    r"|(?<![0-9A-Za-z])[0-9A-F]{6}[:\-. _][0-9A-F]{6}(?![0-9A-Za-z])"
    # One digit where the first is zero
    r"|(?<![0-9A-F:])(?=[0-9:]*[A-F])(?:[0-9A-F]{1,2}:){5}[0-9A-F]{1,2}(?![0-9A-F:])"
    # Twelve hexadecimal digits in a row; with digits only they are a date and time or an article number.
    r"|(?<![0-9A-Za-z])(?:0x|mac|bt|ble|wifi)?(?=[0-9]*[A-F])(?=[A-F]*[0-9])[0-9A-F]{12}(?![0-9A-Za-z])"
    r"|0x[0-9A-F]{2}(?:[^0-9A-Za-z]{1,2}0x[0-9A-F]{2}){5}(?![^0-9A-Za-z]{1,2}0x|[0-9A-F])"
    # Of an address of the network that is made of one; pairs are the number of a sensor (EUI-64)
    r"|(?<![0-9A-F])[0-9A-F]{1,4}:[0-9A-F]{1,2}FF:FE[0-9A-F]{2}:[0-9A-F]{1,4}(?![0-9A-F])",
    re.IGNORECASE,
)
_URN: Final = re.compile(r"urn:(?:ngsi-ld:[^:]+|(?!ngsi-ld)[^:]+):(?=.)", re.IGNORECASE)
_UUID: Final = re.compile(r"(?<![0-9A-Za-z])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9A-Za-z])", re.IGNORECASE)


@lru_cache(maxsize=16_384)  # ids, units and names come again with every version
def identifier_in(text: str, *, codes: bool = False) -> GiveAway | None:
    """Return whether a text holds something that looks like a plate, an address, or a number of somebody.

    Args:
        text: Any text, e.g. a value, an id, a member's name.
        codes: Whether it is declared to be a code; then only spellings count that codes do not have.

    Returns:
        Which of them; ``None`` if none.
    """
    spelt = plain_spelling(text)
    if has_email(spelt):
        return EMAIL
    if not any(one.isdigit() for one in spelt):
        return None
    without = figures_for_letters(_UUID.sub(" ", spelt) if len(spelt) >= 36 else spelt)
    found = _number_in(without)
    if found is not None:
        return found
    if not codes and is_telephone(without.strip()):
        return TELEPHONE
    tail = _URN.match(spelt)
    if tail is not None:  # what names the thing may be spelt with colons and slashes itself
        return identifier_in(spelt[tail.end() :], codes=codes)
    if has_distinct_plate(without) or (not codes and has_plain_plate(without)):
        return NUMBER_PLATE
    for joined in without_gaps(without):
        found = _number_in(joined)
        if found is not None:
            return found
        if is_telephone(joined):
            return TELEPHONE
        if is_whole_plate(joined):
            return NUMBER_PLATE
    return None


def _number_in(text: str) -> GiveAway | None:
    """Return which number of somebody, or of a device, a text has."""
    if any(_is_mac(found[0]) for found in _MAC.finditer(text)):
        return MAC_ADDRESS
    if has_iban(text):
        return IBAN
    if has_national_number(text):
        return NATIONAL_NUMBER
    return TELEPHONE if has_telephone(text) else None


def _is_mac(found: str) -> bool:
    """Return whether what looks like a MAC address may be one: without a letter it is with colons or dashes only."""
    if re.search("[A-Fa-f]", found):
        return not (found[:2].upper() == "BE" and is_enterprise(found[2:]))
    return (
        re.fullmatch(r"[0-9]{2}(?P<g>[:\-])(?:[0-9]{2}(?P=g)){4}[0-9]{2}|00[0-9]{2}[.:][0-9]{4}[.:][0-9]{4}", found)
        is not None
    )
