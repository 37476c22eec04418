"""Expand and compact whole payloads, as a broker does between the wire and its store (CIM 009, 5.5.7).

An expanded payload keeps its NGSI-LD shape: ``type``, ``value``, ``observedAt`` and the other members of the standard
stay short; the names of attributes, entity types and vocabulary values become IRIs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from citycontext.errors import InvalidContext, InvalidEntity
from citycontext.ngsild.terms import ENTITY_MEMBERS, GEOMETRY_TYPES, PREVIOUS_MEMBERS, SYSTEM_MEMBERS, VALUE_MEMBERS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from citycontext.ngsild.context.context import Context

__all__ = ["compact_attribute", "compact_entity", "expand_attribute", "expand_entity"]

_MAX_DEPTH: Final = 100
"""Objects and lists within each other; a payload that nests deeper is refused."""

_WORD_MEMBERS: Final = frozenset({"vocab", "vocabs", "previousVocab", "objectType", "valueType"})
_COMPOUND_MEMBERS: Final = frozenset(
    {"value", "values", "previousValue", "valueList", "valueLists", "previousValueList"}
)
_ENTITY_VALUED_MEMBERS: Final = frozenset({"entity", "entityList"})
_KEPT_MEMBERS: Final = (
    frozenset(
        {
            *("id", "type", "unitCode", "datasetId", "instanceId", "observedAt", "expiresAt", "lang", "ngsildproof"),
            *("objects", "languageMaps", "jsons", "objectLists"),
            *VALUE_MEMBERS,
            *PREVIOUS_MEMBERS.values(),
        }
    )
    | SYSTEM_MEMBERS
) - (_WORD_MEMBERS | _COMPOUND_MEMBERS | _ENTITY_VALUED_MEMBERS)
_SIMPLE_MEMBERS: Final = _KEPT_MEMBERS | {"value"}
_KEPT_ENTITY_MEMBERS: Final = ENTITY_MEMBERS - {"@id", "@type", "@context", "type"}


def expand_entity(entity: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Expand an entity, or a fragment of one, in normalized or temporal form.

    Args:
        entity: The payload; it is not changed. A member ``@context`` is left out.
        context: What it is read by.

    Returns:
        A new dict: IRIs as names of attributes and sub-attributes at any depth and of members of compound values,
        as entity types, and as values of VocabProperties; ``json`` values and geometries as they were.

    Raises:
        InvalidEntity: Two members turn out to be the same attribute, or the payload nests too deep.
        InvalidContext: An ``@context`` stands inside an attribute (CIM 009, 5.5.7).
        InvalidName: The context maps a name to null.
    """
    return _expansion(context).entity(entity, "", 0)


