"""The JSON Schema of bridge.toml: it takes what people write, and refuses what the bridge refuses."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from datetime import date, datetime
from pathlib import Path
from typing import Any

import fastjsonschema
import jsonschema
import pytest

from citycontext.bridge import BridgeConfig
from citycontext.bridge.config.json_schema import bridge_schema
from citycontext.cli.main import main
from citycontext.errors import ConfigurationError
from citycontext.publish.config import Publication
from citycontext.publish.json_schema import publish_schema

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "src" / "citycontext" / "configuration" / "schemas"
BLOCK = re.compile(r"```toml\n(.*?)```", re.DOTALL)

SCHEMA_LINE = re.compile(r"(?:# [\w.-]+\n)?#:schema (\S+)\n")
"""At the top; only the name of the file may stand above."""


def as_json(given: Any) -> Any:
    """Return TOML as editors see it: dates are texts."""
    if isinstance(given, dict):
        return {name: as_json(one) for name, one in given.items()}
    if isinstance(given, list):
        return [as_json(one) for one in given]
    return given.isoformat() if isinstance(given, datetime | date) else given


def examples() -> list[tuple[str, str, dict[str, Any], str]]:
    """Return the whole configurations of the documentation, with the kind of each, and the schema that it names."""
    found = []
    for page in [
        ROOT / "README.md",
        *sorted((ROOT / "docs").rglob("*.md")),
        *sorted((ROOT / "examples").rglob("*.toml")),
    ]:
        text = page.read_text(encoding="utf-8")
        blocks = [text] if page.suffix == ".toml" else BLOCK.findall(text)
        for number, block in enumerate(blocks):
            try:
                given = tomllib.loads(block)
            except tomllib.TOMLDecodeError:
                continue
            named = SCHEMA_LINE.match(block)
            schema = str(page.resolve().parent / named[1]) if named and page.suffix == ".toml" else named and named[1]
            if "context_broker" in given and ("route" in given or "source" in given):
                found.append((f"{page.parent.name}/{page.name}-{number}", "bridge", given, schema or ""))
            elif "allow" in given and "dataset" in given:
                found.append((f"{page.parent.name}/{page.name}-{number}", "publish", given, schema or ""))
    return found


EXAMPLES = examples()
SCHEMAS = {"bridge": bridge_schema(), "publish": publish_schema()}


def test_the_documentation_has_examples_of_both() -> None:
    """There is something to validate: many bridges, and a publication."""
    assert sum(kind == "bridge" for _, kind, _, _ in EXAMPLES) >= 8
    assert any(kind == "publish" for _, kind, _, _ in EXAMPLES)


@pytest.mark.parametrize(("kind", "schema"), [(one[1], one[3]) for one in EXAMPLES], ids=[one[0] for one in EXAMPLES])
def test_each_example_names_its_schema(kind: str, schema: str) -> None:
    """A file names the schema that ships, a page the one that ``schema --to`` writes."""
    assert schema == f"{kind}.schema.json" or Path(schema).resolve() == SHIPPED / f"{kind}.schema.json"


@pytest.mark.parametrize(("kind", "given"), [one[1:3] for one in EXAMPLES], ids=[one[0] for one in EXAMPLES])
def test_each_example_is_valid_by_two_tools(kind: str, given: dict[str, Any]) -> None:
    """Every whole example of the documentation validates by jsonschema and by fastjsonschema."""
    document = as_json(given)
    jsonschema.Draft7Validator(SCHEMAS[kind]).validate(document)
    fastjsonschema.compile(SCHEMAS[kind], use_default=False)(document)


@pytest.mark.parametrize("kind", ["bridge", "publish"])
def test_the_schema_is_one_and_is_shipped(kind: str) -> None:
    """It is a schema of draft 7, and the file in the package is the one that the code makes."""
    jsonschema.Draft7Validator.check_schema(SCHEMAS[kind])
    shipped = json.loads((SHIPPED / f"{kind}.schema.json").read_text(encoding="utf-8"))
    assert shipped == json.loads(json.dumps(SCHEMAS[kind])), "stale: python scripts/configuration.py"


def test_the_reference_is_the_one_that_the_code_makes() -> None:
    """docs/configuration.md and the shipped schemas are not stale."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "configuration.py"), "--check"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


