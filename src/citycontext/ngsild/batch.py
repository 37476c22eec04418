"""Batch results: what became of each entity, whatever dialect the context broker speaks (CIM 009, 5.2.16)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from citycontext.errors import BatchError, CityContextError, UnreadableResponse
from citycontext.foreign_text import printable
from citycontext.ngsild.problems import ProblemDetails

__all__ = ["BatchFailure", "BatchResult", "read_batch_result"]

_SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class BatchFailure:
    """One entity that a batch could not serve.

    .. versionadded:: 0.2

    Args:
        entity_id: The entity's id; for an entity without one, whatever the broker wrote in its place.
        error: Why: the broker's error about this entity, or the error that kept its request from being served
            (a ``TransportError`` if no answer came: then nobody knows whether the entity was written).
        registration_id: The context source registration behind which it failed, if the broker says so.
    """

    entity_id: str
    error: CityContextError
    registration_id: str = ""

    def __str__(self) -> str:
        return f"{printable(self.entity_id) or '(no id)'}: {self.error}"


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What became of the entities of a batch.

    .. versionadded:: 0.2

    An id may stand in both lists: a broker can do a part of what was asked of one entity, or be given an id twice.

    Args:
        succeeded: Ids of the entities served, in the order of the broker, else as sent.
        failed: The others, each with its reason.
        created: Those of ``succeeded`` that were not there before, as far as the broker tells.
    """

    succeeded: list[str] = field(default_factory=list)
    failed: list[BatchFailure] = field(default_factory=list)
    created: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Return whether nothing failed."""
        return not self.failed

    def raise_for_errors(self) -> BatchResult:
        """Return this result, or raise if any entity failed.

        Returns:
            The result itself, so that calls chain.

        Raises:
            BatchError: At least one entity failed.
        """
        if not self.failed:
            return self
        total = len(self.succeeded) + len(self.failed)
        reasons = "; ".join(str(failure) for failure in self.failed[:_SHOWN])
        more = "" if len(self.failed) <= _SHOWN else f"; and {len(self.failed) - _SHOWN} more"
        raise BatchError(
            f"{len(self.failed)} of {total} entities failed: {reasons}{more}",
            failed=[(failure.entity_id, str(failure.error)) for failure in self.failed],
        )

    def __repr__(self) -> str:
        listed = ", ".join(map(repr, self.succeeded[:_SHOWN]))
        more = f", and {len(self.succeeded) - _SHOWN:,} more" if len(self.succeeded) > _SHOWN else ""
        reasons = "".join(f"\n  {failure}" for failure in self.failed[:_SHOWN])
        rest = f"\n  and {len(self.failed) - _SHOWN:,} more" if len(self.failed) > _SHOWN else ""
        counts = (
            f"{len(self.succeeded):,} succeeded, {len(self.created):,} of them created, {len(self.failed):,} failed"
        )
        return f"<{type(self).__name__}: {counts}; {listed}{more}{reasons}{rest}>"

    @classmethod
    def joined(cls, results: Iterable[BatchResult]) -> BatchResult:
        """Put the results of a split batch together, in their order.

        Args:
            results: The parts.
        """
        whole = cls()
        for part in results:
            whole.succeeded.extend(part.succeeded)
            whole.failed.extend(part.failed)
            whole.created.extend(part.created)
        return whole

    @classmethod
    def all_failed(cls, entity_ids: Iterable[str], error: CityContextError) -> BatchResult:
        """Return the result of a request that failed as a whole.

        Args:
            entity_ids: The ids it carried.
            error: Why it failed.
        """
        return cls(failed=[BatchFailure(entity_id, error) for entity_id in entity_ids])


def read_batch_result(
    status: int, document: object, *, sent: Sequence[str], body: bytes = b"", method: str = "", url: str = ""
) -> BatchResult | None:
    """Read the answer to a batch operation.

    Known dialects: the standard's 201 (list of ids), 204 (nothing) and 207 (``success`` and ``errors``); Scorpio's
    list of one object per entity, its ``id`` and ``ProblemDetails`` members and its errors-only bodies on 4xx; an
    error document with ``entityId`` or ``entityIds`` when all entities failed. An id that a 207 does not mention at
    all counts as failed: nobody knows what became of it.

    Args:
        status: HTTP status.
        document: The parsed body; None if it was empty.
        sent: The ids sent, in order.
        body: The body as received, kept in the errors.
        method: The request's method, for the errors.
        url: The request's address, for the errors.

    Returns:
        The result; None if the answer is about the whole request, or says nothing about its entities.
    """
    outcomes = _outcomes(document)
    if 200 <= status < 300 and status != 207 and (outcomes is None or not outcomes.failed):
        created = outcomes.succeeded if outcomes is not None else []
        return BatchResult(succeeded=list(dict.fromkeys(sent)), created=created)
    if status >= 300 and (outcomes is None or not (outcomes.succeeded or outcomes.failed)):
        return None
    if outcomes is None and not sent:  # a 207 that names nobody, to a request that named nobody
        return None
    outcomes = outcomes or _Outcomes()
    failed = [
        BatchFailure(entity_id, problem.to_error(body=body, method=method, url=url), registration_id)
        for entity_id, problem, registration_id in outcomes.failed
    ]
    mentioned = {*outcomes.succeeded, *(failure.entity_id for failure in failed)}
    forgotten = [entity_id for entity_id in dict.fromkeys(sent) if entity_id not in mentioned]
    if forgotten:
        reason: CityContextError
        if status >= 300:
            reason = ProblemDetails.from_wire(document).to_error(status=status, body=body, method=method, url=url)
        else:
            reason = UnreadableResponse(
                "the answer does not say what became of this entity", method=method, url=url, status=status, body=body
            )
        failed += [BatchFailure(entity_id, reason) for entity_id in forgotten]
    return BatchResult(succeeded=outcomes.succeeded, failed=failed)


@dataclass(frozen=True, slots=True)
class _Outcomes:
    """What a body says, before it is compared with what was sent."""

    succeeded: list[str] = field(default_factory=list)
    failed: list[tuple[str, ProblemDetails, str]] = field(default_factory=list)

    def add_failures(self, items: Iterable[object], *, default_id: str = "") -> None:
        for item in items:
            entity_id = _entity_id(item) or default_id
            registration_id = item.get("registrationId") if isinstance(item, Mapping) else None
            self.failed.append((entity_id, _problem(item), registration_id if isinstance(registration_id, str) else ""))


def _outcomes(document: object) -> _Outcomes | None:
    outcomes = _Outcomes()
    if isinstance(document, list):  # ids, or Scorpio 4: one object for each entity
        for item in document:
            failures = _list(item.get("failure") or item.get("errors")) if isinstance(item, Mapping) else []
            entity_id = _entity_id(item)
            if failures:
                outcomes.add_failures(failures, default_id=entity_id)
            elif entity_id:
                outcomes.succeeded.append(entity_id)
        return outcomes
    if not isinstance(document, Mapping):
        return None
    if "success" in document or "errors" in document:
        outcomes.succeeded.extend(filter(None, map(_entity_id, _list(document.get("success")))))
        outcomes.add_failures(_list(document.get("errors")))
        return outcomes
    refused = _list(document.get("entityIds", document.get("entityId")))
    if not refused:
        return None
    problem = ProblemDetails.from_wire(document)
    outcomes.failed.extend((_entity_id(item), problem, "") for item in refused)
    return outcomes


def _problem(item: object) -> ProblemDetails:
    if not isinstance(item, Mapping):
        return ProblemDetails.from_wire(item)
    inner = item.get("error", item.get("ProblemDetails"))
    if isinstance(inner, list):
        inner = inner[0] if inner else None
    return ProblemDetails.from_wire(item if inner is None else inner)


def _entity_id(item: object) -> str:
    if isinstance(item, Mapping):
        item = item.get("entityId", item.get("id"))
    return item if isinstance(item, str) else ""


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
