"""Vectors of the suite: distributed operations, played with real brokers as sources and forwarding allowed (4.3.6).

The vectors name payloads, registrations and statuses; where which entity is, is in their purpose. What the suite's mock
source is asked is here what a broker was asked.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from conformance_replay import COMPOUND, EXAMPLES, EXCEPTIONS, Receiver, Run

from citycontext.broker import LocalBroker

ID = "urn:ngsi-ld:Vehicle:1"
OTHER = "urn:ngsi-ld:Vehicle:2"
MODES = {"inc": "inclusive", "exc": "exclusive", "red": "redirect", "aux": "auxiliary"}
ENTITY_FILES = ("entity_payload_filename", "old_entity_payload_filename", "first_entity_payload_filename")
# Retrieved or queried through the region, the entity is at the source alone.
ONLY_THERE = re.compile(r"only on a Context Source")


def vectors() -> Iterator[Any]:
    """Return the cases of the distributed operations, with an id of their own each."""
    if not EXAMPLES.is_dir():
        return
    for vector in json.loads((EXAMPLES / "test-vectors.json").read_bytes()):
        if vector["group"].startswith("DistributedOperations"):
            for number, case in enumerate(vector["cases"], 1):
                name = vector["file"] + (f"-{number}" if len(vector["cases"]) > 1 else "")
                yield pytest.param(vector, case, name, id=name)


class Recorded(httpx.AsyncBaseTransport):
    """A way to a source that keeps what went there."""

    def __init__(self, name: str, inner: httpx.AsyncBaseTransport, sent: list[tuple[str, httpx.Request]]) -> None:
        self.name, self.inner, self.sent = name, inner, sent

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Keep the request and pass it on."""
        self.sent.append((self.name, request))
        return await self.inner.handle_async_request(request)


def _http(name: str, broker: LocalBroker) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=broker.transport(), base_url=f"http://{name}/ngsi-ld/v1")


class Played:
    """A region of a broker and two sources, in which one case is played."""

    def __init__(self, vector: Any, case: Any, receiver: Receiver) -> None:
        self.vector, self.case = vector, case
        self.mode = MODES.get(vector["file"].rpartition("_")[2], "redirect")
        self.group: str = vector["group"].rpartition("/")[2]
        self.sent: list[tuple[str, httpx.Request]] = []
        self.sources = {name: LocalBroker(allow_private_contexts=True, alias=name) for name in ("one", "two")}
        ways = {f"http://{name}": Recorded(name, one.transport(), self.sent) for name, one in self.sources.items()}
        self.broker = LocalBroker(sources=ways, alias="region", allow_private_contexts=True)
        self.runs = {
            name: Run(
                httpx.AsyncClient(transport=one.transport(), base_url=f"http://{name}/ngsi-ld/v1"),
                vector,
                case,
                receiver,
            )
            for name, one in {**self.sources, "region": self.broker}.items()
        }
        self.region = self.runs["region"]

    async def close(self) -> None:
        """End all of it."""
        for name, broker in {**self.sources, "region": self.broker}.items():
            await self.runs[name].http.aclose()
            await broker.state.stop()
            broker.close()

    def entity(self, *names: str, **members: Any) -> dict[str, Any]:
        """Load the first payload file that the vector has of some names."""
        file = next(self.vector["variables"][name] for name in names if name in self.vector["variables"])
        found: dict[str, Any] = self.region.load("entities", file, **members)
        return found

    def fragment(self, *names: str) -> Any:
        """Load a fragment, without id and type of an entity."""
        file = next(self.vector["variables"][name] for name in names if name in self.vector["variables"])
        folder = "entities" if file.startswith("fragmentEntities/") else "entities/fragmentEntities"
        return self.region.load(folder, file)

    async def put(self, where: str, entity: dict[str, Any]) -> None:
        """Put an entity into a broker, before anything is registered."""
        kind = "application/ld+json" if "@context" in entity else "application/json"
        context = "" if "@context" in entity else COMPOUND
        answer = await self.runs[where].send("POST", "entities", entity, kind=kind, context=context, local="true")
        assert answer.status_code in (201, 409), answer.text
        self.runs[where].answers.clear()

    async def register(self, source: str, **members: Any) -> httpx.Response:
        """Register a source in the region, as the vector's file has it."""
        name = next(value for key, value in self.vector["variables"].items() if "registration_payload" in key)
        body = self.region.load("", name, id=f"urn:ngsi-ld:ContextSourceRegistration:{source}")
        body |= {"mode": self.mode, "endpoint": f"http://{source}", **members}
        if self.mode == "exclusive":
            # One entity by its id and its attributes: more an exclusive registration cannot have (4.3.6.3).
            body["information"] = [{"entities": [{"id": ID, "type": "Vehicle"}], "propertyNames": ["speed"]}]
        answer = await self.region.send("POST", "csourceRegistrations", body, kind="application/ld+json")
        assert answer.status_code == 201, answer.text
        return answer

    async def ask(self, method: str, path: str, body: Any = None, **parameters: Any) -> httpx.Response:
        """Send the request of the case to the region."""
        first = body[0] if isinstance(body, list) and body else body
        in_body = isinstance(first, dict) and "@context" in first
        kind = "application/ld+json" if in_body else "application/json"
        return await self.region.send(method, path, body, kind=kind, context="" if in_body else COMPOUND, **parameters)

    def asked(self, source: str = "one") -> list[str]:
        """Return what a source was asked: method and path."""
        return [
            f"{request.method} {request.url.path.removeprefix('/ngsi-ld/v1/').replace(ID, 'ID')}"
            for name, request in self.sent
            if name == source
        ]

    async def held(self, where: str, entity_id: str = ID) -> dict[str, Any] | None:
        """Return an entity that a broker has itself; None where it has not."""
        run = self.runs[where]
        answer = await run.send("GET", f"entities/{entity_id}", context=COMPOUND, local="true")
        run.answers.pop()
        if answer.status_code == 404:
            return None
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


