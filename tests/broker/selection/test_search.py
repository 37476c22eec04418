"""Searching by indexes: what they leave out would not have matched, and pages cost the same however late they are."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from citycontext.broker import LocalBroker
from citycontext.broker.request.turns import Turns
from citycontext.broker.selection import search
from citycontext.broker.selection.selection import Selection
from citycontext.broker.selection.spans import spans_of
from citycontext.broker.store import Store
from citycontext.broker.store import values as value_indexes
from citycontext.ngsild.query.evaluate import compile_q
from citycontext.ngsild.query.q_parser import parse_q

NOW = "2024-05-01T10:00:00Z"
SCALARS = st.one_of(
    st.integers(-3, 3),
    st.sampled_from([0.5, -0.5, 2**53, 2**53 + 1, 1e300, True, False, "a", "b", "aa", "é", "x" * 70, "x" * 69 + "y"]),
    st.sampled_from([NOW, "2024-05-01T12:00:00+02:00", "2024-05-02", "10:00:00Z", "10:00:00.5Z", "urn:a:b"]),
)
VALUES = st.one_of(SCALARS, st.lists(SCALARS, max_size=4), st.fixed_dictionaries({"m": SCALARS}))
ATTRIBUTES = st.one_of(
    st.builds(lambda value: {"type": "Property", "value": value}, VALUES),
    st.builds(lambda value: {"type": "Property", "value": 1, "a": {"type": "Property", "value": value}}, VALUES),
    st.builds(lambda value: {"type": "Property", "value": {"@type": "x", "@value": value}}, SCALARS),
    st.builds(lambda text: {"type": "LanguageProperty", "languageMap": {"nl": text, "m": "b"}}, st.sampled_from("ab")),
    st.builds(lambda uri: {"type": "Relationship", "object": uri}, st.sampled_from(["urn:a:b", "urn:a:c"])),
    st.builds(lambda json: {"type": "JsonProperty", "json": {"m": json}}, VALUES),
    st.builds(lambda word: {"type": "VocabProperty", "vocab": word}, st.sampled_from(["a", "urn:a:b"])),
    st.builds(lambda value: {"type": "ListProperty", "valueList": [value]}, SCALARS),
)
INSTANCES = st.one_of(ATTRIBUTES, st.lists(ATTRIBUTES, min_size=2, max_size=3))
ENTITIES = st.lists(st.dictionaries(st.sampled_from("ab"), INSTANCES, max_size=2), min_size=1, max_size=8)
WRITTEN = st.sampled_from(
    ["0", "1", "-1", "0.5", "9007199254740993", '"a"', '"b"', '"é"', '"' + "x" * 70 + '"', "true", NOW, "2024-05-02",
     "10:00:00Z", "urn:a:b", "a"]
)  # fmt: skip
PATHS = st.sampled_from(["a", "b", "a.a", "a[m]", "b[nl]", "a[*]", "a.observedAt"])
COMPARISONS = st.one_of(
    st.builds(lambda path, sign, value: f"{path}{sign}{value}", PATHS, st.sampled_from(["==", "!="]), WRITTEN),
    st.builds(
        lambda path, sign, value: f"{path}{sign}{value}",
        PATHS,
        st.sampled_from(["<", "<=", ">", ">="]),
        WRITTEN.filter(lambda value: value not in ("true", "urn:a:b", "a")),
    ),
    st.builds(lambda path, one, other: f"{path}=={one},{other}", PATHS, WRITTEN, WRITTEN),
    st.sampled_from(["a==-1..1", "b==0..2", 'a=="a".."b"', "a[m]==0..3", 'a~="x"']),
)
QUERIES = st.one_of(
    COMPARISONS,
    st.builds("{};{}".format, COMPARISONS, COMPARISONS),
    st.builds("({}|{});{}".format, COMPARISONS, COMPARISONS, COMPARISONS),
)


@pytest.fixture
def no_walk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every search make an index at once."""
    monkeypatch.setattr(search, "_WALK", 0)
    monkeypatch.setattr(search, "_WALK_FOR_EACH", 0)


def _stored(entities: list[dict[str, Any]]) -> Store:
    store = Store(":memory:")
    with store.transaction():
        for number, attributes in enumerate(entities):
            store.entities.put(0, {"id": f"urn:a:{number}", "type": ["T"], **attributes}, None)
    return store


def _selection(q: str) -> Selection:
    condition = parse_q(q)
    return Selection(tests=[compile_q(condition)], spans=spans_of(condition, str, ()))


async def _found(selection: Selection, store: Store) -> list[str]:
    page = await selection.page(store, 0, 100, 0, count=True, turns=Turns())
    assert page.count == len(page.documents)
    return [document["id"] for document in page.documents]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ENTITIES, ENTITIES, QUERIES)
