"""The evolution of entities over sources (5.7.3, 5.7.4): what each has had, in one answer."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from citycontext.broker import LocalBroker

ID = "urn:ngsi-ld:Vehicle:1"
WINDOW = {"timerel": "after", "timeAt": "2020-01-01T00:00:00Z"}
OPERATIONS = ["retrieveTemporal", "queryTemporal"]


def evolution(*years: int, id: str = ID, name: str = "speed") -> dict[str, Any]:
    """Return the evolution of an entity with a value for each year."""
    instances = [{"type": "Property", "value": year, "observedAt": f"{year}-01-01T00:00:00Z"} for year in years]
    return {"id": id, "type": "Vehicle", name: instances}


def values(entity: dict[str, Any], name: str = "speed") -> list[int]:
    """Return the values of an attribute in the order of the answer."""
    found = entity[name]
    return [one["value"] for one in (found if isinstance(found, list) else [found])]


async def put(http: httpx.AsyncClient, body: dict[str, Any]) -> None:
    """Write an evolution into one broker."""
    answer = await http.post("/temporal/entities", json=body, params={"local": "true"})
    assert answer.status_code in (201, 204), answer.text


@pytest.mark.parametrize("mode", ["inclusive", "redirect"])
async def test_5_7_3_an_evolution_at_a_source_alone_is_found(region: Any, mode: str) -> None:
    """What only a source has had is retrieved through the region, unless asked for this broker alone."""
    async with region(gent=LocalBroker()) as area:
        await put(area.clients["gent"], evolution(2021, 2022))
        assert (await area.http.get(f"/temporal/entities/{ID}")).status_code == 404
        await area.register("gent", mode=mode, operations=OPERATIONS)
        answer = await area.http.get(f"/temporal/entities/{ID}")
        assert (answer.status_code, values(answer.json())) == (200, [2021, 2022])
        assert (await area.http.get(f"/temporal/entities/{ID}", params={"local": "true"})).status_code == 404
        assert (await area.http.get("/temporal/entities/urn:a:none")).status_code == 404


async def test_5_7_3_instances_of_all_come_in_the_order_of_time(region: Any) -> None:
    """Instances of the broker and of two sources are put together; what two have of one time comes once."""
    async with region(gent=LocalBroker(), kortrijk=LocalBroker()) as area:
        await put(area.http, evolution(2022, 2024))
        await put(area.clients["gent"], evolution(2021, 2023))
        await put(area.clients["kortrijk"], evolution(2022, 2025))
        await put(area.clients["kortrijk"], evolution(2021, name="level"))
        for name in ("gent", "kortrijk"):
            await area.register(name, operations=OPERATIONS)
        answer = await area.http.get(f"/temporal/entities/{ID}")
        assert values(answer.json()) == [2021, 2022, 2023, 2024, 2025]
        assert values(answer.json(), "level") == [2021]
        newest = await area.http.get(f"/temporal/entities/{ID}", params={**WINDOW, "lastN": 2, "attrs": "speed"})
        assert sorted(values(newest.json())) == [2024, 2025]
        short = await area.http.get(f"/temporal/entities/{ID}", params={"format": "temporalValues"})
        assert [value for value, _ in short.json()["speed"]["values"]] == [2021, 2022, 2023, 2024, 2025]
        largest = await area.http.get(
            f"/temporal/entities/{ID}",
            params={**WINDOW, "format": "aggregatedValues", "aggrMethods": "max", "aggrPeriodDuration": "PT0S"},
        )
        assert largest.json()["speed"]["max"][0][0] == 2025


async def test_5_7_4_filters_are_about_what_was_put_together(region: Any) -> None:
    """A temporal query finds an entity by a value that one broker has had and an attribute that another has."""
    async with region(gent=LocalBroker()) as area:
        await put(area.http, evolution(2022, name="level"))
        await put(area.clients["gent"], evolution(2023))
        await put(area.clients["gent"], evolution(2021, id="urn:ngsi-ld:Vehicle:2"))
        await area.register("gent", operations=OPERATIONS)
        for question, ids in (
            ({}, {ID, "urn:ngsi-ld:Vehicle:2"}),
            ({"q": "speed==2023;level==2022"}, {ID}),
            ({"q": "speed==1999"}, set()),
            ({"id": "urn:ngsi-ld:Vehicle:2"}, {"urn:ngsi-ld:Vehicle:2"}),
        ):
            answer = await area.http.get("/temporal/entities", params={"type": "Vehicle", **WINDOW, **question})
            assert answer.status_code == 200, answer.text
            assert {one["id"] for one in answer.json()} == ids
        body = {"type": "Query", "entities": [{"type": "Vehicle"}], "temporalQ": WINDOW}
        posted = await area.http.post("/temporal/entityOperations/query", json=body)
        assert {one["id"] for one in posted.json()} == {ID, "urn:ngsi-ld:Vehicle:2"}
        counted = await area.http.get("/temporal/entities", params={"type": "Vehicle", **WINDOW, "count": "true"})
        assert counted.headers["NGSILD-Results-Count"] == "2"


async def test_4_3_6_1_only_what_is_registered_counts(region: Any) -> None:
    """Of a source's history the registered attributes and entities alone are taken up."""
    async with region(gent=LocalBroker()) as area:
        await put(area.clients["gent"], evolution(2021))
        await put(area.clients["gent"], evolution(2022, name="level"))
        await put(area.clients["gent"], evolution(2022, id="urn:ngsi-ld:Vehicle:2"))
        information = [{"entities": [{"type": "Vehicle", "id": ID}], "propertyNames": ["level"]}]
        await area.register("gent", operations=OPERATIONS, information=information)
        answer = await area.http.get("/temporal/entities", params={"type": "Vehicle", **WINDOW})
        assert [one["id"] for one in answer.json()] == [ID]
        assert "speed" not in answer.json()[0]


