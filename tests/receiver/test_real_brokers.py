"""The notifications that two real brokers sent, sent again to a receiver: every one is taken, and read whole."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest

from citycontext.ngsild import (
    NULL,
    Entity,
    GeoProperty,
    OptAttr,
    OptGeoAttr,
    OptRelAttr,
    Property,
    Relationship,
    optional,
)
from citycontext.ngsild.notifications import ContextSourceNotification
from citycontext.receiver import MqttReceiver, Received, Receiver

FILES = ("coraine-0.3.0.json", "orionld-1.6.0.json", "orionld-1.6.0-multiservice.json")
SERVED = "http://127.0.0.1:7090/ctx/"

pytestmark = pytest.mark.shared


class Vehicle(Entity):
    brand_name: OptAttr[str] = optional()
    speed: OptAttr[float] = optional()
    is_parked: OptRelAttr = optional()
    location: OptGeoAttr = optional()


@pytest.fixture(scope="module")
def recorded(shared_dir: Path) -> list[dict[str, Any]]:
    """Load all notifications."""
    folder = shared_dir / "real-brokers"
    if not folder.is_dir():
        pytest.skip("the recordings (../shared/real-brokers) are not beside this project")
    found: list[dict[str, Any]] = []
    for name in FILES:
        found += json.loads((folder / name).read_text(encoding="utf-8"))["notifications"]
    return found


def body_of(one: dict[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = one["message"]["body"]["body"] if one["via"] == "mqtt" else one["request"]["body"]
    return body


async def receive(one: dict[str, Any], as_: type[Any] = Entity) -> Received[Any]:
    """Send a recorded notification the way it came, and read it."""
    if one["via"] == "mqtt":
        topic = MqttReceiver("mqtt://localhost/recorded", as_)
        message = type("Message", (), {"payload": json.dumps(one["message"]["body"]).encode(), "qos": 0, "mid": 0})
        topic._on_message(None, None, message)  # type: ignore[arg-type]
        assert not topic.findings, (one["trigger"], topic.findings)
        return await topic.aget(1)
    receiver = Receiver(as_)
    request = one["request"]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(receiver), base_url="http://127.0.0.1") as http:
        answer = await http.request(
            request["method"],
            request["path"],
            params=request["query"],
            headers=[(name, value) for name, value in request["headers"] if name.lower() != "content-length"],
            json=request["body"],
        )
    assert answer.status_code == 204, (one["trigger"], answer.text)
    return await receiver.aget(1)


def of_whom(received: Received[Any]) -> list[Any]:
    document = received.document
    return document.data if isinstance(document, ContextSourceNotification) else received.entities


async def test_every_notification_is_taken(recorded: list[dict[str, Any]]) -> None:
    """All 235 are answered with 204 and come out with all their entities and nothing to complain about."""
    seen: Counter[str] = Counter()
    for one in recorded:
        received = await receive(one)
        data = body_of(one)["data"]
        items = data["features"] if isinstance(data, dict) else data
        assert [one.id for one in of_whom(received)] == [item["id"] for item in items]
        assert received.subscription_id == body_of(one)["subscriptionId"]
        assert received.findings == [], (one["trigger"], received.findings)
        seen[one["via"]] += 1
    assert seen.total() == 235
    assert seen["mqtt"] == 20


async def test_every_entity_knows_its_context(recorded: list[dict[str, Any]]) -> None:
    """Wherever a broker put the @context, the entities have it: the user's, but for a deleted entity's in JSON-LD."""
    others: Counter[str] = Counter()
    for one in recorded:
        for entity in (await receive(one)).entities:
            named = entity.context if isinstance(entity.context, list) else [entity.context]
            assert isinstance(named[0], str), one["trigger"]
            if not named[0].startswith(SERVED):
                others[one["trigger"]] += 1
    assert others == {"notifications/delete": 1}


async def test_every_form_is_read_as_declared(recorded: list[dict[str, Any]]) -> None:
    """Normalized, concise, simplified and GeoJSON give the class the types of attributes that it declares."""
    kinds = {"brandName": Property, "speed": Property, "isParked": Relationship, "location": GeoProperty}
    seen: Counter[str] = Counter()
    for one in recorded:
        received = await receive(one, Vehicle)
        for entity in received.entities:
            for name, kind in kinds.items():
                if name in entity and entity[name].value != NULL:  # a bare Null of a deleted attribute has no kind
                    assert type(entity[name]) is kind, (one["trigger"], name)
                    seen[name] += 1
    assert min(seen.values()) > 100


async def test_the_tenant_is_told(recorded: list[dict[str, Any]]) -> None:
    """Both spellings of the tenant's header are understood."""
    tenants = [(await receive(one)).tenant for one in recorded if one["trigger"].startswith("tenants/")]
    assert set(tenants) == {"acme"}
