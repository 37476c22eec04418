"""The configuration: a short file is enough, secrets stay secret, and every fault names place and cure."""

from __future__ import annotations

from pathlib import Path

import pytest

from citycontext.bridge.config.bridge import BridgeConfig
from citycontext.configuration import UnsetVariable
from citycontext.errors import ConfigurationError

SMALL = """\
[mqtt]
url = "mqtt://localhost:1883"
password = "${MQTT_PASSWORD}"

[context_broker]
url = "http://localhost:1026"

[[route]]
topic = "sensors/{device}/up"
type = "AirQualityObserved"
id = "urn:ngsi-ld:AirQualityObserved:{device}"
observed_at = "time"
[route.attributes]
temperature = { from = "temp", unit = "CEL" }
pm10 = "pm10"
"""
ENVIRONMENT = {"MQTT_PASSWORD": "geheim"}


def load(folder: Path, text: str, environment: dict[str, str] = ENVIRONMENT) -> BridgeConfig:
    """Write a file and load it."""
    path = folder / "bridge.toml"
    path.write_text(text)
    return BridgeConfig.load(path, environment)


def test_a_route_takes_eight_lines(tmp_path: Path) -> None:
    """Everything else has a default, and the short forms mean what they seem to."""
    config = load(tmp_path, SMALL)
    route = config.route[0]
    assert (route.name, route.codec.name, route.qos) == ("sensors/{device}/up", "json", 1)
    entity = route.entity[0]
    assert [time.from_ for time in entity.observed_at] == ["time"]
    assert entity.attributes["pm10"].from_ == ("pm10",)
    assert config.journal.path == tmp_path / "bridge-journal.db"


def test_secrets_are_masked(tmp_path: Path) -> None:
    """A password from the environment is there for MQTT and nowhere to be read in a repr."""
    config = load(tmp_path, SMALL)
    password = config.mqtt[0].password
    assert password is not None
    assert password.get_secret_value() == "geheim"
    assert "geheim" not in repr(config)
    assert "geheim" not in str(config.model_dump())


def test_the_client_id_is_stable_and_not_shared(tmp_path: Path) -> None:
    """The same file gives the same session after a restart; another journal gives another."""
    first, again = load(tmp_path, SMALL), load(tmp_path, SMALL)
    other = load(tmp_path, SMALL + '[journal]\npath = "other.db"\n'.replace("[journal]", "\n[journal]"))
    assert first.client_id(first.mqtt[0]) == again.client_id(again.mqtt[0])
    assert first.client_id(first.mqtt[0]) != other.client_id(other.mqtt[0])


