"""The test purposes of the ETSI conformance suite, replayed from their vectors against the broker.

A vector names operations, parameters, payload files and the expected status, and mostly a file with the expected
body. What has to be there before (the start state) is set up here, by the kind of test. Cases that do not pass are
listed in ``exceptions.json`` with the reason; a listed case that passes fails the run, so the list only shrinks.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from citycontext.broker import LocalBroker, contexts, delivery
from citycontext.errors import ContextNotAvailable

EXAMPLES = Path(__file__).resolve().parents[3] / "shared" / "ngsi-ld" / "examples"
SUITE = EXAMPLES / "etsi-test-suite"
EXCEPTIONS: dict[str, str] = json.loads((Path(__file__).parent / "exceptions.json").read_bytes())

HOST = "https://forge.etsi.org/rep/cim/ngsi-ld-test-suite/-/raw/develop/resources/jsonld-contexts/"
COMPOUND = f"{HOST}ngsi-ld-test-suite-compound.jsonld"
FIXED = {
    "ngsild_test_suite_context": COMPOUND,
    "CONTENT_TYPE_JSON": "application/json",
    "CONTENT_TYPE_LD_JSON": "application/ld+json",
    "CONTENT_TYPE_GEOJSON": "application/geo+json",
    "CONTENT_TYPE_MERGE_PATCH_JSON": "application/merge-patch+json",
    "TEMPORAL_ENTITIES_ENDPOINT_PATH": "temporal/entities",
    "ENTITIES_TYPES_ENDPOINT_PATH": "types",
    "EMPTY": "",
    "BUILDING_ID_PREFIX": "urn:ngsi-ld:Building:",
}
BROKER_TIMES = {"createdAt", "modifiedAt", "deletedAt", "instanceId", "@context", "notifiedAt", "status"}
TEMPORAL_PAGE = 30
"""Instances in one temporal answer: the vectors take it that forty are too many."""


def cases() -> Iterator[Any]:
    """Give every case outside the distributed operations, with an id of its own."""
    if not EXAMPLES.is_dir():
        return
    seen: dict[str, int] = {}
    for vector in json.loads((EXAMPLES / "test-vectors.json").read_bytes()):
        if vector["group"].startswith("DistributedOperations"):
            continue
        for case in vector["cases"]:
            if re.fullmatch(r"[0-9_]+(\s.*)?", case["id"]) is None:
                continue
            seen[case["id"]] = seen.get(case["id"], 0) + 1
            name = case["id"].split()[0] + ("" if seen[case["id"]] == 1 else f"-{seen[case['id']]}")
            yield pytest.param(vector, case, name, id=name)


PARAMETERS = list(cases())


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the suite's own contexts in place of the web."""

    async def fetch(url: str, *_: object, **__: object) -> Any:
        file = SUITE / "jsonld-contexts" / url.rpartition("/")[2]
        if "ngsildTestSuite" in url:
            file = SUITE / "jsonld-contexts" / "ngsi-ld-test-suite-compound.jsonld"
        if file.is_file():
            return json.loads(file.read_bytes())
        if url.startswith(("http://my.context.server/", "http://smartdatamodels.org/", "https://fiware.github.io/")):
            return {"@context": {"name": "https://example.org/name"}}
        raise ContextNotAvailable("there is no network in tests", url=url)

    monkeypatch.setattr(contexts, "fetch_document", fetch)


class Receiver:
    """A receiver of notifications, in the place of the network."""

    def __init__(self) -> None:
        self.received: list[tuple[dict[str, str], dict[str, Any]]] = []

    async def post(self, uri: str, body: bytes, headers: dict[str, str], timeout: float) -> None:  # noqa: ASYNC109
        """Take a notification."""
        self.received.append((headers, json.loads(body)))

    def publish(self, uri: str, payload: bytes, notifier: Any, timeout: float) -> None:
        """Take a notification over MQTT."""
        message = json.loads(payload)
        self.received.append((message["metadata"], message["body"]))

    async def wait(self, count: int) -> dict[str, Any]:
        """Wait for a notification by its number, and give its body."""
        async with asyncio.timeout(2):
            while len(self.received) < count:  # noqa: ASYNC110
                await asyncio.sleep(0.005)
        return self.received[count - 1][1]


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Receiver:
    """Give a receiver that gets whatever the broker sends."""
    taken = Receiver()
    monkeypatch.setattr(delivery, "_post", taken.post)
    monkeypatch.setattr(delivery, "_publish", taken.publish)
    return taken


class Run:
    """One case on its way: what is set up, what was answered."""

    def __init__(self, http: httpx.AsyncClient, vector: Any, case: Any, receiver: Receiver) -> None:
        self.http = http
        self.vector = vector
        self.case = case
        self.receiver = receiver
        self.group: str = vector["group"]
        self.environment: dict[str, Any] = {**FIXED, **vector["variables"], **case["args"]}
        self.created: list[dict[str, Any]] = []
        self.answers: list[httpx.Response] = []

    def text(self, value: Any) -> Any:
        """Put variables in their places."""
        if not isinstance(value, str):
            return value
        for _ in range(4):
            value = re.sub(r"[$@]\{(\w+)\}", lambda found: str(self.environment.get(found[1], found[0])), value)
        return value

    def get(self, *names: str) -> str:
        """Give the first argument or variable of one of these names; empty when there is none."""
        return next((self.text(self.environment[name]) for name in names if self.environment.get(name)), "")

    def load(self, folder: str, name: str, **members: Any) -> Any:
        """Load a payload file, with a fresh id where it wants one."""
        file = SUITE / name if (SUITE / name).is_file() else SUITE / folder / name
        payload = json.loads(file.read_bytes().replace(b"randomUUID", str(len(self.created) + 1).encode()))
        if isinstance(payload, dict):
            payload |= members
            if "ToBeReplaced" in str(payload.get("id", "")):
                payload["id"] = f"urn:ngsi-ld:{payload['type']}:{len(self.created) + 1}"
        return payload

    async def send(
        self, method: str, path: str, body: Any = None, *, kind: str = "", context: str = "", accept: str = "",
        **parameters: Any,
    ) -> httpx.Response:  # fmt: skip
        """Send a request, and keep the answer."""
        headers = {"Accept": accept} if accept else {}
        content: bytes | None = None
        if body is not None:
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            headers["Content-Type"] = kind or "application/json"
        if context:
            headers["Link"] = f'<{context}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"'
        query = {name: value for name, value in parameters.items() if value not in ("", None)}
        answer = await self.http.request(method, path, content=content, headers=headers, params=query or None)
        self.answers.append(answer)
        return answer

    async def create(self, folder: str, name: str, path: str, *, plain: bool = False, **members: Any) -> dict[str, Any]:
        """Create something for the start state from a payload file; ``plain`` without the suite's @context."""
        payload = self.load(folder, name, **members)
        has_context = isinstance(payload, dict) and "@context" in payload
        kind = "application/ld+json" if has_context else "application/json"
        answer = await self.send("POST", path, payload, kind=kind, context="" if has_context or plain else COMPOUND)
        assert answer.status_code in (201, 204), answer.text
        self.answers.clear()
        if "id" not in payload:
            payload["id"] = answer.headers["location"].rpartition("/")[2]
        self.created.append(payload)
        return payload

    @property
    def id(self) -> str:
        """The id of what the case is about."""
        return str(self.created[0]["id"]) if self.created else "urn:ngsi-ld:Building:unknown"


