"""Spreadsheets and files of rows: what is read of them, what is proposed, and what they become."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from citycontext.errors import ConfigurationError
from citycontext.models import describe
from citycontext.ngsild.names import is_uri
from citycontext.tables.sheets import (
    Conversion,
    RowResult,
    Table,
    TableError,
    TableMapping,
    load_mapping,
    propose,
    read_table,
    written_mapping,
)
from citycontext.tables.sheets.cells import (
    date_order_of,
    decimal_of,
    read_boolean,
    read_instant,
    read_number,
    slug,
)
from citycontext.tables.sheets.checking import check_row
from citycontext.tables.sheets.positions import read_shape
from citycontext.tables.sheets.refused import write_refused

BRUSSELS = ZoneInfo("Europe/Brussels")
NOON = dt.datetime.fromisoformat("2024-05-01T12:30")
Fill = Callable[[Any, Any], None]


@pytest.fixture
def workbook(tmp_path: Path) -> Callable[[Fill], Path]:
    """Write a workbook by what fills its first sheet."""

    def write(fill: Fill) -> Path:
        path = tmp_path / "parking.xlsx"
        with xlsxwriter.Workbook(path) as book:
            fill(book, book.add_worksheet("Parkings"))
        return path

    return write


def rows(page: Any, *rows: list[Any], first: int = 0) -> None:
    for number, row in enumerate(rows, first):
        page.write_row(number, 0, row)


def converted(table: Table, mapping: TableMapping) -> list[RowResult]:
    return list(Conversion(table, mapping))


def of_text(tmp_path: Path, text: str, name: str = "parking.csv", encoding: str = "utf-8") -> Table:
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return read_table(path)


def test_the_sheet_and_the_row_of_names_are_found(workbook: Callable[[Fill], Path]) -> None:
    """A sheet of explanations, a merged title and an empty row stand before the names; addresses stay right."""

    def fill(book: Any, page: Any) -> None:
        page.merge_range("B1:E1", "Parkings van de stad, mei 2024")
        rows(page, [None, "Naam", "Vrij"], [None, "Veemarkt", 12], [None, "Haven", 3], first=3)
        book.add_worksheet("Uitleg").write_string(0, 0, "Lees mij")
        book.add_worksheet("geheim").hide()

    table = read_table(workbook(fill))
    assert (table.sheet, table.header_row, table.columns) == ("Parkings", 4, ("Naam", "Vrij"))
    assert [list(one.values) for one in table.rows] == [["Veemarkt", 12], ["Haven", 3]]
    assert table.address(table.rows[1], "Vrij") == "C6"
    assert any("row 4" in one for one in table.remarks)
    assert any("'Uitleg'" in one for one in table.remarks)


def test_errors_and_merged_cells_are_told_by_cell(workbook: Callable[[Fill], Path]) -> None:
    """``#N/A`` leaves the attribute out with a warning, and a merged cell counts for each of its rows."""

    def fill(book: Any, page: Any) -> None:
        rows(page, ["Naam", "Vrije plaatsen", "Gemeente"], ["A", 1, None], ["B", 2, None], ["C", 3, "Gent"])
        page.merge_range("C2:C3", "Kortrijk")
        page.write_formula("B3", "=NA()", None, "#N/A")

    table = read_table(workbook(fill))
    mapping = propose(table, "OffStreetParking", describe("OffStreetParking")).mapping
    first, second, third = converted(table, mapping)
    assert second.entity is not None
    assert "availableSpotNumber" not in second.entity
    assert "C3: is merged (C2:C3)" in str(second.findings[0])
    assert str(second.findings[1]).startswith("B3: holds #N/A")
    for result, town in ((first, "Kortrijk"), (second, "Kortrijk"), (third, "Gent")):
        assert result.entity is not None
        assert result.entity["address"]["value"] == {"addressLocality": town}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"PK\x03\x04 no archive", "damaged"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
    ],
)
def test_files_that_are_no_spreadsheet_say_so(tmp_path: Path, content: bytes, said: str) -> None:
    """An empty, a damaged and an encrypted file are refused in words."""
    path = tmp_path / "parking.xlsx"
    path.write_bytes(content)
    with pytest.raises(TableError, match=said):
        read_table(path)


