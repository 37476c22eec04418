"""Queries of the standard's test suite and of real brokers, from the reference data beside the project."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from citycontext.errors import InvalidQuery
from citycontext.ngsild.query import (
    EntityQuery,
    GeoQuery,
    TemporalQuery,
    compile_q,
    parse_georel,
    parse_order_by,
    parse_projection,
    parse_q,
    parse_scope,
    parse_types,
)

pytestmark = pytest.mark.shared

PARSERS: dict[str, Callable[[str], Any]] = {
    "q": parse_q,
    "ngsild_query": parse_q,
    "csf": parse_q,
    "georel": parse_georel,
    "scopeq": parse_scope,
    "scopeQ": parse_scope,
    "entity_types": parse_types,
    "pick": parse_projection,
    "omit": parse_projection,
    "orderBy": parse_order_by,
}
# Values that the test suite sends to be refused.
WRONG = {
    "(invalidQuery",
    "invalid",
    "id;name",
    "id,locatedAt{name",
    "id,locatedAt{{name}",
    "id,,name",
    "id,locatedAt{,name}",
    "id,locatedAt{}",
    "invalidUri",
    "invalid_entity_id_pattern**",
}
# The suite means this to be wrong, but it is an attribute whose existence is asked for.
RIGHT_BY_GRAMMAR = "invalidQuery"


def _vectors(shared_dir: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Return every set of call parameters and arguments, with its case."""
    for file in json.loads((shared_dir / "ngsi-ld/examples/test-vectors.json").read_text()):
        for case in file["cases"]:
            variables = {f"${{{name}}}": value for name, value in file["variables"].items()}
            for values in (case["args"], *(call["params"] for call in case["calls"])):
                yield case["id"], {name: variables.get(value, value) for name, value in values.items()}


def _members(value: Any) -> Iterator[tuple[str, Any]]:
    """Go through all members of a JSON document, at any depth."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield name, member
            yield from _members(member)
    elif isinstance(value, list):
        for item in value:
            yield from _members(item)


def test_every_query_of_the_test_suite_is_read_or_refused_as_meant(shared_dir: Path) -> None:
    """Of all parameters in the suite's cases, the right ones parse and come back, the wrong ones raise InvalidQuery."""
    seen = refused = 0
    for case, parameters in _vectors(shared_dir):
        for name, parse in PARSERS.items():
            text = parameters.get(name)
            if not isinstance(text, str) or not text or "${" in text:
                continue
            seen += 1
            if text in WRONG:
                refused += 1
                with pytest.raises(InvalidQuery):
                    parse(text)
                continue
            tree = parse(unquote(text))
            text_again = ",".join(map(str, tree)) if isinstance(tree, tuple) else str(tree)
            assert parse(text_again) == tree, case
    assert seen > 250
    assert refused >= 8


def test_the_suites_wrong_parameters_are_refused_together(shared_dir: Path) -> None:
    """The parameters that case 037_03 adds one at a time are all refused by the query that reads them."""
    seen = set()
    for case, parameters in _vectors(shared_dir):
        if case.startswith("037_03") and "query_param_name" in parameters:
            name, value = parameters["query_param_name"], parameters["query_param_value"]
            seen.add(name)
            with pytest.raises(InvalidQuery):
                EntityQuery.from_parameters({"type": "Building", name: value})
    assert seen == {"id", "q", "georel", "timerel"}


def test_every_geoquery_and_temporal_query_of_the_suite_is_read(shared_dir: Path) -> None:
    """Parameters that belong together are read together; one polygon of the suite is not GeoJSON and is refused."""
    geo = temporal = 0
    for case, parameters in _vectors(shared_dir):
        if {"georel", "geometry", "coordinates"} <= parameters.keys() and parameters["georel"] != "invalid":
            geo += 1
            if case == "037_07_02":  # positions where a polygon has rings
                with pytest.raises(InvalidQuery, match="Polygon"):
                    GeoQuery.from_parameters(parameters)
            else:
                query = GeoQuery.from_parameters(parameters)
                assert GeoQuery.from_body(query.to_body()) == query
        if {"timerel", "timeAt"} <= parameters.keys() and "${" not in str(parameters):
            temporal += 1
            query_in_time = TemporalQuery.from_parameters(parameters)
            assert TemporalQuery.from_parameters(dict(query_in_time.to_parameters())) == query_in_time
    assert geo >= 5
    assert temporal >= 20


