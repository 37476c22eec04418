"""All parameters of a query for entities together."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from citycontext.errors import InvalidQuery
from citycontext.ngsild.geometry import point
from citycontext.ngsild.query import (
    EntityFilter,
    EntityQuery,
    Q,
    TypeSelection,
    after,
    near,
    order_by,
    parse_types,
)

FULL = EntityQuery(
    "OffStreetParking,(Home;Vehicle)",
    id=["urn:a:1", "urn:a:2"],
    id_pattern="^urn:a",
    q=(Q.availableSpotNumber > 10) & Q.sensor.linked("Device").humidity.exists(),
    csf='country=="BE"',
    geo=near(point(3.72, 51.05), max_distance=500),
    scope="/Gent/#",
    temporal=after("2026-05-01T00:00:00Z").aggregated("avg", period="PT1H"),
    pick="id,locatedAt{name}",
    omit=["x"],
    dataset_id=["@none", "urn:d:1"],
    lang="nl,en;q=0.5",
    expand_values="category",
    json_keys=["ticket"],
    order_by=["name", "age;desc"],
    format="simplified",
    options="sysAttrs",
    join="inline",
    join_level=2,
    contained_by="urn:p:1",
    entity_map=True,
    entity_map_lifetime="PT1H",
    split_entities=False,
    local=True,
    limit=100,
    offset=200,
    count=True,
)


def test_writes_every_parameter() -> None:
    """Each value goes to the parameter the standard names, as text that is not percent-encoded."""
    assert FULL.to_parameters() == [
        ("type", "OffStreetParking,(Home;Vehicle)"),
        ("id", "urn:a:1,urn:a:2"),
        ("idPattern", "^urn:a"),
        ("pick", "id,locatedAt{name}"),
        ("omit", "x"),
        ("q", "availableSpotNumber>10;sensor{Device:humidity}"),
        ("csf", 'country=="BE"'),
        ("georel", "near;maxDistance==500"),
        ("geometry", "Point"),
        ("coordinates", "[3.72,51.05]"),
        ("scopeQ", "/Gent/#"),
        ("datasetId", "@none,urn:d:1"),
        ("lang", "nl,en;q=0.5"),
        ("expandValues", "category"),
        ("jsonKeys", "ticket"),
        ("timerel", "after"),
        ("timeAt", "2026-05-01T00:00:00Z"),
        ("aggrMethods", "avg"),
        ("aggrPeriodDuration", "PT1H"),
        ("orderBy", "name,age;desc"),
        ("join", "inline"),
        ("joinLevel", "2"),
        ("containedBy", "urn:p:1"),
        ("entityMap", "true"),
        ("entityMapLifetime", "PT1H"),
        ("splitEntities", "false"),
        ("format", "simplified"),
        ("options", "sysAttrs"),
        ("local", "true"),
        ("limit", "100"),
        ("offset", "200"),
        ("count", "true"),
    ]


def test_writes_the_body_of_a_post() -> None:
    """The members of ``Query`` carry all but what stays in the URL."""
    body = FULL.to_body()
    assert body["type"] == "Query"
    assert body["entities"] == [
        {"type": "OffStreetParking,(Home;Vehicle)", "id": ["urn:a:1", "urn:a:2"], "idPattern": "^urn:a"}
    ]
    assert body["pick"] == ["id", "locatedAt{name}"]
    assert body["geoQ"]["coordinates"] == [3.72, 51.05]
    assert body["temporalQ"] == {
        "timerel": "after",
        "timeAt": "2026-05-01T00:00:00Z",
        "aggrMethods": ["avg"],
        "aggrPeriodDuration": "PT1H",
    }
    assert body["ordering"] == {"orderBy": ["name", "age;desc"]}
    assert not body.keys() & {"limit", "offset", "count", "format", "options", "local"}
    assert FULL.body_parameters() == FULL.to_parameters()[-6:]


def test_comes_back_from_both_forms() -> None:
    """What was written is read as an equal query."""
    assert EntityQuery.from_parameters(FULL.to_parameters()) == FULL
    assert EntityQuery.from_body(FULL.to_body(), FULL.body_parameters()) == FULL
    assert EntityQuery.from_parameters(dict(EntityQuery().to_parameters())) == EntityQuery()
    with_attrs = EntityQuery("A", attrs=["a", "b"], geometry_property="place")
    assert EntityQuery.from_parameters(with_attrs.to_parameters()) == with_attrs
    assert hash(FULL) == hash(dataclasses.replace(FULL))


def test_pages_are_made_by_replacing() -> None:
    """A query is a value: the next page is the same one with another offset."""
    page = dataclasses.replace(FULL, offset=300)
    assert ("offset", "300") in page.to_parameters()
    assert dataclasses.replace(page, offset=200) == FULL


def test_several_selectors_go_by_post_only() -> None:
    """A body carries several selectors; a URL refuses them."""
    query = EntityQuery(
        entities=[EntityFilter(parse_types("A"), ("urn:a:1",)), EntityFilter(parse_types("B"), id_pattern="x")]
    )
    body = query.to_body()
    assert body["entities"] == [{"type": "A", "id": "urn:a:1"}, {"type": "B", "idPattern": "x"}]
    assert EntityQuery.from_body(body) == query
    with pytest.raises(InvalidQuery, match="POST"):
        query.to_parameters()


def test_an_id_with_a_comma_goes_by_post_only() -> None:
    """A comma in an id would tear the URL's list apart."""
    query = EntityQuery("A", id="urn:a:1,2")
    assert EntityQuery.from_body(query.to_body()) == query
    with pytest.raises(InvalidQuery, match="comma"):
        query.to_parameters()


