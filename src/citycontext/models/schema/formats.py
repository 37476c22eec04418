"""The ``format`` keyword: how a text must be spelt (JSON Schema 2020-12 Validation, 7.3)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from ipaddress import IPv4Address, IPv6Address
from typing import Final

__all__ = ["has_format"]

_DATE_TIME: Final = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})", re.ASCII)
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TIME: Final = re.compile(r"\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})?", re.ASCII)  # opening hours are local
_DURATION: Final = re.compile(
    r"P(?=.)(?:\d+W|(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?)", re.ASCII
)
_URI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*")
_IRI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s<>\"{}|\\^`]*")
_REFERENCE: Final = re.compile(r"(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*")
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+")
_HOST: Final = re.compile(r"(?=.{1,253}\.?$)(?:[A-Za-z0-9](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])?\.?)+")
_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII)


def _by(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda text: pattern.fullmatch(text) is not None


def _reads(pattern: re.Pattern[str], read: Callable[[str], object]) -> Callable[[str], bool]:
    def check(text: str) -> bool:
        if pattern.fullmatch(text) is None:
            return False
        try:
            read(text)
        except ValueError:
            return False
        return True

    return check


def _address(read: Callable[[str], object]) -> Callable[[str], bool]:
    return _reads(re.compile(r"\S+"), read)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text.upper().replace("T24:", "T25:"))


_FORMATS: Final[dict[str, Callable[[str], bool]]] = {
    "date-time": _reads(_DATE_TIME, _instant),
    "date": _reads(_DATE, date.fromisoformat),
    "time": _reads(_TIME, lambda text: datetime.fromisoformat(f"2000-01-01T{text.upper()}")),
    "duration": _by(_DURATION),
    "uri": _by(_URI),
    "iri": _by(_IRI),
    "uri-reference": _by(_REFERENCE),
    "email": _by(_EMAIL),
    "idn-email": _by(_EMAIL),
    "hostname": _by(_HOST),
    "ipv4": _address(IPv4Address),
    "ipv6": _address(IPv6Address),
    "uuid": _by(_UUID),
}


def has_format(text: str, name: str) -> bool:
    """Return whether a text is spelt as a format asks; a format that is not known asks nothing.

    Args:
        text: The text.
        name: The format, e.g. ``date-time``.
    """
    check = _FORMATS.get(name)
    return check is None or check(text)
