"""Correlation: a request names the messages it comes from, whatever they brought."""

from __future__ import annotations

from typing import Any

import pytest

from citycontext.bridge.delivery.correlation import correlation_of, message_id
from citycontext.bridge.delivery.entity_queues import Ticket, Update
from citycontext.bridge.message import Message


def message(number: int, **properties: str) -> Message:
    """Make a message."""
    return Message("t", b"", 0.0, "mqtt", properties=tuple(properties.items()), id=number)


@pytest.mark.parametrize("value", ["", "a b", "a\r\nX-Evil: 1", "é", "x" * 200])
def test_what_cannot_stand_in_a_header_does_not(value: str) -> None:
    """The number in the journal stands for it: the same when it is sent again."""
    assert message_id(message(7, trace=value), "town-1", "trace") == "town-1:7"
    assert message_id(message(7, trace="a1-b2"), "town-1", "trace") == "a1-b2"
    assert message_id(message(7, other="a1-b2"), "town-1", "trace") == "town-1:7"


def test_a_request_names_its_messages() -> None:
    """Each once; of very many the first, and how many more there are."""

    def updates(*messages: Message) -> list[Update]:
        return [Update(None, {"id": "a"}, "r", [Ticket(one)]) for one in messages]

    correlate: Any = correlation_of("p", {"mqtt": "trace"})
    assert correlate(updates(message(1, trace="a"), message(2), message(1, trace="a"))) == "a, p:2"
    many = correlate(updates(*(message(number) for number in range(500))))
    assert many.startswith("p:0, p:1, ")
    assert many.endswith("p:19, +480")
