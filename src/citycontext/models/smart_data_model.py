"""What all classes of entity models are."""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

from citycontext.ngsild.entity import Entity

__all__ = ["Origin", "SmartDataModel", "context_address"]


class Origin(NamedTuple):
    """Which model a class stands for.

    Args:
        subject: The subject, e.g. ``Parking``.
        type: The entity type.
    """

    subject: str
    type: str


class _ContextUrl:
    """The address of a class's @context, asked of the class or of an entity."""

    def __get__(self, _: object, owner: type[SmartDataModel]) -> str:
        if owner._description is not None:
            return str(owner._description.context)
        return context_address(owner._origin.subject) if owner._origin is not None else ""


def context_address(subject: str) -> str:
    """Return the address of a subject's @context, as the models' publisher gives it.

    Args:
        subject: The subject's name.
    """
    return f"https://raw.githubusercontent.com/smart-data-models/dataModel.{subject}/master/context.jsonld"


class SmartDataModel(Entity):
    """An entity whose class stands for a model; ``describe(cls)`` tells what is known about it."""

    _origin: ClassVar[Origin | None] = None
    _description: ClassVar[Any] = None  # of a class made at run time: its ModelDescription
    context_url: ClassVar[_ContextUrl] = _ContextUrl()
    """The address of the @context that says what the model's names mean; empty for a model of a user's own."""
