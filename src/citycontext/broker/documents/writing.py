"""What each write operation does to a stored entity: pure functions on expanded, normalized documents.

A document is the wire form of an entity after expansion: ``id``, ``type`` and ``scope`` (arrays), ``createdAt`` and
``modifiedAt``, and attributes under their full IRI, one instance as an object, several as an array.
The functions never change what they are given; they return a ``Revision``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from citycontext.errors import InvalidEntity
from citycontext.ngsild.terms import (
    ATTRIBUTE_TYPES,
    ENTITY_MEMBERS,
    NULL_URN,
    SYSTEM_MEMBERS,
    UNITLESS_TYPES,
    VALUE_MEMBERS,
)

__all__ = [
    "Change",
    "Document",
    "Revision",
    "append_attributes",
    "attribute_names",
    "create",
    "delete_attribute",
    "delete_attributes",
    "delete_entity",
    "delete_scope",
    "find_instance",
    "instances",
    "instances_by_dataset",
    "is_null",
    "listed_scope",
    "merge_entity",
    "partial_update",
    "put_newest",
    "replace_attribute",
    "replace_entity",
    "same_value",
]

Document = dict[str, Any]

STAMPS = SYSTEM_MEMBERS | {"instanceId"}


@dataclass(slots=True)
class Change:
    """One attribute instance that an operation touched; ``after`` is None when it was deleted."""

    attribute: str
    dataset_id: str | None
    before: Document | None
    after: Document | None

    @property
    def kind(self) -> str:
        """Name the notification trigger of this change (5.8.6)."""
        if self.after is None:
            return "attributeDeleted"
        return "attributeCreated" if self.before is None else "attributeUpdated"


@dataclass(slots=True)
class Revision:
    """What an operation makes of an entity: the document before and after, and every touched instance."""

    before: Document | None
    after: Document | None
    changes: list[Change] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    not_updated: list[tuple[str, str]] = field(default_factory=list)
    _noted: set[str] = field(default_factory=set)

    def note(self, change: Change) -> None:
        """Add a change, and its attribute to the updated ones."""
        self.changes.append(change)
        if change.attribute not in self._noted:
            self._noted.add(change.attribute)
            self.updated.append(change.attribute)

    def refuse(self, attribute: str, reason: str) -> None:
        """Record that an attribute was left as it is, and why."""
        self.not_updated.append((attribute, reason))


def instances(attribute: Any) -> list[Document]:
    """List the instances of an attribute, whether it stands alone or in an array."""
    return attribute if isinstance(attribute, list) else [attribute]


def attribute_names(document: Document) -> Iterator[str]:
    """Yield the names of a document's attributes."""
    return (name for name in document if name not in ENTITY_MEMBERS)


def instances_by_dataset(attribute: Any) -> dict[str | None, Document]:
    """Return the instances of an attribute by their dataset, so that finding one costs the same among thousands."""
    return {instance.get("datasetId"): instance for instance in instances(attribute)}


def find_instance(document: Document, attribute: str, dataset_id: str | None) -> Document | None:
    """Find one instance of an attribute; ``dataset_id`` None is the default instance."""
    found = document.get(attribute)
    if type(found) is dict:
        return found if found.get("datasetId") == dataset_id else None
    for instance in found or ():
        if instance.get("datasetId") == dataset_id:
            return instance  # type: ignore[no-any-return]
    return None


def is_null(instance: Document) -> bool:
    """Return whether an instance asks for deletion: its value is the NGSI-LD Null (4.5.0)."""
    if "type" not in instance:
        return any(member in instance and _is_null_value(instance[member]) for member in VALUE_MEMBERS)
    kind = instance["type"]
    return isinstance(kind, str) and _is_null_value(instance.get(ATTRIBUTE_TYPES.get(kind, "value")))


def _is_null_value(value: Any) -> bool:
    return value in (NULL_URN, [NULL_URN], {"@none": NULL_URN}, [{"object": NULL_URN}])


def same_value(one: Document, other: Document) -> bool:
    """Return whether two instances differ in nothing but the broker's own stamps."""
    for member, value in one.items():
        if member not in STAMPS and (member not in other or other[member] != value):
            return False
    return all(member in one or member in STAMPS for member in other)


