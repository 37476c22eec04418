"""A first configuration out of messages: what it says, that it works, and how often it is right."""

from __future__ import annotations

import importlib.util
import json
import tomllib
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from citycontext.bridge import BridgeConfig
from citycontext.bridge.drafting.device_list import device_table
from citycontext.bridge.drafting.draft import Draft, NothingHeard, draft
from citycontext.bridge.drafting.files import add_into, write_files
from citycontext.bridge.drafting.heard import read_messages
from citycontext.bridge.drafting.topic_groups import pattern_of
from citycontext.bridge.message import Message
from citycontext.bridge.rehearsal.rehearsal import Rehearsal, load_cases, run_cases

ARRIVED = 1714557605.0
BENCHMARKS = Path(__file__).parents[3] / "benchmarks"


def heard(*messages: tuple[str, Any]) -> list[Message]:
    """Make messages of topics and payloads."""
    return [
        Message(topic, given if isinstance(given, bytes) else json.dumps(given).encode(), ARRIVED + number)
        for number, (topic, given) in enumerate(messages)
    ]


def bins() -> list[Message]:
    """Return what three waste containers send."""
    return heard(
        *(
            (f"waste/bins/{number}", {"fillLevel": level, "ts": 1714557600, "lat": 51.05, "lon": 3.72, "batt_pct": 90})
            for number, level in ((17, 12), (18, 64), (19, 88))
        )
    )


def only_route(made: Draft) -> dict[str, Any]:
    """Return the one route of a draft, as TOML reads it."""
    routes = tomllib.loads(made.text)["route"]
    assert len(routes) == 1
    return dict(routes[0])


def test_a_draft_says_model_id_time_position_and_scale() -> None:
    """Three bins become one route: a place for the bin, attributes of the model, guesses as comments."""
    made = draft(bins())
    route = only_route(made)
    entity = route["entity"][0]
    assert route["topic"] == "waste/bins/{bin}"
    assert (entity["type"], entity["id"]) == ("WasteContainer", "urn:ngsi-ld:WasteContainer:{bin}")
    assert entity["observed_at"] == "ts"
    assert entity["attributes"]["fillingLevel"] == {"from": "fillLevel", "scale": 0.01}
    assert entity["attributes"]["location"] == {"longitude": "lon", "latitude": "lat"}
    assert "# guessed, confirm: a percentage" in made.text
    assert "1 route, 100 % of 3 messages mapped" in made.summary()


def test_the_state_of_the_device_is_a_device_of_its_own() -> None:
    """Battery and signal go to a Device, and the entity leads to it."""
    entities = only_route(draft(bins()))["entity"]
    assert entities[1]["type"] == "Device"
    assert "batteryLevel" in entities[1]["attributes"]
    assert entities[0]["attributes"]["refDevice"] == {"object": "urn:ngsi-ld:Device:{bin}"}


def test_a_unit_that_is_only_guessed_is_no_fact() -> None:
    """A temperature without unit gets no unit key, but a comment that proposes one."""
    made = draft(heard(("weather/roof", {"temperature": 14.2, "pressure_hpa": 1013.2, "time": "2024-05-01T10:00:00Z"})))
    attributes = only_route(made)["attributes"]
    assert attributes["temperature"] == "temperature"
    assert attributes["atmosphericPressure"] == {"from": "pressure_hpa", "unit": "A97"}
    assert 'guessed, confirm: unit = "CEL"' in made.text


def test_a_unit_that_a_message_says_is_a_fact() -> None:
    """A unit beside the value is written, and converted where the model has another."""
    made = draft(
        heard(("weather/roof", {"wind_speed": {"value": 18.0, "unit": "km/h"}, "rain": {"value": 1, "unit": "mm"}}))
    )
    assert only_route(made)["attributes"]["windSpeed"]["unit"] == "KMH"


