"""The forms of a passport: each says all of it, in both languages, and nothing that should not leave."""

from __future__ import annotations

import csv
import io
import os
from collections import Counter
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as Xml

import orjson
import pytest

from citycontext.passport import Passport, Verdict
from citycontext.passport.forms.html_form import as_html
from citycontext.passport.forms.json_form import as_json, changes_since
from citycontext.passport.forms.table_form import as_table
from citycontext.passport.forms.tar_form import as_tar
from citycontext.passport.forms.text_form import as_text
from citycontext.passport.words import LANGUAGES, Language
from citycontext.web.http import httpx
from passport_city import CATALOGUE, City, answer

TR: Final = "{http://www.gitb.com/tr/v1/}"
CORE: Final = "{http://www.gitb.com/core/v1/}"
TYPE: Final = "{http://www.w3.org/2001/XMLSchema-instance}type"


@pytest.fixture
def passport(city: City) -> Passport:
    """A passport with each verdict, of a city with text that is no good in a page."""

    def hostile(request: httpx.Request, response: httpx.Response) -> httpx.Response | None:
        if "no-such-entity" in request.url.path:
            return answer(200, b"\x00\x01<script>alert(1)</script>", "text/html; x=<script>")
        return None

    return city.check(hostile, catalogue=CATALOGUE)


def test_the_passport_has_each_verdict(passport: Passport) -> None:
    """What the other tests look at is no passport of passes only."""
    assert passport.count(Verdict.PASS) > 10
    assert passport.errors
    assert passport.warnings
    assert passport.count(Verdict.NOT_TESTABLE) > 10


@pytest.mark.parametrize("language", LANGUAGES)
def test_edition_mim_title_and_requirement_stand_everywhere(passport: Passport, language: Language) -> None:
    """Each requirement stands in each form, with its edition, MIM and title: numbers alone lie."""
    page, text = as_html(passport, language), as_text(passport, language)
    table = list(csv.reader(io.StringIO(as_table(passport, language))))
    report = as_tar(passport, language)
    for line in passport.lines:
        name, title = line.requirement.name, line.requirement.title.in_language(language)
        assert name in page
        assert f"  {name} (" in text
        assert f"MIMs Plus 9.0 {line.requirement.mim} {title}" in text
        assert [one for one in table if one[:3] == ["MIMs Plus 9.0", name, title]]
        assert f">{name}<" in report
    assert len(table) == len(passport.lines) + 1


