"""Talk to any NGSI-LD context broker: ``Client``, and ``AsyncClient`` with the same methods to await.

>>> from citycontext.client import Client
>>> with Client("http://localhost:1026") as client:
...     client.batch.upsert(entities).raise_for_errors()
...     parking = client.entities.retrieve("urn:ngsi-ld:OffStreetParking:gent:loop")

A name here is imported when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from citycontext.client._async.client import AsyncClient
    from citycontext.client._async.results import AsyncResults
    from citycontext.client._sync.client import Client
    from citycontext.client._sync.results import Results
    from citycontext.client.auth import BearerToken, OAuth2ClientCredentials, OAuth2Password
    from citycontext.client.data_frames import to_dataframe
    from citycontext.client.profiles import GENERIC, ORION_LD, SCORPIO, STELLIO, BrokerProfile
    from citycontext.client.retries import without_waiting

__all__ = [
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
    "to_dataframe": "data_frames",
    "without_waiting": "retries",
}


def __getattr__(name: str) -> Any:
    module = _MODULES.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{module}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
