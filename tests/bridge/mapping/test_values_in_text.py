"""What devices write as text: numbers with commas and units, positions, times; and one bad value beside good ones."""

from __future__ import annotations

from typing import Any

import pytest

from bridge.mapping.test_mapping import ARRIVED, attribute, compiled, mapped
from citycontext.errors import ConfigurationError, MappingError

CELSIUS = {"from": "v", "unit": "CEL"}


@pytest.mark.parametrize(
    ("given", "said", "value"),
    [
        (CELSIUS | {"from_text": True}, "21.5 °C", 21.5),
        (CELSIUS | {"from_text": True}, "70.7 °F", 21.5),
        (CELSIUS | {"from_text": True}, "21.5C", 21.5),
        (CELSIUS | {"from_text": True}, "\u221221.5", -21.5),
        (CELSIUS | {"from_text": True}, "00317.3988", 317.3988),
        (CELSIUS | {"from_text": "decimal-comma"}, "21,5", 21.5),
        (CELSIUS | {"from_text": "decimal-comma"}, "1.021,5", 1021.5),
        (CELSIUS | {"from_text": "decimal-comma"}, "21,5 °C", 21.5),
        ({"from": "v", "unit": "A97", "from_text": "decimal-point"}, "1,013 hPa", 1013),
        ({"from": "v", "unit": "A97", "from_text": "decimal-point"}, "1,013.25 hPa", 1013.25),
        ({"from": "v", "unit": "A97", "from_text": "decimal-point"}, "1'013", 1013),
        ({"from": "v", "unit": "CEL", "from_unit": "FAH", "from_text": True}, "71.6", 22.0),
        ({"from": "v", "from_text": True}, "21.5", 21.5),
        ({"from": "v", "from_text": True}, "true", True),
        ({"from": "v", "from_text": True}, "unavailable", "unavailable"),
        ({"from": "v", "lookup": {"0": "off", "1": "on"}}, 1.0, "on"),
        ({"from": "v", "lookup": {"0": "off", "1": "on"}}, "1", "on"),
    ],
)
def test_a_text_is_the_number_that_it_says(given: dict[str, Any], said: Any, value: Any) -> None:
    """Units behind numbers, decimal commas and groups of thousands are read as the file says."""
    assert attribute(given, {"v": said})["value"] == value


@pytest.mark.parametrize(
    ("given", "said", "says"),
    [
        (CELSIUS | {"from_text": True}, "21,5", 'from_text = "decimal-comma"'),
        (CELSIUS | {"from_text": True}, "1,013", '"decimal-point"'),
        (CELSIUS | {"from_text": True}, "21.5 hPa", "does not convert"),
        (CELSIUS | {"from_text": True}, "0x1A", "not a unit that is known"),
        (CELSIUS | {"from_text": True}, "21.5 apples", "not a unit that is known"),
        (CELSIUS | {"from_text": True}, "", "a number belongs here"),
        (CELSIUS | {"from_text": True}, "N/A", "a number belongs here"),
        (CELSIUS | {"from_text": "decimal-comma"}, "21.5", "a number belongs here"),
        ({"from": "v", "datatype": "number", "from_text": True}, "21.5 °C", 'say unit = "CEL"'),
        (CELSIUS, 2**64, "64 bits"),
        ({"from": "v"}, [1, float("inf")], "not a value that JSON can hold"),
        ({"from": "v"}, {"a": float("nan")}, "not a value that JSON can hold"),
        ({"from": "v", "lookup": {"0": "off", "1": "on"}}, True, "not in the lookup table"),
        ({"from": "v", "lookup": {"0": "off", "1": "on"}}, "01", "not in the lookup table"),
    ],
)
def test_a_text_that_says_something_else_is_refused(given: dict[str, Any], said: Any, says: str) -> None:
    """Nothing is guessed: a comma that may group or divide, another unit, a number that cannot be kept."""
    with pytest.raises(MappingError, match=says):
        attribute(given, {"v": said})


