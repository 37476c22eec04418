"""Moulds of members: the JSON text of one, with gaps for what the next one of the same outline carries instead."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

__all__ = ["Mould"]


@dataclass(frozen=True, slots=True)
class Mould:
    """A text with gaps.

    Args:
        text: The text, as a format of ``%``.
        gaps: For each gap, the number of what fills it.
        fixed: What the text names whatever fills it; a gap that is filled with one of these makes another text.
    """

    text: str
    gaps: tuple[int, ...]
    fixed: frozenset[str]

    @classmethod
    def of(cls, body: bytes, marks: list[str], names: Iterable[str]) -> Self:
        """Make a mould of a text that has marks where the gaps shall be.

        Args:
            body: The text.
            marks: The marks, by number.
            names: All that the text names.
        """
        mark = re.compile("|".join(map(re.escape, sorted(marks, key=len, reverse=True))))
        numbers = {one: number for number, one in enumerate(marks)}
        text = body.decode().replace("%", "%%")
        gaps = tuple(numbers[found] for found in mark.findall(text))
        return cls(mark.sub("%s", text), gaps, frozenset(name for name in names if mark.search(name) is None))

    def fill(self, carried: list[str]) -> bytes | None:
        """Fill the gaps.

        Args:
            carried: What fills them, by number; texts that stand in JSON as they are.

        Returns:
            The text; ``None`` where it would be another one.
        """
        if not self.fixed.isdisjoint(carried):
            return None
        return (self.text % tuple(map(carried.__getitem__, self.gaps))).encode()
