"""What a user writes to be notified, and a type checker must accept."""

from __future__ import annotations

from typing import assert_type

from citycontext import AsyncClient, Attr, Client, Entity, Q
from citycontext.receiver import (
    AsyncSubscribed,
    Expected,
    MqttReceiver,
    Received,
    Receiver,
    Subscribed,
    subscribed,
)


class Parking(Entity):
    available_spot_number: Attr[int]


def notified(client: Client) -> None:
    with subscribed(client, Parking, watched_attributes=["availableSpotNumber"], q=Q.availableSpotNumber < 3) as block:
        assert_type(block, Subscribed[Parking])
        for received in block:
            assert_type(received, Received[Parking])
            assert_type(received.entities[0].available_spot_number.value, int)
    with subscribed(client, watched_attributes=["availableSpotNumber"]) as anything:
        assert_type(anything.get(5), Received[Entity])


async def notified_in_a_loop(client: AsyncClient) -> None:
    async with subscribed(client, Parking, receiver=MqttReceiver("mqtt://localhost/a")) as block:
        assert_type(block, AsyncSubscribed[Parking])
        async for received in block:
            assert_type(received.entities, list[Parking])
        assert_type(await block.get(5), Received[Parking])


def receivers() -> None:
    assert_type(Receiver(), Receiver[Entity])
    assert_type(MqttReceiver("mqtt://localhost/a"), MqttReceiver[Entity])
    assert_type(MqttReceiver("mqtt://localhost/a", Parking), MqttReceiver[Parking])
    with Receiver(Parking) as receiver:
        assert_type(receiver, Receiver[Parking])
        assert_type(receiver.expect("urn:ngsi-ld:Subscription:1", Entity), Expected[Entity])
        assert_type(receiver.get(), Received[Parking])