def test_empty_parameters_count_as_not_given() -> None:
    """Brokers, and the standard's test suite, send and take empty parameters."""
    assert EntityQuery.from_parameters({"type": "A", "q": "", "pick": "", "geoproperty": ""}) == EntityQuery("A")


def test_unknown_parameters_are_named() -> None:
    """All names that are not of the standard are listed, unless the caller reads them itself."""
    with pytest.raises(InvalidQuery, match="unknown parameter bogus, foo") as caught:
        EntityQuery.from_parameters([("foo", "1"), ("type", "A"), ("bogus", "2")])
    assert caught.value.path == "bogus"
    query = EntityQuery.from_parameters({"type": "A", "keep": "a"}, ignoring=["keep", "drop"])
    assert query == EntityQuery("A")


@pytest.mark.parametrize(
    ("parameters", "path"),
    [
        ([("type", "A"), ("type", "B")], "type"),
        ([("type", "A B")], "type"),
        ([("id", "invalidUri")], "id"),
        ([("type", "A"), ("idPattern", "invalid_entity_id_pattern**")], "idPattern"),
        ([("q", "(invalidQuery")], "q"),
        ([("csf", "a==")], "csf"),
        ([("scopeQ", "//")], "scopeQ"),
        ([("georel", "within")], "geometry"),
        ([("timerel", "before")], "timeAt"),
        ([("pick", "id,,name")], "pick"),
        ([("pick", "name"), ("omit", "name")], "omit"),
        ([("pick", "name"), ("attrs", "category")], "attrs"),
        ([("omit", "name"), ("attrs", "category")], "attrs"),
        ([("attrs", "a b")], "attrs"),
        ([("datasetId", "none")], "datasetId"),
        ([("lang", "!")], "lang"),
        ([("orderBy", "name;up")], "orderBy"),
        ([("orderBy", "name"), ("local", "false")], "orderBy"),
        ([("type", "*"), ("local", "false")], "type"),
        ([("format", "xml")], "format"),
        ([("options", "temporalValues,invalidOptions")], "options"),
        ([("join", "outer")], "join"),
        ([("joinLevel", "2")], "joinLevel"),
        ([("join", "flat"), ("joinLevel", "0")], "joinLevel"),
        ([("q", "a{b{c}}"), ("join", "flat"), ("joinLevel", "1")], "q"),
        ([("entityMapLifetime", "PT1H")], "entityMapLifetime"),
        ([("entityMap", "true"), ("entityMapLifetime", "1h")], "entityMapLifetime"),
        ([("limit", "0")], "limit"),
        ([("limit", "-1")], "limit"),
        ([("limit", "1e3")], "limit"),
        ([("offset", "9" * 20)], "offset"),
        ([("count", "yes")], "count"),
        ([("geometryProperty", "a b")], "geometryProperty"),
        ([("expandValues", "a,,b")], "expandValues"),
    ],
)
def test_wrong_parameters_are_named(parameters: list[tuple[str, str]], path: str) -> None:
    """A value that is wrong, or two that do not go together, raise InvalidQuery with the parameter's name."""
    with pytest.raises(InvalidQuery) as caught:
        EntityQuery.from_parameters(parameters)
    assert caught.value.path == path
    assert path in str(caught.value)


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"type": "Subscription"},
        {"type": "Query", "bogus": 1},
        {"type": "Query", "entities": []},
        {"type": "Query", "entities": {"type": "A"}},
        {"type": "Query", "q": 5},
        {"type": "Query", "attrs": []},
        {"type": "Query", "attrs": [5]},
        {"type": "Query", "pick": "id"},
        {"type": "Query", "geoQ": "near"},
        {"type": "Query", "joinLevel": "2", "join": "flat"},
        {"type": "Query", "joinLevel": True, "join": "flat"},
        {"type": "Query", "entityMap": "true"},
        {"type": "Query", "containedBy": ["x"]},
        {"type": "Query", "temporalQ": []},
        {"type": "Query", "aggrParams": {"aggrMethod": "avg"}},
        {"type": "Query", "limit": 5},
    ],
)
def test_wrong_bodies_are_refused(body: Any) -> None:
    """A body that is not a Query, or a member of the wrong type, raises InvalidQuery."""
    with pytest.raises(InvalidQuery):
        EntityQuery.from_body(body)


