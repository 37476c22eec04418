"""``load`` and ``dump``: JSON objects to entities and back, in any representation."""

from __future__ import annotations

from datetime import tzinfo
from typing import Any, TypeVar

from citycontext.ngsild.entity import Entity
from citycontext.ngsild.findings import Finding
from citycontext.ngsild.representations import Representation

__all__ = ["dump", "load"]

E = TypeVar("E", bound=Entity)


def load(
    payload: dict[str, Any],
    as_: type[E] = Entity,  # type: ignore[assignment]
    *,
    representation: Representation | str | None = None,
    strict: bool = False,
    zone: tzinfo | None = None,
    findings: list[Finding] | None = None,
    fragment: bool = False,
) -> E:
    """Read an entity; see ``Entity.from_dict``.

    Args:
        payload: The entity's JSON object.
        as_: The class to read it as.
        representation: ``simplified`` for that form; normalized, concise and any mix tell themselves.
        strict: Raise at the first thing that is not as it should be.
        zone: What a time without zone is taken to be in.
        findings: A list that takes what was not as it should be.
        fragment: Whether id and type may be missing.
    """
    return as_.from_dict(
        payload, representation=representation, strict=strict, zone=zone, findings=findings, fragment=fragment
    )


def dump(entity: Entity, representation: Representation | str = Representation.NORMALIZED) -> dict[str, Any]:
    """Return an entity's JSON object; ``load`` of it gives an equal entity, except from the simplified form.

    Args:
        entity: The entity.
        representation: ``normalized``, ``concise`` or ``simplified``.
    """
    return entity.to_dict(representation)