def test_the_zone_of_a_time_is_found_by_the_arrival() -> None:
    """A local time two hours ahead of an arrival in May is of Brussels; one equal to it is UTC."""
    local = draft(heard(("weather/roof", {"temperature": 14.2, "time": "2024-05-01 12:00:01"})))
    assert only_route(local)["observed_at"] == {"from": "time", "zone": "Europe/Brussels"}
    world = draft(heard(("weather/roof", {"temperature": 14.2, "time": "2024-05-01 10:00:01"})))
    assert only_route(world)["observed_at"] == {"from": "time", "zone": "UTC"}


def test_values_on_topics_of_their_own_are_one_entity() -> None:
    """A topic for each value becomes a pivot by the last level."""
    made = draft(
        heard(
            ("inverter/roof/grid_voltage", b"229.5"),
            ("inverter/roof/power", b"1210"),
            ("inverter/roof/grid_frequency", b"50.01"),
        )
    )
    route = only_route(made)
    assert route["topic"] == "inverter/{device}/{quantity}"
    assert route["pivot"] == {"from": "[@]", "name": "captured.quantity", "value": "value"}


def test_two_shapes_on_one_topic_are_two_routes() -> None:
    """Messages with other members than those before get a route of their own."""
    made = draft(
        heard(
            *((f"site/{n}", {"temperature": 14.2, "humidity": 61, "time": 1714557600}) for n in (1, 2)),
            ("site/3", {"people_in": 4, "people_out": 2}),
        )
    )
    assert sorted(one.type for one in made.routes)[0] == "CrowdFlowObserved"
    assert len(made.routes) == 2


def test_devices_of_several_kinds_in_one_application_are_told_apart() -> None:
    """Uplinks of bins and of climate sensors on the same topics become two routes, each with its condition."""

    def uplink(device: str, values: dict[str, Any]) -> tuple[str, Any]:
        ids = {"device_id": device, "dev_eui": f"70B3D57ED00000{device[-2:]}"}
        up = {"f_port": 1, "decoded_payload": values, "received_at": "2024-05-01T10:00:00Z"}
        return f"v3/city@ttn/devices/{device}/up", {"end_device_ids": ids, "uplink_message": up}

    made = draft(
        heard(
            uplink("bin-01", {"fill_level": 40, "temperature": 12.0, "battery": 90}),
            uplink("room-02", {"co2": 612, "temperature": 21.0, "humidity": 44, "battery": 90}),
            uplink("bin-03", {"fill_level": 70, "temperature": 11.0, "battery": 91}),
            uplink("room-04", {"co2": 502, "temperature": 20.0, "humidity": 41, "battery": 99}),
        )
    )
    assert {one.type: one.when for one in made.routes} == {
        "WasteContainer": "values.fill_level != `null`",
        "IndoorEnvironmentObserved": "values.co2 != `null`",
    }
    assert made.mapped == 4
    assert not made.dead


def test_announced_entities_are_read_with_their_states() -> None:
    """Home Assistant discovery and the states it names become one route that takes both."""
    config = {
        "stat_t": "ble/a1",
        "uniq_id": "a1-t",
        "name": "Temperature",
        "unit_of_meas": "°C",
        "dev_cla": "temperature",
    }
    config["val_tpl"] = "{{ value_json.t }}"
    made = draft(heard(("homeassistant/sensor/a1/config", config), ("ble/a1", {"t": 21.5})))
    assert [one.codec.name for one in made.routes] == ["home-assistant"]
    assert made.routes[0].topics == ["homeassistant/#", "ble/#"]
    assert made.mapped == 1


def test_bytes_in_an_uplink_are_tried_as_cayenne_lpp() -> None:
    """Uplinks without decoded values get the decoder that reads all of them."""
    made = draft(heard(("loriot/7", {"cmd": "rx", "EUI": "70B3D57ED0000005", "ts": 1714557600000, "data": "016700d7"})))
    assert only_route(made)["codec"] == {"name": "loriot", "decoder": "cayenne-lpp"}


