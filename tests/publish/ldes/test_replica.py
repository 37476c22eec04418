"""Replicas of a stream, as readers of the specification make them."""

from __future__ import annotations

import functools
import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import rdflib
from rdflib import BNode, Graph, Namespace, URIRef
from rdflib.compare import isomorphic

from citycontext.publish import EventStream, Publication

TREE = Namespace("https://w3id.org/tree#")
SH = Namespace("http://www.w3.org/ns/shacl#")
DCTERMS = rdflib.DCTERMS
XSD = rdflib.XSD
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
PROFILES = ["ngsi-ld", "sosa", "observaties-en-metingen"]
ALLOW = {
    "OffStreetParking": ["name", "location", "availableSpotNumber", "totalSpotNumber"],
    "AirQualityObserved": ["no2", "pm10", "location", "refDevice", "dateObserved"],
}


class Handler(SimpleHTTPRequestHandler):
    extensions_map = {".jsonld": "application/ld+json"}  # noqa: RUF012  (as the base class has it)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def web(tmp_path) -> Iterator[str]:
    """Serve a folder as any web server does, and yield its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(tmp_path))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def entities(parkings) -> Iterator[dict]:
    for number, parking in enumerate(parkings(9, of=3)):
        yield parking
        when = f"2026-05-01T00:{number:02}:00Z"
        value = {"type": "Property", "observedAt": when, "unitCode": "GQ"}
        yield {
            "id": "urn:ngsi-ld:AirQualityObserved:1",
            "type": "AirQualityObserved",
            "no2": {**value, "value": 10 + number},
            "pm10": {**value, "value": 20.5},
            "refDevice": {"type": "Relationship", "object": "urn:ngsi-ld:Device:7"},
            "dateObserved": {"type": "Property", "value": when},
            "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [3.7, 51.0]}},
        }


def stream_of(folder: Path, url: str, parkings, profile: str) -> None:
    stream = {"url": url, "page_size": 4, "members": profile}
    with EventStream(folder, Publication.parse({"allow": ALLOW, "stream": stream})) as written:
        assert written.write(entities(parkings)).published == 18


Pages = list[tuple[Graph, list[URIRef]]]


def pages_of(folder: Path) -> Pages:
    """Return what each page says of its members, and the members."""
    graphs = [Graph().parse(path) for path in [folder / "ldes.jsonld", *sorted((folder / "pages").iterdir())]]
    return [(graph, list(graph.objects(None, TREE.member))) for graph in graphs]


def all_of_members(pages: Pages) -> Graph:
    """Everything that is said of members and what hangs on them."""
    found = Graph()
    for graph, members in pages:
        todo, seen = list(members), set(members)
        for node in todo:
            for triple in graph.triples((node, None, None)):
                found.add(triple)
                if triple[2] not in seen and (triple[2], None, None) in graph:
                    seen.add(triple[2])
                    todo.append(triple[2])
    return found


def described(graph: Graph, node: rdflib.term.Node, shapes: list[tuple[Graph, rdflib.term.Node]], found: Graph) -> None:
    """Take a node by its concise bounded description, and on along the nested shapes (TREE, member extraction)."""
    for triple in graph.triples((node, None, None)):
        found.add(triple)
        below = [
            (shape_graph, nested)
            for shape_graph, shape in shapes
            for one in shape_graph.objects(shape, SH.property)
            if (one, SH.path, triple[1]) in shape_graph
            for nested in shape_graph.objects(one, SH.node)
        ]
        if below or isinstance(triple[2], BNode):
            described(graph, triple[2], below, found)


def without_numbers(graph: Graph) -> Graph:
    """Leave out how numbers and JSON are spelt, which writers of RDF may choose."""
    found = Graph()
    for subject, predicate, value in graph:
        is_text = not isinstance(value, rdflib.Literal) or value.datatype in (None, XSD.string, XSD.dateTime)
        found.add((subject, predicate, value if is_text else rdflib.Literal("a value")))
    return found


@pytest.mark.parametrize("profile", PROFILES)
def test_a_concise_bounded_description_and_the_shape_are_all_of_a_member(tmp_path, parkings, profile) -> None:
    """A reader that follows names only where the stream's shape leads it has every triple, in every form of members."""
    site = tmp_path / "site"
    stream_of(site, "https://data.stad.example/site", parkings, profile)
    root = Graph().parse(site / "ldes.jsonld")
    shape = root.value(None, TREE.shape)
    found = Graph()
    pages = pages_of(site)
    for graph, members in pages:
        for member in members:
            described(graph, member, [(root, shape)], found)
    expected = all_of_members(pages)
    assert len(expected) > 200
    assert len(found) == len(expected)
    assert set(found) == set(expected)


@pytest.mark.parametrize("profile", PROFILES)
def test_the_client_of_others_replicates_every_triple(tmp_path, web, parkings, outside_tool, profile) -> None:
    """The reference client emits each member once, in the order of publication, with all of its triples."""
    stream_of(tmp_path / "site", f"{web}/site", parkings, profile)
    command = [outside_tool("ldes-client"), f"{web}/site/ldes.jsonld", "--ordered", "ascending"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=200, check=False)
    lines = [line for line in ended.stdout.splitlines() if line.endswith(" .")]
    replica = Graph().parse(data="\n".join(lines), format="turtle")
    expected = all_of_members(pages_of(tmp_path / "site"))
    issued = [line.split('"')[1][:23] for line in lines if f"<{DCTERMS.issued}>" in line]  # it knows milliseconds
    assert len(issued) == 18, ended.stderr
    assert issued == sorted(issued)
    assert len({*replica.objects(None, DCTERMS.isVersionOf)}) == 4
    states = [line.split(">")[0] for line in lines if f"<{DCTERMS.issued}>" in line]
    for entity in ("AirQualityObserved:1", "OffStreetParking:gent:p0"):
        assert [one for one in states if entity in one] == sorted(one for one in states if entity in one)
    assert len(replica) == len(expected)
    assert isomorphic(without_numbers(replica), without_numbers(expected))


def test_a_stream_of_before_gets_the_shape_of_its_members(tmp_path, parkings) -> None:
    """A stream whose ledger does not know the links in its members has them in its shape once it is opened."""

    site = tmp_path / "site"
    stream_of(site, "https://data.stad.example/site", parkings, "sosa")
    assert (None, SH.node, None) in Graph().parse(site / "ldes.jsonld")
    with sqlite3.connect(tmp_path / "site.sqlite") as db:
        db.execute("DELETE FROM setting WHERE name = 'links'")
    db.close()
    before = (site / "ldes.jsonld").read_bytes()
    stream = {"url": "https://data.stad.example/site", "page_size": 4, "members": "sosa"}
    EventStream(site, Publication.parse({"allow": ALLOW, "stream": stream})).close()
    assert (site / "ldes.jsonld").read_bytes() == before
