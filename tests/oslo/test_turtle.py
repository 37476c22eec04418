"""Documents of other forms: Turtle and TriG, N-Quads, JSON as text."""

from __future__ import annotations

import logging

import pytest

pytest.importorskip("rdflib")
pytest.importorskip("pyld")

from citycontext.errors import InvalidDocument
from citycontext.oslo import Literal, from_oslo, read_text

LINE = '<https://data.example/1> <https://data.example/says> "a"@nl'


def test_quads_are_read_as_triples():
    """A line of N-Quads may name a graph, by address or label; the triple is read."""
    graph = read_text(
        f"{LINE} <https://data.example/g> .\n{LINE.replace('a', 'b', 1)} _:g . # why\n", "application/n-quads"
    )
    assert len(graph) == 2
    assert graph.value("https://data.example/1", "https://data.example/says") == Literal("a", language="nl")
    with pytest.raises(InvalidDocument, match="line 1 of the N-Triples is not a triple"):
        read_text(f"{LINE} <https://data.example/g> .", "application/n-triples")


def test_named_graphs_are_read_as_one():
    """TriG is read with all its graphs."""
    trig = f"{LINE} .\n<https://data.example/g> {{ <https://data.example/2> <https://data.example/says> 2 . }}"
    assert read_text(trig, "application/trig").nodes == ["https://data.example/1", "https://data.example/2"]


def test_turtle_is_read_in_its_order_and_as_it_is_written():
    """Triples keep the document's order, literals their spelling, and blank nodes get the same labels every time."""
    turtle = (
        '[] <https://e.example/p> 5.50, "0x"^^<http://www.w3.org/2001/XMLSchema#integer> . <https://e.example/a> a [] .'
    )
    first, second = (list(read_text(turtle, "text/turtle")) for _ in range(2))
    assert first == second
    assert [value.text for _, _, value in first[:2]] == ["5.50", "0x"]


def test_a_wrong_literal_logs_no_stack_trace(caplog):
    """What rdflib would log of literals and addresses that it does not like is not ours to show."""
    with caplog.at_level(logging.DEBUG):
        read_text(
            '<https://e.example/a b> <https://e.example/p> "x"^^<http://www.w3.org/2001/XMLSchema#date> .',
            "text/turtle",
        )
    assert not caplog.records


@pytest.mark.parametrize("media_type", ["text/turtle", "application/trig"])
@pytest.mark.parametrize("text", ["<a> <b>", "@prefix : <x", "{ a } b", "ex:a ex:b 3 .", '"'])
def test_what_is_no_turtle_is_one_line(text, media_type):
    """A text with a fault raises one error of one line that says what and where, without rdflib's names."""
    with pytest.raises(InvalidDocument) as raised:
        read_text(text, media_type)
    assert len(str(raised.value).splitlines()) == 1
    assert "Traceback" not in str(raised.value)
    assert len(str(raised.value)) > len("the text is not Turtle: ")


def test_json_is_read_as_text():
    """JSON-LD may be given as text or bytes; other text is refused with what to do."""
    text = '{"@id": "https://data.example/1", "@type": "http://schema.mobivoc.org/#ParkingLot"}'
    assert [entity.id for entity in from_oslo(text)] == ["https://data.example/1"]
    assert [entity.id for entity in from_oslo(text.encode())] == ["https://data.example/1"]
    with pytest.raises(InvalidDocument, match="read_text"):
        from_oslo(f"{LINE} .")