Setup = Callable[[Run], Any]

ENTITY_KEYS = (
    "filename", "filename2", "building_filename", "vehicle_filename", "parking_filename", "first_entity_filename",
    "second_entity_filename", "first_filename", "second_filename", "entity_one_scope", "entity_many_scopes",
    "entity_payload_filename", "entity_filename", "entity_building_filepath",
)  # fmt: skip


async def set_up_entities(run: Run) -> None:
    """Create the entities a vector names."""
    if run.vector["file"] in ("019_17", "019_18"):
        names = ["building-simple-attributes.jsonld", "vehicle-simple-attributes.jsonld",
                 "building-simple-attributes-third.jsonld"]  # fmt: skip
    elif any("orderBy/building" in name for name in run.vector["data_files"]):
        names = [f"orderBy/building_{number}.jsonld" for number in (2, 1, 3)]
    else:
        names = [run.vector["variables"][key] for key in ENTITY_KEYS if run.vector["variables"].get(key)]
    if run.vector["file"] in ("019_05", "019_02_02", "024_02"):
        names = [*names, names[-1]]
    for name in names:
        members = {}
        if name.startswith("orderBy"):
            members = {"id": f"urn:ngsi-ld:Building:{name[-8]}"}
        await run.create("entities", name, "entities", **members)


async def set_up_linked(run: Run) -> None:
    """Create entities that link to each other."""
    linking = run.get("linking_entity_filename")
    count = 2 if "/buildings" in run.get("expectation_filename", "entity_expectation_file_path") else 1
    for number in range(count):
        city = "urn:ngsi-ld:City:Paris" if count == 1 else f"urn:ngsi-ld:City:{number}"
        country = "urn:ngsi-ld:Country:France" if count == 1 else f"urn:ngsi-ld:Country:{number}"
        link = {"type": "Relationship", "object": city}
        await run.create("entities", linking, "entities", locatedAt=link)
        first = run.get("level_1_linked_entity_filename", "linked_entity_filename")
        if first:
            link = {"type": "Relationship", "object": country}
            named = run.load("entities", first).keys() & {"isInCountry", "locatedAt"}
            members = dict.fromkeys(named, link)
            await run.create("entities", first, "entities", id=city, **members)
        second = run.get("level_2_linked_entity_filename")
        if second:
            await run.create("entities", second, "entities", id=country)


async def set_up_temporal(run: Run) -> None:
    """Create the evolutions a vector names."""
    if any("orderBy/building" in name for name in run.vector["data_files"]):
        await set_up_entities(run)
        return
    for key in ("filename", "vehicle_payload_file", "first_vehicle_payload_file", "second_vehicle_payload_file",
                "bus_payload_file", "tea_filename"):  # fmt: skip
        if run.vector["file"] == "021_17" and key == "second_vehicle_payload_file":
            continue
        if run.vector["variables"].get(key):
            await run.create("temporalEntities", run.vector["variables"][key], "temporal/entities")


async def retrieve_entity(run: Run, asked: dict[str, Any]) -> None:
    """Retrieve an entity, as a call of a vector asks."""
    entity_id = asked.pop("id", None) or run.id
    if "${" in entity_id:
        entity_id = (
            run.id if run.case["expected_status"][-1:] != ["404"] or "018_03_02" in run.case["id"] else "urn:x:404"
        )
    if "${" in asked.get("attrs", ""):
        asked["attrs"] = ",".join(run.get(name) for name in run.environment if name.startswith("attribute_"))
    await run.send("GET", f"entities/{entity_id}", **asked)


async def query_entities(run: Run, asked: dict[str, Any]) -> None:
    """Query entities, as a call of a vector asks."""
    names = {
        "entity_ids": "id", "entity_types": "type", "entity_id_pattern": "idPattern", "scopeq": "scopeQ",
        "ngsild_query": "q",
    }  # fmt: skip
    parameters = {names.get(name, name): value for name, value in asked.items()}
    created = [one for one in run.created if "id" in one]
    if "${" in str(parameters.get("id", "")):
        ids = [one["id"] for one in created]
        invalid = [run.get(name) for name in run.environment if name.startswith("entity_invalid_id")]
        given = [run.get(name) for name in ("entity_id_one", "entity_id_two") if run.get(name)]
        parameters["id"] = ",".join(invalid or given or ids)
    if "${" in str(parameters.get("type", "")):
        types = [run.get(name) for name in run.environment if re.fullmatch(r"(\w+_)?entity_type", name)]
        parameters["type"] = ",".join(types) or ",".join(dict.fromkeys(one["type"] for one in created)) or "Building"
    if "${" in str(parameters.get("attrs", "")):
        names_of = [name for name in run.environment if re.match(r"(invalid_)?attribute_", name)]
        parameters["attrs"] = ",".join(run.get(name) for name in names_of) or run.get("attrs")
    await run.send("GET", run.environment.get("query_path", "entities"), **parameters)


async def consume(run: Run) -> None:
    """Set up what is to be found, and ask for it."""
    if "Temporal" in run.group:
        await set_up_temporal(run)
    elif run.get("linking_entity_filename"):
        await set_up_linked(run)
    else:
        await set_up_entities(run)
    await calls(run)


async def calls(run: Run) -> None:
    """Make the calls of a vector that are operations of the API."""
    for call in run.case["calls"]:
        asked = {name: run.text(value) for name, value in call["params"].items()}
        operation = OPERATIONS.get(call["op"])
        if operation is not None:
            await operation(run, asked)


