"""How far all before is done: delivery finishes out of order, and an engine wants one position."""

from __future__ import annotations

from collections import deque

__all__ = ["LowWater"]


class LowWater:
    """The positions of a claim that are open, in their order. Not for several threads at once."""

    def __init__(self) -> None:
        self._open: deque[tuple[int, float]] = deque()
        self._done: set[int] = set()
        self.mark: int | None = None
        """The last position up to which all is done."""

    def __len__(self) -> int:
        return len(self._open)

    def add(self, position: int, since: float) -> None:
        """Take note of a position that came.

        Args:
            position: It; higher than those before.
            since: When its message was put where it comes from, seconds since 1970.
        """
        self._open.append((position, since))

    def finish(self, position: int) -> None:
        """Take note that a position is done; any order, and again does no harm.

        Args:
            position: It.
        """
        if not self._open or position < self._open[0][0]:
            return
        self._done.add(position)
        while self._open and self._open[0][0] in self._done:
            first, _ = self._open.popleft()
            self._done.discard(first)
            self.mark = first

    @property
    def waiting_since(self) -> float | None:
        """Since when the oldest open one waits."""
        return self._open[0][1] if self._open else None
