"""Rehearsals: what would be written, and cases that say what should be."""

from __future__ import annotations

from pathlib import Path

import pytest

from citycontext.bridge.config.bridge import BridgeConfig
from citycontext.bridge.message import Message
from citycontext.bridge.rehearsal.rehearsal import Rehearsal, load_cases, run_cases
from citycontext.errors import ConfigurationError

CONFIG = BridgeConfig.from_dict(
    {
        "mqtt": {"url": "mqtt://localhost"},
        "context_broker": {"url": "http://localhost"},
        "route": [
            {
                "topic": "sensors/{device}",
                "type": "Device",
                "id": "urn:ngsi-ld:Device:{device}",
                "observed_at": "at",
                "when": "!test",
                "attributes": {
                    "temperature": {"from": "t", "unit": "CEL"},
                    "location": {"longitude": "lon", "latitude": "lat"},
                },
            }
        ],
    }
)

CASES = """
[[case]]
name = "a good message"
topic = "sensors/7"
payload = { t = 21.5, at = "2024-05-01T10:00:00Z", lon = 3.7, lat = 51.0 }
arrived = 2024-05-01T10:00:01Z
[[case.entity]]
id = "urn:ngsi-ld:Device:7"
temperature = { value = 21.5, unitCode = "CEL", observedAt = "2024-05-01T10:00:00Z" }
location = { type = "Point", coordinates = [3.7, 51.0] }

[[case]]
topic = "sensors/7"
payload = '{"t": "warm"}'
error = "a number belongs here"

[[case]]
topic = "sensors/7"
payload_hex = "7b2274657374223a747275657d"
entity = []
"""


def test_results_say_what_each_route_would_write() -> None:
    """Entities, the reason of a dead letter, or that no route takes the topic."""
    messages = [
        Message("sensors/7", b'{"t": 21.5}', 1_714_557_600.0),
        Message("sensors/7", b'{"t": ', 1_714_557_600.0),
        Message("elsewhere", b"", 0.0),
    ]
    good, bad, nowhere = Rehearsal(CONFIG).results(messages)
    assert good.entities[0]["temperature"]["value"] == 21.5
    assert bad.failure is not None
    assert bad.failure.stage == "codec"
    assert nowhere.route == ""


def test_cases_that_are_right_pass(tmp_path: Path) -> None:
    """Entities by members that matter, errors by a part of the reason, and nothing."""
    path = tmp_path / "cases.toml"
    path.write_text(CASES)
    results = run_cases(CONFIG, load_cases(path))
    assert [one.differences for one in results] == [[], [], []]
    assert all(one.passed for one in results)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("value = 21.5", "value = 22", ".temperature.value: expected 22, found 21.5"),
        ('unitCode = "CEL"', 'unitCode = "FAH"', ".temperature.unitCode: expected 'FAH', found 'CEL'"),
        ("[3.7, 51.0] }", "[51.0, 3.7] }", ".location"),
        ('id = "urn:ngsi-ld:Device:7"', 'id = "urn:ngsi-ld:Device:8"', "but there came urn:ngsi-ld:Device:7"),
        ("temperature = {", "humidity = {", ".humidity: expected"),
        (
            '"a number belongs here"',
            '"no such error"',
            "expected 'no such error', but there was: temperature: a number",
        ),
        ('payload = \'{"t": "warm"}\'', "payload = '{\"t\": 3}'", "but there was: no error"),
        ("7b2274657374223a747275657d", "7b2274223a337d", "expected nothing, but it came out"),
        ("51.0 }\narr", '"north" }\narr', "became a dead letter: location: a number belongs here"),
        ('topic = "sensors/7"', 'topic = "other/7"', "no route takes the topic other/7"),
    ],
)
def test_a_difference_is_a_line(tmp_path: Path, old: str, new: str, says: str) -> None:
    """Where, what was expected, what was found."""
    assert old in CASES
    path = tmp_path / "cases.toml"
    path.write_text(CASES.replace(old, new, 1))
    lines = [line for one in run_cases(CONFIG, load_cases(path)) for line in one.differences]
    assert any(says in line for line in lines), lines


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('error = "a number belongs here"', "", "either which entities come out"),
        ("payload_hex =", 'payload = "x"\npayload_hex =', "either payload or payload_hex"),
        ("[[case.entity]]\nid", "[[case.entity]]\nidd", "needs its id"),
        ("name = ", "nam = ", 'Did you mean "name"?'),
    ],
)
def test_a_wrong_case_is_explained(tmp_path: Path, old: str, new: str, says: str) -> None:
    """As any configuration: file, line, what, cure."""
    path = tmp_path / "cases.toml"
    path.write_text(CASES.replace(old, new, 1))
    with pytest.raises(ConfigurationError) as caught:
        load_cases(path)
    assert says in str(caught.value)
    assert "cases.toml:" in str(caught.value)
