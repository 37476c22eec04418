"""``client.temporal``: what goes out, and answers that come in segments of time."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from citycontext.client import AsyncClient
from citycontext.errors import DataError, OperationNotSupported, UnreadableResponse
from citycontext.ngsild import Property
from citycontext.ngsild.query import after, before, between, last
from citycontext.ngsild.temporal import TemporalEntity

ID = "urn:ngsi-ld:Meter:1"
TIMES = [f"2026-06-01T00:{minute:02}:00Z" for minute in range(10)]
DAY = between("2026-06-01T00:00:00Z", "2026-06-02T00:00:00Z")


def normalized(*minutes: int) -> dict[str, Any]:
    return {
        "id": ID,
        "type": "Meter",
        "level": [{"type": "Property", "value": m, "observedAt": TIMES[m]} for m in minutes],
    }


def values(*minutes: int) -> dict[str, Any]:
    return {"id": ID, "type": "Meter", "level": {"type": "Property", "values": [[m, TIMES[m]] for m in minutes]}}


def partial(body: Any, first: int, last_one: int, size: str = "10") -> httpx.Response:
    range_ = f"DateTime {TIMES[first]}-{TIMES[last_one]}/{size}"
    return httpx.Response(206, json=body, headers={"Content-Range": range_})


async def test_parameters(broker: Any) -> None:
    """Time, form and members each have their parameter."""
    broker.will(200, values(1))
    async with AsyncClient(broker.url, transport=broker.transport) as client:
        history = await client.temporal.retrieve(
            ID, when=DAY, representation="temporalValues", pick="level", dataset_id=["urn:d:1"], sys_attrs=True
        )
        await client.temporal.retrieve(ID, when=DAY.aggregated("avg", "max", period="PT1H"), lang="nl")
    assert history.series("level", int)[0].value == 1
    assert broker.targets == [
        f"GET temporal/entities/{ID}?pick=level&datasetId=urn:d:1&timerel=between&timeAt=2026-06-01T00:00:00Z"
        "&endTimeAt=2026-06-02T00:00:00Z&options=temporalValues,sysAttrs",
        f"GET temporal/entities/{ID}?lang=nl&timerel=between&timeAt=2026-06-01T00:00:00Z"
        "&endTimeAt=2026-06-02T00:00:00Z&aggrMethods=avg,max&aggrPeriodDuration=PT1H&options=aggregatedValues",
    ]


async def test_aggregation_needs_a_method(broker: Any) -> None:
    """It is missed before anything is sent, as is a form that is not one."""
    async with AsyncClient(broker.url, transport=broker.transport) as client:
        with pytest.raises(DataError, match="method"):
            await client.temporal.retrieve(ID, when=DAY, representation="aggregatedValues")
        with pytest.raises(DataError, match="not one of"):
            client.temporal.query("Meter", representation="simplified")  # type: ignore[call-overload]
    assert broker.requests == []


@pytest.mark.parametrize("form", [normalized, values])
@pytest.mark.parametrize("when", [DAY, after(TIMES[0]), before("2026-06-02T00:00:00Z"), None])
async def test_segments_by_range(broker: Any, form: Any, when: Any) -> None:
    """A 206 is followed by the rest of the time; what the segments share is taken once."""

    def answer(request: httpx.Request) -> httpx.Response:
        asked = dict(request.url.params)
        start = TIMES.index(asked["timeAt"]) if asked.get("timeAt") in TIMES else 0
        part = range(start, min(start + 4, 10))
        if part[-1] == 9:
            return httpx.Response(200, json=form(*part))
        return partial(form(*part), part[0], part[-1])

    broker.function = answer
    async with AsyncClient(broker.url, transport=broker.transport) as client:
        history = await client.temporal.retrieve(ID, when=when)
        assert [timed.value for timed in history.series("level", int)] == list(range(10))
        assert len(broker.requests) == 3
    for request in broker.requests[1:]:
        assert request.url.params["timerel"] in {"between", "after"}


@pytest.mark.parametrize("query", [False, True])
async def test_aggregates_that_contradict_each_other_are_told(
    broker: Any, query: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """A period that a broker aggregates in two parts has two results: both are kept, and the log warns of it."""
    end = "2026-05-02T00:00:00Z"

    def part(value: float) -> Any:
        wire = {"id": ID, "type": "Meter", "level": {"type": "Property", "avg": [[value, TIMES[0], end]]}}
        return [wire] if query else wire

    broker.answers.append(partial(part(4.0), 0, 3))
    broker.will(200, part(8.0))
    when = after(TIMES[0]).aggregated("avg")
    async with AsyncClient(broker.url, transport=broker.transport) as client:
        if query:
            (history,) = await client.temporal.query("Meter", when=when).all()
        else:
            history = await client.temporal.retrieve(ID, when=when)
    assert [one.value for one in history.aggregates("level")["avg"]] == [4.0, 8.0]
    (told,) = [record.getMessage() for record in caplog.records if "aggregated parts" in record.getMessage()]
    assert f"{ID} level.avg {TIMES[0]}" in told


async def test_the_last_ones_by_range(broker: Any) -> None:
    """With ``lastN`` the segments go backwards, and stop at the number asked for."""
    broker.answers += [partial(values(6, 7, 8, 9), 9, 6), partial(values(3, 4, 5), 5, 3)]
    async with AsyncClient(broker.url, transport=broker.transport) as client:
        history = await client.temporal.retrieve(ID, when=last(7))
    assert sorted(timed.value for timed in history.series("level", int)) == [3, 4, 5, 6, 7, 8, 9]
    assert [dict(request.url.params) for request in broker.requests] == [
        {"lastN": "7"},
        {"lastN": "3", "timerel": "before", "timeAt": TIMES[6]},
    ]


async def test_segments_by_link(broker: Any) -> None:
    """A link to the interval after is followed by its parameter; one to the interval before is not asked for."""
    link = f'</ngsi-ld/v1/temporal/entities/{ID}?timerel=after&timeAt={TIMES[0]}&offsetN={{}}>;rel="intervalafter"'
    broker.will(200, values(0, 1), Link=link.format(2)).will(200, values(2, 3), Link=link.format(4)).will(
        200, values(4)
    )
    async with AsyncClient(broker.url, transport=broker.transport) as client:
        history = await client.temporal.retrieve(ID, when=after(TIMES[0]))
        assert [timed.value for timed in history.series("level", int)] == [0, 1, 2, 3, 4]
        assert [request.url.params.get("offsetN") for request in broker.requests] == [None, "2", "4"]
        broker.requests.clear()
        broker.answers[:] = []
        broker.will(200, values(8, 9), Link='</x?lastN=2&offsetN=2>;rel="intervalbefore"')
        await client.temporal.retrieve(ID, when=last(2))
        assert len(broker.requests) == 1


async def test_a_broker_that_repeats_itself_does_not_hold_us_for_ever(broker: Any) -> None:
    """A segment that adds nothing is the last one."""
    broker.answers += [partial(values(0, 1), 0, 1)]
    async with AsyncClient(broker.url, transport=broker.transport) as client:
        await client.temporal.retrieve(ID, when=DAY)
    assert len(broker.requests) == 2


async def test_a_part_that_does_not_say_of_what(broker: Any) -> None:
    """206 without a range cannot be completed, and is not passed off as the whole."""
    broker.will(206, values(0), Content_Range="items 0-1/2")
    async with AsyncClient(broker.url, transport=broker.transport) as client:
        with pytest.raises(UnreadableResponse, match="Content-Range"):
            await client.temporal.retrieve(ID, when=DAY)


async def test_queries_cross_pages_and_segments(broker: Any) -> None:
    """For each page of entities all segments are brought together, entity by entity."""
    other = {**values(5), "id": "urn:ngsi-ld:Meter:2"}
    broker.answers += [
        partial([values(0, 1), other], 0, 1),
        httpx.Response(200, json=[values(1, 2)]),
        httpx.Response(200, json=[]),
    ]
    async with AsyncClient(broker.url, transport=broker.transport) as client:
        found = await client.temporal.query("Meter", when=DAY, page_size=2).all()
    assert [[timed.value for timed in entity.series("level", int)] for entity in found] == [[0, 1, 2], [5]]
    assert "count=true" in broker.targets[-1]


async def test_a_query_as_a_document(broker: Any) -> None:
    """The time goes into the document, the form stays in the URL; so it is for the next segment."""
    broker.answers += [partial([values(0, 1)], 0, 1), httpx.Response(200, json=[values(2)])]
    async with AsyncClient(broker.url, transport=broker.transport) as client:
        found = client.temporal.query("Meter", when=DAY, as_post=True, representation="temporalValues", page_size=9)
        assert [len(entity.series("level")) async for entity in found] == [3]
    assert set(broker.targets) == {"POST temporal/entityOperations/query?options=temporalValues&limit=9"}
    assert broker.body(0)["temporalQ"] == DAY.to_body()
    assert broker.body(1)["temporalQ"] == {**DAY.to_body(), "timeAt": TIMES[1]}


async def test_writes(broker: Any) -> None:
    """Each write has its method, path and body; a first upsert creates."""
    history = TemporalEntity(id=ID, type="Meter", level=[Property(1, observed_at=TIMES[1])])
    async with AsyncClient(broker.url, transport=broker.transport) as client:
        broker.will(201)
        assert await client.temporal.upsert(history) is True
        assert broker.body() == history.wire
        broker.answers[:] = []
        broker.will(204)
        assert await client.temporal.upsert(history) is False
        await client.temporal.append_attributes(ID, {"level": [{"type": "Property", "value": 2}]})
        await client.temporal.update_instance(ID, "level", "urn:i:1", Property(3))
        assert broker.body() == {"level": [{"type": "Property", "value": 3}]}
        await client.temporal.delete_instance(ID, "level", "urn:i:1")
        await client.temporal.delete_attribute(ID, "level", dataset_id="urn:d:1", delete_all=True)
        await client.temporal.delete(ID)
    assert broker.targets[2:] == [
        f"POST temporal/entities/{ID}/attrs",
        f"PATCH temporal/entities/{ID}/attrs/level/urn:i:1",
        f"DELETE temporal/entities/{ID}/attrs/level/urn:i:1",
        f"DELETE temporal/entities/{ID}/attrs/level?datasetId=urn:d:1&deleteAll=true",
        f"DELETE temporal/entities/{ID}",
    ]


async def test_a_broker_without_history_says_so(broker: Any) -> None:
    """Orion-LD answers 501 to reads and 503 ResourceNotFound to writes: both mean not supported."""
    async with AsyncClient(broker.url, transport=broker.transport) as client:
        broker.refuses(501, "OperationNotSupported")
        with pytest.raises(OperationNotSupported):
            await client.temporal.query("Meter", when=DAY).all()
        broker.answers[:] = []
        broker.refuses(503, "ResourceNotFound")
        with pytest.raises(OperationNotSupported):
            await client.temporal.upsert(normalized(1))


@pytest.mark.parametrize("as_", [None, dict])
async def test_a_query_as_a_table(broker: Any, as_: Any) -> None:
    """All results in one table, from page to page."""
    pytest.importorskip("pandas")
    broker.will(200, [values(1, 2)])
    async with AsyncClient(broker.url, transport=broker.transport) as client:
        frame = await client.temporal.query("Meter", as_=as_, when=DAY).to_dataframe()
    assert list(frame["value"]) == [1, 2]
