"""Rules of queries, temporal queries, maps and snapshots, each by its clause."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

LAMP = "urn:ngsi-ld:Lamp:1"
WINDOW = {"timerel": "between", "timeAt": "2024-01-02T00:00:00Z", "endTimeAt": "2024-01-03T00:00:00Z"}


def value(content: Any, **members: Any) -> dict[str, Any]:
    """Make a Property."""
    return {"type": "Property", "value": content, **members}


async def lamps(http: httpx.AsyncClient, count: int = 1, **members: Any) -> None:
    """Create lamps."""
    for number in range(1, count + 1):
        await http.post("entities", json={"id": f"urn:ngsi-ld:Lamp:{number}", "type": "Lamp", **members})


async def query(http: httpx.AsyncClient, path: str = "entityOperations/query", **members: Any) -> httpx.Response:
    """Query with a body."""
    return await http.post(path, json={"type": "Query", **members})


@pytest.mark.parametrize(
    "parameters",
    [
        {"attrs": "createdAt"},
        {"attrs": "createdAt,modifiedAt,expiresAt"},
        {"q": 'createdAt>"2020-01-01T00:00:00Z"'},
        {"id": LAMP},
        {"idPattern": ".*"},
        {"scopeQ": "/#"},
    ],
)
async def test_5_7_2_4_what_narrows_nothing_is_too_wide(http: httpx.AsyncClient, parameters: dict[str, str]) -> None:
    """Ids, patterns, scopes and members that every entity has are not filter by themselves; a purge deletes nothing."""
    await lamps(http)
    assert (await http.get("entities", params=parameters)).status_code == 400
    purge = {name: text for name, text in parameters.items() if name != "attrs"}
    assert (await http.delete("entities", params=purge)).status_code == 400
    temporal = {**parameters, "timerel": "before", "timeAt": "2999-01-01T00:00:00Z"}
    assert (await http.get("temporal/entities", params=temporal)).status_code == 400
    assert (await http.get(f"entities/{LAMP}")).status_code == 200


async def test_5_2_33_a_selector_has_a_type(http: httpx.AsyncClient) -> None:
    """A posted query by id alone is refused; with a type, or ``*`` for any, it is answered."""
    await lamps(http)
    assert (await query(http, entities=[{"id": LAMP}])).status_code == 400
    assert (await query(http, entities=[{"idPattern": ".*"}])).status_code == 400
    assert len((await query(http, entities=[{"id": LAMP, "type": "*"}])).json()) == 1
    assert len((await query(http, entities=[{"id": LAMP, "type": "Lamp"}])).json()) == 1


async def test_5_2_33_the_id_outranks_the_pattern(http: httpx.AsyncClient) -> None:
    """Of a selector with both only the id counts; the parameters of an address both apply (5.7.2.4)."""
    await lamps(http, 2)
    found = (await query(http, entities=[{"id": LAMP, "idPattern": "nothing", "type": "Lamp"}])).json()
    assert [one["id"] for one in found] == [LAMP]
    both = {"type": "Lamp", "id": LAMP, "idPattern": "Lamp:2"}
    assert (await http.get("entities", params=both)).json() == []
    assert (await query(http, entities=[{"id": LAMP, "idPattern": "(", "type": "Lamp"}])).status_code == 400


@pytest.mark.parametrize("name", ["pick", "omit"])
async def test_5_7_1_4_projections_go_no_deeper_than_join(http: httpx.AsyncClient, name: str) -> None:
    """Members of linked entities are named only where these are given, and no deeper than joinLevel."""
    await lamps(http, owner={"type": "Relationship", "object": "urn:a:b"})
    for path in (f"entities/{LAMP}", "entities"):
        asked = {"type": "Lamp", name: "owner{name}"}
        assert (await http.get(path, params=asked)).status_code == 400
        assert (await http.get(path, params={**asked, "join": "@none"})).status_code == 400
        assert (await http.get(path, params={**asked, "join": "inline"})).status_code == 200
        deeper = {**asked, name: "owner{city{name}}", "join": "flat"}
        assert (await http.get(path, params=deeper)).status_code == 400
        assert (await http.get(path, params={**deeper, "joinLevel": "2"})).status_code == 200
    for path in (f"temporal/entities/{LAMP}", "temporal/entities"):
        assert (await http.get(path, params={"type": "Lamp", name: "owner{name}", **WINDOW})).status_code == 400
    body = {"entities": [{"type": "Lamp"}], name: ["owner{name}"], "temporalQ": WINDOW}
    assert (await query(http, "temporal/entityOperations/query", **body)).status_code == 400


async def test_5_7_4_4_no_links_in_temporal_queries(http: httpx.AsyncClient) -> None:
    """A q along a Relationship, and join, are refused for evolutions."""
    asked = {"type": "Lamp", "q": 'owner{name}=="x"', **WINDOW}
    assert (await http.get("temporal/entities", params=asked)).status_code == 400
    body = {"entities": [{"type": "Lamp"}], "q": 'owner{name}=="x"', "join": "flat", "temporalQ": WINDOW}
    assert (await query(http, "temporal/entityOperations/query", **body)).status_code == 400


async def test_5_2_23_temporal_members_stand_in_temporal_queries(http: httpx.AsyncClient) -> None:
    """temporalQ and aggrParams are refused in a Query for entities, and for entity maps of entities."""
    for member in ({"temporalQ": WINDOW}, {"aggrParams": {"aggrMethods": ["avg"]}}):
        for path in ("entityOperations/query", "entityMaps"):
            assert (await query(http, path, entities=[{"type": "Lamp"}], **member)).status_code == 400


async def test_5_2_44_aggregates_are_asked_for_in_aggr_params(http: httpx.AsyncClient) -> None:
    """aggrParams say the same as the parameters of an address, and go with aggregatedValues alone."""
    power = [value(n, observedAt=f"2024-01-02T0{n}:00:00Z") for n in range(1, 5)]
    await http.post("temporal/entities", json={"id": LAMP, "type": "Lamp", "power": power})
    path = "temporal/entityOperations/query"
    body = {"entities": [{"type": "Lamp"}], "temporalQ": WINDOW, "aggrParams": {"aggrMethods": ["sum"]}}
    (found,) = (await query(http, f"{path}?options=aggregatedValues", **body)).json()
    assert found["power"]["sum"][0][0] == 10
    assert (await query(http, path, **body)).status_code == 400
    for wrong in ({}, [], {"other": 1}, {"aggrMethods": ["bogus"]}):
        answer = await query(http, f"{path}?options=aggregatedValues", **{**body, "aggrParams": wrong})
        assert answer.status_code == 400


async def test_4_5_19_last_n_counts_periods(http: httpx.AsyncClient) -> None:
    """With aggregates lastN is about what is shown: the last periods, made of all their instances."""
    power = [value(n, observedAt=f"2024-01-02T{n:02}:00:00Z") for n in range(8)]
    await http.post("temporal/entities", json={"id": LAMP, "type": "Lamp", "power": power})
    asked = {
        **WINDOW, "options": "aggregatedValues", "aggrMethods": "sum,totalCount", "aggrPeriodDuration": "PT2H",
        "lastN": "2",
    }  # fmt: skip
    found = (await http.get(f"temporal/entities/{LAMP}", params=asked)).json()["power"]
    assert [row[0] for row in found["sum"]] == [9, 13]
    assert [row[0] for row in found["totalCount"]] == [2, 2]


async def test_5_7_4_4_what_cannot_be_aggregated_is_named(http: httpx.AsyncClient) -> None:
    """A sum over texts is refused, and the answer says which attribute it was."""
    name = [value(text, observedAt=f"2024-01-02T0{n}:00:00Z") for n, text in enumerate("ab")]
    await http.post("temporal/entities", json={"id": LAMP, "type": "Lamp", "label": name})
    asked = {**WINDOW, "options": "aggregatedValues", "aggrMethods": "sum"}
    answer = await http.get(f"temporal/entities/{LAMP}", params=asked)
    assert (answer.status_code, "label" in answer.json()["detail"]) == (400, True)
    smallest = (await http.get(f"temporal/entities/{LAMP}", params={**asked, "aggrMethods": "min"})).json()
    assert smallest["label"]["min"][0][0] == "a"


@pytest.mark.parametrize(("scope", "found"), [("/a", True), ("/b", True), ("/c", False), ("/old", False)])
async def test_4_18_a_scope_set_before_the_window_counts(http: httpx.AsyncClient, scope: str, found: bool) -> None:
    """A temporal query by scope looks at the scopes that are valid in the window, whenever they were set."""
    await http.post("temporal/entities", json={
        "id": LAMP, "type": "Lamp",
        "power": [value(1, observedAt="2024-01-02T12:00:00Z")],
        "scope": [
            value("/old", observedAt="2023-12-01T00:00:00Z"),
            value("/a", observedAt="2024-01-01T00:00:00Z"),
            value("/b", observedAt="2024-01-02T06:00:00Z"),
            value("/c", observedAt="2024-01-04T00:00:00Z"),
        ],
    })  # fmt: skip
    asked = {"type": "Lamp", "scopeQ": scope, **WINDOW}
    answer = await http.get("temporal/entities", params=asked)
    assert bool(answer.json()) == found, answer.text


async def test_4_18_a_scope_set_by_the_core_api_counts_in_temporal_queries(http: httpx.AsyncClient) -> None:
    """An entity's own scope is valid from its creation on."""
    await lamps(http, scope="/Gent", power=value(1, observedAt="2999-01-01T00:00:00Z"))
    asked = {"type": "Lamp", "timerel": "after", "timeAt": "2998-01-01T00:00:00Z"}
    assert len((await http.get("temporal/entities", params={**asked, "scopeQ": "/Gent"})).json()) == 1
    assert (await http.get("temporal/entities", params={**asked, "scopeQ": "/Brugge"})).json() == []


