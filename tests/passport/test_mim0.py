"""MIM0, accessing data: each verdict of each requirement, for the right reason."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, unquote

import orjson
import pytest

from citycontext.passport import Options, Reason, Verdict
from citycontext.web.http import httpx
from passport_city import BROKER, CATALOGUE, DATA, City, answer


def is_api(request: httpx.Request, path: str = "") -> bool:
    return request.url.path.startswith(f"/ngsi-ld/v1/{path}")


def html(request: httpx.Request, response: httpx.Response) -> httpx.Response | None:
    """A server that answers everything with a page."""
    return answer(200, b"<!doctype html><p>Welcome", "text/html") if is_api(request) else None


def relabelled(request: httpx.Request, response: httpx.Response) -> httpx.Response | None:
    """A server that calls a page GeoJSON."""
    if request.headers.get("accept") == "application/geo+json":
        return answer(200, b"<!doctype html><p>Features", "application/geo+json")
    return None


def ignores_filters(request: httpx.Request, response: httpx.Response) -> httpx.Response | None:
    """A server that answers every query with all it has."""
    if "q" in request.url.params or "georel" in request.url.params or "timerel" in request.url.params:
        everything = [{"id": f"urn:ngsi-ld:OffStreetParking:p{one}", "type": "OffStreetParking"} for one in range(5)]
        return answer(200, everything)
    return None


def test_a_good_city_passes(city: City) -> None:
    """The local broker with a catalogue passes what of MIM0 can be passed without a formal description of its own."""
    passport = city.check(catalogue=CATALOGUE)
    for name in ("R1.1", "R1.2", "R1.4", "R2.1", "R2.2", "R3.1", "R3.2"):
        line = passport[f"MIM0 {name}"]
        assert line.outcome.verdict is Verdict.PASS, (name, line.outcome.seen.en)
    assert passport["MIM0 R1.1"].requirement.title.en == "Accessing data"


def test_a_relabelled_body_is_no_machine_readable_form(city: City) -> None:
    """R1.1 fails where a Content-Type says what the body is not, and names the address."""
    seen = city.check(relabelled)["MIM0 R1.1"]
    assert seen.outcome.verdict is Verdict.FAIL
    assert "application/geo+json, and its body is something else" in seen.outcome.seen.en


def test_a_relabelled_file_fails_too(city: City) -> None:
    """R1.1 fails where a file of the catalogue is not what its Content-Type says."""
    city.documents[f"{DATA}/parking.geojson"] = answer(200, b"id,name\n1,a\n", "application/geo+json")
    seen = city.check(catalogue=CATALOGUE)["MIM0 R1.1"]
    assert seen.outcome.verdict is Verdict.FAIL
    assert f"{DATA}/parking.geojson" in seen.outcome.seen.en


def test_a_server_of_pages_has_no_api(city: City) -> None:
    """A server that answers HTML has no form for machines, no web mechanism for data, and nothing to look at."""
    passport = city.check(html)
    assert passport["MIM0 R1.2"].outcome.verdict is Verdict.FAIL
    assert "text/html" in passport["MIM0 R1.2"].outcome.seen.en
    assert passport["MIM0 R1.1"].outcome.verdict is Verdict.FAIL
    assert "no program can read" in passport["MIM0 R1.1"].outcome.seen.en
    assert passport["MIM1 R1.1"].outcome.reason is Reason.NO_SAMPLE


@pytest.mark.parametrize(
    ("types", "requirement"),
    [(("OffStreetParking",), "MIM0 R1.1"), (("OffStreetParking",), "MIM0 R2.1")],
)
def test_a_server_of_pages_fails_for_named_types(city: City, types: tuple[str, ...], requirement: str) -> None:
    """Asked for a type by name, a server of pages fails for what it answers."""
    seen = city.check(html, options=Options(types=types))[requirement]
    assert seen.outcome.verdict is Verdict.FAIL
    assert "text/html" in seen.outcome.seen.en


def openapi(version: str = "3.1.0", path: str = "/ngsi-ld/v1/entities") -> dict[str, Any]:
    return {"openapi": version, "info": {"title": "t", "version": "1"}, "paths": {path: {}}}


def serving(document: Any, at: str = "/openapi.json") -> Any:
    def change(request: httpx.Request, response: httpx.Response) -> httpx.Response | None:
        is_description = request.url.path in ("/openapi.json", "/api", "/v3/api-docs", "/q/openapi")
        if request.url.path == at:
            return answer(200, document)
        return answer(404, {}) if is_description or request.url.path.startswith("/.well-known/") else None

    return change


def without_link(request: httpx.Request, response: httpx.Response) -> httpx.Response | None:
    if "service-desc" in response.headers.get("link", ""):
        del response.headers["link"]
    return None


def test_a_description_at_a_known_place_passes(city: City) -> None:
    """R1.3 passes by an OpenAPI 3.1 document with the paths that were used, and an older one with a note."""
    seen = city.check(serving(openapi()), without_link)["MIM0 R1.3"].outcome
    assert (seen.verdict, seen.notes) == (Verdict.PASS, ())
    older = city.check(serving(openapi("3.0.3"), "/v3/api-docs"), without_link)["MIM0 R1.3"].outcome
    assert older.verdict is Verdict.PASS
    assert "3.1" in older.notes[0].en


def test_a_description_of_something_else_fails(city: City) -> None:
    """R1.3 fails by an OpenAPI document without the paths that were used, and without any."""
    seen = city.check(serving(openapi(path="/pets")), without_link)["MIM0 R1.3"].outcome
    assert seen.verdict is Verdict.FAIL
    assert "does not hold the paths" in seen.seen.en
    bare = city.check(serving({"openapi": 3}), without_link)["MIM0 R1.3"].outcome
    assert bare.verdict is Verdict.FAIL
    assert "No OpenAPI document" in bare.seen.en


def test_a_standard_by_reference_describes(city: City) -> None:
    """R1.3 passes by reference where a service of the catalogue names a published standard, and says so."""
    seen = city.check(serving({}), without_link, catalogue=CATALOGUE)["MIM0 R1.3"].outcome
    assert seen.verdict is Verdict.PASS
    assert seen.seen.en.startswith("By reference")


def test_names_without_models_warn(city: City) -> None:
    """R1.4, a should, is a warning where types mean nothing and no catalogue names a model."""

    def nameless(request: httpx.Request, response: httpx.Response) -> httpx.Response | None:
        if request.url.path.endswith("/types"):
            return answer(200, {"id": "urn:x:1", "type": "EntityTypeList", "typeList": ["Thing"]})
        if is_api(request, "entities"):
            thing = {"id": "urn:ngsi-ld:Thing:1", "type": "Thing", "name": {"type": "Property", "value": "x"}}
            return answer(200, [thing] if request.url.path.endswith("entities") else thing)
        return None

    line = city.check(nameless)["MIM0 R1.4"]
    assert (line.outcome.verdict, line.is_warning, line.is_error) == (Verdict.FAIL, True, False)


def test_an_interface_without_pages_or_errors_fails(city: City) -> None:
    """R2.1 fails without any way to the next page, and where an unknown id is answered with a page."""

    def no_link(request: httpx.Request, response: httpx.Response) -> httpx.Response | None:
        if request.url.path.endswith("/entities") and "link" in response.headers:
            del response.headers["link"]
        return None

    def no_offset(request: httpx.Request, response: httpx.Response) -> httpx.Response | None:
        first = [{"id": "urn:ngsi-ld:OffStreetParking:p0", "type": "OffStreetParking"}]
        return answer(200, first) if request.url.params.get("offset") == "1" else None

    def page_of_errors(request: httpx.Request, response: httpx.Response) -> httpx.Response | None:
        return answer(200, b"<html>Not found", "text/html") if "no-such-entity" in request.url.path else None

    seen = city.check(no_link, no_offset)["MIM0 R2.1"].outcome
    assert seen.verdict is Verdict.FAIL
    assert "rel=next" in seen.seen.en
    by_offset = city.check(no_link)["MIM0 R2.1"].outcome
    assert by_offset.verdict is Verdict.PASS
    assert "by offset" in by_offset.notes[0].en
    seen = city.check(page_of_errors)["MIM0 R2.1"].outcome
    assert seen.verdict is Verdict.FAIL
    assert "unknown id" in seen.seen.en


def test_a_server_that_ignores_filters_fails(city: City) -> None:
    """R2.2 fails where a filter that contradicts itself gives entities, though the wanted one is among them."""
    seen = city.check(ignores_filters)["MIM0 R2.2"].outcome
    assert seen.verdict is Verdict.FAIL
    assert "a filter that contradicts gives 5" in seen.seen.en


def test_one_kind_of_filter_is_enough(city: City) -> None:
    """R2.2 passes by one kind of filter, and notes the others."""

    def no_values(request: httpx.Request, response: httpx.Response) -> httpx.Response | None:
        return answer(200, []) if "q" in request.url.params else None

    seen = city.check(no_values)["MIM0 R2.2"].outcome
    assert seen.verdict is Verdict.PASS
    assert any(note.en.startswith("attribute:") for note in seen.notes)


def test_nothing_to_filter_by_is_no_fail(empty_city: City) -> None:
    """R2.2 is not testable on a broker without entities, and neither is anything that needs some."""
    passport = empty_city.check()
    for name in ("MIM0 R1.1", "MIM0 R2.2", "MIM1 R1.1", "MIM2 R1.1", "MIM7 R2.1"):
        assert passport[name].outcome.reason is Reason.NO_SAMPLE, name


def test_the_list_of_abilities_tells_what_was_not_seen(city: City) -> None:
    """C2 names what was seen and what not, and is a warning at most; with all of it, it passes."""
    line = city.check()["MIM0 C2"]
    assert line.is_warning
    assert "history" in line.outcome.seen.en.partition("Not seen")[0]
    assert "headers for limits" in line.outcome.seen.en.partition("Not seen")[2]

    def all_headers(request: httpx.Request, response: httpx.Response) -> httpx.Response | None:
        response.headers.update({"etag": '"1"', "expires": "Thu, 01 Jan 2026 00:00:00 GMT", "ratelimit-limit": "10"})
        if request.url.path == "/openapi.json":
            return answer(200, {**openapi(), "components": {"examples": {"example": 1}}})
        return None

    assert city.check(all_headers)["MIM0 C2"].outcome.verdict is Verdict.PASS


def test_changes_by_a_file_that_answers_304(city: City) -> None:
    """R3.1 passes without subscriptions by a file that answers 304, and fails without either."""

    def no_subscriptions(request: httpx.Request, response: httpx.Response) -> httpx.Response | None:
        return answer(404, {"title": "no"}) if is_api(request, "subscriptions") else None

    seen = city.check(no_subscriptions, catalogue=CATALOGUE)["MIM0 R3.1"].outcome
    assert seen.verdict is Verdict.PASS
    assert "304" in seen.seen.en
    assert city.check(no_subscriptions)["MIM0 R3.1"].outcome.verdict is Verdict.FAIL


def test_a_subscription_is_made_only_when_asked_for(city: City) -> None:
    """Nothing but GET is sent without --subscribe; with it a subscription is made, and deleted again."""
    city.check()
    assert {one.method for one in city.requests} == {"GET"}
    city.requests.clear()
    seen = city.check(options=Options(subscribe=True))["MIM0 R3.1"].outcome
    assert seen.verdict is Verdict.PASS
    assert [one.method for one in city.requests if one.method != "GET"] == ["POST", "DELETE"]
    left = city.handle_request(httpx.Request("GET", f"{BROKER}/ngsi-ld/v1/subscriptions"))
    assert orjson.loads(left.read()) == []


def test_one_way_of_changes_is_enough(city: City) -> None:
    """R3.2 is a possibility: with one way it is not applicable, never a fail."""
    assert city.check()["MIM0 R3.2"].outcome.reason is Reason.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("status", "headers", "verdict"),
    [
        (401, {"www_authenticate": "Bearer"}, Verdict.PASS),
        (403, {}, Verdict.PASS),
        (401, {}, Verdict.FAIL),
        (404, {}, Verdict.FAIL),
    ],
)
def test_restricted_access_tells_how_to_get_in(
    city: City, status: int, headers: dict[str, str], verdict: Verdict
) -> None:
    """C4 passes by 401 with WWW-Authenticate or by 403, fails otherwise, and names the dangling references."""

    def restricted(request: httpx.Request, response: httpx.Response) -> httpx.Response | None:
        if is_api(request) and "authorization" not in request.headers:
            return answer(status, {"title": "no"}, **headers)
        return None

    seen = city.check(restricted, client={"auth": ("user", "password")})["MIM0 C4"].outcome
    assert seen.verdict is verdict
    assert "Dangling" in seen.notes[0].en


def test_open_access_is_not_restricted(city: City) -> None:
    """C4 is not applicable where anybody may read."""
    assert city.check()["MIM0 C4"].outcome.reason is Reason.NOT_APPLICABLE


def test_filters_are_those_of_the_api(city: City) -> None:
    """The filters that are tried are of a live entity, and contradict it by its own value."""
    city.check()
    queries = [parse_qs(one.url.query.decode())["q"][0] for one in city.requests if "q" in one.url.params]
    assert any("==10" in unquote(one) for one in queries)
    assert any("!=10" in unquote(one) for one in queries)
