"""Event streams read into a context broker: nothing lost, nothing twice, the newest last."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import orjson
import pytest

from citycontext.broker import LocalBroker, Server
from citycontext.client import Client
from citycontext.errors import ConfigurationError, InvalidDocument, TransportError
from citycontext.publish import EventStream, Publication, Report
from citycontext.transfer.event_streams import Followed, follow_stream, read_page

pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # rdflib's own
URL = "https://data.stad.example/parking"
ROOT = f"{URL}/ldes.jsonld"
ALLOW = {"OffStreetParking": ["name", "location", "availableSpotNumber"]}
RUN = "from citycontext.cli.main import run; run()"
OSLO = ["sosa", "observaties-en-metingen"]


def publication(**stream: Any) -> Publication:
    return Publication.parse({"allow": ALLOW, "stream": {"url": URL, "page_size": 4, **stream}})


def parkings(count: int, of: int = 3, first: int = 0) -> Iterator[dict[str, Any]]:
    for number in range(first, first + count):
        minute = number // of
        yield {
            "id": f"urn:ngsi-ld:OffStreetParking:{number % of}",
            "type": "OffStreetParking",
            "name": {"type": "Property", "value": f"P{number % of}"},
            "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [3.72, 51.05]}},
            "availableSpotNumber": {
                "type": "Property",
                "value": number,
                "unitCode": "C62",
                "observedAt": f"2026-05-{1 + minute // 1440:02}T{minute // 60 % 24:02}:{minute % 60:02}:00Z",
            },
        }


class Folder(httpx.BaseTransport):
    """Answers with the files of a stream, and counts what it was asked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked: list[str] = []
        self.gone: set[str] = set()
        self.media_type = "application/ld+json"

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        name = str(request.url).removeprefix(f"{URL}/")
        self.asked.append(name)
        path = self.folder / name
        if name in self.gone:
            return httpx.Response(410)
        if not path.is_file():
            return httpx.Response(404)
        return httpx.Response(200, content=path.read_bytes(), headers={"content-type": self.media_type})


@pytest.fixture
def site(tmp_path) -> Path:
    return tmp_path / "site"


@pytest.fixture
def broker() -> Iterator[Client]:
    with Server(LocalBroker(), port=0) as server, Client(server.url) as client:
        yield client


@pytest.fixture
def follow(site, broker, tmp_path) -> Callable[..., Followed]:
    """Follow the stream in the folder into the broker, remembering how far."""
    folder = Folder(site)

    def run(**more: Any) -> Followed:
        with httpx.Client(transport=folder) as http:
            return follow_stream(ROOT, broker, target="broker", state=tmp_path / "state.sqlite", http=http, **more)

    run.folder = folder  # type: ignore[attr-defined]
    return run


def test_a_broker_is_the_same_behind_a_stream(site, broker, follow) -> None:
    """Each entity is in the broker as it was last published, member for member; a second run writes nothing."""
    entities = list(parkings(100))
    with EventStream(site, publication()) as stream:
        stream.write(entities)
    done = follow()
    assert (done.members, done.written, done.refusals, done.older) == (100, 100, 0, 0)
    found = {one["id"]: one for one in broker.entities.query("OffStreetParking", as_=dict)}
    assert [
        {name: value for name, value in found[one["id"]].items() if name != "@context"} for one in entities[-3:]
    ] == entities[-3:]
    again = follow()
    assert (again.members, again.written) == (0, 0)


def test_only_what_is_new_is_asked_for_again(site, follow) -> None:
    """Full pages, which say until when they go, are read once; the root is read each time."""
    with EventStream(site, publication()) as stream:
        stream.write(parkings(42))
        time.sleep(0.2)  # versions are public a millisecond apart, and a page is done when its last is
        follow()
        follow.folder.asked.clear()
        stream.write(parkings(3, first=42))
        done = follow()
    assert done.members == 3
    assert follow.folder.asked[0] == "ldes.jsonld"
    # Of ten pages: the one that was open, and the one that may have opened behind it.
    assert len([one for one in follow.folder.asked if "pages" in one]) <= 2


