"""Entities over the API: written, read back, queried, refused."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from citycontext.broker import LocalBroker

GENT = [3.7303, 51.05]
PARKING: dict[str, Any] = {
    "id": "urn:ngsi-ld:OffStreetParking:gent:loop",
    "type": "OffStreetParking",
    "scope": "/Gent/South",
    "name": {"type": "Property", "value": "The Loop"},
    "availableSpotNumber": {
        "type": "Property",
        "value": 120,
        "observedAt": "2023-12-01T10:00:00Z",
        "unitCode": "C62",
        "accuracy": {"type": "Property", "value": 0.9},
    },
    "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": GENT}},
    "operatedBy": {"type": "Relationship", "object": "urn:ngsi-ld:Organization:gent"},
}
ADDRESS = f"entities/{PARKING['id']}"


@pytest.fixture
async def stored(http: httpx.AsyncClient) -> httpx.AsyncClient:
    """Return a client of a broker that holds one car park."""
    answer = await http.post("entities", json=PARKING)
    assert answer.status_code == 201
    assert answer.headers["location"].endswith(ADDRESS)
    return http


async def test_what_was_created_is_read_back(stored: httpx.AsyncClient) -> None:
    """An entity comes back as it was sent, member for member."""
    answer = await stored.get(ADDRESS)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert 'rel="http://www.w3.org/ns/json-ld#context"' in answer.headers["link"]
    assert answer.json() == PARKING


async def test_second_creation_is_refused(stored: httpx.AsyncClient) -> None:
    """An id can be created once; the refusal is an AlreadyExists document."""
    answer = await stored.post("entities", json=PARKING)
    assert answer.status_code == 409
    assert answer.json()["type"] == "https://uri.etsi.org/ngsi-ld/errors/AlreadyExists"
    assert "link" not in answer.headers


async def test_concise_payload_is_stored_normalized(http: httpx.AsyncClient) -> None:
    """Concise and normalized are two spellings of one entity."""
    concise = {
        "id": "urn:ngsi-ld:Lamp:1",
        "type": "Lamp",
        "power": 40,
        "position": {"type": "Point", "coordinates": GENT},
        "hangsOn": {"object": "urn:ngsi-ld:Pole:1"},
    }
    await http.post("entities", json=concise)
    normalized = (await http.get("entities/urn:ngsi-ld:Lamp:1")).json()
    assert normalized["power"] == {"type": "Property", "value": 40}
    assert normalized["position"]["type"] == "GeoProperty"
    assert normalized["hangsOn"] == {"type": "Relationship", "object": "urn:ngsi-ld:Pole:1"}
    assert (await http.get("entities/urn:ngsi-ld:Lamp:1?options=concise")).json() == concise


async def test_simplified_shows_values_alone(stored: httpx.AsyncClient) -> None:
    """The old name keyValues and the new one simplified give names and values."""
    for asked in ("options=keyValues", "format=simplified"):
        shown = (await stored.get(f"{ADDRESS}?{asked}")).json()
        assert shown["availableSpotNumber"] == 120
        assert shown["operatedBy"] == "urn:ngsi-ld:Organization:gent"


async def test_geojson_makes_a_feature(stored: httpx.AsyncClient) -> None:
    """Asked for GeoJSON, the broker gives the location as geometry and the @context in the body."""
    answer = await stored.get(ADDRESS, headers={"Accept": "application/geo+json"})
    feature = answer.json()
    assert answer.headers["content-type"] == "application/geo+json"
    assert feature["type"] == "Feature"
    assert feature["geometry"] == {"type": "Point", "coordinates": GENT}
    assert feature["properties"]["type"] == "OffStreetParking"
    assert "@context" in feature
    bare = await stored.get(ADDRESS, headers={"Accept": "application/geo+json", "Prefer": "body=json"})
    assert "@context" not in bare.json()
    assert "json-ld#context" in bare.headers["link"]


async def test_ld_json_carries_the_context(stored: httpx.AsyncClient) -> None:
    """Asked for JSON-LD, the broker puts the @context into the body and sends no Link."""
    answer = await stored.get(ADDRESS, headers={"Accept": "application/ld+json"})
    assert "@context" in answer.json()
    assert "link" not in answer.headers


async def test_sys_attrs_show_the_brokers_times(stored: httpx.AsyncClient) -> None:
    """With sysAttrs, entity and attributes show when they were made and changed; without, nothing does."""
    created = (await stored.get(f"{ADDRESS}?options=sysAttrs")).json()
    await stored.patch(f"{ADDRESS}/attrs/availableSpotNumber", json={"value": 119})
    shown = (await stored.get(f"{ADDRESS}?options=sysAttrs")).json()
    assert shown["createdAt"] == created["createdAt"]
    assert shown["modifiedAt"] > created["modifiedAt"]
    assert shown["name"] == created["name"]
    assert shown["availableSpotNumber"]["modifiedAt"] == shown["modifiedAt"]


@pytest.mark.parametrize(
    ("asked", "matches"),
    [
        ("type=OffStreetParking", True),
        ("type=OffStreetParking,Building", True),
        ("type=(OffStreetParking;Building)", False),
        ("type=Building", False),
        ("type=OffStreetParking&idPattern=gent:.*$", True),
        ("type=OffStreetParking&idPattern=^loop", False),
        ("type=OffStreetParking&id=urn:ngsi-ld:OffStreetParking:gent:loop", True),
        ("q=availableSpotNumber>100", True),
        ("q=availableSpotNumber>100;availableSpotNumber.accuracy<0.5", False),
        ('q=name=="The Loop"', True),
        ("attrs=availableSpotNumber,other", True),
        ("attrs=other", False),
        ("georel=near;maxDistance==500&geometry=Point&coordinates=[3.7303,51.053]", True),
        ("georel=near;maxDistance==300&geometry=Point&coordinates=[3.7303,51.053]", False),
        ("georel=near;minDistance==300&geometry=Point&coordinates=[3.7303,51.053]", True),
        ("georel=within&geometry=Polygon&coordinates=[[[3,50],[4,50],[4,52],[3,52],[3,50]]]", True),
        ("georel=disjoint&geometry=Polygon&coordinates=[[[3,50],[4,50],[4,52],[3,52],[3,50]]]", False),
        ("type=OffStreetParking&scopeQ=/Gent/%23", True),
        ("type=OffStreetParking&scopeQ=/Brugge/%23", False),
        ("local=true", True),
    ],
)
async def test_query_finds_what_matches(stored: httpx.AsyncClient, asked: str, matches: bool) -> None:
    """Each filter lets through the entity that meets it, and no other."""
    answer = await stored.get(f"entities?{asked}&options=keyValues")
    assert answer.status_code == 200
    assert [entity["id"] for entity in answer.json()] == ([PARKING["id"]] if matches else [])


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ("id=urn:ngsi-ld:A:1", "BadRequestData"),
        ("type=Building&colour=red", "InvalidRequest"),
        ("type=Building&limit=0", "BadRequestData"),
        ("type=Building&limit=-1", "BadRequestData"),
        ("type=Building&offset=x", "BadRequestData"),
        ("type=Building&q=a>>1", "BadRequestData"),
        ("type=Building&idPattern=[", "BadRequestData"),
        ("type=Building&options=nice", "InvalidRequest"),
        ("type=Building&georel=near&geometry=Point&coordinates=[1,2]", "BadRequestData"),
        ("type=Building&georel=within", "BadRequestData"),
        ("type=Building&pick=a&attrs=a", "BadRequestData"),
        ("type=Building&pick=a,,b", "BadRequestData"),
        ("type=Building&geometryProperty=location", "BadRequestData"),
    ],
)
async def test_wrong_queries_are_refused(http: httpx.AsyncClient, asked: str, error: str) -> None:
    """A query that is not valid gets 400 and a document that names the kind of error and the reason."""
    answer = await http.get(f"entities?{asked}")
    assert answer.status_code == 400
    assert answer.json()["type"].endswith(f"/{error}")
    assert answer.json()["detail"]


async def test_pages_link_to_each_other(http: httpx.AsyncClient) -> None:
    """Following next from the first page gives every entity once, in the order of creation; prev leads back."""
    batch = [{"id": f"urn:ngsi-ld:T:{number}", "type": "T"} for number in range(7)]
    await http.post("entityOperations/create", json=batch)
    seen: list[str] = []
    address: httpx.URL | None = httpx.URL("http://broker/ngsi-ld/v1/entities?type=T&limit=3&count=true")
    while address is not None:
        answer = await http.get(address)
        assert answer.headers["ngsild-results-count"] == "7"
        seen += [entity["id"] for entity in answer.json()]
        address = answer.url.join(answer.links["next"]["url"]) if "next" in answer.links else None
    assert seen == [entity["id"] for entity in batch]
    assert "offset=3" in answer.links["prev"]["url"]
    count_alone = await http.get("entities?type=T&limit=0&count=true")
    assert count_alone.json() == []
    assert count_alone.headers["ngsild-results-count"] == "7"


async def test_pick_and_omit_choose_members(stored: httpx.AsyncClient) -> None:
    """Pick shows only what it names, omit all but that."""
    picked = (await stored.get(f"{ADDRESS}?pick=id,name&options=keyValues")).json()
    assert picked == {"id": PARKING["id"], "name": "The Loop"}
    left = (await stored.get(f"{ADDRESS}?omit=location,scope&options=keyValues")).json()
    assert left.keys() == {"id", "type", "name", "availableSpotNumber", "operatedBy"}


async def test_merge_goes_into_sub_attributes(stored: httpx.AsyncClient) -> None:
    """A merge changes what it names, to any depth, deletes what it sets to Null, and leaves the rest."""
    fragment = {"availableSpotNumber": {"value": 5, "accuracy": "urn:ngsi-ld:null"}, "name": "urn:ngsi-ld:null"}
    assert (await stored.patch(ADDRESS, json=fragment)).status_code == 204
    shown = (await stored.get(ADDRESS)).json()
    assert "name" not in shown
    assert shown["availableSpotNumber"] == {
        "type": "Property",
        "value": 5,
        "observedAt": "2023-12-01T10:00:00Z",
        "unitCode": "C62",
    }


async def test_replace_keeps_nothing_but_the_time_of_creation(stored: httpx.AsyncClient) -> None:
    """A replaced entity has the new attributes alone, and still the old createdAt."""
    created = (await stored.get(f"{ADDRESS}?options=sysAttrs")).json()["createdAt"]
    answer = await stored.put(ADDRESS, json={"id": PARKING["id"], "type": "OffStreetParking", "free": 1})
    assert answer.status_code == 204
    shown = (await stored.get(f"{ADDRESS}?options=sysAttrs")).json()
    assert shown.keys() == {"id", "type", "free", "createdAt", "modifiedAt"}
    assert shown["createdAt"] == created


async def test_deleted_entity_is_gone(stored: httpx.AsyncClient) -> None:
    """After its deletion an entity is neither found nor deleted again."""
    assert (await stored.delete(ADDRESS)).status_code == 204
    assert (await stored.get(ADDRESS)).status_code == 404
    assert (await stored.delete(ADDRESS)).status_code == 404
    assert (await stored.get("types")).json()["typeList"] == []


async def test_purge_deletes_what_matches(stored: httpx.AsyncClient) -> None:
    """A purge deletes matching entities, or only the attributes it is told to drop."""
    await stored.post("entities", json={"id": "urn:ngsi-ld:Lamp:1", "type": "Lamp", "power": 1, "name": "x"})
    assert (await stored.delete("entities?type=Lamp&drop=power")).status_code == 204
    assert (await stored.get("entities/urn:ngsi-ld:Lamp:1?options=keyValues")).json()["name"] == "x"
    assert (await stored.delete("entities?type=Lamp")).status_code == 204
    assert (await stored.get("entities/urn:ngsi-ld:Lamp:1")).status_code == 404
    assert (await stored.get(ADDRESS)).status_code == 200


async def test_linked_entities_are_joined(stored: httpx.AsyncClient) -> None:
    """Join gives the linked entity inside the Relationship, or beside the entity."""
    await stored.post("entities", json={"id": "urn:ngsi-ld:Organization:gent", "type": "Organization", "name": "City"})
    inline = (await stored.get(f"{ADDRESS}?join=inline")).json()
    assert inline["operatedBy"]["entity"]["name"]["value"] == "City"
    simple = (await stored.get(f"{ADDRESS}?join=inline&options=keyValues")).json()
    assert simple["operatedBy"] == {"id": "urn:ngsi-ld:Organization:gent", "type": "Organization", "name": "City"}
    flat = (await stored.get(f"{ADDRESS}?join=flat&options=keyValues&omit=operatedBy{{name}}")).json()
    assert flat[1] == {"id": "urn:ngsi-ld:Organization:gent", "type": "Organization"}


async def test_order_is_by_value_and_by_distance(http: httpx.AsyncClient) -> None:
    """Entities are sorted by members, up or down, or by how far they lie."""
    for number, longitude in ((2, 3.9), (3, 3.7), (1, 3.8)):
        entity = {"id": f"urn:ngsi-ld:T:{number}", "type": "T", "n": number}
        await http.post("entities", json={**entity, "location": {"type": "Point", "coordinates": [longitude, 51]}})

    async def order(asked: str) -> list[int]:
        return [one["n"] for one in (await http.get(f"entities?type=T&options=keyValues&{asked}")).json()]

    assert await order("orderBy=n") == [1, 2, 3]
    assert await order("orderBy=n;desc") == [3, 2, 1]
    assert await order("orderBy=createdAt") == [2, 3, 1]
    assert await order("orderBy=location;dist-asc&orderFrom=[3.7,51]") == [3, 1, 2]
    assert await order("orderBy=id&collation=nl-u-kn") == [1, 2, 3]


@pytest.mark.parametrize(
    ("asked", "status", "error"),
    [
        ("orderBy=name&collation=sv", 422, "OperationNotSupported"),
        ("collation=nl", 400, "BadRequestData"),
        ("orderFrom=[1,2]", 400, "BadRequestData"),
        ("csf=((", 400, "BadRequestData"),
        ("splitEntities=perhaps", 400, "BadRequestData"),
        ("entityMap=perhaps", 400, "BadRequestData"),
        ("datasetId=no%20uri", 400, "BadRequestData"),
        ("options=unheard", 400, "InvalidRequest"),
    ],
)
async def test_parameters_are_never_ignored(http: httpx.AsyncClient, asked: str, status: int, error: str) -> None:
    """What cannot be done, or has no meaning, is refused, also where this broker has no use for the parameter."""
    answer = await http.get(f"entities?type=T&{asked}")
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (status, error)


async def test_queries_that_are_sent_are_checked_alike(http: httpx.AsyncClient) -> None:
    """The members of a Query are checked as the parameters of the same names."""
    query = {"type": "Query", "entities": [{"type": "T"}]}
    for wrong in ({"csf": "(("}, {"datasetId": ["no uri"]}):
        answer = await http.post("entityOperations/query", json={**query, **wrong})
        assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (400, "BadRequestData")
    assert (
        await http.post("entityOperations/query", json={**query, "csf": "a==1", "splitEntities": True})
    ).json() == []


async def test_language_is_chosen(http: httpx.AsyncClient) -> None:
    """With lang, a LanguageProperty is shown as a Property in the best language there is."""
    names = {"type": "LanguageProperty", "languageMap": {"nl": "Gent", "fr": "Gand"}}
    await http.post("entities", json={"id": "urn:ngsi-ld:City:g", "type": "City", "name": names})
    shown = (await http.get("entities/urn:ngsi-ld:City:g?lang=fr-BE,nl;q=0.5")).json()
    assert shown["name"] == {"type": "Property", "value": "Gand", "lang": "fr"}


async def test_tenants_do_not_see_each_other(stored: httpx.AsyncClient) -> None:
    """What one tenant stores, another does not find; an unknown tenant is refused."""
    assert (await stored.get(ADDRESS, headers={"NGSILD-Tenant": "aalst"})).json()["type"].endswith("/NonexistentTenant")
    created = await stored.post("entities", json=PARKING, headers={"NGSILD-Tenant": "aalst"})
    assert created.status_code == 201
    assert created.headers["ngsild-tenant"] == "aalst"
    await stored.delete(ADDRESS, headers={"NGSILD-Tenant": "aalst"})
    assert (await stored.get(ADDRESS)).status_code == 200


@pytest.mark.parametrize(
    ("content", "headers", "status", "error"),
    [
        (b"{", {}, 400, "InvalidRequest"),
        (b"", {}, 400, "InvalidRequest"),
        (b"[]", {}, 400, "InvalidRequest"),
        (b'{"id":"x","type":"T"}', {}, 400, "BadRequestData"),
        (b'{"id":"urn:a:b"}', {}, 400, "BadRequestData"),
        (b'{"id":"urn:a:b","type":"T","a":null}', {}, 400, "BadRequestData"),
        (b'{"id":"urn:a:b","type":"T","a":"urn:ngsi-ld:null"}', {}, 400, "BadRequestData"),
        (b'{"id":"urn:a:b","type":"T","a":{"type":"Relationship","object":1}}', {}, 400, "BadRequestData"),
        (b'{"id":"urn:a:b","type":"T","@context":[]}', {}, 400, "BadRequestData"),
        (b'{"id":"urn:a:b","type":"T"}', {"Content-Type": "application/ld+json"}, 400, "BadRequestData"),
        (b'{"id":"urn:a:b","type":"T"}', {"Content-Type": "text/plain"}, 415, ""),
    ],
)
async def test_wrong_entities_are_refused(
    http: httpx.AsyncClient, content: bytes, headers: dict[str, str], status: int, error: str
) -> None:
    """A payload that is not an entity is refused with the right status and kind of error, and nothing is stored."""
    answer = await http.post("entities", content=content, headers={"Content-Type": "application/json", **headers})
    assert answer.status_code == status
    assert answer.json()["type"].endswith(f"/{error}") if error else answer.content == b""
    assert (await http.get("entities?local=true")).json() == []


async def test_deep_nesting_is_refused(http: httpx.AsyncClient) -> None:
    """A payload made to exhaust the stack is refused, not a failure."""
    bomb = b'{"id":"urn:a:b","type":"T","a":' + b'{"a":' * 900 + b"1" + b"}" * 901
    answer = await http.post("entities", content=bomb, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400


async def test_method_and_media_type_are_negotiated(http: httpx.AsyncClient) -> None:
    """A method that is not there gets 405 with the ones that are; an Accept that cannot be met gets 406."""
    answer = await http.put("types", json={})
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET"
    assert (await http.get("types", headers={"Accept": "application/xml"})).status_code == 406
    best = await http.get("types", headers={"Accept": "application/json;q=0.5, application/ld+json"})
    assert best.headers["content-type"] == "application/ld+json"


async def test_store_survives_a_restart(tmp_path: object) -> None:
    """What was acknowledged is there when the file is opened again."""
    path = f"{tmp_path}/city.db"
    for expected in (201, 409):
        broker = LocalBroker(path)
        async with httpx.AsyncClient(transport=broker.transport(), base_url="http://broker/ngsi-ld/v1/") as http:
            assert (await http.post("entities", json=PARKING)).status_code == expected
        broker.close()


@pytest.mark.parametrize(
    "scope", [{}, [{}], [["/a"]], 5, "", "/1", ["/a", None], [{"type": "Property", "value": "/a"}]]
)
async def test_what_is_no_scope_is_refused(http: httpx.AsyncClient, scope: Any) -> None:
    """A scope is a text or an array of texts of the grammar, in an entity never an attribute."""
    answer = await http.post("entities", json={"id": "urn:a:b", "type": "T", "scope": scope})
    assert answer.status_code == 400


async def test_a_long_query_is_not_sent_back(http: httpx.AsyncClient) -> None:
    """The refusal shows where it is wrong, and not the whole of it."""
    wrong = ";".join(f"a{number}>1" for number in range(500)) + ";b=1;" + ";".join(["c>1"] * 500)
    detail = (await http.post("entityOperations/query", json={"type": "Query", "q": wrong})).json()["detail"]
    assert len(detail) < 300
    assert ";b=1;" in detail


@pytest.mark.parametrize(
    ("fragment", "expected"),
    [
        ({"observedAt": "2024-01-01T00:00:00Z"}, {"value": 120, "observedAt": "2024-01-01T00:00:00Z"}),
        ({"unitCode": "CEL"}, {"value": 120, "unitCode": "CEL"}),
        ({"type": "Property", "unitCode": "CEL"}, {"value": 120, "unitCode": "CEL"}),
        (
            {"accuracy": {"type": "Property", "value": 0.1}},
            {"value": 120, "accuracy": {"type": "Property", "value": 0.1}},
        ),
        ({"accuracy": 0.1}, {"value": 120, "accuracy": {"type": "Property", "value": 0.1}}),
        ({"precision": 2}, {"value": 120, "precision": {"type": "Property", "value": 2}}),
        ({"accuracy": {"value": 0.1}}, {"value": 120, "accuracy": {"type": "Property", "value": 0.1}}),
        (
            {"accuracy": {"unitCode": "P1"}},
            {"value": 120, "accuracy": {"type": "Property", "value": 0.9, "unitCode": "P1"}},
        ),
        (
            {"value": 7, "accuracy": {"unitCode": "P1"}},
            {"value": 7, "accuracy": {"type": "Property", "value": 0.9, "unitCode": "P1"}},
        ),
        (
            {"accuracy": {"type": "Relationship", "object": "urn:ngsi-ld:A:1"}},
            {"value": 120, "accuracy": {"type": "Relationship", "object": "urn:ngsi-ld:A:1"}},
        ),
        ({"accuracy": "urn:ngsi-ld:null"}, {"value": 120, "accuracy": None}),
        ({"unitCode": "urn:ngsi-ld:null"}, {"value": 120, "unitCode": None}),
    ],
)
@pytest.mark.parametrize("is_batch", [False, True])
async def test_5_6_17_a_merge_keeps_the_value_that_it_does_not_name(
    stored: httpx.AsyncClient, fragment: dict[str, Any], expected: dict[str, Any], is_batch: bool
) -> None:
    """A fragment of an attribute changes what it names; value, type and the other members stay (5.5.12)."""
    body = {"availableSpotNumber": fragment}
    if is_batch:
        answer = await stored.post("entityOperations/merge", json=[{"id": PARKING["id"], **body}])
    else:
        answer = await stored.patch(ADDRESS, json=body)
    assert answer.status_code == 204, answer.text
    attribute = (await stored.get(ADDRESS)).json()["availableSpotNumber"]
    wanted = {**PARKING["availableSpotNumber"], **expected}
    assert attribute == {member: value for member, value in wanted.items() if value is not None}


async def test_5_6_17_a_fragment_of_a_relationship_stays_one(stored: httpx.AsyncClient) -> None:
    """Without a value nothing says what kind the fragment is: the stored kind counts."""
    answer = await stored.patch(ADDRESS, json={"operatedBy": {"observedAt": "2024-01-01T00:00:00Z"}})
    assert answer.status_code == 204
    assert (await stored.get(ADDRESS)).json()["operatedBy"] == {
        **PARKING["operatedBy"],
        "observedAt": "2024-01-01T00:00:00Z",
    }


@pytest.mark.parametrize(
    "body",
    [
        {"newOne": {"observedAt": "2024-01-01T00:00:00Z"}},
        {"operatedBy": {"type": "Property", "observedAt": "2024-01-01T00:00:00Z"}},
        {"availableSpotNumber": {"datasetId": "urn:x:other", "unitCode": "CEL"}},
        {"availableSpotNumber": {"precision": {"unitCode": "P1"}}},
        {"availableSpotNumber": {"accuracy": {"type": "Relationship", "unitCode": "P1"}}},
    ],
)
async def test_5_6_17_a_fragment_needs_something_to_merge_with(stored: httpx.AsyncClient, body: dict[str, Any]) -> None:
    """An attribute without any value is never stored."""
    answer = await stored.patch(ADDRESS, json=body)
    assert answer.status_code == 400
    assert answer.json()["type"].endswith("BadRequestData")
    assert (await stored.get(ADDRESS)).json() == PARKING


@pytest.mark.parametrize("fragment", [{"observedAt": "2024-01-01T00:00:00Z"}, {"type": "Property", "unitCode": "CEL"}])
async def test_5_6_2_an_instance_without_a_value_replaces_nothing(
    stored: httpx.AsyncClient, fragment: dict[str, Any]
) -> None:
    """Append and update replace whole instances: one without a value is refused, neither merged nor stored."""
    body = {"availableSpotNumber": fragment}
    assert (await stored.post(f"{ADDRESS}/attrs", json=body)).status_code == 400
    assert (await stored.patch(f"{ADDRESS}/attrs", json=body)).status_code == 400
    answer = await stored.post("entityOperations/update", json=[{"id": PARKING["id"], **body}])
    assert answer.status_code in (207, 400)
    assert (await stored.get(ADDRESS)).json() == PARKING


@pytest.mark.parametrize(
    "query",
    [
        "idPattern=.*",
        "id=",
        "id=urn:ngsi-ld:Lamp:1",
        "q=createdAt>2020-01-01T00:00:00Z",
        "scopeQ=/%23",
        "keep=name",
        "",
    ],
)
async def test_5_6_21_a_purge_that_is_too_wide_deletes_nothing(stored: httpx.AsyncClient, query: str) -> None:
    """Only types, attributes of their own or a place say which entities are meant (5.7.2.4)."""
    answer = await stored.delete(f"entities?{query}")
    assert answer.status_code == 400
    assert (await stored.get(ADDRESS)).status_code == 200


@pytest.mark.parametrize(
    "query", ["attrs=createdAt", "attrs=modifiedAt,createdAt", "q=modifiedAt>2020-01-01T00:00:00Z"]
)
async def test_5_7_2_a_query_by_what_every_entity_has_is_too_wide(stored: httpx.AsyncClient, query: str) -> None:
    """System members do not narrow a query; with another filter they may be asked for."""
    assert (await stored.get(f"entities?{query}")).status_code == 400
    assert (await stored.get(f"entities?{query}&type=OffStreetParking")).status_code == 200


async def test_5_6_17_a_bare_object_is_the_value_where_the_value_is_an_object(http: httpx.AsyncClient) -> None:
    """It is merged into the stored object; nothing of it becomes a sub-attribute."""
    address = {"streetAddress": "Veldstraat 1", "postalCode": "9000"}
    shop = {"id": "urn:ngsi-ld:Shop:1", "type": "Shop", "address": {"type": "Property", "value": address}}
    assert (await http.post("entities", json=shop)).status_code == 201
    answer = await http.patch(f"entities/{shop['id']}", json={"address": {"streetAddress": "Veldstraat 2"}})
    assert answer.status_code == 204
    merged = (await http.get(f"entities/{shop['id']}")).json()["address"]
    assert merged == {"type": "Property", "value": {**address, "streetAddress": "Veldstraat 2"}}
