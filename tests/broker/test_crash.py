"""A broker that is killed while it writes loses nothing it acknowledged and keeps nothing by halves."""

from __future__ import annotations

import multiprocessing
import random
import socket
import time
from pathlib import Path

import httpx

from citycontext.broker import LocalBroker

ROUNDS = 50
SERVE = """
from citycontext.broker import LocalBroker, serve
serve(LocalBroker({store!r}), port={port})
"""


def test_killed_fifty_times_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    """After each kill -9 the broker starts again with every acknowledged entity, whole, and not older than that."""
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["citycontext.broker"])
    store = str(tmp_path / "city.db")
    chance = random.Random(20240501)
    acknowledged: dict[str, int] = {}
    sent: dict[str, int] = {}
    written = 0
    for _ in range(ROUNDS):
        port = free_port()
        server = processes.Process(target=exec, args=(SERVE.format(store=store, port=port),))
        server.start()
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}/ngsi-ld/v1/") as http:
                wait(http)
                check(http, acknowledged, sent)
                end = time.monotonic() + chance.uniform(0.01, 0.08)
                while time.monotonic() < end:
                    written += 1
                    batch = [entity(chance.randrange(40), written) for _ in range(4)]
                    sent.update({one["id"]: written for one in batch})
                    if http.post("entityOperations/upsert", json=batch).status_code in (201, 204):
                        acknowledged.update({one["id"]: written for one in batch})
                server.kill()
        finally:
            server.kill()
            server.join()
    assert written > ROUNDS
    broker = LocalBroker(store)
    (verdict,) = broker.state.store.database.execute("PRAGMA integrity_check").fetchone()
    broker.close()
    assert verdict == "ok"


def entity(number: int, version: int) -> dict[str, object]:
    """Make an entity whose attributes all hold the same version."""
    place = {"type": "Point", "coordinates": [3.7, 51.0]}
    return {
        "id": f"urn:ngsi-ld:Lamp:{number}",
        "type": "Lamp",
        "first": version,
        "second": version,
        "location": place,
    }


def check(http: httpx.Client, acknowledged: dict[str, int], sent: dict[str, int]) -> None:
    """Compare what the broker holds with what it acknowledged."""
    held = {one["id"]: one for one in http.get("entities?type=Lamp&limit=1000&options=keyValues").json()}
    assert held.keys() >= acknowledged.keys()
    for entity_id, shown in held.items():
        assert shown["first"] == shown["second"], "half an entity was kept"
        assert acknowledged.get(entity_id, 0) <= shown["first"] <= sent[entity_id]


def wait(http: httpx.Client) -> None:
    """Wait until the server answers."""
    end = time.monotonic() + 20
    while True:
        try:
            http.get("types")
        except httpx.TransportError:
            assert time.monotonic() < end, "the broker does not start"
            time.sleep(0.01)
        else:
            return


def free_port() -> int:
    """Find a port that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
