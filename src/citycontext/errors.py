"""Every error that citycontext raises on purpose, in one tree.

CityContextError
├── DataError (a ValueError)         data that is not what the standard or a model asks for
│   ├── InvalidEntity                an entity, fragment or attribute that breaks the information model
│   ├── InvalidDocument              a subscription, registration or other document that breaks its table
│   ├── InvalidName                  a name the grammar of NGSI-LD refuses
│   ├── InvalidTime                  a timestamp that is not a DateTime, or has no zone
│   ├── InvalidGeometry              a geometry that is not GeoJSON
│   ├── InvalidQuery                 a query that does not parse; points at the column
│   └── UnitError                    an unknown unit, or two that do not convert
├── ContextError                     an @context that cannot be used
│   ├── InvalidContext               not JSON-LD, or forbidden by NGSI-LD
│   ├── ContextNotAvailable          cannot be reached, or not known offline
│   ├── CircularContext              includes itself
│   └── ContextTooLarge              over the limit of bytes, terms or depth
├── ModelError                       an entity model that cannot be used
│   ├── UnknownModel                 no family has a model of that name
│   ├── AmbiguousModel               several subjects have one of that name
│   └── InvalidSchema                a file that is not a JSON Schema
├── ConfigurationError               a configuration file or option; names file, key path and cure
│   └── MissingExtra                 an optional dependency is not installed
├── TransportError                   no usable answer came: connection, time-out, protocol
│   ├── AnswerTooLarge               more bytes than the client takes
│   └── BrokerTimeout                no answer within the time-out
├── AuthenticationError              no token could be had to show to the context broker
├── UnreadableResponse               an answer came that is not what the API promises
├── ContextBrokerError               the context broker answered with an error
│   ├── InvalidRequest, BadRequestData, AlreadyExists, Conflict, ResourceNotFound, NonexistentTenant,
│   │   OperationNotSupported, TooComplexQuery, TooManyResults, InternalError, NoMultiTenantSupport,
│   │   LdContextNotAvailable        one class for each error type of ETSI GS CIM 009, 5.5.2
├── PublicationError                 published files cannot be written or read back, or are being written by another
├── BatchError                       raised by ``BatchResult.raise_for_errors()``
└── BridgeError                      the bridge
    ├── PayloadError                 a message that its codec cannot read
    ├── MappingError                 a message that the mapping cannot turn into an entity
    └── JournalError                 the journal cannot keep a message
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, Final

from citycontext.foreign_text import printable, shown

__all__ = [
    "AlreadyExists",
    "AmbiguousModel",
    "AnswerTooLarge",
    "AuthenticationError",
    "BadRequestData",
    "BatchError",
    "BridgeError",
    "BrokerTimeout",
    "CircularContext",
    "CityContextError",
    "ConfigurationError",
    "Conflict",
    "ContextBrokerError",
    "ContextError",
    "ContextNotAvailable",
    "ContextTooLarge",
    "DataError",
    "InternalError",
    "InvalidContext",
    "InvalidDocument",
    "InvalidEntity",
    "InvalidGeometry",
    "InvalidName",
    "InvalidQuery",
    "InvalidRequest",
    "InvalidSchema",
    "InvalidTime",
    "JournalError",
    "LdContextNotAvailable",
    "MappingError",
    "MissingExtra",
    "ModelError",
    "NoMultiTenantSupport",
    "NonexistentTenant",
    "OperationNotSupported",
    "PayloadError",
    "PublicationError",
    "ResourceNotFound",
    "TooComplexQuery",
    "TooManyResults",
    "TransportError",
    "UnitError",
    "UnknownModel",
    "UnreadableResponse",
]


_LONGEST_MESSAGE: Final = 4_000
_LONGEST_PLACE: Final = 500
_LONGEST_DETAIL: Final = 500
"""How many characters of what a broker says in detail stand in a message; all of it is in the error's attributes."""


