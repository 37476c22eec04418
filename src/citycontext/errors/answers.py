"""Errors of a conversation with a context broker: no answer, an answer nobody can read, an error as the answer."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from citycontext.errors.root import CityContextError, place
from citycontext.foreign_text import printable, shown

__all__ = [
    "AlreadyExists",
    "AnswerTooLarge",
    "AuthenticationError",
    "BadRequestData",
    "BatchError",
    "BrokerTimeout",
    "Conflict",
    "ContextBrokerError",
    "InternalError",
    "InvalidRequest",
    "LdContextNotAvailable",
    "NoMultiTenantSupport",
    "NonexistentTenant",
    "OperationNotSupported",
    "ResourceNotFound",
    "TooComplexQuery",
    "TooManyResults",
    "TransportError",
    "UnreadableResponse",
]

_LONGEST_DETAIL: Final = 500
"""How many characters of what a broker says in detail stand in a message; all of it is in the error's attributes."""


class TransportError(CityContextError):
    """No usable answer came from the context broker: connection refused or reset, protocol broken.

    Args:
        message: What happened.
        method: The request's method.
        url: The request's address, without credentials.
    """

    def __init__(self, message: str, *, method: str = "", url: str = "") -> None:
        super().__init__(message)
        self.method = method
        self.url = url

    def __str__(self) -> str:
        return f"{self.method} {place(self.url)}: {self.message}" if self.url else self.message


class BrokerTimeout(TransportError):
    """No answer came within the time-out."""


class AnswerTooLarge(TransportError):
    """The answer has more bytes than the client takes; it is not asked for again.

    .. versionadded:: 0.2
    """


class AuthenticationError(CityContextError):
    """No token could be had to show to the context broker.

    Args:
        message: What the token endpoint answered; never a secret.
        status: HTTP status of its answer.
    """

    def __init__(self, message: str, *, status: int) -> None:
        super().__init__(message)
        self.status = status


class UnreadableResponse(CityContextError):
    """An answer came that the API does not allow: no JSON, wrong shape, wrong media type.

    Args:
        message: What is wrong with it.
        method: The request's method.
        url: The request's address, without credentials.
        status: The answer's HTTP status.
        body: The answer's body as received.
    """

    def __init__(self, message: str, *, method: str, url: str, status: int, body: bytes) -> None:
        super().__init__(printable(message, _LONGEST_DETAIL))
        self.method = method
        self.url = url
        self.status = status
        self.body = body

    def __str__(self) -> str:
        return f"{self.method} {place(self.url)} answered {self.status}: {self.message}"


class ContextBrokerError(CityContextError):
    """The context broker answered with an error (CIM 009, 5.5.3; RFC 7807).

    Args:
        status: HTTP status of the answer.
        type: The error's type URI as sent, empty if there was none.
        title: Short text, as sent.
        detail: Long text, as sent; some brokers send an object.
        body: The whole body as received.
        method: The request's method.
        url: The request's address, without credentials.
    """

    default_status: ClassVar[int] = 0

    def __init__(
        self,
        *,
        status: int,
        type: str = "",
        title: str = "",
        detail: Any = None,
        body: bytes = b"",
        method: str = "",
        url: str = "",
    ) -> None:
        super().__init__(printable(title) or f"HTTP {status}")
        self.status = status
        self.type = type
        self.title = title
        self.detail = detail
        self.body = body
        self.method = method
        self.url = url

    def __str__(self) -> str:
        request = f"{self.method} {place(self.url)}: " if self.url else ""
        detail = ""
        if self.detail:
            text = self.detail if isinstance(self.detail, str) else shown(self.detail, _LONGEST_DETAIL)
            detail = f": {printable(text, _LONGEST_DETAIL)}"
        return f"{request}{self.status} {self.message}{detail}"


class InvalidRequest(ContextBrokerError):
    """The request itself is wrong: no JSON, or bad parameters (400)."""

    default_status = 400


class BadRequestData(ContextBrokerError):
    """The request's data break the data model (400)."""

    default_status = 400


class AlreadyExists(ContextBrokerError):
    """What was to be created is there already (409)."""

    default_status = 409


class Conflict(ContextBrokerError):
    """The request clashes with an exclusive or redirect registration (409)."""

    default_status = 409


class ResourceNotFound(ContextBrokerError):
    """What was asked for is not there (404)."""

    default_status = 404


class NonexistentTenant(ContextBrokerError):
    """The tenant is not known (404)."""

    default_status = 404


class OperationNotSupported(ContextBrokerError):
    """The broker does not offer this operation (422; some brokers say 501)."""

    default_status = 422


class TooComplexQuery(ContextBrokerError):
    """The query is too complex for the broker (403)."""

    default_status = 403


class TooManyResults(ContextBrokerError):
    """The query matches more than the broker will answer (403)."""

    default_status = 403


class InternalError(ContextBrokerError):
    """The broker failed (500)."""

    default_status = 500


class NoMultiTenantSupport(ContextBrokerError):
    """The broker knows no tenants (501)."""

    default_status = 501


class LdContextNotAvailable(ContextBrokerError):
    """The broker could not fetch the @context (504; 503 before version 1.8)."""

    default_status = 504


class BatchError(CityContextError):
    """Some entities of a batch were refused.

    Args:
        message: How many, and the first reasons.
        failed: ``(entity id, reason)`` for each refused one.
    """

    def __init__(self, message: str, *, failed: list[tuple[str, str]]) -> None:
        super().__init__(message)
        self.failed = failed
