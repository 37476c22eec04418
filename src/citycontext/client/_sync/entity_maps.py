# Made by scripts/unasync.py from src/citycontext/client/_async/entity_maps.py; change that file, not this one.
"""``client.entity_maps``: which source holds which entity of a query."""

from __future__ import annotations

from datetime import datetime
from typing import Unpack

from citycontext.client._sync.resource import ClientResource
from citycontext.client.operations import documents
from citycontext.client.operations.exchange import Operation, Request
from citycontext.client.operations.json_ld import ContextLike, reading_headers, writing
from citycontext.client.operations.model_contexts import MODELS, by_models
from citycontext.client.operations.selection import Names, Selection, query_document, to_params, url_params
from citycontext.ngsild.query.temporal import TemporalQuery
from citycontext.ngsild.snapshots import EntityMap
from citycontext.ngsild.time import format_datetime

__all__ = ["EntityMaps"]


class EntityMaps(ClientResource):
    """Entity maps (CIM 009, 5.14)."""

    def create(
        self,
        what: Names | None = None,
        /,
        *,
        when: TemporalQuery | None = None,
        limit: int | None = None,
        as_post: bool | None = None,
        context: ContextLike | None = None,
        **selection: Unpack[Selection],
    ) -> EntityMap:
        """Make the entity map of a query (CIM 009, 5.7.2 and 6.32).

        Queries use it with ``client.with_options(headers={"NGSILD-EntityMap": entity_map.id})``.

        Args:
            what: Types of the entities.
            when: For a temporal query: which time.
            limit: How many entities it may hold; without it as the broker's profile says. A broker that is told
                nothing may take its default page for the whole.
            as_post: Whether the query goes as a document; without it, if its URL would be too long.
            context: The @context of the names; without it the client's.
            selection: Which entities.

        Raises:
            DataError: A parameter cannot be used.
            ContextBrokerError: The broker refused or failed.
            TransportError: No usable answer came.
        """
        if what is not None:
            selection = {"type": what, **selection}
        profile, given = self._session.settings.profile, self._given(context)
        chosen, context = by_models(selection, None) if given == MODELS else (selection, given)
        folder = self._where if when is None else f"temporal/{self._where}"
        most = profile.entity_map_limit if limit is None else profile.page_limit(limit)
        size = [] if most is None else [("limit", str(most))]
        params = [*to_params(chosen, profile), *size, *([] if when is None else when.to_parameters())]
        request = Request("GET", folder, params, reading_headers(context))
        if len(request.target) > profile.max_url_length if as_post is None else as_post:
            document = query_document(chosen) | ({} if when is None else {"temporalQ": when.to_body()})
            headers, content = writing(document, context)
            request = Request("POST", folder, [*url_params(chosen, profile), *size], headers, content)
        return self._session.run(Operation(request, lambda response: EntityMap.from_dict(response.json_object())))

    def retrieve(self, entity_map_id: str) -> EntityMap:
        """Retrieve an entity map (CIM 009, 5.14.1).

        Args:
            entity_map_id: Its id, as the header ``NGSILD-EntityMap`` names it.

        Raises:
            ResourceNotFound: Nothing with this id exists.
            ContextBrokerError: Any other refusal or failure of the broker.
            TransportError: No usable answer came.
        """
        return EntityMap.from_dict(self._session.run(documents.retrieve(self._where, entity_map_id)))

    def update(self, entity_map_id: str, *, expires_at: datetime | str) -> None:
        """Change when an entity map ends (CIM 009, 5.14.2).

        Args:
            entity_map_id: Its id.
            expires_at: When it ends.

        Raises:
            ResourceNotFound: Nothing with this id exists.
            ContextBrokerError: Any other refusal or failure of the broker.
            TransportError: No usable answer came.
        """
        fragment = {"expiresAt": expires_at if isinstance(expires_at, str) else format_datetime(expires_at)}
        self._session.run(
            documents.update(self._where, entity_map_id, fragment, context=None, profile=self._session.settings.profile)
        )

    def delete(self, entity_map_id: str) -> None:
        """Delete an entity map (CIM 009, 5.14.3).

        Args:
            entity_map_id: Its id.

        Raises:
            ResourceNotFound: Nothing with this id exists.
            ContextBrokerError: Any other refusal or failure of the broker.
            TransportError: No usable answer came.
        """
        self._session.run(documents.delete(self._where, entity_map_id))

    @property
    def _where(self) -> str:
        return self._session.settings.profile.entity_maps_path
