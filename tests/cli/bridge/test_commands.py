"""``citycontext bridge run`` and ``check``, without any broker."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

CONFIGURATION = """
[mqtt]
url = "mqtt://127.0.0.1:1"
connect_timeout = "2s"

[context_broker]
url = "http://127.0.0.1:2"

[[route]]
name = "air"
topic = "air/{sensor}"
type = "AirQualityObserved"
id = "urn:ngsi-ld:AirQualityObserved:{sensor}"

[route.attributes]
pm10 = { from = "pm10", unit = "GQ" }
"""


def test_check_lists_the_routes(command, tmp_path: Path) -> None:
    """A good configuration is called good, and each route says what becomes of its messages."""
    (tmp_path / "bridge.toml").write_text(CONFIGURATION)
    ended = command("bridge", "check", "bridge.toml")
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines() == [
        "air: air/{sensor}",
        "  -> AirQualityObserved: pm10",
        'note route "air".observed_at: no observed_at: the time of arrival is taken; a message kept while a broker was '
        "away looks newer",
        "bridge.toml is good.",
    ]


def test_check_finds_a_misspelt_attribute(command, tmp_path: Path) -> None:
    """A name that the model does not have is a warning that suggests the right one; --strict makes it a failure."""
    (tmp_path / "bridge.toml").write_text(CONFIGURATION.replace("pm10 =", "temperatur ="))
    ended = command("bridge", "check", "bridge.toml")
    assert ended.returncode == 0, ended.stderr
    (warning,) = (line for line in ended.stdout.splitlines() if line.startswith("warning"))
    assert warning.startswith('warning route "air".attributes.temperatur: AirQualityObserved has no attribute')
    assert 'Did you mean "temperature"?' in warning
    verdict = "bridge.toml: 0 errors, 1 warning. The bridge would run, but is this what is meant?"
    assert ended.stdout.splitlines()[-2:] == [warning, verdict], "said last, where it is seen"
    assert command("bridge", "check", "--strict", "bridge.toml").returncode == 1


def test_check_answers_no_where_a_route_cannot_work(command, tmp_path: Path) -> None:
    """A unit that does not exist is an error, and errors are exit code 1."""
    (tmp_path / "bridge.toml").write_text(CONFIGURATION.replace('"GQ"', '"XYZ9"'))
    ended = command("bridge", "check", "bridge.toml")
    assert ended.returncode == 1
    assert 'error route "air".attributes.pm10.unit: ' in ended.stdout
    assert "XYZ9" in ended.stdout


def test_check_lists_the_commands(command, tmp_path: Path) -> None:
    """What goes to devices is shown below what comes from them."""
    (tmp_path / "bridge.toml").write_text(f"""{CONFIGURATION}
