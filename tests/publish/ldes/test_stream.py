"""An event stream in a folder."""

from __future__ import annotations

import random
import time
from datetime import timedelta
from pathlib import Path

import orjson
import pytest

from citycontext.errors import ConfigurationError, PublicationError
from citycontext.ngsild.time import parse_datetime
from citycontext.publish import EventStream

ISSUED = "http://purl.org/dc/terms/issued"
PATH = "http://www.w3.org/ns/prov#generatedAtTime"


def test_each_version_is_found_exactly_once_by_links_alone(tmp_path, make_publication, parkings, follow) -> None:
    """Of 10,000 versions in pages of 40, a client that follows only TREE links finds each once, in small pages."""
    with EventStream(tmp_path / "site", make_publication(page_size=40)) as stream:
        written = stream.write(parkings(10_000))
        assert (written.published, written.known, written.withheld) == (10_000, 0, 0)
        assert stream.counts() == (10_000, 250)
    found = [one["id"] for one in follow(tmp_path / "site", most=40)]
    assert len(found) == 10_000
    assert set(found) == {f"{one['id']}/{one['availableSpotNumber']['observedAt']}" for one in parkings(10_000)}


def test_the_same_again_changes_nothing(tmp_path, make_publication, parkings, follow) -> None:
    """Versions that come again, by another process or with their time spelt otherwise, are known."""
    publication = make_publication(page_size=7)
    with EventStream(tmp_path / "site", publication) as stream:
        stream.write(parkings(50))
    before = {path: path.read_bytes() for path in (tmp_path / "site").rglob("*.jsonld")}
    again = list(parkings(50))
    for one in again:
        one["availableSpotNumber"]["observedAt"] = one["availableSpotNumber"]["observedAt"].replace("Z", ".000Z")
    with EventStream(tmp_path / "site", publication) as stream:
        written = stream.write(again)
    assert (written.published, written.known) == (0, 50)
    assert {path: path.read_bytes() for path in (tmp_path / "site").rglob("*.jsonld")} == before


def test_full_pages_never_change(tmp_path, make_publication, parkings) -> None:
    """However much is added, late versions too, a page that was written once stays byte by byte."""
    publication = make_publication(page_size=10)
    entities = list(parkings(400))
    random.Random(1).shuffle(entities)
    pages: dict[Path, bytes] = {}
    with EventStream(tmp_path / "site", publication) as stream:
        for start in range(0, 400, 33):
            stream.write(entities[start : start + 33])
            for path, content in pages.items():
                assert path.read_bytes() == content
            pages |= {path: path.read_bytes() for path in (tmp_path / "site" / "pages").iterdir()}
    assert len(pages) == 40


def test_relations_tell_the_truth(tmp_path, make_publication, parkings) -> None:
    """Every member below a link is within what the link says of its times, though versions came in any order."""
    entities = list(parkings(3000))
    random.Random(2).shuffle(entities)
    site = tmp_path / "site"
    with EventStream(site, make_publication(page_size=10)) as stream:
        stream.write(entities)

    def times_below(name: str) -> list[tuple[str, str]]:
        node, collection = orjson.loads((site / name).read_bytes())["@graph"]
        times = [(one[ISSUED]["@value"], one[PATH]["@value"]) for one in collection["tree:member"]]
        below: dict[str, list[tuple[str, str]]] = {}
        for relation in node.get("tree:relation", ()):
            child = relation["tree:node"]["@id"].removeprefix("https://data.stad.example/parking/")
            if child not in below:
                below[child] = times_below(child)
            bound = relation["tree:value"]["@value"]
            number = [ISSUED, PATH].index(relation["tree:path"]["@id"])
            found = [parse_datetime(one[number]) for one in below[child]]
            if relation["@type"] == "tree:GreaterThanOrEqualToRelation":
                assert min(found) == parse_datetime(bound)
            else:
                assert relation["@type"] == "tree:LessThanRelation"
                assert max(found) + timedelta(microseconds=1) == parse_datetime(bound)
        return times + [one for child in below.values() for one in child]

    assert len(times_below("ldes.jsonld")) == 3000


def test_the_root_stays_small(tmp_path, make_publication, parkings) -> None:
    """The root links to index nodes, not to every page: 1,234 pages of one member are 12 + 34 links."""
    with EventStream(tmp_path / "site", make_publication(page_size=1)) as stream:
        stream.write(parkings(1_234))
    node, _ = orjson.loads((tmp_path / "site" / "ldes.jsonld").read_bytes())["@graph"]
    assert len({one["tree:node"]["@id"] for one in node["tree:relation"]}) == 12 + 34


def test_a_member_is_what_may_be_published_and_when(tmp_path, make_publication, parkings, follow) -> None:
    """A member has its own IRI, the entity it is a version of, its time, and the listed attributes alone."""
    with EventStream(tmp_path / "site", make_publication()) as stream:
        stream.write(parkings(1))
        assert stream.report.count("attribute-not-listed") == 1
    (member,) = follow(tmp_path / "site")
    assert member.pop(ISSUED)["@type"] == "http://www.w3.org/2001/XMLSchema#dateTime"
    assert member == {
        "id": "urn:ngsi-ld:OffStreetParking:gent:p0/2026-05-01T00:00:00Z",
        "type": "OffStreetParking",
        "http://purl.org/dc/terms/isVersionOf": {"@id": "urn:ngsi-ld:OffStreetParking:gent:p0"},
        PATH: {"@type": "http://www.w3.org/2001/XMLSchema#dateTime", "@value": "2026-05-01T00:00:00Z"},
        "name": {"type": "Property", "value": "P0"},
        "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [3.72, 51.05]}},
        "availableSpotNumber": {
            "type": "Property",
            "value": 0,
            "observedAt": "2026-05-01T00:00:00Z",
            "unitCode": "C62",
        },
    }


