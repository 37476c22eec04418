"""Cleaning one entity: what any broker takes, with every change told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import tzinfo
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from citycontext.errors import DataError, InvalidEntity, InvalidTime
from citycontext.foreign_text import shown
from citycontext.models.catalogue.description import ModelDescription
from citycontext.models.catalogue.recognition import model_of, of_feature, representation_of
from citycontext.models.catalogue.registry import model_of_class
from citycontext.models.cleaning.attributes import ABSENT, AttributeCleaner
from citycontext.models.cleaning.changes import Changes
from citycontext.models.cleaning.links import Links
from citycontext.models.cleaning.ngsi_v2 import from_ngsi_v2, is_ngsi_v2, ngsi_v2_types
from citycontext.ngsild.entity import Entity
from citycontext.ngsild.findings import Finding, Severity
from citycontext.ngsild.json_copy import copy_json
from citycontext.ngsild.names import is_attribute_name, is_uri
from citycontext.ngsild.representations import Reader, Representation, simplified
from citycontext.ngsild.terms import ENTITY_MEMBERS, SYSTEM_MEMBERS

__all__ = ["Cleaned", "clean", "offered_id"]

_CORE: Final = "https://uri.etsi.org/ngsi-ld/"
_URN: Final = "urn:ngsi-ld:"
_TIMES: Final = SYSTEM_MEMBERS | {"expiresAt"}
_LINK_KINDS: Final = frozenset({"Relationship", "ListRelationship"})


class Cleaned(NamedTuple):
    """A cleaned entity, and what was done.

    Args:
        entity: The entity, normalized.
        findings: Notes and warnings tell what was changed; errors, what only a person can put right. Without an error
            the entity reads strictly.
    """

    entity: Entity
    findings: list[Finding]


def clean(
    entity: Entity | Mapping[str, Any],
    model: type[Entity] | ModelDescription | str | None = None,
    *,
    links: Links | str = Links.INSTANCES,
    context: bool = True,
    rename: bool = False,
    zone: tzinfo | str | None = None,
    representation: Representation | str | None = None,
) -> Cleaned:
    """Write an entity as any context broker takes it, and tell every change.

    Attribute types are those of the standard and, where the value allows it, of the model; times are in UTC with ``Z``;
    several instances are told apart; the subject's @context comes first and the core one last. NGSIv2 payloads become
    NGSI-LD. Nothing is lost, and what is clean stays as it is (CIM 009, 4.5.1, 4.5.5, 4.6.3, 5.2.4).

    Args:
        entity: An entity, or its JSON object in any representation; it is not changed.
        model: The model: an entity class, a description or a type's name; ``None`` is the model of the entity's type.
        links: How a link to several entities is written: ``instances``, ``list-relationship`` or ``array``.
        context: Whether to complete and order the @context.
        rename: Whether to give an id that is not a URI the form ``urn:ngsi-ld:<Type>:<id>``. Links to the entity from
            others are not followed, so without this it is only offered, in the finding's ``expected``.
        zone: What a time without zone is taken to be in, also by name, e.g. ``Europe/Brussels``; ``None`` leaves such a
            time as it is.
        representation: The payload's form; ``None`` tells it from the payload.

    Returns:
        The entity, of the class that ``entity`` or ``model`` is, and the findings.

    Raises:
        InvalidEntity: It is not a JSON object.
        UnknownModel: The model that is named is not known.
        AmbiguousModel: Several subjects have the model that is named.
        InvalidTime: ``zone`` names no time zone.
    """
    zone = _zone(zone) if isinstance(zone, str) else zone
    payload = entity.wire if isinstance(entity, Entity) else entity
    if not isinstance(payload, Mapping):
        raise InvalidEntity(f"an entity is a JSON object, not {shown(payload)}", clause="5.2.4")
    payload = payload if isinstance(entity, Entity) else of_feature(payload)
    entity_class: type[Entity] = Entity
    if isinstance(entity, Entity):
        entity_class, representation = type(entity), Representation.NORMALIZED
        model = model_of_class(entity_class) if model is None and entity_class.fields else model
    if isinstance(model, type):
        entity_class = model
    description, unknown = model_of(payload, model)
    changes = Changes()
    if unknown is not None:
        changes.findings.append(unknown)
    wire = _normalized(copy_json(dict(payload)), description, representation, changes)
    cleaner = AttributeCleaner(description, Links(links), zone, changes)
    wire = _identified(wire, description, rename, changes)
    cleaned: dict[str, Any] = {}
    for name, member in wire.items():
        if name in _TIMES:
            cleaned[name] = cleaner.time(member, name)
        elif name in ENTITY_MEMBERS:
            cleaned[name] = member
        elif (written := cleaner.clean(name.strip(), member)) is not ABSENT:
            cleaned[name] = written
    cleaned = _named(cleaned, changes)
    if context:
        cleaned = _with_context(cleaned, description, changes)
    return Cleaned(entity_class.from_dict(cleaned), [*changes.findings, *_left(cleaned, changes)])


def _zone(name: str) -> tzinfo:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # most payloads have a zone

    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidTime(f"{name!r} is not a time zone; write e.g. Europe/Brussels or UTC", path="zone") from None


def _normalized(
    payload: dict[str, Any],
    model: ModelDescription | None,
    representation: Representation | str | None,
    changes: Changes,
) -> dict[str, Any]:
    form = Representation(representation or representation_of(payload, model))
    if form is Representation.SIMPLIFIED:
        if payload.keys() <= ENTITY_MEMBERS:
            return payload
        changes.note("", "representation", "was in simplified form", found=form, written=Representation.NORMALIZED)
        return simplified.normalize(payload, lambda name: _kind_of(name, model))
    if is_ngsi_v2(payload):
        found = ", ".join(ngsi_v2_types(payload))
        changes.note("", "ngsi-v2", "was NGSIv2, whose types the values tell", found=found, severity=Severity.WARNING)
        return from_ngsi_v2(payload)
    if form is Representation.CONCISE:
        changes.note("", "representation", "was in concise form", found=form, written=Representation.NORMALIZED)
    return payload


def _kind_of(name: str, model: ModelDescription | None) -> str | None:
    """Leave links to the cleaner, which looks at what they link to."""
    attribute = None if model is None else model.attributes.get(name)
    return None if attribute is None or attribute.kind in _LINK_KINDS else attribute.kind


def _identified(wire: dict[str, Any], model: ModelDescription | None, rename: bool, changes: Changes) -> dict[str, Any]:
    for member in ("id", "type"):
        if f"@{member}" in wire and member not in wire:
            wire = {member if name == f"@{member}" else name: one for name, one in wire.items()}
            changes.note(member, "member", f"is spelt {member!r}", found=f"@{member}", written=member, clause="5.2.4")
    if "type" not in wire and model is not None:
        wire = {**{name: wire[name] for name in ("id",) if name in wire}, "type": model.type, **wire}
        changes.note("type", "type", "is that of the model", written=model.type, clause="5.2.4")
    identifier, named = wire.get("id"), wire.get("type")
    if not isinstance(identifier, str) or is_uri(identifier) or not identifier.strip():
        return wire
    offered = offered_id(identifier, named[0] if isinstance(named, list) and named else named)
    message = (
        "is not a URI and is given this one" if rename else "is not a URI; rename the entity, and what links to it"
    )
    severity = Severity.WARNING if rename else Severity.ERROR
    changes.note("id", "id", message, found=identifier, written=offered, clause="5.2.4", severity=severity)
    return {**wire, "id": offered} if rename else wire


def _named(wire: dict[str, Any], changes: Changes) -> dict[str, Any]:
    """Take stray blanks off names."""
    named: dict[str, Any] = {}
    for name, member in wire.items():
        bare = name.strip()
        if bare != name and bare not in {*wire, *named, *ENTITY_MEMBERS} and is_attribute_name(bare):
            changes.note(bare, "name", "has no blanks around it", found=repr(name), written=bare, clause="4.6.2")
            name = bare
        named[name] = member
    return named


def offered_id(identifier: str, type_name: Any) -> str:
    """Return a URI for an entity whose id is not one: ``urn:ngsi-ld:<Type>:<id>``.

    Args:
        identifier: The id, which becomes the local part; what no URI may carry is percent-encoded.
        type_name: The entity's type.
    """
    local = quote(identifier.strip(), safe=":/?#@!$&'()*+,;=%~")
    if local.lower().startswith("urn:"):
        return local
    return f"{_URN}{quote(type_name, safe='') if isinstance(type_name, str) and type_name else 'Thing'}:{local}"


def _with_context(wire: dict[str, Any], model: ModelDescription | None, changes: Changes) -> dict[str, Any]:
    found = wire.get("@context")
    if found is None or found == []:
        if model is None or not model.context:
            return wire
        written = list(model.contexts)
        changes.note("@context", "context", "is that of the model", written=", ".join(written), clause="5.5.7")
        return {**{name: one for name, one in wire.items() if name != "@context"}, "@context": written}
    listed = found if isinstance(found, list) else [found]
    core = [one for one in listed if isinstance(one, str) and one.startswith(_CORE)]
    others = [one for one in listed if not (isinstance(one, str) and one.startswith(_CORE))]
    ordered = [*others, *(core[-1:] if len(set(core)) == 1 else core)]
    if ordered == listed:
        return wire
    changes.note("@context", "context", "has the core @context last", found=found, written=ordered, clause="5.5.7")
    return {**wire, "@context": ordered}


def _left(wire: dict[str, Any], changes: Changes) -> list[Finding]:
    """List what breaks the standard still, and is not told yet."""
    left: list[Finding] = []
    try:
        Reader(findings=left, complete=True).entity(wire)
    except DataError as wrong:
        left.append(Finding(wrong.path, "entity", wrong.message, Severity.ERROR, wrong.clause))
    told = {one.path for one in changes.findings if one.severity is Severity.ERROR}
    return [replace(one, rule=f"ngsi-ld/{one.rule}") for one in left if one.path not in told]
