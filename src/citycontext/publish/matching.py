"""Whether the list of what may be published speaks of what there is: a slip of the pen publishes too little."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

from citycontext.foreign_text import shown
from citycontext.ngsild import Severity
from citycontext.publish.policy import Policy
from citycontext.publish.report import Report

__all__ = ["UNMATCHED", "note_unmatched"]

UNMATCHED: Final = "unmatched"
"""The rule of types and attributes that nothing matches."""


def note_unmatched(policy: Policy, report: Report, *, only_near: bool = False) -> int:
    """Note the types and attributes of the list that nothing matched of all that the policy was shown.

    Args:
        policy: With the list.
        report: Knows what came; takes the findings.
        only_near: Whether to note only those in the place of which something came that is spelt nearly alike: where
            what came is a part of all there is, some may be missing rightly.

    Returns:
        How many were noted.
    """
    before = report.count(UNMATCHED)
    for entity_type, listed in policy.allow.items():
        seen = report.seen.get(entity_type)
        if seen is None:
            others = [one for one in report.seen if one not in policy.allow]
            hint = _by_full_name(entity_type, others) or _hint(entity_type, others)
            if hint or not only_near:
                message = f"no entity of this type came{hint}; nothing of it is published"
                report.note(UNMATCHED, entity_type, message, Severity.ERROR)
            continue
        tops = {one.partition(".")[0] if one not in seen else one for one in listed}
        for name in dict.fromkeys(listed):
            if name in seen or f"{entity_type}.{name}" in report.reached:
                continue
            hint = _hint(name, seen - tops)
            if only_near and not hint:
                continue
            message = f"no entity of this type has this attribute{hint}; nothing of it is published"
            report.note(UNMATCHED, f"{entity_type}.{name}", message, Severity.ERROR)
    return report.count(UNMATCHED) - before


def _by_full_name(name: str, there: Iterable[str]) -> str:
    """Return what to write where the entities have the name that their model's @context makes of it."""
    full = next((one for one in there if one.replace("#", "/").rpartition("/")[2] == name != one), None)
    return f'; it is there as {shown(full)}: write context = "models" at the top of the file' if full else ""


def _hint(name: str, there: Iterable[str]) -> str:
    by_spelling = {one.casefold(): one for one in there}
    near = get_close_matches(name.casefold(), by_spelling, n=1, cutoff=0.75)
    return f"; did you mean {shown(by_spelling[near[0]])}?" if near else ""