@pytest.mark.parametrize(
    ("settings", "wire", "when"),
    [
        ({"time": "modifiedAt"}, {"modifiedAt": "2026-05-02T08:00:00+02:00"}, "2026-05-02T06:00:00Z"),
        (
            {"time": "dateObserved"},
            {"dateObserved": {"type": "Property", "value": "2026-05-02T06:00:00Z"}},
            "2026-05-02T06:00:00Z",
        ),
        (
            {"time": ["dateObserved", "observedAt"]},
            {"dateObserved": {"type": "Property", "value": "2026-05-02T06:00:00Z/2026-05-02T07:00:00Z"}},
            "2026-05-02T07:00:00Z",
        ),
        ({"time": ["createdAt", "observedAt"]}, {}, "2026-05-01T00:00:00Z"),
    ],
)
def test_the_time_of_a_version_is_where_the_publication_says(
    tmp_path, make_publication, parkings, follow, settings, wire, when
) -> None:
    """A version's time is a time the broker set, one that an attribute holds, or the end of an interval."""
    with EventStream(tmp_path / "site", make_publication(**settings)) as stream:
        stream.write({**one, **wire} for one in parkings(1))
    assert [one[PATH]["@value"] for one in follow(tmp_path / "site")] == [when]


def test_no_time_is_not_made_up(tmp_path, make_publication, parkings) -> None:
    """A state without a time, or with one that has no zone, is withheld with a finding."""
    first, second = parkings(2)
    del first["availableSpotNumber"]["observedAt"]
    second["availableSpotNumber"]["observedAt"] = "2026-05-01T00:00:00"
    with EventStream(tmp_path / "site", make_publication()) as stream:
        written = stream.write([first, second])
        assert (written.published, written.withheld) == (0, 2)
        assert stream.report.count("no-time") == 2


def test_marks_are_kept_with_what_they_mark(tmp_path, make_publication, parkings) -> None:
    """A source's mark is there after the entities that led to it, also when there were none."""
    publication = make_publication()
    with EventStream(tmp_path / "site", publication) as stream:
        assert stream.mark("history:OffStreetParking") is None
        stream.write(parkings(3), mark=("history:OffStreetParking", "one"))
        stream.write([], mark=("history:OffStreetParking", "two"))
    with EventStream(tmp_path / "site", publication) as stream:
        assert stream.mark("history:OffStreetParking") == "two"


def test_an_error_in_the_source_leaves_what_was_written(tmp_path, make_publication, parkings, follow) -> None:
    """A source that fails ends the run; batches before that stand, and the next run completes them."""

    def failing():
        yield from parkings(2_500)
        raise OSError("gone")

    publication = make_publication(page_size=100)
    with EventStream(tmp_path / "site", publication) as stream:
        with pytest.raises(OSError, match="gone"):
            stream.write(failing())
        assert len(follow(tmp_path / "site")) == 2_000
        assert stream.write(parkings(2_500)).published == 500


def test_one_writer_at_a_time(tmp_path, make_publication) -> None:
    """A second process is told that the stream is in use, instead of spoiling it."""
    with (
        EventStream(tmp_path / "site", make_publication()),
        pytest.raises(PublicationError, match="another process is writing"),
    ):
        EventStream(tmp_path / "site", make_publication())
    EventStream(tmp_path / "site", make_publication()).close()


def test_what_iris_are_made_of_does_not_change(tmp_path, make_publication) -> None:
    """A stream that has begun refuses another delimiter, time path or address, and names the key."""
    EventStream(tmp_path / "site", make_publication()).close()
    with pytest.raises(ConfigurationError, match=r"stream\.delimiter"):
        EventStream(tmp_path / "site", make_publication(delimiter="#"))
    with pytest.raises(ConfigurationError, match=r"stream\.timestamp_path"):
        EventStream(tmp_path / "site", make_publication(timestamp_path="dct:modified"))


def test_a_damaged_state_is_an_error_that_names_it(tmp_path, make_publication, parkings) -> None:
    """A state file that is not a database, and pages that have gone, are told apart from an empty stream."""
    (tmp_path / "site.sqlite").write_bytes(b"no database at all" * 100)
    with pytest.raises(PublicationError, match=r"site\.sqlite: the state of the stream is damaged"):
        EventStream(tmp_path / "site", make_publication())
    with EventStream(tmp_path / "other", make_publication(page_size=1)) as stream:
        stream.write(parkings(1))
    (tmp_path / "other" / "pages" / "00000000.jsonld").unlink()
    with pytest.raises(PublicationError, match="the page is missing"):
        EventStream(tmp_path / "other", make_publication(page_size=1))


def test_a_missing_licence_is_a_warning(tmp_path, make_publication) -> None:
    """A stream without a licence is written, and the report says that it has none."""
    publication = make_publication()
    bare = publication.model_copy(update={"dataset": publication.dataset.model_copy(update={"licence": None})})
    with EventStream(tmp_path / "site", bare) as stream:
        assert [one.finding.rule for one in stream.report] == ["no-licence"]


def test_it_keeps_pace(tmp_path, make_publication, parkings) -> None:
    """Versions are written at some speed: this test has a tenth of what the benchmark asks for, to be steady."""
    entities = list(parkings(2_000))
    with EventStream(tmp_path / "site", make_publication()) as stream:
        begun = time.process_time()
        stream.write(entities)
        assert 2_000 / (time.process_time() - begun) > 500
