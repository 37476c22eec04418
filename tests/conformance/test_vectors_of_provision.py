"""Vectors of the suite: entities, attributes, batches and evolutions are written."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote

import pytest
from conformance_operations import (
    OPERATIONS,
    calls,
    entity_of,
)
from conformance_replay import COMPOUND, SUITE, Receiver, Run, cases, replay


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


RECIPES = {
    "BatchEntities": batch,
    "Entities/CreateEntity": create_entity,
    "Provision/Entities": provide_entity,
    "Provision/EntityAttributes": attributes,
    "PurgeEntities": purging,
    "Temporal": evolutions,
}


@pytest.mark.parametrize(("vector", "case", "name"), list(cases("ContextInformation/Provision")))
async def test_vector(vector: Any, case: Any, name: str, receiver: Receiver) -> None:
    """The case passes, or is listed with the reason why it does not."""
    await replay(vector, case, name, receiver, RECIPES)
