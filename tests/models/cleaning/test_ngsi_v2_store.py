"""A whole store of NGSIv2: ids, links, scopes, types, subscriptions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from citycontext.cli.commands import app
from citycontext.models.cleaning.ngsi_v2_store import entities_from_ngsi_v2, new_ids, scope_of
from citycontext.models.cleaning.ngsi_v2_subscriptions import subscription_from_ngsi_v2
from citycontext.ngsild.findings import Severity
from citycontext.ngsild.subscriptions import Subscription

SITE = {
    "id": "Vrijdagmarkt",
    "type": "OffStreetParking",
    "availableSpotNumber": {"type": "Integer", "value": 5, "metadata": {}},
}
SPOT = {
    "id": "spot-1",
    "type": "ParkingSpot",
    "refParkingSite": {"type": "Relationship", "value": "Vrijdagmarkt", "metadata": {}},
    "refDevice": {"type": "Relationship", "value": ["dev-1", "dev-2"], "metadata": {}},
    "name": {"type": "Text", "value": "Vrijdagmarkt", "metadata": {}},
}
DEVICES = [{"id": f"dev-{number}", "type": "Device"} for number in (1, 2)]


def test_links_follow_renamed_entities_over_the_whole_store() -> None:
    """A link to an entity that stands elsewhere leads to its new id; a text that reads the same stays."""
    written = {one.entity.id: one for one in entities_from_ngsi_v2([SPOT, SITE, *DEVICES])}
    spot = written["urn:ngsi-ld:ParkingSpot:spot-1"].entity.wire
    assert spot["refParkingSite"]["object"] == "urn:ngsi-ld:OffStreetParking:Vrijdagmarkt"
    assert "urn:ngsi-ld:OffStreetParking:Vrijdagmarkt" in written
    linked = spot["refDevice"] if isinstance(spot["refDevice"], list) else [spot["refDevice"]]
    assert [one["object"] for one in linked] == ["urn:ngsi-ld:Device:dev-1", "urn:ngsi-ld:Device:dev-2"]
    assert spot["name"]["value"] == "Vrijdagmarkt"
    told = [one for one in written["urn:ngsi-ld:ParkingSpot:spot-1"].findings if one.rule == "clean/link"]
    assert len(told) == 3


def test_parts_of_a_store_share_their_ids() -> None:
    """Ids of all parts, collected before, are followed in each."""
    ids = new_ids([SPOT, SITE])
    (spot,) = entities_from_ngsi_v2([SPOT], ids=ids, service_path="/Gent/Parking")
    assert spot.entity.wire["refParkingSite"]["object"] == ids["Vrijdagmarkt"]
    assert spot.entity.wire["scope"] == "/Gent/Parking"


@pytest.mark.parametrize(
    ("path", "scope"), [("", None), ("/", None), ("/Gent", "/Gent"), ("/Gent/#", "/Gent"), ("/a,/b", "/a")]
)
def test_a_service_path_is_a_scope(path: str, scope: str | None) -> None:
    """The root is not one."""
    assert scope_of(path) == scope


def test_types_carry_meaning() -> None:
    """A box is an area, a link a link, a time a time, and one that reads as none stays a text."""
    given = {
        "id": "urn:ngsi-ld:MyThing:1",
        "type": "MyThing",
        "area": {"type": "geo:box", "value": ["51.0,3.7", "51.1,3.8"]},
        "since": {"type": "DateTime", "value": "2026-05-01T10:00:00Z"},
        "until": {"type": "DateTime", "value": "later"},
        "parts": {"type": "Relationship", "value": ["urn:x:1", "urn:x:2"]},
    }
    (written,) = entities_from_ngsi_v2([given])
    wire = written.entity.wire
    assert wire["area"]["type"] == "GeoProperty"
    assert wire["area"]["value"]["coordinates"][0][0] == [3.7, 51.0]
    assert wire["since"]["value"] == {"@type": "DateTime", "@value": "2026-05-01T10:00:00Z"}
    assert wire["until"]["value"] == "later"
    assert [one["object"] for one in wire["parts"]] == ["urn:x:1", "urn:x:2"]
    assert given.keys() <= wire.keys()


def test_the_command_follows_links_over_the_whole_file(tmp_path: Path) -> None:
    """``models clean --rename`` renames references, also to entities that come later."""
    (tmp_path / "a.json").write_text(json.dumps([SPOT, SITE]))
    target = tmp_path / "b.json"
    CliRunner().invoke(app, ["models", "clean", str(tmp_path / "a.json"), "--rename", "--output", str(target)])
    spot, site = json.loads(target.read_bytes())
    assert spot["refParkingSite"]["object"] == site["id"]


V2_SUBSCRIPTION: dict[str, Any] = {
    "id": "5f9b",
    "description": "free spots",
    "subject": {
        "entities": [
            {"idPattern": ".*", "type": "OffStreetParking"},
            {"id": "Vrijdagmarkt", "type": "OffStreetParking"},
        ],
        "condition": {
            "attrs": ["availableSpotNumber"],
            "expression": {
                "q": "availableSpotNumber<10;status:open",
                "georel": "near;maxDistance:1000",
                "geometry": "point",
                "coords": "51.05,3.72",
            },
        },
    },
    "notification": {"http": {"url": "http://receiver.example/notify"}, "attrs": ["name"], "attrsFormat": "keyValues"},
    "expires": "2030-01-01T00:00:00.000Z",
    "throttling": 5,
    "status": "inactive",
}


def test_a_subscription_is_written_as_far_as_it_can_be() -> None:
    """Selectors, filter, geo-query, endpoint and form; it reads as a subscription of the standard."""
    written, findings = subscription_from_ngsi_v2(
        V2_SUBSCRIPTION, ids={"Vrijdagmarkt": "urn:ngsi-ld:OffStreetParking:V"}
    )
    assert written["entities"] == [
        {"type": "OffStreetParking"},
        {"id": "urn:ngsi-ld:OffStreetParking:V", "type": "OffStreetParking"},
    ]
    assert written["q"] == 'availableSpotNumber<10;status=="open"'
    assert written["geoQ"]["coordinates"] == [3.72, 51.05]
    assert written["geoQ"]["georel"] == "near;maxDistance==1000"
    assert written["watchedAttributes"] == ["availableSpotNumber"]
    assert written["notification"]["format"] == "simplified"
    assert written["notification"]["endpoint"]["uri"] == "http://receiver.example/notify"
    assert written["isActive"] is False
    assert not any(one.severity is Severity.ERROR for one in findings)
    assert Subscription.from_dict(written).entities is not None


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"subject": {"entities": [{"id": "x", "typePattern": "A.*"}]}}, "subject.entities[0].typePattern"),
        (
            {"notification": {"httpCustom": {"url": "http://x.example", "payload": "${id}"}}},
            "notification.httpCustom.payload",
        ),
        ({"notification": {}}, "notification"),
        ({"something": 1}, "something"),
    ],
)
def test_what_cannot_be_expressed_is_told(change: dict[str, Any], path: str) -> None:
    """A pattern of types, a payload of one's own, no address, a member that nobody knows."""
    _, findings = subscription_from_ngsi_v2({**V2_SUBSCRIPTION, **change})
    assert path in [one.path for one in findings]
