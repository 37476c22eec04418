"""The operations that a context source may say it can do, alone and in groups (4.20)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

__all__ = ["GROUPS", "NAMES", "operations_of"]

_DISCOVERY: Final = frozenset(
    {
        "retrieveEntityTypes",
        "retrieveEntityTypeDetails",
        "retrieveEntityTypeInfo",
        "retrieveAttrTypes",
        "retrieveAttrTypeDetails",
        "retrieveAttrTypeInfo",
    }
)
_SUBSCRIPTIONS: Final = frozenset(
    {"createSubscription", "updateSubscription", "retrieveSubscription", "querySubscription", "deleteSubscription"}
)
_ENTITY_MAPS: Final = frozenset(
    {"retrieveEntityMap", "updateEntityMap", "deleteEntityMap", "createEntityMapQueryEntity"}
)
_IDENTITY: Final = frozenset({"retrieveContextSourceIdentity"})
_RETRIEVE: Final = frozenset({"retrieveEntity", "queryEntity"})
_UPDATE: Final = frozenset({"updateEntity", "updateAttrs", "replaceEntity", "replaceAttrs"})
_ASSOCIATION: Final = _RETRIEVE | {"queryBatch"} | _DISCOVERY | _SUBSCRIPTIONS | _IDENTITY

GROUPS: Final = {
    "retrieveOps": _RETRIEVE,
    "updateOps": _UPDATE,
    "associationOps": _ASSOCIATION,
    "federationOps": _ASSOCIATION | _ENTITY_MAPS,
    "redirectionOps": _RETRIEVE
    | _UPDATE
    | _DISCOVERY
    | _ENTITY_MAPS
    | _IDENTITY
    | {"createEntity", "appendAttrs", "deleteAttrs", "deleteEntity", "mergeEntity", "purgeEntity"},
}
"""Each group with its operations; none holds a batch or a write of history: those are named one by one."""


NAMES: Final = frozenset(GROUPS).union(
    *GROUPS.values(),
    ("createBatch", "upsertBatch", "updateBatch", "deleteBatch", "mergeBatch", "createEntityMapQueryTemporal"),
    ("upsertTemporal", "appendAttrsTemporal", "deleteAttrsTemporal", "deleteTemporal"),
    ("updateAttrInstanceTemporal", "deleteAttrInstanceTemporal", "retrieveTemporal", "queryTemporal"),
)
"""Every name that ``operations`` may hold (4.20)."""


def operations_of(named: Iterable[str] | None, mode: str) -> frozenset[str]:
    """Return the operations that a registration names, with those of its groups.

    Args:
        named: The member ``operations``; None where it is absent.
        mode: The registration's mode; an auxiliary source only reads (4.3.6.3).
    """
    found: set[str] = set()
    for name in named if named is not None else ("federationOps",):
        found |= GROUPS.get(name, frozenset({name}))
    return frozenset(found & (_RETRIEVE | {"queryBatch"}) if mode == "auxiliary" else found)
