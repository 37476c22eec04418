"""Sheets with oddities of people: what is proposed for them, and what is said by cell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from citycontext.models import describe
from citycontext.tables.sheets import Conversion, RowResult, propose, read_table


def _proposed(tmp_path: Path, text: str, kind: str = "OffStreetParking") -> tuple[Any, list[RowResult]]:
    """Return what is proposed for a CSV file, and what its rows become by that."""
    (tmp_path / "sheet.csv").write_text(text)
    table = read_table(tmp_path / "sheet.csv")
    model = describe(kind)
    proposal = propose(table, kind, model)
    return proposal, list(Conversion(table, proposal.mapping, model))


@pytest.mark.parametrize(
    "text",
    [
        "Naam;Positie\nA;51°03'16\"N 3°43'03\"E\nB;N51 2.5 E3 43.1\n",
        'Naam;Breedtegraad;Lengtegraad\nA;"51°03\'16""N";"3°43\'03""E"\nB;"51°02\'30""N";"3°43\'06""E"\n',
        'Naam;geometry\nA;"SRID=4326;POINT(3.7175 51.0544)"\nB;POINT (3.7183 51.0417)\n',
        "Naam;Ligging\nA;geo:51.0544,3.7175\nB;geo:51.0417,3.7183\n",
    ],
)
def test_positions_that_are_written_out(tmp_path: Path, text: str) -> None:
    """Degrees and minutes, in one cell or two, WKT with its reference system and geo: addresses are points."""
    _, results = _proposed(tmp_path, text)
    points = [result.entity["location"]["value"]["coordinates"] for result in results if result.entity]
    assert points == [pytest.approx([3.7175, 51.0544], abs=1e-3), pytest.approx([3.7183, 51.0417], abs=1e-3)]


def test_an_id_that_occurs_twice_is_told_and_names_do_not_take_its_place(tmp_path: Path) -> None:
    """A column of ids stays that where one occurs twice, and the cell is named."""
    _, results = _proposed(tmp_path, "id;naam;Vrije plaatsen\np1;A;5\np1;B;6\np2;C;7\n")
    assert [result.entity["id"] if result.entity else result.findings[0].address for result in results] == [
        "urn:ngsi-ld:OffStreetParking:p1",
        "A3",
        "urn:ngsi-ld:OffStreetParking:p2",
    ]


def test_codes_are_ids_as_they_are(tmp_path: Path) -> None:
    """A column of codes makes ids with its capitals, and one of words makes slugs."""
    for text, local in (
        ("Paal;Vrije plaatsen\nBM-0412;5\nGM-0007;6\n", "BM-0412"),
        ("Paal;Vrije plaatsen\nSt. Jan;5\nSt. Pieter;6\n", "st.-jan"),
    ):
        _, results = _proposed(tmp_path, text)
        assert results[0].entity is not None
        assert results[0].entity["id"] == f"urn:ngsi-ld:OffStreetParking:{local}"


def test_a_column_of_faults_alone_is_named_by_its_cells(tmp_path: Path) -> None:
    """A column in which each cell is an error is left out, and the error and the place of each are said."""
    proposal, _ = _proposed(tmp_path, "Naam;Vrije plaatsen;Totaal\nA;#N/A;10\nB;#REF!;20\n")
    assert "'Vrije plaatsen' holds nothing but faults: B2 #N/A, B3 #REF!" in proposal.remarks
    assert proposal.left_out["Vrije plaatsen"] == "it holds nothing but faults: B2 #N/A, B3 #REF!"
