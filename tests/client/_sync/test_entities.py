# ruff: noqa: SIM117  (an asynchronous and a synchronous `with` cannot be joined)
# Made by scripts/unasync.py from tests/client/_async/test_entities.py; change that file, not this one.
"""``client.entities``: what goes out and what comes back, operation by operation."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from citycontext.client import GENERIC, SCORPIO, Client
from citycontext.errors import (
    AlreadyExists,
    BadRequestData,
    BatchError,
    DataError,
    InvalidContext,
    InvalidEntity,
    UnreadableResponse,
)
from citycontext.ngsild import NULL, Attr, Entity, LanguageProperty, OptAttr, Property, optional, point
from citycontext.ngsild.query import EntityQuery, Q, near
from citycontext.ngsild.update_result import NotUpdated, UpdateResult

ID = "urn:ngsi-ld:OffStreetParking:gent:loop"
CTX = "http://ctx.test/c.jsonld"


class OffStreetParking(Entity):
    available_spot_number: OptAttr[int] = optional()


WIRE = {"id": ID, "type": "OffStreetParking", "availableSpotNumber": {"type": "Property", "value": 5}}


def test_create_gives_the_id_that_was_sent(broker: Any) -> None:
    """Not the one in ``Location``, which brokers spell in many ways."""
    broker.will(201, Location="http://10.0.0.1/ngsi-ld/v1/entities/urn%3Aother")
    parking = OffStreetParking(id=ID, available_spot_number=5)
    with Client(broker.url, context=CTX, transport=broker.transport) as client:
        assert client.entities.create(parking, local=True) == ID
    assert broker.targets == ["POST entities?local=true"]
    assert broker.body() == WIRE
    assert CTX in broker.last.headers["Link"]


def test_create_with_its_own_context_sends_no_link(broker: Any) -> None:
    """An entity that carries its @context goes as JSON-LD."""
    broker.will(201)
    with Client(broker.url, context=CTX, transport=broker.transport) as client:
        client.entities.create({**WIRE, "@context": "http://own.test/c"})
    assert "Link" not in broker.last.headers
    assert broker.last.headers["Content-Type"] == "application/ld+json"


def test_a_context_of_terms_goes_into_the_body_or_not_at_all(broker: Any) -> None:
    """Only one address fits in a Link: a write carries the terms, a read asks to host them."""
    broker.will(201)
    terms = [CTX, {"x": "http://x.test/x"}]
    with Client(broker.url, context=terms, transport=broker.transport) as client:
        client.entities.create(WIRE)
        assert broker.body()["@context"] == terms
        with pytest.raises(InvalidContext, match=r"client\.contexts\.create"):
            client.entities.retrieve(ID)
        with pytest.raises(InvalidContext, match="not an address"):
            client.entities.retrieve(ID, context='http://x> ; rel="y')
    assert len(broker.requests) == 1


def test_a_body_has_a_length_and_a_media_type(broker: Any) -> None:
    """Whatever writes says how long its body is and what it is; brokers refuse chunks and what has no name."""
    broker.will(204)
    with Client(broker.url, context=CTX, transport=broker.transport) as client:
        client.entities.replace(WIRE)
        client.entities.merge(ID, {"a": 1})
        client.entities.append_attributes(ID, {"a": 1})
        client.batch.upsert([WIRE])
        client.subscriptions.update("urn:s:1", {"isActive": False})
    for request in broker.requests:
        assert request.headers["Content-Length"] == str(len(request.content))
        assert request.headers["Content-Type"] == "application/json"


def test_entities_go_normalized(broker: Any) -> None:
    """Compound values and languages too: brokers read the concise form of these in different ways, or not at all."""
    broker.will(201)

    class Bench(Entity):
        address: Attr[dict[str, str]]
        label: Attr[str]

    bench = Bench(id=ID, address={"street": "Korenmarkt"}, label=LanguageProperty({"nl": "bank"}))
    with Client(broker.url, transport=broker.transport) as client:
        client.entities.create(bench)
    assert broker.body() == {
        "id": ID,
        "type": "Bench",
        "address": {"type": "Property", "value": {"street": "Korenmarkt"}},
        "label": {"type": "LanguageProperty", "languageMap": {"nl": "bank"}},
    }


def test_odd_characters_go_as_they_are(broker: Any) -> None:
    """Some brokers refuse them; nothing is escaped behind the user's back, and the refusal is told."""
    broker.refuses(400, "BadRequestData")
    odd = {**WIRE, "note": {"type": "Property", "value": "<b>\"5'=;()</b>"}}
    with Client(broker.url, transport=broker.transport) as client:
        with pytest.raises(BadRequestData):
            client.entities.create(odd)
    assert broker.body() == odd


