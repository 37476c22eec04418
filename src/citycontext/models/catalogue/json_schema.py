"""A model as one JSON Schema that stands alone."""

from __future__ import annotations

import re
from typing import Any, Final

from citycontext.models.catalogue.description import ModelDescription

__all__ = ["json_schema"]

_FACTS: Final = {"kind": "type", "unit": "units", "unitCode": "unitCode", "personal": "personal"}


def json_schema(model: ModelDescription) -> dict[str, Any]:
    """Return a model's schema with everything it refers to, for any JSON Schema validator.

    Args:
        model: The model.

    Returns:
        A schema of the entity's simplified form. What JSON Schema has no word for (attribute type, unit, whether it may
        identify a person) stands under ``x-ngsi``.
    """
    return _Export(model).schema()


class _Export:
    def __init__(self, model: ModelDescription) -> None:
        self.model = model
        self.names: dict[str, str] = {}
        self.defs: dict[str, Any] = {}

    def schema(self) -> dict[str, Any]:
        model = self.model
        head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": model.type}
        if model.version:
            head["$schemaVersion"] = model.version
        body = self._copy(model.schema)
        return {**head, **body, **({"$defs": self.defs} if self.defs else {})}

    def _copy(self, part: Any) -> Any:
        if isinstance(part, list):
            return [self._copy(one) for one in part]
        if not isinstance(part, dict):
            return part
        copy: dict[str, Any] = {}
        facts: dict[str, Any] = {}
        for name, value in part.items():
            if name in _FACTS and not isinstance(value, dict):
                facts[_FACTS[name]] = value
            elif name == "$ref" and isinstance(value, str):
                copy[name] = f"#/$defs/{self._name(value)}"
            elif name in ("enum", "const", "required"):
                copy[name] = value
            else:
                copy[name] = self._copy(value)
        return {**copy, **({"x-ngsi": facts} if facts else {})}

    def _name(self, reference: str) -> str:
        known = self.names.get(reference)
        if known is None:
            known = stem = re.sub(r"[^\w.-]", "_", reference.rpartition("/")[2].removesuffix(".json#")) or "shared"
            number = 2
            while known in self.defs:
                known, number = f"{stem}{number}", number + 1
            self.names[reference] = known
            self.defs[known] = {}  # so that a definition that refers to itself ends here
            self.defs[known] = self._copy(self.model.definitions.resolve(reference))
        return known
