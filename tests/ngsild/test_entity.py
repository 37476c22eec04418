"""Entities: building, setting, reading, and what they answer to mistakes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pydantic import BaseModel

from citycontext.errors import DataError, InvalidEntity, InvalidGeometry, InvalidName, InvalidTime
from citycontext.ngsild import (
    NULL,
    Attr,
    Entity,
    Finding,
    GeoAttr,
    LanguageProperty,
    OptAttr,
    OptGeoAttr,
    OptLanguageAttr,
    OptRelAttr,
    Property,
    Relationship,
    Severity,
    attribute,
    load,
    load_many,
    optional,
    point,
)

LOOP = "urn:ngsi-ld:OffStreetParking:gent:loop"
NOW = datetime(2024, 5, 1, 10, 0, tzinfo=UTC)


class OffStreetParking(Entity):
    location: GeoAttr
    name: Attr[str]
    available_spot_number: OptAttr[int] = optional()
    occupancy: OptAttr[float] = optional()
    observation_date_time: OptAttr[datetime] = optional()
    as_: OptAttr[float] = optional("as")
    ref_parking_site: OptRelAttr = optional()


@pytest.fixture
def parking() -> OffStreetParking:
    return OffStreetParking(id=LOOP, name="Loop", location=point(3.7, 51.02), available_spot_number=64)


def test_an_entity_is_built_from_plain_values(parking):
    """Plain values become attributes of the declared types, under their wire names."""
    assert parking.wire == {
        "id": LOOP,
        "type": "OffStreetParking",
        "name": {"type": "Property", "value": "Loop"},
        "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [3.7, 51.02]}},
        "availableSpotNumber": {"type": "Property", "value": 64},
    }


def test_wire_names_are_accepted_when_building():
    """The model's own names build as well as Python's."""
    parking = OffStreetParking(id=LOOP, name="Loop", location=point(3.7, 51.0), availableSpotNumber=3)
    assert parking.available_spot_number.value == 3


def test_reading_gives_python_values(parking):
    """Values, units and times read in Python's terms; what is missing is None."""
    parking.available_spot_number = Property(5, unit_code="C62", observed_at=NOW)
    assert parking.available_spot_number.value == 5
    assert parking.available_spot_number.unit_code == "C62"
    assert parking.available_spot_number.observed_at == NOW
    assert parking.occupancy is None


def test_timestamps_keep_their_text():
    """A timestamp value is a datetime in Python and the sender's own text on the wire."""
    parking = load(
        {"id": LOOP, "type": "OffStreetParking", "observationDateTime": "2024-05-01T12:00:00.50+02:00"},
        OffStreetParking,
    )
    assert parking.observation_date_time.value == datetime(2024, 5, 1, 10, 0, 0, 500000, tzinfo=UTC)
    assert parking.to_dict("simplified")["observationDateTime"] == "2024-05-01T12:00:00.50+02:00"


def test_typed_timestamps_are_read():
    """The JSON-LD spelling of a typed value reads as a datetime too."""
    typed = {"@type": "DateTime", "@value": "2024-05-01T10:00:00Z"}
    parking = load({"id": LOOP, "type": "OffStreetParking", "observationDateTime": {"value": typed}}, OffStreetParking)
    assert parking.observation_date_time.value == NOW
    assert parking.wire["observationDateTime"]["value"] == typed


@pytest.mark.parametrize(
    ("name", "value", "error", "says"),
    [
        ("available_spot_number", "five", InvalidEntity, "availableSpotNumber: 'five' is not a whole number"),
        ("available_spot_number", 5.5, InvalidEntity, "5.5 is not a whole number"),
        ("available_spot_number", True, InvalidEntity, "True is not a whole number"),
        ("available_spot_number", Property("five"), InvalidEntity, "'five' is not a whole number"),
        ("available_spot_number", Relationship("urn:x:y"), InvalidEntity, "has a Property here, not a Relationship"),
        ("observation_date_time", datetime(2024, 5, 1), InvalidTime, "has no time zone"),  # noqa: DTZ001
        ("observation_date_time", "yesterday", InvalidTime, "'yesterday' is not a timestamp"),
        ("ref_parking_site", "Loop", InvalidEntity, "refParkingSite: a Relationship links to a URI"),
        ("location", {"type": "Point", "coordinates": [51.02, 93.7]}, InvalidGeometry, "longitude comes first"),
        ("available_spot_numbr", 5, InvalidName, "did you mean 'available_spot_number'?"),
    ],
)
def test_a_wrong_value_is_refused_and_nothing_changes(parking, name, value, error, says):
    """The error names attribute, value and cure; the entity stays as it was."""
    before = parking.copy()
    with pytest.raises(error) as raised:
        setattr(parking, name, value)
    assert says in str(raised.value)
    assert parking == before