async def retrieve_evolution(run: Run, asked: dict[str, Any]) -> None:
    """Retrieve an evolution."""
    entity_id = asked.pop("temporal_entity_representation_id")
    if "${" in entity_id:
        entity_id = run.id
    if "${" in asked.get("attrs", ""):
        asked["attrs"] = "nothingOfTheKind"
    if "${" in asked.get("options", ""):
        asked["options"] = "aggregatedValues" if "aggrMethods" in asked else "temporalValues"
    await run.send("GET", f"temporal/entities/{entity_id}", **asked)


async def query_evolutions(run: Run, asked: dict[str, Any]) -> None:
    """Query evolutions."""
    run.environment["query_path"] = "temporal/entities"
    if "${" in asked.get("options", ""):
        asked["options"] = "aggregatedValues" if "aggrMethods" in asked else "temporalValues"
    if run.vector["file"] in ("021_05", "021_14"):
        asked["entity_types"] = "Bus" if run.vector["file"] == "021_05" else "Vehicle"
    await query_entities(run, asked)


async def query_evolutions_by_body(run: Run, asked: dict[str, Any]) -> None:
    """Query evolutions with a body."""
    body = run.load("temporalEntities", asked.pop("query_file_name"))
    kind = "application/ld+json" if "@context" in body else "application/json"
    context = "" if "@context" in body else asked.get("context", "")
    await run.send("POST", "temporal/entityOperations/query", body, kind=kind, context=context)


async def query_by_body(run: Run, asked: dict[str, Any]) -> None:
    """Query entities with a body, made of what the vector says of its selectors."""
    body: dict[str, Any] = {"type": "Query"}
    if asked.get("attrs"):
        body["attrs"] = [run.get(name) for name in run.environment if name.startswith("attribute_")]
    else:
        types = [run.get(name) for name in run.environment if re.fullmatch(r"(\w+_)?entity_type", name)]
        if run.vector["file"] == "019_02_02":
            types = types[1:]
        body["entities"] = [{"type": kind} for kind in types]
        if run.get("entity_id_pattern"):
            body["entities"][0]["idPattern"] = run.get("entity_id_pattern")
        elif run.vector["file"] == "019_02_06":
            body["entities"] = [{"type": types[0], "id": one["id"]} for one in run.created]
    accept, context = asked.get("accept", ""), asked.get("context", "")
    await run.send("POST", "entityOperations/query", body, accept=accept, context=context)


async def discover(run: Run, asked: dict[str, Any], path: str, *names: str) -> None:
    """Ask for types or attributes."""
    name = next((asked.pop(one) for one in names if one in asked), "")
    await run.send("GET", f"{path}/{name}" if name else path, **asked)


async def update_attribute(run: Run, asked: dict[str, Any]) -> None:
    """Partially update an attribute."""
    body = run.load("entities/fragmentEntities", asked["fragment_filename"])
    entity_id = entity_of(run, asked["entityId"])
    path = f"entities/{entity_id}/attrs/{asked['attributeId']}"
    await run.send("PATCH", path, body, kind=asked["content_type"], context=asked.get("context", ""))


def entity_of(run: Run, asked: str) -> str:
    """Give the id that a call is about: a fixed one, a created one, or one that is not there."""
    if "not_found" in asked or "unknown" in asked:
        return "urn:ngsi-ld:Vehicle:notThere"
    return run.id if "${" in asked else asked


async def delete_attribute(run: Run, asked: dict[str, Any], root: str = "entities") -> None:
    """Delete an attribute."""
    path = f"{root}/{entity_of(run, asked['entityId'])}/attrs/{quote(asked['attributeId'])}"
    chosen = {name: asked[name] for name in ("datasetId", "deleteAll") if asked.get(name)}
    await run.send("DELETE", path, context=asked.get("context", ""), **chosen)


async def merge(run: Run, asked: dict[str, Any]) -> None:
    """Merge a fragment into an entity."""
    body = run.load("entities", asked["entity_filename"])
    body.pop("id", None)
    await run.send("PATCH", f"entities/{run.id}", body, kind=asked["content_type"])


async def replace_attribute(run: Run, asked: dict[str, Any]) -> None:
    """Replace an attribute."""
    body = run.load("entities", run.get("attribute_replacement_filename"))
    path = f"entities/{run.id}/attrs/{asked['attr_id']}"
    await run.send("PUT", path, body, kind=asked["content_type"], context=asked["context"])


async def replace_entity(run: Run, asked: dict[str, Any]) -> None:
    """Replace an entity."""
    entity_id = entity_of(run, asked["entity_id"])
    body = run.load("entities", run.get("entity_replacement_filename"), id=entity_id or run.id)
    await run.send("PUT", f"entities/{entity_id}", body, kind=asked["content_type"], context=asked.get("context", ""))


async def purge(run: Run, asked: dict[str, Any]) -> None:
    """Purge entities."""
    if "id" in asked:
        asked["id"] = run.id
    await run.send("DELETE", "entities", **asked)


async def create_evolution(run: Run, asked: dict[str, Any]) -> None:
    """Create or update an evolution."""
    body = run.load("temporalEntities", asked["filename"])
    given = asked["temporal_entity_representation_id"]
    if "${" not in given:
        body |= {"id": given} if given else {}
    elif run.created:
        body["id"] = run.id
    else:
        run.created.append(body)
    context = COMPOUND if "no-context" not in run.get("expectation_filename") and "@context" not in body else ""
    await run.send("POST", "temporal/entities", body, kind=asked["content_type"], context=context)


async def retrieve_resource(run: Run, asked: dict[str, Any], path: str) -> None:
    """Retrieve a subscription or registration."""
    wanted = next((asked.pop(name) for name in [*asked] if name.endswith("id")), "")
    await run.send("GET", f"{path}/{run.id if '${' in wanted or not wanted else wanted}", **asked)


async def query_resources(run: Run, asked: dict[str, Any], path: str) -> None:
    """List subscriptions or registrations."""
    if "${" in str(asked.get("id", "")):
        asked["id"] = run.id
    await run.send("GET", path, **asked)


async def update_subscription(run: Run, asked: dict[str, Any]) -> None:
    """Update a subscription from the fragment a vector names."""
    body = run.load("", run.get("subscription_update_fragment_file_path", "subscription_fragment"))
    kind = "application/merge-patch+json" if run.vector["file"] == "044_02" else "application/json"
    await run.send("PATCH", f"subscriptions/{run.id}", body, kind=kind, context=asked.get("context", ""))


Operation = Callable[[Run, dict[str, Any]], Any]
CSOURCES, CSUBSCRIPTIONS = "csourceRegistrations", "csourceSubscriptions"