def test_sheets_without_rows_and_unknown_sheets_say_so(workbook: Callable[[Fill], Path]) -> None:
    """Names without rows below, and a sheet that is not there, are refused in words."""
    path = workbook(lambda book, page: rows(page, ["Naam", "Vrij"]))
    with pytest.raises(TableError, match="sheet 'Parkings' has names in row 1, and no rows below"):
        read_table(path)
    with pytest.raises(TableError, match="no sheet 'Blad1'; it has 'Parkings'"):
        read_table(path, sheet="Blad1")


@pytest.mark.parametrize("delimiter", [";", "\t", "|", ","])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_delimiter_and_encoding_are_found(tmp_path: Path, delimiter: str, encoding: str) -> None:
    """Whatever cuts the cells and however letters are written, the same rows are read."""
    lines = [["Naam", "Adres", "Vrij"], ["Café Één", "Markt 1", "3"], ["Haven", "Kaai 2", "12"]]
    table = of_text(tmp_path, "\r\n".join(delimiter.join(line) for line in lines), encoding=encoding)
    assert table.columns == ("Naam", "Adres", "Vrij")
    assert [list(one.values) for one in table.rows] == lines[1:]


def test_the_line_for_excel_and_empty_lines_keep_numbers_right(tmp_path: Path) -> None:
    """``sep=;`` names the delimiter, quoted line ends stay in their cell, and row numbers are those of Excel."""
    table = of_text(tmp_path, 'sep=;\nNaam;Vrij\n"Vee\nmarkt";1\n\nHaven;2\n')
    assert [(one.number, one.values[0]) for one in table.rows] == [(3, "Vee\nmarkt"), (5, "Haven")]


@pytest.mark.parametrize(
    ("text", "decimal", "number"),
    [
        ("12", None, 12),
        ("1.234,5", "comma", 1234.5),
        ("1.234", "comma", 1234),
        ("0,5", "comma", 0.5),
        ("0,5", None, 0.5),
        ("1,234.5", "point", 1234.5),
        ("1,234", "point", 1234),
        ("1 234,5", "comma", 1234.5),
        ("1\u202f234", None, 1234),
        ("\u22123", None, -3),
        ("12.0", None, 12),
        (7.5, "comma", 7.5),
    ],
)
def test_numbers_as_people_write_them(text: Any, decimal: Any, number: float) -> None:
    """Decimal commas, groups and minus signs of typographers are read exactly."""
    assert read_number(text, decimal) == number


@pytest.mark.parametrize("text", ["x12", "1,234", "12-13", "", "12 m", True, None, "1e999", "1,2,3"])
def test_what_is_no_number_is_none(text: Any) -> None:
    """What is no number, or may be two, is refused."""
    with pytest.raises(ValueError, match=r"number"):
        read_number(text)


@given(st.integers(-(10**9), 10**9), st.integers(0, 999))
def test_a_decimal_comma_is_read_back(whole: int, part: int) -> None:
    """A number written with a decimal comma and groups of thousands is read as it was."""
    sign = "-" if whole < 0 else ""
    text = f"{sign}{abs(whole):,}".replace(",", ".") + f",{part:03}"
    assert read_number(text, "comma") == float(f"{sign}{abs(whole)}.{part:03}")


def test_the_decimal_sign_is_told_from_what_can_be_nothing_else() -> None:
    """A comma before three digits says nothing; one other value decides."""
    assert decimal_of(["1,234", "5"]) is None
    assert decimal_of(["1,234", "0,5"]) == "comma"
    assert decimal_of(["1.5", "1,234.5"]) == "point"


