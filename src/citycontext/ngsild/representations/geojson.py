"""The GeoJSON representation: an entity as a Feature, several as a FeatureCollection (CIM 009, 4.5.16 and 4.5.17).

A Feature keeps all that the representation of its properties keeps, since the attribute that gives the geometry
stays among the properties: nothing is lost with normalized or concise properties, with simplified ones what
``simplified`` loses. The other way, reading keeps what NGSI-LD knows: ``bbox`` and other members that RFC 7946 allows
beside ``properties`` are dropped, and so is the place of ``id`` and ``@context`` among the members.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

import orjson

from citycontext.errors import InvalidEntity
from citycontext.foreign_text import shown
from citycontext.ngsild.representations import concise
from citycontext.ngsild.representations import simplified as simplified_form
from citycontext.ngsild.representations.reading import Reader
from citycontext.ngsild.terms import ENTITY_MEMBERS, GEOMETRY_TYPES

__all__ = ["collect", "features", "normalize", "render", "unwrap"]

_CLAUSE: Final = "4.5.16"
_RENDER: Final[dict[str, Callable[[dict[str, Any]], dict[str, Any]]]] = {
    "normalized": lambda wire: wire,
    "concise": concise.render,
    "simplified": simplified_form.render,
}
_OUTSIDE: Final = frozenset({"id", "@id", "@context"})


def render(
    wire: dict[str, Any],
    geometry_property: str = "location",
    *,
    dataset_id: str | None = None,
    representation: str = "normalized",
) -> dict[str, Any]:
    """Turn a normalized entity into a GeoJSON Feature.

    Args:
        wire: A normalized entity; it is not changed.
        geometry_property: Wire name of the GeoProperty that gives the geometry.
        dataset_id: Which of its instances gives it; the default one if none is named.
        representation: How the properties are written: ``normalized``, ``concise`` or ``simplified``.

    Returns:
        The Feature; its geometry is ``None`` where the entity has no such GeoProperty.
    """
    properties = _RENDER[representation](wire)
    feature: dict[str, Any] = {name: properties[name] for name in ("id", "@id") if name in properties}
    feature["type"] = "Feature"
    feature["geometry"] = _geometry(wire.get(geometry_property), dataset_id)
    feature["properties"] = {name: member for name, member in properties.items() if name not in _OUTSIDE}
    if "@context" in properties:
        feature["@context"] = properties["@context"]
    return feature


def collect(
    wires: Iterable[dict[str, Any]],
    geometry_property: str = "location",
    *,
    dataset_id: str | None = None,
    representation: str = "normalized",
    context: Any = None,
) -> dict[str, Any]:
    """Turn normalized entities into a GeoJSON FeatureCollection.

    Args:
        wires: Normalized entities; they are not changed.
        geometry_property: Wire name of the GeoProperty that gives the geometries.
        dataset_id: Which of its instances gives it; the default one if none is named.
        representation: How the properties are written: ``normalized``, ``concise`` or ``simplified``.
        context: An @context for the collection; without it each Feature keeps its own, where it has one.

    Returns:
        The FeatureCollection, its Features in the order of the entities.
    """
    rendered = [render(wire, geometry_property, dataset_id=dataset_id, representation=representation) for wire in wires]
    if context is None:
        return {"type": "FeatureCollection", "features": rendered}
    for feature in rendered:
        feature.pop("@context", None)
    return {"type": "FeatureCollection", "features": rendered, "@context": context}


def unwrap(feature: Any, geometry_property: str = "location", *, simplified: bool = False) -> dict[str, Any]:
    """Take the entity out of a GeoJSON Feature, in the representation that the Feature's properties have.

    Args:
        feature: The Feature; it is not changed.
        geometry_property: Wire name of the GeoProperty that the geometry becomes where none of the properties has it,
            as in Features that come from elsewhere.
        simplified: Whether the properties are simplified.

    Raises:
        InvalidEntity: It is not a Feature.
    """
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise InvalidEntity(f"a Feature has the type 'Feature', {_found(feature)} has not", clause=_CLAUSE)
    properties = feature.get("properties")
    if not isinstance(properties, dict | None):
        raise InvalidEntity(f"properties are an object, not {shown(properties)}", path="properties", clause=_CLAUSE)
    entity: dict[str, Any] = {name: feature[name] for name in ("id", "@id") if name in feature}
    entity |= properties or {}
    geometry = feature.get("geometry")
    if geometry is not None and geometry_property not in entity and not _carries(entity, geometry):
        entity[geometry_property] = geometry if simplified else {"type": "GeoProperty", "value": geometry}
    if "@context" in feature:
        entity["@context"] = feature["@context"]
    return entity


def normalize(
    feature: Any,
    geometry_property: str = "location",
    *,
    simplified: bool = False,
    kind_of: Callable[[str], str | None] | None = None,
) -> dict[str, Any]:
    """Turn a GeoJSON Feature into a normalized entity.

    Args:
        feature: The Feature; it is not changed.
        geometry_property: Wire name of the GeoProperty that the geometry becomes where none of the properties has it.
        simplified: Whether the properties are simplified; normalized, concise and any mix tell themselves.
        kind_of: With ``simplified``: gives the attribute type a model declares for a name, or ``None``.

    Raises:
        InvalidEntity: It is not a Feature.
    """
    entity = unwrap(feature, geometry_property, simplified=simplified)
    if simplified:
        return simplified_form.normalize(entity, kind_of)
    return Reader(complete=True).entity(entity, fragment=True)


def features(collection: Any) -> list[dict[str, Any]]:
    """Take a FeatureCollection apart.

    Args:
        collection: The FeatureCollection; it is not changed.

    Returns:
        Its Features, each with the collection's @context where it has none of its own.

    Raises:
        InvalidEntity: It is not a FeatureCollection.
    """
    if not isinstance(collection, dict) or collection.get("type") != "FeatureCollection":
        raise InvalidEntity(
            f"a FeatureCollection has the type 'FeatureCollection', {_found(collection)} has not", clause=_CLAUSE
        )
    held = collection.get("features")
    if not isinstance(held, list):
        raise InvalidEntity(f"features are a list, not {shown(held)}", path="features", clause=_CLAUSE)
    for index, feature in enumerate(held):
        if not isinstance(feature, dict):
            raise InvalidEntity(f"{shown(feature)} is not a Feature", path=f"features[{index}]", clause=_CLAUSE)
    if "@context" not in collection:
        return list(held)
    return [feature if "@context" in feature else {**feature, "@context": collection["@context"]} for feature in held]


def _geometry(member: Any, dataset_id: str | None) -> Any:
    """Find the geometry in what stands under the attribute's name: of the dataset named, or of the default instance."""
    if isinstance(member, dict) and isinstance(member.get("dataset"), dict):  # several instances, simplified
        instances: list[Any] = [{"value": value, "datasetId": dataset} for dataset, value in member["dataset"].items()]
    else:
        instances = member if isinstance(member, list) else [member]
    held: dict[str | None, Any] = {}
    for instance in instances:
        if isinstance(instance, dict) and (geometry := _held(instance)) is not None:
            # A bare value does not say of which dataset it is: it is the one instance that was left.
            named = dataset_id if geometry is instance else instance.get("datasetId")
            held.setdefault(None if named == "@none" else named, geometry)
    return held.get(dataset_id)


def _held(instance: dict[str, Any]) -> Any:
    """Return the geometry of one instance, or of a bare value; one that is written as JSON text is read."""
    value = instance.get("value", instance)
    if isinstance(value, str):
        try:
            value = orjson.loads(value)
        except orjson.JSONDecodeError:
            return None
    if isinstance(value, dict) and "coordinates" in value:
        kind = value.get("type")
        return value if isinstance(kind, str) and kind in GEOMETRY_TYPES else None
    return None


def _carries(entity: dict[str, Any], geometry: Any) -> bool:
    """Return whether an attribute of the entity has the geometry already."""
    for name, member in entity.items():
        if name in ENTITY_MEMBERS:
            continue
        instances: Iterable[Any] = member if isinstance(member, list) else [member]
        if isinstance(member, dict) and isinstance(member.get("dataset"), dict):  # several instances, simplified
            instances = member["dataset"].values()
        if any(isinstance(one, dict) and geometry in (one.get("value", one), _held(one)) for one in instances):
            return True
    return False


def _found(payload: Any) -> str:
    return f"type {shown(payload.get('type'), 60)}" if isinstance(payload, dict) else f"{shown(payload, 60)}"
