"""The HTTP endpoint: what it takes, what it refuses and how it says so, alone and mounted."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from citycontext.errors import ConfigurationError
from citycontext.ngsild import Entity, OptAttr, optional
from citycontext.receiver import SECRET_HEADER, Receiver

SECRET = "correct-horse-battery-staple"


class Room(Entity):
    level: OptAttr[int] = optional()


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient() as client:
        yield client


def calling(receiver: Receiver[Any]) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(receiver), base_url="http://city.example")


async def test_a_notification_is_answered_with_204(notify: Any) -> None:
    """It can be read, with its typed entities, its tenant and its headers."""
    receiver = Receiver(Room)
    async with calling(receiver) as http:
        answer = await http.post("/any/path?subscriptionId=x", json=notify(), headers={"NGSILD-Tenant": "gent"})
    assert (answer.status_code, answer.content) == (204, b"")
    received = receiver.get()
    assert received.entities[0].level is not None
    assert received.entities[0].level.value == 1
    assert (received.tenant, received.headers["content-type"]) == ("gent", "application/json")


async def test_a_port_of_its_own_in_the_running_loop(notify: Any, http: httpx.AsyncClient) -> None:
    """``async with`` listens on a free port until the block ends, and then the iteration ends too."""
    async with Receiver() as receiver:
        url = receiver.url
        assert url == f"http://127.0.0.1:{receiver.port}/"
        assert (await http.post(url, json=notify())).status_code == 204
    assert [one.id async for one in receiver] == ["urn:ngsi-ld:Notification:1"]
    with pytest.raises(httpx.ConnectError):
        await http.post(url, json=notify())


def test_a_port_of_its_own_in_a_thread(notify: Any) -> None:
    """``with`` does the same from a thread."""
    with Receiver() as receiver:
        assert httpx.post(receiver.url, json=notify()).status_code == 204
        assert receiver.get(5).id == "urn:ngsi-ld:Notification:1"
    assert list(receiver) == []


def test_ipv6(notify: Any) -> None:
    """An IPv6 address stands in brackets."""
    with Receiver(host="::1") as receiver:
        assert receiver.url.startswith("http://[::1]:")
        assert httpx.post(receiver.url, json=notify()).status_code == 204


async def test_mounted(notify: Any) -> None:
    """Mounted in another application it answers below its path, and names the address it was told."""
    receiver = Receiver(public_url="https://city.example/notify/")
    assert receiver.endpoint().uri == "https://city.example/notify/"
    city = Starlette(routes=[Mount("/notify", receiver)])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(city), base_url="http://city.example") as http:
        assert (await http.post("/notify/", json=notify())).status_code == 204
    assert len(receiver) == 1


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"", "JSON"),
        (b"{", "JSON"),
        (b"[]", "a JSON object"),
        (b"{}", "not one of"),
        (b'{"type": "Notification"}', "missing"),
    ],
)
async def test_what_is_no_notification_is_answered_with_400(body: bytes, found: str, notify: Any) -> None:
    """The reason goes to the sender and into the findings; the next notification is taken."""
    receiver = Receiver()
    async with calling(receiver) as http:
        answer = await http.post("/", content=body)
        assert answer.status_code == 400
        assert answer.json()["type"] == "https://uri.etsi.org/ngsi-ld/errors/BadRequestData"
        assert found in answer.json()["title"]
        assert [(one.rule, found in one.message) for one in receiver.findings] == [("notification", True)]
        assert (await http.post("/", json=notify())).status_code == 204


async def test_other_methods_are_not_allowed() -> None:
    """A look with a browser gets 405, which names POST."""
    async with calling(Receiver()) as http:
        answer = await http.get("/")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize("shown", [None, "", "wrong", SECRET + "x", "ÿ"])
async def test_without_the_secret_nothing_is_taken(shown: str | None, notify: Any, caplog: Any) -> None:
    """Who does not show it gets 401, whatever the body is; the secret stands nowhere."""
    caplog.set_level(logging.DEBUG)
    receiver = Receiver(secret=SECRET)
    headers = {} if shown is None else {SECRET_HEADER: shown.encode("latin-1")}
    async with calling(receiver) as http:
        answer = await http.post("/", json=notify(), headers=headers)
        assert (await http.post("/", content=b"{", headers=headers)).status_code == 401
    assert answer.status_code == 401
    assert len(receiver) == 0
    assert {one.rule for one in receiver.findings} == {"secret"}
    told = f"{answer.text}{answer.headers}{receiver.findings}{receiver!r}{receiver.__class__}{caplog.text}"
    assert SECRET not in told


async def test_with_the_secret(notify: Any) -> None:
    """The endpoint of a subscription carries it, and what is received does not."""
    receiver = Receiver(secret=SECRET, public_url="https://city.example/")
    endpoint = receiver.endpoint(accept="application/ld+json", timeout=5000, cooldown=100)
    (pair,) = endpoint.receiver_info or []
    assert SECRET not in repr(endpoint)
    async with calling(receiver) as http:
        assert (await http.post("/", json=notify(), headers={pair.key: pair.value})).status_code == 204
    assert SECRET not in str(receiver.get().headers)


@pytest.mark.parametrize("secret", ["", "two words", "line\nbreak", "geheimnïs"])
def test_a_secret_that_no_header_can_carry(secret: str) -> None:
    """It is refused at once, and not shown."""
    with pytest.raises(ConfigurationError, match="secret") as raised:
        Receiver(secret=secret)
    assert not secret or secret not in str(raised.value)


async def test_a_full_receiver_asks_to_come_back(notify: Any) -> None:
    """503 with Retry-After while as many wait as may; 204 again once one was read."""
    receiver = Receiver(capacity=1)
    async with calling(receiver) as http:
        assert (await http.post("/", json=notify())).status_code == 204
        answer = await http.post("/", json=notify())
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        receiver.get()
        assert (await http.post("/", json=notify())).status_code == 204


async def test_a_closed_receiver_takes_nothing(notify: Any) -> None:
    """A mounted receiver that was closed answers 503."""
    receiver = Receiver()
    receiver.close()
    async with calling(receiver) as http:
        assert (await http.post("/", json=notify())).status_code == 503


async def test_too_large_a_body(notify: Any) -> None:
    """A body over the limit is answered with 413, and never held whole."""
    receiver = Receiver(max_body=100)
    async with calling(receiver) as http:
        assert (await http.post("/", content=b" " * 101)).status_code == 413
    assert [one.rule for one in receiver.findings] == ["size"]


async def test_a_body_in_parts(notify: Any, http: httpx.AsyncClient) -> None:
    """A chunked body is put together."""
    body = httpx.Request("POST", "http://x", json=notify()).content

    async def parts() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 7):
            yield body[start : start + 7]

    async with Receiver() as receiver:
        assert (await http.post(receiver.url, content=parts())).status_code == 204


async def test_one_subscription_for_itself(notify: Any) -> None:
    """``expect`` takes the notifications of one subscription out, as another class; the rest stays."""
    receiver = Receiver()
    expected = receiver.expect("urn:s:1", Room)
    async with calling(receiver) as http:
        for subscription in ("urn:s:1", "urn:s:2"):
            assert (await http.post("/", json=notify(subscription=subscription))).status_code == 204
    assert isinstance(expected.get().entities[0], Room)
    assert receiver.get().subscription_id == "urn:s:2"
    assert len(receiver) == len(expected) == 0


async def test_late_notifications_are_let_go(notify: Any) -> None:
    """What comes for a subscription that ended is answered with 204, kept from the others, and noted."""
    receiver = Receiver()
    receiver.expect("urn:s:1", Room).close()
    async with calling(receiver) as http:
        assert (await http.post("/", json=notify(subscription="urn:s:1"))).status_code == 204
    assert len(receiver) == 0
    assert [one.rule for one in receiver.findings] == ["late"]


def test_expecting_twice_is_refused() -> None:
    """Two cannot have the notifications of one subscription."""
    receiver = Receiver()
    receiver.expect("urn:s:1", Room)
    with pytest.raises(ConfigurationError, match="urn:s:1"):
        receiver.expect("urn:s:1", Room)


def test_stopping_ends_all() -> None:
    """Those who wait for one subscription end with the receiver."""
    with Receiver() as receiver:
        expected = receiver.expect("urn:s:1", Room)
    assert list(expected) == []


def test_no_address() -> None:
    """Asking for an address before there is one says what to do."""
    receiver = Receiver()
    assert repr(receiver) == "Receiver(not started)"
    for ask in (lambda: receiver.url, lambda: receiver.port, receiver.endpoint):
        with pytest.raises(ConfigurationError, match=r"Start it|Use it in `with`"):
            ask()


def test_every_address_is_none(notify: Any) -> None:
    """Listening on all addresses needs to be told which one the broker uses."""
    with Receiver(host="0.0.0.0") as receiver, pytest.raises(ConfigurationError, match="public_url"):
        receiver.url
    with Receiver(host="0.0.0.0", public_url="http://docker.example:9000/") as receiver:
        assert receiver.url == "http://docker.example:9000/"
        assert httpx.post(f"http://127.0.0.1:{receiver.port}/", json=notify()).status_code == 204


def test_an_address_that_is_none() -> None:
    """An address of another kind is refused at once."""
    with pytest.raises(ConfigurationError, match="public_url"):
        Receiver(public_url="mqtt://city.example/topic")


def test_a_taken_port() -> None:
    """A port that another program has is an error that names it."""
    with Receiver() as first, pytest.raises(ConfigurationError, match=f"port {first.port}"):
        Receiver(port=first.port).start()


def test_starting_twice_is_refused() -> None:
    """A receiver is started once."""
    with Receiver() as receiver, pytest.raises(ConfigurationError, match="started before"):
        receiver.start()


async def test_other_protocols_of_asgi() -> None:
    """A server's start and stop are answered, a web socket is closed."""
    receiver = Receiver()
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    events = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])

    async def receive() -> Any:
        return next(events)

    await receiver({"type": "lifespan"}, receive, send)
    await receiver({"type": "websocket"}, receive, send)
    assert [message["type"] for message in sent] == [
        "lifespan.startup.complete",
        "lifespan.shutdown.complete",
        "websocket.close",
    ]


async def test_headers_that_repeat(notify: Any) -> None:
    """Two Link headers are one list, and the one that names an @context is found."""
    receiver = Receiver()
    links = [
        ("Link", '<https://x.example/>; rel="next"'),
        ("Link", '<https://x.example/c>; rel="http://www.w3.org/ns/json-ld#context"'),
    ]
    async with calling(receiver) as http:
        await http.post("/", json=notify(), headers=links)
    assert receiver.get().entities[0].context == "https://x.example/c"
