"""What the broker takes and refuses of entities and attributes, rule by rule (4.4, 4.5, 4.7, 5.2, 5.5.4)."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

ID = "urn:ngsi-ld:Vehicle:1"
NULL = "urn:ngsi-ld:null"
POINT = {"type": "Point", "coordinates": [3.7, 51.0]}
SQUARE = [[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]]


def value(content: Any, **members: Any) -> dict[str, Any]:
    """Make a Property."""
    return {"type": "Property", "value": content, **members}


def place(geometry: Any, **members: Any) -> dict[str, Any]:
    """Make a GeoProperty."""
    return {"type": "GeoProperty", "value": geometry, **members}


async def create(http: httpx.AsyncClient, **members: Any) -> httpx.Response:
    """Create an entity with these members."""
    return await http.post("entities", json={"id": ID, "type": "Vehicle", **members})


def refused(answer: httpx.Response) -> None:
    """See that a request was refused as bad data."""
    assert answer.status_code == 400, answer.text
    assert answer.json()["type"].endswith("/BadRequestData"), answer.text


async def shown(http: httpx.AsyncClient, **parameters: str) -> dict[str, Any]:
    """Retrieve the entity."""
    found: dict[str, Any] = (await http.get(f"entities/{ID}", params=parameters)).json()
    return found


async def test_4_4_keywords_stand_for_id_and_type_everywhere(http: httpx.AsyncClient) -> None:
    """``@id`` and ``@type`` are taken for id and type in entities, attributes and sub-attributes, in any write."""
    body = {
        "@id": ID, "@type": "Vehicle",
        "naam": {"@type": "Property", "value": "x", "bron": {"@type": "Relationship", "object": "urn:a:b"}},
    }  # fmt: skip
    assert (await http.post("entities", json=body)).status_code == 201
    expected = {
        "id": ID, "type": "Vehicle",
        "naam": value("x", bron={"type": "Relationship", "object": "urn:a:b"}),
    }  # fmt: skip
    assert await shown(http) == expected
    new = {"@type": "Property", "value": "y"}
    for method, path, sent in (
        ("PATCH", f"entities/{ID}/attrs/naam", new),
        ("PUT", f"entities/{ID}/attrs/naam", new),
        ("POST", f"entities/{ID}/attrs", {"naam": new}),
        ("PATCH", f"entities/{ID}", {"naam": new}),
        ("POST", "entityOperations/upsert", [{"@id": ID, "@type": "Vehicle", "naam": new}]),
        ("POST", "temporal/entities", {"@id": ID, "@type": "Vehicle", "naam": [new]}),
    ):
        answer = await http.request(method, path, json=sent)
        assert answer.status_code == 204, (path, answer.text)
    assert (await shown(http))["naam"] == value("y")
    refused(await create(http, **{"@id": "urn:a:other"}))


@pytest.mark.parametrize("name", ["datasetId", "instanceId", "observedAt", "unitCode", "value", "object", "lang"])
async def test_4_5_1_members_of_attributes_name_no_attribute(http: httpx.AsyncClient, name: str) -> None:
    """What the core defines as a member of attributes is refused as an attribute of an entity."""
    if name == "lang":
        refused(await create(http, previousValue=value(1)))
        return
    refused(await create(http, **{name: value(1)}))
    refused(await create(http, **{name: "urn:a:b"}))


async def test_4_5_1_the_body_of_an_attribute_is_no_fragment_of_an_entity(http: httpx.AsyncClient) -> None:
    """An attribute's body sent to /attrs by mistake is refused, and the entity's type stays."""
    await create(http, a=value(1))
    for method in ("POST", "PATCH"):
        refused(await http.request(method, f"entities/{ID}/attrs", json={"type": "Relationship", "object": "urn:a:b"}))
        refused(await http.request(method, f"entities/{ID}/attrs", json={"type": "Property", "value": 1}))
    refused(await http.patch(f"entities/{ID}", json={"type": "Property", "value": 1}))
    assert (await shown(http))["type"] == "Vehicle"
    refused(await http.post("entities", json={"id": "urn:a:1", "type": "GeoProperty"}))


@pytest.mark.parametrize("identifier", ["urn:a b", "urn:a\x01b", "urn:a<b", 'urn:a"b', "urn:a{b}", "urn:a|b", "urn:a^b",
                                        "urn:a`b", "urn:a\\b", "urn:a\x7fb", "urn:a\ufffeb", NULL])  # fmt: skip
async def test_4_5_1_ids_have_no_character_that_no_iri_may_have(http: httpx.AsyncClient, identifier: str) -> None:
    """Blanks, controls, delimiters and special characters are refused in ids and in the object of a Relationship."""
    refused(await http.post("entities", json={"id": identifier, "type": "Vehicle"}))
    if identifier != NULL:
        refused(await create(http, a={"type": "Relationship", "object": identifier}))


async def test_4_5_1_iris_are_ids(http: httpx.AsyncClient) -> None:
    """Letters beyond ASCII may stand in an id (5.2.1)."""
    assert (await http.post("entities", json={"id": "urn:ngsi-ld:Straat:Bénéluxlaan", "type": "Straat"})).is_success


async def test_4_5_2_2_a_proof_keeps_its_plain_members(http: httpx.AsyncClient) -> None:
    """ngsildproof comes back as it was sent, in attributes of any type."""
    proof = {
        "type": "Property", "value": {"type": "DataIntegrityProof", "proofValue": "z3"},
        "entityIdSealed": ID, "entityTypeSealed": "Vehicle",
    }  # fmt: skip
    link = {"type": "Relationship", "object": "urn:a:b", "ngsildproof": proof}
    answer = await create(http, speed=value(3, ngsildproof=proof), owner=link)
    assert answer.status_code == 201, answer.text
    assert (await shown(http))["speed"]["ngsildproof"] == (await shown(http))["owner"]["ngsildproof"] == proof
    for wrong in ({**proof, "value": "z3"}, {**proof, "type": "Relationship"}, {**proof, "entityIdSealed": "x"}, "z3"):
        refused(await http.patch(f"entities/{ID}/attrs/speed", json={"value": 3, "ngsildproof": wrong}))


@pytest.mark.parametrize("name", ["entityIdSealed", "entityTypeSealed"])
async def test_4_5_2_2_sealed_members_stand_in_a_proof_alone(http: httpx.AsyncClient, name: str) -> None:
    """Elsewhere they are refused: on an attribute, in a sub-attribute, as an attribute."""
    refused(await create(http, speed=value(3, **{name: ID})))
    refused(await create(http, speed=value(3, by=value(1, **{name: ID}))))
    refused(await create(http, **{name: value(ID)}))


@pytest.mark.parametrize(
    "attribute",
    [
        value(1, entity={"id": "urn:a:b", "type": "T"}),
        value(1, previousObject="urn:a:b"),
        value(1, languageMap={"nl": "x"}),
        {"type": "Relationship", "object": "urn:a:b", "previousValue": 1},
        {"type": "Relationship", "object": "urn:a:b", "value": 1},
        {"type": "Relationship", "object": "urn:a:b", "sub": value(1, previousVocab="x")},
        {"type": "JsonProperty", "json": {"a": 1}, "entityList": []},
    ],
)
async def test_4_5_2_2_members_of_other_types_are_refused(http: httpx.AsyncClient, attribute: Any) -> None:
    """What belongs to another type of attribute is refused."""
    refused(await create(http, a=attribute))


async def test_5_2_5_previous_values_are_ignored_in_input(http: httpx.AsyncClient) -> None:
    """The type's own previous value is for notifications: sent to the broker it is not stored."""
    answer = await create(http, a=value(1, previousValue=0, b=value(2, previousValue=1)))
    assert answer.status_code == 201, answer.text
    await http.patch(f"entities/{ID}/attrs/a", json={"value": 3, "previousValue": 1})
    assert (await shown(http))["a"] == value(3, b=value(2))


