"""The index of Smart Data Models that ships with the package: facts, no prose (CC BY 4.0 where not said otherwise)."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any, Final

import orjson

from citycontext.errors import UnknownModel
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

    The first line of an index names its subjects and models, the second holds the shared definitions, and each further
    line is one model, in the order of the first; it is read when the model is asked for.

    Args:
        lines: The lines of an index, as ``write`` makes them.
    """

    def __init__(self, lines: Sequence[bytes]) -> None:
        head = orjson.loads(lines[0])
        self.subjects: dict[str, dict[str, Any]] = head["subjects"]
        self.definitions = Definitions(orjson.loads(lines[1]))
        self._lines: dict[tuple[str, str], bytes] = {
            (subject, type_name): line for (subject, type_name), line in zip(head["models"], lines[2:], strict=True)
        }
        self._described: dict[tuple[str, str], ModelDescription] = {}

    @classmethod
    def from_bytes(cls, content: bytes) -> ModelIndex:
        """Read an index.

        Args:
            content: What ``write`` made.
        """
        return cls(content.splitlines())

    def __len__(self) -> int:
        return len(self._lines)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._lines)

    def __contains__(self, key: object) -> bool:
        return key in self._lines

    def __getitem__(self, key: tuple[str, str]) -> ModelDescription:
        """Describe the model of a subject and type."""
        described = self._described.get(key)
        if described is None:
            row = orjson.loads(self._lines[key])
            subject, type_name = key
            repository = f"dataModel.{subject}"
            described = self._described[key] = ModelDescription(
                subject=subject,
                type=type_name,
                schema=row["schema"],
                definitions=self.definitions,
                version=row.get("version", ""),
                commit=self.subjects[subject].get("commit", ""),
                page=f"{_REPOSITORIES}/{repository}/blob/master/{type_name}/doc/spec.md",
                context=f"{_RAW}/{repository}/master/context.jsonld",
                licence=row.get("licence", DEFAULT_LICENCE),
            )
        return described

    def of_type(self, type_name: str) -> list[ModelDescription]:
        """Return the models of an entity type; several where subjects share its name.

        Args:
            type_name: The entity type.
        """
        return [self[key] for key in self._lines if key[1] == type_name]

    def of_subject(self, subject: str) -> list[ModelDescription]:
        """Return the models of a subject.

        Args:
            subject: The subject's name.
        """
        return [self[key] for key in self._lines if key[0] == subject]

    def __str__(self) -> str:
        return f"{len(self._lines)} models in {len(self.subjects)} subjects"


def write(subjects: dict[str, Any], definitions: dict[str, Any], models: Iterable[dict[str, Any]]) -> bytes:
    """Write an index: JSON Lines with one model a line, so that a change of one shows as one.

    Args:
        subjects: Subject → its commit.
        definitions: Reduced shared definitions.
        models: Rows of subject, type, version, licence and reduced schema.
    """
    rows = sorted(models, key=lambda row: (row["subject"], row["type"]))
    keys = [(row["subject"], row["type"]) for row in rows]
    head = {"format": FORMAT, "subjects": dict(sorted(subjects.items())), "models": keys}
    lines = [head, dict(sorted(definitions.items())), *rows]
    return b"".join(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE) for line in lines)


@cache
def smart_data_models() -> ModelIndex:
    """Return the index that ships with the package; it is read once."""
    content = pkgutil.get_data("citycontext.models.catalogue", "smart_data_models.jsonl")
    if content is None:  # a loader that gives no data
        raise UnknownModel("the index of Smart Data Models cannot be read from this installation")
    return ModelIndex.from_bytes(content)