@pytest.mark.parametrize(
    "reply",
    [
        httpx.Response(500),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json=[3]),
        httpx.Response(200, json={"id": ID, "type": "Vehicle", "speed": [{"type": 3}]}),
        httpx.Response(200, json={"id": ID}),
    ],
)
async def test_6_3_17_a_source_that_makes_no_sense_costs_a_warning(region: Any, reply: httpx.Response) -> None:
    """What the broker has had is answered, whatever a source says; the answer warns of it."""
    async with region(gent=lambda request: reply) as area:
        await put(area.http, evolution(2021))
        await area.register("gent", operations=OPERATIONS)
        one = await area.http.get(f"/temporal/entities/{ID}")
        several = await area.http.get("/temporal/entities", params={"type": "Vehicle", **WINDOW})
        assert values(one.json()) == values(several.json()[0]) == [2021]
        assert one.headers["NGSILD-Warning"]
        assert several.headers["NGSILD-Warning"]


async def test_5_7_3_a_source_without_the_operation_is_not_asked(region: Any) -> None:
    """Federation alone does not hold histories: a source that does not name the operation is left alone."""
    async with region(gent=LocalBroker()) as area:
        await put(area.clients["gent"], evolution(2021))
        await area.register("gent")
        assert (await area.http.get(f"/temporal/entities/{ID}")).status_code == 404
        assert area.asked() == []


async def test_5_5_14_an_entity_map_of_histories_is_over_sources(region: Any) -> None:
    """A map of a temporal query says who has each entity; its pages hold those of all sources, whoever else comes."""
    async with region(gent=LocalBroker(), kortrijk=LocalBroker()) as area:
        names = {name: await area.register(name, operations=OPERATIONS) for name in ("gent", "kortrijk")}
        await put(area.http, evolution(2021))
        await put(area.clients["gent"], evolution(2022))
        await put(area.clients["kortrijk"], evolution(2023, id="urn:ngsi-ld:Vehicle:2"))
        query = {"type": "Vehicle", "limit": "1", **WINDOW}
        first = await area.http.get("/temporal/entities", params={**query, "entityMap": "true"})
        assert (first.status_code, values(first.json()[0])) == (201, [2021, 2022])
        header = {"NGSILD-EntityMap": first.headers["NGSILD-EntityMap"]}
        expected = {ID: ["@none", names["gent"]], "urn:ngsi-ld:Vehicle:2": [names["kortrijk"]]}
        kept = (await area.http.get(f"/entityMaps/{header['NGSILD-EntityMap']}")).json()["entityMap"]
        assert kept == expected
        await put(area.clients["gent"], evolution(2024, id="urn:ngsi-ld:Vehicle:0"))
        second = await area.http.get("/temporal/entities", params={**query, "offset": "1"}, headers=header)
        assert (second.status_code, [one["id"] for one in second.json()]) == (200, ["urn:ngsi-ld:Vehicle:2"])
        made = await area.http.get("/temporal/entityMaps", params={"type": "Vehicle", **WINDOW})
        assert made.json()["entityMap"] == {**expected, "urn:ngsi-ld:Vehicle:0": [names["gent"]]}


async def test_5_7_3_a_retrieval_makes_an_entity_map(region: Any) -> None:
    """entityMap=true on the retrieval of a history, or of an entity, makes a map that names its sources."""
    async with region(gent=LocalBroker()) as area:
        name = await area.register("gent", operations=[*OPERATIONS, "retrieveEntity"])
        await put(area.clients["gent"], evolution(2022))
        for path in ("/temporal/entities", "/entities"):
            found = await area.http.get(f"{path}/{ID}", params={"entityMap": "true"})
            assert found.status_code == 200
            kept = (await area.http.get(f"/entityMaps/{found.headers['NGSILD-EntityMap']}")).json()["entityMap"]
            assert kept == {ID: [name]}


async def test_5_12_an_entity_map_decides_who_is_asked(region: Any) -> None:
    """A page by an entity map asks the sources that the map names, and no others."""
    async with region(gent=LocalBroker(), kortrijk=LocalBroker()) as area:
        for name in ("gent", "kortrijk"):
            await area.register(name, operations=[*OPERATIONS, "queryEntity"])
        await put(area.clients["gent"], evolution(2022))
        for path, query in (("/temporal/entities", WINDOW), ("/entities", {})):
            first = await area.http.get(path, params={"type": "Vehicle", "entityMap": "true", **query})
            area.sent.clear()
            header = {"NGSILD-EntityMap": first.headers["NGSILD-EntityMap"]}
            await area.http.get(path, params={"type": "Vehicle", **query}, headers=header)
            assert [one.url.host for one in area.sent] == ["gent"]
