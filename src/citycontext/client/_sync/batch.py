# Made by scripts/unasync.py from src/citycontext/client/_async/batch.py; change that file, not this one.
"""``client.batch``: many entities in few requests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final, Literal

from citycontext.client._sync.noun import Noun
from citycontext.client._sync.session import Session
from citycontext.client.concurrency import each
from citycontext.client.operations import batch
from citycontext.client.operations.batch import BatchPart
from citycontext.client.operations.json_ld import ContextLike, EntityLike
from citycontext.errors import CityContextError, ContextBrokerError
from citycontext.ngsild.batch import BatchResult

__all__ = ["Batch", "Progress"]

Progress = Callable[[int, int], None]
"""Called after each request of a batch with the number of entities done and the number of all."""

_ABOUT_THE_DATA: Final = frozenset({400, 409, 413, 422})


class Batch(Noun):
    """Operations on many entities; each answers one :class:`~citycontext.ngsild.batch.BatchResult`.

    A batch over the broker's limits (see ``profile``) is split. What some entities did wrong stands in the result; an
    error is raised only when nothing could be done at all, such as when the broker is away. When it goes away half-way,
    the entities not served stand in the result with that error.

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
            InvalidEntity: An entity has no id or no JSON form; nothing was sent.
        """
        parts = batch.write("create", entities, context=self._context(context), profile=self._session.settings.profile)
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
            InvalidEntity: An entity has no id or no JSON form; nothing was sent.
        """
        parts = batch.write(
            "upsert",
            entities,
            context=self._context(context),
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
            InvalidEntity: An entity has no id or no JSON form; nothing was sent.
        """
        parts = batch.write(
            "update",
            entities,
            context=self._context(context),
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
            InvalidEntity: An entity has no id or no JSON form; nothing was sent.
        """
        parts = batch.write("merge", entities, context=self._context(context), profile=self._session.settings.profile)
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
            InvalidEntity: An entity has no id; nothing was sent.
        """
        return self._send(batch.delete(entities, profile=self._session.settings.profile), progress)

    def _send(self, parts: Sequence[BatchPart], progress: Progress | None) -> BatchResult:
        total = sum(len(part.entity_ids) for part in parts)
        sending = _Sending(self._session, total, progress)
        several = len({entity_id for part in parts for entity_id in part.entity_ids}) == total
        limit = self._session.settings.profile.concurrency if several else 1  # an id given twice: keep the order
        outcomes = each(sending.part, parts, limit=limit)
        errors = [outcome for outcome in outcomes if isinstance(outcome, CityContextError)]
        if errors and len(errors) == len(parts):
            raise errors[0]
        return BatchResult.joined(
            BatchResult.all_failed(part.entity_ids, outcome) if isinstance(outcome, CityContextError) else outcome
            for part, outcome in zip(parts, outcomes, strict=True)
        )


class _Sending:
    """Sends the parts of one batch, and no more of them once the broker cannot be used."""

    def __init__(self, session: Session, total: int, progress: Progress | None) -> None:
        self._session = session
        self._total = total
        self._progress = progress
        self._done = 0
        self._stopped_by: CityContextError | None = None

    def part(self, part: BatchPart) -> BatchResult | CityContextError:
        if self._stopped_by is not None:
            return self._stopped_by
        try:
            result = self._session.run(part.operation)
        except CityContextError as error:
            if not (isinstance(error, ContextBrokerError) and error.status in _ABOUT_THE_DATA):
                self._stopped_by = error
            return error
        self._done += len(part.entity_ids)
        if self._progress is not None:
            self._progress(self._done, self._total)
        return result
