"""Sending: what is repeated, what is not, and what every failure becomes."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest

from citycontext import errors
from citycontext.client import AsyncClient

PARKING = {"id": "urn:ngsi-ld:Parking:1", "type": "Parking"}
OK = httpx.Response(200, json=PARKING)


@pytest.mark.parametrize("status", [429, 502, 503, 504])
async def test_a_busy_broker_is_asked_again(broker: Any, status: int) -> None:
    """A read that was put off or lost on the way is repeated and succeeds."""
    broker.will(status).will(status, b"<html>bad gateway</html>").will(200, PARKING)
    async with AsyncClient(broker.url, transport=broker.transport) as client:
        assert await client.entities.retrieve(PARKING["id"], as_=dict) == PARKING
    assert len(broker.requests) == 3


@pytest.mark.parametrize(
    ("status", "attempts"), [(429, 4), (503, 4), (502, 1), (504, 1), (500, 1), (409, 1), (400, 1), (404, 1)]
)
async def test_a_create_is_repeated_only_if_it_was_not_done(broker: Any, status: int, attempts: int) -> None:
    """429 and 503 say that nothing was done; 502 and 504 leave it open; 409 and the rest are answers."""
    broker.will(status, {"title": "no"})
    async with AsyncClient(broker.url, transport=broker.transport) as client:
        with pytest.raises(errors.ContextBrokerError) as raised:
            await client.entities.create(PARKING)
    assert raised.value.status == status
    assert len(broker.requests) == attempts


@pytest.mark.parametrize(
    ("failure", "reads", "creates"),
    [
        (httpx.ConnectError("refused"), 4, 4),
        (httpx.ReadError("reset"), 4, 1),
        (httpx.RemoteProtocolError("closed"), 4, 1),
        (httpx.ReadTimeout("slow"), 1, 1),
        (httpx.ConnectTimeout("slow"), 1, 1),
        (httpx.UnsupportedProtocol("odd"), 1, 1),
    ],
)
async def test_a_lost_connection(broker: Any, failure: Exception, reads: int, creates: int) -> None:
    """What never arrived is always repeated, what may have arrived only if that is harmless, a time-out never."""
    broker.fails(failure)
    async with AsyncClient(broker.url, transport=broker.transport) as client:
        with pytest.raises(errors.TransportError) as raised:
            await client.entities.retrieve(PARKING["id"])
        assert len(broker.requests) == reads
        with pytest.raises(errors.TransportError):
            await client.entities.create(PARKING)
        assert len(broker.requests) == reads + creates
    assert isinstance(raised.value, errors.BrokerTimeout) == isinstance(failure, httpx.TimeoutException)
    assert raised.value.method == "GET"
    assert raised.value.url == "http://broker.test:1026/ngsi-ld/v1/entities/urn:ngsi-ld:Parking:1"


async def test_the_first_error_is_shown_with_the_last(broker: Any) -> None:
    """After attempts that ended in several ways the error tells of the first too; where all ended alike it does not."""
    overloaded = {"title": "too many connections to the database"}
    async with AsyncClient(broker.url, transport=broker.transport, retries=2) as client:
        broker.will(503, overloaded).will(502, b"<html>")
        with pytest.raises(errors.ContextBrokerError) as raised:
            await client.entities.retrieve(PARKING["id"])
        assert raised.value.status == 502
        assert ["too many connections" in note for note in raised.value.__notes__] == [True]
        broker.answers.clear()
        broker.will(503, overloaded).fails(httpx.ConnectError("refused"))
        with pytest.raises(errors.TransportError) as lost:
            await client.entities.retrieve(PARKING["id"])
        assert "too many connections" in lost.value.__notes__[0]
        broker.answers.clear()
        broker.will(503, overloaded)
        with pytest.raises(errors.ContextBrokerError) as alike:
            await client.entities.retrieve(PARKING["id"])
        assert not hasattr(alike.value, "__notes__")


async def test_retries_can_be_switched_off(broker: Any) -> None:
    """With ``retries=0`` the first answer counts."""
    broker.will(503)
    async with AsyncClient(broker.url, transport=broker.transport, retries=0) as client:
        with pytest.raises(errors.ContextBrokerError):
            await client.entities.retrieve(PARKING["id"])
    assert len(broker.requests) == 1


async def test_too_long_a_wait_is_not_waited_for(broker: Any) -> None:
    """A ``Retry-After`` of an hour, in seconds or as a date, ends in the error at once."""
    for text in ("3600", format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)):
        broker.answers.clear()
        broker.requests.clear()
        broker.will(503, Retry_After=text)
        async with AsyncClient(broker.url, transport=broker.transport) as client:
            with pytest.raises(errors.ContextBrokerError):
                await client.entities.retrieve(PARKING["id"])
        assert len(broker.requests) == 1


async def test_a_verdict_is_not_repeated_whatever_its_status(broker: Any) -> None:
    """A 503 that says the API is not there (Orion-LD, temporal) is an answer; it means: not supported."""
    broker.refuses(503, "ResourceNotFound")
    async with AsyncClient(broker.url, transport=broker.transport) as client:
        with pytest.raises(errors.OperationNotSupported):
            await client.entities.retrieve(PARKING["id"])
    assert len(broker.requests) == 1


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (502, b"<html><h1>Bad Gateway</h1></html>", errors.ContextBrokerError),
        (404, None, errors.ResourceNotFound),
        (500, b"\xff\xfe", errors.InternalError),
        (400, [], errors.BadRequestData),
        (400, {"title": None, "detail": {"message": "x"}}, errors.BadRequestData),
        (400, "text", errors.BadRequestData),
        (401, None, errors.ContextBrokerError),
        (418, {"type": 5}, errors.ContextBrokerError),
        (200, None, errors.UnreadableResponse),
        (200, b"<html>login</html>", errors.UnreadableResponse),
        (200, b'{"id": ', errors.UnreadableResponse),
        (200, [PARKING], errors.UnreadableResponse),
        (204, None, errors.UnreadableResponse),
    ],
)
async def test_any_answer_ends_in_one_of_our_exceptions(broker: Any, status: int, body: Any, expected: Any) -> None:
    """HTML, nothing, half a document or the wrong shape: always ours, with request, status and body kept."""
    broker.will(status, body)
    async with AsyncClient(broker.url, transport=broker.transport, retries=0) as client:
        with pytest.raises(errors.CityContextError) as raised:
            await client.entities.retrieve(PARKING["id"])
    assert type(raised.value) is expected
    if isinstance(raised.value, errors.ContextBrokerError | errors.UnreadableResponse):
        assert raised.value.status == status
        assert raised.value.body == broker.answers[0].content
        assert "GET http://broker.test:1026" in str(raised.value)


async def test_a_redirect_is_not_followed_but_told(broker: Any) -> None:
    """The error says where it leads, so that the address can be put right."""
    broker.will(301, Location="https://broker.test/ngsi-ld/v1/entities/x")
    async with AsyncClient(broker.url, transport=broker.transport) as client:
        with pytest.raises(errors.UnreadableResponse, match=r"redirect to https://broker\.test/"):
            await client.entities.retrieve(PARKING["id"])


async def test_a_broken_content_coding_is_a_transport_error(broker: Any) -> None:
    """A body that claims to be gzip and is not one."""
    broker.function = lambda _: httpx.Response(
        200, stream=httpx.ByteStream(b"no gzip"), headers={"Content-Encoding": "gzip"}
    )
    async with AsyncClient(broker.url, transport=broker.transport) as client:
        with pytest.raises(errors.TransportError, match="no usable answer"):
            await client.entities.retrieve(PARKING["id"])


async def test_a_compressed_answer_is_read(broker: Any) -> None:
    """gzip is offered and understood."""
    packed = gzip.compress(OK.content)
    broker.function = lambda _: httpx.Response(
        200, stream=httpx.ByteStream(packed), headers={"Content-Encoding": "gzip"}
    )
    async with AsyncClient(broker.url, transport=broker.transport) as client:
        assert await client.entities.retrieve(PARKING["id"], as_=dict) == PARKING
    assert "gzip" in broker.last.headers["Accept-Encoding"]


async def test_no_cookie_is_kept(broker: Any) -> None:
    """What an answer sets is neither sent with later requests nor held."""
    broker.will(200, {"id": "urn:x:1", "type": "T"}, Set_Cookie="node=b2; Path=/")
    async with AsyncClient(broker.url, transport=broker.transport) as client:
        for _ in range(2):
            await client.entities.retrieve("urn:x:1", as_=dict)
        assert not client._session.connections.client.cookies
    assert [request.headers.get("cookie") for request in broker.requests] == [None, None]
