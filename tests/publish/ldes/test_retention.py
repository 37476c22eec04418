"""What a stream keeps no longer."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from citycontext.publish import EventStream
from citycontext.publish.ldes.retention import GRACE

DAY = 86_400.0
MAY = datetime(2026, 5, 1, tzinfo=UTC).timestamp()


class Clock:
    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def test_old_pages_go_and_their_files_later(tmp_path, make_publication, parkings, follow) -> None:
    """A page goes when all of it is too old: first the links to it, an hour later its file; the rest is found once."""
    clock = Clock(MAY)
    publication = make_publication(page_size=1, retention={"max_age": "P1D"})
    site = tmp_path / "site"
    with EventStream(site, publication, now=clock) as stream:
        for minute in range(1_000):
            clock.now = MAY + minute * 60
            stream.write(parkings(1, of=1, first=minute))
        clock.now = MAY + DAY + 500 * 60
        assert stream.apply_retention() == 500
        found = {one["id"][-20:] for one in follow(site)}
        assert len(found) == len(follow(site)) == 500
        assert min(found) == "2026-05-01T08:20:00Z"
        assert len(list((site / "pages").iterdir())) == 1_000
        clock.now += GRACE + 1
        stream.apply_retention()
        assert len(list((site / "pages").iterdir())) == 500
        assert len({one["id"] for one in follow(site)}) == 500 - 61
        clock.now += 10 * DAY
        assert stream.apply_retention() == 439
        assert follow(site) == []


def test_what_is_too_old_does_not_come_back(tmp_path, make_publication, parkings, follow) -> None:
    """Versions that went are not published again when the source still has them."""
    clock = Clock(MAY)
    publication = make_publication(page_size=3, retention={"max_age": "P1D"})
    with EventStream(tmp_path / "site", publication, now=clock) as stream:
        stream.write(parkings(10))
        clock.now = MAY + 2 * DAY
        assert stream.apply_retention() == 10
        clock.now += GRACE + 1
        stream.apply_retention()
        written = stream.write(parkings(10))
        assert (written.published, written.withheld) == (0, 10)
        assert follow(tmp_path / "site") == []


def test_only_the_latest_versions_stay(tmp_path, make_publication, parkings, follow) -> None:
    """Of each entity the newest two stay, in pages or in the root; older ones do not come back."""
    site = tmp_path / "site"
    with EventStream(site, make_publication(page_size=7, retention={"latest_versions": 2})) as stream:
        stream.write(parkings(100, of=5))
        assert stream.apply_retention() == 90
        found = sorted(one["id"][-23:] for one in follow(site))
        assert found == sorted(f"p{n}/2026-05-01T00:{m}:00Z" for n in range(5) for m in ("18", "19"))
        assert stream.counts()[0] == 10
        assert stream.write(parkings(100, of=5)).known == 100
        assert stream.apply_retention() == 0
        stream.write(parkings(5, of=5, first=100))
        assert stream.apply_retention() == 5
        assert len(follow(site)) == 10


def test_links_that_a_killed_process_owed_are_written(
    tmp_path, make_publication, parkings, follow, monkeypatch
) -> None:
    """A process that dies after it took pages out, before it wrote the links, is made up for on opening."""
    clock = Clock(MAY)
    publication = make_publication(page_size=1, retention={"max_age": "P1D"})
    site = tmp_path / "site"
    with EventStream(site, publication, now=clock) as stream:
        for minute in range(150):
            clock.now = MAY + minute * 60
            stream.write(parkings(1, of=1, first=minute))
        clock.now = MAY + DAY + 120 * 60
        monkeypatch.setattr(stream._files, "pay", lambda: pytest.fail("killed"))
        with pytest.raises(pytest.fail.Exception):
            stream.apply_retention()
    EventStream(site, publication, now=clock).close()
    assert len(follow(site)) == 30
