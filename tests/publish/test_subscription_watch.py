"""Subscriptions that feed a stream, looked after."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from citycontext import Client
from citycontext.broker import LocalBroker, Server
from citycontext.ngsild.subscriptions import Subscription
from citycontext.publish.subscription_watch import SubscriptionWatch

NAME = "urn:ngsi-ld:Subscription:1"


@pytest.fixture
def client() -> Iterator[Client]:
    """Return a client of a local broker with a subscription."""
    with Server(LocalBroker(), port=0) as server, Client(server.url) as client:
        client.subscriptions.create(
            Subscription.from_dict(
                {
                    "id": NAME,
                    "type": "Subscription",
                    "entities": [{"type": "T"}],
                    "q": "level>3",
                    "notification": {
                        "endpoint": {
                            "uri": "http://127.0.0.1:9/",
                            "receiverInfo": [{"key": "X-Notification-Secret", "value": "s3cret"}],
                        }
                    },
                }
            )
        )
        yield client


@pytest.mark.parametrize("fate", ["gone", "paused"])
def test_a_lost_subscription_is_made_again(client: Client, fate: str, caplog: pytest.LogCaptureFixture) -> None:
    """One that notified once and that the broker lost or paused asks for the same again, the secret included."""
    before = client.subscriptions.retrieve(NAME).to_dict()
    with SubscriptionWatch(client, 0.1) as watch:
        watch.note(NAME)
        time.sleep(0.5)
        if fate == "gone":
            client.subscriptions.delete(NAME)
        else:
            client.subscriptions.update(NAME, {"isActive": False})
        deadline = time.monotonic() + 10
        while not watch.restored:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        after = client.subscriptions.retrieve(NAME).to_dict()
        assert (after["q"], after["notification"]["endpoint"]) == (before["q"], before["notification"]["endpoint"])
        assert after["status"] == "active"
    assert "was made again" in caplog.text


def test_one_that_was_lost_before_it_was_known_is_told(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    """What a subscription asked for cannot be guessed: the log says that a person must make it again."""
    client.subscriptions.delete(NAME)
    with SubscriptionWatch(client, 0.1) as watch:
        watch.note(NAME)
        deadline = time.monotonic() + 10
        while "make it again" not in caplog.text:
            assert time.monotonic() < deadline
            time.sleep(0.02)
    assert watch.restored == 0
