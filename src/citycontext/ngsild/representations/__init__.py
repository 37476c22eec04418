"""The forms an entity takes on the wire, one form a file."""

from __future__ import annotations

from enum import StrEnum
from typing import NoReturn

from citycontext.errors import DataError
from citycontext.foreign_text import shown
from citycontext.ngsild.representations.reading import Reader

__all__ = ["Reader", "Representation"]


class Representation(StrEnum):
    """The three forms of an entity's JSON (CIM 009, 4.5.1 to 4.5.4)."""

    NORMALIZED = "normalized"
    CONCISE = "concise"
    SIMPLIFIED = "simplified"

    @classmethod
    def _missing_(cls, value: object) -> NoReturn:
        raise DataError(f"{shown(value)} is not one of {', '.join(cls)}", path="representation", clause="4.5.4")
