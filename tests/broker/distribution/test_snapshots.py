"""Snapshots over sources: what their queries find elsewhere is kept too (5.16.1.4)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from citycontext.broker import LocalBroker

SNAPSHOT = "urn:ngsi-ld:Snapshot:1"
HEADER = {"NGSILD-Snapshot": SNAPSHOT}
WINDOW = {"timerel": "after", "timeAt": "2020-01-01T00:00:00Z", "timeproperty": "createdAt"}


def vehicle(number: int) -> dict[str, Any]:
    """Return an entity."""
    return {"id": f"urn:ngsi-ld:Vehicle:{number}", "type": "Vehicle", "speed": number}


@pytest.mark.parametrize("is_temporal", [False, True])
async def test_5_16_1_4_a_snapshot_holds_what_sources_have(region: Any, is_temporal: bool) -> None:
    """Entities, or histories, of the broker and of a source are in the snapshot, and stay after the source is gone."""
    async with region(gent=LocalBroker()) as area:
        registration = await area.register("gent", operations=["federationOps", "queryTemporal"])
        await area.clients["gent"].post("/entities", json=vehicle(1))
        await area.http.post("/entities", json=vehicle(2), params={"local": "true"})
        query: dict[str, Any] = {"type": "Query", "entities": [{"type": "Vehicle"}]}
        asked = {"snapshotTemporalQueries": [{**query, "temporalQ": WINDOW}]} if is_temporal else {}
        body = {"id": SNAPSHOT, "type": "Snapshot", **(asked or {"snapshotQueries": [query]})}
        assert (await area.http.post("/snapshots", json=body)).status_code == 201
        assert (await area.http.get(f"/snapshots/{SNAPSHOT}")).json()["snapshotStatus"] == "success"
        assert (await area.http.delete(f"/csourceRegistrations/{registration}")).status_code == 204
        path, window = ("/temporal/entities", WINDOW) if is_temporal else ("/entities", {})
        found = await area.http.get(path, params={"type": "Vehicle", **window}, headers=HEADER)
        assert {one["id"] for one in found.json()} == {"urn:ngsi-ld:Vehicle:1", "urn:ngsi-ld:Vehicle:2"}
        sent = len(area.sent)
        await area.http.get(path, params={"type": "Vehicle", **window}, headers=HEADER)
        assert len(area.sent) == sent


async def test_6_3_17_a_snapshot_warns_of_a_source_that_is_down(region: Any) -> None:
    """A source that does not answer costs a warning, and the snapshot holds the rest."""

    def fail(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("down")

    async with region(gent=fail) as area:
        await area.register("gent")
        await area.http.post("/entities", json=vehicle(2), params={"local": "true"})
        query = {"type": "Query", "entities": [{"type": "Vehicle"}]}
        body = {"id": SNAPSHOT, "type": "Snapshot", "snapshotQueries": [query]}
        answer = await area.http.post("/snapshots", json=body)
        assert (answer.status_code, answer.headers["NGSILD-Warning"][:3]) == (201, "199")
        found = await area.http.get("/entities", params={"type": "Vehicle"}, headers=HEADER)
        assert [one["id"] for one in found.json()] == ["urn:ngsi-ld:Vehicle:2"]
