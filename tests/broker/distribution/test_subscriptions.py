"""Subscriptions over sources: copies that follow, and notifications that come back (5.8.1.4, 5.8.6)."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from citycontext.broker import LocalBroker

SUBSCRIPTION = "urn:ngsi-ld:Subscription:1"
NEEDED = ["createSubscription", "updateSubscription", "deleteSubscription", "retrieveEntity", "queryEntity"]


class Federation:
    """Brokers that reach each other by name, and a subscriber that keeps what it is told."""

    def __init__(self, *names: str, store: Path | None = None) -> None:
        self.told: list[dict[str, Any]] = []
        self.transports: dict[str, httpx.AsyncBaseTransport] = {
            "http://subscriber": httpx.ASGITransport(app=self._take)
        }
        self.brokers: dict[str, LocalBroker] = {}
        self.http: dict[str, httpx.AsyncClient] = {}
        for name in names:
            self.start(name, store if name == "region" and store is not None else ":memory:")

    def start(self, name: str, store: Path | str) -> None:
        """Start a broker."""
        broker = self.brokers[name] = LocalBroker(store, alias=name, sources=self.transports)
        transport = self.transports[f"http://{name}"] = broker.transport()
        self.http[name] = httpx.AsyncClient(transport=transport, base_url=f"http://{name}/ngsi-ld/v1")

    async def end(self, name: str) -> None:
        """End a broker."""
        await self.http[name].aclose()
        await self.brokers[name].state.stop()
        self.brokers[name].close()

    async def register(self, name: str, *, at: str = "region", **members: Any) -> str:
        """Register a broker at another; return the registration's id."""
        body = {
            "id": f"urn:ngsi-ld:ContextSourceRegistration:{at}-{name}",
            "type": "ContextSourceRegistration",
            "information": [{"entities": [{"type": "Vehicle"}]}],
            "endpoint": f"http://{name}",
            **members,
        }
        answer = await self.http[at].post("/csourceRegistrations", json=body)
        assert answer.status_code == 201, answer.text
        await self.settled()
        return str(body["id"])

    async def subscribe(self, *, at: str = "region", **members: Any) -> httpx.Response:
        """Subscribe to vehicles."""
        notification = {"endpoint": {"uri": "http://subscriber/notify"}, **members.pop("notification", {})}
        body = {"id": SUBSCRIPTION, "type": "Subscription", "entities": [{"type": "Vehicle"}], **members}
        answer = await self.http[at].post("/subscriptions", json={**body, "notification": notification})
        assert answer.status_code == 201, answer.text
        return answer

    async def copies(self, name: str) -> list[dict[str, Any]]:
        """List the subscriptions at a broker."""
        found = (await self.http[name].get("/subscriptions")).json()
        assert isinstance(found, list)
        return found

    async def write(self, at: str, number: int = 1, /, **attributes: Any) -> None:
        """Write a vehicle at a broker."""
        entity = {"id": f"urn:ngsi-ld:Vehicle:{number}", "type": "Vehicle", **attributes}
        answer = await self.http[at].post("/entityOperations/upsert", json=[entity], params={"options": "update"})
        assert answer.status_code in (201, 204), answer.text
        await self.settled()

    async def settled(self) -> None:
        """Wait until everybody was told what there is to tell."""
        for _ in range(3):
            for broker in self.brokers.values():
                await broker.state.forwarded_subscriptions.drained()
                await broker.state.notifier.drained()

    def entities(self) -> list[dict[str, Any]]:
        """Return the entities that the subscriber was told of."""
        return [one for notification in self.told for one in notification["data"]]

    async def _take(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.told.append(await Request(scope, receive).json())
        await Response()(scope, receive, send)


@asynccontextmanager
async def federation(*names: str, store: Path | None = None) -> AsyncIterator[Federation]:
    """Make brokers, and end them."""
    made = Federation(*names, store=store)
    try:
        yield made
    finally:
        for name in made.brokers:
            await made.end(name)


async def test_5_8_1_4_a_source_notifies_the_subscriber_through_this_broker() -> None:
    """A change at a source reaches whoever subscribed at the region, under the id of the subscription there."""
    async with federation("region", "gent") as area:
        await area.register("gent")
        await area.subscribe()
        await area.write("gent", speed=50)
        assert [one["subscriptionId"] for one in area.told] == [SUBSCRIPTION]
        assert area.entities()[0]["speed"] == {"type": "Property", "value": 50}
        counted = (await area.http["region"].get(f"/subscriptions/{SUBSCRIPTION}")).json()["notification"]
        assert counted["timesSent"] == 1


@pytest.mark.parametrize("mode", ["inclusive", "redirect", "exclusive"])
async def test_5_8_1_4_every_mode_but_auxiliary_gets_a_copy(mode: str) -> None:
    """Inclusive, redirect and exclusive sources get a copy, reduced to the ids and attributes they registered."""
    information: dict[str, Any] = {"entities": [{"type": "Vehicle"}]}
    if mode == "exclusive":
        information = {"entities": [{"type": "Vehicle", "id": "urn:ngsi-ld:Vehicle:1"}], "propertyNames": ["speed"]}
    async with federation("region", "gent") as area:
        await area.register("gent", mode=mode, operations=NEEDED, information=[information])
        await area.subscribe()
        (copy,) = await area.copies("gent")
        assert copy["entities"] == [information["entities"][0]]
        assert copy.get("watchedAttributes") == (["speed"] if mode == "exclusive" else None)
        assert copy["notification"]["endpoint"]["uri"].startswith("http://region/")
        assert copy["id"] != SUBSCRIPTION


@pytest.mark.parametrize(
    "members",
    [
        {"mode": "auxiliary", "operations": ["retrieveOps"]},
        {"operations": ["retrieveOps"]},
        {"information": [{"entities": [{"type": "Bus"}]}]},
        {"information": [{"entities": [{"type": "Vehicle"}], "propertyNames": ["brand"]}]},
    ],
)
async def test_5_12_a_source_that_does_not_match_gets_none(members: dict[str, Any]) -> None:
    """No copy goes to an auxiliary source, one that cannot subscribe, of another type, or of other attributes."""
    async with federation("region", "gent") as area:
        await area.register("gent", **members)
        await area.subscribe(notification={"attributes": ["speed"]})
        assert await area.copies("gent") == []


async def test_5_8_1_4_a_local_subscription_stays_here() -> None:
    """With localOnly, and for any type, nothing goes to a source."""
    async with federation("region", "gent") as area:
        await area.register("gent")
        await area.subscribe(localOnly=True)
        await area.subscribe(id="urn:ngsi-ld:Subscription:2", entities=[{"type": "*"}])
        assert await area.copies("gent") == []


async def test_5_8_1_4_csf_chooses_the_sources() -> None:
    """A source whose registration does not meet csf gets no copy."""
    async with federation("region", "gent", "brugge") as area:
        await area.register("gent", registrationName="one")
        await area.register("brugge", registrationName="two")
        await area.subscribe(csf='registrationName=="one"')
        assert len(await area.copies("gent")) == 1
        assert await area.copies("brugge") == []


async def test_5_8_2_4_an_update_follows() -> None:
    """What is changed here is changed at the source, what is removed is removed there, and what left is deleted."""
    async with federation("region", "gent") as area:
        await area.register("gent")
        await area.subscribe(q="speed>10", description="x")
        there = (await area.copies("gent"))[0]["id"]
        await area.http["region"].patch(f"/subscriptions/{SUBSCRIPTION}", json={"q": "speed>20", "description": None})
        (copy,) = await area.copies("gent")
        assert (copy["id"], copy["q"], copy.get("description")) == (there, "speed>20", None)
        assert copy["notification"]["endpoint"]["uri"].startswith("http://region/")
        await area.http["region"].patch(f"/subscriptions/{SUBSCRIPTION}", json={"isActive": False})
        assert (await area.copies("gent"))[0]["status"] == "paused"
        await area.http["region"].patch(f"/subscriptions/{SUBSCRIPTION}", json={"entities": [{"type": "Bus"}]})
        assert await area.copies("gent") == []


async def test_5_8_5_4_a_deletion_follows() -> None:
    """When the subscription is deleted, its copy is."""
    async with federation("region", "gent") as area:
        await area.register("gent")
        await area.subscribe()
        assert len(await area.copies("gent")) == 1
        assert (await area.http["region"].delete(f"/subscriptions/{SUBSCRIPTION}")).status_code == 204
        assert await area.copies("gent") == []


async def test_5_8_1_4_a_registration_that_comes_later_gets_a_copy() -> None:
    """A registration made after the subscription gets a copy, changes with it, and loses it when it is removed."""
    async with federation("region", "gent", "brugge") as area:
        await area.subscribe()
        registration = await area.register("gent")
        assert len(await area.copies("gent")) == 1
        await area.http["region"].patch(f"/csourceRegistrations/{registration}", json={"endpoint": "http://brugge"})
        await area.settled()
        assert await area.copies("gent") == []
        assert len(await area.copies("brugge")) == 1
        await area.http["region"].delete(f"/csourceRegistrations/{registration}")
        await area.settled()
        assert await area.copies("brugge") == []


async def test_6_3_18_a_loop_ends() -> None:
    """Two brokers that are registered at each other do not subscribe for each other without end."""
    async with federation("region", "gent") as area:
        await area.register("gent", contextSourceAlias="gent")
        await area.register("region", at="gent", contextSourceAlias="region")
        await area.subscribe()
        assert len(await area.copies("gent")) == 1
        assert len(await area.copies("region")) == 1
        await area.write("region", speed=1)
        await area.write("gent", 2, speed=2)
        assert [one["id"] for one in area.entities()] == ["urn:ngsi-ld:Vehicle:1", "urn:ngsi-ld:Vehicle:2"]


async def test_6_3_18_a_loop_without_alias_is_refused() -> None:
    """Where a registration does not name the source, the broker that is met again answers 508, also later on."""
    async with federation("region", "gent") as area:
        await area.register("gent")
        await area.subscribe()
        await area.register("region", at="gent")
        assert len(await area.copies("gent")) == 1
        assert len(await area.copies("region")) == 1


async def test_5_8_1_4_a_source_that_fails_costs_a_warning() -> None:
    """The subscription is made although one source is down and another refuses; each is warned of."""
    async with federation("region", "gent") as area:

        def refuse(_: httpx.Request) -> httpx.Response:
            return httpx.Response(500, json={"type": "x", "title": "no"})

        def fail(_: httpx.Request) -> httpx.Response:
            raise httpx.ConnectError("down")

        area.transports["http://refuses"] = httpx.MockTransport(refuse)
        area.transports["http://down"] = httpx.MockTransport(fail)
        for name in ("gent", "refuses", "down", "unknown"):
            await area.register(name)
        answer = await area.subscribe()
        warnings = answer.headers.get_list("NGSILD-Warning")
        assert sorted(one[:3] for one in warnings) == ["199", "199", "299"]
        await area.write("gent", speed=1)
        assert len(area.told) == 1
        assert (await area.http["region"].delete(f"/subscriptions/{SUBSCRIPTION}")).status_code == 204


async def test_5_8_6_only_what_is_registered_is_passed_on() -> None:
    """What a source tells beyond its registration, or that was not asked for, does not reach the subscriber."""
    async with federation("region", "gent") as area:
        await area.register("gent", information=[{"entities": [{"type": "Vehicle"}], "propertyNames": ["speed"]}])
        await area.subscribe()
        await area.write("gent", speed=50, secret=1)
        assert area.entities() == [
            {"id": "urn:ngsi-ld:Vehicle:1", "type": "Vehicle", "speed": {"type": "Property", "value": 50}}
        ]
        address = (await area.copies("gent"))[0]["notification"]["endpoint"]["uri"]
        body = {"type": "Notification", "data": [{"id": "urn:a:b", "type": "Bus", "speed": 1}]}
        client = area.http["region"]
        told = (await area.copies("gent"))[0]["id"]
        assert (await client.post(address, json={**body, "subscriptionId": told})).status_code == 200
        assert (await client.post(address, json={**body, "subscriptionId": "urn:a:b"})).status_code == 400
        assert (await client.post(address, json={**body, "subscriptionId": told, "data": "x"})).status_code == 400
        assert (await client.post(address, json=[1])).status_code == 400
        assert (await client.post(address[:-4], json=body)).status_code == 404
        await area.settled()
        assert len(area.told) == 1


async def test_5_8_6_notifications_have_the_form_that_was_asked_for_here() -> None:
    """Form, language, previous values and deletions are as the subscription says, with the names of its @context."""
    async with federation("region", "gent") as area:
        await area.register("gent")
        await area.subscribe(lang="nl", notification={"format": "simplified"})
        await area.subscribe(
            id="urn:ngsi-ld:Subscription:2",
            notificationTrigger=["entityDeleted", "attributeUpdated", "attributeDeleted"],
            notification={"showChanges": True},
        )
        name = {"type": "LanguageProperty", "languageMap": {"nl": "wagen", "fr": "voiture"}}
        await area.write("gent", speed=50, name=name)
        assert area.entities() == [{"id": "urn:ngsi-ld:Vehicle:1", "type": "Vehicle", "speed": 50, "name": "wagen"}]
        area.told.clear()
        await area.write("gent", speed=60)
        shown = next(one for one in area.told if one["subscriptionId"] != SUBSCRIPTION)["data"][0]
        assert shown["speed"] == {"type": "Property", "value": 60, "previousValue": 50}
        area.told.clear()
        await area.http["gent"].delete("/entities/urn:ngsi-ld:Vehicle:1/attrs/speed")
        await area.settled()
        assert area.entities()[-1]["speed"]["value"] == "urn:ngsi-ld:null"
        await area.http["gent"].delete("/entities/urn:ngsi-ld:Vehicle:1")
        await area.settled()
        assert "deletedAt" in area.entities()[-1]


async def test_5_8_6_split_entities_are_put_together_before_they_are_filtered() -> None:
    """With splitEntities a filter sees all parts of an entity, whichever of them changed; without it only one."""
    async with federation("region", "gent") as area:
        await area.register("gent")
        await area.subscribe(splitEntities=True, q="speed>40;brand", notification={"attributes": ["brand"]})
        (copy,) = await area.copies("gent")
        assert "q" not in copy
        assert "attributes" not in copy["notification"]
        await area.write("gent", speed=50)
        assert area.told == []
        await area.write("region", brand="Volvo")
        assert area.entities() == [
            {"id": "urn:ngsi-ld:Vehicle:1", "type": "Vehicle", "brand": {"type": "Property", "value": "Volvo"}}
        ]
        await area.write("gent", speed=30)
        assert len(area.told) == 1
        await area.write("gent", speed=45)
        assert len(area.told) == 2


async def test_5_8_1_4_copies_outlive_a_restart(tmp_path: Path) -> None:
    """After a restart of the region notifications still come, and a deletion still follows."""
    async with federation("region", "gent", store=tmp_path / "region.sqlite") as area:
        await area.register("gent")
        await area.subscribe()
        await area.end("region")
        area.start("region", tmp_path / "region.sqlite")
        assert len(await area.copies("region")) == 1
        await area.write("gent", speed=50)
        assert len(area.told) == 1
        await area.http["region"].delete(f"/subscriptions/{SUBSCRIPTION}")
        assert await area.copies("gent") == []


async def test_6_3_19_a_copy_goes_with_what_the_registration_says() -> None:
    """Tenant, headers, localOnly and the source's own @context of the registration apply to subscriptions too."""
    seen: list[httpx.Request] = []

    def take(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(201, headers={"Location": "/ngsi-ld/v1/subscriptions/urn:theirs:1"})

    async with federation("region") as area:
        area.transports["http://gent"] = httpx.MockTransport(take)
        await area.register(
            "gent",
            tenant="traffic",
            management={"localOnly": True},
            contextSourceInfo=[{"key": "X-Key", "value": "secret"}, {"key": "ngsildConformance", "value": "1.3"}],
        )
        await area.subscribe(watchedAttributes=["speed"], notificationTrigger=["attributeUpdated"])
        await area.http["region"].patch(f"/subscriptions/{SUBSCRIPTION}", json={"watchedAttributes": ["weight"]})
        await area.http["region"].delete(f"/subscriptions/{SUBSCRIPTION}")
    made, changed, gone = seen
    assert made.url.path == "/ngsi-ld/v1/subscriptions"
    assert made.url.query == b""
    assert (made.headers["NGSILD-Tenant"], made.headers["X-Key"]) == ("traffic", "secret")
    body = json.loads(made.content)
    assert (body["localOnly"], body["watchedAttributes"]) == (True, ["speed"])
    assert (changed.method, changed.url.path) == ("PATCH", "/ngsi-ld/v1/subscriptions/urn:theirs:1")
    assert json.loads(changed.content)["watchedAttributes"] == ["weight"]
    assert (gone.method, gone.url.path) == ("DELETE", "/ngsi-ld/v1/subscriptions/urn:theirs:1")


async def test_isolation_copies_stay_in_their_tenant() -> None:
    """A subscription of one tenant is not copied by the registrations of another."""
    async with federation("region", "gent") as area:
        await area.register("gent")
        body = {
            "id": SUBSCRIPTION,
            "type": "Subscription",
            "entities": [{"type": "Vehicle"}],
            "notification": {"endpoint": {"uri": "http://subscriber/notify"}},
        }
        headers = {"NGSILD-Tenant": "other"}
        assert (await area.http["region"].post("/subscriptions", json=body, headers=headers)).status_code == 201
        assert await area.copies("gent") == []
