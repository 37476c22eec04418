"""Links from an entity to what a Flemish register calls the same thing (``owl:sameAs``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from citycontext.errors import DataError
from citycontext.oslo.identifiers import Register, RegisterIdentifier, parse_identifier

__all__ = ["SAME_AS", "same_as", "with_same_as"]

SAME_AS: Final = "http://www.w3.org/2002/07/owl#sameAs"

_IDENTIFYING: Final = frozenset(
    {"identifier", "registerId", "alternateId", "externalId", "nisCode", "ovoCode", "addressId"}
)
"""Attributes that identify the thing itself; ``owner`` or ``municipality`` name another one."""
_KINDS: Final[Mapping[str, Register]] = {
    "AdministrativeArea": Register.MUNICIPALITY,
    "City": Register.MUNICIPALITY,
    "Gemeente": Register.MUNICIPALITY,
    "Municipality": Register.MUNICIPALITY,
    "Organisatie": Register.ORGANISATION,
    "Organisation": Register.ORGANISATION,
    "Organization": Register.ORGANISATION,
    "PublicOrganisation": Register.ORGANISATION,
}
"""Types whose bare code, without an address, says which register is meant."""


def same_as(entity: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the addresses that registers have for the thing that an entity is.

    .. versionadded:: 0.2

    A register's address counts wherever an attribute identifies the thing; a bare NIS or OVO code counts, there or at
    the end of the id, where the entity's type is a municipality or an organisation. Nothing is guessed from other
    attributes: the municipality that a car park lies in is another thing.

    Args:
        entity: The entity, in any representation with short names or IRIs.

    Returns:
        Each address once, in the order found, without the entity's own id.
    """
    found = dict.fromkeys(one.iri for one in _identifiers(entity))
    return tuple(iri for iri in found if iri != entity.get("id"))


def with_same_as(entity: Mapping[str, Any]) -> dict[str, Any]:
    """Return a normalized entity with its links to registers, as one Relationship under the IRI of ``owl:sameAs``.

    .. versionadded:: 0.2

    Args:
        entity: The entity, normalized. One that already has such links, or none to be found, comes back as it is.
    """
    links = () if SAME_AS in entity or "sameAs" in entity else same_as(entity)
    if not links:
        return dict(entity)
    return {**entity, SAME_AS: {"type": "Relationship", "object": links[0] if len(links) == 1 else list(links)}}


def _identifiers(entity: Mapping[str, Any]) -> Iterator[RegisterIdentifier]:
    types = entity.get("type")
    kinds = {_KINDS.get(_last(str(one))) for one in (types if isinstance(types, list) else [types])}
    texts = [str(entity.get("id", "")).rpartition(":")[2]]
    for name, member in entity.items():
        if _last(name) in _IDENTIFYING:
            texts += _texts(member)
    for text in texts:
        try:
            one = parse_identifier(text)
        except DataError:
            continue  # an identifier of another kind
        if "://" in text or one.register in kinds:
            yield one


def _texts(member: Any) -> Iterator[str]:
    if isinstance(member, str):
        yield member
    elif isinstance(member, list):
        for one in member:
            yield from _texts(one)
    elif isinstance(member, Mapping):
        for key in ("value", "object", "@value"):
            yield from _texts(member.get(key))


def _last(name: str) -> str:
    return name.replace("#", "/").rpartition("/")[2]
