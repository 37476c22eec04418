"""Work on one entity grows with its size, and no faster."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from citycontext.broker import Bounds, LocalBroker

_SMALL, _LARGE = 500, 6_000


def _attributes(count: int) -> dict[str, Any]:
    return {f"a{number}": number for number in range(count)}


def _datasets(count: int) -> dict[str, Any]:
    return {"a": [{"type": "Property", "value": one, "datasetId": f"urn:d:{one}"} for one in range(count)]}


def _scopes(count: int) -> dict[str, Any]:
    return {"scope": [f"/S{number}" for number in range(count)]}


def _changed(fragment: dict[str, Any]) -> dict[str, Any]:
    if "scope" in fragment:
        return {"scope": [f"{one}/B" for one in fragment["scope"]]}
    if "a" in fragment:
        return {"a": [{**one, "value": -1} for one in fragment["a"]]}
    return dict.fromkeys(fragment, -1)


@pytest.mark.parametrize("make", [_attributes, _datasets, _scopes])
async def test_writes_are_linear(make: Callable[[int], dict[str, Any]]) -> None:
    """Twelve times the attributes, instances or scopes cost about twelve times the work, not a hundred times."""
    broker = LocalBroker(bounds=Bounds(names=_LARGE))
    async with httpx.AsyncClient(transport=broker.transport(), base_url="http://broker/ngsi-ld/v1/") as http:
        spent = [await _cost(http, make, count) for count in (_SMALL, _LARGE)]
    broker.close()
    assert spent[1] < spent[0] * 12 * 3


async def _cost(http: httpx.AsyncClient, make: Callable[[int], dict[str, Any]], count: int) -> float:
    entity, path = {"id": f"urn:x:{count}", "type": "T", **make(count)}, f"entities/urn:x:{count}"
    other = _changed(make(count))
    began = time.process_time()
    answers = [
        await http.post("entities", json=entity),
        await http.put(path, json={"type": "T", **other}),
        await http.patch(path, json=make(count)),
        await http.post(f"{path}/attrs", json=other),
        await http.patch(f"{path}/attrs", json=make(count)),
        await http.get(path),
    ]
    spent = time.process_time() - began
    assert [one.status_code for one in answers] == [201, 204, 204, 204, 204, 200]
    return spent


@pytest.mark.parametrize(
    "question",
    [
        "type=T&limit=100&georel=near;maxDistance==5000&geometry=Point&coordinates=[3.7,51]",
        "type=T&limit=100&q=level>=0",
        "local=true&limit=100&offset=5",
        "local=true&limit=20&q=level>=0",
        "idPattern=.*&type=T&limit=100",
    ],
)
async def test_a_page_takes_as_many_steps_in_a_large_store(question: str) -> None:
    """Twelve times the entities cost SQLite no more for a page of them: it looks at none that are not in it."""
    steps = [await _steps(question, count) for count in (_SMALL, _LARGE)]
    assert steps[1] <= steps[0] * 1.5


async def _steps(question: str, count: int) -> int:
    """Return how many hundreds of instructions SQLite needs to answer in a store of so many entities."""
    broker, taken = LocalBroker(), 0

    def count_steps() -> None:
        nonlocal taken
        taken += 1

    place = {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [3.7, 51]}}
    async with httpx.AsyncClient(transport=broker.transport(), base_url="http://broker/ngsi-ld/v1/") as http:
        for start in range(0, count, 500):
            some = [
                {"id": f"urn:x:{one}", "type": "T", "level": one, "location": place}
                for one in range(start, start + 500)
            ]
            (await http.post("entityOperations/create", json=some)).raise_for_status()
        answers = []
        for _ in range(2):
            taken = 0
            broker.state.store.database.connection.set_progress_handler(count_steps, 100)
            answers.append(await http.get(f"entities?{question}"))
    assert [one.status_code for one in answers] == [200, 200], answers[0].text
    assert len(answers[0].json()) >= 20
    broker.close()
    return taken