@pytest.mark.parametrize(
    ("given", "instant"),
    [
        ("31/12/2023 14:00", "2023-12-31T13:00:00Z"),
        ("31-12-2023 14u30", "2023-12-31T13:30:00Z"),
        ("31.12.23", "2023-12-30T23:00:00Z"),
        ("1 mei 2024", "2024-04-30T22:00:00Z"),
        ("1 août 2024 8h05", "2024-08-01T06:05:00Z"),
        ("2024-05-01T10:00:00Z", "2024-05-01T10:00:00Z"),
        ("2024/05/01 10:00:05", "2024-05-01T08:00:05Z"),
        (NOON, "2024-05-01T10:30:00Z"),
        (dt.date(2024, 1, 1), "2023-12-31T23:00:00Z"),
        (1714557600, "2024-05-01T10:00:00Z"),
        ("1714557600000", "2024-05-01T10:00:00Z"),
        ([dt.datetime.combine(dt.date(2024, 5, 1), dt.time()), dt.time(12, 30)], "2024-05-01T10:30:00Z"),
        (["01/05/2024", "12:30"], "2024-05-01T10:30:00Z"),
    ],
)
def test_times_as_people_write_them(given: Any, instant: str) -> None:
    """Dates of Belgium, of Excel and of programs become the instant in UTC."""
    assert read_instant(given, BRUSSELS) == (instant, "")


def test_the_clock_that_is_changed_is_told() -> None:
    """An hour that does not exist and one that occurs twice are read, and said."""
    assert "does not exist" in read_instant("31/03/2024 02:30", BRUSSELS)[1]
    instant, said = read_instant("27/10/2024 02:30", BRUSSELS)
    assert (instant, "twice" in said) == ("2024-10-27T00:30:00Z", True)


@pytest.mark.parametrize("text", ["31/13/2024", "32/01/2024", "gisteren", "12", "1/2", "31/02/2024 10:00"])
def test_what_is_no_time_is_none(text: str) -> None:
    """What is no date, in no order, is refused."""
    with pytest.raises(ValueError):
        read_instant(text, BRUSSELS)


def test_the_order_of_day_and_month_is_told() -> None:
    """A day over twelve decides; where none does, Belgium's order holds."""
    assert date_order_of(["01/13/2024"]) == "m/d/y"
    assert date_order_of(["13/01/2024", "02/01/2024"]) == "d/m/y"
    assert date_order_of(["01/02/2024"]) == "d/m/y"
    assert date_order_of(["2024-01-02"]) == "y/m/d"


@pytest.mark.parametrize(("given", "value"), [("Ja", True), ("nee", False), ("OUI", True), (1, True), (False, False)])
def test_yes_and_no(given: Any, value: bool) -> None:
    """Yes and no are read in three languages."""
    assert read_boolean(given) is value


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("P+R De Pinte / Noord", "p-r-de-pinte-noord"),
        ("Café Één", "cafe-een"),
        ("  a..b ", "a..b"),
        ("Straße", "strasse"),
    ],
)
def test_slugs(text: str, part: str) -> None:
    """Names become parts of ids that people can read."""
    assert slug(text) == part


@given(st.text(min_size=1).filter(lambda text: text.strip()))
def test_any_name_becomes_an_id(text: str) -> None:
    """Whatever a name holds, its id is a URI."""
    assert is_uri(f"urn:ngsi-ld:Thing:{slug(text)}")


@pytest.mark.parametrize(
    "given",
    [
        "51.05, 3.72",
        "51,05; 3,72",
        "(51.05 3.72)",
        "51,05, 3,72",
        "POINT (3.72 51.05)",
        {"lat": 51.05, "lon": 3.72},
        '{"type": "Point", "coordinates": [3.72, 51.05]}',
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": [3.72, 51.05]}},
    ],
)
def test_positions_of_one_cell(given: Any) -> None:
    """A pair with points or commas, WKT, GeoJSON and an object are the same point."""
    assert read_shape(given, "wgs84") == {"type": "Point", "coordinates": [3.72, 51.05]}


@pytest.mark.parametrize("given", ["51.05", "hier", "95.0, 181.0", {"x": 1}, "POINT (3.72)"])
def test_what_is_no_position_is_none(given: Any) -> None:
    """What is no position, or none on earth, is refused."""
    with pytest.raises(ValueError):
        read_shape(given, "wgs84")


