"""``citycontext entities import`` of spreadsheets and other files of rows."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from citycontext import Client
from citycontext.tables.sheets import read_table


@pytest.fixture(autouse=True)
def _own_state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def parking(path: Path, *rows: list[Any]) -> None:
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet("Parkings")
        page.write_string(0, 0, "Parkings van de stad")
        page.write_row(2, 0, ["Naam", "Vrije plaatsen", "Lat", "Lon"])
        for number, row in enumerate(rows, 3):
            page.write_row(number, 0, row)


GOOD = ["P+R De Pinte / Noord", 12, 51.0184, 3.7274]
BAD = ["Veemarkt", "geen", 50.8172, 3.2618]


def test_a_spreadsheet_comes_into_a_broker(url: str, command: Any, tmp_path: Path) -> None:
    """A rehearsal shows what becomes of it and writes the mapping; the import obeys the mapping as it was edited."""
    parking(tmp_path / "parking.xlsx", GOOD)
    rehearsed = command("entities", "import", "parking.xlsx", "--type", "OffStreetParking", "--dry-run")
    assert rehearsed.returncode == 0, rehearsed
    assert "1 row: 1 becomes an entity, 0 refused." in rehearsed.stdout
    assert "1 would be created, 0 changed, 0 are equal." in rehearsed.stdout
    assert "urn:ngsi-ld:OffStreetParking:p-r-de-pinte-noord" in rehearsed.stdout
    mapping = tmp_path / "parking.map.toml"
    mapping.write_text(mapping.read_text().replace("OffStreetParking:", "OffStreetParking:pinte:"))
    done = command("entities", "import", "parking.xlsx")
    assert done.returncode == 0, done
    assert done.stdout.startswith("1 entity written, 0 refused")
    with Client(url, context="models") as client:
        entity = client.entities.retrieve("urn:ngsi-ld:OffStreetParking:pinte:p-r-de-pinte-noord")
        assert entity.to_dict()["availableSpotNumber"]["value"] == 12
    again = command("entities", "import", "parking.xlsx", "--dry-run")
    assert "0 would be created, 0 changed, 1 are equal." in again.stdout


def test_what_is_left_out_and_what_is_alike_is_said_once(url: str, command: Any, tmp_path: Path) -> None:
    """Columns without an attribute are named at the import; cells with the same fault share a line."""
    rows = "".join(f"P{number};veel;rood\n" for number in range(8)) + "P9;weinig;rood\n"
    rows += "".join(f"Q{number};{number};groen\n" for number in range(30))
    (tmp_path / "parking.csv").write_text(f"Naam;Vrije plaatsen;Kleur van de poort\n{rows}")
    done = command("entities", "import", "parking.csv", "--type", "OffStreetParking")
    assert "1 column left out: Kleur van de poort; parking.map.toml says why\n" in done.stderr
    assert "error: B2, B3, B4, B5, B6 and 3 more (Vrije plaatsen): a number belongs here" in done.stderr
    assert "error: B10 (Vrije plaatsen): a number belongs here" in done.stderr
    assert done.stderr.count("a number belongs here") == 2


def test_refused_rows_are_mended_and_imported(url: str, command: Any, tmp_path: Path) -> None:
    """A wrong cell is named, its row comes back as a sheet, and that sheet, mended, goes in by the same mapping."""
    parking(tmp_path / "parking.xlsx", GOOD, BAD)
    done = command("entities", "import", "parking.xlsx", "--type", "OffStreetParking", "--refused", "refused.xlsx")
    assert done.returncode == 1
    assert done.stdout.startswith("1 entity written, 1 refused")
    assert "error: B5 (Vrije plaatsen): a number belongs here" in done.stderr
    back = read_table(tmp_path / "refused.xlsx")
    (row,) = back.rows
    values = dict(zip(back.columns, row.values, strict=True))
    assert values["row in the file"] == 5
    assert "B5" in values["why it was refused"]
    parking(tmp_path / "refused.xlsx", [values["Naam"], 4, values["Lat"], values["Lon"]])
    mended = command("entities", "import", "refused.xlsx", "--map", "parking.map.toml")
    assert mended.returncode == 0, mended
    with Client(url, context="models") as client:
        assert client.entities.query("OffStreetParking").count() == 2


def test_what_the_broker_refuses_comes_back_too(url: str, command: Any, tmp_path: Path) -> None:
    """An entity that the broker refuses is its row, with the broker's reason."""
    (tmp_path / "bins.csv").write_text("id,level\n1,2\n2,3\n")
    (tmp_path / "bins.map.toml").write_text(
        'type = "Bin"\n[id]\nfrom = "id"\n[attributes.level]\nfrom = "level"\n'
        '[attributes.shape]\nvalue = { type = "Circle" }\nkind = "GeoProperty"\n'
    )
    done = command("entities", "import", "bins.csv", "--refused", "refused.csv")
    assert done.returncode == 1
    assert done.stdout.startswith("0 entities written, 2 refused")
    assert len(read_table(tmp_path / "refused.csv").rows) == 2


def test_rows_and_entities_are_told_apart(url: str, command: Any, tmp_path: Path) -> None:
    """NDJSON of entities is imported as it is; NDJSON of rows needs a type, and says so."""
    (tmp_path / "entities.ndjson").write_text('{"id": "urn:ngsi-ld:Bin:1", "type": "Bin"}\n')
    assert command("entities", "import", "entities.ndjson").stdout.startswith("1 entity written")
    (tmp_path / "rows.ndjson").write_text('{"naam": "a", "vrij": 1}\n{"naam": "b", "vrij": 2}\n')
    asked = command("entities", "import", "rows.ndjson")
    assert asked.returncode == 2
    assert "--type" in asked.stderr
    assert command("entities", "import", "rows.ndjson", "--type", "OffStreetParking").stdout.startswith("2 entities")


