"""What cleaning changed, and what it could not: findings, in the order of the payload."""

from __future__ import annotations

from typing import Any

from citycontext.foreign_text import shown
from citycontext.ngsild.findings import Finding, Severity

__all__ = ["Changes"]

_MOST = 200


class Changes:
    """Takes down changes as findings, and removes nothing by itself."""

    __slots__ = ("findings",)

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def note(
        self,
        path: str,
        rule: str,
        message: str,
        *,
        found: Any = None,
        written: Any = None,
        clause: str = "",
        severity: Severity = Severity.NOTE,
    ) -> None:
        """Take down one change.

        Args:
            path: Where.
            rule: The rule's short name.
            message: What was done.
            found: What was there.
            written: What is there now.
            clause: The clause behind it.
            severity: A note says the same thing in other words; a warning is worth a look.
        """
        self.findings.append(
            Finding(
                path,
                f"clean/{rule}",
                message,
                severity,
                clause,
                expected="" if written is None else _text(written),
                found="" if found is None else _text(found),
            )
        )


def _text(value: Any) -> str:
    return value if isinstance(value, str) and len(value) <= _MOST else shown(value, _MOST)
