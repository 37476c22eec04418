"""What expires: entities, attributes and instances are gone when their time is over (4.22)."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from citycontext.broker import LocalBroker

ID = "urn:ngsi-ld:Bin:1"
NULL = "urn:ngsi-ld:null"
FAR = "2999-01-01T00:00:00Z"


def soon(seconds: float = 0.15) -> str:
    """Write a moment that comes at once."""
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")


def bin_with(**members: Any) -> dict[str, Any]:
    """Make an entity with one lasting attribute."""
    return {"id": ID, "type": "Bin", "kind": {"type": "Property", "value": "glass"}, **members}


async def wait() -> None:
    """Wait until what comes soon has come."""
    await asyncio.sleep(0.25)


async def test_4_22_an_entity_is_gone_when_it_has_expired(http: httpx.AsyncClient) -> None:
    """Its id is free again, no query, list or count knows it."""
    await http.post("entities", json=bin_with(expiresAt=soon()))
    assert (await http.get(f"entities/{ID}")).status_code == 200
    await wait()
    assert (await http.get(f"entities/{ID}")).status_code == 404
    answer = await http.get("entities", params={"type": "Bin", "count": "true"})
    assert (answer.json(), answer.headers["ngsild-results-count"]) == ([], "0")
    assert (await http.get("types")).json()["typeList"] == []
    assert (await http.post("entities", json=bin_with())).status_code == 201


async def test_4_22_what_is_past_at_creation_is_never_served(http: httpx.AsyncClient) -> None:
    """An entity made with a date that is past is taken and not there."""
    assert (await http.post("entities", json=bin_with(expiresAt="2020-01-01T00:00:00Z"))).status_code == 201
    assert (await http.get(f"entities/{ID}")).status_code == 404


async def test_4_22_attributes_instances_and_sub_attributes_expire_alone(http: httpx.AsyncClient) -> None:
    """What has no date, or a later one, stays."""
    until = soon()
    filling = [
        {"type": "Property", "value": 1, "expiresAt": until},
        {"type": "Property", "value": 2, "datasetId": "urn:ngsi-ld:Dataset:b", "expiresAt": FAR},
    ]
    mass = {"type": "Property", "value": 3, "by": {"type": "Property", "value": "x", "expiresAt": until}}
    noise = {"type": "Property", "value": {"expiresAt": "2020-01-01T00:00:00Z"}, "expiresAt": until}
    await http.post("entities", json=bin_with(filling=filling, mass=mass, noise=noise))
    await wait()
    assert (await http.get(f"entities/{ID}")).json() == bin_with(
        filling={"type": "Property", "value": 2, "datasetId": "urn:ngsi-ld:Dataset:b"},
        mass={"type": "Property", "value": 3},
    )


@pytest.mark.parametrize("method", ["merge", "update", "attribute"])
async def test_5_5_8_null_takes_the_date_away(http: httpx.AsyncClient, method: str) -> None:
    """NGSI-LD Null for expiresAt of an entity or an attribute lets it live on (5.5.8, 5.5.12)."""
    level = {"type": "Property", "value": 1, "expiresAt": soon()}
    entity = bin_with(level=level) if method == "attribute" else bin_with(expiresAt=soon())
    await http.post("entities", json=entity)
    if method == "attribute":
        answer = await http.patch(f"entities/{ID}/attrs/level", json={"expiresAt": NULL})
    else:
        path = f"entities/{ID}" + ("/attrs" if method == "update" else "")
        answer = await http.patch(path, json={"expiresAt": NULL})
    assert answer.status_code == 204, answer.text
    await wait()
    shown = (await http.get(f"entities/{ID}", params={"options": "sysAttrs"})).json()
    assert "expiresAt" not in str(shown)
    assert ("level" in shown) == (method == "attribute")


async def test_6_3_11_the_date_is_shown_with_the_system_attributes_alone(http: httpx.AsyncClient) -> None:
    """expiresAt of an entity and of an attribute comes with options=sysAttrs."""
    await http.post("entities", json=bin_with(expiresAt=FAR, a={"type": "Property", "value": 1, "expiresAt": FAR}))
    assert FAR not in (await http.get(f"entities/{ID}")).text
    shown = (await http.get(f"entities/{ID}", params={"options": "sysAttrs"})).json()
    assert shown["expiresAt"] == shown["a"]["expiresAt"] == FAR


async def test_4_22_a_broker_that_starts_again_knows_what_expires(tmp_path: Path) -> None:
    """The dates are those in the store, not only those that came by while it ran."""
    for status in (200, 404):
        broker = LocalBroker(tmp_path / "city.db")
        async with httpx.AsyncClient(transport=broker.transport(), base_url="http://broker/ngsi-ld/v1/") as http:
            if status == 200:
                await http.post("entities", json=bin_with(expiresAt=soon()))
            else:
                await wait()
            assert (await http.get(f"entities/{ID}")).status_code == status
        broker.close()
