"""The names in the index's schemas, written as places in the terms of the subject's @context."""

from __future__ import annotations

import re
import string
from typing import Final

from citycontext.ngsild.context.shipped import shipped_terms

__all__ = ["ShortNames"]

_DIGITS: Final = string.ascii_letters + string.digits + "-_"
_VALUES: Final = {digit: value for value, digit in enumerate(_DIGITS)}
_LONG: Final = re.compile(r'"([^"\\]+)"')
_SHORT: Final = re.compile(r'"~([\w-]{2})"')


class ShortNames:
    """The short names of a subject.

    Args:
        subject: The subject's name.
    """

    def __init__(self, subject: str) -> None:
        self._terms = shipped_terms(subject)[: len(_DIGITS) ** 2]
        self._places = {term: place for place, term in enumerate(self._terms)}

    def shorten(self, text: str) -> str:
        """Write JSON with short names.

        Args:
            text: JSON, no text of which begins with a tilde.
        """
        if '"~' in text:
            raise ValueError('a text that begins with "~" would be taken for a short name')
        return _LONG.sub(self._short, text)

    def lengthen(self, text: str) -> str:
        """Return the JSON that was shortened.

        Args:
            text: What ``shorten`` wrote.
        """
        return _SHORT.sub(self._long, text)

    def _short(self, found: re.Match[str]) -> str:
        place = self._places.get(found[1])
        if place is None:
            return found[0]
        first, second = divmod(place, len(_DIGITS))
        return f'"~{_DIGITS[first]}{_DIGITS[second]}"'

    def _long(self, found: re.Match[str]) -> str:
        digits = found[1]
        return f'"{self._terms[_VALUES[digits[0]] * len(_DIGITS) + _VALUES[digits[1]]]}"'
