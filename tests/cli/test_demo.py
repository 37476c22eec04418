"""``citycontext demo``, headless."""

from __future__ import annotations

import json
import signal
import socket
import time

import httpx
import pytest

import citycontext.demo
from citycontext.demo import DemoReport

BOURGOYEN = "urn:ngsi-ld:OffStreetParking:gent:pr-bourgoyen"


def test_short_demo_loses_nothing(citycontext) -> None:
    """A few seconds of the real chain: one JSON object, all types, dead letters with reasons, nothing lost, exit 0."""
    ended = citycontext("demo", "--seconds", "6", "-o", "json")
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr == ""
    report = json.loads(ended.stdout)
    assert list(report) == [
        "published", "received", "delivered", "dead_letters", "lost", "entities", "entity_types", "updates_per_second",
    ]  # fmt: skip
    assert report["lost"] == 0
    assert report["published"] == report["received"] == report["delivered"] + report["dead_letters"]
    assert report["published"] > 60
    assert report["dead_letters"] >= 1
    assert report["entity_types"] == [
        "AirQualityObserved", "Device", "NoiseLevelObserved", "OffStreetParking", "WasteContainer",
    ]  # fmt: skip
    assert report["entities"] >= 30
    assert report["updates_per_second"] > 10


def test_live_demo_shows_values_and_ends_on_an_interrupt(running) -> None:
    """The table names the map, counts and values; Ctrl-C ends it with a sentence and exit code 0."""
    with running("demo") as process:
        line = process.stdout.readline()
        assert line.startswith("map http://127.0.0.1:")
        api = f"{line.removeprefix('map ').strip()}ngsi-ld/v1"
        end = time.monotonic() + 60
        while httpx.get(f"{api}/entities/{BOURGOYEN}").status_code == 404 and time.monotonic() < end:
            time.sleep(0.2)
        time.sleep(2)  # the board is drawn twice a second
        process.send_signal(signal.SIGINT)
        shown, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert errors == ""
    assert "0 lost" in shown
    for words in ("dead letter", "P+R Bourgoyen", "Gent, replayed: 21 December 2023"):
        assert words in shown


def test_taken_port_ends_in_one_line(citycontext, refusal) -> None:
    """A port that another program has is named, with the cure."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        line = refusal(citycontext("demo", "--port", str(port), "--seconds", "5", "-o", "json"))
    assert str(port) in line


def test_lost_messages_end_with_exit_code_1(command, monkeypatch: pytest.MonkeyPatch) -> None:
    """If a message is nowhere, the report says so and the exit code is 1."""
    report = DemoReport(10, 10, 8, 1, entities=1, entity_types=("Bin",), seconds=1)

    class Losing:
        def __init__(self, **_: object) -> None: ...
        def __enter__(self) -> Losing:
            return self

        def __exit__(self, *_: object) -> None: ...
        def finish(self) -> DemoReport:
            return report

    monkeypatch.setattr(citycontext.demo, "Demo", Losing)
    ended = command("demo", "--seconds", "1", "-o", "json")
    assert ended.returncode == 1
    assert json.loads(ended.stdout)["lost"] == 1
