"""The evolution of an entity becomes an observation for every value, and comes back as an evolution."""

from __future__ import annotations

import pytest

from citycontext.errors import ConfigurationError, ContextError, InvalidDocument, InvalidEntity
from citycontext.ngsild import Entity, Property, Relationship
from citycontext.ngsild.temporal import TemporalEntity
from citycontext.oslo import LossKind, from_oslo, standard_tables, to_oslo
from citycontext.oslo.observations import observation_iri

TABLES = standard_tables().with_base("https://data.stad.gent/id/concept/")
TIMES = [f"2024-05-01T{hour:02}:00:00Z" for hour in range(10, 14)]


@pytest.mark.parametrize("profile", ["observaties-en-metingen", "sosa", "energie"])
def test_every_value_is_an_observation(profile):
    """Four values are four observations with addresses of their own; read back, the newest is the entity's."""
    history = TemporalEntity(
        id="urn:ngsi-ld:WasteContainer:1",
        type="WasteContainer",
        fillingLevel=[Property(0.1 * n, unit_code="C62", observed_at=time) for n, time in enumerate(TIMES)],
    )
    written = to_oslo(history, profile=profile, tables=TABLES)
    assert not len(written.report), written.report
    for time in TIMES:
        assert observation_iri(history.id, "fillingLevel", observed_at=time) in written.graph
    reading = from_oslo(written.graph, tables=TABLES)
    (entity,) = reading.entities
    assert entity["fillingLevel"].wire["observedAt"] == TIMES[-1]
    (evolution,) = reading.histories
    assert evolution == history


def test_two_sensors_of_one_property():
    """Instances told apart by datasetId keep it, their sensors, and their times."""
    entity = Entity(id="urn:ngsi-ld:WasteContainer:1", type="WasteContainer")
    for number in (1, 2):
        sensor = f"urn:ngsi-ld:Device:{number}"
        entity.set_instance(
            "fillingLevel",
            Property(
                0.1 * number,
                unit_code="C62",
                observed_at=TIMES[0],
                dataset_id=sensor,
                observedBy=Relationship(sensor),
            ),
        )
    written = to_oslo(entity, tables=TABLES)
    assert not len(written.report), written.report
    (back,) = from_oslo(written.graph, tables=TABLES).entities
    assert back.wire == entity.wire


def test_the_same_entity_always_has_the_same_triples():
    """Addresses are made of what the entity says: writing twice gives the same graph."""
    entity = Entity(id="urn:ngsi-ld:WeatherObserved:1", type="WeatherObserved", dateObserved=TIMES[0], temperature=3)
    assert to_oslo(entity).to_n_triples() == to_oslo(entity).to_n_triples()


def test_strict_writing_and_reading_refuse_to_lose():
    """In strict mode the first loss raises, and names the attribute or the node."""
    entity = Entity(id="urn:ngsi-ld:WeatherObserved:1", type="WeatherObserved", dateObserved=TIMES[0], cloudiness=3)
    with pytest.raises(InvalidEntity, match="cloudiness"):
        to_oslo(entity, strict=True)
    with pytest.raises(InvalidEntity, match="no table has class"):
        from_oslo({"@id": "urn:x:1", "@type": "http://example.org/Zeppelin"}, strict=True)


def test_what_the_profile_obliges_and_the_entity_lacks_is_missing():
    """A measurement of traffic has a sensor, a collection of them members, and what is sampled is of something."""
    entity = Entity(
        id="urn:ngsi-ld:TrafficFlowObserved:1",
        type="TrafficFlowObserved",
        dateObserved="/".join(TIMES[:2]),
        intensity=3,
    )
    missing = to_oslo(entity, tables=TABLES).report.of(LossKind.MISSING)
    assert {loss.term for loss in missing} == {"refDevice", "refRoadSegment"}
    del entity["intensity"]
    missing = to_oslo(entity, tables=TABLES).report.of(LossKind.MISSING)
    assert [loss for loss in missing if "heeftLid" in loss.reason]
    air = Entity(id="urn:ngsi-ld:AirQualityObserved:1", type="AirQualityObserved", dateObserved=TIMES[0], no2=3)
    (loss,) = to_oslo(air, profile="sosa", tables=TABLES).report.of(LossKind.MISSING)
    assert loss.term == "refPointOfInterest"


def test_counts_of_a_parking_tell_when_it_was_so():
    """The observedAt of free spots is dct:modified of the parking, and comes back; the report says what was assumed."""
    entity = Entity(
        id="urn:ngsi-ld:OffStreetParking:1",
        type="OffStreetParking",
        availableSpotNumber=Property(12, observed_at=TIMES[0]),
    )
    written = to_oslo(entity, tables=TABLES)
    (modified,) = [value for _, predicate, value in written.graph if predicate.endswith("/modified")]
    assert modified.text == TIMES[0]
    assert [loss.term for loss in written.report] == ["occupancyModified"]
    (back,) = from_oslo(written.graph, tables=TABLES).entities
    assert back["availableSpotNumber"] == entity["availableSpotNumber"]


def test_a_count_without_interval_is_reported():
    """A traffic count of an instant misses the interval that gives it its meaning; the report says so."""
    entity = Entity(
        id="urn:ngsi-ld:TrafficFlowObserved:1",
        type="TrafficFlowObserved",
        dateObserved=TIMES[0],
        intensity=3,
        refDevice=Relationship("urn:ngsi-ld:Device:1"),
        refRoadSegment=Relationship("urn:ngsi-ld:RoadSegment:1"),
    )
    (loss,) = to_oslo(entity, tables=TABLES).report.of(LossKind.MISSING)
    assert "interval" in loss.reason
    assert "dateObservedFrom" in loss.home


@pytest.mark.parametrize(
    ("document", "says"),
    [({}, "@context"), ([], "@context"), ({"@id": 3}, "JSON-LD"), ({"@context": 3, "a": 1}, "context")],
)
def test_what_is_no_linked_data_is_one_error(document, says):
    """A document without triples, or that breaks JSON-LD, raises one error of one line."""
    with pytest.raises((InvalidDocument, ContextError), match=says) as raised:
        from_oslo(document)
    assert len(str(raised.value).splitlines()) == 1


def test_an_unknown_profile_names_the_known():
    """A profile that does not exist is refused with those that do."""
    with pytest.raises(ConfigurationError, match="observaties-en-metingen, sosa, energie"):
        to_oslo(Entity(id="urn:ngsi-ld:WeatherObserved:1", type="WeatherObserved"), profile="sensorml")
