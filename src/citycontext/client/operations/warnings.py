"""What a context broker warns of in an answer that is else a success: ``NGSILD-Warning`` (CIM 009, 6.3.17)."""

from __future__ import annotations

import logging
import re
from collections import deque
from collections.abc import Iterable
from typing import Final

from citycontext.client.operations.exchange import Response
from citycontext.foreign_text import printable

__all__ = ["HEADER", "Heard", "warnings_in"]

HEADER: Final = "NGSILD-Warning"

_log: Final = logging.getLogger(__name__)
_MOST: Final = 100
# A comma that separates two warnings stands outside quotes.
_ONE: Final = re.compile(r'(?:"(?:[^"\\]|\\.)*"?|[^",])+')


def warnings_in(response: Response) -> list[str]:
    """Return the warnings of an answer, such as ``199 urn:… "Miscellaneous Warning"``: a source did not answer."""
    found = (one.strip() for value in response.header_values(HEADER) for one in _ONE.findall(value))
    return [printable(one, 200) for one in found if one]


class Heard:
    """The latest warnings that came to a client; each is said once in the log."""

    def __init__(self) -> None:
        self.latest: deque[str] = deque(maxlen=_MOST)

    def note(self, warnings: Iterable[str], about: str) -> None:
        """Keep warnings, and log those that are new.

        Args:
            warnings: What came.
            about: The address that was asked.
        """
        for warning in warnings:
            if warning in self.latest:
                self.latest.remove(warning)
            else:
                _log.warning("%s warns: %s", about, warning)
            self.latest.append(warning)
