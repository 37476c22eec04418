"""The bidders' table: for each requirement meets, equivalent or not; the evidence; and whether it was verified."""

from __future__ import annotations

import csv
import io
from typing import Final

from citycontext.passport.passport import Line, Passport
from citycontext.passport.verdicts import Reason, Verdict
from citycontext.passport.words import Language, Text

__all__ = ["as_table"]

_HEAD: Final = {
    "en": ("Edition", "Requirement", "Title", "Keyword", "Demand", "M / E / N", "Evidence", "Verified"),
    "nl": ("Editie", "Eis", "Titel", "Sleutelwoord", "Wat gevraagd is", "M / E / N", "Bewijs", "Geverifieerd"),
}
_BY_US: Final = Text("yes, by citycontext", "ja, door citycontext")
_BY_NOBODY: Final = Text("no", "nee")
_DECLARED: Final = Text("no: a document is named", "nee: een document is genoemd")


def as_table(passport: Passport, language: Language = "en") -> str:
    """Return the table as CSV.

    M: meets. E: equivalent, which only a reader of a declared document can say. N: not. What could not be tested has an
    empty cell, for the bidder to fill in.

    Args:
        passport: The passport.
        language: ``nl`` or ``en``.
    """
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\r\n")
    table.writerow(_HEAD[language])
    for line in passport.lines:
        requirement = line.requirement
        table.writerow(
            _tame(one)
            for one in (
                passport.edition.name,
                requirement.name,
                requirement.title.in_language(language),
                requirement.keyword,
                requirement.demand.in_language(language),
                _answer(line),
                _evidence(passport, line, language),
                _verified(line).in_language(language),
            )
        )
    return written.getvalue()


def _answer(line: Line) -> str:
    return {Verdict.PASS: "M", Verdict.FAIL: "N"}.get(line.outcome.verdict, "")


def _evidence(passport: Passport, line: Line, language: Language) -> str:
    shown = [one for one in passport.exchanges if one.number in line.exchanges and one.status is not None][:2]
    requests = [f"{one.method} {one.url} → {one.status}, sha256 {one.sha256}" for one in shown]
    return " | ".join([line.outcome.seen.in_language(language), *requests])


def _verified(line: Line) -> Text:
    if line.outcome.verdict is not Verdict.NOT_TESTABLE:
        return _BY_US
    return _DECLARED if line.outcome.reason is Reason.DECLARED else _BY_NOBODY


def _tame(text: str) -> str:
    """Keep a spreadsheet from taking a text of others for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
