"""``subscribed``: the subscription is there for as long as the block lasts, however it ends."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import islice
from typing import Any

import httpx
import pytest
import respx

from citycontext import AsyncClient, Client
from citycontext.errors import (
    BrokerTimeout,
    ConfigurationError,
    ContextBrokerError,
    DataError,
    InvalidName,
    TransportError,
)
from citycontext.ngsild import Entity, OptAttr, optional, point
from citycontext.ngsild.query import Q, near
from citycontext.ngsild.subscriptions import Subscription
from citycontext.receiver import Receiver, subscribed

SUBSCRIPTIONS = "http://broker.example/ngsi-ld/v1/subscriptions"


class OffStreetParking(Entity):
    available_spot_number: OptAttr[int] = optional()
    name: OptAttr[str] = optional()


def parking(spots: int) -> OffStreetParking:
    return OffStreetParking(id="urn:ngsi-ld:OffStreetParking:gent:loop", available_spot_number=spots)


def spots_of(received: Any) -> int | None:
    spots = received.entities[0].available_spot_number
    return None if spots is None else spots.value


def test_three_statements(broker_url: str) -> None:
    """Subscribe, iterate and be done: nothing else is needed, and nothing is left at the broker."""
    with Client(broker_url) as client:
        with subscribed(client, OffStreetParking, watched_attributes=["availableSpotNumber"]) as notifications:
            for spots in (3, 2, 1):
                client.entities.upsert(parking(spots))
            assert [spots_of(received) for received in islice(notifications, 3)] == [3, 2, 1]
        assert client.subscriptions.query().all() == []
        assert list(notifications) == []


async def test_three_statements_in_an_event_loop(broker_url: str) -> None:
    """The same with an asynchronous client."""
    async with AsyncClient(broker_url) as client:
        async with subscribed(client, OffStreetParking, q=Q.availableSpotNumber < 3) as notifications:
            for spots in (4, 2):
                await client.entities.upsert(parking(spots))
            async for received in notifications:
                assert spots_of(received) == 2
                break
            with pytest.raises(BrokerTimeout):
                await notifications.get(0.1)
        assert await client.subscriptions.query().all() == []


@pytest.mark.parametrize("fate", ["gone", "paused", "expired"])
def test_a_lost_subscription_is_made_again(broker_url: str, caplog: pytest.LogCaptureFixture, fate: str) -> None:
    """What the broker forgot, paused or let expire notifies again, which is counted and told; nothing is left."""
    with Client(broker_url) as client:
        with subscribed(client, OffStreetParking, look_every=0.2) as notifications:
            client.entities.upsert(parking(3))
            assert spots_of(notifications.get(5)) == 3
            lose(client, notifications.id, fate)
            deadline = time.monotonic() + 10
            while not notifications.restored:
                assert time.monotonic() < deadline
                time.sleep(0.02)
            client.entities.upsert(parking(2))
            assert spots_of(notifications.get(5)) == 2
            assert notifications.trouble is None
        assert "it was made again" in caplog.text
        assert client.subscriptions.query().all() == []


def lose(client: Client, name: str, fate: str) -> None:
    """Have a subscription lost in one of the ways that brokers have."""
    if fate == "gone":
        client.subscriptions.delete(name)
    elif fate == "paused":
        client.subscriptions.update(name, {"isActive": False})
    else:
        soon = datetime.now(UTC) + timedelta(seconds=0.2)
        client.subscriptions.update(name, {"expiresAt": soon.isoformat().replace("+00:00", "Z")})


async def test_a_lost_subscription_is_made_again_in_an_event_loop(broker_url: str) -> None:
    """The same with an asynchronous client."""
    async with AsyncClient(broker_url) as client:
        async with subscribed(client, OffStreetParking, look_every=0.1) as notifications:
            await client.subscriptions.delete(notifications.id)
            async with asyncio.timeout(10):
                while not notifications.restored:  # noqa: ASYNC110  (there is no event to wait for)
                    await asyncio.sleep(0.02)
            await client.entities.upsert(parking(2))
            assert spots_of(await notifications.get(5)) == 2
        assert await client.subscriptions.query().all() == []


def test_a_subscription_that_was_to_end_is_not_made_again(broker_url: str) -> None:
    """Once expires_at has come, nothing is subscribed to any more."""
    with Client(broker_url) as client:
        until = datetime.now(UTC) + timedelta(seconds=0.5)
        with subscribed(client, OffStreetParking, look_every=0.1, expires_at=until) as notifications:
            time.sleep(1.2)
            assert notifications.restored == 0


def test_what_is_wanted_is_asked_for(broker_url: str) -> None:
    """Conditions stand in the subscription, the form of notifications in its notification member."""
    with (
        Client(broker_url) as client,
        subscribed(
            client,
            OffStreetParking,
            watched_attributes=("availableSpotNumber",),
            notification_trigger=["attributeUpdated"],
            q="availableSpotNumber<10",
            throttling=0.5,
            representation="simplified",
            pick=["id", "type", "availableSpotNumber"],
            expires_at="2100-01-01T00:00:00Z",
        ) as notifications,
    ):
        held = client.subscriptions.retrieve(notifications.id).to_dict()
        assert held["entities"] == [{"type": "OffStreetParking"}]
        assert (held["q"], held["throttling"]) == ("availableSpotNumber<10", 0.5)
        assert held["notification"]["format"] == "simplified"
        client.entities.upsert(parking(9))
        client.entities.upsert(parking(8))
        assert spots_of(notifications.get(5)) == 8


def test_a_place_is_asked_for_as_in_queries(broker_url: str) -> None:
    """A geo-query has the name that it has in queries; the standard's names for documents are refused with that one."""
    with (
        Client(broker_url) as client,
        subscribed(client, OffStreetParking, geo=near(point(3.7, 51), max_distance=500)) as notifications,
    ):
        held = client.subscriptions.retrieve(notifications.id).to_dict()
        assert held["geoQ"]["georel"] == "near;maxDistance==500"
        others: list[tuple[dict[str, Any], str]] = [
            ({"geo_q": None}, "geo="),
            ({"format": "concise"}, "representation="),
        ]
        for given, said in others:
            with pytest.raises(InvalidName, match=said), subscribed(client, OffStreetParking, **given):
                pass


