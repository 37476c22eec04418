"""``load``, ``load_many`` and ``dump``: JSON objects to entities and back, in any representation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import tzinfo
from typing import Any, TypeVar, overload

from citycontext.ngsild.entity import Entity
from citycontext.ngsild.findings import Finding
from citycontext.ngsild.representations import Reader, Representation

__all__ = ["dump", "load", "load_many"]

E = TypeVar("E", bound=Entity)


@overload
def load(
    payload: dict[str, Any],
    *,
    representation: Representation | str | None = ...,
    strict: bool = ...,
    zone: tzinfo | None = ...,
    findings: list[Finding] | None = ...,
    fragment: bool = ...,
) -> Entity: ...
@overload
def load(
    payload: dict[str, Any],
    as_: type[E],
    *,
    representation: Representation | str | None = ...,
    strict: bool = ...,
    zone: tzinfo | None = ...,
    findings: list[Finding] | None = ...,
    fragment: bool = ...,
) -> E: ...
def load(
    payload: dict[str, Any],
    as_: type[Entity] = Entity,
    *,
    representation: Representation | str | None = None,
    strict: bool = False,
    zone: tzinfo | None = None,
    findings: list[Finding] | None = None,
    fragment: bool = False,
) -> Entity:
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


@overload
def load_many(
    payloads: Iterable[dict[str, Any]],
    *,
    representation: Representation | str | None = ...,
    strict: bool = ...,
    zone: tzinfo | None = ...,
    findings: list[Finding] | None = ...,
) -> list[Entity]: ...
@overload
def load_many(
    payloads: Iterable[dict[str, Any]],
    as_: type[E],
    *,
    representation: Representation | str | None = ...,
    strict: bool = ...,
    zone: tzinfo | None = ...,
    findings: list[Finding] | None = ...,
) -> list[E]: ...
def load_many(
    payloads: Iterable[dict[str, Any]],
    as_: type[Entity] = Entity,
    *,
    representation: Representation | str | None = None,
    strict: bool = False,
    zone: tzinfo | None = None,
    findings: list[Finding] | None = None,
) -> Sequence[Entity]:
    """Read a list of entities, such as a page of a query's answer, as ``load`` reads one.

    Args:
        payloads: The entities' JSON objects.
        as_: The class to read them as.
        representation: ``simplified`` for that form; normalized, concise and any mix tell themselves.
        strict: Raise at the first thing that is not as it should be.
        zone: What a time without zone is taken to be in.
        findings: A list that takes what was not as it should be; paths start with the entity's place, ``[3]``.
    """
    reader = Reader(strict=strict, findings=findings, zone=zone)
    form = None if representation is None else Representation(representation)
    read = as_._read_simplified if form is Representation.SIMPLIFIED else as_._read
    entities: list[Entity] = []
    for index, payload in enumerate(payloads):
        reader.index = index
        entities.append(read(payload, reader))
    return entities


def dump(entity: Entity, representation: Representation | str = Representation.NORMALIZED) -> dict[str, Any]:
    """Return an entity's JSON object; ``load`` of it gives an equal entity, except from the simplified form.

    Args:
        entity: The entity.
        representation: ``normalized``, ``concise`` or ``simplified``.
    """
    return entity.to_dict(representation)