def put_newest(document: Document, attribute: str, come: Iterable[Document]) -> None:
    """Put instances into a document, each in place of an older one of its dataset."""
    kept = instances_by_dataset(document.get(attribute, []))
    for instance in come:
        old = kept.get(instance.get("datasetId"))
        if old is None or instance.get("observedAt", "") >= old.get("observedAt", ""):
            kept[instance.get("datasetId")] = instance
    _store(document, attribute, list(kept.values()))


def listed_scope(value: Any) -> list[str]:
    """Return scopes as a list, whether there is one or several."""
    return value if isinstance(value, list) else [value]


def create(payload: Document, now: str) -> Revision:
    """Make a new entity of a payload (5.6.1)."""
    after: Document = {**payload, "createdAt": now, "modifiedAt": now}
    revision = Revision(None, after)
    for name in attribute_names(payload):
        stamped = [{**instance, "createdAt": now, "modifiedAt": now} for instance in instances(payload[name])]
        _store(after, name, stamped)
        for instance in stamped:
            revision.note(Change(name, instance.get("datasetId"), None, instance))
    return revision


def replace_entity(before: Document, payload: Document, now: str) -> Revision:
    """Replace everything but ``createdAt`` (5.6.18)."""
    after: Document = {**payload, "createdAt": before["createdAt"], "modifiedAt": now}
    revision = Revision(before, after)
    for name, value in payload.items():
        if name in ENTITY_MEMBERS:
            continue
        stamped = []
        known = instances_by_dataset(before.get(name, []))
        for instance in instances(value):
            dataset_id = instance.get("datasetId")
            old = known.get(dataset_id)
            stamped.append(_stamp(instance, old, now))
            revision.changes.append(Change(name, dataset_id, old, stamped[-1]))
        revision.updated.append(name)
        after[name] = stamped if len(stamped) > 1 else stamped[0]
    for name, value in before.items():
        # Most entities are sent with the attributes they have, one instance each: then there is nothing to look for.
        if name in ENTITY_MEMBERS:
            continue
        sent = payload.get(name)
        if type(value) is dict and type(sent) is dict and sent.get("datasetId") == value.get("datasetId"):
            continue
        stays = instances_by_dataset(after.get(name, []))
        for old in instances(value):
            if old.get("datasetId") not in stays:
                revision.note(Change(name, old.get("datasetId"), old, None))
    return revision


def append_attributes(before: Document, fragment: Document, now: str, *, overwrite: bool = True) -> Revision:
    """Append or overwrite whole instances; a Null deletes (5.6.2, 5.6.3).

    Args:
        before: The stored entity.
        fragment: Types, scope and attributes to add.
        now: The time of the operation.
        overwrite: False leaves the instances that are there as they are (``noOverwrite``).
    """
    after: Document = {**before, "modifiedAt": now}
    revision = Revision(before, after)
    _add_types(after, fragment)
    if "scope" in fragment:
        _set_scope(revision, fragment["scope"], overwrite=overwrite)
    if "expiresAt" in fragment:
        _set_or_drop(after, "expiresAt", fragment["expiresAt"])
    for name in attribute_names(fragment):
        kept = instances_by_dataset(after.get(name, []))
        for instance in instances(fragment[name]):
            dataset_id = instance.get("datasetId")
            old = kept.get(dataset_id)
            if is_null(instance):
                if old is None:
                    revision.refuse(name, "There is no such attribute instance to delete.")
                else:
                    revision.note(Change(name, dataset_id, kept.pop(dataset_id), None))
            elif old is None or overwrite:
                kept[dataset_id] = _stamp(instance, old, now)
                revision.note(Change(name, dataset_id, old, kept[dataset_id]))
            else:
                revision.refuse(name, "The attribute exists already and noOverwrite was asked for.")
        _store(after, name, list(kept.values()))
    return revision


