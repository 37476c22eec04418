"""What all classes of entity models are."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from citycontext.ngsild.entity import Entity

if TYPE_CHECKING:
    from citycontext.ngsild.context import Context

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
        return context_address(owner._origin.subject) if owner._origin is not None and owner._origin.subject else ""


def context_address(subject: str) -> str:
    """Return the address of a subject's @context, as the models' publisher gives it.

    Args:
        subject: The subject's name.
    """
    return f"https://raw.githubusercontent.com/smart-data-models/dataModel.{subject}/master/context.jsonld"


class SmartDataModel(Entity):
    """An entity whose class stands for a model; ``describe(cls)`` tells what is known about it."""

    _of_model: ClassVar[bool] = True
    _origin: ClassVar[Origin | None] = None
    _description: ClassVar[Any] = None  # of a class made at run time: its ModelDescription
    _schema: ClassVar[str] = ""  # of a class generated from a user's own schema: that schema, without prose
    context_url: ClassVar[_ContextUrl] = _ContextUrl()
    """The address of the @context that says what the model's names mean; empty for a model of a user's own."""

    @classmethod
    def _iris(cls, name: str) -> tuple[str, ...]:
        """List the IRIs that a name of the model stands for: its @context's, and the default context's."""
        from citycontext.ngsild.context import shipped_subjects  # most entities come under short names

        known = super()._iris(name)
        subject = cls._origin.subject if cls._origin is not None else ""
        if not subject or subject not in shipped_subjects():
            return known
        iri = _context(subject).expand_vocab(name)
        return known if iri in known or "://" not in iri else (*known, iri)


@cache
def _context(subject: str) -> Context:
    from citycontext.ngsild.context import Context

    return Context.parse(context_address(subject))