def test_a_late_version_does_not_overwrite_a_newer_one_that_was_written(site, broker, follow) -> None:
    """Members are written in the order of publication, corrections last."""
    with EventStream(site, publication()) as stream:
        stream.write(parkings(6, of=1))
        (last,) = parkings(1, of=1, first=5)
        stream.write([{**last, "availableSpotNumber": {**last["availableSpotNumber"], "value": 77}}])
    follow()
    assert broker.entities.retrieve(last["id"], as_=dict)["availableSpotNumber"]["value"] == 77


def test_a_deletion_deletes(site, broker, follow) -> None:
    """A marker of deletion takes the entity out of the broker, and what comes after it puts it back."""
    with EventStream(site, publication()) as stream:
        stream.write(parkings(3))
        gone = "urn:ngsi-ld:OffStreetParking:1"
        stream.write([{"id": gone, "type": "OffStreetParking", "deletedAt": "2026-05-03T00:00:00Z"}])
        done = follow()
        assert (done.written, done.deleted) == (3, 1)
        assert {one["id"][-1] for one in broker.entities.query("OffStreetParking", as_=dict)} == {"0", "2"}
        (back,) = [one for one in parkings(3, first=30_000) if one["id"] == gone]
        stream.write([back])
        follow()
    assert broker.entities.retrieve(gone, as_=dict)["id"] == gone


@pytest.mark.parametrize("members", OSLO)
def test_members_in_the_words_of_oslo_come_back(site, broker, follow, members) -> None:
    """What a profile of OSLO carries of an entity is in the broker again, with its value, unit and place."""
    entity = {
        "id": "urn:ngsi-ld:AirQualityObserved:1",
        "type": "AirQualityObserved",
        "no2": {"type": "Property", "value": 21.5, "unitCode": "GQ", "observedAt": "2026-05-01T00:00:00Z"},
        "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [3.72, 51.05]}},
    }
    given = {"allow": {"AirQualityObserved": ["no2", "location"]}, "stream": {"url": URL, "members": members}}
    with EventStream(site, Publication.parse(given)) as stream:
        stream.write([{**entity, "no2": {**entity["no2"], "value": 3.5, "observedAt": "2026-04-30T00:00:00Z"}}, entity])
    done = follow()
    assert done.refused == []
    found = broker.entities.retrieve(entity["id"], as_=dict)
    assert found["no2"]["value"] == 21.5
    assert found["no2"]["unitCode"] == "GQ"
    assert found["no2"]["observedAt"] == "2026-05-01T00:00:00Z"
    assert found["location"] == entity["location"]


def test_pages_that_are_not_kept_are_passed_over(site, follow) -> None:
    """A page that answers 410 is counted and not asked for again; one that is missing is an error."""
    with EventStream(site, publication()) as stream:
        stream.write(parkings(20))
    follow.folder.gone = {"pages/00000000.jsonld"}
    done = follow()
    assert (done.gone, done.members) == (1, 16)
    follow.folder.asked.clear()
    follow()
    assert "pages/00000000.jsonld" not in follow.folder.asked
    (site / "ldes.jsonld").unlink()
    with pytest.raises(TransportError, match="404"):
        follow()


def test_following_asks_as_often_as_the_stream_says(site, follow) -> None:
    """With follow, a round comes after each polling interval that the stream names, until it is interrupted."""
    with EventStream(site, publication(refresh=17)) as stream:
        stream.write(parkings(5))
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        follow(follow=True, wait=wait)
    assert waits == [17.0, 17.0, 17.0]


