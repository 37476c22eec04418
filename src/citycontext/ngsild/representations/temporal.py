"""The temporal representations: the instances that attributes had over time (CIM 009, 4.5.6 to 4.5.9 and 4.5.19).

Three forms, and each attribute tells its own:

- normalized: a list of instances, ``[{"type": "Property", "value": 5, "observedAt": …}, …]``;
- ``temporalValues``: ``{"type": "Property", "values": [[5, time], …]}``; it keeps values, one time each, attribute
  type and ``datasetId``, and loses all other members and sub-attributes, as well as the spelling of an objectList;
- ``aggregatedValues``: ``{"type": "Property", "avg": [[5, start, end], …]}``; instances do not come back from it.

A deletion is an instance whose value is NGSI-LD Null, with ``deletedAt``. A scope that changed over time stands as a
Property would.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Final

from citycontext.errors import InvalidEntity
from citycontext.foreign_text import shown
from citycontext.ngsild.attribute_base import attribute_class, is_null
from citycontext.ngsild.names import is_attribute_name
from citycontext.ngsild.representations.reading import Reader
from citycontext.ngsild.representations.simplified import simplify
from citycontext.ngsild.terms import ATTRIBUTE_TYPES, ENTITY_MEMBERS

__all__ = [
    "AGGREGATIONS",
    "SERIES_MEMBERS",
    "TemporalForm",
    "instances",
    "is_temporal",
    "normalize",
    "read",
    "render",
    "spell_out",
    "tell_form",
]

_CLAUSE: Final = "4.5.9"

SERIES_MEMBERS: Final = {
    "Property": "values",
    "GeoProperty": "values",
    "Relationship": "objects",
    "LanguageProperty": "languageMaps",
    "VocabProperty": "vocabs",
    "JsonProperty": "jsons",
    "ListProperty": "valueLists",
    "ListRelationship": "objectLists",
}
"""Attribute type → the member that carries its values in temporalValues form (CIM 009, 4.5.9)."""

AGGREGATIONS: Final = frozenset({"totalCount", "distinctCount", "sum", "avg", "min", "max", "stddev", "sumsq"})
"""Names of the aggregation methods, and of the members that carry their results (CIM 009, 4.5.19)."""

_ALL_SERIES: Final = frozenset(SERIES_MEMBERS.values())
_WRAPPED: Final = {"LanguageProperty": "languageMap", "VocabProperty": "vocab", "JsonProperty": "json"}


class TemporalForm(StrEnum):
    """The three forms of the evolution of an entity, as ``format`` names them (CIM 009, 6.3.12)."""

    NORMALIZED = "normalized"
    TEMPORAL_VALUES = "temporalValues"
    AGGREGATED_VALUES = "aggregatedValues"


def tell_form(member: Any) -> TemporalForm:
    """Return in which form the evolution of one attribute is written.

    Args:
        member: What stands under the attribute's name.
    """
    first = next((one for one in member if isinstance(one, dict)), None) if isinstance(member, list) else member
    if isinstance(first, dict):
        kind = first.get("type")
        value_member = ATTRIBUTE_TYPES.get(kind, "value") if isinstance(kind, str) else "value"
        if value_member not in first:
            if any(_is_rows(first.get(name)) for name in _ALL_SERIES):
                return TemporalForm.TEMPORAL_VALUES
            if any(_is_rows(first.get(name)) for name in AGGREGATIONS):
                return TemporalForm.AGGREGATED_VALUES
    return TemporalForm.NORMALIZED


def is_temporal(payload: dict[str, Any]) -> bool:
    """Return whether an entity's JSON object holds its evolution, rather than its present state.

    It does where an attribute is in one of the two short forms, or is a list that no present state has: of a single
    instance, of instances with ``instanceId``, or of instances that times alone tell apart.

    Args:
        payload: The JSON object of an entity.
    """
    return any(
        _is_evolution(member)
        for name, member in payload.items()
        if isinstance(member, dict | list) and (name == "scope" or name not in ENTITY_MEMBERS)
    )


def read(payload: Any, reader: Reader, *, fragment: bool = False) -> dict[str, Any]:
    """Read the evolution of an entity, in any of the forms or a mix of them.

    Args:
        payload: The JSON object.
        reader: How strictly to read, and where to put what was noticed.
        fragment: Whether id and type may be missing.

    Returns:
        The object with concise instances normalized; the very payload where there were none.

    Raises:
        InvalidEntity: The payload is not an object; in strict reading, whatever else is wrong.
    """
    reader.identity(payload, fragment=fragment)
    wire: dict[str, Any] = payload
    for name, member in payload.items():
        evolves = name not in ENTITY_MEMBERS or (name == "scope" and _is_evolution(member))
        new = _read_attribute(name, member, reader) if evolves else reader.entity_member(name, member)
        if new is not member:
            if wire is payload:
                wire = dict(payload)
            wire[name] = new
    return wire


def normalize(payload: Any, *, time_property: str = "observedAt", fragment: bool = False) -> dict[str, Any]:
    """Turn the evolution of an entity into the normalized form.

    Args:
        payload: The JSON object: normalized, concise or temporalValues.
        time_property: Which time the second place of each value in temporalValues is.
        fragment: Whether id and type may be missing.

    Returns:
        The normalized object; every attribute is a list of instances.

    Raises:
        InvalidEntity: It breaks the information model, or an attribute holds aggregated values.
    """
    return spell_out(read(payload, Reader(strict=True, complete=True), fragment=fragment), time_property)


def spell_out(wire: dict[str, Any], time_property: str = "observedAt") -> dict[str, Any]:
    """Turn temporalValues into lists of instances, in an object that is read already.

    Args:
        wire: The evolution of an entity; it is not changed.
        time_property: Which time the second place of each value in temporalValues is.

    Raises:
        InvalidEntity: An attribute holds aggregated values, or a value without its time.
    """
    return {
        name: instances(member, time_property, path=name)
        if name not in ENTITY_MEMBERS or (name == "scope" and _is_evolution(member))
        else member
        for name, member in wire.items()
    }


def instances(member: Any, time_property: str = "observedAt", *, path: str = "") -> list[dict[str, Any]]:
    """Return the instances of one attribute, whether written out or in temporalValues form.

    Args:
        member: What stands under the attribute's name; concise instances are already normalized.
        time_property: Which time the second place of each value in temporalValues is.
        path: Where it stands, for the error.

    Raises:
        InvalidEntity: It holds aggregated values, or a value without its time.
    """
    groups = member if isinstance(member, list) else [member]
    form = tell_form(member)
    if form is TemporalForm.NORMALIZED:
        return [one for one in groups if isinstance(one, dict)]
    if form is TemporalForm.AGGREGATED_VALUES:
        raise InvalidEntity(
            "aggregated values do not tell the instances they come from; ask for another format",
            path=path,
            clause="4.5.19",
        )
    return [instance for group in groups for instance in _unfold(group, time_property, path)]


def render(wire: dict[str, Any], time_property: str = "observedAt") -> dict[str, Any]:
    """Turn the normalized evolution of an entity into the temporalValues form.

    Args:
        wire: The normalized object; it is not changed. Attributes in another form stay as they are.
        time_property: Which time to give with each value; a deletion gives ``deletedAt`` where it has no such time,
            and a value without any time gives an empty text.
    """
    return {
        name: _fold(member, time_property)
        if name not in ENTITY_MEMBERS or (name == "scope" and _is_evolution(member))
        else member
        for name, member in wire.items()
    }


def _read_attribute(name: str, member: Any, reader: Reader) -> Any:
    if not is_attribute_name(name):
        reader.refuse_name(name)
    form = tell_form(member)
    if form is TemporalForm.NORMALIZED and not isinstance(member, list):
        reader.note(name, "instances", "in temporal form an attribute is a list of instances", "4.5.6")
        return reader.attribute(member, name)
    groups = member if isinstance(member, list) else [member]
    read_groups = []
    for index, group in enumerate(groups):
        path = f"{name}[{index}]" if isinstance(member, list) else name
        normalized = form is TemporalForm.NORMALIZED
        read_groups.append(reader.attribute(group, path) if normalized else _read_rows(group, form, path, reader))
    if all(new is old for new, old in zip(read_groups, groups, strict=True)):
        return member
    return read_groups if isinstance(member, list) else read_groups[0]


def _read_rows(group: Any, form: TemporalForm, path: str, reader: Reader) -> Any:
    """Check an attribute in one of the short forms; return it, or a copy where times were rewritten."""
    if not isinstance(group, dict):
        raise InvalidEntity(f"{shown(group)} stands among {form}", path=path, clause=_CLAUSE)
    kind = group.get("type")
    if not isinstance(kind, str) or kind not in ATTRIBUTE_TYPES:
        reader.note(path, "attribute-type", f"{shown(kind, 60)} is not an attribute type", "4.5.1")
        kind = ""
    short = form is TemporalForm.TEMPORAL_VALUES
    read_group = group
    for name, rows in group.items():
        if name not in (_ALL_SERIES if short else AGGREGATIONS) or not _is_rows(rows):
            continue
        where = f"{path}.{name}"
        if short and name != SERIES_MEMBERS.get(kind, name):
            reader.note(where, "member", f"a {kind} has {SERIES_MEMBERS[kind]!r}, not {name!r}", _CLAUSE)
        read_rows = [_read_row(row, 2 if short else 3, f"{where}[{index}]", reader) for index, row in enumerate(rows)]
        if any(new is not old for new, old in zip(read_rows, rows, strict=True)):
            read_group = {**read_group, name: read_rows}
    return read_group


def _read_row(row: list[Any], width: int, path: str, reader: Reader) -> list[Any]:
    if len(row) != width:
        what = "a value and its time" if width == 2 else "a value, its start and its end"
        reader.note(path, "row", f"{shown(row)} is not {what}", _CLAUSE)
        return row
    # The standard's own example gives an empty text where a value never changed (C.5.6).
    times = [time if time == "" else reader.time(time, path, str(place)) for place, time in enumerate(row[1:], 1)]
    return row if all(new is old for new, old in zip(times, row[1:], strict=True)) else [row[0], *times]


def _unfold(group: dict[str, Any], time_property: str, path: str) -> list[dict[str, Any]]:
    kind = group.get("type")
    if not isinstance(kind, str) or kind not in ATTRIBUTE_TYPES:
        kind = attribute_class(group).type
    value_member = ATTRIBUTE_TYPES[kind]
    rest = {name: group[name] for name in ("datasetId",) if name in group}
    unfolded = []
    for name, rows in group.items():
        for row in rows if name in _ALL_SERIES and _is_rows(rows) else ():
            if not row or len(row) > 2:
                raise InvalidEntity(f"{shown(row)} is not a value and its time", path=path, clause=_CLAUSE)
            value = _unwrap(row[0], kind)
            time = row[1] if len(row) == 2 else ""
            instance = {"type": kind, value_member: value, **rest}
            if time != "":
                instance["deletedAt" if time_property == "deletedAt" or is_null(value) else time_property] = time
            unfolded.append(instance)
    return unfolded


def _unwrap(value: Any, kind: str) -> Any:
    """Take a value out of the object that names its member, as the simplified form of three types has it."""
    inner = _WRAPPED.get(kind)
    if inner is not None and isinstance(value, dict) and value.keys() == {inner}:
        return value[inner]
    if kind == "ListRelationship" and isinstance(value, list) and not is_null(value):
        return [{"object": one} if isinstance(one, str) else one for one in value]
    return value


def _fold(member: Any, time_property: str) -> Any:
    if tell_form(member) is not TemporalForm.NORMALIZED:
        return member
    groups: dict[tuple[str, str], dict[str, Any]] = {}
    for instance in member if isinstance(member, list) else [member]:
        if not isinstance(instance, dict):
            instance = {"type": "Property", "value": instance}
        kind = attribute_class(instance).type
        dataset = instance.get("datasetId")
        group = groups.get((kind, str(dataset)))
        if group is None:
            group = groups[kind, str(dataset)] = {"type": kind}
            if dataset is not None:
                group["datasetId"] = dataset
            group[SERIES_MEMBERS[kind]] = []
        value = simplify(instance if instance.get("type") == kind else {**instance, "type": kind})
        time = instance.get(time_property)
        if time is None and is_null(instance.get(ATTRIBUTE_TYPES[kind])):
            time = instance.get("deletedAt")
        group[SERIES_MEMBERS[kind]].append([value, "" if time is None else time])
    folded = list(groups.values())
    return folded[0] if len(folded) == 1 else folded


def _is_rows(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(row, list) for row in value)


def _is_evolution(member: Any) -> bool:
    if tell_form(member) is not TemporalForm.NORMALIZED:
        return True
    if not isinstance(member, list) or not member:
        return False
    seen: set[Any] = set()
    repeated = timed = False
    for one in member:
        if not isinstance(one, dict) or not isinstance(one.get("type"), str) or one["type"] not in ATTRIBUTE_TYPES:
            return False
        if "instanceId" in one:
            return True
        dataset = one.get("datasetId")
        key = dataset if isinstance(dataset, str) else None
        repeated |= key in seen
        seen.add(key)
        timed |= not {"observedAt", "createdAt", "modifiedAt", "deletedAt"}.isdisjoint(one)
    return timed and (repeated or (len(member) == 1 and None in seen))
