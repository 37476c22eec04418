"""``context="models"``: what is written is found, whatever wrote it, and needs no network at the broker."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from starlette.types import Message, Receive, Scope, Send

from citycontext import AsyncClient, Client
from citycontext.broker import LocalBroker, Server
from citycontext.client.operations.model_contexts import ContextForm
from citycontext.errors import ConfigurationError, DataError
from citycontext.models import clean
from citycontext.models.parking import OffStreetParking
from citycontext.models.weather import WeatherObserved
from citycontext.ngsild import Entity, OptAttr, optional, point
from citycontext.ngsild.query import after
from citycontext.ngsild.subscriptions import Endpoint, EntitySelector, NotificationParams, Subscription

OFFICIAL = "raw.githubusercontent.com"
PARKING = "https://smartdatamodels.org/dataModel.Parking/OffStreetParking"
DEFAULT = "https://uri.etsi.org/ngsi-ld/default-context/"
SINCE = after("2020-01-01T00:00:00Z", timeproperty="modifiedAt")
FORMS: tuple[ContextForm, ...] = get_args(ContextForm)


class FarBroker(LocalBroker):
    """A broker that cannot have the official contexts, as one without internet, and keeps what it was asked."""

    def __init__(self, *, knows_contexts: bool) -> None:
        super().__init__()
        self.knows_contexts = knows_contexts
        self.asked: list[tuple[str, str, str, bytes]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        link = dict(scope["headers"]).get(b"link", b"").decode()
        target = f"{scope['method']} {scope['path'].removeprefix('/ngsi-ld/v1')}"
        self.asked.append((target, scope["query_string"].decode(), link, body))
        context = json.loads(body).get("@context") if body.startswith(b"{") else None
        official = OFFICIAL in link or OFFICIAL in json.dumps(context if "/jsonldContexts" not in target else None)
        if official and not self.knows_contexts:
            problem = b'{"type": "https://uri.etsi.org/ngsi-ld/errors/LdContextNotAvailable", "title": "not available"}'
            await send({"type": "http.response.start", "status": 504, "headers": []})
            await send({"type": "http.response.body", "body": problem})
            return

        async def again() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        await super().__call__(scope, again, send)


@pytest.fixture(params=FORMS)
def form(request: pytest.FixtureRequest) -> ContextForm:
    """Return each way for a context to travel."""
    chosen: ContextForm = request.param
    return chosen


@pytest.fixture
def far(form: ContextForm) -> Iterator[tuple[FarBroker, str]]:
    """Serve a broker that knows the official contexts only where they travel by address."""
    broker = FarBroker(knows_contexts=form == "address")
    with Server(broker, port=0) as server:
        yield broker, server.url
    broker.close()


def parking(local: str = "1", **given: Any) -> OffStreetParking:
    return OffStreetParking(
        id=f"urn:ngsi-ld:OffStreetParking:{local}", name="Vrijdagmarkt", location=point(3.72, 51.05), **given
    )


def value(entity: Entity, name: str) -> Any:
    attribute: Any = entity[name]
    return attribute.value


def stored(url: str, entity_id: str) -> dict[str, Any]:
    """Retrieve an entity with the core context, so that all other names are IRIs."""
    with Client(url) as client:
        return client.entities.retrieve(entity_id, as_=dict)


def test_an_entity_is_written_and_read_by_its_model(far: tuple[FarBroker, str], form: ContextForm) -> None:
    """Written, updated, read typed and untyped, queried by class and by name, deleted: all by the model."""
    with Client(far[1], context="models", context_as=form) as client:
        client.entities.create(parking(available_spot_number=5))
        client.entities.update_attributes(parking().id, {"totalSpotNumber": {"type": "Property", "value": 9}})
        client.entities.update_attribute(parking().id, "availableSpotNumber", {"value": 6})
        client.entities.merge(parking().id, {"availableSpotNumber": {"value": 7}})
        wire = stored(far[1], parking().id)
        assert wire["type"] == PARKING
        assert wire["https://smartdatamodels.org/dataModel.Parking/availableSpotNumber"]["value"] == 7
        typed = client.entities.retrieve(parking().id, as_=OffStreetParking)
        assert (value(typed, "availableSpotNumber"), value(typed, "totalSpotNumber")) == (7, 9)
        untyped = client.entities.retrieve(parking().id)
        assert untyped.type == "OffStreetParking"
        assert value(untyped, "availableSpotNumber") == 7
        assert (
            client.entities.retrieve(parking().id, as_=dict, pick=["totalSpotNumber"])["totalSpotNumber"]["value"] == 9
        )
        for what in (OffStreetParking, "OffStreetParking"):
            (found,) = client.entities.query(what, q="availableSpotNumber>6").all()
            assert value(found, "totalSpotNumber") == 9
        (picked,) = client.entities.query("OffStreetParking", as_=dict, pick=["id", "availableSpotNumber"]).all()
        assert picked["availableSpotNumber"]["value"] == 7
        assert client.types.retrieve("OffStreetParking").entity_count == 1
        client.entities.delete_attribute(parking().id, "totalSpotNumber")
        assert "totalSpotNumber" not in client.entities.retrieve(parking().id, as_=dict)
        evolution = client.temporal.retrieve(parking().id, when=SINCE, as_=dict)
        assert {one["value"] for one in evolution["availableSpotNumber"]} >= {5, 7}
        (history,) = client.temporal.query(OffStreetParking, when=SINCE, as_=dict).all()
        assert "availableSpotNumber" in history
        client.entities.delete(parking().id)


def test_a_batch_goes_in_groups(far: tuple[FarBroker, str], form: ContextForm) -> None:
    """Entities of two models and of none go in three requests, and each is found by its model's name."""
    weather = WeatherObserved(
        id="urn:ngsi-ld:WeatherObserved:1",
        date_observed="2026-05-01T10:00:00Z",
        location=point(3.7, 51),
        temperature=20.5,
    )
    lamp = {"id": "urn:ngsi-ld:MyLamp:1", "type": "MyLamp", "level": {"type": "Property", "value": 1}}
    with Client(far[1], context="models", context_as=form) as client:
        result = client.batch.upsert([parking("1"), weather, parking("2"), lamp])
        result.raise_for_errors()
        assert sum(target == "POST /entityOperations/upsert" for target, *_ in far[0].asked) == 3
        assert stored(far[1], lamp["id"])["type"] == "MyLamp"  # type: ignore[arg-type]
        assert stored(far[1], weather.id)["type"] == "https://smartdatamodels.org/dataModel.Weather/WeatherObserved"
        assert {one.id for one in client.entities.query(OffStreetParking).all()} == {parking("1").id, parking("2").id}
        both = client.entities.query("OffStreetParking,WeatherObserved").all()
        assert {one.type for one in both} == {"OffStreetParking", "WeatherObserved"}
        assert {one.type for one in client.entities.query(local=True).all()} == {
            "OffStreetParking",
            "WeatherObserved",
            "MyLamp",
        }


