"""An entity whose parts are at several brokers, put together for a subscription (4.3.6.7, 5.8.6)."""

from __future__ import annotations

from urllib.parse import quote

from starlette.datastructures import Headers

from citycontext.broker.distribution.reads import gather_entity
from citycontext.broker.documents.writing import Document
from citycontext.broker.notifying.subscriptions import LiveSubscription
from citycontext.broker.request.parameters import Parameters
from citycontext.broker.request.request import Request
from citycontext.broker.state import State
from citycontext.broker.wire import PREFIX

__all__ = ["entity_over_sources"]


async def entity_over_sources(state: State, subscription: LiveSubscription, id: str) -> Document | None:
    """Return an entity as the broker and its sources have it; None where nobody has it.

    Args:
        state: What the broker holds.
        subscription: In whose tenant.
        id: The entity's id.
    """
    path = f"{PREFIX}/entities/{quote(id, safe=':')}"
    request = Request(state, "GET", path, subscription.base or state.base, Headers(), {"id": id}, Parameters())
    request.tenant, request.context = subscription.tenant, subscription.context
    return await gather_entity(request, state.store.entities.get(subscription.tenant, id))
