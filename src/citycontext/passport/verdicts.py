"""Verdicts, and why one could not be reached."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from citycontext.passport.evidence import Exchange
from citycontext.passport.words import Text

__all__ = ["NotReached", "NotTestable", "Outcome", "Reason", "Verdict", "failed", "not_testable", "passed"]


class Verdict(StrEnum):
    """What came of a requirement.

    .. versionadded:: 0.2
    """

    PASS = "pass"  # noqa: S105 - a verdict, no password
    FAIL = "fail"
    NOT_TESTABLE = "not testable"


class Reason(StrEnum):
    """Why there is no verdict.

    .. versionadded:: 0.2
    """

    ORGANISATIONAL = "organisational"
    """A rule or a process: nothing of it can be seen from outside."""
    DECLARED = "declared"
    """The user names a document for it."""
    NOT_REACHED = "not reached"
    """No answer came, or none without credentials."""
    NO_SAMPLE = "no sample"
    """There was nothing to test it on."""
    NOT_APPLICABLE = "not applicable"
    """The condition of the requirement is not met, or the option that it needs was not given."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check found.

    .. versionadded:: 0.2

    Args:
        verdict: The verdict.
        seen: What was seen, in a sentence.
        reason: Why there is no verdict, with ``not testable``.
        notes: What is worth knowing and changes nothing.
        evidence: Exchanges that show it, beside those that the check itself sent.
    """

    verdict: Verdict
    seen: Text
    reason: Reason | None = None
    notes: tuple[Text, ...] = ()
    evidence: tuple[Exchange, ...] = field(default=())


class NotTestable(Exception):
    """Ends a check that cannot come to a verdict.

    Args:
        outcome: What is said instead.
    """

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.seen.en)
        self.outcome = outcome


class NotReached(NotTestable):
    """Ends a check that got no usable answer.

    Args:
        exchange: The request that was not answered.
    """

    def __init__(self, exchange: Exchange) -> None:
        super().__init__(
            not_testable(
                Reason.NOT_REACHED,
                f"{exchange.method} {exchange.url}: {exchange.obstacle.en}.",
                f"{exchange.method} {exchange.url}: {exchange.obstacle.nl}.",
                evidence=(exchange,),
            )
        )


def passed(en: str, nl: str, *, notes: tuple[Text, ...] = (), evidence: tuple[Exchange, ...] = ()) -> Outcome:
    """Make a pass."""
    return Outcome(Verdict.PASS, Text(en, nl), None, notes, evidence)


def failed(en: str, nl: str, *, notes: tuple[Text, ...] = (), evidence: tuple[Exchange, ...] = ()) -> Outcome:
    """Make a fail."""
    return Outcome(Verdict.FAIL, Text(en, nl), None, notes, evidence)


def not_testable(
    reason: Reason, en: str, nl: str, *, notes: tuple[Text, ...] = (), evidence: tuple[Exchange, ...] = ()
) -> Outcome:
    """Make the absence of a verdict, with its reason."""
    return Outcome(Verdict.NOT_TESTABLE, Text(en, nl), reason, notes, evidence)
