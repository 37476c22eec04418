"""A message that is whole, and not what a codec reads."""

from __future__ import annotations

from citycontext.errors import PayloadError

__all__ = ["OtherKind"]


class OtherKind(PayloadError):
    """The message is of another kind than the codec reads: nothing of it is damaged, it is for another route.

    Where another route takes it, it is not for this one; where none does, it is one dead letter, however many routes
    could not read it.
    """
