"""Map tiles out of one file, read beside a library that writes such files."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import httpx
import pytest

from citycontext.broker import LocalBroker, Server
from citycontext.broker.page.map_tiles import MapTiles
from citycontext.errors import ConfigurationError

PLACES = [(z, x, y) for z in range(5) for x in range(0, 2**z, 1 + z // 3) for y in range(2**z)]


def written(path: Path, places: list[tuple[int, int, int]] = PLACES, kind: str = "PNG") -> Path:
    """Write a file of tiles, each of which says where it is; all of the last zoom's first column are alike."""
    tile = pytest.importorskip("pmtiles.tile", reason="pmtiles is not installed")
    writing = pytest.importorskip("pmtiles.writer")
    with writing.write(str(path)) as writer:
        for number in sorted(tile.zxy_to_tileid(*place) for place in places):
            z, x, y = tile.tileid_to_zxy(number)
            writer.write_tile(number, b"sea" if z == 4 and x == 0 else f"{z}/{x}/{y}".encode())
        writer.finalize(
            {
                "tile_type": tile.TileType[kind],
                "tile_compression": tile.Compression.NONE,
                "min_zoom": 0,
                "max_zoom": max(z for z, _, _ in places),
                "min_lon_e7": 0,
                "min_lat_e7": 0,
                "max_lon_e7": 0,
                "max_lat_e7": 0,
                "center_zoom": 0,
                "center_lon_e7": 0,
                "center_lat_e7": 0,
            },
            {"attribution": "City of Gent"},
        )
    return path


def test_each_tile_is_where_the_other_library_put_it(tmp_path: Path) -> None:
    """All tiles are found, those that share their bytes too, and one that is not in the file is not there."""
    tiles = MapTiles(written(tmp_path / "city.pmtiles"))
    for z, x, y in PLACES:
        assert tiles.tile(z, x, y) == (b"sea" if z == 4 and x == 0 else f"{z}/{x}/{y}".encode())
    assert tiles.tile(4, 1, 1) is None
    assert tiles.description() == {"kind": "image", "least": 0, "most": 4, "credit": "City of Gent"}


def test_tiles_of_a_file_with_directories_below_directories_are_found(tmp_path: Path) -> None:
    """A file so large that its directory is in parts is read all the same."""
    places = [(8, x, y) for x in range(0, 256, 2) for y in range(256)]
    tiles = MapTiles(written(tmp_path / "large.pmtiles", places))
    assert all(tiles.tile(*place) == "/".join(map(str, place)).encode() for place in places[:: len(places) // 50])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is not a file of map tiles"),
        (b"<!doctype html><title>404</title>" * 9, "is not a file of map tiles"),
        (b"PMTiles\x02" + bytes(200), "is not a file of map tiles"),
        (b"PMTiles\x03" + bytes(200), "of a kind or compression"),
    ],
)
def test_a_file_that_is_not_one_is_refused_in_a_line(tmp_path: Path, content: bytes, words: str) -> None:
    """An empty file, a web page, an older version and a header of zeros are told in one line, with the file's name."""
    path = tmp_path / "city.pmtiles"
    path.write_bytes(content)
    with pytest.raises(ConfigurationError) as refused:
        MapTiles(path)
    assert words in str(refused.value)
    assert str(path) in str(refused.value)


def test_a_file_that_is_cut_short_or_missing_is_refused(tmp_path: Path) -> None:
    """Half a download and a path without a file are told when the broker starts, not when somebody looks."""
    path = written(tmp_path / "city.pmtiles")
    path.write_bytes(path.read_bytes()[:140])
    with pytest.raises(ConfigurationError, match="cut short or damaged"):
        MapTiles(path)
    with pytest.raises(ConfigurationError, match="cannot be read: No such file"):
        LocalBroker(basemap=tmp_path / "none.pmtiles")


def test_the_broker_serves_the_tiles(tmp_path: Path) -> None:
    """Tiles come by their place; where none is, and for what is not a place, there is an answer without one."""
    broker = LocalBroker(basemap=written(tmp_path / "city.pmtiles"))
    with Server(broker, port=0) as server, httpx.Client(base_url=f"{server.url}/page") as page:
        settings: dict[str, Any] = page.get("/settings.json").json()
        assert settings["basemap"]["kind"] == "image"
        found = page.get("/tiles/2/1/1")
        assert (found.status_code, found.content, found.headers["content-type"]) == (200, b"2/1/1", "image/png")
        assert page.get("/tiles/4/1/1").status_code == 204
        for strange in ("9/0/0", "2/4/0", "2/99999999999/0"):
            assert page.get(f"/tiles/{strange}").status_code in (204, 404)
        for strange in ("a/b/c", "1/2", "-1/0/0", "²/0/0"):
            assert page.get(f"/tiles/{strange}").status_code == 404
    broker.close()


def test_packed_tiles_are_unpacked_by_who_asks(tmp_path: Path) -> None:
    """A vector tile that is packed in the file says so in the answer, and arrives whole."""
    path = written(tmp_path / "city.pmtiles", [(0, 0, 0)], "MVT")
    content = bytearray(path.read_bytes())
    packed = gzip.compress(b"0/0/0")
    at = int.from_bytes(content[56:64], "little")
    content[at:] = packed
    content[98] = 2
    path.write_bytes(_with_length(content, len(packed)))
    with Server(LocalBroker(basemap=path), port=0) as server:
        answer = httpx.get(f"{server.url}/page/tiles/0/0/0")
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.content == b"0/0/0"


def _with_length(content: bytearray, length: int) -> bytes:
    """Return a file of one tile that says how long that tile is."""
    root, size = (int.from_bytes(content[at : at + 8], "little") for at in (8, 16))
    directory = gzip.decompress(bytes(content[root : root + size]))
    changed = gzip.compress(bytes((*directory[:3], length, *directory[4:])))
    metadata = bytes(content[int.from_bytes(content[24:32], "little") :])
    end = len(content)
    content += changed
    content[8:24] = end.to_bytes(8, "little") + len(changed).to_bytes(8, "little")
    assert metadata
    return bytes(content)
