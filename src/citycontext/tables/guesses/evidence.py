"""What points to a model: words of topics, files and devices, and quantities that are measured together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from citycontext.tables.guesses.words import table_lines, words_of

__all__ = ["Evidence", "evidence"]


@dataclass(frozen=True)
class Evidence:
    """What points to one model.

    Args:
        type: The entity type.
        subject: The subject of the model.
        words: Words to weights: a word is a run of one or more words of a name.
        quantities: Keys of quantities to weights.
    """

    type: str
    subject: str
    words: dict[tuple[str, ...], float]
    quantities: dict[str, float]


@cache
def evidence() -> tuple[Evidence, ...]:
    """Return what points to each model."""
    found = []
    for line in table_lines("evidence.txt"):
        name, weights, words = (part.strip() for part in line.split("|"))
        subject, _, type_name = name.partition(".")
        quantities = {key: float(weight) for key, _, weight in (one.partition(":") for one in weights.split())}
        said: dict[tuple[str, ...], float] = {}
        for one in words.split():
            word, _, weight = one.partition(":")
            spelt = tuple(part for piece in word.split("+") for part in words_of(piece))
            said[spelt] = float(weight or 3)
        found.append(Evidence(type_name, subject, said, quantities))
    return tuple(found)
