"""Answers for clients of an older version of NGSI-LD: what that version does not know is left out (4.3.6.8, 6.3.6)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, Final

from citycontext.broker.documents.writing import Document, instances
from citycontext.broker.request.negotiation import preference
from citycontext.ngsild.attribute_base import ATTRIBUTE_MEMBERS
from citycontext.ngsild.terms import ENTITY_MEMBERS, VALUE_MEMBERS

__all__ = ["LATEST", "downgrade", "downgrade_body", "downgrade_evolution", "read_version", "version_of", "version_text"]

LATEST: Final = 9
"""The minor version of 1.x that the broker answers in."""

_VERSION: Final = re.compile(r"(\d{1,3})\.(\d{1,3})(\.\d{1,3})?")
_ONE_ATTRIBUTE: Final = re.compile(r"/attrs/[^/]+$")
_AS_PROPERTY: Final = {"JsonProperty": "json", "VocabProperty": "vocab", "ListProperty": "valueList"}


def read_version(prefer: Sequence[str]) -> int | None:
    """Read which minor version a request prefers; None when it prefers none.

    Args:
        prefer: The Prefer headers.
    """
    asked = preference(", ".join(prefer), "ngsi-ld")
    return None if asked is None else version_of(asked)


def version_of(text: str) -> int:
    """Return the minor version of 1.x that is nearest to what a text such as ``1.6`` asks for."""
    found = _VERSION.fullmatch(text)
    if found is None or int(found[1]) > 1:
        return LATEST
    return min(LATEST, int(found[2])) if found[1] == "1" else 0


def version_text(minor: int) -> str:
    """Write a version as ``Preference-Applied`` names it."""
    return f"1.{minor}"


def downgrade(wire: dict[str, Any], minor: int) -> dict[str, Any]:
    """Return a normalized entity as an older version has it.

    Args:
        wire: The entity, compacted.
        minor: The minor version of 1.x.
    """
    if minor >= LATEST:
        return wire
    older = {name: _attribute(member, minor) if name not in ENTITY_MEMBERS else member for name, member in wire.items()}
    older.pop("expiresAt", None)
    if minor < 4:
        older.pop("scope", None)
    if minor < 3 and isinstance(older.get("type"), list):
        older["type"] = older["type"][0]
    return older


def downgrade_evolution(wire: dict[str, Any], minor: int) -> dict[str, Any]:
    """Return an evolution in normalized form as an older version has it: each instance for itself."""
    if minor >= LATEST:
        return wire
    older = {
        name: [_instance(one, minor) if isinstance(one, dict) else one for one in member]
        if name not in ENTITY_MEMBERS and isinstance(member, list)
        else member
        for name, member in wire.items()
    }
    if minor < 4:
        older.pop("scope", None)
    return older


def downgrade_body(body: Any, path: str, minor: int) -> Any:
    """Return what is sent to a source as an older version has it (4.3.6.8).

    Args:
        body: An entity, several, a fragment of one, or one attribute; queries and subscriptions stay as they are.
        path: The path that it goes to, which tells them apart.
        minor: The minor version of 1.x.
    """
    if minor >= LATEST or path.endswith("/query") or path.startswith("/subscriptions"):
        return body
    if isinstance(body, list):
        return [downgrade_body(one, path, minor) for one in body]
    if not isinstance(body, dict):
        return body
    if _ONE_ATTRIBUTE.search(path) is not None:
        return _instance(_typed(body), minor)
    typed = {
        name: [_typed(one) for one in member] if isinstance(member, list) else _typed(member)
        for name, member in body.items()
        if name not in ENTITY_MEMBERS
    }
    return downgrade({**body, **typed}, minor)


def _typed(instance: Any) -> Any:
    """Return an attribute with the type that its value tells: of JSON, words and lists alone, which older ones lack."""
    if not isinstance(instance, dict) or "type" in instance:
        return instance
    told = next((kind for member, kind in VALUE_MEMBERS.items() if member in instance), None)
    return instance if told is None else {"type": told, **instance}


def _attribute(member: Any, minor: int) -> Any:
    listed = instances(member)
    if not all(isinstance(one, dict) for one in listed):
        return member
    if minor < 3 and len(listed) > 1:
        listed = [next((one for one in listed if "datasetId" not in one), listed[0])]
    older = [_instance(one, minor) for one in listed]
    return older if isinstance(member, list) and len(older) > 1 else older[0]


def _instance(instance: Document, minor: int) -> Document:
    older = {
        name: member if name in ATTRIBUTE_MEMBERS else _attribute(member, minor) for name, member in instance.items()
    }
    for since, change in _CHANGES:
        if minor < since:
            change(older)
    return older


def _before_1_9(instance: Document) -> None:
    for name in ("expiresAt", "valueType", "ngsildproof"):
        instance.pop(name, None)


def _before_1_8(instance: Document) -> None:
    instance.pop("objectType", None)
    member = _AS_PROPERTY.get(instance.get("type", ""))
    if member is not None and member in instance:
        _rename(instance, member, "Property", "value", instance[member])
    elif instance.get("type") == "ListRelationship" and "objectList" in instance:
        targets = [one["object"] if isinstance(one, dict) else one for one in instance["objectList"]]
        _rename(instance, "objectList", "Relationship", "object", targets)


def _before_1_4(instance: Document) -> None:
    if instance.get("type") == "LanguageProperty" and "languageMap" in instance:
        _rename(instance, "languageMap", "Property", "value", instance["languageMap"])


def _before_1_3(instance: Document) -> None:
    for name in ("datasetId", "observedAt", "unitCode"):
        instance.pop(name, None)


def _rename(instance: Document, member: str, kind: str, new_member: str, value: Any) -> None:
    rest = {name: one for name, one in instance.items() if name not in (member, "type")}
    instance.clear()
    instance |= {"type": kind, new_member: value, **rest}


_CHANGES: Final[tuple[tuple[int, Callable[[Document], None]], ...]] = (
    (9, _before_1_9),
    (8, _before_1_8),
    (4, _before_1_4),
    (3, _before_1_3),
)
