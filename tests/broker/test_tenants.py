"""Tenants know nothing of each other: no listing, no registration and no notification crosses from one to another."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest

from citycontext.broker import LocalBroker
from citycontext.broker.notifying.receivers import Receivers

LAMP: dict[str, Any] = {"id": "urn:ngsi-ld:Lamp:1", "type": "Lamp", "power": {"type": "Property", "value": 1}}
SUBSCRIPTION: dict[str, Any] = {
    "id": "urn:ngsi-ld:Subscription:1", "type": "Subscription", "entities": [{"type": "Lamp"}],
    "notification": {"endpoint": {"uri": "http://receiver.example/"}},
}  # fmt: skip
REGISTRATION: dict[str, Any] = {
    "id": "urn:ngsi-ld:ContextSourceRegistration:1", "type": "ContextSourceRegistration",
    "endpoint": "http://source.example", "information": [{"entities": [{"type": "Lamp"}]}],
}  # fmt: skip
SNAPSHOT: dict[str, Any] = {
    "id": "urn:ngsi-ld:Snapshot:1", "type": "Snapshot",
    "snapshotQueries": [{"type": "Query", "entities": [{"type": "Lamp"}]}],
}  # fmt: skip
WHOSE = {"": {}, "gent": {"NGSILD-Tenant": "gent"}, "brugge": {"NGSILD-Tenant": "brugge"}}


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """Return the notifications that go out, each with the tenant it names."""
    taken: list[tuple[str, dict[str, Any]]] = []

    async def post(_: str, body: bytes, headers: dict[str, str], *__: object) -> None:
        taken.append((headers.get("NGSILD-Tenant", ""), json.loads(body)))

    monkeypatch.setattr(Receivers, "post", staticmethod(post))
    return taken


@pytest.mark.parametrize("owner", ["", "gent"])
@pytest.mark.parametrize(
    ("path", "body", "listing"),
    [
        ("entities", LAMP, "entities?type=Lamp"),
        (
            "entities",
            LAMP,
            "temporal/entities?type=Lamp&timerel=after&timeAt=2000-01-01T00:00:00Z&timeproperty=createdAt",
        ),
        ("entities", LAMP, "types?details=true"),
        ("entities", LAMP, "attributes?details=true"),
        ("subscriptions", SUBSCRIPTION, "subscriptions"),
        ("csourceSubscriptions", SUBSCRIPTION, "csourceSubscriptions"),
        ("csourceRegistrations", REGISTRATION, "csourceRegistrations?type=Lamp"),
    ],
)
async def test_5_5_10_what_one_tenant_has_no_other_lists(
    http: httpx.AsyncClient, owner: str, path: str, body: dict[str, Any], listing: str
) -> None:
    """What was made in one tenant is listed and retrieved there alone, and can be made again in another."""
    other = {"id": "urn:ngsi-ld:Pole:1", "type": "Pole"}
    for tenant in WHOSE:
        await http.post("entities", json=other, headers=WHOSE[tenant])
    assert (await http.post(path, json=body, headers=WHOSE[owner])).status_code == 201
    for tenant, headers in WHOSE.items():
        answer = await http.get(listing, headers=headers)
        assert ("Lamp" in answer.text) == (tenant == owner), (tenant, answer.text)
        assert (await http.get(f"{path}/{body['id']}", headers=headers)).status_code == (
            200 if tenant == owner else 404
        )
        if tenant != owner:
            assert (await http.delete(f"{path}/{body['id']}", headers=headers)).status_code == 404
            assert (await http.post(path, json=body, headers=headers)).status_code == 201


async def test_5_8_6_notifications_stay_in_their_tenant(
    http: httpx.AsyncClient, sent: list[tuple[str, dict[str, Any]]]
) -> None:
    """Subscribers hear of changes in their own tenant, and of no other's, though all have the same ids."""
    for tenant in WHOSE:
        await http.post("subscriptions", json=SUBSCRIPTION, headers=WHOSE[tenant])
    for tenant in WHOSE:
        power = {"type": "Property", "value": f"of {tenant}"}
        await http.post("entities", json={**LAMP, "power": power}, headers=WHOSE[tenant])
    await asyncio.sleep(0.05)
    heard = [(tenant, one["data"][0]["power"]["value"]) for tenant, one in sent]
    assert sorted(heard) == sorted((tenant, f"of {tenant}") for tenant in WHOSE)


@pytest.mark.parametrize("owner", ["", "gent"])
async def test_5_11_7_notifications_of_registrations_stay_in_their_tenant(
    http: httpx.AsyncClient, sent: list[tuple[str, dict[str, Any]]], owner: str
) -> None:
    """A subscriber to registrations hears of those of its own tenant, at once and later."""
    for tenant in WHOSE:
        early = {**REGISTRATION, "registrationName": f"early {tenant}"}
        await http.post("csourceRegistrations", json=early, headers=WHOSE[tenant])
    await http.post("csourceSubscriptions", json=SUBSCRIPTION, headers=WHOSE[owner])
    for tenant in WHOSE:
        late = {**REGISTRATION, "id": f"{REGISTRATION['id']}0", "registrationName": f"late {tenant}"}
        await http.post("csourceRegistrations", json=late, headers=WHOSE[tenant])
    await asyncio.sleep(0.05)
    names = [(tenant, one["registrationName"]) for tenant, body in sent for one in body["data"]]
    assert names == [(owner, f"early {owner}"), (owner, f"late {owner}")]


async def test_5_16_snapshots_and_maps_stay_in_their_tenant(http: httpx.AsyncClient, broker: LocalBroker) -> None:
    """A snapshot and an entity map of one tenant open nothing of it to another."""
    for tenant in WHOSE:
        await http.post("entities", json=LAMP, headers=WHOSE[tenant])
    await http.post("snapshots", json=SNAPSHOT, headers=WHOSE["gent"])
    made = (await http.get("entityMaps?type=Lamp", headers=WHOSE["gent"])).json()["id"]
    for tenant, headers in WHOSE.items():
        expected = 200 if tenant == "gent" else 404
        assert (await http.get(f"snapshots/{SNAPSHOT['id']}", headers=headers)).status_code == expected
        assert (await http.get(f"entityMaps/{made}", headers=headers)).status_code == expected
        inside = await http.get("entities?type=Lamp", headers={**headers, "NGSILD-Snapshot": SNAPSHOT["id"]})
        assert inside.status_code == expected
    assert broker.state.store.database.tenant("nobody") is None