async def test_4_9_words_of_a_vocabulary_are_expanded_where_that_is_asked_for(http: httpx.AsyncClient) -> None:
    """A VocabProperty is an IRI: a short word matches with expandValues only, the IRI always."""
    await lamps(http, kind={"type": "VocabProperty", "vocab": "led"})
    iri = "https://uri.etsi.org/ngsi-ld/default-context/led"
    for q, expand, found in (
        ('kind=="led"', "", 0),
        ('kind=="led"', "kind", 1),
        (f'kind=="{iri}"', "", 1),
        ('kind!="led"', "kind", 0),
    ):
        asked = {"type": "Lamp", "q": q} | ({"expandValues": expand} if expand else {})
        assert len((await http.get("entities", params=asked)).json()) == found, (q, expand)


async def test_4_15_the_default_language_is_taken_where_none_fits(http: httpx.AsyncClient) -> None:
    """Of a text in other languages and in ``@none``, the latter is shown."""
    await lamps(http, name={"type": "LanguageProperty", "languageMap": {"fr": "lampe", "@none": "L1"}})
    shown = (await http.get(f"entities/{LAMP}", params={"lang": "nl"})).json()
    assert shown["name"] == value("L1")
    assert (await http.get(f"entities/{LAMP}", params={"lang": "fr"})).json()["name"] == value("lampe", lang="fr")


