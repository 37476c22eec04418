"""Clean writing: what any broker takes, and every change told."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from citycontext.errors import CityContextError, InvalidEntity, InvalidTime, UnknownModel
from citycontext.models import Links, clean, validate
from citycontext.models.catalogue.index import smart_data_models
from citycontext.models.parking import ParkingSpot
from citycontext.ngsild import Entity, load
from strategies import entities, values

ID = "urn:ngsi-ld:ParkingSpot:1"
CONTEXT = "https://raw.githubusercontent.com/smart-data-models/dataModel.Parking/master/context.jsonld"
CORE = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.8.jsonld"


def cleaned(attribute: Any, name: str = "x", type_name: str = "Thing", **options: Any) -> tuple[Any, list[str]]:
    """Clean an entity of one attribute; return the attribute and the rules of the findings."""
    payload = {"id": ID, "type": type_name, name: attribute}
    before = deepcopy(payload)
    entity, findings = clean(payload, representation="normalized", context=False, **options)
    assert payload == before
    again = clean(entity, context=False, **options)
    assert again.entity == entity
    return entity.wire.get(name), [one.rule for one in findings if one.rule != "schema/unknown"]


@pytest.mark.parametrize(
    ("found", "written", "rules"),
    [
        (
            {"type": "Geoproperty", "value": {"type": "Point", "coordinates": [3, 51]}},
            "GeoProperty",
            ["attribute-type"],
        ),
        ({"type": "Property ", "value": 1}, "Property", ["attribute-type"]),
        ({"@type": "Property", "value": 1}, "Property", ["attribute-type"]),
        ({"type": "Number", "value": 1}, "Property", ["ngsi-v2"]),
        ({"type": "Relationship", "value": "urn:a:b"}, "Relationship", ["value-member"]),
        ({"type": "Relationship", "Object": "urn:a:b"}, "Relationship", ["value-member"]),
        ({"type": "Relationship", "value": "Road 1"}, "Property", ["value-member"]),
        ({"type": "Property", "object": "urn:a:b"}, "Relationship", ["value-member"]),
        ({"type": "ListProperty", "value": [1, 2]}, "ListProperty", ["value-member"]),
        ({"type": "ListProperty", "value": 1}, "Property", ["value-member"]),
        ({"type": "LanguageProperty", "value": {"nl": "Lus"}}, "LanguageProperty", ["value-member"]),
        ({"value": 5, "unitCode": "CEL"}, "Property", []),
        (5, "Property", []),
        ({"street": "Korenmarkt"}, "Property", []),
    ],
)
def test_attributes_have_the_types_of_the_standard(found: Any, written: str, rules: list[str]) -> None:
    """However they are spelt, and wherever their value stands."""
    attribute, noted = cleaned(found)
    assert attribute["type"] == written
    assert noted == [f"clean/{rule}" for rule in rules]
    load({"id": ID, "type": "Thing", "x": attribute}, strict=True)


def test_the_model_tells_links_and_places() -> None:
    """A Property becomes what the model has where its value allows it, and stays what it is where not."""
    link, rules = cleaned({"type": "Property", "value": "urn:a:b"}, "refParkingSite", "ParkingSpot")
    assert (link, rules) == ({"type": "Relationship", "object": "urn:a:b"}, ["clean/kind"])
    text, rules = cleaned({"type": "Property", "value": "lot 5"}, "refParkingSite", "ParkingSpot")
    assert (text, rules) == ({"type": "Property", "value": "lot 5"}, [])
    place = {"type": "Point", "coordinates": [3.7, 51.0]}
    assert cleaned({"type": "Property", "value": place}, "location")[0] == {"type": "GeoProperty", "value": place}
    assert cleaned({"type": "Property", "value": place}, "elsewhere")[0]["type"] == "Property"


@pytest.mark.parametrize(
    ("links", "written"),
    [
        (
            "instances",
            [
                {"type": "Relationship", "object": "urn:a:1", "datasetId": "urn:a:1"},
                {"type": "Relationship", "object": "urn:a:2", "datasetId": "urn:a:2"},
            ],
        ),
        (
            "list-relationship",
            {"type": "ListRelationship", "objectList": [{"object": "urn:a:1"}, {"object": "urn:a:2"}]},
        ),
        ("array", {"type": "Relationship", "object": ["urn:a:1", "urn:a:2"]}),
    ],
)
@pytest.mark.parametrize(
    "found",
    [
        {"type": "Relationship", "object": ["urn:a:1", "urn:a:2"]},
        {"type": "Relationship", "value": ["urn:a:1", "urn:a:2"]},
        {"type": "ListRelationship", "objectList": ["urn:a:1", "urn:a:2"]},
        [{"type": "Relationship", "object": "urn:a:1"}, {"type": "Relationship", "object": "urn:a:2"}],
    ],
)
def test_links_to_several_are_written_in_one_way(found: Any, links: str, written: Any) -> None:
    """Whichever of the ways they came in, and the way that is asked for goes out."""
    assert cleaned(found, links=links)[0] == written


def test_instances_are_told_apart() -> None:
    """Those that share a datasetId by lacking it get one each; the first value stays the default one."""
    attribute, rules = cleaned([{"type": "Property", "value": 1}, {"type": "Property", "value": 2}])
    assert attribute == [
        {"type": "Property", "value": 1},
        {"type": "Property", "value": 2, "datasetId": "urn:ngsi-ld:Dataset:x:2"},
    ]
    assert rules == ["clean/instances"]
    twice = cleaned({"type": "Relationship", "object": ["urn:a:1", "urn:a:1"]})[0]
    assert [one["datasetId"] for one in twice] == ["urn:a:1", "urn:a:1#2"]


def test_members_of_a_link_go_with_each_instance() -> None:
    """A time and a sub-attribute of a link to several are those of each."""
    found = {"type": "Relationship", "object": ["urn:a:1", "urn:a:2"], "observedAt": "2024-05-01T10:00:00Z", "y": 1}
    for one in cleaned(found)[0]:
        assert one["observedAt"] == "2024-05-01T10:00:00Z"
        assert one["y"] == {"type": "Property", "value": 1}


def test_times_are_in_utc() -> None:
    """Offsets go, typed values are spelt as the standard spells them, and a missing zone is not made up."""
    found = {
        "type": "Property",
        "value": {"type": "date-time", "@value": "2024-05-01T12:00:00+02:00"},
        "observedAt": {"type": "Property", "value": {"@type": "DateTime", "@value": "2024-05-01T12:00:00.5+02:00"}},
    }
    attribute, rules = cleaned(found)
    assert attribute == {
        "type": "Property",
        "value": {"@type": "DateTime", "@value": "2024-05-01T10:00:00Z"},
        "observedAt": "2024-05-01T10:00:00.500000Z",
    }
    assert sorted(set(rules)) == ["clean/time", "clean/typed-value"]
    naive = {"type": "Property", "value": 1, "observedAt": "2024-05-01T12:00:00"}
    assert cleaned(naive) == (naive, ["ngsi-ld/time"])
    attribute, rules = cleaned(naive, zone=ZoneInfo("Europe/Brussels"))
    assert attribute["observedAt"] == "2024-05-01T10:00:00Z"
    assert rules == ["clean/time"]
    dated, _ = cleaned(
        {"type": "Property", "value": "2024-05-01T12:00:00+02:00"}, "occupancyModified", "OffStreetParking"
    )
    assert dated["value"] == "2024-05-01T10:00:00Z"


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "2020-03-17TT08:45:00Z", "2024-05-01", "soon", ""])
def test_what_is_no_time_stays(text: str) -> None:
    """A text that cannot be told as an instant is not touched."""
    assert cleaned({"type": "Property", "value": {"@type": "DateTime", "@value": text}})[0]["value"]["@value"] == text


def test_open_rings_are_closed_and_texts_of_geometries_read() -> None:
    """What is meant is plain, and it is a warning."""
    ring = [[0, 0], [1, 0], [1, 1]]
    attribute, rules = cleaned({"type": "GeoProperty", "value": {"type": "Polygon", "coordinates": [ring]}})
    assert attribute["value"]["coordinates"] == [[*ring, [0, 0]]]
    assert rules == ["clean/geometry"]
    text = '{"type": "Point", "coordinates": [3.7, 51.0]}'
    assert cleaned({"type": "GeoProperty", "value": text})[0]["value"] == orjson.loads(text)


def test_what_says_nothing_is_left_out_with_a_warning() -> None:
    """JSON null, and a link to nothing; null with a unit is left for a person to judge."""
    assert cleaned({"type": "Property", "value": None}) == (None, ["clean/no-value"])
    assert cleaned({"type": "Relationship", "object": []}) == (None, ["clean/no-value"])
    assert cleaned({"type": "Property", "value": None, "unitCode": "CEL"})[1] == ["ngsi-ld/null"]


def test_an_id_is_offered_and_not_changed() -> None:
    """Unless it is asked for: what links to the entity would lose it."""
    payload = {"id": "spot 5/a", "type": "ParkingSpot"}
    entity, findings = clean(payload)
    offered = [one for one in findings if one.rule == "clean/id"]
    assert entity.id == "spot 5/a"
    assert [(one.severity, one.expected) for one in offered] == [("error", "urn:ngsi-ld:ParkingSpot:spot%205/a")]
    entity, findings = clean(payload, rename=True)
    assert entity.id == "urn:ngsi-ld:ParkingSpot:spot%205/a"
    assert not [one for one in findings if one.severity == "error"]


@pytest.mark.parametrize(
    ("found", "written"),
    [
        (None, [CONTEXT, CORE]),
        ([CORE, CONTEXT], [CONTEXT, CORE]),
        ([CONTEXT, CORE], [CONTEXT, CORE]),
        (CONTEXT, CONTEXT),
        ([{"a": "urn:a:b"}], [{"a": "urn:a:b"}]),
    ],
)
def test_the_core_context_comes_last(found: Any, written: Any) -> None:
    """The model's is given to what has none; the user's own stay as they are."""
    payload = {"id": ID, "type": "ParkingSpot", **({} if found is None else {"@context": found})}
    assert clean(payload).entity.context == written
    assert clean(payload, context=False).entity.context == found


def test_the_class_of_the_entity_is_kept() -> None:
    """A typed entity comes back typed, untouched itself; so does an object with a class as its model."""
    spot = ParkingSpot.from_dict(
        {"id": ID, "type": "ParkingSpot", "refParkingSite": {"type": "Property", "value": "a:b"}}
    )
    entity = clean(spot).entity
    assert isinstance(entity, ParkingSpot)
    assert entity.wire["refParkingSite"]["type"] == "Relationship"
    assert spot.wire["refParkingSite"]["type"] == "Property"
    assert isinstance(clean({"id": ID, "type": "ParkingSpot", "name": "A1"}, ParkingSpot).entity, ParkingSpot)


def test_what_is_no_entity_is_refused() -> None:
    """And a model that there is not one of."""
    with pytest.raises(InvalidEntity):
        clean([])  # type: ignore[arg-type]
    with pytest.raises(UnknownModel):
        clean({"id": ID, "type": "T"}, "Nothing")


@given(entities(), st.sampled_from(list(Links)))
def test_a_well_formed_entity_is_clean_or_becomes_so(entity: Entity, links: Links) -> None:
    """Cleaning twice is cleaning once, and what is clean reads strictly."""
    once, findings = clean(entity, links=links)
    assert clean(once, links=links).entity == once
    assert not [one for one in findings if one.severity == "error"]
    load(deepcopy(once.wire), strict=True)


_MEMBERS = [
    "type",
    "@type",
    "value",
    "object",
    "objectList",
    "valueList",
    "languageMap",
    "observedAt",
    "unitCode",
    "datasetId",
    "metadata",
    "@value",
    "coordinates",
    "y",
    "json",
    "entity",
]
_WORDS = [
    "Property",
    "Relationship",
    "Geoproperty",
    "ListProperty",
    "Number",
    "DateTime",
    "Polygon",
    "urn:a:1",
    "urn:ngsi-ld:null",
    "@none",
    "2024-05-01T12:00:00+02:00",
    "2024-05-01T12:00:00",
]
_odd = st.recursive(
    values | st.none(),
    lambda inner: (
        st.dictionaries(st.sampled_from(_MEMBERS), inner | st.sampled_from(_WORDS) | st.just("property "), max_size=5)
        | st.lists(inner, max_size=3)
    ),
    max_leaves=8,
)
"""What looks like an attribute, and is more or less one."""


@given(
    st.dictionaries(st.sampled_from(["id", "type", "@context", "scope", "createdAt"]), _odd, max_size=3),
    st.dictionaries(st.sampled_from(["refParkingSite", "location", "x", "x ", "status"]), _odd, max_size=4),
    st.sampled_from(list(Links)),
)
def test_any_object_is_cleaned_as_far_as_it_goes(members: Any, attributes: Any, links: Links) -> None:
    """Without a crash; twice is once; and it reads strictly exactly where no error is left."""
    payload = {"id": "spot 1", "type": "ParkingSpot", **members, **attributes}
    before = deepcopy(payload)
    once, findings = clean(payload, links=links, rename=True)
    assert payload == before
    again = clean(once, links=links, rename=True)
    assert again.entity == once
    try:
        load(deepcopy(once.wire), strict=True)
        strict = True
    except CityContextError:
        strict = False
    assert strict == (not any(one.severity == "error" for one in findings))


REASONS = {
    "is not between -90 and 90": "a latitude of over 90 degrees",
    "is not a position": "a position in another's place",
    "a Point needs coordinates": "no coordinates",
    "is not a name": "a name that the standard does not have",
    "is not an entity type": "a type that the standard does not have",
    "is not a timestamp": "a time that is not one",
}
LEFT = {
    "example.json": (53, 0, 0, 5, 4, 0),
    "example.jsonld": (53, 0, 0, 5, 4, 0),
    "example-normalized.json": (54, 0, 0, 5, 4, 1),
    "example-normalized.jsonld": (52, 2, 1, 4, 4, 2),
}
"""How many of the 358 examples of a form are not put right, by reason: only their authors can."""


@pytest.mark.shared
@pytest.mark.parametrize("name", LEFT)
def test_published_examples_become_strictly_readable(published_models: Path, name: str) -> None:
    """All but those that name what the standard has no name for, or lie where no place is."""
    left: Counter[str] = Counter()
    total = 0
    for path in sorted(published_models.glob(f"dataModel.*/*/examples/{name}")):
        total += 1
        model = smart_data_models()[path.parts[-4].removeprefix("dataModel."), path.parts[-3]]
        payload = orjson.loads(path.read_bytes())
        for links in Links:
            entity, findings = clean(payload, model, links=links, rename=True, zone=ZoneInfo("Europe/Madrid"))
            assert clean(entity, model, links=links, rename=True).entity == entity
        try:
            load(entity.wire, strict=True)
        except CityContextError as wrong:
            assert any(one.severity == "error" for one in findings)
            left[next((why for part, why in REASONS.items() if part in str(wrong)), str(wrong))] += 1
    assert total == 358
    assert left == Counter(dict(zip(REASONS.values(), LEFT[name], strict=True)))


def test_a_link_to_several_with_one_target_stays_valid() -> None:
    """What is valid as a list of one link is valid when it is clean."""
    crop = {
        "id": "urn:ngsi-ld:AgriCrop:1",
        "type": "AgriCrop",
        "name": "Wheat",
        "hasAgriSoil": {"type": "Relationship", "object": ["urn:ngsi-ld:AgriSoil:1"]},
    }

    def errors(entity: Any) -> set[tuple[str, str]]:
        return {(one.path.partition(".")[0], one.rule) for one in validate(entity) if one.severity == "error"}

    cleaned = clean(crop).entity
    assert cleaned.wire["hasAgriSoil"]["object"] == ["urn:ngsi-ld:AgriSoil:1"]
    assert ("hasAgriSoil", "schema/type") not in errors(cleaned.to_dict())
    assert errors(cleaned.to_dict()) <= errors(crop)


def test_a_zone_may_be_given_by_name() -> None:
    """The name of a zone does what the zone does; what is not one is refused by our own error."""
    count = {"type": "Property", "value": 1, "observedAt": "2024-07-01T12:00:00"}
    times = {"id": "urn:ngsi-ld:A:1", "type": "A", "n": count}
    assert clean(times, zone="Europe/Brussels").entity.wire["n"]["observedAt"] == "2024-07-01T10:00:00Z"
    with pytest.raises(InvalidTime, match="not a time zone"):
        clean(times, zone="Europe/Brugge")


@pytest.mark.parametrize("spots", [5, {"type": "Property", "value": 5}])
def test_a_feature_becomes_the_entity_that_it_holds(spots: Any) -> None:
    """A GeoJSON Feature, simplified or not, is written as an entity with its geometry as the location."""
    feature = {
        "type": "Feature",
        "id": "urn:ngsi-ld:OffStreetParking:1",
        "geometry": {"type": "Point", "coordinates": [3.7, 51]},
        "properties": {"type": "OffStreetParking", "availableSpotNumber": spots},
    }
    wire = clean(feature, context=False).entity.wire
    assert wire["type"] == "OffStreetParking"
    assert wire["location"] == {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [3.7, 51]}}
    assert wire["availableSpotNumber"]["value"] == 5
