"""Checking files: whatever holds entities, one after another, with bounded memory and no surprise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

import httpx
import orjson

from citycontext.errors import ConfigurationError, ModelError
from citycontext.models.catalogue.description import ModelDescription
from citycontext.models.catalogue.registry import describe
from citycontext.models.validation.entity import Strictness, validate
from citycontext.models.validation.practice import Practice
from citycontext.ngsild.findings import Finding, Severity

__all__ = ["Checker", "EntityReport", "FileReport", "find_sources"]

SUFFIXES: Final = frozenset({".json", ".jsonld", ".geojson", ".ndjson", ".jsonl"})
"""What a folder is searched for; a file that is named is read whatever it is called."""

_LINES: Final = frozenset({".ndjson", ".jsonl"})
_MAX_BYTES: Final = 32_000_000  # parsed, a file takes several times its size
_MAX_LINE: Final = 5_000_000
_MAX_FINDINGS: Final = 100_000
_TIMEOUT: Final = 30.0
_REMOTE: Final = ("http://", "https://")


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

    def count(self, severity: Severity) -> int:
        """Count the findings of a severity; a problem of the file is one error."""
        found = sum(one.severity is severity for entity in self.entities for one in entity.findings)
        return found + (1 if self.problem and severity is Severity.ERROR else 0)

    @property
    def passed(self) -> bool:
        """Whether it was read and has no error."""
        return self.count(Severity.ERROR) == 0


def find_sources(names: Iterable[str | Path]) -> Iterator[tuple[str, str]]:
    """List what is to be checked: files as they are, folders searched with all folders in them, URLs.

    Args:
        names: Paths and URLs.

    Yields:
        A path or URL, and why it cannot be checked, if so.
    """
    for name in names:
        if str(name).startswith(_REMOTE):
            yield str(name), ""
            continue
        path = Path(name)
        if path.is_dir():
            found = sorted(one for one in path.rglob("*") if one.suffix in SUFFIXES and one.is_file())
            if not found:
                yield str(path), f"the folder holds no file ending in {', '.join(sorted(SUFFIXES))}"
            for one in found:
                yield str(one), ""
        else:
            yield str(path), "" if path.exists() else "there is no such file"


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
        max_bytes: int = _MAX_BYTES,
    ) -> None:
        self._model = describe(model, subject) if isinstance(model, str) else model
        self._validate = partial(validate, strictness=Strictness(strictness), practice=practice)
        self._max_bytes = max_bytes

    def check(self, source: str) -> FileReport:
        """Check one file or URL.

        Args:
            source: Its path or URL.

        Returns:
            What was found; a source that cannot be read has a ``problem``.
        """
        report = FileReport(source)
        try:
            if source.startswith(_REMOTE):
                self._check_document(report, self._fetch(source))
            elif Path(source).suffix in _LINES:
                self._check_lines(report, Path(source))
            else:
                self._check_document(report, self._read(Path(source)))
        except _Unreadable as problem:
            report.problem = str(problem)
        return report

    def _read(self, path: Path) -> bytes:
        try:
            size = path.stat().st_size
            if size > self._max_bytes:
                raise _Unreadable(
                    f"{size:,} bytes are over the limit of {self._max_bytes:,}; write one entity a line (.ndjson)"
                )
            return path.read_bytes()
        except OSError as wrong:
            raise _Unreadable(f"cannot be read: {wrong.strerror}") from None

    def _fetch(self, url: str) -> bytes:
        content = bytearray()
        try:
            with httpx.stream("GET", url, timeout=_TIMEOUT, follow_redirects=True) as answer:
                answer.raise_for_status()
                for chunk in answer.iter_bytes():
                    content += chunk
                    if len(content) > self._max_bytes:
                        raise _Unreadable(f"the answer is over the limit of {self._max_bytes:,} bytes")
        except (httpx.HTTPError, httpx.InvalidURL) as wrong:
            raise _Unreadable(f"cannot be fetched: {wrong}") from None
        return bytes(content)

    def _check_lines(self, report: FileReport, path: Path) -> None:
        try:
            with path.open("rb") as lines:
                for number, line in enumerate(iter(lambda: lines.readline(_MAX_LINE + 1), b""), 1):
                    if len(line) > _MAX_LINE:
                        raise _Unreadable(f"line {number} is over {_MAX_LINE:,} bytes")
                    if line.strip():
                        self._check_entity(report, f"line {number}", _parse(line, f"line {number}: "))
        except OSError as wrong:
            raise _Unreadable(f"cannot be read: {wrong.strerror}") from None
        if not report.checked:
            raise _Unreadable("the file is empty")

    def _check_document(self, report: FileReport, text: bytes) -> None:
        if not text.strip():
            raise _Unreadable("the file is empty")
        content = _parse(text)
        if isinstance(content, dict):
            report.skipped = _not_of_entities(content)
            if content.get("type") == "FeatureCollection" and isinstance(content.get("features"), list):
                content = content["features"]
        if report.skipped:
            return
        if not isinstance(content, list):
            if not _is_entity(content):
                raise _Unreadable("no entity: it has neither id nor type")
            self._check_entity(report, "", content)
        elif not content:
            raise _Unreadable("the list is empty")
        else:
            if not any(_is_entity(one) for one in content):
                raise _Unreadable(f"no entities: none of the {len(content):,} in the list has an id or a type")
            for index, one in enumerate(content):
                self._check_entity(report, f"[{index}]", one)

    def _check_entity(self, report: FileReport, place: str, payload: Any) -> None:
        report.checked += 1
        if isinstance(payload, Mapping):
            payload = _entity_of(payload)
            model = self._model or _model_by_folder(report.source, payload)
            findings = self._validate(payload, model)
            identifier, named = payload.get("id"), payload.get("type")
        else:
            findings = [
                Finding("", "ngsi-ld/entity", "is no JSON object", Severity.ERROR, "5.2.4", found=f"{payload!r:.80}")
            ]
            identifier = named = None
        report.found += len(findings)
        if report.found > _MAX_FINDINGS:
            raise _Unreadable(f"checked up to {place or 'its end'}: over {_MAX_FINDINGS:,} findings are enough")
        if findings:
            report.entities.append(EntityReport(place, str(identifier or ""), str(named or ""), findings))


class _Unreadable(Exception):
    """Why a source cannot be checked."""


def _parse(text: bytes, where: str = "") -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as wrong:
        if b"\0" in text[:1024] or _is_binary(text[:1024]):
            raise _Unreadable(f"{where}is no text, let alone JSON") from None
        raise _Unreadable(f"{where}is no JSON: {wrong}") from None


def _is_binary(start: bytes) -> bool:
    try:
        start.decode()
    except UnicodeDecodeError as wrong:
        return wrong.start < len(start) - 4  # a character may be cut in two at the end
    return False


def _not_of_entities(content: Mapping[str, Any]) -> str:
    if "$schema" in content and not content.keys().isdisjoint({"properties", "allOf", "definitions", "$defs"}):
        return "a JSON Schema"
    if content.keys() == {"@context"}:
        return "an @context"
    return ""


def _is_entity(content: Any) -> bool:
    return isinstance(content, dict) and not content.keys().isdisjoint({"id", "@id", "type", "@type"})


def _entity_of(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Take the entity out of a GeoJSON Feature (CIM 009, 4.5.16); anything else is one already."""
    properties = payload.get("properties")
    if payload.get("type") != "Feature" or not isinstance(properties, dict):
        return payload
    members = {"id": payload.get("id"), **properties}
    if "@context" in payload:
        members["@context"] = payload["@context"]
    return members


def _model_by_folder(source: str, payload: Mapping[str, Any]) -> ModelDescription | None:
    """Tell which of several models of one name is meant from the repository that a file lies in."""
    subject = source.rpartition("dataModel.")[2].replace("\\", "/").partition("/")[0] if "dataModel." in source else ""
    named = payload.get("type")
    if not subject or not isinstance(named, str):
        return None
    try:
        return describe(named, subject)
    except (ModelError, ConfigurationError):
        return None
