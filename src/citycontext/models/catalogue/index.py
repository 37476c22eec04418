"""The index of Smart Data Models that ships with the package: facts, no prose (CC BY 4.0 where not said otherwise)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from typing import Any, Final

import orjson

from citycontext.models.catalogue.description import ModelDescription
from citycontext.models.schema.reduction import Definitions

__all__ = ["FORMAT", "ModelIndex", "smart_data_models"]

FORMAT: Final = 1
"""The version of the index's own form."""

_REPOSITORIES: Final = "https://github.com/smart-data-models"
_RAW: Final = "https://raw.githubusercontent.com/smart-data-models"
DEFAULT_LICENCE: Final = "CC-BY-4.0"


class ModelIndex:
    """Models by subject and type.

    Args:
        content: The index as the compiler writes it: ``subjects``, ``definitions`` and ``models``.
    """

    def __init__(self, content: dict[str, Any]) -> None:
        self.subjects: dict[str, dict[str, Any]] = content["subjects"]
        self.definitions = Definitions(content["definitions"])
        self._rows: dict[tuple[str, str], dict[str, Any]] = {
            (row["subject"], row["type"]): row for row in content["models"]
        }
        self._described: dict[tuple[str, str], ModelDescription] = {}

    @classmethod
    def from_json(cls, text: bytes) -> ModelIndex:
        """Read an index.

        Args:
            text: What the compiler wrote.
        """
        return cls(orjson.loads(text))

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._rows)

    def __contains__(self, key: object) -> bool:
        return key in self._rows

    def __getitem__(self, key: tuple[str, str]) -> ModelDescription:
        """Describe the model of a subject and type."""
        described = self._described.get(key)
        if described is None:
            row = self._rows[key]
            repository = f"dataModel.{row['subject']}"
            described = self._described[key] = ModelDescription(
                subject=row["subject"],
                type=row["type"],
                schema=row["schema"],
                definitions=self.definitions,
                version=row.get("version", ""),
                commit=self.subjects[row["subject"]].get("commit", ""),
                page=f"{_REPOSITORIES}/{repository}/blob/master/{row['type']}/doc/spec.md",
                context=f"{_RAW}/{repository}/master/context.jsonld",
                licence=row.get("licence", DEFAULT_LICENCE),
            )
        return described

    def of_type(self, type_name: str) -> list[ModelDescription]:
        """Return the models of an entity type; several where subjects share its name.

        Args:
            type_name: The entity type.
        """
        return [self[key] for key in self._rows if key[1] == type_name]

    def of_subject(self, subject: str) -> list[ModelDescription]:
        """Return the models of a subject.

        Args:
            subject: The subject's name.
        """
        return [self[key] for key in self._rows if key[0] == subject]

    def __str__(self) -> str:
        return f"{len(self._rows)} models in {len(self.subjects)} subjects"


def write(subjects: dict[str, Any], definitions: dict[str, Any], models: Iterable[dict[str, Any]]) -> bytes:
    """Write an index: JSON with one model a line, so that a change of one shows as one.

    Args:
        subjects: Subject → its commit.
        definitions: Reduced shared definitions.
        models: Rows of subject, type, version, licence and reduced schema.
    """

    def lines(rows: Iterable[bytes]) -> bytes:
        return b",\n".join(rows)

    def members(table: dict[str, Any]) -> bytes:
        return lines(orjson.dumps(name) + b":" + orjson.dumps(one) for name, one in sorted(table.items()))

    ordered = sorted(models, key=lambda row: (row["subject"], row["type"]))
    return b"".join(
        (
            b'{"format":%d,\n"subjects":{\n' % FORMAT,
            members(subjects),
            b'\n},\n"definitions":{\n',
            members(definitions),
            b'\n},\n"models":[\n',
            lines(orjson.dumps(row) for row in ordered),
            b"\n]}\n",
        )
    )


@cache
def smart_data_models() -> ModelIndex:
    """Return the index that ships with the package; it is read once."""
    return ModelIndex.from_json(files("citycontext.models.catalogue").joinpath("smart_data_models.json").read_bytes())