OPERATIONS: dict[str, Operation] = {
    "Retrieve Entity": retrieve_entity,
    "Query Entities": query_entities,
    "Query Entities Via POST": query_by_body,
    "Retrieve Temporal Representation Of Entity": retrieve_evolution,
    "Query Temporal Representation Of Entities": query_evolutions,
    "Query Temporal Representation Of Entities With Return": query_evolutions,
    "Query Temporal Representation Of Entities Via Post": query_evolutions_by_body,
    "Retrieve Attribute": lambda run, asked: discover(run, asked, "attributes", "attribute_name"),
    "Retrieve Attributes": lambda run, asked: discover(run, asked, "attributes"),
    "Retrieve Entity Type": lambda run, asked: discover(run, asked, "types", "type"),
    "Retrieve Entity Types": lambda run, asked: discover(run, asked, "types"),
    "Partial Update Entity Attributes": update_attribute,
    "Delete Entity Attributes": delete_attribute,
    "Delete Attribute From Temporal Entity": lambda run, asked: delete_attribute(run, asked, "temporal/entities"),
    "Merge Entity": merge,
    "Replace Attribute Selecting Content Type": replace_attribute,
    "Replace Entity": replace_entity,
    "Replace Entity Selecting Content Type": replace_entity,
    "Purge Entities": purge,
    "Create Or Update Temporal Representation Of Entity Selecting Content Type": create_evolution,
    "Retrieve Subscription": lambda run, asked: retrieve_resource(run, asked, "subscriptions"),
    "Query Subscriptions": lambda run, asked: query_resources(run, asked, "subscriptions"),
    "Update Subscription": update_subscription,
    "Retrieve Context Source Registration": lambda run, asked: retrieve_resource(run, asked, CSOURCES),
    "Query Context Source Registrations": lambda run, asked: query_resources(run, asked, CSOURCES),
    "Query Context Source Registrations With Return": lambda run, asked: query_resources(run, asked, CSOURCES),
    "Retrieve Context Source Registration Subscription": lambda run, asked: retrieve_resource(
        run, asked, CSUBSCRIPTIONS
    ),
    "Query Context Source Registration Subscriptions": lambda run, asked: query_resources(run, asked, CSUBSCRIPTIONS),
}


async def common(run: Run) -> None:
    """Play a test of what all operations have in common."""
    variables = run.vector["variables"]
    if run.vector["file"] == "059_01":
        body = run.load("", run.get("filename")) if run.case["args"]["filename"] else None
        kind = "application/ld+json" if isinstance(body, dict) and "@context" in body else "application/json"
        asked = dict(part.split("=") for part in run.get("additionalParam").split("&") if part)
        await run.send(run.get("method"), run.get("endpoint"), body, kind=kind, invalidParam="invalid", **asked)
        return
    if run.vector["file"] == "048_01":
        entity, subscription = (
            run.load("entities", variables["building_filename"]),
            run.load("", variables["subscription_filename"]),
        )
        targets: dict[str, tuple[str, str, Any]] = {
            "048_01_02": ("PATCH", "subscriptions/urn:x:y", {}),
            "048_01_03": ("POST", "entities", entity),
            "048_01_04": ("POST", "subscriptions", subscription),
            "048_01_05": ("POST", "entityOperations/create", [entity]),
        }
        if run.case["id"] in targets:
            method, path, body = targets[run.case["id"]]
            await run.send(method, path, body, kind="application/xml")
            return
    if run.get("building_filename", "vehicle_filename") and run.case["id"] in ("045_01_01", "044_01_01"):
        await set_up_entities(run)
    if run.case["id"] in ("045_01_02", "044_02_01"):
        await run.create("", variables["subscription_filename"], "subscriptions")
    if run.case["id"] == "045_01_03":
        await run.create("", variables["registration_filename"], CSOURCES)
    await calls(run)


async def batch(run: Run) -> None:
    """Play a test of batch operations."""
    operation = re.findall(r"/(\w+?)BatchOfEntities", run.group)[0].lower()
    path, file, identity = f"entityOperations/{operation}", run.vector["file"], run.case["id"]
    name = run.get("filename")
    if name.startswith("batch/"):
        await run.send("POST", path, (SUITE / "entities" / name).read_bytes(), kind="application/ld+json")
        return
    first = run.get("entity_payload_filename", "existing_entity_payload_filename")
    if operation == "delete":
        for _ in range(2):
            await run.create("entities", "building-minimal.jsonld", "entities")
        ids = [one["id"] for one in run.created]
        await run.send("POST", path, [*ids, ids[0]] if file == "006_04" else ids)
    elif operation == "create":
        await batch_create(run, path, file, name)
    else:
        if operation != "upsert" or file in ("004_04", "004_02", "004_08") or identity == "004_01":
            for _ in range(2):
                await run.create("entities", first or "building-minimal.jsonld", "entities")
        await batch_write(run, path, name)
    await calls(run)


async def batch_create(run: Run, path: str, file: str, name: str) -> None:
    """Create a batch."""
    bodies = [run.load("entities", name or "building-minimal.jsonld")]
    if not name:
        bodies = [run.load("entities", "building-simple-attributes.json")]
    if file in ("003_02", "003_07"):
        bodies = [run.load("entities", "building-minimal.jsonld")]
    kind = next((run.text(call["params"]["content_type"]) for call in run.case["calls"]
                 if "content_type" in call["params"]), "application/ld+json")  # fmt: skip
    context = next((run.text(call["params"]["context"]) for call in run.case["calls"]
                    if "Batch" in call["op"] and "context" in call["params"]), "")  # fmt: skip
    for number, body in enumerate(bodies):
        body["id"] = f"urn:ngsi-ld:Building:batch{number}"
        run.created.append(body)
    sent = [*bodies, {"id": "invalid", "type": "Building", "@context": COMPOUND}] if file == "003_02" else bodies
    await run.send("POST", path, sent, kind=kind, context=context)


async def batch_write(run: Run, path: str, name: str) -> None:
    """Upsert, update or merge a batch."""
    options = next((value for call in run.case["calls"] for key, value in call["params"].items()
                    if key.endswith("_option")), "")  # fmt: skip
    fragment = run.get("update_fragment_filename", "merge_fragment_filename")
    template = run.load("entities", name or fragment or "building-simple-attributes.jsonld")
    bodies = [{"type": "Building", **template, "id": one["id"]} for one in run.created[:2]]
    if path.endswith("upsert"):
        bodies.append(run.load("entities", name or "building-simple-attributes.jsonld", id="urn:ngsi-ld:Building:new"))
        if run.vector["file"] == "004_08":
            bodies.pop()
        if run.vector["file"] == "004_07":
            bodies = [bodies[0], bodies[0], {**bodies[0], "id": "urn:ngsi-ld:Building:other"}]
    bodies = [{"@context": COMPOUND, **body} for body in bodies]
    if run.vector["file"] in ("004_05", "057_02"):
        wrong = "invalid" if path.endswith("upsert") else "urn:ngsi-ld:Building:notThere"
        bodies.append({**bodies[0], "id": wrong})
    await run.send("POST", path, bodies, kind="application/ld+json", options=options)