def test_a_missing_required_attribute_is_refused():
    """Building without a required attribute says which."""
    with pytest.raises(InvalidEntity, match="OffStreetParking needs name"):
        OffStreetParking(id=LOOP, location=point(3.7, 51.0))


def test_setting_none_leaves_an_attribute_out(parking):
    """None removes an attribute; NGSI-LD Null is the other thing, sent to delete."""
    parking.available_spot_number = None
    assert "availableSpotNumber" not in parking
    parking.available_spot_number = NULL
    assert parking.available_spot_number.is_null
    assert parking.wire["availableSpotNumber"] == {"type": "Property", "value": "urn:ngsi-ld:null"}


def test_a_text_may_be_given_in_several_languages(parking):
    """Where the model has a text, a LanguageProperty stands as well."""
    parking.name = LanguageProperty({"nl": "Lus", "fr": "Boucle"})
    assert parking.wire["name"]["languageMap"]["fr"] == "Boucle"


def test_odd_wire_names_have_python_names(parking):
    """``as`` (arsenic) is a Python keyword; its attribute is ``as_``."""
    parking.as_ = 0.3
    assert parking.wire["as"] == {"type": "Property", "value": 0.3}
    assert parking["as"] is parking.as_


def test_undeclared_attributes_stand_beside_declared_ones(parking):
    """What the model does not declare is read, set and deleted by its wire name."""
    parking["guarded"] = True
    assert parking["guarded"].value is True
    assert parking.guarded.value is True
    del parking["guarded"]
    assert "guarded" not in parking
    assert list(parking) == ["name", "location", "availableSpotNumber"]


def test_names_of_methods_do_not_hide_attributes():
    """An attribute named like a method is reached by ``entity[name]`` and the method stays."""
    entity = Entity(id="urn:x:y", type="T", copy=5, wire=6)
    assert entity["copy"].value == 5
    assert entity.copy() == entity
    assert entity["wire"].value == 6


def test_a_misspelt_attribute_suggests_the_right_one(parking):
    """Reading a name the entity does not have suggests a near one."""
    with pytest.raises(AttributeError, match="did you mean 'available_spot_number'"):
        parking.available_spot_numbr


@pytest.mark.parametrize("name", ["", "1a", "a b", "a$", "id", "@context"])
def test_names_the_standard_refuses_are_refused(parking, name):
    """A name outside the grammar, or a reserved one, cannot become an attribute."""
    with pytest.raises(InvalidName):
        parking[name] = 1


def test_instances_are_told_apart_by_dataset():
    """Two readings of one attribute live side by side; the one without datasetId is the default."""
    entity = Entity(id="urn:x:y", type="Vehicle", speed=Property(55))
    entity.set_instance("speed", Property(54.5, dataset_id="urn:x:gps"))
    entity.set_instance("speed", Property(54.0, dataset_id="urn:x:gps"))
    assert [one.value for one in entity.instances("speed")] == [55, 54.0]
    assert entity["speed"].value == 55
    assert entity.to_dict("simplified")["speed"] == {"dataset": {"@none": 55, "urn:x:gps": 54.0}}
    assert load(entity.to_dict("concise")) == entity


def test_a_fragment_needs_neither_id_nor_required_attributes():
    """A part of an entity, as PATCH takes it, carries only what it is given."""
    part = OffStreetParking.fragment(available_spot_number=4)
    assert part.to_dict() == {"availableSpotNumber": {"type": "Property", "value": 4}}


def test_reading_keeps_what_breaks_the_model_and_says_so():
    """Tolerant reading loses nothing: the wrong value is there, and a finding has path and reason."""
    findings: list[Finding] = []
    payload = {
        "id": LOOP,
        "type": "OffStreetParking",
        "name": {"type": "Property", "value": 7},
        "location": {"type": "Property", "value": {"type": "Point", "coordinates": [3.7, 51]}},
    }
    parking = load(payload, OffStreetParking, findings=findings)
    assert parking.to_dict() == payload
    assert [(one.path, one.rule, one.severity) for one in findings] == [
        ("name.value", "value-type", Severity.ERROR),
        ("location", "attribute-kind", Severity.WARNING),
    ]
    with pytest.raises(InvalidEntity, match=r"name\.value: 7 is not a text"):
        load(payload, OffStreetParking, strict=True)


