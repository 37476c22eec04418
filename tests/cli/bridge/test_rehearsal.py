"""``citycontext bridge test`` and ``dry-run``, from files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

CONFIGURATION = """
[mqtt]
url = "mqtt://127.0.0.1:1"
[context_broker]
url = "http://127.0.0.1:2"
[[route]]
name = "air [1]"
topic = "air/{sensor}"
type = "AirQualityObserved"
id = "urn:ngsi-ld:AirQualityObserved:{sensor}"
observed_at = "time"
attributes.pm10 = { from = "pm10", unit = "GQ" }
"""

CASES = """
[[case]]
name = "a good [red] message"
topic = "air/7"
payload = { pm10 = 12.5, time = "2024-05-01T10:00:00Z" }
arrived = 2024-05-01T10:00:01Z
[[case.entity]]
id = "urn:ngsi-ld:AirQualityObserved:7"
pm10 = { value = 12.5, unitCode = "GQ" }

[[case]]
topic = "air/7"
payload = { pm10 = "much" }
error = "a number belongs here"
"""

RECORDING = """
{"topic": "air/7", "payload": "{\\"pm10\\": 12.5, \\"time\\": \\"2024-05-01T10:00:00Z\\"}"}
{"topic": "air/7", "payload": "{\\"pm10\\": \\"[b]much[/b]\\"}"}
{"topic": "elsewhere", "payload": "x"}
"""


@pytest.fixture(autouse=True)
def files(tmp_path: Path) -> None:
    """A configuration, its cases and a recording."""
    (tmp_path / "bridge.toml").write_text(CONFIGURATION)
    (tmp_path / "bridge.cases.toml").write_text(CASES)
    (tmp_path / "recording.jsonl").write_text(RECORDING)


def test_cases_that_hold(command) -> None:
    """The cases beside the file are found; each has a line, and its name is text, not markup."""
    ended = command("bridge", "test", "bridge.toml")
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines() == ["ok     a good [red] message", "ok     air/7", "2 cases, 0 failed."]


def test_a_case_that_does_not_hold_shows_the_difference(command, tmp_path: Path) -> None:
    """What was expected and what came out, below the case; exit code 1."""
    (tmp_path / "others.toml").write_text(CASES.replace("value = 12.5", "value = 13"))
    ended = command("bridge", "test", "bridge.toml", "others.toml")
    assert ended.returncode == 1
    assert ended.stdout.splitlines() == [
        "FAILED a good [red] message",
        "       urn:ngsi-ld:AirQualityObserved:7.pm10.value: expected 13, found 12.5",
        "ok     air/7",
        "2 cases, 1 failed.",
    ]


def test_cases_with_a_fault_end_in_one_line(command, refusal, tmp_path: Path) -> None:
    """A file that is not there, or a key that no case has."""
    assert "none.toml" in refusal(command("bridge", "test", "bridge.toml", "none.toml"))
    (tmp_path / "bridge.cases.toml").write_text(CASES.replace("arrived =", "arived ="))
    line = refusal(command("bridge", "test", "bridge.toml"))
    assert "bridge.cases.toml:6" in line
    assert 'Did you mean "arrived"?' in line


def test_cases_that_are_not_there_are_asked_for(command, tmp_path: Path) -> None:
    """Without a file of cases the error says where they would stand, and what else can be done."""
    (tmp_path / "bridge.cases.toml").unlink()
    ended = command("bridge", "test", "bridge.toml")
    assert ended.returncode == 2
    assert "bridge.cases.toml: there is no such file. Write cases there" in ended.stderr


def test_dry_run_shows_what_would_be_written(command) -> None:
    """Entities, the reason of a dead letter, a topic without a route, and the sum of it."""
    ended = command("bridge", "dry-run", "bridge.toml", "--from", "recording.jsonl")
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines() == [
        "air/7 -> air [1]",
        "  AirQualityObserved urn:ngsi-ld:AirQualityObserved:7",
        '    pm10 = {"type":"Property","value":12.5,"unitCode":"GQ","observedAt":"2024-05-01T10:00:00Z"}',
        "air/7 -> air [1]: would become a dead letter: pm10: a number belongs here, but the message says the text "
        "'[b]much[/b]'",
        "elsewhere: no route takes it",
    ]
    assert ended.stderr == "Messages: 3; entities: 1; dead letters: 1; without a route: 1.\n"


def test_dry_run_speaks_json_lines(command) -> None:
    """For other programs: a line for each message and route."""
    ended = command("bridge", "dry-run", "bridge.toml", "--from", "recording.jsonl", "-o", "ndjson")
    good, bad, nowhere = (json.loads(line) for line in ended.stdout.splitlines())
    assert good["entities"][0]["pm10"]["value"] == 12.5
    assert (bad["attribute"], bad["entities"]) == ("pm10", [])
    assert nowhere["route"] is None


def test_dry_run_names_a_line_that_is_no_message(command, tmp_path: Path) -> None:
    """The lines before it are shown; then the error, with its number."""
    (tmp_path / "broken.jsonl").write_text(RECORDING + "{\n")
    ended = command("bridge", "dry-run", "bridge.toml", "--from", "broken.jsonl")
    assert ended.returncode == 2
    assert "elsewhere: no route takes it" in ended.stdout
    assert ended.stderr.startswith("citycontext: line 5 is not a recorded message")


def test_dry_run_says_what_it_cannot_do(command, refusal) -> None:
    """A recording that is not there; a duration for a file; no MQTT broker to listen to."""
    assert "none.jsonl cannot be opened" in refusal(command("bridge", "dry-run", "bridge.toml", "--from", "none.jsonl"))
    ended = command("bridge", "dry-run", "bridge.toml", "--from", "recording.jsonl", "--seconds", "3")
    assert ended.returncode == 2
    assert "--seconds is for messages from MQTT" in ended.stderr
    ended = command("bridge", "dry-run", "bridge.toml", "--seconds", "3")
    assert "cannot connect to mqtt://127.0.0.1:1: nothing listens there" in refusal(ended)


def test_cases_and_recordings_need_no_secrets(command, tmp_path: Path) -> None:
    """A pipeline that tests a configuration has no passwords; what is not set is named."""
    secret = CONFIGURATION.replace("[context_broker]", 'password = "${NO_SUCH_PASSWORD}"\n[context_broker]')
    (tmp_path / "bridge.toml").write_text(secret)
    ended = command("bridge", "test", "bridge.toml")
    assert (ended.returncode, ended.stdout.splitlines()[-1]) == (0, "2 cases, 0 failed.")
    assert "note mqtt.password: the environment variable NO_SUCH_PASSWORD is not set" in ended.stderr
    ended = command("bridge", "dry-run", "bridge.toml", "--from", "recording.jsonl")
    assert ended.returncode == 0, ended.stderr
    assert "NO_SUCH_PASSWORD is not set" in ended.stderr