def partial_update(before: Document, attribute: str, fragment: Document, now: str) -> Revision | None:
    """Replace the first-level members of one attribute instance that the fragment holds (5.6.4).

    Returns:
        The revision, or None when there is no such instance.

    Raises:
        InvalidEntity: The fragment would change the attribute's type.
    """
    dataset_id = fragment.get("datasetId")
    old = find_instance(before, attribute, dataset_id)
    if old is None:
        return None
    _refuse_type_change(old, fragment, attribute)
    _refuse_foreign_members(old["type"], fragment, attribute)
    if is_null({"type": old["type"], **fragment}):
        return delete_attribute(before, attribute, dataset_id, now)
    new = {**old, **fragment, "type": old["type"], "modifiedAt": now}
    for member, value in fragment.items():
        if value == NULL_URN or (isinstance(value, dict) and is_null(value)):
            del new[member]
    return _with_instance(before, attribute, old, new, now)


def replace_attribute(before: Document, attribute: str, fragment: Document, now: str) -> Revision | None:
    """Replace one instance as a whole, keeping its ``createdAt`` (5.6.19); None when there is no such instance."""
    old = find_instance(before, attribute, fragment.get("datasetId"))
    if old is None:
        return None
    return _with_instance(before, attribute, old, _stamp(fragment, old, now), now)


def delete_attribute(
    before: Document, attribute: str, dataset_id: str | None, now: str, *, every: bool = False
) -> Revision | None:
    """Delete one instance of an attribute, or all (5.6.5); None if absent."""
    after: Document = {**before, "modifiedAt": now}
    revision = Revision(before, after)
    kept = []
    for instance in instances(before.get(attribute, [])):
        if every or instance.get("datasetId") == dataset_id:
            revision.note(Change(attribute, instance.get("datasetId"), instance, None))
        else:
            kept.append(instance)
    _store(after, attribute, kept)
    return revision if revision.changes else None


def delete_scope(before: Document, now: str) -> Revision | None:
    """Delete the scope of an entity (5.6.5, 4.18); None when it has none."""
    if "scope" not in before:
        return None
    after: Document = {name: value for name, value in before.items() if name != "scope"}
    after["modifiedAt"] = now
    return Revision(before, after, updated=["scope"])


def delete_attributes(before: Document, names: Collection[str], now: str) -> Revision:
    """Delete attributes with all their instances (5.6.21)."""
    after: Document = {name: value for name, value in before.items() if name not in names}
    after["modifiedAt"] = now
    revision = Revision(before, after)
    for name in attribute_names(before):
        if name in names:
            for instance in instances(before[name]):
                revision.note(Change(name, instance.get("datasetId"), instance, None))
    return revision


def delete_entity(before: Document) -> Revision:
    """Delete an entity with all its attributes (5.6.6)."""
    revision = Revision(before, None)
    for name in attribute_names(before):
        for instance in instances(before[name]):
            revision.note(Change(name, instance.get("datasetId"), instance, None))
    return revision


def merge_entity(before: Document, fragment: Document, now: str, *, observed_at: str | None = None) -> Revision:
    """Merge a fragment into an entity, to any depth; a Null deletes what it stands for (5.6.17, 5.5.12).

    Args:
        before: The stored entity.
        fragment: Types, scope and attributes to merge.
        now: The time of the operation.
        observed_at: The ``observedAt`` of merged attributes that had one and are given none.
    """
    after: Document = {**before, "modifiedAt": now}
    revision = Revision(before, after)
    _add_types(after, fragment)
    if "scope" in fragment:
        _set_scope(revision, fragment["scope"], overwrite=True)
    if "expiresAt" in fragment:
        _set_or_drop(after, "expiresAt", fragment["expiresAt"])
    for name in attribute_names(fragment):
        kept = instances_by_dataset(after.get(name, []))
        for instance in instances(fragment[name]):
            dataset_id = instance.get("datasetId")
            old = kept.get(dataset_id)
            if is_null(instance):
                if old is not None:
                    revision.note(Change(name, dataset_id, kept.pop(dataset_id), None))
            elif not _has_value(instance) and (old is None or instance.get("type") not in (None, old["type"])):
                raise InvalidEntity(
                    "what came has no value, and there is no such instance of that type to merge it with",
                    path=name,
                    clause="5.6.17",
                )
            elif old is None:
                kept[dataset_id] = _stamp(_without_nulls(instance), None, now)
                revision.note(Change(name, dataset_id, None, kept[dataset_id]))
            else:
                if observed_at and "observedAt" in old and "observedAt" not in instance:
                    instance = {**instance, "observedAt": observed_at}
                kept[dataset_id] = {**_merge_instance(old, instance), "modifiedAt": now}
                revision.note(Change(name, dataset_id, old, kept[dataset_id]))
        _store(after, name, list(kept.values()))
    return revision


