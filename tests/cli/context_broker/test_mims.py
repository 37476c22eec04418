"""The passport from the command line: its options, its forms, and the comparison of two forms of entities."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import pytest

ENTITY = {
    "id": "urn:ngsi-ld:Bin:1",
    "type": "Bin",
    "fillingLevel": {"type": "Property", "value": 0.4, "unitCode": "C62", "observedAt": "2024-01-01T00:00:00Z"},
    "name": {"type": "Property", "value": "Bin one"},
}


def test_each_form_is_written_where_asked(bins: str, command: Callable[..., Any], tmp_path: Path) -> None:
    """Text goes to stdout; JSON, HTML, XML and CSV to a file or to stdout, each in its own syntax."""
    shown = command("mims", "check")
    assert shown.returncode == 1
    assert "MIM1 R2.1" in shown.stdout
    assert json.loads(command("mims", "check", bins, "-o", "json").stdout)["requirements"]
    for form in ("html", "tar", "table"):
        done = command("mims", "check", bins, "-o", form, "--to", f"passport.{form}", "--lang", "nl")
        assert done.returncode == 1, done
        assert done.stdout.startswith(f"passport.{form}: ")
    assert 'lang="nl"' in (tmp_path / "passport.html").read_text()
    assert Xml.parse(tmp_path / "passport.tar").getroot().tag.endswith("TestStepReport")
    rows = csv.DictReader((tmp_path / "passport.table").read_text().splitlines())
    assert {one["M / E / N"] for one in rows} >= {"M", "N", ""}


def test_an_earlier_passport_is_compared(
    bins: str, command: Callable[..., Any], piped: Callable[..., Any], tmp_path: Path
) -> None:
    """`--since` names what changed, refuses what is not a passport, and says that a file is not there."""
    command("mims", "check", bins, "-o", "json", "--to", "first.json")
    same = json.loads(command("mims", "check", bins, "--since", "first.json", "-o", "json").stdout)
    assert {one["name"] for one in same["changes"]} <= {"MIM1 R1.5"}  # ids that stayed need two looks
    one = '{"id": "urn:ngsi-ld:A:1", "type": "A", "refB": {"type": "Relationship", "object": "urn:ngsi-ld:B:1"}}'
    piped(one, "entities", "upsert")
    other = json.loads(command("mims", "check", bins, "--since", "first.json", "-o", "json").stdout)
    assert other["changes"]
    (tmp_path / "odd.json").write_text('{"a": 1}')
    (tmp_path / "no.json").write_text("nothing")
    for name in ("odd.json", "no.json", "missing.json"):
        refused = command("mims", "check", bins, "--since", name)
        assert refused.returncode == 2
        assert name in refused.stderr or "since" in refused.stderr


def test_a_document_may_be_declared(bins: str, command: Callable[..., Any], tmp_path: Path) -> None:
    """`--declare` shows what cannot be seen from outside; one without a name is refused."""
    (tmp_path / "terms.txt").write_text("Terms of use.")
    asked = json.loads(command("mims", "check", bins, "-o", "json").stdout)["requirements"]
    name = next(
        f"{one['mim']} {one['id']}"
        for one in asked
        if one["verdict"] == "not testable" and one["mim"] in ("MIM3", "MIM6")
    )
    declared = command("mims", "check", bins, "-o", "json", "--declare", f"{name}=terms.txt")
    assert "terms.txt" in declared.stdout
    refused = command("mims", "check", bins, "--declare", "terms.txt")
    assert refused.returncode == 2
    assert "MIM6 R2.1=" in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--edition", "1.0"), "9.0"),
        (("-o", "pdf"), "pdf"),
        (("--lang", "fr"), "fr"),
        (("--open-data", "no-address"), "no-address"),
        (("--to", "no/folder/passport.html", "-o", "html"), "no/folder"),
    ],
)
def test_a_wrong_option_is_named(
    bins: str, command: Callable[..., Any], arguments: tuple[str, ...], words: str
) -> None:
    """A wrong option ends the command with exit code 2 and says which."""
    refused = command("mims", "check", bins, *arguments)
    assert refused.returncode == 2, refused
    assert words in refused.stderr


def test_options_that_write_leave_nothing_behind(bins: str, command: Callable[..., Any]) -> None:
    """With `--subscribe` and `--probe-access` the broker holds afterwards what it held before."""
    before = command("entities", "list", "-o", "ids").stdout
    command("mims", "check", bins, "--subscribe", "--probe-access", "--suggest-level", "--type", "Bin", "--seed", "1")
    assert command("entities", "list", "-o", "ids").stdout == before
    assert json.loads(command("subscriptions", "list", "-o", "json").stdout)["total"] == 0


def test_a_broker_that_is_not_there(command: Callable[..., Any]) -> None:
    """A broker that cannot be reached fails nothing: each requirement says that it was not reached."""
    done = command("mims", "check", "http://127.0.0.1:9", "-o", "json")
    verdicts = {one["verdict"] for one in json.loads(done.stdout)["requirements"]}
    assert "fail" not in verdicts
    assert "not reached" in done.stdout


def test_two_forms_are_compared(command: Callable[..., Any], tmp_path: Path) -> None:
    """What a form does not hold is lost, what it says otherwise contradicts, and only that has exit code 1."""
    (tmp_path / "normalized.json").write_text(json.dumps([ENTITY]))
    (tmp_path / "simple.json").write_text(
        json.dumps([{"id": ENTITY["id"], "type": "Bin", "fillingLevel": 0.4, "name": "Bin one"}])
    )
    shown = command("mims", "forms", "normalized.json", "simple.json")
    assert shown.returncode == 0
    assert "fillingLevel.unitCode: lost" in shown.stdout
    feature = {
        "id": ENTITY["id"],
        "type": "Feature",
        "geometry": None,
        "properties": {"type": "Bin", "fillingLevel": 0.5},
    }
    (tmp_path / "bins.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    other = command("mims", "forms", "normalized.json", "bins.geojson", "-o", "json")
    assert other.returncode == 1
    found = json.loads(other.stdout)[str(ENTITY["id"])]
    assert {"kind": "contradicts", "path": "fillingLevel"} in found
    assert {"kind": "lost", "path": "name"} in found
    (tmp_path / "bins.csv").write_text("id,type,fillingLevel\nurn:ngsi-ld:Bin:1,Bin,0.4\n")
    assert "name: lost" in command("mims", "forms", "normalized.json", "bins.csv").stdout
    (tmp_path / "none.json").write_text("[]")
    assert "id: lost" in command("mims", "forms", "normalized.json", "none.json").stdout


@pytest.mark.parametrize("text", ["no JSON", '{"type": "Bin"}', "[1]"])
def test_what_is_not_entities_is_refused(command: Callable[..., Any], tmp_path: Path, text: str) -> None:
    """A file that holds no entities is named, with exit code 2."""
    (tmp_path / "a.json").write_text(text)
    refused = command("mims", "forms", "a.json", "a.json")
    assert refused.returncode == 2
    assert "a.json" in refused.stderr
    assert command("mims", "forms", "missing.json", "a.json").returncode == 2
