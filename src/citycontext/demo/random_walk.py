"""Quantities that wander: the simulated part of the demo."""

from __future__ import annotations

import random

__all__ = ["RandomWalk", "chance"]


def chance(*seed: object) -> random.Random:
    """Return a source of chance that repeats itself for the same seed.

    Args:
        seed: What tells it from others, e.g. the run's seed, the device, the quantity.
    """
    return random.Random(":".join(map(str, seed)))  # noqa: S311 - a simulation must repeat itself


class RandomWalk:
    """A quantity that wanders between two bounds, drawn gently towards where it began.

    Args:
        chance: Where its steps come from.
        low, high: The bounds.
        step: Typical size of one step.
        digits: Decimals of the values.
    """

    def __init__(self, chance: random.Random, *, low: float, high: float, step: float, digits: int = 1) -> None:
        self._chance = chance
        self._low, self._high, self._step, self._digits = low, high, step, digits
        self._home = self._value = chance.uniform(low + (high - low) / 5, high - (high - low) / 5)

    def next(self) -> float:
        """Take a step; return the new value."""
        pull = (self._home - self._value) * 0.02
        wandered = self._value + pull + self._chance.gauss(0, self._step)
        self._value = min(max(wandered, self._low), self._high)
        return round(self._value, self._digits)
