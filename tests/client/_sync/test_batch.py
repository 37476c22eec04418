# ruff: noqa: SIM117  (an asynchronous and a synchronous `with` cannot be joined)
# Made by scripts/unasync.py from tests/client/_async/test_batch.py; change that file, not this one.
"""``client.batch``: splitting, partial success, and what is raised."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from citycontext.client import GENERIC, Client
from citycontext.errors import BadRequestData, InvalidEntity, OperationNotSupported, ResourceNotFound, TransportError
from citycontext.ngsild import Entity, OptAttr, optional

CTX = "http://ctx.test/vehicles.jsonld"
LINK = f'<{CTX}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"'


class Lamp(Entity):
    level: OptAttr[int] = optional()


def lamps(number: int) -> list[dict[str, Any]]:
    return [
        {"id": f"urn:ngsi-ld:Lamp:{position}", "type": "Lamp", "level": {"type": "Property", "value": position}}
        for position in range(number)
    ]


def test_entities_and_wire_forms_go_as_they_are(broker: Any) -> None:
    """A typed entity is sent with all its attributes, a mapping untouched, with the client's @context in a Link."""
    broker.will(201, ["urn:ngsi-ld:Lamp:typed"])
    typed = Lamp(id="urn:ngsi-ld:Lamp:typed", level=5)
    with Client(broker.url, context=CTX, transport=broker.transport) as client:
        result = client.batch.upsert([typed, *lamps(1)])
    assert result.ok
    assert result.succeeded == ["urn:ngsi-ld:Lamp:typed", "urn:ngsi-ld:Lamp:0"]
    assert result.created == ["urn:ngsi-ld:Lamp:typed"]
    assert broker.targets == ["POST entityOperations/upsert"]
    assert broker.body() == [typed.wire, *lamps(1)]
    assert broker.last.headers["Link"] == LINK
    assert broker.last.headers["Content-Type"] == "application/json"
    assert broker.last.headers["Content-Length"] == str(len(broker.last.content))


def test_an_own_context_moves_all_contexts_into_the_body(broker: Any) -> None:
    """If one entity carries a @context, all do: the others get the client's, and no Link is sent."""
    broker.will(204)
    own = {"id": "urn:ngsi-ld:Lamp:own", "type": "Lamp", "@context": ["http://other.test/c"]}
    with Client(broker.url, context=CTX, transport=broker.transport) as client:
        client.batch.update([own, *lamps(1)])
    assert "Link" not in broker.last.headers
    assert broker.last.headers["Content-Type"] == "application/ld+json"
    assert [entity["@context"] for entity in broker.body()] == [["http://other.test/c"], CTX]


@pytest.mark.parametrize(
    ("verb", "given", "target"),
    [
        ("create", {}, "create"),
        ("upsert", {}, "upsert"),
        ("upsert", {"mode": "update"}, "upsert?options=update"),
        ("update", {}, "update"),
        ("update", {"overwrite": False}, "update?options=noOverwrite"),
        ("merge", {}, "merge"),
        ("delete", {}, "delete"),
    ],
)
def test_every_verb_has_its_endpoint(broker: Any, verb: str, given: dict[str, Any], target: str) -> None:
    """The method's name is the operation's, its arguments are the operation's options."""
    broker.will(204)
    with Client(broker.url, transport=broker.transport) as client:
        result = getattr(client.batch, verb)(lamps(2), **given)
    assert broker.targets == [f"POST entityOperations/{target}"]
    assert result.succeeded == ["urn:ngsi-ld:Lamp:0", "urn:ngsi-ld:Lamp:1"]


def test_a_batch_is_split_by_number_and_by_size(broker: Any) -> None:
    """No request is over the profile's limits, none is empty, and together they hold everything once."""
    broker.will(204)
    entities = [*lamps(7), {"id": "urn:ngsi-ld:Lamp:long", "type": "Lamp", "text": "x" * 500}, *lamps(9)[8:]]
    profile = GENERIC.with_changes(max_batch_items=3, max_batch_bytes=300)
    with Client(broker.url, transport=broker.transport, profile=profile) as client:
        result = client.batch.upsert(entities)
    bodies = sorted((json.loads(request.content) for request in broker.requests), key=lambda body: body[0]["id"])
    assert [len(body) for body in bodies] == [3, 3, 1, 1, 1]
    assert all(len(request.content) <= 300 for request in broker.requests if b"xxx" not in request.content)
    assert {entity["id"] for body in bodies for entity in body} == {entity["id"] for entity in entities}
    assert result.succeeded == [entity["id"] for entity in entities]