def test_a_missing_required_attribute_is_found_when_reading():
    """A payload without a required attribute is read; the attribute is a finding, and reading it an error."""
    findings: list[Finding] = []
    parking = load({"id": LOOP, "type": "OffStreetParking", "name": "Loop"}, OffStreetParking, findings=findings)
    assert [(one.path, one.rule) for one in findings] == [("location", "required")]
    with pytest.raises(AttributeError, match="requires it"):
        parking.location


def test_an_entity_of_another_type_is_found():
    """Reading one type as another is a finding, and an error when strict."""
    with pytest.raises(InvalidEntity, match="'ParkingSpot' is not OffStreetParking"):
        load({"id": LOOP, "type": "ParkingSpot"}, OffStreetParking, strict=True)


def test_a_page_is_read_with_places():
    """Findings of a list tell which entity they are about."""
    findings: list[Finding] = []
    page = [{"id": LOOP, "type": "T", "a": 1}, {"id": LOOP, "type": "T", "a": None}]
    assert [one.id for one in load_many(page, findings=findings)] == [LOOP, LOOP]
    assert [one.path for one in findings] == ["[1].a"]


def test_simplified_payloads_are_read_by_what_the_model_declares():
    """In simplified form only the model knows that a text is a link."""
    payload = {"id": LOOP, "type": "OffStreetParking", "name": "Loop", "refParkingSite": "urn:x:site"}
    parking = load(payload, OffStreetParking, representation="simplified")
    assert isinstance(parking.ref_parking_site, Relationship)
    assert parking.to_dict("simplified") == payload


def test_several_types_and_scopes():
    """An entity may have several types and scopes."""
    entity = Entity(id="urn:x:y", type=["Building", "Museum"], scope=["/Gent", "/Cultuur"])
    assert entity.types == ("Building", "Museum")
    assert entity.type == "Building"
    assert entity.scope == ["/Gent", "/Cultuur"]


def test_text_that_is_no_entity_is_refused():
    """Text that is not JSON, and JSON that is not an object, give our error."""
    for text in (b"{", b"[]", b"3", b'"x"', b""):
        with pytest.raises(InvalidEntity):
            Entity.from_json(text)


def test_python_names_that_clash_with_wire_names_are_refused_early():
    """A class whose names cannot be told apart cannot be made."""
    with pytest.raises(InvalidName, match="give the two other Python names"):

        class Clash(Entity):
            pm10: OptAttr[float] = optional("PM10")
            pm_10: OptAttr[float] = optional("pm10")


def test_a_required_attribute_may_have_an_odd_wire_name():
    """``attribute(wire_name)`` declares a required attribute under a given name."""

    class Sample(Entity):
        no3: Attr[float] = attribute("NO3")

    assert Sample(id="urn:x:y", no3=1.5).to_dict("concise")["NO3"] == 1.5
    with pytest.raises(InvalidEntity, match="needs no3"):
        Sample(id="urn:x:y")


def test_classes_may_be_nested_in_functions_and_inherit():
    """A subclass has its parent's attributes and its own; its type is its own."""

    class Guarded(OffStreetParking, type="GuardedParking"):
        guard_count: OptAttr[int] = optional()

    guarded = Guarded(id=LOOP, name="Loop", location=point(3.7, 51), guard_count=2)
    assert guarded.type == "GuardedParking"
    assert guarded.guard_count.value == 2
    assert OffStreetParking.fields.keys() < Guarded.fields.keys()


def test_entities_are_fields_of_pydantic_models(parking):
    """An entity can be a field of a pydantic model: read strictly, written normalized."""

    class Report(BaseModel):
        parking: OffStreetParking

    report = Report.model_validate({"parking": parking.to_dict("concise")})
    assert report.parking == parking
    assert report.model_dump()["parking"] == parking.to_dict()


def test_a_relationship_takes_the_entity_itself(parking):
    """Linking to an entity writes its id."""
    site = Entity(id="urn:ngsi-ld:ParkingSite:1", type="ParkingSite")
    parking.ref_parking_site = site
    assert parking.ref_parking_site.object == "urn:ngsi-ld:ParkingSite:1"


