"""``context = "models"`` of a publication: published linked data bear the models' IRIs, and need no network."""

from __future__ import annotations

import json
from typing import Any

import orjson
import pyld.jsonld
import pytest
import rdflib
from rdflib import RDF, URIRef
from typer.testing import CliRunner

from citycontext import Client
from citycontext.broker import LocalBroker, Server
from citycontext.cli.commands import app
from citycontext.publish import EventStream, export

pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # rdflib's own

MODEL = "https://smartdatamodels.org/dataModel.Parking/"
OFFICIAL = "https://raw.githubusercontent.com/smart-data-models/dataModel.Parking/master/context.jsonld"


def triples(content: bytes) -> rdflib.Graph:
    """Read JSON-LD offline by PyLD and by rdflib, which must agree."""

    def no_network(url: str, options: dict[str, Any]) -> Any:
        raise AssertionError(f"{url} was asked for")

    quads = pyld.jsonld.to_rdf(orjson.loads(content), {"documentLoader": no_network, "format": "application/n-quads"})
    graph = rdflib.Graph().parse(data=quads, format="nt")
    assert len(rdflib.Graph().parse(data=content, format="json-ld")) == len(graph)
    return graph


@pytest.mark.parametrize("context", [None, OFFICIAL, [OFFICIAL]])
def test_published_files_bear_the_models_iris(
    tmp_path: Any, make_publication: Any, parkings: Any, context: Any
) -> None:
    """Plain entities, and those that name their model's context, are published with the model's IRIs, offline."""
    publication = make_publication().model_copy(update={"context": ("models",)})
    entities = [{**one, **({} if context is None else {"@context": context})} for one in parkings(3)]
    export(entities, tmp_path / "a.jsonld", publication, form="jsonld")
    graph = triples((tmp_path / "a.jsonld").read_bytes())
    assert len(set(graph.subjects(RDF.type, URIRef(MODEL + "OffStreetParking")))) == 3
    assert len(set(graph.subjects(URIRef(MODEL + "availableSpotNumber")))) == 3
    assert "default-context" not in graph.serialize(format="nt")


def test_a_stream_bears_the_models_iris(tmp_path: Any, make_publication: Any, parkings: Any) -> None:
    """Members of an event stream do so too, and what is known stays known."""
    publication = make_publication().model_copy(update={"context": ("models",)})
    with EventStream(tmp_path, publication) as stream:
        assert stream.write(parkings(4)).published == 4
        assert stream.write(parkings(4)).known == 4
    pages = [path.read_bytes() for path in tmp_path.rglob("*.jsonld")]
    found = "".join(triples(page).serialize(format="nt") for page in pages)
    assert f"<{MODEL}availableSpotNumber>" in found
    assert "default-context" not in found


def test_a_broker_s_entities_are_found_whatever_wrote_them(tmp_path: Any, parkings: Any) -> None:
    """The command publishes what was written with the model's context and with none, and leaves the broker alone."""
    (tmp_path / "publish.toml").write_text(
        'context = "models"\n[allow]\nOffStreetParking = ["availableSpotNumber"]\n'
        '[dataset]\nlicence = "https://creativecommons.org/publicdomain/zero/1.0/"\n'
    )
    first, second = parkings(2)
    broker = LocalBroker()
    with Server(broker, port=0) as server:
        with Client(server.url) as plain, Client(server.url, context="models") as models:
            plain.entities.create(first)
            models.entities.create(second)
        arguments = [
            "publish",
            "jsonld",
            server.url,
            str(tmp_path / "a.jsonld"),
            "--config",
            str(tmp_path / "publish.toml"),
        ]
        result = CliRunner().invoke(app, arguments)
        assert result.exit_code == 0, result.output
        with Client(server.url) as plain:
            assert plain.contexts.urls(kind="Hosted") == []
    broker.close()
    graph = triples((tmp_path / "a.jsonld").read_bytes())
    assert len(set(graph.subjects(RDF.type, URIRef(MODEL + "OffStreetParking")))) == 2
    assert {int(value) for value in graph.objects(None, URIRef("https://uri.etsi.org/ngsi-ld/hasValue"))} == {0, 1}
    assert "default-context" not in json.dumps(graph.serialize(format="nt"))
