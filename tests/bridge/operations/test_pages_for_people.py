"""The bridge's pages for people: on a phone and a desk, in two languages, and with buttons for who knows the token."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from chromium import devtools, open_tab
from citycontext.bridge import Bridge, BridgeConfig
from citycontext.bridge.journal.dead_letters import DeadLetters
from citycontext.bridge.operations.heard import SilentEntity
from citycontext.bridge.operations.page_words import language_of
from citycontext.bridge.operations.status import BridgeStatus, CommandCounts, Counts, RouteStatus
from citycontext.bridge.operations.status_page import render

__all__ = ["devtools", "open_tab"]

TOKEN = "a token of the operator"


def bridge_of(folder: Path, mqtt_url: str, context_broker_url: str, **admin: Any) -> Bridge:
    """Build a bridge with pages."""
    route = {
        "name": "bins of the old town by the water",
        "topic": "s/{x}",
        "type": "T",
        "id": "urn:x:{x}",
        "attributes": {"v": {"from": "v", "datatype": "number"}},
    }
    settings = {
        "mqtt": {"url": mqtt_url, "client_id": "bridge"},
        "context_broker": {"url": context_broker_url},
        "journal": {"path": str(folder / "journal.db")},
        "admin": {"port": 0} | admin,
        "route": [route],
    }
    return Bridge(BridgeConfig.from_dict(settings))


@pytest.fixture
def bridge(tmp_path: Path, mosquitto: Any, context_broker: Any, wait: Any) -> Iterator[Bridge]:
    """Run a bridge that has refused three messages of one kind and one of another."""
    running = bridge_of(tmp_path, mosquitto.url, context_broker.url, token=TOKEN)
    running.start()
    assert running.wait_connected()
    wrong = [(f"s/{number}", b'{"v": "forty-%d <b>"}' % number) for number in range(3)]
    mosquitto.publish([("s/9", b'{"v": 1}'), *wrong, ("s/7", b"{")])
    wait(lambda: running.counts.delivered == 1 and running.counts.dead == 4, what="all messages")
    yield running
    running.stop()


def press(
    bridge: Bridge, what: str, stage: str, attribute: str, token: str = TOKEN, language: str = "en"
) -> httpx.Response:
    """Press a button of a card."""
    form = {"do": what, "route": bridge.config.route[0].name, "stage": stage, "attribute": attribute, "token": token}
    return httpx.post(f"{bridge.admin_url}dead-letters?lang={language}", data=form, timeout=30)


@pytest.mark.mosquitto
def test_dead_letters_are_grouped_with_their_beginning(bridge: Bridge) -> None:
    """Each kind is a card with its number, its reason and how its newest messages begin, escaped."""
    page = httpx.get(f"{bridge.admin_url}dead-letters").text
    assert page.count('<section class="card">') == 2
    assert "forty-2 &lt;b&gt;" in page
    assert "<p>3 · " in page
    assert "forty-2 &lt;b&gt;" in httpx.get(f"{bridge.admin_url}").text


@pytest.mark.mosquitto
def test_who_knows_the_token_drops_and_retries_one_kind(bridge: Bridge, wait: Any) -> None:
    """Dropping takes those of the card and no others; what is retried comes back where it is still wrong."""
    dropped = press(bridge, "drop", "mapping", "v", language="nl")
    assert (dropped.status_code, "3 zijn gewist." in dropped.text) == (200, True)
    with DeadLetters(bridge.config.journal.path) as letters:
        assert [letter.stage for letter in letters] == ["codec"]
    retried = press(bridge, "retry", "codec", "")
    assert "1 was put back." in retried.text
    wait(lambda: bridge.counts.dead == 5, what="the message that is still wrong")


@pytest.mark.mosquitto
def test_without_the_token_nothing_is_done(bridge: Bridge) -> None:
    """A wrong token, none and one of other letters are 403, and all letters stay."""
    for token in ("", "wrong", "ëë", TOKEN.upper()):
        answer = press(bridge, "drop", "mapping", "v", token)
        assert answer.status_code == 403
        assert "nothing was done" in answer.text
    assert httpx.post(f"{bridge.admin_url}", data={"token": TOKEN}).status_code == 405
    with DeadLetters(bridge.config.journal.path) as letters:
        assert len(letters) == 4


@pytest.mark.mosquitto
def test_without_a_token_in_the_file_there_are_no_buttons(tmp_path: Path, mosquitto: Any, context_broker: Any) -> None:
    """The page says how to have them, and a form is refused."""
    bridge = bridge_of(tmp_path, mosquitto.url, context_broker.url)
    bridge.start()
    try:
        page = httpx.get(f"{bridge.admin_url}dead-letters").text
        assert "<form" not in page
        assert "token in [admin]" in page
        assert press(bridge, "drop", "mapping", "v").status_code == 405
    finally:
        bridge.stop()


@pytest.mark.mosquitto
@pytest.mark.browser
@pytest.mark.parametrize("language", ["en", "nl"])
def test_the_pages_fit_a_phone_and_axe_finds_nothing(
    bridge: Bridge, open_tab: Callable[..., Any], language: str
) -> None:
    """On 390 and 1280 pixels, light and dark, nothing overflows; the state and the dead letters read well."""
    word = {"en": "Dead letters", "nl": "Dode brieven"}[language]
    for page in ("dead-letters", ""):
        tab = open_tab(f"{bridge.admin_url}{page}?lang={language}")
        tab.wait_for("document.readyState === 'complete' && document.querySelector('h1')")
        for width in (390, 1280):
            for scheme in ("light", "dark"):
                tab.resize(width, 844)
                tab.prefer(scheme)
                assert tab.evaluate("document.documentElement.scrollWidth") <= width
        assert word in tab.evaluate("document.body.innerText")
        assert tab.evaluate("document.documentElement.lang") == language


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "nl"])
def test_axe_finds_nothing_serious_on_a_full_page(
    tmp_path: Path, open_tab: Callable[..., Any], language: Any, scheme: str
) -> None:
    """A page with all that can be on it, kept as a file so that it is not read anew meanwhile."""
    file = tmp_path / "status.html"
    file.write_text(render(full_status(), language).replace('http-equiv="refresh"', ""), encoding="utf-8")
    tab = open_tab(file.as_uri())
    tab.prefer(scheme)
    tab.resize(390, 844)
    tab.wait_for("document.readyState === 'complete' && document.querySelector('h1')")
    assert tab.serious_findings() == []


def full_status() -> BridgeStatus:
    """Return a state in which there is something of everything."""
    now = time.time()
    quiet = [SilentEntity(f"urn:ngsi-ld:Bin:{number}", now - 900, 60.0) for number in range(25)]
    route = RouteStatus("bins", "json", ("s/#",), 1200, 1190, 10, now - 2, flow=[*range(59), 3], silent=quiet)
    return BridgeStatus(
        started=now - 4000,
        now=now,
        counts=Counts(received=1200, delivered=1190, waiting=3),
        troubles=["the context broker takes no updates: it is away"],
        sources=[],
        context_broker="http://localhost:1026",
        routes=[route],
        journal_bytes=1_000_000,
        journal_limit=100_000_000,
        lag=12.0,
        commands=CommandCounts(sent=7, done=5, failed=1, timeout=1),
    )


def test_silent_devices_commands_and_flow_are_told() -> None:
    """Devices are named with route, age and usual pause; a line has the hour; commands are counted."""
    page = render(full_status())
    for words in (
        "Silent devices",
        "urn:ngsi-ld:Bin:0",
        "15 min ago",
        "60 s",
        "and 5 more",
        "Commands",
        "<svg",
        "done",
    ):
        assert words in page
    dutch = render(full_status(), "nl")
    for words in ("Stille toestellen", "15 min geleden", "en nog 5", "Opdrachten", "wachtende berichten"):
        assert words in dutch


@pytest.mark.parametrize(
    ("query", "accepted", "language"),
    [
        ((), "", "en"),
        ((), "nl-BE,nl;q=0.9,en;q=0.8", "nl"),
        ((), "fr-BE, nl;q=0.5", "nl"),
        ((), "fr", "en"),
        ((("lang", "nl"),), "en", "nl"),
        ((("lang", "xx"),), "nl", "nl"),
    ],
)
def test_the_language_is_the_one_asked_for_or_preferred(
    query: tuple[tuple[str, str], ...], accepted: str, language: str
) -> None:
    """The address comes before the browser's list, and of that the first of ours."""
    assert language_of(query, accepted) == language
