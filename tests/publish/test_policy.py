"""What a policy lets out."""

from __future__ import annotations

import pytest

from citycontext.errors import ConfigurationError
from citycontext.models.parking import OffStreetParking
from citycontext.ngsild import Property, Severity, point
from citycontext.publish import Policy, Report


def rules(report: Report) -> dict[str, str]:
    return {one.finding.path: one.finding.rule for one in report}


def test_nothing_but_the_list() -> None:
    """Of a typed entity, listed attributes are left; each that is not is told by name, without its value."""
    parking = OffStreetParking(
        id="urn:ngsi-ld:OffStreetParking:gent:loop",
        location=point(3.7, 51.0),
        name="P+R",
        available_spot_number=Property(5, unit_code="C62"),
    )
    report = Report()
    cleared = Policy({"OffStreetParking": ["name", "availableSpotNumber"]}).clear(parking, report)
    assert cleared is not None
    assert [name for name, _ in cleared.attributes()] == ["name", "availableSpotNumber"]
    assert rules(report) == {"OffStreetParking.location": "attribute-not-listed"}
    assert "location" in parking.wire


def test_a_type_that_is_not_listed() -> None:
    """An entity of another type does not leave, and neither does one that is of such a type too."""
    policy, report = Policy({"OffStreetParking": ["name"]}), Report()
    name = {"type": "Property", "value": "x"}
    assert policy.clear({"id": "urn:x:1", "type": "Vehicle", "name": name}, report) is None
    assert policy.clear({"id": "urn:x:1", "type": ["OffStreetParking", "Vehicle"], "name": name}, report) is None
    assert report.count("type-not-listed") == 2


@pytest.mark.parametrize(
    ("entity_type", "name"),
    [
        ("OffStreetParking", "owner"),
        ("EVChargingStation", "contactPoint"),
        ("WasteContainer", "license_plate"),
        ("NeverHeardOf", "driverEmail"),
        ("https://smartdatamodels.org/dataModel.Parking/OffStreetParking", "owner"),
    ],
)
def test_personal_attributes_are_refused_though_listed(entity_type, name) -> None:
    """What a model marks as personal, or a name tells to be, stays inside and is an error in the report."""
    report = Report()
    entity = {"id": "urn:x:1", "type": entity_type, name: {"type": "Property", "value": "x"}}
    assert Policy({entity_type: [name]}).clear(entity, report) is None
    assert ("personal", Severity.ERROR) in [(one.finding.rule, one.finding.severity) for one in report]


@pytest.mark.parametrize(
    "attribute",
    [
        {"type": "Property", "value": "1-ABC-234"},
        {"type": "Property", "value": ["x", {"deep": ["1-ABC-234"]}]},
        {"type": "Property", "value": {"1-ABC-234": 1}},
        {"type": "Property", "value": {"email": "x"}},
        {"type": "Property", "value": 5, "unitCode": "1-ABC-234"},
        {"type": "Property", "value": 5, "datasetId": "urn:car:1-ABC-234"},
        {"type": "Relationship", "object": ["urn:x:1", "urn:car:1-ABC-234"]},
        {"type": "LanguageProperty", "languageMap": {"nl": "1-ABC-234"}},
        {"type": "VocabProperty", "vocab": "1-ABC-234"},
        {"type": "JsonProperty", "json": {"a": "1-ABC-234"}},
        {"type": "ListProperty", "valueList": ["1-ABC-234"]},
        {"type": "ListRelationship", "objectList": [{"object": "urn:car:1-ABC-234"}]},
        [{"type": "Property", "value": 1}, {"type": "Property", "value": "1-ABC-234", "datasetId": "urn:x:2"}],
        "1-ABC-234",
    ],
)
def test_a_plate_anywhere_in_an_attribute(attribute) -> None:
    """Wherever a plate or a personal member stands in an attribute, the instance stays inside; others leave."""
    report = Report()
    cleared = Policy({"T": ["a", "b"]}).clear(
        {"id": "urn:x:1", "type": "T", "a": attribute, "b": {"type": "Property", "value": 2}}, report
    )
    assert cleared is not None
    assert "ABC" not in str(cleared.wire)
    assert "email" not in str(cleared.wire)
    assert cleared.wire["b"]["value"] == 2
    assert [one.finding.path for one in report if one.finding.severity is Severity.ERROR] == ["T.a"]
    assert "1-ABC-234" not in str([one.finding for one in report])


@pytest.mark.parametrize(
    "members",
    [{"id": "urn:car:1-ABC-234"}, {"id": "urn:phone:001a2b3c4d5e"}, {"@context": {"x": "https://x.example/1-ABC-234"}}],
)
def test_a_plate_in_the_identity(members) -> None:
    """An entity whose id or @context holds a plate or a MAC address does not leave."""
    report = Report()
    entity = {"id": "urn:x:1", "type": "T", "a": {"type": "Property", "value": 1}, **members}
    assert Policy({"T": ["a"]}).clear(entity, report) is None
    assert [one.finding.severity for one in report] == [Severity.ERROR]