def test_lambert_72_is_found_and_projected(tmp_path: Path) -> None:
    """Columns of metres are Belgian Lambert 72: the belfry of Gent lies where it does, within a kilometre."""
    table = of_text(tmp_path, "Naam;X;Y\nBelfort;104715,5;193972,1\nVeemarkt;72000;168000\n")
    mapping = propose(table, "OffStreetParking", describe("OffStreetParking")).mapping
    assert mapping.attributes["location"].crs == "lambert72"
    first = converted(table, mapping)[0].entity
    assert first is not None
    longitude, latitude = first["location"]["value"]["coordinates"]
    assert (round(longitude, 2), round(latitude, 2)) == (3.72, 51.05)


def test_swapped_columns_are_seen(tmp_path: Path) -> None:
    """A column called latitude that holds longitudes of Belgium is read as what it holds, and said."""
    table = of_text(tmp_path, "naam,latitude,longitude\na,3.72,51.05\nb,3.73,51.06\n")
    proposal = propose(table, "OffStreetParking", describe("OffStreetParking"))
    assert any("swapped" in one for one in proposal.remarks)
    first = converted(table, proposal.mapping)[0].entity
    assert first is not None
    assert first["location"]["value"]["coordinates"] == [3.72, 51.05]


def test_a_proposal_reads_what_a_city_writes(tmp_path: Path) -> None:
    """Id, names, numbers, one cell of a position, time, unit and value of a list are found by their Dutch names."""
    table = of_text(
        tmp_path,
        "Code;Naam;Totaal aantal plaatsen;Vrije plaatsen;Coördinaten;Laatste update;Max. hoogte (cm);Status;Qwerty\n"
        'P1;P+R De Pinte / Noord;1.300;12;"51,0184; 3,7274";31/12/2023 14:00;220;Open;mooi\n'
        'P2;Veemarkt;200;5,0;"50,8172; 3,2618";31/12/2023 14:05;210;vol;\n',
    )
    proposal = propose(table, "OffStreetParking", describe("OffStreetParking"))
    first, second = converted(table, proposal.mapping)
    assert [first.findings, second.findings] == [[], []]
    assert first.entity == {
        "id": "urn:ngsi-ld:OffStreetParking:P1",
        "type": "OffStreetParking",
        "name": {"type": "Property", "value": "P+R De Pinte / Noord"},
        "totalSpotNumber": {"type": "Property", "value": 1300},
        "availableSpotNumber": {"type": "Property", "value": 12, "observedAt": "2023-12-31T13:00:00Z"},
        "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [3.7274, 51.0184]}},
        "maximumAllowedHeight": {"type": "Property", "value": 2.2, "unitCode": "MTR"},
        "status": {"type": "Property", "value": ["open"], "observedAt": "2023-12-31T13:00:00Z"},
    }
    assert second.entity is not None
    assert second.entity["status"]["value"] == ["full"]
    assert list(proposal.left_out) == ["Qwerty"]


def test_a_proposal_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    """What is written to be edited is read as the same mapping, whatever the columns are called."""
    table = of_text(tmp_path, 'Naam "x" = [1];Vrij (é);lat\\on\na;1;"51.05, 3.72"\nb;2;"51.06, 3.73"\n')
    proposal = propose(table, "OffStreetParking", describe("OffStreetParking"))
    path = tmp_path / "parking.map.toml"
    path.write_text(written_mapping(proposal, "parking.csv"), encoding="utf-8")
    read = load_mapping(path)
    assert read.attributes == proposal.mapping.attributes
    assert read.id.from_ == proposal.mapping.id.from_
    assert not list(read.faults(table, str(path)))


def test_a_mapping_that_does_not_fit_says_which_column(tmp_path: Path) -> None:
    """A column that is not there is named, with the one that is meant."""
    table = of_text(tmp_path, "Naam;Vrij\na;1\n")
    mapping = TableMapping.model_validate({"type": "Bin", "attributes": {"name": {"from": "Namm"}}})
    (fault,) = mapping.faults(table, "parking.map.toml")
    assert "no column 'Namm'" in str(fault)
    assert 'Did you mean "Naam"?' in str(fault)


