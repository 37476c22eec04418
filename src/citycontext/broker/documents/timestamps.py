"""The broker's clock, its ways to write an instant, and what stands for an instance deleted at one (4.5.6, 4.8)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from citycontext.broker.documents.writing import Change, Document
from citycontext.ngsild.terms import ATTRIBUTE_TYPES, NULL_URN

__all__ = ["instant_at", "microseconds_of", "timestamp", "tombstone"]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def timestamp(instant: datetime | None = None) -> str:
    """Write an instant, or the present one, with all six decimals: so texts sort as times do."""
    return f"{(instant or datetime.now(UTC)).astimezone(UTC).isoformat(timespec='microseconds')[:-6]}Z"


def microseconds_of(instant: datetime) -> int:
    """Return an instant as microseconds since 1970."""
    return (instant - _EPOCH) // timedelta(microseconds=1)


def instant_at(microseconds: int) -> datetime:
    """Return the instant so many microseconds after 1970 began."""
    return _EPOCH + timedelta(microseconds=microseconds)


def tombstone(change: Change, now: str) -> Document:
    """Make the instance that says that another was deleted.

    Args:
        change: The deletion.
        now: When it was.

    Returns:
        The instance, without ``modifiedAt``: the history takes the deletion for a change, a notification does not.
    """
    before = change.before
    assert before is not None
    kind = before["type"]
    null: Any = NULL_URN
    if kind == "LanguageProperty":
        null = {"@none": NULL_URN}
    elif kind in ("ListProperty", "ListRelationship"):
        null = [NULL_URN]
    gone: Document = {"type": kind, ATTRIBUTE_TYPES[kind]: null}
    if change.dataset_id is not None:
        gone["datasetId"] = change.dataset_id
    return {**gone, "createdAt": before["createdAt"], "deletedAt": now}