def compact_entity(entity: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Compact an expanded entity, or a fragment of one; the reverse of `expand_entity`.

    Args:
        entity: The expanded payload; it is not changed.
        context: What the reader will read it by.

    Returns:
        A new dict. What no term of the context means keeps its IRI.
    """
    return _compaction(context).entity(entity, "", 0)


def expand_attribute(attribute: Any, context: Context) -> Any:
    """Expand what stands behind an attribute's name: one instance, or a list of them (see `expand_entity`).

    Args:
        attribute: The attribute, normalized.
        context: What it is read by.
    """
    return _expansion(context).attribute(attribute, "", 0)


def compact_attribute(attribute: Any, context: Context) -> Any:
    """Compact what stands behind an attribute's name (see `compact_entity`).

    Args:
        attribute: The expanded attribute.
        context: What the reader will read it by.
    """
    return _compaction(context).attribute(attribute, "", 0)


def _expansion(context: Context) -> _Translation:
    return _Translation(context.expand, context.expand, context.expand_vocab)


def _compaction(context: Context) -> _Translation:
    return _Translation(context.compact, context.compact_member, context.compact_vocab)


class _Translation:
    """One walk over a payload, the same in both directions."""

    __slots__ = ("_attribute_name", "_member_name", "_word")

    def __init__(
        self,
        attribute_name: Callable[[str], str],
        member_name: Callable[[str], str],
        word: Callable[[str], str],
    ) -> None:
        self._attribute_name = attribute_name
        self._member_name = member_name
        self._word = word

    def entity(self, entity: Mapping[str, Any], path: str, depth: int) -> dict[str, Any]:
        translated: dict[str, Any] = {}
        name_of = self._attribute_name
        for key, member in entity.items():
            if key in _KEPT_ENTITY_MEMBERS:
                translated[key] = member
            elif key == "type":
                translated[key] = self._words(member)
            elif key != "@context":
                name = name_of(key)
                if name[:1] == "@":
                    translated[_plain_keyword(name, path)] = member if name == "@id" else self._words(member)
                elif (simple := _copy_if_simple(member)) is not None:
                    translated[name] = simple
                else:
                    translated[name] = self.attribute(member, f"{path}.{key}" if path else key, depth)
        if len(translated) + ("@context" in entity) != len(entity):
            raise _given_twice(entity, name_of, path)
        return translated

    def attribute(self, attribute: Any, path: str, depth: int) -> Any:
        if isinstance(attribute, dict):
            return self._instance(attribute, path, depth)
        if isinstance(attribute, list):
            return [self._instance(one, path, depth) if isinstance(one, dict) else one for one in attribute]
        return attribute

    def _instance(self, attribute: dict[str, Any], path: str, depth: int) -> dict[str, Any]:
        if depth > _MAX_DEPTH:
            raise InvalidEntity(f"nests more than {_MAX_DEPTH} deep", path=path)
        translated: dict[str, Any] = {}
        for key, member in attribute.items():
            if key in _KEPT_MEMBERS:
                translated[key] = member
            elif key in _COMPOUND_MEMBERS:
                compound = isinstance(member, (dict, list))
                translated[key] = self._compound(member, path, depth + 1) if compound else member
            elif key in _WORD_MEMBERS:
                translated[key] = self._words(member)
            elif key in _ENTITY_VALUED_MEMBERS:
                translated[key] = self._entities(member, path, depth + 1)
            elif key == "@context":
                raise _embedded_context(path)
            elif key == "@type":
                translated["type"] = member
            else:
                name = self._attribute_name(key)
                inner = self.attribute(member, f"{path}.{key}", depth + 1)
                translated[key if name[:1] == "@" else name] = inner
        if len(translated) != len(attribute):
            raise _given_twice(attribute, self._attribute_name, path)
        return translated

    def _entities(self, entities: Any, path: str, depth: int) -> Any:
        if depth > _MAX_DEPTH:
            raise InvalidEntity(f"nests more than {_MAX_DEPTH} deep", path=path)
        if isinstance(entities, dict):
            return self.entity(entities, path, depth)
        if isinstance(entities, list):
            return [self._entities(one, path, depth + 1) for one in entities]
        return entities

    def _compound(self, value: Any, path: str, depth: int) -> Any:
        """Translate a JSON value of a Property: the names in it are terms too, unless it is a geometry."""
        if depth > _MAX_DEPTH:
            raise InvalidEntity(f"nests more than {_MAX_DEPTH} deep", path=path)
        if isinstance(value, list):
            return [self._compound(one, path, depth + 1) if isinstance(one, (dict, list)) else one for one in value]
        if _is_literal(value):
            return value
        translated: dict[str, Any] = {}
        for key, member in value.items():
            if key == "@context":
                raise _embedded_context(path)
            if key in ("type", "@type"):
                translated[key] = self._words(member)
            else:
                compound = isinstance(member, (dict, list))
                inner = self._compound(member, path, depth + 1) if compound else member
                name = self._member_name(key)
                translated[key if name[:1] == "@" else name] = inner
        if len(translated) != len(value):
            raise _given_twice(value, self._member_name, path)
        return translated

    def _words(self, words: Any) -> Any:
        if isinstance(words, str):
            return self._word(words)
        if isinstance(words, list):
            return [self._word(one) if isinstance(one, str) else one for one in words]
        return words


def _plain_keyword(keyword: str, path: str) -> str:
    if keyword not in ("@id", "@type"):
        raise InvalidEntity(f"{keyword} cannot be the name of an attribute", path=path, clause="4.6.2")
    return keyword[1:]


def _embedded_context(path: str) -> InvalidContext:
    return InvalidContext(f"stands inside attribute {path}; NGSI-LD takes it at the top only (CIM 009, 5.5.7)")


def _given_twice(members: Mapping[str, Any], name_of: Callable[[str], str], path: str) -> InvalidEntity:
    first: dict[str, str] = {}
    for key in members:
        name = key if key == "@context" else name_of(key)
        if name in first:
            return InvalidEntity(f"{first[name]!r} and {key!r} both mean {name}; give one", path=path, clause="5.5.7")
        first[name] = key
    return InvalidEntity("two members mean the same", path=path, clause="5.5.7")


def _copy_if_simple(attribute: Any) -> dict[str, Any] | None:
    """Copy an attribute in which there is nothing to translate, as in most."""
    if attribute.__class__ is dict and attribute.keys() <= _SIMPLE_MEMBERS:
        value = attribute.get("value")
        if _is_literal(value) if isinstance(value, dict) else not isinstance(value, list):
            copy: dict[str, Any] = attribute.copy()
            return copy
    return None


def _is_literal(value: dict[str, Any]) -> bool:
    """Whether a compound value is to be left alone: a geometry, or JSON-LD's own JSON literal."""
    kind = value.get("type", value.get("@type"))
    return isinstance(kind, str) and (kind == "@json" or ("coordinates" in value and kind in GEOMETRY_TYPES))