@pytest.mark.parametrize(
    ("body", "options"),
    [
        ({"name": "lamp"}, {}),
        ({"name": value("lamp")}, {}),
        ({"name": {"value": "lamp", "lang": "nl"}}, {}),
        ({"name": {"type": "LanguageProperty", "languageMap": "lamp"}}, {}),
        ({"name": "lamp"}, {"format": "simplified"}),
        ({"name": "lamp"}, {"options": "keyValues"}),
    ],
)
async def test_5_6_17_4_lang_changes_one_language(
    http: httpx.AsyncClient, body: dict[str, Any], options: dict[str, str]
) -> None:
    """A merge with lang= says that language and leaves the others, in whatever form it comes (6.5.3.4)."""
    await lamps(http, name={"type": "LanguageProperty", "languageMap": {"fr": "lampe", "nl": "?"}}, power=value(1))
    answer = await http.patch(f"entities/{LAMP}", json={**body, "power": 2}, params={"lang": "nl", **options})
    assert answer.status_code == 204, answer.text
    shown = (await http.get(f"entities/{LAMP}")).json()
    assert shown["name"] == {"type": "LanguageProperty", "languageMap": {"fr": "lampe", "nl": "lamp"}}
    assert shown["power"] == value(2)
    assert (await http.patch(f"entities/{LAMP}", json=body, params={"lang": "n l"})).status_code == 400


