"""``citycontext bridge run`` and ``check``."""

from __future__ import annotations

from pathlib import Path

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
        "bridge.toml is good.",
    ]


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
    assert "NO_SUCH_BROKER is not set" in refusal(command("bridge", "check", "bridge.toml"))


def test_unreachable_mqtt_broker_ends_in_a_clear_line(citycontext, tmp_path: Path) -> None:
    """A person who starts a bridge is told at once that nothing answers, where, and what to do."""
    (tmp_path / "bridge.toml").write_text(CONFIGURATION)
    ended = citycontext("bridge", "run", "bridge.toml")
    assert ended.returncode == 2
    last = ended.stderr.splitlines()[-1]
    assert last.startswith("citycontext: ")
    assert "mqtt://127.0.0.1:1" in last
    assert "Start the MQTT broker" in last
    assert "Traceback" not in ended.stderr