@asynccontextmanager
async def playing(vector: Any, case: Any, receiver: Receiver) -> AsyncIterator[Played]:
    """Return a region for a case, and end it."""
    played = Played(vector, case, receiver)
    try:
        yield played
    finally:
        await played.close()


async def set_up(played: Played) -> None:
    """Put the entities where the mode and the purpose want them, and register."""
    vector, mode, group = played.vector, played.mode, played.group
    if group in ("QueryEntities", "RetrieveEntity"):
        await set_up_reads(played)
        return
    whole = played.entity(*ENTITY_FILES, id=ID) if set(ENTITY_FILES) & vector["variables"].keys() else None
    if whole is None:
        whole = {"id": ID, "type": "Vehicle"}
    without = {name: value for name, value in whole.items() if name != "speed"}
    creates = group.startswith("Create")
    if not creates or vector["file"] in ("D001_03_01_inc", "D001_03_02_inc"):
        if mode != "redirect":
            await played.put("region", without if mode == "exclusive" else whole)
        if vector["file"] not in ("D001_03_01_inc", "D002_02_01_inc"):
            speed = {} if vector["file"] == "D014_02_red" else {"speed": {"type": "Property", "value": 1}}
            # The fragments are about the default instance, the entity's file has others.
            one = (
                {**whole, **speed}
                if group in ("PartialAttributeUpdate", "ReplaceEntityAttribute")
                else {**speed, **whole}
            )
            await played.put("one", one)
    if vector["file"] == "D002_02_02_inc":
        await played.runs["region"].send("DELETE", f"entities/{ID}")
    members: dict[str, Any] = {}
    if vector["file"] in ("D001_02_exc", "D002_02_exc"):
        members["operations"] = ["retrieveOps"]
    if "urgeEntities" in group:
        members["operations"] = ["redirectionOps", "purgeEntity"]
    await played.register("one", **members)
    if mode == "redirect" and ("two redirect" in vector["purpose"] or "both Context Sources" in vector["purpose"]):
        if not creates:
            await played.put("two", one)
        await played.register("two", **members)


async def set_up_reads(played: Played) -> None:
    """Put what is read where the purpose has it: at the source, here, or a part in each."""
    vector, mode = played.vector, played.mode
    first = {"id": ID, "type": "Vehicle", "speed": {"type": "Property", "value": 80}}
    if "entity_payload_filename" in vector["variables"]:
        first = played.entity("entity_payload_filename", id=ID)
    speed = {"id": ID, "type": "Vehicle", "speed": {"type": "Property", "value": 80}}
    if mode == "exclusive":
        await played.put("region", {name: value for name, value in first.items() if name != "speed"})
        await played.put("one", speed)
    elif mode == "auxiliary":
        await played.put("region", first)
        await played.put("one", played.entity("entity_payload_filename2", id=ID))
    elif vector["file"] == "D011_01_03_inc":
        await played.put("region", first)
        await played.put("one", {**played.entity("entity_payload_filename2", id=OTHER)})
    elif vector["file"] == "D011_01_05_inc":
        await played.put("region", first)
        await played.put("one", played.entity("entity_payload_filename2", id=ID))
    else:
        await played.put("one", first)
    operation = played.case["args"].get("operation")
    await played.register("one", **({"operations": [operation]} if operation else {}))


