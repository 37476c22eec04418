"""The simplified representation, once called key-values: names and values alone (CIM 009, 4.5.4).

It keeps values; it loses units, times, sub-attributes and which type an attribute had (a Relationship becomes a
text), except for LanguageProperty, VocabProperty and JsonProperty, which stay recognisable.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from citycontext.errors import InvalidEntity
from citycontext.ngsild.attribute_base import attribute_type
from citycontext.ngsild.geometry import is_geometry
from citycontext.ngsild.representations.reading import is_instance_list
from citycontext.ngsild.terms import ATTRIBUTE_TYPES, ENTITY_MEMBERS, VALUE_MEMBERS

__all__ = ["normalize", "render", "simplify", "spell_out"]

_WRAPPED: Final = {"LanguageProperty": "languageMap", "VocabProperty": "vocab", "JsonProperty": "json"}
_LINKS: Final = frozenset({"Relationship", "ListRelationship"})
_MAX_DEPTH: Final = 32


def render(wire: dict[str, Any]) -> dict[str, Any]:
    """Turn a normalized entity into the simplified form.

    Args:
        wire: A normalized entity; it is not changed.

    Returns:
        Names and values; several instances become ``{"dataset": {"@none": …, "<datasetId>": …}}``, and a linked entity
        that was joined in stands in the place of its id (CIM 009, 4.5.23).

    Raises:
        InvalidEntity: Joined entities are nested too deep.
    """
    return _render(wire, 0)


def _render(wire: dict[str, Any], depth: int) -> dict[str, Any]:
    return {name: member if name in ENTITY_MEMBERS else simplify(member, depth) for name, member in wire.items()}


def simplify(member: Any, depth: int = 0) -> Any:
    """Turn one normalized attribute, or the list of its instances, into its simplified value.

    Args:
        member: What stands under the attribute's name.
        depth: In how many joined entities it stands.

    Raises:
        InvalidEntity: Joined entities are nested too deep.
    """
    if type(member) is list:
        if not is_instance_list(member):
            return member
        if len(member) == 1 and member[0].get("datasetId") in (None, "@none"):
            return simplify(member[0], depth)
        by_dataset = {_dataset(one): simplify(one, depth) for one in member}
        if len(by_dataset) < len(member):  # not told apart, as some published payloads have them: keep every value
            return [simplify(one, depth) for one in member]
        return {"dataset": by_dataset}
    if type(member) is not dict:
        return member
    kind = attribute_type(member)
    value_member = None if kind is None else ATTRIBUTE_TYPES[kind]
    if value_member not in member:
        value_member = next((name for name in VALUE_MEMBERS if name in member), None)
        if value_member is None:
            return member if kind is None else None
    joined = member.get("entity", member.get("entityList")) if kind in _LINKS else None
    if joined is not None:
        if depth == _MAX_DEPTH:
            raise InvalidEntity(f"joined entities are nested over {_MAX_DEPTH} deep", clause="4.5.23")
        linked = [_render(one, depth + 1) if type(one) is dict else one for one in _listed(joined)]
        return linked if type(joined) is list else linked[0]
    value = member[value_member]
    if kind in _WRAPPED:
        return {value_member: value}
    if kind == "ListRelationship" and isinstance(value, list):
        return [one["object"] if type(one) is dict and "object" in one else one for one in value]
    return value


def normalize(payload: dict[str, Any], kind_of: Callable[[str], str | None] | None = None) -> dict[str, Any]:
    """Turn a simplified entity into the normalized form, as far as it still tells.

    Args:
        payload: The JSON object of an entity in simplified form; it is not changed.
        kind_of: Gives the attribute type a model declares for a name, or ``None``; without it a link stays a text.

    Returns:
        A normalized entity; ``render`` gives the payload back, where languages were wrapped as the standard has it.
    """
    return {
        name: member if name in ENTITY_MEMBERS else spell_out(member, kind_of(name) if kind_of else None)
        for name, member in payload.items()
    }


def spell_out(value: Any, declared: str | None) -> Any:
    """Turn one simplified value into the attribute, or the list of its instances, that it stands for.

    Args:
        value: What stands under the attribute's name.
        declared: The attribute type a model declares for it, or ``None``.
    """
    if type(value) is dict:
        if value.keys() == {"dataset"} and type(value["dataset"]) is dict and value["dataset"]:
            return [
                spell_out(one, declared) | ({} if dataset == "@none" else {"datasetId": dataset})
                for dataset, one in value["dataset"].items()
            ]
        for kind, value_member in _WRAPPED.items():
            if value.keys() == {value_member}:
                return {"type": kind, value_member: value[value_member]}
        if declared == "LanguageProperty" and _is_language_map(value):  # without its wrapping, as Orion-LD sends it
            return {"type": declared, "languageMap": value}
        if is_geometry(value):
            return {"type": "GeoProperty" if declared != "Property" else declared, "value": value}
    elif declared == "Relationship" and (type(value) is str or _is_text_list(value)):
        return {"type": "Relationship", "object": value}
    elif type(value) is list:
        if declared == "ListProperty":
            return {"type": declared, "valueList": value}
        if declared == "ListRelationship" and _is_text_list(value):
            return {"type": declared, "objectList": [{"object": one} for one in value]}
    return {"type": "Property", "value": value}


def _is_text_list(value: Any) -> bool:
    return type(value) is list and bool(value) and all(type(one) is str for one in value)


def _is_language_map(value: dict[str, Any]) -> bool:
    return bool(value) and all(type(text) is str or _is_text_list(text) for text in value.values())


def _listed(value: Any) -> list[Any]:
    return value if type(value) is list else [value]


def _dataset(instance: dict[str, Any]) -> str:
    dataset = instance.get("datasetId", "@none")
    return dataset if isinstance(dataset, str) else str(dataset)
