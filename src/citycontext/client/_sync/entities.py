# Made by scripts/unasync.py from src/citycontext/client/_async/entities.py; change that file, not this one.
"""``client.entities``: one entity at a time, and queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, TypeVar, Unpack, overload

from citycontext.client._sync.entity_attributes import EntityAttributes
from citycontext.client._sync.results import Results
from citycontext.client.loading import EntityReader, OnInvalid, check_names, check_on_invalid, type_of
from citycontext.client.operations import entities
from citycontext.client.operations.json_ld import ContextLike, EntityLike, MediaType, media_type, reading_headers
from citycontext.client.operations.model_contexts import (
    MODELS,
    by_models,
    context_of_query,
    names_of_models,
    stored_types,
)
from citycontext.client.operations.selection import GeoLike, Names, Selection, View
from citycontext.errors import DataError
from citycontext.ngsild import Entity
from citycontext.ngsild.batch import BatchResult
from citycontext.ngsild.time import format_datetime

if TYPE_CHECKING:
    from citycontext.ngsild.query.entities import EntityQuery

__all__ = ["Entities"]

E = TypeVar("E", bound=Entity)


class Entities(EntityAttributes):
    """Operations on entities.

    Args:
        session: Sends the requests.
    """

    def create(self, entity: EntityLike, *, local: bool = False, context: ContextLike | None = None) -> str:
        """Create an entity (CIM 009, 5.6.1).

        Args:
            entity: The entity, or its wire form as a mapping.
            local: Whether only the broker itself is to hold it.
            context: The @context where the entity carries none; without it the client's.

        Returns:
            Its id.

        Raises:
            AlreadyExists: There is one with this id.
            BadRequestData: The broker refused it.
            ContextBrokerError: Any other refusal or failure of the broker.
            TransportError: No usable answer came.
        """
        return self._session.run(
            entities.create(entity, params=self._params(local=local), context=self._context(context, entity))
        )

    def upsert(
        self, entity: EntityLike, *, mode: Literal["replace", "update"] = "replace", context: ContextLike | None = None
    ) -> bool:
        """Create an entity, or change the one that is there, in one step (CIM 009, 5.6.8).

        Args:
            entity: The entity, or its wire form as a mapping.
            mode: ``replace`` drops the attributes that the new form lacks, ``update`` keeps them.
            context: The @context where the entity carries none; without it the client's.

        Returns:
            Whether it was created.

        Raises:
            ContextBrokerError: The broker refused or failed.
            TransportError: No usable answer came.
        """
        options = "update" if mode == "update" else ""
        context = self._context(context, entity)
        return self._session.run(entities.upsert(entity, options=options, context=context))

    @overload
    def retrieve(
        self,
        entity_id: str,
        as_: type[E],
        *,
        type: Names | None = None,
        accept: MediaType = "json",
        strict: bool = False,
        context: ContextLike | None = None,
        **view: Unpack[View],
    ) -> E: ...
    @overload
    def retrieve(
        self,
        entity_id: str,
        as_: type[dict[str, Any]],
        *,
        type: Names | None = None,
        accept: MediaType = "json",
        geometry_property: str | None = None,
        context: ContextLike | None = None,
        **view: Unpack[View],
    ) -> dict[str, Any]: ...
    @overload
    def retrieve(
        self,
        entity_id: str,
        as_: None = None,
        *,
        type: Names | None = None,
        accept: MediaType = "json",
        strict: bool = False,
        context: ContextLike | None = None,
        **view: Unpack[View],
    ) -> Entity: ...
    def retrieve(
        self,
        entity_id: str,
        as_: type[Any] | None = None,
        *,
        type: Names | None = None,
        accept: MediaType = "json",
        geometry_property: str | None = None,
        strict: bool = False,
        context: ContextLike | None = None,
        **view: Unpack[View],
    ) -> Any:
        """Retrieve an entity (CIM 009, 5.7.1).

        Args:
            entity_id: Its id.
            as_: The class to read it as; ``dict`` for the wire form as it came.
            type: Its type, where one id stands for several.
            accept: ``json``; ``ld+json`` to get the @context with it; ``geo+json`` for a Feature, which ``as_=dict``
                keeps as it came and an entity is taken out of.
            geometry_property: With ``geo+json``: which attribute becomes the geometry.
            strict: Whether an entity that breaks the standard or its class is refused.
            context: The @context of the names; without it the client's.
            view: What of it, and in which form; to join ``flat``, query by its id.

        Returns:
            The entity.

        Raises:
            ResourceNotFound: Nothing with this id exists.
            ContextBrokerError: Any other refusal or failure of the broker.
            UnreadableResponse: The answer is not an entity.
            DataError: A parameter cannot be used, or, if ``strict``, the entity breaks the standard or its class.
            TransportError: No usable answer came.
        """
        if view.get("join") == "flat":
            raise DataError("gives several entities; use client.entities.query(id=..., join='flat')", path="join")
        check_names(as_, view)
        params = [*self._params(type=type, **view), *_geometry(geometry_property, accept)]
        by_model = self._given(context) == MODELS
        named = any(view.get(member) is not None for member in ("attrs", "pick", "omit"))
        context = self._reading_context(context, as_, type, entity_id=entity_id, named=named)
        headers = reading_headers(context, accept=media_type(accept))
        operation = entities.retrieve(entity_id, params=params, headers=headers)
        reader: EntityReader[Any] = EntityReader(
            as_,
            view.get("representation"),
            strict=strict,
            as_geojson=accept == "geo+json",
            geometry_property=geometry_property,
            names=names_of_models(context) if by_model else None,
        )
        return reader.one(self._session.run(operation))

    @overload
    def query(
        self,
        what: type[E],
        /,
        *,
        accept: MediaType = "json",
        page_size: int | None = None,
        on_invalid: OnInvalid = "accept",
        as_post: bool | None = None,
        context: ContextLike | None = None,
        **selection: Unpack[Selection],
    ) -> Results[E]: ...
    @overload
    def query(
        self,
        what: Names | EntityQuery | None = None,
        /,
        *,
        as_: type[E],
        accept: MediaType = "json",
        page_size: int | None = None,
        on_invalid: OnInvalid = "accept",
        as_post: bool | None = None,
        context: ContextLike | None = None,
        **selection: Unpack[Selection],
    ) -> Results[E]: ...
    @overload
    def query(
        self,
        what: type[Entity] | Names | EntityQuery | None = None,
        /,
        *,
        as_: type[dict[str, Any]],
        accept: MediaType = "json",
        geometry_property: str | None = None,
        page_size: int | None = None,
        on_invalid: OnInvalid = "accept",
        as_post: bool | None = None,
        context: ContextLike | None = None,
        **selection: Unpack[Selection],
    ) -> Results[dict[str, Any]]: ...
    @overload
    def query(
        self,
        what: Names | EntityQuery | None = None,
        /,
        *,
        as_: None = None,
        accept: MediaType = "json",
        page_size: int | None = None,
        on_invalid: OnInvalid = "accept",
        as_post: bool | None = None,
        context: ContextLike | None = None,
        **selection: Unpack[Selection],
    ) -> Results[Entity]: ...
    def query(
        self,
        what: type[Any] | Names | EntityQuery | None = None,
        /,
        *,
        as_: type[Any] | None = None,
        accept: MediaType = "json",
        geometry_property: str | None = None,
        page_size: int | None = None,
        on_invalid: OnInvalid = "accept",
        as_post: bool | None = None,
        context: ContextLike | None = None,
        **selection: Unpack[Selection],
    ) -> Results[Any]:
        """Query entities (CIM 009, 5.7.2); no request is made before the results are asked for.

        Args:
            what: An entity class, which chooses the type and the class of the results; a type; or a whole query.
            as_: The class to read the results as; ``dict`` for the wire forms as they come.
            accept: ``json``; ``ld+json`` to get the @context with each; ``geo+json`` for Features, which ``as_=dict``
                keeps as they came and entities are taken out of.
            geometry_property: With ``geo+json``: which attribute becomes the geometry.
            page_size: Entities to a page; without it as the broker's profile says.
            on_invalid: What happens to an entity that breaks the standard or its class: ``accept`` it with what it
                has, ``raise``, or leave it out and ``collect`` it in ``.invalid``.
            as_post: Whether the query goes as a document; without it, if its URL would be too long.
            context: The @context of the names; without it the client's.
            selection: Which entities, what of them, and in which form.

        Returns:
            The results: iterate over them, or ask for ``.pages()``, ``.all()``, ``.first()`` or ``.count()``.

        Raises:
            DataError: A parameter cannot be used.
        """
        by_class = what if isinstance(what, type) else None
        if isinstance(what, type):
            as_, what = as_ or what, type_of(what)
        check_on_invalid(on_invalid, "accept", "raise", "collect")
        check_names(as_, selection)
        chosen: Mapping[str, Any] | EntityQuery = selection
        whole = what is not None and not isinstance(what, str | Sequence)
        if what is not None and not isinstance(what, str | Sequence):
            if not hasattr(what, "to_parameters"):
                raise DataError("is one entity; give its class, its type or a query", path=type(what).__name__)
            if selection:
                raise DataError("say it in the query, which is whole", path=next(iter(selection)), clause="5.7.2")
            chosen, representation = what, what.format
            page_size = page_size or what.limit
        else:
            representation = selection.get("representation")
            if what is not None:
                chosen = {"type": what, **selection}
        settings = self._session.settings
        profile, context, by_model = settings.profile, self._given(context), self._given(context) == MODELS
        if by_model:
            if isinstance(chosen, Mapping):
                chosen, context = by_models(chosen, by_class)
            else:
                context = context_of_query(chosen)
            if settings.context_as == "inline" and context is not None and (whole or selection.get("q") is not None):
                as_post = True  # a filter's names go with their @context in the body
        if by_class is not None and isinstance(chosen, Mapping) and "type" not in selection:
            chosen = {**chosen, "type": stored_types(by_class, context)}
        request = entities.query(
            chosen,
            context=context,
            accept=media_type(accept),
            profile=profile,
            as_post=as_post,
            extra=_geometry(geometry_property, accept),
        )
        return Results(
            self._session,
            request,
            EntityReader(
                as_,
                representation,
                strict=on_invalid != "accept",
                as_geojson=accept == "geo+json",
                geometry_property=geometry_property,
                with_distance=whole or "geo" in selection or "order_from" in selection,
                names=names_of_models(context) if by_model else None,
            ),
            page_size=profile.page_limit(page_size),
            collect=on_invalid == "collect",
        )

    def replace(self, entity: EntityLike, *, type: Names | None = None, context: ContextLike | None = None) -> None:
        """Replace an entity: attributes that the new form lacks are gone (CIM 009, 5.6.18).

        Args:
            entity: What it becomes, with its id and type.
            type: Its type, where one id stands for several.
            context: The @context where the entity carries none; without it the client's.

        Raises:
            ResourceNotFound: Nothing with this id exists.
            ContextBrokerError: Any other refusal or failure of the broker.
            TransportError: No usable answer came.
        """
        context = self._context(context, type, entity)
        self._session.run(entities.replace(entity, params=self._params(type=type), context=context))

    def merge(
        self,
        entity_id: str,
        fragment: EntityLike,
        *,
        observed_at: datetime | str | None = None,
        type: Names | None = None,
        lang: str | None = None,
        representation: Literal["normalized", "concise", "simplified"] | None = None,
        context: ContextLike | None = None,
    ) -> None:
        """Merge a fragment into an entity, down to single members (CIM 009, 5.6.17).

        Args:
            entity_id: The entity.
            fragment: What changes, by wire name; NGSI-LD Null deletes, at any depth.
            observed_at: The time of all values that had one before and get none by themselves.
            type: The entity's type, where one id stands for several.
            lang: The language that a plain text changes in a LanguageProperty.
            representation: ``simplified`` if the fragment has that form.
            context: The @context where the fragment carries none; without it the client's.

        Raises:
            ResourceNotFound: Nothing with this id exists.
            ContextBrokerError: Any other refusal or failure of the broker.
            TransportError: No usable answer came.
        """
        params = list(self._params(type=type, lang=lang, representation=representation))
        if observed_at is not None:
            time = observed_at if isinstance(observed_at, str) else format_datetime(observed_at)
            params.append(("observedAt", time))
        context = self._context(context, type, fragment, entity_id=entity_id)
        self._session.run(entities.merge(entity_id, fragment, params=params, context=context))

    def exists(
        self, entity_id: str, *, type: Names | None = None, local: bool = False, context: ContextLike | None = None
    ) -> bool:
        """Ask whether an entity is there, without reading it (HEAD, NGSI-LD 2.0).

        .. versionadded:: 0.2

        Args:
            entity_id: Its id.
            type: Its type, where one id stands for several.
            local: Whether only what the broker itself holds counts.
            context: The @context of ``type``; without it the client's.

        Raises:
            ContextBrokerError: A refusal or failure of the broker; 405 where it does not have this, as in 1.9.
            TransportError: No usable answer came.
        """
        params = self._params(type=type, local=local)
        context = self._plain_context(context) if type is None else self._context(context, type)
        return self._session.run(entities.exists(entity_id, params=params, context=context))

    def delete(
        self, entity_id: str, *, type: Names | None = None, local: bool = False, context: ContextLike | None = None
    ) -> None:
        """Delete an entity (CIM 009, 5.6.6).

        Args:
            entity_id: Its id.
            type: Its type, where one id stands for several.
            local: Whether only what the broker itself holds goes.
            context: The @context of ``type``; without it the client's.

        Raises:
            ResourceNotFound: Nothing with this id exists.
            ContextBrokerError: Any other refusal or failure of the broker.
            TransportError: No usable answer came.
        """
        params = self._params(type=type, local=local)
        context = self._plain_context(context) if type is None else self._context(context, type)
        self._session.run(entities.delete(entity_id, params=params, context=context))

    def purge(
        self,
        what: Names | None = None,
        /,
        *,
        id: Names | None = None,
        id_pattern: str | None = None,
        q: object = None,
        geo: GeoLike | None = None,
        scope_q: str | None = None,
        keep: Names | None = None,
        drop: Names | None = None,
        local: bool = False,
        context: ContextLike | None = None,
    ) -> BatchResult:
        """Delete all entities that match, or attributes of them (CIM 009, 5.6.21).

        Args:
            what: Their types.
            id: Their ids.
            id_pattern: Regular expression that their ids match.
            q: Filter on attributes.
            geo: Geo-query.
            scope_q: Scope query.
            keep: Delete no entity, but all their attributes except these.
            drop: Delete no entity, but these attributes.
            local: Whether only what the broker itself holds goes.
            context: The @context of the names; without it the client's.

        Returns:
            What failed, if anything did; brokers do not list what they deleted.

        Raises:
            OperationNotSupported: The broker knows no purge.
            ContextBrokerError: Any other refusal or failure of the broker.
            TransportError: No usable answer came.
        """
        chosen = self._params(type=what, id=id, id_pattern=id_pattern, q=q, geo=geo, scope_q=scope_q, local=local)
        lists = [(name, ",".join(_each(given))) for name, given in (("keep", keep), ("drop", drop)) if given]
        context = self._given(context)
        if context == MODELS:
            by_type, context = by_models({"type": what, "q": q, "pick": keep, "omit": drop}, None)
            chosen = [(name, str(by_type["type"]) if name == "type" else value) for name, value in chosen]
        return self._session.run(entities.purge([*chosen, *lists], context=context))


def _geometry(geometry_property: str | None, accept: MediaType) -> Sequence[tuple[str, str]]:
    if geometry_property and accept != "geo+json":
        raise DataError("chooses the geometry of Features; ask for accept='geo+json'", path="geometry_property")
    return [("geometryProperty", geometry_property)] if geometry_property else []


def _each(given: Names) -> Sequence[str]:
    return [given] if isinstance(given, str) else given