def test_the_unit_that_a_message_says() -> None:
    """A unit in the message is written as its code, or converted to the one that the file wants."""
    said = {"from": "v", "from_unit": {"from": "u"}}
    assert attribute(said, {"v": 21.5, "u": "°C"})["unitCode"] == "CEL"
    converted = attribute(said | {"unit": "CEL"}, {"v": 70.7, "u": "°F"})
    assert (converted["value"], converted["unitCode"]) == (21.5, "CEL")
    assert "unitCode" not in attribute(said, {"v": 21.5})
    with pytest.raises(MappingError, match="no unit is known"):
        attribute(said, {"v": 21.5, "u": "apples"})


@pytest.mark.parametrize(
    ("said", "unit", "code"),
    [
        ("dB(A)", None, "2N"), ("dBA", None, "2N"), ("dB(A)", "2N", "2N"), ("#", None, "C62"), ("%RH", None, "P1"),
        ("C", None, "CEL"), ("C", "CEL", "CEL"), ("F", None, "FAH"), (" K ", None, "KEL"), ("C", "COU", "COU"),
    ],
)  # fmt: skip
def test_units_as_devices_say_them(said: str, unit: str | None, code: str) -> None:
    """No code is empty, and a letter beside a value is a temperature unless something else is wanted."""
    given = {"from": "v", "from_unit": {"from": "u"}} | ({} if unit is None else {"unit": unit})
    found = attribute(given, {"v": 5, "u": said})
    assert (found["value"], found["unitCode"]) == (5, code)


def test_a_unit_without_a_code_is_refused() -> None:
    """An empty code would be refused by the context broker."""
    with pytest.raises(MappingError, match="nanogram per cubic metre has no UN/CEFACT code"):
        attribute({"from": "v", "from_unit": {"from": "u"}}, {"v": 5, "u": "ng/m³"})


POSITION = {"from": "pos", "kind": "GeoProperty"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (POSITION, "51.05,3.72"),
        (POSITION, "51.05, 3.72"),
        (POSITION, "geo:51.05,3.72;u=10"),
        (POSITION, "POINT(3.72 51.05)"),
        (POSITION, "SRID=4326;POINT (3.72 51.05)"),
        (POSITION, "51°03'00\"N, 3°43'12\"E"),
        (POSITION, {"lat": 51.05, "lon": 3.72}),
        (POSITION, {"latitude": "51.05", "longitude": "3.72"}),
        (POSITION, {"type": "Point", "coordinates": [3.72, 51.05]}),
        (POSITION | {"order": "lat-lon"}, [51.05, 3.72]),
        (POSITION | {"order": "lon-lat"}, [3.72, 51.05]),
        (POSITION | {"order": "lon-lat"}, "3.72,51.05"),
        (POSITION, "51,05 3,72"),
        (POSITION, "51,05; 3,72"),
        (POSITION, "3.72E 51.05N"),
        (POSITION, "51.05 N, 3.72 E"),
        (POSITION | {"order": "lon-lat"}, "N 51.05 E 3.72"),
        (POSITION, "N51 03.000 E003 43.200"),
        (POSITION, "5103.000,N,00343.200,E"),
        (POSITION, "lat:51.05,lon:3.72"),
        (POSITION, "lng=3.72&lat=51.05"),
        (POSITION, "+51.05+003.72/"),
        (POSITION, '{"type": "Point", "coordinates": [3.72, 51.05]}'),
        (POSITION, '{"lat": 51.05, "lon": 3.72}'),
        (POSITION, {"type": "Feature", "geometry": {"type": "Point", "coordinates": [3.72, 51.05]}}),
        (POSITION, {"breedtegraad": 51.05, "lengtegraad": 3.72}),
        (POSITION, ["3.72E", "51.05N"]),
    ],
)
def test_a_position_in_any_usual_form(given: dict[str, Any], said: Any) -> None:
    """Texts, pairs and objects become a point of longitude and latitude."""
    assert attribute(given, {"pos": said})["value"] == {"type": "Point", "coordinates": [3.72, 51.05]}


@pytest.mark.parametrize("said", ["", {"lat": None, "lon": None}, {"lat": "", "lon": ""}])
def test_an_empty_position_is_not_a_value(said: Any) -> None:
    """An empty position is neither a fault nor a value of null."""
    with pytest.raises(MappingError, match="has no value for any attribute"):
        attribute(POSITION, {"pos": said})


