"""``bridge init``, ``tap``, ``top`` and ``dry-run --paths``: a file to start from, and looks inside."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from citycontext.bridge import BridgeConfig
from citycontext.bridge.codecs.registry import codec_names
from citycontext.bridge.config.json_schema import bridge_schema
from citycontext.bridge.drafting.starting_file import starting_text
from citycontext.configuration.toml_file import read_toml
from citycontext.models import describe

Command = Callable[..., subprocess.CompletedProcess[str]]

FILE = """
ids = 2
[mqtt]
url = "mqtt://127.0.0.1:1"
[context_broker]
url = "http://127.0.0.1:2"
[[route]]
name = "air"
topic = "air/{sensor}"
when = "ok"
type = "AirQualityObserved"
id = "urn:ngsi-ld:AirQualityObserved:{sensor}"
attributes.pm10 = { from = "\\"a b\\".pm10", unit = "GQ" }
"""
RECORDING = "\n".join(
    json.dumps({"topic": "air/7", "payload": json.dumps(one)})
    for one in (
        {"ok": True, "a b": {"pm10": 12.5}},
        {"ok": False, "a b": {"pm10": 1}},
        {"ok": True, "a b": {"pm10": "x"}},
    )
)


@pytest.fixture
def files(tmp_path: Path) -> None:
    """Write a configuration and a recording."""
    (tmp_path / "bridge.toml").write_text(FILE)
    (tmp_path / "heard.jsonl").write_text(RECORDING)


@pytest.mark.usefixtures("files")
def test_a_tap_shows_document_entity_and_why_not(command: Command) -> None:
    """Of three messages one becomes an entity, one fails a condition, one is wrong, and each says so."""
    shown = command("bridge", "tap", "bridge.toml", "air", "--from", "heard.jsonl").stdout
    assert 'document {"ok":true,"a b":{"pm10":12.5},"captured":{"sensor":"7"}}' in shown
    assert "pm10 = " in shown
    assert "why not: when = 'ok' gives false or nothing" in shown
    assert "would become a dead letter: pm10" in shown


@pytest.mark.usefixtures("files")
def test_a_tap_of_no_route_says_what_is_meant(command: Command) -> None:
    """A misspelt name of a route is met with the one that is meant."""
    done = command("bridge", "tap", "bridge.toml", "aire", "--from", "heard.jsonl")
    assert done.returncode != 0
    assert 'Did you mean "air"?' in done.stderr


@pytest.mark.usefixtures("files")
def test_each_value_is_shown_with_the_path_that_reads_it(command: Command) -> None:
    """--paths writes paths that can be copied into the file, quotes and all."""
    shown = command("bridge", "dry-run", "bridge.toml", "--from", "heard.jsonl", "--paths").stdout
    assert '    "a b".pm10 = 12.5' in shown
    assert "    ok = true" in shown


@pytest.mark.parametrize("codec", codec_names())
def test_a_file_to_start_from_is_valid_for_each_codec(codec: str, tmp_path: Path) -> None:
    """Every codec's file is read by the bridge and by the schema, and names all attributes of the model."""
    model = describe("AirQualityObserved")
    path = tmp_path / "bridge.toml"
    path.write_text(starting_text(codec, model))
    BridgeConfig.load(path)
    jsonschema.Draft7Validator(bridge_schema()).validate(read_toml(path)[0])
    assert all(f"attributes.{name} = " in path.read_text() for name in ("pm10", "location", "refDevice", "no2"))


def test_init_writes_a_file_that_check_takes(command: Command, tmp_path: Path) -> None:
    """The file with its schema beside it passes check; a misspelt codec is met with the one that is meant."""
    done = command("bridge", "init", "--codec", "chirpstack", "--type", "WeatherObserved", "--to", "bridge.toml")
    assert done.returncode == 0
    assert (tmp_path / "bridge.schema.json").exists()
    assert command("bridge", "check", "bridge.toml").returncode == 0
    assert 'Did you mean "chirpstack"?' in command("bridge", "init", "--codec", "chirpstak").stderr
    assert command("bridge", "init", "--to", "bridge.toml").returncode != 0


@pytest.fixture
def pages() -> Iterator[str]:
    """Serve the state of a bridge whose counts grow with each look."""
    looks = iter(range(100))

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            number = next(looks)
            state: dict[str, Any] = {
                "now": float(number),
                "counts": {"received": 50 * number, "delivered": 40 * number, "waiting": 3, "dead": 2},
                "troubles": [],
                "sources": [],
                "lag": 1.0,
                "routes": [{"name": "air", "messages": 50 * number, "updates": 40 * number, "refused": 2}],
            }
            content = json.dumps(state).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *given: Any) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Pages)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_top_shows_rates(command: Command, pages: str) -> None:
    """Two looks a second apart by the bridge's own clock give messages and updates a second."""
    shown = command("bridge", "top", pages, "--every", "0.2", "--times", "1").stdout
    assert "50.0 received/s, 40.0 delivered/s; waiting 3; lag 1 s; dead letters 2" in shown
    assert "50.0 msg/s" in shown
