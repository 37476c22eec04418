"""Which column of a table ids are made of."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from citycontext.tables.sheets.cells import text_of
from citycontext.tables.sheets.headings import is_called_id
from citycontext.tables.sheets.mapping import IdMapping
from citycontext.tables.sheets.vocabulary import attributes_called

__all__ = ["propose_id"]

_MOSTLY: Final = 0.6
_SURE: Final = 0.35
_CODE: Final = re.compile(r"(?=.*\d)[A-Za-z0-9._-]+")


def propose_id(
    samples: Mapping[str, Sequence[Any]], free: Sequence[str], number: int, remarks: list[str]
) -> tuple[IdMapping, str | None]:
    """Return where ids come from: a column of ids, else of names, whose values occur once.

    Args:
        samples: The first values of each column.
        free: Columns that nothing is made of yet.
        number: How many rows the samples are of.
        remarks: Takes what is to be said about it.

    Returns:
        The mapping, and the column that is good for nothing else.
    """

    def is_mostly_unique(name: str) -> bool:
        return len({text_of(one) for one in samples[name]}) >= _MOSTLY * number

    def may_be_name(name: str) -> bool:
        return dict(attributes_called(name)).get("name", 0) >= _SURE

    unique = []
    for name in free:
        values = [text_of(one) for one in samples[name] if not isinstance(one, dict | list)]
        if values and len(set(values)) == len(values) == number:
            unique.append(name)
    for name in unique:
        if is_called_id(name):
            return IdMapping.model_validate({"from": name}), name
    # An id that occurs twice is a fault of a row, to be told by its cell: names do not take its place.
    repeated = [name for name in free if is_called_id(name) and is_mostly_unique(name)]
    for name in unique if not repeated else ():
        if may_be_name(name):
            others = [one for one in free if is_called_id(one) and samples[one]]
            remarks += [f"{one!r} has values that occur more than once, so {name!r} makes the ids" for one in others]
            return IdMapping.model_validate({"from": name, "slug": True}), None
    for name in (*repeated, *(one for one in free if may_be_name(one) and is_mostly_unique(one))):
        remarks.append(f"{name!r} makes the ids, and has values that occur more than once, or none")
        return IdMapping.model_validate({"from": name, "slug": name not in repeated}), None
    for name in unique:
        texts = [one for one in samples[name] if isinstance(one, str)]
        if len(texts) == len(samples[name]) and not attributes_called(name):
            # Codes are ids as they are: BM-0412.
            is_coded = all(_CODE.fullmatch(one.strip()) for one in texts)
            return IdMapping.model_validate({"from": name, "slug": not is_coded}), None
    remarks.append("no column is made for ids: the number of the row is taken, which changes when rows move")
    return IdMapping(), None
