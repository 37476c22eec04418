"""``client.types`` and ``client.attributes``: what a context broker holds."""

from __future__ import annotations

from citycontext.client._async.resource import AsyncClientResource
from citycontext.client.operations import discovery
from citycontext.client.operations.json_ld import ContextLike
from citycontext.ngsild.discovery import AttributeInformation, EntityTypeInfo, EntityTypeInformation

__all__ = ["AsyncAttributes", "AsyncTypes"]


class AsyncTypes(AsyncClientResource):
    """The entity types that a broker holds."""

    async def names(self, *, local: bool = False, context: ContextLike | None = None) -> list[str]:
        """List the types (CIM 009, 5.7.5).

        Args:
            local: Only what the broker holds itself.
            context: The @context that shortens the names; without it the client's.

        Returns:
            Their names; brokers may repeat one, so tell types apart by the ids of :meth:`details`.

        Raises:
            ContextBrokerError: The broker refused or failed.
            TransportError: No usable answer came.
        """
        params = self._params(local=local)
        return await self._session.run(
            discovery.names("types", "typeList", params=params, context=self._plain_context(context))
        )

    async def details(self, *, local: bool = False, context: ContextLike | None = None) -> list[EntityTypeInformation]:
        """List the types with the names of their attributes (CIM 009, 5.7.6).

        Args:
            local: Only what the broker holds itself.
            context: The @context that shortens the names; without it the client's.

        Raises:
            ContextBrokerError: The broker refused or failed.
            TransportError: No usable answer came.
        """
        params = self._params(local=local)
        return await self._session.run(
            discovery.details("types", EntityTypeInformation, params=params, context=self._plain_context(context))
        )

    async def retrieve(self, name: str, *, local: bool = False, context: ContextLike | None = None) -> EntityTypeInfo:
        """Return what is known of one type: how many entities, which attributes (CIM 009, 5.7.7).

        Args:
            name: The type's name.
            local: Only what the broker holds itself.
            context: The @context of the names; without it the client's.

        Raises:
            ResourceNotFound: The broker holds no entity of this type.
            ContextBrokerError: Any other refusal or failure of the broker.
            TransportError: No usable answer came.
        """
        params = self._params(local=local)
        return await self._session.run(
            discovery.one("types", name, EntityTypeInfo, params=params, context=self._context(context, name))
        )


class AsyncAttributes(AsyncClientResource):
    """The attributes that entities of a broker have."""

    async def names(self, *, local: bool = False, context: ContextLike | None = None) -> list[str]:
        """List the attributes (CIM 009, 5.7.8).

        Args:
            local: Only what the broker holds itself.
            context: The @context that shortens the names; without it the client's.

        Returns:
            Their names; brokers may repeat one, so tell attributes apart by the ids of :meth:`details`.

        Raises:
            ContextBrokerError: The broker refused or failed.
            TransportError: No usable answer came.
        """
        params = self._params(local=local)
        return await self._session.run(
            discovery.names("attributes", "attributeList", params=params, context=self._plain_context(context))
        )

    async def details(self, *, local: bool = False, context: ContextLike | None = None) -> list[AttributeInformation]:
        """List the attributes with the types that have them (CIM 009, 5.7.9).

        Args:
            local: Only what the broker holds itself.
            context: The @context that shortens the names; without it the client's.

        Raises:
            ContextBrokerError: The broker refused or failed.
            TransportError: No usable answer came.
        """
        params = self._params(local=local)
        return await self._session.run(
            discovery.details("attributes", AttributeInformation, params=params, context=self._plain_context(context))
        )

    async def retrieve(
        self, name: str, *, local: bool = False, context: ContextLike | None = None
    ) -> AttributeInformation:
        """Return what is known of one attribute: how many, of which kinds, in which types (CIM 009, 5.7.10).

        Args:
            name: The attribute's name.
            local: Only what the broker holds itself.
            context: The @context of the names; without it the client's.

        Raises:
            ResourceNotFound: No entity has it.
            ContextBrokerError: Any other refusal or failure of the broker.
            TransportError: No usable answer came.
        """
        params = self._params(local=local)
        return await self._session.run(
            discovery.one("attributes", name, AttributeInformation, params=params, context=self._plain_context(context))
        )