def test_a_state_is_of_one_stream_and_one_broker(site, broker, tmp_path) -> None:
    """A state is not used for another target by mistake."""
    with EventStream(site, publication()) as stream:
        stream.write(parkings(2))
    with httpx.Client(transport=Folder(site)) as http:
        follow_stream(ROOT, broker, target="one", state=tmp_path / "s.sqlite", http=http)
        with pytest.raises(ConfigurationError, match="is the state of following"):
            follow_stream(ROOT, broker, target="other", state=tmp_path / "s.sqlite", http=http)
        with pytest.raises(ConfigurationError, match="is not an address"):
            follow_stream("file:///etc/passwd", broker, http=http)


TURTLE = """
@prefix tree: <https://w3id.org/tree#> . @prefix ldes: <https://w3id.org/ldes#> . @prefix ex: <http://example.org/> .
@prefix dct: <http://purl.org/dc/terms/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
ex:stream a ldes:EventStream ; ldes:timestampPath dct:issued ; ldes:versionOfPath dct:isVersionOf ;
  tree:view <http://example.org/page> ; tree:member ex:v1, ex:v2 .
<http://example.org/page> a tree:Node ; tree:relation [ a tree:GreaterThanOrEqualToRelation ; tree:path dct:issued ;
  tree:value "2026-05-01T00:00:00Z"^^xsd:dateTime ; tree:node <http://example.org/next> ] .
ex:v1 dct:issued "2026-05-02T00:00:00Z"^^xsd:dateTime ; dct:isVersionOf ex:thing ; ex:part [ ex:says "one" ] .
ex:v2 a <https://www.w3.org/ns/activitystreams#Delete> ; dct:issued "2026-05-03T00:00:00Z"^^xsd:dateTime ;
  dct:isVersionOf ex:thing .
"""


def test_streams_of_others_are_read_in_turtle() -> None:
    """Links with their bounds, members with what hangs on them, and markers of deletion are found in any stream."""
    pytest.importorskip("rdflib")
    page = read_page(TURTLE.encode(), "text/turtle; charset=utf-8", "http://example.org/page")
    assert [(one.url, one.since[:19]) for one in page.links] == [("http://example.org/next", "2026-05-01T00:00:00")]
    first, second = sorted(page.members, key=lambda one: one.iri)
    assert (first.thing, first.time[:19]) == ("http://example.org/thing", "2026-05-02T00:00:00")
    assert len(first.content) == 2
    assert "http://example.org/thing" in first.content
    assert not first.is_deletion
    assert second.is_deletion
    with pytest.raises(InvalidDocument):
        read_page(b"{", "application/ld+json", "http://example.org/page")


def test_a_context_that_a_page_names_is_fetched_once(site, broker) -> None:
    """Pages in JSON-LD whose terms are elsewhere are read by them; one that cannot be had is named."""
    context = {"issued": {"@id": "http://purl.org/dc/terms/issued"}, "member": {"@id": "https://w3id.org/tree#member"}}
    page = {
        "@context": "https://vocab.example/context.jsonld",
        "@id": "https://data.stad.example/stream",
        "@type": "https://w3id.org/ldes#EventStream",
        "member": [{"@id": f"urn:thing:{n}", "issued": "2026-05-01T00:00:00Z"} for n in range(3)],
    }
    site.mkdir()
    (site / "ldes.jsonld").write_bytes(orjson.dumps(page))
    asked: list[str] = []

    def fetch_context(url: str) -> bytes:
        asked.append(url)
        return orjson.dumps({"@context": context})

    with httpx.Client(transport=Folder(site)) as http:
        done = follow_stream(ROOT, broker, http=http, fetch_context=fetch_context)
        assert (done.members, asked) == (3, ["https://vocab.example/context.jsonld"])
        (site / "ldes.jsonld").write_bytes(orjson.dumps({**page, "@context": "http://10.0.0.7/context.jsonld"}))
        with pytest.raises(TransportError, match=r"10\.0\.0\.7"):
            follow_stream(ROOT, broker, http=http)


