"""From the payload of a write to a document as it is stored: checked, normalized, expanded (4.5, 5.5.4, 5.5.7)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from citycontext.broker.documents.admission import Nulls, admit_attribute, admit_entity, check_document
from citycontext.broker.documents.writing import Document, instances, instances_by_dataset
from citycontext.errors import InvalidEntity
from citycontext.ngsild.attribute_base import ATTRIBUTE_MEMBERS
from citycontext.ngsild.context import Context, expand_attribute, expand_entity
from citycontext.ngsild.geometry import is_geometry
from citycontext.ngsild.representations import simplified, temporal
from citycontext.ngsild.representations.concise import normalize
from citycontext.ngsild.representations.reading import Reader
from citycontext.ngsild.terms import ATTRIBUTE_TYPES, ENTITY_MEMBERS, NULL_URN, SYSTEM_MEMBERS, VALUE_MEMBERS

__all__ = [
    "attribute_document",
    "attribute_fragment",
    "entity_document",
    "entity_fragment",
    "merge_fragment",
    "read_scope",
    "simplified_fragment",
    "temporal_document",
    "worded_fragment",
]

_SCOPE: Final = re.compile(r"/?[^\W\d_]\w*(/[^\W\d_]\w*)*")
_OUTPUT_ONLY: Final = SYSTEM_MEMBERS | {"instanceId", "entity", "entityList"}
_TOLD_OF_A_VALUE: Final = frozenset({"observedAt", "unitCode", "datasetId", "expiresAt", "valueType", "objectType"})


class _Reader(Reader):
    """Reads fragments, where a time may be the NGSI-LD Null that removes it."""

    __slots__ = ()

    def time(self, text: Any, path: str, name: str) -> Any:
        """Check a timestamp, or let the Null pass."""
        return text if text == NULL_URN and name in _REMOVABLE else super().time(text, path, name)


_REMOVABLE: Final = frozenset({"observedAt", "expiresAt"})
_READER: Final = _Reader(strict=True, complete=True, nulls=True)


def entity_document(payload: Any, context: Context, *, nulls: bool = False) -> Document:
    """Read a whole entity.

    Args:
        payload: What came.
        context: What its names mean.
        nulls: Whether the NGSI-LD Null may stand in it.

    Raises:
        InvalidEntity: It breaks the information model.
    """
    payload = admit_entity(payload)
    for name, value in payload.items() if isinstance(payload, dict) else ():
        # With Nulls it is an update, where what has no value may be meant as a fragment (5.6.8).
        if name not in ENTITY_MEMBERS and any(map(_lacks_value if nulls else _says_nothing_else, instances(value))):
            raise InvalidEntity("the attribute has no value", path=name, clause="4.5.2.2")
    return _document(normalize(payload, nulls=nulls), context, nulls="instances" if nulls else "none")


def entity_fragment(payload: Any, context: Context, *, id: str | None = None, nulls: Nulls = "instances") -> Document:
    """Read a fragment of an entity, for an update.

    Args:
        payload: What came.
        context: What its names mean.
        id: The entity's id, with which an ``id`` in the fragment must agree.
        nulls: Where the NGSI-LD Null may stand in it.

    Raises:
        InvalidEntity: It breaks the information model, is about another entity, or an attribute in it has no value:
            whole instances are replaced (5.6.2, 5.6.3), so its value would be lost.
    """
    payload = admit_entity(payload)
    for name, value in payload.items() if isinstance(payload, dict) else ():
        if name not in ENTITY_MEMBERS and any(map(_lacks_value, instances(value))):
            raise InvalidEntity(
                "the attribute has no value; to change its other members alone, merge (PATCH on the entity) or update "
                "the attribute (PATCH on attrs/NAME)",
                path=name,
                clause="5.6.2",
            )
    document = _document(_READER.entity(payload, fragment=True), context, nulls=nulls)
    if id is not None and document.get("id", id) != id:
        raise InvalidEntity(f"the body is about {document['id']!r}, the address about {id!r}", path="id", clause="5.6")
    document.pop("id", None)
    return document


def merge_fragment(
    payload: dict[str, Any], before: Document | None, context: Context, *, id: str | None = None
) -> Document:
    """Read a fragment of an entity, for a merge: attributes and sub-attributes may lack value and type (5.5.12).

    Args:
        payload: What came.
        before: The stored entity, which says what a member without a value is about.
        context: What its names mean.
        id: The entity's id, with which an ``id`` in the fragment must agree.

    Raises:
        InvalidEntity: It breaks the information model, is about another entity, or has no value for what is not there.
    """
    payload = admit_entity(payload)
    whole: dict[str, Any] = {}
    partial: list[tuple[str, Document]] = []
    for name, value in payload.items():
        if name in ENTITY_MEMBERS:
            whole[name] = value
            continue
        kept = []
        known = instances_by_dataset(before.get(context.expand(name), [])) if before is not None else {}
        for one in instances(value):
            stored = known.get(_dataset_of(one)) if known and isinstance(one, dict) else None
            if _is_partial(one, stored, context):
                partial.append((context.expand(name), _merge_instance(one, stored, name, context)))
            else:
                kept.append(one)
        if len(kept) == len(instances(value)):
            whole[name] = value
        elif kept:
            whole[name] = kept
    document = entity_fragment(whole, context, id=id, nulls="everywhere")
    for iri, instance in partial:
        others = document.get(iri, [])
        document[iri] = [*instances(others), instance] if others else instance
    check_document(document, "everywhere")
    return document


def _dataset_of(fragment: dict[str, Any]) -> str | None:
    dataset_id = fragment.get("datasetId")
    return dataset_id if isinstance(dataset_id, str) and dataset_id != "@none" else None


def _is_partial(fragment: Any, stored: Document | None, context: Context) -> bool:
    """Return whether an object lacks a value that stays, of its own or of a sub-attribute in it."""
    if not isinstance(fragment, dict) or is_geometry(fragment):
        return False
    if _lacks_value(fragment):
        return True
    if stored is None:
        return False
    if VALUE_MEMBERS.keys().isdisjoint(fragment):
        # A bare object may be the value itself, but only where the value is one and nothing in it is a sub-attribute.
        value = stored.get(ATTRIBUTE_TYPES[stored["type"]])
        return not isinstance(value, dict) or any(_sub(stored, member, context) is not None for member in fragment)
    return any(_is_partial(value, sub, context) for _, value, sub in _subs(fragment, stored, context))


def _sub(stored: Document | None, member: str, context: Context) -> Document | None:
    """Return a stored sub-attribute by its name in a fragment."""
    found = None if stored is None or member in ATTRIBUTE_MEMBERS else stored.get(context.expand(member))
    return found if isinstance(found, dict) and found.get("type") in ATTRIBUTE_TYPES else None


def _subs(
    fragment: dict[str, Any], stored: Document | None, context: Context
) -> Iterator[tuple[str, dict[str, Any], Document | None]]:
    for member, value in fragment.items():
        if member not in ATTRIBUTE_MEMBERS and isinstance(value, dict):
            yield member, value, _sub(stored, member, context)


def _merge_instance(fragment: dict[str, Any], stored: Document | None, name: str, context: Context) -> Document:
    kind = fragment.get("type")
    has_value = not VALUE_MEMBERS.keys().isdisjoint(fragment)
    if not has_value and (stored is None or kind not in (None, stored["type"])):
        raise InvalidEntity(
            "what came has no value, and there is no such instance of that type to merge it with",
            path=name,
            clause="5.6.17",
        )
    partial = [
        (member, value, sub)
        for member, value, sub in _subs(fragment, stored, context)
        if _is_partial(value, sub, context)
    ]
    rest = {member: value for member, value in fragment.items() if member not in {one for one, *_ in partial}}
    if has_value:
        document = _instance(expand_attribute(_READER.attribute(rest, name), context))
    else:
        document = attribute_fragment(rest, name, context, nulls="everywhere")
    for member, value, sub in partial:
        document[context.expand(member)] = _merge_instance(value, sub, f"{name}.{member}", context)
    return document


def _lacks_value(instance: Any) -> bool:
    """Return whether an object is an attribute that says something about its value, and not what the value is."""
    if not isinstance(instance, dict) or not VALUE_MEMBERS.keys().isdisjoint(instance) or is_geometry(instance):
        return False
    return any(
        member in _TOLD_OF_A_VALUE
        or (member == "type" and isinstance(value, str) and value in ATTRIBUTE_TYPES)
        or value == NULL_URN
        or (isinstance(value, dict) and isinstance(value.get("type"), str) and value["type"] in ATTRIBUTE_TYPES)
        for member, value in instance.items()
    )


def _says_nothing_else(instance: Any) -> bool:
    """Return whether all members of an object tell of a value, and none is the value.

    A compound value may have a member that is named as one of these, so one alone does not tell.
    """
    return _lacks_value(instance) and all(
        member in _TOLD_OF_A_VALUE
        or (isinstance(value, dict) and isinstance(value.get("type"), str) and value["type"] in ATTRIBUTE_TYPES)
        for member, value in instance.items()
    )


def simplified_fragment(payload: Any, before: Document, context: Context, lang: str | None) -> dict[str, Any]:
    """Read a fragment in simplified form: attributes keep the types they have (5.6.17).

    Args:
        payload: What came.
        before: The stored entity.
        context: What names mean.
        lang: The language of a plain text that goes into a LanguageProperty; None for ``@none``.

    Returns:
        The fragment in normalized form, not yet expanded.

    Raises:
        InvalidEntity: A value is not one of the type that the attribute has.
    """

    def kind_of(name: str) -> str | None:
        known = before.get(context.expand(name))
        return instances(known)[0]["type"] if known else None

    normalized = {}
    for name, value in payload.items():
        kind = None if name in ENTITY_MEMBERS else kind_of(name)
        if kind in ("LanguageProperty", "VocabProperty", "JsonProperty", "ListProperty") and not _is_wrapped(value):
            member = ATTRIBUTE_TYPES[kind]
            worded = {lang or "@none": value} if kind == "LanguageProperty" and value != NULL_URN else value
            normalized[name] = {"type": kind, member: worded}
        else:
            normalized |= simplified.normalize({name: value}, lambda _, kind=kind: kind)  # type: ignore[misc]
            told = {one["type"] for one in instances(normalized[name])} if kind is not None else set()
            if value != NULL_URN and not told <= {kind}:
                raise InvalidEntity(
                    f"{name!r} is a {kind}, which simplified form does not change; this is not a value of one",
                    path=name,
                    clause="6.5.3.4",
                )
    return normalized


def worded_fragment(payload: dict[str, Any], before: Document, context: Context, lang: str) -> dict[str, Any]:
    """Let a fragment say one language of the LanguageProperties that are there (5.6.17.4).

    Args:
        payload: What came; where it has a text, or texts, for a LanguageProperty, alone or as a value.
        before: The stored entity.
        context: What names mean.
        lang: The language.
    """

    def worded(name: str, given: Any) -> Any:
        known = before.get(context.expand(name)) if name not in ENTITY_MEMBERS else None
        if not known or instances(known)[0]["type"] != "LanguageProperty":
            return given
        if isinstance(given, list) and given and all(isinstance(one, dict) for one in given):
            return [worded(name, one) for one in given]
        rest: dict[str, Any] = {}
        said = given
        if isinstance(given, dict) and given.get("type", "Property") in ("Property", "LanguageProperty"):
            spoken = ("type", "value", "languageMap", "lang")
            rest = {member: one for member, one in given.items() if member not in spoken}
            said = given.get("value", given.get("languageMap"))
        is_text = isinstance(said, str) or (isinstance(said, list) and all(isinstance(one, str) for one in said))
        if not is_text or not said or said == NULL_URN:
            return given
        return {**rest, "type": "LanguageProperty", "languageMap": {lang: said}}

    return {name: worded(name, member) for name, member in payload.items()}


def _is_wrapped(value: Any) -> bool:
    return isinstance(value, dict) and not VALUE_MEMBERS.keys().isdisjoint(value)


def attribute_document(payload: Any, name: str, context: Context) -> Document:
    """Read one whole instance of an attribute.

    Args:
        payload: What came: an attribute in normalized or concise form.
        name: The attribute's name, for errors.
        context: What names in it mean.

    Raises:
        InvalidEntity: It breaks the information model.
    """
    if isinstance(payload, dict):
        payload = {member: value for member, value in payload.items() if member != "@context"}
    if _lacks_value(payload):
        raise InvalidEntity("the attribute has no value, and it is replaced as a whole", path=name, clause="5.6.19")
    read = Reader(strict=True, complete=True, nulls=False).attribute(admit_attribute(payload, name), name)
    if not isinstance(read, dict):
        raise InvalidEntity("one attribute instance is wanted, not a list", path=name, clause="5.6.19")
    document = _instance(expand_attribute(read, context))
    check_document({context.expand(name): document}, "none")
    return document


def attribute_fragment(payload: dict[str, Any], name: str, context: Context, *, nulls: Nulls = "members") -> Document:
    """Read a fragment of one instance, for a partial update: its value and type may be missing.

    Args:
        payload: What came.
        name: The attribute's name, for errors.
        context: What names in it mean.
        nulls: Where the NGSI-LD Null may stand in it.

    Raises:
        InvalidEntity: It breaks the information model.
    """
    payload = {member: value for member, value in payload.items() if member != "@context"}
    payload = {"type" if member == "@type" else member: value for member, value in payload.items()}
    if "type" in payload or not VALUE_MEMBERS.keys().isdisjoint(payload):
        payload = admit_attribute(payload, name)
    kind = payload.get("type")
    if "type" in payload and not isinstance(kind, str):
        raise InvalidEntity("the type of an attribute is a text", path=f"{name}.type", clause="4.5.1")
    if kind is None and VALUE_MEMBERS.keys().isdisjoint(payload):
        # Without a value there is nothing to tell the type by; any type will do to check the other members.
        checked = _READER.attribute({"type": "Property", "value": 0, **payload}, name)
        fragment = {member: value for member, value in checked.items() if member not in ("type", "value")}
    elif kind in ATTRIBUTE_TYPES and ATTRIBUTE_TYPES[kind] not in payload:
        member = ATTRIBUTE_TYPES[kind]
        checked = _READER.attribute({**payload, member: NULL_URN}, name)
        fragment = {key: value for key, value in checked.items() if key != member}
    else:
        fragment = _READER.attribute(payload, name)
        if "type" not in payload:
            # The stored attribute has a type; what a value member suggests is only a guess.
            fragment = {key: value for key, value in fragment.items() if key != "type"}
    document = _instance(expand_attribute(fragment, context))
    check_document({context.expand(name): document}, nulls)
    return document


def temporal_document(payload: Any, context: Context, *, fragment: bool = False) -> Document:
    """Read the temporal representation of an entity: each attribute an array of instances (4.5.6).

    Args:
        payload: What came.
        context: What its names mean.
        fragment: Whether id and type may be missing.

    Raises:
        InvalidEntity: It breaks the information model.
    """
    read = temporal.normalize(admit_entity(payload), fragment=fragment)
    return _document(read, context, evolves=True, nulls="everywhere")


def _document(wire: dict[str, Any], context: Context, *, nulls: Nulls, evolves: bool = False) -> Document:
    document = expand_entity(wire, context)
    if "type" in document:
        document["type"] = list(dict.fromkeys(_listed(document["type"])))
        for kind in document["type"]:
            if kind.startswith("@") or kind in ("id", "type"):
                raise InvalidEntity("'id' and 'type' are not entity types", path="type", clause="4.6.2")
    scope = document.get("scope")
    if scope is not None and evolves and _are_instances(scope):
        document["scope"] = [_scope_instance(one) for one in scope]
    elif scope is not None:
        document["scope"] = read_scope(scope)
    for member in SYSTEM_MEMBERS:
        document.pop(member, None)
    for name, value in document.items():
        if type(value) is dict:
            document[name] = _instance(value)
        elif name not in ENTITY_MEMBERS:
            kept = [_instance(instance) for instance in value]
            if not kept:
                raise InvalidEntity("an attribute has at least one instance", path=name, clause="4.5.6")
            document[name] = kept if len(kept) > 1 else kept[0]
    check_document(document, nulls)
    return document


def _instance(instance: Document) -> Document:
    """Leave out what only the broker may say, and the name of the default instance."""
    if not _OUTPUT_ONLY.isdisjoint(instance) or instance.get("datasetId") == "@none":
        return {
            member: value
            for member, value in instance.items()
            if member not in _OUTPUT_ONLY and not (member == "datasetId" and value == "@none")
        }
    return instance


def _are_instances(scope: Any) -> bool:
    """Return whether a scope is given as instances over time (4.18)."""
    return isinstance(scope, list) and all(isinstance(one, dict) and "value" in one for one in scope)


def _scope_instance(instance: Document) -> Document:
    """Read a scope as it was at some time; what only the broker may say is left out (4.18)."""
    if instance.get("type", "Property") != "Property":
        raise InvalidEntity("a scope over time is a list of Properties", path="scope", clause="4.5.6")
    read: Document = {"type": "Property", "value": read_scope(instance["value"])}
    if "observedAt" in instance:
        read["observedAt"] = _READER.time(instance["observedAt"], "scope", "observedAt")
    return read


def read_scope(value: Any) -> list[str]:
    """Return one scope or several as a list without repeats.

    Raises:
        InvalidEntity: The list is empty, or a scope in it is not written as scopes are (4.18).
    """
    scopes = _listed(value)
    if not scopes:
        raise InvalidEntity("it holds at least one scope", path="scope", clause="4.18")
    for scope in scopes:
        if not isinstance(scope, str) or (scope != NULL_URN and not _SCOPE.fullmatch(scope)):
            raise InvalidEntity(f"{scope!r:.80} is not a scope, such as /Gent/Centre", path="scope", clause="4.18")
    return list(dict.fromkeys(scopes))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