def test_every_query_in_a_payload_is_read(shared_dir: Path) -> None:
    """q, csf, scopeQ, geoQ, temporalQ and entity selectors in subscriptions and queries parse."""
    seen = dict.fromkeys(["q", "csf", "scopeQ", "geoQ", "temporalQ", "entities", "Query"], 0)
    for path in sorted((shared_dir / "ngsi-ld/examples").rglob("*.json*")):
        if path.name == "test-vectors.json":
            continue
        try:
            document = json.loads(path.read_text())
        except ValueError:
            continue
        if isinstance(document, dict) and document.get("type") == "Query":
            seen["Query"] += 1
            query = EntityQuery.from_body(document)
            assert EntityQuery.from_body(query.to_body()) == query
        for name, member in _members(document):
            if name in ("q", "csf", "scopeQ") and isinstance(member, str):
                PARSERS[name](member)
            elif name == "geoQ" and isinstance(member, dict) and member.get("georel") != "invalid":
                GeoQuery.from_body(member)
            elif name == "temporalQ" and isinstance(member, dict):
                TemporalQuery.from_body(member)
            elif name == "entities" and isinstance(member, list) and path.parts[-2] != "expectations":
                for item in member:
                    if "type" in item:
                        parse_types(item["type"])
            else:
                continue
            seen[name] += 1
    assert seen["q"] >= 2
    assert seen["geoQ"] >= 2
    assert seen["temporalQ"] >= 4
    assert seen["Query"] >= 4
    assert seen["entities"] >= 30
    assert str(parse_q(RIGHT_BY_GRAMMAR)) == RIGHT_BY_GRAMMAR


def test_every_parameter_of_the_openapi_is_known(shared_dir: Path) -> None:
    """The parameters that ETSI's OpenAPI gives to a query for entities are all read."""
    text = (shared_dir / "ngsi-ld/openapi/ngsi-ld-api-1.8.1.yaml").read_text()
    operation = text[text.index("operationId: queryEntity") : text.index("operationId: queryEntity") + 3_000]
    references = re.findall(r"parameters/Query\.(\w+)", operation)
    assert len(references) > 20
    with pytest.raises(InvalidQuery) as caught:
        EntityQuery.from_parameters({"unknown": "x", **dict.fromkeys(references, "x")})
    assert "unknown parameter unknown" in str(caught.value)


def test_real_brokers_and_we_agree_on_what_matches(shared_dir: Path) -> None:
    """Queries that a real broker answered select the same entities here."""
    recording = json.loads((shared_dir / "real-brokers/coraine-0.3.0.json").read_text())
    exchanges = [exchange for exchange in recording["exchanges"] if exchange["group"] == "query"]
    (setup,) = (one for one in exchanges if one["name"] == "setup")
    entities = setup["request"]["body"]
    stored = {entity["id"] for entity in entities}
    compared = 0
    for exchange in exchanges:
        parameters = [(name, value) for name, value in exchange["request"]["query"] if name not in ("attrs", "options")]
        names = {name for name, _ in parameters}
        if (
            not isinstance(exchange["response"]["body"], list)
            or exchange["response"]["status"] != 200
            or not names & {"q", "scopeQ", "type"}
            or names & {"georel", "lang"}
        ):
            continue
        if exchange["name"] in ("q-bad-double", "two-types-parameters", "q-createdAt", "no-context", "type-full-iri"):
            continue  # two that are broken; a time the broker sets itself; names as another context has them
        query = EntityQuery.from_parameters(parameters)
        selected = [selector.compile() for selector in query.selectors]
        condition = None if query.q is None else compile_q(query.q)
        ours = {
            entity["id"]
            for entity in entities
            if all(select(entity["id"], entity["type"]) for select in selected)
            and (condition is None or condition(entity))
            and (query.scope is None or query.scope.matches(entity.get("scope")))
        }
        theirs = {entity.get("id") for entity in exchange["response"]["body"]} & stored
        if query.limit is None and not query.offset:
            assert ours == theirs, exchange["name"]
            compared += 1
    assert compared > 40


def test_what_real_brokers_refuse_as_broken_is_refused(shared_dir: Path) -> None:
    """Broken queries that both recorded brokers, or one of them, answered with 400 do not parse."""
    for name in ("coraine-0.3.0.json", "orionld-1.6.0.json"):
        recording = json.loads((shared_dir / "real-brokers" / name).read_text())
        refused = {
            "q-bad-trailing-operator",
            "q-bad-double",
            "q-bad-parenthesis",
            "geo-missing-coordinates",
            "geo-bad-georel",
            "bad-id",
            "unknown-parameter",
        }
        for exchange in recording["exchanges"]:
            if exchange["group"] == "query" and exchange["name"] in refused:
                refused.discard(exchange["name"])
                with pytest.raises(InvalidQuery):
                    EntityQuery.from_parameters([tuple(pair) for pair in exchange["request"]["query"]])
        assert not refused


def test_queries_by_post_of_real_brokers_are_read(shared_dir: Path) -> None:
    """Bodies that a broker answered are read, those it refused as broken are not."""
    recording = json.loads((shared_dir / "real-brokers/coraine-0.3.0.json").read_text())
    seen = 0
    for exchange in recording["exchanges"]:
        if not exchange["request"]["path"].endswith("entityOperations/query"):
            continue
        body = exchange["request"]["body"]
        seen += 1
        if exchange["name"] in ("no-type-member", "unknown-member", "empty-object"):
            with pytest.raises(InvalidQuery):
                EntityQuery.from_body(body)
        else:
            assert EntityQuery.from_body(body).too_wide is (exchange["name"] == "no-filter")
    assert seen > 10