def test_what_clean_wrote_travels_the_same_way(far: tuple[FarBroker, str], form: ContextForm) -> None:
    """An entity that names its model's context itself reaches a broker that cannot fetch it."""
    cleaned = clean({"id": parking().id, "type": "OffStreetParking", "availableSpotNumber": 5}).entity
    assert OFFICIAL in json.dumps(cleaned.wire["@context"])
    with Client(far[1], context="models", context_as=form) as client:
        client.entities.create(cleaned)
        client.batch.upsert([cleaned]).raise_for_errors()
        assert stored(far[1], parking().id)["type"] == PARKING
        assert value(client.entities.retrieve(parking().id, as_=OffStreetParking), "availableSpotNumber") == 5


def test_a_subscription_is_to_the_model_s_type(far: tuple[FarBroker, str], form: ContextForm) -> None:
    """The type of a subscription means the model's."""
    subscription = Subscription(
        entities=[EntitySelector(type="OffStreetParking")],
        notification=NotificationParams(endpoint=Endpoint(uri="http://localhost:9/notify")),
    )
    with Client(far[1], context="models", context_as=form) as client:
        created = client.subscriptions.create(subscription)
    with Client(far[1]) as plain:
        selectors = plain.subscriptions.retrieve(created).entities
        assert selectors is not None
        assert selectors[0].type == PARKING


