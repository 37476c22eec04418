"""Writing over sources: who gets which part, and what the answer says of it (5.6, 6.3.17)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from citycontext.broker import LocalBroker

ID = "urn:ngsi-ld:Vehicle:1"
EXCLUSIVE = [{"entities": [{"type": "Vehicle", "id": ID}], "propertyNames": ["speed"]}]


def vehicle(id: str = ID, **attributes: Any) -> dict[str, Any]:
    """Return an entity in concise form."""
    return {"id": id, "type": "Vehicle", **{name: {"value": value} for name, value in attributes.items()}}


async def stored(http: httpx.AsyncClient, id: str = ID) -> dict[str, Any] | None:
    """Return what one broker itself has of an entity."""
    found = await http.get(f"/entities/{id}", params={"local": "true", "format": "simplified"})
    return dict(found.json()) if found.status_code == 200 else None


async def test_5_6_1_an_inclusive_source_and_the_broker_both_create(region: Any) -> None:
    """An entity is created at an inclusive source that can, and here."""
    async with region(gent=LocalBroker()) as area:
        await area.register("gent", operations=["redirectionOps"])
        answer = await area.http.post("/entities", json=vehicle(speed=1))
        assert (answer.status_code, answer.headers["Location"]) == (201, f"/ngsi-ld/v1/entities/{ID}")
        expected = {"id": ID, "type": "Vehicle", "speed": 1}
        assert await stored(area.http) == await stored(area.clients["gent"]) == expected


async def test_5_6_1_an_exclusive_source_gets_its_attribute_alone(region: Any) -> None:
    """The registered attribute goes to the exclusive source, all others stay here."""
    async with region(gent=LocalBroker()) as area:
        await area.register("gent", mode="exclusive", operations=["redirectionOps"], information=EXCLUSIVE)
        assert (await area.http.post("/entities", json=vehicle(speed=1, brandName="Volvo"))).status_code == 201
        assert await stored(area.http) == {"id": ID, "type": "Vehicle", "brandName": "Volvo"}
        assert await stored(area.clients["gent"]) == {"id": ID, "type": "Vehicle", "speed": 1}
        merged = (await area.http.get(f"/entities/{ID}", params={"format": "simplified"})).json()
        assert merged == {"id": ID, "type": "Vehicle", "brandName": "Volvo", "speed": 1}


async def test_5_6_1_a_redirect_source_gets_all(region: Any) -> None:
    """What redirect sources hold is created at all of them, and not here."""
    async with region(gent=LocalBroker(), kortrijk=LocalBroker()) as area:
        for name in ("gent", "kortrijk"):
            await area.register(name, mode="redirect", operations=["redirectionOps"])
        assert (await area.http.post("/entities", json=vehicle(speed=1))).status_code == 201
        assert await stored(area.http) is None
        assert await stored(area.clients["gent"]) == await stored(area.clients["kortrijk"]) != None  # noqa: E711


async def test_5_6_1_what_a_source_cannot_do_is_a_conflict(region: Any) -> None:
    """An exclusive source that does not support the operation is not asked: 409 alone, 207 beside a part that went."""
    async with region(gent=LocalBroker()) as area:
        name = await area.register("gent", mode="exclusive", operations=["retrieveOps"], information=EXCLUSIVE)
        alone = await area.http.post("/entities", json=vehicle(speed=1))
        assert alone.status_code == 409
        assert alone.json()["type"].endswith("/Conflict")
        beside = await area.http.post("/entities", json=vehicle(speed=1, brandName="Volvo"))
        assert beside.status_code == 207
        assert beside.json()["success"] == [ID]
        assert beside.json()["errors"][0]["registrationId"] == name
        assert area.asked() == []


async def test_5_6_1_an_entity_that_is_here_already_is_a_partial_success(region: Any) -> None:
    """Created at the source but known here: 207 with the refusal of the broker, status 409 in it."""
    async with region(gent=LocalBroker()) as area:
        await area.http.post("/entities", json=vehicle(speed=1))
        await area.register("gent", operations=["redirectionOps"])
        answer = await area.http.post("/entities", json=vehicle(speed=2))
        assert answer.status_code == 207
        assert [error["error"]["status"] for error in answer.json()["errors"]] == [409]


async def test_5_6_1_a_malformed_entity_goes_nowhere(region: Any) -> None:
    """What breaks the information model is refused before any source gets it."""
    async with region(gent=LocalBroker()) as area:
        await area.register("gent", operations=["redirectionOps"])
        answer = await area.http.post("/entities", json={"id": ID, "type": "Vehicle", "speed": {"type": "Property"}})
        assert answer.status_code == 400
        assert area.asked() == []


async def test_5_6_6_a_deletion_reaches_source_and_broker(region: Any) -> None:
    """An exclusive source deletes its part and the broker its own; who finds nothing anywhere is told so."""
    async with region(gent=LocalBroker()) as area:
        await area.register("gent", mode="exclusive", operations=["redirectionOps"], information=EXCLUSIVE)
        await area.http.post("/entities", json=vehicle(speed=1, brandName="Volvo"))
        assert (await area.http.delete(f"/entities/{ID}")).status_code == 204
        assert await stored(area.http) is None
        assert await stored(area.clients["gent"]) is None
        assert (await area.http.delete("/entities/urn:ngsi-ld:Vehicle:9")).status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        ("POST", "/attrs", {"speed": {"value": 2}}, 2),
        ("PATCH", "/attrs", {"speed": {"value": 2}}, 2),
        ("PATCH", "", {"speed": {"value": 2}}, 2),
        ("PATCH", "/attrs/speed", {"value": 2}, 2),
        ("PUT", "/attrs/speed", {"value": 2}, 2),
        ("DELETE", "/attrs/speed", None, None),
    ],
)
async def test_5_6_an_exclusive_attribute_is_written_at_its_source(
    region: Any, method: str, path: str, body: Any, expected: Any
) -> None:
    """Each way to write an attribute reaches the exclusive source, and leaves the broker as it was."""
    async with region(gent=LocalBroker()) as area:
        await area.register("gent", mode="exclusive", operations=["redirectionOps"], information=EXCLUSIVE)
        await area.http.post("/entities", json=vehicle(speed=1, brandName="Volvo"))
        answer = await area.http.request(method, f"/entities/{ID}{path}", json=body)
        assert answer.status_code == 204, answer.text
        there = await stored(area.clients["gent"])
        assert there is not None
        assert there.get("speed") == expected
        assert await stored(area.http) == {"id": ID, "type": "Vehicle", "brandName": "Volvo"}


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (lambda _: httpx.Response(404, json={"title": "no"}), 404),
        (lambda _: httpx.Response(500), 502),
        (lambda _: httpx.Response(403), 502),
        (None, 504),
    ],
)
async def test_6_3_17_a_failed_redirect_says_how_it_failed(region: Any, answer: Any, status: int) -> None:
    """All of it in one redirect source: 404 not found there, 504 no answer, 502 anything else."""

    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    async with region(gent=answer or refuse) as area:
        await area.register("gent", mode="redirect", operations=["redirectionOps"])
        body = {"speed": {"value": 2}}
        assert (await area.http.post(f"/entities/{ID}/attrs", json=body)).status_code == status


@pytest.mark.parametrize(("answer", "status"), [(404, 404), (500, 502), (None, 504)])
@pytest.mark.parametrize("mode", ["exclusive", "redirect"])
async def test_6_3_17_a_deletion_that_its_one_source_refuses_has_that_reason(
    region: Any, mode: str, answer: int | None, status: int
) -> None:
    """Where one source holds all there is, a deletion that fails there is not a partial success (5.6.6.4)."""

    def refuse(_: httpx.Request) -> httpx.Response:
        if answer is None:
            raise httpx.ConnectError("down")
        return httpx.Response(answer, json={"title": "no"})

    async with region(gent=refuse) as area:
        await area.register("gent", mode=mode, operations=["redirectionOps"], information=EXCLUSIVE)
        assert (await area.http.delete(f"/entities/{ID}")).status_code == status


async def test_6_3_18_a_write_that_comes_back_is_a_loop(region: Any) -> None:
    """A request that has been through this broker is not forwarded again: 508."""
    async with region(gent=LocalBroker()) as area:
        await area.register("gent", mode="redirect", operations=["redirectionOps"])
        answer = await area.http.delete(f"/entities/{ID}", headers={"Via": "1.1 region"})
        assert answer.status_code == 508
        assert area.asked() == []


async def test_5_6_2_a_partial_success_names_attributes(region: Any) -> None:
    """Of an append that one source refuses, the answer lists what was updated and what was not, and by whom."""
    async with region(gent=lambda _: httpx.Response(500)) as area:
        name = await area.register("gent", mode="exclusive", operations=["redirectionOps"], information=EXCLUSIVE)
        await area.http.post("/entities", json=vehicle(brandName="Volvo"))
        body = {"speed": {"value": 2}, "isParked": {"value": True}}
        answer = await area.http.post(f"/entities/{ID}/attrs", json=body)
        assert answer.status_code == 207
        assert answer.json()["updated"] == ["isParked"]
        (missed,) = answer.json()["notUpdated"]
        assert (missed["attributeName"], missed["registrationId"]) == ("speed", name)


async def test_5_6_21_a_purge_reaches_sources(region: Any) -> None:
    """A purge by type deletes here and at the source, there only what is registered."""
    async with region(gent=LocalBroker()) as area:
        await area.register("gent", mode="exclusive", operations=["redirectionOps"], information=EXCLUSIVE)
        await area.http.post("/entities", json=vehicle(speed=1, brandName="Volvo"))
        assert (await area.http.delete("/entities", params={"type": "Vehicle"})).status_code == 204
        assert await stored(area.http) is None
        assert await stored(area.clients["gent"]) == {"id": ID, "type": "Vehicle"}


async def test_5_6_21_a_purge_that_nobody_does_is_a_conflict(region: Any) -> None:
    """A source that cannot purge is a conflict where nothing is here, a part of the answer where something was."""
    async with region(gent=LocalBroker()) as area:
        name = await area.register("gent", mode="redirect", operations=["retrieveOps", "createEntity"])
        answer = await area.http.delete("/entities", params={"type": "Vehicle"})
        assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (409, "Conflict")
        here = {"id": "urn:ngsi-ld:Bus:1", "type": "Bus"}
        assert (await area.http.post("/entities", json=here)).status_code == 201
        answer = await area.http.delete("/entities", params={"type": "Vehicle,Bus"})
        assert (answer.status_code, answer.json()["success"]) == (207, ["urn:ngsi-ld:Bus:1"])
        assert [one["registrationId"] for one in answer.json()["errors"]] == [name]
        assert await stored(area.http, "urn:ngsi-ld:Bus:1") is None


async def test_6_3_17_a_loop_that_a_source_found_is_a_loop(region: Any) -> None:
    """A redirect source that answers 508 has found that the way leads back: 508, not 502."""
    async with region(gent=lambda _: httpx.Response(508)) as area:
        await area.register("gent", mode="redirect", operations=["redirectionOps"])
        for method, path, body in (
            ("POST", "/entities", vehicle(speed=1)),
            ("PATCH", f"/entities/{ID}/attrs/speed", {"value": 2}),
            ("DELETE", f"/entities/{ID}", None),
        ):
            answer = await area.http.request(method, path, json=body)
            assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (508, "LoopDetected"), path


async def test_5_6_7_a_batch_is_shared_out(region: Any) -> None:
    """A source with batch operations gets one request with its attributes; one without gets an entity a request."""
    for operations, requests in ((["createBatch", "deleteBatch"], 1), (["createEntity", "deleteEntity"], 2)):
        async with region(gent=LocalBroker()) as area:
            information = [{"entities": [{"type": "Vehicle"}], "propertyNames": ["speed"]}]
            await area.register("gent", mode="redirect", operations=operations, information=information)
            many = [vehicle(f"urn:ngsi-ld:Vehicle:{one}", speed=one, brandName="Volvo") for one in range(2)]
            answer = await area.http.post("/entityOperations/create", json=many)
            ids = [one["id"] for one in many]
            assert (answer.status_code, answer.json()) == (201, ids), answer.text
            assert len(area.sent) == requests
            for number, one in enumerate(ids):
                assert await stored(area.http, one) == {"id": one, "type": "Vehicle", "brandName": "Volvo"}
                assert await stored(area.clients["gent"], one) == {"id": one, "type": "Vehicle", "speed": number}
            assert (await area.http.post("/entityOperations/delete", json=ids)).status_code == 204
            assert [await stored(area.clients["gent"], one) for one in ids] == [None, None]


async def test_5_6_8_an_upsert_falls_back_to_single_operations(region: Any) -> None:
    """A source without upsertBatch creates what it lacks and replaces what it has."""
    async with region(gent=LocalBroker()) as area:
        await area.register("gent", mode="redirect", operations=["redirectionOps"])
        for speed in (1, 2):
            answer = await area.http.post("/entityOperations/upsert", json=[vehicle(speed=speed)])
            assert answer.status_code == (201 if speed == 1 else 204), answer.text
            assert await stored(area.clients["gent"]) == {"id": ID, "type": "Vehicle", "speed": speed}
        assert await stored(area.http) is None


async def test_5_6_8_a_source_that_is_down_fails_its_entities_only(region: Any) -> None:
    """Entities of a redirect source that is down are errors, each with the registration; the others are done."""

    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    async with region(gent=refuse) as area:
        name = await area.register("gent", mode="redirect", operations=["upsertBatch"])
        body = [vehicle(speed=1), {"id": "urn:ngsi-ld:Bus:1", "type": "Bus"}]
        answer = await area.http.post("/entityOperations/upsert", json=body)
        assert answer.status_code == 207
        assert answer.json()["success"] == ["urn:ngsi-ld:Bus:1"]
        (error,) = answer.json()["errors"]
        assert (error["entityId"], error["registrationId"], error["error"]["status"]) == (ID, name, 504)
