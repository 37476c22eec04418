"""One request on its way through the broker, read and checked, and the answers to it (6.3.4, 6.3.5)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import orjson
from starlette.datastructures import Headers
from starlette.responses import Response

from citycontext.broker.contexts.source import CORE
from citycontext.broker.distribution.forwarder import Caller
from citycontext.broker.request.negotiation import prefers
from citycontext.broker.request.parameters import Parameters, check_uri
from citycontext.broker.request.turns import Turns
from citycontext.broker.responses.answers import empty_answer, json_answer, with_context
from citycontext.broker.responses.problems import Problem, bad_request_data, invalid_request
from citycontext.broker.wire import PREFIX
from citycontext.ngsild.context import Context, link_header
from citycontext.ngsild.terms import ENTITY_MEMBERS
from citycontext.web.media_types import BODY_FORMS, GEO_JSON, JSON, LD_JSON, MERGE_PATCH_JSON

if TYPE_CHECKING:
    from citycontext.broker.state import State

__all__ = ["Request", "is_body_type"]

_LONG: Final = 65_536
_PLAIN: Final = frozenset({"type", "value", "object", "datasetId"})


@dataclass(slots=True)
class Request:
    """A request after the checks that all operations share.

    Args:
        state: What the broker holds.
        method: The HTTP method.
        path: The path, percent-encoded, below where the broker is mounted.
        base: Scheme, host and mount point of the request's address.
        headers: The request's headers.
        values: What stands in the path, decoded.
        parameters: The query parameters.
        tenant: The tenant's number.
        answer_type: Media type of the answer.
        body_type: Media type of the body; empty without one.
        body: The parsed body; None without one.
        link: Address of the @context in the Link header; None without one.
        context: What names are expanded and compacted with.
        turns: When long work lets others be answered.
    """

    state: State
    method: str
    path: str
    base: str
    headers: Headers
    values: Mapping[str, str]
    parameters: Parameters
    tenant: int = 0
    answer_type: str = JSON
    body_type: str = ""
    body: Any = None
    link: str | None = None
    context: Context = CORE
    asked: Mapping[str, str] = field(init=False)
    warnings: list[str] = field(default_factory=list)
    origins: dict[str, list[str]] = field(default_factory=dict)
    turns: Turns = field(default_factory=Turns)

    def __post_init__(self) -> None:
        self.asked = self.parameters

    @property
    def path_below(self) -> str:
        """The path below the prefix of the API."""
        return self.path.removeprefix(PREFIX)

    def page_parameters(self) -> dict[str, str]:
        """Return the query parameters as they came, for links to other pages."""
        return dict(self.asked)

    @property
    def is_local(self) -> bool:
        """Whether no other source may be asked: by ``local=true``, for any type, or on a snapshot (5.5.13)."""
        parameters = self.parameters
        return parameters.flag("local") or parameters.get("type") == "*" or "ngsild-snapshot" in self.headers

    @property
    def alias(self) -> str:
        """The name by which this broker and the request's tenant stand in ``Via`` (5.15.1)."""
        return self.state.alias_of(self.tenant)

    @property
    def via(self) -> str:
        """What the request has been through (6.3.18)."""
        return ", ".join(self.headers.getlist("via"))

    @property
    def caller(self) -> Caller:
        """In whose name sources are asked."""
        link = self.link_header() if self.context.source not in (None, []) else ""
        return Caller(self.tenant, self.alias, self.via, self.headers, self.context, link, self.body_type)

    def warn(self, warning: str) -> None:
        """Have the answer carry an ``NGSILD-Warning`` (6.3.17)."""
        if warning not in self.warnings:
            self.warnings.append(warning)

    @property
    def entity_id(self) -> str:
        """The entity's id in the path.

        Raises:
            Problem: It is not a URI.
        """
        return check_uri(self.values["id"])

    def object_body(self) -> dict[str, Any]:
        """Return the body, which must be an object.

        Raises:
            Problem: It is not valid.
        """
        if not isinstance(self.body, dict):
            raise invalid_request("The body must be a JSON object.")
        if not self.path_below.startswith("/temporal/"):
            self.check_size(self.body)
        return self.body

    def check_size(self, payload: dict[str, Any]) -> None:
        """Make sure that an entity in the body is not too large, before it is read.

        Raises:
            Problem: It has too many attributes, or instances of one (413).
        """
        most = self.state.bounds.attributes
        if len(payload) > most + len(ENTITY_MEMBERS) or any(
            len(value) > most and isinstance(value[0], dict) and not _PLAIN.isdisjoint(value[0])
            for value in payload.values()
            if type(value) is list
        ):
            raise Problem("InvalidRequest", f"An entity has at most {most:,} attribute instances.", status=413)

    async def read_body(self, raw: bytes) -> None:
        """Parse the body.

        Raises:
            Problem: It is empty, or no JSON.
        """
        if not raw:
            raise invalid_request("The request needs a body.")
        try:
            self.body = await asyncio.to_thread(orjson.loads, raw) if len(raw) > _LONG else orjson.loads(raw)
        except orjson.JSONDecodeError as error:
            raise invalid_request(f"The body is not JSON: {error}.") from None

    async def use_context(self) -> None:
        """Find the @context of the request, in its Link header or its body (6.3.5).

        Raises:
            Problem: It stands where it may not.
            ContextError: It cannot be had, or used.
        """
        if isinstance(self.body, dict):
            self.context = await self.context_of(self.body)
        else:
            self.context = await self.state.contexts.resolve(self.link)

    async def context_of(self, document: dict[str, Any]) -> Context:
        """Find the @context that one object of the body is to be read with (6.3.5).

        Args:
            document: The object; its member ``@context`` stays where it is.
        """
        if self.body_type == LD_JSON:
            if self.link is not None:
                raise bad_request_data("A body in application/ld+json carries its @context itself; send no Link.")
            if "@context" not in document:
                raise bad_request_data("A body in application/ld+json needs a member @context.")
            return await self.state.contexts.resolve(document["@context"])
        if "@context" in document:
            raise bad_request_data(
                f"A body in {JSON} has no @context; send it as {LD_JSON}, or name the @context in a Link header."
            )
        # What the Link names was resolved before, unless the body is one object.
        return await self.state.contexts.resolve(self.link) if document is self.body else self.context

    def link_header(self) -> str:
        """Write the Link to the @context of an answer in plain JSON (6.3.5)."""
        return link_header(self.link or self.state.hosted_contexts.address_of(self.context, self.base))

    def answer(self, document: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> Response:
        """Answer with a resource, or a list of resources, in the form that was negotiated.

        Args:
            document: What to send, compacted, without @context.
            status: HTTP status.
            headers: Further headers.
        """
        sent = dict(headers or {})
        in_body = self.answer_type == LD_JSON
        if self.answer_type == GEO_JSON:
            in_body = not prefers(", ".join(self.headers.getlist("prefer")), "body", "json")
        if in_body:
            document = with_context(document, self.context.wire)
        else:
            sent["Link"] = f"{sent['Link']}, {self.link_header()}" if "Link" in sent else self.link_header()
        return json_answer(document, status=status, headers=sent, media_type=self.answer_type)

    def no_content(self) -> Response:
        """Answer that it is done (204)."""
        return empty_answer(204)

    def created(self, location: str) -> Response:
        """Answer that it was made, and where it is (201)."""
        return empty_answer(201, {"Location": location})


def is_body_type(media_type: str, method: str) -> bool:
    """Return whether a body may come in a media type (6.3.4)."""
    return media_type in BODY_FORMS or (method == "PATCH" and media_type == MERGE_PATCH_JSON)
