"""MIM1, interlinking data: each verdict of each requirement, for the right reason."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from citycontext import Client
from citycontext.passport import Reason, Verdict
from citycontext.passport.forms.json_form import as_json
from citycontext.web.http import httpx
from passport_city import BROKER, CATALOGUE, DATA, PARKING, City, answer, described, parking


def changed(change: Any) -> Any:
    """Change every entity in answers of the API."""

    def apply(request: httpx.Request, response: httpx.Response) -> httpx.Response | None:
        if not request.url.path.startswith("/ngsi-ld/v1/entities") or response.status_code != 200:
            return None
        if "geo+json" in response.headers["content-type"]:
            return None
        body = orjson.loads(response.content)
        listed = [change(one) for one in body] if isinstance(body, list) else change(body)
        return answer(200, listed, response.headers["content-type"], ngsild_results_count="5")

    return apply


def outcome(city: City, name: str, *changes: Any, **more: Any) -> Any:
    return city.check(*changes, **more)[f"MIM1 {name}"].outcome


def test_a_good_city_passes(city: City) -> None:
    """The local broker with entities of a model passes what of MIM1 can be seen in one run."""
    passport = city.check(catalogue=CATALOGUE)
    for name in ("R1.1", "R1.2", "R1.3", "R2.1", "R2.2", "R3.1"):
        assert passport[f"MIM1 {name}"].outcome.verdict is Verdict.PASS, passport[f"MIM1 {name}"].outcome.seen.en
    assert "5 of 5 entities" in passport["MIM1 R1.1"].outcome.seen.en


def test_ids_that_are_no_uris_fail(city: City) -> None:
    """R1.1 fails where ids are bare names."""
    seen = outcome(city, "R1.1", changed(lambda one: {**one, "id": one.get("id", "")[-2:]}))
    assert seen.verdict is Verdict.FAIL
    assert "5 of 5 ids are not absolute URIs" in seen.seen.en


def test_one_id_for_two_things_fails(city: City) -> None:
    """R1.1 fails where one id stands twice on a page, and where it stands for things of two types."""
    seen = outcome(city, "R1.1", changed(lambda one: {**one, "id": "urn:ngsi-ld:OffStreetParking:same"}))
    assert seen.verdict is Verdict.FAIL
    assert "more than one entity" in seen.seen.en

    def two_types(request: httpx.Request, response: httpx.Response) -> httpx.Response | None:
        if request.url.path.endswith("/types"):
            return answer(200, {"type": "EntityTypeList", "typeList": ["A", "B"]})
        if request.url.path.endswith("/entities") and "type" in request.url.params:
            return answer(200, [{"id": "urn:ngsi-ld:A:1", "type": request.url.params["type"]}])
        return None

    assert outcome(city, "R1.1", two_types).verdict is Verdict.FAIL


def test_an_entity_of_two_types_is_one(city: City) -> None:
    """R1.1 passes where one entity of two types is listed with each of them."""

    def both(request: httpx.Request, response: httpx.Response) -> httpx.Response | None:
        if request.url.path.endswith("/types"):
            return answer(200, {"type": "EntityTypeList", "typeList": ["A", "B"]})
        if request.url.path.endswith("/entities") and "type" in request.url.params:
            return answer(200, [{"id": "urn:ngsi-ld:A:1", "type": ["A", "B"]}])
        return None

    assert outcome(city, "R1.1", both).verdict is Verdict.PASS
    assert outcome(city, "R3.2", both).verdict is Verdict.PASS


def test_a_broker_that_forgets_ids_fails(city: City) -> None:
    """R1.2 fails where what a query lists cannot be looked up, and where another entity is answered."""

    def forgets(request: httpx.Request, response: httpx.Response) -> httpx.Response | None:
        return answer(404, {"title": "?"}) if "/entities/urn" in request.url.path else None

    def another(request: httpx.Request, response: httpx.Response) -> httpx.Response | None:
        if "/entities/urn" in request.url.path:
            return answer(200, {"id": "urn:ngsi-ld:OffStreetParking:other", "type": "OffStreetParking"})
        return None

    assert "answers 404" in outcome(city, "R1.2", forgets).seen.en
    assert outcome(city, "R1.2", another).verdict is Verdict.FAIL


def test_other_ids_in_what_is_published_fail(city: City) -> None:
    """R1.3 fails where files hold none of the broker's ids, and has no sample where there is one system only."""
    assert outcome(city, "R1.3").reason is Reason.NO_SAMPLE
    city.documents[f"{DATA}/parking.geojson"] = answer(
        200, {"type": "FeatureCollection", "features": []}, "application/geo+json"
    )
    without_broker = described()
    without_broker["@graph"] = [one for one in without_broker["@graph"] if one["@type"] != "dcat:DataService"]
    city.documents[CATALOGUE] = answer(200, without_broker, "application/ld+json")
    assert outcome(city, "R1.3", catalogue=CATALOGUE).verdict is Verdict.FAIL


def linked(target: str) -> Any:
    return changed(
        lambda one: {**one, "http://www.w3.org/2002/07/owl#sameAs": {"type": "Relationship", "object": target}}
    )


