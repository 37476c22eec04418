"""What tests of linked data share."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from citycontext.oslo import Loss, LossKind


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


@pytest.fixture(scope="session")
def without() -> Callable[[dict[str, Any], list[Loss]], dict[str, dict[str, Any]]]:
    """Return an entity's attributes, by name and datasetId, but for what losses name."""
    return _without


def _by_dataset(member: Any) -> dict[str, dict[str, Any]]:
    """Return the instances of an attribute by datasetId."""
    return {one.get("datasetId", ""): deepcopy(one) for one in (member if isinstance(member, list) else [member])}


def _without(wire: dict[str, Any], losses: list[Loss]) -> dict[str, dict[str, Any]]:
    """Take from an entity what losses name."""
    left = {name: _by_dataset(member) for name, member in wire.items() if isinstance(member, dict | list)}
    for loss in losses:
        instances = left.get(loss.term, {})
        if loss.kind in (LossKind.REWRITTEN, LossKind.MISSING):
            continue
        if not loss.member:
            instances.pop(loss.dataset_id or "", None)
        elif loss.member == "datasetId":
            instances.pop(loss.dataset_id or "", None)
            instances.pop("", None)
        elif (loss.dataset_id or "") in instances:
            instances[loss.dataset_id or ""].pop(loss.member, None)
    return {name: instances for name, instances in left.items() if instances}
