"""A proposed mapping as TOML with comments, to be looked at and edited."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from citycontext.foreign_text import printable
from citycontext.tables.sheets.cells import text_of
from citycontext.tables.sheets.mapping import AttributeMapping
from citycontext.tables.sheets.proposal import Proposal

__all__ = ["written_mapping"]


def written_mapping(proposal: Proposal, file: str) -> str:
    """Return a proposal as TOML with comments, to be edited.

    Args:
        proposal: The proposal.
        file: The name of the file that it is for.
    """
    mapping = proposal.mapping
    lines = [
        f"# What becomes of {printable(file)}. Change it as you like: the next import reads it instead of guessing.",
        f"type = {_toml(mapping.type)}",
    ]
    for key in ("subject", "sheet", "header_row", "delimiter", "zone", "decimal", "dates", "context"):
        value = getattr(mapping, key)
        if value is not None:
            lines.append(f"{key} = {_toml(value)}{_REASONS.get(key, '')}")
    lines += [f"# {printable(one, 300)}" for one in proposal.remarks]
    lines += ["", "[id]"]
    if mapping.id.from_:
        lines.append(f"from = {_columns(mapping.id.from_)}{_sampled(proposal, mapping.id.from_[0])}")
    prefix = mapping.id.prefix or f"urn:ngsi-ld:{mapping.type}:"
    lines.append(f"prefix = {_toml(prefix)}")
    if mapping.id.slug:
        lines.append("slug = true  # small letters, digits and hyphens")
    for name, one in mapping.attributes.items():
        lines += ["", f"[attributes.{name if name.replace('_', '').isalnum() and name.isascii() else _toml(name)}]"]
        for key, value in one.model_dump(by_alias=True, exclude_none=True).items():
            if value == () or value is False or (key == "crs" and (one.kind or not _is_position(one))):
                continue
            written = _columns(value) if key in ("from", "observed_at") else _toml(value)
            sampled = _sampled(proposal, value) if isinstance(value, str) and value in proposal.samples else ""
            if key == "from":
                sampled = _sampled(proposal, value[0])
            lines.append(f"{key} = {written}{sampled}")
    if proposal.left_out:
        lines += ["", "# Left out:"]
        for column, reason in proposal.left_out.items():
            lines.append(f"# {_toml(column)}: {printable(reason, 200)}{_sampled(proposal, column, '; e.g. ')}")
    return "\n".join(lines) + "\n"


_REASONS: Final = {
    "zone": "  # of times that name none",
    "decimal": "  # the decimal sign of numbers in texts",
    "dates": "  # the order in texts",
    "context": "  # names mean what the model says",
}


def _is_position(one: AttributeMapping) -> bool:
    return one.latitude is not None or one.x is not None or one.order is not None or one.crs != "wgs84"


def _sampled(proposal: Proposal, column: str, before: str = "  # e.g. ") -> str:
    values = list(dict.fromkeys(printable(text_of(one), 40) for one in proposal.samples.get(column, ())[:20]))[:3]
    return f"{before}{' · '.join(values)}" if values else ""


def _columns(columns: Sequence[str]) -> str:
    return _toml(columns[0]) if len(columns) == 1 else f"[{', '.join(map(_toml, columns))}]"


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_toml(str(key))} = {_toml(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return str(value)
