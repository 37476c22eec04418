"""What tests of linked data share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture(scope="session")
def rdf() -> Callable[[str], Any]:
    """Parse N-Triples or Turtle with an independent library, literals left as they are written."""
    rdflib = pytest.importorskip("rdflib", reason="the RDF library that checks our triples is not installed")

    def parse(text: str, form: str = "turtle") -> Any:
        before, rdflib.NORMALIZE_LITERALS = rdflib.NORMALIZE_LITERALS, False
        try:
            return rdflib.Graph().parse(data=text, format=form)
        finally:
            rdflib.NORMALIZE_LITERALS = before

    return parse


@pytest.fixture
def same_triples() -> Callable[[Any, Any], None]:
    """Assert that two graphs are the same but for the labels of blank nodes; show what differs."""
    pytest.importorskip("rdflib", reason="the RDF library that checks our triples is not installed")
    from rdflib.compare import graph_diff, to_isomorphic

    def check(expected: Any, found: Any) -> None:
        if to_isomorphic(expected) != to_isomorphic(found):
            _, missing, extra = graph_diff(expected, found)
            pytest.fail(f"missing:\n{missing.serialize(format='nt')}\nunexpected:\n{extra.serialize(format='nt')}")

    return check
