"""Problem details: what a context broker says when it refuses (CIM 009, 5.5.3; RFC 7807)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from citycontext.errors import (
    AlreadyExists,
    BadRequestData,
    Conflict,
    ContextBrokerError,
    InternalError,
    InvalidRequest,
    LdContextNotAvailable,
    NoMultiTenantSupport,
    NonexistentTenant,
    OperationNotSupported,
    ResourceNotFound,
    TooComplexQuery,
    TooManyResults,
)
from citycontext.ngsild.terms import ERROR_PREFIX

__all__ = ["ProblemDetails", "error_class"]

_BY_NAME: Final[dict[str, type[ContextBrokerError]]] = {
    **{
        error.__name__.lower(): error
        for error in (
            AlreadyExists,
            BadRequestData,
            Conflict,
            InternalError,
            InvalidRequest,
            LdContextNotAvailable,
            NoMultiTenantSupport,
            NonexistentTenant,
            OperationNotSupported,
            ResourceNotFound,
            TooComplexQuery,
            TooManyResults,
        )
    },
    "nonexistingtenant": NonexistentTenant,  # Orion-LD
    "tenantnotfound": NonexistentTenant,  # Scorpio
    "notimplemented": OperationNotSupported,  # Stellio
}

_BY_STATUS: Final[dict[int, type[ContextBrokerError]]] = {
    400: BadRequestData,
    404: ResourceNotFound,
    409: AlreadyExists,
    422: OperationNotSupported,
    500: InternalError,
    501: OperationNotSupported,
}

_NO_OPERATION: Final = "service not found"
_NAMED: Final = frozenset({"type", "title", "detail", "status", "instance"})


def error_class(type_uri: str, status: int, title: str = "") -> type[ContextBrokerError]:
    """Choose the error class for an answer: by the last part of its type, else by its status.

    Args:
        type_uri: The error's ``type`` as sent: any prefix, any case, stray blanks; empty if there was none.
        status: HTTP status of the answer.
        title: The error's ``title``: Orion-LD tells by it whether an entity is missing or the whole operation.

    Returns:
        One class of the tree in :mod:`citycontext.errors`; ``ContextBrokerError`` when neither tells more.
    """
    name = type_uri.strip().rstrip("/").replace("#", "/").rpartition("/")[2].lower()
    by_name = _BY_NAME.get(name)
    if by_name is ResourceNotFound and (
        status >= 500 or title.strip().lower() == _NO_OPERATION
    ):  # Orion-LD, about an API that is switched off, and about an operation that it has not
        return OperationNotSupported
    return by_name or _BY_STATUS.get(status, ContextBrokerError)


@dataclass(frozen=True, slots=True)
class ProblemDetails:
    """An error document.

    .. versionadded:: 0.2

    Args:
        type: URI of the kind of error, as sent; empty if there was none.
        title: Short text.
        detail: Long text; some brokers send an object.
        status: HTTP status, where the document repeats it.
        instance: URI of the occurrence.
        members: Whatever else the document held.
    """

    type: str = ""
    title: str = ""
    detail: Any = None
    status: int | None = None
    instance: str = ""
    members: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_wire(cls, document: object) -> ProblemDetails:
        """Read whatever a broker sent as an error; never fails.

        Args:
            document: The parsed body: an error document, a list, a text, or nothing.

        Returns:
            What could be told from it; all empty if nothing could.
        """
        if isinstance(document, str):
            return cls(detail=document or None)
        if not isinstance(document, Mapping):
            return cls(detail=document or None)
        return cls(
            type=_text(document.get("type")),
            title=_text(document.get("title")),
            detail=document.get("detail"),
            status=_status(document.get("status", document.get("statusCode", document.get("errorCode")))),
            instance=_text(document.get("instance")),
            members={name: value for name, value in document.items() if name not in _NAMED},
        )

    def to_wire(self) -> dict[str, Any]:
        """Write the error document, without empty members."""
        document: dict[str, Any] = {}
        if self.type:
            document["type"] = self.type if ":" in self.type else ERROR_PREFIX + self.type
        if self.title:
            document["title"] = self.title
        if self.detail is not None:
            document["detail"] = self.detail
        if self.status is not None:
            document["status"] = self.status
        if self.instance:
            document["instance"] = self.instance
        return {**document, **self.members}

    def to_error(self, *, status: int = 0, body: bytes = b"", method: str = "", url: str = "") -> ContextBrokerError:
        """Make the exception that stands for this document.

        Args:
            status: HTTP status of the answer; without it, the document's own.
            body: The whole body as received.
            method: The request's method.
            url: The request's address, without credentials.

        Returns:
            An instance of the class that :func:`error_class` chooses.
        """
        known = status or self.status or 0
        chosen = error_class(self.type, known, self.title)
        return chosen(
            status=known or chosen.default_status,
            type=self.type.strip(),
            title=self.title,
            detail=self.detail,
            body=body,
            method=method,
            url=url,
        )


def _text(value: object) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)


def _status(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    try:
        return int(value)
    except ValueError:
        return None