def _has_value(instance: Document) -> bool:
    return not VALUE_MEMBERS.keys().isdisjoint(instance)


def _merge_instance(old: Document, fragment: Document) -> Document:
    """Merge one attribute instance; another type replaces the value member and keeps nothing of the old one."""
    kind = fragment.get("type", old["type"])
    if kind != old["type"]:
        return {**_without_nulls(fragment), "createdAt": old.get("createdAt", "")}
    return _merge(old, fragment)


def _merge(old: Document, patch: Document) -> Document:
    merged = dict(old)
    for member, value in patch.items():
        if value == NULL_URN or (_is_attribute(value) and is_null(value)):
            merged.pop(member, None)
        elif isinstance(value, dict) and isinstance(known := merged.get(member), dict):
            is_attribute = _is_attribute(known) and _is_attribute(value)
            merged[member] = _merge_instance(known, value) if is_attribute else _merge(known, value)
        else:
            merged[member] = _without_nulls(value)
    return merged


def _is_attribute(value: Any) -> bool:
    """Return whether something is an attribute, and not an object inside a value that may have any ``type``."""
    return isinstance(value, dict) and isinstance(kind := value.get("type"), str) and kind in ATTRIBUTE_TYPES


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            member: _without_nulls(item)
            for member, item in value.items()
            if item != NULL_URN and not (_is_attribute(item) and is_null(item))
        }
    return value


def _stamp(instance: Document, old: Document | None, now: str) -> Document:
    return {**instance, "createdAt": old.get("createdAt", now) if old else now, "modifiedAt": now}


def _store(document: Document, attribute: str, kept: list[Document]) -> None:
    if kept:
        document[attribute] = kept[0] if len(kept) == 1 else kept
    else:
        document.pop(attribute, None)


def _with_instance(before: Document, attribute: str, old: Document, new: Document, now: str) -> Revision:
    after: Document = {**before, "modifiedAt": now}
    _store(after, attribute, [new if one is old else one for one in instances(before[attribute])])
    revision = Revision(before, after)
    revision.note(Change(attribute, new.get("datasetId"), old, new))
    return revision


def _add_types(document: Document, fragment: Document) -> None:
    document["type"] = list(dict.fromkeys([*document["type"], *fragment.get("type", [])]))


def _set_scope(revision: Revision, scope: list[str], *, overwrite: bool) -> None:
    document = revision.after
    assert document is not None
    current = document.get("scope", [])
    if scope == [NULL_URN]:
        document.pop("scope", None)
    else:
        document["scope"] = scope if overwrite else list(dict.fromkeys([*current, *scope]))
    revision.updated.append("scope")


def _set_or_drop(document: Document, member: str, value: Any) -> None:
    if value == NULL_URN:
        document.pop(member, None)
    else:
        document[member] = value


def _refuse_foreign_members(kind: str, fragment: Document, attribute: str) -> None:
    """Check that a fragment without a type holds no member that the stored attribute's type does not have (4.5.2)."""
    for member in fragment:
        if member in VALUE_MEMBERS:
            is_foreign = member != ATTRIBUTE_TYPES[kind]
        else:
            is_foreign = member == "unitCode" and kind in UNITLESS_TYPES
        if is_foreign:
            raise InvalidEntity(f"a {kind} has no {member!r}", path=attribute, clause="5.6.4")


def _refuse_type_change(old: Document, fragment: Document, attribute: str) -> None:
    kind = fragment.get("type", old["type"])
    if kind != old["type"]:
        raise InvalidEntity(
            f"the attribute is a {old['type']} and cannot become a {kind} by a partial update",
            path=attribute,
            clause="5.6.4",
        )
