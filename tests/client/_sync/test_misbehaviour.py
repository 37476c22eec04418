# ruff: noqa: SIM117  (an asynchronous and a synchronous `with` cannot be joined)
# Made by scripts/unasync.py from tests/client/_async/test_misbehaviour.py; change that file, not this one.
"""A server that hangs, resets, dribbles and lies: the documented exception, or the retried success, in time."""

from __future__ import annotations

import gc
import json
import time
import tracemalloc
from typing import Any

import pytest

from citycontext.client import Client
from citycontext.errors import AnswerTooLarge, BrokerTimeout, ContextBrokerError, TransportError

ENTITY = {"id": "urn:ngsi-ld:Parking:1", "type": "Parking"}
BODY = json.dumps(ENTITY).encode()


def http(status: str, body: bytes = b"", *headers: str, length: int | None = None) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}", "Connection: close"]
    return "\r\n".join([*lines, *headers, "", ""]).encode() + body


GOOD = http("200 OK", BODY)
TIMEOUT = 0.6


@pytest.mark.parametrize(
    "behaviour",
    [
        {"parts": [], "hang": True},
        {"parts": [b"HTTP/1.1 200 OK\r\nContent-Len"], "hang": True},
        {"parts": [bytes([byte]) for byte in http("200 OK", BODY) * 3], "pause": 0.05},
        {"parts": [http("200 OK", BODY, length=len(BODY) + 1)], "hang": True},
        {"parts": [http("200 OK", b"", length=10_000), *[b" "] * 200], "pause": 0.05},
    ],
    ids=["silence", "half a head", "a head a byte at a time", "half a body", "a body a byte at a time"],
)
def test_too_slow(misbehaving: Any, behaviour: dict[str, Any]) -> None:
    """No whole answer within the time-out: one attempt, and an end to it."""
    parts = behaviour.pop("parts")
    misbehaving.answers(*parts, **behaviour)
    begin = time.monotonic()
    with Client(misbehaving.url, timeout=TIMEOUT) as client:
        with pytest.raises(BrokerTimeout, match=r"no whole answer within 0\.6 s"):
            client.entities.retrieve(ENTITY["id"])
    assert time.monotonic() - begin < TIMEOUT + 1.5  # what a busy machine adds
    assert misbehaving.connections == 1


def test_a_server_that_does_not_read(misbehaving: Any) -> None:
    """A body that nobody takes ends with the time-out too."""
    misbehaving.answers(hang=True)
    begin = time.monotonic()
    with Client(misbehaving.url, timeout=TIMEOUT) as client:
        with pytest.raises(BrokerTimeout):
            client.entities.create({**ENTITY, "note": {"type": "Property", "value": "x" * 20_000_000}})
    assert time.monotonic() - begin < TIMEOUT + 1.5


