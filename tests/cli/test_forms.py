"""The form of the output, on every command: `-o`, and how it was written before."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from citycontext.broker import LocalBroker, Server
from citycontext.cli.commands import app
from citycontext.cli.old_options import forms_of

Command = Callable[..., subprocess.CompletedProcess[str]]

FORMS = {"table", "json", "ndjson", "csv", "geojson", "ids"}

BIN = {
    "id": "urn:ngsi-ld:WasteContainer:1",
    "type": "WasteContainer",
    "fillingLevel": {"type": "Property", "value": 0.4},
    "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [3.72, 51.05]}},
}


def walk(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    for name, one in sorted(group.commands.items()):
        if hasattr(one, "commands"):
            yield from walk(one, (*path, name))
        else:
            yield " ".join((*path, name)), one


COMMANDS = dict(walk(typer.main.get_command(app)))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_the_form(name: str) -> None:
    """Each command of the package takes `-o`/`--output` with the same six forms, and none of the older options."""
    options = {option: one for one in COMMANDS[name].params for option in one.opts}
    assert options["-o"] is options["--output"]
    forms = set(forms_of(COMMANDS[name].function))
    # The passport has neither rows with a place nor entities.
    assert forms >= (FORMS - {"geojson"} if name == "mims check" else FORMS)
    assert not {"--json", "--format"} & options.keys()


@pytest.fixture
def served() -> Iterator[str]:
    """Serve a broker with one container."""
    with Server(LocalBroker()) as server:
        yield server.url


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Write a file of one entity."""
    path = tmp_path / "bin.json"
    path.write_text(json.dumps(BIN))
    return path


def test_outcomes_are_facts(command: Command, served: str, file: Path) -> None:
    """What writes and deletes says a sentence to people, and the same in numbers and ids to programs."""
    created = command("entities", "create", str(file), "--at", served, "-o", "json")
    assert json.loads(created.stdout) == {"created": 1, "refused": 0, "failures": []}
    assert command("entities", "upsert", str(file), "--at", served, "-o", "ids").stdout == f"{BIN['id']}\n"
    assert command("entities", "upsert", str(file), "--at", served).stdout == "1 entity written.\n"
    again = command("entities", "create", str(file), "--at", served, "-o", "ndjson")
    assert again.returncode == 1
    assert json.loads(again.stdout)["refused"] == 1
    deleted = command("entities", "delete", BIN["id"], "--at", served, "-o", "csv")
    assert next(iter(csv.DictReader(io.StringIO(deleted.stdout))))["deleted"] == "1"


def test_no_places_is_said_before_anything_is_done(command: Command, served: str, file: Path, refusal: Any) -> None:
    """GeoJSON of what has no place is refused at once: nothing was written."""
    refused = command("entities", "create", str(file), "--at", served, "-o", "geojson")
    assert "no place on a map" in refusal(refused)
    assert command("entities", "list", "--at", served, "-o", "ids").stdout == ""


def test_any_answer_in_any_form(command: Command, served: str, file: Path) -> None:
    """A raw request shows its answer in the same forms as all else."""
    command("entities", "create", str(file), "--at", served)
    path = "/entities?type=WasteContainer"
    assert command("api", "GET", path, "--at", served, "-o", "ids").stdout == f"{BIN['id']}\n"
    places = json.loads(command("api", "GET", path, "--at", served, "-o", "geojson").stdout)
    assert places["features"][0]["geometry"]["coordinates"] == [3.72, 51.05]
    assert "fillingLevel" in command("api", "GET", path, "--at", served, "-o", "csv").stdout


def test_subscriptions_and_contexts(command: Command, served: str, tmp_path: Path) -> None:
    """What is made beside entities names itself in each form."""
    (tmp_path / "context.json").write_text('{"@context": {"name": "https://schema.org/name"}}')
    made = json.loads(command("contexts", "add", "context.json", "--at", served, "-o", "json").stdout)
    shown = command("contexts", "show", made["id"], "--at", served, "-o", "ndjson")
    assert json.loads(shown.stdout)["@context"] == {"name": "https://schema.org/name"}
    gone = command("contexts", "delete", made["id"], "--at", served, "-o", "json")
    assert json.loads(gone.stdout) == {"id": made["id"], "deleted": True}


