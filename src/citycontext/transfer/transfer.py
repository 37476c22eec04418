"""The engine: read in batches, write, note how far it came, keep what was refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from citycontext.errors import ContextBrokerError, DataError, TransportError
from citycontext.foreign_text import printable
from citycontext.ngsild.batch import BatchResult
from citycontext.transfer.checkpoint import Checkpoint
from citycontext.transfer.comparison import same_entity
from citycontext.transfer.places import Place

__all__ = ["Change", "TransferReport", "transfer"]

_ABOUT_THE_DATA: Final = frozenset({400, 409, 413, 422})

Change = Callable[[dict[str, Any]], dict[str, Any] | None]
"""What becomes of an entity on its way; None leaves it out."""


@dataclass(slots=True)
class TransferReport:
    """What became of the entities.

    .. versionadded:: 0.2

    Args:
        read: How many were read, those of an interrupted run included.
        written: How many were taken.
        refused: How many were not.
        left_out: How many a change left out.
        created: With a dry run: how many are not there yet.
        changed: With a dry run: how many are there and differ.
        equal: With a dry run: how many are there already as they are.
    """

    read: int = 0
    written: int = 0
    refused: int = 0
    left_out: int = 0
    created: int = 0
    changed: int = 0
    equal: int = 0


def transfer(
    source: Place,
    target: Place,
    *,
    checkpoint: Checkpoint | None = None,
    resume: bool = False,
    dry_run: bool = False,
    refused: Path | None = None,
    change: Change | None = None,
    batch: int = 500,
    progress: Callable[[TransferReport], None] | None = None,
) -> TransferReport:
    """Bring entities from one place to another.

    .. versionadded:: 0.2

    Entities are replaced as a whole, so that a run that is repeated, or resumed after a kill, ends with the same.

    Args:
        source: Where they are read.
        target: Where they are written.
        checkpoint: Where the progress is kept; removed when all is done.
        resume: Whether to go on where the checkpoint says; without one from the beginning.
        dry_run: Whether to compare only, and write nothing.
        refused: A file for those that were refused, a line each with the reason; it can be transferred itself.
        change: What becomes of each entity on its way.
        batch: How many are written at a time.
        progress: Called after each batch.

    Returns:
        What became of them.

    Raises:
        TransportError: The broker is away; the checkpoint has what was done.
        ConfigurationError: A file cannot be read or written.
    """
    report, position = TransferReport(), None
    kept = checkpoint.load() if checkpoint is not None and resume else None
    if kept is not None:
        report, position = TransferReport(**kept["report"]), kept["position"]
    if not dry_run:
        target.rewind(kept["mark"] if kept is not None else {})
        if refused is not None:
            _cut(refused, int(kept.get("refused", 0)) if kept is not None else 0)
    for entities, after in _batches(source.read(position), batch):
        report.read += len(entities)
        if change is not None:
            whole = len(entities)
            entities = [made for one in entities if (made := change(one)) is not None]
            report.left_out += whole - len(entities)
        if dry_run:
            _compare(target, entities, report)
        else:
            _write(target, entities, report, refused)
            if checkpoint is not None:
                size = refused.stat().st_size if refused is not None and refused.exists() else 0
                checkpoint.save({"report": asdict(report), "position": after, "mark": target.mark(), "refused": size})
        if progress is not None:
            progress(report)
    if checkpoint is not None and not dry_run:
        checkpoint.remove()
    return report


def _batches(
    items: Iterable[tuple[dict[str, Any], dict[str, Any]]], size: int
) -> Iterator[tuple[list[dict[str, Any]], dict[str, Any]]]:
    waiting: list[dict[str, Any]] = []
    after: dict[str, Any] = {}
    for entity, after in items:
        waiting.append(entity)
        if len(waiting) >= size:
            yield waiting, after
            waiting = []
    if waiting:
        yield waiting, after


def _cut(path: Path, length: int) -> None:
    """Cut a file of refused ones to what an earlier run knew of; nothing is left of none."""
    if length == 0:
        path.unlink(missing_ok=True)
    elif path.exists():
        with path.open("ab") as file:
            file.truncate(length)


def _compare(target: Place, entities: list[dict[str, Any]], report: TransferReport) -> None:
    there = target.find(entities)
    for entity in entities:
        counterpart = there.get(entity["id"])
        if counterpart is None:
            report.created += 1
        elif same_entity(entity, counterpart):
            report.equal += 1
        else:
            report.changed += 1


def _write(target: Place, entities: list[dict[str, Any]], report: TransferReport, refused: Path | None) -> None:
    if not entities:
        return
    reasons: dict[str, str] = {}
    try:
        result = target.write(entities)
    except (ContextBrokerError, DataError) as error:
        if isinstance(error, ContextBrokerError) and error.status not in _ABOUT_THE_DATA:
            raise
        # A batch that is refused as a whole is taken apart: one bad entity must not keep back the others.
        if len(entities) > 1:
            half = len(entities) // 2
            _write(target, entities[:half], report, refused)
            _write(target, entities[half:], report, refused)
            return
        result = BatchResult()
        reasons = {entities[0]["id"]: printable(str(error), 1_000)}
    for failure in result.failed:
        if isinstance(failure.error, TransportError):
            raise failure.error  # nobody is to blame: a later run tries them again
    reasons |= {one.entity_id: printable(str(one.error), 1_000) for one in result.failed}
    lost = [one for one in entities if one["id"] in reasons]
    report.refused += len(lost)
    report.written += len(entities) - len(lost)
    if refused is not None and lost:
        with refused.open("ab") as file:
            for entity in lost:
                file.write(orjson.dumps({"reason": reasons[entity["id"]], "entity": entity}) + b"\n")
