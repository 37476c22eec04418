"""The operations of the API, a resource a file."""

from __future__ import annotations

from citycontext.broker.resources import (
    attributes,
    batch,
    contexts,
    discovery,
    entities,
    entity_maps,
    registrations,
    snapshots,
    subscriptions,
    temporal,
)

__all__ = ["OPERATIONS"]

OPERATIONS = (
    *entities.OPERATIONS,
    *attributes.OPERATIONS,
    *batch.OPERATIONS,
    *temporal.OPERATIONS,
    *discovery.OPERATIONS,
    *contexts.OPERATIONS,
    *subscriptions.OPERATIONS,
    *registrations.OPERATIONS,
    *entity_maps.OPERATIONS,
    *snapshots.OPERATIONS,
)
