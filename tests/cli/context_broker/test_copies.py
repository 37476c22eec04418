"""``citycontext copy`` through a kill and from NGSIv2, and ``models recontext``."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from citycontext import Client
from citycontext.broker import LocalBroker, Server

STORE = [
    {
        "id": f"Room{number}",
        "type": "Room",
        "temperature": {"type": "Number", "value": 20.5, "metadata": {}},
        "refBuilding": {"type": "Relationship", "value": "Building1", "metadata": {}},
    }
    for number in range(1_200)
] + [{"id": "Building1", "type": "Building", "name": {"type": "Text", "value": "Town hall", "metadata": {}}}]
SUBSCRIPTIONS = [
    {
        "id": "57458eb60962ef754e7c0998",
        "subject": {"entities": [{"id": "Room1", "type": "Room"}], "condition": {"attrs": ["temperature"]}},
        "notification": {"http": {"url": "http://localhost:9/"}, "attrs": ["temperature"]},
    },
    {
        "id": "57458eb60962ef754e7c0999",
        "subject": {"entities": [{"idPattern": ".*", "typePattern": "R.*"}]},
        "notification": {"http": {"url": "http://localhost:9/"}},
    },
]


class GatedBroker(LocalBroker):
    """A broker that does three batches, and further ones once its gate is open: whoever writes is in the middle."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()
        self.batches = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if "entityOperations" in scope.get("path", ""):
            self.batches += 1
            if self.batches > 3:
                await asyncio.to_thread(self.gate.wait)
        await super().__call__(scope, receive, send)


class OrionV2(BaseHTTPRequestHandler):
    """Answers as a broker of NGSIv2 does: by pages, for one service."""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        known = self.headers.get("Fiware-Service") == "city" and self.headers.get("Fiware-ServicePath") == "/rooms"
        held = {"/v2/entities": STORE, "/v2/subscriptions": SUBSCRIPTIONS}.get(parts.path, []) if known else []
        offset, size = int(query.get("offset", 0)), int(query.get("limit", 20))
        body = json.dumps(held[offset : offset + size]).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Fiware-Total-Count", str(len(held)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def orion() -> Iterator[str]:
    """Serve a store of NGSIv2."""
    with ThreadingHTTPServer(("127.0.0.1", 0), OrionV2) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def _own_state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def test_a_copy_that_is_killed_goes_on_where_it_was(url: str, command: Any, tmp_path: Path) -> None:
    """After kill -9 in the middle, --resume writes the rest and not what was written, and nothing is missing."""
    entities = [{"id": f"urn:ngsi-ld:Bin:{number}", "type": "Bin", "n": {"value": number}} for number in range(8_000)]
    gated = GatedBroker()
    with Server(gated, port=0) as server, Client(url) as source, Client(server.url) as target:
        source.batch.upsert(entities)
        arguments = ["copy", "--from", url, "--to", server.url]
        program = [sys.executable, "-c", "from citycontext.cli.main import run; run()", *arguments]
        with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as killed:
            deadline = time.monotonic() + 120
            while time.monotonic() < deadline and (gated.batches < 4 or not list((tmp_path / "state").rglob("*.json"))):
                time.sleep(0.005)
            killed.send_signal(signal.SIGKILL)
            killed.wait()
        gated.gate.set()
        so_far = target.entities.query("Bin").count()
        assert 0 < so_far < len(entities)
        target.entities.delete("urn:ngsi-ld:Bin:0")
        done = command(*arguments, "--resume")
        assert done.returncode == 0, done
        assert done.stdout.startswith("8,000 entities written")
        # What was written before the kill is not written again.
        different = command("diff", url, server.url, "-o", "json")
        assert [one["id"] for one in json.loads(different.stdout)["differences"]] == ["urn:ngsi-ld:Bin:0"]


