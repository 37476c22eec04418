"""Contexts that the broker hosts (5.13.2 to 5.13.5)."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from citycontext.broker.call import Call, json_answer
from citycontext.broker.hosting import KINDS
from citycontext.broker.problems import bad_request_data, not_found, not_supported
from citycontext.broker.routing import JSON_FORMS, PREFIX, Operation

__all__ = ["OPERATIONS"]


async def add(call: Call) -> Response:
    """Keep an @context, so that Link headers can name it (5.13.2)."""
    body = call.object_body()
    if "@context" not in body:
        raise bad_request_data("The body needs a member '@context'; all others are dropped.")
    await call.state.contexts.resolve(body["@context"])
    local_id = call.state.hosting.add(body["@context"])
    return call.created(f"{PREFIX}/jsonldContexts/{local_id}")


async def list_contexts(call: Call) -> Response:
    """List the contexts the broker has, by their addresses or in detail (5.13.3)."""
    kind = call.parameters.get("kind")
    if kind is not None and kind not in KINDS:
        raise bad_request_data(f"kind is one of {', '.join(KINDS)}, not {kind!r}.")
    found = call.state.hosting.list(kind, call.base)
    return json_answer(found if call.parameters.flag("details") else [one["URL"] for one in found])


async def serve(call: Call) -> Response:
    """Give a context's document, or its details (5.13.4)."""
    hosting, details = call.state.hosting, call.parameters.flag("details")
    url = call.values["context"]
    kept = hosting.get(hosting.find_local_id(url))
    if kept is not None:
        return json_answer(hosting.details(kept, call.base) if details else kept["document"])
    if url not in call.state.contexts.cached:
        raise not_found(f"There is no context {url}.")
    if not details:
        raise not_supported(f"The broker only keeps a copy of {url}; read the original, or ask for details=true.")
    return json_answer(hosting.cached_details(url))


async def delete(call: Call) -> Response:
    """Delete a context, or with ``reload`` fetch a cached one anew (5.13.5)."""
    hosting, reload = call.state.hosting, call.parameters.flag("reload")
    url = call.values["context"]
    local_id = hosting.find_local_id(url)
    is_cached = url in call.state.contexts.cached
    if reload:
        if not is_cached:
            raise bad_request_data(f"Only a cached context can be fetched anew; {url} is none.")
        await call.state.contexts.reload(url)
    elif hosting.get(local_id) is not None:
        hosting.delete(local_id)
    elif is_cached:
        call.state.contexts.forget(url)
    else:
        raise not_found(f"There is no context {url}.")
    return call.no_content()


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
