"""Members that a fragment, a registration or a subscription may not have, or has to have."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

ID = "urn:ngsi-ld:Vehicle:1"
AT = "2024-05-01T10:00:00Z"
STORED: dict[str, Any] = {
    "id": ID,
    "type": "Vehicle",
    "speed": {"type": "Property", "value": 10, "unitCode": "KMH"},
    "owner": {"type": "Relationship", "object": "urn:a:1"},
    "name": {"type": "LanguageProperty", "languageMap": {"nl": "a"}},
    "poles": {"type": "ListRelationship", "objectList": [{"object": "urn:a:1"}]},
}
REGISTRATION: dict[str, Any] = {
    "type": "ContextSourceRegistration",
    "endpoint": "http://127.0.0.1:9",
    "information": [{"entities": [{"type": "Vehicle"}]}],
}
SUBSCRIPTION: dict[str, Any] = {
    "type": "Subscription",
    "entities": [{"type": "Vehicle"}],
    "notification": {"endpoint": {"uri": "http://127.0.0.1:9"}},
}


@pytest.fixture
async def stored(http: httpx.AsyncClient) -> httpx.AsyncClient:
    """Return a client of a broker that holds a vehicle."""
    assert (await http.post("entities", json=STORED)).status_code == 201
    return http


async def shown(http: httpx.AsyncClient) -> dict[str, Any]:
    """Return the stored vehicle."""
    return (await http.get(f"entities/{ID}")).json()


@pytest.mark.parametrize(
    ("name", "fragment"),
    [
        ("speed", {"object": "urn:a:2"}),
        ("speed", {"json": {"a": 1}}),
        ("owner", {"value": 3}),
        ("owner", {"unitCode": "KMH"}),
        ("name", {"unitCode": "KMH"}),
        ("name", {"vocab": "x"}),
    ],
)
async def test_5_6_4_a_fragment_without_a_type_has_the_members_of_the_stored_type(
    stored: httpx.AsyncClient, name: str, fragment: dict[str, Any]
) -> None:
    """A partial update cannot store a member that the attribute's type does not have."""
    answer = await stored.patch(f"entities/{ID}/attrs/{name}", json=fragment)
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (400, "BadRequestData")
    assert await shown(stored) == STORED


async def test_5_5_4_the_null_of_a_language_property_needs_no_type(stored: httpx.AsyncClient) -> None:
    """A partial update with the NGSI-LD Null of a LanguageProperty deletes it, without its type too."""
    answer = await stored.patch(f"entities/{ID}/attrs/name", json={"languageMap": {"@none": "urn:ngsi-ld:null"}})
    assert answer.status_code == 204
    assert "name" not in await shown(stored)


@pytest.mark.parametrize("fragment", [{"observedAt": AT}, {"unitCode": "X"}, {"by": {"type": "Property", "value": 1}}])
async def test_5_6_8_and_5_6_19_whole_instances_have_a_value(
    stored: httpx.AsyncClient, fragment: dict[str, Any]
) -> None:
    """A replaced attribute and a batch upsert need a value; what tells of one is not stored as one."""
    assert (await stored.put(f"entities/{ID}/attrs/speed", json=fragment)).status_code == 400
    for path in ("upsert?options=update", "upsert", "create"):
        entity = {"id": ID if "upsert" in path else "urn:a:new", "type": "Vehicle", "speed": fragment}
        answer = await stored.post(f"entityOperations/{path}", json=[entity])
        assert answer.status_code == 207, path
        assert answer.json()["errors"][0]["error"]["type"].endswith("/BadRequestData"), path
    assert await shown(stored) == STORED


@pytest.mark.parametrize(("method", "path"), [("PATCH", f"entities/{ID}"), ("POST", f"entities/{ID}/attrs")])
async def test_4_5_22_2_bare_links_of_a_list_come_back_as_objects(
    stored: httpx.AsyncClient, method: str, path: str
) -> None:
    """URIs in the objectList of a fragment are stored as those of a new entity are."""
    answer = await stored.request(method, path, json={"poles": {"objectList": ["urn:a:8", {"object": "urn:a:9"}]}})
    assert answer.status_code == 204
    assert (await shown(stored))["poles"]["objectList"] == [{"object": "urn:a:8"}, {"object": "urn:a:9"}]


@pytest.mark.parametrize(
    "members",
    [
        {"scope": []},
        {"owner": {"type": "Relationship", "object": "urn:a:1", "objectType": 3}},
        {"owner": {"type": "Relationship", "object": "urn:a:1", "objectType": None}},
        {"speed": {"type": "Property", "value": 1, "valueType": 3}},
    ],
)
async def test_5_2_5_and_4_18_types_are_names_and_scopes_are_not_empty(
    stored: httpx.AsyncClient, members: dict[str, Any]
) -> None:
    """An empty scope, and a type of a value or of linked entities that is not a name, is refused by every write."""
    whole = {"id": "urn:a:new", "type": "Vehicle", **members}
    assert (await stored.post("entities", json=whole)).status_code == 400
    assert (await stored.put(f"entities/{ID}", json={**whole, "id": ID})).status_code == 400
    for method, path in (("PATCH", ""), ("PATCH", "/attrs"), ("POST", "/attrs")):
        assert (await stored.request(method, f"entities/{ID}{path}", json=members)).status_code == 400, path
    for path in ("create", "upsert", "update", "merge"):
        assert (await stored.post(f"entityOperations/{path}", json=[{**whole, "id": ID}])).status_code == 207, path
    assert await shown(stored) == STORED


