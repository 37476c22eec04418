"""What the model allows of a cell's value: limits and lists, told by cell, and the words in a mapping to relax them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from citycontext.models import describe
from citycontext.tables.sheets import Conversion, TableMapping, propose, read_table

HEADER = "id;plaatsen;bezet;soort\n"


def converted(tmp_path: Path, rows: str, **attributes: Any) -> list[Any]:
    path = tmp_path / "parking.csv"
    path.write_text(HEADER + rows, encoding="utf-8")
    table = read_table(path)
    mapping = TableMapping.model_validate(
        {"type": "OffStreetParking", "id": {"from": "id"}, "attributes": attributes or WANTED}
    )
    return list(Conversion(table, mapping))


WANTED: dict[str, Any] = {
    "availableSpotNumber": {"from": "plaatsen"},
    "occupancy": {"from": "bezet"},
    "category": {"from": "soort"},
}


@pytest.mark.parametrize(
    ("row", "cell", "said"),
    [
        ("a;-4;0,5;public", "B2", '-4 is less than the model\'s least value, 0; datatype = "number" takes it'),
        ("a;3,7;0,5;public", "B2", "a whole number belongs here"),
        ("a;vol;0,5;public", "B2", "a number belongs here"),
        ("a;3;1,5;public", "C2", "1.5 is more than the model's greatest value, 1"),
        ("a;3;0,5;publik", "D2", "'publik' is not one of the model's values: did you mean 'public'?"),
        ("a;3;0,5;public,betaald", "D2", 'lookup says which it is, and datatype = "list" takes any'),
    ],
)
def test_what_the_model_does_not_allow_is_told_by_cell(tmp_path: Path, row: str, cell: str, said: str) -> None:
    """A row with a value outside limits or list is refused, and the finding names the cell and the way round."""
    (result,) = converted(tmp_path, f"{row}\n")
    assert result.refused
    (finding,) = result.findings
    assert finding.address == cell
    assert said in finding.message


def test_a_mapping_relaxes_what_the_model_says(tmp_path: Path) -> None:
    """With a ``datatype`` of its own, a lookup, or another unit, the values go as the mapping says."""
    (result,) = converted(
        tmp_path,
        "a;-4;70;betaald\n",
        availableSpotNumber={"from": "plaatsen", "datatype": "number"},
        occupancy={"from": "bezet", "unit": "P1"},
        category={"from": "soort", "lookup": {"betaald": ["feeCharged"]}},
    )
    values = {name: one["value"] for name, one in result.entity.items() if isinstance(one, dict)}
    assert values == {"availableSpotNumber": -4, "occupancy": 70, "category": ["feeCharged"]}
    (result,) = converted(tmp_path, "a;vol;1;betaald\n", availableSpotNumber={"from": "plaatsen", "datatype": "any"})
    assert result.entity["availableSpotNumber"]["value"] == "vol"


def test_a_column_of_other_words_is_proposed_as_it_is(tmp_path: Path) -> None:
    """Where most values of a column are not of the model's list, the proposal says so and takes them as they are."""
    path = tmp_path / "parking.csv"
    path.write_text("id;name;category\n" + "".join(f"p{n};P{n};zzqx{n % 3}\n" for n in range(9)), encoding="utf-8")
    table = read_table(path)
    model = describe("OffStreetParking")
    proposal = propose(table, "OffStreetParking", model)
    assert proposal.mapping.attributes["category"].datatype == "list"
    assert any("does not list for category" in one for one in proposal.remarks)
    assert not any(one.refused for one in Conversion(table, proposal.mapping, model))
    path.write_text("id;name;category\n" + "".join(f"p{n};P{n};public\n" for n in range(9)), encoding="utf-8")
    assert propose(read_table(path), "OffStreetParking", model).mapping.attributes["category"].datatype is None