async def test_indexes_of_values_find_what_looking_at_each_entity_finds(
    no_walk: None, entities: list[dict[str, Any]], later: list[dict[str, Any]], q: str
) -> None:
    """A query finds the same by an index as by evaluation, also after changes, deletions and rollbacks."""
    matches = compile_q(parse_q(q))
    store = _stored(entities)
    try:
        selection = _selection(q)
        every = {f"urn:a:{number}": attributes for number, attributes in enumerate(entities)}
        assert await _found(selection, store) == [name for name, attributes in every.items() if matches(attributes)]
        with store.transaction():
            for number, attributes in enumerate(later):
                name = f"urn:a:{number}"
                store.entities.put(0, {"id": name, "type": ["T"], **attributes}, store.entities.get(0, name))
                every[name] = attributes
            if len(entities) > len(later):
                store.entities.delete(0, {"id": f"urn:a:{len(entities) - 1}", "type": ["T"], **entities[-1]})
                del every[f"urn:a:{len(entities) - 1}"]
        with pytest.raises(ZeroDivisionError), store.transaction():
            store.entities.put(0, {"id": "urn:a:new", "type": ["T"], **entities[0]}, None)
            store.entities.put(0, {"id": "urn:a:0", "type": ["T"]}, store.entities.get(0, "urn:a:0"))
            raise ZeroDivisionError
        assert await _found(selection, store) == [name for name, attributes in every.items() if matches(attributes)]
    finally:
        store.close()