class CityContextError(Exception):
    """The root: ``except CityContextError`` catches all that citycontext raises on purpose.

    Args:
        message: What was wrong, where, and what to do; one line.
    """

    def __init__(self, message: str) -> None:
        message = printable(message, _LONGEST_MESSAGE)
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return self.message


class DataError(CityContextError, ValueError):
    """Data that breaks the standard or a model.

    Args:
        message: What is wrong.
        path: Where, from the root of the payload, e.g. ``temperature.observedAt``; empty for the whole.
        clause: The clause of ETSI GS CIM 009 that asks for it, e.g. ``4.5.2``.
    """

    def __init__(self, message: str, *, path: str = "", clause: str = "") -> None:
        super().__init__(message)
        self.path = path
        self.clause = clause

    def __str__(self) -> str:
        where = f"{_place(self.path)}: " if self.path else ""
        clause = f" (CIM 009, {self.clause})" if self.clause else ""
        return f"{where}{self.message}{clause}"


class InvalidEntity(DataError):
    """An entity, fragment or attribute that breaks the information model (CIM 009, 4.5)."""


class InvalidDocument(DataError):
    """A subscription, registration, notification or other document that breaks its table (CIM 009, 5.2)."""


class InvalidName(DataError):
    """A name that the grammar of NGSI-LD refuses (CIM 009, 4.6.2)."""


class InvalidTime(DataError):
    """A timestamp that is not a DateTime, Date or Time, or has no zone (CIM 009, 4.6.3)."""


class InvalidGeometry(DataError):
    """A geometry that is not GeoJSON, or of a type NGSI-LD refuses (CIM 009, 4.7)."""


class InvalidQuery(DataError):
    """A query that does not parse.

    Args:
        message: What was expected.
        text: The whole query.
        column: Where reading stopped, counted from 0.
        clause: The clause of the grammar.
        path: The parameter or member that carries the query, e.g. ``scopeQ``; empty where it stands alone.
    """

    def __init__(self, message: str, *, text: str, column: int, clause: str = "", path: str = "") -> None:
        super().__init__(message, path=path, clause=clause)
        self.text = text
        self.column = column

    def __str__(self) -> str:
        shown_from = max(0, self.column - 40)
        # One character for each, so that the pointer stands right.
        shown = "".join(char if char.isprintable() else "�" for char in self.text[shown_from : self.column + 40])
        pointer = " " * (self.column - shown_from) + "^"
        clause = f" (CIM 009, {self.clause})" if self.clause else ""
        where = f"{_place(self.path)}, " if self.path else ""
        return f"{where}column {self.column + 1}: {self.message}{clause}\n  {shown}\n  {pointer}"


class UnitError(DataError):
    """An unknown unit, or a conversion between units of different quantities."""


class ContextError(CityContextError):
    """An @context that cannot be used.

    Args:
        message: What is wrong.
        url: The context's address, empty for an inline one.
    """

    def __init__(self, message: str, *, url: str = "") -> None:
        super().__init__(message)
        self.url = url

    def __str__(self) -> str:
        return f"@context {_place(self.url)}: {self.message}" if self.url else f"@context: {self.message}"


class InvalidContext(ContextError):
    """Not JSON-LD, or of a form NGSI-LD forbids (CIM 009, 4.4)."""


class ContextNotAvailable(ContextError):
    """The context cannot be reached, or is not known offline."""


class CircularContext(ContextError):
    """The context includes itself."""


class ContextTooLarge(ContextError):
    """The context is over a limit: bytes, terms or depth."""


class ModelError(CityContextError):
    """An entity model that cannot be used."""


