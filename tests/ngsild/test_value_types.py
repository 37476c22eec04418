"""Checks for declared value types."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from citycontext.errors import InvalidEntity
from citycontext.ngsild import Entity
from citycontext.ngsild.fields import OptAttr, optional
from citycontext.ngsild.findings import Finding
from citycontext.ngsild.value_types import value_type


class Opening(Entity):
    """A class with a timestamp."""

    starts_at: OptAttr[datetime] = optional()


@pytest.mark.parametrize("text", ["2024-05-01", "2024-05-01T10:00:00", "P1D", "01-01-2021T00:00:00Z"])
def test_a_text_that_is_no_timestamp_is_a_finding_when_read(text: str) -> None:
    """Tolerant reading keeps a time it cannot read, and says so instead of raising."""
    findings: list[Finding] = []
    payload = {"id": "urn:ngsi-ld:Opening:1", "type": "Opening", "startsAt": {"type": "Property", "value": text}}
    entity = Opening.from_dict(payload, findings=findings)
    assert entity.to_dict() == payload
    assert [finding.rule for finding in findings] == ["value-type"]


def test_a_union_tries_every_part() -> None:
    """A time that does not read leaves the other parts of a union their chance."""
    either = value_type(datetime | list[int])
    assert either.check([1, 2]) == [1, 2]
    assert either.check(datetime(2024, 5, 1, tzinfo=UTC)) == "2024-05-01T00:00:00Z"
    with pytest.raises(InvalidEntity, match="timestamp or a list"):
        either.check("soon")
