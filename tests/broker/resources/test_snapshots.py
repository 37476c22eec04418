"""Snapshots and entity maps: results that stay as they were."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from tests.broker.resources.test_subscriptions import Receiver, receiver

__all__ = ["receiver"]


@pytest.fixture
async def stored(http: httpx.AsyncClient) -> httpx.AsyncClient:
    """Return a client of a broker that holds five lamps."""
    batch = [{"id": f"urn:ngsi-ld:Lamp:{number}", "type": "Lamp", "power": number} for number in range(5)]
    await http.post("entityOperations/create", json=batch)
    return http


def snapshot(**members: Any) -> dict[str, Any]:
    """Make a snapshot of the lamps of little power."""
    query = {"type": "Query", "entities": [{"type": "Lamp"}], "q": "power<2"}
    return {"type": "Snapshot", "snapshotQueries": [query], **members}


async def powers(http: httpx.AsyncClient, snapshot_id: str = "") -> list[int]:
    """Return the powers of all lamps, or of those in a snapshot."""
    headers = {"NGSILD-Snapshot": snapshot_id} if snapshot_id else {}
    answer = await http.get("entities?type=Lamp&options=keyValues", headers=headers)
    assert answer.headers.get("ngsild-snapshot", "") == snapshot_id
    return [one["power"] for one in answer.json()]


async def test_snapshot_stays_as_it_was(stored: httpx.AsyncClient) -> None:
    """Later changes of the entities do not reach the snapshot, nor its own changes the entities."""
    made = await stored.post("snapshots", json=snapshot(id="urn:ngsi-ld:Snapshot:1"))
    assert made.status_code == 201
    await stored.patch("entities/urn:ngsi-ld:Lamp:0/attrs", json={"power": 100})
    assert await powers(stored, "urn:ngsi-ld:Snapshot:1") == [0, 1]
    headers = {"NGSILD-Snapshot": "urn:ngsi-ld:Snapshot:1"}
    await stored.patch("entities/urn:ngsi-ld:Lamp:1/attrs", json={"power": 50}, headers=headers)
    assert await powers(stored, "urn:ngsi-ld:Snapshot:1") == [0, 50]
    assert await powers(stored) == [100, 1, 2, 3, 4]
    assert (await stored.post("snapshots", json=snapshot(id="urn:ngsi-ld:Snapshot:1"))).status_code == 409


async def test_snapshot_is_described_cloned_and_deleted(stored: httpx.AsyncClient) -> None:
    """A snapshot tells its status; a clone has the same entities and its own life."""
    await stored.post("snapshots", json=snapshot(id="urn:ngsi-ld:Snapshot:1", snapshotLifetime="PT1H"))
    address = "snapshots/urn:ngsi-ld:Snapshot:1"
    assert (await stored.get(address)).json()["snapshotStatus"] == "success"
    cloned = await stored.post(f"{address}/clone", json={"id": "urn:ngsi-ld:Snapshot:2", "type": "Snapshot"})
    assert cloned.status_code == 201
    assert (await stored.patch(address, json={"snapshotPriority": 3})).json()["snapshotPriority"] == 3
    assert (await stored.patch(address, json={"snapshotPriority": 30})).status_code == 400
    assert (await stored.delete(address)).status_code == 204
    assert (await stored.get("types", headers={"NGSILD-Snapshot": "urn:ngsi-ld:Snapshot:1"})).status_code == 404
    assert await powers(stored, "urn:ngsi-ld:Snapshot:2") == [0, 1]
    assert (await stored.delete('snapshots?q=snapshotStatus=="empty"')).status_code == 404
    assert (await stored.get("snapshots/urn:ngsi-ld:Snapshot:2")).status_code == 200
    assert (await stored.delete("snapshots?q=id")).status_code == 204
    assert (await stored.get("snapshots/urn:ngsi-ld:Snapshot:2")).status_code == 404


async def test_entity_map_keeps_the_pages_together(stored: httpx.AsyncClient) -> None:
    """Pages of an entity map show the entities found first, whatever has come since."""
    first = await stored.get("entities?type=Lamp&limit=2&entityMap=true&options=keyValues")
    assert first.status_code == 201
    kept = first.headers["ngsild-entitymap"]
    await stored.post("entities", json={"id": "urn:ngsi-ld:Lamp:9", "type": "Lamp", "power": 9})
    await stored.delete("entities/urn:ngsi-ld:Lamp:3")
    second = await stored.get(
        "entities?type=Lamp&limit=10&offset=2&options=keyValues", headers={"NGSILD-EntityMap": kept}
    )
    assert [one["power"] for one in second.json()] == [2, 4]
    assert "urn:ngsi-ld:Lamp:3" not in (await stored.get(f"entityMaps/{kept}")).json()["entityMap"]
    assert (await stored.patch(f"entityMaps/{kept}", json={"expiresAt": "2999-01-01T00:00:00Z"})).status_code == 204
    assert (await stored.patch(f"entityMaps/{kept}", json={"entityMap": {}})).status_code == 204
    assert (await stored.patch(f"entityMaps/{kept}", json={})).status_code == 400
    assert (await stored.patch(f"entityMaps/{kept}", json={"other": 1})).status_code == 400
    assert (await stored.get(f"entityMaps/{kept}")).json()["expiresAt"] == "2999-01-01T00:00:00Z"
    assert (await stored.delete(f"entityMaps/{kept}")).status_code == 204
    anew = await stored.get("entities?type=Lamp", headers={"NGSILD-EntityMap": kept})
    assert anew.status_code == 201
    assert anew.headers["ngsild-entitymap"] != kept


async def test_entity_map_of_a_temporal_query(http: httpx.AsyncClient) -> None:
    """A map of evolutions has those in the interval; pages of it leave out what came later, in the order asked for."""
    for number, day in ((1, 1), (2, 1), (3, 5)):
        power = [{"type": "Property", "value": number, "observedAt": f"2026-05-0{day}T00:00:00Z"}]
        await http.post("temporal/entities", json={"id": f"urn:ngsi-ld:Lamp:{number}", "type": "Lamp", "power": power})
    asked = "type=Lamp&timerel=before&timeAt=2026-05-02T00:00:00Z"
    made = await http.get(f"temporal/entityMaps?{asked}")
    assert (made.status_code, list(made.json()["entityMap"])) == (201, ["urn:ngsi-ld:Lamp:1", "urn:ngsi-ld:Lamp:2"])
    first = await http.get(f"temporal/entities?{asked}&orderBy=id;desc&limit=1&entityMap=true")
    assert (first.status_code, [one["id"] for one in first.json()]) == (201, ["urn:ngsi-ld:Lamp:2"])
    late = [{"type": "Property", "value": 0, "observedAt": "2026-05-01T00:00:00Z"}]
    await http.post("temporal/entities", json={"id": "urn:ngsi-ld:Lamp:0", "type": "Lamp", "power": late})
    kept = {"NGSILD-EntityMap": first.headers["ngsild-entitymap"]}
    rest = await http.get(f"temporal/entities?{asked}&orderBy=id;desc&limit=5&offset=1", headers=kept)
    assert (rest.status_code, [one["id"] for one in rest.json()]) == (200, ["urn:ngsi-ld:Lamp:1"])
    second = await http.get(f"temporal/entities?{asked}&orderBy=power;desc&limit=1&offset=1")
    assert [one["id"] for one in second.json()] == ["urn:ngsi-ld:Lamp:1"]


async def test_broker_tells_who_it_is(http: httpx.AsyncClient) -> None:
    """The identity of the source has an id and the time it has been up."""
    shown = (await http.get("info/sourceIdentity")).json()
    assert shown["type"] == "ContextSourceIdentity"
    assert shown["contextSourceUptime"].startswith("PT")


TEMPORAL = {
    "type": "Query",
    "entities": [{"type": "Lamp"}],
    "temporalQ": {"timerel": "after", "timeAt": "2020-01-01T00:00:00Z"},
}
NONE_SUCH = {"type": "Query", "entities": [{"type": "Bench"}]}


@pytest.mark.parametrize(
    ("queries", "status", "details"),
    [
        ([snapshot()["snapshotQueries"][0]], "success", ["success"]),
        ([snapshot()["snapshotQueries"][0], NONE_SUCH], "partial", ["success", "empty"]),
        ([NONE_SUCH], "empty", ["empty"]),
    ],
)
async def test_5_2_41_a_snapshot_tells_what_became_of_each_query(
    stored: httpx.AsyncClient, queries: list[Any], status: str, details: list[str]
) -> None:
    """All queries with results are a success, some are partial, none is empty; each query has its own result."""
    made = await stored.post("snapshots", json=snapshot(snapshotQueries=queries))
    found = (await stored.get(made.headers["location"].removeprefix("/ngsi-ld/v1/"))).json()
    assert found["snapshotStatus"] == status
    assert found["snapshotQueriesDetails"] == [{"resultStatus": one} for one in details]


@pytest.mark.parametrize(
    "payload",
    [
        {"type": "Snapshot", "snapshotTemporalQueries": [NONE_SUCH]},
        {"snapshotQueries": [NONE_SUCH]},
        {"type": "Snapshot", "snapshotQueries": [TEMPORAL]},
        {"type": "Snapshot", "snapshotQueries": [NONE_SUCH], "endpoint": {"uri": "ftp://a.example/x"}},
    ],
)
async def test_5_16_1_4_a_snapshot_that_must_be_refused(stored: httpx.AsyncClient, payload: dict[str, Any]) -> None:
    """Temporal queries have a time and others none, a snapshot says its type, and its endpoint can be notified."""
    answer = await stored.post("snapshots", json=payload)
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (400, "BadRequestData")


async def test_5_16_2_a_clone_has_no_queries_of_its_own(stored: httpx.AsyncClient) -> None:
    """A clone with queries is refused."""
    made = await stored.post("snapshots", json=snapshot())
    clone = f"{made.headers['location'].removeprefix('/ngsi-ld/v1/')}/clone"
    assert (await stored.post(clone, json=snapshot())).status_code == 400
    assert (await stored.post(clone, json={"type": "Snapshot"})).status_code == 201


async def test_5_3_4_who_waits_for_a_snapshot_is_notified(stored: httpx.AsyncClient, receiver: Receiver) -> None:
    """Its endpoint is told when the snapshot is there, and when it is gone, with the headers it asked for."""
    endpoint = {"uri": receiver.uri, "receiverInfo": [{"key": "X-City", "value": "Gent"}]}
    made = await stored.post("snapshots", json=snapshot(id="urn:a:s", endpoint=endpoint, snapshotPriority=7))
    assert made.status_code == 201
    told = (await receiver.wait(1))[0]
    expected = {"type": "SnapshotNotification", "snapshotId": "urn:a:s", "snapshotStatus": "success"}
    assert {name: told[name] for name in expected} == expected
    assert told["snapshotPriority"] == 7
    assert told["snapshotQueriesDetails"] == [{"resultStatus": "success"}]
    assert told["expiresAt"] > told["notifiedAt"]
    headers = receiver.received[0][0]
    assert (headers["x-city"], headers["content-type"]) == ("Gent", "application/json")
    assert "json-ld#context" in headers["link"]
    assert (await stored.delete("snapshots/urn:a:s")).status_code == 204
    gone = (await receiver.wait(2))[1]
    assert (gone["snapshotId"], gone["expiresAt"] <= gone["notifiedAt"]) == ("urn:a:s", True)
