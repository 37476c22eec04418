"""Links to several entities, in one of the three ways there are, and instances that are told apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Any, Final, TypeGuard
from urllib.parse import quote

from citycontext.models.cleaning.changes import Changes
from citycontext.ngsild.json_copy import copy_json
from citycontext.ngsild.names import is_uri

__all__ = ["Links", "is_link", "is_link_list", "tell_apart", "write_links"]


class Links(StrEnum):
    """How a link to several entities is written."""

    INSTANCES = "instances"
    """One instance for each, with a ``datasetId`` of its own (CIM 009, 4.5.5): every broker knows it."""
    LIST_RELATIONSHIP = "list-relationship"
    """One ListRelationship (CIM 009, 4.5.22), which keeps the order."""
    ARRAY = "array"
    """One Relationship whose ``object`` is a list (CIM 009, 4.5.3, since 1.8)."""


_NUMBERED: Final = "urn:ngsi-ld:Dataset:"
_BARE: Final = frozenset({"type", "object"})


def is_link(value: Any) -> bool:
    """Return whether a value may be a Relationship's object: a URI."""
    return isinstance(value, str) and is_uri(value)


def is_link_list(value: Any) -> bool:
    """Return whether a value is a list of URIs, of at least one."""
    return isinstance(value, list) and bool(value) and _all_links(value)


def _all_links(values: list[Any]) -> TypeGuard[list[str]]:
    return all(map(is_link, values))


def write_links(attribute: dict[str, Any], links: Links, path: str, changes: Changes) -> Any:
    """Write a Relationship to several, or a ListRelationship, in one way.

    Args:
        attribute: A normalized Relationship or ListRelationship.
        links: The way.
        path: Where it stands.
        changes: Takes down what is changed.

    Returns:
        The attribute, or its instances; what is not a link stays as it is.
    """
    member = "object" if attribute.get("type") == "Relationship" else "objectList"
    listed = attribute.get(member)
    if not isinstance(listed, list) or "entity" in attribute or "entityList" in attribute:
        return attribute
    targets = [one.get("object") if isinstance(one, dict) and one.keys() == {"object"} else one for one in listed]
    if not _all_links(targets) or (not targets and member == "object" and links is not Links.LIST_RELATIONSHIP):
        return attribute
    written = _written(attribute, member, targets, links)
    if written != attribute:
        changes.note(path, "links", _MESSAGES[links], found=listed, clause=_CLAUSES[links])
    return written


_MESSAGES: Final = {
    Links.INSTANCES: "is written as one instance for each link, named by what it links to",
    Links.LIST_RELATIONSHIP: "is written as a ListRelationship",
    Links.ARRAY: "is written as one Relationship to a list",
}
_CLAUSES: Final = {Links.INSTANCES: "4.5.5", Links.LIST_RELATIONSHIP: "4.5.22", Links.ARRAY: "4.5.3"}


def _written(attribute: dict[str, Any], member: str, targets: list[str], links: Links) -> Any:
    if links is Links.LIST_RELATIONSHIP:
        return _replaced(attribute, member, "ListRelationship", "objectList", [{"object": one} for one in targets])
    if not targets:
        return attribute
    if links is Links.ARRAY:
        return _replaced(attribute, member, "Relationship", "object", targets)
    if len(targets) == 1:
        return _replaced(attribute, member, "Relationship", "object", targets[0])
    own = attribute.get("datasetId")
    stems = targets if own is None or own == "@none" else [f"{own}:{number}" for number in range(1, len(targets) + 1)]
    return [
        {**copy_json(_replaced(attribute, member, "Relationship", "object", target)), "datasetId": name}
        for target, name in zip(targets, _unique(stems, ()), strict=True)
    ]


def _replaced(attribute: dict[str, Any], member: str, kind: str, new_member: str, value: Any) -> dict[str, Any]:
    return {
        new_member if name == member else name: kind if name == "type" else value if name == member else one
        for name, one in attribute.items()
    }


def tell_apart(instances: list[dict[str, Any]], name: str, links: Links, path: str, changes: Changes) -> Any:
    """Make several instances one, where the chosen way of writing links allows it, or give each its ``datasetId``.

    Args:
        instances: Normalized instances of one attribute.
        name: The attribute's wire name.
        links: How a link to several entities is written.
        path: Where the attribute stands.
        changes: Takes down what is changed.
    """
    unnamed = [one for one in instances if one.get("datasetId") in (None, "@none")]
    if len(unnamed) < 2:
        return instances
    are_links = all(one.get("type") == "Relationship" and is_link(one.get("object")) for one in unnamed)
    if are_links and links is not Links.INSTANCES and all(one.keys() == _BARE for one in instances):
        listed = {"type": "Relationship", "object": [one["object"] for one in instances]}
        return write_links(listed, links, path, changes) if links is not Links.ARRAY else _noted(listed, path, changes)
    taken = [one["datasetId"] for one in instances if isinstance(one.get("datasetId"), str)]
    if are_links:
        names = _unique((one["object"] for one in unnamed), taken)
        to_name = unnamed
    else:  # the first stays the default instance
        names = _unique(
            (f"{_NUMBERED}{quote(name, safe=':')}:{number}" for number in range(2, len(unnamed) + 1)), taken
        )
        to_name = unnamed[1:]
    named = {id(one): {**one, "datasetId": dataset} for one, dataset in zip(to_name, names, strict=True)}
    changes.note(
        path,
        "instances",
        "has several instances, and each is given a datasetId",
        written=[one["datasetId"] for one in named.values()],
        clause="4.5.5",
    )
    return [named.get(id(one), one) for one in instances]


def _noted(listed: dict[str, Any], path: str, changes: Changes) -> dict[str, Any]:
    changes.note(path, "links", _MESSAGES[Links.ARRAY], clause=_CLAUSES[Links.ARRAY])
    return listed


def _unique(names: Iterable[str], taken: Iterable[str]) -> Iterator[str]:
    seen = set(taken)
    for stem in names:
        name, number = stem, 2
        while name in seen:
            name, number = f"{stem}#{number}", number + 1
        seen.add(name)
        yield name