[[command]]
type = "AirQualityObserved"
id = "urn:ngsi-ld:AirQualityObserved:{{sensor}}"
attribute = "restart"
topic = "air/{{sensor}}/restart"
""")
    ended = command("bridge", "check", "bridge.toml")
    assert ended.returncode == 0, ended.stderr
    assert "AirQualityObserved.restart: AirQualityObserved restart -> air/{sensor}/restart" in ended.stdout
    (shown,) = json.loads(command("bridge", "check", "bridge.toml", "-o", "json").stdout)["commands"]
    assert shown["topic"] == "air/{sensor}/restart"


def test_check_speaks_json(command, tmp_path: Path) -> None:
    """For other programs: routes, findings, and the verdict that the exit code gives."""
    (tmp_path / "bridge.toml").write_text(
        CONFIGURATION.replace("[route.attributes]", '[route.attributes]\nlocation = "where"')
    )
    ended = command("bridge", "check", "bridge.toml", "-o", "json")
    assert ended.returncode == 1
    said = json.loads(ended.stdout)
    assert said["good"] is False
    assert said["routes"][0]["entities"] == [{"type": "AirQualityObserved", "attributes": ["location", "pm10"]}]
    error = said["findings"][0]
    assert (error["severity"], error["rule"]) == ("error", "kind")
    assert error["path"] == 'route "air".attributes.location.kind'


def test_check_tries_the_connections(command, tmp_path: Path) -> None:
    """With --connect, brokers that do not answer are errors that name their keys."""
    (tmp_path / "bridge.toml").write_text(CONFIGURATION)
    ended = command("bridge", "check", "bridge.toml", "--connect")
    assert ended.returncode == 1
    assert "error mqtt.url: cannot connect to mqtt://127.0.0.1:1: nothing listens there" in ended.stdout
    assert "error context_broker.url: cannot reach http://127.0.0.1:2" in ended.stdout
    assert ended.stdout.splitlines()[-1] == "bridge.toml: 2 errors, 0 warnings."


def test_unknown_key_ends_in_one_line(command, refusal, tmp_path: Path) -> None:
    """A key that is not known is named with file, line, path, and the key that was meant."""
    (tmp_path / "bridge.toml").write_text(CONFIGURATION.replace("unit =", "units ="))
    for action in ("check", "run"):
        line = refusal(command("bridge", action, "bridge.toml"))
        assert "bridge.toml:16" in line
        assert "units" in line
        assert 'Did you mean "unit"?' in line


def test_missing_file_ends_in_one_line(command, refusal) -> None:
    """A file that is not there is named."""
    assert "nowhere.toml" in refusal(command("bridge", "check", "nowhere.toml"))


def test_variable_that_is_not_set_ends_in_one_line(command, refusal, tmp_path: Path) -> None:
    """An address that comes from the environment is asked for by its name."""
    (tmp_path / "bridge.toml").write_text(CONFIGURATION.replace("http://127.0.0.1:2", "${NO_SUCH_BROKER}"))
    for refused in (("check", "--connect"), ("run",), ("dry-run",), ("record",)):
        assert "NO_SUCH_BROKER is not set" in refusal(command("bridge", *refused, "bridge.toml"))


def test_check_needs_no_secrets(command, refusal, tmp_path: Path) -> None:
    """What is not set is named in a note; but a table of devices must be there to be looked at."""
    given = CONFIGURATION.replace("http://127.0.0.1:2", "${NO_SUCH_BROKER}").replace(
        'connect_timeout = "2s"', 'password = "${NO_SUCH_PASSWORD}"'
    )
    (tmp_path / "bridge.toml").write_text(given)
    ended = command("bridge", "check", "--strict", "bridge.toml")
    assert ended.returncode == 0, ended.stdout
    variable = "the environment variable"
    assert [line for line in ended.stdout.splitlines() if "not set" in line] == [
        f'note mqtt.password: {variable} NO_SUCH_PASSWORD is not set; "unset" stands for it here',
        f'note context_broker.url: {variable} NO_SUCH_BROKER is not set; "http://unset" stands for it here',
    ]
    (tmp_path / "bridge.toml").write_text(given + '[devices]\nfile = "${NO_SUCH_TABLE}"\n')
    assert "is not set" in refusal(command("bridge", "check", "bridge.toml"))


def test_run_says_what_check_would_warn_of(citycontext, tmp_path: Path) -> None:
    """A misspelt name is written to the context broker all the same, so it is told in the log."""
    (tmp_path / "bridge.toml").write_text(CONFIGURATION.replace("pm10 =", "temperatur ="))
    assert 'Did you mean "temperature"?' in citycontext("bridge", "run", "bridge.toml").stderr


@pytest.mark.parametrize("action", ["check", "run", "test", "dry-run", "record", "status"])
def test_every_command_needs_a_good_file(command, refusal, tmp_path: Path, action: str) -> None:
    """Whatever is asked, a fault in the file is told first."""
    (tmp_path / "bridge.toml").write_text("[mqtt]")
    assert "bridge.toml" in refusal(command("bridge", action, "bridge.toml"))


def test_unreachable_mqtt_broker_ends_in_one_line(citycontext, refusal, tmp_path: Path) -> None:
    """A person who starts a bridge is told at once, and once, that nothing answers, where, and what to do."""
    (tmp_path / "bridge.toml").write_text(CONFIGURATION)
    line = refusal(citycontext("bridge", "run", "bridge.toml"))
    assert line.startswith("citycontext: mqtt.url: cannot connect to mqtt://127.0.0.1:1")
    assert "Start the MQTT broker" in line


def test_without_its_packages_the_extra_is_named(citycontext, refusal, tmp_path: Path) -> None:
    """What to install is said in one line."""
    (tmp_path / "bridge.toml").write_text(CONFIGURATION)
    line = refusal(citycontext("bridge", "check", "bridge.toml", missing=("paho",)))
    assert "citycontext[bridge]" in line