def test_nothing_to_do_is_done_without_a_request(broker: Any) -> None:
    """An empty batch is a success, though brokers refuse an empty array."""
    with Client(broker.url, transport=broker.transport) as client:
        assert (client.batch.upsert([])).ok
        assert (client.batch.delete([])).ok
    assert broker.requests == []


def test_partial_success_is_a_value(broker: Any) -> None:
    """A 207 is not raised: the good ids, and the bad ones with the broker's reason."""
    error = {"type": "https://uri.etsi.org/ngsi-ld/errors/BadRequestData", "title": "no value"}
    broker.will(
        207, {"success": ["urn:ngsi-ld:Lamp:0"], "errors": [{"entityId": "urn:ngsi-ld:Lamp:1", "error": error}]}
    )
    with Client(broker.url, transport=broker.transport) as client:
        result = client.batch.create(lamps(2))
    assert result.succeeded == ["urn:ngsi-ld:Lamp:0"]
    assert isinstance(result.failed[0].error, BadRequestData)
    assert result.failed[0].error.url == "http://broker.test:1026/ngsi-ld/v1/entityOperations/create"


def test_an_error_of_the_whole_request_is_raised(broker: Any) -> None:
    """What is about no entity in particular, such as an operation the broker lacks, is an exception."""
    title = "Service Not Found"  # as Orion-LD says it
    broker.will(404, {"type": "https://uri.etsi.org/ngsi-ld/errors/ResourceNotFound", "title": title})
    with Client(broker.url, transport=broker.transport) as client:
        with pytest.raises(OperationNotSupported, match="entityOperations/merge"):
            client.batch.merge(lamps(2))
        broker.answers.clear()
        broker.refuses(404, "ResourceNotFound")
        with pytest.raises(ResourceNotFound, match="entityOperations/merge"):
            client.batch.merge(lamps(2))


def test_a_refused_part_does_not_hide_the_others(broker: Any) -> None:
    """Of three parts the second is refused: its entities failed, the others succeeded."""

    def answer(request: httpx.Request) -> httpx.Response:
        if b"Lamp:2" in request.content:
            return httpx.Response(400, json={"title": "bad"})
        return httpx.Response(204)

    broker.function = answer
    profile = GENERIC.with_changes(max_batch_items=2)
    with Client(broker.url, transport=broker.transport, profile=profile) as client:
        result = client.batch.upsert(lamps(6))
    assert [failure.entity_id for failure in result.failed] == ["urn:ngsi-ld:Lamp:2", "urn:ngsi-ld:Lamp:3"]
    assert len(result.succeeded) == 4


def test_a_broker_that_goes_away_is_not_asked_again_and_again(broker: Any) -> None:
    """After a lost connection the parts not yet sent fail with it, and what was done stays told."""

    def answer(request: httpx.Request) -> httpx.Response:
        if b"Lamp:0" in request.content:
            return httpx.Response(204)
        raise httpx.ConnectError("refused", request=request)

    broker.function = answer
    profile = GENERIC.with_changes(max_batch_items=1, concurrency=1)
    with Client(broker.url, transport=broker.transport, profile=profile, retries=0) as client:
        result = client.batch.upsert(lamps(5))
    assert result.succeeded == ["urn:ngsi-ld:Lamp:0"]
    assert len(result.failed) == 4
    assert all(isinstance(failure.error, TransportError) for failure in result.failed)
    assert len(broker.requests) == 2


def test_a_broker_that_is_away_is_an_exception(broker: Any) -> None:
    """When nothing could be done at all, there is no result to return."""
    broker.fails(httpx.ConnectError("refused"))
    with Client(broker.url, transport=broker.transport, retries=0) as client:
        with pytest.raises(TransportError, match="no connection"):
            client.batch.upsert(lamps(3))


