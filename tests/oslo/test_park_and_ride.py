"""The live stream of Gent's park-and-ride sites becomes entities, and the entities become its triples again."""

from __future__ import annotations

from pathlib import Path

import pytest

from citycontext.models.parking import OffStreetParking
from citycontext.oslo import from_oslo, read_text, to_oslo


@pytest.fixture(scope="module")
def members(shared_dir) -> list[Path]:
    """Return the recorded members of the stream."""
    return sorted((shared_dir / "oslo" / "examples" / "park-and-ride-gent" / "members").glob("*.nt"))


def test_every_member_comes_back_triple_by_triple(members, rdf, same_triples):
    """All 35 become OffStreetParking, and written back they are the graphs they were; no report names a loss."""
    assert len(members) == 35
    for member in members:
        published = member.read_text()
        reading = from_oslo(read_text(published, "application/n-triples"))
        assert not len(reading.report), reading.report
        (parking,) = reading.entities
        assert isinstance(parking, OffStreetParking)
        written = to_oslo(parking, version_delimiter="#")
        assert not len(written.report), written.report
        same_triples(rdf(published, "nt"), rdf(written.to_n_triples(), "nt"))


def test_what_a_member_says(members):
    """Numbers, times, names and places stand in the attributes that the model has for them."""
    (parking,) = from_oslo(read_text(members[0].read_text(), "application/n-triples")).entities
    assert (
        parking.id == "https://stad.gent/nl/mobiliteit-openbare-werken/parkeren/park-and-ride-pr/pr-gentbrugge-arsenaal"
    )
    assert parking.to_dict("simplified") == {
        "id": parking.id,
        "type": "OffStreetParking",
        "name": "P+R Gentbrugge Arsenaal",
        "layout": ["surface"],
        "location": {"type": "Point", "coordinates": [3.7583663653, 51.0325480691]},
        "totalSpotNumber": 280,
        "availableSpotNumber": 0,
        "occupancy": 1.0,
        "occupancyModified": "2023-12-21T08:53:40+01:00",
        "openingHours": "24/7",
        "category": ["free"],
        "provider": {"name": "Mobiliteitsbedrijf Gent"},
        "seeAlso": [parking.id],
    }
    assert parking["availableSpotNumber"].wire["observedAt"] == "2023-12-21T07:53:40Z"


def test_a_page_of_versions_keeps_every_version(members):
    """Versions of one site in one graph are an entity each; none hides another."""
    text = "".join(member.read_text() for member in members)
    reading = from_oslo(read_text(text, "application/n-triples"))
    assert len(reading.entities) == 35


def test_the_same_data_as_json_ld(members, rdf, same_triples):
    """JSON-LD with Dutch terms says the same triples, and reads as the same entity."""
    published = members[0].read_text()
    (parking,) = from_oslo(read_text(published, "application/n-triples")).entities
    document = to_oslo(parking, version_delimiter="#").to_json_ld()
    assert document["@type"] == "Parkeerterrein"
    assert document["naam"] == "P+R Gentbrugge Arsenaal"
    (again,) = from_oslo(document).entities
    assert again == parking