def test_a_store_of_ngsi_v2_is_copied(url: str, orion: str, command: Any) -> None:
    """All pages become NGSI-LD with new ids that links follow and the scope; a subscription too weak a word is told."""
    arguments = ("copy", "--from", "orion-v2", orion, "--to", url, "--service", "city", "--service-path", "/rooms")
    rehearsed = command(*arguments, "--subscriptions", "--dry-run")
    assert "1,201 would be created, 0 changed, 0 are equal." in rehearsed.stdout
    assert "subscriptions: 1 would be written, 1 cannot be expressed" in rehearsed.stdout
    done = command(*arguments, "--subscriptions")
    assert done.stdout.startswith("1,201 entities written, 0 refused"), done
    assert done.returncode == 1
    assert "typePattern" in done.stderr
    with Client(url, context="models") as client:
        room = client.entities.retrieve("urn:ngsi-ld:Room:Room7").to_dict()
        assert room["refBuilding"] == {"type": "Relationship", "object": "urn:ngsi-ld:Building:Building1"}
        assert room["scope"] == "/rooms"
        (subscription,) = client.subscriptions.query()
        (selector,) = subscription.to_dict()["entities"]
        assert selector["id"] == "urn:ngsi-ld:Room:Room1"
        # The type of the model, as the entities have it.
        assert selector["type"].endswith("/Room")
    again = command(*arguments, "--dry-run")
    assert "0 would be created, 0 changed, 1,201 are equal." in again.stdout


def test_a_dump_of_ngsi_v2_is_copied(url: str, command: Any, refusal: Any, tmp_path: Path) -> None:
    """A file of entities and subscriptions is read as a broker is; what names no broker ends in one line."""
    (tmp_path / "dump.json").write_text(
        json.dumps({"entities": [STORE[1], STORE[-1]], "subscriptions": SUBSCRIPTIONS[:1]})
    )
    done = command("copy", "--from", "orion-v2", "dump.json", "--to", url, "--subscriptions")
    assert done.stdout.startswith("2 entities written, 0 refused"), done
    assert done.returncode == 0
    assert "cannot be reached" in refusal(command("copy", "--from", "orion-v2", "http://127.0.0.1:9", "--to", url))
    assert "--from orion-v2 goes with" in refusal(command("copy", "--from", "orion-v2", "--to", url))


def test_entities_move_over_to_the_names_of_their_model(url: str, command: Any, refusal: Any, tmp_path: Path) -> None:
    """What was written without an @context is found by its model's names, and the backup has it as it was."""
    entities = [
        {
            "id": f"urn:ngsi-ld:OffStreetParking:{number}",
            "type": "OffStreetParking",
            "totalSpotNumber": {"type": "Property", "value": number},
        }
        for number in range(1_100)
    ]
    with Client(url) as plain, Client(url, context="models") as by_models:
        plain.batch.upsert([*entities, {"id": "urn:ngsi-ld:Own:1", "type": "OwnType", "x": {"value": 1}}])
        rehearsed = command("models", "recontext", "--backup", "kept.ndjson", "--dry-run")
        assert "1,100 entities would be moved over" in rehearsed.stdout
        assert by_models.entities.query(iri_of_parking(), as_=dict).count() == 0
        done = command("models", "recontext", "--backup", "kept.ndjson")
        assert done.returncode == 0, done
        assert by_models.entities.query("OffStreetParking", as_=dict).count() == 1_100
        assert by_models.entities.query(iri_of_parking(), as_=dict).count() == 1_100
        assert len((tmp_path / "kept.ndjson").read_text().splitlines()) == 1_101
        assert "is there already" in refusal(command("models", "recontext", "--backup", "kept.ndjson"))
        again = command("models", "recontext", "--backup", "other.ndjson", "--dry-run")
        assert again.stdout.startswith("0 entities would be moved over")


def iri_of_parking() -> str:
    """Return the IRI that the model's @context has for the type."""
    from citycontext.models import describe
    from citycontext.models.meaning import model_context

    context = model_context(describe("OffStreetParking").context)
    assert context is not None
    return context.expand("OffStreetParking")
