"""When it was so, and when it was made public; what comes late, and what is corrected."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from citycontext.errors import ConfigurationError, PublicationError
from citycontext.ngsild.time import parse_datetime
from citycontext.publish import EventStream
from citycontext.publish.ldes.withdrawal import Withdrawal

ISSUED = "http://purl.org/dc/terms/issued"
GENERATED = "http://www.w3.org/ns/prov#generatedAtTime"
REVISION = "http://www.w3.org/ns/prov#wasRevisionOf"
P0 = "urn:ngsi-ld:OffStreetParking:gent:p0"
MAY = datetime(2026, 5, 1, tzinfo=UTC).timestamp()


def issued(member: dict) -> datetime:
    return parse_datetime(member[ISSUED]["@value"])


def with_value(entity: dict, value: float) -> dict:
    return {**entity, "availableSpotNumber": {**entity["availableSpotNumber"], "value": value}}


def root_of(site: Path) -> dict:
    return orjson.loads((site / "ldes.jsonld").read_bytes())["@graph"][1]


def of_the_first_layout(state: Path, *, revisions: bool) -> None:
    """Bring a ledger to the layout of citycontext 0.1, as it would have written the same stream."""
    with sqlite3.connect(state) as db:
        db.executescript("""
            CREATE TABLE v (entity INTEGER, at INTEGER, page INTEGER, PRIMARY KEY (entity, at)) WITHOUT ROWID;
            INSERT INTO v SELECT entity, at, page FROM version; DROP TABLE version; ALTER TABLE v RENAME TO version;
            CREATE TABLE w (entity INTEGER, at INTEGER, body BLOB NOT NULL, PRIMARY KEY (at, entity)) WITHOUT ROWID;
            INSERT INTO w SELECT entity, at, body FROM waiting; DROP TABLE waiting; ALTER TABLE w RENAME TO waiting;
            ALTER TABLE page DROP COLUMN published_low; ALTER TABLE page DROP COLUMN published_high;
            DELETE FROM setting WHERE name IN ('published_path', 'last published');
        """)
        if not revisions:
            db.execute("ALTER TABLE page DROP COLUMN revision")
        db.execute(f"PRAGMA user_version = {int(revisions)}")
    db.close()


@pytest.fixture(params=[False, True], ids=["layout 0", "layout 1"])
def old_site(request, tmp_path, make_publication, parkings) -> Path:
    """A stream as citycontext 0.1 left it, its files and its ledger."""
    site = tmp_path / "site"
    with EventStream(site, make_publication(page_size=4)) as stream:
        stream.write(parkings(10))
    for path in [*(site / "pages").iterdir(), site / "ldes.jsonld"]:
        document = orjson.loads(path.read_bytes())
        for member in document["@graph"][1]["tree:member"]:
            del member[ISSUED]
        path.write_bytes(orjson.dumps(document))
    with sqlite3.connect(tmp_path / "site.sqlite") as db:
        for entity, body in db.execute("SELECT entity, body FROM waiting").fetchall():
            member = orjson.loads(body)
            del member[ISSUED]
            db.execute("UPDATE waiting SET body = ? WHERE entity = ?", (orjson.dumps(member), entity))
    db.close()
    of_the_first_layout(tmp_path / "site.sqlite", revisions=request.param)
    return site


def test_members_are_in_the_order_in_which_they_were_made_public(tmp_path, make_publication, parkings, follow) -> None:
    """Late states come after those that were public before, whatever the clock says, and no two at one instant."""
    now = [MAY + 3_600]
    site = tmp_path / "site"
    entities = list(parkings(30, of=3))
    seen: list[str] = []
    with EventStream(site, make_publication(page_size=4), now=lambda: now[0]) as stream:
        for part, clock in ((entities[20:], 3_600), (entities[:10], 1_800), (entities[10:20], 7_200)):
            now[0] = MAY + clock
            assert stream.write(part).published == 10
            members = sorted(follow(site), key=issued)
            assert [one["id"] for one in members][: len(seen)] == seen
            seen = [one["id"] for one in members]
    assert len({issued(one) for one in members}) == 30
    assert issued(members[0]) == datetime.fromtimestamp(MAY + 3_600, UTC)
    assert issued(members[-1]) >= datetime.fromtimestamp(MAY + 7_200, UTC)
    assert {one[GENERATED]["@value"] for one in members} == {
        one["availableSpotNumber"]["observedAt"] for one in entities
    }
    assert root_of(site)["ldes:timestampPath"] == {"@id": ISSUED}


def test_a_corrected_reading_is_a_version_of_its_own(tmp_path, make_publication, parkings, follow) -> None:
    """Another value for the same instant is published, its IRI and a link say so, and each of them is known again."""
    site = tmp_path / "site"
    publication = make_publication(page_size=2)
    (first,) = parkings(1)
    with EventStream(site, publication) as stream:
        stream.write([first])
        assert stream.write([with_value(first, 7), with_value(first, 8)]).published == 2
    with EventStream(site, publication) as stream:
        written = stream.write([first, with_value(first, 8.0), with_value(first, 7)])
        assert (written.published, written.known) == (0, 3)
    members = sorted(follow(site), key=issued)
    iri = f"{P0}/2026-05-01T00:00:00Z"
    assert [one["id"] for one in members] == [iri, f"{iri}-2", f"{iri}-3"]
    assert [one["availableSpotNumber"]["value"] for one in members] == [0, 7, 8]
    assert [one.get(REVISION) for one in members] == [None, {"@id": iri}, {"@id": f"{iri}-2"}]
    assert {one[GENERATED]["@value"] for one in members} == {"2026-05-01T00:00:00Z"}


def test_corrections_are_withdrawn_and_struck_as_others_are(tmp_path, make_publication, parkings, follow) -> None:
    """With the latest version alone kept, the correction stays; an entity goes with its corrections."""
    site = tmp_path / "site"
    entities = list(parkings(4, of=2))
    with EventStream(site, make_publication(page_size=2, retention={"latest_versions": 1})) as stream:
        stream.write(entities)
        stream.write([with_value(entities[2], 99), with_value(entities[0], 98)])
        stream.apply_retention()
        assert {one["id"]: one["availableSpotNumber"]["value"] for one in follow(site)} == {
            f"{P0}/2026-05-01T00:01:00Z-2": 99,
            f"{P0[:-1]}1/2026-05-01T00:01:00Z": 3,
        }
        stream.withdraw(Withdrawal(entity=P0))
        assert [one["id"] for one in follow(site)] == [f"{P0[:-1]}1/2026-05-01T00:01:00Z"]


def test_an_older_stream_goes_on(old_site, make_publication, parkings, follow) -> None:
    """A stream of 0.1 keeps its pages, IRIs and its order by event; what is known is known, and corrections come."""
    before = {path: path.read_bytes() for path in (old_site / "pages").iterdir()}
    with EventStream(old_site, make_publication(page_size=4)) as stream:
        assert stream.write(parkings(10)).known == 10
        entities = list(parkings(12))
        assert stream.write([with_value(entities[0], 77), with_value(entities[9], 78), *entities[10:]]).published == 4
        assert stream.write([with_value(entities[0], 77), *entities]).known == 13
    assert {path: path.read_bytes() for path in before} == before
    members = follow(old_site)
    assert len(members) == len({one["id"] for one in members}) == 14
    assert not any(ISSUED in one for one in members)
    assert f"{P0}/2026-05-01T00:00:00Z-2" in {one["id"] for one in members}
    assert root_of(old_site)["ldes:timestampPath"] == {"@id": GENERATED}


def test_a_stream_is_carried_over(old_site, make_publication, parkings, follow) -> None:
    """The old view keeps its addresses and tells its successor; the new one goes on by publication, without repeats."""
    publication = make_publication(page_size=4)
    before = {path: path.read_bytes() for path in (old_site / "pages").iterdir()}
    with EventStream(old_site, publication) as stream:
        stream.carry_over()
    with EventStream(old_site, publication) as stream:
        written = stream.write(parkings(15))
        assert (written.published, written.known) == (5, 10)
        assert stream.counts() == (15, 3)
    assert {path: path.read_bytes() for path in before} == before
    old, new = root_of(old_site), root_of(old_site / "2")
    following = "https://data.stad.example/parking/2/ldes.jsonld#stream"
    assert old["dct:isReplacedBy"] == {"@id": following}
    assert "ldes:pollingInterval" not in old
    assert old["ldes:timestampPath"] == {"@id": GENERATED}
    assert new["dct:replaces"] == {"@id": old["@id"]}
    assert new["@id"] == following
    assert new["ldes:timestampPath"] == {"@id": ISSUED}
    assert len(follow(old_site)) == 10
    page = orjson.loads((old_site / "2" / "pages" / "00000000.jsonld").read_bytes())["@graph"][1]
    assert all(ISSUED in one for one in page["tree:member"])
    with EventStream(old_site, publication, view=1) as closed, pytest.raises(PublicationError, match="is closed"):
        closed.write(parkings(1, first=50))


def test_withdrawal_and_retention_reach_all_views(tmp_path, make_publication, parkings, follow) -> None:
    """An entity is withdrawn from the closed view too, does not come again, and old pages of it go with time."""
    now = [MAY + 3_600]
    publication = make_publication(page_size=4, retention={"max_age": "P1D"})
    site = tmp_path / "site"
    with EventStream(site, publication, now=lambda: now[0]) as stream:
        stream.write(parkings(10))
        stream.carry_over()
    with EventStream(site, publication, now=lambda: now[0]) as stream:
        assert stream.withdraw(Withdrawal(entity=P0)).versions == 2
        assert stream.write(parkings(20)).withheld == 4
        assert {one["id"][:36] for one in follow(site)} == {f"{P0[:-1]}{n}" for n in range(1, 5)}
        assert P0.encode() not in (tmp_path / "site-2.sqlite").read_bytes()
        now[0] += 2 * 86_400
        assert stream.apply_retention() == 16


def test_one_property_cannot_tell_two_times(tmp_path, make_publication) -> None:
    """A new stream whose two times have one property is refused before anything is written."""
    with pytest.raises(ConfigurationError, match=r"stream\.timestamp_path"):
        EventStream(tmp_path / "site", make_publication(timestamp_path="dct:issued"))
