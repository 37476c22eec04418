"""Every row of docs/endpoints.md: its method is called, and the local broker gets that request and grants it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from citycontext.client import AsyncClient
from citycontext.errors import ContextBrokerError, ResourceNotFound
from citycontext.ngsild import NULL, LanguageProperty, Property
from citycontext.ngsild.query import between, last

ROOT: Final = Path(__file__).resolve().parents[3]
ROWS: Final = re.findall(
    r"^\| `([A-Z]+ /\S+)` \| `client\.([\w.]+)` \|",
    (ROOT / "docs" / "endpoints.md").read_text(encoding="utf-8"),
    re.MULTILINE,
)

Run = Callable[[AsyncClient], Awaitable[None]]

RUNS: Final[dict[tuple[str, str], Run]] = {}
"""Request and method → what calls it and looks at what comes of it."""

ONE: Final = "urn:ngsi-ld:Bench:1"
TWO: Final = "urn:ngsi-ld:Bench:2"
NONE: Final = "urn:ngsi-ld:Bench:none"
START: Final = datetime(2026, 5, 1, tzinfo=UTC)
HOUR: Final = between(START, START + timedelta(hours=1))
SUBSCRIPTION: Final = {
    "type": "Subscription",
    "entities": [{"type": "Bench"}],
    "notification": {"endpoint": {"uri": "http://127.0.0.1:9/notify"}},
}
REGISTRATION: Final = {
    "type": "ContextSourceRegistration",
    "endpoint": "http://source.test:1026",
    "information": [{"entities": [{"type": "Bench"}]}],
}
SNAPSHOT: Final = {
    "type": "Snapshot",
    "snapshotQueries": [{"type": "Query", "entities": [{"type": "Bench"}]}],
    "snapshotLifetime": "PT1H",
}


def bench(entity_id: str = ONE, **attributes: Any) -> dict[str, Any]:
    return {"id": entity_id, "type": "Bench", "seats": {"type": "Property", "value": 3}, **attributes}


def evolution(entity_id: str = ONE) -> dict[str, Any]:
    seats = [Property(seats, observed_at=START + timedelta(minutes=seats)).wire for seats in (1, 2, 3)]
    return bench(entity_id, seats=seats)


def row(request: str, method: str) -> Callable[[Run], Run]:
    def keep(run: Run) -> Run:
        RUNS[request, method] = run
        return run

    return keep


@pytest.mark.parametrize(("request_line", "method"), ROWS, ids=lambda part: str(part).replace("/", "_"))
async def test_the_local_broker_grants(local_broker: Any, request_line: str, method: str) -> None:
    """The method gets what the standard promises from a broker that saw this very request."""
    assert (request_line, method) in RUNS, "this row of the table is not run"
    run = RUNS[request_line, method]
    assert f"client.{method}(" in inspect.getsource(run), "another method is called than the table names"
    local_broker.broker.seen.clear()
    tenant = re.sub(r"\W", "", f"{request_line}{method}")
    async with AsyncClient(local_broker.url, tenant=tenant) as client:
        await run(client)
    verb, _, path = request_line.partition(" ")
    pattern = re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path)))
    granted = [seen for seen in local_broker.broker.seen if seen.status < 300]
    assert any(seen.method == verb and pattern.fullmatch(seen.path) for seen in granted), granted


def test_every_run_is_in_the_table() -> None:
    """The table was read whole, and no run is left of a row that went."""
    assert len(ROWS) > 60
    assert len(set(ROWS)) == len(ROWS)
    assert RUNS.keys() == set(ROWS)


@row("POST /entities", "entities.create")
async def create(client: AsyncClient) -> None:
    assert await client.entities.create(bench()) == ONE
    assert await client.entities.retrieve(ONE, as_=dict) == bench()


@row("POST /entityOperations/upsert", "entities.upsert")
async def upsert(client: AsyncClient) -> None:
    assert await client.entities.upsert(bench(note={"type": "Property", "value": "old"})) is True
    assert await client.entities.upsert(bench(seats={"type": "Property", "value": 4}), mode="update") is False
    assert (await client.entities.retrieve(ONE, as_=dict, representation="simplified")) == {
        "id": ONE,
        "type": "Bench",
        "seats": 4,
        "note": "old",
    }
    assert await client.entities.upsert(bench()) is False
    assert await client.entities.retrieve(ONE, as_=dict) == bench()


@row("GET /entities/{entityId}", "entities.retrieve")
async def retrieve(client: AsyncClient) -> None:
    await client.entities.create(bench(label=LanguageProperty({"nl": "bank", "fr": "banc"}).wire))
    found = await client.entities.retrieve(ONE, lang="fr", sys_attrs=True, pick=["id", "type", "label"])
    label = found["label"]
    assert isinstance(label, Property)
    assert (label.value, "seats" in found, found.created_at is not None) == ("banc", False, True)


@row("GET /entities", "entities.query")
async def query(client: AsyncClient) -> None:
    await client.batch.create([bench(ONE), bench(TWO)])
    found = client.entities.query("Bench", q="seats==3", order_by="id;desc", page_size=1)
    assert [entity.id async for entity in found] == [TWO, ONE]
    seen = []
    async for entity in client.entities.query("Bench", page_size=1, entity_map=True):
        seen.append(entity.id)
        await client.entities.upsert(bench("urn:ngsi-ld:Bench:3"))  # no page of that map has it
        await client.entities.delete(entity.id)  # by offset alone, the next page would begin one too late
    assert seen == [ONE, TWO]


@row("POST /entityOperations/query", "entities.query")
async def query_by_body(client: AsyncClient) -> None:
    await client.batch.create([bench(ONE), bench(TWO)])
    found = client.entities.query("Bench", q="seats==3", page_size=1, as_post=True)
    assert {entity.id async for entity in found} == {ONE, TWO}
    assert await found.count() == 2


@row("PUT /entities/{entityId}", "entities.replace")
async def replace(client: AsyncClient) -> None:
    await client.entities.create(bench(note={"type": "Property", "value": "gone soon"}))
    await client.entities.replace(bench())
    assert await client.entities.retrieve(ONE, as_=dict) == bench()


@row("PATCH /entities/{entityId}", "entities.merge")
async def merge(client: AsyncClient) -> None:
    label = LanguageProperty({"nl": "bank", "fr": "banc"})
    await client.entities.create(
        bench(label=label.wire, heat=Property(20, observed_at=START).wire, note=Property("old").wire)
    )
    later = START + timedelta(minutes=5)
    changes = {"label": "zitbank", "heat": 21, "note": NULL}
    await client.entities.merge(ONE, changes, lang="nl", observed_at=later, representation="simplified")
    found = await client.entities.retrieve(ONE)
    changed = found["label"]
    assert isinstance(changed, LanguageProperty)
    assert changed.language_map == {"nl": "zitbank", "fr": "banc"}
    assert found["heat"] == Property(21, observed_at=later)
    assert found["seats"] == Property(3)
    assert "note" not in found


@row("DELETE /entities/{entityId}", "entities.delete")
async def delete(client: AsyncClient) -> None:
    await client.entities.create(bench())
    await client.entities.delete(ONE)
    with pytest.raises(ResourceNotFound):
        await client.entities.delete(ONE)


@row("HEAD /entities/{entityId}", "entities.exists")
async def exists(client: AsyncClient) -> None:
    await client.entities.create(bench())
    assert await client.entities.exists(ONE) is True
    assert await client.entities.exists(ONE, type="Bench") is True
    assert await client.entities.exists(ONE, type="Lamp") is False
    assert await client.entities.exists(NONE) is False
    with pytest.raises(ContextBrokerError):
        await client.entities.exists("no URI")


@row("DELETE /entities", "entities.purge")
async def purge(client: AsyncClient) -> None:
    note = {"type": "Property", "value": "x"}
    await client.batch.create([bench(ONE, note=note), bench(TWO, note=note)])
    assert (await client.entities.purge("Bench", drop="note")).ok
    assert await client.entities.query("Bench", as_=dict).all() == [bench(ONE), bench(TWO)]
    assert (await client.entities.purge("Bench", id=ONE)).ok
    assert [entity.id async for entity in client.entities.query("Bench")] == [TWO]


@row("GET /entities/{entityId}/attrs/{attrId}", "entities.retrieve_attribute")
async def retrieve_attribute(client: AsyncClient) -> None:
    there = [{"type": "Property", "value": 4}, {"type": "Property", "value": 5, "datasetId": "urn:a:count"}]
    await client.entities.create(bench(seats=there))
    assert await client.entities.retrieve_attribute(ONE, "seats") == there
    assert await client.entities.retrieve_attribute(ONE, "seats", dataset_id="urn:a:count") == there[1]
    with pytest.raises(ResourceNotFound):
        await client.entities.retrieve_attribute(ONE, "none")


@row("GET /entities/{entityId}/attrs/{attrId}/value", "entities.retrieve_value")
async def retrieve_value(client: AsyncClient) -> None:
    name = LanguageProperty({"nl": "bank", "en": "bench"}).wire
    await client.entities.create(bench(name=name))
    assert await client.entities.retrieve_value(ONE, "seats") == 3
    assert await client.entities.retrieve_value(ONE, "name", lang="en") == "bench"
    with pytest.raises(ResourceNotFound):
        await client.entities.retrieve_value(NONE, "seats")


@row("POST /entities/{entityId}/attrs", "entities.append_attributes")
async def append_attributes(client: AsyncClient) -> None:
    await client.entities.create(bench())
    assert (await client.entities.append_attributes(ONE, {"note": "new"})).ok
    result = await client.entities.append_attributes(ONE, {"seats": 9}, overwrite=False)
    assert [refused.attribute_name.rpartition("/")[2] for refused in result.not_updated] == ["seats"]
    assert (await client.entities.retrieve(ONE))["note"] == Property("new")


@row("PATCH /entities/{entityId}/attrs", "entities.update_attributes")
async def update_attributes(client: AsyncClient) -> None:
    await client.entities.create(bench())
    assert (await client.entities.update_attributes(ONE, {"seats": Property(5)})).ok
    assert (await client.entities.retrieve(ONE))["seats"] == Property(5)


@row("PATCH /entities/{entityId}/attrs/{attrId}", "entities.update_attribute")
async def update_attribute(client: AsyncClient) -> None:
    await client.entities.create(bench(seats=Property(3, unit_code="C62").wire))
    await client.entities.update_attribute(ONE, "seats", {"value": 6})
    assert (await client.entities.retrieve(ONE))["seats"] == Property(6, unit_code="C62")


@row("PUT /entities/{entityId}/attrs/{attrId}", "entities.replace_attribute")
async def replace_attribute(client: AsyncClient) -> None:
    await client.entities.create(bench(seats=Property(3, unit_code="C62").wire))
    await client.entities.replace_attribute(ONE, "seats", Property(6))
    assert (await client.entities.retrieve(ONE))["seats"] == Property(6)


@row("DELETE /entities/{entityId}/attrs/{attrId}", "entities.delete_attribute")
async def delete_attribute(client: AsyncClient) -> None:
    other = Property(8, dataset_id="urn:ngsi-ld:dataset:other")
    await client.entities.create(bench(seats=[Property(3).wire, other.wire]))
    await client.entities.delete_attribute(ONE, "seats", dataset_id="urn:ngsi-ld:dataset:other")
    assert await client.entities.retrieve(ONE, as_=dict) == bench()
    await client.entities.delete_attribute(ONE, "seats", delete_all=True)
    assert "seats" not in await client.entities.retrieve(ONE)


@row("POST /entityOperations/create", "batch.create")
async def batch_create(client: AsyncClient) -> None:
    assert (await client.batch.create([bench(ONE)])).created == [ONE]
    mixed = await client.batch.create([bench(ONE), bench(TWO)])
    assert (mixed.succeeded, [failure.entity_id for failure in mixed.failed]) == ([TWO], [ONE])


@row("POST /entityOperations/upsert", "batch.upsert")
async def batch_upsert(client: AsyncClient) -> None:
    assert (await client.batch.upsert([bench(ONE)])).created == [ONE]
    result = await client.batch.upsert([bench(ONE), bench(TWO)])
    assert (sorted(result.succeeded), result.created) == ([ONE, TWO], [TWO])


@row("POST /entityOperations/update", "batch.update")
async def batch_update(client: AsyncClient) -> None:
    await client.batch.create([bench(ONE)])
    result = await client.batch.update([bench(ONE, note={"type": "Property", "value": "x"}), bench(NONE)])
    assert (result.succeeded, [failure.entity_id for failure in result.failed]) == ([ONE], [NONE])
    assert (await client.batch.update([bench(ONE)])).ok


@row("POST /entityOperations/merge", "batch.merge")
async def batch_merge(client: AsyncClient) -> None:
    await client.entities.create(bench(seats=Property(3, unit_code="C62").wire))
    assert (await client.batch.merge([{"id": ONE, "type": "Bench", "seats": {"value": 7}}])).ok
    assert (await client.entities.retrieve(ONE))["seats"] == Property(7, unit_code="C62")


@row("POST /entityOperations/delete", "batch.delete")
async def batch_delete(client: AsyncClient) -> None:
    await client.batch.create([bench(ONE), bench(TWO)])
    assert (await client.batch.delete([ONE])).ok
    result = await client.batch.delete([TWO, NONE])
    assert (result.succeeded, [failure.entity_id for failure in result.failed]) == ([TWO], [NONE])


@row("POST /temporal/entities", "temporal.upsert")
async def temporal_upsert(client: AsyncClient) -> None:
    assert await client.temporal.upsert(evolution()) is True
    assert await client.temporal.upsert(evolution()) is False


@row("GET /temporal/entities/{entityId}", "temporal.retrieve")
async def temporal_retrieve(client: AsyncClient) -> None:
    await client.temporal.upsert(evolution())
    newest = await client.temporal.retrieve(ONE, when=last(2), representation="temporalValues")
    assert {timed.value for timed in newest.series("seats", int)} == {2, 3}


@row("GET /temporal/entities", "temporal.query")
async def temporal_query(client: AsyncClient) -> None:
    for entity_id in (ONE, TWO):
        await client.temporal.upsert(evolution(entity_id))
    found = await client.temporal.query("Bench", when=HOUR.aggregated("sum"), page_size=1).all()
    assert {entity.id: entity.aggregates("seats")["sum"][0].value for entity in found} == {ONE: 6, TWO: 6}


@row("POST /temporal/entityOperations/query", "temporal.query")
async def temporal_query_by_body(client: AsyncClient) -> None:
    for entity_id in (ONE, TWO):
        await client.temporal.upsert(evolution(entity_id))
    found = client.temporal.query("Bench", when=HOUR, page_size=1, as_post=True, entity_map=True, order_by="id;desc")
    assert [(entity.id, len(entity.instances("seats"))) async for entity in found] == [(TWO, 3), (ONE, 3)]


@row("POST /temporal/entities/{entityId}/attrs", "temporal.append_attributes")
async def temporal_append(client: AsyncClient) -> None:
    await client.temporal.upsert(evolution())
    fourth = Property(4, observed_at=START + timedelta(minutes=4))
    await client.temporal.append_attributes(ONE, {"seats": [fourth.wire]})
    assert len((await client.temporal.retrieve(ONE)).instances("seats")) == 4


@row("PATCH /temporal/entities/{entityId}/attrs/{attrId}/{instanceId}", "temporal.update_instance")
async def temporal_update_instance(client: AsyncClient) -> None:
    await client.temporal.upsert(evolution())
    first = (await client.temporal.retrieve(ONE)).instances("seats")[0]
    assert first.instance_id is not None
    await client.temporal.update_instance(ONE, "seats", first.instance_id, Property(9, observed_at=START))
    changed = (await client.temporal.retrieve(ONE)).series("seats", int)
    assert {timed.value for timed in changed} == {9, 2, 3}


@row("DELETE /temporal/entities/{entityId}/attrs/{attrId}/{instanceId}", "temporal.delete_instance")
async def temporal_delete_instance(client: AsyncClient) -> None:
    await client.temporal.upsert(evolution())
    first = (await client.temporal.retrieve(ONE)).instances("seats")[0]
    assert first.instance_id is not None
    await client.temporal.delete_instance(ONE, "seats", first.instance_id)
    assert len((await client.temporal.retrieve(ONE)).instances("seats")) == 2


@row("DELETE /temporal/entities/{entityId}/attrs/{attrId}", "temporal.delete_attribute")
async def temporal_delete_attribute(client: AsyncClient) -> None:
    await client.temporal.upsert({**evolution(), "note": [Property("x", observed_at=START).wire]})
    await client.temporal.delete_attribute(ONE, "note")
    found = await client.temporal.retrieve(ONE)
    assert ("note" in found, len(found.instances("seats"))) == (False, 3)


@row("DELETE /temporal/entities/{entityId}", "temporal.delete")
async def temporal_delete(client: AsyncClient) -> None:
    await client.temporal.upsert(evolution())
    await client.temporal.delete(ONE)
    with pytest.raises(ResourceNotFound):
        await client.temporal.retrieve(ONE)


@row("GET /types", "types.names")
async def type_names(client: AsyncClient) -> None:
    await client.entities.create(bench())
    assert await client.types.names() == ["Bench"]


@row("GET /types", "types.details")
async def type_details(client: AsyncClient) -> None:
    await client.entities.create(bench())
    assert [(kind.type_name, kind.attribute_names) for kind in await client.types.details()] == [("Bench", ["seats"])]


@row("GET /types/{type}", "types.retrieve")
async def type_info(client: AsyncClient) -> None:
    await client.batch.create([bench(ONE), bench(TWO)])
    assert (await client.types.retrieve("Bench")).entity_count == 2


@row("GET /attributes", "attributes.names")
async def attribute_names(client: AsyncClient) -> None:
    await client.entities.create(bench())
    assert await client.attributes.names() == ["seats"]


@row("GET /attributes", "attributes.details")
async def attribute_details(client: AsyncClient) -> None:
    await client.entities.create(bench())
    found = await client.attributes.details()
    assert [(attribute.attribute_name, attribute.type_names) for attribute in found] == [("seats", ["Bench"])]


@row("GET /attributes/{attrId}", "attributes.retrieve")
async def attribute_info(client: AsyncClient) -> None:
    await client.batch.create([bench(ONE), bench(TWO)])
    found = await client.attributes.retrieve("seats")
    assert (found.attribute_count, found.attribute_types) == (2, ["Property"])


@row("POST /subscriptions", "subscriptions.create")
async def subscribe(client: AsyncClient) -> None:
    given = await client.subscriptions.create(SUBSCRIPTION)
    assert given.startswith("urn:")
    own = await client.subscriptions.create({**SUBSCRIPTION, "id": "urn:ngsi-ld:Subscription:own"})
    assert own == "urn:ngsi-ld:Subscription:own"


@row("GET /subscriptions", "subscriptions.query")
async def subscriptions(client: AsyncClient) -> None:
    made = [await client.subscriptions.create(SUBSCRIPTION) for _ in range(3)]
    found = client.subscriptions.query(page_size=2)
    assert {item.id async for item in found} == set(made)
    assert await found.count() == 3


@row("GET /subscriptions/{subscriptionId}", "subscriptions.retrieve")
async def subscription(client: AsyncClient) -> None:
    made = await client.subscriptions.create(SUBSCRIPTION)
    found = await client.subscriptions.retrieve(made, sys_attrs=True)
    assert (found.id, found.status, found.created_at is not None) == (made, "active", True)


@row("PATCH /subscriptions/{subscriptionId}", "subscriptions.update")
async def update_subscription(client: AsyncClient) -> None:
    made = await client.subscriptions.create(SUBSCRIPTION)
    await client.subscriptions.update(made, {"isActive": False})
    assert (await client.subscriptions.retrieve(made)).status == "paused"


@row("DELETE /subscriptions/{subscriptionId}", "subscriptions.delete")
async def unsubscribe(client: AsyncClient) -> None:
    made = await client.subscriptions.create(SUBSCRIPTION)
    await client.subscriptions.delete(made)
    with pytest.raises(ResourceNotFound):
        await client.subscriptions.delete(made)


@row("POST /csourceRegistrations", "registrations.create")
async def register(client: AsyncClient) -> None:
    own = {**REGISTRATION, "id": "urn:ngsi-ld:ContextSourceRegistration:own"}
    assert await client.registrations.create(own) == own["id"]


@row("GET /csourceRegistrations", "registrations.query")
async def registrations(client: AsyncClient) -> None:
    made = await client.registrations.create(REGISTRATION)
    assert [item.id async for item in client.registrations.query("Bench")] == [made]
    assert await client.registrations.query("Tree").all() == []


@row("GET /csourceRegistrations/{registrationId}", "registrations.retrieve")
async def registration(client: AsyncClient) -> None:
    made = await client.registrations.create(REGISTRATION)
    assert (await client.registrations.retrieve(made)).endpoint == REGISTRATION["endpoint"]


@row("PATCH /csourceRegistrations/{registrationId}", "registrations.update")
async def update_registration(client: AsyncClient) -> None:
    made = await client.registrations.create(REGISTRATION)
    await client.registrations.update(made, {"description": "benches elsewhere"})
    assert (await client.registrations.retrieve(made)).description == "benches elsewhere"


@row("DELETE /csourceRegistrations/{registrationId}", "registrations.delete")
async def unregister(client: AsyncClient) -> None:
    made = await client.registrations.create(REGISTRATION)
    await client.registrations.delete(made)
    with pytest.raises(ResourceNotFound):
        await client.registrations.retrieve(made)


@row("POST /csourceSubscriptions", "registration_subscriptions.create")
async def subscribe_to_registrations(client: AsyncClient) -> None:
    assert (await client.registration_subscriptions.create(SUBSCRIPTION)).startswith("urn:")


@row("GET /csourceSubscriptions", "registration_subscriptions.query")
async def registration_subscriptions(client: AsyncClient) -> None:
    made = await client.registration_subscriptions.create(SUBSCRIPTION)
    assert [item.id async for item in client.registration_subscriptions.query()] == [made]
    assert await client.subscriptions.query().all() == []


@row("GET /csourceSubscriptions/{subscriptionId}", "registration_subscriptions.retrieve")
async def registration_subscription(client: AsyncClient) -> None:
    made = await client.registration_subscriptions.create(SUBSCRIPTION)
    found = await client.registration_subscriptions.retrieve(made)
    assert (found.id, found.status) == (made, "active")


@row("PATCH /csourceSubscriptions/{subscriptionId}", "registration_subscriptions.update")
async def update_registration_subscription(client: AsyncClient) -> None:
    made = await client.registration_subscriptions.create(SUBSCRIPTION)
    await client.registration_subscriptions.update(made, {"description": "who has benches"})
    assert (await client.registration_subscriptions.retrieve(made)).description == "who has benches"


@row("DELETE /csourceSubscriptions/{subscriptionId}", "registration_subscriptions.delete")
async def unsubscribe_from_registrations(client: AsyncClient) -> None:
    made = await client.registration_subscriptions.create(SUBSCRIPTION)
    await client.registration_subscriptions.delete(made)
    with pytest.raises(ResourceNotFound):
        await client.registration_subscriptions.retrieve(made)


TERMS: Final = {"Bench": "https://example.org/vocab#Bench"}


@row("POST /jsonldContexts", "contexts.create")
async def create_context(client: AsyncClient) -> None:
    address = await client.contexts.create(TERMS)
    named = client.with_options(context=address)
    await named.entities.create(bench())
    assert (await named.entities.retrieve(ONE)).type == "Bench"
    assert (await client.entities.retrieve(ONE)).type == TERMS["Bench"]


@row("GET /jsonldContexts", "contexts.urls")
async def context_urls(client: AsyncClient) -> None:
    address = await client.contexts.create(TERMS)
    assert address in await client.contexts.urls(kind="Hosted")
    assert address not in await client.contexts.urls(kind="Cached")


@row("GET /jsonldContexts", "contexts.details")
async def context_details(client: AsyncClient) -> None:
    address = await client.contexts.create(TERMS)
    assert {item.url: item.kind for item in await client.contexts.details()}[address] == "Hosted"


@row("GET /jsonldContexts/{contextId}", "contexts.retrieve")
async def context(client: AsyncClient) -> None:
    assert (await client.contexts.retrieve(await client.contexts.create(TERMS)))["@context"] == TERMS


@row("GET /jsonldContexts/{contextId}", "contexts.info")
async def context_info(client: AsyncClient) -> None:
    address = await client.contexts.create(TERMS)
    assert (await client.contexts.info(address)).url == address


@row("DELETE /jsonldContexts/{contextId}", "contexts.delete")
async def delete_context(client: AsyncClient) -> None:
    address = await client.contexts.create(TERMS)
    await client.contexts.delete(address)
    with pytest.raises(ResourceNotFound):
        await client.contexts.info(address)


@row("GET /entityMaps", "entity_maps.create")
async def create_entity_map(client: AsyncClient) -> None:
    await client.batch.create([bench(ONE), bench(TWO)])
    made = await client.entity_maps.create("Bench", entity_map_lifetime="PT1H")
    assert made.id is not None
    assert made.entity_map == {ONE: ["@none"], TWO: ["@none"]}
    await client.entities.create(bench("urn:ngsi-ld:Bench:3"))
    same = client.with_options(headers={"NGSILD-EntityMap": made.id})
    assert [entity.id async for entity in same.entities.query("Bench")] == [ONE, TWO]


@row("POST /entityMaps", "entity_maps.create")
async def create_entity_map_by_body(client: AsyncClient) -> None:
    await client.batch.create([bench(ONE), bench(TWO)])
    made = await client.entity_maps.create("Bench", id=TWO, as_post=True, local=True)
    assert made.entity_map == {TWO: ["@none"]}


@row("GET /temporal/entityMaps", "entity_maps.create")
async def create_temporal_entity_map(client: AsyncClient) -> None:
    for entity_id in (ONE, TWO):
        await client.temporal.upsert(evolution(entity_id))
    made = await client.entity_maps.create("Bench", when=HOUR)
    assert made.entity_map == {ONE: ["@none"], TWO: ["@none"]}
    before = await client.entity_maps.create("Bench", when=between(START - timedelta(days=1), START))
    assert before.entity_map == {}


@row("POST /temporal/entityMaps", "entity_maps.create")
async def create_temporal_entity_map_by_body(client: AsyncClient) -> None:
    await client.temporal.upsert(evolution(ONE))
    made = await client.entity_maps.create("Bench", q="seats>2", when=HOUR, as_post=True)
    assert made.entity_map == {ONE: ["@none"]}


async def entity_map(client: AsyncClient) -> str:
    made = await client.entity_maps.create("Bench")
    assert made.id is not None
    return made.id


@row("GET /entityMaps/{entityMapId}", "entity_maps.retrieve")
async def retrieve_entity_map(client: AsyncClient) -> None:
    await client.entities.create(bench())
    assert (await client.entity_maps.retrieve(await entity_map(client))).entity_map == {ONE: ["@none"]}


@row("PATCH /entityMaps/{entityMapId}", "entity_maps.update")
async def update_entity_map(client: AsyncClient) -> None:
    await client.entities.create(bench())
    made, end = await entity_map(client), datetime(2099, 1, 1, tzinfo=UTC)
    await client.entity_maps.update(made, expires_at=end)
    assert (await client.entity_maps.retrieve(made)).expires_at == end


@row("DELETE /entityMaps/{entityMapId}", "entity_maps.delete")
async def delete_entity_map(client: AsyncClient) -> None:
    await client.entities.create(bench())
    made = await entity_map(client)
    await client.entity_maps.delete(made)
    with pytest.raises(ResourceNotFound):
        await client.entity_maps.retrieve(made)


@row("POST /snapshots", "snapshots.create")
async def create_snapshot(client: AsyncClient) -> None:
    await client.entities.create(bench())
    made = await client.snapshots.create(SNAPSHOT)
    await client.entities.delete(ONE)
    frozen = client.with_options(headers={"NGSILD-Snapshot": made})
    assert await frozen.entities.retrieve(ONE, as_=dict) == bench()


@row("GET /snapshots/{snapshotId}", "snapshots.retrieve")
async def retrieve_snapshot(client: AsyncClient) -> None:
    await client.entities.create(bench())
    found = await client.snapshots.retrieve(await client.snapshots.create(SNAPSHOT))
    assert found.snapshot_queries_details is not None
    assert (found.snapshot_status, found.snapshot_queries_details) == ("success", [{"resultStatus": "success"}])


@row("PATCH /snapshots/{snapshotId}", "snapshots.update")
async def update_snapshot(client: AsyncClient) -> None:
    await client.entities.create(bench())
    made = await client.snapshots.create(SNAPSHOT)
    await client.snapshots.update(made, {"snapshotPriority": 3, "snapshotLifetime": "PT2H"})
    found = await client.snapshots.retrieve(made)
    assert (found.snapshot_priority, found.snapshot_lifetime) == (3, "PT2H")


@row("DELETE /snapshots/{snapshotId}", "snapshots.delete")
async def delete_snapshot(client: AsyncClient) -> None:
    await client.entities.create(bench())
    made = await client.snapshots.create(SNAPSHOT)
    await client.snapshots.delete(made)
    with pytest.raises(ResourceNotFound):
        await client.snapshots.retrieve(made)


@row("POST /snapshots/{snapshotId}/clone", "snapshots.clone")
async def clone_snapshot(client: AsyncClient) -> None:
    await client.entities.create(bench())
    first = await client.snapshots.create(SNAPSHOT)
    second = await client.snapshots.clone(first, {"id": "urn:ngsi-ld:Snapshot:copy", "type": "Snapshot"})
    assert second == "urn:ngsi-ld:Snapshot:copy"
    await client.snapshots.delete(first)
    copy = client.with_options(headers={"NGSILD-Snapshot": second})
    assert await copy.entities.retrieve(ONE, as_=dict) == bench()


@row("DELETE /snapshots", "snapshots.purge")
async def purge_snapshots(client: AsyncClient) -> None:
    await client.entities.create(bench())
    low = await client.snapshots.create({**SNAPSHOT, "snapshotPriority": 1})
    high = await client.snapshots.create({**SNAPSHOT, "snapshotPriority": 9})
    assert (await client.snapshots.purge(q="snapshotPriority<5")).ok
    with pytest.raises(ResourceNotFound):
        await client.snapshots.retrieve(low)
    assert (await client.snapshots.retrieve(high)).id == high


@row("OPTIONS /entities", "allowed_methods")
async def allowed_methods(client: AsyncClient) -> None:
    assert await client.allowed_methods("entities") == ["DELETE", "GET", "HEAD", "OPTIONS", "POST"]
    with pytest.raises(ResourceNotFound):
        await client.allowed_methods("nothing")


@row("GET /info/sourceIdentity", "source_identity")
async def source_identity(client: AsyncClient) -> None:
    await client.entities.create(bench())  # else there is no such tenant
    found = await client.source_identity()
    assert found.context_source_alias
    assert found.uptime is not None
    assert found.uptime.startswith("PT")
    assert found.context_source_time_at is not None
    assert abs(found.context_source_time_at - datetime.now(UTC)) < timedelta(minutes=1)
