"""An event stream on a full disk: nothing half, nothing lost, and on it goes once there is room, without a restart."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from citycontext.errors import PublicationError
from citycontext.publish import EventStream
from citycontext.publish.ldes.retention import GRACE

MAY = datetime(2026, 5, 1, tzinfo=UTC).timestamp()


def fill(folder: Path) -> Path:
    """Take all of the room that is left on a disk."""
    path = folder / "filler"
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(min(65_536, max(4096, os.statvfs(folder).f_bavail * 4096))))
        except OSError:
            pass
    return path


def large(parkings, count: int, start: int = 0, **of: int) -> list[dict]:
    """Make parkings of about ten kilobytes, whose times go on from a number."""
    found = list(parkings(start + count, **of))[start:]
    for one in found:
        one["name"] = {"type": "Property", "value": "x" * 10_000}
    return found


def test_retention_makes_room_on_a_full_disk(small_disk, make_publication, parkings, follow) -> None:
    """A stream that filled its disk says so; when its versions have grown old, they go, and it publishes again."""
    now = [MAY]
    publication = make_publication(page_size=10, retention={"max_age": "P1D"})
    with EventStream(small_disk / "site", publication, now=lambda: now[0]) as stream:
        everything = large(parkings, 2_900, of=1)
        with pytest.raises(PublicationError, match="nearly full"):
            for start in range(0, len(everything), 50):
                stream.write(everything[start : start + 50])
        assert 500 < stream.counts()[0] < 2_900
        fill(small_disk)
        now[0] = MAY + 3_000 * 60
        assert stream.apply_retention() > 500
        now[0] += GRACE + 1
        assert stream.write(large(parkings, 50, 2_950, of=1)).published == 50
        kept = stream.counts()[0]
    assert not list((small_disk / "site").rglob("*.new"))
    assert len(follow(small_disk / "site")) == kept


def test_what_the_disk_refused_is_published_once_there_is_room(small_disk, make_publication, parkings, follow) -> None:
    """Versions that met a full disk are not half published; the same stream takes them later, and links to each."""
    with EventStream(small_disk / "site", make_publication(page_size=10)) as stream:
        everything = large(parkings, 300)
        stream.write(everything[:100])
        filler = fill(small_disk)
        for start in range(100, 300, 50):
            with pytest.raises(PublicationError):
                stream.write(everything[start : start + 50])
        filler.unlink()
        assert stream.write(everything[100:]).published == 200
    assert len(list(follow(small_disk / "site", most=10))) == 300
