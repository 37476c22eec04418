"""What goes out and what comes back: requests, responses and the operations that pair them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from urllib.parse import quote

import orjson

from citycontext.errors import ContextBrokerError, DataError, UnreadableResponse
from citycontext.ngsild.problems import ProblemDetails

__all__ = ["Operation", "Params", "Request", "Response", "path"]

T = TypeVar("T")
R = TypeVar("R")

Params = Sequence[tuple[str, str]]
"""Query parameters in the order they are sent, not yet percent-encoded."""

_QUERY_SAFE = ":,/*"  # legal in a query and part of most identifiers and lists; everything else is encoded


def path(*segments: str) -> str:
    """Join path segments, each percent-encoded: an id with ``/``, ``?`` or ``#`` stays one segment.

    Args:
        segments: The segments below the API root.

    Raises:
        DataError: One is not text, or empty: the path would lead elsewhere, as from one entity to all.
    """
    return "/".join(quote(_text(segment), safe=":") for segment in segments)


def _text(segment: object) -> str:
    if isinstance(segment, str) and segment:
        return segment
    found = repr(segment) if segment is None or segment == "" else f"a {type(segment).__name__}"
    raise DataError(f"{found} where an id or a name belongs; give its text, such as entity.id")


@dataclass(frozen=True, slots=True)
class Request:
    """A request, as data.

    Args:
        method: HTTP method.
        path: Path below the API root, percent-encoded; with a leading slash, below the server's root.
        params: Query parameters.
        headers: Headers beside those of the client (tenant, authorization).
        content: The body; None for none.
        idempotent: Whether sending it twice leaves the broker as sending it once.
    """

    method: str
    path: str
    params: Params = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None
    idempotent: bool = True

    @property
    def target(self) -> str:
        """The path with its query, percent-encoded."""
        if not self.params:
            return self.path
        query = "&".join(f"{quote(name, safe='')}={quote(value, safe=_QUERY_SAFE)}" for name, value in self.params)
        return f"{self.path}?{query}"


@dataclass(frozen=True, slots=True)
class Response:
    """An answer, as data.

    Args:
        status: HTTP status.
        headers: Header names and values as received; names may repeat.
        content: The body, decoded from any content coding.
        method: The request's method, for errors.
        url: The request's address without credentials, for errors.
        note: What an error made of it says beside, such as how attempts before it ended.
    """

    status: int
    headers: Sequence[tuple[bytes, bytes]]
    content: bytes
    method: str = ""
    url: str = ""
    note: str = ""

    def header(self, name: str) -> str:
        """Return a header's value, empty if it is not there; the case of its name does not matter."""
        return next(iter(self.header_values(name)), "")

    def header_values(self, name: str) -> list[str]:
        """Return all values of a header that may repeat."""
        wanted = name.lower().encode()
        return [value.decode("latin-1") for key, value in self.headers if key.lower() == wanted]

    @property
    def is_error(self) -> bool:
        """Return whether the status says that the request was refused or failed."""
        return self.status >= 400

    def problem(self) -> ProblemDetails:
        """Read the body as an error document; one of another kind (empty, HTML, a list) says nothing, harmlessly."""
        try:
            return ProblemDetails.from_wire(orjson.loads(self.content) if self.content else None)
        except orjson.JSONDecodeError:
            return ProblemDetails()

    def error(self) -> ContextBrokerError:
        """Make the exception for an error answer."""
        error = self.problem().to_error(status=self.status, body=self.content, method=self.method, url=self.url)
        if self.note:
            error.add_note(self.note)
        return error

    def unreadable(self, message: str) -> UnreadableResponse:
        """Make the exception for an answer that the API does not allow.

        Args:
            message: What is wrong with it.
        """
        return UnreadableResponse(message, method=self.method, url=self.url, status=self.status, body=self.content)

    def check(self) -> None:
        """Let a success pass.

        Raises:
            ContextBrokerError: The broker refused or failed.
            UnreadableResponse: The answer is neither success nor error, such as a redirect.
        """
        if 200 <= self.status < 300:
            return
        if self.is_error:
            raise self.error()
        if location := self.header("Location"):
            raise self.unreadable(f"a redirect to {location}, which is not followed; use the address it leads to")
        raise self.unreadable("neither a success nor an error")

    def json(self) -> Any:
        """Parse the body of a success.

        Raises:
            ContextBrokerError: The broker refused or failed.
            UnreadableResponse: The body is empty or no JSON.
        """
        self.check()
        if not self.content:
            raise self.unreadable("an empty body where JSON was expected")
        try:
            return orjson.loads(self.content)
        except orjson.JSONDecodeError as error:
            media_type = self.header("Content-Type") or "no media type"
            raise self.unreadable(f"a body that is not JSON ({media_type}): {error}") from None

    def json_object(self) -> dict[str, Any]:
        """Parse the body of a success that must be one JSON object.

        Raises:
            ContextBrokerError: The broker refused or failed.
            UnreadableResponse: It is something else.
        """
        document = self.json()
        if not isinstance(document, dict):
            raise self.unreadable(f"a JSON {_kind(document)} where an object was expected")
        return document

    def json_list(self) -> list[Any]:
        """Parse the body of a success that must be a JSON array.

        Raises:
            ContextBrokerError: The broker refused or failed.
            UnreadableResponse: It is something else.
        """
        document = self.json()
        if not isinstance(document, list):
            raise self.unreadable(f"a JSON {_kind(document)} where an array was expected")
        return document


@dataclass(frozen=True, slots=True)
class Operation(Generic[T]):
    """A request, and how to read its answer.

    Args:
        request: What to send.
        read: Turns the answer into the typed result, or raises the error it stands for.
    """

    request: Request
    read: Callable[[Response], T]

    def then(self, change: Callable[[T], R]) -> Operation[R]:
        """Return the same operation with its result changed.

        Args:
            change: Applied to what ``read`` gives.
        """
        read = self.read
        return Operation(self.request, lambda response: change(read(response)))


def _kind(document: object) -> str:
    names = {dict: "object", list: "array", str: "string", bool: "boolean", type(None): "null"}
    return names.get(type(document), "number")
