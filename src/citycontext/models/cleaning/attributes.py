"""Attributes as the standard has them: their type, the member that carries the value, sub-attributes."""

from __future__ import annotations

from datetime import tzinfo
from typing import Any, Final

from citycontext.errors import DataError
from citycontext.models.catalogue.description import ModelDescription
from citycontext.models.catalogue.recognition import is_plain_value
from citycontext.models.cleaning.changes import Changes
from citycontext.models.cleaning.links import Links, is_link, is_link_list, tell_apart, write_links
from citycontext.models.cleaning.ngsi_v2 import ngsi_v2_attribute, ngsi_v2_metadata
from citycontext.models.cleaning.values import clean_geometry, clean_time, clean_value
from citycontext.ngsild.attribute_base import ATTRIBUTE_CLASSES, ATTRIBUTE_MEMBERS, attribute_class, is_null
from citycontext.ngsild.findings import Severity
from citycontext.ngsild.geometry import is_geometry
from citycontext.ngsild.representations.reading import is_instance_list
from citycontext.ngsild.terms import ATTRIBUTE_TYPES, VALUE_MEMBERS

__all__ = ["ABSENT", "AttributeCleaner"]

ABSENT: Final = object()
"""What stands for an attribute that says nothing."""

_TIMES: Final = frozenset({"observedAt", "expiresAt", "createdAt", "modifiedAt", "deletedAt"})
_KINDS: Final = {kind.lower(): kind for kind in ATTRIBUTE_TYPES}
_LINKS: Final = frozenset({"Relationship", "ListRelationship"})
_PLACES: Final = frozenset({"location", "observationSpace", "operationSpace"})  # of the core @context (CIM 009, 4.7)
_MAX_DEPTH: Final = 32


