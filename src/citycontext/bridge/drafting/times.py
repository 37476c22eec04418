"""The time of a draft: how it is written, and of which zone it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from citycontext.tables.guesses import Column, TimeGuess
from citycontext.tables.guesses.times import time_format

__all__ = ["observed_at", "with_clock"]

_HOURS: Final = 3600.0
_DATE: Final = 10
_CLOCK: Final = re.compile(r"\d\d?:\d\d(:\d\d(?:\.\d+)?)?")


def observed_at(one: TimeGuess, arrivals: Sequence[float], zone: str | None, notes: list[str]) -> Any:
    """Say where the time stands, as the configuration does.

    Args:
        one: The column of times.
        arrivals: When the messages arrived.
        zone: The zone of times that name none, where a person said it.
        notes: What a person should know is added here.
    """
    keys: dict[str, Any] = {"from": one.column.name}
    if one.format.startswith("%"):
        keys["format"] = one.format
    if not one.has_zone:
        keys["zone"] = zone or _zone(notes, one, arrivals)
    else:
        ahead = _offset(one.column, arrivals)
        if ahead is not None and ahead > 600:
            notes.append(f"{one.column.name} runs {ahead / 60:.0f} minutes ahead of the time of arrival")
    return keys["from"] if len(keys) == 1 else keys


def with_clock(one: TimeGuess, columns: Sequence[Column]) -> TimeGuess:
    """Join a date with the time of day that stands beside it.

    Args:
        one: The column of times.
        columns: All columns.
    """
    texts = one.column.texts
    if not texts or not all(len(text.strip()) <= _DATE for text in texts):
        return one
    for column in columns:
        if column.path[:-1] != one.column.path[:-1] or column is one.column or not column.texts:
            continue
        match = [_CLOCK.fullmatch(text.strip()) for text in column.texts]
        if len(column.texts) < len(column.values) or not all(match):
            continue
        has_seconds = all(found is not None and found[1] for found in match)
        pairs = zip(one.column.values, column.values, strict=False)
        if one.format == "auto":
            between, form = "T", "auto"
        else:
            between, form = " ", f"{one.format} %H:%M{':%S' if has_seconds else ''}"
        joined = Column(
            f"join('{between}', [{one.column.name}, {column.name}])",
            tuple(f"{day}{between}{clock}" if day and clock else None for day, clock in pairs),
            one.column.path,
        )
        return replace(one, column=joined, format=form, reason=f"{one.reason}, with {column.name} beside it")
    return one


def _zone(notes: list[str], one: TimeGuess, arrivals: Sequence[float]) -> str:
    """Guess the zone of a time that names none by how far it is from the time of arrival."""
    ahead = _offset(one.column, arrivals)
    if ahead is not None and -300 < ahead - _summer(arrivals[0]) * _HOURS < 300:
        notes.append(f'guessed: {one.column.name} names no zone, and fits "Europe/Brussels" by the time of arrival')
        return "Europe/Brussels"
    if ahead is not None and -300 < ahead < 300:
        notes.append(f'guessed: {one.column.name} names no zone, and fits "UTC" by the time of arrival')
        return "UTC"
    notes.append(f'guessed: {one.column.name} names no zone; "Europe/Brussels" is assumed, confirm it')
    return "Europe/Brussels"


def _summer(arrived: float) -> int:
    offset = datetime.fromtimestamp(arrived, ZoneInfo("Europe/Brussels")).utcoffset()
    return 0 if offset is None else int(offset.total_seconds() // _HOURS)


def _offset(column: Column, arrivals: Sequence[float]) -> float | None:
    """Return how many seconds a time is ahead of its arrival, as UTC; ``None`` where it cannot be told."""
    for value, arrived in zip(column.values, arrivals, strict=False):
        written = time_format([value])
        if written is None or value is None:
            continue
        try:
            if isinstance(value, int | float):
                divisor = {"epoch": 1, "epoch-ms": 1e3, "epoch-us": 1e6, "epoch-ns": 1e9}.get(written[0], 1)
                return float(value) / divisor - arrived
            if written[0] == "auto":
                instant = datetime.fromisoformat(value.strip().replace(",", ".").replace(" UTC", "+00:00"))
            elif written[0].startswith("%"):
                instant = datetime.strptime(value, written[0])  # noqa: DTZ007 - the zone is what is looked for
            else:
                return None
        except ValueError:
            return None
        return (instant if instant.tzinfo is not None else instant.replace(tzinfo=UTC)).timestamp() - arrived
    return None
