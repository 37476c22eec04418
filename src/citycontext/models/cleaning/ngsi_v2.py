"""NGSIv2 payloads: recognising them, and writing them as NGSI-LD.

In NGSIv2 every attribute has a free ``type``, a ``value`` and ``metadata``. NGSI-LD has eight attribute types, units
and times of their own, and sub-attributes; what NGSIv2 called a type (``Text``, ``Number``) the value already says.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from typing import Any, Final

from citycontext.errors import InvalidGeometry, InvalidTime
from citycontext.ngsild.attribute_base import ATTRIBUTE_MEMBERS
from citycontext.ngsild.geometry import check_geometry, is_geometry
from citycontext.ngsild.names import is_uri
from citycontext.ngsild.terms import ATTRIBUTE_TYPES, ENTITY_MEMBERS
from citycontext.ngsild.time import parse_datetime

__all__ = ["from_ngsi_v2", "is_ngsi_v2", "ngsi_v2_attribute", "ngsi_v2_metadata", "ngsi_v2_types"]

_LD_TYPES: Final = {kind.lower(): member for kind, member in ATTRIBUTE_TYPES.items()}
_DATE_TIMES: Final = frozenset({"datetime", "iso8601"})
_OBSERVED: Final = ("observedAt", "timestamp", "TimeInstant")
_GEOMETRIES: Final = {"geo:point": "Point", "geo:line": "LineString", "geo:polygon": "Polygon", "geo:box": "Box"}
_LINKS: Final = frozenset({"relationship", "reference"})


def is_ngsi_v2(payload: Mapping[str, Any]) -> bool:
    """Return whether an entity is NGSIv2 throughout: its attributes have types, and none is one of NGSI-LD.

    Args:
        payload: The JSON object of an entity.
    """
    return bool(ngsi_v2_types(payload)) and not any(
        _is_ngsi_ld(member) for name, member in payload.items() if name not in ENTITY_MEMBERS
    )


def ngsi_v2_types(payload: Mapping[str, Any]) -> list[str]:
    """List the attribute types of a payload that NGSI-LD does not know, each once, in the payload's order.

    Args:
        payload: The JSON object of an entity.
    """
    types = [
        member["type"].strip()
        for name, member in payload.items()
        if name not in ENTITY_MEMBERS and _is_typed_value(member) and member["type"].strip().lower() not in _LD_TYPES
    ]
    return list(dict.fromkeys(types))


def _is_typed_value(member: Any) -> bool:
    return isinstance(member, dict) and "value" in member and isinstance(member.get("type"), str)


def _is_ngsi_ld(member: Any) -> bool:
    if isinstance(member, list):
        return any(_is_ngsi_ld(one) for one in member)
    if not isinstance(member, dict) or not isinstance(member.get("type"), str):
        return False
    value_member = _LD_TYPES.get(member["type"].strip().lower())
    return value_member is not None and value_member in member and "metadata" not in member


def from_ngsi_v2(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Write an NGSIv2 entity as normalized NGSI-LD.

    Args:
        payload: The JSON object of an entity in NGSIv2's normalized form; it is not changed.

    Returns:
        A new object. Links become Relationships, geometries (also ``geo:point`` and its kin, which put latitude first)
        GeoProperties, ``unitCode`` and ``timestamp`` metadata the unit and the time, other metadata sub-attributes.
    """
    return {
        name: ngsi_v2_attribute(member) if name not in ENTITY_MEMBERS and _is_typed_value(member) else member
        for name, member in payload.items()
    }


def ngsi_v2_attribute(attribute: Mapping[str, Any]) -> dict[str, Any]:
    """Write one NGSIv2 attribute as normalized NGSI-LD.

    Args:
        attribute: An object with ``type`` and ``value``; it is not changed.
    """
    named, value = str(attribute["type"]).strip(), attribute["value"]
    written: dict[str, Any] = {}
    for name, member in attribute.items():
        if name == "value":
            written |= _value(named.lower(), value)
        elif name == "metadata" and isinstance(member, dict):
            written |= ngsi_v2_metadata(member)
        elif name != "type":
            written[name] = member
    return {"type": written.pop("type"), **written}


def _value(named: str, value: Any) -> dict[str, Any]:
    if named in _LINKS and value and all(isinstance(one, str) and is_uri(one) for one in _listed(value)):
        return {"type": "Relationship", "object": value}
    geometry = value if is_geometry(value) else _geometry(named, value)
    if geometry is not None:
        return {"type": "GeoProperty", "value": geometry}
    if named in _DATE_TIMES and _is_time(value):
        return {"type": "Property", "value": {"@type": "DateTime", "@value": value}}
    return {"type": "Property", "value": value}


def _is_time(value: Any) -> bool:
    try:
        parse_datetime(value, zone=UTC)
    except (InvalidTime, TypeError):
        return False
    return isinstance(value, str)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _geometry(named: str, value: Any) -> dict[str, Any] | None:
    """Read ``"41.3, 2.1"``, latitude first, or a list of these."""
    kind = _GEOMETRIES.get(named)
    if kind is None:
        return None
    try:
        positions = [_position(text) for text in (value if isinstance(value, list) else [value])]
        if kind == "Box":
            (west, south), (east, north) = positions
            kind, positions = "Polygon", [[west, south], [east, south], [east, north], [west, north], [west, south]]
        coordinates: Any = {"Point": positions[0], "LineString": positions, "Polygon": [positions]}[kind]
        geometry = {"type": kind, "coordinates": coordinates}
        check_geometry(geometry)
    except (InvalidGeometry, ValueError, AttributeError, IndexError):
        return None
    return geometry if kind != "Point" or len(positions) == 1 else None


def _position(text: str) -> list[float]:
    latitude, longitude = (float(part) for part in text.split(","))
    return [longitude, latitude]


def ngsi_v2_metadata(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Write NGSIv2 metadata as members of an NGSI-LD attribute.

    Args:
        metadata: Name → an object with ``type`` and ``value``.
    """
    written: dict[str, Any] = {}
    left: dict[str, Any] = {}
    for name, member in metadata.items():
        value = member.get("value") if isinstance(member, dict) else None
        if name == "unitCode" and isinstance(value, str):
            written[name] = value
        elif name in _OBSERVED and isinstance(value, str) and "observedAt" not in written:
            written["observedAt"] = value
        elif name in ATTRIBUTE_MEMBERS or name == "metadata":
            left[name] = member
        else:
            written[name] = ngsi_v2_attribute(member) if _is_typed_value(member) else member
    return {**written, **({"metadata": {"type": "Property", "value": left}} if left else {})}
