"""Documents that are entities of NGSI, not linked data: whoever reads one as OSLO went the wrong way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from citycontext.errors import InvalidDocument
from citycontext.ngsild.terms import ATTRIBUTE_TYPES

__all__ = ["refuse_ngsi", "types_without_context"]


def refuse_ngsi(document: Any) -> None:
    """Refuse a document of NGSI-LD or NGSI-v2 entities, or a notification of them, by the names of their types.

    Args:
        document: The parsed JSON.

    Raises:
        InvalidDocument: It is one; says what to do.
    """
    inner: Any = document.get("data") if isinstance(document, dict) and "subscriptionId" in document else document
    entities: list[Any] = inner if isinstance(inner, list) else [inner]
    kinds = {_standard(one) for one in entities}
    if "" in kinds or not entities:
        return
    types = sorted({str(one["type"]) for one in entities})
    standard = " and ".join(sorted(kinds))
    raise InvalidDocument(
        f"the document is not linked data but {standard}, of type {', '.join(types)}; "
        + ("write it as OSLO with to_oslo" if kinds == {"NGSI-LD"} else "make it NGSI-LD, and write that with to_oslo")
    )


def types_without_context(document: Any) -> list[str]:
    """Return the types of a document of plain JSON, which no context says anything about.

    Args:
        document: The parsed JSON.
    """
    objects = [one for one in (document if isinstance(document, list) else [document]) if isinstance(one, dict)]
    if any(name.startswith("@") for one in objects for name in one):
        return []
    return sorted({one["type"] for one in objects if isinstance(one.get("type"), str)})


def _standard(one: Any) -> str:
    """Return which standard an entity is of; empty for none."""
    if not isinstance(one, dict) or not isinstance(one.get("id"), str) or not isinstance(one.get("type"), str | list):
        return ""
    instances = [instance for instance in _instances(one) if isinstance(instance.get("type"), str)]
    if not any("value" in instance or "object" in instance for instance in instances):
        return ""
    kinds = {instance["type"] for instance in instances}
    later = kinds <= set(ATTRIBUTE_TYPES) and not any("metadata" in instance for instance in instances)
    return "NGSI-LD" if later else "NGSI-v2"


def _instances(entity: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for name, said in entity.items():
        if name not in ("id", "type", "@context"):
            yield from (one for one in (said if isinstance(said, list) else [said]) if isinstance(one, dict))