async def test_4_7_2_a_geometry_may_be_a_text(http: httpx.AsyncClient) -> None:
    """GeoJSON in a text is taken exactly when it is a geometry, and found by a geo-query."""
    assert (await create(http, location=place(json.dumps(POINT)))).status_code == 201
    near = {"georel": "near;maxDistance==10", "geometry": "Point", "coordinates": "[3.7,51.0]"}
    assert [one["id"] for one in (await http.get("entities", params=near)).json()] == [ID]
    for wrong in ("POINT(1 2)", "{}", '{"type":"Point"}', '{"type":"Point","coordinates":[200,1]}', "[1,2]"):
        refused(await http.patch(f"entities/{ID}/attrs/location", json=place(wrong)))


@pytest.mark.parametrize("name", ["location", "observationSpace", "operationSpace"])
async def test_4_7_1_the_cores_places_are_geoproperties(http: httpx.AsyncClient, name: str) -> None:
    """Another type of attribute under these names is refused, in whatever write; deleting one is not."""
    refused(await create(http, **{name: value("here")}))
    assert (await create(http, **{name: place(POINT)}, a=value(1))).status_code == 201
    refused(await http.patch(f"entities/{ID}", json={name: value("here")}))
    refused(await http.post(f"entities/{ID}/attrs", json={name: {"type": "Relationship", "object": "urn:a:b"}}))
    refused(await http.put(f"entities/{ID}/attrs/{name}", json=value("here")))
    assert (await http.patch(f"entities/{ID}", json={name: NULL})).status_code == 204
    assert name not in await shown(http)


