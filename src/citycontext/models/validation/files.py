"""Checking files: every entity in them, and what could not be read, as reports."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from citycontext.errors import ConfigurationError, ModelError
from citycontext.models.catalogue.description import ModelDescription
from citycontext.models.catalogue.registry import describe
from citycontext.models.validation.entity import Strictness, validate
from citycontext.models.validation.envelopes import states_of
from citycontext.models.validation.practice import Practice
from citycontext.models.validation.sources import MAX_BYTES, Broken, NoEntities, Unreadable, read_entities
from citycontext.ngsild.findings import Finding, Severity

__all__ = ["Checker", "EntityReport", "FileReport", "model_by_folder"]

_MAX_FINDINGS: Final = 100_000
_MAX_IDS: Final = 1_000_000
_LISTED: Final = re.compile(r"\[\d+\]|line \d+|(?:features|@graph)\[\d+\]")
"""Where an entity stands among others of one file; those of notifications and event streams come again by design."""


@dataclass(slots=True)
class EntityReport:
    """What was found in one entity.

    Args:
        place: Where in the file it stands: empty for the whole, ``[3]`` for the fourth of a list, ``line 7``.
        id: Its id, where it has one.
        type: Its type, where it has one.
        findings: What was found.
    """

    place: str
    id: str
    type: str
    findings: list[Finding]


@dataclass(slots=True)
class FileReport:
    """What was found in one file.

    Args:
        source: Its path or URL.
        entities: The entities in it that have findings.
        checked: How many entities were checked.
        found: How many findings they have.
        problem: Why it could not be read, or only in part; empty otherwise.
        skipped: Why it holds no entities by design: a schema, an @context; empty otherwise.
    """

    source: str
    entities: list[EntityReport] = field(default_factory=list)
    checked: int = 0
    found: int = 0
    problem: str = ""
    skipped: str = ""
    _ids: dict[int, str] = field(default_factory=dict, repr=False, compare=False)

    def second(self, identifier: str, place: str) -> str | None:
        """Note where an id stands; return where it stood before, None where it is new."""
        before = self._ids.get(hash(identifier))
        if before is None and len(self._ids) < _MAX_IDS:
            self._ids[hash(identifier)] = place
        return before

    def count(self, severity: Severity) -> int:
        """Count the findings of a severity; a problem of the file is one error."""
        found = sum(one.severity is severity for entity in self.entities for one in entity.findings)
        return found + (1 if self.problem and severity is Severity.ERROR else 0)

    @property
    def passed(self) -> bool:
        """Whether it was read and has no error."""
        return self.count(Severity.ERROR) == 0


class Checker:
    """Checks sources, one after another.

    Args:
        strictness: How much a breach of the schema counts.
        model: The model of all entities: a type's name; ``None`` is the model of each entity's type.
        subject: The subject of that model, where several have it.
        practice: What good practice is measured by.
        max_bytes: How large a file may be that is not read line by line.
    """

    def __init__(
        self,
        *,
        strictness: Strictness | str = Strictness.TOLERANT,
        model: str | ModelDescription | None = None,
        subject: str | None = None,
        practice: Practice | None = None,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        self._model = describe(model, subject) if isinstance(model, str) else model
        self._strictness = Strictness(strictness)
        self._validate = partial(validate, strictness=self._strictness, practice=practice)
        self._max_bytes = max_bytes

    def check(self, source: str) -> FileReport:
        """Check one file or URL.

        Args:
            source: Its path or URL.

        Returns:
            What was found; a source that cannot be read has a ``problem``.
        """
        return self.check_entities(source, read_entities(source, self._max_bytes))

    def check_entities(self, source: str, entities: Iterable[tuple[str, Any]]) -> FileReport:
        """Check entities as they are read.

        Args:
            source: Where they come from.
            entities: Where each stands, and its JSON object.

        Returns:
            What was found; where reading ends in ``Unreadable`` or ``NoEntities``, that too.
        """
        report = FileReport(source)
        try:
            for place, payload in entities:
                self._check_entity(report, place, payload)
        except Unreadable as problem:
            report.problem = str(problem)
        except NoEntities as other:
            report.skipped = str(other)
        return report

    def _check_entity(self, report: FileReport, place: str, payload: Any) -> None:
        report.checked += 1
        if isinstance(payload, Mapping):
            model = self._model or model_by_folder(report.source, payload)
            findings = self._validate(payload, model)
            identifier, named = payload.get("id"), payload.get("type")
            if isinstance(identifier, str) and _LISTED.fullmatch(place) and not _evolves(payload):
                before = report.second(identifier, place)
                if before is not None:
                    message = f"is the id of the entity at {before} too; one id stands for one thing"
                    severity = Severity.ERROR if self._strictness is Strictness.STRICT else Severity.WARNING
                    findings = [*findings, Finding("id", "practice/id-twice", message, severity)]
        else:
            message, found = (
                (payload, "") if isinstance(payload, Broken) else ("is not a JSON object", f"{payload!r:.80}")
            )
            findings = [Finding("", "ngsi-ld/entity", message, Severity.ERROR, "5.2.4", found=found)]
            identifier = named = None
        report.found += len(findings)
        if report.found > _MAX_FINDINGS:
            raise Unreadable(f"checked up to {place or 'its end'}: over {_MAX_FINDINGS:,} findings are enough")
        if findings:
            report.entities.append(EntityReport(place, str(identifier or ""), str(named or ""), findings))


def _evolves(payload: Mapping[str, Any]) -> bool:
    """Return whether an object is a history of an entity, of which a file may hold several parts."""
    return isinstance(payload, dict) and states_of(payload) is not None


def model_by_folder(source: str, payload: Mapping[str, Any]) -> ModelDescription | None:
    """Return which of several models of one name is meant, by the repository that a file lies in.

    Args:
        source: The file's path, e.g. ``dataModel.Parking/ParkingSpot/examples/example.json``.
        payload: The entity's JSON object.
    """
    subject = source.rpartition("dataModel.")[2].replace("\\", "/").partition("/")[0] if "dataModel." in source else ""
    named = payload.get("type")
    if not subject or not isinstance(named, str):
        return None
    try:
        return describe(named, subject)
    except (ModelError, ConfigurationError):
        return None