def test_aggregation_may_stand_apart() -> None:
    """Version 1.9 has a member for aggregation beside ``temporalQ``."""
    body = {
        "type": "Query",
        "temporalQ": {"timerel": "after", "timeAt": "2026-05-01T00:00:00Z"},
        "aggrParams": {"aggrMethods": "avg,max", "aggrPeriodDuration": "P1D"},
    }
    expected = after("2026-05-01T00:00:00Z").aggregated("avg", "max", period="P1D")
    assert EntityQuery.from_body(body).temporal == expected


def test_a_body_takes_the_context_and_the_parameters_of_its_url() -> None:
    """``@context`` is left to the caller, paging comes from the URL, and a filter does not."""
    body = {"type": "Query", "entities": [{"type": "A"}], "@context": "https://example.org/c.jsonld"}
    assert EntityQuery.from_body(body, {"limit": "5"}) == EntityQuery("A", limit=5)
    with pytest.raises(InvalidQuery, match="unknown parameter q"):
        EntityQuery.from_body(body, {"q": "a"})


@pytest.mark.parametrize(
    ("query", "too_wide"),
    [
        (EntityQuery(), True),
        (EntityQuery(id="urn:a:1"), True),
        (EntityQuery(id_pattern=".*"), True),
        (EntityQuery(scope="/a"), True),
        (EntityQuery("A"), False),
        (EntityQuery(entities=[EntityFilter(parse_types("A"))]), False),
        (EntityQuery(attrs="a"), False),
        (EntityQuery(q="a"), False),
        (EntityQuery(geo=near(point(1, 2), max_distance=1)), False),
        (EntityQuery(id="urn:a:1", local=True), False),
    ],
)
def test_tells_what_a_broker_will_find_too_wide(query: EntityQuery, too_wide: bool) -> None:
    """A query needs a type, attribute, condition or geometry, unless it is local."""
    assert query.too_wide is too_wide


def test_takes_what_is_built_as_well_as_text() -> None:
    """Text, lists and objects give the same query."""
    built = EntityQuery(TypeSelection.any_of("A", "B"), q=Q.a > 1, order_by=order_by("a"))
    assert built == EntityQuery("A,B", q="a>1", order_by="a")
    assert built == EntityQuery(["A", "B"], q="a>1", order_by=["a"])
    with pytest.raises(InvalidQuery):
        EntityQuery([])
    with pytest.raises(InvalidQuery):
        EntityQuery("A", entities=[EntityFilter(parse_types("B"))])
