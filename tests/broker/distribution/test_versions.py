"""What goes to a source of an older version of NGSI-LD (4.3.6.6, 4.3.6.8)."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

AT, FAR = "2024-05-01T10:00:00Z", "2999-01-01T00:00:00Z"
OLD_BODIES = {
    "create": (
        "POST",
        "/entities",
        {
            "id": "urn:ngsi-ld:Vehicle:1",
            "type": ["Vehicle", "Car"],
            "scope": "/Gent",
            "expiresAt": FAR,
            "speed": {"type": "Property", "value": 1, "observedAt": AT, "expiresAt": FAR},
            "raw": {"json": {"a": 1}},
            "name": {"type": "LanguageProperty", "languageMap": {"nl": "x"}},
            "owner": {"type": "Relationship", "object": "urn:a:b", "objectType": "City"},
            "poles": {"type": "ListRelationship", "objectList": [{"object": "urn:a:1"}]},
        },
    ),
    "append": ("POST", "/entities/urn:ngsi-ld:Vehicle:1/attrs", {"raw": {"type": "JsonProperty", "json": {"a": 1}}}),
    "replace attribute": ("PUT", "/entities/urn:ngsi-ld:Vehicle:1/attrs/raw", {"json": {"a": 1}}),
    "batch": ("POST", "/entityOperations/upsert", [{"id": "urn:a:1", "type": "Vehicle", "raw": {"json": {"a": 1}}}]),
}
OLD_SEEN = {
    "1.5": {
        "id": "urn:ngsi-ld:Vehicle:1",
        "type": ["Vehicle", "Car"],
        "scope": "/Gent",
        "speed": {"type": "Property", "value": 1, "observedAt": AT},
        "raw": {"type": "Property", "value": {"a": 1}},
        "name": {"type": "LanguageProperty", "languageMap": {"nl": "x"}},
        "owner": {"type": "Relationship", "object": "urn:a:b"},
        "poles": {"type": "Relationship", "object": ["urn:a:1"]},
    },
    "1.2": {
        "id": "urn:ngsi-ld:Vehicle:1",
        "type": "Vehicle",
        "speed": {"type": "Property", "value": 1},
        "raw": {"type": "Property", "value": {"a": 1}},
        "name": {"type": "Property", "value": {"nl": "x"}},
        "owner": {"type": "Relationship", "object": "urn:a:b"},
        "poles": {"type": "Relationship", "object": ["urn:a:1"]},
    },
}


@pytest.mark.parametrize("version", ["1.2", "1.5", "1.9", None])
@pytest.mark.parametrize("name", OLD_BODIES)
async def test_4_3_6_6_a_source_of_an_older_version_gets_bodies_of_that_version(
    region: Any, name: str, version: str | None
) -> None:
    """With ngsildConformance in contextSourceInfo, what the version does not know is left out or written otherwise."""
    seen: list[Any] = []

    def source(request: httpx.Request) -> httpx.Response:
        seen.append(json.loads(request.content))
        assert "ngsildconformance" not in request.headers
        return httpx.Response(201 if name == "create" else 204)

    pairs = [{"key": "ngsildConformance", "value": version}] if version else []
    members = {"contextSourceInfo": pairs} if pairs else {}
    method, path, body = OLD_BODIES[name]
    async with region(old=source) as area:
        await area.register("old", mode="redirect", operations=["redirectionOps", "upsertBatch"], **members)
        answer = await area.http.request(method, path, json=body)
        assert answer.status_code in (201, 204), answer.text
    sent = seen[0]
    if version in OLD_SEEN:
        expected = {
            "create": OLD_SEEN[version],
            "append": {"raw": {"type": "Property", "value": {"a": 1}}},
            "replace attribute": {"type": "Property", "value": {"a": 1}},
            "batch": [{"id": "urn:a:1", "type": "Vehicle", "raw": {"type": "Property", "value": {"a": 1}}}],
        }[name]
        assert sent == expected
    else:
        assert sent == body
