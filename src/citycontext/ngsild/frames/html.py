"""Entities, pages of them and results as HTML, for a notebook; all text from outside is escaped and short."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any, Final

from citycontext.errors import DataError
from citycontext.foreign_text import printable, shown
from citycontext.ngsild.frames.history import History, history_rows
from citycontext.ngsild.frames.rows import Columns, cells

__all__ = ["entities_html", "entity_html", "history_html", "table_html"]

_ROWS: Final = 20
_COLUMNS: Final = 12
_CELL: Final = 80


def entity_html(wire: Mapping[str, Any], *, rows: int = 60) -> str:
    """Return an entity as a table: a line for each value, with its unit and when it was observed.

    Args:
        wire: The entity, in any form.
        rows: How many lines it has at most.
    """
    found: dict[str, dict[str, Any]] = {}
    for _, name, value in cells(wire):
        base, _, suffix = name.rpartition(".")
        if suffix in ("unitCode", "observedAt") and base:
            found.setdefault(base, {})[suffix] = value
        elif name not in ("id", "type"):
            found.setdefault(name, {})["value"] = value
    lines = [
        (name, _text(of.get("value", "")), _text(of.get("unitCode", "")), _text(of.get("observedAt", "")))
        for name, of in found.items()
    ]
    kind = wire.get("type", wire.get("@type", ""))
    title = f"{_text(' '.join(map(str, kind)) if isinstance(kind, list) else kind)} {_text(wire.get('id', ''))}"
    return table_html(title, ("attribute", "value", "unit", "observed at"), lines[:rows], more=len(lines) - rows)


def entities_html(wires: Sequence[Mapping[str, Any]], title: str) -> str:
    """Return entities as a table with a line for each.

    Args:
        wires: The entities, in any form.
        title: What stands above.
    """
    columns = Columns()
    rows = [columns.row(wire) for wire in wires[:_ROWS]]
    found = [(column.name, column.unit) for column in columns if not column.name.endswith((".unitCode", ".observedAt"))]
    heads = [f"{name} [{unit}]" if unit else name for name, unit in found[:_COLUMNS]]
    if len(found) > _COLUMNS:
        heads.append("…")
    lines = [
        [*(_text(row.get(name, "")) for name, _ in found[:_COLUMNS]), *([""] if len(found) > _COLUMNS else [])]
        for row in rows
    ]
    return table_html(title, heads, lines, more=len(wires) - len(rows))


def history_html(history: History) -> str:
    """Return what the attributes of an entity were as a table: a line for each attribute.

    Args:
        history: The evolution, in any form.
    """
    lines: dict[tuple[str, str], list[dict[str, Any]]] = {}
    try:
        for row in history_rows(history):
            lines.setdefault((row["attribute"], row.get("method", "")), []).append(row)
    except DataError as wrong:
        return table_html(_text(history.id), ("cannot be shown",), [[printable(str(wrong), 200)]])
    found = []
    for (name, method), rows in lines.items():
        times = sorted(row["time"] for row in rows if row["time"] is not None)
        last = max(rows, key=lambda row: (row["time"] is not None, row["time"]))
        unit = _text(last.get("unit_code") or "")
        period = [time.isoformat().replace("+00:00", "Z") for time in (times[:1] + times[-1:])]
        found.append((f"{name} {method}".strip(), str(len(rows)), _text(last["value"]), unit, *(period or ["", ""])))
    return table_html(_text(history.id), ("attribute", "values", "last", "unit", "from", "to"), found)


def table_html(title: str, heads: Sequence[str], lines: Iterable[Sequence[str]], *, more: int = 0) -> str:
    """Return a table.

    Args:
        title: What stands above it.
        heads: The names of its columns.
        lines: Its lines, each a text for each column.
        more: How many further lines there are.
    """
    head = "".join(f"<th>{escape(one)}</th>" for one in heads)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in line)}</tr>" for line in lines)
    rest = f"<p>and {more:,} more</p>" if more > 0 else ""
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return f"<div><p><b>{escape(title)}</b></p>{table}{rest}</div>"


def _text(value: Any) -> str:
    return printable(value, _CELL) if isinstance(value, str) else "" if value is None else shown(value, _CELL)
