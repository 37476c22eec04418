"""What subscriptions, registrations and snapshots have in common."""

from __future__ import annotations

from typing import Any, ClassVar, Generic, TypeVar

from citycontext.client._async.resource import AsyncClientResource
from citycontext.client._async.results import AsyncResults
from citycontext.client.loading import OnInvalidDocument, check_on_invalid
from citycontext.client.operations import documents
from citycontext.client.operations.documents import DocumentLike, DocumentReader
from citycontext.client.operations.exchange import Params
from citycontext.client.operations.json_ld import ContextLike
from citycontext.client.operations.model_contexts import MODELS
from citycontext.ngsild.wire_model import WireModel

__all__ = ["AsyncDocuments"]

D = TypeVar("D", bound=WireModel)


class AsyncDocuments(AsyncClientResource, Generic[D]):
    """Documents of one kind that a broker keeps."""

    where: ClassVar[str]
    kind: ClassVar[type[WireModel]]

    async def create(self, document: DocumentLike, *, context: ContextLike | None = None) -> str:
        """Create one.

        Args:
            document: The document, its wire form as a mapping, or a pydantic model.
            context: The @context where the document carries none; without it the client's.

        Returns:
            Its id: its own, else the one that the broker gave it.

        Raises:
            AlreadyExists: There is one with this id.
            ContextBrokerError: Any other refusal or failure of the broker.
            TransportError: No usable answer came.
        """
        return await self._session.run(
            documents.create(
                self.where,
                document,
                context=self._document_context(context, document),
                profile=self._session.settings.profile,
            )
        )

    async def retrieve(self, document_id: str, *, sys_attrs: bool = False, context: ContextLike | None = None) -> D:
        """Retrieve one.

        Args:
            document_id: Its id.
            sys_attrs: Whether ``createdAt`` and ``modifiedAt`` are wanted.
            context: The @context of the names in it; without it the client's.

        Raises:
            ResourceNotFound: Nothing with this id exists.
            ContextBrokerError: Any other refusal or failure of the broker.
            InvalidDocument: It lacks what its class needs, or a member is of the wrong type.
            TransportError: No usable answer came.
        """
        operation = documents.retrieve(
            self.where, document_id, params=self._params(sys_attrs=sys_attrs), context=self._plain_context(context)
        )
        reader: DocumentReader[Any] = DocumentReader(self.kind)
        document: D = reader.one(await self._session.run(operation))
        return document

    async def update(self, document_id: str, fragment: DocumentLike, *, context: ContextLike | None = None) -> None:
        """Change members of one.

        To remove a member, create the document anew: brokers disagree about NGSI-LD Null here.

        Args:
            document_id: Its id.
            fragment: The members that change, by wire name.
            context: The @context where the fragment carries none; without it the client's.

        Raises:
            ResourceNotFound: Nothing with this id exists.
            ContextBrokerError: Any other refusal or failure of the broker.
            TransportError: No usable answer came.
        """
        await self._session.run(
            documents.update(
                self.where,
                document_id,
                fragment,
                context=self._document_context(context, fragment),
                profile=self._session.settings.profile,
            )
        )

    async def delete(self, document_id: str) -> None:
        """Delete one.

        Args:
            document_id: Its id.

        Raises:
            ResourceNotFound: Nothing with this id exists.
            ContextBrokerError: Any other refusal or failure of the broker.
            TransportError: No usable answer came.
        """
        await self._session.run(documents.delete(self.where, document_id))

    def _document_context(self, context: ContextLike | None, document: DocumentLike) -> ContextLike | None:
        types = documents.types_of(document) if self._given(context) == MODELS else []
        return self._context(context, types) if types else self._plain_context(context)

    def _query(
        self, params: Params, *, page_size: int | None, on_invalid: OnInvalidDocument, context: ContextLike | None
    ) -> AsyncResults[D]:
        check_on_invalid(on_invalid, "collect", "raise")
        reader: DocumentReader[Any] = DocumentReader(self.kind)
        request = documents.listing(self.where, params, context=self._plain_context(context))
        size = self._session.settings.profile.page_limit(page_size)
        collect = on_invalid == "collect"
        return AsyncResults(self._session, request, reader, page_size=size, collect=collect, warn=collect)
