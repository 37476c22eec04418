"""Messages of another kind, and messages that were kept: one dead letter at most, and no old value made new."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from citycontext.bridge.config.bridge import BridgeConfig
from citycontext.bridge.message import Message
from citycontext.bridge.rehearsal.rehearsal import Rehearsal, Result

ARRIVED = 1_714_557_600.0


def results(routes: list[dict[str, Any]], payload: Any, topic: str = "a/up", **message: Any) -> list[Result]:
    """Map a message by routes of one topic."""
    base = {"topic": "a/#", "type": "Device", "id": "urn:ngsi-ld:Device:x", "attributes": {"value": "t"}}
    config = BridgeConfig.from_dict(
        {
            "mqtt": {"url": "mqtt://localhost"},
            "context_broker": {"url": "http://localhost"},
            "route": [base | {"name": f"r{number}"} | route for number, route in enumerate(routes)],
        }
    )
    content = payload if isinstance(payload, bytes) else orjson.dumps(payload)
    return list(Rehearsal(config).results([Message(topic, content, ARRIVED, **message)]))


def test_a_message_of_another_kind_is_for_another_route() -> None:
    """Where one route takes it, the others that cannot read it say nothing."""
    made = results([{"codec": "chirpstack"}, {"codec": "actility"}, {}], {"t": 1})
    assert [one.failure for one in made] == [None, None, None]
    assert [len(one.entities) for one in made] == [0, 0, 1]


@pytest.mark.parametrize("payload", [{"t": 1}, b"{"])
def test_what_no_route_can_read_is_one_dead_letter(payload: Any) -> None:
    """Nine routes, one reason, one dead letter."""
    made = results([{"codec": "chirpstack"}] * 9, payload)
    assert sum(one.failure is not None for one in made) == 1


def test_damage_is_told_by_each_kind_of_codec() -> None:
    """A message that is damaged is not a message of another kind: text that takes anything does not hide it."""
    made = results([{}, {"codec": "text", "attributes": {"value": "text"}}], b'{"t": 1')
    assert [one.failure is not None for one in made] == [True, False]


@pytest.mark.parametrize(
    ("retained", "document", "count"),
    [
        ("accept", {"t": 1}, 1),
        ("ignore", {"t": 1, "at": "2024-05-01T09:00:00Z"}, 0),
        ("timed", {"t": 1}, 0),
        ("timed", {"t": 1, "at": "2024-05-01T09:00:00Z"}, 1),
    ],
)
def test_a_value_that_was_kept_does_not_become_new(retained: str, document: dict[str, Any], count: int) -> None:
    """A route says what becomes of retained messages; one that is not retained is written in any case."""
    route = {"retained": retained, "observed_at": "at"}
    (made,) = results([route], document, retained=True)
    assert (len(made.entities), made.failure) == (count, None)
    (made,) = results([route], document)
    assert len(made.entities) == 1


def test_announcements_reach_the_codec_though_retained_values_are_ignored() -> None:
    """Homie's description is retained, and so is the value beside it: only the first is taken."""
    route = {
        "topic": "homie/#",
        "codec": "homie",
        "retained": "ignore",
        "id": "urn:ngsi-ld:Device:{device}",
        "attributes": {"value": {"from": "value", "from_unit": {"from": "unit"}}},
    }
    config = BridgeConfig.from_dict(
        {
            "mqtt": {"url": "mqtt://localhost"},
            "context_broker": {"url": "http://localhost"},
            "route": [{"type": "Device"} | route],
        }
    )
    description = {"nodes": {"n": {"properties": {"t": {"datatype": "float", "unit": "°C"}}}}}
    messages = [
        Message("homie/5/d/$description", orjson.dumps(description), ARRIVED, retained=True),
        Message("homie/5/d/n/t", b"21.5", ARRIVED, retained=True),
        Message("homie/5/d/n/t", b"21.6", ARRIVED),
    ]
    made = list(Rehearsal(config).results(messages))
    assert [one.failure for one in made] == [None, None, None]
    assert [len(one.entities) for one in made] == [0, 0, 1]
    assert made[2].entities[0]["value"]["value"] == 21.6
    assert made[2].entities[0]["value"]["unitCode"] == "CEL"
