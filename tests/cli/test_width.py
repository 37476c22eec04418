"""What commands show on a terminal of 80 columns and 24 lines."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from citycontext.broker import LocalBroker, Server
from citycontext.client import Client

COLUMNS, LINES = 80, 24
LONG = (
    "een heel lange naam van een parkeergebouw aan de rand van de stad, met een toevoeging die niet op een regel past"
)
ROUTES = """
ids = 2
[mqtt]
url = "mqtt://localhost:1883"
[context_broker]
url = "http://localhost:1026"
[[route]]
name = "a route with a rather long name, as people give them in the end"
topic = "air/{city}/{sensor}"
type = "AirQualityObserved"
id = "urn:ngsi-ld:AirQualityObserved:{city}:{sensor}"
observed_at = "time"
[route.attributes]
temprature = { from = "temp", unit = "CEL" }
pm10 = { from = "particles.pm10", unit = "GQ", minimum = 0 }
pm25 = { from = "particles.pm25", unit = "degrees" }
"""
HEARD = {"topic": "air/gent/8", "payload": json.dumps({"temp": 21.5, "time": "2024-05-01T12:00:00Z"}), "arrived": "2024-05-01T10:00:02Z"}  # fmt: skip  # noqa: E501


def on_a_terminal(folder: Path, *arguments: str) -> list[str]:
    """Run a command on a terminal of its own; return the lines that it wrote there."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    environment = {key: value for key, value in os.environ.items() if key not in ("COLUMNS", "LINES")}
    environment |= {"TERM": "dumb", "NO_COLOR": "1", "XDG_CONFIG_HOME": str(folder / "config")}
    command = [str(Path(sys.executable).with_name("citycontext")), *arguments]
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdin=slave, stdout=slave, stderr=slave, close_fds=True
    )
    os.close(slave)
    written, end = b"", time.monotonic() + 120
    with contextlib.suppress(OSError):  # on Linux the end of a terminal is an error
        while time.monotonic() < end:
            if select.select([master], [], [], 1)[0]:
                piece = os.read(master, 65_536)
                if not piece:
                    break
                written += piece
    os.close(master)
    process.wait(timeout=60)
    assert written, "nothing was written"
    text = written.decode()
    assert "Traceback" not in text, text
    return [line.rpartition("\r")[2].rstrip() for line in text.replace("\r\n", "\n").split("\n")]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Fill a folder and a context broker with names and values that are too long for a line."""
    entity = {
        "id": "urn:ngsi-ld:OffStreetParking:gent:een-heel-lange-naam-van-een-parkeergebouw-aan-de-rand",
        "type": "OffStreetParking",
        "name": {"type": "Property", "value": LONG},
        "availableSpotNumber": {
            "type": "Property",
            "value": "64",
            "observedAt": "2024-05-01T10:00:00Z",
            "unitCode": "x",
        },
        "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [3.7212345, 51.0512345]}},
        **{f"somethingLong{number}": {"type": "Property", "value": number} for number in range(12)},
    }
    (tmp_path / "entities.json").write_text(json.dumps([entity]))
    (tmp_path / "bridge.toml").write_text(ROUTES)
    (tmp_path / "heard.jsonl").write_text(json.dumps(HEARD) + "\n")
    (tmp_path / "list.csv").write_text(
        f"Naam;Vrije plaatsen;Laatste update\n{LONG};veel;31/12/2023 14:00\nHaven;7;#N/A\n"
    )
    with Server(LocalBroker(), port=0) as server:
        with Client(server.url) as client:
            client.batch.upsert([entity]).raise_for_errors()
        (tmp_path / "citycontext.toml").write_text(
            f'[connections.city]\nurl = "{server.url}"\ndescription = "{LONG}"\n'
        )
        yield tmp_path


SHOWN = [
    "entities list --at city",
    "entities import list.csv --type OffStreetParking --at city",
    "validate list.csv --model OffStreetParking",
    "models show OffStreetParking",
    "explain unit-unknown",
    "explain nothing-such",
    "bridge dry-run bridge.toml --from heard.jsonl",
    "oslo convert entities.json --to out.jsonld",
    "demo --seconds 1",
]


@pytest.mark.parametrize("arguments", SHOWN)
def test_no_line_is_wider_than_the_terminal(arguments: str, folder: Path) -> None:
    """A terminal of 80 columns breaks no line in the middle of a word: what is longer has no spaces to break at."""
    for line in on_a_terminal(folder, *arguments.split()):
        longest = max(map(len, line.split()), default=0)
        assert len(line) <= COLUMNS or longest > COLUMNS // 2, line
