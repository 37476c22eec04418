"""The index of Smart Data Models that ships with the package: facts, no prose (CC BY 4.0 where not said otherwise)."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable, Iterator
from functools import cache, cached_property
from typing import Any, Final

import orjson

from citycontext.errors import UnknownModel
from citycontext.models.catalogue.description import ModelDescription
from citycontext.models.catalogue.searched_words import read_words, write_words
from citycontext.models.catalogue.short_names import ShortNames
from citycontext.models.schema.reduction import Definitions
from citycontext.models.smart_data_model import context_address
from citycontext.ngsild.names import to_snake
from citycontext.ngsild.packed import Packed, pack

__all__ = ["DEFAULT_LICENCE", "FORMAT", "ModelIndex", "plain_name", "smart_data_models", "write"]

FORMAT: Final = 3
"""The version of the index's own form."""

_REPOSITORIES: Final = "https://github.com/smart-data-models"
DEFAULT_LICENCE: Final = "CC-BY-4.0"
_SHARED: Final = " definitions"  # a blank first: no subject's name has one
_WORDS: Final = " words"


class ModelIndex:
    """Models by subject and type.

    A packed file: its head names subjects and models, one block holds the shared definitions, one the words that are
    searched, and one for each subject its models, a line each, in the order of the head. A block is read when it is
    first asked for.

    Args:
        packed: What ``write`` made.
    """

    def __init__(self, packed: Packed) -> None:
        self._packed = packed
        self.subjects: dict[str, dict[str, Any]] = packed.head["subjects"]
        self.definitions: Definitions = Definitions(orjson.loads(packed.block(_SHARED)))
        self._places: dict[tuple[str, str], int] = {
            (subject, type_name): place
            for subject, facts in self.subjects.items()
            for place, type_name in enumerate(facts["types"])
        }
        self._lines: dict[str, list[str]] = {}
        self._names: dict[str, ShortNames] = {}
        self._described: dict[tuple[str, str], ModelDescription] = {}

    @classmethod
    def from_bytes(cls, content: bytes) -> ModelIndex:
        """Read an index.

        Args:
            content: What ``write`` made.
        """
        return cls(Packed(content))

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._places)

    def __contains__(self, key: object) -> bool:
        return key in self._places

    def __getitem__(self, key: tuple[str, str]) -> ModelDescription:
        """Describe the model of a subject and type."""
        described = self._described.get(key)
        if described is None:
            place = self._places[key]
            subject, type_name = key
            if subject not in self._lines:
                self._lines[subject] = self._packed.block(subject).decode().split("\n")
                self._names[subject] = ShortNames(subject)
            row = orjson.loads(self._names[subject].lengthen(self._lines[subject][place]))
            repository = f"dataModel.{subject}"
            described = self._described[key] = ModelDescription(
                subject=subject,
                type=type_name,
                schema=row["schema"],
                definitions=self.definitions,
                version=row.get("version", ""),
                commit=self.subjects[subject].get("commit", ""),
                page=f"{_REPOSITORIES}/{repository}/blob/master/{type_name}/doc/spec.md",
                context=context_address(subject),
                licence=row.get("licence", DEFAULT_LICENCE),
            )
        return described

    @cached_property
    def attribute_words(self) -> dict[tuple[str, str], str]:
        """The names of each model's attributes as they are searched: without case and underscores, a blank around."""
        numbers = {subject: len(facts["types"]) for subject, facts in self.subjects.items()}
        words = read_words(self._packed.block(_WORDS), numbers)
        return {key: f" {' '.join(own)} " for key, own in zip(self._places, words, strict=True)}

    def of_type(self, type_name: str) -> list[ModelDescription]:
        """Return the models of an entity type; several where subjects share its name.

        Args:
            type_name: The entity type.
        """
        return [self[key] for key in self._places if key[1] == type_name]

    def of_subject(self, subject: str) -> list[ModelDescription]:
        """Return the models of a subject.

        Args:
            subject: The subject's name.
        """
        return [self[key] for key in self._places if key[0] == subject]

    def __str__(self) -> str:
        return f"{len(self)} models in {len(self.subjects)} subjects"


def write(subjects: dict[str, Any], definitions: dict[str, Any], models: Iterable[dict[str, Any]]) -> bytes:
    """Write an index.

    Args:
        subjects: Subject → its commit.
        definitions: Reduced shared definitions.
        models: Rows of subject, type, version, licence and reduced schema.
    """
    rows: dict[str, list[dict[str, Any]]] = {subject: [] for subject in sorted(subjects)}
    for row in sorted(models, key=lambda row: (row["subject"], row["type"])):
        rows[row["subject"]].append(row)
    facts = {subject: {**subjects[subject], "types": [row["type"] for row in own]} for subject, own in rows.items()}
    shared = Definitions(definitions)
    words = [(row["subject"], _words(row, shared)) for own in rows.values() for row in own]
    blocks = {
        _SHARED: orjson.dumps(dict(sorted(definitions.items()))),
        _WORDS: write_words(words),
        **{subject: ShortNames(subject).shorten("".join(map(_line, own))).encode() for subject, own in rows.items()},
    }
    return pack({"format": FORMAT, "subjects": facts}, blocks)


def _line(row: dict[str, Any]) -> str:
    facts = {name: fact for name, fact in row.items() if name not in ("subject", "type")}
    return orjson.dumps(facts, option=orjson.OPT_APPEND_NEWLINE).decode()


def _words(row: dict[str, Any], definitions: Definitions) -> list[str]:
    model = ModelDescription(row["subject"], row["type"], row["schema"], definitions)
    return [plain_name(name) for name in model.attributes]


def plain_name(text: str) -> str:
    """Make names comparable: ``WasteManagement``, ``waste management`` and ``dataModel.WasteManagement`` are one.

    Args:
        text: A name.
    """
    return to_snake(text.strip().removeprefix("dataModel.").replace(" ", "_")).replace("_", "")


@cache
def smart_data_models() -> ModelIndex:
    """Return the index that ships with the package; it is read once."""
    content = pkgutil.get_data("citycontext.models.catalogue", "smart_data_models.bin")
    if content is None:  # a loader that gives no data
        raise UnknownModel("the index of Smart Data Models cannot be read from this installation")
    return ModelIndex.from_bytes(content)