def test_any_entities(broker_url: str) -> None:
    """Without a class, entities of any type that have a watched attribute come as ``Entity``."""
    with Client(broker_url) as client, subscribed(client, watched_attributes=["availableSpotNumber"]) as notifications:
        client.entities.upsert(parking(3))
        assert type(notifications.get(5).entities[0]) is Entity


def test_several_share_a_receiver(broker_url: str) -> None:
    """Each block gets the notifications of its own subscription, as its own class."""
    with Client(broker_url) as client, Receiver(secret="hush") as receiver:
        with (
            subscribed(client, OffStreetParking, receiver=receiver, watched_attributes=["name"]) as names,
            subscribed(client, receiver=receiver, watched_attributes=["availableSpotNumber"]) as spots,
        ):
            client.entities.upsert(parking(3))
            assert type(spots.get(5).entities[0]) is Entity
            client.entities.merge(parking(3).id, OffStreetParking.fragment(name="Loop"))
            assert type(names.get(5).entities[0]) is OffStreetParking
        assert len(receiver) == 0
        assert list(receiver.findings) == []


def test_an_error_in_the_block(broker_url: str) -> None:
    """It comes out as it is, and the subscription is deleted."""
    with Client(broker_url) as client:
        with pytest.raises(ZeroDivisionError), subscribed(client, OffStreetParking):
            1 / 0
        assert client.subscriptions.query().all() == []


async def test_a_cancelled_block(broker_url: str) -> None:
    """Cancelling a task that waits for a notification deletes its subscription."""
    async with AsyncClient(broker_url) as client:

        async def wait_for_ever() -> None:
            async with subscribed(client, OffStreetParking) as notifications:
                async for _ in notifications:
                    pass

        waiting = asyncio.create_task(wait_for_ever())
        while not await client.subscriptions.query().all():  # noqa: ASYNC110  (nothing tells when the broker has it)
            await asyncio.sleep(0.01)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert await client.subscriptions.query().all() == []


def test_a_subscription_that_is_gone_already(broker_url: str) -> None:
    """Somebody else deleted it, or it expired: that is not an error."""
    with Client(broker_url) as client, subscribed(client, OffStreetParking) as notifications:
        client.subscriptions.delete(notifications.id)


async def test_a_receiver_of_ones_own_in_an_event_loop(broker_url: str) -> None:
    """It outlives the block, and so does the client, also where somebody else deleted the subscription."""
    async with AsyncClient(broker_url) as client, Receiver() as receiver:
        for _ in range(2):
            async with subscribed(client, OffStreetParking, receiver=receiver) as notifications:
                await client.subscriptions.delete(notifications.id)
        assert notifications.receiver is receiver
        assert (await client.subscriptions.query().all(), receiver.url) == ([], receiver.url)


def test_what_breaks_a_clause() -> None:
    """No request is made for a subscription that cannot be."""
    with respx.mock, Client("http://broker.example") as client:
        for wanted in ({}, {"q": "a=="}, {"watched_attributes": []}):
            with pytest.raises(DataError), subscribed(client, **wanted):  # type: ignore[call-overload]
                pass
        with pytest.raises(InvalidName, match="watched_attribute"), subscribed(client, watched_atributes=["a"]):  # type: ignore[call-overload]
            pass


