"""Files that version 0.1 wrote are gone on from: an event stream with its state, and the file that says what it is.

``data/0.1`` was written by the command of release 0.1: ``citycontext publish ldes entities.json stream``.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from citycontext.errors import ConfigurationError
from citycontext.publish import EventStream, Publication

FOLDER = Path(__file__).parent / "data" / "0.1"
URL = "https://data.stad.example/parkeren/"


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """Copy what was published: the stream, its state beside it, its configuration and the entities."""
    return Path(shutil.copytree(FOLDER, tmp_path / "0.1"))


def entities() -> list[dict[str, Any]]:
    """Return the versions that were published."""
    found: list[dict[str, Any]] = json.loads((FOLDER / "entities.json").read_text())
    return found


def followed(stream: Path) -> dict[str, dict[str, Any]]:
    """Follow the links from the root, and return every member by its IRI; each is found once."""
    members: dict[str, dict[str, Any]] = {}
    todo = [f"{URL}ldes.jsonld"]
    for url in todo:
        node, collection = json.loads((stream / url.removeprefix(URL)).read_text())["@graph"]
        assert node["@id"] == url
        assert collection["@id"] == f"{URL}ldes.jsonld#stream"
        for one in collection["tree:member"]:
            assert one["id"] not in members
            members[one["id"]] = one
        todo += sorted({one["tree:node"]["@id"] for one in node.get("tree:relation", ())} - set(todo))
    return members


def test_a_stream_is_gone_on_from(published: Path) -> None:
    """Members, their IRIs and the bytes of full pages stay; what is known is known; new versions go behind."""
    stream = published / "stream"
    before = followed(stream)
    page = (stream / "pages" / "00000000.jsonld").read_bytes()
    later = entities()[0]
    later["availableSpotNumber"] |= {"value": 190, "observedAt": "2026-05-01T08:15:00Z"}
    with EventStream(stream, Publication.load(published / "publish.toml")) as opened:
        assert opened.counts() == (6, 1)
        written = opened.write([*entities(), later])
        assert (written.published, written.known) == (1, 6)
        assert opened.counts() == (7, 1)
    after = followed(stream)
    new = f"{later['id']}/2026-05-01T08:15:00Z"
    assert {one: member for one, member in after.items() if one != new} == before
    assert after[new]["availableSpotNumber"]["value"] == 190
    assert (stream / "pages" / "00000000.jsonld").read_bytes() == page


def test_a_second_opening_changes_nothing(published: Path) -> None:
    """The state takes today's layout once; opened again it is as it was, to the byte of every page."""
    stream, publication = published / "stream", Publication.load(published / "publish.toml")
    for _ in range(2):
        with EventStream(stream, publication) as opened:
            opened.write(entities())
        files = {one: one.read_bytes() for one in stream.rglob("*.jsonld")}
    with EventStream(stream, publication) as opened:
        opened.write(entities())
        opened.apply_retention()
    assert {one: one.read_bytes() for one in stream.rglob("*.jsonld")} == files
    assert len(followed(stream)) == 6


def test_what_a_stream_began_with_is_still_held_on_to(published: Path) -> None:
    """A change that would give versions other addresses is refused, as 0.1 refused it."""
    configuration = published / "publish.toml"
    text = configuration.read_text()
    configuration.write_text(text.replace("https://data.stad.example/parkeren", "https://data.stad.example/elders"))
    with pytest.raises(ConfigurationError, match="stream has been published with"):
        EventStream(published / "stream", Publication.load(configuration)).close()


def test_a_configuration_is_taken_over(published: Path) -> None:
    """Each table that 0.1 had is read, and means what it meant."""
    publication = Publication.load(published / "publish-all-tables.toml")
    assert publication.dataset.title == {"nl": "Parkeergelegenheden", "en": "Car parks"}
    assert publication.dataset.contact.email == "opendata@stad.example"
    assert publication.dataset.themes == ("http://publications.europa.eu/resource/authority/data-theme/TRAN",)
    assert publication.allow["OffStreetParking"][0] == "name"
    assert publication.codes == {"ParkingSpot": ("name",)}
    assert publication.suppress_below == {"CrowdFlowObserved.peopleCount": 5}
    assert publication.stream is not None
    assert publication.stream.url == "https://data.stad.example/parkeren"
    assert publication.stream.time == ("dateObserved", "modifiedAt")
    assert publication.stream.members == "sosa"
    assert publication.stream.retention.latest_versions == 3
    assert publication.catalogue is not None
    assert publication.catalogue.contact.page == "https://www.stad.example/contact"


def test_a_stream_of_oslo_members_is_gone_on_from(published: Path) -> None:
    """Members that 0.1 wrote in a profile stay as they are, and what comes again is known."""
    stream = published / "stream-oslo"
    page = (stream / "pages" / "00000000.jsonld").read_bytes()
    later = entities()[3]
    later["availableSpotNumber"] |= {"value": 31, "observedAt": "2026-05-01T08:20:00Z"}
    with EventStream(stream, Publication.load(published / "publish-oslo.toml")) as opened:
        written = opened.write([*entities(), later])
        assert (written.published, written.known) == (1, 6)
        assert opened.counts() == (7, 1)
    assert (stream / "pages" / "00000000.jsonld").read_bytes() == page
    _, collection = json.loads((stream / "ldes.jsonld").read_text())["@graph"]
    assert collection["tree:member"][-1]["@id"] == f"{later['id']}/2026-05-01T08:20:00Z"
