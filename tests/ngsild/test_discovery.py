"""What a broker says of itself: types, attributes, identity, contexts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from citycontext.ngsild.discovery import (
    AttributeInformation,
    AttributeList,
    ContextDetails,
    ContextSourceIdentity,
    EntityTypeInfo,
    EntityTypeInformation,
    EntityTypeList,
)


@pytest.mark.parametrize(
    ("model", "payload", "member", "value"),
    [
        (EntityTypeList, {"id": "urn:l:1", "type": "EntityTypeList", "typeList": ["A"]}, "type_list", ["A"]),
        (
            EntityTypeInformation,
            {"id": "https://a/A", "type": "EntityType", "typeName": "A", "attributeNames": ["a"]},
            "attribute_names",
            ["a"],
        ),
        (
            EntityTypeInfo,
            {
                "id": "https://a/A",
                "type": "EntityTypeInfo",
                "typeName": "A",
                "entityCount": 2,
                "attributeDetails": [{"id": "https://a/a", "type": "Attribute", "attributeName": "a"}],
            },
            "entity_count",
            2,
        ),
        (AttributeList, {"id": "urn:l:1", "type": "AttributeList", "attributeList": ["a"]}, "attribute_list", ["a"]),
        (
            AttributeInformation,
            {
                "id": "https://a/a",
                "type": "Attribute",
                "attributeName": "a",
                "attributeCount": 1,
                "attributeTypes": ["Property"],
                "typeNames": ["A"],
            },
            "attribute_types",
            ["Property"],
        ),
        (
            ContextSourceIdentity,
            {"id": "urn:c:1", "type": "ContextSourceIdentity", "contextSourceUptime": "P1D"},
            "uptime",
            "P1D",
        ),
        (ContextSourceIdentity, {"contextSourceUpTime": "P2D", "contextSourceExtras": {"a": [1]}}, "uptime", "P2D"),
        (
            ContextDetails,
            {
                "URL": "https://a/c",
                "localId": "7",
                "kind": "Hosted",
                "createdAt": "2024-05-01T10:00:00Z",
                "numberOfHits": 3,
            },
            "created_at",
            datetime(2024, 5, 1, 10, tzinfo=UTC),
        ),
        (ContextDetails, {"URL": "https://a/c"}, "url", "https://a/c"),
    ],
)
def test_a_document_reads_and_goes_out_again(model: Any, payload: dict[str, Any], member: str, value: Any):
    """Each document has its table's members by their Python names, and goes out as it came."""
    document = model.from_dict(payload, strict=True)
    assert getattr(document, member) == value
    assert document.to_dict() == payload
