"""The broker describes its API: in OpenAPI 3.1, made from the code, where it is looked for, and as it answers."""

from __future__ import annotations

from typing import Any

import pytest

from citycontext import Client
from citycontext.broker import LocalBroker
from citycontext.broker.resources import OPERATIONS
from citycontext.testing import InProcessTransport
from citycontext.web.http import httpx
from described import check_answers


@pytest.fixture
def http(context_broker_transport: InProcessTransport) -> httpx.Client:
    return httpx.Client(base_url="http://broker.example", transport=context_broker_transport)


def test_every_operation_is_described(http: httpx.Client) -> None:
    """The document is OpenAPI 3.1 and holds each operation of the code, with what it does and its parameters."""
    answer = http.get("/openapi.json")
    assert answer.headers["content-type"] == "application/vnd.oai.openapi+json;version=3.1"
    document = answer.json()
    assert document["openapi"].startswith("3.1")
    described = {
        (method.upper(), path): operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }
    assert len(described) == len(OPERATIONS)
    for one in OPERATIONS:
        operation = described[one.method, "/ngsi-ld/v1" + one.path.rstrip("/")]
        assert operation["summary"], (one.method, one.path)
        names = {each["name"] for each in operation["parameters"] if each.get("in") == "query"}
        assert names == one.parameters
    identifiers = [one["operationId"] for one in described.values()]
    assert len(set(identifiers)) == len(identifiers)


def test_the_description_is_found(http: httpx.Client) -> None:
    """It is linked by service-desc from the page and the version, and named in the catalogue of RFC 9727."""
    for path in ("/", "/version"):
        assert '</openapi.json>; rel="service-desc"' in http.get(path).headers["link"]
    catalogue = http.get("/.well-known/api-catalog")
    assert catalogue.headers["content-type"].startswith("application/linkset+json")
    entry = catalogue.json()["linkset"][0]
    assert entry["anchor"] == "http://broker.example/ngsi-ld/v1"
    assert http.get(entry["service-desc"][0]["href"]).json()["openapi"].startswith("3.1")


def test_a_broker_with_a_token_describes_that(context_broker_loop: Any) -> None:
    """Who needs a token learns so from the description, which needs none."""
    broker = LocalBroker(token="secret")
    try:
        with Client("http://b.example", transport=InProcessTransport(broker, context_broker_loop)) as client:
            document = client.request("GET", "/openapi.json").json()
            assert client.request("GET", "types").status == 401
    finally:
        broker.close()
    assert document["security"] == [{"bearer": []}]
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"


def test_the_broker_answers_as_described(context_broker_url: str) -> None:
    """For each operation, made-up requests are answered by a status, a media type and a body that is described."""
    seen = check_answers(f"{context_broker_url}/openapi.json", examples=6)
    assert len(seen) == len(OPERATIONS)
