# Made by scripts/unasync.py from tests/client/_async/test_every_endpoint.py; change that file, not this one.
"""Every row of docs/endpoints.md: its method is called, and the local broker gets that request and grants it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from citycontext.client import Client
from citycontext.errors import ContextBrokerError, ResourceNotFound
from citycontext.ngsild import NULL, LanguageProperty, Property
from citycontext.ngsild.query import between, last

ROOT: Final = Path(__file__).resolve().parents[3]
ROWS: Final = re.findall(
    r"^\| `([A-Z]+ /\S+)` \| `client\.([\w.]+)` \|",
    (ROOT / "docs" / "endpoints.md").read_text(encoding="utf-8"),
    re.MULTILINE,
)

Run = Callable[[Client], Awaitable[None]]

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
def test_the_local_broker_grants(local_broker: Any, request_line: str, method: str) -> None:
    """The method gets what the standard promises from a broker that saw this very request."""
    assert (request_line, method) in RUNS, "this row of the table is not run"
    run = RUNS[request_line, method]
    assert f"client.{method}(" in inspect.getsource(run), "another method is called than the table names"
    local_broker.broker.seen.clear()
    tenant = re.sub(r"\W", "", f"{request_line}{method}")
    with Client(local_broker.url, tenant=tenant) as client:
        run(client)
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
def create(client: Client) -> None:
    assert client.entities.create(bench()) == ONE
    assert client.entities.retrieve(ONE, as_=dict) == bench()


@row("POST /entityOperations/upsert", "entities.upsert")
def upsert(client: Client) -> None:
    assert client.entities.upsert(bench(note={"type": "Property", "value": "old"})) is True
    assert client.entities.upsert(bench(seats={"type": "Property", "value": 4}), mode="update") is False
    assert (client.entities.retrieve(ONE, as_=dict, representation="simplified")) == {
        "id": ONE,
        "type": "Bench",
        "seats": 4,
        "note": "old",
    }
    assert client.entities.upsert(bench()) is False
    assert client.entities.retrieve(ONE, as_=dict) == bench()


@row("GET /entities/{entityId}", "entities.retrieve")
def retrieve(client: Client) -> None:
    client.entities.create(bench(label=LanguageProperty({"nl": "bank", "fr": "banc"}).wire))
    found = client.entities.retrieve(ONE, lang="fr", sys_attrs=True, pick=["id", "type", "label"])
    label = found["label"]
    assert isinstance(label, Property)
    assert (label.value, "seats" in found, found.created_at is not None) == ("banc", False, True)


@row("GET /entities", "entities.query")
def query(client: Client) -> None:
    client.batch.create([bench(ONE), bench(TWO)])
    found = client.entities.query("Bench", q="seats==3", order_by="id;desc", page_size=1)
    assert [entity.id for entity in found] == [TWO, ONE]
    seen = []
    for entity in client.entities.query("Bench", page_size=1, entity_map=True):
        seen.append(entity.id)
        client.entities.upsert(bench("urn:ngsi-ld:Bench:3"))  # no page of that map has it
        client.entities.delete(entity.id)  # by offset alone, the next page would begin one too late
    assert seen == [ONE, TWO]


@row("POST /entityOperations/query", "entities.query")
def query_by_body(client: Client) -> None:
    client.batch.create([bench(ONE), bench(TWO)])
    found = client.entities.query("Bench", q="seats==3", page_size=1, as_post=True)
    assert {entity.id for entity in found} == {ONE, TWO}
    assert found.count() == 2


@row("PUT /entities/{entityId}", "entities.replace")
def replace(client: Client) -> None:
    client.entities.create(bench(note={"type": "Property", "value": "gone soon"}))
    client.entities.replace(bench())
    assert client.entities.retrieve(ONE, as_=dict) == bench()


@row("PATCH /entities/{entityId}", "entities.merge")
def merge(client: Client) -> None:
    label = LanguageProperty({"nl": "bank", "fr": "banc"})
    client.entities.create(
        bench(label=label.wire, heat=Property(20, observed_at=START).wire, note=Property("old").wire)
    )
    later = START + timedelta(minutes=5)
    changes = {"label": "zitbank", "heat": 21, "note": NULL}
    client.entities.merge(ONE, changes, lang="nl", observed_at=later, representation="simplified")
    found = client.entities.retrieve(ONE)
    changed = found["label"]
    assert isinstance(changed, LanguageProperty)
    assert changed.language_map == {"nl": "zitbank", "fr": "banc"}
    assert found["heat"] == Property(21, observed_at=later)
    assert found["seats"] == Property(3)
    assert "note" not in found


@row("DELETE /entities/{entityId}", "entities.delete")
def delete(client: Client) -> None:
    client.entities.create(bench())
    client.entities.delete(ONE)
    with pytest.raises(ResourceNotFound):
        client.entities.delete(ONE)


@row("HEAD /entities/{entityId}", "entities.exists")
def exists(client: Client) -> None:
    client.entities.create(bench())
    assert client.entities.exists(ONE) is True
    assert client.entities.exists(ONE, type="Bench") is True
    assert client.entities.exists(ONE, type="Lamp") is False
    assert client.entities.exists(NONE) is False
    with pytest.raises(ContextBrokerError):
        client.entities.exists("no URI")


@row("DELETE /entities", "entities.purge")
def purge(client: Client) -> None:
    note = {"type": "Property", "value": "x"}
    client.batch.create([bench(ONE, note=note), bench(TWO, note=note)])
    assert (client.entities.purge("Bench", drop="note")).ok
    assert client.entities.query("Bench", as_=dict).all() == [bench(ONE), bench(TWO)]
    assert (client.entities.purge("Bench", id=ONE)).ok
    assert [entity.id for entity in client.entities.query("Bench")] == [TWO]


@row("GET /entities/{entityId}/attrs/{attrId}", "entities.retrieve_attribute")
def retrieve_attribute(client: Client) -> None:
    there = [{"type": "Property", "value": 4}, {"type": "Property", "value": 5, "datasetId": "urn:a:count"}]
    client.entities.create(bench(seats=there))
    assert client.entities.retrieve_attribute(ONE, "seats") == there
    assert client.entities.retrieve_attribute(ONE, "seats", dataset_id="urn:a:count") == there[1]
    with pytest.raises(ResourceNotFound):
        client.entities.retrieve_attribute(ONE, "none")


@row("GET /entities/{entityId}/attrs/{attrId}/value", "entities.retrieve_value")
def retrieve_value(client: Client) -> None:
    name = LanguageProperty({"nl": "bank", "en": "bench"}).wire
    client.entities.create(bench(name=name))
    assert client.entities.retrieve_value(ONE, "seats") == 3
    assert client.entities.retrieve_value(ONE, "name", lang="en") == "bench"
    with pytest.raises(ResourceNotFound):
        client.entities.retrieve_value(NONE, "seats")


@row("POST /entities/{entityId}/attrs", "entities.append_attributes")
def append_attributes(client: Client) -> None:
    client.entities.create(bench())
    assert (client.entities.append_attributes(ONE, {"note": "new"})).ok
    result = client.entities.append_attributes(ONE, {"seats": 9}, overwrite=False)
    assert [refused.attribute_name.rpartition("/")[2] for refused in result.not_updated] == ["seats"]
    assert (client.entities.retrieve(ONE))["note"] == Property("new")


@row("PATCH /entities/{entityId}/attrs", "entities.update_attributes")
def update_attributes(client: Client) -> None:
    client.entities.create(bench())
    assert (client.entities.update_attributes(ONE, {"seats": Property(5)})).ok
    assert (client.entities.retrieve(ONE))["seats"] == Property(5)


@row("PATCH /entities/{entityId}/attrs/{attrId}", "entities.update_attribute")
def update_attribute(client: Client) -> None:
    client.entities.create(bench(seats=Property(3, unit_code="C62").wire))
    client.entities.update_attribute(ONE, "seats", {"value": 6})
    assert (client.entities.retrieve(ONE))["seats"] == Property(6, unit_code="C62")


@row("PUT /entities/{entityId}/attrs/{attrId}", "entities.replace_attribute")
def replace_attribute(client: Client) -> None:
    client.entities.create(bench(seats=Property(3, unit_code="C62").wire))
    client.entities.replace_attribute(ONE, "seats", Property(6))
    assert (client.entities.retrieve(ONE))["seats"] == Property(6)


@row("DELETE /entities/{entityId}/attrs/{attrId}", "entities.delete_attribute")
def delete_attribute(client: Client) -> None:
    other = Property(8, dataset_id="urn:ngsi-ld:dataset:other")
    client.entities.create(bench(seats=[Property(3).wire, other.wire]))
    client.entities.delete_attribute(ONE, "seats", dataset_id="urn:ngsi-ld:dataset:other")
    assert client.entities.retrieve(ONE, as_=dict) == bench()
    client.entities.delete_attribute(ONE, "seats", delete_all=True)
    assert "seats" not in client.entities.retrieve(ONE)


@row("POST /entityOperations/create", "batch.create")
def batch_create(client: Client) -> None:
    assert (client.batch.create([bench(ONE)])).created == [ONE]
    mixed = client.batch.create([bench(ONE), bench(TWO)])
    assert (mixed.succeeded, [failure.entity_id for failure in mixed.failed]) == ([TWO], [ONE])


@row("POST /entityOperations/upsert", "batch.upsert")
def batch_upsert(client: Client) -> None:
    assert (client.batch.upsert([bench(ONE)])).created == [ONE]
    result = client.batch.upsert([bench(ONE), bench(TWO)])
    assert (sorted(result.succeeded), result.created) == ([ONE, TWO], [TWO])


@row("POST /entityOperations/update", "batch.update")
def batch_update(client: Client) -> None:
    client.batch.create([bench(ONE)])
    result = client.batch.update([bench(ONE, note={"type": "Property", "value": "x"}), bench(NONE)])
    assert (result.succeeded, [failure.entity_id for failure in result.failed]) == ([ONE], [NONE])
    assert (client.batch.update([bench(ONE)])).ok


@row("POST /entityOperations/merge", "batch.merge")
def batch_merge(client: Client) -> None:
    client.entities.create(bench(seats=Property(3, unit_code="C62").wire))
    assert (client.batch.merge([{"id": ONE, "type": "Bench", "seats": {"value": 7}}])).ok
    assert (client.entities.retrieve(ONE))["seats"] == Property(7, unit_code="C62")


@row("POST /entityOperations/delete", "batch.delete")
def batch_delete(client: Client) -> None:
    client.batch.create([bench(ONE), bench(TWO)])
    assert (client.batch.delete([ONE])).ok
    result = client.batch.delete([TWO, NONE])
    assert (result.succeeded, [failure.entity_id for failure in result.failed]) == ([TWO], [NONE])


@row("POST /temporal/entities", "temporal.upsert")
def temporal_upsert(client: Client) -> None:
    assert client.temporal.upsert(evolution()) is True
    assert client.temporal.upsert(evolution()) is False


@row("GET /temporal/entities/{entityId}", "temporal.retrieve")
def temporal_retrieve(client: Client) -> None:
    client.temporal.upsert(evolution())
    newest = client.temporal.retrieve(ONE, when=last(2), representation="temporalValues")
    assert {timed.value for timed in newest.series("seats", int)} == {2, 3}


@row("GET /temporal/entities", "temporal.query")
def temporal_query(client: Client) -> None:
    for entity_id in (ONE, TWO):
        client.temporal.upsert(evolution(entity_id))
    found = client.temporal.query("Bench", when=HOUR.aggregated("sum"), page_size=1).all()
    assert {entity.id: entity.aggregates("seats")["sum"][0].value for entity in found} == {ONE: 6, TWO: 6}


@row("POST /temporal/entityOperations/query", "temporal.query")
def temporal_query_by_body(client: Client) -> None:
    for entity_id in (ONE, TWO):
        client.temporal.upsert(evolution(entity_id))
    found = client.temporal.query("Bench", when=HOUR, page_size=1, as_post=True, entity_map=True, order_by="id;desc")
    assert [(entity.id, len(entity.instances("seats"))) for entity in found] == [(TWO, 3), (ONE, 3)]


@row("POST /temporal/entities/{entityId}/attrs", "temporal.append_attributes")
def temporal_append(client: Client) -> None:
    client.temporal.upsert(evolution())
    fourth = Property(4, observed_at=START + timedelta(minutes=4))
    client.temporal.append_attributes(ONE, {"seats": [fourth.wire]})
    assert len((client.temporal.retrieve(ONE)).instances("seats")) == 4


@row("PATCH /temporal/entities/{entityId}/attrs/{attrId}/{instanceId}", "temporal.update_instance")
def temporal_update_instance(client: Client) -> None:
    client.temporal.upsert(evolution())
    first = (client.temporal.retrieve(ONE)).instances("seats")[0]
    assert first.instance_id is not None
    client.temporal.update_instance(ONE, "seats", first.instance_id, Property(9, observed_at=START))
    changed = (client.temporal.retrieve(ONE)).series("seats", int)
    assert {timed.value for timed in changed} == {9, 2, 3}


@row("DELETE /temporal/entities/{entityId}/attrs/{attrId}/{instanceId}", "temporal.delete_instance")
def temporal_delete_instance(client: Client) -> None:
    client.temporal.upsert(evolution())
    first = (client.temporal.retrieve(ONE)).instances("seats")[0]
    assert first.instance_id is not None
    client.temporal.delete_instance(ONE, "seats", first.instance_id)
    assert len((client.temporal.retrieve(ONE)).instances("seats")) == 2


@row("DELETE /temporal/entities/{entityId}/attrs/{attrId}", "temporal.delete_attribute")
def temporal_delete_attribute(client: Client) -> None:
    client.temporal.upsert({**evolution(), "note": [Property("x", observed_at=START).wire]})
    client.temporal.delete_attribute(ONE, "note")
    found = client.temporal.retrieve(ONE)
    assert ("note" in found, len(found.instances("seats"))) == (False, 3)


@row("DELETE /temporal/entities/{entityId}", "temporal.delete")
def temporal_delete(client: Client) -> None:
    client.temporal.upsert(evolution())
    client.temporal.delete(ONE)
    with pytest.raises(ResourceNotFound):
        client.temporal.retrieve(ONE)


@row("GET /types", "types.names")
def type_names(client: Client) -> None:
    client.entities.create(bench())
    assert client.types.names() == ["Bench"]


@row("GET /types", "types.details")
def type_details(client: Client) -> None:
    client.entities.create(bench())
    assert [(kind.type_name, kind.attribute_names) for kind in client.types.details()] == [("Bench", ["seats"])]


@row("GET /types/{type}", "types.retrieve")
def type_info(client: Client) -> None:
    client.batch.create([bench(ONE), bench(TWO)])
    assert (client.types.retrieve("Bench")).entity_count == 2


@row("GET /attributes", "attributes.names")
def attribute_names(client: Client) -> None:
    client.entities.create(bench())
    assert client.attributes.names() == ["seats"]


@row("GET /attributes", "attributes.details")
def attribute_details(client: Client) -> None:
    client.entities.create(bench())
    found = client.attributes.details()
    assert [(attribute.attribute_name, attribute.type_names) for attribute in found] == [("seats", ["Bench"])]


@row("GET /attributes/{attrId}", "attributes.retrieve")
def attribute_info(client: Client) -> None:
    client.batch.create([bench(ONE), bench(TWO)])
    found = client.attributes.retrieve("seats")
    assert (found.attribute_count, found.attribute_types) == (2, ["Property"])


@row("POST /subscriptions", "subscriptions.create")
def subscribe(client: Client) -> None:
    given = client.subscriptions.create(SUBSCRIPTION)
    assert given.startswith("urn:")
    own = client.subscriptions.create({**SUBSCRIPTION, "id": "urn:ngsi-ld:Subscription:own"})
    assert own == "urn:ngsi-ld:Subscription:own"


@row("GET /subscriptions", "subscriptions.query")
def subscriptions(client: Client) -> None:
    made = [client.subscriptions.create(SUBSCRIPTION) for _ in range(3)]
    found = client.subscriptions.query(page_size=2)
    assert {item.id for item in found} == set(made)
    assert found.count() == 3


@row("GET /subscriptions/{subscriptionId}", "subscriptions.retrieve")
def subscription(client: Client) -> None:
    made = client.subscriptions.create(SUBSCRIPTION)
    found = client.subscriptions.retrieve(made, sys_attrs=True)
    assert (found.id, found.status, found.created_at is not None) == (made, "active", True)


@row("PATCH /subscriptions/{subscriptionId}", "subscriptions.update")
def update_subscription(client: Client) -> None:
    made = client.subscriptions.create(SUBSCRIPTION)
    client.subscriptions.update(made, {"isActive": False})
    assert (client.subscriptions.retrieve(made)).status == "paused"


@row("DELETE /subscriptions/{subscriptionId}", "subscriptions.delete")
def unsubscribe(client: Client) -> None:
    made = client.subscriptions.create(SUBSCRIPTION)
    client.subscriptions.delete(made)
    with pytest.raises(ResourceNotFound):
        client.subscriptions.delete(made)


@row("POST /csourceRegistrations", "registrations.create")
def register(client: Client) -> None:
    own = {**REGISTRATION, "id": "urn:ngsi-ld:ContextSourceRegistration:own"}
    assert client.registrations.create(own) == own["id"]


@row("GET /csourceRegistrations", "registrations.query")
def registrations(client: Client) -> None:
    made = client.registrations.create(REGISTRATION)
    assert [item.id for item in client.registrations.query("Bench")] == [made]
    assert client.registrations.query("Tree").all() == []


@row("GET /csourceRegistrations/{registrationId}", "registrations.retrieve")
def registration(client: Client) -> None:
    made = client.registrations.create(REGISTRATION)
    assert (client.registrations.retrieve(made)).endpoint == REGISTRATION["endpoint"]


@row("PATCH /csourceRegistrations/{registrationId}", "registrations.update")
def update_registration(client: Client) -> None:
    made = client.registrations.create(REGISTRATION)
    client.registrations.update(made, {"description": "benches elsewhere"})
    assert (client.registrations.retrieve(made)).description == "benches elsewhere"


@row("DELETE /csourceRegistrations/{registrationId}", "registrations.delete")
def unregister(client: Client) -> None:
    made = client.registrations.create(REGISTRATION)
    client.registrations.delete(made)
    with pytest.raises(ResourceNotFound):
        client.registrations.retrieve(made)


@row("POST /csourceSubscriptions", "registration_subscriptions.create")
def subscribe_to_registrations(client: Client) -> None:
    assert (client.registration_subscriptions.create(SUBSCRIPTION)).startswith("urn:")


@row("GET /csourceSubscriptions", "registration_subscriptions.query")
def registration_subscriptions(client: Client) -> None:
    made = client.registration_subscriptions.create(SUBSCRIPTION)
    assert [item.id for item in client.registration_subscriptions.query()] == [made]
    assert client.subscriptions.query().all() == []


@row("GET /csourceSubscriptions/{subscriptionId}", "registration_subscriptions.retrieve")
def registration_subscription(client: Client) -> None:
    made = client.registration_subscriptions.create(SUBSCRIPTION)
    found = client.registration_subscriptions.retrieve(made)
    assert (found.id, found.status) == (made, "active")


@row("PATCH /csourceSubscriptions/{subscriptionId}", "registration_subscriptions.update")
def update_registration_subscription(client: Client) -> None:
    made = client.registration_subscriptions.create(SUBSCRIPTION)
    client.registration_subscriptions.update(made, {"description": "who has benches"})
    assert (client.registration_subscriptions.retrieve(made)).description == "who has benches"


@row("DELETE /csourceSubscriptions/{subscriptionId}", "registration_subscriptions.delete")
def unsubscribe_from_registrations(client: Client) -> None:
    made = client.registration_subscriptions.create(SUBSCRIPTION)
    client.registration_subscriptions.delete(made)
    with pytest.raises(ResourceNotFound):
        client.registration_subscriptions.retrieve(made)


TERMS: Final = {"Bench": "https://example.org/vocab#Bench"}


@row("POST /jsonldContexts", "contexts.create")
def create_context(client: Client) -> None:
    address = client.contexts.create(TERMS)
    named = client.with_options(context=address)
    named.entities.create(bench())
    assert (named.entities.retrieve(ONE)).type == "Bench"
    assert (client.entities.retrieve(ONE)).type == TERMS["Bench"]


@row("GET /jsonldContexts", "contexts.urls")
def context_urls(client: Client) -> None:
    address = client.contexts.create(TERMS)
    assert address in client.contexts.urls(kind="Hosted")
    assert address not in client.contexts.urls(kind="Cached")


@row("GET /jsonldContexts", "contexts.details")
def context_details(client: Client) -> None:
    address = client.contexts.create(TERMS)
    assert {item.url: item.kind for item in client.contexts.details()}[address] == "Hosted"


@row("GET /jsonldContexts/{contextId}", "contexts.retrieve")
def context(client: Client) -> None:
    assert (client.contexts.retrieve(client.contexts.create(TERMS)))["@context"] == TERMS


@row("GET /jsonldContexts/{contextId}", "contexts.info")
def context_info(client: Client) -> None:
    address = client.contexts.create(TERMS)
    assert (client.contexts.info(address)).url == address


@row("DELETE /jsonldContexts/{contextId}", "contexts.delete")
def delete_context(client: Client) -> None:
    address = client.contexts.create(TERMS)
    client.contexts.delete(address)
    with pytest.raises(ResourceNotFound):
        client.contexts.info(address)


@row("GET /entityMaps", "entity_maps.create")
def create_entity_map(client: Client) -> None:
    client.batch.create([bench(ONE), bench(TWO)])
    made = client.entity_maps.create("Bench", entity_map_lifetime="PT1H")
    assert made.id is not None
    assert made.entity_map == {ONE: ["@none"], TWO: ["@none"]}
    client.entities.create(bench("urn:ngsi-ld:Bench:3"))
    same = client.with_options(headers={"NGSILD-EntityMap": made.id})
    assert [entity.id for entity in same.entities.query("Bench")] == [ONE, TWO]


@row("POST /entityMaps", "entity_maps.create")
def create_entity_map_by_body(client: Client) -> None:
    client.batch.create([bench(ONE), bench(TWO)])
    made = client.entity_maps.create("Bench", id=TWO, as_post=True, local=True)
    assert made.entity_map == {TWO: ["@none"]}


@row("GET /temporal/entityMaps", "entity_maps.create")
def create_temporal_entity_map(client: Client) -> None:
    for entity_id in (ONE, TWO):
        client.temporal.upsert(evolution(entity_id))
    made = client.entity_maps.create("Bench", when=HOUR)
    assert made.entity_map == {ONE: ["@none"], TWO: ["@none"]}
    before = client.entity_maps.create("Bench", when=between(START - timedelta(days=1), START))
    assert before.entity_map == {}


@row("POST /temporal/entityMaps", "entity_maps.create")
def create_temporal_entity_map_by_body(client: Client) -> None:
    client.temporal.upsert(evolution(ONE))
    made = client.entity_maps.create("Bench", q="seats>2", when=HOUR, as_post=True)
    assert made.entity_map == {ONE: ["@none"]}


def entity_map(client: Client) -> str:
    made = client.entity_maps.create("Bench")
    assert made.id is not None
    return made.id


@row("GET /entityMaps/{entityMapId}", "entity_maps.retrieve")
def retrieve_entity_map(client: Client) -> None:
    client.entities.create(bench())
    assert (client.entity_maps.retrieve(entity_map(client))).entity_map == {ONE: ["@none"]}


@row("PATCH /entityMaps/{entityMapId}", "entity_maps.update")
def update_entity_map(client: Client) -> None:
    client.entities.create(bench())
    made, end = entity_map(client), datetime(2099, 1, 1, tzinfo=UTC)
    client.entity_maps.update(made, expires_at=end)
    assert (client.entity_maps.retrieve(made)).expires_at == end


@row("DELETE /entityMaps/{entityMapId}", "entity_maps.delete")
def delete_entity_map(client: Client) -> None:
    client.entities.create(bench())
    made = entity_map(client)
    client.entity_maps.delete(made)
    with pytest.raises(ResourceNotFound):
        client.entity_maps.retrieve(made)


@row("POST /snapshots", "snapshots.create")
def create_snapshot(client: Client) -> None:
    client.entities.create(bench())
    made = client.snapshots.create(SNAPSHOT)
    client.entities.delete(ONE)
    frozen = client.with_options(headers={"NGSILD-Snapshot": made})
    assert frozen.entities.retrieve(ONE, as_=dict) == bench()


@row("GET /snapshots/{snapshotId}", "snapshots.retrieve")
def retrieve_snapshot(client: Client) -> None:
    client.entities.create(bench())
    found = client.snapshots.retrieve(client.snapshots.create(SNAPSHOT))
    assert found.snapshot_queries_details is not None
    assert (found.snapshot_status, found.snapshot_queries_details) == ("success", [{"resultStatus": "success"}])


@row("PATCH /snapshots/{snapshotId}", "snapshots.update")
def update_snapshot(client: Client) -> None:
    client.entities.create(bench())
    made = client.snapshots.create(SNAPSHOT)
    client.snapshots.update(made, {"snapshotPriority": 3, "snapshotLifetime": "PT2H"})
    found = client.snapshots.retrieve(made)
    assert (found.snapshot_priority, found.snapshot_lifetime) == (3, "PT2H")


@row("DELETE /snapshots/{snapshotId}", "snapshots.delete")
def delete_snapshot(client: Client) -> None:
    client.entities.create(bench())
    made = client.snapshots.create(SNAPSHOT)
    client.snapshots.delete(made)
    with pytest.raises(ResourceNotFound):
        client.snapshots.retrieve(made)


@row("POST /snapshots/{snapshotId}/clone", "snapshots.clone")
def clone_snapshot(client: Client) -> None:
    client.entities.create(bench())
    first = client.snapshots.create(SNAPSHOT)
    second = client.snapshots.clone(first, {"id": "urn:ngsi-ld:Snapshot:copy", "type": "Snapshot"})
    assert second == "urn:ngsi-ld:Snapshot:copy"
    client.snapshots.delete(first)
    copy = client.with_options(headers={"NGSILD-Snapshot": second})
    assert copy.entities.retrieve(ONE, as_=dict) == bench()


@row("DELETE /snapshots", "snapshots.purge")
def purge_snapshots(client: Client) -> None:
    client.entities.create(bench())
    low = client.snapshots.create({**SNAPSHOT, "snapshotPriority": 1})
    high = client.snapshots.create({**SNAPSHOT, "snapshotPriority": 9})
    assert (client.snapshots.purge(q="snapshotPriority<5")).ok
    with pytest.raises(ResourceNotFound):
        client.snapshots.retrieve(low)
    assert (client.snapshots.retrieve(high)).id == high


@row("OPTIONS /entities", "allowed_methods")
def allowed_methods(client: Client) -> None:
    assert client.allowed_methods("entities") == ["DELETE", "GET", "HEAD", "OPTIONS", "POST"]
    with pytest.raises(ResourceNotFound):
        client.allowed_methods("nothing")


@row("GET /info/sourceIdentity", "source_identity")
def source_identity(client: Client) -> None:
    client.entities.create(bench())  # else there is no such tenant
    found = client.source_identity()
    assert found.context_source_alias
    assert found.uptime is not None
    assert found.uptime.startswith("PT")
    assert found.context_source_time_at is not None
    assert abs(found.context_source_time_at - datetime.now(UTC)) < timedelta(minutes=1)
