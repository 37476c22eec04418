"""The bridge's commands at work: a real Mosquitto, a real context broker, and the program in a process of its own."""

from __future__ import annotations

import json
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from citycontext.broker import LocalBroker, Server

pytestmark = pytest.mark.mosquitto

MESSAGES = [
    {"topic": f"parking/gent/{site}", "payload": json.dumps({"free": free}), "arrived": 1_714_557_600.0 + free / 100}
    for free in range(5)
    for site in ("loop", "dok")
]


class Mosquitto:
    """An MQTT broker on a port that stays the same while it is away."""

    def __init__(self, program: str, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as reserved:
            self.port: int = reserved.getsockname()[1]
        self._command = [program, "-c", str(folder / "mosquitto.conf")]
        (folder / "mosquitto.conf").write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 100000\nlog_type error\n"
        )
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, stderr=subprocess.DEVNULL)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Mosquitto]:
    """Return an MQTT broker that is not started yet."""
    program = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
    if program is None:
        pytest.skip("the program mosquitto is not on the PATH")
    broker = Mosquitto(program, tmp_path)
    yield broker
    broker.stop()


@pytest.fixture
def broker_url() -> Iterator[str]:
    """Return a running context broker."""
    with Server(LocalBroker(), port=0) as server:
        yield server.url


@pytest.fixture
def bridge(tmp_path: Path, mosquitto: Mosquitto, broker_url: str) -> str:
    """Write a configuration and a recording; give the configuration."""
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        admin = reserved.getsockname()[1]
    path = tmp_path / "bridge.toml"
    path.write_text(f"""
        [mqtt]
        url = "mqtt://127.0.0.1:{mosquitto.port}"
        [context_broker]
        url = "{broker_url}"
        [admin]
        port = {admin}
        [log]
        format = "json"
        [[route]]
        name = "parking"
        topic = "parking/{{city}}/{{site}}"
        type = "OffStreetParking"
        id = "urn:ngsi-ld:OffStreetParking:{{city}}:{{site}}"
        [route.attributes]
        availableSpotNumber = {{ from = "free", unit = "C62" }}
        """)
    (tmp_path / "recording.jsonl").write_text("".join(f"{json.dumps(one)}\n" for one in MESSAGES))
    return str(path)


def until(condition: Callable[[], bool], what: str, timeout: float = 180) -> None:
    """Wait for a condition."""
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.1)


def test_a_waiting_bridge_runs_is_watched_and_ends_in_good_order(
    command, running, mosquitto: Mosquitto, bridge: str, broker_url: str
) -> None:
    """It waits for MQTT, delivers what is replayed, takes a changed file over, and ends at Ctrl-C with code 0."""

    def counts() -> dict[str, int]:
        shown = command("bridge", "status", bridge, "-o", "json").stdout
        return json.loads(shown)["counts"] if shown else {}

    with running("bridge", "run", bridge, "--wait") as process:
        until(lambda: "trouble" in command("bridge", "status", bridge).stdout, "the bridge to look for MQTT")
        assert process.poll() is None
        mosquitto.start()
        until(lambda: command("bridge", "status", bridge).returncode == 0, "the connection")
        replayed = command("bridge", "replay", bridge, "recording.jsonl", "--speed", "0")
        assert replayed.stdout == f"Published: {len(MESSAGES)}.\n", replayed.stderr
        until(lambda: counts().get("delivered") == len(MESSAGES), "the delivery")
        found = httpx.get(f"{broker_url}/ngsi-ld/v1/entities?type=OffStreetParking&options=keyValues").json()
        assert [one["availableSpotNumber"] for one in found] == [4, 4]
        Path(bridge).write_text(Path(bridge).read_text().replace('name = "parking"', 'name = "garages"'))
        until(lambda: "garages" in command("bridge", "status", bridge).stdout, "the new file")
        process.send_signal(signal.SIGINT)
        _, log = process.communicate(timeout=120)
    assert process.returncode == 0
    said = [json.loads(line)["message"] for line in log.splitlines()]
    assert any("trying again until it works" in one for one in said)
    assert "The configuration was taken over: 1 routes." in said
    assert not any("HTTP Request" in one for one in said), "no line for each request"


def test_messages_are_recorded_and_rehearsed_as_they_come(
    command, running, mosquitto: Mosquitto, bridge: str, tmp_path: Path
) -> None:
    """``record`` writes what is published, and ``dry-run`` shows what would come of it; neither writes an entity."""
    mosquitto.start()
    taken = tmp_path / "taken.jsonl"
    with (
        running("bridge", "record", bridge, "--to", str(taken)) as recorder,
        running("bridge", "dry-run", bridge, "-o", "ndjson") as rehearsal,
    ):
        assert rehearsal.stdout is not None
        shown: list[str] = []

        def read() -> None:
            for line in rehearsal.stdout:
                shown.append(line)  # noqa: PERF402 - each is seen as it comes

        reader = threading.Thread(target=read)
        reader.start()

        def both_heard() -> bool:
            is_published = command("bridge", "replay", bridge, "recording.jsonl").returncode == 0
            return is_published and bool(shown) and taken.exists() and taken.stat().st_size > 0

        # Published until both have heard it: they may not be subscribed yet.
        until(both_heard, "a message")
        for process in (recorder, rehearsal):
            process.send_signal(signal.SIGINT)
        _, told = recorder.communicate(timeout=120)
        rehearsal.wait(20)
        reader.join()
    first = json.loads(shown[0])
    assert (recorder.returncode, rehearsal.returncode) == (0, 0)
    lines = [json.loads(line) for line in taken.read_text().splitlines()]
    assert told == f"Recorded to {taken}: {len(lines)}.\n"
    assert {one["topic"] for one in lines} <= {one["topic"] for one in MESSAGES}
    assert first["route"] == "parking"
    assert first["entities"][0]["type"] == "OffStreetParking"


def test_check_finds_the_brokers_good(command, mosquitto: Mosquitto, bridge: str) -> None:
    """With --connect: both let us in, and the MQTT broker keeps enough for a bridge that is away."""
    mosquitto.start()
    with_connection = ("bridge", "check", bridge, "--connect")
    until(lambda: command(*with_connection).returncode == 0, "Mosquitto")
    shown = command(*with_connection).stdout
    assert "lets us in (MQTT 3.1.1)" in shown
    assert "keeps at least 2000 messages" in shown
    assert "is good." in shown
