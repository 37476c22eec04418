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

from citycontext.errors.answers import (
    AlreadyExists,
    AnswerTooLarge,
    AuthenticationError,
    BadRequestData,
    BatchError,
    BrokerTimeout,
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
    TransportError,
    UnreadableResponse,
)
from citycontext.errors.configuration import ConfigurationError, MissingExtra
from citycontext.errors.data import (
    AmbiguousModel,
    CircularContext,
    ContextError,
    ContextNotAvailable,
    ContextTooLarge,
    DataError,
    InvalidContext,
    InvalidDocument,
    InvalidEntity,
    InvalidGeometry,
    InvalidName,
    InvalidQuery,
    InvalidSchema,
    InvalidTime,
    ModelError,
    UnitError,
    UnknownModel,
)
from citycontext.errors.processing import BridgeError, JournalError, MappingError, PayloadError, PublicationError
from citycontext.errors.root import CityContextError

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

for _error in [globals()[name] for name in __all__]:
    # By this name people import them, so by this name tracebacks and documentation show them.
    _error.__module__ = __name__
