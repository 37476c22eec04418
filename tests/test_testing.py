"""The pytest plugin: a context broker and clients for each test, in process, as a user's own tests have them."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import httpx
import pytest

from citycontext import AsyncClient, Client
from citycontext.broker import LocalBroker
from citycontext.errors import BrokerTimeout
from citycontext.ngsild import Entity, OptAttr, optional
from citycontext.receiver import subscribed
from citycontext.testing import (
    BackgroundLoop,
    InProcessTransport,
    context_broker,
    context_broker_loop,
    context_broker_transport,
    context_broker_url,
    ngsild_async_client,
    ngsild_client,
    ngsild_federation,
)

# The plugin's fixtures, also where the plugin is not installed by its entry point.
__all__ = [
    "context_broker",
    "context_broker_loop",
    "context_broker_transport",
    "context_broker_url",
    "ngsild_async_client",
    "ngsild_client",
    "ngsild_federation",
]

ROOT = Path(__file__).parents[1]
PLUGIN = [] if entry_points(group="pytest11", name="citycontext") else ["-p", "citycontext.testing"]


class Room(Entity):
    level: OptAttr[int] = optional()


ROOM = Room(id="urn:ngsi-ld:Room:1", level=1)


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_has_a_broker_of_its_own(turn: int, ngsild_client: Client) -> None:
    """What one test writes the next does not see."""
    assert ngsild_client.entities.query(Room).count() == 0
    ngsild_client.entities.create(ROOM)
    assert [room.level for room in ngsild_client.entities.query(Room)] == [ROOM.level]


async def test_all_clients_see_the_same_broker(
    ngsild_client: Client, ngsild_async_client: AsyncClient, context_broker_url: str
) -> None:
    """Synchronous, asynchronous and through a port: one broker, without a lock-up."""
    await ngsild_async_client.entities.create(ROOM)
    assert ngsild_client.entities.retrieve(ROOM.id).id == ROOM.id
    async with AsyncClient(context_broker_url) as outside:
        assert await outside.entities.query(Room).count() == 1


def test_notifications_reach_the_test(ngsild_client: Client) -> None:
    """A broker in process notifies between requests, as one with a port does."""
    with subscribed(ngsild_client, Room) as notifications:
        ngsild_client.entities.create(ROOM)
        assert [room.level for room in notifications.get(5).entities] == [ROOM.level]


def test_repeated_requests_do_not_wait(context_broker: LocalBroker) -> None:
    """A client that meets a busy server tries again at once while a test has a broker."""
    busy = httpx.MockTransport(lambda request: httpx.Response(503))
    started = time.monotonic()
    with Client("http://busy.example", transport=busy, retries=5) as client, pytest.raises(Exception, match="503"):
        client.entities.retrieve(ROOM.id)
    assert time.monotonic() - started < 1


def test_a_transport_for_any_client(context_broker_transport: InProcessTransport) -> None:
    """A plain httpx client talks to the broker too; one that is closed leaves it to the others."""
    for _ in range(2):
        with httpx.Client(transport=context_broker_transport, base_url="http://x") as http:
            assert http.get("/ngsi-ld/v1/types").status_code == 200


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Answer with the request's body, in two parts; sleep if it says so."""
    body = b""
    while True:
        message = await receive()
        body += message["body"]
        if not message.get("more_body"):
            break
    if body == b"sleep":
        await asyncio.sleep(60)
    if body == b"fail":
        raise ValueError("on purpose")
    await send({"type": "http.response.start", "status": 201, "headers": [(b"x-twice", b"1"), (b"x-twice", b"2")]})
    await send({"type": "http.response.body", "body": body[:3], "more_body": True})
    await send({"type": "http.response.body", "body": body[3:]})


def test_requests_and_answers_arrive_whole() -> None:
    """Bodies in parts, and headers that repeat, pass in both directions."""
    with BackgroundLoop() as loop, httpx.Client(transport=InProcessTransport(echo, loop)) as http:
        answer = http.post("http://x/", content=iter([b"a" * 5, b"b" * 5]))
    assert (answer.status_code, answer.content) == (201, b"aaaaabbbbb")
    assert answer.headers.get_list("x-twice") == ["1", "2"]


