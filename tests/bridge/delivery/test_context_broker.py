"""The context broker as the bridge sees it: mode, tenants, contexts and credentials of its requests."""

from __future__ import annotations

from typing import Any

import pytest
import respx

from citycontext.bridge.config.connections import ContextBrokerConfig
from citycontext.bridge.delivery.context_broker import ContextBroker
from citycontext.errors import ContextBrokerError

UPSERT = "http://broker.test/ngsi-ld/v1/entityOperations/upsert"
ENTITY = {"id": "urn:ngsi-ld:T:1", "type": "T", "v": {"type": "Property", "value": 1}}


def broker(**given: Any) -> ContextBroker:
    """Make one."""
    return ContextBroker(ContextBrokerConfig.model_validate({"url": "http://broker.test"} | given))


def test_updates_keep_the_other_attributes_and_go_to_the_route_s_tenant() -> None:
    """``options=update``; the tenant of a route goes before the general one; the context travels with it."""
    target = broker(tenant="town", context="https://example.org/context.jsonld", headers={"X-Trace": "1"})
    with respx.mock:
        route = respx.post(UPSERT, params={"options": "update"}).respond(204)
        assert target.upsert(None, [ENTITY]).ok
        assert target.upsert("harbour", [ENTITY]).ok
        sent = [call.request.headers for call in route.calls]
    assert [headers["NGSILD-Tenant"] for headers in sent] == ["town", "harbour"]
    assert "https://example.org/context.jsonld" in sent[0]["Link"]
    assert sent[0]["X-Trace"] == "1"
    target.close()


def test_a_refusal_is_raised_at_once() -> None:
    """The delivery repeats, not the client: it would hold a batch back in secret."""
    target = broker()
    with respx.mock:
        route = respx.post(UPSERT).respond(503)
        with pytest.raises(ContextBrokerError):
            target.upsert(None, [ENTITY])
        assert route.call_count == 1
    target.close()


def test_tokens() -> None:
    """A fixed one, or one that is fetched with client credentials."""
    oauth2 = {"token_url": "http://login.test/token", "client_id": "bridge", "client_secret": "s"}
    with respx.mock:
        route = respx.post(UPSERT).respond(204)
        respx.post("http://login.test/token").respond(200, json={"access_token": "fetched", "expires_in": 300})
        for given in ({"token": "fixed"}, {"oauth2": oauth2}):
            target = broker(**given)
            target.upsert(None, [ENTITY])
            target.close()
        assert [call.request.headers["Authorization"] for call in route.calls] == ["Bearer fixed", "Bearer fetched"]


def test_history_is_written_through_the_temporal_api() -> None:
    """To the tenant of the route; a broker that keeps none says so."""
    target = broker()
    with respx.mock:
        route = respx.post("http://broker.test/ngsi-ld/v1/temporal/entities").respond(204)
        target.append_history("harbour", ENTITY | {"v": [ENTITY["v"]]})
        assert route.calls[0].request.headers["NGSILD-Tenant"] == "harbour"
        route.respond(501)
        with pytest.raises(ContextBrokerError):
            target.append_history(None, ENTITY | {"v": [ENTITY["v"]]})
    target.close()


def test_a_request_carries_its_correlation_where_a_header_is_configured() -> None:
    """And none if absent."""
    with respx.mock:
        route = respx.post(UPSERT).respond(204)
        for given in ({"correlation_header": "X-Correlation-ID"}, {}):
            target = broker(**given)
            target.upsert(None, [ENTITY], correlation="a, b")
            target.close()
        headers = [call.request.headers for call in route.calls]
    assert headers[0]["X-Correlation-ID"] == "a, b"
    assert "X-Correlation-ID" not in headers[1]
