"""Errors of programs that run on: the bridge, and what publishes."""

from __future__ import annotations

from citycontext.errors.root import CityContextError, place
from citycontext.foreign_text import shown

__all__ = ["BridgeError", "JournalError", "MappingError", "PayloadError", "PublicationError"]


class PublicationError(CityContextError):
    """Published files cannot be written or read back: disk full, state damaged or in use by another process."""


class BridgeError(CityContextError):
    """The root of the bridge's errors."""


class PayloadError(BridgeError):
    """A message that its codec cannot read.

    Args:
        message: What is wrong with the payload.
        path: Where in it, as a key path; empty for the whole.
    """

    def __init__(self, message: str, *, path: str = "") -> None:
        super().__init__(message)
        self.path = path

    def __str__(self) -> str:
        return f"{place(self.path)}: {self.message}" if self.path else self.message


class MappingError(BridgeError):
    """A message that the mapping cannot turn into an entity.

    Args:
        message: What is wrong.
        route: The route's name.
        attribute: The attribute that could not be filled.
    """

    def __init__(self, message: str, *, route: str = "", attribute: str = "") -> None:
        super().__init__(message)
        self.route = route
        self.attribute = attribute

    def __str__(self) -> str:
        where = ", ".join(
            part
            for part in (
                f"route {shown(self.route)}" if self.route else "",
                f"attribute {shown(self.attribute)}" if self.attribute else "",
            )
            if part
        )
        return f"{where}: {self.message}" if where else self.message


class JournalError(BridgeError):
    """The journal cannot keep or give back a message: disk full, file damaged."""