async def test_an_index_that_is_not_used_for_long_makes_room(no_walk: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Queries of ever other attributes keep a bounded number of indexes, and are all answered."""
    monkeypatch.setattr(value_indexes, "_MOST", 2)
    store = _stored([{f"a{number}": {"type": "Property", "value": number} for number in range(6)}])
    for _ in range(2):
        for number in range(6):
            assert await _found(_selection(f"a{number}=={number}"), store) == ["urn:a:0"]
    tables = store.database.execute("SELECT count(*) FROM sqlite_temp_master WHERE type = 'table'").fetchone()
    assert tables == (2,)
    store.close()


async def test_an_entity_with_very_many_values_is_found(no_walk: None) -> None:
    """An array of a thousand values does not fill the index, and its entity still matches."""
    store = _stored([{"a": {"type": "Property", "value": list(range(1000))}}, {"a": {"type": "Property", "value": 3}}])
    assert await _found(_selection("a==777"), store) == ["urn:a:0"]
    assert store.database.execute("SELECT count(*) FROM temp.values_1").fetchone() == (2,)
    store.close()


COUNT = 3_300
LEVELS = "abcdefg"


@pytest.fixture(scope="module")
def filled() -> Iterator[LocalBroker]:
    """Return a broker with some thousand entities of two types."""
    broker = LocalBroker()
    with broker.state.writing(0) as writer:
        for number in range(COUNT):
            kind = "https://uri.etsi.org/ngsi-ld/default-context/" + ("Lamp" if number % 3 else "Pole")
            broker.state.store.entities.put(
                0,
                {
                    "id": f"urn:ngsi-ld:Lamp:{number}",
                    "type": [kind],
                    "scope": [f"/Gent/{LEVELS[number % 7]}"],
                    "createdAt": writer.now,
                    "modifiedAt": writer.now,
                    "https://uri.etsi.org/ngsi-ld/default-context/power": {"type": "Property", "value": number},
                    "https://uri.etsi.org/ngsi-ld/location": {
                        "type": "GeoProperty",
                        "value": {"type": "Point", "coordinates": [3.7 + number * 1e-5, 51.0]},
                    },
                },
                None,
            )
    yield broker
    broker.close()


def _http(broker: LocalBroker) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=broker.transport(), base_url="http://broker/ngsi-ld/v1/")


QUESTIONS = {
    "type=Lamp": lambda number: number % 3,
    "type=Lamp,Pole": lambda number: True,
    "local=true": lambda number: True,
    "type=Lamp&q=power>500": lambda number: number % 3 and number > 500,
    "q=power==1000..2900": lambda number: 1000 <= number <= 2900,
    "type=Lamp&scopeQ=/Gent/d": lambda number: number % 3 and number % 7 == 3,
    "local=true&scopeQ=/Gent/%23": lambda number: True,
    "type=Pole&scopeQ=/Gent/%2B": lambda number: number % 3 == 0,
    "type=Lamp&georel=near;maxDistance==1600&geometry=Point&coordinates=[3.7,51]": lambda n: n % 3 and n < 2286,
    "type=Pole&q=power~=x": lambda number: False,
}


@pytest.mark.parametrize("question", QUESTIONS)
async def test_6_3_10_pages_by_link_hold_every_entity_once(filled: LocalBroker, question: str) -> None:
    """Following the Link to the next page brings each entity that matches once, in order, and the count is theirs."""
    expected = [f"urn:ngsi-ld:Lamp:{number}" for number in range(COUNT) if QUESTIONS[question](number)]
    found: list[str] = []
    async with _http(filled) as http:
        answer = await http.get(f"entities?{question}&limit=300&count=true")
        while True:
            assert answer.status_code == 200, answer.text
            assert answer.headers["NGSILD-Results-Count"] == str(len(expected))
            found += [entity["id"] for entity in answer.json()]
            following = answer.links.get("next")
            if following is None:
                break
            answer = await http.get(f"http://broker{following['url']}")
    assert found == expected


@pytest.mark.parametrize("question", QUESTIONS)
async def test_6_3_10_an_offset_means_the_same_as_links(filled: LocalBroker, question: str) -> None:
    """A page by an explicit offset holds what stands there."""
    expected = [f"urn:ngsi-ld:Lamp:{number}" for number in range(COUNT) if QUESTIONS[question](number)]
    async with _http(filled) as http:
        answer = await http.get(f"entities?{question}&limit=20&offset=150")
    assert [entity["id"] for entity in answer.json()] == expected[150:170]


async def test_6_3_10_an_entity_that_is_deleted_moves_no_page() -> None:
    """Deleting what was read already leaves nothing out of the pages behind a Link that goes on from a place."""
    broker = LocalBroker()
    async with _http(broker) as http:
        bodies = [{"id": f"urn:a:{number}", "type": "T"} for number in range(1_500)]
        await http.post("entityOperations/create", json=bodies)
        first = await http.get("entities?type=T&limit=1000")
        assert (await http.delete("entities/urn:a:7")).status_code == 204
        second = await http.get(f"http://broker{first.links['next']['url']}")
    assert [one["id"] for one in second.json()] == [f"urn:a:{number}" for number in range(1_000, 1_500)]
    broker.close()


@pytest.mark.parametrize("after", ["x", "-1", "1.5"])
async def test_6_3_20_a_place_that_is_no_number_is_refused(filled: LocalBroker, after: str) -> None:
    """The parameter of our own that goes on from a place is checked as others are."""
    async with _http(filled) as http:
        answer = await http.get("entities", params={"type": "Lamp", "after": after})
    assert answer.status_code == 400


async def test_5_7_2_pages_of_a_posted_query_go_on_by_link(filled: LocalBroker) -> None:
    """A posted query is paged by its Link as well."""
    async with _http(filled) as http:
        body = {"type": "Query", "entities": [{"type": "Pole"}]}
        first = await http.post("entityOperations/query?limit=1000", json=body)
        second = await http.post(f"http://broker{first.links['next']['url']}", json=body)
    assert [one["id"] for one in second.json()] == [f"urn:ngsi-ld:Lamp:{number}" for number in range(3_000, COUNT, 3)]


async def test_counts_follow_every_write() -> None:
    """Counts by type and scope are those of the entities after creations, changes, refusals and deletions."""
    broker = LocalBroker()

    async def counted(question: str) -> str:
        return (await http.get(f"entities?{question}&count=true&limit=0")).headers["NGSILD-Results-Count"]

    async with _http(broker) as http:
        assert await counted("type=T") == await counted("local=true&scopeQ=/a") == "0"
        for number in range(3):
            await http.post("entities", json={"id": f"urn:a:{number}", "type": ["T", "U"], "scope": ["/a/b", "/a/c"]})
        assert (await http.post("entities", json={"id": "urn:a:0", "type": "T"})).status_code == 409
        assert [await counted(one) for one in ("type=T", "type=U&scopeQ=/a/b", "type=T&scopeQ=/a/%23")] == ["3"] * 3
        assert await counted("type=T&scopeQ=/a") == "0"
        await http.put("entities/urn:a:0", json={"type": "U", "scope": "/a"})
        await http.delete("entities/urn:a:1")
        assert [await counted(one) for one in ("type=T", "type=U", "type=T,U", "local=true")] == ["1", "2", "2", "2"]
        assert [await counted(f"type=U&scopeQ={one}") for one in ("/a", "/a/%23", "/a/c")] == ["1", "2", "1"]
        await http.delete("entities?type=U")
        assert await counted("type=U") == await counted("local=true&scopeQ=/a") == "0"
    broker.close()


async def test_a_long_search_lets_others_go_first(filled: LocalBroker, monkeypatch: pytest.MonkeyPatch) -> None:
    """A query that must look at every entity gives way to other requests while it looks."""
    import asyncio

    from citycontext.broker.request import turns

    monkeypatch.setattr(turns, "_TURN", 0.001)
    async with _http(filled) as http:
        long = asyncio.create_task(http.get("entities", params={"q": 'power~=".*x"'}))
        await asyncio.sleep(0)
        began = time.monotonic()
        assert (await http.get("entities/urn:ngsi-ld:Lamp:3")).status_code == 200
        short, is_over = time.monotonic() - began, long.done()
        assert json.loads((await long).text) == []
    assert not is_over
    assert short < time.monotonic() - began
