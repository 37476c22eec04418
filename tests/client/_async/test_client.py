"""Making a client: no I/O, clear refusals, and variants on shared connections."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from citycontext.client import ANTARES, CORAINE, GENERIC, ORION_LD, SCORPIO, STELLIO, AsyncClient, BrokerProfile
from citycontext.errors import ConfigurationError, DataError

ID = "urn:ngsi-ld:Parking:1"


@pytest.mark.parametrize(
    "address", ["http://b.test", "http://b.test/", "http://b.test/ngsi-ld/v1", "http://b.test/ngsi-ld/v1/"]
)
async def test_the_address_may_end_at_the_host_or_at_the_api(broker: Any, address: str) -> None:
    """All four lead to the same place, and so does a path of a proxy."""
    broker.will(204)
    async with AsyncClient(address, transport=broker.transport) as client:
        await client.entities.delete(ID)
        assert str(broker.last.url) == f"http://b.test/ngsi-ld/v1/entities/{ID}"
    async with AsyncClient("https://b.test/brokers/one", transport=broker.transport) as client:
        await client.entities.delete(ID)
        assert str(broker.last.url) == f"https://b.test/brokers/one/ngsi-ld/v1/entities/{ID}"


@pytest.mark.parametrize("address", ["", "b.test:1026", "ftp://b.test", "http://", "http://b.test?x=1", "http://[::"])
def test_an_address_that_is_none(address: str) -> None:
    """It is refused when the client is made, by name."""
    with pytest.raises(ConfigurationError, match="base_url"):
        AsyncClient(address)


@pytest.mark.parametrize(
    ("key", "given"),
    [
        ("timeout", {"timeout": 0}),
        ("retries", {"retries": -1}),
        ("tenant", {"tenant": "a\r\nX-Evil: 1"}),
        ("tenant", {"tenant": "gänt"}),
        ("X-Key", {"headers": {"X-Key": "a\nb"}}),
    ],
)
def test_a_setting_that_cannot_be_used(key: str, given: dict[str, Any]) -> None:
    """It is refused when the client is made, by name; a header cannot be smuggled in."""
    with pytest.raises(ConfigurationError, match=key):
        AsyncClient("http://b.test", **given)


async def test_credentials_in_the_address_are_used_and_never_shown(broker: Any) -> None:
    """They become an Authorization header; neither the client nor an error shows them."""
    broker.refuses(404, "ResourceNotFound")
    async with AsyncClient("http://user:secret@b.test", transport=broker.transport) as client:
        assert "secret" not in repr(client)
        with pytest.raises(Exception, match=r"b\.test") as raised:
            await client.entities.delete(ID)
    assert broker.last.headers["Authorization"].startswith("Basic ")
    assert "secret" not in str(raised.value)
    assert "secret" not in str(broker.last.url)


async def test_tenant_and_headers_go_with_every_request(broker: Any) -> None:
    """What is set once is sent each time."""
    broker.will(204)
    async with AsyncClient(broker.url, tenant="gent", headers={"X-Key": "k"}, transport=broker.transport) as client:
        await client.entities.delete(ID)
    assert broker.last.headers["NGSILD-Tenant"] == "gent"
    assert broker.last.headers["X-Key"] == "k"


async def test_a_variant_shares_the_connections(broker: Any) -> None:
    """Another tenant, @context and header, while the first client stays as it was."""
    broker.will(204)
    async with AsyncClient(broker.url, tenant="gent", context="http://c.test/1", transport=broker.transport) as client:
        other = client.with_options(tenant=None, context="http://c.test/2", headers={"X-Key": "k"}, retries=0)
        await other.entities.delete(ID)
        assert "NGSILD-Tenant" not in broker.last.headers
        assert "<http://c.test/2>" in broker.last.headers["Link"]
        assert broker.last.headers["X-Key"] == "k"
        await client.with_options(timeout=1).entities.delete(ID)
        assert broker.last.headers["NGSILD-Tenant"] == "gent"
        await client.entities.delete(ID)
        assert "<http://c.test/1>" in broker.last.headers["Link"]
        assert "X-Key" not in broker.last.headers
    assert type(other) is AsyncClient


def test_making_a_client_opens_nothing() -> None:
    """Not even certificates are read before the first request."""
    client = AsyncClient("https://b.test", verify="/no/such/file")
    assert "b.test" in repr(client)


@pytest.mark.parametrize(
    ("path", "body", "profile"),
    [
        ("/version", b'{"orionld version": "1.6.0", "orion version": "1.15.0-next"}', ORION_LD),
        ("/q/info", b'{"build": {"name": "Scorpio all-in-one", "version": "5.0.9"}}', SCORPIO),
        ("/actuator/info", b'{"build": {"artifact": "stellio-gateway"}}', STELLIO),
        ("/version", b'{"product": "coraine", "version": "0.3.0", "corNgsildVersion": "post-0.2.0"}', CORAINE),
        ("/q/health", b'{"status": "UP", "store": "memory", "notificationSchemes": ["http"]}', ANTARES),
        ("/q/health", b'{"status": "UP", "checks": []}', GENERIC),
        ("/version", b'{"product": "another", "version": "0.3.0"}', GENERIC),
    ],
)
async def test_a_broker_is_asked_what_it_is(broker: Any, path: str, body: bytes, profile: BrokerProfile) -> None:
    """Only on request; one that does not say is treated as any."""
    broker.function = lambda request: httpx.Response(200 if request.url.path == path else 404, content=body)
    async with AsyncClient(broker.url, transport=broker.transport) as client:
        assert await client.detect() is profile
        assert client.with_options(profile=profile) is not client
    assert broker.requests[0].url.path == "/version"


async def test_a_closed_client_says_so(broker: Any) -> None:
    """Before and after a first request, and its variants too."""
    broker.will(204)
    for used in (False, True):
        client = AsyncClient(broker.url, transport=broker.transport)
        if used:
            await client.entities.delete(ID)
        await client.aclose()
        with pytest.raises(ConfigurationError, match="closed"):
            await client.with_options(retries=0).entities.delete(ID)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
async def test_certificates_that_cannot_be_read(broker: Any) -> None:
    """They are missed when the client is entered, or at the first request, by the name of the argument."""
    with pytest.raises(ConfigurationError, match="verify"):
        async with AsyncClient("https://b.test", verify="/no/such/file"):
            pass
    with pytest.raises(ConfigurationError, match="verify"):
        await AsyncClient("https://b.test", verify="/no/such/file").entities.delete(ID)


async def test_a_header_is_sent_once(broker: Any) -> None:
    """A user's header replaces the client's own of that name; what an operation needs stands above both."""
    broker.will(201)
    mine = {"user-agent": "city/1.0", "ACCEPT": "text/html"}
    async with AsyncClient(broker.url, headers=mine, transport=broker.transport) as client:
        await client.entities.create({"id": ID, "type": "Parking"})
    assert broker.last.headers.get_list("User-Agent") == ["city/1.0"]
    assert broker.last.headers.get_list("Accept") == ["application/json"]


async def test_a_page_is_as_long_as_the_broker_allows(broker: Any) -> None:
    """More is cut to that, less than one is refused."""
    broker.will(200, [])
    async with AsyncClient(broker.url, transport=broker.transport, profile=STELLIO) as client:
        await client.entities.query("A", page_size=5000).all()
        await client.subscriptions.query(page_size=5000).all()
        with pytest.raises(DataError, match="page_size"):
            client.entities.query("A", page_size=0)
    assert broker.targets == ["GET entities?type=A&limit=100", "GET subscriptions?limit=100"]