async def test_the_same_from_an_event_loop() -> None:
    """Requests of an asynchronous client pass into the other loop and back, several at once."""
    with BackgroundLoop() as loop:
        async with httpx.AsyncClient(transport=InProcessTransport(echo, loop)) as http:
            answers = await asyncio.gather(*(http.post("http://x/", content=f"{n:04}") for n in range(50)))
    assert [answer.text for answer in answers] == [f"{n:04}" for n in range(50)]


def test_a_time_out() -> None:
    """An application that does not answer meets the client's time-out, and what it does is cancelled."""
    with BackgroundLoop() as loop:
        transport = InProcessTransport(echo, loop)
        with httpx.Client(transport=transport) as http, pytest.raises(httpx.ReadTimeout):
            http.post("http://x/", content=b"sleep", timeout=0.05)
        with Client("http://x", transport=_Sleepy(transport), timeout=0.05) as client, pytest.raises(BrokerTimeout):
            client.entities.retrieve(ROOM.id)


class _Sleepy(httpx.BaseTransport):
    """Turns every request into one that the application sleeps over."""

    def __init__(self, inner: InProcessTransport) -> None:
        self._inner = inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        asleep = httpx.Request("POST", request.url, content=b"sleep", extensions=request.extensions)
        return self._inner.handle_request(asleep)


async def test_a_time_out_in_an_event_loop() -> None:
    """The same for an asynchronous client."""
    with BackgroundLoop() as loop:
        async with httpx.AsyncClient(transport=InProcessTransport(echo, loop)) as http:
            with pytest.raises(httpx.ReadTimeout):
                await http.post("http://x/", content=b"sleep", timeout=0.05)


def test_what_the_application_raises_comes_out() -> None:
    """A test sees the fault itself, not an answer 500."""
    with BackgroundLoop() as loop, httpx.Client(transport=InProcessTransport(echo, loop)) as http:
        with pytest.raises(ValueError, match="on purpose"):
            http.post("http://x/", content=b"fail")
        assert http.post("http://x/", content=b"fine").text == "fine"


def test_the_loop_ends_with_its_block() -> None:
    """Work that still runs is cancelled, and work that takes too long as well."""
    ended: list[str] = []

    async def work(name: str) -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append(name)

    with BackgroundLoop() as loop:
        with pytest.raises(TimeoutError):
            loop.run(work("slow"), timeout=0.05)
        loop.submit(work("left"))
        loop.run(asyncio.sleep(0))
    assert sorted(ended) == ["left", "slow"]


def run_pytest(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *PLUGIN, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_page_about_testing_is_a_test_file(tmp_path: Path) -> None:
    """What docs/testing.md shows passes as a user would write it down, warnings being errors."""
    page = (ROOT / "docs" / "testing.md").read_text()
    blocks = re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    (tmp_path / "test_page.py").write_text("\n\n".join(blocks))
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = function\nfilterwarnings = error\n"
    )
    expected = sum(block.count("def test_") for block in blocks)
    assert f"{expected} passed" in run_pytest(tmp_path)


def test_the_plugin_is_light(tmp_path: Path) -> None:
    """pytest loads it in every run, so it brings neither a client nor a broker with it."""
    (tmp_path / "test_light.py").write_text(
        "import sys\n\ndef test_light():\n"
        "    heavy = ('httpx', 'pydantic', 'starlette', 'uvicorn', 'shapely', 'citycontext.ngsild')\n"
        "    assert not [name for name in heavy if name in sys.modules]\n"
    )
    # Other plugins of this environment may bring httpx themselves.
    run_pytest(tmp_path, "-p", "no:respx", "-p", "no:anyio")


def test_without_pytest() -> None:
    """One line says what is missing and how to get it."""
    code = "import sys; sys.modules['pytest'] = None; import citycontext.testing"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ}, check=False)
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("citycontext.errors.MissingExtra: citycontext.testing needs pytest")
    assert "pip install 'citycontext[testing]'" in last


def test_a_federation_in_three_lines(ngsild_federation: Callable[..., tuple[Client, ...]]) -> None:
    """Brokers of one test reach each other by name, and what one registers of another is found through it."""
    region, gent = ngsild_federation("region", "gent")
    information = [{"entities": [{"type": "Bench"}]}]
    region.registrations.create(
        {"type": "ContextSourceRegistration", "endpoint": "http://gent", "information": information}
    )
    gent.entities.create(Entity(id="urn:ngsi-ld:Bench:1", type="Bench"))
    assert [bench.id for bench in region.entities.query(type="Bench")] == ["urn:ngsi-ld:Bench:1"]
    assert region.types.names() == ["Bench"]
