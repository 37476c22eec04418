"""The history of a stream as Parquet by type and day."""

from __future__ import annotations

import tracemalloc
from datetime import date, timedelta

from pyarrow import dataset, parquet

from citycontext.publish import EventStream, Report
from citycontext.publish.exports.history_files import write_history
from citycontext.publish.features.sources import StreamFolder
from citycontext.publish.ldes.withdrawal import Withdrawal

START = date(2026, 5, 1)
P1 = "urn:ngsi-ld:OffStreetParking:gent:p1"


def test_all_versions_are_one_table_by_type_and_day(tmp_path, make_publication, parkings) -> None:
    """Each version is a row in the file of its type and day, with numbers and times as such; corrections are there."""
    publication = make_publication(page_size=50)
    entities = list(parkings(3_000, of=1))
    corrected = {**entities[0], "availableSpotNumber": {**entities[0]["availableSpotNumber"], "value": -5}}
    with EventStream(tmp_path / "site", publication) as stream:
        stream.write(entities)
        stream.write([corrected])
    source = StreamFolder(tmp_path / "site", publication)
    assert write_history(source.versions(), tmp_path / "history", publication) == (3_001, 3)
    files = sorted(str(one.relative_to(tmp_path / "history")) for one in (tmp_path / "history").rglob("*.parquet"))
    assert files == [f"type=OffStreetParking/day=2026-05-0{n}/versions.parquet" for n in (1, 2, 3)]
    table = dataset.dataset(tmp_path / "history", partitioning="hive").to_table().to_pylist()
    assert sorted(one["availableSpotNumber"] for one in table) == [-5, *range(3_000)]
    assert {one["type"] for one in table} == {"OffStreetParking"}
    assert all(one["availableSpotNumber.observedAt"].date().isoformat() == str(one["day"]) for one in table)


def test_what_is_withdrawn_leaves_the_history(tmp_path, make_publication, parkings) -> None:
    """Written again, the files have what the stream has; a day that has nothing any more has no file."""
    publication = make_publication(page_size=50)
    with EventStream(tmp_path / "site", publication) as stream:
        stream.write(parkings(3_000, of=2))
        source = StreamFolder(tmp_path / "site", publication)
        assert write_history(source.versions(), tmp_path / "history", publication) == (3_000, 2)
        stream.withdraw(Withdrawal(entity=P1))
        assert write_history(source.versions(), tmp_path / "history", publication) == (1_500, 2)
    assert not list((tmp_path / "history").glob(".new-*"))
    for path in (tmp_path / "history").rglob("*.parquet"):
        assert P1 not in parquet.read_table(path)["id"].to_pylist()


def test_memory_is_bounded(tmp_path, make_publication, parkings) -> None:
    """Three times as many versions, of three times as many days, take no more memory."""
    publication = make_publication()
    cleared = publication.policy().clear(next(iter(parkings(1))), Report())
    peaks = []
    for count in (10_000, 30_000):
        versions = (((START + timedelta(days=number // 1_000)).isoformat(), cleared) for number in range(count))
        tracemalloc.start()
        assert write_history(versions, tmp_path / str(count), publication) == (count, count // 1_000)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.2 * peaks[0]
