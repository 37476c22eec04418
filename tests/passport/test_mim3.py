"""MIM3, exchanging data: each verdict of each requirement, for the right reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from citycontext.passport import Reason, Verdict
from citycontext.web.http import httpx
from passport_city import CATALOGUE, DATA, LICENCE, City, answer, described


def node(document: dict[str, Any], kind: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in document["@graph"] if one["@type"] == f"dcat:{kind}")
    return found


def outcome(city: City, name: str, change: Callable[[dict[str, Any]], Any] | None = None, *changes: Any) -> Any:
    document = described()
    if change is not None:
        change(document)
    city.documents[CATALOGUE] = answer(200, document, "application/ld+json")
    return city.check(*changes, catalogue=CATALOGUE)[f"MIM3 {name}"]


def test_a_whole_description_passes(city: City) -> None:
    """A catalogue that says all that DCAT-AP asks passes what of MIM3 can be seen."""
    passport = city.check(catalogue=CATALOGUE)
    for name in ("RC2.2", "RC2.3", "RC4.1", "RC4.2", "RC4.3", "RC5.2", "RC5.4"):
        assert passport[f"MIM3 {name}"].outcome.verdict is Verdict.PASS, passport[f"MIM3 {name}"].outcome.seen.en


def test_without_a_catalogue_nothing_of_it_is_asked(city: City) -> None:
    """Without --open-data its requirements are not applicable, and organisational ones say so."""
    passport = city.check()
    for name in ("RC2.2", "RC2.3", "RC4.1", "RC4.2", "RC4.3", "RC5.2", "RC5.4"):
        assert passport[f"MIM3 {name}"].outcome.reason is Reason.NOT_APPLICABLE
    for name in ("RC1.1", "RC2.1", "RC3.1", "RC6.3", "RC7.2"):
        assert passport[f"MIM3 {name}"].outcome.reason is Reason.ORGANISATIONAL
    assert passport["MIM3 RC3.1"].requirement.keyword == "must"


@pytest.mark.parametrize("name", ["RC2.2", "RC2.3"])
def test_a_file_without_a_licence_warns(city: City, name: str) -> None:
    """RC2.2 and RC2.3 warn of a distribution without terms."""
    line = outcome(city, name, lambda one: node(one, "Distribution").pop("dct:license"))
    assert line.is_warning


def test_a_licence_that_does_not_answer_warns(city: City) -> None:
    """RC2.2 warns where the address of the terms answers 404, and is not reached where it is silent."""
    city.documents[LICENCE] = answer(404, {})
    assert "answer 404" in outcome(city, "RC2.2").outcome.seen.en
    del city.documents[LICENCE]
    assert outcome(city, "RC2.2").outcome.reason is Reason.NOT_REACHED


def test_terms_of_ones_own_warn(city: City) -> None:
    """RC2.3 warns of a licence that is no known one."""

    def own(document: dict[str, Any]) -> None:
        node(document, "Distribution")["dct:license"] = {"@id": f"{DATA}/page"}

    assert outcome(city, "RC2.3", own).is_warning


def test_a_catalogue_that_leads_nowhere_warns(city: City) -> None:
    """RC4.1 warns where no file and no service answers with data, and where there is no dataset."""
    city.documents[f"{DATA}/parking.geojson"] = answer(404, {})

    def no_service(document: dict[str, Any]) -> None:
        document["@graph"] = [one for one in document["@graph"] if one["@type"] != "dcat:DataService"]

    assert outcome(city, "RC4.1", no_service).is_warning

    def no_dataset(document: dict[str, Any]) -> None:
        document["@graph"] = [one for one in document["@graph"] if one["@type"] != "dcat:Dataset"]

    assert "no dataset" in outcome(city, "RC4.1", no_dataset).outcome.seen.en


def test_missing_metadata_warns(city: City) -> None:
    """RC4.2 warns of an obligatory field of DCAT-AP, and notes a recommended one."""
    line = outcome(city, "RC4.2", lambda one: node(one, "Dataset").pop("dct:title"))
    assert line.is_warning
    assert "Dataset.title" in line.outcome.seen.en
    noted = outcome(city, "RC4.2", lambda one: node(one, "Dataset").pop("dcat:keyword")).outcome
    assert noted.verdict is Verdict.PASS
    assert "Dataset.keyword" in noted.notes[0].en


def test_metadata_for_machines_alone_warns(city: City) -> None:
    """RC4.3 warns without a page for people, and passes where the catalogue itself is one."""
    assert outcome(city, "RC4.3", lambda one: node(one, "Dataset").pop("dcat:landingPage")).is_warning

    def negotiates(request: httpx.Request, response: httpx.Response) -> httpx.Response | None:
        if str(request.url) == CATALOGUE and request.headers["accept"] == "text/html":
            return answer(200, b"<!doctype html>", "text/html")
        return None

    assert outcome(city, "RC4.3", None, negotiates).outcome.verdict is Verdict.PASS


def test_an_unnamed_publisher_warns(city: City) -> None:
    """RC5.2 warns where a publisher has no name, RC5.4 where there is no contact."""

    def nameless(document: dict[str, Any]) -> None:
        next(one for one in document["@graph"] if one["@type"] == "foaf:Agent").pop("foaf:name")

    assert outcome(city, "RC5.2", nameless).is_warning
    assert outcome(city, "RC5.4", lambda one: node(one, "Dataset").pop("dcat:contactPoint")).is_warning


def test_users_are_identified_where_access_is_restricted(city: City) -> None:
    """RC5.3 is not applicable for open data, passes by 401 with a challenge, and warns without one."""
    assert outcome(city, "RC5.3").outcome.reason is Reason.NOT_APPLICABLE

    def challenged(request: httpx.Request, response: httpx.Response) -> httpx.Response | None:
        if request.url.host == "broker.example" and "authorization" not in request.headers:
            return answer(401, {"title": "no"}, www_authenticate="Bearer")
        return None

    def bare(request: httpx.Request, response: httpx.Response) -> httpx.Response | None:
        if request.url.host == "broker.example" and "authorization" not in request.headers:
            return answer(401, {"title": "no"})
        return None

    client = {"auth": ("user", "password")}
    assert city.check(challenged, client=client)["MIM3 RC5.3"].outcome.verdict is Verdict.PASS
    assert city.check(bare, client=client)["MIM3 RC5.3"].is_warning


@pytest.mark.parametrize(
    "came",
    [
        answer(200, b"<!doctype html>", "text/html"),
        answer(404, {}),
        answer(200, b"@prefix : <", "text/turtle"),
        answer(200, [1, 2]),
    ],
)
def test_what_is_no_catalogue_has_no_verdict(city: City, came: httpx.Response) -> None:
    """A page, a 404 and broken Turtle in the place of a catalogue are no description to judge."""
    city.documents[CATALOGUE] = came
    assert city.check(catalogue=CATALOGUE)["MIM3 RC4.2"].outcome.reason is Reason.NO_SAMPLE


def test_a_silent_catalogue_is_not_reached(city: City) -> None:
    """A catalogue that does not answer is not reached, and fails nothing."""
    del city.documents[CATALOGUE]
    passport = city.check(catalogue=CATALOGUE)
    for name in ("RC2.2", "RC4.1", "RC4.2", "RC4.3", "RC5.2", "RC5.4"):
        assert passport[f"MIM3 {name}"].outcome.reason is Reason.NOT_REACHED


def test_turtle_says_the_same_as_json_ld(city: City) -> None:
    """A catalogue in Turtle gets the verdicts of the same one in JSON-LD."""
    pytest.importorskip("rdflib")
    from pyld import jsonld

    triples = jsonld.to_rdf(described(), {"format": "application/n-quads"})
    by_json_ld = city.check(catalogue=CATALOGUE)
    city.documents[CATALOGUE] = answer(200, triples.encode(), "text/turtle")
    by_turtle = city.check(catalogue=CATALOGUE)
    assert [one.outcome.verdict for one in by_turtle.of_mim("MIM3")] == [
        one.outcome.verdict for one in by_json_ld.of_mim("MIM3")
    ]
