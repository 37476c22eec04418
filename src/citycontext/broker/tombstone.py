"""What stands for a deleted instance, in the history and in notifications (4.5.6, 4.8, 5.8.6)."""

from __future__ import annotations

from typing import Any

from citycontext.broker.writing import Change, Document
from citycontext.ngsild.terms import ATTRIBUTE_TYPES, NULL_URN

__all__ = ["tombstone"]


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