def test_a_hosted_context_is_uploaded_once_and_found_again() -> None:
    """Two clients use one upload; a broker that lost it gets it again."""
    broker = FarBroker(knows_contexts=False)
    with Server(broker, port=0) as server:
        for local in ("1", "2"):
            with Client(server.url, context="models", context_as="host") as client:
                client.entities.create(parking(local))
        uploads = [body for target, _, _, body in broker.asked if target == "POST /jsonldContexts"]
        assert len(uploads) == 1
        with Client(server.url, context="models", context_as="host") as client:
            client.entities.create(parking("3"))
            for url in client.contexts.urls(kind="Hosted"):
                client.contexts.delete(url)
            client.entities.create(parking("4"))
            assert stored(server.url, parking("4").id)["type"] == PARKING
    broker.close()


async def test_the_asynchronous_client_does_the_same() -> None:
    """``AsyncClient`` writes and reads by models too, with a hosted context."""
    broker = FarBroker(knows_contexts=False)
    with Server(broker, port=0) as server:
        async with AsyncClient(server.url, context="models", context_as="host") as client:
            await client.batch.upsert([parking(available_spot_number=3)])
            (found,) = await client.entities.query(OffStreetParking).all()
        assert value(found, "availableSpotNumber") == 3
        assert stored(server.url, parking().id)["type"] == PARKING
    broker.close()


def test_a_class_finds_what_was_written_under_any_of_its_names() -> None:
    """A query by a class finds entities written with the core context and with the model's, from either client."""
    broker = FarBroker(knows_contexts=True)
    with Server(broker, port=0) as server:
        plain, models = Client(server.url), Client(server.url, context="models")
        plain.entities.create(parking("plain", available_spot_number=1))
        models.entities.create(parking("models", available_spot_number=2))
        for client in (plain, models, Client(server.url, context=OffStreetParking.context_url)):
            found = {one.id: one for one in client.entities.query(OffStreetParking, on_invalid="raise").all()}
            assert len(found) == 2
            numbers = [one.available_spot_number for one in found.values()]
            assert sorted(one.value for one in numbers if one is not None) == [1, 2]
            assert len(client.temporal.query(OffStreetParking, when=SINCE, as_=dict).all()) == 2
            client.close()
    broker.close()


def test_the_types_of_a_class_are_asked_for_once_each(broker: Any) -> None:
    """The short name stands for one IRI, which is not repeated; a class of one's own asks for its name alone."""

    class MyLamp(Entity):
        level: OptAttr[int] = optional()

    broker.will(200, [])
    with Client(broker.url, transport=broker.transport) as client:
        client.entities.query(OffStreetParking).all()
        assert broker.last.url.params["type"] == f"OffStreetParking,{PARKING}"
        client.entities.query(OffStreetParking, context="models").all()
        assert broker.last.url.params["type"] == f"OffStreetParking,{DEFAULT}OffStreetParking"
        client.entities.query(MyLamp).all()
        assert broker.last.url.params["type"] == "MyLamp"


def test_what_cannot_be_known_is_told() -> None:
    """Names without a type, types of several subjects with a filter, and unknown forms are refused at once."""
    with Client("http://broker.test", context="models") as client:
        with pytest.raises(DataError, match="needs the type"):
            client.entities.update_attributes("urn:x:1", {"temperature": {"value": 1}})
        with pytest.raises(DataError, match="needs the type"):
            client.entities.query(q="temperature>20")
        with pytest.raises(DataError, match="several subjects"):
            client.entities.query("OffStreetParking,WeatherObserved", q="temperature>20")
        with pytest.raises(DataError, match="several subjects have this type"):
            client.entities.create({"id": "urn:ngsi-ld:Organization:1", "type": "Organization"})
    with pytest.raises(ConfigurationError, match="must be one of address, host, inline"):
        Client("http://broker.test", context_as="post")  # type: ignore[arg-type]
