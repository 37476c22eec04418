"""``client.entity_maps``: which source holds which entity of a query."""

from __future__ import annotations

from datetime import datetime
from typing import Unpack

from citycontext.client._async.noun import AsyncNoun
from citycontext.client.operations import documents
from citycontext.client.operations.exchange import Operation, Request
from citycontext.client.operations.json_ld import ContextLike, writing
from citycontext.client.operations.selection import Names, Selection, query_document
from citycontext.ngsild.query.temporal import TemporalQuery
from citycontext.ngsild.snapshots import EntityMap
from citycontext.ngsild.time import format_datetime

__all__ = ["AsyncEntityMaps"]


class AsyncEntityMaps(AsyncNoun):
    """Entity maps (CIM 009, 5.14)."""

    async def create(
        self,
        what: Names | None = None,
        /,
        *,
        when: TemporalQuery | None = None,
        context: ContextLike | None = None,
        **selection: Unpack[Selection],
    ) -> EntityMap:
        """Make the entity map of a query (CIM 009, 5.7.2 and 6.32).

        Args:
            what: Types of the entities.
            when: For a temporal query: which time.
            context: The @context of the names; without it the client's.
            selection: Which entities.

        Raises:
            DataError: A parameter cannot be used.
            ContextBrokerError: The broker refused or failed.
            TransportError: No usable answer came.
        """
        document = query_document({**selection} if what is None else {"type": what, **selection})
        if when is not None:
            document["temporalQ"] = when.to_body()
        headers, content = writing(document, self._context(context))
        folder = self._where if when is None else f"temporal/{self._where}"
        request = Request("POST", folder, (), headers, content)
        return await self._session.run(Operation(request, lambda response: EntityMap.from_dict(response.json_object())))

    async def retrieve(self, entity_map_id: str) -> EntityMap:
        """Retrieve an entity map (CIM 009, 5.14.1).

        Args:
            entity_map_id: Its id, as the header ``NGSILD-EntityMap`` names it.

        Raises:
            ResourceNotFound: There is none with this id.
            ContextBrokerError: Any other refusal or failure of the broker.
            TransportError: No usable answer came.
        """
        return EntityMap.from_dict(await self._session.run(documents.retrieve(self._where, entity_map_id)))

    async def update(self, entity_map_id: str, *, expires_at: datetime | str) -> None:
        """Change when an entity map ends (CIM 009, 5.14.2).

        Args:
            entity_map_id: Its id.
            expires_at: When it ends.

        Raises:
            ResourceNotFound: There is none with this id.
            ContextBrokerError: Any other refusal or failure of the broker.
            TransportError: No usable answer came.
        """
        fragment = {"expiresAt": expires_at if isinstance(expires_at, str) else format_datetime(expires_at)}
        await self._session.run(documents.update(self._where, entity_map_id, fragment, context=None))

    async def delete(self, entity_map_id: str) -> None:
        """Delete an entity map (CIM 009, 5.14.3).

        Args:
            entity_map_id: Its id.

        Raises:
            ResourceNotFound: There is none with this id.
            ContextBrokerError: Any other refusal or failure of the broker.
            TransportError: No usable answer came.
        """
        await self._session.run(documents.delete(self._where, entity_map_id))

    @property
    def _where(self) -> str:
        return self._session.settings.profile.entity_maps_path
