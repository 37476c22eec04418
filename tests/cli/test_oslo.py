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
    """An entity becomes JSON-LD with Dutch terms, and the JSON-LD the entity again; nothing is lost."""
    there = command("oslo", "convert", "weather.json", "--profile", profile, *BASE)
    assert there.returncode == 0
    # Where what was observed is a sample, it is said that nothing names what it is a sample of.
    missing = [one.rpartition("Observed:")[2] for one in there.stderr.splitlines()[1:]]
    assert missing in ([], ["1 refPointOfInterest: a Sample has isSampleOf; give it refPointOfInterest"])
    assert "resultaattijd" in there.stdout
    (weather.parent / "weather.jsonld").write_text(there.stdout)
    back = command("oslo", "convert", "weather.jsonld", "-o", "ngsild", *BASE)
    assert (back.returncode, back.stderr) == (0, "")
    assert json.loads(back.stdout) == [WEATHER]


def test_places_in_lambert(command, weather) -> None:
    """With --crs and --geometry a place stands in Belgian Lambert as GML, and is read back to the centimetre."""
    pytest.importorskip("pyproj", reason="the library of coordinate operations is not installed")
    there = command("oslo", "convert", "weather.json", "--crs", "lambert72", "--geometry", "gml", "-o", "nt", *BASE)
    assert "<gml:pos>104509.05 193513.8</gml:pos>" in there.stdout
    assert "to the centimetre" in there.stderr
    (weather.parent / "weather.nt").write_text(there.stdout)
    (entity,) = json.loads(command("oslo", "convert", "weather.nt", "-o", "ngsild", *BASE).stdout)
    east, north = entity["location"]["value"]["coordinates"]
    assert (round(east, 6), round(north, 6)) == (3.72, 51.05)


def test_several_files_are_one_graph(command, weather) -> None:
    """Blank nodes of two files stay apart, and JSON-LD is one document."""
    other = {**WEATHER, "id": "urn:ngsi-ld:WeatherObserved:2", "dateObserved": "2024-05-01T11:00:00Z"}
    (weather.parent / "other.json").write_text(json.dumps(other))
    document = json.loads(command("oslo", "convert", "weather.json", "other.json", *BASE).stdout)
    assert len([node for node in document["@graph"] if node.get("type")]) == 2
    triples = command("oslo", "convert", "weather.json", "other.json", "-o", "nt", *BASE)
    (weather.parent / "both.nt").write_text(triples.stdout)
    back = json.loads(command("oslo", "convert", "both.nt", "-o", "ngsild", *BASE).stdout)
    times = [entity["dateObserved"]["value"] for entity in back]
    assert times == ["2024-05-01T10:00:00Z", "2024-05-01T11:00:00Z"]


def test_one_wrong_file_does_not_keep_the_others(command, weather) -> None:
    """Of several files those that can be are converted; each other one is named with what is wrong; the exit is 1."""
    (weather.parent / "broken.json").write_text("{")
    (weather.parent / "plain.jsonld").write_text(json.dumps({"@context": "stad", "@id": "urn:x", "naam": "x"}))
    named = {"@context": "https://data.stad.gent/context.jsonld", "@id": "urn:x", "naam": "x"}
    (weather.parent / "named.jsonld").write_text(json.dumps(named))
    ended = command("oslo", "convert", "broken.json", "weather.json", "-o", "nt", "--no-report", *BASE)
    assert ended.returncode == 1
    assert ended.stdout.startswith("<urn:ngsi-ld:WeatherObserved:1>")
    (line,) = ended.stderr.splitlines()
    assert line.startswith("refused broken.json: the file is not JSON")
    ended = command("oslo", "convert", "named.jsonld", "plain.jsonld", "broken.json", "-o", "ngsild", *BASE)
    first, plain, second = ended.stderr.splitlines()
    assert "--context URL=FILE" in first
    assert plain.startswith("refused plain.jsonld: @context stad: is not at hand")
    assert first.startswith("refused named.jsonld: @context https://data.stad.gent/context.jsonld: is not at hand")
    assert second.startswith("refused broken.json: the text is not JSON")
    assert json.loads(ended.stdout) == []


def test_observations_as_classes_of_oslo(command, weather) -> None:
    """With --models oslo every observation is an entity, of the class that OSLO has for it."""
    there = command("oslo", "convert", "weather.json", "-o", "nt", *BASE)
    (weather.parent / "weather.nt").write_text(there.stdout)
    back = command("oslo", "convert", "weather.nt", "-o", "ngsild", "--models", "oslo", *BASE)
    types = {entity["type"] for entity in json.loads(back.stdout)}
    assert types == {"Meting", "Observatieverzameling", "Bemonsteringspunt"}