@pytest.mark.parametrize(
    ("messages", "said"),
    [
        ([], "no message was heard"),
        (heard(("$SYS/broker/uptime", b"12")), r"only the MQTT broker's own \$SYS topics"),
        (heard(("x/y", b"\xff\xfe\x00\x91\xfe")), "none of 1 messages could be read"),
    ],
)
def test_what_gives_no_draft_is_said(messages: list[Message], said: str) -> None:
    """Silence, $SYS and bytes that no codec reads are told apart, in words."""
    with pytest.raises(NothingHeard, match=said):
        draft(messages)


def test_the_cases_of_a_draft_pass(tmp_path: Path) -> None:
    """The real messages that are written as cases come out of the written file as they say."""
    config, cases, _ = write_files(draft(bins()), tmp_path / "bridge.toml")
    results = run_cases(BridgeConfig.load(config), load_cases(cases))
    assert [one.differences for one in results] == [[]]


def test_routes_are_added_to_a_file_whose_text_stays(tmp_path: Path) -> None:
    """What stands in the file is kept byte by byte, and only topics that no route takes are added."""
    path, *_ = write_files(draft(bins()), tmp_path / "bridge.toml")
    path.write_text(path.read_text() + "\n# my own words\n")
    before = path.read_text()
    more = [*bins(), *heard(("noise/kouter", {"laeq": 61.2, "time": "2024-05-01T10:00:00Z"}))]
    made = draft(more, apart=BridgeConfig.load(path))
    add_into(made, path)
    assert path.read_text().startswith(before.rstrip("\n"))
    assert [one.entity[0].type for one in BridgeConfig.load(path).route] == ["WasteContainer", "NoiseLevelObserved"]
    with pytest.raises(NothingHeard, match="beside those of routes"):
        draft(more, apart=BridgeConfig.load(path))


def test_a_list_of_devices_says_where_they_stand(tmp_path: Path) -> None:
    """Name and position come from the list where messages have none."""
    (tmp_path / "devices.csv").write_text("dev_eui;name;lat;lon\n70B3D57ED0000001;Kouter;51,05;3,72\n")
    uplink = {
        "end_device_ids": {"device_id": "a", "dev_eui": "70B3D57ED0000001"},
        "uplink_message": {"f_port": 1, "decoded_payload": {"laeq": 61.2}, "received_at": "2024-05-01T10:00:00Z"},
    }
    made = draft(
        heard(("v3/noise@ttn/devices/a/up", uplink)),
        devices=device_table(tmp_path / "devices.csv", tmp_path),
        folder=tmp_path,
    )
    assert tomllib.loads(made.text)["devices"] == {"file": "devices.csv", "key": "dev_eui"}
    assert made.mapped == 1
    attributes = only_route(made)["attributes"]
    assert attributes["location"]["longitude"] == "registry.lon"
    assert 'location = { type = "Point"' not in made.cases


def test_samples_of_all_forms_are_read(tmp_path: Path) -> None:
    """A document, a document a line, a list, a recording and a payload of text are messages."""
    for text, count in (
        ('{"t": 1}', 1),
        ('{"t": 1}\n{"t": 2}\n', 2),
        ('[{"t": 1}, {"t": 2}]', 1),
        ('{"topic": "a/b", "payload": "1"}\n{"topic": "a/c", "payload": "2"}\n', 2),
        ("t=1;h=2\n", 1),
    ):
        (tmp_path / "x.json").write_text(text)
        assert len(read_messages(tmp_path / "x.json")) == count


def test_a_recording_is_one_however_it_lies(tmp_path: Path) -> None:
    """As a list, over several lines, behind an empty line, of bytes; its times of arrival are kept; silence is read."""
    one = {"topic": "a/b", "payload_base64": "gwEC", "arrived": "2024-05-01T10:00:00Z"}
    for text in (json.dumps([one]), json.dumps(one, indent=2), f"\n{json.dumps(one)}\n"):
        (tmp_path / "x.json").write_text(text)
        (message,) = read_messages(tmp_path / "x.json")
        assert (message.topic, message.payload, message.arrived) == ("a/b", b"\x83\x01\x02", 1714557600)
    (tmp_path / "x.json").write_text("\n")
    assert read_messages(tmp_path / "x.json") == []


