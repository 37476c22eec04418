"""Addresses asked now and then: what is new becomes messages, once, and how far was read survives a kill."""

from __future__ import annotations

import contextlib
import email.utils
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import orjson
import pytest
from tests.tables.test_feeds import DATEX, GBFS_2, STATE, TABLE

from citycontext.bridge import Bridge, BridgeConfig
from citycontext.bridge.journal.journal import Journal
from citycontext.bridge.message import Message
from citycontext.bridge.sources.http_poll import HttpPollSource, _retry_after
from citycontext.errors import ConfigurationError

Reply = tuple[int, dict[str, str], bytes]


class Site:
    """A web site that a test scripts."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str], float]] = []
        self.reply: Callable[[str, dict[str, str]], Reply] = lambda path, headers: (200, {}, b"{}")
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                site.asked.append((self.path, headers, time.monotonic()))
                status, answer, body = site.reply(self.path, headers)
                self.send_response(status)
                for name, value in answer.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                with contextlib.suppress(OSError):
                    self.wfile.write(body)

            def log_message(self, *arguments: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def site() -> Iterator[Site]:
    """Return a site."""
    site = Site()
    yield site
    site.close()


def configured(
    folder: Path, url: Any, context_broker: Any, route: dict[str, Any] | None = None, **source: Any
) -> BridgeConfig:
    """Build a configuration of one polled source."""
    given: dict[str, Any] = {
        "source": {"kind": "http_poll", "name": "feed", "url": url, "interval": "1s", "spread": "0s"} | source,
        "context_broker": {"url": context_broker.url},
        "journal": {"path": str(folder / "journal.db")},
    }
    if route is not None:
        default = {"type": "Device", "id": "urn:ngsi-ld:Device:{key}", "attributes": {"value": "n"}, "source": "feed"}
        given["route"] = [{"topic": "feed/{key}"} | default | route]
    return BridgeConfig.from_dict(given)


@contextlib.contextmanager
def running(config: BridgeConfig) -> Iterator[Bridge]:
    """Run a bridge."""
    bridge = Bridge(config)
    bridge.start()
    try:
        yield bridge
    finally:
        bridge.stop()


def test_only_what_changed_becomes_a_message(tmp_path: Path, site: Site, context_broker: Any, wait: Any) -> None:
    """Each record is one message; one that is as before is left in the next round."""
    rounds = [[{"id": "a", "n": 1}, {"id": "b", "n": 1}], [{"id": "a", "n": 2}, {"id": "b", "n": 1}]]
    site.reply = lambda path, headers: (200, {}, orjson.dumps({"rows": rounds[min(len(site.asked), 2) - 1]}))
    config = configured(tmp_path, site.url, context_broker, {}, preset="json", records="rows", key="id")
    with running(config) as bridge:
        wait(lambda: len(site.asked) >= 3, what="three rounds")
        wait(lambda: bridge.is_drained, what="the updates")
    values = context_broker.values("value")
    assert values == {"urn:ngsi-ld:Device:a": [1, 2], "urn:ngsi-ld:Device:b": [1]}


@pytest.mark.parametrize("header", ["ETag", "Last-Modified"])
def test_a_304_is_a_success_without_messages_also_after_a_restart(
    header: str, tmp_path: Path, site: Site, context_broker: Any, wait: Any
) -> None:
    """What the journal has of the address is asked for, so that the same document is not sent twice."""
    condition = {"ETag": "if-none-match", "Last-Modified": "if-modified-since"}[header]
    said = {"ETag": '"v1"', "Last-Modified": "Sun, 01 Mar 2026 12:00:00 GMT"}[header]

    def reply(path: str, headers: dict[str, str]) -> Reply:
        return (304, {}, b"") if headers.get(condition) == said else (200, {header: said}, b'{"n": 1}')

    site.reply = reply
    config = configured(tmp_path, site.url, context_broker, {"topic": "{key}"})
    for expected in (1, 0):
        before = len(site.asked)
        with running(config) as bridge:
            wait(lambda before=before: len(site.asked) >= before + 2, what="two rounds")
            wait(lambda bridge=bridge: bridge.is_drained, what="the updates")
            assert bridge.counts.received == expected
            assert bridge.troubles == []
    assert sum(condition in headers for _, headers, _ in site.asked) >= 3


@pytest.mark.parametrize("reply", [(204, {}, b""), (200, {}, b""), (200, {}, b" \n")])
def test_an_empty_answer_is_a_success_without_messages(
    reply: Reply, tmp_path: Path, site: Site, context_broker: Any, wait: Any
) -> None:
    """Some addresses answer so where nothing is new: no dead letter, no trouble."""
    site.reply = lambda path, headers: reply
    with running(configured(tmp_path, site.url, context_broker, {"topic": "{key}"})) as bridge:
        wait(lambda: len(site.asked) >= 2, what="two rounds")
        assert (bridge.counts.received, bridge.counts.dead, bridge.troubles) == (0, 0, [])


def test_since_asks_for_what_is_new_and_goes_on_after_a_restart(
    tmp_path: Path, site: Site, context_broker: Any, wait: Any
) -> None:
    """The greatest value seen is sent next time; it was written with the messages."""
    site.reply = lambda path, headers: (
        200,
        {},
        orjson.dumps({"rows": [{"id": "a", "n": len(site.asked), "t": len(site.asked)}]}),
    )
    since = {"parameter": "after", "from": "t"}
    config = configured(
        tmp_path, f"{site.url}/x?q=1", context_broker, {}, preset="json", records="rows", key="id", since=since
    )
    with running(config):
        wait(lambda: len(site.asked) >= 2, what="two rounds")
    asked = len(site.asked)
    with running(config):
        wait(lambda: len(site.asked) > asked, what="a round after the restart")
    paths = [path for path, _, _ in site.asked]
    assert paths[:2] == ["/x?q=1", "/x?q=1&after=1"]
    assert paths[asked].startswith("/x?q=1&after=")
    assert int(paths[asked].rpartition("=")[2]) >= asked - 1


class Holding:
    """An inbox that keeps what it is offered until it is asked to commit."""

    def __init__(self) -> None:
        self.offered: list[Message] = []

    def offer(self, messages: Any) -> None:
        """Take messages."""
        self.offered += messages

    def is_full(self, claim: Any) -> bool:
        """Return whether it is full: never."""
        return False

    def revoking(self, claims: Any, grace: float) -> None:
        """Do nothing."""

    def lost(self, claims: Any) -> None:
        """Do nothing."""


def test_the_cursor_is_in_one_transaction_with_the_messages(
    tmp_path: Path, site: Site, context_broker: Any, wait: Any
) -> None:
    """A kill before the commit leaves both out, one after it has both: never one without the other."""
    site.reply = lambda path, headers: (200, {"ETag": '"v1"'}, b'{"n": 1}')
    config = configured(tmp_path, site.url, context_broker, {"topic": "{key}"})
    (poll,) = config.source
    inbox = Holding()
    source = HttpPollSource(poll, inbox)  # type: ignore[arg-type]
    source.start()
    wait(lambda: inbox.offered, what="the message")
    time.sleep(1.3)
    assert len(site.asked) == 1  # not asked again before the message is kept
    journal = Journal(tmp_path / "j.db", "process")
    assert journal.cursor("feed") is None
    journal.write(inbox.offered)
    assert journal.cursor("feed") is not None
    again = HttpPollSource(poll, inbox, journal.cursor("feed"))  # type: ignore[arg-type]
    source.acknowledge([one.mark for one in inbox.offered if one.mark is not None])
    wait(lambda: len(site.asked) >= 2, what="the next round")
    source.stop()
    asked = len(site.asked)
    again.start()
    wait(lambda: len(site.asked) > asked, what="a round of another process")
    again.stop()
    assert site.asked[asked][1]["if-none-match"] == '"v1"'
    journal.close()


def test_429_and_retry_after_are_obeyed(tmp_path: Path, site: Site, context_broker: Any, wait: Any) -> None:
    """We come again when we were asked to, not before; meanwhile the bridge says why."""
    site.reply = lambda path, headers: (
        (429, {"Retry-After": "3"}, b"") if len(site.asked) == 1 else (200, {}, b'{"n": 1}')
    )
    with running(configured(tmp_path, site.url, context_broker, {"topic": "{key}"})) as bridge:
        wait(lambda: bridge.troubles and "429" in bridge.troubles[0], what="the trouble")
        wait(lambda: bridge.counts.received, what="the message")
        assert bridge.troubles == []
    assert site.asked[1][2] - site.asked[0][2] >= 3


def test_retry_after_is_a_number_or_a_date() -> None:
    """Nonsense is not a wait at all, and nobody makes us wait for ever."""
    assert _retry_after("120") == 120
    assert _retry_after("99999999") == 86_400
    assert _retry_after("soon") == 0
    assert _retry_after("Sun, 01 Mar 2020 12:00:00 GMT") == 0
    assert 50 < _retry_after(email.utils.formatdate(time.time() + 60, usegmt=True)) <= 60


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ((500, {}, b""), "500"),
        ((200, {}, b"x" * 5000), "more than 4000 bytes"),
        ((200, {}, b"<html>"), "not JSON"),
        ((200, {}, b'{"rows": 5}'), "no list"),
        ((302, {"Location": "/"}, b""), "redirects"),
        ((302, {"Location": "http://127.0.0.2:1/x"}, b""), "private network"),
        ((302, {"Location": "file:///etc/passwd"}, b""), "not an address to be asked"),
    ],
)
def test_an_answer_that_is_none_is_told(
    reply: Reply, reason: str, tmp_path: Path, site: Site, context_broker: Any, wait: Any
) -> None:
    """As trouble, in words; the round counts as failed, and the bridge goes on asking."""
    site.reply = lambda path, headers: reply
    config = configured(tmp_path, site.url, context_broker, {}, preset="json", records="rows", max_size=4000)
    with running(config) as bridge:
        wait(lambda: bridge.troubles and reason in bridge.troubles[0], what=f"the trouble {reason}")
        asked = len(site.asked)
        wait(lambda: len(site.asked) > asked, what="another round")
        site.reply = lambda path, headers: (200, {}, b'{"rows": [{"n": 1}]}')
        wait(lambda: not bridge.troubles, timeout=30, what="an answer")


def test_a_secret_goes_to_the_configured_host_only(tmp_path: Path, site: Site, context_broker: Any, wait: Any) -> None:
    """Not to where a redirect or a feed leads."""
    other = Site()
    site.reply = lambda path, headers: (302, {"Location": f"{other.url}/x"}, b"")
    other.reply = lambda path, headers: (200, {}, b'{"n": 1}')
    config = configured(tmp_path, site.url, context_broker, {"topic": "{key}"}, token="secret", allow_private=True)
    with running(config) as bridge:
        wait(lambda: bridge.counts.received, what="the message")
    other.close()
    assert site.asked[0][1]["authorization"] == "Bearer secret"
    assert "authorization" not in other.asked[0][1]


def test_gbfs_needs_no_route(tmp_path: Path, site: Site, context_broker: Any, wait: Any) -> None:
    """From six lines of configuration to stations as BikeHireDockingStation."""

    def reply(path: str, headers: dict[str, str]) -> Reply:
        document = orjson.loads(orjson.dumps(GBFS_2[path.strip("/")]))
        for one in document["data"].get("nl", {}).get("feeds", []):
            one["url"] = f"{site.url}/{one['url']}"
        return 200, {}, orjson.dumps(document)

    site.reply = reply
    with running(configured(tmp_path, f"{site.url}/g", context_broker, preset="gbfs")) as bridge:
        wait(lambda: bridge.counts.delivered == 3, what="the stations")
        assert bridge.counts.dead == 0
    entity = next(one for one in context_broker.entities if one["id"] == "urn:ngsi-ld:BikeHireDockingStation:gent:1")
    assert entity["type"] == "BikeHireDockingStation"
    assert (entity["availableBikeNumber"]["value"], entity["totalSlotNumber"]["value"]) == (3, 20)
    assert entity["availableBikeNumber"]["observedAt"].startswith("2023-11-14T22:14:20")
    assert entity["location"]["value"]["coordinates"] == [3.72, 51.05]


def test_gbfs_files_are_entities_of_their_models(tmp_path: Path, site: Site, context_broker: Any, wait: Any) -> None:
    """``feeds`` names files that become entities beside the stations, one a system."""

    def reply(path: str, headers: dict[str, str]) -> Reply:
        document = orjson.loads(orjson.dumps(GBFS_2[path.strip("/")]))
        for one in document["data"].get("nl", {}).get("feeds", []):
            one["url"] = f"{site.url}/{one['url']}"
        return 200, {}, orjson.dumps({"version": "2.3", "ttl": 60} | document)

    site.reply = reply
    config = configured(tmp_path, f"{site.url}/g", context_broker, preset="gbfs", feeds=["station_status"])
    with running(config) as bridge:
        wait(lambda: bridge.counts.delivered == 4, what="the stations and the file")
    (entity,) = (one for one in context_broker.entities if one["type"] == "station_status")
    assert entity["id"] == "urn:ngsi-ld:station_status:gent"
    assert (entity["ttl"]["value"], entity["last_updated"]["value"]) == (60, 1700000000)
    assert len(entity["data"]["value"]["stations"]) == 3


def test_datex2_needs_no_route(tmp_path: Path, site: Site, context_broker: Any, wait: Any) -> None:
    """Two publications become one car park as OffStreetParking."""
    site.reply = lambda path, headers: (200, {}, DATEX % (TABLE if path == "/table" else STATE))
    urls = [f"{site.url}/table", f"{site.url}/status"]
    with running(configured(tmp_path, urls, context_broker, preset="datex2")) as bridge:
        wait(lambda: bridge.counts.delivered == 1, what="the car park")
    (entity,) = context_broker.entities
    assert (entity["id"], entity["type"]) == ("urn:ngsi-ld:OffStreetParking:P1", "OffStreetParking")
    assert (entity["availableSpotNumber"]["value"], entity["totalSpotNumber"]["value"]) == (147, 647)
    assert entity["status"]["value"] == ["open", "spacesAvailable"]


def test_a_route_of_ones_own_takes_the_place_of_the_presets(tmp_path: Path, site: Site, context_broker: Any) -> None:
    """Only then; another route for another source changes nothing."""
    own = configured(tmp_path, site.url, context_broker, {}, preset="gbfs")
    assert [route.entity[0].type for route in own.route] == ["Device"]
    brought = configured(tmp_path, site.url, context_broker, preset="gbfs")
    assert [route.entity[0].type for route in brought.route] == ["BikeHireDockingStation"]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ({"preset": "json"}, "say where the records are"),
        ({"preset": "csv", "records": "a"}, "records is for"),
        ({"url": ["http://a.example", "http://b.example"]}, "only datex2"),
        ({"url": "ftp://a.example"}, "http:// or https://"),
        ({"preset": "csv", "encoding": "none-such"}, "not an encoding"),
        ({"preset": "csv", "since": {"parameter": "a", "from": "b"}}, "since is for"),
        ({"interval": "0.1s"}, "interval"),
        ({"preset": "csv", "feeds": ["station_status"]}, "feeds is for"),
        ({"preset": "gbfs", "feeds": ["station"]}, "feeds"),
    ],
)
def test_what_does_not_fit_is_refused(source: dict[str, Any], reason: str, tmp_path: Path, context_broker: Any) -> None:
    """When the configuration is read, with a cure."""
    source = dict(source)
    url = source.pop("url", "http://a.example")
    with pytest.raises(ConfigurationError, match=reason):
        configured(tmp_path, url, context_broker, {}, **source)
