# Made by scripts/unasync.py from src/citycontext/client/_async/contexts.py; change that file, not this one.
"""``client.contexts``: @contexts that the broker stores and serves."""

from __future__ import annotations

from typing import Any, Literal

from citycontext.client._sync.resource import ClientResource
from citycontext.client.operations import contexts
from citycontext.client.operations.json_ld import ContextLike
from citycontext.ngsild.discovery import ContextDetails

__all__ = ["Contexts"]


class Contexts(ClientResource):
    """The @contexts that a broker stores (CIM 009, 5.13)."""

    def create(self, context: ContextLike) -> str:
        """Store an @context; that gives a composed one the single address that a Link header takes.

        Args:
            context: Terms, a list of addresses and terms, or a document with a member ``@context``.

        Returns:
            The address at which the broker serves it, as seen from here.

        Raises:
            BadRequestData: It is not a context.
            ContextBrokerError: Any other refusal or failure of the broker.
            TransportError: No usable answer came.
        """
        return self._session.run(contexts.create(context, root=self._session.settings.root))

    def urls(self, *, kind: Literal["Cached", "Hosted", "ImplicitlyCreated"] | None = None) -> list[str]:
        """List the addresses of the contexts.

        Args:
            kind: Only those fetched, stored by users, or made by the broker for others.

        Raises:
            ContextBrokerError: The broker refused or failed.
            TransportError: No usable answer came.
        """
        return self._session.run(contexts.urls(kind))

    def details(self, *, kind: Literal["Cached", "Hosted", "ImplicitlyCreated"] | None = None) -> list[ContextDetails]:
        """List what the broker knows about the contexts.

        Args:
            kind: Only those fetched, stored by users, or made by the broker for others.

        Raises:
            ContextBrokerError: The broker refused or failed.
            TransportError: No usable answer came.
        """
        return self._session.run(contexts.details(kind))

    def retrieve(self, context: str) -> dict[str, Any]:
        """Return the content of a context.

        Args:
            context: Its address, or its id.

        Returns:
            The document with its member ``@context``.

        Raises:
            OperationNotSupported: It is only cached; fetch it from its own address.
            ResourceNotFound: The broker does not know it.
            ContextBrokerError: Any other refusal or failure of the broker.
            TransportError: No usable answer came.
        """
        return self._session.run(contexts.content(context, root=self._session.settings.root))

    def info(self, context: str) -> ContextDetails:
        """Return what the broker knows about a context.

        Args:
            context: Its address, or its id.

        Raises:
            ResourceNotFound: The broker does not know it.
            ContextBrokerError: Any other refusal or failure of the broker.
            TransportError: No usable answer came.
        """
        return self._session.run(contexts.info(context, root=self._session.settings.root))

    def delete(self, context: str, *, reload: bool = False) -> None:
        """Delete a context.

        Args:
            context: Its address, or its id.
            reload: Whether a cached one is fetched again instead.

        Raises:
            BadRequestData: ``reload`` of one that is not cached.
            ResourceNotFound: The broker does not know it.
            ContextBrokerError: Any other refusal or failure of the broker.
            TransportError: No usable answer came.
        """
        self._session.run(contexts.delete(context, root=self._session.settings.root, reload=reload))
