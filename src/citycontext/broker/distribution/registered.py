"""Types and attributes that sources are registered for: what may be had, without asking them (5.7.5 to 5.7.10)."""

from __future__ import annotations

from citycontext.broker.distribution.reads import sources_of
from citycontext.broker.request.request import Request

__all__ = ["registered_attributes", "registered_types"]


def registered_types(request: Request, operation: str) -> dict[str, list[str]]:
    """Return the types that sources are registered for, each with the attributes that go with it, all expanded.

    Args:
        request: The request; sources are left out with ``local=true``.
        operation: What a source must be able to do.
    """
    found: dict[str, dict[str, None]] = {}
    for source, _ in sources_of(request, (operation,)):
        for information in source.wire.get("information") or ():
            names = [*(information.get("propertyNames") or ()), *(information.get("relationshipNames") or ())]
            for entity in information.get("entities") or ():
                kinds = entity["type"] if isinstance(entity["type"], list) else [entity["type"]]
                for kind in kinds:
                    if kind != "*":
                        found.setdefault(kind, {}).update(dict.fromkeys(names))
    return {kind: list(names) for kind, names in found.items()}


def registered_attributes(request: Request, operation: str) -> dict[str, list[str]]:
    """Return the attributes that sources are registered for, each with its types, all expanded."""
    found: dict[str, dict[str, None]] = {}
    for source, _ in sources_of(request, (operation,)):
        for information in source.wire.get("information") or ():
            kinds = [
                kind
                for entity in information.get("entities") or ()
                for kind in (entity["type"] if isinstance(entity["type"], list) else [entity["type"]])
                if kind != "*"
            ]
            for name in (*(information.get("propertyNames") or ()), *(information.get("relationshipNames") or ())):
                found.setdefault(name, {}).update(dict.fromkeys(kinds))
    return {name: list(kinds) for name, kinds in found.items()}
