"""The column that says when something was observed, and how it is written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

from citycontext.tables.guesses.columns import Column
from citycontext.tables.guesses.words import words_of

__all__ = ["TimeGuess", "guess_times", "time_format"]

_EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC).timestamp()
_LATEST: Final = datetime(2040, 1, 1, tzinfo=UTC).timestamp()
_ISO: Final = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?\s?(?:Z|UTC|[+-]\d\d:?\d\d)?)?")
_JAVA: Final = re.compile(r"(.*(?:Z|[+-]\d\d:?\d\d))\[[A-Za-z][\w+/-]*\]")
_ZONED_SLASHES: Final = re.compile(r"\d{4}/\d\d/\d\d[T ].*(?:Z|[+-]\d\d:?\d\d)")
_PATTERNS: Final = (
    (r"\d{4}/\d\d?/\d\d? \d\d?:\d\d:\d\d", "%Y/%m/%d %H:%M:%S"),
    (r"\d{4}/\d\d?/\d\d? \d\d?:\d\d", "%Y/%m/%d %H:%M"),
    (r"\d\d?/\d\d?/\d{4} \d\d?:\d\d:\d\d", "%d/%m/%Y %H:%M:%S"),
    (r"\d\d?/\d\d?/\d{4} \d\d?:\d\d", "%d/%m/%Y %H:%M"),
    (r"\d\d?-\d\d?-\d{4} \d\d?:\d\d:\d\d", "%d-%m-%Y %H:%M:%S"),
    (r"\d\d?-\d\d?-\d{4} \d\d?:\d\d", "%d-%m-%Y %H:%M"),
    (r"\d\d?\.\d\d?\.\d{4} \d\d?:\d\d:\d\d", "%d.%m.%Y %H:%M:%S"),
    (r"\d\d?\.\d\d?\.\d{4} \d\d?:\d\d", "%d.%m.%Y %H:%M"),
    (r"\d\d?/\d\d?/\d{4}", "%d/%m/%Y"),
    (r"\d\d?-\d\d?-\d{4}", "%d-%m-%Y"),
    (r"\d\d?\.\d\d?\.\d{4}", "%d.%m.%Y"),
    (r"\d{8}T\d{6}Z?", "auto"),
    (r"\d{14}", "%Y%m%d%H%M%S"),
    (r"\d{12}", "%y%m%d%H%M%S"),
    (r"\d{8}", "%Y%m%d"),
)
_RFC: Final = re.compile(r"(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d(?::\d\d)?.*")
_OBSERVED: Final = frozenset(
    [
        "time",
        "timestamp",
        "ts",
        "tst",
        "datetime",
        "date",
        "observed",
        "observedat",
        "measured",
        "measuredat",
        "resulttime",
        "phenomenontime",
        "tijd",
        "tijdstip",
        "datum",
        "meettijd",
        "meetmoment",
        "horodatage",
        "heure",
        "dateheure",
        "datehour",
        "dateobserved",
        "dateutc",
        "utc",
        "epoch",
        "timeobserved",
        "when",
        "t",
        "bt",
        "lastseen",
        "lastupdate",
        "lastupdated",
        "sampled",
        "sampletime",
        "devicetime",
        "meteringtime",
        "timeinstant",
        "dt",
        "createdat",
        "timestampms",
        "unixtime",
        "updated",
        "reportedat",
        "observationtime",
        "observationdatetime",
        "recordedat",
        "recvtime",
        "receivedat",
        "tms",
        "measurementtime",
        "gpstime",
        "lastupdatedat",
        "lastreported",
        "lasttimestamp",
        "moment",
        "eventtime",
        "datemesure",
        "reported_at",
        "lastupdatetime",
        "occurredat",
        "acquisitiontime",
        "clock",
    ]
)
_OTHERS: Final = frozenset(
    [
        "created",
        "modified",
        "installed",
        "installation",
        "manufactured",
        "expiry",
        "expires",
        "valid",
        "until",
        "start",
        "begin",
        "end",
        "einde",
        "debut",
        "fin",
        "boot",
        "uptime",
        "next",
        "birth",
        "built",
        "service",
        "maintenance",
        "onderhoud",
        "bouwjaar",
        "opening",
        "closing",
        "commissioned",
        "install",
        "emptying",
        "lediging",
        "keuring",
        "license",
        "registered",
        "aanleg",
        "plantdatum",
        "geplaatst",
        "since",
        "published",
    ]
)


@dataclass(frozen=True)
class TimeGuess:
    """A column that says when.

    Args:
        column: The column.
        format: ``auto``, ``epoch``, ``epoch-ms``, ``epoch-us``, ``epoch-ns`` or a ``strptime`` pattern.
        has_zone: Whether the values say their zone; an epoch does.
        score: How likely it is the time of observation, from 0 to 1.
        reason: Why, in words.
    """

    column: Column
    format: str
    has_zone: bool
    score: float
    reason: str


def time_format(values: Sequence[Any]) -> tuple[str, bool] | None:
    """Return how times are written.

    Args:
        values: Values of one column.

    Returns:
        The format and whether it says its zone; ``None`` where a value is not a time.
    """
    formats = {_format(value) for value in values}
    if len(formats) == 1:
        return formats.pop()
    if formats and None not in formats:
        known = {one[0] for one in formats if one is not None}
        zoned = all(one[1] for one in formats if one is not None)
        return ("auto", zoned) if known <= {"auto", "epoch", "epoch-ms"} else None
    return None


def _format(value: Any) -> tuple[str, bool] | None:
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return _epoch(float(value))
    if not isinstance(value, str):
        return None
    text = _JAVA.sub(r"\1", value.strip())
    text = f"{text[:-1]}Z" if text.endswith("z") else text
    if _ZONED_SLASHES.fullmatch(text):
        text = text.replace("/", "-", 2)
    if _ISO.fullmatch(text):
        if "," in text or text.endswith("UTC"):
            return "auto", bool(re.search(r"(Z|UTC|[+-]\d\d:?\d\d)$", text))
        try:
            instant = datetime.fromisoformat(text)
        except ValueError:
            return None
        return "auto", instant.tzinfo is not None
    if re.fullmatch(r"\d{9,10}(?:\.\d+)?|\d{13}|\d{16}|\d{19}", text) and (found := _epoch(float(text))) is not None:
        return found
    for form, pattern in _PATTERNS:
        if not re.fullmatch(form, text):
            continue
        if pattern == "auto":
            return "auto", text.endswith("Z")
        try:
            instant = datetime.strptime(text, pattern)  # noqa: DTZ007 - only its form matters
        except ValueError:
            continue
        return (pattern, False) if 1900 < instant.year < 2100 else None
    if _RFC.fullmatch(text):
        try:
            return "auto", parsedate_to_datetime(text).tzinfo is not None
        except ValueError:
            return None
    return None


def _epoch(number: float) -> tuple[str, bool] | None:
    for divisor, name in ((1, "epoch"), (1e3, "epoch-ms"), (1e6, "epoch-us"), (1e9, "epoch-ns")):
        if _EARLIEST <= number / divisor <= _LATEST:
            return name, True
    return None


def guess_times(columns: Sequence[Column]) -> list[TimeGuess]:
    """Find the columns that may say when something was observed, the likeliest first.

    Args:
        columns: All columns.
    """
    found = []
    for place, column in enumerate(columns):
        values = [value for value in column.present if value not in (0, "0", "0000-00-00 00:00:00")]
        written = time_format(values) if values else None
        if written is None:
            continue
        form, has_zone = written
        words = words_of(column.path[-1])
        whole = "".join(words)
        is_moment = all(isinstance(value, str) and len(value.strip()) > 10 for value in values) and form != "epoch"
        score, reason = (0.55 if is_moment else 0.35), "its values are times"
        is_number = all(isinstance(value, int | float) for value in column.present)
        if whole in _OBSERVED or any(word in _OBSERVED and len(word) > 2 for word in words):
            score, reason = 0.9, f"named {column.path[-1]!r}, and its values are times"
            if whole in ("createdat", "receivedat", "recvtime", "lastupdated", "updated", "reportedat", "lastseen"):
                score = 0.82
        elif is_number or (column.texts and all(text.isdigit() for text in column.texts)):
            score = 0.4 if form != "%Y%m%d" else 0.1
        if whole not in _OBSERVED and not _OTHERS.isdisjoint(words):
            score -= 0.5
        if form in ("%Y%m%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y") or (
            form == "auto" and column.texts and all(len(text.strip()) <= 10 for text in column.texts)
        ):
            score -= 0.12  # a date without a time of day
        score -= 0.04 * (len(column.path) - 1) + 0.001 * place
        if score > 0.2:
            found.append(TimeGuess(column, form, has_zone, round(score, 3), reason))
    return sorted(found, key=lambda one: -one.score)
