"""The table of devices: read from CSV or TOML, and used by routes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from citycontext.bridge.config.bridge import BridgeConfig
from citycontext.bridge.mapping.devices import DeviceRegistry
from citycontext.bridge.message import Message
from citycontext.bridge.rehearsal.rehearsal import Rehearsal, Result
from citycontext.errors import ConfigurationError

CSV = "device;name;longitude;latitude;serial\nbin-1;Kouter;3.72;51.05;007\nbin-2;Muide;3.73;51.07;\n"


def test_csv_is_read_as_spreadsheets_write_it(tmp_path: Path) -> None:
    """Semicolons, a byte order mark, numbers, serial numbers that stay text, empty cells."""
    path = tmp_path / "devices.csv"
    path.write_text("\ufeff" + CSV, encoding="utf-8")
    devices = DeviceRegistry.load(path)
    assert devices.find("bin-1") == {
        "device": "bin-1",
        "name": "Kouter",
        "longitude": 3.72,
        "latitude": 51.05,
        "serial": "007",
    }
    assert "serial" not in (devices.find("bin-2") or {})
    assert devices.find("bin-3") is None
    by_name = DeviceRegistry.load(path, "name")
    assert (by_name.find("Muide") or {})["device"] == "bin-2"


def test_toml_has_a_table_for_each(tmp_path: Path) -> None:
    """With whatever it says."""
    path = tmp_path / "devices.toml"
    path.write_text('["bin-1"]\nplace = { longitude = 3.72 }\n')
    assert DeviceRegistry.load(path).find("bin-1") == {"place": {"longitude": 3.72}}


@pytest.mark.parametrize(
    ("content", "key", "says"),
    [
        ("", None, "the file is empty"),
        (CSV, "id", 'devices.csv:1: there is no column "id". There are: device, name'),
        (CSV + "bin-1;a;b;c;d\n", None, 'devices.csv:4: the device "bin-1" is there twice'),
        (CSV + "bin-3;a\n", None, "devices.csv:4: the line has 2 cells, the first has 5"),
        (CSV + ";a;b;c;d\n", None, "devices.csv:4: the line names no device"),
    ],
)
def test_a_wrong_table_is_explained(tmp_path: Path, content: str, key: str | None, says: str) -> None:
    """With the line."""
    path = tmp_path / "devices.csv"
    path.write_text(content)
    with pytest.raises(ConfigurationError) as caught:
        DeviceRegistry.load(path, key)
    assert says in str(caught.value)


def rehearse(folder: Path, topic: str, payload: bytes, **route: Any) -> Result:
    """Map a message of a device with what the table knows."""
    (folder / "devices.csv").write_text(CSV)
    (folder / "bridge.toml").touch()
    given = {
        "mqtt": {"url": "mqtt://localhost"},
        "context_broker": {"url": "http://localhost"},
        "devices": {"file": "devices.csv"},
        "route": [
            {
                "topic": "bins/{bin}",
                "device": "{bin}",
                "type": "WasteContainer",
                "id": "urn:ngsi-ld:WasteContainer:{registry.serial}",
                "attributes": {
                    "fillingLevel": "level",
                    "name": "registry.name",
                    "location": {"longitude": "registry.longitude", "latitude": "registry.latitude"},
                },
            }
            | route
        ],
    }
    config = BridgeConfig.from_dict(given).relative_to(folder)
    (result,) = Rehearsal(config).results([Message(topic, payload, 1_714_557_600.0)])
    return result


def test_a_route_finds_what_the_device_does_not_say(tmp_path: Path) -> None:
    """In attributes, positions and ids, under ``registry``."""
    (entity,) = rehearse(tmp_path, "bins/bin-1", b'{"level": 0.5}').entities
    assert entity["id"] == "urn:ngsi-ld:WasteContainer:007"
    assert entity["name"]["value"] == "Kouter"
    assert entity["location"]["value"]["coordinates"] == [3.72, 51.05]
    (plain,) = rehearse(tmp_path, "bins/bin-1", b"0.5", attributes={"fillingLevel": "value"}).entities
    assert plain["fillingLevel"]["value"] == 0.5


def test_an_unknown_device_is_left_without_or_refused(tmp_path: Path) -> None:
    """As the route says."""
    without = rehearse(tmp_path, "bins/bin-9", b'{"level": 0.5}', id="urn:ngsi-ld:WasteContainer:{bin}")
    assert set(without.entities[0]) == {"id", "type", "fillingLevel"}
    refused = rehearse(tmp_path, "bins/bin-9", b'{"level": 0.5}', device_required=True)
    assert refused.failure is not None
    assert refused.failure.reason == "the device 'bin-9' is not in devices.csv"


def test_looking_up_without_a_table_is_a_fault_of_configuration(tmp_path: Path) -> None:
    """It says what to add."""
    with pytest.raises(ConfigurationError, match=r"\[devices\] file"):
        BridgeConfig.from_dict(
            {
                "mqtt": {"url": "mqtt://localhost"},
                "context_broker": {"url": "http://localhost"},
                "route": [
                    {"topic": "a/{x}", "device": "{x}", "type": "T", "id": "urn:x:{x}", "attributes": {"v": "v"}}
                ],
            }
        )


def test_an_eui_is_found_however_it_is_spelt(tmp_path: Path) -> None:
    """The table in capitals, the network server without; twice in two spellings is a fault of the table."""
    path = tmp_path / "devices.csv"
    path.write_text("eui,lon\n70B3D57ED0ABCDEF,3.72\n")
    devices = DeviceRegistry.load(path)
    for eui in ("70b3d57ed0abcdef", "70-B3-D5-7E-D0-AB-CD-EF", "70:b3:d5:7e:d0:ab:cd:ef"):
        assert (devices.find(eui) or {})["lon"] == 3.72
    path.write_text("eui,lon\n70B3D57ED0ABCDEF,3.72\n70-b3-d5-7e-d0-ab-cd-ef,3.73\n")
    with pytest.raises(ConfigurationError, match="are one EUI"):
        DeviceRegistry.load(path)


def test_a_table_with_semicolons_may_have_decimal_commas(tmp_path: Path) -> None:
    """As spreadsheets of most of Europe write it; with commas between cells there are not."""
    path = tmp_path / "devices.csv"
    path.write_text("device;lon;lat\nbin-1;3,72;51,05\n")
    assert DeviceRegistry.load(path).find("bin-1") == {"device": "bin-1", "lon": 3.72, "lat": 51.05}
    path.write_text('device,lon\nbin-1,"3,72"\n')
    assert DeviceRegistry.load(path).find("bin-1") == {"device": "bin-1", "lon": "3,72"}
