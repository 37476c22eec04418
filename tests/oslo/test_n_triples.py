"""N-Triples are read and written to the letter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citycontext.errors import InvalidDocument
from citycontext.oslo.graph import Graph, Literal
from citycontext.oslo.n_triples import parse_n_triples, write_n_triples

texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
literals = st.one_of(
    st.builds(lambda text: Literal(text), texts),
    st.builds(lambda text: Literal(text, "http://www.w3.org/2001/XMLSchema#dateTime"), texts),
    st.builds(lambda text: Literal(text, language="nl-BE"), texts),
)
nodes = st.sampled_from(["urn:x:1", "https://stad.gent/parkeren#2023-12-21T08:53:40+01:00", "_:b0", "_:n78c9"])


@given(st.lists(st.tuples(nodes, st.sampled_from(["urn:p", "http://schema.mobivoc.org/#url"]), nodes | literals)))
def test_what_is_written_is_read(triples):
    """Every graph comes back the same, whatever signs its literals have."""
    graph = Graph()
    for triple in triples:
        graph.add(*triple)
    assert set(parse_n_triples(write_n_triples(graph))) == set(graph)


@given(triples=st.lists(st.tuples(nodes.filter(lambda node: node[0] != "_"), st.just("urn:p"), literals), min_size=1))
def test_another_parser_reads_the_same(rdf, triples):
    """An independent library reads what we write as the same literals."""
    graph = Graph()
    for triple in triples:
        graph.add(*triple)
    theirs = {(str(s), str(o), o.language and str(o.language).lower()) for s, _, o in rdf(write_n_triples(graph), "nt")}
    assert theirs == {(s, o.text, o.language.lower() or None) for s, _, o in graph}


@pytest.mark.parametrize(
    "line",
    [
        "<urn:a> <urn:b> <urn:c>",
        "<urn:a> <urn:b> urn:c .",
        '<urn:a> "b" <urn:c> .',
        '<urn:a> <urn:b> "c\\q" .',
        '<urn:a> <urn:b> "c .',
        "<urn:a b> <urn:b> <urn:c> .",
    ],
)
def test_a_line_that_is_no_triple_is_named(line):
    """The error names the line by its number."""
    with pytest.raises(InvalidDocument, match="line 2"):
        parse_n_triples(f"# a comment\n{line}\n")
