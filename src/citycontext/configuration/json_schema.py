"""JSON Schema of a configuration as people write it: short forms, one or many, and variables too."""

from __future__ import annotations

import inspect
import json
import pkgutil
import re
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

__all__ = ["DRAFT", "Forms", "described_keys", "input_schema", "schema_text", "shipped_schema"]

DRAFT: Final = "http://json-schema.org/draft-07/schema#"
"""The draft that editors for TOML and validators alike understand."""

Schema = dict[str, Any]

_VARIABLE: Final = r"\x24\{[^}]+\}"  # a dollar sign that no tool takes for the end of the text
_PLAIN: Final[dict[Any, Schema]] = {
    str: {"type": "string"},
    Path: {"type": "string"},
    SecretStr: {"type": "string"},
    datetime: {"type": "string"},
    date: {"type": "string"},
    tzinfo: {"type": "string"},
    timedelta: {"type": ["string", "number"]},
    # A variable may stand where a number or a boolean belongs.
    int: {"type": ["integer", "string"], "pattern": _VARIABLE},
    float: {"type": ["number", "string"], "pattern": _VARIABLE},
    bool: {"type": ["boolean", "string"], "pattern": _VARIABLE},
}
_BOUNDS: Final = (
    ("ge", "minimum"),
    ("gt", "exclusiveMinimum"),
    ("le", "maximum"),
    ("lt", "exclusiveMaximum"),
)
_CLASS: Final = re.compile(r"\[[^\]]*\]")
_ENTRY: Final = re.compile(r"^ {4}(\w[\w, ]*?): (.*)$")


@dataclass(frozen=True)
class Forms:
    """The forms that a configuration is written in beside its tables.

    Args:
        before: What each function that reads a value first takes: from the schema of the value to that of the input.
        short: Schemas of the short forms of a table.
        reshape: What else is different in a table as it is written.
    """

    before: Mapping[Callable[..., Any], Callable[[Schema], Schema]] = field(default_factory=dict)
    short: Mapping[type[BaseModel], tuple[Schema, ...]] = field(default_factory=dict)
    reshape: Mapping[type[BaseModel], Callable[[Schema], Schema]] = field(default_factory=dict)


def input_schema(model: type[BaseModel], forms: Forms, *, title: str) -> Schema:
    """Return the JSON Schema of a file.

    Args:
        model: The configuration.
        forms: How it is written.
        title: What the file is called.
    """
    walk = _Walk(forms)
    whole = walk.table(model)
    return {"$schema": DRAFT, "title": title, **whole, "definitions": dict(sorted(walk.definitions.items()))}