def test_the_loss_report_goes_to_stderr(command, weather) -> None:
    """What is not carried is named, file by file, beside the output and not in it."""
    weather.write_text(json.dumps({**WEATHER, "scope": "/Gent"}))
    ended = command("oslo", "convert", "weather.json", "-o", "nt", *BASE)
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
        (("weather.json", "-o", "ngsild"), "NGSI-LD, of type WeatherObserved"),
        (("weather.json", "-o", "ngsild", "--zone", "Europe/Gent"), "Europe/Gent"),
        (("weather.json", "--context", "x"), "URL=FILE"),
    ],
)
def test_what_is_wrong_is_one_line(command, weather, refusal, arguments, says) -> None:
    """A missing file, a wrong option and a file that is not linked data each end with one line."""
    if "--context" in arguments:
        arguments = (*arguments, "-o", "ngsild")
    assert says in refusal(command("oslo", "convert", *arguments))


def test_without_the_extra_one_line_says_what_to_install(citycontext, weather, refusal) -> None:
    """Where the JSON-LD processor is missing, reading names the extra; writing needs none."""
    written = citycontext("oslo", "convert", "weather.json", missing=("pyld", "pyproj"))
    (weather.parent / "weather.jsonld").write_text(written.stdout)
    read = citycontext("oslo", "convert", "weather.jsonld", "-o", "ngsild", missing=("pyld",))
    assert "citycontext[oslo]" in refusal(read)
    assert citycontext("oslo", "convert", "weather.json", "-o", "nt", missing=("pyld", "pyproj")).returncode == 0


@pytest.mark.parametrize("form", ["jsonld", "nt"])
def test_ids_of_the_city_and_back(command, weather, form) -> None:
    """With a base no URN is left, ids stand under it, and reading with the same base gives the entities back."""
    base = ("--base", "https://data.stad.example/id/")
    written = command("oslo", "convert", "weather.json", "--to", form, *base)
    assert "urn:" not in written.stdout
    assert "https://data.stad.example/id/WeatherObserved/" in written.stdout
    assert "https://data.stad.example/id/concept/" in written.stdout
    Path(f"out.{form}").write_text(written.stdout)
    (back,) = json.loads(command("oslo", "convert", f"out.{form}", "-o", "ngsild", *base).stdout)
    assert back["id"] == json.loads(Path("weather.json").read_text())["id"]


def test_arrays_and_lines_are_converted_entity_by_entity(citycontext, weather) -> None:
    """An array of 4,000 entities, or as many lines, becomes one document; its context has the terms used alone."""
    one = json.loads(weather.read_text())
    many = [{**one, "id": f"{one['id']}:{number}"} for number in range(4000)]
    (weather.parent / "many.json").write_text(json.dumps(many))
    (weather.parent / "many.ndjson").write_text("\n".join(map(json.dumps, many)))
    array, lines = (citycontext("oslo", "convert", name, "--no-report") for name in ("many.json", "many.ndjson"))
    assert array.returncode == 0, array.stderr
    assert array.stdout == lines.stdout
    document = json.loads(array.stdout)
    assert len({node["@id"] for node in document["@graph"] if not node["@id"].startswith("_:")}) > 8000
    assert len(json.dumps(document["@context"])) < 6000


def test_check_says_what_does_not_conform(command, weather) -> None:
    """What we write conforms, entities are checked as what they would become, and a fault is a line and exit code 1."""
    pytest.importorskip("pyshacl", reason="the SHACL processor is not installed")
    Path("weather.nt").write_text(command("oslo", "convert", "weather.json", "-o", "nt", *BASE).stdout)
    for file in ("weather.nt", "weather.json"):
        checked = command("oslo", "check", file)
        assert (checked.returncode, checked.stdout) == (0, "0 errors, 0 warnings\n"), checked.stdout
    lines = Path("weather.nt").read_text().splitlines()
    Path("less.nt").write_text("\n".join(one for one in lines if "observedProperty>" not in one))
    checked = command("oslo", "check", "less.nt")
    assert checked.returncode == 1
    assert "error less.nt: " in checked.stdout
    assert "observedProperty" in checked.stdout


def test_check_takes_other_shapes(command, weather, refusal) -> None:
    """Shapes of a file or a folder are used in place of ours, also those that count in xsd:long; others are refused."""
    pytest.importorskip("pyshacl", reason="the SHACL processor is not installed")
    Path("shapes").mkdir()
    Path("shapes/own.ttl").write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix sosa: <http://www.w3.org/ns/sosa/> ."
        "[] a sh:NodeShape ; sh:targetClass sosa:ObservationCollection ; sh:property [ sh:path sosa:resultQuality ;"
        ' sh:minCount "1"^^<http://www.w3.org/2001/XMLSchema#long> ; sh:message "how good is it?" ] .'
    )
    for place in ("shapes", "shapes/own.ttl"):
        checked = command("oslo", "check", "weather.json", "--profile", "sosa", "--shapes", place)
        assert checked.returncode == 1
        assert "how good is it?" in checked.stdout
        assert checked.stdout.endswith("1 error, 0 warnings\n")
    Path("wrong.ttl").write_text("<a> <b>")
    assert "not Turtle" in refusal(command("oslo", "check", "weather.json", "--shapes", "wrong.ttl"))
    assert "cannot be read" in refusal(command("oslo", "check", "weather.json", "--shapes", "none.ttl"))
