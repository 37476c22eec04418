"""The operations that vectors name, and the start states they take for granted."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from conformance_replay import COMPOUND, Run

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
            # The second linked entity is linked to where there is one; else the file says what it says.
            second = run.get("level_2_linked_entity_filename")
            link = {"type": "Relationship", "object": country if second else "urn:ngsi-ld:Country:France"}
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
    """Return the id that a call is about: a fixed one, a created one, or one that is not there."""
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
