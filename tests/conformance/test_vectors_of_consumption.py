"""Vectors of the suite: what all operations have in common, discovery, retrieval and queries."""

from __future__ import annotations

from typing import Any

import pytest
from conformance_operations import (
    CSOURCES,
    calls,
    set_up_entities,
    set_up_linked,
    set_up_temporal,
)
from conformance_replay import Receiver, Run, cases, replay


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


async def consume(run: Run) -> None:
    """Set up what is to be found, and ask for it."""
    if "Temporal" in run.group:
        await set_up_temporal(run)
    elif run.get("linking_entity_filename"):
        await set_up_linked(run)
    else:
        await set_up_entities(run)
    await calls(run)


RECIPES = {"CommonBehaviours": common, "Consumption": consume}


@pytest.mark.parametrize(("vector", "case", "name"), list(cases("CommonBehaviours", "ContextInformation/Consumption")))
async def test_vector(vector: Any, case: Any, name: str, receiver: Receiver) -> None:
    """The case passes, or is listed with the reason why it does not."""
    await replay(vector, case, name, receiver, RECIPES)
