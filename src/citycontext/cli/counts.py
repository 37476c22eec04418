"""Numbers of things, as a person writes them."""

from __future__ import annotations

__all__ = ["counted"]


def counted(number: int, one: str, several: str = "") -> str:
    """Write a number and what it counts: ``1 error``, ``2,000 errors``.

    Args:
        number: How many.
        one: The noun for one.
        several: The noun for any other number; ``one`` with an ``s`` by default.

    Returns:
        The text.
    """
    return f"{number:,} {one if number == 1 else several or one + 's'}"
