"""Write the schemas of ``bridge.toml`` and ``publish.toml`` and the page of their keys; ``--check`` compares."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel

from citycontext.bridge import BridgeConfig
from citycontext.bridge.config.json_schema import bridge_schema
from citycontext.bridge.drafting.toml_text import toml_value
from citycontext.configuration.json_schema import schema_text
from citycontext.configuration.toml_file import validate_settings
from citycontext.errors import ConfigurationError
from citycontext.publish.config import Publication
from citycontext.publish.json_schema import publish_schema

ROOT = Path(__file__).parents[1]
SCHEMAS = ROOT / "src" / "citycontext" / "configuration" / "schemas"
PAGE = ROOT / "docs" / "configuration.md"
BLOCK = re.compile(r"```toml\n(.*?)```", re.DOTALL)
WRONG = (["x", {}], "not this", 7, {"x": []})

HEAD = """# Configuration

Each key of `bridge.toml` and `publish.toml`, as the program reads them. This page and the schemas are made out of the
code by `scripts/configuration.py`, and a test compares them. Editors that know TOML (Even Better TOML, Tombi, taplo)
check a file while it is written, where a comment at its top names a schema:

```console
$ citycontext bridge schema --to bridge.schema.json
$ citycontext publish schema --to publish.schema.json
```

```text
#:schema bridge.schema.json
```

Any text may hold `${VARIABLE}` of the environment. A duration is a number of seconds or a text such as `"30s"`, a size
a number of bytes or a text such as `"64MB"`. An example is the first one in these pages.
"""


def files() -> dict[Path, str]:
    """Return what is generated, by file."""
    bridge, publish = bridge_schema(), publish_schema()
    return {
        SCHEMAS / "bridge.schema.json": schema_text(bridge),
        SCHEMAS / "publish.schema.json": schema_text(publish),
        PAGE: HEAD + reference("bridge.toml", bridge, BridgeConfig) + reference("publish.toml", publish, Publication),
    }


def reference(name: str, schema: dict[str, Any], model: type[BaseModel]) -> str:
    """Write the tables of one file."""
    models = dict(tables(model))
    old = first_keys()
    found: dict[tuple[str, str], Any] = {}
    for example in examples(name):
        look(schema, "", example, schema["definitions"], found)
    lines = [f"\n## {name}\n"]
    for title, table in [("", schema), *sorted(schema["definitions"].items())]:
        body = next((one for one in table.get("anyOf", [table]) if "properties" in one), table)
        short = [words(one) for one in table.get("anyOf", []) if "properties" not in one and one.keys() != {"required"}]
        lines += [f"### {title or 'The file itself'}\n", body.get("description", "").replace("``", "`"), ""]
        if short:
            lines += [f"Short forms: {', '.join(short)}.\n"]
        lines += [
            "| key | type | default | since | example | what it says | a wrong value |",
            "| --- | --- | --- | --- | --- | --- | --- |",
        ]
        owner = models.get(title or model.__name__.removesuffix("Config"))
        for key, one in body.get("properties", {}).items():
            known = old.get(title or model.__name__.removesuffix("Config"), set())
            since = "0.1" if key in known or (title == "Route" and key in old["Entity"]) else "after 0.1"
            shown = found.get((title, key))
            cells = [
                f"`{key}`" + (" (needed)" if key in body.get("required", ()) else ""),
                words(one),
                "" if "default" not in one else code(one["default"]),
                since,
                "" if shown is None else code(shown),
                one.get("description", ""),
                "" if owner is None else literal(wrong(owner, key)),
            ]
            lines.append(f"| {' | '.join(cell(text) for text in cells)} |")
        lines.append("")
    return "\n".join(lines)


def literal(text: str) -> str:
    """Write a message so that its signs are no Markdown."""
    return re.sub(r"([\\`*_<>\[\]{}^~])", r"\\\1", text)


def cell(text: str) -> str:
    """Write a text so that it stays in its cell."""
    return " ".join(re.sub(r"(?<!\\)``", "`", text).replace("|", "\\|").split())


def code(value: Any) -> str:
    """Write a value as in the file, shortened."""
    text = toml_value(value)
    return f"`{text if len(text) < 60 else text[:57] + '…'}`"


def words(schema: dict[str, Any]) -> str:
    """Say in words what a value is."""
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(words(one) for one in schema["anyOf"]))
    if "allOf" in schema:
        return words(schema["allOf"][0])
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "enum" in schema:
        return ", ".join(code(one) for one in schema["enum"])
    kind = schema.get("type", "anything")
    if isinstance(kind, list):
        if "(ms|s|m|h|d)" in schema.get("pattern", ""):
            return "duration (seconds)"
        if "[bB]" in schema.get("pattern", ""):
            return "size (bytes)"
        kind = kind[0]
    if kind == "array":
        return f"list of {words(schema.get('items', {}))}"
    if kind == "object":
        inner = schema.get("additionalProperties")
        return f"table of {words(inner)}" if isinstance(inner, dict) and inner else "table"
    limits = [f"from {schema['minimum']:g}"] if "minimum" in schema else []
    limits += [f"to {schema['maximum']:g}"] if "maximum" in schema else []
    named = {"string": "text", "integer": "whole number", "boolean": "true or false"}.get(kind, kind)
    return " ".join([named, *limits])


def tables(model: type[BaseModel]) -> Iterator[tuple[str, type[BaseModel]]]:
    """Yield the tables of a configuration, by the names that the schema has for them."""
    seen: set[type[BaseModel]] = set()
    waiting = [model]
    while waiting:
        one = waiting.pop()
        if one in seen:
            continue
        seen.add(one)
        yield one.__name__.lstrip("_").removesuffix("Config"), one
        for info in one.model_fields.values():
            waiting += models_in(info.annotation)


def models_in(annotation: Any) -> list[type[BaseModel]]:
    """Return the tables in a type."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for one in get_args(annotation) for model in models_in(one)]


