"""What matches: the semantics of the query language on entities in normalized form."""

from __future__ import annotations

import timeit
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citycontext.ngsild.context import Context, expand_entity
from citycontext.ngsild.query import Q, compile_q, parse_q

ENTITY: dict[str, Any] = {
    "id": "urn:ngsi-ld:Vehicle:1",
    "type": ["Vehicle", "Bus"],
    "scope": ["/Gent/North", "/De_Lijn"],
    "createdAt": "2026-01-01T00:00:00.123456789Z",
    "speed": {
        "type": "Property",
        "value": 55,
        "unitCode": "KMH",
        "observedAt": "2026-05-01T10:00:00.5Z",
        "source": {"type": "Relationship", "object": "urn:ngsi-ld:Sensor:1"},
        "accuracy": {"type": "Property", "value": 0.5},
    },
    "brand": {"type": "Property", "value": "Mercedes"},
    "open": {"type": "Property", "value": True},
    "one": {"type": "Property", "value": 1},
    "colours": {"type": "Property", "value": ["blue", "red", "green"]},
    "address": {"type": "Property", "value": {"city": "Gent", "geo": {"zone": 2}, "tags": ["a", "b"]}},
    "seen": {"type": "Property", "value": {"@type": "DateTime", "@value": "2026-05-01T10:00:00Z"}},
    "day": {"type": "Property", "value": "2026-05-01"},
    "opens": {"type": "Property", "value": "08:30:00Z"},
    "fuel": [
        {"type": "Property", "value": 10, "datasetId": "urn:d:1"},
        {"type": "Property", "value": 20},
    ],
    "isParked": {"type": "Relationship", "object": ["urn:ngsi-ld:Parking:1", "urn:ngsi-ld:Parking:2"]},
    "route": {"type": "ListRelationship", "objectList": [{"object": "urn:s:1"}, {"object": "urn:s:2"}]},
    "name": {"type": "LanguageProperty", "languageMap": {"nl": "Gent", "fr": ["Gand", "la ville"], "en-GB": "Ghent"}},
    "category": {"type": "VocabProperty", "vocab": ["Electric", "Big"]},
    "ticket": {"type": "JsonProperty", "json": {"value": "Overstay", "@value": "raw"}},
    "stops": {"type": "ListProperty", "valueList": [1, 2, 3]},
    "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [3.7, 51.0]}},
    "concise": {"value": 7, "unitCode": "C62"},
}


@pytest.mark.parametrize(
    "text",
    [
        "speed",
        "speed.observedAt",
        "address[geo.zone]",
        "name[fr]",
        "name[*]",
        "speed==55",
        "speed==55.0",
        "speed!=54",
        "speed>54.9",
        "speed>=55",
        "speed<56",
        "speed<=55",
        "speed==50..55",
        "speed!=1..54",
        "speed==1,55",
        "speed!=1,2",
        'speed!="55"',
        "speed!=true",
        'brand=="Mercedes"',
        'brand!="mercedes"',
        'brand>"Me"',
        'brand=="A".."N"',
        "brand~=^Merc",
        "brand~=ced",
        "brand!~=^ced",
        "open==true",
        "open!=1",
        "one!=true",
        'colours=="red"',
        'colours=="black","red"',
        'colours!="black"',
        "colours!=1..2",
        'address[city]=="Gent"',
        "address[geo.zone]==2",
        'address[tags]=="a"',
        "speed.accuracy==0.5",
        'speed.unitCode=="KMH"',
        "speed.observedAt>2026-05-01T10:00:00Z",
        "speed.observedAt==2026-05-01T10:00:00,500Z",
        "speed.observedAt==2026-05-01T00:00:00Z..2026-05-02T00:00:00Z",
        "speed.source==urn:ngsi-ld:Sensor:1",
        "createdAt>2026-01-01T00:00:00Z",
        "seen==2026-05-01T10:00:00Z",
        "day==2026-05-01",
        "day<2026-05-02",
        "opens>=08:00:00Z",
        "fuel==10",
        "fuel==20",
        "fuel!=10",
        "fuel>15",
        "isParked==urn:ngsi-ld:Parking:2",
        'isParked=="urn:ngsi-ld:Parking:1"',
        "isParked!=urn:ngsi-ld:Parking:3",
        "isParked==urn:x:1,urn:ngsi-ld:Parking:1",
        "route==urn:s:2",
        "route!=urn:s:3",
        'name[nl]=="Gent"',
        'name[fr]=="la ville"',
        'name[EN-gb]=="Ghent"',
        'name[nl]!="Gand"',
        'name[*]=="Gand"',
        'name=="Ghent"',
        'name!="Brussel"',
        "name[fr]~=^la",
        "name!~=Brussel",
        'category=="Electric"',
        "category==Big",
        "category!=Small",
        'ticket[value]=="Overstay"',
        'ticket[@value]=="raw"',
        "stops==2",
        "stops!=4",
        'location[type]=="Point"',
        "concise==7",
        'id=="urn:ngsi-ld:Vehicle:1"',
        'type=="Bus"',
        'scope=="/De_Lijn"',
        "speed>50;brand",
        "speed>100|brand",
        "(speed>100|brand);fuel",
    ],
)
def test_matches(text: str) -> None:
    """The entity meets the condition."""
    assert compile_q(parse_q(text))(ENTITY)


