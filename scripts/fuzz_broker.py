"""Set every member of every document of the API to every wrong value, and see that the broker lives on.

    python scripts/fuzz_broker.py 100000 --seed 7

A case takes a valid document, sets one member, at any depth, to null, NGSI-LD Null, a wrong type, an empty or a huge
value, or takes it away, and sends it with POST, PATCH or PUT. Afterwards every list is read, what the case touched is
read and written again. It fails on a 500, on an answer that is not JSON where one is due, and when something that was
good before cannot be read or written after it. A failure is printed with its number; ``--case`` runs that one alone.
"""

from __future__ import annotations

import argparse
import asyncio
import copy
import json
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

import httpx

from citycontext.broker import LocalBroker

__all__ = ["Case", "cases", "run"]

_TOGETHER: Final = 10
_CORE: Final = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.8.jsonld"
_ENTITY: Final = "urn:ngsi-ld:Lamp:1"
_GOOD: Final = "urn:ngsi-ld:Lamp:good"
_AT: Final = "2024-05-01T10:00:00Z"
_FAR: Final = "2999-01-01T00:00:00Z"
_QUERY: Final[dict[str, Any]] = {
    "type": "Query",
    "entities": [{"type": "Lamp", "id": _ENTITY, "idPattern": ".*"}],
    "attrs": ["power"],
    "q": "power>1",
    "geoQ": {"georel": "near;maxDistance==100", "geometry": "Point", "coordinates": [3.7, 51.0],
             "geoproperty": "location"},
    "scopeQ": "/Gent",
    "lang": "nl",
    "datasetId": ["@none"],
    "expandValues": "kind",
    "jsonKeys": "raw",
}  # fmt: skip
_ATTRIBUTES: Final[dict[str, Any]] = {
    "power": {
        "type": "Property", "value": 3, "unitCode": "WTT", "observedAt": _AT, "expiresAt": _FAR,
        "datasetId": "urn:a:meter",
        "accuracy": {"type": "Property", "value": 0.1},
        "by": {"type": "Relationship", "object": "urn:a:b"},
    },
    "power2": [{"type": "Property", "value": 1}, {"type": "Property", "value": 2, "datasetId": "urn:a:c"}],
    "owner": {"type": "Relationship", "object": "urn:a:city", "objectType": "City"},
    "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [3.7, 51.0]}},
    "name": {"type": "LanguageProperty", "languageMap": {"nl": "Lamp"}},
    "kind": {"type": "VocabProperty", "vocab": "led"},
    "raw": {"type": "JsonProperty", "json": {"a": [1, {"b": 2}]}},
    "list": {"type": "ListProperty", "valueList": [1, 2]},
    "poles": {"type": "ListRelationship", "objectList": [{"object": "urn:a:1"}]},
    "sealed": {"type": "Property", "value": {"x": {"y": 1}}, "ngsildproof": {
        "type": "Property", "value": {"proofValue": "z"}, "entityIdSealed": "urn:a:b", "entityTypeSealed": "Lamp"}},
}  # fmt: skip
_EVOLUTION: Final[dict[str, Any]] = {
    "power": [
        {"type": "Property", "value": 1, "observedAt": _AT},
        {"type": "Property", "value": 2, "observedAt": _FAR},
    ],
    "scope": [{"type": "Property", "value": "/Gent", "observedAt": _AT}],
}
_FULL: Final[dict[str, Any]] = {"id": _ENTITY, "type": "Lamp", "scope": "/Gent", "expiresAt": _FAR, **_ATTRIBUTES}
_SUBSCRIPTION: Final[dict[str, Any]] = {
    "id": "urn:ngsi-ld:Subscription:1",
    "type": "Subscription",
    "subscriptionName": "x",
    "description": "x",
    "entities": [{"type": "Lamp", "id": _ENTITY, "idPattern": ".*"}],
    "watchedAttributes": ["power"],
    "notificationTrigger": ["attributeUpdated"],
    "throttling": 1,
    "q": "power>1",
    "geoQ": _QUERY["geoQ"],
    "scopeQ": "/Gent",
    "lang": "nl",
    "datasetId": ["@none"],
    "isActive": True,
    "expiresAt": _FAR,
    "jsonldContext": _CORE,
    "ngsildConformance": "1.8",
    "notification": {
        "attributes": ["power"], "format": "concise", "sysAttrs": True, "showChanges": False, "join": "flat",
        "joinLevel": 1,
        "endpoint": {"uri": "http://127.0.0.1:9/", "accept": "application/ld+json", "timeout": 100, "cooldown": 100,
                     "receiverInfo": [{"key": "X-A", "value": "b"}], "notifierInfo": [{"key": "a", "value": "b"}]},
    },
}  # fmt: skip
_REGISTRATION: Final[dict[str, Any]] = {
    "id": "urn:ngsi-ld:ContextSourceRegistration:1",
    "type": "ContextSourceRegistration",
    "registrationName": "x",
    "information": [{"entities": [{"type": "Pole", "id": "urn:a:pole"}], "propertyNames": ["level"],
                     "relationshipNames": ["owner"]}],
    "endpoint": "http://127.0.0.1:9/",
    "mode": "inclusive",
    "operations": ["federationOps"],
    "contextSourceInfo": [{"key": "accept", "value": "application/json"}],
    "contextSourceAlias": "x",
    "tenant": "other",
    "scope": "/Gent",
    "datasetId": ["@none"],
    "location": {"type": "Point", "coordinates": [3.7, 51.0]},
    "observationInterval": {"startAt": _AT, "endAt": _FAR},
    "management": {"timeout": 100, "cooldown": 100, "cacheDuration": "PT1M", "localOnly": False},
    "refreshRate": "PT1M",
    "expiresAt": _FAR,
}  # fmt: skip
_SNAPSHOT: Final[dict[str, Any]] = {
    "id": "urn:ngsi-ld:Snapshot:1",
    "type": "Snapshot",
    "snapshotQueries": [_QUERY],
    "snapshotTemporalQueries": [
        {"type": "Query", "entities": [{"type": "Lamp"}], "temporalQ": {"timerel": "before", "timeAt": _FAR}}
    ],
    "snapshotLifetime": "PT1H",
    "snapshotPriority": 3,
    "endpoint": {"uri": "http://127.0.0.1:9/"},
}
_TEMPORAL_QUERY: Final[dict[str, Any]] = {
    "type": "Query",
    "entities": [{"type": "Lamp"}],
    "temporalQ": {"timerel": "between", "timeAt": "2000-01-01T00:00:00Z", "endTimeAt": _FAR,
                  "timeproperty": "observedAt", "lastN": 2},
    "aggrParams": {"aggrMethods": ["totalCount"], "aggrPeriodDuration": "P1Y"},
}  # fmt: skip