def test_repr_says_what_it_is(parking):
    """The repr shows class, id and values."""
    assert repr(parking).startswith(f"OffStreetParking(id={LOOP!r}, name='Loop', location=")


@pytest.mark.parametrize(
    "given",
    [
        lambda wire: Entity.from_dict(wire, representation="keyValues"),
        lambda wire: load_many([wire], representation="keyValues"),
        lambda wire: Entity.from_dict(wire).to_dict("keyValues"),
        lambda wire: Entity.from_dict(wire).to_json("keyValues"),
    ],
)
def test_a_representation_that_is_none_is_refused(given):
    """A word that names no form is never taken for another form."""
    with pytest.raises(DataError, match="not one of normalized, concise, simplified"):
        given({"id": "urn:x:y", "type": "T", "a": 5})


class Watched(Entity):
    """One attribute of each kind that has a short way through reading, and one that has none."""

    level: OptAttr[int] = optional()
    place: OptGeoAttr = optional()
    owner: OptRelAttr = optional()
    label: OptLanguageAttr = optional()


POINT = {"type": "Point", "coordinates": [3.7, 51]}


@pytest.mark.parametrize(
    ("name", "member", "rule"),
    [
        ("level", {"type": "Property", "value": "five"}, "value-type"),
        ("level", {"type": "Property", "value": 5, "observedAt": "yesterday"}, "time"),
        ("level", {"type": "Property", "value": 5, "observedAt": ["2024-05-01T10:00:00Z"]}, "time"),
        ("level", {"type": "Property", "value": 5, "unitCode": 5}, "member"),
        ("level", {"type": "Property", "value": 5, "object": "urn:a:b"}, "member"),
        ("level", {"type": "GeoProperty", "value": POINT}, "attribute-kind"),
        ("place", {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [300, 51]}}, "geometry"),
        ("owner", {"type": "Relationship", "object": "no link"}, "relationship"),
        ("label", {"type": "LanguageProperty", "value": POINT}, "value-missing"),
    ],
)
def test_what_is_odd_about_a_declared_attribute_is_found(name, member, rule):
    """The short way through reading, for what is usual, lets nothing pass that the long way would note."""
    usual = {"type": "Property", "value": 5, "unitCode": "CEL", "observedAt": "2024-05-01T10:00:00Z"}
    payload = {"id": "urn:ngsi-ld:Watched:1", "type": "Watched", "level": usual}
    findings = []
    Watched.from_dict(payload, findings=findings)
    assert findings == []
    Watched.from_dict({**payload, name: member}, findings=findings)
    assert rule in [finding.rule for finding in findings]


def test_a_view_is_made_when_it_is_first_read_and_kept():
    """Reading an entity makes no views; each is made once, by whichever name it is asked for first."""
    payload = {
        "id": "urn:ngsi-ld:Watched:1",
        "type": "Watched",
        "level": {"type": "Property", "value": 5},
        "extra": {"type": "Property", "value": 6},
    }
    for first, second in (
        (lambda entity: entity.level, lambda entity: entity["level"]),
        (lambda entity: entity["level"], lambda entity: entity.level),
        (lambda entity: entity["extra"], lambda entity: entity.extra),
        (lambda entity: entity.extra, lambda entity: entity["extra"]),
    ):
        entity = Watched.from_dict(payload)
        assert vars(entity) == {}
        assert first(entity) is second(entity)
        assert len(vars(entity)) == 1
    del entity["extra"]
    with pytest.raises(KeyError):
        entity["extra"]
    with pytest.raises(AttributeError):
        _ = entity.extra


def test_a_payload_attribute_may_have_the_name_of_a_method() -> None:
    """An attribute called ``copy`` is read by ``entity["copy"]``, and leaves the method alone."""
    entity = Entity.from_dict({"id": "urn:x:1", "type": "Book", "copy": {"type": "Property", "value": 5}})
    assert entity.copy() == entity
    assert entity["copy"].value == 5


@pytest.mark.parametrize("id", ["P1", "", "a b", 5])
def test_an_id_is_a_uri(id):
    """When built and when changed; the error has one that would do."""
    with pytest.raises(InvalidEntity, match=r"id: .* is not a URI; write for example urn:ngsi-ld:ParkingSpot:"):
        Entity(id=id, type="ParkingSpot")
    entity = Entity(id="urn:x:1", type="ParkingSpot")
    if id:
        with pytest.raises(InvalidEntity, match="is not a URI"):
            entity.id = id
    assert entity.id == "urn:x:1"
