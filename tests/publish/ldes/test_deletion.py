"""Markers that an entity is there no longer."""

from __future__ import annotations

import orjson
import pytest

from citycontext.publish import EventStream

DELETE = "https://www.w3.org/ns/activitystreams#Delete"
P0 = "urn:ngsi-ld:OffStreetParking:gent:p0"
GONE = {"id": P0, "type": "OffStreetParking", "deletedAt": "2026-05-02T00:00:00Z"}


@pytest.mark.parametrize("members", ["ngsi-ld", "sosa"])
def test_a_deletion_is_a_version_with_a_type_of_its_own(tmp_path, make_publication, parkings, follow, members) -> None:
    """What a broker says was deleted becomes a marker with the id alone, once; the stream says how to know one."""
    site = tmp_path / "site"
    with EventStream(site, make_publication(page_size=3, members=members)) as stream:
        stream.write(parkings(5))
        assert stream.write([{**GONE, "name": {"type": "Property", "value": "urn:ngsi-ld:null"}}]).published == 1
        assert stream.write([GONE]).known == 1
        assert stream.no_longer_allowed() == []
    (marker,) = [one for one in follow(site) if DELETE in one.get("type", one.get("@type", ()))]
    assert marker.get("id", marker.get("@id")) == f"{P0}/2026-05-02T00:00:00Z"
    assert marker["http://purl.org/dc/terms/isVersionOf"] == {"@id": P0}
    assert "name" not in marker
    root = orjson.loads((site / "ldes.jsonld").read_bytes())["@graph"][1]
    assert root["ldes:versionDeleteObject"] == {"@id": DELETE}


def test_what_was_not_published_leaves_no_marker(tmp_path, make_publication, parkings) -> None:
    """A deletion tells nothing of entities that are not in the stream, of other types, or without a time."""
    with EventStream(tmp_path / "site", make_publication()) as stream:
        stream.write(parkings(2, of=2))
        other = {**GONE, "id": "urn:ngsi-ld:OffStreetParking:secret"}
        vehicle = {**GONE, "type": "Vehicle"}
        assert stream.write([other, vehicle, {**GONE, "deletedAt": "yesterday"}]).withheld == 3
        assert stream.report.count("no-time") == 1
