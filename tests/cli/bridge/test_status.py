"""``citycontext bridge status``, against pages that say what they are told to."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from citycontext.bridge.config.bridge import AdminConfig
from citycontext.bridge.operations.admin import Admin
from citycontext.bridge.operations.status import BridgeStatus, Counts, DeadReason, RouteStatus, SourceStatus

CONFIGURATION = """
[mqtt]
url = "mqtt://localhost"
[context_broker]
url = "http://localhost:1026"
[[route]]
topic = "a/{device}"
type = "Device"
id = "urn:ngsi-ld:Device:{device}"
attributes.value = "v"
"""


class Observed:
    """A bridge to be looked at."""

    is_alive = is_ready = True

    def __init__(self) -> None:
        self.state = BridgeStatus(
            started=1_714_557_600.0,
            now=1_714_557_700.0,
            counts=Counts(received=1234, journalled=1234, delivered=1200, dead=4, waiting=30),
            troubles=[],
            sources=[SourceStatus("mqtt", "mqtt://localhost", True, 1)],
            context_broker="http://localhost:1026",
            routes=[RouteStatus("air [b]", "json", ("air/{x}",), 1234, 1230, 4, 1_714_557_699.0)],
            journal_bytes=2000,
            journal_limit=1_000_000,
            lag=3.4,
            dead_letters=[DeadReason("air [b]", "mapping", "pm10", "a number belongs here", 4, 400, 1_714_557_600.0)],
        )

    def status(self) -> BridgeStatus:
        return self.state


@pytest.fixture
def observed() -> Observed:
    """Return a bridge to be looked at."""
    return Observed()


@pytest.fixture
def admin(observed: Observed) -> Iterator[Admin]:
    """Return its pages."""
    pages = Admin(AdminConfig(port=0), observed)
    pages.start()
    yield pages
    pages.stop()


def test_status_tells_flow_and_dead_letters(command, admin: Admin) -> None:
    """Counts, the oldest message, each route, and the dead letters by reason."""
    ended = command("bridge", "status", admin.url)
    assert ended.returncode == 0, ended.stderr
    lines = ended.stdout.splitlines()
    assert lines[0] == "All is well."
    assert "1,234 received" in lines[1]
    assert lines[2] == "since 2024-05-01 10:00:00Z; oldest undelivered 3 s; journal 2,000 of 1,000,000 bytes"
    assert lines[4].split() == ["air", "[b]", "json", "1,234", "1,230", "4", "2024-05-01", "10:01:39Z"]
    assert lines[-1] == "4 dead air [b], pm10: a number belongs here"


def test_trouble_is_exit_code_1(command, admin: Admin, observed: Observed) -> None:
    """What is wrong right now comes first, and a script can tell."""
    observed.state = dataclasses.replace(observed.state, troubles=["the connection to mqtt://localhost was lost"])
    ended = command("bridge", "status", admin.url)
    assert ended.returncode == 1
    assert ended.stdout.splitlines()[0] == "trouble the connection to mqtt://localhost was lost"


def test_the_file_says_where_the_pages_are(command, refusal, admin: Admin, tmp_path: Path) -> None:
    """Port and host are taken from [admin]; a file without it is told what to add."""
    port = admin.url.rstrip("/").rpartition(":")[2]
    (tmp_path / "bridge.toml").write_text(f'{CONFIGURATION}[admin]\nhost = "0.0.0.0"\nport = {port}\n')
    ended = command("bridge", "status", "bridge.toml", "-o", "json")
    assert json.loads(ended.stdout)["counts"]["received"] == 1234
    (tmp_path / "bridge.toml").write_text(CONFIGURATION)
    assert "Add [admin] port = 9188" in refusal(command("bridge", "status", "bridge.toml"))


def test_nobody_or_somebody_else_is_told_in_one_line(command, refusal, admin: Admin) -> None:
    """Where nothing answers, and where what answers is not a bridge."""
    assert "no bridge answers at http://127.0.0.1:1/status" in refusal(
        command("bridge", "status", "http://127.0.0.1:1")
    )
    assert "404" in refusal(command("bridge", "status", f"{admin.url}nowhere"))


def test_the_page_about_the_bridge_names_metrics_that_are_there(admin: Admin) -> None:
    """What it advises to be alarmed by is exposed under that very name."""
    page = Path(__file__).parents[3] / "docs" / "bridge.md"
    exposed = httpx.get(f"{admin.url}metrics").text
    names = re.findall(r"`(citycontext_bridge_\w+)`", page.read_text())
    assert len(names) > 3
    assert [name for name in names if f"\n{name}" not in exposed] == []
