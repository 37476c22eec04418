"""The JSON Schema of ``publish.toml``, in the forms that people write."""

from __future__ import annotations

from typing import Any, Final

from citycontext.configuration.json_schema import Forms, input_schema
from citycontext.publish import config
from citycontext.publish.config import Publication

__all__ = ["FILE_NAME", "publish_schema"]

FILE_NAME: Final = "publish.schema.json"

Schema = dict[str, Any]


def _one_or_many(schema: Schema) -> Schema:
    return {"anyOf": [schema, schema["items"]]}


def _text_or_languages(schema: Schema) -> Schema:
    return {"anyOf": [{"type": "string"}, schema]}


def _any_text(schema: Schema) -> Schema:
    return {"type": "string"}


def _text_or_number(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"enum": [int(one) for one in schema["enum"]]}]}


def publish_schema() -> Schema:
    """Return the JSON Schema of ``publish.toml``."""
    forms = Forms(
        before={
            config.listed: _one_or_many,
            config.by_language: _text_or_languages,
            config.full_iri: _any_text,
            config.as_access_rights: _any_text,
            config.as_email: _any_text,
            config.as_date: _any_text,
            str: _text_or_number,
        }
    )
    return input_schema(Publication, forms, title="publish.toml")
