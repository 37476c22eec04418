"""One request has bounds: on what it brings, on what is made for it, and on how long others wait for it."""

from __future__ import annotations

import asyncio
import socket
import time
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from citycontext.broker import Bounds, LocalBroker, Server

_JSON = {"Content-Type": "application/json"}


def _ring(count: int) -> list[dict[str, Any]]:
    """Return entities of which each links to all others."""
    ids = [f"urn:ngsi-ld:Node:{number}" for number in range(count)]
    return [
        {"id": one, "type": "Node", **{f"to{place}": {"object": other} for place, other in enumerate(ids)}}
        for one in ids
    ]


async def test_join_is_bounded(http: httpx.AsyncClient) -> None:
    """Entities that link to each other, joined four links deep, are refused at once: TooManyResults."""
    assert (await http.post("entityOperations/create", json=_ring(40))).status_code == 201
    began = time.process_time()
    for path in ("entities/urn:ngsi-ld:Node:1?", "entities?type=Node&"):
        answer = await http.get(f"{path}join=inline&joinLevel=4")
        assert answer.status_code == 403
        assert answer.json()["type"].endswith("/TooManyResults")
    assert time.process_time() - began < 5
    assert (await http.get("entities?type=Node&join=flat&joinLevel=4&limit=100")).status_code == 200
    assert (await http.get("entities/urn:ngsi-ld:Node:1?join=inline")).status_code == 200


async def test_links_end_where_they_end(http: httpx.AsyncClient) -> None:
    """A joinLevel beyond all links costs nothing; a chain that would nest too deep is refused."""
    chain = [
        {"id": f"urn:x:{number}", "type": "Link", "next": {"object": f"urn:x:{number + 1}"}} for number in range(300)
    ]
    await http.post("entityOperations/create", json=chain)
    flat = await http.get("entities/urn:x:0?join=flat&joinLevel=999999999999")
    assert len(flat.json()) == 300
    deep = await http.get("entities/urn:x:0?join=inline&joinLevel=999999999999")
    assert deep.status_code == 403
    assert (await http.get("entities/urn:x:0?join=inline&joinLevel=40")).status_code == 200


async def test_greedy_subscription_fails_alone(http: httpx.AsyncClient) -> None:
    """A subscription whose join would be too large is told nothing and counts a failure; the write is done."""
    await http.post("entityOperations/create", json=_ring(40))
    notification = {"endpoint": {"uri": "http://127.0.0.1:9/"}, "join": "inline", "joinLevel": 4}
    made = await http.post(
        "subscriptions", json={"type": "Subscription", "entities": [{"type": "Node"}], "notification": notification}
    )
    path = "entities/urn:ngsi-ld:Node:1/attrs"
    assert (await http.patch(path, json={"to2": {"object": "urn:ngsi-ld:Node:3"}})).status_code == 204
    await asyncio.sleep(0.1)
    shown = (await http.get(made.headers["Location"].removeprefix("/ngsi-ld/v1/"))).json()
    assert shown["notification"]["timesFailed"] == 1


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("entityOperations/upsert", b"[" + b"{}," * 1_000_000 + b"{}]"),
        ("entities", b'{"id":"urn:a:b","type":"T","a":{"value":[' + b"[]," * 1_000_000 + b"[]]}}"),
        ("entities", b'{"id":"urn:a:b","type":"T","a":{"value":{' + b'"",' * 3_000_000 + b'"":1}}}'),
        ("entityOperations/delete", orjson.dumps([f"urn:a:{number}" for number in range(10_001)])),
        ("entities", orjson.dumps({"id": "urn:a:b", "type": "T", **{f"a{one}": one for one in range(10_001)}})),
        ("entities", orjson.dumps({"id": "urn:a:b", "type": [f"T{number}" for number in range(1_001)]})),
    ],
    ids=["objects", "arrays", "texts", "batch", "attributes", "types"],
)
async def test_body_is_bounded(http: httpx.AsyncClient, path: str, body: bytes) -> None:
    """A body with too many values, items, attributes or types is refused (413) before it is worked on."""
    began = time.process_time()
    answer = await http.post(path, content=body, headers=_JSON)
    assert answer.status_code == 413, answer.text
    assert time.process_time() - began < 2


