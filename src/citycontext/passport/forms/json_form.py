"""A passport as JSON, and what changed since an earlier one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from citycontext.passport.passport import Line, Passport, tool
from citycontext.passport.verdicts import Verdict
from citycontext.passport.words import Text

__all__ = ["Change", "as_json", "changes_since"]


def as_json(passport: Passport) -> dict[str, Any]:
    """Return a passport as a JSON object."""
    return {
        "kind": "citycontext.passport",
        "tool": tool(),
        "edition": passport.edition.number,
        "editionName": passport.edition.name,
        "requirementsReadOn": passport.edition.read_on,
        "requirementsSha256": passport.edition.fingerprint,
        "broker": passport.broker,
        "catalogue": passport.catalogue,
        "at": passport.at,
        "run": passport.run,
        "sampling": passport.sampling._asdict(),
        "summary": {
            "pass": passport.count(Verdict.PASS),
            "fail": len(passport.errors),
            "warning": len(passport.warnings),
            "notTestable": passport.count(Verdict.NOT_TESTABLE),
        },
        "requirements": [_line(passport, one) for one in passport.lines],
        "exchanges": [one.as_json() for one in passport.exchanges],
        "ids": {name: list(ids) for name, ids in passport.ids.items()},
    }


def _line(passport: Passport, line: Line) -> dict[str, Any]:
    requirement, outcome = line.requirement, line.outcome
    return {
        "edition": passport.edition.name,
        "mim": requirement.mim,
        "title": requirement.title._asdict(),
        "id": requirement.id,
        "aliases": list(requirement.aliases),
        "keyword": requirement.keyword,
        "demand": requirement.demand._asdict(),
        "verdict": str(outcome.verdict),
        **({"reason": str(outcome.reason)} if outcome.reason is not None else {}),
        **({"severity": "error" if line.is_error else "warning"} if outcome.verdict is Verdict.FAIL else {}),
        "seen": outcome.seen._asdict(),
        "notes": [one._asdict() for one in outcome.notes],
        **({"next": requirement.next._asdict()} if outcome.verdict is Verdict.FAIL else {}),
        "exchanges": list(line.exchanges),
    }


@dataclass(frozen=True, slots=True)
class Change:
    """A requirement whose verdict is another than it was.

    Args:
        name: The requirement.
        before: Its verdict then, with its reason; empty where it was not asked.
        now: Its verdict now, with its reason.
    """

    name: str
    before: str
    now: str

    @property
    def text(self) -> Text:
        """The change, as a line."""
        return Text(
            f"{self.name}: {self.before or 'not asked'} → {self.now}",
            f"{self.name}: {self.before or 'niet gevraagd'} → {self.now}",
        )


def changes_since(passport: Passport, earlier: Mapping[str, Any]) -> list[Change]:
    """Compare a passport with an earlier one.

    Args:
        passport: The passport of now.
        earlier: The earlier one, as JSON.
    """
    then = {
        f"{one.get('mim')} {one.get('id')}": _words(str(one.get("verdict", "")), one.get("reason"))
        for one in earlier.get("requirements", ())
        if isinstance(one, dict)
    }
    changes = []
    for line in passport.lines:
        now = _words(str(line.outcome.verdict), line.outcome.reason)
        before = then.get(line.requirement.name, "")
        if before != now:
            changes.append(Change(line.requirement.name, before, now))
    return changes


def _words(verdict: str, reason: object) -> str:
    return f"{verdict} ({reason})" if reason else verdict
