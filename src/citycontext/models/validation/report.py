"""What a check of many files came to, and how it is written down: JSON, and JUnit XML for continuous integration."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import orjson

from citycontext.foreign_text import printable
from citycontext.models.validation.files import FileReport
from citycontext.ngsild.findings import Finding, Severity

__all__ = ["Summary", "finding_members", "json_report", "junit_report"]

_LONGEST = 1_000


class Summary:
    """Counts over files.

    Args:
        reports: The files' reports; each may be dropped once it was counted.
    """

    def __init__(self, reports: Iterable[FileReport] = ()) -> None:
        self.files: int = 0
        self.failed: int = 0
        self.skipped: int = 0
        self.unreadable: int = 0
        self.entities: int = 0
        self.severities: Counter[Severity] = Counter()
        self.rules: Counter[str] = Counter()
        for report in reports:
            self.add(report)

    def add(self, report: FileReport) -> None:
        """Count a file.

        Args:
            report: What was found in it.
        """
        self.files += 1
        self.failed += not report.passed
        self.skipped += bool(report.skipped)
        self.unreadable += bool(report.problem)
        self.entities += report.checked
        for severity in Severity:
            self.severities[severity] += report.count(severity)
        self.rules.update(one.rule for entity in report.entities for one in entity.findings)

    @property
    def passed(self) -> bool:
        """Whether no file failed, and there was one."""
        return self.files > 0 and self.failed == 0

    def as_dict(self) -> dict[str, Any]:
        """Return the counts as a JSON object."""
        return {
            "passed": self.passed,
            "files": self.files,
            "failed": self.failed,
            "skipped": self.skipped,
            "unreadable": self.unreadable,
            "entities": self.entities,
            "errors": self.severities[Severity.ERROR],
            "warnings": self.severities[Severity.WARNING],
            "notes": self.severities[Severity.NOTE],
            "rules": dict(sorted(self.rules.items(), key=lambda entry: (-entry[1], entry[0]))),
        }


def json_report(reports: Iterable[FileReport], summary: Summary) -> bytes:
    """Write reports as one JSON object: ``summary``, and ``files`` with their findings.

    Args:
        reports: The files' reports.
        summary: Their counts.
    """
    files = [
        {
            "source": report.source,
            "passed": report.passed,
            "entities": report.checked,
            **({"problem": report.problem} if report.problem else {}),
            **({"skipped": report.skipped} if report.skipped else {}),
            "findings": [
                {"place": entity.place, "id": entity.id, "type": entity.type, **finding_members(one)}
                for entity in report.entities
                for one in entity.findings
            ],
        }
        for report in reports
    ]
    return orjson.dumps({"summary": summary.as_dict(), "files": files}, option=orjson.OPT_INDENT_2)


def finding_members(finding: Finding) -> dict[str, str]:
    """Return what a finding says, by name, without what is empty.

    Args:
        finding: The finding.
    """
    members = {
        "path": finding.path,
        "rule": finding.rule,
        "severity": str(finding.severity),
        "message": finding.message,
        "expected": finding.expected,
        "found": finding.found,
        "clause": finding.clause,
    }
    return {name: member for name, member in members.items() if member or name == "path"}


def junit_report(reports: Iterable[FileReport], summary: Summary) -> str:
    """Write reports as JUnit XML: a test case a file, its errors a failure.

    Args:
        reports: The files' reports.
        summary: Their counts.
    """
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuite name="citycontext validate" tests="{summary.files}" failures="{summary.failed}" '
        f'skipped="{summary.skipped}">',
    ]
    for report in reports:
        lines.append(f"  <testcase classname={_attribute('citycontext.validate')} name={_attribute(report.source)}>")
        if report.skipped:
            lines.append(f"    <skipped message={_attribute(report.skipped)}/>")
        if not report.passed:
            errors = list(_errors(report))
            lines.append(
                f"    <failure message={_attribute(errors[0])}>{escape(_printable(chr(10).join(errors)))}</failure>"
            )
        lines.append("  </testcase>")
    return "\n".join((*lines, "</testsuite>", ""))


def _errors(report: FileReport) -> Iterable[str]:
    if report.problem:
        yield printable(report.problem, _LONGEST)
    for entity in report.entities:
        where = " ".join(part for part in (entity.place, entity.id) if part)
        for finding in entity.findings:
            if finding.severity is Severity.ERROR:
                text = f"{where}: {finding.rule}: {finding}" if where else f"{finding.rule}: {finding}"
                yield printable(text, _LONGEST)


def _attribute(text: str) -> str:
    return quoteattr(_printable(text))


def _printable(text: str) -> str:
    """Drop what XML 1.0 cannot hold."""
    return "".join(char if char in "\n\t" or char.isprintable() else "\ufffd" for char in text)