def test_several_mqtt_brokers_and_entities(tmp_path: Path) -> None:
    """Arrays of tables: brokers by name, several entities of one message."""
    text = """
        [[mqtt]]
        name = "town"
        url = "mqtts://town.example"
        [[mqtt]]
        name = "harbour"
        url = "ws://harbour.example/mqtt"
        [context_broker]
        url = "http://localhost:1026"
        [[route]]
        topic = ["a/{x}", "b/{x}"]
        mqtt = "harbour"
        [[route.entity]]
        type = "Device"
        id = "urn:ngsi-ld:Device:{x}"
        attributes = { batteryLevel = "bat" }
        [[route.entity]]
        type = "Room"
        id = "urn:ngsi-ld:Room:{room}"
        attributes = { temperature = "t", device = { object = "urn:ngsi-ld:Device:{x}" } }
        """
    config = load(tmp_path, text)
    assert [broker.port for broker in config.mqtt] == [8883, 80]
    assert [broker.is_encrypted for broker in config.mqtt] == [True, False]
    assert len(config.route[0].entity) == 2
    assert config.routes_of(config.mqtt[0]) == ()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("pm10 =", "pm10 = { form =", None),
        (
            '{ from = "temp", unit',
            '{ form = "temp", unit',
            'bridge.toml:14: route[0].attributes.temperature.form: the key "form" is not known. Did you mean "from"?',
        ),
        ("[mqtt]", "[mqqt]", 'bridge.toml:1: mqqt: the key "mqqt" is not known. Did you mean "mqtt"?'),
        ("type =", "tpye =", 'bridge.toml:10: route[0].tpye: the key "tpye" is not known. Did you mean "type"?'),
        ('topic = "sensors/{device}/up"\n', "", 'bridge.toml:8: route[0].topic: the key "topic" is missing.'),
        (
            "http://localhost",
            "ftp://localhost",
            "bridge.toml:6: context_broker.url: the address starts with ftp://, where http:// or https:// belongs",
        ),
        ("http://localhost:1026", "http://:1026", "context_broker.url: the address names no host"),
        ("mqtt://localhost", "mqtt://user:secret@localhost", "bridge.toml:2: mqtt.url: the address holds a user"),
        ("http://localhost:1026", "http://localhost:1026/?key=x", "context_broker.url: the address has a"),
        ("mqtt://localhost:1883", "mqtt://localhost:x", "bridge.toml:2: mqtt.url: the port is not a number"),
        ('"temp"', '"a[?"', "bridge.toml:14: route[0].attributes.temperature.from: 'a[?' is not a JMESPath"),
        ('"temp"', "5", "bridge.toml:14: route[0].attributes.temperature.from: 5 is not a path"),
        ('"time"', '{ from = "t", format = "x" }', "bridge.toml:12: route[0].observed_at: the time format 'x'"),
        ('"time"', '{ from = "t", zone = "Gent" }', "route[0].observed_at.zone: 'Gent' is not a time zone"),
        ("urn:ngsi-ld:AirQualityObserved:", "", 'id = "{device}" gives no URI'),
        ("{device}/up", "{device}/#/up", "route[0]: topic 'sensors/{device}/#/up': '#' takes all levels"),
        ('observed_at = "time"', "qos = 2", "route[0]: qos = 2 is not offered"),
        ('observed_at = "time"', 'mqtt = "harbour"', 'reads from source = "harbour"'),
        ('AirQualityObserved"\nid', 'Air Quality"\nid', "'Air Quality' is not an entity type"),
        ("pm10 =", '"1bad key" =', "'1bad key' is not an attribute name"),
        ('pm10 = "pm10"', 'pm10 = { unit = "GQ" }', "does not say where its value comes from"),
        ('pm10 = "pm10"', 'pm10 = { from = "a", value = 1 }', "has from and value"),
        ('pm10 = "pm10"', 'pm10 = { longitude = "a" }', "a point needs both longitude and latitude"),
        ('pm10 = "pm10"', 'pm10 = { from = "a", kind = "Propertie" }', "this must be 'Property'"),
        ('pm10 = "pm10"', 'pm10 = { from = "a", unit = "GQ", datatype = "text" }', "are for numbers"),
        ('pm10 = "pm10"', 'pm10 = { from = "a", from_unit = "GQ" }', "from_unit needs unit"),
        ('pm10 = "pm10"', "pm10 = { value = 1, omits_zero = true }", 'omits_zero needs from = "…" with plain names'),
        ('pm10 = "pm10"', 'pm10 = { from = "a[0]", omits_zero = true, datatype = "number" }', "with plain names"),
        ('pm10 = "pm10"', 'pm10 = { from = "a", omits_zero = true }', 'omits_zero needs datatype = "number"'),
        ('pm10 = "pm10"', 'pm10 = { from = "a", omits_zero = true, default = 1 }', "both say what a missing value"),
        ('pm10 = "pm10"', 'pm10 = { from = "a", omits_zero = true, lookup = { a = 1 } }', 'the key "0" or "false"'),
        ('observed_at = "time"', 'observed_at = "time"\ndedup = ["a[?"]', "route[0].dedup[0]: 'a[?' is not a JMESPath"),
        (
            'observed_at = "time"',
            'observed_at = "time"\ndedup = []',
            "route[0].dedup: name what tells messages apart",
        ),
        ('observed_at = "time"', 'observed_at = "time"\ndedup = { by = "a", within = "x" }', "'x' is not a duration"),
        ('observed_at = "time"', 'observed_at = "time"\noverlay = true\neach = "a"', "it does not go with each"),
        (
            'observed_at = "time"',
            'observed_at = "time"\npivot = { from = "a", name = "n", value = "v", into = "a-b" }',
            "route[0].pivot.into",
        ),
        (
            'observed_at = "time"',
            'observed_at = "time"\npivot = { from = "a", name = "n" }',
            'pivot.value: the key "value" is missing',
        ),
        ("[context_broker]", '[journal]\noverflow = "drop"\n[context_broker]', "this must be 'stop' or 'drop-oldest'"),
        ("[context_broker]", '[journal]\nmax_age = "5s"\n[context_broker]', "max_age is 5 s; give at least 60s"),
        ("[context_broker]", '[log]\nformat = "xml"\n[context_broker]', "log.format: this must be 'text' or 'json'"),
        ("[context_broker]", '[context_broker]\ncorrelation_header = "X: y"', "context_broker.correlation_header"),
        ("[context_broker]", '[journal]\nmax_size = "lots"\n[context_broker]', "'lots' is not a size"),
        (
            "[context_broker]",
            "[delivery]\nmax_rate = 0\n[context_broker]",
            "delivery.max_rate: input should be greater",
        ),
        ("[context_broker]", '[delivery]\nlate = "keep"\n[context_broker]', "be 'pass', 'drop' or 'temporal'"),
        ("[context_broker]", '[delivery]\nlinger = "soon"\n[context_broker]', "'soon' is not a duration"),
        ("[context_broker]", "[delivery]\nlinger = -1\n[context_broker]", "a duration cannot be negative, but is -1"),
        (
            "[context_broker]",
            '[delivery]\nmode = "history"\n[context_broker]',
            "delivery.mode: this must be 'entities', 'temporal' or 'both'",
        ),
        ('observed_at = "time"', 'mode = "now"', "bridge.toml:12: route[0].mode: this must be 'entities'"),
        (
            "[context_broker]",
            '[dead_letters]\nmax_size = "big"\n[context_broker]',
            "dead_letters.max_size: 'big' is no",
        ),
        ('observed_at = "time"', "qos = 3", "route[0]: qos is 3; it is 0 or 1"),
        (
            "http://localhost",
            "localhost",
            "bridge.toml:6: context_broker.url: the address lacks its beginning; write http://",
        ),
        (
            'url = "http://localhost:1026"',
            'url = "http://c"\ntoken = "t"\noauth2 = { token_url = "http://t", client_id = "i", client_secret = "s" }',
            "context_broker: token and oauth2 are two ways to authenticate; give one",
        ),
        ('topic = "sensors/{device}/up"', 'topic = ""', "route[0]: a topic cannot be empty"),
        (
            "sensors/{device}/up",
            "sensors-+/{device}/up",
            "level 'sensors-+' mixes text with a wildcard",
        ),
        ('topic = "sensors/{device}/up"', 'topic = ["a/{device}", "a/{x}"]', "'a/{x}' captures other names than"),
        ('"temp"', f'"{"a" * 3000}"', "temperature.from: the path is 3000 characters long"),
    ],
)
def test_each_fault_names_place_and_cure(tmp_path: Path, old: str, new: str, expected: str | None) -> None:
    """File and line, key path, what is wrong, what to do."""
    assert old in SMALL
    with pytest.raises(ConfigurationError) as caught:
        load(tmp_path, SMALL.replace(old, new, 1))
    if expected is None:
        assert "this is not TOML" in str(caught.value)
    else:
        assert expected in str(caught.value)
    assert all("bridge.toml" in line for line in str(caught.value).splitlines())
    assert "geheim" not in str(caught.value)