TARGETS: Final[tuple[tuple[str, str, Any], ...]] = (
    ("POST", "entities", _FULL),
    ("PUT", f"entities/{_ENTITY}", _FULL),
    ("PATCH", f"entities/{_ENTITY}", {"type": "Lamp", "scope": "/Gent", **_ATTRIBUTES}),
    ("PATCH", f"entities/{_ENTITY}?format=simplified&lang=nl", {"power": 1, "name": "Lamp", "raw": {"a": 1}}),
    ("POST", f"entities/{_ENTITY}/attrs", {"scope": "/Gent", **_ATTRIBUTES}),
    ("PATCH", f"entities/{_ENTITY}/attrs", {"scope": "/Gent", **_ATTRIBUTES}),
    *(("PATCH", f"entities/{_ENTITY}/attrs/{name}", body) for name, body in _ATTRIBUTES.items() if name != "power2"),
    *(("PUT", f"entities/{_ENTITY}/attrs/{name}", body) for name, body in _ATTRIBUTES.items() if name != "power2"),
    *(("POST", f"entityOperations/{one}", [_FULL]) for one in ("create", "upsert", "update", "merge")),
    ("POST", "entityOperations/upsert?options=update", [_FULL]),
    ("POST", "entityOperations/delete", [_ENTITY]),
    ("POST", "entityOperations/query", _QUERY),
    ("POST", "temporal/entities", {"id": _ENTITY, "type": "Lamp", **_EVOLUTION}),
    ("POST", f"temporal/entities/{_ENTITY}/attrs", _EVOLUTION),
    ("POST", "temporal/entityOperations/query?format=aggregatedValues", _TEMPORAL_QUERY),
    *((method, f"{path}/{_SUBSCRIPTION['id']}" if method == "PATCH" else path, _SUBSCRIPTION)
      for path in ("subscriptions", "csourceSubscriptions") for method in ("POST", "PATCH")),
    ("POST", "csourceRegistrations", _REGISTRATION),
    ("PATCH", f"csourceRegistrations/{_REGISTRATION['id']}", _REGISTRATION),
    ("POST", "snapshots", _SNAPSHOT),
    ("PATCH", f"snapshots/{_SNAPSHOT['id']}", {"snapshotLifetime": "PT2H", "snapshotPriority": 4,
                                               "endpoint": _SNAPSHOT["endpoint"]}),
    ("POST", f"snapshots/{_SNAPSHOT['id']}/clone", {"id": "urn:ngsi-ld:Snapshot:2", "type": "Snapshot",
                                                    "snapshotLifetime": "PT2H"}),
    ("POST", "entityMaps", _QUERY),
    ("POST", "temporal/entityMaps", {name: one for name, one in _TEMPORAL_QUERY.items() if name != "aggrParams"}),
    ("POST", "jsonldContexts", {"@context": {"power": "https://a.example/power", "t": {"@id": "urn:a:t",
                                                                                       "@type": "@vocab"}}}),
)  # fmt: skip
"""Method, path below the API, and a valid body."""

