# Made by scripts/unasync.py from src/citycontext/client/_async/results.py; change that file, not this one.
"""Results that come in pages: nothing is asked for until it is needed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Generic, NoReturn, TypeVar

from citycontext.client._sync.session import Session
from citycontext.client.items import Items, items_html, wire_of
from citycontext.client.loading import InvalidItem, ItemReader
from citycontext.client.operations import paging
from citycontext.client.operations.exchange import Params, Request
from citycontext.client.operations.paging import Cursor, Page
from citycontext.errors import DataError
from citycontext.foreign_text import shown

if TYPE_CHECKING:
    import geopandas  # type: ignore[import-untyped,import-not-found,unused-ignore]
    import pandas  # type: ignore[import-untyped,import-not-found,unused-ignore]
    import pyarrow  # type: ignore[import-untyped,import-not-found,unused-ignore]

__all__ = ["Results"]

T = TypeVar("T")

_log: Final = logging.getLogger(__name__)


class Results(Generic[T]):
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
        session: Session,
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
        self.warnings: list[str] = []
        """What the broker warned of, e.g. that a source is down and the items are not all; of all iterations."""
        self._count_read: int | None = None
        self._last_page: list[T] = []

    def __iter__(self) -> Iterator[T]:
        """Return the items one by one, asking for the next page when it is needed.

        Raises:
            ContextBrokerError: The broker refused or failed.
            TransportError: No usable answer came.
            DataError: An item is invalid, with ``on_invalid="raise"``.
        """
        for page in self.pages():
            yield from page

    def pages(self) -> Iterator[list[T]]:
        """Return the items page by page; raises as iterating does."""
        self._count_read = 0
        cursor: Cursor | None = Cursor(0, self._page_size)
        while cursor is not None:
            page = self._page(cursor)
            if page.items:
                items = Items(self._items(page.items))
                self._count_read += len(items)
                self._last_page = items
                yield items
            cursor = page.next

    def all(self) -> list[T]:
        """Return all items; raises as iterating does."""
        found: list[T] = Items()
        for page in self.pages():
            found.extend(page)
        return found

    def take(self, number: int) -> list[T]:
        """Return the first items, without asking for more pages than they need.

        .. versionadded:: 0.2

        Args:
            number: How many at most.

        Raises:
            DataError: The number is negative; or an item is invalid, with ``on_invalid="raise"``.
            ContextBrokerError: The broker refused or failed.
            TransportError: No usable answer came.
        """
        if number < 0:
            raise DataError(f"take({number}): the number of items must be 0 or more", path="number")
        found: list[T] = Items()
        self._count_read = 0
        cursor: Cursor | None = Cursor(0, min(self._page_size, max(number, 1)))
        while cursor is not None and len(found) < number:
            page = self._page(cursor)
            found.extend(self._items(page.items))
            cursor = page.next
        del found[number:]
        self._count_read = len(found)
        self._last_page = found[-self._page_size :]
        return found

    def first(self) -> T | None:
        """Return the first item, None if absent; asks for that one only.

        Raises:
            ContextBrokerError: The broker refused or failed.
            TransportError: No usable answer came.
            DataError: The item is invalid, with ``on_invalid="raise"``.
        """
        page = self._page(Cursor(0, 1))
        return next(iter(self._items(page.items)), None)

    def count(self) -> int:
        """Return the number of items, without asking for any.

        Raises:
            ContextBrokerError: The broker refused or failed.
            TransportError: No usable answer came.
            UnreadableResponse: The broker did not say.
        """
        return self._session.run(paging.count(self._request))

    def to_dataframe(self, *, zone: tzinfo | str | None = None) -> pandas.DataFrame:
        """Read all items into a data frame, a row for each.

        .. versionadded:: 0.2

        A column is an attribute's value; ``temperature.observedAt``, ``location.longitude`` and ``name.nl`` are
        columns of their own. ``frame.attrs["units"]`` has the unit codes by column.

        Args:
            zone: The time zone of all times; UTC if not given.

        Raises:
            MissingExtra: pandas is not installed.
            ContextBrokerError: The broker refused or failed.
            TransportError: No usable answer came.
        """
        from citycontext.ngsild.frames.data_frame import EntityFrame

        frame = EntityFrame()
        for item in self:
            frame.add(wire_of(item))
        return frame.frame(zone)

    def to_geodataframe(
        self, *, geometry: str = "location", zone: tzinfo | str | None = None
    ) -> geopandas.GeoDataFrame:
        """Read all entities into a geographical data frame, in WGS 84.

        .. versionadded:: 0.2

        Args:
            geometry: The attribute that is the geometry; an entity without it has the first geometry it has.
            zone: The time zone of all times; UTC if not given.

        Raises:
            MissingExtra: geopandas is not installed.
            DataError: A geometry cannot be read.
            ContextBrokerError: The broker refused or failed.
            TransportError: No usable answer came.
        """
        from citycontext.ngsild.frames.data_frame import EntityFrame

        frame = EntityFrame(geometry)
        for item in self:
            frame.add(wire_of(item))
        return frame.frame(zone)

    def to_arrow(self) -> pyarrow.Table:
        """Read all items into an Arrow table; the metadata of its fields have the units.

        .. versionadded:: 0.2

        Raises:
            MissingExtra: pyarrow is not installed.
            ContextBrokerError: The broker refused or failed.
            TransportError: No usable answer came.
        """
        from citycontext.ngsild.frames.arrow import EntityTable

        with EntityTable() as table:
            for item in self:
                table.add(wire_of(item))
            return table.table()

    def to_parquet(self, target: Path | str) -> int:
        """Write all items to a Parquet file, with bounded memory; the file changes as a whole, at the end.

        .. versionadded:: 0.2

        Args:
            target: The file.

        Returns:
            How many there are.

        Raises:
            MissingExtra: pyarrow is not installed.
            OSError: The file cannot be written; it is left as it was.
            ContextBrokerError: The broker refused or failed.
            TransportError: No usable answer came.
        """
        return self._to_file(target, None)

    def to_geoparquet(self, target: Path | str, *, geometry: str = "location") -> int:
        """Write all entities to a GeoParquet file, as ``to_parquet`` does.

        .. versionadded:: 0.2

        Args:
            target: The file.
            geometry: The attribute that is the geometry; an entity without it has the first geometry it has.

        Returns:
            How many there are.

        Raises:
            MissingExtra: pyarrow or shapely is not installed.
            DataError: A geometry cannot be read.
            OSError: The file cannot be written; it is left as it was.
            ContextBrokerError: The broker refused or failed.
            TransportError: No usable answer came.
        """
        return self._to_file(target, geometry)

    def _to_file(self, target: Path | str, geometry: str | None) -> int:
        from citycontext.ngsild.frames.arrow import EntityTable

        with EntityTable(geometry) as table:
            for item in self:
                table.add(wire_of(item))
            table.write(target)
            return table.count

    def __len__(self) -> int:
        """Return how many items the latest reading has brought so far; ``count()`` asks the broker."""
        if self._count_read is None:
            raise TypeError("nothing has been read yet; count() asks the broker for the number, all() reads everything")
        return self._count_read

    def __bool__(self) -> bool:
        return True

    def __getitem__(self, index: object) -> NoReturn:
        raise TypeError(
            "results come page by page and have no index; use first(), take(10) or all(), which give an item or a list"
        )

    def _page(self, cursor: Cursor) -> Page:
        page = self._session.run(paging.page(self._request, cursor))
        self.warnings += [one for one in page.warnings if one not in self.warnings]
        return page

    def __repr__(self) -> str:
        request = self._request([])
        return f"<{type(self).__name__} of {request.method} {request.target}>"

    def _repr_html_(self) -> str:
        if self._count_read is None:
            return items_html([], f"{self!r}: nothing has been read yet")
        return items_html(self._last_page, f"{self!r}: {self._count_read:,} read, the last page of them")

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