def test_second_identifiers_are_followed(city: City) -> None:
    """R1.4 passes where the far end of a sameAs answers, fails where it does not, and needs one to be tested."""
    assert outcome(city, "R1.4").reason is Reason.NO_SAMPLE
    there = f"{DATA}/page"
    assert outcome(city, "R1.4", linked(there)).verdict is Verdict.PASS
    city.documents[f"{DATA}/gone"] = answer(404, {})
    seen = outcome(city, "R1.4", linked(f"{DATA}/gone"))
    assert seen.verdict is Verdict.FAIL
    assert "404" in seen.seen.en
    assert outcome(city, "R1.4", linked("http://silent.example/x")).reason is Reason.NOT_REACHED


def test_ids_last_from_one_date_to_the_next(city: City) -> None:
    """R1.5 needs two dates: it passes where ids are as they were, and fails where all are others."""
    assert outcome(city, "R1.5").reason is Reason.NO_SAMPLE
    earlier = orjson.loads(orjson.dumps(as_json(city.check())))
    assert "urn:ngsi-ld:OffStreetParking" not in str(earlier["ids"])
    assert outcome(city, "R1.5", since=earlier).verdict is Verdict.PASS
    renamed = changed(lambda one: {**one, "id": one["id"] + "-v2"})
    seen = outcome(city, "R1.5", renamed, since=earlier)
    assert seen.verdict is Verdict.FAIL
    assert "5 are gone" in seen.seen.en


def test_frail_ids_are_noted(city: City) -> None:
    """R1.5 warns of ids that hold a server's name."""
    seen = outcome(city, "R1.5", changed(lambda one: {**one, "id": f"http://10.0.0.1:1026/{one['id'][-2:]}"}))
    assert "a server's name" in seen.notes[0].en


def test_a_type_of_the_default_vocabulary_means_nothing(empty_city: City) -> None:
    """R2.1 fails where a type has no term, whatever else is in order, and R2.2 with it."""
    with Client(BROKER, transport=empty_city) as client:
        client.entities.create({"id": "urn:ngsi-ld:Thing:1", "type": "Thing", "x": 1})
    passport = empty_city.check()
    assert passport["MIM1 R2.1"].outcome.verdict is Verdict.FAIL
    assert "Thing" in passport["MIM1 R2.1"].outcome.seen.en
    assert passport["MIM1 R2.2"].outcome.verdict is Verdict.FAIL


def test_a_context_that_is_named_gives_meaning(city: City) -> None:
    """R2.1 and R2.2 pass with short names by the @context that the user names."""
    passport = city.check(context=PARKING)
    assert passport["MIM1 R2.1"].outcome.verdict is Verdict.PASS
    assert "OffStreetParking" in passport["MIM1 R2.1"].outcome.seen.en
    links = [one.headers.get("link", "") for one in city.requests if one.url.path.endswith("/types")]
    assert any(PARKING in one for one in links)


def test_a_context_that_answers_with_a_page_is_not_machine_readable(empty_city: City) -> None:
    """R2.2 fails where the @context that entities name is a page."""
    where = f"{DATA}/context.jsonld"
    with Client(BROKER, transport=empty_city) as client:
        client.entities.create({"id": "urn:ngsi-ld:Thing:1", "type": "Thing", "x": 1})
    empty_city.documents[where] = answer(200, b"<!doctype html>", "text/html")

    def named(request: httpx.Request, response: httpx.Response) -> httpx.Response | None:
        if request.headers.get("accept") == "application/ld+json" and "/entities/" in request.url.path:
            return answer(200, {"id": "urn:ngsi-ld:Thing:1", "type": "Thing", "@context": where}, "application/ld+json")
        return None

    seen = outcome(empty_city, "R2.2", named)
    assert seen.verdict is Verdict.FAIL
    assert where in seen.seen.en


@pytest.mark.parametrize(("dangling", "verdict"), [(1, Verdict.PASS), (5, Verdict.FAIL)])
def test_dangling_relations_warn_and_all_of_them_fail(city: City, dangling: int, verdict: Verdict) -> None:
    """R3.1 passes with a warning where some relations lead nowhere, and fails where all do."""

    def broken(one: Any) -> Any:
        number = int(one["id"][-1])
        name = next((name for name in one if name.endswith("refParkingSite")), None)
        if number >= dangling or name is None:
            return one
        return {**one, name: {"type": "Relationship", "object": f"urn:ngsi-ld:Site:none{number}"}}

    seen = outcome(city, "R3.1", changed(broken))
    assert seen.verdict is verdict
    if verdict is Verdict.PASS:
        assert "lead nowhere" in seen.notes[0].en


def test_without_relations_there_is_nothing_to_follow(empty_city: City) -> None:
    """R3.1 and R3.2 have no sample where no entity has a relation, two types or several contexts."""
    with Client(BROKER, transport=empty_city, context=PARKING) as client:
        client.entities.create({name: one for name, one in parking(0).items() if name != "refParkingSite"})
    assert outcome(empty_city, "R3.1").reason is Reason.NO_SAMPLE
    assert outcome(empty_city, "R3.2").reason is Reason.NO_SAMPLE