BROKEN: dict[str, dict[str, Any]] = {
    "closed without an answer": {"parts": []},
    "reset": {"parts": [], "reset": True},
    "reset in the middle": {"parts": [http("200 OK", BODY[:9], length=len(BODY))], "reset": True},
    "a shorter body than announced": {"parts": [http("200 OK", BODY[:9], length=len(BODY))]},
    "no HTTP": {"parts": [b"SSH-2.0-OpenSSH_9.6\r\n"]},
    "a length that is not a number": {"parts": [b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n"]},
    "a chunk that is not one": {"parts": [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"]},
    "a head without end": {"parts": [b"HTTP/1.1 200 OK\r\n", *[b"X-More: " + b"x" * 4000 + b"\r\n"] * 50]},
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_answer_is_asked_for_again(misbehaving: Any, name: str) -> None:
    """A read that broke is repeated, and succeeds when the server has come to its senses."""
    behaviour = dict(BROKEN[name])
    misbehaving.answers(*behaviour.pop("parts"), **behaviour).answers(GOOD)
    with Client(misbehaving.url, timeout=5) as client:
        assert client.entities.retrieve(ENTITY["id"], as_=dict) == ENTITY
    assert misbehaving.connections == 2


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_answer_to_a_create_is_told(misbehaving: Any, name: str) -> None:
    """The entity may have been created, so nothing is repeated, and no foreign exception comes out."""
    behaviour = dict(BROKEN[name])
    misbehaving.answers(*behaviour.pop("parts"), **behaviour).answers(http("201 Created"))
    with Client(misbehaving.url, timeout=5) as client:
        with pytest.raises(TransportError, match="no usable answer"):
            client.entities.create(ENTITY)
    assert misbehaving.connections == 1


@pytest.mark.parametrize(
    "answer",
    [
        http("200 OK", BODY).replace(b"Connection: close\r\n", b""),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY),
    ],
    ids=["a length", "chunks"],
)
def test_more_than_announced_harms_nobody(misbehaving: Any, answer: bytes) -> None:
    """What follows an answer in the same packet is not the next answer: the connection is not used again."""
    evil = http("200 OK", b'{"id": "urn:evil", "type": "Evil"}').replace(b"Connection: close\r\n", b"")
    misbehaving.answers(answer + evil)
    with Client(misbehaving.url, timeout=5, retries=0) as client:
        for _ in range(3):
            assert client.entities.retrieve(ENTITY["id"], as_=dict) == ENTITY
    assert misbehaving.connections == 3


@pytest.mark.parametrize("status", ["502 Bad Gateway", "503 Service Unavailable", "429 Too Many Requests"])
def test_a_gateway_in_between(misbehaving: Any, status: str) -> None:
    """HTML from a proxy with Retry-After is waited out; if it goes on, it is an error with that page in it."""
    page = b"<html><body>try later</body></html>"
    misbehaving.answers(http(status, page, "Content-Type: text/html", "Retry-After: 0")).answers(GOOD)
    with Client(misbehaving.url, timeout=5) as client:
        assert client.entities.retrieve(ENTITY["id"], as_=dict) == ENTITY
        misbehaving.behaviours[:] = misbehaving.behaviours[:1]
        with pytest.raises(ContextBrokerError) as raised:
            client.entities.retrieve(ENTITY["id"])
    assert raised.value.body == page
    assert str(raised.value.status) == status[:3]


def test_nobody_listens(misbehaving: Any) -> None:
    """A refused connection is told as such, after the retries."""
    url = misbehaving.url
    misbehaving.answers(GOOD)
    misbehaving.close()
    with Client(url, timeout=5) as client:
        with pytest.raises(TransportError, match="no connection"):
            client.entities.create(ENTITY)


MIXED = {
    "the standard": {
        "success": ["urn:a:1"],
        "errors": [{"entityId": "urn:a:2", "error": {"title": "no", "status": 400}}],
    },
    "Scorpio": {"success": ["urn:a:1"], "errors": [{"id": "urn:a:2", "ProblemDetails": [{"title": "no"}]}]},
    "Scorpio 4": [{"id": "urn:a:1", "success": []}, {"id": "urn:a:2", "failure": [{"title": "no"}]}],
}


@pytest.mark.parametrize("dialect", MIXED)
def test_mixed_batches(misbehaving: Any, dialect: str) -> None:
    """The same result from each dialect of a 207."""
    misbehaving.answers(http("207 Multi-Status", json.dumps(MIXED[dialect]).encode()))
    with Client(misbehaving.url, timeout=5) as client:
        result = client.batch.upsert([{"id": f"urn:a:{number}", "type": "A"} for number in (1, 2)])
    assert (result.succeeded, [failure.entity_id for failure in result.failed]) == (["urn:a:1"], ["urn:a:2"])


def test_half_an_answer_is_not_kept(misbehaving: Any) -> None:
    """An error lets go of what came of an answer without an end, also where it is kept itself."""
    misbehaving.answers(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[" + b"0," * 4_000_000)
    errors = []
    gc.collect()
    gc.disable()
    tracemalloc.start()
    try:
        with Client(misbehaving.url, timeout=20, retries=0, max_answer=4_000_000) as client:
            for _ in range(3):
                with pytest.raises(AnswerTooLarge) as raised:
                    client.entities.retrieve(ENTITY["id"])
                errors.append(raised.value)
        held = sum(one.size for one in tracemalloc.take_snapshot().statistics("lineno") if one.count < 1_000)
    finally:
        tracemalloc.stop()
        gc.enable()
    assert len(errors) == 3
    assert held < 4_000_000