async def create_entity(run: Run) -> None:
    """Play a test of creating an entity."""
    file, name = run.vector["file"], run.get("filename")
    kind = run.get("content_type") or ("application/json" if name.endswith(".json") else "application/ld+json")
    if file in ("001_02", "001_08", "001_09"):
        kind = "application/ld+json"
    raw = (SUITE / "entities" / name).read_bytes()
    context = COMPOUND if file in ("001_04", "001_09") else ""
    try:
        body = run.load("entities", name)
    except json.JSONDecodeError:
        await run.send("POST", "entities", raw, kind=kind)
        return
    run.created.append(body)
    for _ in range(2 if file == "001_03" else 1):
        await run.send("POST", "entities", body, kind=kind, context=context)
    await calls(run)


async def provide_entity(run: Run) -> None:
    """Play a test of deleting, merging or replacing an entity."""
    if "DeleteEntity" in run.group:
        await run.create("entities", "building-minimal.jsonld", "entities")
        await run.send("DELETE", f"entities/{run.get('entity_id') or run.id}")
    else:
        await run.create(
            "entities",
            run.vector["variables"].get("entity_payload_filename") or run.vector["variables"]["entity_filename"],
            "entities",
        )
    await calls(run)


FRAGMENTS = ("scope_fragment_filename", "observation_space_fragment_filename", "operation_space_fragment_filename",
             "invalid_fragment_filename", "type_fragment_filename", "fragment_filename")  # fmt: skip


async def attributes(run: Run) -> None:
    """Play a test of writing attributes."""
    identity, group = run.case["id"], run.group
    variables = run.vector["variables"]
    name = variables.get("filename") or variables.get("entity_filename") or "vehicle-speed-two-datasetid.jsonld"
    if run.vector["file"] == "011_05":
        name = "building-minimal.json" if identity == "011_05_02" else "building-minimal-with-one-scope.json"
    await run.create("entities", name, "entities", plain=run.vector["file"] == "013_04")
    if "AppendEntityAttributes" in group or "UpdateEntityAttributes" in group:
        keys = [key for key in FRAGMENTS if run.get(key) and (key != "invalid_fragment_filename" or "_05" in identity)]
        file = next(path for folder in ("entities/fragmentEntities", "entities")
                    if (path := SUITE / folder / run.get(keys[0])).is_file())  # fmt: skip
        raw = file.read_bytes()
        kind = "application/ld+json" if b"@context" in raw or file.suffix == ".jsonld" else "application/json"
        context = COMPOUND if kind == "application/json" else ""
        entity_id = run.case["args"].get("entity_invalid_id", run.id)
        method = "POST" if "Append" in group else "PATCH"
        options = "noOverwrite" if "Disabled" in run.case["title"] else ""
        await run.send(method, f"entities/{entity_id}/attrs", raw, kind=kind, context=context, options=options)
    elif run.vector["file"] == "013_04":
        await run.send("DELETE", f"entities/{run.id}/attrs/scope", context=COMPOUND)
    elif run.vector["file"] == "013_05":
        await run.send("DELETE", f"entities/{run.id}/attrs/observationSpace", context=COMPOUND)
    elif run.vector["file"] == "013_07":
        await run.send("DELETE", f"entities/{run.id}/attrs/vocabProperty", context=COMPOUND)
    await calls(run)


async def purging(run: Run) -> None:
    """Play a test of purging."""
    count = 2 if run.vector["file"] in ("060_03_01", "060_03_04") else 1
    for _ in range(count):
        await run.create("entities", "building-simple-attributes.jsonld", "entities")
    if not run.case["calls"]:
        await run.send("DELETE", "entities")
    for call in run.case["calls"]:
        asked = {name: run.text(value) for name, value in call["params"].items()}
        if "second" in str(asked.get("id")):
            await run.send("GET", f"entities/{run.created[1]['id']}", **{**asked, "id": ""})
        else:
            await OPERATIONS[call["op"]](run, asked)


async def evolutions(run: Run) -> None:
    """Play a test of writing evolutions."""
    file, args = run.vector["file"], run.case["args"]
    if "CreateTemporal" not in run.group and run.vector["variables"].get("filename"):
        await run.create("temporalEntities", run.vector["variables"]["filename"], "temporal/entities")
    if "DeleteTemporal" in run.group:
        await run.send("DELETE", f"temporal/entities/{run.id}")
    elif "AddAttributes" in run.group:
        name = run.get("update_filename", "fragment_filename")
        raw = (SUITE / "temporalEntities/fragments" / name).read_bytes()
        entity_id = args.get("id", "urn:ngsi-ld:Vehicle:notThere" if file == "014_03" else run.id)
        await run.send("POST", f"temporal/entities/{entity_id}/attrs", raw, kind="application/ld+json")
    elif "Instance" in run.group:
        entity_id, instance = args["temporal_entity_id"], args["instanceId"]
        known = (await run.send("GET", f"temporal/entities/{run.id}", context=COMPOUND)).json()["speed"][0][
            "instanceId"
        ]
        run.answers.clear()
        path = (f"temporal/entities/{entity_of(run, entity_id)}/attrs/{quote(args['attributeId'])}"
                f"/{known if '${' in instance else instance}")  # fmt: skip
        if "Delete" in run.group:
            await run.send("DELETE", path, context=COMPOUND)
        else:
            raw = (SUITE / "temporalEntities/fragments" / run.get("fragment_filename")).read_bytes()
            await run.send("PATCH", path, raw, context=COMPOUND)
    await calls(run)


async def stored(run: Run) -> None:
    """Play a test of subscriptions or registrations as stored resources."""
    path = "subscriptions"
    if run.group.startswith("ContextSource"):
        path = CSUBSCRIPTIONS if "RegistrationSubscription" in run.group else CSOURCES
    action = run.group.rpartition("/")[2]
    files = [
        run.text(value)
        for key, value in {**run.vector["variables"], **run.case["args"]}.items()
        if re.search(r"payload_file_path|^filename$|registration_file_path|^filepath$|^file_name$", key)
        and "expected" not in key
    ]
    args = {key: run.text(value) for key, value in run.case["args"].items()}
    fragment = run.get("subscription_update_fragment_file_path", "update_filename")
    files = [name for name in files if name and "fragment" not in name]
    if "registration_payload_file_path" in args or "payload_file_path" in args:
        files = files[-1:]
    if action.startswith(("Create", "Register")):
        await create_resource(run, path, args.get("filename") or args.get("filepath") or files[-1])
    else:
        for name in files if "Query" in action else files[:1]:
            if "invalid" not in name and "simple" not in name:
                await run.create("csourceRegistrations" if path == CSOURCES else path, name, path)
        await change_resource(run, path, action, fragment, args)
    await calls(run)