async def test_commas_in_texts_do_not_count(http: httpx.AsyncClient) -> None:
    """A long text of commas, brackets, quotes and backslashes is one value."""
    text = '\\",[{' * 400_000
    assert (await http.post("entities", json={"id": "urn:a:b", "type": "T", "a": text})).status_code == 201
    assert (await http.get("entities/urn:a:b")).json()["a"]["value"] == text


async def test_entity_does_not_grow_without_end(http: httpx.AsyncClient) -> None:
    """Attributes that are appended count with those that are there; in a batch, the one entity is refused."""
    await http.post("entities", json={"id": "urn:a:b", "type": "T", **{f"a{one}": one for one in range(6_000)}})
    more = {f"b{one}": one for one in range(6_000)}
    assert (await http.post("entities/urn:a:b/attrs", json=more)).status_code == 413
    batch = [{"id": "urn:a:b", "type": "T", **more}, {"id": "urn:a:c", "type": "T"}]
    answer = await http.post("entityOperations/upsert?options=update", json=batch)
    assert answer.status_code == 207
    assert answer.json()["success"] == ["urn:a:c"]


async def test_others_are_answered_meanwhile(http: httpx.AsyncClient) -> None:
    """While one client's large batch is written, another's requests are answered."""
    batch = [{"id": f"urn:x:{one}", "type": "T", **{f"a{place}": place for place in range(20)}} for one in range(4_000)]
    under_way = asyncio.create_task(http.post("entityOperations/upsert", json=batch))
    answered = 0
    while not under_way.done():
        assert (await http.get("entities?type=T")).status_code == 200
        answered += 1
        await asyncio.sleep(0)
    assert (await under_way).status_code == 201
    assert answered > 5


def test_work_stops_when_the_client_goes_away() -> None:
    """A batch whose client closed the connection is not written to its end."""
    broker = LocalBroker()
    batch = orjson.dumps(
        [{"id": f"urn:x:{one}", "type": "T", **{f"a{place}": place for place in range(40)}} for one in range(8_000)]
    )
    with Server(broker, port=0) as server:
        with socket.create_connection(("127.0.0.1", server.port)) as client:
            head = f"POST /ngsi-ld/v1/entityOperations/upsert HTTP/1.1\r\nContent-Length: {len(batch)}\r\n"
            client.sendall(head.encode() + b"Host: localhost\r\nContent-Type: application/json\r\n\r\n" + batch)
        time.sleep(0.5)
        written = -1
        while written != (written := _count(server)):
            time.sleep(0.5)
    broker.close()
    assert written < 8_000


def _count(server: Server) -> int:
    answer = httpx.get(f"{server.url}/ngsi-ld/v1/entities?type=T&count=true&limit=0", trust_env=False)
    return int(answer.headers["NGSILD-Results-Count"])


def test_slow_body_is_dropped() -> None:
    """A body that does not come in time is answered 408, and its connection closed."""
    broker = LocalBroker(bounds=Bounds(body_seconds=0.2))
    with Server(broker, port=0) as server:
        clients = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(50)]
        for client in clients:
            client.sendall(
                b"POST /ngsi-ld/v1/entities HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n"
                b"Content-Type: application/json\r\n\r\n{"
            )
        for client in clients:
            client.settimeout(10)
            answer = b""
            while part := client.recv(4096):
                answer += part
            assert answer.startswith(b"HTTP/1.1 408")
            client.close()
    broker.close()


async def _longest_wait(http: httpx.AsyncClient, under_way: asyncio.Task[httpx.Response]) -> float:
    """Ask for something small again and again while a request is under way; return the longest time it took."""
    longest, asked = 0.0, 0
    while not under_way.done():
        began = time.monotonic()
        assert (await http.get("types")).status_code == 200
        longest = max(longest, time.monotonic() - began)
        asked += 1
        await asyncio.sleep(0)
    assert asked > 1, "nobody else was answered meanwhile"
    return longest


