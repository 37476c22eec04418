"""The concise representation: the normalized one without what can be told from the rest (CIM 009, 4.5.2.3)."""

from __future__ import annotations

from typing import Any, Final

from citycontext.ngsild.attribute_base import ATTRIBUTE_MEMBERS, attribute_type
from citycontext.ngsild.geometry import is_geometry
from citycontext.ngsild.representations.reading import Reader, is_instance_list
from citycontext.ngsild.terms import ATTRIBUTE_TYPES, ENTITY_MEMBERS, VALUE_MEMBERS

__all__ = ["normalize", "render"]

_VALUE_KEYS: Final = frozenset(VALUE_MEMBERS)


def normalize(payload: Any, *, fragment: bool = False, nulls: bool = True) -> dict[str, Any]:
    """Turn an entity in concise, normalized or mixed form into the normalized form.

    Args:
        payload: The JSON object of an entity.
        fragment: Whether id and type may be missing.
        nulls: Whether NGSI-LD Null may stand as a value (updates only).

    Returns:
        The normalized object; the very payload where nothing had to change.

    Raises:
        InvalidEntity: Something in it breaks the information model; the error has path and clause.
    """
    return Reader(strict=True, complete=True, nulls=nulls).entity(payload, fragment=fragment)


def render(wire: dict[str, Any]) -> dict[str, Any]:
    """Turn a normalized entity into the concise form.

    Args:
        wire: A normalized entity; it is not changed.

    Returns:
        The same without the types that the other members tell; an attribute without further members is its bare value.
    """
    return {name: member if name in ENTITY_MEMBERS else _attribute(member) for name, member in wire.items()}


def _attribute(member: Any, *, bare: bool = True) -> Any:
    if type(member) is list and is_instance_list(member):
        instances = [_attribute(one, bare=False) for one in member]
        return instances if is_instance_list(instances) else member  # without types it would be a Property's value
    kind = attribute_type(member)
    if kind is None or type(member) is not dict:
        return member
    value_member = ATTRIBUTE_TYPES[kind]
    if value_member not in member:
        return member
    value = member[value_member]
    looks_geometric = is_geometry(value)
    if (
        bare
        and len(member) == 2
        and ((kind == "Property" and _reads_back_bare(value)) or (kind == "GeoProperty" and looks_geometric))
    ):
        return value
    rest = {
        name: sub if name in ATTRIBUTE_MEMBERS else _attribute(sub) for name, sub in member.items() if name != "type"
    }
    told = looks_geometric if kind == "GeoProperty" else not (kind == "Property" and looks_geometric)
    if told and len(_VALUE_KEYS & rest.keys()) == 1:
        return rest
    return {"type": kind, **rest}


def _reads_back_bare(value: Any) -> bool:
    """Return whether a Property's bare value is read as that Property again, and as nothing else."""
    if type(value) is dict:
        return "type" not in value and "@type" not in value and _VALUE_KEYS.isdisjoint(value)
    return value is not None and not is_instance_list(value)