class AttributeCleaner:
    """Cleans attributes, one after another.

    Args:
        model: The entity's model, which tells the attribute types.
        links: How a link to several entities is written.
        zone: What a time without zone is taken to be in.
        changes: Takes down what is changed.
    """

    def __init__(self, model: ModelDescription | None, links: Links, zone: tzinfo | None, changes: Changes) -> None:
        self._model = model
        self._links = links
        self._zone = zone
        self._changes = changes

    def clean(self, name: str, member: Any) -> Any:
        """Clean one attribute of an entity, or the list of its instances.

        Args:
            name: Its wire name.
            member: What stands under it, in any form but simplified.

        Returns:
            A normalized object, a list of them, or ``ABSENT``.
        """
        declared = None if self._model is None else self._model.attributes.get(name)
        kind = "GeoProperty" if name in _PLACES else None if declared is None else declared.kind
        if is_plain_value(name, member, self._model):
            member = {"type": "Property", "value": member}
        timed = declared is not None and declared.format == "date-time"
        return self._attribute(member, name, name, kind, timed, 0)

    def time(self, member: Any, path: str) -> Any:
        """Clean a time of the standard's own, such as ``observedAt``; some payloads wrap it as a value.

        Args:
            member: What stands there.
            path: Where.
        """
        if isinstance(member, dict):
            text = member.get("value", member)
            text = text.get("@value") if isinstance(text, dict) else text
            if isinstance(text, str) and member.keys() <= {"type", "@type", "value", "@value"}:
                self._changes.note(path, "time", "is the time itself, not an object", found=member, clause="4.8")
                member = text
        return clean_time(member, path, self._zone, self._changes)

    def _attribute(self, member: Any, name: str, path: str, declared: str | None, timed: bool, depth: int) -> Any:
        if depth > _MAX_DEPTH:
            return member  # reading refuses it
        if isinstance(member, list) and (is_instance_list(member) or _are_instances(member)):
            read = [
                self._attribute(one, name, f"{path}[{index}]", declared, timed, depth)
                for index, one in enumerate(member)
            ]
            instances = [
                one for part in read if part is not ABSENT for one in (part if isinstance(part, list) else [part])
            ]
            return tell_apart(instances, name, self._links, path, self._changes) if instances else ABSENT
        attribute = self._typed(member, path)
        if self._says_nothing(attribute, path):
            return ABSENT
        attribute = self._value_moved(attribute, path)
        attribute = self._kind_declared(attribute, path, declared)
        attribute = self._members(attribute, path, depth)
        if timed and attribute["type"] == "Property" and isinstance(attribute.get("value"), str):
            attribute["value"] = clean_time(attribute["value"], f"{path}.value", self._zone, self._changes)
        if depth == 0 and self._links is Links.INSTANCES and self._is_list_of_one(name, attribute):
            return attribute
        return write_links(attribute, self._links, path, self._changes)

    def _is_list_of_one(self, name: str, attribute: dict[str, Any]) -> bool:
        """Return whether a list of one link is what the model wants: without the list its schema would not be met."""
        declared = None if self._model is None else self._model.attributes.get(name)
        listed = attribute.get("object")
        return (
            declared is not None and declared.json_types == ("array",) and isinstance(listed, list) and len(listed) == 1
        )

    def _typed(self, member: Any, path: str) -> dict[str, Any]:
        """Return an attribute the type the standard spells; what was concise is not a change."""
        if not isinstance(member, dict) or is_geometry(member) or "@value" in member:
            return _in_order("GeoProperty" if is_geometry(member) else "Property", {"value": member})
        spelt = "type" if "type" in member or "@type" not in member else "@type"
        named = member.get(spelt)
        rest = {name: one for name, one in member.items() if name != spelt}
        has_value = not VALUE_MEMBERS.keys().isdisjoint(rest)
        kind = _KINDS.get(named.strip().lower()) if isinstance(named, str) else None
        if kind is not None:
            if named != kind or spelt != "type":
                self._note_type(path, named, kind)
            return _in_order(kind, rest if has_value else self._value_spelt(rest, kind, path))
        if not has_value:
            if named is not None and not self._model:
                self._changes.note(path, "value", "is read as a Property's value", found=member, clause="4.5.2.3")
            return _in_order("Property", {"value": member})
        kind = attribute_class(rest).type
        if isinstance(named, str) and "value" in rest:
            attribute = ngsi_v2_attribute({**member, "type": named})
            self._note_type(path, named, attribute["type"])
            return attribute
        if named is not None:
            self._note_type(path, named, kind)
        return _in_order(kind, rest)

    def _value_spelt(self, members: dict[str, Any], kind: str, path: str) -> dict[str, Any]:
        """Find the value under a name of another case, such as ``Object``."""
        value_member = ATTRIBUTE_TYPES[kind]
        spelt = [name for name in members if name.strip().lower() == value_member.lower()]
        if len(spelt) != 1:
            return members
        self._changes.note(path, "value-member", f"has {value_member!r}", found=spelt[0], clause="4.5.1")
        return {value_member if name == spelt[0] else name: one for name, one in members.items()}

    def _note_type(self, path: str, found: Any, kind: str) -> None:
        self._changes.note(path, "attribute-type", f"is a {kind}", found=found, written=kind, clause="4.5.1")

    def _says_nothing(self, attribute: dict[str, Any], path: str) -> bool:
        if attribute.keys() == {"type", "value"} and attribute["value"] is None:
            message, found = "is left out: JSON null is not a value", "null"
        elif attribute.keys() == {"type", "object"} and attribute["object"] in (None, []):
            if self._links is Links.LIST_RELATIONSHIP and attribute["object"] == []:
                return False
            message, found = "is left out: it links to nothing", repr(attribute["object"])
        else:
            return False
        self._changes.note(path, "no-value", message, found=found, clause="4.5.0", severity=Severity.WARNING)
        return True

    def _value_moved(self, attribute: dict[str, Any], path: str) -> dict[str, Any]:
        """Put the value where the attribute's type wants it; where it fits that type not, the type gives way."""
        kind = attribute["type"]
        if ATTRIBUTE_TYPES[kind] in attribute:
            return attribute
        present = [name for name in VALUE_MEMBERS if name in attribute]
        if len(present) != 1:
            return attribute
        value, other = attribute[present[0]], VALUE_MEMBERS[present[0]]
        if _fits(kind, value):
            written = kind
        elif kind == "Property" and _fits(other, value):
            written = other
        else:
            written = "Property"
        if kind == "Property" and other == "Relationship" and _fits(other, value):
            written = other
        member = ATTRIBUTE_TYPES[written]
        self._changes.note(
            path,
            "value-member",
            f"is a {written} with {member!r}",
            found=f"{kind} with {present[0]!r}",
            written=f"{written} with {member!r}",
            clause="4.5.1",
            severity=Severity.NOTE if written == kind else Severity.WARNING,
        )
        renamed = {member if name == present[0] else name: one for name, one in attribute.items()}
        return {**renamed, "type": written}

    def _kind_declared(self, attribute: dict[str, Any], path: str, declared: str | None) -> dict[str, Any]:
        """Make a Property the attribute type that the model declares, where its value is one of that type."""
        if attribute["type"] != "Property" or declared in (None, "Property") or "value" not in attribute:
            return attribute
        value = attribute["value"]
        if is_null(value):
            return attribute
        if declared == "GeoProperty":
            value = clean_geometry(value, f"{path}.value", self._changes)
            if not is_geometry(value):
                return attribute
            attribute = {**attribute, "value": value}
            written = "GeoProperty"
        elif declared in _LINKS and "unitCode" not in attribute and (is_link(value) or is_link_list(value)):
            written = "Relationship"
        else:
            return attribute
        self._changes.note(
            path, "kind", f"is a {written}, as the model has it", found="Property", written=written, clause="4.5.1"
        )
        member = ATTRIBUTE_TYPES[written]
        return {
            member if name == "value" else name: written if name == "type" else one for name, one in attribute.items()
        }

    def _members(self, attribute: dict[str, Any], path: str, depth: int) -> dict[str, Any]:
        kind = attribute["type"]
        value_member = ATTRIBUTE_TYPES[kind]
        written: dict[str, Any] = {}
        for name, member in self._without_metadata(attribute, path).items():
            here = f"{path}.{name}"
            if name == value_member:
                written[name] = self._value(kind, member, here)
            elif name in _TIMES:
                written[name] = self.time(member, here)
            elif (
                name in ("unitCode", "datasetId") and isinstance(member, dict) and isinstance(member.get("value"), str)
            ):
                self._changes.note(here, "member", "is a text, not an object", found=member, clause="4.5.2")
                written[name] = member["value"]
            elif name in ATTRIBUTE_MEMBERS:
                written[name] = member
            else:
                cleaned = self._attribute(member, name, here, None, False, depth + 1)
                if cleaned is not ABSENT:
                    written[name] = cleaned
        return written

    def _value(self, kind: str, value: Any, path: str) -> Any:
        if kind == "GeoProperty":
            return clean_geometry(value, path, self._changes)
        if kind in ("Property", "ListProperty"):
            return clean_value(value, path, self._zone, self._changes)
        if kind == "ListRelationship" and is_link_list(value):
            self._changes.note(path, "links", "is a list of objects", found=value, clause="4.5.22")
            return [{"object": one} for one in value]
        return value

    def _without_metadata(self, attribute: dict[str, Any], path: str) -> dict[str, Any]:
        """Spread what NGSIv2 calls metadata over the attribute."""
        metadata = attribute.get("metadata")
        if not isinstance(metadata, dict) or not all(
            isinstance(one, dict) and "value" in one and isinstance(one.get("type"), str) for one in metadata.values()
        ):
            return attribute
        members = ngsi_v2_metadata(metadata)
        if "metadata" in members or not members.keys().isdisjoint(attribute):
            return attribute
        self._changes.note(f"{path}.metadata", "metadata", "is part of the attribute", found=metadata, clause="4.5.2")
        rest = {name: one for name, one in attribute.items() if name != "metadata"}
        return {**rest, **members}


def _in_order(kind: str, members: dict[str, Any]) -> dict[str, Any]:
    return {"type": kind, **members}


def _are_instances(member: list[Any]) -> bool:
    """Return whether all items are attributes whose type is spelt in another way than the standard's."""
    return bool(member) and all(
        isinstance(one, dict)
        and isinstance(one.get("type"), str)
        and one["type"].strip().lower() in _KINDS
        and not VALUE_MEMBERS.keys().isdisjoint(one)
        for one in member
    )


def _fits(kind: str, value: Any) -> bool:
    if kind == "Relationship":
        return is_link(value) or is_link_list(value)
    if kind == "GeoProperty":
        return is_geometry(value)
    if kind == "ListRelationship":
        return is_link_list(value)
    if kind == "Property":
        return value is not None
    try:
        ATTRIBUTE_CLASSES[kind]._checked(value)
    except DataError:
        return False
    return True
