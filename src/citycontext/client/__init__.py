"""Talk to any NGSI-LD context broker: ``Client``, and ``AsyncClient`` with the same methods to await.

>>> from citycontext.client import Client
>>> with Client("http://localhost:1026") as client:
...     client.batch.upsert(entities).raise_for_errors()
...     parking = client.entities.retrieve("urn:ngsi-ld:OffStreetParking:gent:loop")
"""

from __future__ import annotations

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