@pytest.mark.parametrize(
    "text",
    [
        "humidity",
        "speed.precision",
        "address[street]",
        "address[city.part]",
        "name[de]",
        "isParked[x]",
        "category[x]",
        "humidity!=5",
        "address[street]!=5",
        'name[de]!="x"',
        "speed==54",
        "speed!=55",
        "speed>55",
        'speed=="55"',
        'speed>"5"',
        "speed==56..60",
        "speed!=50..60",
        "speed!=1,55",
        "brand==5",
        'brand=="mercedes"',
        "brand~=^ced",
        "brand!~=ced",
        "speed~=5",
        "speed!~=7",
        "open==1",
        "one==true",
        'colours!="red"',
        'colours!="black","red"',
        'colours>"a"',
        "colours~=red",
        "colours!~=black",
        "stops==1..3",
        "day==2026-05-01T00:00:00Z",
        "seen==2026-05-01",
        "brand>2020-01-01T00:00:00Z",
        "fuel>25",
        "isParked==urn:ngsi-ld:Parking:3",
        "isParked!=urn:ngsi-ld:Parking:1",
        'isParked>"urn"',
        "isParked~=urn",
        'name[nl]=="Gand"',
        'name!="Gent"',
        'name[*]!="Gand"',
        'name[fr]!="la ville"',
        "name!~=^Gh",
        "category==Small",
        "category!=Big",
        "location==3.7",
        "speed>100;brand",
        "speed>100|humidity",
    ],
)
def test_does_not_match(text: str) -> None:
    """The entity does not meet the condition."""
    assert not compile_q(parse_q(text))(ENTITY)


def test_names_are_expanded_once_and_members_of_the_standard_never() -> None:
    """An entity with expanded names is found by short names; ``observedAt`` and ``type`` stay what they are."""
    expanded: list[str] = []

    def expand(name: str) -> str:
        expanded.append(name)
        return f"https://example.org/{name}"

    entity = {
        "id": "urn:x:1",
        "type": "https://example.org/Vehicle",
        "https://example.org/speed": {
            "type": "Property",
            "value": 5,
            "observedAt": "2026-05-01T10:00:00Z",
            "https://example.org/accuracy": {"type": "Property", "value": 1},
        },
        "https://example.org/kind": {"type": "VocabProperty", "vocab": "https://example.org/Bus"},
        "https://example.org/note": {"type": "Property", "value": "https://example.org/Bus"},
    }
    text = 'speed.accuracy==1;speed.observedAt>2026-01-01T00:00:00Z;kind==Bus;kind!="Tram";type==Vehicle'
    matches = compile_q(parse_q(text), expand=expand, expand_values=["kind"])
    assert matches(entity)
    times = len(expanded)
    assert matches(entity)
    assert len(expanded) == times
    assert not compile_q(parse_q('note=="Bus"'), expand=expand)(entity)
    assert compile_q(parse_q('note=="Bus"'), expand=expand, expand_values=["note"])(entity)