@pytest.mark.parametrize(
    "members",
    [
        {"operations": ["foo"]},
        {"operations": []},
        {"operations": ["retrieveOps", "queryEntities"]},
        {"scope": "a b"},
        {"scope": []},
        {"refreshRate": "soon"},
        {"contextSourceInfo": [{"key": "accept", "value": "application/geo+json"}]},
    ],
)
async def test_5_9_2_a_registration_names_operations_scopes_and_durations_that_there_are(
    http: httpx.AsyncClient, members: dict[str, Any]
) -> None:
    """What 4.20, 4.18, 5.2.9 or 4.3.6.6 does not know is refused when a source is registered, and in an update."""
    assert (await http.post("csourceRegistrations", json={**REGISTRATION, **members})).status_code == 400
    assert (await http.post("csourceRegistrations", json={**REGISTRATION, "id": "urn:a:r"})).status_code == 201
    assert (await http.patch("csourceRegistrations/urn:a:r", json=members)).status_code == 400


@pytest.mark.parametrize(
    ("path", "resource"),
    [("csourceRegistrations", REGISTRATION), ("subscriptions", SUBSCRIPTION), ("csourceSubscriptions", SUBSCRIPTION)],
)
async def test_5_2_9_and_5_2_12_a_resource_says_its_type(
    http: httpx.AsyncClient, path: str, resource: dict[str, Any]
) -> None:
    """A registration or subscription without its type is refused."""
    answer = await http.post(path, json={name: value for name, value in resource.items() if name != "type"})
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (400, "BadRequestData")


@pytest.mark.parametrize("path", ["subscriptions", "csourceSubscriptions"])
async def test_5_2_12_the_datasets_of_a_subscription_are_uris(http: httpx.AsyncClient, path: str) -> None:
    """A datasetId that is neither a URI nor @none is refused, new and in an update."""
    assert (await http.post(path, json={**SUBSCRIPTION, "datasetId": ["x y"]})).status_code == 400
    known = {**SUBSCRIPTION, "id": "urn:a:s", "datasetId": ["@none", "urn:a:d"]}
    assert (await http.post(path, json=known)).status_code == 201
    assert (await http.patch(f"{path}/urn:a:s", json={"datasetId": ["x y"]})).status_code == 400


@pytest.mark.parametrize("path", ["entities?type=*", "types"])
async def test_4_17_all_types_means_local(stored: httpx.AsyncClient, path: str) -> None:
    """type=* with an explicit local=false is an error, and alone it is local."""
    assert (await stored.get(path)).status_code == 200
    answer = await stored.get(f"{path}{'&' if '?' in path else '?'}local=false")
    assert answer.status_code == (400 if "*" in path else 200)


@pytest.mark.parametrize("body", [{}, {"weight": [{"type": "Property", "value": 1, "observedAt": AT}]}, {"speed": []}])
async def test_5_6_14_an_instance_is_replaced_by_one_of_its_attribute(
    http: httpx.AsyncClient, body: dict[str, Any]
) -> None:
    """A body without the attribute of the address is refused, as an empty append is; all stays as it is."""
    instance = {"type": "Property", "value": 10, "observedAt": AT}
    evolution = {"id": ID, "type": "Vehicle", "speed": [instance]}
    assert (await http.post("temporal/entities", json=evolution)).status_code == 201
    known = (await http.get(f"temporal/entities/{ID}")).json()
    address = f"temporal/entities/{ID}/attrs/speed/{known['speed'][0]['instanceId']}"
    answer = await http.patch(address, json=body)
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (400, "BadRequestData")
    assert (await http.post(f"temporal/entities/{ID}/attrs", json={})).status_code == 400
    assert (await http.get(f"temporal/entities/{ID}")).json() == known


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        (f"entities/{ID}/attrs", "update"),
        ("entityOperations/update", "replace"),
        ("entityOperations/upsert", "noOverwrite"),
        ("entityOperations/upsert", "keyValues"),
    ],
)
async def test_6_3_20_an_option_of_another_write_is_refused(stored: httpx.AsyncClient, path: str, wrong: str) -> None:
    """A write has its own options; one that means something elsewhere is an error, and changes nothing."""
    body = {"brand": "X"} if path.endswith("attrs") else [{**STORED, "brand": "X"}]
    answer = await stored.post(f"{path}?options={wrong}", json=body)
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (400, "InvalidRequest")
    assert await shown(stored) == STORED


@pytest.mark.parametrize(
    "path",
    [
        f"entities/{ID}?options=noOverwrite",
        "entities?type=Vehicle&options=update",
        "subscriptions?options=keyValues",
        "csourceSubscriptions?options=concise",
        "csourceRegistrations?type=Vehicle&options=keyValues",
    ],
)
async def test_6_3_20_an_option_of_a_write_is_not_one_of_a_read(stored: httpx.AsyncClient, path: str) -> None:
    """A read has options about what is shown, a list of resources sysAttrs alone."""
    answer = await stored.get(path)
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (400, "InvalidRequest")
