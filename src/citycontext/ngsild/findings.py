"""What reading or checking noticed, as data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Finding", "Severity"]


class Severity(StrEnum):
    """How much a finding matters."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing noticed in a payload.

    Args:
        path: Where, from the root of the payload, e.g. ``temperature.observedAt``.
        rule: The rule's short name, e.g. ``attribute-type``.
        message: What is wrong, and what to do.
        severity: How much it matters.
        clause: The clause of ETSI GS CIM 009 behind the rule, if one is.
        expected: What the rule asks for, in words.
        found: What is there, in words.
    """

    path: str
    rule: str
    message: str
    severity: Severity = Severity.WARNING
    clause: str = ""
    expected: str = ""
    found: str = ""

    def __str__(self) -> str:
        clause = f" (CIM 009, {self.clause})" if self.clause else ""
        return f"{self.path or '(entity)'}: {self.message}{clause}"