def test_entities_expanded_by_a_context_are_found() -> None:
    """What ``expand_entity`` makes of an entity, members of compound values included, is found by short names."""
    context = Context.parse({"city": "https://example.org/city", "Car": "https://example.org/Car", "gone": None})
    entity = {
        "id": "urn:x:1",
        "type": "Car",
        "address": {"type": "Property", "value": {"city": "Gent", "geo": {"zone": 2}}},
        "ticket": {"type": "JsonProperty", "json": {"city": "Gent"}},
        "kind": {"type": "VocabProperty", "vocab": ["Electric", "type"]},
        "owner": {"type": "Relationship", "object": "urn:x:1"},
    }
    expanded = expand_entity(entity, context)
    assert "https://example.org/city" in str(expanded)
    for text in (
        'address[city]=="Gent"',
        "address[geo.zone]==2",
        "address[city]",
        'ticket[city]=="Gent"',
        "kind==Electric",
        'kind=="type"',
        'kind!="gone"',
        'type=="Car"',
        "owner{Car:address[geo.zone]}==2",
    ):
        query = parse_q(text)
        for expand_vocab in (None, context.expand_vocab):
            compiled = compile_q(
                query,
                expand=context.expand,
                expand_vocab=expand_vocab,
                resolve={"urn:x:1": expanded}.get,
                expand_values=["kind"],
            )
            assert compiled(expanded), text


def test_linked_entities_are_followed() -> None:
    """A condition on a linked entity holds if any entity that the relationship leads to meets it, of the type asked."""
    store = {
        "urn:d:1": {
            "id": "urn:d:1",
            "type": "Device",
            "humidity": {"type": "Property", "value": 40},
            "at": {"type": "Relationship", "object": "urn:r:1"},
        },
        "urn:d:2": {"id": "urn:d:2", "type": ["Gauge"], "humidity": {"type": "Property", "value": 70}},
        "urn:r:1": {"id": "urn:r:1", "type": "Room", "floor": {"type": "Property", "value": 3}},
    }
    station = {
        "id": "urn:w:1",
        "type": "Station",
        "sensor": {"type": "Relationship", "object": ["urn:d:1", "urn:d:2", "urn:d:gone"]},
        "only": {"type": "Relationship", "objectType": "Gauge", "object": "urn:d:1"},
        "row": {"type": "ListRelationship", "objectList": [{"object": "urn:d:1"}]},
        "plain": {"type": "Property", "value": "urn:d:1"},
    }
    for text, expected in {
        "sensor{humidity}==40": True,
        "sensor{humidity}==70": True,
        "sensor{Device:humidity}==70": False,
        "sensor{Device,Gauge:humidity}==70": True,
        "sensor{humidity}": True,
        "sensor{speed}": False,
        "sensor{at{Room:floor}}==3": True,
        "sensor{at{floor}}>3": False,
        "row{humidity}==40": True,
        "plain{humidity}==40": False,
        "only{Device:humidity}": False,
        "missing{humidity}": False,
    }.items():
        assert compile_q(parse_q(text), resolve=store.get)(station) is expected, text
    assert not compile_q(parse_q("sensor{humidity}"))(station)


def test_inlined_entities_need_no_resolver() -> None:
    """An entity that came with its linked entities inlined can be queried through them."""
    building = {
        "id": "urn:b:1",
        "type": "Building",
        "locatedAt": {
            "type": "Relationship",
            "object": "urn:c:1",
            "entity": {"id": "urn:c:1", "type": "City", "name": {"type": "Property", "value": "Gent"}},
        },
    }
    assert compile_q(Q.locatedAt.linked("City").name == "Gent")(building)