def test_no_form_prints_a_level_unless_asked(passport: Passport) -> None:
    """Levels are defined nowhere: none is printed, and with the suggestion our rule stands beside it."""
    for form in (as_text(passport), as_html(passport)):
        assert "Partial" not in form
        assert "no official level" in form
    assert "Our own rule, no official one" in as_text(passport, levels=True)
    assert "Our own rule, no official one" in as_html(passport, levels=True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_what_to_do_next(passport: Passport, language: Language) -> None:
    """For each fail the page and the text say what to do next, and the page escapes what others wrote."""
    page, text = as_html(passport, language), as_text(passport, language)
    for line in [*passport.errors, *passport.warnings]:
        assert line.requirement.next.in_language(language) in text
        assert f'href="#{line.requirement.name.replace(" ", "-")}"' in page
    assert "<script>" not in page
    assert f'<html lang="{language}">' in page


def test_the_report_is_built_to_the_schema_of_the_test_bed(passport: Passport) -> None:
    """TARs have their elements in the order of gitb_tr.xsd, BARs in TARs, contents in the other namespace."""
    root = Xml.fromstring(as_tar(passport))
    assert (root.tag, root.get(TYPE)) == (f"{TR}TestStepReport", "tr:TAR")
    order = ["date", "result", "overview", "counters", "context", "reports"]
    assert [one.tag for one in root] == [TR + name for name in order]
    context = root.find(f"{TR}context")
    assert context is not None
    assert {one.tag for one in context} == {f"{CORE}item"}
    assert {one.get("embeddingMethod") for one in context} == {"STRING"}
    assert all([child.tag for child in one] == [f"{CORE}value"] for one in context)
    names = {one.get("name") for one in context}
    nested = root.findall(f"{TR}reports/{TR}reports")
    assert [one.get("id") for one in nested] == ["MIM0", "MIM1", "MIM2", "MIM3", "MIM6", "MIM7"]
    overview = ["profileID", "customizationID", "transactionID", "validationServiceName", "validationServiceVersion"]
    counted: Counter[str] = Counter()
    for report in nested:
        assert [one.tag for one in report] == [TR + one for one in order if one != "context"]
        assert [one.tag for one in report[2]] == [TR + one for one in [*overview, "note"]]
        assert report[1].text in ("SUCCESS", "FAILURE", "WARNING", "UNDEFINED")
        for item in report[4]:
            kind = item.tag.removeprefix(TR)
            counted[kind] += 1
            assert kind in ("info", "warning", "error")
            assert item.get(TYPE) == "tr:BAR"
            members = [one.tag.removeprefix(TR) for one in item]
            assert set(members) <= {"assertionID", "description", "location", "test", "type", "value"}
            assert members.count("description") == 1
            assert max(Counter(members).values()) == 1
            location = item.findtext(f"{TR}location")
            assert location is None or set(location.split(", ")) <= names
    assert (counted["error"], counted["warning"]) == (len(passport.errors), len(passport.warnings))
    assert counted.total() == len(passport.lines)


def test_the_report_is_valid_by_the_schema_itself(passport: Passport) -> None:
    """The report is valid by the test bed's own schema, which `scripts/gitb_schema` fetches."""
    given = os.environ.get("CITYCONTEXT_GITB")
    schema = (Path(given) if given else Path.home() / ".cache/citycontext/gitb") / "gitb_tr.xsd"
    if not schema.exists():
        pytest.skip("gitb_tr.xsd is not here; scripts/gitb_schema fetches it")
    xmlschema = pytest.importorskip("xmlschema")
    checked = xmlschema.XMLSchema(str(schema))
    report = as_tar(passport)
    checked.validate(report)
    assert not checked.is_valid(report.replace("<tr:result>", "<tr:outcome>").replace("</tr:result>", "</tr:outcome>"))


def test_what_could_not_be_tested_is_not_hidden_in_the_report(passport: Passport) -> None:
    """The report has no kind for it: what was not tested is an info whose type says so, and why."""
    types = [one.text for one in Xml.fromstring(as_tar(passport)).iter(f"{TR}type")]
    assert "not testable: organisational" in types
    assert "not testable: not applicable" in types


def test_the_table_of_bidders(passport: Passport) -> None:
    """A pass meets, a fail does not, and what could not be tested is left to the bidder."""
    rows = list(csv.DictReader(io.StringIO(as_table(passport))))
    by_name = {one["Requirement"]: one for one in rows}
    for line in passport.lines:
        row = by_name[line.requirement.name]
        expected = {Verdict.PASS: "M", Verdict.FAIL: "N"}.get(line.outcome.verdict, "")
        assert row["M / E / N"] == expected
        assert row["Verified"] == ("yes, by citycontext" if expected else "no")
    assert "sha256" in by_name["MIM0 R1.2"]["Evidence"]


def test_a_later_passport_tells_what_changed(city: City) -> None:
    """Compared with an earlier one, a passport names each requirement whose verdict is another, and no other."""
    earlier = as_json(city.check(catalogue=CATALOGUE))
    assert changes_since(city.check(catalogue=CATALOGUE), earlier) == []
    changed = changes_since(city.check(), orjson.loads(orjson.dumps(earlier)))
    assert {one.name for one in changed} >= {"MIM3 RC4.1", "MIM1 R1.3"}
    assert "MIM0 R1.1" not in {one.name for one in changed}
    assert next(one for one in changed if one.name == "MIM3 RC4.1").now == "not testable (not applicable)"


def test_json_says_all(passport: Passport) -> None:
    """The JSON has a line per requirement with verdict and exchanges, and each exchange with its sha256."""
    document = orjson.loads(orjson.dumps(as_json(passport)))
    assert [f"{one['mim']} {one['id']}" for one in document["requirements"]] == [
        one.requirement.name for one in passport.lines
    ]
    numbers = {one["number"] for one in document["exchanges"]}
    assert all(set(one["exchanges"]) <= numbers for one in document["requirements"])
    assert all(len(one["sha256"]) == 64 for one in document["exchanges"])