@pytest.mark.parametrize("said", ["51.05N 3.72N", "-51.05S 3.72E", "51,05,3,72", "POINT(51.05)", "{51.05"])
def test_a_text_that_is_no_position_is_refused(said: str) -> None:
    """Two latitudes, a sign with a letter, and commas that may be either sign are no position."""
    with pytest.raises(MappingError):
        attribute(POSITION, {"pos": said})


def test_a_letter_of_the_other_axis_is_refused() -> None:
    """A longitude that says north is refused, and not written as east."""
    with pytest.raises(MappingError, match="of the other axis"):
        attribute({"longitude": "a", "latitude": "b", "from_text": True}, {"a": "51.05N", "b": "3.72E"})


def test_a_pair_is_never_swapped_by_guess() -> None:
    """Where either number may be the longitude, the file has to say; 120 can only be one."""
    with pytest.raises(MappingError, match='order = "lon-lat" or "lat-lon"'):
        attribute(POSITION, {"pos": [51.05, 3.72]})
    assert attribute(POSITION, {"pos": [120.3, 5.1]})["value"]["coordinates"] == [120.3, 5.1]


@pytest.mark.parametrize(
    ("given", "document", "coordinates"),
    [
        ({"scale": 1e-7, "altitude": "alt"}, {"lon": 37200000, "lat": 510500000, "alt": 12000}, [3.72, 51.05, 12000]),
        (
            {"scale": 1e-7, "altitude": {"from": "alt", "scale": 0.001}},
            {"lon": 37200000, "lat": 510500000, "alt": 12000},
            [3.72, 51.05, 12.0],
        ),
        (
            {"minimum": -180, "maximum": 180, "altitude": "alt"},
            {"lon": 3.72, "lat": 51.05, "alt": 450},
            [3.72, 51.05, 450],
        ),
        ({"from_text": True, "altitude": "alt"}, {"lon": "3°43'12\"E", "lat": "51°03'N", "alt": "9"}, [3.72, 51.05, 9]),
        ({"from_text": "decimal-comma"}, {"lon": "3,72", "lat": "51,05"}, [3.72, 51.05]),
        ({"from_text": True, "altitude": "alt"}, {"lon": "3.72", "lat": "51.05", "alt": ""}, [3.72, 51.05]),
    ],
)
def test_scale_and_bounds_of_a_point_are_not_its_altitudes(
    given: dict[str, Any], document: dict[str, Any], coordinates: list[float]
) -> None:
    """The altitude has a scale and bounds of its own."""
    found = attribute({"longitude": "lon", "latitude": "lat"} | given, document)
    assert found["value"]["coordinates"] == coordinates


def test_a_device_without_a_fix_has_no_position() -> None:
    """Empty texts for longitude and latitude are not position, and no fault."""
    point = {"longitude": "lon", "latitude": "lat", "from_text": True}
    (entity,) = mapped({"it": point, "n": "n"}, {"lon": "", "lat": "", "n": 1})
    assert "it" not in entity


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (1714557600123456, "2024-05-01T10:00:00.123456Z"),
        (1714557600123456789, "2024-05-01T10:00:00.123456Z"),
        ("1714557600", "2024-05-01T10:00:00Z"),
        ("1714557600500", "2024-05-01T10:00:00.500000Z"),
        ("2024-05-01 10:00:00 UTC", "2024-05-01T10:00:00Z"),
        ("Wed, 01 May 2024 10:00:00 GMT", "2024-05-01T10:00:00Z"),
        ("2024-05-01T12:00:00+02:00[Europe/Brussels]", "2024-05-01T10:00:00Z"),
        ("2024-05-01T10:00:00Z[UTC]", "2024-05-01T10:00:00Z"),
        ("2024/05/01 10:00:00Z", "2024-05-01T10:00:00Z"),
        ("2024/05/01T12:00:00+02:00", "2024-05-01T10:00:00Z"),
        ("2024/05/01T10:00:00z", "2024-05-01T10:00:00Z"),
        ("2024-05-01t10:00:00z", "2024-05-01T10:00:00Z"),
        ("2024-04-30T24:00:00Z", "2024-05-01T00:00:00Z"),
        ("2024-04-30 24:00+02:00", "2024-04-30T22:00:00Z"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
        ("2024-05-01 10:00:00.123456789 +0000 UTC", "2024-05-01T10:00:00.123456Z"),
        ("2024-05-01 12:00:00 +0200 CEST", "2024-05-01T10:00:00Z"),
        ({"type": "DateTime", "value": "2024-05-01T10:00:00Z"}, "2024-05-01T10:00:00Z"),
        ({"@type": "DateTime", "@value": "2024-05-01T10:00:00Z"}, "2024-05-01T10:00:00Z"),
        ("2024-05-01T10:00:00,5Z", "2024-05-01T10:00:00.5Z"),
        ("20240501T100000Z", "2024-05-01T10:00:00Z"),
    ],
)
def test_times_in_any_usual_form(said: Any, expected: str) -> None:
    """Numbers by their size, numbers as text, and the texts of Go, of mail and of NGSI are times without a format."""
    assert attribute("v", {"at": said, "v": 1}, observed_at="at")["observedAt"] == expected


