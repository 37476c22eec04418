"""Contexts that the broker stores and serves (CIM 009, 5.13 and 6.29, 6.30)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, unquote

from citycontext.client.operations.exchange import Operation, Params, Request, Response, path
from citycontext.client.operations.json_ld import ContextLike, dump_json, reading_headers
from citycontext.ngsild.discovery import ContextDetails
from citycontext.web.media_types import JSON

__all__ = ["address", "content", "create", "delete", "details", "info", "local_id", "urls"]

_WHERE = "jsonldContexts"


def create(context: ContextLike, *, root: str) -> Operation[str]:
    """Store a context.

    Args:
        context: Terms, or a list of addresses and terms; a document with a member ``@context`` is taken apart.
        root: Where the API begins, as seen from here: a broker may know itself by another name.

    Returns:
        An operation that gives the address at which the broker serves it.
    """
    inner = context["@context"] if isinstance(context, Mapping) and "@context" in context else context
    body = dump_json({"@context": inner})
    request = Request("POST", _WHERE, (), {"Accept": JSON, "Content-Type": JSON}, body, idempotent=False)

    def read(response: Response) -> str:
        response.check()
        stored = response.header("Location")
        if not stored.rpartition(f"/{_WHERE}/")[2]:
            raise response.unreadable("no Location of the context that was stored")
        return address(stored, root=root)

    return Operation(request, read)


def address(location: str, *, root: str) -> str:
    """Return the address of a context as seen from here.

    Args:
        location: Its id, or its address as the broker names it.
        root: Where the API begins, as seen from here.
    """
    stored = unquote(location.rpartition(f"/{_WHERE}/")[2] or location)
    return f"{root}/{_WHERE}/{quote(stored, safe=':')}"


def urls(kind: str | None) -> Operation[list[str]]:
    """List the addresses of the contexts.

    Args:
        kind: ``Cached``, ``Hosted`` or ``ImplicitlyCreated``; all if not given.
    """
    request = Request("GET", _WHERE, _kind(kind), reading_headers(None))
    return Operation(request, lambda response: _strings(response.json_list()))


def details(kind: str | None) -> Operation[list[ContextDetails]]:
    """List what the broker knows about the contexts.

    Args:
        kind: ``Cached``, ``Hosted`` or ``ImplicitlyCreated``; all if not given.
    """
    request = Request("GET", _WHERE, [("details", "true"), *_kind(kind)], reading_headers(None))
    return Operation(request, lambda response: [ContextDetails.from_dict(item) for item in response.json_list()])


def content(context: str, *, root: str) -> Operation[dict[str, Any]]:
    """Return the content of a context.

    Args:
        context: Its id, or its address.
        root: Where the API begins.
    """
    request = Request("GET", path(_WHERE, local_id(context, root)), (), reading_headers(None))
    return Operation(request, Response.json_object)


def info(context: str, *, root: str) -> Operation[ContextDetails]:
    """Return what the broker knows about a context.

    Args:
        context: Its id, or its address.
        root: Where the API begins.
    """
    request = Request("GET", path(_WHERE, local_id(context, root)), [("details", "true")], reading_headers(None))
    return Operation(request, lambda response: ContextDetails.from_dict(response.json_object()))


def delete(context: str, *, root: str, reload: bool) -> Operation[None]:
    """Delete a context, or fetch a cached one again.

    Args:
        context: Its id, or its address.
        root: Where the API begins.
        reload: Whether it is fetched again.
    """
    params = [("reload", "true")] if reload else []
    return Operation(
        Request("DELETE", path(_WHERE, local_id(context, root)), params, reading_headers(None)), Response.check
    )


def local_id(context: str, root: str) -> str:
    """Return the id by which the broker knows a context.

    Args:
        context: Its id, or the address at which this broker serves it.
        root: Where the API begins.
    """
    prefix = f"{root}/{_WHERE}/"
    return unquote(context.removeprefix(prefix)) if context.startswith(prefix) else context


def _kind(kind: str | None) -> Params:
    return [("kind", kind)] if kind else []


def _strings(items: Sequence[Any]) -> list[str]:
    return [str(item.get("URL", item)) if isinstance(item, dict) else str(item) for item in items]
