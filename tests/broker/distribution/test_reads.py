"""Reading over sources: whom to ask for what, and one answer out of all (5.7.1, 5.7.2, 6.3.17)."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from citycontext.broker import LocalBroker

ID = "urn:ngsi-ld:Vehicle:1"


def vehicle(id: str = ID, **attributes: Any) -> dict[str, Any]:
    """Return an entity in concise form."""
    return {"id": id, "type": "Vehicle", **{name: {"value": value} for name, value in attributes.items()}}


async def test_4_3_6_2_an_entity_of_an_inclusive_source_is_found(region: Any) -> None:
    """What only a source has is retrieved and queried as if it were here, and not with local=true."""
    async with region(gent=LocalBroker()) as area:
        await area.register("gent")
        assert (await area.clients["gent"].post("/entities", json=vehicle(speed=56))).status_code == 201
        found = await area.http.get(f"/entities/{ID}")
        listed = await area.http.get("/entities", params={"type": "Vehicle", "count": "true"})
        assert found.status_code == 200
        assert found.json()["speed"]["value"] == 56
        assert [one["id"] for one in listed.json()] == [ID]
        assert listed.headers["NGSILD-Results-Count"] == "1"
        assert "NGSILD-Warning" not in found.headers
        assert (await area.http.get(f"/entities/{ID}", params={"local": "true"})).status_code == 404
        assert (await area.http.get("/entities", params={"type": "Vehicle", "local": "true"})).json() == []


async def test_4_5_5_2_versions_of_an_entity_are_merged(region: Any) -> None:
    """Of one entity here and there all attributes are shown; of one attribute the newest observation."""
    async with region(gent=LocalBroker()) as area:
        await area.register("gent")
        here = vehicle(brandName="Mercedes") | {"speed": {"value": 10, "observedAt": "2024-01-01T00:00:00Z"}}
        there = vehicle(isParked=True) | {"speed": {"value": 20, "observedAt": "2024-01-02T00:00:00Z"}}
        await area.http.post("/entities", json=here, params={"local": "true"})
        await area.clients["gent"].post("/entities", json=there)
        found = (await area.http.get("/entities", params={"type": "Vehicle", "format": "simplified"})).json()
        assert found == [{"id": ID, "type": "Vehicle", "brandName": "Mercedes", "speed": 20, "isParked": True}]


async def test_4_3_6_3_an_auxiliary_source_only_fills_gaps(region: Any) -> None:
    """An attribute of an auxiliary source is shown only where nobody else has it."""
    async with region(gent=LocalBroker()) as area:
        await area.register("gent", mode="auxiliary", operations=["retrieveOps"])
        await area.http.post("/entities", json=vehicle(speed=10), params={"local": "true"})
        await area.clients["gent"].post("/entities", json=vehicle(speed=20, brandName="Volvo"))
        found = (await area.http.get(f"/entities/{ID}", params={"format": "simplified"})).json()
        assert found == {"id": ID, "type": "Vehicle", "speed": 10, "brandName": "Volvo"}


async def test_4_3_6_1_only_what_is_registered_is_asked_and_taken(region: Any) -> None:
    """The query names the registered id and attribute, and what the source sends beyond them is left out."""

    def answer(request: httpx.Request) -> httpx.Response:
        body = {**vehicle(speed=56, secret=1), "speed": {"type": "Property", "value": 56}}
        return httpx.Response(200, json=[body])

    async with region(gent=answer) as area:
        information = [{"entities": [{"type": "Vehicle", "id": ID}], "propertyNames": ["speed"]}]
        await area.register("gent", mode="exclusive", operations=["redirectionOps"], information=information)
        found = await area.http.get("/entities", params={"type": "Vehicle", "format": "simplified"})
        assert found.json() == [{"id": ID, "type": "Vehicle", "speed": 56}]
        assert area.asked() == [f"GET /entities?type=Vehicle&id={ID}&attrs=speed"]


async def test_5_7_2_all_pages_of_a_source_are_read(region: Any) -> None:
    """A source that answers in pages is read to the end, and the answer has pages of its own."""
    async with region(gent=LocalBroker()) as area:
        await area.register("gent")
        many = [vehicle(f"urn:ngsi-ld:Vehicle:{number:03}", speed=number) for number in range(70)]
        assert (await area.clients["gent"].post("/entityOperations/create", json=many)).status_code == 201
        page = await area.http.get("/entities", params={"type": "Vehicle", "limit": "30", "count": "true"})
        assert page.headers["NGSILD-Results-Count"] == "70"
        assert len(page.json()) == 30
        assert 'rel="next"' in page.headers["Link"]


@pytest.mark.parametrize("split", ["false", "true"])
async def test_4_3_6_7_filters_of_split_entities_are_applied_after_merging(region: Any, split: str) -> None:
    """With splitEntities a filter sees the merged entity; without it each source applies it to its own part."""
    async with region(gent=LocalBroker()) as area:
        await area.register("gent")
        await area.http.post("/entities", json=vehicle(brandName="Volvo"), params={"local": "true"})
        await area.clients["gent"].post("/entities", json=vehicle(speed=56))
        found = await area.http.get(
            "/entities",
            params={"type": "Vehicle", "q": 'speed==56;brandName=="Volvo"', "splitEntities": split},
        )
        assert len(found.json()) == (1 if split == "true" else 0)


async def test_5_12_csf_chooses_the_sources(region: Any) -> None:
    """A source whose registration does not meet csf is not asked, by address or by body, nor told to purge."""
    async with region(gent=LocalBroker(), kortrijk=LocalBroker()) as area:
        for name in ("gent", "kortrijk"):
            await area.register(name, registrationName=name, operations=["redirectionOps", "queryBatch"])
            await area.clients[name].post("/entities", json=vehicle(f"urn:ngsi-ld:Vehicle:{name}", speed=1))
        csf = 'registrationName=="gent"'
        found = await area.http.get("/entities", params={"type": "Vehicle", "csf": csf})
        assert [one["id"] for one in found.json()] == ["urn:ngsi-ld:Vehicle:gent"]
        body = {"type": "Query", "entities": [{"type": "Vehicle"}], "csf": csf}
        found = await area.http.post("/entityOperations/query", json=body)
        assert [one["id"] for one in found.json()] == ["urn:ngsi-ld:Vehicle:gent"]
        assert (await area.http.delete("/entities", params={"type": "Vehicle", "csf": csf})).status_code == 204
        assert {one.url.host for one in area.sent} == {"gent"}


async def test_5_2_9_a_registration_that_is_made_again_begins_to_count_again(region: Any) -> None:
    """What was counted of a registration goes with it."""
    async with region(gent=LocalBroker()) as area:
        body = {"id": "urn:ngsi-ld:ContextSourceRegistration:again"}
        made = await area.register("gent", **body)
        await area.http.get("/entities", params={"type": "Vehicle"})
        assert (await area.http.get(f"/csourceRegistrations/{made}")).json()["timesSent"] == 1
        await area.http.delete(f"/csourceRegistrations/{made}")
        await area.register("gent", **body)
        assert "timesSent" not in (await area.http.get(f"/csourceRegistrations/{made}")).json()


async def test_5_7_2_a_posted_query_is_posted(region: Any) -> None:
    """A query in a body goes to a source in a body, or as parameters to one that knows no other way."""
    for operations, expected in (
        (["queryBatch"], "POST /entityOperations/query"),
        (["queryEntity"], "GET /entities?type=Vehicle"),
    ):
        async with region(gent=LocalBroker()) as area:
            await area.register("gent", operations=operations)
            await area.clients["gent"].post("/entities", json=vehicle(speed=56))
            body = {"type": "Query", "entities": [{"type": "Vehicle"}]}
            found = await area.http.post("/entityOperations/query", json=body)
            assert [one["id"] for one in found.json()] == [ID]
            assert area.asked() == [expected]


async def test_5_7_1_an_operation_that_a_source_lacks_is_put_otherwise(region: Any) -> None:
    """A source that only answers queries is asked for one entity by a query."""
    for operations in (["queryEntity"], ["queryBatch"], ["retrieveEntity"]):
        async with region(gent=LocalBroker()) as area:
            await area.register("gent", operations=operations)
            await area.clients["gent"].post("/entities", json=vehicle(speed=56))
            assert (await area.http.get(f"/entities/{ID}")).json()["speed"]["value"] == 56
            assert (await area.http.get("/entities/urn:ngsi-ld:Vehicle:2")).status_code == 404


async def _hang(request: httpx.Request) -> httpx.Response:
    await asyncio.sleep(60)
    raise AssertionError


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (_hang, "199"),
        (lambda _: httpx.Response(500), "299"),
        (lambda _: httpx.Response(200, content=b"<html>"), "111"),
        (lambda _: httpx.Response(200, json=[{"id": "urn:ngsi-ld:Car:9", "type": "Car"}]), "111"),
        (lambda _: httpx.Response(200, json=[7]), "111"),
        (lambda _: httpx.Response(200, content=b"[" + b" " * 70_000_000 + b"]"), "199"),
    ],
    ids=["silent", "error", "html", "another entity", "garbage", "huge"],
)
async def test_6_3_17_a_source_that_fails_costs_a_warning(region: Any, answer: Any, code: str) -> None:
    """Whatever a source does, the entities of the broker are answered, with a warning that names the registration."""
    async with region(gent=answer) as area:
        name = await area.register("gent", management={"timeout": 300})
        await area.http.post("/entities", json=vehicle(brandName="Volvo"), params={"local": "true"})
        found = await area.http.get("/entities", params={"type": "Vehicle", "format": "simplified"})
        assert found.status_code == 200
        assert found.json() == [{"id": ID, "type": "Vehicle", "brandName": "Volvo"}]
        assert found.headers["NGSILD-Warning"].startswith(f"{code} {name}")
        missing = await area.http.get("/entities/urn:ngsi-ld:Vehicle:none")
        assert missing.status_code == 404
        assert "NGSILD-Warning" in missing.headers


async def test_6_3_18_a_loop_ends_at_the_second_visit() -> None:
    """Two brokers that are each other's source answer once each, and say so."""
    transports: dict[str, httpx.AsyncBaseTransport] = {}
    one, other = (LocalBroker(sources=transports, alias=name) for name in ("one", "other"))
    transports |= {"http://one": one.transport(), "http://other": other.transport()}
    try:
        for broker, target in ((one, "other"), (other, "one")):
            async with httpx.AsyncClient(transport=broker.transport(), base_url="http://x/ngsi-ld/v1") as http:
                registration = {
                    "id": "urn:ngsi-ld:ContextSourceRegistration:1",
                    "type": "ContextSourceRegistration",
                    "information": [{"entities": [{"type": "Vehicle"}]}],
                    "endpoint": f"http://{target}",
                }
                assert (await http.post("/csourceRegistrations", json=registration)).status_code == 201
                await http.post("/entities", json=vehicle(**{target: 1}), params={"local": "true"})
        async with httpx.AsyncClient(transport=one.transport(), base_url="http://x/ngsi-ld/v1") as http:
            found = (await http.get(f"/entities/{ID}", params={"format": "simplified"})).json()
            assert found == {"id": ID, "type": "Vehicle", "other": 1, "one": 1}
            identity = (await http.get("/info/sourceIdentity")).json()
            assert identity["contextSourceAlias"] == "one"
    finally:
        for broker in (one, other):
            await broker.state.stop()
            broker.close()


