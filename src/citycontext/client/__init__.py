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
    from citycontext.client._sync.client import Client
    from citycontext.client._sync.results import Results
    from citycontext.client.auth import BearerToken, OAuth2ClientCredentials, OAuth2Password
    from citycontext.client.profiles import ANTARES, CORAINE, GENERIC, ORION_LD, SCORPIO, STELLIO, BrokerProfile
    from citycontext.client.retries import without_waiting
    from citycontext.ngsild.frames.data_frame import to_dataframe

__all__ = [
    "ANTARES",
    "CORAINE",
    "GENERIC",
    "ORION_LD",
    "SCORPIO",
    "STELLIO",
    "AsyncClient",
    "AsyncResults",
    "BearerToken",
    "BrokerProfile",
    "Client",
    "OAuth2ClientCredentials",
    "OAuth2Password",
    "Results",
    "to_dataframe",
    "without_waiting",
]

_MODULES: Final = {
    "ANTARES": "profiles",
    "CORAINE": "profiles",
    "AsyncClient": "_async.client",
    "AsyncResults": "_async.results",
    "BearerToken": "auth",
    "BrokerProfile": "profiles",
    "Client": "_sync.client",
    "GENERIC": "profiles",
    "OAuth2ClientCredentials": "auth",
    "OAuth2Password": "auth",
    "ORION_LD": "profiles",
    "Results": "_sync.results",
    "SCORPIO": "profiles",
    "STELLIO": "profiles",
    "to_dataframe": ".ngsild.frames.data_frame",
    "without_waiting": "retries",
}

if not TYPE_CHECKING:  # so that a checker finds a name that is not there
    __getattr__ = lazy_names(__name__, _MODULES)


def __dir__() -> list[str]:
    return sorted(__all__)
