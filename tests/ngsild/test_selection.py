"""Selectors and queries in documents: what they hold, what evaluates them, what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from citycontext.errors import DataError
from citycontext.ngsild import point, query
from citycontext.ngsild.query import EntityQuery, Q, near
from citycontext.ngsild.selection import EntityInfo, EntitySelector, GeoQ, Query, TemporalQ


def test_a_selector_is_ready_to_evaluate():
    """A selector's query tells which entities are meant; what only a document has does not trouble it."""
    selector = EntitySelector.from_dict({"type": "A,B", "idPattern": "^urn:a:.*", "vendor": 1}, strict=True)
    meant = selector.query().compile()
    assert meant("urn:a:1", ["B"])
    assert not meant("urn:b:1", ["B"])
    assert selector.to_dict()["vendor"] == 1


def test_ids_may_be_several():
    """Since 1.9 a selector may name several ids."""
    selector = EntitySelector(type="A", id=["urn:a:1", "urn:a:2"])
    assert selector.query().id == ("urn:a:1", "urn:a:2")


def test_selectors_of_the_query_room_are_taken():
    """What the query builder makes goes into a document as it is."""
    built = query.EntityFilter(query.parse_types("A"), ("urn:a:1",))
    assert Query(entities=[built]).to_dict()["entities"] == [{"type": "A", "id": "urn:a:1"}]


def test_a_query_reads_and_evaluates():
    """The body of a POST query keeps what it holds, and gives the query that it is."""
    payload: dict[str, Any] = {
        "type": "Query",
        "entities": [{"type": "A"}],
        "pick": ["id", "a"],
        "q": "a>5",
        "geoQ": {"georel": "near;maxDistance==500", "geometry": "Point", "coordinates": "[3.7, 51]"},
        "scopeQ": "/Gent",
        "lang": "nl",
        "containedBy": ["urn:a:b"],
        "join": "inline",
        "joinLevel": 2,
        "expandValues": "category,status",
        "ordering": {"orderBy": ["a"]},
        "@context": "https://example.org/context.jsonld",
    }
    document = Query.from_dict(payload, strict=True)
    assert document.to_dict() == payload
    assert document.query() == EntityQuery(
        "A",
        pick=["id", "a"],
        q=Q.a > 5,
        geo=near(point(3.7, 51), max_distance=500),
        scope="/Gent",
        lang="nl",
        contained_by=["urn:a:b"],
        join="inline",
        join_level=2,
        expand_values=["category", "status"],
        order_by="a",
    )


def test_a_built_query_reads():
    """What an EntityQuery writes as a body is a Query."""
    built = EntityQuery("A", q=Q.a == 1)
    assert Query.from_dict(built.to_body(), strict=True).query() == built


@pytest.mark.parametrize(
    ("model", "payload", "path"),
    [
        (EntitySelector, {"type": "A;"}, "type"),
        (EntitySelector, {"type": "A", "id": ["no uri"]}, "id"),
        (EntitySelector, {"type": "A", "idPattern": "["}, "idPattern"),
        (EntityInfo, {}, "type"),
        (EntityInfo, {"type": "A", "id": "no uri"}, "id"),
        (EntityInfo, {"type": "A", "idPattern": "["}, "idPattern"),
        (GeoQ, {"georel": "near", "geometry": "Point", "coordinates": [1, 2]}, "georel"),
        (GeoQ, {"georel": "within", "geometry": "Circle", "coordinates": [1, 2]}, "geometry"),
        (TemporalQ, {"timerel": "after"}, "timeAt"),
        (TemporalQ, {"timerel": "after", "timeAt": "2020-01-01"}, "timeAt"),
        (Query, {"type": "Query", "q": ">5"}, "q"),
        (Query, {"type": "Query", "scopeQ": "a b"}, "scopeQ"),
        (Query, {"type": "Query", "entities": [{"type": ""}]}, "entities[0].type"),
    ],
)
def test_what_does_not_parse(model: Any, payload: dict[str, Any], path: str):
    """Strict reading refuses it, and says where; tolerant reading keeps it."""
    with pytest.raises(DataError) as caught:
        model.from_dict(payload, strict=True)
    assert caught.value.path == path
    assert model.from_dict(payload).to_dict() == payload
