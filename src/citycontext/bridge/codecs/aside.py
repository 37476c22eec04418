"""What a device says beside its values."""

from __future__ import annotations

from typing import Any

__all__ = ["Aside"]


class Aside(dict[str, Any]):
    """A document about the device rather than its values: whether it can be reached, what state it is in.

    A route that takes nothing of it leaves it alone, where a document of values without any value is a fault.
    """
