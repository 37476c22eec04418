"""Compaction without a processor gives what a processor gives."""

from __future__ import annotations

import pytest

from citycontext.oslo import Graph, Literal, read_text
from citycontext.oslo.compaction import Compactor, is_flat
from citycontext.oslo.documents import context_document, expanded_nodes, read_json_ld, write_json_ld
from citycontext.oslo.n_triples import write_n_triples

jsonld = pytest.importorskip("pyld.jsonld")
XSD = "http://www.w3.org/2001/XMLSchema#"


def same_as_the_processor(graph: Graph, name: str) -> None:
    """Assert that a document is what pyld makes of the same nodes, and says the same with the terms it uses alone."""
    context = context_document(name)
    expected = jsonld.compact(expanded_nodes(graph), context, {"processingMode": "json-ld-1.1"})
    written = write_json_ld(graph, context)
    assert {key: said for key, said in written.items() if key != "@context"} == {
        key: said for key, said in expected.items() if key != "@context"
    }
    assert written["@context"].items() <= context["@context"].items()
    assert lines(read_json_ld(written)) == lines(read_json_ld(expected))


def lines(graph: Graph) -> list[str]:
    """Return the triples of a graph, blank nodes all alike."""
    return sorted(
        " ".join("_" if part.startswith("_:") else part for part in line.split(" "))
        for line in write_n_triples(graph).splitlines()
    )


@pytest.mark.parametrize("name", ["observaties", "sosa"])
def test_published_data_compact_as_a_processor_does_it(shared_dir, name):
    """Of every kind of published file the document is the processor's, to the last name."""
    folder = shared_dir / "oslo" / "examples"
    tried = 0
    for suffix, media_type, step in ((".nt", "application/n-triples", 20), (".ttl", "text/turtle", 4)):
        for file in sorted(folder.rglob(f"*{suffix}"))[::step]:
            same_as_the_processor(read_text(file.read_text("utf-8"), media_type), name)
            tried += 1
    assert tried > 8


def test_values_of_every_kind_compact_as_a_processor_does_it():
    """Languages, datatypes that are a term's and others, numbers, truth values, addresses, blank nodes and rings."""
    graph = Graph()
    node = "https://data.example/x#1"
    for predicate, values in {
        "rdfs:label": [Literal("x", language="nl-BE"), Literal("y"), Literal("z", XSD + "token")],
        "dct:created": [Literal("2024-01-01T00:00:00Z", XSD + "dateTime"), Literal("2024"), "https://data.example/y"],
        "https://data.example/own#p": [Literal("7", XSD + "integer"), Literal("true", XSD + "boolean"), "_:a", node],
        "rdf:type": ["https://data.vlaanderen.be/ns/adres#Adres", "https://data.example/own#Class"],
        "dct:type": ["https://data.vlaanderen.be/id/concept/a/b", "urn:x:1"],
    }.items():
        for value in values:
            graph.add(node, predicate, value)
    graph.add("_:a", "rdfs:label", Literal("nameless"))
    graph.add("_:b", "https://data.example/own#p", "_:c")
    graph.add("_:c", "https://data.example/own#p", "_:b")
    for name in ("observaties", "sosa"):
        same_as_the_processor(graph, name)


def test_the_context_has_the_terms_that_are_used():
    """A small document carries a small context."""
    graph = Graph()
    graph.add("https://data.example/1", "rdfs:label", Literal("x"))
    assert write_json_ld(graph, context_document("observaties"))["@context"] == {
        "@version": 1.1,
        "naam": "http://www.w3.org/2000/01/rdf-schema#label",
    }


@pytest.mark.parametrize(
    "context",
    [
        "https://data.example/context.jsonld",
        {"a": {"@id": "https://data.example/a", "@container": "@list"}},
        {"a": "b:c", "b": "https://data.example/"},
        {"@vocab": "https://data.example/"},
        {"id": "@id"},
    ],
)
def test_other_contexts_go_to_the_processor(context):
    """A context with anything but terms and prefixes is none of ours."""
    assert not is_flat(context)
    assert is_flat(context_document("sosa")["@context"])
    assert Compactor(context_document("sosa")["@context"]).context == {"@version": 1.1}