@pytest.mark.parametrize(
    ("topics", "pattern"),
    [
        (["a/1/up", "a/2/up"], "a/{device}/up"),
        (["sensors/x/state"], "sensors/{sensor}/state"),
        (["application/7/device/24e124710b123456/event/up"], "application/7/device/{eui}/event/up"),
        (["weather"], "weather"),
    ],
)
def test_topics_get_a_pattern(topics: list[str], pattern: str) -> None:
    """Levels of many values and those that are identifiers become places, named by the level before."""
    assert pattern_of(topics)[0] == pattern


def attributes_of(topic: str, payload: Any) -> dict[str, Any]:
    """Return the attributes of all entities of the route that one message gives."""
    route = only_route(draft(heard((topic, payload))))
    return {name: keys for one in route.get("entity", [route]) for name, keys in one["attributes"].items()}


def test_an_extreme_is_not_the_value() -> None:
    """A minimum, a goal or an alarm limit is not taken for what is measured now, wherever it stands."""
    given = {"temp_min": 4.1, "temperature": 12.5, "temp_max": 19.0, "temp_setpoint": 20.0}
    assert attributes_of("weather/roof", given)["temperature"] == "temperature"
    assert "temperature" not in attributes_of("weather/roof", {"temp_max": 19.0, "humidity": 61, "wind_speed": 3.1})


def test_volts_are_not_a_percentage_of_battery() -> None:
    """Of volts and per cent in one object, the battery level is the per cent; volts alone give none."""
    battery = {"V": 5.3, "percent": 78}
    found = attributes_of("office/1", {"co2": 612, "temperature": 21.0, "battery": battery})
    assert found["batteryLevel"]["from"] == "battery.percent"
    assert "batteryLevel" not in attributes_of("office/1", {"co2": 612, "temperature": 21.0, "battery": {"V": 5.3}})


def test_the_name_of_a_value_is_not_the_name_of_the_thing() -> None:
    """What stands beside a value as its display name is neither the entity's name nor a word for its kind."""
    reading = {"displayName": "Battery voltage", "unit": "V", "value": 2.98}
    found = attributes_of("leie/peil/7", {"battery_voltage": reading, "water_level": {"unit": "cm", "value": 143}})
    assert "name" not in found
    assert found["waterLevel"]["from"] == "water_level.value"


def test_a_reading_that_names_itself_is_a_pivot() -> None:
    """A message of one value with its name beside it becomes values by name."""
    route = only_route(draft(heard(("meshlium/SCP1", {"sensor": "NOISE", "value": "58.2"}))))
    assert (route["type"], route["pivot"]["name"]) == ("NoiseLevelObserved", "sensor")
    assert route["attributes"]["LAeq"]["from"] == "values.NOISE"


def test_a_list_of_readings_inside_a_list_is_a_pivot() -> None:
    """Sampled values of a charge point, two lists deep, are read by their measurand."""
    sampled = [
        {"value": "7360", "measurand": "Power.Active.Import", "unit": "W"},
        {"value": "231.1", "measurand": "Voltage", "unit": "V"},
    ]
    given = {"connectorId": 1, "meterValue": [{"timestamp": "2024-05-01T10:00:00Z", "sampledValue": sampled}]}
    made = draft(heard(("ocpp/CP-12/MeterValues", given)))
    route = only_route(made)
    assert route["pivot"] == {"from": "meterValue[0].sampledValue", "name": "measurand", "value": "value"}
    assert made.mapped == 1
    assert not made.findings


