"""What is guessed of columns: model, attributes, units, time, position, id and name."""

from __future__ import annotations

from typing import Any

import pytest

from citycontext.tables.guesses import Column, Guess, columns_of, guess


def of(words: str, **columns: Any) -> Guess:
    """Guess from columns with one value or several."""
    return guess({name: one if isinstance(one, list) else [one] for name, one in columns.items()}, words.split())


def attributes(found: Guess) -> dict[str, str]:
    """Return source column by attribute of the likeliest model."""
    return {one.attribute.wire_name: one.column.name for one in found.matches(found.models[0].model)}


@pytest.mark.parametrize(
    ("words", "columns", "type_name"),
    [
        ("containers glasbol-3", {"distance_mm": [300, 900], "battery": [96, 95]}, "WasteContainer"),
        ("lamp 12", {"dim": [80, 0], "power": [35.2, 1.0]}, "Streetlight"),
        ("ev charger", {"status": "Charging", "power_kw": 7.2}, "EVChargingStation"),
        ("riool overstort", {"niveau_cm": [12, 90]}, "WasteWaterJunction"),
        ("watermeter", {"stand_m3": [12.3, 12.4]}, "WaterConsumptionObserved"),
        ("qualite de l air", {"particules_10": 12.0, "pm25": 4.0}, "AirQualityObserved"),
        ("geluid kouter", {"laeq": 61.2}, "NoiseLevelObserved"),
        ("passanten veldstraat", {"in": 12, "uit": 9}, "CrowdFlowObserved"),
        ("fietstelpaal coupure", {"aantal": 12}, "TrafficFlowObserved"),
        ("peilbuis", {"grondwaterstand": -1.2}, "PhreaticObserved"),
    ],
)
def test_the_model_is_found_by_words_and_quantities(words: str, columns: dict[str, Any], type_name: str) -> None:
    """Words of topics and names of members, English, Dutch and French, put the right model first."""
    assert of(words, **columns).models[0].model.type == type_name


def test_a_dutch_weather_station_is_mapped_whole() -> None:
    """Each Dutch column finds its attribute, percentages their scale, and the time is not an attribute."""
    found = of(
        "weer",
        tijd="2024-05-01 10:00:00",
        temperatuur=12.3,
        luchtvochtigheid=81,
        windsnelheid=4.3,
        windrichting=210,
        luchtdruk=1012.2,
    )
    assert found.models[0].model.type == "WeatherObserved"
    assert found.time is not None
    assert (found.time.column.name, found.time.has_zone) == ("tijd", False)
    assert attributes(found) == {
        "temperature": "temperatuur",
        "relativeHumidity": "luchtvochtigheid",
        "windSpeed": "windsnelheid",
        "windDirection": "windrichting",
        "atmosphericPressure": "luchtdruk",
    }
    humidity = next(one for one in found.matches(found.models[0].model) if one.column.name == "luchtvochtigheid")
    assert humidity.scale == 0.01


@pytest.mark.parametrize(
    ("name", "value", "code", "is_said"),
    [
        ("temperature", 21.3, "CEL", False),
        ("temperature (°C)", 21.3, "CEL", True),
        ("temp_f", 71.3, "FAH", True),
        ("tempf", 71.3, "FAH", True),
        ("pressure_hpa", 1013.0, "A97", True),
        ("temperature", "21.5 °C", "CEL", True),
        ("power_kw", 7.2, "KWT", True),
        ("wind_speed", 4.2, "MTS", False),
        ("geluid [dB(A)]", 55.0, "2N", True),
    ],
)
def test_a_unit_said_is_told_from_one_guessed(name: str, value: Any, code: str, is_said: bool) -> None:
    """A unit in a name or behind a number is said; one that only the size of numbers points to is guessed."""
    found = guess({name: [value]}, ["weather"] if "wind" in name or "temp" in name else ["energy", "power"])
    match = [one for candidate in found.models for one in found.matches(candidate.model) if one.column.name == name]
    unit = match[0].unit if match else None
    assert unit is not None
    assert (unit.code, unit.is_said) == (code, is_said)


def test_a_unit_that_cannot_be_is_not_taken_from_a_name() -> None:
    """The ending of ``temperature_a`` is not an ampere, that of ``wind_ms`` no millisecond."""
    found = of("weather", temperature_a=21.0, wind_speed_ms=3.0)
    units = {one.column.name: one.unit for one in found.matches(found.models[0].model)}
    assert units["temperature_a"] is not None
    assert not units["temperature_a"].is_said
    assert units["wind_speed_ms"] is not None
    assert (units["wind_speed_ms"].code, units["wind_speed_ms"].is_said) == ("MTS", True)


@pytest.mark.parametrize(
    ("columns", "kind", "order"),
    [
        ({"lat": 51.05, "lon": 3.72}, "pair", None),
        ({"breedtegraad": "51,05", "lengtegraad": "3,72"}, "pair", None),
        ({"location": {"type": "Point", "coordinates": [3.72, 51.05]}}, "geojson", None),
        ({"positie": "51.05,3.72"}, "text", None),
        ({"coordinates": [[103.8, 1.3]]}, "list", "lon-lat"),
        ({"x": 104_500, "y": 193_800}, "lambert72", None),
        ({"wkt": "POINT (3.72 51.05)"}, "wkt", "lon-lat"),
    ],
)
def test_positions_are_found(columns: dict[str, Any], kind: str, order: str | None) -> None:
    """Pairs by name and range, GeoJSON, texts and lists are positions; the order only where numbers say it."""
    found = of("place", **columns).position
    assert found is not None
    assert (found.kind, found.order) == (kind, order)


