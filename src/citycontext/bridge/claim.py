"""The right to work on a part of what a source has, and the mark that a message carries back to its source."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final

__all__ = ["Claim", "Mark"]

_NUMBERS: Final = count(1)


@dataclass(slots=True, eq=False)
class Claim:
    """The right to work on one partition of a source, once: a partition that comes back is a new claim.

    Args:
        source: Name of the source.
        partition: Which; empty where the source has only one.
        held_until: Until when it is certain that nobody else works on it, on the clock that never jumps. The source
            moves it on at each sign of life of the engine.
        revoked: Whether it is over.
        number: What tells it from all others of this process: what is remembered of messages belongs to it.
    """

    source: str
    partition: str = ""
    held_until: float = math.inf
    revoked: bool = False
    number: int = field(default_factory=lambda: next(_NUMBERS))

    def allows(self, seconds: float) -> bool:
        """Return whether a request may start that takes at most so long.

        Args:
            seconds: Longest time that the request takes.
        """
        return not self.revoked and time.monotonic() + seconds < self.held_until


@dataclass(slots=True, eq=False)
class Mark:
    """By what a source acknowledges a message; it means something to that source only.

    Args:
        claim: The claim by which the message came.
        position: Where it stands there: an offset, the number of a packet, a request that waits for its answer.
        cursor: What the source is to find again after a crash; the journal writes it together with the message.
    """

    claim: Claim
    position: Any
    cursor: str | None = None