@pytest.mark.parametrize(
    ("kind", "coordinates"),
    [
        ("Polygon", [SQUARE, [[5, 5], [6, 5], [6, 6], [5, 6], [5, 5]]]),
        ("Polygon", [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]),
        ("Polygon", [SQUARE, [[3, 3], [6, 3], [6, 6], [3, 6], [3, 3]]]),
        ("MultiPolygon", [[SQUARE], [[[10, 10], [11, 11], [11, 10], [10, 11], [10, 10]]]]),
    ],
)
async def test_4_7_1_holes_lie_inside_and_rings_do_not_cross(
    http: httpx.AsyncClient, kind: str, coordinates: Any
) -> None:
    """A hole outside its ring and a ring that crosses itself or another are refused, also in a sub-attribute."""
    geometry = {"type": kind, "coordinates": coordinates}
    refused(await create(http, location=place(geometry)))
    refused(await create(http, a=value(1, area=place(geometry))))
    inside = {"type": "Polygon", "coordinates": [SQUARE, [[1, 1], [2, 1], [2, 2], [1, 2], [1, 1]]]}
    assert (await create(http, location=place(inside))).status_code == 201


@pytest.mark.parametrize("form", ["normalized", "concise", "simplified"])
async def test_4_5_16_1_the_default_instance_gives_the_geometry(http: httpx.AsyncClient, form: str) -> None:
    """Of several locations the one of the dataset asked for gives the geometry, else the default one, in any form."""
    other = {"type": "Point", "coordinates": [4.0, 50.0]}
    await create(http, location=[place(other, datasetId="urn:a:plan"), place(POINT)])
    headers = {"Accept": "application/geo+json"}
    for path in (f"entities/{ID}", "entities"):
        feature = (await http.get(path, params={"format": form, "type": "Vehicle"}, headers=headers)).json()
        feature = feature["features"][0] if "features" in feature else feature
        assert feature["geometry"] == POINT
    asked = {"format": form, "datasetId": "urn:a:plan"}
    assert (await http.get(f"entities/{ID}", params=asked, headers=headers)).json()["geometry"] == other


@pytest.mark.parametrize("member", ["attributes", "pick", "omit"])
async def test_5_2_14_empty_lists_of_names_are_refused(http: httpx.AsyncClient, member: str) -> None:
    """A subscription with an empty attributes, pick or omit is refused; so is a query with one."""
    notification = {"endpoint": {"uri": "http://receiver.example/"}, member: []}
    body = {"type": "Subscription", "entities": [{"type": "Vehicle"}], "notification": notification}
    refused(await http.post("subscriptions", json=body))
    name = "attrs" if member == "attributes" else member
    refused(await http.post("entityOperations/query", json={"type": "Query", "entities": [{"type": "V"}], name: []}))


