"""Attributes of an entity: appended, updated, replaced, deleted, instance by instance."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

ID = "urn:ngsi-ld:Vehicle:1"
ATTRS = f"entities/{ID}/attrs"
GPS = {"type": "Property", "value": 54, "datasetId": "urn:ngsi-ld:Dataset:gps"}
METER = {"type": "Property", "value": 55, "source": {"type": "Property", "value": "speedometer"}}


@pytest.fixture
async def stored(http: httpx.AsyncClient) -> httpx.AsyncClient:
    """Return a client of a broker that holds a vehicle whose speed has two instances."""
    entity = {"id": ID, "type": "Vehicle", "speed": [METER, GPS], "brand": "X"}
    assert (await http.post("entities", json=entity)).status_code == 201
    return http


async def shown(http: httpx.AsyncClient) -> dict[str, Any]:
    """Return the stored vehicle."""
    return (await http.get(f"entities/{ID}")).json()


async def test_update_replaces_the_whole_instance(stored: httpx.AsyncClient) -> None:
    """An updated instance loses the sub-attributes that are not repeated; others stay, unknown attributes are added."""
    assert (await stored.patch(ATTRS, json={"speed": {"value": 60}, "wheels": 4})).status_code == 204
    entity = await shown(stored)
    assert entity["speed"] == [{"type": "Property", "value": 60}, GPS]
    assert entity["wheels"]["value"] == 4


async def test_append_can_spare_what_is_there(stored: httpx.AsyncClient) -> None:
    """With noOverwrite, new attributes are added and known ones reported; without, they are overwritten."""
    answer = await stored.post(f"{ATTRS}?options=noOverwrite", json={"brand": "Y", "wheels": 4})
    assert answer.status_code == 207
    assert answer.json()["updated"] == ["https://uri.etsi.org/ngsi-ld/default-context/wheels"]
    assert answer.json()["notUpdated"][0]["attributeName"].endswith("/brand")
    assert (await shown(stored))["brand"]["value"] == "X"
    assert (await stored.post(ATTRS, json={"brand": "Y"})).status_code == 204
    assert (await shown(stored))["brand"]["value"] == "Y"


async def test_partial_update_keeps_the_rest_of_the_instance(stored: httpx.AsyncClient) -> None:
    """A partial update changes the members it names, of the instance it names."""
    assert (await stored.patch(f"{ATTRS}/speed", json={"value": 50, "unitCode": "KMH"})).status_code == 204
    fragment = {"value": 51, "datasetId": GPS["datasetId"]}
    assert (await stored.patch(f"{ATTRS}/speed", json=fragment)).status_code == 204
    entity = await shown(stored)
    assert entity["speed"] == [{**METER, "value": 50, "unitCode": "KMH"}, {**GPS, "value": 51}]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("speed", {"value": 1, "datasetId": "urn:d:other"}, 404),
        ("colour", {"value": 1}, 404),
        ("speed", {"type": "Relationship", "object": "urn:a:b"}, 400),
        ("speed", {}, 400),
        ("speed", {"observedAt": "yesterday"}, 400),
        ("1speed", {"value": 1}, 400),
    ],
)
async def test_wrong_partial_updates_are_refused(
    stored: httpx.AsyncClient, path: str, body: dict[str, Any], status: int
) -> None:
    """An instance that is not there is 404; another type, or nothing to write, is 400."""
    before = await shown(stored)
    assert (await stored.patch(f"{ATTRS}/{path}", json=body)).status_code == status
    assert await shown(stored) == before


async def test_replace_takes_any_type(stored: httpx.AsyncClient) -> None:
    """A replaced attribute may change its type; one that is not there cannot be replaced."""
    assert (await stored.put(f"{ATTRS}/brand", json={"object": "urn:a:b"})).status_code == 204
    assert (await shown(stored))["brand"] == {"type": "Relationship", "object": "urn:a:b"}
    assert (await stored.put(f"{ATTRS}/colour", json={"value": 1})).status_code == 404


async def test_delete_takes_one_instance_or_all(stored: httpx.AsyncClient) -> None:
    """Without a datasetId the default instance goes, with one that, with deleteAll every one."""
    assert (await stored.delete(f"{ATTRS}/speed")).status_code == 204
    assert (await shown(stored))["speed"] == GPS
    assert (await stored.delete(f"{ATTRS}/speed")).status_code == 404
    await stored.post(ATTRS, json={"speed": METER})
    assert (await stored.delete(f"{ATTRS}/speed?datasetId={GPS['datasetId']}")).status_code == 204
    assert (await shown(stored))["speed"] == METER
    assert (await stored.delete(f"{ATTRS}/speed?deleteAll=true")).status_code == 204
    assert "speed" not in await shown(stored)


async def test_null_deletes_and_types_are_added(stored: httpx.AsyncClient) -> None:
    """An update with Null deletes the attribute; a type that is named is added to those there."""
    fragment = {"brand": "urn:ngsi-ld:null", "type": ["Vehicle", "Car"]}
    assert (await stored.patch(ATTRS, json=fragment)).status_code == 204
    entity = await shown(stored)
    assert "brand" not in entity
    assert entity["type"] == ["Vehicle", "Car"]
    assert [one["id"] for one in (await stored.get("entities?type=(Vehicle;Car)")).json()] == [ID]


async def test_simplified_merge_keeps_types(stored: httpx.AsyncClient) -> None:
    """Merged in simplified form, attributes keep the types they have; lang says which language a text is in."""
    street = {"type": "LanguageProperty", "languageMap": {"nl": "Veldstraat"}}
    await stored.post(ATTRS, json={"street": street, "parkedIn": {"object": "urn:a:b"}})
    fragment = {"parkedIn": "urn:a:c", "street": "Rue aux Vaches"}
    assert (await stored.patch(f"entities/{ID}?format=simplified&lang=fr", json=fragment)).status_code == 204
    entity = await shown(stored)
    assert entity["parkedIn"] == {"type": "Relationship", "object": "urn:a:c"}
    assert entity["street"]["languageMap"] == {"nl": "Veldstraat", "fr": "Rue aux Vaches"}


@pytest.mark.parametrize("value", [5, "no URI", {"a": 1}, [1]])
async def test_6_5_3_4_a_simplified_merge_does_not_change_a_type(stored: httpx.AsyncClient, value: Any) -> None:
    """A link stays a link: what is not a URI is refused, in place of making a Property of it."""
    await stored.post(ATTRS, json={"parkedIn": {"object": "urn:a:b"}})
    before = await shown(stored)
    answer = await stored.patch(f"entities/{ID}?format=simplified", json={"parkedIn": value})
    assert (answer.status_code, answer.json()["type"]) == (400, "https://uri.etsi.org/ngsi-ld/errors/BadRequestData")
    assert await shown(stored) == before
    links = ["urn:a:c", "urn:a:d"]
    assert (await stored.patch(f"entities/{ID}?format=simplified", json={"parkedIn": links})).status_code == 204
    assert (await shown(stored))["parkedIn"] == {"type": "Relationship", "object": links}


async def test_body_about_another_entity_is_refused(stored: httpx.AsyncClient) -> None:
    """A fragment whose id is not that of the address is refused."""
    assert (await stored.patch(ATTRS, json={"id": "urn:a:b", "brand": "Y"})).status_code == 400