def test_a_missing_attribute_can_be_asked_for_where_the_broker_allows_it() -> None:
    """Stellio's ``!attr`` matches what has no such attribute."""
    assert compile_q(Q.humidity.missing())(ENTITY)
    assert not compile_q(Q.speed.missing())(ENTITY)


def test_a_context_source_filter_looks_at_plain_members() -> None:
    """A csf is the same language on a registration, whose members are not attributes."""
    registration = {
        "id": "urn:r:1",
        "type": "ContextSourceRegistration",
        "endpoint": "http://source.example",
        "information": [{"entities": [{"type": "Vehicle"}]}, {"entities": [{"type": "Bus"}]}],
        "country": {"type": "Property", "value": "BE"},
    }
    for text in ("endpoint~=example$", 'information.entities.type=="Bus"', 'country=="BE"', "information"):
        assert compile_q(parse_q(text))(registration), text


@pytest.mark.parametrize(
    "entity",
    [
        {},
        {"speed": None},
        {"speed": 5},
        {"speed": []},
        {"speed": [[], 1]},
        {"speed": {"type": "Property"}},
        {"speed": {"type": ["a"], "x": 1}},
        {"speed": {"type": "Relationship", "object": {"a": 1}}},
        {"speed": {"type": "LanguageProperty", "languageMap": "x"}},
        {"speed": {"type": "Property", "value": {"@value": {}}}},
        {"speed": {"type": "Relationship", "entity": 5, "entityList": [5, {"type": {}}]}},
    ],
)
def test_broken_entities_break_nothing(entity: dict[str, Any]) -> None:
    """An entity that follows no rule is not a match or a match, never an error."""
    for text in (
        "speed",
        "speed==1",
        "speed!=1",
        'speed[a.b]!="x"',
        "speed{T:a}",
        "speed~=x",
        "speed.a.b>1",
        'speed>"a"',
    ):
        assert compile_q(parse_q(text), resolve=lambda _: {"type": 5})(entity) in (True, False)


JSON = st.recursive(
    st.one_of(st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=3)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=2), inner, max_size=2)),
    max_leaves=5,
)
OPERANDS = st.sampled_from(["1", "0", "1.5", "true", '"a"', '""', "2026-05-01T10:00:00Z", "1,2", '"a","b"', "0..5"])


@given(value=JSON, operand=OPERANDS)
def test_unequal_is_the_opposite_of_equal_for_what_is_there(value: object, operand: str) -> None:
    """For a single value, exactly one of ``==`` and ``!=`` matches."""
    entity = {"a": {"type": "Property", "value": value}}
    assert compile_q(parse_q(f"a=={operand}"))(entity) is not compile_q(parse_q(f"a!={operand}"))(entity)


@given(left=st.integers() | st.floats(allow_nan=False, allow_infinity=False), right=st.integers(-100, 100))
def test_numbers_are_ordered_as_numbers(left: float, right: int) -> None:
    """The order operators agree with Python's for all numbers."""
    entity = {"a": {"type": "Property", "value": left}}
    assert compile_q(Q.a > right)(entity) is (left > right)
    assert compile_q(Q.a >= right)(entity) is (left >= right)
    assert compile_q(Q.a < right)(entity) is (left < right)
    assert compile_q(Q.a <= right)(entity) is (left <= right)
    assert compile_q(Q.a == right)(entity) is (left == right)


def test_a_simple_comparison_is_cheap() -> None:
    """A compiled comparison of one number takes well under 10 µs even on a busy machine (0.4 µs on a quiet one)."""
    matches = compile_q(Q.speed > 22.5)
    assert min(timeit.repeat(lambda: matches(ENTITY), number=2_000, repeat=10)) / 2_000 < 10e-6
