"""Times and other members that only a broker may say, kept of what a source sent: reading drops them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from citycontext.broker.documents.writing import Document, instances
from citycontext.ngsild.context import Context
from citycontext.ngsild.terms import ENTITY_MEMBERS, SYSTEM_MEMBERS

__all__ = ["restore_told"]

_TEXTS: Final = SYSTEM_MEMBERS | {"instanceId"}
_MEMBERS: Final = ENTITY_MEMBERS | _TEXTS


def restore_told(document: Document, payload: dict[str, Any], context: Context, members: Iterable[str]) -> None:
    """Put into a document what its payload told, of the entity and of each instance of its attributes.

    Args:
        document: What was read of the payload; it is changed.
        payload: What came.
        context: What its names mean.
        members: What to put back.
    """
    members = tuple(members)
    document |= {
        member: payload[member] for member in SYSTEM_MEMBERS.intersection(members) if _is_told(payload, member)
    }
    for name, value in payload.items():
        iri = context.expand(name) if name not in _MEMBERS else ""
        if iri not in document:
            continue
        given, kept = value if isinstance(value, list) else [value], instances(document[iri])
        if len(given) == len(kept):
            for one, other in zip(kept, given, strict=True):
                if isinstance(other, dict):
                    one |= {member: other[member] for member in members if _is_told(other, member)}


def _is_told(given: dict[str, Any], member: str) -> bool:
    """Return whether a member is there, as what it should be: times and ids are texts, a previous value may be any."""
    return member in given and (member not in _TEXTS or isinstance(given[member], str))