def test_an_id_given_twice_keeps_its_order(broker: Any) -> None:
    """Parts that hold the same entity are sent one after the other, so the last one wins."""
    broker.will(204)
    entities = [{"id": "urn:ngsi-ld:Lamp:same", "type": "Lamp", "level": position} for position in range(8)]
    profile = GENERIC.with_changes(max_batch_items=1, concurrency=8)
    with Client(broker.url, transport=broker.transport, profile=profile) as client:
        client.batch.upsert(entities)
    assert [broker.body(position)[0]["level"] for position in range(8)] == list(range(8))


def test_ids_to_delete_are_sent_once(broker: Any) -> None:
    """Ids and entities may be mixed; brokers disagree about repeated ids, so none is repeated."""
    broker.will(204)
    with Client(broker.url, transport=broker.transport) as client:
        result = client.batch.delete(["urn:ngsi-ld:Lamp:0", *lamps(2)])
    assert broker.body() == ["urn:ngsi-ld:Lamp:0", "urn:ngsi-ld:Lamp:1"]
    assert result.succeeded == ["urn:ngsi-ld:Lamp:0", "urn:ngsi-ld:Lamp:1"]


@pytest.mark.parametrize("bad", [{"type": "Lamp"}, None, "urn:x:1", {"id": "urn:x:1", "level": object()}])
def test_what_is_no_entity_is_found_before_anything_is_sent(broker: Any, bad: Any) -> None:
    """A missing id, a thing that is not an entity, or a value without JSON form names itself and stops the batch."""
    with Client(broker.url, transport=broker.transport) as client:
        with pytest.raises(InvalidEntity):
            client.batch.create([*lamps(1), bad])
    assert broker.requests == []


def test_progress_is_told(broker: Any) -> None:
    """After each part the callback hears how many entities are done, of how many."""
    broker.will(204)
    heard: list[tuple[int, int]] = []
    profile = GENERIC.with_changes(max_batch_items=2, concurrency=1)
    with Client(broker.url, transport=broker.transport, profile=profile) as client:
        client.batch.upsert(lamps(5), progress=lambda done, total: heard.append((done, total)))
    assert heard == [(2, 5), (4, 5), (5, 5)]


def test_a_generator_is_sent_as_it_is_read(broker: Any) -> None:
    """A request goes out when its entities are there, not when all are; ids and order come out as from a list."""
    broker.will(204)
    sent_when_read = []

    def entities() -> Any:
        for number in range(40):
            sent_when_read.append(len(broker.requests))
            yield {"id": f"urn:x:{number}", "type": "T"}

    profile = GENERIC.with_changes(max_batch_items=10, concurrency=1)
    told: list[tuple[int, int]] = []
    with Client(broker.url, transport=broker.transport, profile=profile) as client:
        result = client.batch.upsert(entities(), progress=lambda *counts: told.append(counts))
    assert result.succeeded == [f"urn:x:{number}" for number in range(40)]
    assert len(broker.requests) == 4
    assert sent_when_read[-1] >= 2
    assert [done for done, _ in told] == [10, 20, 30, 40]


@pytest.mark.parametrize("verb", ["upsert", "delete"])
def test_what_a_generator_cannot_bring_is_said(broker: Any, verb: str) -> None:
    """What came before was sent, and the error, as it is, says how much that was."""
    broker.will(204)

    def entities() -> Any:
        for number in range(25):
            yield {"id": f"urn:x:{number}", "type": "T"}
        raise OSError("the disk is gone")

    profile = GENERIC.with_changes(max_batch_items=10)
    with Client(broker.url, transport=broker.transport, profile=profile) as client:
        with pytest.raises(OSError, match="disk is gone") as raised:
            getattr(client.batch, verb)(entities())
    assert raised.value.__notes__ == ["the first 20 entities of the batch were sent before this"]
    assert len(broker.requests) == 2


def test_a_generator_may_give_an_id_twice(broker: Any) -> None:
    """Requests with the same id follow each other, so the last one wins; others go side by side."""
    broker.will(204)
    profile = GENERIC.with_changes(max_batch_items=1, concurrency=8)
    with Client(broker.url, transport=broker.transport, profile=profile) as client:
        client.batch.upsert({**lamps(1)[0], "level": position} for position in range(8))
    assert [broker.body(position)[0]["level"] for position in range(8)] == list(range(8))
