"""Finding a model: by type, by subject, by attribute, by words."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Final

import orjson

from citycontext.errors import AmbiguousModel, UnknownModel
from citycontext.models.catalogue.classes import registries
from citycontext.models.catalogue.description import ModelDescription
from citycontext.models.catalogue.families import Key, ModelFamily, SmartDataModelsFamily, installed_families
from citycontext.models.catalogue.generation import STATIC_SUBJECTS
from citycontext.models.catalogue.index import plain_name
from citycontext.models.catalogue.near_types import near_types
from citycontext.models.catalogue.synonyms import meant_by, plain_words
from citycontext.models.smart_data_model import SmartDataModel
from citycontext.ngsild.entity import Entity
from citycontext.ngsild.names import to_snake

__all__ = [
    "describe",
    "families",
    "find_models",
    "model_for",
    "model_of_class",
    "models",
    "registered_class",
    "subjects",
]


_WEAK: Final = 100
_MEANT: Final = 20
_NEXT: Final = 150
_NOT_FOUND: Final = 1_000_000


@cache
def _shipped() -> ModelFamily:
    return SmartDataModelsFamily()


@cache
def _installed() -> tuple[ModelFamily, ...]:
    return tuple(installed_families())


@cache
def _keys_by_type(family: ModelFamily) -> dict[str, list[Key]]:
    keys: dict[str, list[Key]] = {}
    for key in family:
        keys.setdefault(key[1], []).append(key)
    return keys


def families() -> tuple[ModelFamily, ...]:
    """Return all families: the one that ships with the package first, then those of other packages by name."""
    return (_shipped(), *_installed())


def models(subject: str | None = None) -> Iterator[ModelDescription]:
    """Yield every model.

    Args:
        subject: Only those of this subject, e.g. ``Parking``; its case and its blanks do not matter.
    """
    wanted = plain_name(subject) if subject else None
    for family in families():
        for key in family:
            if wanted is None or plain_name(key[0]) == wanted:
                yield family.describe(key)


def subjects() -> list[str]:
    """Return the names of all subjects."""
    return sorted({key[0] for family in families() for key in family})


def model_for(type_name: str, subject: str | None = None) -> type[Entity]:
    """Return the entity class of a model.

    A model that ships with the package goes before one of another package.

    Args:
        type_name: The entity type, e.g. ``OffStreetParking``.
        subject: The subject, e.g. ``Parking``; needed only where several have the type.

    Raises:
        UnknownModel: No family has it; the error names what comes near.
        AmbiguousModel: Several subjects have it; the error names them.
    """
    family, key = _find(type_name, subject)
    return family.entity_class(key)


def registered_class(key: Key) -> type[Entity] | None:
    """Return the class that ``model_for`` gives for exactly this subject and type, or ``None`` where no family has it.

    Args:
        key: A subject and a type.
    """
    for family in _one_by_one():
        if key[1] in _keys_by_type(family) and key in _keys_by_type(family)[key[1]]:
            return family.entity_class(key)
    return None


registries.append(registered_class)


def describe(model: type[Entity] | str, subject: str | None = None) -> ModelDescription:
    """Describe a model: its attributes with kind, type, unit, enumeration and limits.

    Args:
        model: An entity class, or an entity type.
        subject: The subject; needed only where several have the type.

    Raises:
        UnknownModel: No family has it, or the class stands for no model.
        AmbiguousModel: Several subjects have it.
    """
    if isinstance(model, str):
        family, key = _find(model, subject)
        return family.describe(key)
    if issubclass(model, SmartDataModel):
        if model._description is not None:
            described: ModelDescription = model._description
            return described
        if model._origin is not None and model._origin.subject:
            return _shipped().describe((model._origin.subject, model._origin.type))
        if model._schema:
            return _own(model)
        if model._origin is not None:
            raise UnknownModel(
                f"the class {model.__name__} was generated without its schema; run citycontext models generate again"
            )
    raise UnknownModel(f"the class {model.__name__} stands for no model; model_for() gives classes that do")


def _own(model: type[SmartDataModel]) -> ModelDescription:
    """Describe a class by the schema that was generated with it, once."""
    from citycontext.models.own_schema import describe_schema  # most classes are of models that ship

    described: ModelDescription = describe_schema(orjson.loads(model._schema), type_name=model.entity_type)
    model._description = described
    return described


def model_of_class(entity_class: type[Entity]) -> ModelDescription | None:
    """Return the model that a class stands for, ``None`` for a class of a user's own that stands for none.

    Args:
        entity_class: The class.
    """
    try:
        return describe(entity_class)
    except UnknownModel:
        return None


def find_models(words: str = "", *, attribute: str | None = None, subject: str | None = None) -> list[ModelDescription]:
    """Find models by words and attributes.

    Args:
        words: Words that all occur in the names of type, subject or attributes; usual Dutch, French and English ones
            count too.
        attribute: The wire name or Python name of an attribute the model declares.
        subject: Only models of this subject.

    Returns:
        The models, best match first: the type that is asked for by its name, then those of a city's subjects, then
        the others; among them a match in the type counts most.
    """
    wanted, wanted_subject = plain_words(words), plain_name(subject) if subject else None
    readings = meant_by(wanted, compounds=True)
    in_words = f" {plain_name(attribute)}" if attribute is not None else ""
    ranked = []
    for family in families():
        for key in family:
            if wanted_subject is not None and plain_name(key[0]) != wanted_subject:
                continue
            names = family.attribute_words(key)
            if in_words not in names:
                continue
            rank = _rank(key, names, wanted)
            if rank >= _WEAK:
                meant = (_MEANT + _NEXT * place + _rank(key, names, one) for place, one in enumerate(readings))
                rank = min(rank, *meant, _NOT_FOUND)
            if rank >= _NOT_FOUND or (attribute is not None and not _has_attribute(family.describe(key), attribute)):
                continue
            ranked.append(((rank > 0, key[0] not in STATIC_SUBJECTS, rank, *key), family, key))
    return [family.describe(key) for _, family, key in sorted(ranked, key=lambda entry: entry[0])]


def _has_attribute(model: ModelDescription, name: str) -> bool:
    return name in model.attributes or any(one.name == name for one in model.attributes.values())


def _rank(key: Key, attributes: str, words: list[str]) -> int:
    """Return how far a model is from words: nothing where each is its name, more where attributes alone have them."""
    subject, type_name = plain_name(key[0]), plain_name(key[1])
    rank = 0
    for word in words:
        if word == type_name:
            continue
        if word in type_name and _begins(word, key[1]):
            rank += 1
        elif word in subject and _begins(word, key[0]):
            rank += 10
        elif f" {word}" in attributes:
            rank += _WEAK
        elif word in attributes or word in type_name:
            rank += 2 * _WEAK
        else:
            return _NOT_FOUND
    return rank


@lru_cache(maxsize=4096)
def _begins(word: str, name: str) -> bool:
    """Return whether a word begins where one of a name does: ``street`` does in OffStreetParking, ``tree`` does not."""
    parts = to_snake(name).split("_")
    return any("".join(parts[place:]).startswith(word) for place in range(len(parts)))


def _find(type_name: str, subject: str | None) -> tuple[ModelFamily, Key]:
    wanted = plain_name(subject) if subject else None
    for family in _one_by_one():
        keys = [
            key for key in _keys_by_type(family).get(type_name, ()) if wanted is None or plain_name(key[0]) == wanted
        ]
        if len(keys) > 1:
            keys = [key for key in keys if key[0] in STATIC_SUBJECTS] or keys
        if len(keys) == 1:
            return family, keys[0]
        if keys:
            names = tuple(key[0] for key in keys)
            raise AmbiguousModel(
                f"several subjects have a model {type_name}: {', '.join(names)}; name the subject", subjects=names
            )
    near = near_types(type_name, [key for family in families() for key in family])
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    where = f" in the subject {subject}" if subject else ""
    raise UnknownModel(f"no model {type_name!r}{where}{hint}", near=near)


def _one_by_one() -> Iterator[ModelFamily]:
    """Yield families in order, looking for installed ones only when those that ship do not do."""
    yield _shipped()
    yield from _installed()