def test_what_a_broker_gives_as_geojson_goes_back(url: str, command: Any, tmp_path: Path) -> None:
    """GeoJSON with whole attributes is entities; simple properties are rows."""
    feature = {"type": "Feature", "geometry": None, "properties": {"naam": "a", "vrij": 3}}
    (tmp_path / "p.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    done = command("entities", "import", "p.geojson", "--type", "OffStreetParking")
    assert done.stdout.startswith("1 entity written"), done


def test_a_wrong_type_or_file_is_one_line(url: str, command: Any, refusal: Any, tmp_path: Path) -> None:
    """An encrypted file, a mapping of another type and a sheet for refused rows that is none end in one line."""
    (tmp_path / "a.xlsx").write_bytes(b"")
    assert "the file is empty" in refusal(command("entities", "import", "a.xlsx", "--type", "Bin"))
    parking(tmp_path / "parking.xlsx", GOOD)
    (tmp_path / "parking.map.toml").write_text('type = "Bin"\n[attributes.name]\nfrom = "Naam"\n')
    assert "--type says Other" in refusal(command("entities", "import", "parking.xlsx", "--type", "Other"))
    said = refusal(command("entities", "import", "parking.xlsx", "--refused", "refused.json"))
    assert "refused.xlsx" in said


def test_validate_takes_the_same_files(command: Any, refusal: Any, tmp_path: Path) -> None:
    """A spreadsheet is checked by cell, with the model that is named or the mapping beside it; nothing is written."""
    parking(tmp_path / "parking.xlsx", GOOD, ["Haven", "geen", 51.0, 3.7], ["Kaai", 3, 51.0, 3.7])
    unknown = command("validate", "parking.xlsx")
    assert unknown.returncode == 1
    assert "--model TYPE" in unknown.stdout
    done = command("validate", "parking.xlsx", "--model", "OffStreetParking", "-o", "json")
    assert done.returncode == 1
    assert "B5" in done.stdout
    assert not (tmp_path / "parking.map.toml").exists()
    command("entities", "import", "parking.xlsx", "--type", "OffStreetParking", "--dry-run")
    assert "B5: a number belongs here" in command("validate", "parking.xlsx").stdout


def test_a_file_without_a_type_says_what_it_looks_like(url: str, command: Any, refusal: Any, tmp_path: Path) -> None:
    """Who names no type is offered those that the columns look like."""
    parking(tmp_path / "parking.xlsx", GOOD)
    said = refusal(command("entities", "import", "parking.xlsx"))
    assert "They look like" in said
    assert "OffStreetParking" in said


def test_feeds_of_known_forms(url: str, command: Any, tmp_path: Path) -> None:
    """GTFS stops in a zip, GBFS that was saved to a folder, and records of Opendatasoft are imported by --preset."""
    with zipfile.ZipFile(tmp_path / "gtfs.zip", "w") as archive:
        archive.writestr(
            "feed/stops.txt",
            "stop_id,stop_name,stop_lat,stop_lon,parent_station,location_type,wheelchair_boarding\r\n"
            "S1,Korenmarkt,51.0547,3.7217,,1,1\r\nS2,Korenmarkt perron 1,51.0546,3.7216,S1,0,2\r\n",
        )
    done = command("entities", "import", "gtfs.zip", "--preset", "gtfs-stops")
    assert done.stdout.startswith("2 entities written, 0 refused"), done
    with Client(url, context="models") as client:
        stop = client.entities.retrieve("urn:ngsi-ld:GtfsStop:S2").to_dict()
        assert stop["hasParentStation"]["object"] == "urn:ngsi-ld:GtfsStop:S1"
    feeds = [
        {"name": name, "url": f"https://bikes.example/{name}"} for name in ("station_information", "station_status")
    ]
    documents = {
        "gbfs": {"version": "3.0", "data": {"feeds": feeds}},
        "station_information": {"data": {"stations": [{"station_id": "1", "name": "Zuid", "lat": 51.0, "lon": 3.7}]}},
        "station_status": {
            "last_updated": 1700000000,
            "data": {"stations": [{"station_id": "1", "num_vehicles_available": 3, "num_docks_available": 2}]},
        },
    }
    for name, document in documents.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(document))
    done = command("entities", "import", "gbfs.json", "--preset", "gbfs")
    assert done.stdout.startswith("1 entity written, 0 refused"), done
    record = {"naam": "Tolhuis", "vrijeplaatsen": 3, "geo_point_2d": {"lon": 3.72, "lat": 51.06}}
    (tmp_path / "records.json").write_text(json.dumps({"total_count": 1, "results": [record]}))
    done = command("entities", "import", "records.json", "--preset", "opendatasoft", "--type", "OffStreetParking")
    assert done.stdout.startswith("1 entity written, 0 refused"), done
    with Client(url, context="models") as client:
        (place,) = client.entities.query("OffStreetParking")
        assert place.to_dict()["location"]["value"]["coordinates"] == [3.72, 51.06]
        (bikes,) = client.entities.query("BikeHireDockingStation")
        assert bikes.to_dict()["availableBikeNumber"]["value"] == 3
    assert "Known are" in command("entities", "import", "x.json", "--preset", "other").stderr