async def test_others_are_answered_while_much_is_copied_and_purged(http: httpx.AsyncClient) -> None:
    """A snapshot, its copy, its removal, a query and a purge over thousands of entities let others be answered."""
    for start in range(0, 3_000, 1_000):
        batch = [
            {"id": f"urn:x:{start + one}", "type": "T", **{f"a{place}": place for place in range(12)}}
            for one in range(1_000)
        ]
        assert (await http.post("entityOperations/create", json=batch)).status_code == 201
    queries = [{"type": "Query", "entities": [{"type": "T"}], "q": "a1==1"}]
    evolution = [{**queries[0], "temporalQ": {"timerel": "before", "timeAt": "2999-01-01T00:00:00Z"}}]
    evolution[0].pop("q")
    snapshot = {"id": "urn:s:1", "type": "Snapshot", "snapshotQueries": queries, "snapshotTemporalQueries": evolution}
    steps = [
        lambda: http.post("snapshots", json=snapshot),
        lambda: http.post("snapshots/urn:s:1/clone", json={"id": "urn:s:2", "type": "Snapshot"}),
        lambda: http.delete("snapshots/urn:s:1"),
        lambda: http.get("entities?type=T&q=a1==7&count=true"),
        lambda: http.delete("entities?type=T&q=a1==1"),
    ]
    for step in steps:
        under_way = asyncio.create_task(step())
        assert await _longest_wait(http, under_way) < 1
        assert (await under_way).status_code < 300, (await under_way).text
    assert (await http.get("entities?type=T&count=true&limit=0")).headers["NGSILD-Results-Count"] == "0"
    kept = await http.get("entities?type=T&count=true&limit=0", headers={"NGSILD-Snapshot": "urn:s:2"})
    assert kept.headers["NGSILD-Results-Count"] == "3000"


async def test_snapshot_is_bounded() -> None:
    """A snapshot of more entities than are allowed is refused and leaves nothing behind, so that its id is free."""
    broker = LocalBroker(bounds=Bounds(copied=5))
    async with httpx.AsyncClient(transport=broker.transport(), base_url="http://broker/ngsi-ld/v1/") as http:
        batch = [{"id": f"urn:x:{one}", "type": "T" if one < 5 else "U"} for one in range(10)]
        await http.post("entityOperations/create", json=batch)
        snapshot = {"id": "urn:s:1", "type": "Snapshot"}
        queries = [{"type": "Query", "entities": [{"type": "T"}, {"type": "U"}]}]
        refused = await http.post("snapshots", json=snapshot | {"snapshotQueries": queries})
        assert refused.status_code == 403
        assert refused.json()["type"].endswith("/TooManyResults")
        assert (await http.get("snapshots/urn:s:1")).status_code == 404
        queries = [{"type": "Query", "entities": [{"type": "U"}]}]
        assert (await http.post("snapshots", json=snapshot | {"snapshotQueries": queries})).status_code == 201
        kept = await http.get("entities?type=T,U&count=true", headers={"NGSILD-Snapshot": "urn:s:1"})
        assert {one["id"] for one in kept.json()} == {f"urn:x:{one}" for one in range(5, 10)}
    broker.close()


async def test_unfinished_snapshot_is_cleared(tmp_path: Path) -> None:
    """What a snapshot left that was interrupted by the end of the process is gone after the next start."""
    store = tmp_path / "broker.db"
    broker = LocalBroker(store)
    async with httpx.AsyncClient(transport=broker.transport(), base_url="http://broker/ngsi-ld/v1/") as http:
        await http.post("entities", json={"id": "urn:x:1", "type": "T"})
        queries = [{"type": "Query", "entities": [{"type": "T"}]}]
        await http.post("snapshots", json={"id": "urn:s:1", "type": "Snapshot", "snapshotQueries": queries})
    with broker.state.store.transaction():
        broker.state.store.resources.delete(0, "snapshot", "urn:s:1")
    broker.close()
    broker = LocalBroker(store)
    async with httpx.AsyncClient(transport=broker.transport(), base_url="http://broker/ngsi-ld/v1/") as http:
        assert (await http.get("entities?type=T")).json()
    rows = broker.state.store.database.execute("SELECT count(*) FROM entities").fetchone()
    broker.close()
    assert rows == (1,)
