"""The evolution of entities: recorded from every change, written directly, asked for in three forms and in pages."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from citycontext.broker import LocalBroker
from citycontext.errors import ConfigurationError

ID = "urn:ngsi-ld:Vehicle:1"
ONE = f"temporal/entities/{ID}"


def at(minute: int) -> str:
    """Return a moment of one hour."""
    return f"2024-05-01T10:{minute:02}:00Z"


def speeds(*pairs: tuple[int, int]) -> dict[str, Any]:
    """Make an evolution of a vehicle's speed: values and minutes."""
    instances = [{"type": "Property", "value": value, "observedAt": at(minute)} for value, minute in pairs]
    return {"id": ID, "type": "Vehicle", "speed": instances}


async def values(http: httpx.AsyncClient, asked: str = "") -> list[Any]:
    """Return the values of the speed, in the order of the answer."""
    answer = await http.get(f"{ONE}?options=temporalValues&{asked}")
    return [value for value, _ in answer.json().get("speed", {"values": []})["values"]]


@pytest.fixture
async def stored(http: httpx.AsyncClient) -> httpx.AsyncClient:
    """Return a client of a broker that holds four speeds."""
    answer = await http.post("temporal/entities", json=speeds((10, 0), (20, 10), (30, 20), (40, 30)))
    assert answer.status_code == 201
    assert answer.headers["location"].endswith(ONE)
    return http


async def test_every_change_is_recorded(http: httpx.AsyncClient) -> None:
    """Creation, updates and deletion of an attribute are in its evolution; what says nothing new is not."""
    entity = {"id": ID, "type": "Vehicle", "speed": {"value": 1, "observedAt": at(0)}, "brand": "X"}
    await http.post("entities", json=entity)
    await http.patch(f"entities/{ID}/attrs", json={"speed": {"value": 2, "observedAt": at(1)}, "brand": "X"})
    await http.delete(f"entities/{ID}/attrs/speed")
    shown = (await http.get(ONE)).json()
    assert [one["value"] for one in shown["speed"]] == ["urn:ngsi-ld:null", 1, 2]
    assert "deletedAt" in shown["speed"][0]
    assert len(shown["brand"]) == 1
    assert len({one["instanceId"] for one in shown["speed"]}) == 3
    deleted = (await http.get(f"{ONE}?timeproperty=deletedAt")).json()
    assert deleted.keys() == {"id", "type", "speed"}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("", [10, 20, 30, 40]),
        (f"timerel=before&timeAt={at(10)}", [10]),
        (f"timerel=after&timeAt={at(10)}", [20, 30, 40]),
        (f"timerel=between&timeAt={at(10)}&endTimeAt={at(30)}", [20, 30]),
        ("lastN=2", [40, 30]),
        (f"timerel=before&timeAt={at(30)}&lastN=1", [30]),
    ],
)
async def test_interval_and_last_n_choose_instances(stored: httpx.AsyncClient, asked: str, expected: list[int]) -> None:
    """Before excludes the moment, after includes it, between ends before its end; lastN gives the newest first."""
    assert await values(stored, asked) == expected


@pytest.mark.parametrize(
    ("asked", "rows"),
    [
        ("aggrMethods=avg", {"avg": [[25.0, at(0), at(30)]]}),
        ("aggrMethods=max,min&aggrPeriodDuration=PT20M", {"max": [20.0, 40.0], "min": [10.0, 30.0]}),
        ("aggrMethods=totalCount,distinctCount", {"totalCount": [4], "distinctCount": [4]}),
        ("aggrMethods=sum,sumsq,stddev", {"sum": [100.0], "sumsq": [3000.0], "stddev": [125**0.5]}),
    ],
)
async def test_aggregates_are_computed(stored: httpx.AsyncClient, asked: str, rows: dict[str, list[Any]]) -> None:
    """Each method gives a row for each period that has a value."""
    speed = (await stored.get(f"{ONE}?options=aggregatedValues&{asked}")).json()["speed"]
    for method, expected in rows.items():
        found = speed[method] if isinstance(expected[0], list) else [row[0] for row in speed[method]]
        assert found == (expected if isinstance(expected[0], list) else pytest.approx(expected))


async def test_query_needs_an_interval_and_filters(stored: httpx.AsyncClient) -> None:
    """A query without timerel is refused; q looks at the instances in the interval."""
    assert (await stored.get("temporal/entities?type=Vehicle")).status_code == 400
    asked = f"temporal/entities?type=Vehicle&timerel=before&timeAt={at(15)}"
    assert len((await stored.get(asked)).json()) == 1
    assert (await stored.get(f"{asked}&q=speed>25")).json() == []
    assert len((await stored.get(f"{asked}&q=speed>15&count=true")).json()) == 1


async def test_same_observation_twice_is_there_once(stored: httpx.AsyncClient) -> None:
    """An instance with the time of one that is there takes its place."""
    assert (await stored.post("temporal/entities", json=speeds((21, 10), (50, 40)))).status_code == 204
    assert await values(stored) == [10, 21, 30, 40, 50]