@pytest.mark.parametrize(
    "members",
    [
        {"a": NULL},
        {"a": value(NULL)},
        {"a": value({"x": {"y": NULL}})},
        {"a": value(None)},
        {"a": None},
        {"a": {"type": "Relationship", "object": NULL}},
        {"a": {"type": "LanguageProperty", "languageMap": {"@none": NULL}}},
        {"a": {"type": "VocabProperty", "vocab": NULL}},
        {"a": {"type": "ListProperty", "valueList": [NULL]}},
        {"a": value(1, unitCode=NULL)},
        {"a": value(1, unitCode=None)},
        {"a": value(1, observedAt=NULL)},
        {"a": value(1, datasetId=NULL)},
        {"a": value(1, b=NULL)},
        {"a": value(1, b=None)},
        {"scope": NULL},
        {"scope": None},
        {"expiresAt": NULL},
        {"expiresAt": None},
    ],
)
async def test_5_5_4_nulls_stand_in_updates_only(http: httpx.AsyncClient, members: dict[str, Any]) -> None:
    """JSON null and NGSI-LD Null are refused wherever something is created, replaced or appended."""
    refused(await create(http, **members))
    await create(http, a=value(0), scope="/x")
    refused(await http.put(f"entities/{ID}", json={"id": ID, "type": "Vehicle", **members}))
    refused(await http.post(f"entities/{ID}/attrs", json=members))
    if "a" in members and isinstance(members["a"], dict):
        refused(await http.put(f"entities/{ID}/attrs/a", json=members["a"]))
    for operation in ("create", "upsert", "update"):
        entity = {"id": ID if operation != "create" else "urn:a:new", "type": "Vehicle", **members}
        answer = await http.post(f"entityOperations/{operation}", json=[entity])
        assert answer.status_code == 207, (operation, answer.text)
        assert answer.json()["errors"][0]["error"]["status"] == 400
    assert await shown(http) == {"id": ID, "type": "Vehicle", "scope": "/x", "a": value(0)}


async def test_5_5_4_nulls_inside_values_are_for_merges(http: httpx.AsyncClient) -> None:
    """A key inside a value is removed by a merge, and refused in an update."""
    await create(http, a=value({"x": 1, "y": 2}))
    refused(await http.patch(f"entities/{ID}/attrs", json={"a": value({"x": NULL})}))
    refused(await http.patch(f"entities/{ID}/attrs/a", json={"value": {"x": NULL}}))
    refused(await http.patch(f"entities/{ID}", json={"a": {"value": 1, "datasetId": NULL}}))
    assert (await http.patch(f"entities/{ID}", json={"a": {"value": {"x": NULL}}})).status_code == 204
    assert (await shown(http))["a"] == value({"y": 2})
    await http.patch(f"entities/{ID}/attrs/a", json={"observedAt": "2024-01-01T00:00:00Z", "b": 1})
    assert (await http.patch(f"entities/{ID}/attrs/a", json={"observedAt": NULL, "b": NULL})).status_code == 204
    assert (await shown(http))["a"] == value({"y": 2})


@pytest.mark.parametrize("language_map", [{"": "x"}, {"n l": "x"}, {"nl_BE": "x"}, {"toolongalanguage": "x"}])
async def test_4_5_18_2_languages_have_tags(http: httpx.AsyncClient, language_map: dict[str, str]) -> None:
    """The keys of a language map are language tags, or ``@none``."""
    refused(await create(http, a={"type": "LanguageProperty", "languageMap": language_map}))
    tags = {"nl": "x", "nl-BE": "y", "@none": "z", "zh-Hant-TW": "w"}
    assert (await create(http, a={"type": "LanguageProperty", "languageMap": tags})).status_code == 201


@pytest.mark.parametrize("content", [1, "x", True, [1], [{}, "x"]])
async def test_4_5_24_2_json_is_no_scalar(http: httpx.AsyncClient, content: Any) -> None:
    """What stands as JSON is an object or a list of objects."""
    refused(await create(http, a={"type": "JsonProperty", "json": content}))
    assert (await create(http, a={"json": {"x": [1, None]}}, b={"json": [{"x": 1}]})).status_code == 201