async def test_5_5_9_3_pages_of_a_map_are_filled(http: httpx.AsyncClient) -> None:
    """An entity that is gone, or matches no more, leaves the map, and the next one takes its place in the page."""
    await lamps(http, 6, power=value(1))
    asked = {"type": "Lamp", "q": "power==1", "limit": "2", "count": "true"}
    first = await http.get("entities", params={**asked, "entityMap": "true"})
    headers = {"NGSILD-EntityMap": first.headers["NGSILD-EntityMap"]}
    await http.delete("entities/urn:ngsi-ld:Lamp:3")
    await http.patch("entities/urn:ngsi-ld:Lamp:4", json={"power": 2})
    second = await http.get("entities", params={**asked, "offset": "2"}, headers=headers)
    assert [one["id"][-1] for one in second.json()] == ["5", "6"]
    assert second.headers["NGSILD-Results-Count"] == "4"
    assert 'rel="next"' not in second.headers["link"]


async def test_5_7_1_4_a_retrieval_makes_a_map(http: httpx.AsyncClient) -> None:
    """entityMap=true on one entity answers 200 and names a map of it."""
    await lamps(http)
    answer = await http.get(f"entities/{LAMP}", params={"entityMap": "true"})
    assert answer.status_code == 200
    kept = (await http.get(f"entityMaps/{answer.headers['NGSILD-EntityMap']}")).json()
    assert kept["entityMap"] == {LAMP: ["@none"]}


async def test_5_14_2_4_output_only_members_of_a_map_are_ignored(http: httpx.AsyncClient) -> None:
    """A client may send back what it got, with another date."""
    await lamps(http)
    made = (await http.get("entityMaps", params={"type": "Lamp"})).json()
    changed = {**made, "expiresAt": "2999-01-01T00:00:00Z", "entityMap": {}, "linkedMaps": {}}
    assert (await http.patch(f"entityMaps/{made['id']}", json=changed)).status_code == 204
    assert (await http.get(f"entityMaps/{made['id']}")).json() == {**made, "expiresAt": "2999-01-01T00:00:00Z"}


async def test_5_2_41_snapshots_have_a_priority_and_say_when_they_were_used(http: httpx.AsyncClient) -> None:
    """The priority is 5 where none is given; lastUsedAt follows each use; both can be sent back."""
    await lamps(http)
    body = {"type": "Snapshot", "snapshotQueries": [{"type": "Query", "entities": [{"type": "Lamp"}]}]}
    location = (await http.post("snapshots", json=body)).headers["location"]
    url = f"http://broker{location}"
    made = (await http.get(url)).json()
    assert made["snapshotPriority"] == 5
    await asyncio.sleep(0.01)
    await http.get(f"entities/{LAMP}", headers={"NGSILD-Snapshot": made["id"]})
    used = (await http.get(url)).json()
    assert used["lastUsedAt"] > made["lastUsedAt"]
    answer = await http.patch(url, json={"snapshotPriority": 9, "lastUsedAt": "x", "snapshotStatus": "x"})
    assert (answer.status_code, answer.json()["snapshotPriority"]) == (200, 9)
    assert (await http.patch(url, json={"snapshotPriority": 11})).status_code == 400
    assert (await http.patch(url, json={"type": None})).status_code == 400