def test_a_geometry_is_chosen_for_geojson_only(broker: Any) -> None:
    """Without Features it is refused before it is sent: one broker refuses it, another lets it pass in silence."""
    with Client(broker.url, transport=broker.transport) as client:
        with pytest.raises(DataError, match="geo"):
            client.entities.retrieve(ID, as_=dict, geometry_property="area")
        with pytest.raises(DataError, match="geo"):
            client.entities.query("OffStreetParking", as_=dict, geometry_property="area")
    assert broker.requests == []


def test_create_in_part_is_an_error(broker: Any) -> None:
    """A 207 on one entity means that some source behind the broker refused its share."""
    broker.will(207, {"success": [], "errors": [{"entityId": ID, "error": {"title": "no"}, "registrationId": "urn:r"}]})
    with Client(broker.url, transport=broker.transport) as client:
        with pytest.raises(BatchError, match="in part only"):
            client.entities.create(WIRE)


def test_retrieve_reads_the_class_asked_for(broker: Any) -> None:
    """An entity class, any entity, or the wire form as it came."""
    broker.will(200, WIRE)
    with Client(broker.url, transport=broker.transport) as client:
        parking = client.entities.retrieve(ID, as_=OffStreetParking)
        assert parking.available_spot_number is not None
        assert parking.available_spot_number.value == 5
        assert type(client.entities.retrieve(ID)) is Entity
        assert client.entities.retrieve(ID, as_=dict) == WIRE
    assert broker.targets[0] == f"GET entities/{ID}"
    assert broker.last.headers["Accept"] == "application/json"


def test_an_id_stays_one_path_segment(broker: Any) -> None:
    """Slashes, question marks, blanks and letters beyond ASCII cannot lead elsewhere."""
    broker.will(204)
    with Client(broker.url, transport=broker.transport) as client:
        client.entities.delete("urn:x:a/../b?c#d é%")
    assert broker.targets == ["DELETE entities/urn:x:a%2F..%2Fb%3Fc%23d%20%C3%A9%25"]


def test_retrieve_says_what_is_wanted(broker: Any) -> None:
    """Every part of the view has its parameter."""
    broker.will(200, WIRE)
    with Client(broker.url, transport=broker.transport) as client:
        client.entities.retrieve(
            ID,
            as_=dict,
            type="OffStreetParking",
            pick=["id", "availableSpotNumber"],
            omit="scope",
            attrs=["a", "b"],
            dataset_id="@none",
            lang="nl,en;q=0.5",
            representation="simplified",
            sys_attrs=True,
            join="inline",
            join_level=2,
            local=True,
            accept="geo+json",
            geometry_property="area",
        )
    assert broker.targets == [
        f"GET entities/{ID}?type=OffStreetParking&pick=id,availableSpotNumber&omit=scope&attrs=a,b&datasetId=%40none"
        "&lang=nl,en%3Bq%3D0.5"
        "&join=inline&joinLevel=2&local=true&options=keyValues,sysAttrs&geometryProperty=area"
    ]
    assert broker.last.headers["Accept"] == "application/geo+json"


def test_the_form_is_named_as_the_broker_reads_it(broker: Any) -> None:
    """By ``options``, where the broker's times are asked for too; or by ``format``, if the profile says so."""
    broker.will(200, {"id": ID, "type": "OffStreetParking"})
    profile = GENERIC.with_changes(form_parameter="format")
    with Client(broker.url, transport=broker.transport) as client:
        client.entities.retrieve(ID, representation="simplified", sys_attrs=True)
        client.with_options(profile=profile).entities.retrieve(ID, representation="simplified", sys_attrs=True)
        client.with_options(profile=profile).temporal.retrieve(ID, representation="temporalValues")
        client.with_options(profile=profile).entities.retrieve(ID)
    assert broker.targets == [
        f"GET entities/{ID}?options=keyValues,sysAttrs",
        f"GET entities/{ID}?format=simplified&options=sysAttrs",
        f"GET temporal/entities/{ID}?format=temporalValues",
        f"GET entities/{ID}",
    ]


def test_a_simplified_entity_is_read_as_such(broker: Any) -> None:
    """Asked for in that form, its values are values."""
    broker.will(200, {"id": ID, "type": "OffStreetParking", "availableSpotNumber": 5})
    with Client(broker.url, transport=broker.transport) as client:
        parking = client.entities.retrieve(ID, as_=OffStreetParking, representation="simplified")
    assert parking.available_spot_number is not None
    assert parking.available_spot_number.value == 5


def test_query_by_class_asks_for_its_type(broker: Any) -> None:
    """The class chooses the type and the class of the results."""
    broker.will(200, [WIRE])
    with Client(broker.url, transport=broker.transport) as client:
        parking = client.entities.query(OffStreetParking, q="availableSpotNumber>0").first()
    assert type(parking) is OffStreetParking
    assert broker.targets == ["GET entities?type=OffStreetParking&q=availableSpotNumber%3E0&limit=1"]