async def test_instances_are_changed_and_deleted_one_by_one(stored: httpx.AsyncClient) -> None:
    """An instance is replaced and deleted by its instanceId; a wrong one is 404, none is 400."""
    first = (await stored.get(ONE)).json()["speed"][0]["instanceId"]
    address = f"{ONE}/attrs/speed/{first}"
    changed = {"speed": [{"type": "Property", "value": 11, "observedAt": at(0)}]}
    assert (await stored.patch(address, json=changed)).status_code == 204
    assert await values(stored) == [11, 20, 30, 40]
    assert (await stored.delete(address)).status_code == 204
    assert (await stored.delete(address)).status_code == 404
    assert (await stored.delete(f"{ONE}/attrs/speed/none")).status_code == 400
    assert await values(stored) == [20, 30, 40]
    assert (await stored.delete(f"{ONE}/attrs/speed?deleteAll=true")).status_code == 204
    assert await values(stored) == []


async def test_6_3_10_an_answer_that_holds_all_is_not_a_part() -> None:
    """Instances of one moment stay together; where nothing is left out, the answer is 200, without Content-Range."""
    broker = LocalBroker(temporal_page=3)
    async with httpx.AsyncClient(transport=broker.transport(), base_url="http://broker/ngsi-ld/v1/") as http:
        body = speeds((10, 0), (20, 10))
        await http.post("temporal/entities", json={**body, "power": body["speed"]})
        for asked in ({}, {"lastN": 2}):
            answer = await http.get(ONE, params=asked)
            assert (answer.status_code, answer.headers.get("Content-Range")) == (200, None)
            assert len(answer.json()["speed"]) == len(answer.json()["power"]) == 2
    broker.close()


async def test_long_evolution_comes_in_pages() -> None:
    """An answer holds so many instances; 206 and Content-Range tell where the next one starts."""
    broker = LocalBroker(temporal_page=3)
    async with httpx.AsyncClient(transport=broker.transport(), base_url="http://broker/ngsi-ld/v1/") as http:
        await http.post("temporal/entities", json=speeds(*((number, number) for number in range(8))))
        first = await http.get(f"{ONE}?options=temporalValues&timerel=after&timeAt={at(0)}")
        assert first.status_code == 206
        assert first.headers["content-range"] == f"date-time {at(0)}-{at(2)}/*"
        last = await http.get(f"{ONE}?options=temporalValues&lastN=5")
        assert [value for value, _ in last.json()["speed"]["values"]] == [7, 6, 5]
        assert last.headers["content-range"] == f"date-time {at(7)}-{at(5)}/5"
        rest = await http.get(f"{ONE}?options=temporalValues&timerel=after&timeAt={at(6)}")
        assert rest.status_code == 200
    broker.close()


async def test_entity_follows_its_evolution_until_it_is_written(stored: httpx.AsyncClient) -> None:
    """An entity known by its evolution shows the newest values, and goes with it; once written, it stays."""
    shown = (await stored.get(f"entities/{ID}?options=keyValues")).json()
    assert shown["speed"] == 40
    await stored.delete(ONE)
    assert (await stored.get(f"entities/{ID}")).status_code == 404
    await stored.post("entities", json={"id": ID, "type": "Vehicle", "speed": 1})
    await stored.delete(ONE)
    assert (await stored.get(f"entities/{ID}")).status_code == 200
    assert (await stored.get(ONE)).status_code == 404


async def test_evolution_outlives_its_entity(http: httpx.AsyncClient) -> None:
    """A deleted entity keeps its evolution, which tells when it was deleted."""
    await http.post("entities", json={"id": ID, "type": "Vehicle", "speed": {"value": 1, "observedAt": at(0)}})
    await http.delete(f"entities/{ID}")
    shown = (await http.get(f"{ONE}?options=sysAttrs")).json()
    assert "deletedAt" in shown
    assert shown["speed"][-1]["value"] == 1


@pytest.mark.parametrize("speed", [[], {}, 5, [{"type": "Property"}], [{"type": "Property", "value": None}]])
async def test_what_is_no_evolution_is_refused(http: httpx.AsyncClient, speed: Any) -> None:
    """An attribute over time is an array of instances with values, and has at least one."""
    answer = await http.post("temporal/entities", json={"id": ID, "type": "Vehicle", "speed": speed})
    assert answer.status_code == 400
    assert answer.json()["type"].endswith("/BadRequestData")


async def test_history_is_kept_to_a_limit() -> None:
    """Of each attribute the last instances stay, a tenth more at most; what is there now is another matter."""
    broker = LocalBroker(history_limit=20)
    async with httpx.AsyncClient(transport=broker.transport(), base_url="http://broker/ngsi-ld/v1/") as http:
        other = {"type": "Property", "value": "kept", "observedAt": at(0)}
        await http.post("entities", json={"id": ID, "type": "Vehicle", "colour": other})
        for value in range(59):
            speed = {"type": "Property", "value": value, "observedAt": at(value)}
            assert (await http.post(f"entities/{ID}/attrs", json={"speed": speed})).status_code == 204
            kept = await values(http)
            assert kept == list(range(value + 1 - len(kept), value + 1))
            assert len(kept) == value + 1 if value < 20 else 20 <= len(kept) <= 22
        assert (await http.get(f"{ONE}?attrs=colour")).json()["colour"][0]["value"] == "kept"
        assert (await http.get(f"entities/{ID}")).json()["speed"]["value"] == 58
    broker.close()


def test_a_limit_of_no_history_is_refused() -> None:
    """The present is an instance too."""
    with pytest.raises(ConfigurationError, match="history_limit"):
        LocalBroker(history_limit=0)
