"""Context source registrations: what the clauses of 5.2.8 to 5.2.11 and 4.3.6 ask for."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from citycontext.errors import DataError, InvalidDocument
from citycontext.ngsild.registrations import (
    ContextSourceRegistration,
    ContextSourceRegistrationFragment,
    EntityInfo,
    RegistrationInfo,
    TimeInterval,
)

MINIMAL: dict[str, Any] = {
    "type": "ContextSourceRegistration",
    "information": [{"entities": [{"type": "Vehicle"}]}],
    "endpoint": "http://source.example:1026",
}


def test_every_member_of_the_table_is_known():
    """A registration with all members of the tables reads, is checked, and leaves nothing unknown."""
    payload = {
        "id": "urn:ngsi-ld:ContextSourceRegistration:1",
        "type": "ContextSourceRegistration",
        "registrationName": "vehicles",
        "description": "of the north",
        "information": [
            {
                "entities": [{"type": ["Vehicle", "Car"], "id": "urn:a:b"}],
                "propertyNames": ["speed"],
                "relationshipNames": ["isParkedIn"],
            }
        ],
        "endpoint": "http://source.example:1026",
        "contextSourceAlias": "north",
        "contextSourceInfo": [{"key": "Authorization", "value": "urn:ngsi-ld:request"}],
        "tenant": "north",
        "mode": "exclusive",
        "operations": ["retrieveOps"],
        "datasetId": ["@none"],
        "scope": ["/North"],
        "location": {"type": "Point", "coordinates": [3.7, 51]},
        "observationSpace": {"type": "Point", "coordinates": [3.7, 51]},
        "operationSpace": {"type": "Point", "coordinates": [3.7, 51]},
        "observationInterval": {"startAt": "2020-01-01T00:00:00Z", "endAt": "2021-01-01T00:00:00Z"},
        "managementInterval": {"startAt": "2020-01-01T00:00:00Z"},
        "management": {"localOnly": True, "cacheDuration": "PT10M", "timeout": 1000, "cooldown": 500},
        "refreshRate": "PT1M",
        "expiresAt": "2035-01-01T00:00:00Z",
        "status": "ok",
        "timesSent": 5,
        "timesFailed": 1,
        "lastSuccess": "2020-01-01T00:00:00Z",
        "lastFailure": "2020-01-01T00:00:00Z",
        "createdAt": "2020-01-01T00:00:00Z",
        "modifiedAt": "2020-01-01T00:00:00Z",
        "@context": "https://example.org/context.jsonld",
    }
    registration = ContextSourceRegistration.from_dict(payload, strict=True)
    assert registration.to_dict() == payload
    assert registration.management is not None
    assert registration.observation_interval is not None
    for document in (registration, registration.management, registration.observation_interval):
        assert document.model_extra == {}
    assert registration.observation_interval.start_at == datetime(2020, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"id": "no uri"}, "id"),
        ({"endpoint": "nowhere"}, "endpoint"),
        ({"mode": "shared"}, "mode"),
        ({"information": []}, "information"),
        ({"information": [{}]}, "information[0]"),
        ({"information": [{"entities": [{"type": "A", "id": "no uri"}]}]}, "information[0].entities[0].id"),
        ({"location": {"type": "Point", "coordinates": [300, 51]}}, "location.coordinates"),
        (
            {"location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [300, 51]}}},
            "location.value.coordinates",
        ),
        (
            {"observationInterval": {"startAt": "2021-01-01T00:00:00Z", "endAt": "2020-01-01T00:00:00Z"}},
            "observationInterval.endAt",
        ),
        ({"mode": "auxiliary", "operations": ["updateOps"]}, "operations"),
        ({"mode": "exclusive"}, "information[0]"),
        (
            {
                "mode": "exclusive",
                "information": [{"entities": [{"type": "A", "idPattern": ".*"}], "propertyNames": ["a"]}],
            },
            "information[0]",
        ),
    ],
)
def test_what_a_clause_forbids(changes: dict[str, Any], path: str):
    """Strict reading refuses it with path and clause; tolerant reading takes it."""
    payload = {**MINIMAL, **changes}
    with pytest.raises(DataError) as caught:
        ContextSourceRegistration.from_dict(payload, strict=True)
    assert caught.value.path == path
    assert caught.value.clause
    assert ContextSourceRegistration.from_dict(payload).to_dict() == payload


def test_a_registration_is_built():
    """A registration needs what a source has, and where it is."""
    registration = ContextSourceRegistration(
        information=[RegistrationInfo(entities=[EntityInfo(type="Vehicle")])], endpoint="http://source.example:1026"
    )
    assert registration.to_dict() == MINIMAL
    with pytest.raises(InvalidDocument, match="information: it is missing"):
        ContextSourceRegistration.from_dict({"type": "ContextSourceRegistration", "endpoint": "http://a"})


def test_a_fragment_needs_nothing():
    """A part of a registration has just what changes."""
    fragment = ContextSourceRegistrationFragment(endpoint="http://other.example")
    assert fragment.to_dict() == {"type": "ContextSourceRegistration", "endpoint": "http://other.example"}


def test_secrets_are_not_shown():
    """Neither what is sent along nor a password in the address is in a repr."""
    registration = ContextSourceRegistration.from_dict(
        {
            **MINIMAL,
            "endpoint": "http://user:s3cret@source.example",
            "contextSourceInfo": [{"key": "Authorization", "value": "Bearer s3cret"}],
        }
    )
    assert "s3cret" not in repr(registration)


def test_an_interval_may_be_open():
    """An interval without an end goes on."""
    assert TimeInterval(start_at="2020-01-01T00:00:00Z").end_at is None