@pytest.mark.parametrize(
    "attribute",
    [
        {},
        {"from": "a", "value": 1},
        {"latitude": "a"},
        {"from": "a", "unit": "degrees"},
        {"from": "a", "from_unit": "CEL"},
    ],
)
def test_a_mapping_that_cannot_be_is_refused(tmp_path: Path, attribute: dict[str, Any]) -> None:
    """An attribute without one source, or with a unit that is none, is refused with file and key."""
    path = tmp_path / "m.toml"
    lines = "".join(f"{name} = {json.dumps(value)}\n" for name, value in attribute.items())
    path.write_text(f'type = "Bin"\n[attributes.x]\n{lines}')
    with pytest.raises(ConfigurationError, match=r"m\.toml"):
        load_mapping(path)


def test_findings_name_the_cell(tmp_path: Path) -> None:
    """A text for a number, half a position, an empty id and one that occurs twice refuse their rows, by cell."""
    table = of_text(
        tmp_path,
        "id;Vrije plaatsen;lat;lon\n1;x12;51.05;3.72\n2;3;51.05;\n;4;51.05;3.72\n"
        "5;5;51.05;3.72\n5;6;51.05;3.72\n6;1,5;51.05;3.72\n",
    )
    mapping = TableMapping.model_validate(
        {
            "type": "OffStreetParking",
            "id": {"from": "id"},
            "attributes": {
                "availableSpotNumber": {"from": "Vrije plaatsen"},
                "location": {"latitude": "lat", "longitude": "lon"},
            },
        }
    )
    results = converted(table, mapping)
    assert [one.refused for one in results] == [True, True, True, False, True, True]
    said = [str(one.findings[0]) for one in results if one.findings]
    assert said[0].startswith("B2: a number belongs here, but there is 'x12'")
    assert said[1].startswith("D3: 'lon' is empty")
    assert said[2].startswith("A4: is empty")
    assert said[3].startswith("A6: '5' is the id of A5 already")
    assert said[4].startswith("B7: a whole number belongs here")


def test_words_for_nothing_are_nothing(tmp_path: Path) -> None:
    """A dash or ``n.v.t.`` where a number belongs is an empty cell."""
    table = of_text(tmp_path, "id;Vrij\n1;-\n2;n.v.t.\n3;4\n")
    mapping = propose(table, "OffStreetParking", describe("OffStreetParking")).mapping
    entities = [one.entity for one in converted(table, mapping)]
    assert [one is not None and "availableSpotNumber" in one for one in entities] == [False, False, True]
    assert None not in entities


def test_the_model_is_asked_by_cell(tmp_path: Path) -> None:
    """What the model says of a value names the cell that it comes from."""
    table = of_text(tmp_path, "id;Bezetting;lat;lon\n1;1,75;51.05;3.72\n")
    mapping = TableMapping.model_validate(
        {
            "type": "WasteContainer",
            "id": {"from": "id"},
            "attributes": {
                "fillingLevel": {"from": "Bezetting", "decimal": "comma", "datatype": "number"},
                "location": {"latitude": "lat", "longitude": "lon"},
            },
        }
    )
    conversion = Conversion(table, mapping)
    (result,) = conversion
    found = check_row(table, mapping, conversion, result, strictness="strict")
    assert {one.address for one in found if one.attribute == "fillingLevel"} == {"B2"}


def test_types_that_a_model_does_not_know_keep_every_column(tmp_path: Path) -> None:
    """Without a model, columns keep names of their own, numbers are numbers, and codes such as 0123 stay texts."""
    table = of_text(
        tmp_path, "Nr;Hoogte in m;Postcode zone;Datum plaatsing\n1;2,5;0123;01/02/2024\n2;3,25;0456;13/02/2024\n"
    )
    proposal = propose(table, "Totem")
    first = converted(table, proposal.mapping)[0].entity
    assert first == {
        "id": "urn:ngsi-ld:Totem:1",
        "type": "Totem",
        "hoogteInM": {"type": "Property", "value": 2.5},
        "postcodeZone": {"type": "Property", "value": "0123"},
        "datumPlaatsing": {"type": "Property", "value": "2024-01-31T23:00:00Z"},
    }


