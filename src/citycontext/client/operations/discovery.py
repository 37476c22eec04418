"""Discovery of types and attributes, and of the broker itself (CIM 009, 5.7.5 to 5.7.10 and 5.15.1)."""

from __future__ import annotations

from typing import Any, TypeVar

from citycontext.client.operations.exchange import Operation, Params, Request, Response, path
from citycontext.client.operations.json_ld import ContextLike, reading_headers
from citycontext.ngsild.discovery import ContextSourceIdentity
from citycontext.ngsild.wire_model import WireModel

__all__ = ["allowed_methods", "details", "names", "one", "source_identity"]

D = TypeVar("D", bound=WireModel)


def names(where: str, member: str, *, params: Params, context: ContextLike | None) -> Operation[list[str]]:
    """List names.

    Args:
        where: ``types`` or ``attributes``.
        member: The member of the answer that holds the names.
        params: Query parameters.
        context: The @context that shortens them.

    Returns:
        An operation that gives the names; brokers may repeat a short name.
    """

    def read(response: Response) -> list[str]:
        document = response.json()
        found = document.get(member) if isinstance(document, dict) else document
        if isinstance(found, str):  # an array of one that became a scalar on its way
            found = [found]
        if not isinstance(found, list):
            raise response.unreadable(f"no array {member!r} where names were expected")
        return [_name(item) for item in found]

    return Operation(Request("GET", where, params, reading_headers(context)), read)


def details(where: str, kind: type[D], *, params: Params, context: ContextLike | None) -> Operation[list[D]]:
    """List what there is to say about each.

    Args:
        where: ``types`` or ``attributes``.
        kind: The class of the items.
        params: Query parameters.
        context: The @context of the names.
    """
    request = Request("GET", where, [("details", "true"), *params], reading_headers(context))
    return Operation(request, lambda response: [kind.from_dict(_named(item, kind)) for item in response.json_list()])


def one(where: str, name: str, kind: type[D], *, params: Params, context: ContextLike | None) -> Operation[D]:
    """Describe one.

    Args:
        where: ``types`` or ``attributes``.
        name: Its name.
        kind: The class of the answer.
        params: Query parameters.
        context: The @context of the name.
    """
    request = Request("GET", path(where, name), params, reading_headers(context))
    return Operation(request, lambda response: kind.from_dict(_named(response.json_object(), kind)))


def source_identity() -> Operation[ContextSourceIdentity]:
    """Ask the broker who it is."""
    request = Request("GET", "info/sourceIdentity", (), reading_headers(None))
    return Operation(request, lambda response: ContextSourceIdentity.from_dict(response.json_object()))


def allowed_methods(where: str) -> Operation[list[str]]:
    """Ask which methods a resource has, as NGSI-LD 2.0 has it.

    Args:
        where: The path below the root of the API.
    """

    def read(response: Response) -> list[str]:
        response.check()
        return [method.strip() for method in (response.header("Allow") or "").split(",") if method.strip()]

    return Operation(Request("OPTIONS", where), read)


def _named(item: Any, kind: type[WireModel]) -> Any:
    """Return an item its name where the broker left it out, as Orion-LD does for ``location``: it is its id then."""
    name = "attributeName" if "attribute_name" in kind.model_fields else "typeName"
    return {**item, name: item["id"]} if isinstance(item, dict) and name not in item and "id" in item else item


def _name(item: Any) -> str:
    return str(item.get("id", item)) if isinstance(item, dict) else str(item)