@pytest.mark.parametrize(
    ("answer", "deletes"),
    [
        (httpx.Response(400, json={"type": "https://uri.etsi.org/ngsi-ld/errors/BadRequestData"}), 0),
        (httpx.Response(500), 1),
        (httpx.ReadTimeout("slow"), 1),
    ],
)
async def test_a_subscription_that_cannot_be_made(answer: Any, deletes: int) -> None:
    """The error comes out of both clients; where the subscription may be there nevertheless, it is deleted."""
    with respx.mock(assert_all_called=False) as broker:
        creating = broker.post(SUBSCRIPTIONS).mock(side_effect=[answer] * 2)
        deleting = broker.delete(url__startswith=SUBSCRIPTIONS).mock(return_value=httpx.Response(404))
        async with AsyncClient("http://broker.example", retries=0) as other:
            attempt = subscribed(other, OffStreetParking)
            with pytest.raises((ContextBrokerError, TransportError)):
                async with attempt:
                    pytest.fail("it was not made")
        assert [one async for one in attempt.receiver] == [], "its receiver is closed"
        assert (creating.call_count, deleting.call_count) == (1, deletes)
        with Client("http://broker.example", retries=0) as client:  # noqa: SIM117  (what raises, and where)
            with pytest.raises((ContextBrokerError, TransportError)), subscribed(client, OffStreetParking):
                pytest.fail("it was not made")
        assert (creating.call_count, deleting.call_count) == (2, 2 * deletes)


async def test_a_subscription_that_cannot_be_deleted(respx_mock: Any) -> None:
    """The failure comes out of a block that went well, and is a note on the error of one that did not."""
    respx_mock.post(SUBSCRIPTIONS).mock(return_value=httpx.Response(201, headers={"Location": "/x"}))
    respx_mock.delete(url__startswith=SUBSCRIPTIONS).mock(return_value=httpx.Response(500))
    with Client("http://broker.example", retries=0) as client:
        with pytest.raises(ContextBrokerError), subscribed(client, OffStreetParking):
            pass
        with pytest.raises(ZeroDivisionError) as raised, subscribed(client, OffStreetParking) as block:
            1 / 0
    assert block.id in raised.value.__notes__[0]
    async with AsyncClient("http://broker.example", retries=0) as other:
        with pytest.raises(ContextBrokerError):
            async with subscribed(other, OffStreetParking):
                pass
        with pytest.raises(ZeroDivisionError) as raised:
            async with subscribed(other, OffStreetParking) as block_:
                1 / 0
    assert block_.id in raised.value.__notes__[0]


class Eager:
    """A client of another make, whose broker notifies before it answers."""

    def __init__(self, notification: dict[str, Any]) -> None:
        self.notification = notification
        self.deleted: list[str] = []

    @cached_property
    def subscriptions(self) -> Eager:
        return self

    def create(self, document: Subscription, *, context: Any = None) -> str:
        endpoint = document.notification.endpoint
        headers = {pair.key: pair.value for pair in endpoint.receiver_info or []}
        notification = {**self.notification, "subscriptionId": document.id}
        assert httpx.post(endpoint.uri, json=notification, headers=headers).status_code == 204
        return document.id or ""

    def delete(self, document_id: str) -> None:
        self.deleted.append(document_id)


def test_a_notification_before_the_answer(notify: Any) -> None:
    """What a broker sends before it answers the creation is expected already; any client with two methods will do."""
    client = Eager(notify())
    with subscribed(client, watched_attributes=["level"]) as notifications:
        assert notifications.get(5).entities[0].type == "Room"
    assert client.deleted == [notifications.id]


class Slow:
    """A client whose broker never answers the creation."""

    def __init__(self) -> None:
        self.deleted: list[str] = []
        self.asked = asyncio.Event()

    @cached_property
    def subscriptions(self) -> Slow:
        return self

    async def create(self, document: Subscription, *, context: Any = None) -> str:
        self.asked.set()
        await asyncio.sleep(60)
        return ""

    async def delete(self, document_id: str) -> None:
        self.deleted.append(document_id)


async def test_cancelled_while_it_subscribes() -> None:
    """Whoever gives up before the answer comes leaves no subscription behind, and no open port."""
    client = Slow()
    attempt = subscribed(client, watched_attributes=["level"])
    entering = asyncio.create_task(attempt.__aenter__())
    await client.asked.wait()
    entering.cancel()
    with pytest.raises(asyncio.CancelledError):
        await entering
    assert client.deleted == [attempt.id]
    assert [one async for one in attempt.receiver] == []


def test_outside_of_its_block() -> None:
    """Before the block begins there is nothing to wait for, and making it sends nothing."""
    with respx.mock, Client("http://broker.example") as client:
        waiting = subscribed(client, OffStreetParking)
        assert waiting.id in repr(waiting)
        with pytest.raises(ConfigurationError, match="with"):
            waiting.get()


def test_a_receiver_without_an_address(broker_url: str) -> None:
    """A receiver that is neither started nor mounted is an error before any request."""
    with Client(broker_url) as client:
        with pytest.raises(ConfigurationError, match="public_url"), subscribed(client, receiver=Receiver()):
            pass
        assert client.subscriptions.query().all() == []


def test_strangers_cannot_notify(broker_url: str) -> None:
    """The receiver that a block makes for itself has a secret, which the subscription tells the broker alone."""
    with Client(broker_url) as client, subscribed(client, OffStreetParking) as notifications:
        assert httpx.post(notifications.receiver.url, json={}).status_code == 401
