"""Where an answer ends on its connection, whatever the network makes of it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citycontext.web.framing import Framing

EVIL = b"HTTP/1.1 500 Evil\r\nContent-Length: 0\r\n\r\n"
ANSWERS = {
    "a length": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    "no body": b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
    "204": b"HTTP/1.1 204 No Content\r\nX: y\r\n\r\n",
    "304 with a length": b"HTTP/1.1 304 Not Modified\r\nContent-Length: 50\r\n\r\n",
    "bare line ends": b"HTTP/1.1 200 OK\nContent-Length: 2\n\nok",
    "interim answers": b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nA: b\r\n\r\n"
    b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n.",
    "chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n1\r\n\n\r\n0\r\n\r\n",
    "chunks with a trailer": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"
    b"1\r\n.\r\n0\r\nMore: this\r\n\r\n",
    "chunks and a length": b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"2\r\nab\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("name", ANSWERS)
@given(cuts=st.lists(st.integers(min_value=0, max_value=200), max_size=8), evil=st.sampled_from([b"", b"\r\n", EVIL]))
def test_what_follows_an_answer_is_cut_off(name: str, cuts: list[int], evil: bytes) -> None:
    """However the bytes are cut into packets, the answer comes through, and nothing but the answer."""
    answer = ANSWERS[name]
    framing = Framing()
    framing.sent(b"GET / HTTP/1.1\r\n\r\n")
    sent = answer + evil
    places = sorted({0, len(sent), *(cut for cut in cuts if cut < len(answer))})
    packets = [sent[start:end] for start, end in pairwise(places)]
    assert b"".join(framing.received(packet) for packet in packets) == answer
    assert framing.is_spent == bool(evil)


def test_a_connection_serves_many_requests() -> None:
    """Answers in turn leave it fit for more; the answer to HEAD has a length and no body."""
    framing = Framing()
    for answer in list(ANSWERS.values()) * 2:
        framing.sent(b"POST /a HTTP/1.1\r\nContent-Length: 4\r\n\r\n")
        framing.sent(b"body")
        assert framing.received(answer) == answer
    framing.sent(b"HEAD / HTTP/1.1\r\n\r\n")
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
    assert framing.received(head) == head
    assert not framing.is_spent
    framing.sent(b"GET / HTTP/1.1\r\n\r\n")
    assert framing.received(b"") == b"", "the other side may close at any time"
    assert not framing.is_spent


@pytest.mark.parametrize(
    "answer",
    [
        b"SSH-2.0-OpenSSH\r\n\r\nmore",
        b"HTTP/1.1 200 OK\r\n\r\nuntil the end",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nmore",
        b"HTTP/1.1 101 Switching\r\n\r\nmore",
        b"HTTP/1.1 200 OK\r\n" + b"x" * 300_000,
    ],
)
def test_what_cannot_be_followed_is_left_alone(answer: bytes) -> None:
    """An answer that ends with its connection, or is none, reaches the HTTP library as it came."""
    framing = Framing()
    framing.sent(b"GET / HTTP/1.1\r\n\r\n")
    assert framing.received(answer) + framing.received(b"more") == answer + b"more"
    assert not framing.is_spent
