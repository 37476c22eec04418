"""``client.temporal``: the evolution of entities."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar, Unpack, cast, overload

from citycontext.client._async.resource import AsyncClientResource
from citycontext.client._async.results import AsyncResults
from citycontext.client._async.session import AsyncSession
from citycontext.client.loading import type_of
from citycontext.client.operations import paging, temporal
from citycontext.client.operations.exchange import Params, Request
from citycontext.client.operations.json_ld import ContextLike, EntityLike, MediaType, media_type, reading_headers
from citycontext.client.operations.model_contexts import MODELS, by_models, names_of_models, stored_types
from citycontext.client.operations.paging import Cursor, Page
from citycontext.client.operations.selection import Names, ProjectionOptions, TemporalSelection
from citycontext.client.operations.temporal import EvolutionReader, TemporalRepresentation
from citycontext.errors import ResourceNotFound
from citycontext.foreign_text import shown
from citycontext.ngsild import Entity
from citycontext.ngsild.frames.data_frame import to_dataframe
from citycontext.ngsild.query.temporal import TemporalQuery
from citycontext.ngsild.temporal import TemporalEntity

if TYPE_CHECKING:
    import pandas  # type: ignore[import-untyped,import-not-found,unused-ignore]
    import pyarrow  # type: ignore[import-untyped,import-not-found,unused-ignore]
    from matplotlib.axes import Axes  # type: ignore[import-untyped,import-not-found,unused-ignore]

__all__ = ["AsyncTemporal", "AsyncTemporalResults"]

T = TypeVar("T")

_log: Final = logging.getLogger(__name__)


class AsyncTemporalResults(AsyncResults[T], Generic[T]):
    """The results of a temporal query: across pages of entities and, for each page, across segments of time.

    .. versionadded:: 0.2

    Args:
        session: Sends the requests.
        request: Builds the request, given the parameters that choose the page.
        read: Reads the items.
        page_size: Items to a page.
        when: The whole time asked for.
    """

    def __init__(
        self,
        session: AsyncSession,
        request: Callable[[Params], Request],
        read: EvolutionReader[T],
        *,
        page_size: int,
        when: TemporalQuery | None,
    ) -> None:
        super().__init__(session, request, read, page_size=page_size)
        self._when = when

    async def to_dataframe(
        self, *, attributes: Sequence[str] | None = None, wide: bool = False, zone: tzinfo | str | None = None
    ) -> pandas.DataFrame:
        """Make a table of all results; see :func:`citycontext.client.to_dataframe`.

        Args:
            attributes: Only these, by wire name.
            wide: A column for each attribute and a row for each time, in place of a row for each value.
            zone: The time zone of all times; UTC if not given.

        Raises:
            MissingExtra: pandas is not installed.
            ContextBrokerError: The broker refused or failed.
            TransportError: No usable answer came.
        """
        return to_dataframe(await self._histories(), attributes=attributes, wide=wide, zone=zone)

    async def to_arrow(self) -> pyarrow.Table:
        """Make an Arrow table of all results, a row for each value: numbers are in ``value``, all else in ``text``.

        .. versionadded:: 0.2

        Raises:
            MissingExtra: pyarrow is not installed.
            ContextBrokerError: The broker refused or failed.
            TransportError: No usable answer came.
        """
        from citycontext.ngsild.frames.arrow import history_table

        return history_table(await self._histories())

    async def plot(self, name: str, *, zone: tzinfo | str | None = None, ax: Axes | None = None) -> Axes:
        """Draw what an attribute was, a line for each entity, with its unit and the time zone on the axes.

        .. versionadded:: 0.2

        Args:
            name: The attribute's wire name.
            zone: The time zone of the axis; UTC if not given.
            ax: Where to draw; a figure of its own if not given.

        Raises:
            MissingExtra: matplotlib is not installed.
            DataError: There are no numbers under this name, their units differ, or the zone is not known.
            ContextBrokerError: The broker refused or failed.
            TransportError: No usable answer came.
        """
        from citycontext.ngsild.frames.plot import plot

        return plot(await self._histories(), name, zone=zone, ax=ax)

    async def _histories(self) -> list[TemporalEntity]:
        reader: EvolutionReader[TemporalEntity] = EvolutionReader(None)
        found = await self.all()
        return cast("list[TemporalEntity]", [reader.one(item) if isinstance(item, dict) else item for item in found])

    async def _page(self, cursor: Cursor) -> Page:
        operation = paging.page(self._request, cursor)
        response = await self._session.send(operation.request)
        page = operation.read(response)
        request = operation.request
        while page.items:
            changes = temporal.next_segment(response, request, page.items, self._when)
            if changes is None:
                break
            request = cursor.request(self._request, changes)
            response = await self._session.send(request)
            if not temporal.join_segments(page.items, response.json_list()):
                break
        if request is not operation.request:
            _tell_contradictions(page.items)
        return page


class AsyncTemporal(AsyncClientResource):
    """Operations on the evolution of entities (CIM 009, 5.6.11 to 5.6.16, 5.7.3 and 5.7.4)."""

    async def upsert(self, entity: EntityLike, *, context: ContextLike | None = None) -> bool:
        """Create the evolution of an entity, or add to the one that is there (CIM 009, 5.6.11).

        Args:
            entity: A temporal entity, or its wire form as a mapping.
            context: The @context where the entity carries none; without it the client's.

        Returns:
            Whether it was created.

        Raises:
            OperationNotSupported: The broker keeps no history.
            ContextBrokerError: Any other refusal or failure of the broker.
            TransportError: No usable answer came.
        """
        return await self._session.run(temporal.upsert(entity, context=self._context(context, entity)))

    @overload
    async def retrieve(
        self,
        entity_id: str,
        as_: None = None,
        *,
        when: TemporalQuery | None = None,
        representation: TemporalRepresentation = "normalized",
        accept: MediaType = "json",
        context: ContextLike | None = None,
        **view: Unpack[ProjectionOptions],
    ) -> TemporalEntity: ...
    @overload
    async def retrieve(
        self,
        entity_id: str,
        as_: type[dict[str, Any]],
        *,
        when: TemporalQuery | None = None,
        representation: TemporalRepresentation = "normalized",
        accept: MediaType = "json",
        context: ContextLike | None = None,
        **view: Unpack[ProjectionOptions],
    ) -> dict[str, Any]: ...
    async def retrieve(
        self,
        entity_id: str,
        as_: type[Any] | None = None,
        *,
        when: TemporalQuery | None = None,
        representation: TemporalRepresentation = "normalized",
        accept: MediaType = "json",
        context: ContextLike | None = None,
        **view: Unpack[ProjectionOptions],
    ) -> Any:
        """Retrieve the evolution of an entity, all segments of time that the broker gives it in (CIM 009, 5.7.3).

        Args:
            entity_id: The entity.
            as_: ``dict`` for the wire form as it came.
            when: Which time, the last so many, or which aggregates; all if not given.
            representation: ``temporalValues`` for values and times only.
            accept: ``ld+json`` to get the @context with it.
            context: The @context of the names; without it the client's.
            view: What of it: ``pick``, ``omit``, ``attrs``, ``dataset_id``, ``lang``, ``sys_attrs``, ``local``.

        Returns:
            The evolution.

        Raises:
            ResourceNotFound: The entity has no history.
            OperationNotSupported: The broker keeps no history.
            ContextBrokerError: Any other refusal or failure of the broker.
            TransportError: No usable answer came.
        """
        sys_attrs, profile = view.pop("sys_attrs", False), self._session.settings.profile
        shape = temporal.when_params(when, representation, sys_attrs=sys_attrs, profile=profile)
        params = [*self._params(**view), *shape]
        by_model = self._given(context) == MODELS
        named = any(view.get(member) is not None for member in ("attrs", "pick", "omit"))
        context = self._reading_context(context, entity_id=entity_id, named=named)
        headers = reading_headers(context, accept=media_type(accept))
        request = temporal.retrieve(entity_id, params=params, headers=headers)
        response = await self._session.send(request)
        wires, parts = [response.json_object()], 1
        while (changes := temporal.next_segment(response, request, wires, when)) is not None:
            request = temporal.retrieve(entity_id, params=temporal.replaced(params, changes), headers=headers)
            response = await self._session.send(request)
            try:
                more = [response.json_object()]
            except ResourceNotFound:  # nothing left in the time that remains
                break
            if not temporal.join_segments(wires, more):
                break
            parts += 1
        if parts > 1:
            _tell_contradictions(wires)
        reader: EvolutionReader[Any] = EvolutionReader(as_, names=names_of_models(context) if by_model else None)
        return reader.one(wires[0])

    @overload
    def query(
        self,
        what: type[Entity] | Names | None = None,
        /,
        *,
        as_: None = None,
        when: TemporalQuery | None = None,
        representation: TemporalRepresentation = "normalized",
        accept: MediaType = "json",
        page_size: int | None = None,
        as_post: bool | None = None,
        context: ContextLike | None = None,
        **selection: Unpack[TemporalSelection],
    ) -> AsyncTemporalResults[TemporalEntity]: ...
    @overload
    def query(
        self,
        what: type[Entity] | Names | None = None,
        /,
        *,
        as_: type[dict[str, Any]],
        when: TemporalQuery | None = None,
        representation: TemporalRepresentation = "normalized",
        accept: MediaType = "json",
        page_size: int | None = None,
        as_post: bool | None = None,
        context: ContextLike | None = None,
        **selection: Unpack[TemporalSelection],
    ) -> AsyncTemporalResults[dict[str, Any]]: ...
    def query(
        self,
        what: type[Entity] | Names | None = None,
        /,
        *,
        as_: type[Any] | None = None,
        when: TemporalQuery | None = None,
        representation: TemporalRepresentation = "normalized",
        accept: MediaType = "json",
        page_size: int | None = None,
        as_post: bool | None = None,
        context: ContextLike | None = None,
        **selection: Unpack[TemporalSelection],
    ) -> AsyncTemporalResults[Any]:
        """Query the evolution of entities (CIM 009, 5.7.4); no request is made before the results are asked for.

        Args:
            what: An entity class, or a type.
            as_: ``dict`` for the wire forms as they come.
            when: Which time, the last so many, or which aggregates; brokers want a time.
            representation: ``temporalValues`` for values and times only.
            accept: ``ld+json`` to get the @context with each.
            page_size: Entities to a page; without it as the broker's profile says.
            as_post: Whether the query goes as a document; without it, if its URL would be too long.
            context: The @context of the names; without it the client's.
            selection: Which entities, and what of them.

        Raises:
            DataError: A parameter cannot be used.
        """
        by_class = what if isinstance(what, type) else None
        if isinstance(what, type):
            what = type_of(what)
        chosen: Mapping[str, Any] = selection if what is None else {"type": what, **selection}
        settings = self._session.settings
        profile, context, by_model = settings.profile, self._given(context), self._given(context) == MODELS
        if by_model:
            chosen, context = by_models(chosen, by_class)
            if settings.context_as == "inline" and context is not None and selection.get("q") is not None:
                as_post = True  # a filter's names go with their @context in the body
        if by_class is not None and "type" not in selection:
            chosen = {**chosen, "type": stored_types(by_class, context)}
        sys_attrs = chosen.get("sys_attrs") or False
        chosen = {name: value for name, value in chosen.items() if name != "sys_attrs"}
        request = temporal.query(
            chosen,
            when,
            shape=temporal.when_params(when, representation, sys_attrs=sys_attrs, profile=profile),
            context=context,
            accept=media_type(accept),
            profile=profile,
            as_post=as_post,
        )
        return AsyncTemporalResults(
            self._session,
            request,
            EvolutionReader(as_, names=names_of_models(context) if by_model else None),
            page_size=profile.page_limit(page_size),
            when=when,
        )

    async def append_attributes(
        self, entity_id: str, fragment: EntityLike, *, context: ContextLike | None = None
    ) -> None:
        """Add instances to attributes of an entity (CIM 009, 5.6.12).

        Args:
            entity_id: The entity.
            fragment: Arrays of instances by attribute name, or a temporal entity that holds them.
            context: The @context where the fragment carries none; without it the client's.

        Raises:
            ResourceNotFound: There is no evolution of this entity.
            ContextBrokerError: Any other refusal or failure of the broker.
            TransportError: No usable answer came.
        """
        await self._session.run(
            temporal.append(entity_id, fragment, context=self._context(context, fragment, entity_id=entity_id))
        )

    async def delete(self, entity_id: str) -> None:
        """Delete the evolution of an entity (CIM 009, 5.6.16).

        Args:
            entity_id: The entity.

        Raises:
            ResourceNotFound: There is no evolution of this entity.
            ContextBrokerError: Any other refusal or failure of the broker.
            TransportError: No usable answer came.
        """
        await self._session.run(temporal.delete(entity_id))

    async def delete_attribute(
        self,
        entity_id: str,
        name: str,
        *,
        dataset_id: str | None = None,
        delete_all: bool = False,
        context: ContextLike | None = None,
    ) -> None:
        """Delete the evolution of an attribute (CIM 009, 5.6.13).

        Args:
            entity_id: The entity.
            name: The attribute's wire name.
            dataset_id: The instance; without it the default one.
            delete_all: Whether all instances go.
            context: The @context of the name; without it the client's.

        Raises:
            ResourceNotFound: There is no evolution of this entity, or not of this attribute.
            ContextBrokerError: Any other refusal or failure of the broker.
            TransportError: No usable answer came.
        """
        params = [*self._params(dataset_id=dataset_id), *([("deleteAll", "true")] if delete_all else [])]
        context = self._context(context, entity_id=entity_id)
        await self._session.run(temporal.delete_attribute(entity_id, name, params=params, context=context))

    async def update_instance(
        self, entity_id: str, name: str, instance_id: str, instance: EntityLike, *, context: ContextLike | None = None
    ) -> None:
        """Change one instance of an attribute (CIM 009, 5.6.14).

        Args:
            entity_id: The entity.
            name: The attribute's wire name.
            instance_id: The instance.
            instance: What it becomes: an attribute, or its wire form.
            context: The @context of the name; without it the client's.

        Raises:
            ResourceNotFound: There is no such instance.
            ContextBrokerError: Any other refusal or failure of the broker.
            TransportError: No usable answer came.
        """
        context = self._context(context, entity_id=entity_id)
        await self._session.run(temporal.update_instance(entity_id, name, instance_id, instance, context=context))

    async def delete_instance(
        self, entity_id: str, name: str, instance_id: str, *, context: ContextLike | None = None
    ) -> None:
        """Delete one instance of an attribute (CIM 009, 5.6.15).

        Args:
            entity_id: The entity.
            name: The attribute's wire name.
            instance_id: The instance.
            context: The @context of the name; without it the client's.

        Raises:
            ResourceNotFound: There is no such instance.
            ContextBrokerError: Any other refusal or failure of the broker.
            TransportError: No usable answer came.
        """
        context = self._context(context, entity_id=entity_id)
        await self._session.run(temporal.delete_instance(entity_id, name, instance_id, context=context))


def _tell_contradictions(items: list[dict[str, Any]]) -> None:
    found = temporal.contradictions(items)
    if found:
        more = f", and {len(found) - 1} more" if len(found) > 1 else ""
        _log.warning(
            "the broker aggregated parts of a period apart, so that it has several results: %s%s; all are kept. "
            "Ask for a shorter time, or for values to aggregate here",
            shown(found[0]),
            more,
        )
