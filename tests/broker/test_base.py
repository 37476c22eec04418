"""Where the broker says that it is."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from tests.broker.resources.test_subscriptions import Receiver

from citycontext.broker import LocalBroker


@pytest.mark.parametrize("path", ["subscriptions", "csourceSubscriptions"])
async def test_notifications_name_the_base_of_their_subscription(broker: LocalBroker, path: str) -> None:
    """The Link of a notification leads to where its subscriber reached the broker, not where others did."""
    receiver = Receiver()
    context = [{"level": "https://e.example/level", "Building": "https://e.example/Building"}]
    notification = {"endpoint": {"uri": receiver.uri, "accept": "application/json"}}
    wanted = {"type": "Subscription", "entities": [{"type": "Building"}], "notification": notification}
    async with httpx.AsyncClient(transport=broker.transport()) as http:
        made = await http.post(
            f"http://mine.example/ngsi-ld/v1/{path}",
            json={**wanted, "@context": context},
            headers={"Content-Type": "application/ld+json"},
        )
        assert made.status_code == 201, made.text
        information = [{"entities": [{"type": "https://e.example/Building"}]}]
        source = {"type": "ContextSourceRegistration", "endpoint": "http://127.0.0.1:9", "information": information}
        for address, body in (
            ("csourceRegistrations", source),
            ("entities", {"id": "urn:a:b", "type": "https://e.example/Building", "level": 1}),
        ):
            answer = await http.post(f"http://forged.example/ngsi-ld/v1/{address}", json=body)
            assert answer.status_code in (201, 207, 409, 504)
        await receiver.wait(1)
    headers = receiver.received[0][0]
    assert "//mine.example/" in headers["link"]
    await asyncio.to_thread(receiver.close)
