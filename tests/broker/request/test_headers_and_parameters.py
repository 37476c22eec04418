"""What all requests have in common: media types, Link, Prefer, parameters (6.3)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from citycontext.broker import LocalBroker

ID = "urn:ngsi-ld:Lamp:1"
CORE = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.8.jsonld"
LINK = f'<{CORE}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"'
RICH: dict[str, Any] = {
    "id": ID,
    "type": ["Lamp", "Device"],
    "scope": "/Gent",
    "expiresAt": "2999-01-01T00:00:00Z",
    "power": [
        {"type": "Property", "value": 1, "unitCode": "WTT", "observedAt": "2024-01-01T00:00:00Z"},
        {"type": "Property", "value": 2, "datasetId": "urn:a:b"},
    ],
    "name": {"type": "LanguageProperty", "languageMap": {"nl": "Lamp"}},
    "kind": {"type": "VocabProperty", "vocab": "led"},
    "raw": {"type": "JsonProperty", "json": {"a": 1}},
    "list": {"type": "ListProperty", "valueList": [1, 2]},
    "poles": {"type": "ListRelationship", "objectList": [{"object": "urn:a:1"}, {"object": "urn:a:2"}]},
    "owner": {"type": "Relationship", "object": "urn:a:c", "objectType": "City"},
}


@pytest.mark.parametrize("operation", ["create", "upsert", "update", "merge"])
async def test_6_3_5_a_batch_in_json_ld_has_no_link(http: httpx.AsyncClient, operation: str) -> None:
    """A Link beside JSON-LD is refused for the batch as a whole, and nothing of it is done."""
    headers = {"Content-Type": "application/ld+json", "Link": LINK}
    body = [{"id": ID, "type": "Lamp", "@context": CORE}]
    answer = await http.post(f"entityOperations/{operation}", json=body, headers=headers)
    assert answer.status_code == 400
    assert (await http.get(f"entities/{ID}")).status_code == 404


@pytest.mark.parametrize("link", ["nonsense", "<http://a.example/x", "http://a.example/x; rel=y", "<a>, oops"])
async def test_6_3_5_a_link_that_cannot_be_read_is_an_error(http: httpx.AsyncClient, link: str) -> None:
    """A malformed Link is refused, also where the answer would be empty; links to other things are not looked at."""
    assert (await http.get("entities", params={"type": "Lamp"}, headers={"Link": link})).status_code == 400
    other = {"Link": '<https://a.example/x>; rel="next", <b>; rel=prev'}
    assert (await http.get("entities", params={"type": "Lamp"}, headers=other)).status_code == 200


@pytest.mark.parametrize(
    ("path", "parameters"),
    [
        ("entities/urn:a:gone", {"format": "bogus"}),
        ("entities/urn:a:gone", {"options": "bogus"}),
        ("entities/urn:a:gone", {"join": "bogus"}),
        ("entities/urn:a:gone", {"format": "temporalValues"}),
        ("temporal/entities/urn:a:gone", {"format": "bogus"}),
        ("temporal/entities/urn:a:gone", {"timerel": "bogus"}),
    ],
)
async def test_6_3_20_parameters_are_checked_before_existence(
    http: httpx.AsyncClient, path: str, parameters: dict[str, str]
) -> None:
    """A value that is not known is 400, whether or not the entity is there."""
    assert (await http.get(path, params=parameters)).status_code == 400
    assert (await http.get(path)).status_code == 404


async def test_6_3_20_a_parameter_with_one_value_is_said_once(http: httpx.AsyncClient) -> None:
    """A repeated q, limit or format is refused; a list may come in parts."""
    for query in ("type=Lamp&q=a==1&q=b==2", "type=Lamp&limit=1&limit=2", "type=Lamp&format=concise&format=concise"):
        assert (await http.get(f"entities?{query}")).status_code == 400, query
    await http.post("entities", json={"id": ID, "type": "Lamp"})
    assert len((await http.get("entities?type=Lamp&type=Pole&options=sysAttrs&options=concise")).json()) == 1


@pytest.mark.parametrize(
    ("asked", "applied"), [("1.5", "1.5"), ("1.9", "1.9"), ("1.12", "1.9"), ("2.0", "1.9"), ("1.6.1", "1.6")]
)
async def test_6_3_6_the_version_preferred_is_answered(http: httpx.AsyncClient, asked: str, applied: str) -> None:
    """Preference-Applied names the version that the answer conforms to, whatever is returned."""
    await http.post("entities", json=RICH)
    headers = {"Prefer": f"ngsi-ld={asked}"}
    for path in (f"entities/{ID}", "entities?type=Lamp", "types", "subscriptions"):
        answer = await http.get(path, headers=headers)
        assert answer.headers["Preference-Applied"] == f"ngsi-ld={applied}", path
    assert "Preference-Applied" not in (await http.get("types")).headers


@pytest.mark.parametrize(("version", "status"), [("1.9", 200), ("1.8", 203), ("1.7", 203), ("1.3", 203), ("1.2", 203)])
async def test_4_3_6_8_an_older_version_gets_what_it_knows(http: httpx.AsyncClient, version: str, status: int) -> None:
    """What came with a later version is left out or becomes a Property or Relationship, and the status is 203."""
    await http.post("entities", json=RICH)
    asked = {"options": "sysAttrs"}
    headers = {"Prefer": f"ngsi-ld={version}"}
    answer = await http.get(f"entities/{ID}", params=asked, headers=headers)
    assert answer.status_code == status
    (listed,) = (await http.get("entities", params={**asked, "type": "Lamp"}, headers=headers)).json()
    shown, minor = answer.json(), int(version[2:])
    assert listed == shown
    assert ("expiresAt" in shown) == (minor >= 9)
    assert ("scope" in shown) == (minor >= 4)
    assert shown["raw"]["type"] == ("JsonProperty" if minor >= 8 else "Property")
    assert shown["kind"].get("vocab" if minor >= 8 else "value") == "led"
    assert shown["list"].get("valueList" if minor >= 8 else "value") == [1, 2]
    assert shown["poles"]["type"] == ("ListRelationship" if minor >= 8 else "Relationship")
    assert ("objectType" in shown["owner"]) == (minor >= 8)
    assert shown["name"]["type"] == ("LanguageProperty" if minor >= 4 else "Property")
    assert isinstance(shown["power"], list) == (minor >= 3)
    assert shown["type"] == (["Lamp", "Device"] if minor >= 3 else "Lamp")
    assert ("unitCode" in str(shown)) == (minor >= 3)


async def test_6_3_4_411_and_415_have_no_body(broker: LocalBroker) -> None:
    """A body of an unknown length or type is refused by the status alone; a 406 lists the types that can be had."""

    async def parts() -> Any:
        yield b"{}"

    async with httpx.AsyncClient(transport=broker.transport(), base_url="http://broker/ngsi-ld/v1/") as http:
        json_type = {"Content-Type": "application/json"}
        for status, answer in (
            (411, await http.post("entities", content=parts(), headers=json_type)),
            (415, await http.post("entities", content=b"<x/>", headers={"Content-Type": "application/xml"})),
        ):
            assert (answer.status_code, answer.content) == (status, b"")
            assert "content-type" not in answer.headers
        refused = await http.get("types", headers={"Accept": "text/html"})
        assert refused.status_code == 406
        assert "application/ld+json" in refused.json()["detail"]


@pytest.mark.parametrize(("q", "found"), [('name=="50%"', True), ("name==%2250%25%22", True), ('name=="50%25"', False)])
async def test_4_9_q_in_a_body_is_taken_as_it_is(http: httpx.AsyncClient, q: str, found: bool) -> None:
    """A percent sign in a body's q is one; only a q that does not parse is decoded."""
    await http.post("entities", json={"id": ID, "type": "Lamp", "name": {"type": "Property", "value": "50%"}})
    body = {"type": "Query", "entities": [{"type": "Lamp"}], "q": q}
    answer = await http.post("entityOperations/query", json=body)
    assert answer.status_code == 200, answer.text
    assert bool(answer.json()) == found
    subscription = {
        "type": "Subscription",
        "entities": [{"type": "Lamp"}],
        "q": q,
        "notification": {"endpoint": {"uri": "http://receiver.example/"}},
    }
    assert (await http.post("subscriptions", json=subscription)).status_code == 201


async def test_6_3_10_content_range_is_in_date_time(http: httpx.AsyncClient) -> None:
    """A part of an evolution says what it covers in the unit date-time, as other brokers do."""
    broker = LocalBroker(temporal_page=2)
    async with httpx.AsyncClient(transport=broker.transport(), base_url="http://broker/ngsi-ld/v1/") as small:
        power = [{"type": "Property", "value": n, "observedAt": f"2024-01-01T00:00:0{n}Z"} for n in range(5)]
        await small.post("temporal/entities", json={"id": ID, "type": "Lamp", "power": power})
        answer = await small.get(f"temporal/entities/{ID}")
        assert answer.status_code == 206
        assert answer.headers["Content-Range"].startswith("date-time 2024-01-01T00:00:00Z-2024-01-01T00:00:01Z/")
    broker.close()
