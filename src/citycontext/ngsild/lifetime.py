"""The times that entities and attributes have in common (CIM 009, 4.8)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from citycontext.ngsild.time import instant_of, written_time

__all__ = ["Lifetime"]


class Lifetime:
    """Reads and writes the times of what is kept as a wire object."""

    __slots__ = ()

    wire: dict[str, Any]

    @property
    def expires_at(self) -> datetime | None:
        """When it stops to exist (CIM 009, 4.5.2 and 5.2.4, since 1.9).

        Raises:
            InvalidTime: The text on the wire is not a timestamp, or has no zone; so do the others.
        """
        return self._time("expiresAt")

    @expires_at.setter
    def expires_at(self, instant: datetime | str | None) -> None:
        self._set_time("expiresAt", instant)

    @property
    def created_at(self) -> datetime | None:
        """When the broker first had it; set by the broker."""
        return self._time("createdAt")

    @property
    def modified_at(self) -> datetime | None:
        """When the broker last changed it; set by the broker."""
        return self._time("modifiedAt")

    @property
    def deleted_at(self) -> datetime | None:
        """When it was deleted; set by the broker, in notifications and history."""
        return self._time("deletedAt")

    def _member(self, name: str) -> Any:
        """Return a member that is not an attribute; brokers that do not know it yet give it back as a Property."""
        member = self.wire.get(name)
        return member["value"] if isinstance(member, dict) and member.keys() >= {"type", "value"} else member

    def _time(self, member: str) -> datetime | None:
        text = self._member(member)
        return None if text is None else instant_of(text, member)

    def _set_time(self, member: str, instant: datetime | str | None) -> None:
        self._set_member_or_drop(member, None if instant is None else written_time(instant, member))

    def _set_member_or_drop(self, member: str, value: Any) -> None:
        if value is None:
            self.wire.pop(member, None)
        else:
            self.wire[member] = value