ABSENT: Final = object()
WRONG: Final[tuple[Any, ...]] = (
    None, "urn:ngsi-ld:null", ABSENT, "", " ", [], {}, 0, -1, 1.5, 10**15, 2**63, 1e308, True, False, "x", "@none", "é",
    "x" * 20_000, list(range(2_000)), {f"k{n}": n for n in range(500)}, [None], [[]], [{}], {"": ""}, {"type": None},
    {"type": "Property", "value": 1}, {"@id": "x"}, {"@context": None}, "\x00", "2024-01-01T00:00:00Z", "urn:a:b",
    {"type": "Point", "coordinates": [1e999 if False else 1, 2]}, {"type": "Polygon", "coordinates": []}, "P1000000Y",
    "(((((", "*", "%", "a" * 300 + "*" * 50,
)  # fmt: skip
LISTS: Final = (
    "entities?local=true", "entities?local=true&options=sysAttrs", "entities?type=Lamp&format=simplified",
    "entities?type=Lamp&format=concise&lang=nl",
    "temporal/entities?type=Lamp&timerel=before&timeAt=2999-06-01T00:00:00Z",
    "types", "types?details=true", "attributes", "attributes?details=true", "subscriptions", "csourceSubscriptions",
    "csourceRegistrations?type=Lamp", "csourceRegistrations?type=Pole", "jsonldContexts", "jsonldContexts?details=true",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """One request with one member set wrong."""

    number: int
    method: str
    path: str
    body: Any
    changed: str


def cases(count: int, seed: int) -> Iterator[Case]:
    """Yield cases: each member of each document with each wrong value, shuffled, and again with two members wrong."""
    chance = random.Random(seed)  # noqa: S311
    singles = [
        (target, (place,), (wrong,))
        for target in range(len(TARGETS))
        for place in _places(TARGETS[target][2])
        for wrong in range(len(WRONG))
    ]
    chance.shuffle(singles)
    for number in range(count):
        if number < len(singles):
            target, places, wrongs = singles[number]
        else:
            target = chance.randrange(len(TARGETS))
            known = list(_places(TARGETS[target][2]))
            places = tuple(chance.choice(known) for _ in range(2))
            wrongs = tuple(chance.randrange(len(WRONG)) for _ in range(2))
        method, path, body = TARGETS[target]
        changed = copy.deepcopy(body)
        for place, wrong in zip(places, wrongs, strict=True):
            changed = _set(changed, place, WRONG[wrong])
        what = ", ".join(f"{'.'.join(map(str, p))} = {str(WRONG[w])[:40]}" for p, w in zip(places, wrongs, strict=True))
        yield Case(number, method, path, changed, what)


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, member in members:
        yield from _places(member, (*path, name))


def _set(document: Any, path: tuple[Any, ...], wrong: Any) -> Any:
    if not path:
        return [] if wrong is ABSENT else wrong
    inner = document
    for name in path[:-1]:
        try:
            inner = inner[name]
        except (KeyError, IndexError, TypeError):
            return document
    if isinstance(inner, dict) or (isinstance(inner, list) and isinstance(path[-1], int) and path[-1] < len(inner)):
        if wrong is ABSENT:
            if isinstance(inner, list) or path[-1] in inner:
                del inner[path[-1]]
        else:
            inner[path[-1]] = copy.deepcopy(wrong)
    return document


async def run(count: int, seed: int, only: int | None = None) -> list[str]:
    """Play cases against one broker after another, and return what failed.

    Args:
        count: How many.
        seed: What the shuffling starts with.
        only: The number of the one case to play.
    """
    failures: list[str] = []
    batch: list[Case] = []
    for case in cases(count, seed):
        if only is None or case.number == only:
            batch.append(case)
        if len(batch) == 50:
            failures += await _play(batch)
            batch = []
    return failures + await _play(batch)


async def _play(batch: list[Case]) -> list[str]:
    broker = LocalBroker()
    failures: list[str] = []
    try:
        async with httpx.AsyncClient(transport=broker.transport(), base_url="http://broker/ngsi-ld/v1/") as http:
            await _prepare(http)
            for place, case in enumerate(batch, 1):
                wrong = await _send(http, case)
                if not wrong and (place % _TOGETHER == 0 or place == len(batch)):
                    # What a case breaks stays broken: looking after a few together finds it too.
                    wrong = await _look_after(http, case)
                    wrong = wrong and f"after this or one of the {_TOGETHER - 1} before: {wrong}"
                if wrong:
                    failures.append(f"case {case.number}: {case.method} {case.path}: {case.changed}: {wrong}")
    finally:
        await broker.state.stop()
        broker.close()
    return failures


async def _prepare(http: httpx.AsyncClient) -> None:
    good = {**_FULL, "id": _GOOD}
    for path, body in (
        ("entities", good), ("entities", _FULL), ("subscriptions", {**_SUBSCRIPTION, "id": "urn:a:good"}),
        ("subscriptions", _SUBSCRIPTION), ("csourceSubscriptions", _SUBSCRIPTION),
        ("csourceRegistrations", _REGISTRATION), ("snapshots", _SNAPSHOT),
    ):  # fmt: skip
        answer = await http.post(path, json=body)
        if answer.status_code != 201:
            raise AssertionError(f"the valid document for {path} was refused: {answer.text}")


async def _send(http: httpx.AsyncClient, case: Case) -> str:
    headers = {"Content-Type": "application/json"}
    answer = await http.request(case.method, case.path, content=json.dumps(case.body).encode(), headers=headers)
    return _judge(answer)


def _judge(answer: httpx.Response) -> str:
    if answer.status_code >= 500 and answer.status_code != 504:
        return f"{answer.status_code} {answer.text[:200]}"
    if answer.content:
        try:
            answer.json()
        except ValueError:
            return f"no JSON: {answer.text[:100]}"
    return ""


async def _look_after(http: httpx.AsyncClient, case: Case) -> str:
    """Read all there is, and write what was good before: nothing may have suffered."""
    for path in LISTS:
        answer = await http.get(path, headers={"Accept": "application/ld+json"})
        if answer.status_code != 200:
            return f"then GET {path}: {answer.status_code} {answer.text[:200]}"
    known = (await http.get("entities?local=true&limit=50")).json()
    for entity in known:
        answer = await http.get(f"entities/{quote(entity['id'], safe='')}", headers={"Accept": "application/geo+json"})
        if answer.status_code != 200:
            return f"then GET {entity['id']}: {answer.status_code} {answer.text[:200]}"
    for method, path, body in (
        ("PATCH", f"entities/{_GOOD}", {"power2": case.number}),
        ("POST", "entityOperations/upsert", [{**_FULL, "id": _GOOD}]),
        ("POST", "entityOperations/upsert", [_FULL]),
        ("PATCH", "subscriptions/urn:a:good", {"description": str(case.number)}),
        ("POST", "temporal/entities", {"id": _GOOD, "type": "Lamp", **_EVOLUTION}),
    ):
        answer = await http.request(method, path, json=body)
        if answer.status_code not in (201, 204):
            return f"then {method} {path}: {answer.status_code} {answer.text[:200]}"
    return ""


def main() -> int:
    """Play the cases of the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int, nargs="?", default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--case", type=int)
    asked = parser.parse_args()
    failures = asyncio.run(run(asked.count, asked.seed, asked.case))
    print(*failures, f"{asked.count} cases, {len(failures)} failed", sep="\n")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
