"""What entities come in: Notifications, GeoJSON, JSON-LD graphs, pages of event streams, histories."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from citycontext.errors import DataError
from citycontext.models.catalogue.recognition import of_feature
from citycontext.ngsild.representations import Reader, temporal
from citycontext.ngsild.terms import ENTITY_MEMBERS

__all__ = ["aggregated_in", "entities_in", "is_envelope", "states_of"]

_NOT_ENTITIES: Final = frozenset(
    {
        *("ldes:EventStream", "tree:Node", "tree:Collection", "tree:ViewDescription", "prov:Entity", "Notification"),
        *("https://w3id.org/ldes#EventStream", "https://w3id.org/tree#Node", "https://w3id.org/tree#Collection"),
    }
)
_MEMBERS: Final = ("tree:member", "member", "https://w3id.org/tree#member")
_VERSIONING: Final = (
    *("dct:isVersionOf", "dcterms:isVersionOf", "http://purl.org/dc/terms/isVersionOf"),
    *("prov:generatedAtTime", "http://www.w3.org/ns/prov#generatedAtTime", "isVersionOf"),
)
_WITHOUT_TYPE: Final[tuple[tuple[str, str], ...]] = (
    ("subscriptionId", "data"),
    ("actionType", "entities"),
    ("metadata", "body"),
)
"""What tells notifications and batches of NGSIv2, and notifications by MQTT, and where their entities stand."""

_MAX_DEPTH: Final = 4


def is_envelope(content: Any) -> bool:
    """Return whether a JSON object holds entities, rather than being one.

    Args:
        content: The object.
    """
    return isinstance(content, dict) and (_parts(content) is not None or _entity_of(content) is not content)


def entities_in(content: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the entities of a JSON document, whatever they come in.

    Args:
        content: The document.
        place: Where it stands.

    Yields:
        Where an entity stands (empty for the whole, ``data[3]``), and its JSON object; what stands in the place of one
        is given as it is.
    """
    yield from _unpacked(content, place, 0)


def _unpacked(content: Any, place: str, depth: int) -> Iterator[tuple[str, Any]]:
    parts = _parts(content) if isinstance(content, dict) and depth < _MAX_DEPTH else None
    if parts is None:
        yield place, _entity_of(content)
        return
    context = content.get("@context")
    for name, one in parts:
        if isinstance(one, dict) and context is not None and "@context" not in one:
            one = {**one, "@context": context}
        yield from _unpacked(one, f"{place}.{name}" if place else name, depth + 1)


def _parts(content: dict[str, Any]) -> list[tuple[str, Any]] | None:
    """List what an envelope holds; ``None`` for what is not one."""
    kind = content.get("type", content.get("@type"))
    if kind == "FeatureCollection" and isinstance(content.get("features"), list):
        return _listed("features", content["features"])
    if kind == "Notification" and isinstance(content.get("data"), list | dict):
        data = content["data"]
        return _listed("data", data) if isinstance(data, list) else [("data", data)]
    for said, place in _WITHOUT_TYPE if kind is None else ():
        given: Any = content.get(place)
        if said in content and isinstance(given, list):
            return _listed(place, given)
        if said in content and isinstance(given, dict) and place == "body":
            return [(place, given)]
    if isinstance(content.get("@graph"), list):
        held = _listed("@graph", content["@graph"])
        return [(name, one) for name, one in held if not _is_other(one)]
    member = next((name for name in _MEMBERS if isinstance(content.get(name), list | dict)), None)
    if member is not None and _is_other(content, holding=True):
        given = content[member]
        return _listed(member, given) if isinstance(given, list) else [(member, given)]
    return None


def _listed(name: str, items: list[Any]) -> list[tuple[str, Any]]:
    return [(f"{name}[{index}]", one) for index, one in enumerate(items)]


def _types(node: Mapping[str, Any]) -> set[str]:
    kind = node.get("type", node.get("@type"))
    return {one for one in (kind if isinstance(kind, list) else [kind]) if isinstance(one, str)}


def _is_other(node: Any, *, holding: bool = False) -> bool:
    """Return whether a node of a graph describes a stream, a page or a file, and holds no members."""
    if not isinstance(node, dict):
        return False
    if not holding and any(name in node for name in _MEMBERS):
        return False
    return not _types(node).isdisjoint(_NOT_ENTITIES) or any(name in node for name in _MEMBERS)


def _entity_of(payload: Any) -> Any:
    """Take an entity out of a Feature (CIM 009, 4.5.16), and from a version of one what makes it a version."""
    if not isinstance(payload, dict):
        return payload
    if (held := of_feature(payload)) is not payload:
        return held
    if any(name in payload for name in _VERSIONING):
        return {name: one for name, one in payload.items() if name not in _VERSIONING}
    return payload


def states_of(payload: dict[str, Any]) -> list[dict[str, Any]] | None:
    """Take the history of an entity apart: its first state, and for each later place what has an instance there.

    Args:
        payload: The JSON object of an entity.

    Returns:
        Entities of one instance an attribute; ``None`` where the payload is not a history.
    """
    if not any(_evolves(member) for name, member in payload.items() if name not in ENTITY_MEMBERS):
        return None
    try:
        wire = temporal.spell_out(temporal.read(payload, Reader(complete=True)))
    except DataError:  # aggregates, which are no values of the attribute
        return None
    head = {name: one for name, one in wire.items() if name in ENTITY_MEMBERS and name != "scope"}
    evolutions = {name: one for name, one in wire.items() if name not in head and isinstance(one, list) and one}
    most = max((len(one) for one in evolutions.values()), default=0)
    return [head | {name: one[place] for name, one in evolutions.items() if place < len(one)} for place in range(most)]


def aggregated_in(payload: Mapping[str, Any]) -> set[str]:
    """Return the names of attributes that are sums, means and the like, and have no values to check.

    Args:
        payload: The JSON object of an entity.
    """
    return {
        name
        for name, member in payload.items()
        if name not in ENTITY_MEMBERS and temporal.tell_form(member) is temporal.TemporalForm.AGGREGATED_VALUES
    }


def _evolves(member: Any) -> bool:
    """Return whether an attribute is a history: in a short form, or of instances that times or ids alone tell apart."""
    if temporal.tell_form(member) is temporal.TemporalForm.TEMPORAL_VALUES:
        return True
    if not isinstance(member, list) or not temporal.is_temporal({"a": member}):
        return False
    datasets = [one.get("datasetId") for one in member if isinstance(one, dict)]
    return len(datasets) > 1 or any("instanceId" in one for one in member if isinstance(one, dict))