async def create_resource(run: Run, path: str, name: str) -> None:
    """Create a subscription or registration."""
    folders = ("", "subscriptions", "csourceRegistrations")
    file = next(found for folder in folders if (found := SUITE / folder / name).is_file())
    kind = "application/ld+json" if file.suffix == ".jsonld" else "application/json"
    if run.vector["file"] in ("033_06", "033_08"):
        kind = "application/json" if run.vector["file"] == "033_06" else "application/ld+json"
    try:
        body = run.load("", str(file.relative_to(SUITE)))
    except json.JSONDecodeError:
        await run.send("POST", path, file.read_bytes(), kind=kind)
        return
    if run.vector["file"] == "038_02":
        del body["id"]
    context = COMPOUND if run.vector["file"] == "033_04" else ""
    for _ in range(2 if run.case["expected_status"] == ["409"] else 1):
        answer = await run.send("POST", path, body, kind=kind, context=context)
    if answer.status_code == 201:
        run.created.append({**body, "id": answer.headers["location"].rpartition("/")[2]})


async def change_resource(run: Run, path: str, action: str, fragment: str, args: dict[str, str]) -> None:
    """Update or delete a subscription or registration."""
    unknown = "404" in run.case["expected_status"] or "Unknown" in run.case["title"]
    target = args.get("id", args.get("invalid_registration_id", "urn:ngsi-ld:X:notThere" if unknown else run.id))
    if run.case["expected_status"] == ["405"]:
        target = ""
    elif run.vector["file"] == "039_02":
        target = "invalidUri"
    if action.startswith("Delete"):
        await run.send("DELETE", f"{path}/{target}")
    elif action.startswith("Update") and "Update Subscription" not in [call["op"] for call in run.case["calls"]]:
        folder = "csourceRegistrations" if path == CSOURCES else path
        name = fragment or args.get("fragment_filename") or run.get("registration_payload_file_path")
        name = name or "context-source-registration-update.json"
        file = next(found for part in ("", folder, f"{folder}/fragments") if (found := SUITE / part / name).is_file())
        raw = file.read_bytes()
        kind = "application/ld+json" if file.suffix == ".jsonld" else "application/json"
        if run.vector["file"] == "029_10":
            raw = json.dumps({"type": "Subscription", "expiresAt": "2999-01-01T00:00:00Z"}).encode()
        context = COMPOUND if kind == "application/json" else ""
        await run.send("PATCH", f"{path}/{target}", raw, kind=kind, context=context)


@pytest.mark.parametrize(("vector", "case", "name"), PARAMETERS)
async def test_vector(vector: Any, case: Any, name: str, receiver: Receiver) -> None:
    """Replay one case; it passes, or is listed with the reason why it does not."""
    broker = LocalBroker(allow_private_contexts=True, temporal_page=TEMPORAL_PAGE)
    try:
        async with httpx.AsyncClient(transport=broker.transport(), base_url="http://broker/ngsi-ld/v1") as http:
            run = Run(http, vector, case, receiver)
            try:
                recipe = next(recipe for part, recipe in RECIPES.items() if part in vector["group"])
                await recipe(run)
                check(run)
            except (AssertionError, KeyError, StopIteration, TimeoutError) as failure:
                if name in EXCEPTIONS:
                    return
                raise AssertionError(f"{name} ({vector['purpose']}): {failure!r}") from failure
        assert name not in EXCEPTIONS, f"{name} passes now; take it off the list"
    finally:
        await broker.state.stop()
        broker.close()


def check(run: Run) -> None:
    """Compare status, count and body with what is expected."""
    assert run.answers, "the vector does not say what to call"
    expected = [run.text(status) for status in run.case["expected_status"]]
    got = [str(answer.status_code) for answer in run.answers]
    shown = [(answer.request.method, str(answer.request.url), answer.text[:600]) for answer in run.answers]
    if run.group.startswith("CommonBehaviours"):
        expected = [status for status in expected if status != "201"]
    if len(expected) == 1 and expected[0].isdigit():
        assert expected[0] in got, f"{expected} expected, {shown}"
    elif expected:
        assert set(expected) <= set(got), f"{expected} expected, {shown}"
    problem = run.get("problem_type", "error_type", "error")
    if problem and problem.startswith("${ERROR"):
        name = problem.removeprefix("${ERROR_TYPE_").removeprefix("${ERROR_").strip("}").replace("_", "").lower()
        body = next(answer for answer in run.answers if answer.status_code >= 207).json()
        kinds = [one["error"]["type"] for one in body["errors"]] if "errors" in body else [body["type"]]
        assert all(kind.lower().endswith(f"/{name}") for kind in kinds), shown
    last = run.answers[-1]
    count = run.get("expected_count", "expected_number", "expected_subscription_number",
                    "expectation_subscription_number")  # fmt: skip
    if count and last.status_code == 200:
        found = last.json()
        found = found["features"] if isinstance(found, dict) else found
        assert last.headers.get("ngsild-results-count", str(len(found))) == count, shown
    keys = ("expected_result", "expectation_filename", "expectation_file", "expected_filename",
            "expectation_file_path", "vehicle_expectation_file", "expected_payload",
            "subscription_expectation_file_path")  # fmt: skip
    given = {**run.case["args"], **run.vector["variables"]} | {
        key: value for key, value in run.case["args"].items() if value != f"${{{key}}}"
    }
    file = next((run.text(given[key]) for key in keys if given.get(key)), "")
    bodies = [answer.json() for answer in run.answers if answer.status_code in (200, 206)]
    if file and bodies and run.vector["file"] != "041_02":
        compare(run, file, bodies)
    order = run.get("expected_order").split()
    if order:
        assert [one["id"] for one in last.json()] == order, shown


