"""Spreadsheets as offices have them: totals, notes, second tables, units in cells, words for nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter

from citycontext.models import describe
from citycontext.tables.sheets import Conversion, TableError, TableMapping, propose, read_table
from citycontext.tables.sheets.cells import has_thousands, is_nothing, number_and_unit

PARKING = describe("OffStreetParking", "Parking")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return an empty folder."""
    return tmp_path


def read(folder: Path, text: str, *, encoding: str = "utf-8", name: str = "parking.csv") -> tuple[list[str], list[int]]:
    """Return what was remarked on a file, and the numbers of its rows."""
    path = folder / name
    path.write_bytes(text.encode(encoding))
    table = read_table(path)
    return list(table.remarks), [row.number for row in table.rows]


def made(folder: Path, text: str, model: str = "OffStreetParking") -> list[dict[str, object]]:
    """Return the entities that the proposed mapping makes of a text, in simplified form; refused rows are errors."""
    path = folder / "rows.csv"
    path.write_text(text)
    table = read_table(path)
    described = describe(model)
    mapping: TableMapping = propose(table, model, described).mapping
    found = []
    for result in Conversion(table, mapping):
        assert result.entity is not None, result.findings
        found.append({name: one["value"] for name, one in result.entity.items() if isinstance(one, dict)})
    return found


@pytest.mark.parametrize(
    "footer",
    ["Totaal;3;30", "TOTAAL:;3;30", "Total;3;30", "Som;3;30", "Gemiddelde;1,5;15", "Grand total;;30", "Aantal;2;"],
)
def test_a_total_is_not_a_thing(folder: Path, footer: str) -> None:
    """A last row that sums up what is above becomes no entity, with or without an empty row before it."""
    for gap in ("", ";;\n"):
        remarks, rows = read(folder, f"naam;vrij;totaal\nA;1;10\nB;2;20\n{gap}{footer}\n")
        assert rows == [2, 3]
        assert "is a total, and is left out" in remarks[-1]


def test_a_thing_that_is_called_total_stays(folder: Path) -> None:
    """A last row of that name whose numbers are no sum is a row as any other."""
    assert read(folder, "naam;palen\nShell;4\nTotal;2\n")[1] == [2, 3]


def test_totals_that_are_written_in_the_belgian_way(folder: Path) -> None:
    """Sums with points for thousands are known as well."""
    assert read(folder, "naam;plaatsen\nA;1.200\nB;2.350\nTotaal;3.550\n")[1] == [2, 3]


def test_an_average_of_percentages(folder: Path) -> None:
    """A last row with the average of a column of percentages is a total as well."""
    assert read(folder, "naam;vulgraad\nB1;45%\nB2;92 %\nB3;n/a\nGemiddelde;68,5%\n")[1] == [2, 3, 4]


def test_subtotals_between_the_rows(folder: Path) -> None:
    """Rows of subtotals in between are left out, and named."""
    remarks, rows = read(folder, "naam;vrij\nA;1\nB;2\nSubtotaal;3\nC;4\nD;5\nSubtotaal;9\nTotaal;12\n")
    assert rows == [2, 3, 5, 6]
    assert any("subtotals" in one for one in remarks)


def test_notes_below_the_table(folder: Path) -> None:
    """A line of text below an empty row is a note."""
    remarks, rows = read(folder, "naam;vrij\nA;1\nB;2\n;\nBron: dienst mobiliteit, 2024;\n")
    assert rows == [2, 3]
    assert "is a note, and is left out" in remarks[-1]


def test_a_second_table_below(folder: Path) -> None:
    """What stands below a second row of names is another table, and is left out."""
    text = "naam;vrij;totaal\nA;1;10\nB;2;20\n;;\n;;\nContact;E-mail;Telefoon\ndienst;x@stad.example;09\n"
    remarks, rows = read(folder, text)
    assert rows == [2, 3]
    assert "row 6 begins another table" in remarks[-1]


def test_gaps_between_rows_are_only_gaps(folder: Path) -> None:
    """Empty rows within one table end nothing."""
    assert read(folder, "naam;vrij\nA;1\n;\nB;2\n;\n;\nC;3\n")[1] == [2, 4, 7]


def test_texts_below_a_gap_are_rows_too(folder: Path) -> None:
    """Where all columns are texts, a row below a gap is not taken for names."""
    assert read(folder, "naam;wijk\nA;Noord\n;\nB;Zuid\nC;Oost\n")[1] == [2, 4, 5]


