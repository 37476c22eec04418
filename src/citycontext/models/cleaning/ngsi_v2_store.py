"""NGSIv2 stores: all entities of one at once, so that renamed ids are followed by what links to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import tzinfo
from typing import Any, Final

from citycontext.models.catalogue.description import ModelDescription
from citycontext.models.catalogue.recognition import model_of
from citycontext.models.cleaning.entity import Cleaned, clean, offered_id
from citycontext.models.cleaning.links import Links
from citycontext.ngsild.findings import Finding, Severity
from citycontext.ngsild.names import is_uri
from citycontext.ngsild.terms import ENTITY_MEMBERS

__all__ = ["entities_from_ngsi_v2", "new_ids", "scope_of", "with_new_ids"]

_LINK_KINDS: Final = frozenset({"Relationship", "ListRelationship"})
_VALUES: Final = ("value", "object", "objectList")


def entities_from_ngsi_v2(
    entities: Iterable[Mapping[str, Any]],
    *,
    ids: Mapping[str, str] | None = None,
    service_path: str = "",
    links: Links | str = Links.INSTANCES,
    zone: tzinfo | str | None = None,
) -> Iterator[Cleaned]:
    """Write the entities of an NGSIv2 store as NGSI-LD.

    Args:
        entities: The entities, in NGSIv2's normalized or simplified form.
        ids: New ids by old ones, of all parts of the store, as ``new_ids`` gives them; without it they are made of
            ``entities``, which are then read at once.
        service_path: The value of ``Fiware-ServicePath``, which becomes the scope.
        links: How a link to several entities is written.
        zone: What a time without zone is taken to be in.

    Yields:
        Each entity, and what was done: nothing is left out or changed without a finding.
    """
    if ids is None:
        entities = list(entities)
        ids = new_ids(entities)
    scope = scope_of(service_path)
    for entity in entities:
        renamed, followed = with_new_ids(entity, ids)
        if scope is not None and "scope" not in renamed:
            renamed = {**renamed, "scope": scope}
            followed.append(
                Finding(
                    "scope", "clean/scope", "is the service path", Severity.NOTE, expected=scope, found=service_path
                )
            )
        cleaned = clean(renamed, links=links, zone=zone, rename=True)
        yield Cleaned(cleaned.entity, [*followed, *cleaned.findings])


def new_ids(entities: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return URIs for the ids that are not, by the old ones.

    Two entities of one id and different types, which NGSIv2 allows, no link tells apart; it leads to the first.

    Args:
        entities: The entities of a store.
    """
    found: dict[str, str] = {}
    for entity in entities:
        identifier, named = entity.get("id"), entity.get("type", "Thing")
        if isinstance(identifier, str) and identifier.strip() and not is_uri(identifier):
            found.setdefault(
                identifier, offered_id(identifier, named[0] if isinstance(named, list) and named else named)
            )
    return found


def with_new_ids(
    entity: Mapping[str, Any], ids: Mapping[str, str], model: ModelDescription | None = None
) -> tuple[dict[str, Any], list[Finding]]:
    """Return an entity whose links lead to the new ids of others.

    A link is what its type says, what the model says, or an attribute of the usual name (``refDevice``) with the id of
    an entity of the store.

    Args:
        entity: The entity's JSON object, in any representation; it is not changed.
        ids: New ids by old ones.
        model: The entity's model; ``None`` is that of its type.
    """
    if not ids:
        return dict(entity), []
    described = model or model_of(entity)[0]
    findings: list[Finding] = []
    written: dict[str, Any] = {}
    for name, member in entity.items():
        if name in ENTITY_MEMBERS:
            written[name] = member
            continue
        declared = None if described is None else described.attributes.get(name)
        may_link = (declared is not None and declared.kind in _LINK_KINDS) or _is_usual(name)
        written[name] = _followed(member, ids, may_link, name, findings)
    return written, findings


def _is_usual(name: str) -> bool:
    return name.startswith("ref") and name[3:4].isupper()


def _followed(member: Any, ids: Mapping[str, str], may_link: bool, path: str, findings: list[Finding]) -> Any:
    if isinstance(member, list):
        return [_followed(one, ids, may_link, f"{path}[{index}]", findings) for index, one in enumerate(member)]
    if isinstance(member, str):
        return _new(member, ids, path, findings) if may_link else member
    if not isinstance(member, dict):
        return member
    kind = member.get("type")
    links = isinstance(kind, str) and kind.strip().lower() in ("relationship", "listrelationship", "reference")
    written = {}
    for name, one in member.items():
        here = f"{path}.{name}"
        if name in _VALUES and (links or may_link or name != "value"):
            written[name] = _followed(one, ids, True, here, findings)
        elif isinstance(one, dict) and name != "value":
            metadata = name == "metadata"
            written[name] = (
                {key: _followed(each, ids, False, f"{here}.{key}", findings) for key, each in one.items()}
                if metadata
                else _followed(one, ids, False, here, findings)
            )
        else:
            written[name] = one
    return written


def _new(identifier: str, ids: Mapping[str, str], path: str, findings: list[Finding]) -> str:
    new = ids.get(identifier)
    if new is None:
        return identifier
    findings.append(
        Finding(path, "clean/link", "leads to the entity's new id", Severity.NOTE, expected=new, found=identifier)
    )
    return new


def scope_of(service_path: str) -> str | None:
    """Return the scope that stands for a ``Fiware-ServicePath``, ``None`` for its root.

    Args:
        service_path: Such as ``/Gent/Parking``; of several, or of a search (``/#``), the first.
    """
    path = service_path.split(",")[0].strip().removesuffix("#").rstrip("/")
    return path or None
