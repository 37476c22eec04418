"""Documents that a broker keeps under a path: created, retrieved, listed, changed, deleted (CIM 009, 5.8 to 5.15).

Subscriptions, registrations, entity maps and snapshots differ in what they hold, not in how they are handled.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from typing import Any, Final, Generic, TypeAlias, TypeVar
from urllib.parse import unquote

import orjson
from pydantic import BaseModel

from citycontext.client.operations.exchange import Operation, Params, Request, Response, path
from citycontext.client.operations.json_ld import ContextLike, dump_json, reading_headers, writing
from citycontext.client.profiles import GENERIC, BrokerProfile
from citycontext.errors import DataError
from citycontext.ngsild.wire_model import WireModel
from citycontext.web.media_types import JSON

__all__ = [
    "DocumentLike",
    "DocumentReader",
    "clone",
    "create",
    "decode_filter",
    "delete",
    "document_wire",
    "listing",
    "retrieve",
    "types_of",
    "update",
]


D = TypeVar("D", bound=WireModel)

DocumentLike: TypeAlias = Mapping[str, Any] | BaseModel
"""A document such as ``Subscription``, its wire form as a mapping, or another pydantic model with wire names."""

_READ_ONLY: Final = frozenset(
    {
        "status",
        "createdAt",
        "modifiedAt",
        "deletedAt",
        "timesSent",
        "timesFailed",
        "lastNotification",
        "lastSuccess",
        "lastFailure",
        "lastErrorReason",
        "consecutiveErrors",
        "origin",
    }
)
"""Members that a broker writes and, some of them, refuses to be given back."""

_ENCODED: Final = ("%22", "%3C", "%3D", "%3E", "%3B", "%7C")
"""Operators and quotes, percent-encoded; a filter that is not encoded holds none of these."""


def document_wire(document: DocumentLike, profile: BrokerProfile = GENERIC) -> dict[str, Any]:
    """Return the JSON object to send.

    Args:
        document: The document. What only the broker writes is left out of one that was read before, and the property
            of a geo-query is named, which not every broker knows by itself; a mapping goes as it is.
        profile: Which further members the broker tells and refuses to be told; they stay in a document that was
            never read, so that the refusal is seen.

    Raises:
        DataError: It is something else.
    """
    if isinstance(document, WireModel):
        given = document.to_dict()
        wire = _without(_READ_ONLY, given)
        if isinstance(given.get("notification"), dict):
            wire["notification"] = _without(_READ_ONLY, given["notification"])
        if wire != given:
            wire = _without(profile.reported_members, wire)
        if isinstance(wire.get("geoQ"), dict) and "geoproperty" not in wire["geoQ"]:
            wire["geoQ"] = {**wire["geoQ"], "geoproperty": "location"}
        return wire
    if isinstance(document, Mapping):
        return dict(document)
    if isinstance(document, BaseModel):
        return document.model_dump(by_alias=True, exclude_none=True, mode="json")
    raise DataError(f"a {type(document).__name__} is not a document; give its class or a mapping")


def types_of(document: DocumentLike) -> list[str]:
    """List the entity types that a subscription or a registration is about.

    Args:
        document: The document, or members of one.
    """
    wire = document_wire(document)
    selectors = [wire.get("entities")]
    selectors += [one.get("entities") for one in wire.get("information") or () if isinstance(one, Mapping)]
    named = [one.get("type") for listed in selectors for one in listed or () if isinstance(one, Mapping)]
    return [one for each in named for one in (each if isinstance(each, list) else [each]) if isinstance(one, str)]


def decode_filter(wire: dict[str, Any]) -> dict[str, Any]:
    """Undo what a broker does to a document on its way back: Orion-LD percent-encodes the filter of a subscription.

    Args:
        wire: The document as received.
    """
    q = wire.get("q")
    if isinstance(q, str) and any(code in q for code in _ENCODED):
        return {**wire, "q": unquote(q)}
    return wire


class DocumentReader(Generic[D]):
    """Reads documents as their class, for results that come in pages.

    Args:
        kind: The class.
    """

    def __init__(self, kind: type[D]) -> None:
        self._kind = kind

    def one(self, wire: dict[str, Any]) -> D:
        """Read one.

        Args:
            wire: The document as received.

        Raises:
            InvalidDocument: It lacks what its class needs, or a member is of the wrong type.
        """
        try:
            return self._kind.from_dict(decode_filter(wire))
        except DataError as wrong:
            wrong.add_note(f"in {self._kind.__name__} {wire.get('id', 'without id')}")
            raise

    def many(self, wires: list[dict[str, Any]]) -> list[D]:
        """Read a page.

        Args:
            wires: The documents as received.

        Raises:
            InvalidDocument: As for one.
        """
        return [self.one(wire) for wire in wires]


def create(
    where: str, document: DocumentLike, *, context: ContextLike | None, profile: BrokerProfile
) -> Operation[str]:
    """Create a document.

    Args:
        where: The path of its kind, such as ``subscriptions``.
        document: The document.
        context: The @context where the document has none.
        profile: What the broker refuses to be told.

    Returns:
        An operation that gives its id: the one sent, else the one in ``Location``.
    """
    wire = document_wire(document, profile)
    headers, content = writing(wire, context)
    request = Request("POST", where, (), headers, content, idempotent="id" in wire)
    sent = wire.get("id")

    def read(response: Response) -> str:
        response.check()
        return sent if isinstance(sent, str) else _assigned_id(response, where)

    return Operation(request, read)


def retrieve(
    where: str, document_id: str, *, params: Params = (), context: ContextLike | None = None
) -> Operation[dict[str, Any]]:
    """Retrieve a document.

    Args:
        where: The path of its kind.
        document_id: Its id.
        params: Query parameters.
        context: The @context of the answer.
    """
    request = Request("GET", f"{where}/{path(document_id)}", params, reading_headers(context))
    return Operation(request, Response.json_object)


def listing(where: str, params: Params, *, context: ContextLike | None) -> Callable[[Params], Request]:
    """List documents, page by page.

    Args:
        where: The path of their kind.
        params: Query parameters.
        context: The @context of the answer.

    Returns:
        A function that builds the request, given the parameters that choose the page.
    """
    headers = reading_headers(context)
    return lambda page: Request("GET", where, [*params, *page], headers)


def update(
    where: str, document_id: str, fragment: DocumentLike, *, context: ContextLike | None, profile: BrokerProfile
) -> Operation[None]:
    """Change members of a document.

    Args:
        where: The path of its kind.
        document_id: Its id.
        fragment: The members that change.
        context: The @context where the fragment has none.
        profile: What the broker refuses to be told.
    """
    headers, content = writing(document_wire(fragment, profile), context)
    request = Request("PATCH", f"{where}/{path(document_id)}", (), headers, content)
    return Operation(request, Response.check)


def delete(where: str, document_id: str, *, params: Params = ()) -> Operation[None]:
    """Delete a document.

    Args:
        where: The path of its kind.
        document_id: Its id.
        params: Query parameters.
    """
    return Operation(Request("DELETE", f"{where}/{path(document_id)}", params, reading_headers(None)), Response.check)


def clone(where: str, document_id: str, document: DocumentLike | None) -> Operation[str]:
    """Make another document like one that is there.

    Args:
        where: The path of its kind.
        document_id: The id of that one.
        document: What is to differ.

    Returns:
        An operation that gives the new id.
    """
    wire = {} if document is None else document_wire(document)
    headers = reading_headers(None) | {"Content-Type": JSON}
    request = Request(
        "POST", f"{where}/{path(document_id)}/clone", (), headers, dump_json(wire), idempotent="id" in wire
    )
    sent = wire.get("id")

    def read(response: Response) -> str:
        response.check()
        return sent if isinstance(sent, str) else _assigned_id(response, where)

    return Operation(request, read)


def _without(names: Set[str], wire: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in wire.items() if name not in names}


def _assigned_id(response: Response, where: str) -> str:
    location = response.header("Location")
    _, found, assigned = location.partition(f"/{where}/")
    if not found:
        assigned = location.rpartition("/")[2]
    if assigned:
        return unquote(assigned)
    try:
        document = orjson.loads(response.content)
    except orjson.JSONDecodeError:
        document = None
    if isinstance(document, dict) and document.get("id"):
        return str(document["id"])
    raise response.unreadable("no Location, and no id in the body, of what was created")
