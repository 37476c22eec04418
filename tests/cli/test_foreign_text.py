"""Every command that shows text from outside: nothing is obeyed by the terminal, no line is forged, none is endless."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from citycontext.bridge.journal.journal import Journal, Refusal
from citycontext.bridge.message import Message

HOSTILE = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202e\x7f\u2028\nciticontext: all is well\r" + "A" * 200_000
SHORT = HOSTILE[:60]

ENTITY = {
    "id": f"urn:ngsi-ld:Bin:{SHORT}",
    "type": f"Bin{SHORT}",
    SHORT: {"type": "Property", "value": HOSTILE, "unitCode": SHORT},
    "name": {"type": "Property", "value": HOSTILE, "observedAt": SHORT},
    "location": {"type": "GeoProperty", "value": {"type": HOSTILE, "coordinates": [SHORT]}},
    "refDevice": {"type": "Relationship", "object": HOSTILE},
}
HARMLESS_NAMES = {
    **{name: value for name, value in ENTITY.items() if name != SHORT},
    "id": "urn:ngsi-ld:Bin:1",
    "type": "Bin",
}
SCHEMA = {
    "$schema": "http://json-schema.org/schema#",
    "title": HOSTILE,
    "description": HOSTILE,
    "type": "object",
    "properties": {
        "type": {"enum": ["Bin"]},
        "name": {"type": "string", "description": f"Property. {HOSTILE}", "enum": [SHORT, "b"]},
        "bad": {"$ref": f"#/definitions/{SHORT}"},
        SHORT: {"type": "number", "description": SHORT},
    },
}
LINKED = {
    "@id": "http://e/1",
    "@type": "http://www.w3.org/ns/sosa/Observation",
    "http://www.w3.org/ns/sosa/hasSimpleResult": [{"@value": HOSTILE}, {"@value": 3}],
    "http://e/unknown": [{"@value": HOSTILE}],
    "http://www.w3.org/ns/sosa/resultTime": [{"@value": SHORT}],
}
BRIDGE = """
[mqtt]
url = "mqtt://localhost"
[context_broker]
url = "http://localhost:1026"
[[route]]
topic = "a/{device}"
type = "Device"
id = "urn:ngsi-ld:Device:{device}"
attributes.value = "v"
attributes.count = { from = "n", datatype = "integer" }
"""
PUBLISH = """
[dataset]
licence = "https://creativecommons.org/publicdomain/zero/1.0/"
[allow]
Bin = ["name", "location"]
[stream]
url = "https://data.stad.example/bins"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Write files that hold hostile text wherever they may hold text."""
    (tmp_path / "entity.json").write_text(json.dumps([ENTITY, HARMLESS_NAMES]))
    (tmp_path / "raw.json").write_text(json.dumps([ENTITY, HARMLESS_NAMES], ensure_ascii=False))
    parking = HARMLESS_NAMES | {"type": "OffStreetParking", "location": None}
    (tmp_path / "parking.json").write_text(json.dumps({key: value for key, value in parking.items() if value}))
    (tmp_path / "lines.ndjson").write_text(json.dumps(ENTITY) + "\n" + json.dumps({"id": 3, "type": HOSTILE}) + "\n")
    (tmp_path / "broken.json").write_text(f'{{"id": "{HOSTILE}')
    (tmp_path / "own.json").write_text(json.dumps(SCHEMA))
    (tmp_path / "linked.jsonld").write_text(json.dumps(LINKED))
    (tmp_path / "bridge.toml").write_text(BRIDGE)
    (tmp_path / "publish.toml").write_text(PUBLISH)
    services = {"resource": SHORT, "apikey": SHORT, "entity_type": f"T{SHORT}", "timezone": HOSTILE}
    services["attributes"] = [{"object_id": SHORT, "name": SHORT, "type": HOSTILE, "expression": HOSTILE}]
    (tmp_path / "iota.json").write_text(json.dumps({"services": [services]}))
    messages = [
        {"arrived": 1.7e9, "topic": f"a/{SHORT}", "payload": json.dumps({"v": HOSTILE, "n": SHORT})},
        {"arrived": 1.7e9, "topic": "a/1", "payload": HOSTILE},
        {"arrived": 1.7e9, "topic": f"b/{SHORT}", "payload": HOSTILE},
    ]
    (tmp_path / "recording.ndjson").write_text("".join(json.dumps(one) + "\n" for one in messages))
    case = {"name": SHORT, "topic": "a/1", "payload": json.dumps({"v": HOSTILE})}
    toml = "\n".join(f"{key} = {json.dumps(value)}" for key, value in case.items()).replace("\x7f", "\\u007f")
    (tmp_path / "bridge.cases.toml").write_text(f"[[case]]\n{toml}\nexpect = []\n")
    journal = Journal(tmp_path / "bridge-journal.db")
    letter = Message(f"a/{SHORT}", HOSTILE.encode(), 1.7e9)
    journal.write([letter])
    journal.write(refused=[Refusal(letter, "codec", HOSTILE)])
    journal.close()
    with contextlib.closing(sqlite3.connect(tmp_path / "bridge-journal.db")) as connection, connection:
        connection.execute("UPDATE dead_letter SET reason = ?", (HOSTILE,))  # as 0.1 stored it
    return tmp_path


class _Answers(BaseHTTPRequestHandler):
    """A context broker that puts hostile text wherever it may put text."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = self.path.partition("?")[0].removeprefix("/ngsi-ld/v1")
        if path in ("/version", "/status"):
            status: dict[str, Any] = {"counts": dict.fromkeys(_COUNTS, 1), "troubles": [HOSTILE], "sources": []}
            status |= {"started": 1.7e9, "lag": 0, "journal_bytes": 1, "journal_limit": 2}
            route = {"name": SHORT, "codec": SHORT, "messages": 1, "updates": 1, "refused": 1, "last": 0}
            status["routes"] = [route]
            status["dead_letters"] = [{"route": SHORT, "attribute": SHORT, "reason": HOSTILE, "count": 1}]
            return self._send(200, status)
        if path.startswith("/types") and "details" in self.path:
            return self._send(
                200, [{"id": SHORT, "type": "EntityType", "typeName": SHORT, "attributeNames": [HOSTILE]}]
            )
        if path.startswith("/attributes") and "details" in self.path:
            return self._send(200, [{"id": SHORT, "type": "Attribute", "attributeName": SHORT, "typeNames": [HOSTILE]}])
        if path.startswith(("/types", "/attributes")):
            return self._send(200, {"id": SHORT, "type": "EntityTypeList", "typeList": [f"Bin{SHORT}"]})
        if path.startswith("/temporal/"):
            values = [
                {"type": "Property", "value": one, "observedAt": "2024-01-01T00:00:00Z"} for one in (HOSTILE, 1, 2)
            ]
            return self._send(200, {"id": "urn:ngsi-ld:Bin:1", "type": "Bin", SHORT: values, "name": values})
        if path.startswith("/subscriptions"):
            one = {"id": f"urn:{SHORT}", "type": "Subscription", "entities": [{"type": SHORT}], "status": SHORT}
            one |= {"description": HOSTILE, "notification": {"endpoint": {"uri": f"http://e/{SHORT}"}}}
            return self._send(200, [one] if path == "/subscriptions" else one)
        if path.startswith("/csourceRegistrations"):
            one = {"id": f"urn:{SHORT}", "type": "ContextSourceRegistration", "endpoint": f"http://e/{SHORT}"}
            one |= {"information": [{"entities": [{"type": SHORT}]}], "description": HOSTILE}
            return self._send(200, [one] if path == "/csourceRegistrations" else one)
        if path.startswith("/jsonldContexts"):
            listed = [{"URL": f"http://e/{SHORT}", "localId": SHORT, "kind": "Hosted", "timestamp": SHORT}]
            return self._send(200, listed if path == "/jsonldContexts" else {"@context": {"a": f"http://e/{SHORT}"}})
        if path.startswith("/wrong") or "error" in self.path:
            return self._send(400, {"type": "https://uri.etsi.org/ngsi-ld/errors/BadRequestData", "title": HOSTILE})
        if path == "/text":
            return self._send(200, HOSTILE)
        return self._send(200, [ENTITY, HARMLESS_NAMES] if path == "/entities" else ENTITY)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if "entityOperations" in self.path:
            failed = {"entityId": f"urn:{SHORT}", "error": {"title": HOSTILE, "detail": HOSTILE}}
            return self._send(207, {"success": [], "errors": [failed]})
        return self._send(400, {"title": HOSTILE, "detail": HOSTILE})

    do_PATCH = do_DELETE = do_PUT = do_POST  # noqa: N815 - as http.server calls them

    def _send(self, status: int, document: Any) -> None:
        content = document.encode() if isinstance(document, str) else json.dumps(document, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain" if isinstance(document, str) else "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("X-Said", "\x9b31m")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        pass


_COUNTS = ("received", "journalled", "delivered", "dead", "retried", "waiting")


@pytest.fixture(scope="module")
def broker() -> Iterator[str]:
    """Serve the hostile broker."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


REPORTS = [
    "validate entity.json raw.json lines.ndjson broken.json --notes",
    "validate entity.json raw.json lines.ndjson broken.json --notes --model own.json",
    "validate raw.json broken.json --notes --strict --format json",
    "validate raw.json lines.ndjson broken.json --format junit",
    "models clean entity.json -o out.json --notes",
    "models clean broken.json -o out.json",
    "models clean raw.json --rename --model own.json -o out.json --notes",
    "models generate own.json -o own_model.py --type Bin",
    "models show own.json",
    "oslo convert broken.json",
    "oslo convert linked.jsonld broken.json -o ngsild",
    "bridge check bridge.toml",
    "bridge test bridge.toml",
    "bridge dry-run bridge.toml --from recording.ndjson",
    "bridge import-iota iota.json --to imported.toml",
    "bridge dead-letters list bridge.toml",
    "bridge status BROKER",
    "publish csv raw.json out.csv",
    "publish geojson raw.json out.geojson",
    "publish jsonld lines.ndjson out.jsonld",
    "publish ldes raw.json stream",
    "publish csv BROKER out2.csv",
    "publish csv broken.json out3.csv",
    "entities list --at BROKER -o table",
    "entities list --at BROKER -o ids",
    "entities list --at BROKER --type error",
    "entities count --at BROKER -o table",
    "entities create raw.json --at BROKER",
    "entities upsert raw.json --at BROKER",
    "entities update urn:a name=1 --at BROKER",
    "entities delete urn:a --at BROKER",
    "entities delete --type Bin --dry-run --at BROKER",
    "types --at BROKER -o table",
    "attributes --at BROKER -o table",
    "history urn:a --at BROKER -o table",
    "history urn:a --at BROKER --chart",
    "subscriptions list --at BROKER",
    "subscriptions list --at BROKER -o ids",
    "subscriptions create own.json --at BROKER",
    "registrations list --at BROKER",
    "contexts list --at BROKER",
    "contexts add own.json --at BROKER",
    "connections test BROKER",
    "copy --from BROKER --to BROKER --subscriptions --registrations",
    "entities import lines.ndjson --at BROKER",
    "diff raw.json lines.ndjson",
]
DOCUMENTS = [
    "models clean raw.json",
    "models clean lines.ndjson",
    "models generate own.json --type Bin",
    "oslo convert parking.json --no-report",
    "oslo convert parking.json -o nt --no-report",
    "api GET /text --at BROKER --include",
    "bridge dry-run bridge.toml --from recording.ndjson --format jsonl",
    "bridge import-iota iota.json",
    "bridge dead-letters show bridge.toml 1",
    "bridge dead-letters export bridge.toml",
    "bridge status BROKER -o json",
    "entities list --at BROKER -o json",
    "entities list --at BROKER -o ndjson",
    "entities list --at BROKER -o csv",
    "entities list --at BROKER -o geojson",
    "entities show urn:a --at BROKER",
    "entities list --at BROKER --select name -o json",
    "history urn:a --at BROKER -o json",
    "subscriptions show urn:a --at BROKER",
    "registrations show urn:a --at BROKER",
    "contexts show urn:a --at BROKER",
    "api GET /wrong --at BROKER",
    "entities export - --at BROKER",
]


def _harms(text: str) -> set[str]:
    return {char for char in text if char not in "\n\t" and not char.isprintable()}


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("line", REPORTS)
def test_a_report_is_short_and_printable(command, broker: str, line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is for people holds no character that a terminal obeys, no forged line, and no megabyte."""
    monkeypatch.setenv("XDG_STATE_HOME", "state")
    ended = command(*line.replace("BROKER", broker).split())
    said = ended.stdout + ended.stderr
    assert said, ended
    assert not _harms(said)
    assert "\nciticontext" not in said
    assert len(said) < 100_000


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("line", DOCUMENTS)
def test_a_document_is_whole_and_printable(command, broker: str, line: str) -> None:
    """What is for programs is complete, and has escapes for what a terminal would obey."""
    ended = command(*line.replace("BROKER", broker).split())
    assert len(ended.stdout) > 20, ended.stderr[:500]
    assert not _harms(ended.stdout + ended.stderr)


@pytest.mark.usefixtures("folder")
def test_json_says_what_was_said(command, broker: str) -> None:
    """Escapes in JSON lose nothing: the text that is read back is the broker's."""
    shown = json.loads(command("entities", "show", "urn:a", "--at", broker).stdout)
    assert shown["name"]["value"] == HOSTILE
    listed = json.loads(command("entities", "list", "--at", broker, "-o", "json").stdout)
    assert listed["entities"][0][SHORT]["value"] == HOSTILE
