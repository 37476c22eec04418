"""Vectors of the suite: subscriptions, registrations and contexts as stored resources."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote

import pytest
from conformance_operations import (
    CSOURCES,
    CSUBSCRIPTIONS,
    calls,
)
from conformance_replay import COMPOUND, HOST, SUITE, Receiver, Run, cases, replay

from citycontext.ngsild.context import core_url


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
            assert len([one for one in run.answers[-1].json() if core_url() not in str(one)]) == len(known)
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


RECIPES = {"jsonldContext": hosted_contexts, "": stored}


GROUPS = (
    "ContextInformation/Subscription/CreateSubscription",
    "ContextInformation/Subscription/DeleteSubscription",
    "ContextInformation/Subscription/QuerySubscriptions",
    "ContextInformation/Subscription/RetrieveSubscription",
    "ContextInformation/Subscription/UpdateSubscription",
    "ContextSource/Discovery",
    "ContextSource/Registration/",
    "RegistrationSubscription/CreateContextSource",
    "RegistrationSubscription/DeleteContextSource",
    "RegistrationSubscription/QueryContextSource",
    "RegistrationSubscription/RetrieveContextSource",
    "RegistrationSubscription/UpdateContextSource",
    "jsonldContext",
)


@pytest.mark.parametrize(("vector", "case", "name"), list(cases(*GROUPS)))
async def test_vector(vector: Any, case: Any, name: str, receiver: Receiver) -> None:
    """The case passes, or is listed with the reason why it does not."""
    await replay(vector, case, name, receiver, RECIPES)
