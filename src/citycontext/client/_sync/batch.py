# Made by scripts/unasync.py from src/citycontext/client/_async/batch.py; change that file, not this one.
"""``client.batch``: many entities in few requests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from citycontext.client._sync.resource import ClientResource
from citycontext.client._sync.session import Session
from citycontext.client.concurrency import each
from citycontext.client.operations import batch
from citycontext.client.operations.batch import BatchPart
from citycontext.client.operations.json_ld import ContextLike, EntityLike
from citycontext.errors import CityContextError, ContextBrokerError
from citycontext.ngsild.batch import BatchResult

__all__ = ["Batch", "Progress"]

Progress = Callable[[int, int], None]
"""Called after each request of a batch with the number of entities done and of all; of an iterator, of those begun."""

_ABOUT_THE_DATA: Final = frozenset({400, 409, 413, 422})


class Batch(ClientResource):
    """Operations on many entities; each answers one :class:`~citycontext.ngsild.batch.BatchResult`.

    A batch over the broker's limits (see ``profile``) is split. What some entities did wrong stands in the result; an
    error is raised only when nothing could be done at all, such as when the broker is away. When it goes away half-way,
    the entities not served stand in the result with that error.

    A list is checked as a whole before anything is sent. A generator, or another iterator, is sent as it is read, so
    that it may be longer than memory: an entity without id, or an error of the generator, comes out when what was read
    before has been sent, and a note of the error says how much that was.

    Args:
        session: Sends the requests.
    """

    def create(
        self,
        entities: Iterable[EntityLike],
        *,
        context: ContextLike | None = None,
        progress: Progress | None = None,
    ) -> BatchResult:
        """Create entities; those that exist fail (CIM 009, 5.6.7).

        Args:
            entities: Entities, or their wire forms as mappings.
            context: The @context of those that carry none; without it the client's.
            progress: Told about each request done.

        Returns:
            What became of each.

        Raises:
            ContextBrokerError: The broker refused all of it as a whole.
            TransportError: No answer came.
            InvalidEntity: An entity has no id or no JSON form; of a list, nothing was sent.
        """
        parts = batch.write("create", entities, context=self._given(context), profile=self._session.settings.profile)
        return self._send(parts, progress)

    def upsert(
        self,
        entities: Iterable[EntityLike],
        *,
        mode: Literal["replace", "update"] = "replace",
        context: ContextLike | None = None,
        progress: Progress | None = None,
    ) -> BatchResult:
        """Create the entities that are not there and change the others (CIM 009, 5.6.8).

        Args:
            entities: Entities, or their wire forms as mappings.
            mode: What happens to an entity that is there: ``replace`` drops the attributes that the new form lacks,
                ``update`` keeps them.
            context: The @context of those that carry none; without it the client's.
            progress: Told about each request done.

        Returns:
            What became of each; ``created`` lists the new ones.

        Raises:
            ContextBrokerError: The broker refused all of it as a whole.
            TransportError: No answer came.
            InvalidEntity: An entity has no id or no JSON form; of a list, nothing was sent.
        """
        parts = batch.write(
            "upsert",
            entities,
            context=self._given(context),
            profile=self._session.settings.profile,
            options="update" if mode == "update" else "",
        )
        return self._send(parts, progress)

    def update(
        self,
        entities: Iterable[EntityLike],
        *,
        overwrite: bool = True,
        context: ContextLike | None = None,
        progress: Progress | None = None,
    ) -> BatchResult:
        """Append or overwrite attributes of entities that are there (CIM 009, 5.6.9).

        Args:
            entities: Entities, or their wire forms as mappings, with the attributes to write.
            overwrite: Whether attributes that are there are written too.
            context: The @context of those that carry none; without it the client's.
            progress: Told about each request done.

        Returns:
            What became of each. Without ``overwrite``, an id can stand in both lists: done in part.

        Raises:
            ContextBrokerError: The broker refused all of it as a whole.
            TransportError: No answer came.
            InvalidEntity: An entity has no id or no JSON form; of a list, nothing was sent.
        """
        parts = batch.write(
            "update",
            entities,
            context=self._given(context),
            profile=self._session.settings.profile,
            options="" if overwrite else "noOverwrite",
        )
        return self._send(parts, progress)

    def merge(
        self,
        entities: Iterable[EntityLike],
        *,
        context: ContextLike | None = None,
        progress: Progress | None = None,
    ) -> BatchResult:
        """Merge entities into those that are there, down to single members; NGSI-LD Null deletes (CIM 009, 5.6.20).

        Args:
            entities: Entities, or their wire forms as mappings, with what changes.
            context: The @context of those that carry none; without it the client's.
            progress: Told about each request done.

        Returns:
            What became of each.

        Raises:
            ContextBrokerError: The broker refused all of it as a whole.
            TransportError: No answer came.
            InvalidEntity: An entity has no id or no JSON form; of a list, nothing was sent.
        """
        parts = batch.write("merge", entities, context=self._given(context), profile=self._session.settings.profile)
        return self._send(parts, progress)

    def delete(
        self,
        entities: Iterable[str | EntityLike],
        *,
        progress: Progress | None = None,
    ) -> BatchResult:
        """Delete entities; those that are not there fail (CIM 009, 5.6.10).

        Args:
            entities: Ids, or entities of which only the id counts; one given twice is sent once.
            progress: Told about each request done.

        Returns:
            What became of each.

        Raises:
            ContextBrokerError: The broker refused all of it as a whole.
            TransportError: No answer came.
            InvalidEntity: An entity has no id; of a list, nothing was sent.
        """
        return self._send(batch.delete(entities, profile=self._session.settings.profile), progress)

    def _send(self, parts: Iterable[BatchPart], progress: Progress | None) -> BatchResult:
        total = None if isinstance(parts, Iterator) else sum(len(part.entity_ids) for part in parts)
        sending = _Sending(self._session, total, progress)
        limit = self._session.settings.profile.concurrency
        outcomes = each(sending.part, parts, keys=lambda part: part.entity_ids, limit=limit)
        errors = [outcome.error for outcome in outcomes if isinstance(outcome, _Unserved)]
        if errors and len(errors) == len(outcomes):
            raise errors[0]
        return BatchResult.joined(
            BatchResult.all_failed(outcome.entity_ids, outcome.error) if isinstance(outcome, _Unserved) else outcome
            for outcome in outcomes
        )


@dataclass(frozen=True, slots=True)
class _Unserved:
    """A part of a batch that failed as a whole; of its content nothing is kept but the ids."""

    entity_ids: list[str]
    error: CityContextError


class _Sending:
    """Sends the parts of one batch, and no more of them once the broker cannot be used."""

    def __init__(self, session: Session, total: int | None, progress: Progress | None) -> None:
        self._session = session
        self._total = total
        self._progress = progress
        self._begun = 0
        self._done = 0
        self._stopped_by: CityContextError | None = None

    def part(self, part: BatchPart) -> BatchResult | _Unserved:
        self._begun += len(part.entity_ids)
        if self._stopped_by is not None:
            return _Unserved(part.entity_ids, self._stopped_by)
        try:
            result = self._session.run(part.operation)
        except CityContextError as error:
            if not (isinstance(error, ContextBrokerError) and error.status in _ABOUT_THE_DATA):
                self._stopped_by = error
            return _Unserved(part.entity_ids, error)
        self._done += len(part.entity_ids)
        if self._progress is not None:
            self._progress(self._done, self._begun if self._total is None else self._total)
        return result
