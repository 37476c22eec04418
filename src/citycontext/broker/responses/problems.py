"""Refusals: the error documents the broker answers with (5.5.2, 5.5.3, 6.3.2)."""

from __future__ import annotations

from typing import Any, Final

from citycontext.errors import (
    CircularContext,
    CityContextError,
    ContextError,
    ContextNotAvailable,
    ContextTooLarge,
    DataError,
    InvalidContext,
    InvalidQuery,
    MissingExtra,
)
from citycontext.ngsild.problems import ProblemDetails

__all__ = [
    "Problem",
    "already_exists",
    "bad_request_data",
    "from_error",
    "invalid_request",
    "not_found",
    "not_supported",
]

_STATUS: Final = {
    "InvalidRequest": 400,
    "BadRequestData": 400,
    "AlreadyExists": 409,
    "Conflict": 409,
    "ResourceNotFound": 404,
    "NonexistentTenant": 404,
    "OperationNotSupported": 422,
    "TooComplexQuery": 403,
    "TooManyResults": 403,
    "InternalError": 500,
    "NoMultiTenantSupport": 501,
    "LdContextNotAvailable": 504,
}

_TITLE: Final = {
    "InvalidRequest": "The request is not valid",
    "BadRequestData": "The request's data are not valid",
    "AlreadyExists": "It exists already",
    "Conflict": "It clashes with a registration",
    "ResourceNotFound": "Not found",
    "NonexistentTenant": "There is no such tenant",
    "OperationNotSupported": "This operation is not supported",
    "TooComplexQuery": "The query is too complex",
    "TooManyResults": "The query has too many results",
    "InternalError": "The broker failed",
    "LdContextNotAvailable": "The @context cannot be had",
    "LoopDetected": "A context source leads back to this broker",
    "GatewayTimeout": "A context source did not answer",
    "BadGateway": "A context source failed",
}


_AROUND: Final = 60  # characters of a long query that an error shows on either side of the mistake


class Problem(Exception):
    """A refusal on its way to the client.

    Args:
        name: The error's name in 5.5.2, e.g. ``BadRequestData``.
        detail: What was wrong and what to do.
        status: HTTP status, where it is not the name's own.
        headers: Headers to send with it.
        members: Further members of the document.
    """

    def __init__(
        self,
        name: str,
        detail: str,
        *,
        status: int | None = None,
        headers: dict[str, str] | None = None,
        members: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.name = name
        self.detail = detail
        self.status: int = status or _STATUS[name]
        self.headers: dict[str, str] = headers or {}
        self.members: dict[str, Any] = members or {}

    def document(self) -> dict[str, Any]:
        """Write the error document."""
        return ProblemDetails(
            self.name, _TITLE.get(self.name, self.name), self.detail, self.status, members=self.members
        ).to_wire()


def bad_request_data(detail: str) -> Problem:
    """Refuse JSON that breaks the data model (400)."""
    return Problem("BadRequestData", detail)


def invalid_request(detail: str) -> Problem:
    """Refuse what is not JSON, or a parameter that is not valid (400)."""
    return Problem("InvalidRequest", detail)


def not_found(detail: str) -> Problem:
    """Say that something is not there (404)."""
    return Problem("ResourceNotFound", detail)


def already_exists(detail: str) -> Problem:
    """Say that something is there already (409)."""
    return Problem("AlreadyExists", detail)


def not_supported(detail: str, *, status: int = 422) -> Problem:
    """Say that the broker does not do this (422, or 501)."""
    return Problem("OperationNotSupported", detail, status=status)


def from_error(error: CityContextError) -> Problem:
    """Turn an error of reading, expanding or querying into a refusal."""
    match error:
        case ContextNotAvailable():
            return Problem("LdContextNotAvailable", str(error))
        case InvalidContext() | CircularContext() | ContextTooLarge() | ContextError():
            return bad_request_data(str(error))
        case InvalidQuery():
            # The pointer under the query needs a fixed-width font; an error document has none.
            start, text = max(0, error.column - _AROUND), error.text
            near = text if len(text) <= 2 * _AROUND else f"…{text[start : error.column + _AROUND]}…"
            return bad_request_data(f"{near!r}, column {error.column + 1}: {error.message}")
        case MissingExtra():
            return not_supported(str(error))
        case DataError():
            return bad_request_data(str(error))
    return Problem("InternalError", str(error))