@pytest.mark.parametrize("said", [0, True, "no fix", "0001-01-01T00:00:00Z", [], "12", 1e300])
def test_what_is_no_time_gives_way_to_the_next(said: Any) -> None:
    """A candidate that cannot be a time is passed over; with none left, the route's ``wrong`` decides."""
    document = {"gps": said, "at": "2024-05-01T10:00:00Z", "v": 1}
    assert attribute("v", document, observed_at=["gps", "at"])["observedAt"] == "2024-05-01T10:00:00Z"
    with pytest.raises(MappingError, match="observed_at: gps: "):
        attribute("v", document, observed_at="gps")
    route = compiled({"it": "v"}, observed_at="gps", wrong="leave-out")
    (entity,) = route.map(document, {"device": "7"}, ARRIVED)
    assert entity["it"]["observedAt"] == "2024-05-01T10:00:00Z"
    assert [one.attribute for one in route.left_out] == ["observed_at"]


@pytest.mark.parametrize(
    ("form", "said", "expected"),
    [
        ("age", 300, "2024-05-01T09:55:00Z"),
        ("age", "7200", "2024-05-01T08:00:00Z"),
        ("age", "PT5M", "2024-05-01T09:55:00Z"),
        ("age", "P1DT2H30M", "2024-04-30T07:30:00Z"),
        ("age", "PT1.5S", "2024-05-01T09:59:58.500000Z"),
        ("age", "P1W", "2024-04-24T10:00:00Z"),
        ("age", " PT0S ", "2024-05-01T10:00:00Z"),
        ("relative", "-PT2H", "2024-05-01T08:00:00Z"),
        ("relative", "-PT0,5H", "2024-05-01T09:30:00Z"),
        ("relative", 300, "2024-05-01T10:05:00Z"),
        ("relative", "-300", "2024-05-01T09:55:00Z"),
        ("epoch-us", 1714557600000000, "2024-05-01T10:00:00Z"),
        ("epoch-ns", "1714557600000000000", "2024-05-01T10:00:00Z"),
    ],
)
def test_ages_and_small_units(form: str, said: Any, expected: str) -> None:
    """An age counts back from the arrival, ``relative`` forward; micro- and nanoseconds have names."""
    times = {"from": "at", "format": form}
    assert attribute("v", {"at": said, "v": 1}, observed_at=times)["observedAt"] == expected


def test_a_negative_age_is_none() -> None:
    """A device that counts the other way is found out instead of being written into the future."""
    with pytest.raises(MappingError, match="not an age: it is negative"):
        attribute("v", {"at": -300, "v": 1}, observed_at={"from": "at", "format": "age"})


def test_an_attribute_under_a_condition() -> None:
    """``when`` of an attribute leaves it out of messages that are about something else."""
    attributes = {"a": {"from": "v", "when": "kind == 'a'"}, "b": {"from": "v", "when": "kind == 'b'"}}
    (entity,) = mapped(attributes, {"kind": "b", "v": 2})
    assert "a" not in entity
    assert entity["b"]["value"] == 2


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"from": "v", "altitude": "alt"}, "altitude goes with longitude"),
        ({"longitude": "a", "latitude": "b", "order": "lat-lon"}, "order is for a pair"),
        ({"from": "v", "from_unit": "FAH"}, "from_unit needs unit"),
    ],
)
def test_keys_that_do_not_go_together(given: dict[str, Any], says: str) -> None:
    """What could mean nothing is an error when the file is read."""
    with pytest.raises(ConfigurationError, match=says):
        compiled({"it": given})
