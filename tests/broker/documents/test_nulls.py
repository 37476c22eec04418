"""JSON null in subscriptions and registrations, refused when it comes and harmless where it is stored (5.5.4)."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from citycontext.broker import LocalBroker

_SUBSCRIPTION: dict[str, Any] = {
    "id": "urn:s:1",
    "type": "Subscription",
    "subscriptionName": "n",
    "entities": [{"type": "T", "id": "urn:a:b", "idPattern": ".*"}],
    "watchedAttributes": ["a"],
    "notificationTrigger": ["attributeUpdated"],
    "q": "a>1",
    "geoQ": {"geometry": "Point", "coordinates": [1, 2], "georel": "near;maxDistance==10", "geoproperty": "location"},
    "isActive": True,
    "expiresAt": "2099-01-01T00:00:00Z",
    "throttling": 1,
    "scopeQ": "/A",
    "lang": "nl",
    "notification": {
        "attributes": ["a"],
        "format": "normalized",
        "sysAttrs": True,
        "endpoint": {
            "uri": "http://127.0.0.1:9/",
            "accept": "application/json",
            "timeout": 10,
            "receiverInfo": [{"key": "a", "value": "b"}],
        },
    },
}
_REGISTRATION: dict[str, Any] = {
    "id": "urn:r:1",
    "type": "ContextSourceRegistration",
    "registrationName": "n",
    "information": [
        {
            "entities": [{"type": "T", "id": "urn:a:b", "idPattern": ".*"}],
            "propertyNames": ["a"],
            "relationshipNames": ["r"],
        }
    ],
    "tenant": "x",
    "location": {"type": "Point", "coordinates": [1, 2]},
    "observationInterval": {"startAt": "2024-01-01T00:00:00Z", "endAt": "2025-01-01T00:00:00Z"},
    "expiresAt": "2099-01-01T00:00:00Z",
    "endpoint": "http://127.0.0.1:9",
    "contextSourceInfo": [{"key": "a", "value": "b"}],
    "mode": "inclusive",
    "operations": ["federationOps"],
    "management": {"timeout": 100, "cooldown": 100},
}
_KINDS = [
    ("subscriptions", "subscription", _SUBSCRIPTION),
    ("csourceSubscriptions", "csourceSubscription", _SUBSCRIPTION),
    ("csourceRegistrations", "registration", _REGISTRATION),
]


def _places(document: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    members = document.items() if isinstance(document, dict) else enumerate(document)
    for name, value in members:
        yield (*path, name)
        if isinstance(value, (dict, list)):
            yield from _places(value, (*path, name))


def _with_null(document: dict[str, Any], path: tuple[Any, ...]) -> dict[str, Any]:
    made = copy.deepcopy(document)
    place: Any = made
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = None
    return made


@pytest.mark.parametrize(("path", "_kind", "document"), _KINDS, ids=[one for one, *_ in _KINDS])
async def test_null_is_refused(http: httpx.AsyncClient, path: str, _kind: str, document: dict[str, Any]) -> None:
    """A member that is null, at any depth, is refused at creation; in an update it removes, at the top only."""
    for place in _places(document):
        answer = await http.post(path, json=_with_null(document, place))
        assert answer.status_code == 400, (place, answer.text)
    assert (await http.post(path, json=document)).status_code == 201
    address = f"{path}/{document['id']}"
    for place in _places(document):
        answer = await http.patch(address, json={place[0]: _with_null(document, place)[place[0]]})
        needed = place[0] in ("id", "type", "notification", "information", "endpoint")
        assert answer.status_code == (400 if needed or len(place) > 1 else 204), (place, answer.text)
        answer = await http.patch(address, json={name: value for name, value in document.items() if name != "id"})
        assert answer.status_code == 204, answer.text


@pytest.mark.parametrize(("path", "kind", "document"), _KINDS, ids=[one for one, *_ in _KINDS])
async def test_stored_null_harms_nobody(tmp_path: Path, path: str, kind: str, document: dict[str, Any]) -> None:
    """Nulls that an older release stored are dropped at the start; listing, writing and registering work for all."""
    store = tmp_path / "city.db"
    broker = LocalBroker(store)
    now = "2024-01-01T00:00:00Z"
    for number, place in enumerate(_places(document)):
        wire = _with_null(document, place)
        if not isinstance(wire["id"], str):
            continue
        wire["id"] = f"urn:x:{number}"
        record = {"wire": wire, "context": None, "createdAt": now, "modifiedAt": now}
        broker.state.store.resources.put(0, kind, wire["id"], record)
    broker.close()
    again = LocalBroker(store, allow_forwarding=["127.0.0.1:9"])
    async with httpx.AsyncClient(transport=again.transport(), base_url="http://broker/ngsi-ld/v1/") as http:
        listed = await http.get(f"{path}?type=T&limit=100" if kind == "registration" else f"{path}?limit=100")
        assert listed.status_code == 200
        assert b"null" not in listed.content
        entity = {"id": "urn:e:1", "type": "T", "b": 1}
        assert (await http.post("entities", json=entity)).status_code == 201
        assert (await http.patch("entities/urn:e:1/attrs", json={"b": 2})).status_code == 204
        assert (await http.post("entityOperations/upsert", json=[{**entity, "b": 3}])).status_code == 204
        assert (await http.get("entities?type=T")).status_code == 200
        assert (await http.get("entities/urn:e:1")).json()["b"]["value"] == 3
        other = {**_REGISTRATION, "id": "urn:r:other"}
        assert (await http.post("csourceRegistrations", content=orjson.dumps(other), headers=_JSON)).status_code == 201
        assert (await http.delete("csourceRegistrations/urn:r:other")).status_code == 204
        assert (await http.delete("entities/urn:e:1")).status_code == 204
        assert (await http.delete(f"{path}/urn:x:3")).status_code == 204
        await again.state.stop()
    again.close()


_JSON = {"Content-Type": "application/json"}