async def read(played: Played) -> None:
    """Query or retrieve, and see that source and region are put together as the mode says."""
    file, method = played.vector["file"], played.case["args"].get("method", "GET")
    call = next((c for c in played.case["calls"] if c["op"].startswith(("Query", "Retrieve"))), {"params": {}})
    local = call["params"].get("local", "")
    if played.group == "RetrieveEntity":
        answer = await played.ask("GET", f"entities/{ID}", local=local)
    elif method == "POST" and file == "D011_02_exc":
        body = {"type": "Query", "entities": [{"type": "Vehicle", "id": ID}]}
        answer = await played.ask("POST", "entityOperations/query", body)
    else:
        answer = await played.ask("GET", "entities", type="Vehicle", attrs=call["params"].get("attrs", ""), local=local)
    if local:
        assert played.asked() == []
        assert answer.status_code == 404 or answer.json() == []
        return
    found = answer.json() if isinstance(answer.json(), list) else [answer.json()]
    assert answer.status_code == 200, answer.text
    assert "ngsild-warning" not in answer.headers, answer.headers
    if file == "D011_01_03_inc":
        assert played.asked() == ["GET entities"]
        return
    assert [one["id"] for one in found] == [ID], answer.text
    if played.mode in ("exclusive",) or file == "D011_01_02_inc":
        assert found[0]["speed"]["value"] is not None
    if played.mode == "auxiliary":
        assert played.vector["variables"]["expected_attribute"] in found[0]
        local_entity = await played.held("region")
        assert local_entity is not None
        assert all(found[0][name] == value for name, value in local_entity.items() if name != "@context")
    operation = played.case["args"].get("operation")
    by_operation = {
        "queryBatch": ["POST entityOperations/query"],
        "queryEntity": ["GET entities"],
        "retrieveEntity": ["GET entities/ID"],
    }
    expected = by_operation.get(operation, ["GET entities/ID" if played.group == "RetrieveEntity" else "GET entities"])
    if operation is None and method == "POST":
        expected = ["POST entityOperations/query"]
    if file == "D011_02_exc":
        # redirectionOps hold queryEntity alone or both; a source is asked once in either case.
        assert len(played.asked()) == 1
        return
    assert played.asked() == expected, played.asked()


async def write(played: Played) -> None:
    """Write through the region, and see that the write comes where the mode sends it, and nowhere else."""
    file, group, mode = played.vector["file"], played.group, played.mode
    calls = {call["op"]: call["params"] for call in played.case["calls"]}
    attribute = "speed"
    request: tuple[str, str, Any, dict[str, Any]]
    if group == "CreateEntity":
        # What an exclusive source must refuse is all that there is: the attribute that is registered.
        name = "entity_speed_filename" if mode == "exclusive" else "entity_payload_filename"
        entity = played.entity(name, id="InvalidUriExample" if file == "D001_02_inc" else ID)
        request = "POST", "entities", entity, {"local": "true"} if file == "D001_04_inc" else {}
    elif group == "DeleteEntity":
        request = "DELETE", f"entities/{ID}", None, {}
    elif group == "MergeEntity":
        body = played.entity("entity_new_payload_filename", id=ID)
        request = "PATCH", f"entities/{ID}", {**body, "speed": {"type": "Property", "value": 7}}, {}
    elif group == "PurgeEntities":
        request = "DELETE", "entities", None, {"type": "Vehicle"}
    elif group == "ReplaceEntity":
        request = "PUT", f"entities/{ID}", played.entity("entity_replacement", id=ID), {}
    elif group == "AppendEntityAttributes":
        options = {"options": "noOverwrite"} if "noOverwrite" in played.vector["purpose"] else {}
        request = "POST", f"entities/{ID}/attrs", played.fragment("fragment_filename"), options
    elif group == "DeleteEntityAttributes":
        options = {"deleteAll": "true"} if "_02_" in file else {}
        request = "DELETE", f"entities/{ID}/attrs/{attribute}", None, options
    elif group == "PartialAttributeUpdate":
        request = "PATCH", f"entities/{ID}/attrs/{attribute}", played.fragment("fragment_filename")[attribute], {}
    elif group == "ReplaceEntityAttribute":
        request = "PUT", f"entities/{ID}/attrs/{attribute}", played.fragment("entity_attribute_filename")[attribute], {}
    elif group == "UpdateEntityAttributes":
        body = {"speed": {"type": "Property", "value": 93}}
        request = "PATCH", f"entities/{ID}/attrs", body, {}
    else:
        request = batch(played, calls)
    method, path, body, parameters = request
    answer = await played.ask(method, path, body, **parameters)
    expected = [status for status in played.case["expected_status"] if status not in ("200", "404")]
    got = [str(one.status_code) for one in played.region.answers]
    assert str(answer.status_code) == expected[-1], f"{expected} expected, {got}: {answer.text}"
    reads = [one for one in played.asked() if one.startswith("GET") or one.endswith("query")]
    assert reads == []
    if file in ("D001_02_exc", "D001_02_inc", "D001_04_inc", "D002_02_exc"):
        assert played.asked() == [], played.asked()
    else:
        assert len(played.asked()) >= 1, "the source was not asked"
        assert all("local" not in str(sent.url.query) for _, sent in played.sent)
    if mode == "redirect" and group not in ("LoopDetection",):
        assert await played.held("region") is None, "a redirect leaves nothing here"
    if mode == "exclusive":
        here = await played.held("region")
        assert here is None or "speed" not in here
    if group in ("DeleteEntity", "PurgeEntities", "DeleteBatchOfEntities", "DeleteBatchEntities") and "02" not in file:
        assert await played.held("one") is None or mode == "exclusive"
    if file == "D001_02_inc":
        assert await played.held("one") is None


