"""What the model and good practice say of rows, by cell."""

from __future__ import annotations

from citycontext.models.validation import Practice, Strictness, validate
from citycontext.tables.sheets.conversion import CellFinding, Conversion, RowResult
from citycontext.tables.sheets.mapping import TableMapping
from citycontext.tables.sheets.table import Table

__all__ = ["check_row"]


def check_row(
    table: Table,
    mapping: TableMapping,
    conversion: Conversion,
    result: RowResult,
    *,
    strictness: Strictness | str = Strictness.TOLERANT,
    practice: Practice | None = None,
) -> list[CellFinding]:
    """Return what is found in the entity that a row became, each with the cell that it comes from.

    Args:
        table: The table.
        mapping: What became of it.
        conversion: What made the entity.
        result: The row and its entity.
        strictness: How much a breach of the schema counts.
        practice: What good practice is measured by.
    """
    if result.entity is None:
        return []
    found = []
    for one in validate(result.entity, conversion.model, strictness=strictness, practice=practice):
        name = one.path.partition(".")[0].partition("[")[0]
        column = column_of(mapping, name, one.path)
        said = f"{one.path or 'the entity'}: {one.message}"
        more = "".join(f"; {word} {text}" for word, text in (("expected", one.expected), ("found", one.found)) if text)
        address = table.address(result.row, column)
        found.append(CellFinding(address, column or "", f"{said}{more}", one.severity, name, one.rule))
    return found


def column_of(mapping: TableMapping, attribute: str, path: str) -> str | None:
    """Return the column that an attribute, or a member of its value, comes from; None where it is not one."""
    if attribute == "id":
        return next(iter(mapping.id.from_), None)
    fitting = [name for name in mapping.attributes if name == attribute or name.startswith(f"{attribute}.")]
    if not fitting:
        return None
    # A member of an object has a column of its own.
    chosen = next((name for name in fitting if path.replace(".value.", ".").startswith(name)), fitting[0])
    mapped = mapping.attributes[chosen]
    if path.endswith("observedAt") and mapped.observed_at:
        return mapped.observed_at[0]
    return next(iter(mapped.columns), None)
