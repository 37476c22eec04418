"""Where the @context travels, and what a Link header says."""

from __future__ import annotations

from collections import UserDict
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from pydantic import BaseModel, Field

from citycontext.client.operations.json_ld import (
    address_of,
    dump_json,
    link_to_context,
    writing,
    writing_each,
)
from citycontext.errors import InvalidContext, InvalidEntity
from citycontext.ngsild import NULL, Property
from citycontext.ngsild.terms import CORE_CONTEXT

CTX = "http://ctx.test/c.jsonld"


@pytest.mark.parametrize(
    ("context", "expected"), [(None, None), (CTX, CTX), ([CTX], CTX), ([[CTX]], CTX), ([CTX, CTX], None), ({}, None)]
)
def test_one_address_is_an_address(context: Any, expected: str | None) -> None:
    """Alone, or in a list of one."""
    assert address_of(context) == expected


@pytest.mark.parametrize(
    "context", ['http://x>; rel="evil"', "http://x\r\nX: y", "no address", "", [CTX, {}], {"a": "b"}]
)
def test_a_header_is_never_made_from_what_is_no_address(context: Any) -> None:
    """Nothing can be smuggled into a Link, and what does not fit is refused with the cure."""
    with pytest.raises(InvalidContext):
        link_to_context(context)


class Sized(BaseModel):
    width: float = Field(alias="theWidth")
    height: float | None = None


def test_values_are_written_by_their_wire_form() -> None:
    """Attributes, models, times, mappings and NGSI-LD Null; anything else is refused by name."""
    time = datetime(2024, 5, 1, 12, tzinfo=UTC)
    document = {"a": Property(1), "m": Sized(theWidth=2), "t": time, "u": UserDict(x=1), "n": NULL}
    assert orjson.loads(dump_json(document)) == {
        "a": {"type": "Property", "value": 1},
        "m": {"theWidth": 2.0},
        "t": "2024-05-01T12:00:00Z",
        "u": {"x": 1},
        "n": "urn:ngsi-ld:null",
    }
    with pytest.raises(InvalidEntity, match="nan has no JSON form") as raised:
        dump_json({"a": Property({"b": float("nan")}), "at": datetime.now(UTC), "n": None})
    assert raised.value.path == "a.value.b"
    with pytest.raises(InvalidEntity, match="object has no JSON form"):
        dump_json({"a": object()})


def test_the_context_is_in_one_place_only() -> None:
    """In a Link with JSON, in the body with JSON-LD, never in both."""
    for document, context in (({}, None), ({}, CTX), ({}, [CTX, {}]), ({"@context": CTX}, CTX)):
        headers, content = writing(document, context)
        in_body = b"@context" in content
        assert headers["Content-Type"] == ("application/ld+json" if in_body else "application/json")
        assert ("Link" in headers) == (context is not None and not in_body)


def test_many_share_the_fate_of_one() -> None:
    """If one of many carries its context, the others get the given one, else the core context."""
    headers, items = writing_each([{"a": 1}, {"@context": CTX}], None)
    assert "Link" not in headers
    assert [orjson.loads(item)["@context"] for item in items] == [CORE_CONTEXT, CTX]