@pytest.mark.parametrize(
    "attribute",
    [
        {"type": "Property", "value": 1, "datasetId": ["urn:d:1"]},
        {"type": "Relationship", "object": {"a": 1}},
        {"type": "VocabProperty", "vocab": [1]},
        {"type": "LanguageProperty", "languageMap": ["x"]},
        {"type": "ListProperty", "valueList": 1},
        {"type": "GeoProperty", "value": {"type": "Point"}},
        {"type": "GeoProperty", "value": {"type": "Point", "coordinates": ["x"]}},
    ],
)
def test_what_no_writer_could_write(attribute) -> None:
    """A value of the wrong shape is told and left out, before a writer stumbles over it."""
    report = Report()
    entity = {"id": "urn:x:1", "type": "T", "a": attribute, "b": {"type": "Property", "value": 2, "unitCode": [1]}}
    cleared = Policy({"T": ["a", "b"]}).clear(entity, report)
    assert cleared is not None
    assert cleared.wire == {"id": "urn:x:1", "type": "T", "b": {"type": "Property", "value": 2}}
    assert {one.finding.path for one in report} == {"T.a", "T.b.unitCode"}


def test_codes_are_declared() -> None:
    """An attribute or id that holds codes may look like an old plate; a plate of today stays inside."""
    policy, report = Policy({"ParkingSpot": ["name"]}, codes={"ParkingSpot": ["id", "name"]}), Report()
    spot = {"id": "urn:x:bay-204", "type": "ParkingSpot", "name": {"type": "Property", "value": "BAY-204"}}
    assert policy.clear(spot, report) is not None
    spot["name"] = {"type": "Property", "value": "1-ABC-234"}
    assert policy.clear(spot, report) is None


def test_sub_attributes_are_listed_one_by_one() -> None:
    """Unit, time and dataset go with their attribute, other sub-attributes when listed, system times never."""
    instance = {
        "type": "Property",
        "value": 5,
        "unitCode": "C62",
        "observedAt": "2026-05-01T10:00:00Z",
        "datasetId": "urn:x:2",
        "observedBy": {"type": "Relationship", "object": "urn:x:sensor"},
        "accuracy": {"type": "Property", "value": 0.1},
        "createdAt": "2026-05-01T10:00:00Z",
        "instanceId": "urn:x:instance",
        "previousValue": 4,
    }
    cleared = Policy({"T": ["a", "a.accuracy"]}).clear({"id": "urn:x:1", "type": "T", "a": instance}, Report())
    assert cleared is not None
    assert set(cleared.wire["a"]) == {"type", "value", "unitCode", "observedAt", "datasetId", "accuracy"}


def test_sub_attributes_go_through_the_same_door() -> None:
    """Of a listed sub-attribute leaves what is listed of it: no system times, nothing nested, no small count."""
    accuracy = {
        "type": "Property",
        "value": 0.1,
        "createdAt": "2026-05-01T10:00:00Z",
        "method": {"type": "Property", "value": "count", "by": {"type": "Property", "value": "x"}},
        "note": {"type": "Property", "value": "x"},
    }
    share = {"type": "Property", "value": 3}
    attribute = {"type": "Property", "value": 50, "accuracy": accuracy, "share": share, "owner": share}
    policy = Policy(
        {"T": ["a", "a.accuracy", "a.accuracy.method", "a.share", "a.owner"]}, suppress_below={"T.a.share": 5}
    )
    report = Report()
    cleared = policy.clear({"id": "urn:x:1", "type": "T", "a": attribute}, report)
    assert cleared is not None
    method = {"type": "Property", "value": "count"}
    assert cleared.wire["a"] == {
        "type": "Property",
        "value": 50,
        "accuracy": {"type": "Property", "value": 0.1, "method": method},
    }
    assert rules(report) == {"T.a.share": "small-count", "T.a.owner": "personal"}


@pytest.mark.parametrize("types", [["T", "U"], ["U", "T"]])
def test_the_strictest_least_count_of_several_types_holds(types) -> None:
    """An entity of two types is suppressed by the greater of their least counts, in whatever order they stand."""
    policy = Policy({"T": ["a"], "U": ["a"]}, suppress_below={"T.a": 5})
    assert policy.clear({"id": "urn:x:1", "type": types, "a": {"type": "Property", "value": 3}}, Report()) is None


def test_null_is_nothing_to_publish() -> None:
    """NGSI-LD Null says that an attribute is gone; it is not a value."""
    entity = {"id": "urn:x:1", "type": "T", "a": {"type": "Property", "value": "urn:ngsi-ld:null"}}
    assert Policy({"T": ["a"]}).clear(entity, Report()) is None


