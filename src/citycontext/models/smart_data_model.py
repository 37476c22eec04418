"""What all classes of entity models are."""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

from citycontext.ngsild.entity import Entity

__all__ = ["Origin", "SmartDataModel"]


class Origin(NamedTuple):
    """Which model a class stands for.

    Args:
        subject: The subject, e.g. ``Parking``.
        type: The entity type.
    """

    subject: str
    type: str


class SmartDataModel(Entity):
    """An entity whose class stands for a model; ``describe(cls)`` tells what is known about it."""

    _origin: ClassVar[Origin | None] = None
    _description: ClassVar[Any] = None  # of a class made at run time: its ModelDescription
