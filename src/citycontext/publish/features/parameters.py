"""The parameters of a request for features, and the error that says which of them is wrong (OGC 17-069r4, 7.15)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Final

from citycontext.errors import DataError
from citycontext.ngsild.time import instant_of
from citycontext.publish.features.index import Selection
from citycontext.publish.ldes.versions import micros_of

__all__ = ["MOST", "USUAL", "WrongParameter", "check_names", "selection_of"]

USUAL: Final = 100
MOST: Final = 10_000
_CRS84: Final = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"


class WrongParameter(DataError):
    """A parameter of a request cannot be read."""


def check_names(given: Iterable[str], known: Iterable[str]) -> None:
    """Refuse parameters that are not known, as the standard asks.

    Args:
        given: The names that came.
        known: Those that are known.

    Raises:
        WrongParameter: One is not known.
    """
    listed = sorted(known)
    for name in given:
        if name not in listed:
            raise WrongParameter(f"there is no parameter {name[:50]!r} here; there are {', '.join(listed)}")


def selection_of(parameters: Mapping[str, str]) -> Selection:
    """Read which features are asked for.

    Args:
        parameters: The parameters of the request.

    Raises:
        WrongParameter: One cannot be read.
    """
    since, until = _times(parameters.get("datetime", ""))
    if parameters.get("bbox-crs", _CRS84) != _CRS84:
        raise WrongParameter(f"bbox-crs: a bbox is in {_CRS84}")
    limit = _whole("limit", parameters.get("limit", str(USUAL)), least=1)
    offset = _whole("offset", parameters.get("offset", "0"), least=0)
    return Selection(_box(parameters.get("bbox", "")), since, until, offset, min(limit, MOST))


def _whole(name: str, text: str, least: int) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 18) or int(text) < least:
        raise WrongParameter(f"{name}: a whole number, {least} or more")
    return int(text)


def _box(text: str) -> tuple[float, float, float, float] | None:
    if not text:
        return None
    try:
        numbers = [float(one) for one in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) == 6:
        numbers = [*numbers[:2], *numbers[3:5]]
    if len(numbers) != 4 or not all(map(math.isfinite, numbers)) or numbers[1] > numbers[3]:
        raise WrongParameter("bbox: west,south,east,north in degrees")
    west, south, east, north = numbers
    return west, south, east, north


def _times(text: str) -> tuple[int | None, int | None]:
    if not text:
        return None, None
    first, slash, last = text.partition("/")
    since = _time(first)
    until = _time(last) if slash else since
    if slash and since is None and until is None and (first, last) != ("..", ".."):
        raise WrongParameter("datetime: an interval has a time on one side at least")
    if since is not None and until is not None and since > until:
        raise WrongParameter("datetime: an interval ends after it begins")
    return since, until


def _time(text: str) -> int | None:
    if text in ("", ".."):
        return None
    try:
        # The standard has times with a zone; days are asked for as well, and mean their first instant.
        return micros_of(instant_of(f"{text}T00:00:00Z" if len(text) == 10 else text, "datetime"))
    except DataError:
        raise WrongParameter("datetime: a time with its zone, or two with a slash in between") from None
