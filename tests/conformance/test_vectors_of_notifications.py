"""Vectors of the suite: what subscribers to entities and to registrations are told."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import httpx
import pytest
from conformance_operations import (
    CSOURCES,
    CSUBSCRIPTIONS,
    OPERATIONS,
    set_up_linked,
)
from conformance_replay import COMPOUND, SUITE, Receiver, Run, cases, compare, replay

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


RECIPES = {
    "ContextSourceRegistrationSubscription": registration_notifications,
    "Subscription/SubscriptionNotificationBehaviour": notifications,
}


@pytest.mark.parametrize(("vector", "case", "name"), list(cases("SubscriptionNotificationBehaviour")))
async def test_vector(vector: Any, case: Any, name: str, receiver: Receiver) -> None:
    """The case passes, or is listed with the reason why it does not."""
    await replay(vector, case, name, receiver, RECIPES)