async def test_6_3_19_what_a_registration_says_goes_along(region: Any) -> None:
    """Headers of contextSourceInfo, the registered tenant and Via are sent; the caller's tenant is not."""
    async with region(gent=lambda _: httpx.Response(404, json={})) as area:
        await area.register(
            "gent",
            tenant="mobility",
            contextSourceInfo=[
                {"key": "X-Api-Key", "value": "s3cret"},
                {"key": "Accept-Language", "value": "urn:ngsi-ld:request"},
                {"key": "NGSILD-Tenant", "value": "other"},
                {"key": "Via", "value": "1.1 nobody"},
            ],
        )
        await area.http.get(f"/entities/{ID}", headers={"Accept-Language": "nl", "Via": "1.1 before"})
        (sent,) = area.sent
        assert sent.headers["x-api-key"] == "s3cret"
        assert sent.headers["accept-language"] == "nl"
        assert sent.headers["ngsild-tenant"] == "mobility"
        assert sent.headers["via"] == "1.1 before, 1.1 region"


async def test_5_2_34_a_source_that_failed_is_left_alone_for_its_cooldown(region: Any) -> None:
    """During the cooldown a source is not asked, and counts as one that did not answer."""

    def fail(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    async with region(gent=fail) as area:
        await area.register("gent", management={"cooldown": 60000})
        for _ in range(2):
            found = await area.http.get(f"/entities/{ID}")
            assert found.headers["NGSILD-Warning"].startswith("199 ")
        assert len(area.sent) == 1
        shown = (await area.http.get("/csourceRegistrations", params={"type": "Vehicle"})).json()[0]
        assert (shown["status"], shown["timesSent"], shown["timesFailed"]) == ("failed", 1, 1)


async def test_forwarding_is_off_by_default() -> None:
    """A registration of a host that nobody allowed is answered as a source that cannot be reached."""
    broker = LocalBroker()
    try:
        async with httpx.AsyncClient(transport=broker.transport(), base_url="http://x/ngsi-ld/v1") as http:
            registration = {
                "id": "urn:ngsi-ld:ContextSourceRegistration:1",
                "type": "ContextSourceRegistration",
                "information": [{"entities": [{"type": "Vehicle"}]}],
                "endpoint": "http://169.254.169.254/latest",
            }
            assert (await http.post("/csourceRegistrations", json=registration)).status_code == 201
            found = await http.get("/entities", params={"type": "Vehicle"})
            assert found.status_code == 200
            assert found.headers["NGSILD-Warning"].startswith("199 ")
    finally:
        await broker.state.stop()
        broker.close()


async def test_5_5_14_an_entity_map_is_over_sources(region: Any) -> None:
    """A map says who has each entity; its pages hold those of all sources, and are filled up after a deletion."""
    async with region(gent=LocalBroker(), kortrijk=LocalBroker()) as area:
        names = {name: await area.register(name) for name in ("gent", "kortrijk")}

        async def put(http: httpx.AsyncClient, number: int) -> None:
            entity = {"id": f"urn:ngsi-ld:Vehicle:{number}", "type": "Vehicle", "speed": number}
            assert (await http.post("/entities", params={"local": "true"}, json=entity)).status_code == 201

        await put(area.http, 1)
        await put(area.clients["gent"], 1)
        await put(area.clients["gent"], 2)
        await put(area.clients["kortrijk"], 3)
        await put(area.clients["kortrijk"], 4)
        query = {"type": "Vehicle", "limit": "2", "format": "simplified"}
        first = await area.http.get("/entities", params={**query, "entityMap": "true"})
        assert (first.status_code, [one["speed"] for one in first.json()]) == (201, [1, 2])
        header = {"NGSILD-EntityMap": first.headers["NGSILD-EntityMap"]}
        kept = (await area.http.get(f"/entityMaps/{header['NGSILD-EntityMap']}")).json()["entityMap"]
        assert kept == {
            "urn:ngsi-ld:Vehicle:1": ["@none", names["gent"]],
            "urn:ngsi-ld:Vehicle:2": [names["gent"]],
            "urn:ngsi-ld:Vehicle:3": [names["kortrijk"]],
            "urn:ngsi-ld:Vehicle:4": [names["kortrijk"]],
        }
        await put(area.clients["gent"], 5)
        second = await area.http.get("/entities", params={**query, "offset": "2"}, headers=header)
        assert (second.status_code, [one["speed"] for one in second.json()]) == (200, [3, 4])
        assert (await area.clients["gent"].delete("/entities/urn:ngsi-ld:Vehicle:2")).status_code == 204
        filled = await area.http.get("/entities", params=query, headers=header)
        assert [one["speed"] for one in filled.json()] == [1, 3]
        made = await area.http.get("/entityMaps", params={"type": "Vehicle"})
        assert made.status_code == 201
        assert made.json()["entityMap"]["urn:ngsi-ld:Vehicle:5"] == [names["gent"]]