@pytest.mark.parametrize("null", [None, "urn:ngsi-ld:null"])
@pytest.mark.parametrize("path", ["subscriptions", "csourceSubscriptions", "csourceRegistrations"])
async def test_5_2_1_mandatory_members_cannot_be_removed(http: httpx.AsyncClient, path: str, null: Any) -> None:
    """A PATCH with null for type, or another mandatory member, is refused; an optional member goes."""
    body: dict[str, Any] = {
        "type": "Subscription", "entities": [{"type": "Lamp"}], "description": "x",
        "notification": {"endpoint": {"uri": "http://receiver.example/"}},
    }  # fmt: skip
    mandatory = ["type", "notification"]
    if path == "csourceRegistrations":
        body = {
            "type": "ContextSourceRegistration", "endpoint": "http://source.example", "description": "x",
            "information": [{"entities": [{"type": "Lamp"}]}],
        }  # fmt: skip
        mandatory = ["type", "endpoint", "information"]
    made = await http.post(path, json=body)
    assert made.status_code == 201, made.text
    url = f"http://broker{made.headers['location']}"
    before = (await http.get(url)).json()
    for name in mandatory:
        assert (await http.patch(url, json={name: null})).status_code == 400, name
    assert (await http.get(url)).json() == before
    assert (await http.patch(url, json={"description": null})).status_code == 204
    assert "description" not in (await http.get(url)).json()


async def test_5_10_2_4_registrations_are_found_by_scope_and_by_the_attributes_in_q(http: httpx.AsyncClient) -> None:
    """scopeQ is put to the registration's scope; the attributes named in q to what it has of attributes."""
    for name, scope, attribute in (("a", "/Gent/Noord", "power"), ("b", "/Brugge", "level")):
        await http.post("csourceRegistrations", json={
            "id": f"urn:ngsi-ld:ContextSourceRegistration:{name}", "type": "ContextSourceRegistration",
            "endpoint": "http://source.example", "scope": scope,
            "information": [{"entities": [{"type": "Lamp"}], "propertyNames": [attribute]}],
        })  # fmt: skip
    for asked, found in (
        ({"type": "Lamp", "scopeQ": "/Gent/#"}, ["a"]),
        ({"type": "Lamp", "scopeQ": "/Gent"}, []),
        ({"q": "level>3"}, ["b"]),
        ({"type": "Lamp", "q": "level>3;power<1"}, ["a", "b"]),
        ({"q": "other>3"}, []),
    ):
        answer = await http.get("csourceRegistrations", params=asked)
        assert [one["id"][-1] for one in answer.json()] == found, asked


async def test_5_16_6_snapshots_are_deleted_by_a_query(http: httpx.AsyncClient) -> None:
    """Without q nothing is deleted; what matches goes, and where nothing matches that is 404."""
    for number in (1, 9):
        await http.post("snapshots", json={
            "id": f"urn:ngsi-ld:Snapshot:{number}", "type": "Snapshot", "snapshotPriority": number,
            "snapshotQueries": [{"type": "Query", "entities": [{"type": "Lamp"}]}],
        })  # fmt: skip
    assert (await http.delete("snapshots")).status_code == 400
    assert (await http.delete("snapshots", params={"q": "snapshotPriority>10"})).status_code == 404
    assert (await http.delete("snapshots", params={"q": "snapshotPriority<5"})).status_code == 204
    assert (await http.get("snapshots/urn:ngsi-ld:Snapshot:1")).status_code == 404
    assert (await http.get("snapshots/urn:ngsi-ld:Snapshot:9")).status_code == 200


async def test_6_18_3_2_evolutions_for_an_older_version(http: httpx.AsyncClient) -> None:
    """An evolution for a reader of an older version has what that one knows."""
    await lamps(http, raw={"type": "JsonProperty", "json": {"a": 1}}, scope="/Gent")
    asked = {"timeproperty": "createdAt"}
    headers = {"Prefer": "ngsi-ld=1.3"}
    answer = await http.get(f"temporal/entities/{LAMP}", params=asked, headers=headers)
    assert answer.headers["Preference-Applied"] == "ngsi-ld=1.3"
    assert (answer.json()["raw"][0]["type"], "scope" in answer.json()) == ("Property", False)
    latest = (await http.get(f"temporal/entities/{LAMP}", params=asked)).json()
    assert (latest["raw"][0]["type"], "scope" in latest) == ("JsonProperty", True)
