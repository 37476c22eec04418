"""``citycontext oslo convert``, there and back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("pyld", reason="the JSON-LD processor is not installed")

WEATHER = {
    "id": "urn:ngsi-ld:WeatherObserved:1",
    "type": "WeatherObserved",
    "dateObserved": {"type": "Property", "value": "2024-05-01T10:00:00Z"},
    "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [3.72, 51.05]}},
    "temperature": {"type": "Property", "value": 12.5, "unitCode": "CEL"},
}
BASE = ("--base", "https://data.stad.gent/id/concept/")


@pytest.fixture
def weather(tmp_path: Path) -> Path:
    """Write an entity."""
    file = tmp_path / "weather.json"
    file.write_text(json.dumps(WEATHER))
    return file


@pytest.mark.parametrize("profile", ["observaties-en-metingen", "sosa", "energie"])
def test_convert_there_and_back(command, weather, profile) -> None:
    """An entity becomes JSON-LD with Dutch terms, and the JSON-LD the entity again; nothing is reported."""
    there = command("oslo", "convert", "weather.json", "--profile", profile, *BASE)
    assert (there.returncode, there.stderr) == (0, "")
    assert "resultaattijd" in there.stdout
    (weather.parent / "weather.jsonld").write_text(there.stdout)
    back = command("oslo", "convert", "weather.jsonld", "--to", "ngsild", *BASE)
    assert (back.returncode, back.stderr) == (0, "")
    assert json.loads(back.stdout) == [WEATHER]


def test_the_loss_report_goes_to_stderr(command, weather) -> None:
    """What is not carried is named, file by file, beside the output and not in it."""
    weather.write_text(json.dumps({**WEATHER, "scope": "/Gent"}))
    ended = command("oslo", "convert", "weather.json", "--to", "nt", *BASE)
    assert ended.returncode == 0
    assert ended.stdout.startswith("<urn:ngsi-ld:WeatherObserved:1>")
    file, loss = ended.stderr.splitlines()
    assert file == "weather.json"
    assert loss.startswith("  lost urn:ngsi-ld:WeatherObserved:1 scope: ")


def test_strict_refuses_to_lose(command, weather, refusal) -> None:
    """With --strict the first loss ends the command, with one line and nothing written."""
    weather.write_text(json.dumps({**WEATHER, "scope": "/Gent"}))
    assert "scope" in refusal(command("oslo", "convert", "weather.json", "--strict", *BASE))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("nowhere.json",), "nowhere.json"),
        (("weather.json", "--base", "gent"), "base"),
        (("weather.json", "--to", "ngsild"), "@context"),
        (("weather.json", "--to", "ngsild", "--zone", "Europe/Gent"), "Europe/Gent"),
        (("weather.json", "--context", "x"), "URL=FILE"),
    ],
)
def test_what_is_wrong_is_one_line(command, weather, refusal, arguments, says) -> None:
    """A missing file, a wrong option and a file that is no linked data each end with one line."""
    if "--context" in arguments:
        arguments = (*arguments, "--to", "ngsild")
    assert says in refusal(command("oslo", "convert", *arguments))


def test_without_the_extra_one_line_says_what_to_install(citycontext, weather, refusal) -> None:
    """Where the JSON-LD processor is missing, the command names the extra; N-Triples need none."""
    assert "citycontext[oslo]" in refusal(citycontext("oslo", "convert", "weather.json", missing=("pyld",)))
    assert citycontext("oslo", "convert", "weather.json", "--to", "nt", missing=("pyld", "pyproj")).returncode == 0
