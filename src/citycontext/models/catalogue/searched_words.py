"""The words of models' attributes in the index: which terms of the subject's @context they are, and what else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, islice
from typing import Final

import orjson

from citycontext.ngsild.context.shipped import shipped_terms

__all__ = ["read_words", "write_words"]

_LEFT_OUT: Final = re.compile(r"[^\w\n]|_")
_FAR: Final = 255
"""A step of 254 that leads to no word; 0 ends a model's row."""


def write_words(models: Iterable[tuple[str, Sequence[str]]]) -> bytes:
    """Write words as steps along the terms of each subject's @context that ships; others as they are.

    Args:
        models: Subject and words of each model.
    """
    places: dict[str, dict[str, int]] = {}
    rows: list[bytes] = []
    others: dict[str, list[str]] = {}
    for number, (subject, words) in enumerate(models):
        if subject not in places:
            places[subject] = {name: place for place, name in enumerate(_names(subject))}
        known = places[subject]
        row = bytearray()
        before = -1
        for place in sorted({known[word] for word in words if word in known}):
            far, step = divmod(place - before - 1, _FAR - 1)
            row += bytes([_FAR] * far + [step + 1])
            before = place
        rows.append(bytes(row))
        if left := [word for word in words if word not in known]:
            others[str(number)] = left
    return orjson.dumps(others, option=orjson.OPT_APPEND_NEWLINE) + b"\0".join(rows)


def read_words(content: bytes, subjects: Mapping[str, int]) -> Iterator[list[str]]:
    """Read the words of each model, in no particular order.

    Args:
        content: What ``write_words`` wrote.
        subjects: Subject → how many models it has, as they were written.
    """
    line, _, steps = content.partition(b"\n")
    others = orjson.loads(line)
    rows = enumerate(steps.split(b"\0"))
    for subject, count in subjects.items():
        names = ["", *_names(subject)]
        for number, row in islice(rows, count):
            places = accumulate(row) if _FAR not in row else _with_far_steps(row)
            yield [*map(names.__getitem__, places), *others.get(str(number), ())]


def _with_far_steps(row: bytes) -> Iterator[int]:
    place = 0
    for step in row:
        place += step if step != _FAR else _FAR - 1
        if step != _FAR:
            yield place


def _names(subject: str) -> list[str]:
    return _LEFT_OUT.sub("", "\n".join(shipped_terms(subject))).lower().split("\n")