def first_keys() -> dict[str, set[str]]:
    """Return the keys that version 0.1 had, by table."""
    lines = (Path(__file__).with_name("keys_of_0_1.txt")).read_text(encoding="utf-8").splitlines()
    return {name: set(keys.split()) for name, _, keys in (line.partition(":") for line in lines)}


def wrong(model: type[BaseModel], key: str) -> str:
    """Return what is said of a wrong value of a key."""
    for value in WRONG:
        try:
            validate_settings({key: value}, model)
        except ConfigurationError as error:
            for one in (error, *error.further):
                if one.key.partition(".")[0].partition("[")[0] == key and "missing" not in one.message:
                    return " ".join(part for part in (one.message, one.cure) if part)
        except (TypeError, ValueError, AttributeError):
            continue
    return ""


def examples(name: str) -> Iterator[dict[str, Any]]:
    """Yield the configurations in the documentation."""
    for page in [
        ROOT / "README.md",
        *sorted((ROOT / "docs").glob("*.md")),
        *sorted((ROOT / "examples").rglob("*.toml")),
    ]:
        if page == PAGE:
            continue
        text = page.read_text(encoding="utf-8")
        for block in [text] if page.suffix == ".toml" else BLOCK.findall(text):
            try:
                given = tomllib.loads(block)
            except tomllib.TOMLDecodeError:
                continue
            if ("context_broker" in given and name == "bridge.toml") or ("allow" in given and name == "publish.toml"):
                yield given


def look(schema: dict[str, Any], title: str, given: Any, definitions: dict[str, Any], found: dict[Any, Any]) -> None:
    """Note the first value of each key."""
    if isinstance(given, list):
        for one in given:
            look(schema, title, one, definitions, found)
        return
    if not isinstance(given, dict):
        return
    body = next((one for one in schema.get("anyOf", [schema]) if "properties" in one), schema)
    for key, value in given.items():
        one = body.get("properties", {}).get(key)
        if one is None:
            inner = body.get("additionalProperties")
            one = inner if isinstance(inner, dict) else None
        elif isinstance(value, str | int | float | bool) or (isinstance(value, list) and not any(map(is_table, value))):
            found.setdefault((title, key), value)
        if one is None or not isinstance(value, dict | list):
            continue
        for name in references(one):
            table = definitions[name]
            tested = next((part for part in table.get("anyOf", [table]) if "properties" in part), table)
            kind = tested.get("properties", {}).get("kind", {}).get("enum")
            values = value if isinstance(value, list) else [value]
            if is_keyed(one):
                values = list(value.values()) if isinstance(value, dict) else values
            for each in values:
                if kind is None or (isinstance(each, dict) and each.get("kind") in kind):
                    look(table, name, each, definitions, found)


def is_table(value: Any) -> bool:
    """Return whether a value is a table."""
    return isinstance(value, dict | datetime | date)


def is_keyed(schema: dict[str, Any]) -> bool:
    """Return whether the keys of a table are the user's."""
    inner = schema.get("allOf", [schema])[0]
    return isinstance(inner.get("additionalProperties"), dict)


def references(schema: Any) -> list[str]:
    """Return the tables that a value may be."""
    if isinstance(schema, dict):
        own = [schema["$ref"].rpartition("/")[2]] if "$ref" in schema else []
        return own + [name for key, one in schema.items() if key != "properties" for name in references(one)]
    if isinstance(schema, list):
        return [name for one in schema for name in references(one)]
    return []


def main() -> None:
    """Write, or compare."""
    made = files()
    if "--check" in sys.argv:
        stale = [path for path, text in made.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
        for path in stale:
            print(f"{path.relative_to(ROOT)} is stale: python scripts/configuration.py")
        sys.exit(bool(stale))
    for path, text in made.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
