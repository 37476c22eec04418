"""Crossing pages: by the broker's Link where it sends one, else by offset (CIM 009, 6.3.10)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final
from urllib.parse import unquote

from citycontext.client.operations.exchange import Operation, Params, Request, Response
from citycontext.client.operations.warnings import warnings_in
from citycontext.ngsild.links import page_links

__all__ = ["Cursor", "Page", "count", "following", "page", "query_of"]

_COUNT: Final = "NGSILD-Results-Count"
_ENTITY_MAP: Final = "NGSILD-EntityMap"


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page begins.

    Args:
        offset: How many items stand before it.
        limit: How many items it may hold.
        extra: Parameters that the broker's Link adds.
        counted: Whether the number of all items is asked for.
        linked: Whether the broker has sent a Link to a next page before.
        before: Ids of the page before, to notice a broker that answers the same page for ever.
        entity_map: The entity map that the page before was made of: the broker shall not make another (6.4.3.2).
    """

    offset: int
    limit: int
    extra: Params = ()
    counted: bool = False
    linked: bool = False
    before: tuple[object, ...] = ()
    entity_map: str = ""

    def params(self) -> list[tuple[str, str]]:
        """The parameters that ask for this page."""
        params = [("limit", str(self.limit))]
        if self.offset:
            params.append(("offset", str(self.offset)))
        if self.counted:
            params.append(("count", "true"))
        return [*params, *self.extra]

    def request(self, build: Callable[[Params], Request], more: Params = ()) -> Request:
        """Build the request for this page.

        Args:
            build: Builds the request with the parameters that choose the page.
            more: Further parameters.
        """
        request = build([*self.params(), *more])
        if not self.entity_map:
            return request
        return replace(request, headers={**request.headers, _ENTITY_MAP: self.entity_map})


@dataclass(frozen=True, slots=True)
class Page:
    """One page of results.

    Args:
        items: The items' wire forms.
        next: Where the next page begins; None after the last.
        count: The number of all items, where it was asked for and told.
        warnings: What the broker warned of.
    """

    items: list[dict[str, Any]] = field(default_factory=list)
    next: Cursor | None = None
    count: int | None = None
    warnings: Sequence[str] = ()


def page(request: Callable[[Params], Request], cursor: Cursor) -> Operation[Page]:
    """Ask for one page.

    Args:
        request: Builds the request with the parameters that choose the page.
        cursor: Which page.
    """
    outgoing = cursor.request(request)
    return Operation(outgoing, lambda response: _read(response, outgoing, cursor))


def count(request: Callable[[Params], Request]) -> Operation[int]:
    """Ask for the number of all items, and none of them.

    Args:
        request: Builds the request with the parameters that choose the page.
    """
    return Operation(request([("limit", "0"), ("count", "true")]), _read_count)


def _read_count(response: Response) -> int:
    response.check()
    total = _total(response)
    if total is None:
        raise response.unreadable(f"no header {_COUNT}, though the number of results was asked for")
    return total


def _read(response: Response, request: Request, cursor: Cursor) -> Page:
    document = response.json()
    if isinstance(document, dict) and isinstance(document.get("features"), list):
        document = document["features"]
    if not isinstance(document, list):
        raise response.unreadable("no array where a page of results was expected")
    if document and set(map(type, document)) != {dict}:
        raise response.unreadable("an item that is not an object on a page of results")
    total = _total(response)
    if cursor.counted and total is not None and cursor.offset >= total:  # a broker that answers past the end
        return Page(count=total)
    return Page(document, following(response, request, cursor, document, total), total, warnings_in(response))


def following(
    response: Response, request: Request, cursor: Cursor, items: Sequence[dict[str, Any]], total: int | None
) -> Cursor | None:
    """Return where the next page begins.

    Of a Link only the parameters count that choose the page: its target may not be percent-encoded, may have the
    filters in another order, or may name the broker by an address that is not reachable from here. Without a Link the
    offset goes on, to the count or to a page that is not full, never until a page is empty.

    Args:
        response: The answer.
        request: What was asked.
        cursor: Where this page began.
        items: What it holds.
        total: The number of all items, if told.

    Returns:
        The next page; None after the last.

    Raises:
        UnreadableResponse: The broker answers the same page again.
    """
    ids = tuple([item.get("id") for item in items])
    if ids and ids == cursor.before:
        raise response.unreadable("the same page again, though the next one was asked for")
    offset = cursor.offset + len(items)
    entity_map = response.header(_ENTITY_MAP) or cursor.entity_map
    for link in page_links(response.header_values("Link")):
        if link.has("next"):
            linked = dict(query_of(link.target))
            sent = {name for name, _ in request.params} | {"limit", "offset", "count", "options"}
            extra = [(name, value) for name, value in linked.items() if name not in sent]
            extra += [pair for pair in cursor.extra if pair[0] not in linked]
            after = Cursor(
                offset=int(linked["offset"]) if linked.get("offset", "").isdecimal() else offset,
                limit=cursor.limit,
                extra=extra,
                counted=cursor.counted,
                linked=True,
                before=ids,
                entity_map=entity_map,
            )
            if after.params() == cursor.params():
                raise response.unreadable("a Link to a next page that is the same page")
            return after
    if cursor.linked or not items:
        return None
    ended = len(items) < cursor.limit if total is None else offset >= total
    return None if ended else replace(cursor, offset=offset, counted=True, before=ids, entity_map=entity_map)


def query_of(target: str) -> list[tuple[str, str]]:
    """Return the parameters of a Link's target, whether it is percent-encoded or not.

    Args:
        target: The target.
    """
    pairs = (part.partition("=") for part in target.partition("?")[2].split("&") if part)
    return [(unquote(name), unquote(value)) for name, _, value in pairs]


def _total(response: Response) -> int | None:
    text = response.header(_COUNT).strip()
    return int(text) if text.isdecimal() else None
