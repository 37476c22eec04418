"""MIM2, representing data: each verdict of each requirement, for the right reason."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from citycontext import Client
from citycontext.passport import Reason, Verdict
from citycontext.passport.forms_of_content import Kind, compare_csv, compare_geojson, compare_simplified
from citycontext.web.http import httpx
from passport_city import BROKER, CATALOGUE, PARKING, City, answer, parking


def outcome(city: City, name: str, *changes: Any, **more: Any) -> Any:
    return city.check(*changes, **more)[f"MIM2 {name}"].outcome


def holding(city: City, entity: dict[str, Any], context: str | None = PARKING) -> City:
    with Client(BROKER, transport=city, context=context) as client:
        client.entities.create(entity)
    return city


def plain(**more: Any) -> dict[str, Any]:
    """An entity whose names all have terms."""
    return {name: one for name, one in {**parking(0), **more}.items() if name != "refParkingSite"}


def test_entities_of_a_model_pass(empty_city: City) -> None:
    """Entities with the terms of a published model pass all of MIM2 that can be seen."""
    passport = holding(empty_city, plain()).check()
    for name in ("R1.1", "R1.2a", "R3.1", "R3.3", "R3.4"):
        assert passport[f"MIM2 {name}"].outcome.verdict is Verdict.PASS, passport[f"MIM2 {name}"].outcome.seen.en


def test_names_without_terms_fail(empty_city: City) -> None:
    """R1.1 fails where a name falls into the default vocabulary, and names it with the share of those that do not."""
    seen = outcome(holding(empty_city, plain(mystery={"type": "Property", "value": 1})), "R1.1")
    assert seen.verdict is Verdict.FAIL
    assert "mystery" in seen.seen.en
    assert "%" in seen.seen.en


def test_units_that_are_none_fail(empty_city: City) -> None:
    """R1.1 fails where a unit is no code."""
    odd = {"type": "Property", "value": 3, "unitCode": "potatoes"}
    assert outcome(holding(empty_city, plain(availableSpotNumber=odd)), "R1.1").verdict is Verdict.FAIL


def test_unknown_vocabularies_never_fail(empty_city: City) -> None:
    """R1.2a is not testable for a vocabulary that is not known: a reason can be declared."""
    context = {"Thing": "https://city.example/ns/Thing", "x": "https://city.example/ns/x"}
    with Client(BROKER, transport=empty_city) as client:
        client.entities.create({"id": "urn:ngsi-ld:Thing:1", "type": "Thing", "x": 1, "@context": [context]})
    seen = outcome(empty_city, "R1.2a")
    assert seen.reason is Reason.NO_SAMPLE
    declared = outcome(empty_city, "R1.2a", declared={"MIM2 R1.2a": f"{BROKER}/version"})
    assert declared.reason is Reason.DECLARED
    assert "sha256" in declared.seen.en


@pytest.mark.parametrize("name", ["R1.2b", "R3.2", "R4.2"])
def test_what_only_a_document_shows(city: City, name: str) -> None:
    """R1.2b, R3.2 and R4.2 are for a document to show; one that does not answer declares nothing."""
    assert outcome(city, name).reason is Reason.ORGANISATIONAL
    assert outcome(city, name, declared={f"MIM2 {name}": f"{BROKER}/version"}).reason is Reason.DECLARED
    gone = outcome(city, name, declared={f"MIM2 {name}": "http://nowhere.example/doc"})
    assert gone.reason is Reason.ORGANISATIONAL
    assert "does not answer" in gone.seen.en


def test_support_of_access_follows_from_other_mims(city: City) -> None:
    """R1.3 fails with MIM0 or MIM1, passes with them, and is not reached where they are not."""

    def html(request: httpx.Request, response: httpx.Response) -> httpx.Response | None:
        return answer(200, b"<html>", "text/html")

    def silent(request: httpx.Request, response: httpx.Response) -> httpx.Response | None:
        raise httpx.ConnectError("no", request=request)

    assert outcome(city, "R1.3", catalogue=CATALOGUE).verdict is Verdict.PASS
    seen = outcome(city, "R1.3", html)
    assert seen.verdict is Verdict.FAIL
    assert "MIM0 R1.1" in seen.seen.en
    assert outcome(city, "R1.3", silent).reason is Reason.NOT_REACHED


def test_observations_can_be_turned_into_a_common_model(empty_city: City) -> None:
    """R2.1 passes where a sample can be turned into OSLO, with its losses, and has no sample otherwise."""
    with Client(BROKER, transport=empty_city) as client:
        client.entities.create({"id": "urn:ngsi-ld:Thing:1", "type": "Thing", "x": 1})
    assert outcome(empty_city, "R2.1").reason is Reason.NO_SAMPLE
    air = {
        "id": "urn:ngsi-ld:AirQualityObserved:1",
        "type": "AirQualityObserved",
        "no2": {"type": "Property", "value": 41.0, "unitCode": "GQ", "observedAt": "2026-05-01T08:00:00Z"},
    }
    context = "https://smart-data-models.github.io/dataModel.Environment/context.jsonld"
    seen = outcome(holding(empty_city, air, context), "R2.1")
    assert seen.verdict is Verdict.PASS, seen.seen.en


def test_json_for_json_ld_fails(city: City) -> None:
    """R3.1 fails where JSON-LD is asked for and plain JSON, or JSON-LD without @context, comes."""

    def plain_json(request: httpx.Request, response: httpx.Response) -> httpx.Response | None:
        is_one = "/entities/urn" in request.url.path
        if is_one and request.headers.get("accept") == "application/ld+json" and response.status_code == 200:
            body = orjson.loads(response.content)
            return answer(
                200, {name: one for name, one in body.items() if name != "@context"} if isinstance(body, dict) else body
            )
        return None

    seen = outcome(city, "R3.1", plain_json)
    assert seen.verdict is Verdict.FAIL
    assert "application/json without an @context" in seen.seen.en


def test_forms_that_contradict_fail(city: City) -> None:
    """R3.3 fails where the simplified form has another value, and says where."""

    def other_value(request: httpx.Request, response: httpx.Response) -> httpx.Response | None:
        if request.url.params.get("options") == "keyValues" and "/entities/" in request.url.path:
            body = orjson.loads(response.content)
            name = next(one for one in body if one.endswith("availableSpotNumber"))
            return answer(200, {**body, name: 99})
        return None

    seen = outcome(city, "R3.3", other_value)
    assert seen.verdict is Verdict.FAIL
    assert "availableSpotNumber" in seen.seen.en


def test_one_form_alone_cannot_be_compared(city: City) -> None:
    """R3.3 has no sample where the broker has one form only."""

    def one_form(request: httpx.Request, response: httpx.Response) -> httpx.Response | None:
        other = "options" in request.url.params or request.headers.get("accept") == "application/geo+json"
        return answer(406, {"title": "no"}) if other and "/entities/" in request.url.path else None

    assert outcome(city, "R3.3", one_form).reason is Reason.NO_SAMPLE


def test_entities_that_break_their_model_warn(empty_city: City) -> None:
    """R3.4 is a warning where entities break the published schema, and has no sample without one."""
    broken = plain(availableSpotNumber={"type": "Property", "value": "many"})
    line = holding(empty_city, broken).check()["MIM2 R3.4"]
    assert line.is_warning
    assert "availableSpotNumber" in line.outcome.seen.en


def test_no_schema_is_no_fail(empty_city: City) -> None:
    """R3.4 and R4.1 have no sample where no published schema is known."""
    with Client(BROKER, transport=empty_city) as client:
        client.entities.create({"id": "urn:ngsi-ld:Thing:1", "type": "Thing", "x": 1})
    assert outcome(empty_city, "R3.4").reason is Reason.NO_SAMPLE
    assert outcome(empty_city, "R4.1").reason is Reason.NO_SAMPLE


def test_a_profile_keeps_the_base_or_breaks_it(empty_city: City) -> None:
    """R4.1 passes where an entity that says more is valid by its model, and fails where it breaks it."""
    more = plain(extra={"type": "Property", "value": 1})
    assert outcome(holding(empty_city, more), "R4.1").verdict is Verdict.PASS
    broken = {**more, "id": "urn:ngsi-ld:OffStreetParking:b", "availableSpotNumber": {"type": "Property", "value": "x"}}
    assert outcome(holding(empty_city, broken), "R4.1").verdict is Verdict.FAIL


NORMALIZED = {
    "id": "urn:ngsi-ld:T:1",
    "type": "T",
    "temperature": {"type": "Property", "value": 20.5, "unitCode": "CEL", "observedAt": "2026-05-01T08:00:00Z"},
    "owner": {"type": "Relationship", "object": "urn:ngsi-ld:O:1"},
    "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [3.7, 51.0]}},
}


def test_the_comparer_tells_what_key_values_cannot_hold() -> None:
    """The simplified form loses units, times and kinds; another value contradicts, a further name adds."""
    simple = {
        "id": "urn:ngsi-ld:T:1",
        "type": "T",
        "temperature": 20.5,
        "owner": "urn:ngsi-ld:O:1",
        "location": {"type": "Point", "coordinates": [3.7, 51.0]},
    }
    lost = {(one.kind, one.path) for one in compare_simplified(NORMALIZED, simple)}
    assert lost == {
        (Kind.LOST, "temperature.unitCode"),
        (Kind.LOST, "temperature.observedAt"),
        (Kind.LOST, "owner.type"),
    }
    odd = {(one.kind, one.path) for one in compare_simplified(NORMALIZED, {**simple, "temperature": 21, "new": 1})}
    assert {(Kind.CONTRADICTS, "temperature"), (Kind.ADDED, "new")} <= odd
    gone = {name: one for name, one in simple.items() if name != "owner"}
    assert (Kind.LOST, "owner") in {(one.kind, one.path) for one in compare_simplified(NORMALIZED, gone)}


def test_the_comparer_reads_features() -> None:
    """A normalized Feature holds all of an entity; one with another id contradicts."""
    feature = {
        "id": "urn:ngsi-ld:T:1",
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [3.7, 51.0]},
        "properties": {name: one for name, one in NORMALIZED.items() if name != "id"},
    }
    assert compare_geojson(NORMALIZED, feature) == []
    other = compare_geojson(NORMALIZED, {**feature, "id": "urn:ngsi-ld:T:2"})
    assert [(one.kind, one.path) for one in other] == [(Kind.CONTRADICTS, "id")]
    assert compare_geojson(NORMALIZED, {"type": "Other"})[0].kind is Kind.CONTRADICTS


def test_the_comparer_reads_rows() -> None:
    """A row of CSV keeps values, loses what has no column, contradicts with another value, and may lack the entity."""
    text = "id,type,temperature,temperature_unitCode,owner\nurn:ngsi-ld:T:1,T,20.5,CEL,urn:ngsi-ld:O:1\n"
    found = {(one.kind, one.path) for one in compare_csv(NORMALIZED, text)}
    assert found == {(Kind.LOST, "temperature.observedAt"), (Kind.LOST, "owner.type"), (Kind.LOST, "location")}
    assert (Kind.CONTRADICTS, "temperature") in {
        (one.kind, one.path) for one in compare_csv(NORMALIZED, text.replace("20.5", "7"))
    }
    assert compare_csv({**NORMALIZED, "id": "urn:ngsi-ld:T:9"}, text)[0].path == "id"