GEO = {"georel": "near;maxDistance==500", "geometry": "Point", "coordinates": [3.7, 51]}


def test_a_class_may_choose_the_type_alone(broker: Any) -> None:
    """With ``as_=dict`` the class says which entities, and they come as they are."""
    broker.will(200, [WIRE])
    with Client(broker.url, transport=broker.transport) as client:
        found = client.entities.query(OffStreetParking, as_=dict)
        assert found.all() == [WIRE]
    assert broker.targets == ["GET entities?type=OffStreetParking&limit=100"]


def test_query_spells_every_parameter(broker: Any) -> None:
    """Python names become the standard's, lists are joined, and the geo-query becomes its three parameters."""
    broker.will(200, [])
    with Client(broker.url, transport=broker.transport, profile=SCORPIO) as client:
        client.entities.query(
            ["A", "B"],
            id=["urn:a", "urn:b"],
            id_pattern="^urn",
            geo=GEO,
            scope_q="/Gent/#",
            csf="x==1",
            expand_values="c",
            json_keys=["d"],
            order_by="name;desc",
            order_from=[3.7, 51],
            contained_by=["urn:c"],
            entity_map=True,
            split_entities=False,
            local=True,
            representation="concise",
            page_size=5,
        ).all()
    assert broker.targets == [
        "GET entities?type=A,B&id=urn:a,urn:b&idPattern=%5Eurn&georel=near%3BmaxDistance%3D%3D500&geometry=Point"
        "&coordinates=%5B3.7,51%5D&scopeQ=/Gent/%23&csf=x%3D%3D1&expandValues=c&jsonKeys=d&orderBy=name%3Bdesc"
        "&orderFrom=%5B3.7,51%5D&containedBy=urn:c&entityMap=true&splitEntities=false&localOnly=true"
        "&options=concise&limit=5"
    ]


def test_a_long_query_goes_as_a_document(broker: Any) -> None:
    """Over the profile's length of URLs the same query is posted; the view's form and the page stay in the URL."""
    broker.will(200, [])
    ids = [f"urn:ngsi-ld:Parking:{number:05}" for number in range(300)]
    with Client(broker.url, context=CTX, transport=broker.transport) as client:
        client.entities.query(
            "Parking", id=ids, geo=GEO, q="a>1", pick="id,type", representation="simplified", page_size=10
        ).all()
    assert broker.targets == ["POST entityOperations/query?options=keyValues&limit=10"]
    assert broker.body() == {
        "type": "Query",
        "entities": [{"type": "Parking", "id": entity_id} for entity_id in ids],
        "q": "a>1",
        "pick": ["id", "type"],
        "geoQ": GEO,
    }
    assert CTX in broker.last.headers["Link"]


def test_a_query_built_beforehand_is_asked_as_it_is(broker: Any) -> None:
    """A whole query brings all its parts, and takes no further ones."""
    broker.will(200, [WIRE])
    whole = EntityQuery("OffStreetParking", q=Q.availableSpotNumber > 3, geo=near(point(3.7, 51), max_distance=500))
    with Client(broker.url, transport=broker.transport) as client:
        parking = client.entities.query(whole, as_=OffStreetParking).first()
        assert type(parking) is OffStreetParking
        client.entities.query(whole, as_post=True, page_size=7).first()
        with pytest.raises(DataError, match="local"):
            client.entities.query(whole, local=True)
    assert broker.targets == [
        "GET entities?type=OffStreetParking&q=availableSpotNumber%3E3&georel=near%3BmaxDistance%3D%3D500"
        "&geometry=Point&coordinates=%5B3.7,51%5D&limit=1",
        "POST entityOperations/query?limit=1",
    ]
    assert broker.body()["q"] == "availableSpotNumber>3"


@pytest.mark.parametrize(
    "given",
    [
        {"geo": {"georel": "within"}},
        {"representation": "pretty"},
        {"accept": "xml"},
        {"availableSpotNumber": 5},
    ],
)
def test_a_query_that_cannot_be_asked(broker: Any, given: dict[str, Any]) -> None:
    """A half geo-query, an unknown form or an unknown parameter is refused before anything is sent."""
    with Client(broker.url, transport=broker.transport) as client:
        with pytest.raises(DataError):
            client.entities.query("Parking", **given)
    assert broker.requests == []


