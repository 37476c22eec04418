"""Every notification that two real brokers sent is read, whole, over HTTP and MQTT."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from citycontext.ngsild.notifications import ContextSourceNotification, Notification

FILES = ("coraine-0.3.0.json", "orionld-1.6.0.json", "orionld-1.6.0-multiservice.json")


@pytest.fixture(scope="module")
def notifications(shared_dir: Path) -> list[dict[str, Any]]:
    """Load all notifications."""
    found: list[dict[str, Any]] = []
    for name in FILES:
        found += json.loads((shared_dir / "real-brokers" / name).read_text(encoding="utf-8"))["notifications"]
    return found


def test_every_notification_is_read(notifications: list[dict[str, Any]]) -> None:
    """It comes back as it was sent, and each entity in it, a deleted one too, can be asked for its attributes."""
    read: Counter[str] = Counter()
    for one in notifications:
        if one["via"] == "mqtt":
            message = one["message"]["body"]
            notification = Notification.from_mqtt(message)
            body = message["body"]
        else:
            body = one["request"]["body"]
            if body["type"] != "Notification":
                sources = ContextSourceNotification.from_dict(body)
                assert sources.to_dict() == body
                read[body["type"]] += 1
                continue
            notification = Notification.from_dict(body)
            assert notification.to_dict() == body
        data = body["data"]
        items = data["features"] if isinstance(data, dict) else data
        assert notification.subscription_id == body["subscriptionId"]
        assert [entity.id for entity in notification.entities()] == [item["id"] for item in items]
        read[one["via"]] += 1
    assert read.total() == 235
    assert read["mqtt"] == 20
