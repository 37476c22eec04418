"""What is known of NGSI-LD 2.0 (ETSI TS 104 175), in a broker of that profile; one of 1.9 has none of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from citycontext.broker import LocalBroker
from citycontext.errors import ConfigurationError

LAMP = "urn:ngsi-ld:Lamp:1"
POWER = [{"type": "Property", "value": 3}, {"type": "Property", "value": 4, "datasetId": "urn:a:b"}]


@pytest.fixture
async def http2() -> AsyncIterator[httpx.AsyncClient]:
    """Return a client of a broker of the profile 2.0."""
    broker = LocalBroker(profile="2.0")
    async with httpx.AsyncClient(transport=broker.transport(), base_url="http://broker/ngsi-ld/v1/") as client:
        name = {"type": "LanguageProperty", "languageMap": {"nl": "Lamp"}}
        await client.post("entities", json={"id": LAMP, "type": "Lamp", "power": POWER, "name": name})
        yield client
    broker.close()


async def test_ts_104_175_head_is_get_without_a_body(http2: httpx.AsyncClient) -> None:
    """HEAD answers the status and headers of GET, also where something is not there."""
    for path in (f"entities/{LAMP}", "entities?type=Lamp&count=true", "types", "entities/urn:a:none", "subscriptions"):
        get, head = await http2.get(path), await http2.head(path)
        assert (head.status_code, head.content) == (get.status_code, b"")
        assert head.headers == get.headers


async def test_ts_104_175_options_names_the_methods(http2: httpx.AsyncClient) -> None:
    """OPTIONS answers 204 and what can be done with a resource."""
    answer = await http2.options(f"entities/{LAMP}")
    assert answer.status_code == 204
    assert answer.headers["allow"] == "DELETE, GET, HEAD, OPTIONS, PATCH, PUT"
    assert (await http2.options("entityOperations/create")).headers["allow"] == "OPTIONS, POST"
    assert (await http2.options("nothing")).status_code == 404


async def test_ts_104_175_one_attribute_is_retrieved(http2: httpx.AsyncClient) -> None:
    """An attribute comes alone, with all instances or one, in each form; its value comes bare."""
    path = f"entities/{LAMP}/attrs/power"
    assert (await http2.get(path)).json() == POWER
    assert (await http2.get(path, params={"datasetId": "@none"})).json() == POWER[0]
    assert (await http2.get(path, params={"datasetId": "@none", "format": "concise"})).json() == 3
    assert (await http2.get(path, params={"datasetId": "@none", "format": "simplified"})).json() == 3
    assert (await http2.get(f"{path}/value", params={"datasetId": "urn:a:b"})).json() == 4
    assert (await http2.get(f"{path}/value")).json() == {"dataset": {"@none": 3, "urn:a:b": 4}}
    assert (await http2.get(f"entities/{LAMP}/attrs/name/value", params={"lang": "nl"})).json() == "Lamp"
    in_ld = await http2.get(path, params={"datasetId": "@none"}, headers={"Accept": "application/ld+json"})
    assert in_ld.json()["value"] == 3
    assert "@context" in in_ld.json()
    for missing in ("other", "power?datasetId=urn:a:other"):
        assert (await http2.get(f"entities/{LAMP}/attrs/{missing}")).status_code == 404
    assert (await http2.get("entities/urn:a:none/attrs/power/value")).status_code == 404


async def test_ts_104_175_attribute_names_in_registrations(http2: httpx.AsyncClient) -> None:
    """One list of names stands for two, and comes back as one; both at once are refused."""
    body: dict[str, Any] = {
        "id": "urn:ngsi-ld:ContextSourceRegistration:1", "type": "ContextSourceRegistration",
        "endpoint": "http://source.example", "information": [{"attributeNames": ["power", "owner"]}],
    }  # fmt: skip
    assert (await http2.post("csourceRegistrations", json=body)).status_code == 201
    (found,) = (await http2.get("csourceRegistrations", params={"attrs": "power"})).json()
    assert found["information"] == body["information"]
    both = [{"attributeNames": ["power"], "propertyNames": ["power"]}]
    for wrong in (both, [{"attributeNames": []}], [{"attributeNames": "power"}]):
        url = f"csourceRegistrations/{body['id']}"
        assert (await http2.patch(url, json={"information": wrong})).status_code == 400


async def test_ts_104_175_a_snapshot_is_accepted(http2: httpx.AsyncClient) -> None:
    """A snapshot that is asked for answers 202 with its address."""
    body = {"type": "Snapshot", "snapshotQueries": [{"type": "Query", "entities": [{"type": "Lamp"}]}]}
    answer = await http2.post("snapshots", json=body)
    assert answer.status_code == 202
    assert (await http2.get(f"http://broker{answer.headers['location']}")).status_code == 200


async def test_cim_009_has_none_of_it(http: httpx.AsyncClient) -> None:
    """A broker of 1.9 refuses what its version does not have."""
    await http.post("entities", json={"id": LAMP, "type": "Lamp", "power": POWER})
    assert (await http.head(f"entities/{LAMP}")).status_code == 405
    assert (await http.options(f"entities/{LAMP}")).status_code == 405
    assert (await http.get(f"entities/{LAMP}/attrs/power")).status_code == 405
    assert (await http.get(f"entities/{LAMP}/attrs/power/value")).status_code == 404
    with pytest.raises(ConfigurationError):
        LocalBroker(profile="3.0")
