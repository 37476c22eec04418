"""Whatever type and attribute can be stored can be listed and queried, however odd its name is."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import httpx
import pytest

_ODD = [
    "http://e/a(b)",
    "http://e/a)",
    "http://e/a,b",
    "http://e/a;b",
    "http://e/a%28b",
    "http://e/a=b",
    "http://e/a!b~c",
    "http://e/a[b]",
    "http://e/a&b=c?d#e",
    "urn:x:(a)",
]


def _written(name: str) -> str:
    """Write a name as the page does."""
    return re.sub(r"[%;|,()\[\]{}=!<>~]", lambda sign: f"%{ord(sign[0]):02X}", name)


@pytest.fixture
async def odd(http: httpx.AsyncClient) -> httpx.AsyncClient:
    """Store an entity of each odd type, with an attribute of the same name, and a plain one."""
    for number, name in enumerate([*_ODD, "Plain"]):
        entity: dict[str, Any] = {"id": f"urn:e:{number}", "type": name, name: number}
        assert (await http.post("entities", json=entity)).status_code == 201, name
    return http


async def test_odd_types_are_listed_and_queried(odd: httpx.AsyncClient) -> None:
    """Each type is in the list of types, and a query by it, written as it is or encoded, finds its entity alone."""
    assert set((await odd.get("types")).json()["typeList"]) == {*_ODD, "Plain"}
    for number, name in enumerate(_ODD):
        assert (await odd.get(f"types/{quote(name, safe='')}")).status_code == 200
        for text in (name, _written(name)):
            found = await odd.get("entities", params={"type": text})
            assert found.status_code == 200, (text, found.text)
            assert [one["id"] for one in found.json()] == [f"urn:e:{number}"], (text, found.text)
            one = await odd.get(f"entities/urn:e:{number}", params={"type": text})
            assert one.status_code == 200
        assert (await odd.get(f"entities/urn:e:{number}", params={"type": "Plain"})).status_code == 404


async def test_all_types_at_once(odd: httpx.AsyncClient) -> None:
    """All types of the list, encoded and joined by commas as the page does it, find all entities."""
    types = (await odd.get("types")).json()["typeList"]
    found = await odd.get("entities", params={"type": ",".join(map(_written, types)), "limit": "100"})
    assert len(found.json()) == len(_ODD) + 1


async def test_odd_attributes_are_asked_for_in_q(odd: httpx.AsyncClient) -> None:
    """An attribute with signs of the language in its name, encoded, can stand in q."""
    for number, name in enumerate(_ODD):
        found = await odd.get("entities", params={"q": f"{_written(name)}=={number}"})
        assert [one["id"] for one in found.json()] == [f"urn:e:{number}"], (name, found.text)


async def test_subscription_to_an_odd_type(odd: httpx.AsyncClient) -> None:
    """A subscription names an odd type in its encoded form."""
    notification = {"endpoint": {"uri": "http://127.0.0.1:9/"}}
    for name in _ODD:
        wanted = {"type": "Subscription", "entities": [{"type": _written(name)}], "notification": notification}
        assert (await odd.post("subscriptions", json=wanted)).status_code == 201, name
    assert (await odd.get("subscriptions?limit=100")).status_code == 200
