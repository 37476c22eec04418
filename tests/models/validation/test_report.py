"""What a check came to, written down."""

from __future__ import annotations

from xml.etree import ElementTree

import orjson

from citycontext.models.validation.files import EntityReport, FileReport
from citycontext.models.validation.report import Summary, json_report, junit_report
from citycontext.ngsild.findings import Finding, Severity

ERROR = Finding("a.value", "schema/type", 'is <not> "good" \x00', Severity.ERROR, expected="number", found="'x'")
NOTE = Finding("id", "practice/urn", "no URN", Severity.NOTE, "A.3")
REPORTS = [
    FileReport("good.json", checked=1),
    FileReport("bad.json", [EntityReport("[0]", "urn:a:b", "A", [ERROR, NOTE])], checked=2, found=2),
    FileReport("empty.json", problem="the file is empty"),
    FileReport("schema.json", skipped="a JSON Schema"),
]


def test_a_summary_counts() -> None:
    """Files, entities, severities and rules; an unreadable file is an error."""
    assert Summary(REPORTS).as_dict() == {
        "passed": False,
        "files": 4,
        "failed": 2,
        "skipped": 1,
        "unreadable": 1,
        "entities": 3,
        "errors": 2,
        "warnings": 0,
        "notes": 1,
        "rules": {"practice/urn": 1, "schema/type": 1},
    }
    assert Summary(REPORTS[:1]).passed
    assert not Summary([]).passed


def test_json_holds_every_finding() -> None:
    """With the file, the place, the entity and both sides."""
    content = orjson.loads(json_report(REPORTS, Summary(REPORTS)))
    assert content["summary"]["files"] == 4
    assert content["files"][1]["findings"][0] == {
        "place": "[0]",
        "id": "urn:a:b",
        "type": "A",
        "path": "a.value",
        "rule": "schema/type",
        "severity": "error",
        "message": 'is <not> "good" \x00',
        "expected": "number",
        "found": "'x'",
    }
    assert content["files"][2]["problem"] == "the file is empty"


def test_junit_reads_as_xml() -> None:
    """A case a file; errors are failures, schemas are skipped, and no character breaks the XML."""
    suite = ElementTree.fromstring(junit_report(REPORTS, Summary(REPORTS)))
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("4", "2", "1")
    failures = [case.find("failure") for case in suite]
    assert [failure is not None for failure in failures] == [False, True, True, False]
    assert failures[1] is not None
    assert "urn:a:b: schema/type: a.value" in (failures[1].text or "")
    assert suite[3].find("skipped") is not None
