"""One wrong value does not lose the good ones: ``wrong = "leave-out"``, counted, sampled and shown."""

from __future__ import annotations

from typing import Any

import pytest

from citycontext.bridge import BridgeConfig
from citycontext.bridge.mapping.processing import Failure, MessageRouter
from citycontext.bridge.message import Message
from citycontext.bridge.rehearsal.rehearsal import Rehearsal


def air(**route: Any) -> BridgeConfig:
    """Return the configuration of one route with a bounded temperature and a particle count."""
    attributes = {
        "temperature": {"from": "t", "unit": "CEL", "minimum": -40},
        "pm10": {"from": "pm10", "unit": "GQ"},
        "state": "state",
    }
    return BridgeConfig.from_dict(
        {
            "mqtt": {"url": "mqtt://localhost"},
            "context_broker": {"url": "http://localhost"},
            "route": [{"topic": "air/{x}", "type": "T", "id": "urn:x:{x}", "attributes": attributes} | route],
        }
    )


def message(payload: bytes) -> Message:
    """Return a message of the sensor 7."""
    return Message("air/7", payload, 1_714_557_600.0)


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b'{"t": -127.0, "pm10": 12}', "-127.0 is below the minimum of -40"),
        (b'{"t": "ERR", "pm10": 12}', "'ERR'"),
        (b'{"t": nan, "pm10": 12}', "nan"),
        (b'{"t": -Infinity, "pm10": 12}', "-inf"),
    ],
)
def test_the_good_values_are_written(payload: bytes, reason: str) -> None:
    """What is wrong is named with its reason, and everything else of the message is an update."""
    (result,) = Rehearsal(air(wrong="leave-out")).results([message(payload)])
    (entity,) = result.entities
    assert entity["pm10"]["value"] == 12
    assert "temperature" not in entity
    (left_out,) = result.left_out
    assert left_out.attribute == "temperature"
    assert reason in left_out.reason


def test_by_default_the_message_is_a_dead_letter() -> None:
    """A file of 0.1 means what it meant."""
    (result,) = Rehearsal(air()).results([message(b'{"t": -127.0, "pm10": 12}')])
    assert result.failure is not None
    assert result.failure.attribute == "temperature"


def test_an_attribute_decides_for_itself() -> None:
    """One attribute may be left out, or not, whatever the route says."""
    attributes = {"temperature": {"from": "t", "unit": "CEL"}, "pm10": {"from": "pm10", "unit": "GQ"}}
    route = {"attributes": attributes | {"temperature": {"from": "t", "unit": "CEL", "wrong": "leave-out"}}}
    (result,) = Rehearsal(air(**route)).results([message(b'{"t": "ERR", "pm10": 12}')])
    assert [one.attribute for one in result.left_out] == ["temperature"]
    (result,) = Rehearsal(air(**route)).results([message(b'{"t": 1, "pm10": "ERR"}')])
    assert result.failure is not None
    assert result.left_out == []


def test_a_message_of_which_nothing_is_left_is_a_dead_letter() -> None:
    """It is kept with the reason of its first wrong value, and is not counted as left out."""
    router = MessageRouter(air(wrong="leave-out"))
    ((route, captures),) = router.find("air/7", "")
    made = route.work(message(b'{"t": "ERR", "pm10": "ERR"}'), captures)
    assert isinstance(made, Failure)
    assert made.attribute == "temperature"
    made = route.work(message(b'{"pm10": 3}'), captures)
    assert route.left_out_of(message(b'{"pm10": 3}')) == []
    assert route.left_out.total == 0


def test_a_value_that_json_cannot_hold_is_wrong_wherever_it_goes() -> None:
    """Without a unit or type too; so ``dry-run`` and ``run`` agree."""
    (result,) = Rehearsal(air(wrong="leave-out")).results([message(b'{"state": nan, "pm10": 12}')])
    assert [one.attribute for one in result.left_out] == ["state"]
    (result,) = Rehearsal(air()).results([message(b'{"state": nan, "pm10": 12}')])
    assert result.failure is not None


def test_words_in_texts_stay_texts() -> None:
    """Only a bare word is taken for a number that the device does not have."""
    payload = b'{"state": "a: nan, b", "t": nan, "pm10": 12}'
    (result,) = Rehearsal(air(wrong="leave-out")).results([message(payload)])
    (entity,) = result.entities
    assert entity["state"]["value"] == "a: nan, b"


def test_what_was_left_out_is_counted_with_a_sample() -> None:
    """The newest message of each attribute can be looked at, short and printable, also after a reload."""
    config = air(wrong="leave-out")
    router = MessageRouter(config)
    for payload in (b'{"t": "ERR", "pm10": 1}', b'{"t": "\\u001b[2J' + b"x" * 5000 + b'", "pm10": 1}'):
        ((route, captures),) = router.find("air/7", "")
        route.work(message(payload), captures)
        route.left_out_of(message(payload))
    ((route, _),) = MessageRouter(config, before=router).find("air/7", "")
    (value,) = route.left_out.values()
    assert (value.attribute, value.count, value.topic, value.last) == ("temperature", 2, "air/7", 1_714_557_600.0)
    assert len(value.sample) <= 300
    assert value.sample.isprintable()


def test_a_member_that_says_not_what_it_is_of_does_not_lose_the_others() -> None:
    """Of an array, members without an id are left out and counted; where all are, the message is put aside."""
    given = {"each": "list", "id": "urn:x:{n}", "attributes": {"v": {"from": "v", "required": True}}}
    members = b'{"list": [{"n": "a", "v": 1}, {"n": "", "v": 2}, {"v": 3}, {"n": "b"}, {"n": "c", "v": 4}]}'
    (result,) = Rehearsal(air(wrong="leave-out", **given)).results([message(members)])
    assert [(one["id"], one["v"]["value"]) for one in result.entities] == [("urn:x:a", 1), ("urn:x:c", 4)]
    assert [one.attribute for one in result.left_out] == ["each", "each", "v"]
    (strict,) = Rehearsal(air(**given)).results([message(members)])
    assert strict.failure is not None
    (none_left,) = Rehearsal(air(wrong="leave-out", **given)).results([message(b'{"list": [{"v": 3}]}')])
    assert none_left.failure is not None