def batch(played: Played, calls: dict[str, Any]) -> tuple[str, str, Any, dict[str, Any]]:
    """Return the request of a batch with one entity."""
    kind = re.findall(r"Create|Delete|Merge|Update|Upsert", played.group)[0].lower()
    options = {}
    for params in calls.values():
        for name in ("overwrite_option", "update_option"):
            if name in params:
                options["options"] = params[name]
    if kind == "delete":
        return "POST", "entityOperations/delete", [ID], options
    names = ("update_payload_filename", "new_entity_payload_filename", "entity_second_payload_filename")
    body = played.entity(*names, *ENTITY_FILES, id=ID)
    body.setdefault("type", "Vehicle")
    if played.mode == "exclusive":
        body["speed"] = {"type": "Property", "value": 3}
    return "POST", f"entityOperations/{kind}", [body], options


async def loop(played: Played) -> None:
    """Send what has been through this broker already, and see ``Via`` on what goes on."""
    if played.vector["file"] == "D018_01":
        answer = await played.region.http.delete(f"entities/{ID}", headers={"Via": "1.1 region"})
        assert answer.status_code == 508, answer.text
        assert played.asked() == []
        return
    entity = played.entity("first_entity_payload_filename", id=ID)
    number = played.vector["cases"].index(played.case)
    request = (
        ("POST", "entities", {**entity, "id": OTHER}),
        ("DELETE", f"entities/{ID}", None),
        ("POST", f"entities/{ID}/attrs", {"extra": {"type": "Property", "value": 1}}),
        ("PUT", f"entities/{ID}", played.entity("second_entity_payload_filename", id=ID)),
        ("GET", f"entities/{ID}", None),
    )[number]
    answer = await played.ask(*request)
    assert str(answer.status_code) == played.case["expected_status"][-1], answer.text
    assert [sent.headers["via"] for _, sent in played.sent] == ["1.1 region"]


@pytest.mark.parametrize(("vector", "case", "name"), list(vectors()))
async def test_vector_of_distributed_operations(vector: Any, case: Any, name: str, receiver: Receiver) -> None:
    """A distributed operation of the suite ends with its status, and reaches source and region as its mode says."""
    async with playing(vector, case, receiver) as played:
        try:
            await set_up(played)
            if played.group == "LoopDetection":
                await loop(played)
            elif played.group in ("QueryEntities", "RetrieveEntity"):
                await read(played)
            else:
                await write(played)
        except (AssertionError, KeyError) as failure:
            if name in EXCEPTIONS:
                return
            raise AssertionError(f"{name} ({vector['purpose']}): {failure!r}\n{played.asked()}") from failure
        assert name not in EXCEPTIONS, f"{name} passes now; take it off the list"
