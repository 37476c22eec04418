"""What was noticed while publishing: each kind once, with a count."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from citycontext.ngsild.findings import Finding, Severity

__all__ = ["Counted", "Report"]

_MOST: Final = 1_000


@dataclass(slots=True)
class Counted:
    """A finding, and how often it was made.

    Args:
        finding: What it says; never a value that was refused.
        count: How often.
    """

    finding: Finding
    count: int = 1


class Report:
    """Findings by rule and path, in the order they were first made; memory stays bounded."""

    def __init__(self) -> None:
        self._counted: dict[tuple[str, str], Counted] = {}
        self.left_out: int = 0
        """Findings of further kinds, counted only, after the first thousand kinds."""
        self.seen: dict[str, set[str]] = {}
        """What came, allowed or not: types, and the names of the members of their entities."""
        self.reached: set[str] = set()
        """Paths of listed sub-attributes that came."""

    def saw(self, types: Iterable[str], members: Iterable[str] = ()) -> None:
        """Remember what came, up to a thousand types and a thousand members of each.

        Args:
            types: Types of an entity.
            members: Names of its members.
        """
        for one in types:
            known = self.seen.get(one)
            if known is None:
                if len(self.seen) >= _MOST:
                    return
                known = self.seen[one] = set()
            if len(known) < _MOST:
                known.update(members)

    def note(self, rule: str, path: str, message: str, severity: Severity = Severity.WARNING) -> None:
        """Add a finding.

        Args:
            rule: The rule's short name.
            path: Where, e.g. ``OffStreetParking.owner``.
            message: What is wrong, and what to do.
            severity: How much it matters.
        """
        known = self._counted.get((rule, path))
        if known is not None:
            known.count += 1
        elif len(self._counted) < _MOST:
            self._counted[rule, path] = Counted(Finding(path, rule, message, severity))
        else:
            self.left_out += 1

    def __iter__(self) -> Iterator[Counted]:
        return iter(self._counted.values())

    def __len__(self) -> int:
        return len(self._counted)

    def count(self, rule: str) -> int:
        """Return how often a rule had something to say."""
        return sum(one.count for one in self if one.finding.rule == rule)