def test_geojson_is_a_table(tmp_path: Path) -> None:
    """Features are rows: properties, objects in them, geometry in the reference system that the file names."""
    path = tmp_path / "parking.geojson"
    feature = {
        "type": "Feature",
        "id": 7,
        "properties": {"naam": "Belfort", "plaats": {"gemeente": "Gent"}},
        "geometry": {"type": "Point", "coordinates": [104715.5, 193972.1]},
    }
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::31370"}}
    path.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": [feature]}))
    table = read_table(path)
    assert table.columns == ("id", "naam", "plaats.gemeente", "geometry")
    mapping = propose(table, "OffStreetParking", describe("OffStreetParking")).mapping
    (result,) = converted(table, mapping)
    assert result.entity is not None
    assert result.entity["id"] == "urn:ngsi-ld:OffStreetParking:7"
    assert result.entity["address"]["value"] == {"addressLocality": "Gent"}
    assert [round(one, 2) for one in result.entity["location"]["value"]["coordinates"]] == [3.72, 51.05]


@pytest.mark.parametrize(
    "document",
    [
        '{"naam": "a", "vrij": 1}\n{"naam": "b", "vrij": 2}\n',
        '[{"naam": "a", "vrij": 1}, {"naam": "b", "vrij": 2}]',
        '{"total_count": 2, "results": [{"naam": "a", "vrij": 1}, {"naam": "b", "vrij": 2}]}',
    ],
)
def test_objects_are_rows(tmp_path: Path, document: str) -> None:
    """NDJSON, a list, and the records of a portal are the same rows."""
    table = of_text(tmp_path, document, "parking.json")
    assert [(one.number, list(one.values)) for one in table.rows] == [(1, ["a", 1]), (2, ["b", 2])]


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_refused_rows_come_back_as_a_sheet(workbook: Callable[[Fill], Path], tmp_path: Path, suffix: str) -> None:
    """What was refused is read again with the same columns, the row it stood in, and the reason; no formula is made."""

    def fill(book: Any, page: Any) -> None:
        rows(page, ["Naam", "Vrij", "Wanneer"], ["=1+1", "x"], ["b", 2])
        page.write_datetime("C2", NOON, book.add_format({"num_format": "dd/mm/yyyy hh:mm"}))

    def fill_as_text(book: Any, page: Any) -> None:
        fill(book, page)
        page.write_string("A2", "=1+1")

    table = read_table(workbook(fill_as_text))
    path = tmp_path / f"refused{suffix}"
    write_refused(path, table, [(table.rows[0], "B2: a number belongs here")])
    back = read_table(path)
    assert back.columns == ("Naam", "Vrij", "Wanneer", "row in the file", "why it was refused")
    (row,) = back.rows
    assert row.values[0] == ("=1+1" if suffix == ".xlsx" else "'=1+1")
    assert row.values[4] == "B2: a number belongs here"
    assert read_instant(row.values[2], BRUSSELS)[0] == "2024-05-01T10:30:00Z"


def test_ods_is_read(tmp_path: Path) -> None:
    """A sheet of LibreOffice is read too, and an encrypted one is called so."""
    import zipfile

    content = (
        '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
        '<table:table table:name="Blad1"><table:table-row><table:table-cell office:value-type="string"><text:p>Naam'
        '</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>Vrij</text:p>'
        "</table:table-cell></table:table-row><table:table-row>"
        '<table:table-cell office:value-type="string"><text:p>a</text:p></table:table-cell>'
        '<table:table-cell office:value-type="float" office:value="3"><text:p>3</text:p></table:table-cell>'
        "</table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"
    )
    for encrypted in (False, True):
        path = tmp_path / "a.ods"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
            archive.writestr("META-INF/manifest.xml", "<manifest:encryption-data/>" if encrypted else "<manifest/>")
            archive.writestr("content.xml", content)
        if encrypted:
            with pytest.raises(TableError, match="encrypted"):
                read_table(path)
        else:
            assert [list(one.values) for one in read_table(path).rows] == [["a", 3]]
