"""The JSON Schema of ``bridge.toml``, in the forms that people write."""

from __future__ import annotations

from typing import Any, Final

from citycontext.bridge.config.attributes import AltitudeConfig, AttributeConfig, TimeConfig, paths
from citycontext.bridge.config.bridge import BridgeConfig
from citycontext.bridge.config.routes import CodecConfig, DedupConfig, EntityConfig, RouteConfig
from citycontext.bridge.config.section import one_or_many
from citycontext.bridge.mapping.quantities import parse_duration, parse_size
from citycontext.configuration.json_schema import Forms, input_schema

__all__ = ["FILE_NAME", "bridge_schema"]

FILE_NAME: Final = "bridge.schema.json"

Schema = dict[str, Any]
_TEXT: Final[Schema] = {"type": "string"}
_DURATION: Final = r"^\s*\d+(\.\d+)?\s*(ms|s|m|h|d)\s*$|\x24\{[^}]+\}"
_SIZE: Final = r"^\s*\d+(\.\d+)?\s*([kKmMgGtT]?[bB])\s*$|\x24\{[^}]+\}"


def _one_or_many(schema: Schema) -> Schema:
    return {"anyOf": [schema, schema["items"]]}


def _duration(schema: Schema) -> Schema:
    return {"type": ["number", "string"], "minimum": 0, "pattern": _DURATION}


def _size(schema: Schema) -> Schema:
    return {"type": ["integer", "string"], "minimum": 0, "pattern": _SIZE}


def _any_options(schema: Schema) -> Schema:
    """A codec's own options stand beside its name."""
    properties = {name: one for name, one in schema["properties"].items() if name != "options"}
    return {**schema, "properties": properties, "additionalProperties": True}


def _entity_keys(schema: Schema, entity: Schema) -> Schema:
    """A route for one entity carries its keys itself."""
    own = {name: one for name, one in entity["properties"].items() if name not in schema["properties"]}
    properties = {**schema["properties"], **own, "mqtt": {**_TEXT, "description": "Another word for source."}}
    return {
        **schema,
        "properties": properties,
        "required": ["topic"],
        "anyOf": [{"required": ["entity"]}, {"required": ["type", "id", "attributes"]}],
    }


def _filled_in(schema: Schema) -> Schema:
    """A source with a preset brings its route along."""
    return {**schema, "required": ["context_broker"]}


def bridge_schema() -> Schema:
    """Return the JSON Schema of ``bridge.toml``."""
    before = {
        one_or_many: _one_or_many,
        paths: _one_or_many,
        parse_duration: _duration,
        parse_size: _size,
    }
    entity = input_schema(EntityConfig, Forms(before=before), title="entity")
    forms = Forms(
        before=before,
        short={
            TimeConfig: (_TEXT,),
            AltitudeConfig: (_TEXT,),
            AttributeConfig: (_TEXT, {"type": "array", "items": _TEXT, "minItems": 1}, {"type": "number"}),
            CodecConfig: (_TEXT,),
            DedupConfig: (_TEXT, {"type": "array", "items": _TEXT}),
        },
        reshape={
            CodecConfig: _any_options,
            RouteConfig: lambda schema: _entity_keys(schema, entity),
            BridgeConfig: _filled_in,
        },
    )
    return input_schema(BridgeConfig, forms, title="bridge.toml")