def test_the_command_line_writes_the_schemas(tmp_path: Path) -> None:
    """``bridge schema`` and ``publish schema`` write what ships."""
    for kind in ("bridge", "publish"):
        path = tmp_path / f"{kind}.json"
        assert main([kind, "schema", "--to", str(path)]) == 0
        assert path.read_text() == (SHIPPED / f"{kind}.schema.json").read_text()


def a_bridge(**changes: Any) -> dict[str, Any]:
    """Return a small configuration with changes at its route."""
    route = {"topic": "a/{b}", "type": "Device", "id": "urn:ngsi-ld:Device:{b}", "attributes": {"t": "t"}}
    return {
        "mqtt": {"url": "mqtt://localhost"},
        "context_broker": {"url": "http://localhost:1026"},
        "route": [route | changes],
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"topic": ["a/{b}", "c/{b}"]},
        {"codec": {"name": "csv", "delimiter": ";"}},
        {"codec": {"name": "own.module:decode", "anything": [1]}},
        {"observed_at": "time"},
        {"observed_at": ["time", {"from": "ts", "format": "epoch-ms"}]},
        {"observed_at": {"from": "time", "zone": "Europe/Brussels"}},
        {"dedup": ["a", "b"]},
        {"dedup": {"by": "a", "within": "10m"}},
        {"attributes": {"t": {"from": ["a", "b"], "unit": "CEL"}}},
        {"attributes": {"t": ["a", "b"], "n": 4}},
        {"attributes": {"location": {"longitude": "x", "latitude": "y", "altitude": "z"}}},
        {"pivot": {"from": "v", "name": "n", "value": ["v", "w"]}},
    ],
)
def test_short_forms_are_taken_by_both(changes: dict[str, Any]) -> None:
    """What the bridge reads, the schema takes."""
    given = a_bridge(**changes)
    BridgeConfig.from_dict(given)
    jsonschema.Draft7Validator(SCHEMAS["bridge"]).validate(given)


@pytest.mark.parametrize(
    "changes",
    [
        {"tpoic": "a"},
        {"topic": 7},
        {"qos": "much"},
        {"attributes": {"t": {"form": "a"}}},
        {"attributes": {"t": {"from": "a", "kind": "Propertee"}}},
        {"wrong": "ignore"},
        {"dedup": {"by": "a", "within": "10 fortnights"}},
        {"retained": True},
    ],
)
def test_faults_are_refused_by_both(changes: dict[str, Any]) -> None:
    """What the bridge refuses by its form, the schema refuses."""
    given = a_bridge(**changes)
    with pytest.raises(ConfigurationError):
        BridgeConfig.from_dict(given)
    assert list(jsonschema.Draft7Validator(SCHEMAS["bridge"]).iter_errors(given))


def test_a_variable_may_stand_for_a_number() -> None:
    """``port = "${PORT}"`` is no fault in an editor."""
    given = a_bridge() | {"admin": {"port": "${PORT}"}}
    jsonschema.Draft7Validator(SCHEMAS["bridge"]).validate(given)


def test_each_key_is_described() -> None:
    """An editor has a word for nearly each key."""
    for schema in SCHEMAS.values():
        tables = [schema, *(one.get("anyOf", [one])[0] for one in schema["definitions"].values())]
        keys = [(name, key) for table in tables for name, key in table.get("properties", {}).items()]
        silent = [name for name, key in keys if not key.get("description") and name != "kind"]
        assert len(silent) <= 0.05 * len(keys), silent


def test_a_publication_refuses_what_the_schema_refuses() -> None:
    """An unknown key of publish.toml is a fault for both."""
    given = next(one for _, kind, one, _ in EXAMPLES if kind == "publish") | {"alow": {}}
    with pytest.raises(ConfigurationError):
        Publication.parse(given)
    assert list(jsonschema.Draft7Validator(SCHEMAS["publish"]).iter_errors(as_json(given)))