def compare(run: Run, name: str, bodies: list[Any]) -> None:
    """Find a body that is as a file of the suite says, but for ids and what only the broker knows."""
    folders = ("entities/expectations", "temporalEntities/expectations", "", "subscriptions/expectations",
               "csourceRegistrations/expectations")  # fmt: skip
    names = (name, name.replace(".geojson", ".alternative.geojson"))
    file = next(path for one in names for folder in folders if (path := SUITE / folder / one).is_file())
    expected = json.loads(file.read_bytes())
    shown = []
    for body in bodies:
        alone = isinstance(expected, dict) and isinstance(body, list) and len(body) == 1
        wanted, found = plain(expected), plain(body[0] if alone else body)
        if found == wanted:
            return
        shown.append(json.dumps(found))
    raise AssertionError(f"{name}:\n{shown[-1][:1500]}\nis not\n{json.dumps(wanted)[:1500]}")


def plain(value: Any) -> Any:
    """Leave out what differs from run to run, and the order of what has none."""
    if isinstance(value, dict):
        dropped = BROKER_TIMES | ({"mode", "operations"} if value.get("type") == "ContextSourceRegistration" else set())
        kept = {name: plain(item) for name, item in value.items() if name not in dropped}
        return {name: item[0] if isinstance(item, list) and len(item) == 1 else item for name, item in kept.items()}
    if isinstance(value, list):
        return sorted((plain(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True))
    if isinstance(value, str) and re.match(r"202[4-9]-.*\.\d{6}Z", value):
        return "lately"
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if value == "RandomUuidToBeReplaced":
        return "urn:ngsi-ld:Building"
    return re.sub(r"^(urn:ngsi-ld:\w+):.*", r"\1", value) if isinstance(value, str) else value


FRAGMENT_OF_CASE = {
    "046_31_01": "name", "046_31_02": "locatedAt", "046_31_03": "location", "046_31_04": "street-language-property",
}  # fmt: skip


async def notifications(run: Run) -> None:
    """Play a test of notifications of entities: subscribe, change something, wait."""
    identity, variables = run.case["id"], run.vector["variables"]
    file = run.vector["file"]
    name = variables.get("subscription_payload_file_path", "")
    if identity == "046_07_02":
        name = variables["subscription_payload_file_path_notificationAttributes"]
    elif identity == "046_07_03":
        name = variables["subscription_payload_file_path_default_context"]
    elif identity == "046_08_01":
        name = name.replace("keyValues", "")
    on_creation = file in ("046_06", "046_16_01")
    subscription = run.load("", name)
    if file.startswith("058"):
        uri = run.get("endpoint_uri") or "mqtt://127.0.0.1/ngsild-test-suite/topic"
        subscription["notification"]["endpoint"]["uri"] = re.sub(r"\$\{\w+\}", "127.0.0.1", uri).replace(
            ":127.0.0.1/", ":1884/"
        )
        if run.get("version"):
            pairs = [{"key": "MQTT-Version", "value": run.get("version")}]
            subscription["notification"]["endpoint"]["notifierInfo"] = pairs
    if "timeInterval" in subscription:
        subscription["timeInterval"] = 0.05
    if not on_creation:
        await set_up_notified(run)
    answer = await run.send("POST", "subscriptions", subscription, kind="application/ld+json")
    assert answer.status_code == 201, answer.text
    run.environment["subscription_id"] = subscription["id"]
    run.answers.clear()
    if on_creation:
        await set_up_notified(run)
    await trigger(run)
    if identity == "046_41_01":
        return
    body = await run.receiver.wait(1)
    shown = httpx.Response(200, json=body["data"], request=httpx.Request("POST", "http://receiver"))
    assert body["type"] == "Notification"
    assert body["subscriptionId"] == subscription["id"]
    if file == "046_09":
        assert run.receiver.received[0][0]["X-Additional-Key"] == "Value"
    if file in ("046_11", "046_12"):
        await asyncio.sleep(0.02)
        status = (await run.send("GET", f"subscriptions/{subscription['id']}")).json()["notification"]
        assert status["timesSent"] == 1
        assert status["status"] == "ok"
    expected = run.get("entity_expectation_file_path")
    if file == "046_31":
        kind = identity.rpartition("_")[2]
        names = {"01": "property", "02": "relationship", "03": "geoproperty", "04": "language-property"}
        expected = f"entity-different-attributes-types-previous-{names[kind]}.json"
    if file in ("046_36", "046_37", "046_38"):
        expected = run.get("expectation_filename")
    run.answers.append(shown)
    if expected:
        run.environment.pop("expectation_filename", None)
        compare(run, expected, [body["data"]])
    run.environment.pop("expectation_filename", None)


async def set_up_notified(run: Run) -> None:
    """Create the entities that are going to change."""
    if run.get("linking_entity_filename"):
        await set_up_linked(run)
    else:
        name = run.get("building_filename", "entity_building_filepath") or "building-simple-attributes.jsonld"
        await run.create("entities", name, "entities")


async def trigger(run: Run) -> None:
    """Change what the subscription waits for."""
    file, identity = run.vector["file"], run.case["id"]
    if run.case["calls"] and any(call["op"] in OPERATIONS for call in run.case["calls"]):
        for call in run.case["calls"]:
            asked = {name: run.text(value) for name, value in call["params"].items()}
            if call["op"] == "Update Entity Attributes":
                await patch_attributes(run, asked["fragment_filename"])
            elif call["op"] in OPERATIONS and not call["op"].startswith("Retrieve Subscription"):
                await OPERATIONS[call["op"]](run, asked)
        if run.answers:
            return
    if any(call["op"] == "Update Entity Attributes" for call in run.case["calls"]):
        for call in run.case["calls"]:
            if call["op"] == "Update Entity Attributes":
                await patch_attributes(run, run.text(call["params"]["fragment_filename"]))
    elif file in ("046_21_01", "046_21_02", "046_22_13", "046_37", "046_38"):
        await run.send("DELETE", f"entities/{run.id}")
    elif file == "046_36":
        await run.send("DELETE", f"entities/{run.id}/attrs/vocabProperty", context=COMPOUND)
    elif file not in ("046_06", "046_16_01", "046_02"):
        named = FRAGMENT_OF_CASE.get(identity)
        fragment = f"{named}-fragment.jsonld" if named else run.get("fragment_filename") or "name-fragment.jsonld"
        await patch_attributes(run, fragment)


async def patch_attributes(run: Run, name: str) -> None:
    """Update attributes from a fragment file."""
    await run.send(
        "PATCH", f"entities/{run.id}/attrs", run.load("entities/fragmentEntities", name), kind="application/ld+json"
    )


async def registration_notifications(run: Run) -> None:
    """Play a test of notifications of registrations."""
    file, identity = run.vector["file"], run.case["id"]
    variables = {**run.vector["variables"], **run.case["args"]}
    names = [value for key, value in variables.items() if "registration_payload_file_path" in key]
    registrations = [run.load("", name) for name in names]
    for number, registration in enumerate(registrations):
        registration["id"] = f"urn:ngsi-ld:ContextSourceRegistration:{number}"
    late = file in ("047_12", "047_13", "047_15", "047_16")
    if not late:
        for registration in registrations:
            await run.send("POST", CSOURCES, registration, kind="application/ld+json")
    subscription = run.load("", variables.get("subscription_payload_file_path") or variables["filepath"])
    if "timeInterval" in subscription:
        subscription["timeInterval"] = 0.05
    if file in ("047_01", "047_02", "047_08", "047_09", "047_05", "047_07"):
        subscription["entities"] = [{"type": "Vehicle"}]
    await run.send("POST", CSUBSCRIPTIONS, subscription, kind="application/ld+json")
    if late:
        for registration in registrations:
            await run.send("POST", CSOURCES, registration, kind="application/ld+json")
    expected_reason = next((call["params"].get("expected_trigger_reason") for call in run.case["calls"]), "")
    count = 1
    if file in ("047_02", "047_08", "047_09"):
        await run.receiver.wait(1)
        count = 2
        fragment = (SUITE / variables["update_fragment_file_path"]).read_bytes()
        path = f"{CSOURCES}/{registrations[0]['id']}"
        await run.send("PATCH", path, fragment, context=COMPOUND)
    if file == "047_16":
        fragment = (SUITE / run.get("filepath")).read_bytes()
        await run.send("PATCH", f"{CSUBSCRIPTIONS}/{subscription['id']}", fragment, context=COMPOUND)
    if file == "047_07":
        await run.receiver.wait(1)
        fragment = (SUITE / run.get("filepath")).read_bytes().replace(b"2020", b"2999")
        await run.send("PATCH", f"{CSUBSCRIPTIONS}/{subscription['id']}", fragment, context=COMPOUND)
        return
    body = await run.receiver.wait(count)
    assert body["type"] == "ContextSourceNotification"
    assert body["subscriptionId"] == subscription["id"]
    assert not expected_reason or body["triggerReason"] == expected_reason, body
    if file == "047_05":
        await asyncio.sleep(0.02)
        status = (await run.send("GET", f"{CSUBSCRIPTIONS}/{subscription['id']}")).json()["notification"]
        assert status["timesSent"] == 1
    assert identity
    run.case = {**run.case, "expected_status": []}


async def hosted_contexts(run: Run) -> None:
    """Play a test of contexts that the broker hosts."""
    variables, args, file = run.vector["variables"], run.case["args"], run.vector["file"]
    known: list[str] = []

    async def add(name: str) -> None:
        answer = await run.send("POST", "jsonldContexts", run.load("jsonldContext", name))
        assert answer.status_code == 201, answer.text
        known.append(answer.headers["location"].rpartition("/")[2])

    if file in ("052_06", "050_03", "053_07", "053_08", "051_06", "051_07"):
        subscription = run.load("", variables["subscription_payload_file_path"])
        answer = await run.send("POST", "subscriptions", subscription, kind="application/ld+json")
        assert answer.status_code == 201, answer.text
        implicit = (await run.send("GET", "jsonldContexts?kind=ImplicitlyCreated")).json()
        assert len(implicit) == 1
        known.append(implicit[0].rpartition("/")[2])
        run.answers.clear()
    if file.startswith("050_0") and file != "050_03":
        await add(args.get("filename") or variables["filename_list"])
        return
    if file.startswith("052") and "filename" not in variables:
        for key in ("first_filename", "second_filename", "third_filename"):
            if key in variables:
                await add(variables[key])
        run.answers.clear()
    if file.startswith("052_07"):
        await run.send(
            "POST", "entities", run.load("entities", variables["entity_filename"]), context=variables["contextUri"]
        )
        run.answers.clear()
    if file in ("053_01", "053_04", "051_01", "051_04"):
        await add(variables["filename"])
        run.answers.clear()
    target = known[0] if known else ""
    details = args.get("details", "")
    if file.startswith(("052", "050_03")):
        await run.send("GET", "jsonldContexts", details=details, kind=args.get("kind", ""))
        if file in ("052_02", "052_03"):
            assert len(run.answers[-1].json()) == len(known)
    elif file in ("053_04", "053_08"):
        entity = run.load("jsonldContext", variables["entityfile"])
        entity["@context"] = f"http://broker/ngsi-ld/v1/jsonldContexts/{target}"
        answer = await run.send("POST", "entities", entity, kind="application/ld+json")
        assert answer.status_code == 201, answer.text
        hits = (await run.send("GET", f"jsonldContexts/{target}", details="true")).json()["numberOfHits"]
        assert hits >= 1
        run.answers[:-1] = []
    elif file == "053_06":
        uri = "http://my.context.server/api/v1/context.jsonld"
        await run.send("POST", "entities", {"id": "urn:ngsi-ld:Testing:1", "type": "Testing"}, context=uri)
        run.answers.clear()
        hits = (await run.send("GET", f"jsonldContexts/{quote(uri, safe='')}", details="true")).json()["numberOfHits"]
        assert hits >= 1
    elif file == "051_05":
        uri = f"{HOST}ngsi-ld-test-suite.jsonld"
        await run.send("POST", "entities", {"id": "urn:ngsi-ld:Testing:1", "type": "Testing"}, context=uri)
        run.answers.clear()
        await run.send("DELETE", f"jsonldContexts/{quote(uri, safe='')}", reload="true")
    elif file.startswith("053"):
        wanted = args.get("contextid", target)
        await run.send("GET", f"jsonldContexts/{target if '${' in wanted else wanted}", details=details or "true")
    else:
        wanted = args.get("contextid", target or "unknown")
        reload = args.get("reload", "true" if file == "051_07" else "")
        await run.send("DELETE", f"jsonldContexts/{target if '${' in wanted else wanted}", reload=reload)


RECIPES: dict[str, Callable[[Run], Any]] = {
    "jsonldContext": hosted_contexts,
    "ContextSourceRegistrationSubscriptionNotificationBehaviour": registration_notifications,
    "SubscriptionNotificationBehaviour": notifications,
    "CommonBehaviours": common,
    "Consumption/Discovery": consume,
    "Consumption/Entity": consume,
    "Consumption/TemporalEntity": consume,
    "Provision/BatchEntities": batch,
    "Provision/Entities/CreateEntity": create_entity,
    "Provision/Entities": provide_entity,
    "Provision/EntityAttributes": attributes,
    "Provision/PurgeEntities": purging,
    "Provision/Temporal": evolutions,
    "Subscription/": stored,
    "ContextSource/": stored,
}
