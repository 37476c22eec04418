"""Query results: lazy, across pages, by Link or by offset, and never for ever."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from citycontext.client import AsyncClient
from citycontext.errors import DataError, InvalidEntity, UnreadableResponse
from citycontext.ngsild import Entity, point
from citycontext.ngsild.query import near

ALL = [{"id": f"urn:ngsi-ld:Sensor:{number:02}", "type": "Sensor"} for number in range(8)]


def paged(total: int = 8, *, links: bool = False, counts: bool = True, past_the_end: bool = False) -> Any:
    """Make a broker with so many sensors, with or without Links, counts, and the last one past the end."""

    def answer(request: httpx.Request) -> httpx.Response:
        query = parse_qs(request.url.query.decode())
        limit, offset = int(query["limit"][0]), int(query.get("offset", ["0"])[0])
        items = ALL[:total][offset : offset + limit]
        if past_the_end and not items and total:
            items = ALL[total - 1 : total]
        headers = [
            ("Link", '<http://c.test/c>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"')
        ]
        if links and offset + limit < total:
            target = f'/elsewhere?q=a>1;b~="x"&limit={limit}&offset={offset + limit}&token=t{offset}'
            headers.append(("Link", f'<{target}>;rel="next";type="application/json"'))
        if counts and "true" in query.get("count", []):
            headers.append(("NGSILD-Results-Count", str(total)))
        return httpx.Response(200, json=items, headers=headers)

    return answer


@pytest.mark.parametrize("size", [1, 3, 4, 8, 9, 100])
@pytest.mark.parametrize("total", [0, 1, 4, 8])
@pytest.mark.parametrize(
    "kind",
    [
        {"links": True},
        {"links": False},
        {"links": False, "counts": False},
        {"links": True, "past_the_end": True},
        {"links": False, "past_the_end": True},
    ],
)
async def test_every_item_comes_once(broker: Any, kind: dict[str, bool], total: int, size: int) -> None:
    """Whatever the broker gives to cross pages with, each item comes once and in order."""
    broker.function = paged(total, **kind)
    async with AsyncClient(broker.url, transport=broker.transport) as client:
        results = client.entities.query("Sensor", as_=dict, page_size=size)
        assert await results.all() == ALL[:total]
        assert [item for page in [page async for page in results.pages()] for item in page] == ALL[:total]


async def test_what_is_asked_can_be_seen(broker: Any) -> None:
    """Results tell the request that they stand for, and resources whose they are, without asking."""
    async with AsyncClient(broker.url, transport=broker.transport) as client:
        assert repr(client.entities.query("Parking", q="a>1")).endswith("Results of GET entities?type=Parking&q=a%3E1>")
        assert repr(client.subscriptions).endswith("Subscriptions('http://broker.test:1026/ngsi-ld/v1')")
    assert broker.requests == []


async def test_nothing_is_asked_for_before_it_is_needed(broker: Any) -> None:
    """A query makes no request; the first item one; leaving early asks for no further page."""
    broker.function = paged(links=True)
    async with AsyncClient(broker.url, transport=broker.transport) as client:
        results = client.entities.query("Sensor", page_size=2)
        assert broker.requests == []
        seen = []
        async for entity in results:
            seen.append(entity.id)
            if len(seen) == 3:
                break
    assert len(broker.requests) == 2
    assert seen == [item["id"] for item in ALL[:3]]


async def test_the_own_query_is_kept_whatever_a_link_says(broker: Any) -> None:
    """From a Link only what pages is taken: not its host, not its unencoded filters, but its offset and its token."""
    broker.function = paged(links=True)
    async with AsyncClient(broker.url, transport=broker.transport) as client:
        await client.entities.query("Sensor", q='a>1;b~="x"', page_size=3).all()
    assert broker.targets[1] == ("GET entities?type=Sensor&q=a%3E1%3Bb~%3D%22x%22&limit=3&offset=3&token=t0")


async def test_first_asks_for_one(broker: Any) -> None:
    """The first result costs one item, and an empty query gives None."""
    broker.function = paged()
    async with AsyncClient(broker.url, transport=broker.transport) as client:
        first = await client.entities.query("Sensor").first()
        assert first is not None
        assert first.id == "urn:ngsi-ld:Sensor:00"
        broker.function = paged(0)
        assert await client.entities.query("Sensor").first() is None
    assert broker.targets[0] == "GET entities?type=Sensor&limit=1"


async def test_count_asks_for_none(broker: Any) -> None:
    """Counting fetches no entity, and says so when the broker does not count."""
    broker.function = paged()
    async with AsyncClient(broker.url, transport=broker.transport) as client:
        assert await client.entities.query("Sensor").count() == 8
        assert broker.targets == ["GET entities?type=Sensor&limit=0&count=true"]
        broker.function = paged(counts=False)
        with pytest.raises(UnreadableResponse, match="NGSILD-Results-Count"):
            await client.entities.query("Sensor").count()


async def test_a_broker_that_ignores_the_offset_does_not_hold_us_for_ever(broker: Any) -> None:
    """The same full page twice is an error, not an endless loop."""
    broker.will(200, ALL[:2])
    async with AsyncClient(broker.url, transport=broker.transport) as client:
        with pytest.raises(UnreadableResponse, match="same page again"):
            await client.entities.query("Sensor", page_size=2).all()


@pytest.mark.parametrize("body", [{"a": 1}, "text", [1, 2], None, b"<html>", b'[{"id": '])
async def test_a_page_that_is_none(broker: Any, body: Any) -> None:
    """An object, a text, numbers, nothing, HTML and half a document are told as such."""
    broker.will(200, body)
    async with AsyncClient(broker.url, transport=broker.transport) as client:
        with pytest.raises(UnreadableResponse) as raised:
            await client.entities.query("Sensor").all()
    assert raised.value.status == 200


async def test_one_bad_entity_does_not_spoil_the_rest(broker: Any) -> None:
    """With ``collect`` the bad one stands aside with its reason; else it is accepted, or raised with its id."""
    bad = {"id": "urn:ngsi-ld:Sensor:bad", "type": 5}
    broker.will(200, [ALL[0], bad, ALL[1]])
    async with AsyncClient(broker.url, transport=broker.transport) as client:
        results = client.entities.query("Sensor", on_invalid="collect")
        assert [entity.id async for entity in results] == [ALL[0]["id"], ALL[1]["id"]]
        assert [item.wire for item in results.invalid] == [bad]
        with pytest.raises(InvalidEntity) as raised:
            await client.entities.query("Sensor", on_invalid="raise").all()
        assert len(await client.entities.query("Sensor").all()) == 3
    assert any("urn:ngsi-ld:Sensor:bad" in note for note in raised.value.__notes__)


async def test_a_feature_collection_is_a_page(broker: Any) -> None:
    """With ``geo+json`` the features are the items."""
    feature = {"type": "Feature", "id": "urn:x:1", "geometry": None, "properties": {"type": "Sensor"}}
    broker.will(200, {"type": "FeatureCollection", "features": [feature]})
    async with AsyncClient(broker.url, transport=broker.transport) as client:
        assert await client.entities.query("Sensor", as_=dict, accept="geo+json").all() == [feature]
    assert broker.last.headers["Accept"] == "application/geo+json"


@pytest.mark.parametrize("on_invalid", ["accept", "raise"])
async def test_entities_are_taken_out_of_features(broker: Any, on_invalid: Any) -> None:
    """With ``geo+json`` and an entity class the answer is entities, one or many, not objects of type Feature."""
    place = {"type": "Point", "coordinates": [3.72, 51.05]}
    feature = {
        "type": "Feature",
        "id": "urn:ngsi-ld:Sensor:1",
        "geometry": place,
        "properties": {"type": "Sensor", "level": {"type": "Property", "value": 5}},
    }
    broker.will(200, {"type": "FeatureCollection", "features": [feature]}).will(200, feature)
    async with AsyncClient(broker.url, transport=broker.transport) as client:
        found = await client.entities.query("Sensor", accept="geo+json", on_invalid=on_invalid).all()
        one = await client.entities.retrieve("urn:ngsi-ld:Sensor:1", accept="geo+json")
    for entity in (*found, one):
        assert (entity.id, entity.type, entity["level"].value) == ("urn:ngsi-ld:Sensor:1", "Sensor", 5)
        assert entity["location"].value == place


@pytest.mark.parametrize("representation", ["normalized", "simplified"])
async def test_a_distance_is_no_attribute(broker: Any, representation: Any) -> None:
    """What coraine adds to the answers of a near query is not sent back as an attribute; the wire form keeps it."""
    level: Any = 5 if representation == "simplified" else {"type": "Property", "value": 5}
    wire = {"id": "urn:ngsi-ld:Sensor:1", "type": "Sensor", "level": level, "geoDistance": 839.19876365}
    broker.will(200, [wire])
    how: Any = {"geo": near(point(3.72, 51.05), max_distance=1000), "representation": representation}
    async with AsyncClient(broker.url, transport=broker.transport) as client:
        found = await client.entities.query("Sensor", **how).all()
        assert await client.entities.query("Sensor", as_=dict, **how).all() == [wire]
        broker.will(204)
        await client.entities.upsert(found[0])
    assert set(broker.body()[0]) == {"id", "type", "level"}
    assert set(found[0]) == {"level"}


async def test_an_entity_is_the_type_it_says(broker: Any) -> None:
    """Without a class the results are entities of any type."""
    broker.will(200, ALL[:1])
    async with AsyncClient(broker.url, transport=broker.transport) as client:
        entity = await client.entities.query("Sensor").first()
    assert type(entity) is Entity
    assert entity.type == "Sensor"


async def test_take_asks_for_no_more_than_it_needs(broker: Any) -> None:
    """Across pages, in order; fewer where there are fewer; none without a request."""
    broker.function = paged(8)
    async with AsyncClient(broker.url, transport=broker.transport) as client:
        results = client.entities.query("Sensor", as_=dict, page_size=3)
        assert await results.take(0) == []
        assert not broker.requests
        assert await results.take(2) == ALL[:2]
        assert parse_qs(broker.requests[0].url.query.decode())["limit"] == ["2"]
        assert await results.take(5) == ALL[:5]
        assert len(broker.requests) == 3
        assert await results.take(99) == ALL
        with pytest.raises(DataError, match="0 or more"):
            await results.take(-1)


async def test_len_is_what_was_read(broker: Any) -> None:
    """Before that, and for an index, the error says what to use; results are never false."""
    broker.function = paged(8)
    async with AsyncClient(broker.url, transport=broker.transport) as client:
        results = client.entities.query("Sensor", as_=dict, page_size=3)
        with pytest.raises(TypeError, match=r"count\(\)"):
            len(results)
        assert results
        async for _ in results:
            break
        assert len(results) == 3
        await results.all()
        assert len(results) == 8
        with pytest.raises(TypeError, match=r"take\(10\)"):
            results[0]


async def test_a_notebook_shows_what_was_read(broker: Any) -> None:
    """Without a request of its own."""
    broker.function = paged(8)
    async with AsyncClient(broker.url, transport=broker.transport) as client:
        results = client.entities.query("Sensor", as_=dict, page_size=3)
        assert "nothing has been read" in results._repr_html_()
        found: Any = await results.all()
        asked = len(broker.requests)
        assert "urn:ngsi-ld:Sensor:07" in results._repr_html_()
        assert "8 items" in found._repr_html_()
        assert len(broker.requests) == asked