def test_models_and_schemas(command: Command) -> None:
    """A model's attributes are rows, and its ids are their names."""
    assert "fillingLevel" in command("models", "show", "WasteContainer", "-o", "ids").stdout.split()
    rows = list(csv.DictReader(io.StringIO(command("models", "show", "WasteContainer", "-o", "csv").stdout)))
    assert {row["id"] for row in rows} >= {"fillingLevel", "location"}


def test_validate_in_rows(command: Command, tmp_path: Path) -> None:
    """Findings are rows in CSV and NDJSON, and ids are those of entities with errors."""
    wrong = {**BIN, "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": ["x", 51]}}}
    (tmp_path / "wrong.json").write_text(json.dumps(wrong))
    row = json.loads(command("validate", "wrong.json", "-o", "ndjson").stdout.splitlines()[-1])
    assert row["source"].endswith("wrong.json")
    assert row["severity"] == "error"
    assert command("validate", "wrong.json", "-o", "ids").stdout == f"{BIN['id']}\n"


@pytest.mark.parametrize(
    ("old", "present"),
    [
        (["models", "list", "--json"], "-o json"),
        (["models", "show", "WasteContainer", "--json"], "-o json"),
        (["validate", "bin.json", "--format", "json"], "-o json"),
        (["validate", "bin.json", "--format=text"], "-o table"),
        (["models", "clean", "bin.json", "-o", "clean.json"], "--to clean.json"),
        (["models", "clean", "bin.json", "--output", "./clean.json"], "--to ./clean.json"),
        (["oslo", "convert", "bin.json", "--to", "nt"], "-o nt"),
        (["oslo", "convert", "bin.json", "--to=jsonld"], "-o jsonld"),
    ],
)
def test_older_options_work_with_a_hint(command: Command, file: Path, old: list[str], present: str) -> None:
    """Options as they were written before do what they did, and stderr says how they are written now."""
    ended = command(*old)
    assert ended.returncode == 0, ended
    assert f"is written {present} now" in ended.stderr


def test_a_file_of_old_is_written(command: Command, file: Path, tmp_path: Path) -> None:
    """`-o FILE` of old still writes that file, and nothing to stdout."""
    ended = command("models", "clean", "bin.json", "-o", "clean.json")
    assert ended.stdout == ""
    assert json.loads((tmp_path / "clean.json").read_bytes())["id"] == BIN["id"]


def test_cleaned_entities_in_each_form(command: Command, file: Path) -> None:
    """`models clean` writes entities in the forms that entities have."""
    assert command("models", "clean", "bin.json", "-o", "ids").stdout == f"{BIN['id']}\n"
    assert json.loads(command("models", "clean", "bin.json", "-o", "ndjson").stdout)["id"] == BIN["id"]
    assert json.loads(command("models", "clean", "bin.json", "-o", "geojson").stdout)["features"]


def test_oslo_to_a_file_and_back_in_rows(command: Command, file: Path, tmp_path: Path) -> None:
    """`oslo convert` writes a file by `--to`, and reads linked data into the forms of entities."""
    ended = command("oslo", "convert", "bin.json", "--to", "bin.jsonld")
    assert ended.stdout == ""
    back = command("oslo", "convert", "bin.jsonld", "-o", "ndjson")
    assert all(json.loads(line)["id"] for line in back.stdout.splitlines())
    assert back.stdout
    assert command("oslo", "convert", "bin.jsonld", "-o", "ids").stdout.split()


def test_a_form_that_is_not_one(command: Command) -> None:
    """A form that nobody knows is an error of usage that lists those there are, and no file of that name appears."""
    ended = command("models", "list", "-o", "yaml")
    assert ended.returncode == 2
    assert "ndjson" in ended.stderr
