"""Tenants never see each other's: notifications, listings, registrations (4.14)."""

from __future__ import annotations

from typing import Any

import httpx
import orjson
import pytest

from citycontext.broker import LocalBroker
from citycontext.broker.notifying.receivers import Receivers

_TENANTS = ("", "gent", "kortrijk")


def _headers(tenant: str) -> dict[str, str]:
    return {"NGSILD-Tenant": tenant} if tenant else {}


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, str], dict[str, Any]]]:
    """Collect what the broker sends: where to, with which headers, and what."""
    sent: list[tuple[str, dict[str, str], dict[str, Any]]] = []

    async def post(uri: str, body: bytes, headers: dict[str, str], timeout: float) -> None:  # noqa: ASYNC109
        sent.append((uri, headers, orjson.loads(body)))

    monkeypatch.setattr(Receivers, "post", staticmethod(post))
    return sent


async def test_notifications_stay_with_their_tenant(
    broker: LocalBroker, http: httpx.AsyncClient, told: list[tuple[str, dict[str, str], dict[str, Any]]]
) -> None:
    """A write is told to the subscriptions of its own tenant alone, by id, by type and by pattern."""
    for tenant in _TENANTS:
        for entities in ([{"type": "T"}], [{"type": "*"}], [{"type": "T", "id": "urn:x:1"}]):
            wanted = {
                "type": "Subscription",
                "entities": entities,
                "notification": {"endpoint": {"uri": f"http://{tenant or 'default'}.example/"}},
            }
            assert (await http.post("subscriptions", json=wanted, headers=_headers(tenant))).status_code == 201
    for tenant in _TENANTS:
        entity = {"id": "urn:x:1", "type": "T", "of": tenant or "default"}
        assert (await http.post("entities", json=entity, headers=_headers(tenant))).status_code == 201
    await broker.state.notifier.drained()
    assert len(told) == 3 * len(_TENANTS)
    for uri, headers, body in told:
        assert body["data"][0]["of"]["value"] in uri
        assert headers.get("NGSILD-Tenant", "default") in uri


@pytest.mark.parametrize("kind", ["subscriptions", "csourceSubscriptions"])
async def test_subscriptions_are_listed_by_tenant(http: httpx.AsyncClient, kind: str) -> None:
    """A listing, a count and a retrieval show a tenant its own alone; a deletion takes its own alone."""
    for tenant in _TENANTS:
        wanted = {
            "id": "urn:s:1",
            "type": "Subscription",
            "description": tenant or "default",
            "entities": [{"type": "T"}],
            "notification": {"endpoint": {"uri": "http://127.0.0.1:9/"}},
        }
        assert (await http.post(kind, json=wanted, headers=_headers(tenant))).status_code == 201
    for tenant in _TENANTS:
        listed = await http.get(f"{kind}?count=true", headers=_headers(tenant))
        assert [one["description"] for one in listed.json()] == [tenant or "default"]
        assert listed.headers["NGSILD-Results-Count"] == "1"
        one = await http.get(f"{kind}/urn:s:1", headers=_headers(tenant))
        assert one.json()["description"] == (tenant or "default")
    assert (await http.delete(f"{kind}/urn:s:1", headers=_headers("gent"))).status_code == 204
    assert (await http.get(f"{kind}/urn:s:1", headers=_headers("kortrijk"))).status_code == 200
    assert (await http.get(f"{kind}/urn:s:1", headers=_headers("gent"))).status_code == 404


async def test_registrations_stay_with_their_tenant(
    broker: LocalBroker, http: httpx.AsyncClient, told: list[tuple[str, dict[str, str], dict[str, Any]]]
) -> None:
    """A registration is listed in its own tenant, told to its subscribers alone, and asked for it alone."""
    for tenant in _TENANTS:
        name = tenant or "default"
        wanted = {
            "type": "Subscription",
            "entities": [{"type": "T"}],
            "notification": {"endpoint": {"uri": f"http://{name}.example/"}},
        }
        assert (await http.post("csourceSubscriptions", json=wanted, headers=_headers(tenant))).status_code == 201
    for tenant in _TENANTS:
        name = tenant or "default"
        source = {
            "id": "urn:r:1",
            "type": "ContextSourceRegistration",
            "registrationName": name,
            "information": [{"entities": [{"type": "T"}]}],
            "endpoint": f"http://{name}.example",
        }
        assert (await http.post("csourceRegistrations", json=source, headers=_headers(tenant))).status_code == 201
    for tenant in _TENANTS:
        listed = await http.get("csourceRegistrations?type=T", headers=_headers(tenant))
        assert [one["registrationName"] for one in listed.json()] == [tenant or "default"]
        sources = broker.state.sources.of_tenant(broker.state.store.database.tenant(tenant) or 0)
        assert [source.endpoint for source in sources] == [f"http://{tenant or 'default'}.example"]
    await broker.state.registration_notifier.drained()
    assert len(told) == len(_TENANTS)
    for uri, _, body in told:
        assert body["data"][0]["registrationName"] in uri


async def test_entities_and_their_lists_stay_with_their_tenant(http: httpx.AsyncClient) -> None:
    """Entities, types, attributes, history and deletions of one tenant are not those of another."""
    for tenant in _TENANTS:
        name = tenant or "default"
        entity = {"id": "urn:x:1", "type": f"Of{name}", f"a{name}": 1}
        assert (await http.post("entities", json=entity, headers=_headers(tenant))).status_code == 201
    for tenant in _TENANTS:
        name, headers = tenant or "default", _headers(tenant)
        assert (await http.get("types", headers=headers)).json()["typeList"] == [f"Of{name}"]
        assert (await http.get("attributes", headers=headers)).json()["attributeList"] == [f"a{name}"]
        for path in ("entities?local=true", "temporal/entities?local=true&timerel=after&timeAt=2000-01-01T00:00:00Z"
                     "&timeproperty=createdAt"):  # fmt: skip
            assert [one["type"] for one in (await http.get(path, headers=headers)).json()] == [f"Of{name}"], path
    assert (await http.delete("entities/urn:x:1", headers=_headers("gent"))).status_code == 204
    assert (await http.get("entities/urn:x:1")).status_code == 200
