"""Processing: late updates, several routes for one message, and codecs that misbehave."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from citycontext.bridge.config.bridge import BridgeConfig
from citycontext.bridge.delivery.entity_queues import EntityQueues
from citycontext.bridge.journal.journal import Refusal
from citycontext.bridge.mapping.processing import MessageRouter, Processing
from citycontext.bridge.message import Message


class Inbox:
    """Takes what was settled."""

    def __init__(self) -> None:
        self.done: list[Message] = []
        self.refused: list[Refusal] = []

    def settle(self, done: list[Message], refused: list[Refusal], newest: Any = None) -> None:
        """Note it."""
        self.done += done
        self.refused += refused


def process(
    routes: list[dict[str, Any]], messages: list[Message], late: str = "pass", folder: Path | None = None
) -> Any:
    """Work on messages; gives inbox, queues and processing."""
    config = BridgeConfig.from_dict(
        {
            "mqtt": [{"url": "mqtt://a", "name": "a"}, {"url": "mqtt://b", "name": "b"}],
            "context_broker": {"url": "http://localhost"},
            "delivery": {"late": late},
            "route": routes,
        }
    )
    inbox, queues = Inbox(), EntityQueues(1000)
    processing = Processing(MessageRouter(config, folder), inbox, queues, config.delivery.late)  # type: ignore[arg-type]
    processing._work(messages)
    return inbox, queues, processing


def route(**more: Any) -> dict[str, Any]:
    """Make a route."""
    return {
        "topic": "t/{x}",
        "type": "T",
        "id": "urn:ngsi-ld:T:{x}",
        "observed_at": "at",
        "attributes": {"v": "v", "w": "w"},
    } | more


def timed(value: int, at: int, source: str = "a", name: str = "v") -> Message:
    """Make a message of a time."""
    return Message("t/1", f'{{"{name}": {value}, "at": "2024-05-01T10:00:{at:02}Z"}}'.encode(), 1_714_557_700.0, source)


@pytest.mark.parametrize(("late", "expected"), [("pass", [1, 3, 2, 3]), ("drop", [1, 3, 3])])
def test_late_updates_are_passed_or_dropped(late: str, expected: list[int]) -> None:
    """Older than one already seen, attribute by attribute; a repetition of the newest is not one."""
    messages = [timed(1, 10), timed(3, 30), timed(2, 20), timed(3, 30), timed(9, 15, name="w")]
    inbox, queues, processing = process([route()], messages, late)
    seen = []
    while queues.waiting:
        (update,) = queues.take(10, 0)
        seen.append(update.wire)
        queues.finish([update])
    assert [wire["v"]["value"] for wire in seen if "v" in wire] == expected
    assert [wire["w"]["value"] for wire in seen if "w" in wire] == [9]
    assert processing.late == len(messages) - 1 - len(expected)
    assert len(inbox.done) == processing.late


def test_late_attributes_go_to_the_history_and_the_others_on() -> None:
    """``temporal``: one message, two updates; its ticket closes with both."""
    first, second = (
        timed(1, 10),
        Message("t/1", b'{"v": 2, "w": 3, "at": "2024-05-01T10:00:05Z"}', 1_714_557_700.0, "a"),
    )
    _, queues, processing = process([route()], [first, second], "temporal")
    (now,) = queues.take(10, 0)
    (late,) = queues.take(10, 0)
    at = "2024-05-01T10:00:05Z"
    assert late.is_history
    assert late.wire == {
        "id": "urn:ngsi-ld:T:1",
        "type": "T",
        "v": {"type": "Property", "value": 2, "observedAt": at},
    }
    assert [one.message for one in queues.finish([now])] == [first]
    (rest,) = queues.take(10, 0)
    assert (sorted(rest.wire), rest.wire["w"]["value"]) == (["id", "type", "w"], 3)
    assert queues.finish([late]) == []
    assert [one.message for one in queues.finish([rest])] == [second]
    assert processing.late == 1


def test_a_message_is_settled_after_all_of_its_routes() -> None:
    """One route refuses, the other delivers: the message becomes a dead letter only once the update is settled."""
    strict = route(name="strict", attributes={"v": {"from": "v", "datatype": "text"}}, id="urn:ngsi-ld:S:{x}")
    inbox, queues, _ = process([route(), strict], [timed(1, 10)])
    assert (inbox.done, inbox.refused) == ([], [])
    (ticket,) = queues.finish(queues.take(10, 0))
    assert [one.route for one in ticket.refusals] == ["strict"]


def test_messages_go_to_the_routes_of_their_broker_and_others_are_let_go() -> None:
    """A route may read from one MQTT broker only; what no route wants is not kept."""
    inbox, queues, processing = process([route(mqtt="b")], [timed(1, 10, "a"), timed(2, 20, "b")])
    assert queues.waiting == 1
    assert processing.unrouted == 1
    assert len(inbox.done) == 1


def test_a_codec_that_raises_anything_stops_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message is put aside with what was raised."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    (tmp_path / "careless_codec.py").write_text("def decode(payload, topic): return {'v': 1 / (payload[0] - 48)}\n")
    messages = [Message("t/1", b"0", 1_714_557_700.0, "a"), Message("t/1", b"2", 1_714_557_700.0, "a")]
    inbox, queues, _ = process([route(codec="careless_codec:decode")], messages, folder=tmp_path)
    assert queues.waiting == 1
    (refusal,) = inbox.refused
    assert refusal.stage == "codec"
    assert "ZeroDivisionError" in refusal.reason


def test_a_damaged_message_is_put_aside() -> None:
    """What the disk did not keep well is not delivered as if it were good."""
    message = timed(1, 10)
    message.intact = False
    inbox, queues, _ = process([route()], [message])
    assert queues.waiting == 0
    assert "checksum" in inbox.refused[0].reason


def test_repetitions_are_counted_and_let_go() -> None:
    """The first counts, also where it was refused before a good one came; a dead letter tried again is not one."""

    def message(text: str, arrived: float) -> Message:
        return Message("t/1", text.encode(), arrived, "a")

    good, again = message('{"v": 1, "n": 7}', 1_714_557_700.0), message('{"v": 1, "n": 7}', 1_714_557_701.0)
    bad, mended = message('{"v": "x", "n": 8}', 1_714_557_702.0), message('{"v": 2, "n": 8}', 1_714_557_703.0)
    number = {"v": {"from": "v", "datatype": "number"}}
    inbox, queues, processing = process([route(dedup=["n"], attributes=number)], [good, again, bad, mended])
    assert [one.payload for one in inbox.done] == [again.payload]
    assert [one.message for one in inbox.refused] == [bad]
    assert queues.waiting == 2
    counts = processing.router.routes[0].counts
    assert (counts.messages, counts.updates, counts.repeated, counts.refused) == (4, 2, 1, 1)
    processing._work([good])
    assert counts.repeated == 1


def test_a_new_router_goes_on_where_the_old_one_stopped() -> None:
    """Counts, repetitions and last known states survive a reload of the configuration, for routes of the same name."""
    routes = [route(dedup="n", overlay=True, attributes={"at": {"longitude": "x", "latitude": "y"}}, observed_at=[])]
    given = {"mqtt": {"url": "mqtt://a"}, "context_broker": {"url": "http://localhost"}, "route": routes}
    old = MessageRouter(BridgeConfig.from_dict(given))
    new = MessageRouter(BridgeConfig.from_dict(given), before=old)
    made = []
    for number, (router, payload) in enumerate(
        [(old, b'{"n": 1, "x": 3.7}'), (new, b'{"n": 2, "y": 51.0}'), (new, b'{"n": 2, "y": 52.0}')]
    ):
        ((found, captures),) = router.find("t/1", "mqtt")
        found.counts.messages += 1
        made.append(found.work(Message("t/1", payload, 1_714_557_700.0 + number), captures))
    assert [len(one) for one in made] == [0, 1, 0]
    assert made[1][0]["at"]["value"]["coordinates"] == [3.7, 51.0]
    assert (new.routes[0].counts.messages, new.routes[0].counts.repeated) == (3, 1)


def test_a_shelly_writes_what_changed_and_nothing_old() -> None:
    """Its messages are completed for conditions, but an old value is not written with a new time; no dead letters."""
    shelly = route(
        topic="{prefix}/events/rpc",
        codec="shelly",
        id="urn:ngsi-ld:T:{device}",
        when='"switch:0".output',
        observed_at="time",
        attributes={"power": '"switch:0".apower', "warmth": '"temperature:0".tC'},
    )
    said = [
        (1_714_557_600, '"switch:0":{"output":true,"apower":9.5},"temperature:0":{"tC":20.0}'),
        (1_714_557_610, '"switch:0":{"apower":8.1}'),
        (1_714_557_620, '"wifi":{"rssi":-60}'),
        (1_714_557_630, '"temperature:0":{"tC":21.0}'),
    ]
    messages = [
        Message(
            "s1/events/rpc",
            b'{"src":"s1","method":"NotifyStatus","params":{"ts":%d,%s}}' % (at, more.encode()),
            at,
            "a",
        )
        for at, more in said
    ]
    inbox, queues, _ = process([shelly], messages)
    seen = []
    while queues.waiting:
        (update,) = queues.take(10, 0)
        seen.append({name: one["value"] for name, one in update.wire.items() if isinstance(one, dict)})
        queues.finish([update])
    assert inbox.refused == []
    assert seen == [{"power": 9.5, "warmth": 20.0}, {"power": 8.1}, {"warmth": 21.0}]
    assert inbox.refused == []


def test_a_reload_keeps_what_devices_announced_once() -> None:
    """A codec of ours that did not change goes on with what it knows; one with other options begins anew."""

    def router(before: MessageRouter | None = None, **codec: Any) -> MessageRouter:
        config = BridgeConfig.from_dict(
            {
                "mqtt": {"url": "mqtt://a"},
                "context_broker": {"url": "http://localhost"},
                "route": [route(name="r", codec={"name": "sparkplug-b"} | codec)],
            }
        )
        return MessageRouter(config, before=before)

    first = router()
    second = router(first)
    third = router(second, rebirth=False)
    assert second.routes[0].codec is first.routes[0].codec
    assert third.routes[0].codec is not second.routes[0].codec
