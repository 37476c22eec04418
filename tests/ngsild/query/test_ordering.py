"""The order of entities."""

from __future__ import annotations

import math
from typing import Any

import pytest

from citycontext.errors import InvalidQuery
from citycontext.ngsild.geometry import line_string, point
from citycontext.ngsild.query import Direction, Ordering, order_by


def entity(number: int, **attributes: Any) -> dict[str, Any]:
    members = {name: {"type": "Property", "value": value} for name, value in attributes.items()}
    return {"id": f"urn:x:{number}", "type": "X", **members}


def ids(entities: list[Any]) -> list[int]:
    return [int(one["id"].rpartition(":")[2]) for one in entities]


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("name", None),
        ("name;asc", "name"),
        ("type;asc,name.subProperty;desc,name;asc", "type,name.subProperty;desc,name"),
        ("address[city]", None),
        ("name.observedAt,age;desc", None),
    ],
)
def test_reads_and_writes(text: str, canonical: str | None) -> None:
    """Terms are read with paths and directions; ascending is left out."""
    ordering = Ordering.from_parameters({"orderBy": text})
    assert str(ordering) == (canonical or text)
    assert Ordering.from_body(ordering.to_body()) == ordering


def test_distance_needs_a_place_to_measure_from() -> None:
    """By distance the reference geometry goes into URL and body, and comes back."""
    near = order_by("location;dist-asc", distance_from=point(8, 40))
    assert near.to_parameters() == [("orderBy", "location;dist-asc"), ("orderFrom", "[8,40]")]
    far = order_by("location;dist-desc,name", distance_from=line_string((8, 40), (9, 42)), collation="de-u-co-phonebk")
    assert far.terms[0].direction is Direction.FARTHEST_FIRST
    assert far.to_parameters()[1:] == [
        ("collation", "de-u-co-phonebk"),
        ("orderFrom", "[[8,40],[9,42]]"),
        ("orderGeometry", "LineString"),
    ]
    for ordering in (near, far):
        assert Ordering.from_parameters(dict(ordering.to_parameters())) == ordering
        assert Ordering.from_body(ordering.to_body()) == ordering


@pytest.mark.parametrize(
    ("parameters", "path"),
    [
        ({"collation": "de"}, "orderBy"),
        ({"orderBy": "location;dist-asc"}, "orderFrom"),
        ({"orderBy": "name", "orderFrom": "[1,2]"}, "orderFrom"),
        ({"orderBy": "name", "collation": "de'; drop"}, "collation"),
        ({"orderBy": "l;dist-asc", "orderFrom": "[1,2]", "orderGeometry": "Circle"}, "orderGeometry"),
        ({"orderBy": "l;dist-asc", "orderFrom": "[[1,2]]"}, "orderFrom"),
    ],
)
def test_what_does_not_go_together_is_refused(parameters: dict[str, str], path: str) -> None:
    """A distance from nowhere, and parameters without orderBy, are refused by name."""
    with pytest.raises(InvalidQuery) as caught:
        Ordering.from_parameters(parameters)
    assert caught.value.path == path


@pytest.mark.parametrize(
    ("text", "column"), [("name;up", 5), ("name;", 5), (",", 0), ("name,", 5), ("a{b}", 1), ("name;descending", 9)]
)
def test_errors_point_at_the_column(text: str, column: int) -> None:
    """What does not follow the grammar is refused where reading stopped."""
    with pytest.raises(InvalidQuery) as caught:
        Ordering.from_parameters({"orderBy": text})
    assert caught.value.column == column


@pytest.mark.parametrize(
    "body",
    [[], {}, {"orderBy": "name"}, {"orderBy": [5]}, {"orderBy": ["a"], "x": 1}, {"orderBy": ["a"], "collation": 5}],
)
def test_a_body_of_wrong_types_is_refused(body: object) -> None:
    """Members must be those of the table, with their types."""
    with pytest.raises(InvalidQuery):
        Ordering.from_body(body)


def test_sorts_by_several_terms() -> None:
    """Later terms decide where earlier ones find no difference, each in its direction, and ties keep their order."""
    entities = [entity(1, a="x", b=1), entity(2, a="w", b=1), entity(3, a="x", b=2), entity(4, a="x", b=1)]
    assert ids(order_by("a", "b;desc").sort(entities)) == [2, 3, 1, 4]


def test_types_come_in_the_order_of_the_clause() -> None:
    """Numbers, texts, objects, arrays, booleans, times, dates, date-times, then what is missing; also backwards."""
    values: list[Any] = ["2026-05-01T00:00:00Z", "2026-05-01", "08:00:00Z", True, [1], {"a": 1}, "text", 5]
    entities = [entity(0), *(entity(number, a=value) for number, value in enumerate(values, 1))]
    assert ids(order_by("a").sort(entities)) == [8, 7, 6, 5, 4, 3, 2, 1, 0]
    assert ids(order_by("a;desc").sort(entities)) == [8, 7, 6, 5, 4, 3, 2, 1, 0]


def test_texts_are_compared_by_letters_then_accents_then_case() -> None:
    """Accents and case do not tear neighbours apart."""
    words = ["Zebra", "apple", "Äpfel", "apfel", "Apfel", "banana"]
    entities = [entity(number, a=word) for number, word in enumerate(words)]
    assert [words[number] for number in ids(order_by("a").sort(entities))] == [
        "apfel",
        "Apfel",
        "Äpfel",
        "apple",
        "banana",
        "Zebra",
    ]


def test_sorts_by_paths_members_and_entity_members() -> None:
    """Sub-attributes, members of values and ``id`` are compared too, with expanded names if asked."""
    one = entity(1, a={"c": 2})
    two = entity(2, a={"c": 1})
    one["a"]["observedAt"], two["a"]["observedAt"] = "2026-05-01T10:00:00Z", "2026-05-01T09:00:00.5Z"
    assert ids(order_by("a[c]").sort([one, two])) == [2, 1]
    assert ids(order_by("a.observedAt").sort([one, two])) == [2, 1]
    assert ids(order_by("id;desc").sort([one, two])) == [2, 1]
    expanded = [{"id": "urn:x:1", "X:a": {"value": 2}}, {"id": "urn:x:2", "X:a": [{"value": 1}]}]
    assert ids(order_by("a").sort(expanded, expand=lambda name: f"X:{name}")) == [2, 1]


def test_sorts_by_distance_where_there_is_a_geometry() -> None:
    """GeoProperties come by distance, entities without one after them; a way to measure must be given."""
    entities = [
        entity(1),
        *(
            {"id": f"urn:x:{number}", "location": {"type": "GeoProperty", "value": point(longitude, 40)}}
            for number, longitude in ((2, 9), (3, 8.5), (4, 12))
        ),
    ]

    def distance(left: Any, right: Any) -> float:
        return math.dist(left["coordinates"], right["coordinates"])

    nearest = order_by("location;dist-asc", distance_from=point(8, 40))
    assert ids(nearest.sort(entities, distance=distance)) == [3, 2, 4, 1]
    farthest = order_by("location;dist-desc", distance_from=point(8, 40))
    assert ids(farthest.sort(entities, distance=distance)) == [4, 2, 3, 1]
    with pytest.raises(TypeError, match="distance="):
        nearest.sort(entities)