def test_the_end_of_a_topic_says_what_a_lone_value_is() -> None:
    """A value alone, as text or in an object, is named by the topic's last levels."""
    assert "totalActivePower" in attributes_of("shellies/shellyem3-a4cf12/emeter/0/power", b"231.4")
    assert "totalActivePower" in attributes_of("N/c0619ab1/solarcharger/279/Yield/Power", {"value": 412.3})


def test_a_date_and_a_clock_beside_it_are_one_time() -> None:
    """A day and a time of day in two members are joined, and midnight is not written."""
    messages = heard(("weer/dak", {"datum": "01/05/2024", "tijd": "11:55", "temperatuur": 12.5}))
    made = draft(messages)
    written = only_route(made)["observed_at"]
    assert written == {"from": "join(' ', [datum, tijd])", "format": "%d/%m/%Y %H:%M", "zone": "Europe/Brussels"}
    (result,) = Rehearsal(BridgeConfig.from_dict(tomllib.loads(made.text))).results(messages)
    assert result.entities[0]["temperature"]["observedAt"] == "2024-05-01T09:55:00Z"


def test_two_numbers_are_a_place_in_europe_in_one_order() -> None:
    """A list of two numbers gets the order in which it lies in Europe, marked as a guess."""
    for given, order in (([3.72, 51.05], "lon-lat"), ([51.05, 3.72], "lat-lon")):
        made = draft(heard(("weather/roof", {"temperature": 12.5, "location": given})))
        assert only_route(made)["attributes"]["location"]["order"] == order
        assert "guessed, confirm" in made.text


def test_several_values_of_one_meaning_are_a_guess() -> None:
    """Of counts by class one is proposed, and that the others mean the same is said to be confirmed."""
    made = draft(heard(("verkeer/telraam/9", {"date": "2024-05-01T10:00:00Z", "heavy": 4, "car": 121, "bike": 88})))
    assert "guessed, confirm: one of several that mean the same: bike, car too" in made.text


def test_a_line_without_names_of_columns_is_csv() -> None:
    """Numbers between commas get columns of names to be changed, and the first is the time."""
    made = draft(heard(("station/rain/3", b"1714557600,12.4,81.0,0.2")))
    route = only_route(made)
    assert route["codec"]["columns"] == ["column1", "column2", "column3", "column4"]
    assert (route["observed_at"], made.mapped) == ("column1", 1)


def test_an_attribute_of_whole_numbers_takes_no_others() -> None:
    """A draft has no dead letters for decimals where the model wants whole numbers."""
    made = draft(heard(("eau/compteur/C44", {"index_m3": 412.331, "horodatage": "2024-05-01T10:00:00Z"})))
    assert (made.mapped, dict(made.dead)) == (1, {})


def test_lux_is_not_a_share_of_light() -> None:
    """A number beyond a percentage is not taken for an attribute of the model that goes from 0 to 1."""
    assert "illuminanceLevel" not in attributes_of("lighting/pole/L-1", {"lightlevel": 1203, "power": 41.0})


def benchmark() -> ModuleType:
    """Load the benchmark beside the package."""
    spec = importlib.util.spec_from_file_location("benchmark_of_drafts", BENCHMARKS / "draft.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("half", ["tuned", "fresh", "second", "third", "fourth"])
def test_documented_payloads_are_drafted_as_they_should_be(half: str) -> None:
    """Models, codecs, times and positions are as often right as they should be, and no wrong unit is a fact."""
    module = benchmark()
    cases = [one for one in module.load(BENCHMARKS / "draft_payloads.jsonl") if one["set"] == half]
    right: Counter[str] = Counter()
    of: Counter[str] = Counter()
    for case in cases:
        for what, verdict in module.judge(case).items():
            if verdict is not None:
                of[what] += 1
                right[what] += verdict
    assert len(cases) >= 30
    assert right["three"] >= 0.9 * of["three"]
    assert of["codec"] - right["codec"] <= 1
    assert right["time"] + right["position"] >= 0.95 * (of["time"] + of["position"])
    assert right["units"] == of["units"]
