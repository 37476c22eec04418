"""Contexts that the broker hosts (5.13.2 to 5.13.5)."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from citycontext.broker.contexts.hosted_contexts import KINDS
from citycontext.broker.request.request import Request
from citycontext.broker.responses.answers import json_answer
from citycontext.broker.responses.problems import bad_request_data, not_found, not_supported
from citycontext.broker.routing import Operation
from citycontext.broker.wire import PREFIX
from citycontext.ngsild.context import is_core_url
from citycontext.web.media_types import JSON_FORMS

__all__ = ["OPERATIONS"]


async def add(request: Request) -> Response:
    """Keep an @context, so that Link headers can name it (5.13.2)."""
    body = request.object_body()
    if "@context" not in body:
        raise bad_request_data("The body needs a member '@context'; all others are dropped.")
    await request.state.contexts.resolve(body["@context"])
    local_id = request.state.hosted_contexts.add(body["@context"])
    return request.created(f"{PREFIX}/jsonldContexts/{local_id}")


async def list_contexts(request: Request) -> Response:
    """List the contexts the broker has, by their addresses or in detail (5.13.3)."""
    kind = request.parameters.get("kind")
    if kind is not None and kind not in KINDS:
        raise bad_request_data(f"kind is one of {', '.join(KINDS)}, not {kind!r}.")
    found = request.state.hosted_contexts.list(kind, request.base)
    return json_answer(found if request.parameters.flag("details") else [one["URL"] for one in found])


async def serve(request: Request) -> Response:
    """Return a context's document, or its details (5.13.4)."""
    hosted_contexts, details = request.state.hosted_contexts, request.parameters.flag("details")
    url = request.values["context"]
    kept = hosted_contexts.get(hosted_contexts.find_local_id(url))
    if kept is not None:
        return json_answer(hosted_contexts.details(kept, request.base) if details else kept["document"])
    if is_core_url(url) and details:
        return json_answer({**hosted_contexts.core_details(), "URL": url, "localId": url})
    if url not in request.state.contexts.cached and not is_core_url(url):
        raise not_found(f"There is no context {url}.")
    if not details:
        raise not_supported(f"The broker only keeps a copy of {url}; read the original, or ask for details=true.")
    return json_answer(hosted_contexts.cached_details(url))


async def delete(request: Request) -> Response:
    """Delete a context, or with ``reload`` fetch a cached one anew (5.13.5)."""
    hosted_contexts, reload = request.state.hosted_contexts, request.parameters.flag("reload")
    url = request.values["context"]
    local_id = hosted_contexts.find_local_id(url)
    is_cached = url in request.state.contexts.cached
    if is_core_url(url):
        if not reload:
            raise bad_request_data("The core @context is built in; it cannot be deleted.")
        return request.no_content()
    if reload:
        if not is_cached:
            raise bad_request_data(f"Only a cached context can be fetched anew; {url} is not one.")
        await request.state.contexts.reload(url)
    elif hosted_contexts.get(local_id) is not None:
        hosted_contexts.delete(local_id)
    elif is_cached:
        request.state.contexts.forget(url)
    else:
        raise not_found(f"There is no context {url}.")
    return request.no_content()


_ONE: Final = "/jsonldContexts/{context}"

OPERATIONS = (
    Operation("POST", "/jsonldContexts", add, reads_body=True, creates=True, uses_context=False),
    Operation(
        "GET",
        "/jsonldContexts",
        list_contexts,
        frozenset({"details", "kind"}),
        answers=JSON_FORMS,
        uses_context=False,
        writes=False,
    ),
    Operation("GET", _ONE, serve, frozenset({"details"}), answers=JSON_FORMS, uses_context=False, writes=False),
    Operation("DELETE", _ONE, delete, frozenset({"reload"}), uses_context=False),
)
