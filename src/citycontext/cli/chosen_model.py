"""Which model a user names: a type, or the schema of a model of their own."""

from __future__ import annotations

from citycontext.models.catalogue.description import ModelDescription
from citycontext.models.catalogue.registry import describe
from citycontext.models.own_schema import describe_schema

__all__ = ["named_model"]


def named_model(name: str, subject: str | None) -> ModelDescription:
    """Find the model of an option ``--model``.

    Args:
        name: A type, or path or URL of a JSON Schema.
        subject: The subject, where several have the type.

    Raises:
        UnknownModel: No family has it.
        AmbiguousModel: Several subjects have it.
        InvalidSchema: The schema cannot be read.
    """
    if name.endswith(".json") or name.startswith(("http://", "https://")):
        return describe_schema(name)
    return describe(name, subject)
