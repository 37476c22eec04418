"""``citycontext models``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest


def test_models_are_listed(command) -> None:
    """All of them, or a subject's; as JSON with the families' versions."""
    ended = command("models", "list", "--subject", "parking")
    assert ended.returncode == 0
    assert "OffStreetParking" in ended.stdout
    assert ended.stdout.splitlines()[-1] == "5 models"
    everything = json.loads(command("models", "list", "-o", "json").stdout)
    assert len(everything["models"]) == 1070
    assert everything["families"] == {"Smart Data Models": "index 3"}


def test_models_are_searched(command) -> None:
    """By words and by attribute; nothing found is exit code 1."""
    assert "AirQualityObserved" in command("models", "search", "air", "quality").stdout
    assert "WasteContainer" in command("models", "search", "--attribute", "fillingLevel").stdout
    ended = command("models", "search", "nothingofthatkind")
    assert (ended.returncode, ended.stdout) == (1, "0 models\n")


def test_a_model_is_shown(command) -> None:
    """Its page, and every attribute with kind, type, unit and whether it may identify a person."""
    ended = command("models", "show", "OffStreetParking")
    assert ended.returncode == 0
    lines = {line.split()[0]: line for line in ended.stdout.splitlines() if line.split()}
    assert lines["averageSpotWidth"].split()[1:5] == ["average_spot_width", "Property", "float", "MTR"]
    assert lines["location"].split() == ["location", "location", "GeoProperty", "required"]
    assert "may identify a person" in lines["owner"]
    facts = json.loads(command("models", "show", "WasteContainer", "-o", "json").stdout)
    assert {"name": "fillingLevel", "maximum": 1}.items() <= next(
        one for one in facts["attributes"] if one["name"] == "fillingLevel"
    ).items()


def test_a_model_names_its_licence_and_its_namesakes(command) -> None:
    """The licence stands in what is shown, and so do the other subjects that have the type."""
    shown = command("models", "show", "Vehicle").stdout
    assert "licence CC-BY-4.0" in shown
    assert "also in ERA" in shown
    facts = json.loads(command("models", "show", "Valve", "--subject", "S4BLDG", "-o", "json").stdout)
    assert (facts["licence"], facts["alsoIn"]) == ("BSD-3-Clause", ["WaterDistributionManagementEPANET"])


def test_an_unknown_or_ambiguous_model_is_refused(command, refusal) -> None:
    """With what comes near, or with the subjects to choose from."""
    assert "did you mean OffStreetParking" in refusal(command("models", "show", "OffStretParking"))
    assert "OCF, SAREF, ZEB; name the subject" in refusal(command("models", "show", "Sensor"))
    assert command("models", "show", "Sensor", "--subject", "ZEB").returncode == 0


def test_a_schema_is_written(command) -> None:
    """It stands alone."""
    schema = json.loads(command("models", "schema", "WasteContainer").stdout)
    assert schema["title"] == "WasteContainer"
    assert "GSMA-Commons" in schema["$defs"]


def test_a_module_is_generated_from_an_own_schema(command, citycontext, refusal, tmp_path: Path) -> None:
    """The file it writes is a module with the class."""
    schema = {"properties": {"type": {"const": "Kiosk"}, "sold": {"type": "integer"}}}
    (tmp_path / "kiosk.json").write_text(json.dumps(schema))
    assert "class Kiosk(SmartDataModel):" in command("models", "generate", "kiosk.json").stdout
    ended = command("models", "generate", "kiosk.json", "--to", "kiosk.py")
    assert (ended.returncode, ended.stdout) == (0, "kiosk.py is written.\n")
    assert "    sold: OptAttr[int] = optional()\n" in (tmp_path / "kiosk.py").read_text()
    assert "none.json cannot be read" in refusal(command("models", "generate", "none.json"))
    assert "cannot be written" in refusal(command("models", "generate", "kiosk.json", "--to", "no/such/folder.py"))


@pytest.mark.parametrize("arguments", [("models",), ("models", "--help"), ("validate", "--help")])
def test_help_is_shown(command, arguments: tuple[str, ...]) -> None:
    """Without arguments and when asked."""
    assert "Usage" in "".join((command(*arguments).stdout, command(*arguments).stderr))


def test_the_form_of_a_list_is_chosen(command) -> None:
    """``-o`` is the form of lists of models as it is of entities: CSV, a line each, or names."""
    assert command("models", "search", "OffStreetParking", "-o", "csv").stdout.startswith(
        "type,subject,version,attributes\n"
    )
    first = json.loads(command("models", "search", "OffStreetParking", "-o", "ndjson").stdout.splitlines()[0])
    assert (first["type"], first["subject"]) == ("OffStreetParking", "Parking")
    assert command("models", "list", "--subject", "Parking", "-o", "ids").stdout.splitlines()[0].startswith("Parking.")
    assert json.loads(command("models", "list", "-o", "json").stdout).keys() == {"families", "models"}