def test_killed_again_and_again(tmp_path) -> None:
    """A reader killed with SIGKILL at any time goes on: in the end the broker has what the stream says last."""
    site = tmp_path / "site"
    entities = list(parkings(3_000, of=50))
    with EventStream(site, publication(page_size=50)) as stream:
        stream.write(entities)

    class Quiet(SimpleHTTPRequestHandler):
        def translate_path(self, path: str) -> str:
            return str(site / path.removeprefix("/parking/"))

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Quiet) as web, Server(LocalBroker(), port=0) as server:
        Thread(target=web.serve_forever, daemon=True).start()
        here = f"http://127.0.0.1:{web.server_port}/parking"
        for path in site.rglob("*.jsonld"):
            path.write_bytes(path.read_bytes().replace(URL.encode(), here.encode()))
        state = tmp_path / "state.sqlite"
        command = [sys.executable, "-c", RUN, "subscribe-ldes", f"{here}/ldes.jsonld", "--to", server.url]
        command += ["--state", str(state)]
        killed = 0
        for pause in (1.5, 2.0, 2.5):
            process = subprocess.Popen(
                [*command, "--state", str(state)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
            )
            time.sleep(pause)
            process.send_signal(signal.SIGKILL)
            process.communicate()
            killed += process.returncode == -signal.SIGKILL
        ended = subprocess.run(
            [*command, "--state", str(state)], capture_output=True, text=True, timeout=200, check=False
        )
        assert ended.returncode == 0, ended.stderr
        with Client(server.url) as client:
            found = {one["id"]: one for one in client.entities.query("OffStreetParking", as_=dict)}
        web.shutdown()
    assert killed
    assert {name: one["availableSpotNumber"]["value"] for name, one in found.items()} == {
        one["id"]: one["availableSpotNumber"]["value"] for one in entities[-50:]
    }


def test_every_kind_of_attribute_comes_back(site, broker, follow) -> None:
    """Broker to stream to broker is an identity, whatever kinds of attributes an entity has."""
    entity = json.loads(
        """{"id": "urn:ngsi-ld:Thing:1", "type": ["Thing", "Other"], "scope": ["/a/b", "/c"],
        "p": [{"type": "Property", "value": 1, "observedAt": "2026-05-01T00:00:00Z", "unitCode": "C62",
               "quality": {"type": "Property", "value": "good"}},
              {"type": "Property", "value": {"a": [1, {"b": null}]}, "datasetId": "urn:ngsi-ld:Dataset:2"}],
        "r": {"type": "Relationship", "object": ["urn:ngsi-ld:A:1", "urn:ngsi-ld:A:2"]},
        "g": {"type": "GeoProperty", "value": {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}},
        "l": {"type": "LanguageProperty", "languageMap": {"nl": "dag", "en": "day"}},
        "v": {"type": "VocabProperty", "vocab": "https://example.org/good"},
        "j": {"type": "JsonProperty", "json": {"@id": "kept", "x": [1]}},
        "ls": {"type": "ListProperty", "valueList": [1, "a", true]},
        "lr": {"type": "ListRelationship", "objectList": [{"object": "urn:ngsi-ld:A:1"}]},
        "d": {"type": "Property", "value": {"@type": "DateTime", "@value": "2026-05-01T00:00:00Z"}}}"""
    )
    names = [name for name in entity if name not in ("id", "type")]
    given = {"allow": {"Thing": [*names, "p.quality"], "Other": names}, "stream": {"url": URL}}
    with Server(LocalBroker(), port=0) as server, Client(server.url) as source:
        source.entities.create(entity)
        stored = source.entities.retrieve(entity["id"], as_=dict)
    report = Report()
    cleared = Publication.parse(given).policy().clear(stored, report)
    assert cleared is not None
    with EventStream(site, Publication.parse(given)) as stream:
        assert stream.write([stored]).published == 1
    assert follow().refused == []
    found = broker.entities.retrieve(entity["id"], as_=dict)
    for one in (found, stored):
        one.pop("@context", None)
    assert orjson.dumps(found, option=orjson.OPT_SORT_KEYS) == orjson.dumps(
        {name: value for name, value in cleared.wire.items() if name != "@context"}, option=orjson.OPT_SORT_KEYS
    )
