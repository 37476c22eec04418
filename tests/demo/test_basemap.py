"""A base map out of a file, drawn by the page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from citycontext.broker import LocalBroker, Server

pytestmark = pytest.mark.browser

WATER = "rgb(183, 213, 227)"


def field(number: int, content: bytes | int) -> bytes:
    """Write a field of a vector tile: a number, or bytes with their length."""
    if isinstance(content, int):
        return varint(number << 3) + varint(content)
    return varint(number << 3 | 2) + varint(len(content)) + content


def varint(number: int) -> bytes:
    """Write a number in parts of seven bits."""
    parts = []
    while number > 0x7F:
        parts.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes((*parts, number))


def water_everywhere() -> bytes:
    """Return a vector tile that is a single sea."""
    steps = [9, 0, 0, 26, 8192, 0, 0, 8192, 8191, 0, 15]  # to 0/0; right, down and left by 4096; close
    shape = field(3, 3) + field(4, b"".join(map(varint, steps)))
    layer = field(15, 2) + field(1, b"water") + field(2, shape) + field(5, 4096)
    return field(3, layer)


def city_file(path: Path) -> Path:
    """Write a file with that tile for the whole world."""
    tile = pytest.importorskip("pmtiles.tile", reason="pmtiles is not installed")
    with pytest.importorskip("pmtiles.writer").write(str(path)) as writer:
        writer.write_tile(0, water_everywhere())
        numbers = (
            "min_lon_e7",
            "min_lat_e7",
            "max_lon_e7",
            "max_lat_e7",
            "center_zoom",
            "center_lon_e7",
            "center_lat_e7",
        )
        kind = {"tile_type": tile.TileType.MVT, "tile_compression": tile.Compression.NONE}
        header = {**kind, "min_zoom": 0, "max_zoom": 0, **dict.fromkeys(numbers, 0)}
        writer.finalize(header, {"attribution": '<a href="javascript:alert(1)">City of Gent</a>'})
    return path


def test_vector_tiles_are_drawn_without_a_network(tmp_path: Path, open_tab: Callable[..., Any]) -> None:
    """The sea of the file is blue under the marker, its credit is text, and nobody else is asked."""
    entity = {
        "id": "urn:ngsi-ld:Thing:1",
        "type": "Thing",
        "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [3.72, 51.05]}},
    }
    with Server(LocalBroker(basemap=city_file(tmp_path / "city.pmtiles")), port=0) as server:
        httpx.post(f"{server.url}/ngsi-ld/v1/entities", json=entity).raise_for_status()
        tab = open_tab(server.url)
        tab.wait_for("document.querySelector('.marker')")
        pixel = (
            "(() => { const one = document.querySelector('.leaflet-tile-pane canvas'); if (!one) return '';"
            " const [r, g, b] = one.getContext('2d').getImageData(one.width / 2, one.height / 2, 1, 1).data;"
            " return `rgb(${r}, ${g}, ${b})`; })()"
        )
        tab.wait_for(f"{pixel} === '{WATER}'")
        credit = "document.querySelector('.leaflet-control-attribution')"
        assert tab.evaluate(f"{credit}.textContent") == "City of Gent"
        assert tab.evaluate(f"{credit}.querySelectorAll('a').length") == 0
        assert all(url.startswith((server.url, "data:")) for url in tab.requested)
        assert tab.errors == []
