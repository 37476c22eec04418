"""Update results: which attributes of an entity were written, and which were not (CIM 009, 5.2.18)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

__all__ = ["NotUpdated", "UpdateResult", "read_update_result"]


@dataclass(frozen=True, slots=True)
class NotUpdated:
    """An attribute that was not written.

    .. versionadded:: 0.2

    Args:
        attribute_name: Its name as the broker gives it: short, or the full IRI.
        reason: Why.
        registration_id: The context source registration behind which it failed, if the broker says so.
    """

    attribute_name: str
    reason: str
    registration_id: str = ""


@dataclass(frozen=True, slots=True)
class UpdateResult:
    """What became of the attributes of one write.

    .. versionadded:: 0.2

    Args:
        updated: Names of those written; as sent where the broker only says that all were.
        not_updated: The others, each with its reason.
    """

    updated: list[str] = field(default_factory=list)
    not_updated: list[NotUpdated] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Return whether all attributes were written."""
        return not self.not_updated


def read_update_result(document: object, *, sent: Sequence[str]) -> UpdateResult | None:
    """Read the answer to a write of attributes.

    Known dialects: the standard's ``updated`` and ``notUpdated`` of names and reasons; Orion-LD's ``notUpdated`` of
    errors that each list ``attributes``, and its bare error with ``attributes`` when none was written.

    Args:
        document: The parsed body; None if it was empty.
        sent: Names of the attributes sent.

    Returns:
        The result; None if the body says nothing about attributes.
    """
    if document is None:
        return UpdateResult(updated=list(sent))
    if not isinstance(document, Mapping):
        return None
    if "updated" in document or "notUpdated" in document:
        refused = document.get("notUpdated")
        items = refused if isinstance(refused, list) else []
        updated = document.get("updated")
        return UpdateResult(
            updated=[name for name in updated if isinstance(name, str)] if isinstance(updated, list) else [],
            not_updated=[entry for item in items for entry in _not_updated(item)],
        )
    if "type" not in document and isinstance(document.get("attributes"), list):
        return UpdateResult(not_updated=_not_updated(document))
    return None


def _not_updated(item: Any) -> list[NotUpdated]:
    if isinstance(item, str):
        return [NotUpdated(item, "")]
    if not isinstance(item, Mapping):
        return []
    names = item.get("attributes")
    named = names if isinstance(names, list) else [item.get("attributeName") or ""]
    parts = [item.get("reason"), item.get("title"), item.get("detail")]
    reason = ": ".join(str(part) for part in parts if part)
    return [NotUpdated(str(name), reason, str(item.get("registrationId") or "")) for name in named]