def test_a_variable_that_is_not_set_is_named(tmp_path: Path) -> None:
    """The error says which variable, where, and how to write the text itself."""
    with pytest.raises(ConfigurationError, match=r"bridge.toml:3: mqtt.password: .*MQTT_PASSWORD is not set.*\$\$"):
        load(tmp_path, SMALL, {})
    assert "$${" not in SMALL
    escaped = load(tmp_path, SMALL.replace("${MQTT", "$${MQTT"), {}).mqtt[0].password
    assert escaped is not None
    assert escaped.get_secret_value() == "${MQTT_PASSWORD}"


def test_what_is_not_set_may_be_stood_in_for(tmp_path: Path) -> None:
    """By something that fits an address, a number, a duration, a part of a text; and it is said where and what."""
    given = """
        [mqtt]
        url = "${MQTT_URL}"
        password = "${PASSWORD}"
        keepalive = "${KEEPALIVE}"
        [context_broker]
        url = "http://${HOST}:${PORT}"
        [delivery]
        batch_size = "${SIZE}"
        [[route]]
        topic = "t/{x}"
        type = "T"
        id = "urn:x:${CITY}:{x}"
        attributes.v = "v"
        """
    (tmp_path / "bridge.toml").write_text(given)
    unset: list[UnsetVariable] = []
    BridgeConfig.load(tmp_path / "bridge.toml", {"CITY": "gent"}, unset=unset)
    assert [(one.key, one.name) for one in unset] == [
        ("mqtt.url", "MQTT_URL"),
        ("mqtt.password", "PASSWORD"),
        ("mqtt.keepalive", "KEEPALIVE"),
        ("context_broker.url", "HOST"),
        ("context_broker.url", "PORT"),
        ("delivery.batch_size", "SIZE"),
    ]
    (tmp_path / "bridge.toml").write_text(given.replace("topic =", "tpoic ="))
    with pytest.raises(ConfigurationError, match="tpoic"):
        BridgeConfig.load(tmp_path / "bridge.toml", {}, unset=[])
    (tmp_path / "bridge.toml").write_text(given.replace("[delivery]", '[delivery]\nmode = "${MODE}"'))
    with pytest.raises(ConfigurationError, match=r"delivery.mode: this must be 'entities', 'temporal' or 'both'"):
        BridgeConfig.load(tmp_path / "bridge.toml", {}, unset=[])


def test_a_missing_file_is_said_so(tmp_path: Path) -> None:
    """No traceback of the file system."""
    with pytest.raises(ConfigurationError, match="there is no such file"):
        BridgeConfig.load(tmp_path / "none.toml")


def test_two_routes_of_one_name_are_refused(tmp_path: Path) -> None:
    """Counts and dead letters tell routes apart by their names."""
    again = SMALL[SMALL.index("[[route]]") :]
    with pytest.raises(ConfigurationError, match=r'two routes are named "sensors/{device}/up"'):
        load(tmp_path, SMALL + again)
