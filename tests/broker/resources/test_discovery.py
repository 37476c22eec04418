"""What types and attributes there are."""

from __future__ import annotations

import httpx
import pytest

DEFAULT = "https://uri.etsi.org/ngsi-ld/default-context/"


@pytest.fixture
async def stored(http: httpx.AsyncClient) -> httpx.AsyncClient:
    """Return a client of a broker that holds two lamps and a bench."""
    for number in (1, 2):
        await http.post("entities", json={"id": f"urn:ngsi-ld:Lamp:{number}", "type": "Lamp", "power": number})
    await http.post("entities", json={"id": "urn:ngsi-ld:Bench:1", "type": "Bench", "near": {"object": "urn:a:b"}})
    return http


async def test_types_are_listed_and_described(stored: httpx.AsyncClient) -> None:
    """The list has the types in use; with details their attributes; one type tells its entities and attributes."""
    assert (await stored.get("types")).json()["typeList"] == ["Bench", "Lamp"]
    detailed = (await stored.get("types?details=true")).json()
    assert detailed[1] == {
        "id": f"{DEFAULT}Lamp",
        "type": "EntityType",
        "typeName": "Lamp",
        "attributeNames": ["power"],
    }
    lamp = (await stored.get("types/Lamp")).json()
    assert lamp["entityCount"] == 2
    assert lamp["attributeDetails"][0]["attributeTypes"] == ["Property"]
    assert (await stored.get("types/Tree")).status_code == 404
    assert (await stored.get(f"types/{DEFAULT.replace('/', '%2F')}Lamp")).json() == lamp


async def test_attributes_are_listed_and_described(stored: httpx.AsyncClient) -> None:
    """The list has the attributes in use; one attribute tells how often it occurs, as what, and where."""
    assert (await stored.get("attributes")).json()["attributeList"] == ["near", "power"]
    detailed = (await stored.get("attributes?details=true")).json()
    assert [one["typeNames"] for one in detailed] == [["Bench"], ["Lamp"]]
    power = (await stored.get("attributes/power")).json()
    assert (power["attributeCount"], power["attributeTypes"], power["typeNames"]) == (2, ["Property"], ["Lamp"])
    assert (await stored.get("attributes/colour")).status_code == 404
    assert (await stored.get("attributes/1;2")).status_code == 400