def test_upsert_is_one_request_and_tells_whether_it_created(broker: Any) -> None:
    """It never deletes before it creates; a refusal of the one entity is raised."""
    with Client(broker.url, transport=broker.transport) as client:
        broker.will(201, [ID])
        assert client.entities.upsert(WIRE) is True
        broker.answers[:] = []
        broker.will(204)
        assert client.entities.upsert(WIRE, mode="update") is False
        broker.answers[:] = []
        broker.will(207, {"success": [], "errors": [{"entityId": ID, "error": {"title": "no", "status": 400}}]})
        with pytest.raises(BadRequestData):
            client.entities.upsert(WIRE)
    assert broker.targets[:2] == ["POST entityOperations/upsert", "POST entityOperations/upsert?options=update"]
    assert broker.body() == [WIRE]


def test_replace_and_merge(broker: Any) -> None:
    """PUT sends the whole entity; PATCH a fragment, with Null, attributes and times in it."""
    broker.will(204)
    with Client(broker.url, transport=broker.transport) as client:
        client.entities.replace(WIRE)
        assert broker.body() == WIRE
        client.entities.merge(
            ID,
            {"name": NULL, "availableSpotNumber": Property(4), "seen": datetime(2024, 5, 1, 10, tzinfo=UTC)},
            observed_at=datetime(2024, 5, 1, 10, tzinfo=UTC),
            lang="nl",
        )
    assert broker.targets == [
        f"PUT entities/{ID}",
        f"PATCH entities/{ID}?lang=nl&observedAt=2024-05-01T10:00:00Z",
    ]
    assert broker.body() == {
        "name": "urn:ngsi-ld:null",
        "availableSpotNumber": {"type": "Property", "value": 4},
        "seen": "2024-05-01T10:00:00Z",
    }


def test_attributes(broker: Any) -> None:
    """Each operation on attributes has its method and path."""
    broker.will(204)
    with Client(broker.url, transport=broker.transport) as client:
        assert client.entities.append_attributes(ID, {"a": 1}, overwrite=False) == UpdateResult(["a"])
        assert client.entities.update_attributes(ID, WIRE) == UpdateResult(["availableSpotNumber"])
        client.entities.update_attribute(ID, "a", {"value": 2})
        client.entities.replace_attribute(ID, "http://x.test/v#a", Property(3))
        client.entities.delete_attribute(ID, "a", dataset_id="urn:d:1", delete_all=True, type="P")
    assert broker.targets == [
        f"POST entities/{ID}/attrs?options=noOverwrite",
        f"PATCH entities/{ID}/attrs",
        f"PATCH entities/{ID}/attrs/a",
        f"PUT entities/{ID}/attrs/http:%2F%2Fx.test%2Fv%23a",
        f"DELETE entities/{ID}/attrs/a?type=P&datasetId=urn:d:1&deleteAll=true",
    ]


def test_attributes_not_written_are_told(broker: Any) -> None:
    """A 207 is a value; an error about the entity is raised."""
    with Client(broker.url, transport=broker.transport) as client:
        broker.will(207, {"updated": ["a"], "notUpdated": [{"attributeName": "b", "reason": "exists"}]})
        result = client.entities.append_attributes(ID, {"a": 1, "b": 2}, overwrite=False)
        assert result == UpdateResult(["a"], [NotUpdated("b", "exists")])
        broker.answers[:] = []
        broker.will(400, {"title": "exists", "attributes": ["b"]})
        result = client.entities.append_attributes(ID, {"b": 2}, overwrite=False)
        assert result == UpdateResult([], [NotUpdated("b", "exists")])
        broker.answers[:] = []
        broker.refuses(409, "AlreadyExists")
        with pytest.raises(AlreadyExists):
            client.entities.append_attributes(ID, {"b": 2})


def test_purge(broker: Any) -> None:
    """Filters, and what to keep or drop, are parameters; a partial purge is a value."""
    broker.will(207, {"success": [], "errors": [{"entityId": ID, "error": {"title": "no", "status": 400}}]})
    with Client(broker.url, transport=broker.transport) as client:
        result = client.entities.purge("Parking", q="a>1", drop=["b", "c"], local=True)
    assert broker.targets == ["DELETE entities?type=Parking&q=a%3E1&local=true&drop=b,c"]
    assert [failure.entity_id for failure in result.failed] == [ID]


def test_a_purge_whose_failures_are_not_named_is_no_success(broker: Any) -> None:
    """A 207 says that something failed; one that does not say what is unreadable, never a result without failures."""
    broker.will(207)
    with Client(broker.url, transport=broker.transport) as client:
        with pytest.raises(UnreadableResponse):
            client.entities.purge("Parking")


def test_an_entity_needs_an_id(broker: Any) -> None:
    """It is missed before anything is sent."""
    with Client(broker.url, transport=broker.transport) as client:
        for operation in (client.entities.create, client.entities.upsert, client.entities.replace):
            with pytest.raises(InvalidEntity, match="id"):
                operation({"type": "Parking"})
    assert broker.requests == []