def test_an_area_tells_the_order_of_a_pair() -> None:
    """Where positions are expected, a text of two numbers has one order only."""
    found = guess({"pos": ["51.05,3.72"]}, area=(2.5, 49.4, 6.5, 51.6)).position
    assert found is not None
    assert found.order == "lat-lon"


def test_axes_of_an_accelerometer_are_no_position() -> None:
    """x, y beside z are accelerations."""
    assert of("brug", x=12.0, y=4.0, z=981.0).position is None


@pytest.mark.parametrize(
    ("columns", "name", "form"),
    [
        ({"ts": 1714557600}, "ts", "epoch"),
        ({"timestamp": 1714557600123}, "timestamp", "epoch-ms"),
        ({"meettijd": "01/05/2024 10:00"}, "meettijd", "%d/%m/%Y %H:%M"),
        ({"installed": "2020-01-01", "observed_at": "2024-05-01T10:00:00Z"}, "observed_at", "auto"),
        ({"count": 1714, "time": "2024-05-01T10:00:00Z"}, "time", "auto"),
    ],
)
def test_times_are_found(columns: dict[str, Any], name: str, form: str) -> None:
    """The time of observation goes before other times, and its form is told."""
    found = of("", **columns).time
    assert found is not None
    assert (found.column.name, found.format) == (name, form)


@pytest.mark.parametrize(
    ("words", "columns", "taken"),
    [
        (
            "purpleair",
            {"pm10_0_atm": 18.1, "pm2_5_atm": 12.3, "pm1_0_atm": 8.0},
            {"pm10": "pm10_0_atm", "pm1": "pm1_0_atm"},
        ),
        (
            "weather",
            {"humidityin": 45, "tempin_c": 21.5, "humidity": 78, "temp_c": 12},
            {"relativeHumidity": "humidity"},
        ),
        ("weather davis", {"bar_sea_level": 1013.2, "temp": 12.0}, {"atmosphericPressure": "bar_sea_level"}),
        ("geluid kouter", {"LAeq": 58.3, "LA90": 49.0}, {"LAeq": "LAeq", "LAS": None}),
        ("streetlight L12", {"illuminanceLevel": 0.7, "lampHours": 12045}, {"status": None}),
        (
            "tele attic",
            {"BME680.Temperature": 24.2, "BME680.Humidity": 44.1, "BME680.Gas": 120.3},
            {"totalConsumption": None},
        ),
    ],
)
def test_a_name_is_not_taken_for_another_value(
    words: str, columns: dict[str, Any], taken: dict[str, str | None]
) -> None:
    """Sizes of particles, indoors and outdoors, percentiles, hours and gas resistance are told apart."""
    found = attributes(of(words, **columns))
    assert {name: found.get(name) for name in taken} == taken


def test_a_table_of_car_parks_is_known() -> None:
    """A Dutch spreadsheet of car parks gives id, name, position, model and attributes."""
    rows = [
        {"Nr": "P01", "Naam": "Reep", "Capaciteit": "648", "Vrije plaatsen": "20", "lat": "51,057", "lon": "3,726"},
        {"Nr": "P02", "Naam": "Kouter", "Capaciteit": "44", "Vrije plaatsen": "12", "lat": "51,054", "lon": "3,727"},
    ]
    found = guess(columns_of(rows), ["parkeergarages.xlsx"], unique=True)
    assert found.models[0].model.type == "OffStreetParking"
    assert found.id is not None
    assert found.name is not None
    assert (found.id.column.name, found.name.column.name) == ("Nr", "Naam")
    assert attributes(found) == {"totalSpotNumber": "Capaciteit", "availableSpotNumber": "Vrije plaatsen"}
    assert found.position is not None
    assert found.position.kind == "pair"


def test_what_values_mean_among_those_of_a_model_is_proposed() -> None:
    """``occupied = true`` of a parking sensor becomes the status that the model lists."""
    found = of("parking bay7", occupied=[True, False])
    match = found.matches(found.models[0].model)[0]
    assert (match.attribute.wire_name, match.lookup) == ("status", {"true": "occupied", "false": "free"})


def test_values_that_mean_nothing_are_told() -> None:
    """-999 among temperatures is not a temperature."""
    assert Column("t", (21.5, 20.9, -999, 22.0)).sentinels == (-999.0,)


def test_three_phases_are_told_from_one() -> None:
    """A meter of three phases is a ThreePhaseAcMeasurement."""
    found = of("meter", a_voltage=230.1, b_voltage=231.0, c_voltage=229.5, a_current=1.2, b_current=1.0, c_current=0.2)
    assert found.models[0].model.type == "ThreePhaseAcMeasurement"


def test_nothing_known_gives_no_model() -> None:
    """Columns without meaning and without words are ranked behind nothing that speaks for a model."""
    found = of("", xyzzy="plugh")
    assert all(candidate.score < 0.5 for candidate in found.models)
