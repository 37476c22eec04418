"""Recordings: written, read back byte by byte, listened to and published again."""

from __future__ import annotations

import io
import threading
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citycontext.bridge.config.bridge import BridgeConfig
from citycontext.bridge.message import Message
from citycontext.bridge.rehearsal.recording import listen, read_recording, replay, write_recording
from citycontext.errors import PayloadError, TransportError

MESSAGES = st.builds(
    Message,
    topic=st.text(min_size=1, max_size=20),
    payload=st.binary(max_size=50),
    arrived=st.integers(0, 2_000_000_000).map(float),
    source=st.sampled_from(["", "mqtt"]),
    qos=st.sampled_from([0, 1]),
    retained=st.booleans(),
)


@given(st.lists(MESSAGES, max_size=10))
def test_what_is_written_is_read_back(messages: list[Message]) -> None:
    """Any topic and any bytes, text or not."""
    file = io.BytesIO()
    assert write_recording(messages, file) == len(messages)
    file.seek(0)
    assert list(read_recording(file)) == messages


def test_a_line_need_not_say_when_it_arrived() -> None:
    """By hand it is left out and means now; exported dead letters have it as text."""
    lines = [b'{"topic": "t", "payload": "x"}', b'{"topic": "t", "payload": "x", "arrived": "2024-05-01T10:00:00Z"}']
    now, then = read_recording(lines)
    assert abs(now.arrived - time.time()) < 60
    assert then.arrived == 1_714_557_600.0


@pytest.mark.parametrize("line", [b"{", b"[]", b'{"payload": "x"}', b'{"topic": "t", "payload_base64": "*"}', b"3"])
def test_a_line_that_is_none_is_named(line: bytes) -> None:
    """With its number."""
    with pytest.raises(PayloadError, match="line 2 is not a recorded message"):
        list(read_recording([b'{"topic": "t", "payload": "x"}', line]))


@pytest.mark.mosquitto
def test_messages_are_recorded_and_published_again(mosquitto: Any, wait: Any) -> None:
    """What is listened to can be replayed, at any speed, and is heard as it was."""
    config = BridgeConfig.from_dict(
        {
            "mqtt": {"url": mosquitto.url},
            "context_broker": {"url": "http://localhost"},
            "route": [{"topic": "s/{x}", "type": "T", "id": "urn:x:{x}", "attributes": {"v": "v"}}],
        }
    )
    heard: list[Message] = []
    done = threading.Event()
    listener = threading.Thread(target=lambda: heard.extend(listen(config, seconds=20, until=done.is_set)))
    listener.start()
    sent = [Message(f"s/{number}", bytes([number]), float(number), qos=1) for number in range(20)]
    # Published until it is heard: the listener may not be subscribed yet.
    ready = [Message("s/ready", b"", 0.0, qos=1)]
    wait(lambda: replay(config, ready, speed=0) == 1 and heard, what="the subscription")
    assert replay(config, sent, speed=0) == 20
    wait(lambda: heard[-1].topic == "s/19", what="the messages")
    done.set()
    listener.join()
    last = heard[-20:]
    assert [(one.topic, one.payload) for one in last] == [(one.topic, one.payload) for one in sent]


def test_a_broker_that_is_not_there_is_an_error_in_words() -> None:
    """For both directions."""
    config = BridgeConfig.from_dict(
        {
            "mqtt": {"url": "mqtt://127.0.0.1:1"},
            "context_broker": {"url": "http://localhost"},
            "route": [{"topic": "s", "type": "T", "id": "urn:x:1", "attributes": {"v": "v"}}],
        }
    )
    with pytest.raises(TransportError, match="nothing listens there"):
        replay(config, [])
    with pytest.raises(TransportError, match="nothing listens there"):
        next(listen(config))


def test_a_payload_may_have_a_member_called_text() -> None:
    """Only an object of nothing but text or base64 is how some recorders write a payload."""
    lines = [b'{"topic": "a", "payload": {"text": "x", "v": 1}}', b'{"topic": "a", "payload": {"text": "x"}}']
    assert [one.payload for one in read_recording(lines)] == [b'{"text":"x","v":1}', b"x"]


def test_a_payload_that_is_json_itself_is_the_message() -> None:
    """What a person writes by hand, an object in place of its text, does not become an empty message."""
    lines = [
        b'{"topic": "a", "payload": {"t": 21.5}}',
        b'{"topic": "b", "payload": 7}',
        b'{"topic": "c", "payload": ""}',
    ]
    assert [message.payload for message in read_recording(lines)] == [b'{"t":21.5}', b"7", b""]
