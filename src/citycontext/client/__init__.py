"""Talk to any NGSI-LD context broker: ``Client``, and ``AsyncClient`` with the same methods to await.

>>> from citycontext.client import Client
>>> with Client("http://localhost:1026") as client:
...     client.batch.upsert(entities).raise_for_errors()
...     parking = client.entities.retrieve("urn:ngsi-ld:OffStreetParking:gent:loop")

A name here is imported when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from citycontext.lazy_names import lazy_names

if TYPE_CHECKING:
    from citycontext.client._async.client import AsyncClient
    from citycontext.client._async.results import AsyncResults
    from citycontext.client._async.temporal import AsyncTemporalResults
    from citycontext.client._sync.client import Client
    from citycontext.client._sync.results import Results
    from citycontext.client._sync.temporal import TemporalResults
    from citycontext.client.auth import BearerToken, OAuth2ClientCredentials, OAuth2Password
    from citycontext.client.loading import InvalidItem
    from citycontext.client.operations.documents import DocumentLike
    from citycontext.client.operations.json_ld import ContextLike, EntityLike, MediaType
    from citycontext.client.operations.selection import (
        Filter,
        GeoLike,
        Names,
        ProjectionOptions,
        Selection,
        TemporalSelection,
        View,
    )
    from citycontext.client.operations.temporal import TemporalRepresentation
    from citycontext.client.profiles import ANTARES, CORAINE, GENERIC, ORION_LD, SCORPIO, STELLIO, BrokerProfile
    from citycontext.client.retries import without_waiting
    from citycontext.ngsild.batch import BatchFailure, BatchResult
    from citycontext.ngsild.frames.data_frame import to_dataframe
    from citycontext.ngsild.problems import ProblemDetails
    from citycontext.ngsild.update_result import NotUpdated, UpdateResult

__all__ = [
    "ANTARES",
    "CORAINE",
    "GENERIC",
    "ORION_LD",
    "SCORPIO",
    "STELLIO",
    "AsyncClient",
    "AsyncResults",
    "AsyncTemporalResults",
    "BatchFailure",
    "BatchResult",
    "BearerToken",
    "BrokerProfile",
    "Client",
    "ContextLike",
    "DocumentLike",
    "EntityLike",
    "Filter",
    "GeoLike",
    "InvalidItem",
    "MediaType",
    "Names",
    "NotUpdated",
    "OAuth2ClientCredentials",
    "OAuth2Password",
    "ProblemDetails",
    "ProjectionOptions",
    "Results",
    "Selection",
    "TemporalRepresentation",
    "TemporalResults",
    "TemporalSelection",
    "UpdateResult",
    "View",
    "to_dataframe",
    "without_waiting",
]

_MODULES: Final = {
    "ANTARES": "profiles",
    "AsyncClient": "_async.client",
    "AsyncResults": "_async.results",
    "AsyncTemporalResults": "_async.temporal",
    "BatchFailure": ".ngsild.batch",
    "BatchResult": ".ngsild.batch",
    "BearerToken": "auth",
    "BrokerProfile": "profiles",
    "CORAINE": "profiles",
    "Client": "_sync.client",
    "ContextLike": "operations.json_ld",
    "DocumentLike": "operations.documents",
    "EntityLike": "operations.json_ld",
    "Filter": "operations.selection",
    "GENERIC": "profiles",
    "GeoLike": "operations.selection",
    "InvalidItem": "loading",
    "MediaType": "operations.json_ld",
    "Names": "operations.selection",
    "NotUpdated": ".ngsild.update_result",
    "OAuth2ClientCredentials": "auth",
    "OAuth2Password": "auth",
    "ORION_LD": "profiles",
    "ProblemDetails": ".ngsild.problems",
    "ProjectionOptions": "operations.selection",
    "Results": "_sync.results",
    "SCORPIO": "profiles",
    "STELLIO": "profiles",
    "Selection": "operations.selection",
    "TemporalRepresentation": "operations.temporal",
    "TemporalResults": "_sync.temporal",
    "TemporalSelection": "operations.selection",
    "UpdateResult": ".ngsild.update_result",
    "View": "operations.selection",
    "to_dataframe": ".ngsild.frames.data_frame",
    "without_waiting": "retries",
}

if not TYPE_CHECKING:  # so that a checker finds a name that is not there
    __getattr__ = lazy_names(__name__, _MODULES)


def __dir__() -> list[str]:
    return sorted(__all__)