class _Walk:
    def __init__(self, forms: Forms) -> None:
        self._forms = forms
        self.definitions: dict[str, Schema] = {}

    def table(self, model: type[BaseModel]) -> Schema:
        said = described_keys(model)
        properties: dict[str, Schema] = {}
        required = []
        for name, info in model.model_fields.items():
            key = info.alias or name
            schema = self.value(info.annotation, [*info.metadata])
            description = said.get(name.rstrip("_"))
            if description:
                schema = (
                    {**schema, "description": description}
                    if "$ref" not in schema
                    else {
                        "allOf": [schema],
                        "description": description,
                    }
                )
            if info.is_required():
                required.append(key)
            elif (default := _json(info.get_default(call_default_factory=False))) is not None:
                schema = {**schema, "default": default}
            properties[key] = schema
        made: Schema = {
            "description": _paragraph(model),
            "type": "object",
            "properties": properties,
            "additionalProperties": model.model_config.get("extra") == "allow",
        }
        if required:
            made["required"] = required
        change = self._forms.reshape.get(model)
        return made if change is None else change(made)

    def value(self, annotation: Any, metadata: list[Any]) -> Schema:
        schema = self._bare(annotation)
        for one in metadata:
            schema = self._refined(schema, one)
        return schema

    def _bare(self, annotation: Any) -> Schema:
        origin, arguments = get_origin(annotation), get_args(annotation)
        if origin is Annotated:
            return self.value(arguments[0], list(arguments[1:]))
        if origin in (Union, types.UnionType):
            return _any_of([self._bare(one) for one in arguments if one is not type(None)])
        if origin is Literal:
            return {"enum": list(arguments)}
        if origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
            return {"type": "array", "items": self._bare(arguments[0])}
        if origin is tuple:
            items = [self._bare(one) for one in arguments]
            return {"type": "array", "items": items[0], "minItems": len(items), "maxItems": len(items)}
        if origin is dict:
            return {"type": "object", "additionalProperties": self._bare(arguments[1])}
        if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
            return self._reference(annotation)
        return dict(_PLAIN.get(annotation, {}))

    def _reference(self, model: type[BaseModel]) -> Schema:
        name = model.__name__.lstrip("_").removesuffix("Config")
        if name not in self.definitions:
            self.definitions[name] = {}  # so that a table may hold itself
            table = self.table(model)
            short = self._forms.short.get(model, ())
            self.definitions[name] = {"anyOf": [table, *short]} if short else table
        return {"$ref": f"#/definitions/{name}"}

    def _refined(self, schema: Schema, one: Any) -> Schema:
        if isinstance(one, FieldInfo):
            for inner in one.metadata:
                schema = self._refined(schema, inner)
            return schema
        if isinstance(one, BeforeValidator):
            change = self._forms.before.get(one.func)
            return schema if change is None else change(schema)
        for attribute, keyword in _BOUNDS:
            bound = getattr(one, attribute, None)
            if isinstance(bound, int | float):
                schema = {**schema, keyword: bound}
        if (least := getattr(one, "min_length", None)) is not None:
            schema = {**schema, "minItems" if schema.get("type") == "array" else "minLength": least}
        pattern = getattr(one, "pattern", None)
        if isinstance(pattern, str) and schema.get("type") == "string":
            plain = _CLASS.sub(lambda found: found[0].replace("$", r"\x24"), pattern)
            schema = {**schema, "pattern": f"(?:{plain})|{_VARIABLE}"}
        return schema


def _any_of(schemas: list[Schema]) -> Schema:
    return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}


def _json(given: Any) -> Any:
    """Return a default as JSON, ``None`` where it is not one, or a table of defaults of its own."""
    if given is PydanticUndefined or given is None or isinstance(given, BaseModel):
        return None
    if isinstance(given, datetime):
        return given.isoformat()
    if isinstance(given, Path):
        return str(given)
    if isinstance(given, tuple | list):
        return list(given) or None
    if isinstance(given, dict):
        return given or None
    return given


def _paragraph(model: type[BaseModel]) -> str:
    text = inspect.getdoc(model) or ""
    return " ".join(text.partition("\n\n")[0].split())


def described_keys(model: type[BaseModel]) -> dict[str, str]:
    """Return what the text of a table says of its keys; those of the tables it extends too.

    Args:
        model: The table.
    """
    found: dict[str, str] = {}
    for one in reversed(model.__mro__):
        if not (inspect.isclass(one) and issubclass(one, BaseModel)) or not one.__doc__:
            continue
        names: list[str] = []
        for line in inspect.cleandoc(one.__doc__).partition("Args:")[2].splitlines():  # from 3.13 on it is so by itself
            entry = _ENTRY.match(line)
            if entry is not None:
                names = [name.strip().rstrip("_") for name in entry[1].split(",")]
                found.update(dict.fromkeys(names, entry[2]))
            elif line.startswith(" " * 8) and names:
                for name in names:
                    found[name] += f" {line.strip()}"
            elif line.strip():
                names = []
    return found


def schema_text(schema: Schema) -> str:
    """Write a schema as it ships.

    Args:
        schema: The schema.
    """
    return json.dumps(schema, separators=(",", ":"), ensure_ascii=False) + "\n"


def shipped_schema(name: str) -> str:
    """Return the text of a schema that ships with the package.

    Args:
        name: Its file's name, e.g. ``bridge.schema.json``.
    """
    return (pkgutil.get_data("citycontext.configuration", f"schemas/{name}") or b"").decode()
