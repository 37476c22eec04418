"""Results that come in pages: nothing is asked for until it is needed."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from typing import Any, Final, Generic, TypeVar

from citycontext.client._async.session import AsyncSession
from citycontext.client.loading import InvalidItem, ItemReader
from citycontext.client.operations import paging
from citycontext.client.operations.exchange import Params, Request
from citycontext.client.operations.paging import Cursor, Page
from citycontext.errors import DataError
from citycontext.foreign_text import shown

__all__ = ["AsyncResults"]

T = TypeVar("T")

_log: Final = logging.getLogger(__name__)


class AsyncResults(Generic[T]):
    """The results of a query: iterate over them, by item or by page.

    No request is made until the first item is asked for, and one for each page after that. Iterating twice asks twice.
    What is written meanwhile may move items between pages: an item can then be seen twice, or not at all. A broker with
    entity maps keeps the pages together if asked to: ``query(…, entity_map=True)``.

    Args:
        session: Sends the requests.
        request: Builds the request, given the parameters that choose the page.
        read: Reads the items.
        page_size: Items to a page.
        collect: Whether an item that cannot be read goes into :attr:`invalid` instead of being raised.
        warn: Whether the first of these is also a warning in the log, for who did not ask to collect them.
    """

    def __init__(
        self,
        session: AsyncSession,
        request: Callable[[Params], Request],
        read: ItemReader[T],
        *,
        page_size: int,
        collect: bool = False,
        warn: bool = False,
    ) -> None:
        self._session = session
        self._request = request
        self._read = read
        self._page_size = page_size
        self._collect = collect
        self._warn = warn
        self.invalid: list[InvalidItem] = []
        """Items that were refused, with ``on_invalid="collect"``; of all iterations."""

    async def __aiter__(self) -> AsyncIterator[T]:
        """Give the items one by one, asking for the next page when it is needed.

        Raises:
            ContextBrokerError: The broker refused or failed.
            TransportError: No usable answer came.
            DataError: An item is invalid, with ``on_invalid="raise"``.
        """
        async for page in self.pages():
            for item in page:
                yield item

    async def pages(self) -> AsyncIterator[list[T]]:
        """Give the items page by page; raises as iterating does."""
        cursor: Cursor | None = Cursor(0, self._page_size)
        while cursor is not None:
            page = await self._page(cursor)
            if page.items:
                yield self._items(page.items)
            cursor = page.next

    async def all(self) -> list[T]:
        """Give all items; raises as iterating does."""
        return [item async for item in self]

    async def first(self) -> T | None:
        """Give the first item, None if there is none; asks for that one only.

        Raises:
            ContextBrokerError: The broker refused or failed.
            TransportError: No usable answer came.
            DataError: The item is invalid, with ``on_invalid="raise"``.
        """
        page = await self._page(Cursor(0, 1))
        return next(iter(self._items(page.items)), None)

    async def count(self) -> int:
        """Give the number of items, without asking for any.

        Raises:
            ContextBrokerError: The broker refused or failed.
            TransportError: No usable answer came.
            UnreadableResponse: The broker did not say.
        """
        return await self._session.run(paging.count(self._request))

    async def _page(self, cursor: Cursor) -> Page:
        return await self._session.run(paging.page(self._request, cursor))

    def __repr__(self) -> str:
        request = self._request([])
        return f"<{type(self).__name__} of {request.method} {request.target}>"

    def _items(self, wires: list[dict[str, Any]]) -> list[T]:
        if not self._collect:
            return self._read.many(wires)
        items = []
        for wire in wires:
            try:
                items.append(self._read.one(wire))
            except DataError as error:
                if self._warn and not self.invalid:
                    _log.warning("%r: left out %s: %s; see .invalid", self, shown(wire.get("id")), error)
                self.invalid.append(InvalidItem(wire, error))
        return items
