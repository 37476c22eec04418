"""What a user may get wrong is told at once, in words that help, and nothing is sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from citycontext.client import AsyncClient
from citycontext.errors import CityContextError, ConfigurationError
from citycontext.ngsild import Attr, Entity, OptAttr, optional
from citycontext.ngsild.query import Q

ID = "urn:ngsi-ld:Bench:1"


class Bench(Entity):
    seats: Attr[int]


class Seat(Entity):
    free_places: OptAttr[int] = optional()


BENCH = Bench(id=ID, seats=3)

MISTAKES: dict[str, tuple[Callable[[Any], Any], str]] = {
    "an entity in place of its id": (lambda client: client.entities.retrieve(BENCH), "a Bench where an id"),
    "no id": (lambda client: client.entities.retrieve(None), "None where an id"),
    "an empty id, which would mean all": (lambda client: client.entities.delete(""), "'' where an id"),
    "an empty attribute, which would mean all": (lambda client: client.entities.delete_attribute(ID, ""), "'' where"),
    "a number in place of a subscription": (lambda client: client.subscriptions.retrieve(5), "a int where an id"),
    "one entity in place of several": (lambda client: client.batch.upsert(BENCH), "put it into a list"),
    "one wire form in place of several": (lambda client: client.batch.create(BENCH.wire), "put it into a list"),
    "one id in place of several": (lambda client: client.batch.delete(ID), "put it into a list"),
    "several in place of one": (lambda client: client.entities.create([BENCH]), "list is not an entity"),
    "a value in place of an attribute": (lambda client: client.entities.replace_attribute(ID, "seats", 5), "Property"),
    "an object without JSON form": (lambda client: client.entities.merge(ID, {"seats": object()}), "no JSON form"),
    "an entity in place of its class": (lambda client: client.entities.query(BENCH), "give its class"),
    "a class that is not one": (lambda client: client.entities.retrieve(ID, as_=int), "is not an entity class"),
    "another class that is not one": (
        lambda client: client.entities.query(Bench, as_="Bench"),
        "is not an entity class",
    ),
    "a page of words": (lambda client: client.entities.query(Bench, page_size="ten"), "'ten' is not a number of items"),
    "a geo-query of words": (
        lambda client: client.entities.query(Bench, geo="near me"),
        "'near me' is not a geo-query",
    ),
    "coordinates of words": (
        lambda client: client.entities.query(
            Bench, geo={"georel": "near;maxDistance==1", "geometry": "Point", "coordinates": "here"}
        ),
        "'here' is not a JSON array",
    ),
    "a form that is not one": (lambda client: client.entities.query(Bench, representation="short"), "'short' is no"),
    "a treatment of bad ones that is not one": (
        lambda client: client.entities.query(Bench, on_invalid="skip"),
        "'skip'",
    ),
    "a foreign parameter": (lambda client: client.entities.query(Bench, filter="x"), "'filter' is not a parameter"),
    "a misspelt parameter": (lambda client: client.entities.query(Bench, idPattern="x"), "did you mean id_pattern"),
    "a limit": (lambda client: client.entities.query(Bench, limit=2), r"\.take\(n\) reads the first n"),
    "a Python name in q": (lambda client: client.entities.query(Seat, q=Q.free_places > 2), "called 'freePlaces'"),
    "a Python name in a text of q": (
        lambda client: client.entities.query(Seat, q='name=="free_places";free_places>2'),
        "called 'freePlaces'",
    ),
    "a Python name to pick": (lambda client: client.entities.query(Seat, pick=["free_places"]), "called 'freePlaces'"),
    "a Python name to pick of one": (
        lambda client: client.entities.retrieve(ID, as_=Seat, pick="free_places"),
        "called 'freePlaces'",
    ),
    "a time of words": (lambda client: client.temporal.retrieve(ID, when="yesterday"), "'yesterday' is not a temporal"),
    "words in place of a document": (lambda client: client.subscriptions.create("x"), "is not a document"),
}


async def test_what_looks_like_a_python_name_is_none(broker: Any) -> None:
    """As a value, as a member of a value, or where no class says what it is."""
    broker.will(200, [])
    async with AsyncClient(broker.url, transport=broker.transport) as client:
        for query in (
            client.entities.query(Seat, q='name=="free_places"'),
            client.entities.query(Seat, q="name==free_places|name==x"),
            client.entities.query(Seat, q=Q.name["free_places"] == 1),
            client.entities.query("Seat", q=Q.free_places > 2),
        ):
            assert await query.all() == []


@pytest.mark.parametrize("name", MISTAKES)
async def test_a_mistake_is_told_before_anything_is_sent(broker: Any, name: str) -> None:
    """The exception is ours and says what was found, or what to give instead."""
    call, words = MISTAKES[name]
    async with AsyncClient(broker.url, transport=broker.transport) as client:
        with pytest.raises(CityContextError, match=words):
            await call(client)
    assert broker.requests == []


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("timeout", "5"),
        ("retries", "3"),
        ("retries", 1.5),
        ("tenant", 5),
        ("profile", "orion-ld"),
        ("headers", {"X-Trace": 1}),
    ],
)
def test_a_setting_of_another_type(setting: str, value: Any) -> None:
    """It is refused when the client is made, by its name."""
    name = next(iter(value)) if isinstance(value, dict) else setting
    with pytest.raises(ConfigurationError, match=name):
        AsyncClient("http://broker.test", **{setting: value})