class UnknownModel(ModelError):
    """No family has a model of that name.

    Args:
        message: Which name, and what comes near.
        near: Names that come near.
    """

    def __init__(self, message: str, *, near: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.near = near


class AmbiguousModel(ModelError):
    """Several subjects have a model of that name.

    Args:
        message: Which name, and how to choose.
        subjects: The subjects that have one.
    """

    def __init__(self, message: str, *, subjects: tuple[str, ...]) -> None:
        super().__init__(message)
        self.subjects = subjects


class InvalidSchema(ModelError):
    """A file that is not a JSON Schema."""


class ConfigurationError(CityContextError):
    """A configuration file or an option is wrong.

    Args:
        message: What is wrong.
        file: The file's name, if it stands in a file.
        key: The key path inside it, e.g. ``route[2].attributes.temperature.from``.
        cure: What to do about it.

    Attributes:
        further: The other faults that were found with this one. As a text, each fault is a line.
    """

    further: tuple[ConfigurationError, ...] = ()

    def __init__(self, message: str, *, file: str = "", key: str = "", cure: str = "") -> None:
        super().__init__(message)
        self.file = file
        self.key = key
        self.cure = cure

    @classmethod
    def of_all(cls, faults: Iterable[ConfigurationError]) -> ConfigurationError:
        """Return the first of some faults, with the others in ``further``.

        Args:
            faults: At least one.
        """
        first, *further = faults
        first.further = tuple(further)
        return first

    def __str__(self) -> str:
        where = ": ".join(_place(part) for part in (self.file, self.key) if part)
        text = f"{where}: {self.message}" if where else self.message
        line = f"{text} {printable(self.cure, _LONGEST_MESSAGE)}" if self.cure else text
        return "\n".join([line, *map(str, self.further)])


class MissingExtra(ConfigurationError, ModuleNotFoundError):
    """An optional dependency is not installed; an ``ImportError`` for those who walk modules.

    Args:
        extra: The extra that brings it, e.g. ``bridge``.
        package: The package that was looked for.
        purpose: What needs it.
    """

    def __init__(self, extra: str, *, package: str, purpose: str) -> None:
        super().__init__(
            f"{purpose} needs {package}, which is not installed.",
            cure=f"Run: pip install 'citycontext[{extra}]' (in the folder of a checkout: pip install '.[{extra}]')",
        )
        self.name: str | None = package
        self.extra = extra
        self.package = package


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
        return f"{self.method} {_place(self.url)}: {self.message}" if self.url else self.message


class BrokerTimeout(TransportError):
    """No answer came within the time-out."""


class AnswerTooLarge(TransportError):
    """The answer has more bytes than the client takes; it is not asked for again."""


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
        return f"{self.method} {_place(self.url)} answered {self.status}: {self.message}"


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
        request = f"{self.method} {_place(self.url)}: " if self.url else ""
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


class PublicationError(CityContextError):
    """Published files cannot be written or read back: disk full, state damaged or in use by another process."""


class BatchError(CityContextError):
    """Some entities of a batch were refused.

    Args:
        message: How many, and the first reasons.
        failed: ``(entity id, reason)`` for each refused one.
    """

    def __init__(self, message: str, *, failed: list[tuple[str, str]]) -> None:
        super().__init__(message)
        self.failed = failed


class BridgeError(CityContextError):
    """The root of the bridge's errors."""


class PayloadError(BridgeError):
    """A message that its codec cannot read.

    Args:
        message: What is wrong with the payload.
        path: Where in it, as a key path; empty for the whole.
    """

    def __init__(self, message: str, *, path: str = "") -> None:
        super().__init__(message)
        self.path = path

    def __str__(self) -> str:
        return f"{_place(self.path)}: {self.message}" if self.path else self.message


class MappingError(BridgeError):
    """A message that the mapping cannot turn into an entity.

    Args:
        message: What is wrong.
        route: The route's name.
        attribute: The attribute that could not be filled.
    """

    def __init__(self, message: str, *, route: str = "", attribute: str = "") -> None:
        super().__init__(message)
        self.route = route
        self.attribute = attribute

    def __str__(self) -> str:
        where = ", ".join(
            part
            for part in (
                f"route {shown(self.route)}" if self.route else "",
                f"attribute {shown(self.attribute)}" if self.attribute else "",
            )
            if part
        )
        return f"{where}: {self.message}" if where else self.message


class JournalError(BridgeError):
    """The journal cannot keep or give back a message: disk full, file damaged."""


def _place(text: str) -> str:
    return printable(text, _LONGEST_PLACE)