@pytest.mark.parametrize(
    ("cell", "number", "unit"),
    [("21,5 °C", "21,5", "°C"), ("45%", "45", "%"), ("12 µg/m³", "12", "µg/m³"), ("-3.5 m", "-3.5", "m")],
)
def test_a_unit_behind_a_number(cell: str, number: str, unit: str) -> None:
    """A number with its unit is two things."""
    assert number_and_unit(cell) == (number, unit)


@pytest.mark.parametrize("cell", ["9000 Gent Noord", "12", "A 12", "3/4/2024", "", 12, None])
def test_no_unit(cell: object) -> None:
    """Addresses, dates and plain numbers have no unit behind them."""
    assert number_and_unit(cell) == (cell, "")


def test_units_in_cells_become_unit_codes(folder: Path) -> None:
    """A column of temperatures with °C in each cell is a number with a unit code."""
    path = folder / "air.csv"
    path.write_text("naam;temperatuur\nA;21,5 °C\nB;20 °C\n")
    table = read_table(path)
    mapping = propose(table, "AirQualityObserved", describe("AirQualityObserved")).mapping
    first = next(iter(Conversion(table, mapping))).entity
    assert first is not None
    assert first["temperature"] == {"type": "Property", "value": 21.5, "unitCode": "CEL"}


def test_another_unit_in_one_cell_is_refused(folder: Path) -> None:
    """A cell whose unit is not the column's is not read as if it were."""
    path = folder / "air.csv"
    path.write_text("naam;temperatuur\nA;21,5 °C\nB;20 °C\nC;19 °C\nD;18 °C\nE;17 °C\n")
    table = read_table(path)
    mapping = propose(table, "AirQualityObserved", describe("AirQualityObserved")).mapping
    path.write_text("naam;temperatuur\nA;300 K\n")
    results = list(Conversion(read_table(path), mapping))
    assert "the column is in CEL" in str(results[0].findings[0])


def test_percentages_become_shares(folder: Path) -> None:
    """45% of an attribute that goes from 0 to 1 is 0.45."""
    assert [one["occupancy"] for one in made(folder, "naam;bezetting\nA;45%\nB;60 %\nC;1%\n")] == [0.45, 0.6, 0.01]


def test_points_for_thousands(folder: Path) -> None:
    """Whole numbers such as 1.200 are read as 1200 where nothing else in the file has a point."""
    numbers = [one["totalSpotNumber"] for one in made(folder, "naam;totaal\nA;1.200\nB;2.350\nC;12\n")]
    assert numbers == [1200, 2350, 12]
    assert not has_thousands(["1.2", "1.200"])
    assert not has_thousands(["12"])


@pytest.mark.parametrize("word", ["n/a", "-", "onbekend", "nvt", "n.v.t.", "?", "Onbekend ", "geen gegevens"])
def test_words_for_nothing(folder: Path, word: str) -> None:
    """A column of few numbers and many words for nothing is still a column of numbers."""
    assert is_nothing(word)
    entities = made(folder, f"naam;vrij\nA;{word}\nB;{word}\nC;{word}\nD;5\n")
    assert [one.get("availableSpotNumber") for one in entities] == [None, None, None, 5]


def test_yes_and_no_are_not_texts(folder: Path) -> None:
    """A column of ja and nee does not become an attribute of text, such as opening hours."""
    assert "openingHours" not in made(folder, "naam;open;totaal\nA;ja;10\nB;nee;12\n")[0]


@pytest.mark.parametrize(
    ("content", "said"),
    [("naam;vrij\nA;1\n", "name it parking.csv"), ("<html><table></table></html>", "web page")],
)
@pytest.mark.parametrize("suffix", [".xlsx", ".xls"])
def test_files_that_are_called_a_spreadsheet(folder: Path, content: str, said: str, suffix: str) -> None:
    """Text and web pages with the name of a spreadsheet are called what they are, with a way out."""
    path = folder / f"parking{suffix}"
    path.write_text(content)
    with pytest.raises(TableError, match=said):
        read_table(path)


def test_a_sheet_with_all_of_it(folder: Path) -> None:
    """Title, merged cells, an empty row, a total and a note in one Excel sheet leave the rows that are things."""
    path = folder / "parking.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Overzicht")
        sheet.merge_range("A1:C1", "Parkings van de stad")
        for number, row in enumerate(
            [
                ["Naam", "Vrije plaatsen", "Totaal"],
                ["A", 1, 10],
                ["B", 2, 20],
                [],
                ["Totaal", 3, 30],
                [],
                ["Bron: stad"],
            ]
        ):
            sheet.write_row(number + 2, 0, row)
    table = read_table(path)
    assert [row.number for row in table.rows] == [4, 5]
    assert len(table.remarks) == 3
