"""What a name or a value discloses: a person, a vehicle, a device, a count so small that it points at somebody."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final, Literal

from citycontext.errors import AmbiguousModel, UnknownModel
from citycontext.models.catalogue.registry import describe
from citycontext.models.schema.reduction import identifies_person
from citycontext.publish.disclosing.identifiers import GiveAway, identifier_in

__all__ = ["Disclosure", "disclosed_by", "is_personal", "is_small", "local_name"]

Disclosure = GiveAway | Literal["personal"]

_MAX_DEPTH: Final = 64
_LONG: Final = 10**9
_TOO_LONG: Final = 10**15
_DIVIDERS: Final = re.compile("[/#:]")


def disclosed_by(content: Any, *, codes: bool, names: bool = True, depth: int = 0) -> Disclosure | None:
    """Return what a value discloses, wherever in it, names of members included.

    Args:
        content: Any JSON value.
        codes: Whether its texts are declared to be codes; see ``identifier_in``.
        names: Whether a member's name alone may tell that it is about a person.
        depth: How deep it stands in what is looked through.

    Raises:
        RecursionError: It is nested too deep to be looked through.
    """
    if isinstance(content, str):
        return identifier_in(content, codes=codes)
    if depth > _MAX_DEPTH:
        raise RecursionError
    if isinstance(content, dict):
        for name, inner in content.items():
            if names and _names_person(local_name(name)):
                return "personal"
            found: Disclosure | None = identifier_in(name, codes=codes)
            found = found or disclosed_by(inner, codes=codes, names=names, depth=depth + 1)
            if found is not None:
                return found
    elif isinstance(content, int):
        return _of_number(content)
    elif isinstance(content, list) and not (content and all(isinstance(one, float) for one in content)):
        for one in content:
            found = disclosed_by(one, codes=codes, names=names, depth=depth + 1)
            if found is not None:
                return found
    return None


def is_small(value: Any, least: int) -> bool:
    """Return whether a value is a count below a least one, zero apart, or has one in it.

    Args:
        value: Any JSON value; a text that is a number counts as one.
        least: The least count that may be published.
    """
    if isinstance(value, bool):
        return False
    if isinstance(value, dict):
        return any(is_small(one, least) for one in value.values())
    if isinstance(value, list):
        return any(is_small(one, least) for one in value)
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return False
    return isinstance(value, int | float) and 0 < value < least


@lru_cache(maxsize=4096)
def is_personal(entity_type: str, name: str) -> bool:
    """Return whether an attribute is marked by its name, or by a model of its type; of several models by any.

    Args:
        entity_type: The type, short or as an IRI.
        name: The attribute's name, short or as an IRI.
    """
    local = local_name(name)
    if identifies_person(local):
        return True
    return any(local in model.attributes and model[local].personal for model in _models(entity_type))


def local_name(name: str) -> str:
    """Return the last part of a name: of an IRI, behind the prefix of a compact one, or all of it."""
    return _DIVIDERS.split(name)[-1]


def _of_number(number: int) -> Disclosure | None:
    """Return what a whole number discloses: one that is long enough may be somebody's, written as a number."""
    if not _LONG <= number < _TOO_LONG:
        return None
    found = identifier_in(str(number), codes=True)
    return found if found in ("national-number", "telephone") else None


_names_person: Final = lru_cache(maxsize=4096)(identifies_person)


def _models(entity_type: str) -> list[Any]:
    local = local_name(entity_type)
    try:
        return [describe(local)]
    except AmbiguousModel as several:
        return [describe(local, subject) for subject in several.subjects]
    except UnknownModel:
        return []