def test_slips_of_the_pen_are_told() -> None:
    """What is not on the list is told with what on it is spelt nearly alike."""
    report = Report()
    policy = Policy({"OffstreetParking": ["name"], "ParkingSpot": ["nmae"]})
    policy.clear({"id": "urn:x:1", "type": "OffStreetParking"}, report)
    policy.clear({"id": "urn:x:1", "type": "ParkingSpot", "name": "P"}, report)
    said = {one.finding.path: one.finding.message for one in report}
    assert "(which has OffstreetParking)" in said["OffStreetParking"]
    assert "(which has nmae)" in said["ParkingSpot.name"]


@pytest.mark.parametrize(
    ("value", "leaves"), [(0, True), (1, False), (4, False), ("4", False), (5, True), (True, True)]
)
def test_small_counts(value, leaves) -> None:
    """A count below the least is suppressed, zero is not."""
    policy, report = Policy({"T": ["a"]}, suppress_below={"T.a": 5}), Report()
    cleared = policy.clear({"id": "urn:x:1", "type": "T", "a": {"type": "Property", "value": value}}, report)
    assert (cleared is not None) is leaves
    assert report.count("small-count") == (not leaves)


def test_small_counts_inside_values() -> None:
    """A table of counts is suppressed for one small count in it."""
    policy = Policy({"T": ["a"]}, suppress_below={"T.a": 5})
    entity = {"id": "urn:x:1", "type": "T", "a": {"type": "Property", "value": {"bike": 30, "car": [9, 2]}}}
    assert policy.clear(entity, Report()) is None


def test_times_are_told_in_utc() -> None:
    """A time with an offset is rewritten; one without a zone is left out, and that is told."""
    policy, report = Policy({"T": ["a", "b"]}), Report()
    cleared = policy.clear(
        {
            "id": "urn:x:1",
            "type": "T",
            "a": {"type": "Property", "value": 1, "observedAt": "2026-05-01T10:00:00+02:00"},
            "b": {"type": "Property", "value": 1, "observedAt": "2026-05-01T10:00:00"},
        },
        report,
    )
    assert cleared is not None
    assert cleared.wire["a"]["observedAt"] == "2026-05-01T08:00:00Z"
    assert "observedAt" not in cleared.wire["b"]
    assert rules(report) == {"T.b": "no-zone"}


@pytest.mark.parametrize("thing", [{}, {"id": 5, "type": "T"}, {"id": "urn:x:1", "type": [5]}, {"id": "urn:x:1"}])
def test_what_is_no_entity(thing) -> None:
    """What is not an entity is told, and does not leave or stop the others."""
    report = Report()
    assert list(Policy({"T": ["a"]}).clear_all([thing], report)) == []
    assert report.count("not-an-entity") == 1


@pytest.mark.parametrize("member", ["value", "note"])
def test_deep_nests_do_not_leave(member) -> None:
    """A value or sub-attributes nested too deep to be looked through stay inside, and nothing else does for it."""
    nest: dict[str, object] = {"type": "Property", "value": "1-ABC-234"}
    for _ in range(5_000):
        nest = {"type": "Property", "value": 1, member: nest}
    report = Report()
    entity = {"id": "urn:x:1", "type": "T", "a": nest, "b": {"type": "Property", "value": 2}}
    cleared = Policy({"T": ["a", "a.note", "b"]}).clear(entity, report)
    assert cleared is not None
    assert list(cleared.wire) == ["id", "type", "b"]
    assert rules(report) == {"T.a": "not-an-attribute"}


def test_a_deep_context_does_not_leave() -> None:
    """An entity whose @context cannot be looked through does not leave."""
    context: object = {}
    for _ in range(5_000):
        context = [context]
    report = Report()
    entity = {"@context": context, "id": "urn:x:1", "type": "T", "b": {"type": "Property", "value": 2}}
    assert Policy({"T": ["b"]}).clear(entity, report) is None
    assert report.count("not-an-entity") == 1


def test_lists_that_contradict_themselves() -> None:
    """Codes and least counts of what is not listed are mistakes in the configuration."""
    with pytest.raises(ConfigurationError, match=r"codes\.T: T\.b is not on the list"):
        Policy({"T": ["a"]}, codes={"T": ["b"]})
    with pytest.raises(ConfigurationError, match=r"T\.b is not on the list"):
        Policy({"T": ["a"]}, suppress_below={"T.b": 5})


def test_a_report_is_bounded() -> None:
    """A thousand kinds of findings are kept; more are counted."""
    report = Report()
    for number in range(1_500):
        report.note("rule", f"path-{number}", "message")
    assert (len(report), report.left_out) == (1_000, 500)
