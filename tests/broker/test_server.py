"""The broker behind a real port."""

from __future__ import annotations

import asyncio
import socket

import httpx
import pytest

from citycontext.broker import LocalBroker, Server
from citycontext.errors import ConfigurationError


def test_thread_serves_on_a_free_port(broker: LocalBroker) -> None:
    """Started on port 0, the server tells its port, answers over HTTP, and frees the port when it stops."""
    with Server(broker, port=0) as server:
        address = f"{server.url}/ngsi-ld/v1/entities"
        entity = {"id": "urn:ngsi-ld:Lamp:1", "type": "Lamp", "power": 40}
        assert httpx.post(address, json=entity).status_code == 201
        answer = httpx.get(f"{address}/urn:ngsi-ld:Lamp:1")
        assert answer.json()["power"]["value"] == 40
        assert httpx.get(f"{server.url}/version").json()["status"] == "up"
        port = server.port
    with socket.socket() as again:
        again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        again.bind(("127.0.0.1", port))


async def test_loop_serves_beside_other_tasks(broker: LocalBroker) -> None:
    """In a running event loop, the server answers while other tasks go on."""
    async with Server(broker, port=0) as server, httpx.AsyncClient(base_url=server.url) as http:
        answers = await asyncio.gather(*(http.get("/ngsi-ld/v1/types") for _ in range(5)))
    assert [answer.status_code for answer in answers] == [200] * 5


def test_taken_port_is_one_clear_error(broker: LocalBroker) -> None:
    """A port that another program has gives one line with the port and the cure."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match=f"port {port}.*Choose another port"):
            Server(broker, port=port).start()


def test_request_without_length_is_refused(broker: LocalBroker) -> None:
    """A body of unknown length gets 411."""
    with Server(broker, port=0) as server:
        chunks = iter([b'{"id":"urn:a:b",', b'"type":"T"}'])
        headers = {"Content-Type": "application/json"}
        answer = httpx.post(f"{server.url}/ngsi-ld/v1/entities", content=chunks, headers=headers)
    assert answer.status_code == 411


def test_no_content_has_no_length(broker: LocalBroker) -> None:
    """An answer 204 comes without Content-Length."""
    with Server(broker, port=0) as server:
        address = f"{server.url}/ngsi-ld/v1/entities"
        httpx.post(address, json={"id": "urn:ngsi-ld:Lamp:1", "type": "Lamp"})
        answer = httpx.delete(f"{address}/urn:ngsi-ld:Lamp:1")
    assert answer.status_code == 204
    assert "content-length" not in answer.headers


def test_foreign_names_and_pages_are_refused(broker: LocalBroker) -> None:
    """A rebound name is refused for reads, a foreign page for writes, and nothing is written."""
    entity = {"id": "urn:ngsi-ld:Lamp:1", "type": "Lamp"}
    with Server(broker, port=0) as server:
        address = f"{server.url}/ngsi-ld/v1/entities"
        rebound = httpx.get(f"{address}?type=Lamp", headers={"Host": "evil.example"})
        assert rebound.status_code == 421
        assert "--allow-host" in rebound.json()["detail"]
        foreign = httpx.post(address, json=entity, headers={"Origin": "http://evil.example"})
        assert foreign.status_code == 403
        assert httpx.get(f"{address}?type=Lamp", headers={"Origin": "http://evil.example"}).json() == []
        own = httpx.post(address, json=entity, headers={"Origin": server.url})
        assert own.status_code == 201


def test_allowed_names_and_origins() -> None:
    """A name that was allowed is answered, and pages of an origin that CORS lets in may write."""
    broker = LocalBroker(cors=["https://map.example"])
    with Server(broker, port=0, allow_hosts=["broker"]) as server:
        headers = {"Host": "broker:1026", "Origin": "https://map.example"}
        address = f"{server.url}/ngsi-ld/v1/entities"
        entity = {"id": "urn:ngsi-ld:Lamp:1", "type": "Lamp"}
        assert httpx.post(address, json=entity, headers=headers).status_code == 201
        preflight = {**headers, "Access-Control-Request-Method": "DELETE"}
        assert httpx.options(address, headers=preflight).status_code == 200
    broker.close()
