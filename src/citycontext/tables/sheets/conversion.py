"""Rows become entities by a mapping; what is wrong is told by cell."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote
from zoneinfo import ZoneInfo

from citycontext.errors import InvalidEntity, ModelError
from citycontext.foreign_text import shown
from citycontext.models.catalogue.description import AttributeDescription, ModelDescription
from citycontext.models.catalogue.registry import describe
from citycontext.ngsild.findings import Severity
from citycontext.ngsild.limits import Limits
from citycontext.ngsild.names import is_uri
from citycontext.ngsild.units import converter
from citycontext.tables.sheets.cells import (
    is_nothing,
    number_and_unit,
    read_boolean,
    read_date,
    read_instant,
    read_number,
    slug,
    text_of,
)
from citycontext.tables.sheets.headings import unit_named
from citycontext.tables.sheets.mapping import AttributeMapping, Datatype, TableMapping
from citycontext.tables.sheets.positions import read_point, read_shape
from citycontext.tables.sheets.table import Row, Table

__all__ = ["CellFinding", "Conversion", "RowResult", "enumerated", "model_of_mapping"]

_URN: Final = "urn:ngsi-ld:"
_PLAIN: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"
_MEASURED: Final = frozenset({"number", "integer", "datetime", "date"})
_SEPARATORS: Final = (";", "|", "\n", ",")


@dataclass(frozen=True, slots=True)
class CellFinding:
    """What was noticed in a cell.

    Args:
        address: Where: ``C14``.
        column: The column's name; empty for the row.
        message: What is wrong.
        severity: An error refuses the row.
        attribute: The attribute that the cell goes to; empty for the id or the row.
        rule: The code of the finding, as ``citycontext explain`` knows it.
    """

    address: str
    column: str
    message: str
    severity: Severity = Severity.ERROR
    attribute: str = ""
    rule: str = "table/value"

    def __str__(self) -> str:
        return f"{self.address}: {self.message}"


@dataclass(slots=True)
class RowResult:
    """What became of a row.

    Args:
        row: The row.
        entity: The entity, normalized; None where the row is refused.
        findings: What was noticed.
    """

    row: Row
    entity: dict[str, Any] | None
    findings: list[CellFinding] = field(default_factory=list)

    @property
    def refused(self) -> bool:
        """Whether there is no entity."""
        return self.entity is None


def model_of_mapping(mapping: TableMapping) -> ModelDescription | None:
    """Return the model that a mapping is for; None if none has that name."""
    try:
        return describe(mapping.type, mapping.subject)
    except ModelError:
        return None


class _Faulty(Exception):
    """A cell holds an error such as ``#N/A``, which was told."""


class Conversion:
    """Makes entities of the rows of a table.

    Args:
        table: The table.
        mapping: What becomes of it; its columns are those of the table.
        model: The model that decides on types; None for the one that the mapping names.
    """

    def __init__(self, table: Table, mapping: TableMapping, model: ModelDescription | None = None) -> None:
        self._table = table
        self._mapping = mapping
        self.model: Final = model or model_of_mapping(mapping)
        self._zone = ZoneInfo(mapping.zone)
        self._places = {name: index for index, name in enumerate(table.columns)}
        self._prefix = mapping.id.prefix or f"{_URN}{quote(mapping.type, safe='')}:"
        self._local = slug if mapping.id.slug else _local_part
        self._ids: dict[str, Row] = {}
        self._limits = {name: self._limits_of(name, one) for name, one in mapping.attributes.items()}
        self._converters = {name: self._converter(name, one) for name, one in mapping.attributes.items()}

    def __iter__(self) -> Iterator[RowResult]:
        """Convert all rows, from the first."""
        self._ids = {}
        for row in self._table.rows:
            yield self._convert(row)

    def _convert(self, row: Row) -> RowResult:
        findings: list[CellFinding] = []
        for index, merged in row.merged.items():
            column = self._table.columns[index]
            if column in self._mapping.columns and row.values[index] is not None:
                self._note(
                    findings, row, column, f"is merged ({merged}); {shown(row.values[index])} is taken", Severity.NOTE
                )
        identifier = self._id(row, findings)
        entity: dict[str, Any] = {"id": identifier, "type": self._mapping.type}
        for name, mapped in self._mapping.attributes.items():
            before = len(findings)
            try:
                value = self._value(row, name, mapped, findings)
            except _Faulty:
                value = None
            except ValueError as error:
                at_fault = self._wrong_column(row, mapped) or next(reversed(mapped.columns), None)
                findings.append(self._finding(row, at_fault, str(error), name))
                continue
            if value is None:
                if mapped.required and len(findings) == before:
                    first = next(iter(mapped.columns), None)
                    findings.append(self._finding(row, first, "is empty, and required", name, rule="table/empty"))
                continue
            self._put(entity, row, name, mapped, value, findings)
        refused = identifier is None or any(one.severity is Severity.ERROR for one in findings)
        if not refused:
            assert identifier is not None
            self._ids[identifier] = row
        return RowResult(row, None if refused else entity, findings)

    def _wrong_column(self, row: Row, mapped: AttributeMapping) -> str | None:
        """Return the first column of a point that holds no number: the one that is to blame."""
        for column in (mapped.latitude, mapped.longitude, mapped.x, mapped.y):
            if column is not None:
                try:
                    read_number(row.values[self._places[column]], mapped.decimal or self._mapping.decimal)
                except ValueError:
                    return column
        return None

    def _finding(
        self,
        row: Row,
        column: str | None,
        message: str,
        attribute: str = "",
        severity: Severity = Severity.ERROR,
        rule: str = "table/value",
    ) -> CellFinding:
        return CellFinding(self._table.address(row, column), column or "", message, severity, attribute, rule)

    def _note(
        self, findings: list[CellFinding], row: Row, column: str, message: str, severity: Severity = Severity.WARNING
    ) -> None:
        findings.append(self._finding(row, column, message, severity=severity, rule="table/remark"))

    def _cell(self, row: Row, column: str, findings: list[CellFinding], attribute: str = "") -> Any:
        index = self._places[column]
        if index in row.faults:
            message = f"holds {row.faults[index]}" + ("; the attribute is left out" if attribute else "")
            severity = Severity.WARNING if attribute else Severity.ERROR
            findings.append(self._finding(row, column, message, attribute, severity, "table/fault"))
            raise _Faulty
        return row.values[index]

    def _id(self, row: Row, findings: list[CellFinding]) -> str | None:
        columns = self._mapping.id.from_
        if not columns:
            return f"{self._prefix}{row.number}"
        try:
            parts = [self._cell(row, column, findings) for column in columns]
        except _Faulty:
            return None
        for column, part in zip(columns, parts, strict=True):
            if part is None:
                findings.append(self._finding(row, column, "is empty, and the id is made of it", rule="table/id-empty"))
                return None
        texts = [text_of(part) for part in parts]
        whole = len(texts) == 1 and ":" in texts[0] and texts[0].lower().startswith(("urn:", "http:", "https:"))
        identifier = texts[0] if whole and is_uri(texts[0]) else self._prefix + ":".join(map(self._local, texts))
        other = self._ids.get(identifier)
        if other is not None:
            where = self._table.address(other, columns[0])
            message = f"{shown(texts[0])} is the id of {where} already: {identifier}"
            findings.append(self._finding(row, columns[0], message, rule="table/id-twice"))
            return None
        return identifier

    def _value(self, row: Row, name: str, mapped: AttributeMapping, findings: list[CellFinding]) -> Any:
        value = mapped.value if mapped.value is not None else self._read(row, name, mapped, findings)
        limits = self._limits[name]
        if limits is not None and value is not None:
            try:
                limits.check(value, mapped.unit)
            except InvalidEntity as wrong:
                raise ValueError(f"{wrong}; {_cure(value)}") from None
        return value

    def _read(self, row: Row, name: str, mapped: AttributeMapping, findings: list[CellFinding]) -> Any:
        cells = [self._cell(row, column, findings, name) for column in mapped.columns]
        if all(one is None for one in cells):
            return None
        if mapped.lookup is not None and len(cells) == 1:
            text = text_of(cells[0])
            known = {key.strip().lower(): value for key, value in mapped.lookup.items()}
            if text.lower() in known:
                return known[text.lower()]
        if mapped.latitude is not None or mapped.x is not None:
            missing = next((column for column, one in zip(mapped.columns, cells, strict=True) if one is None), None)
            if missing is not None:
                raise ValueError(f"{missing!r} is empty: a point has two numbers")
            y, x = cells if mapped.latitude is not None else cells[::-1]
            return read_point(x, y, mapped.crs, mapped.decimal or self._mapping.decimal)
        value = cells[0] if len(cells) == 1 else cells
        return self._converters[name](value, lambda remark: self._note(findings, row, mapped.columns[0], remark))

    def _converter(self, name: str, mapped: AttributeMapping) -> Callable[[Any, Callable[[str], None]], Any]:
        """Return what makes a value of a cell: by the mapping, else by the model, else as it is."""
        known = self._attribute(name)
        decimal = mapped.decimal or self._mapping.decimal
        order = self._mapping.dates
        kind = self._kind(name, mapped)
        wanted = mapped.datatype or _datatype_of(known)

        def number(value: Any) -> int | float:
            read = read_number(_without_unit(value, mapped), decimal)
            if mapped.from_unit is not None and mapped.unit is not None:
                read = _rounded(converter(mapped.from_unit, mapped.unit)(read))
            return read if mapped.scale is None else _rounded(read * mapped.scale)

        def integer(value: Any) -> int:
            read = number(value)
            if isinstance(read, float):
                if not read.is_integer():
                    raise ValueError(f"a whole number belongs here, but there is {shown(value)}")
                return int(read)
            return read

        def text(value: Any) -> str:
            if isinstance(value, dict | list):
                raise ValueError(f"a text belongs here, but there is {shown(value)}")
            return enumerated(text_of(value), known)

        def items(value: Any, of: Callable[[Any], Any]) -> list[Any]:
            if isinstance(value, list):
                return [of(one) for one in value]
            if not isinstance(value, str):
                return [of(value)]
            separator = mapped.separator or next((one for one in _SEPARATORS if one in value), None)
            return [of(one.strip()) for one in (value.split(separator) if separator else [value]) if one.strip()]

        def convert(value: Any, remark: Callable[[str], None]) -> Any:
            if wanted in _MEASURED and is_nothing(value):
                return None
            if kind == "GeoProperty":
                return read_shape(value, mapped.crs, mapped.order)
            if kind == "Relationship":
                made = [self._link(one, name, mapped) for one in items(value, text_of)]
                return made[0] if len(made) == 1 else made
            match wanted:
                case "number":
                    return number(value)
                case "integer":
                    return integer(value)
                case "boolean":
                    return read_boolean(value)
                case "datetime":
                    instant, said = read_instant(value, self._zone, order)
                    if said:
                        remark(said)
                    return instant
                case "date":
                    return read_date(value, order).isoformat()
                case "list":
                    return items(value, text)
                case "number-list":
                    return items(value, number)
                case "text":
                    return text(value)
            if isinstance(value, str | int | float | bool | dict) or (
                isinstance(value, list) and len(mapped.from_) == 1
            ):
                if isinstance(value, str) and wanted is None and known is not None and known.json_types == ("object",):
                    raise ValueError(f"an object belongs here, but there is {shown(value)}; map its members: {name}.…")
                return value
            instant, said = read_instant(value, self._zone, order)
            if said:
                remark(said)
            return instant

        return convert

    def _limits_of(self, name: str, mapped: AttributeMapping) -> Limits | None:
        """Return what the model allows of an attribute's values, ``None`` where the mapping says what they are."""
        known = self._attribute(name)
        if known is None or mapped.datatype is not None or self._kind(name, mapped) != "Property":
            return None
        texts = tuple(one for one in known.enumeration if isinstance(one, str))
        if not texts and known.minimum is None and known.maximum is None:
            return None
        return Limits(known.minimum, known.maximum, known.unit_code or "", texts)

    def _attribute(self, name: str) -> AttributeDescription | None:
        if self.model is None or "." in name:
            return None
        return self.model.attributes.get(name)

    def _kind(self, name: str, mapped: AttributeMapping) -> str:
        if mapped.kind is not None:
            return mapped.kind
        if mapped.language is not None:
            return "LanguageProperty"
        if mapped.latitude is not None or mapped.x is not None:
            return "GeoProperty"
        known = self._attribute(name)
        return "Property" if known is None else known.kind

    def _link(self, text: str, name: str, mapped: AttributeMapping) -> str:
        if is_uri(text) and ":" in text:
            return text
        if mapped.target is None:
            raise ValueError(f'{shown(text)} is not an id of an entity; say of which type it is: target = "…"')
        return f"{_URN}{quote(mapped.target, safe='')}:{_local_part(text)}"

    def _put(
        self,
        entity: dict[str, Any],
        row: Row,
        name: str,
        mapped: AttributeMapping,
        value: Any,
        findings: list[CellFinding],
    ) -> None:
        first, _, member = name.partition(".")
        kind = self._kind(name, mapped) if not member else "Property"
        if member:
            attribute = entity.setdefault(first, {"type": "Property", "value": {}})
            inner = attribute["value"]
            *parents, last = member.split(".")
            for parent in parents:
                inner = inner.setdefault(parent, {})
            inner[last] = value
        else:
            attribute = entity[first] = _attribute_of(kind, value, mapped)
        if mapped.unit is not None and not member:
            attribute["unitCode"] = mapped.unit
        if mapped.observed_at:
            observed = self._observed(row, mapped, findings)
            if observed is not None:
                attribute["observedAt"] = observed

    def _observed(self, row: Row, mapped: AttributeMapping, findings: list[CellFinding]) -> str | None:
        columns = mapped.observed_at
        told = {one.address for one in findings}
        quiet: list[CellFinding] = []
        try:
            cells = [self._cell(row, column, quiet, "observedAt") for column in columns]
            if all(one is None for one in cells):
                return None
            instant, remark = read_instant(cells[0] if len(cells) == 1 else cells, self._zone, self._mapping.dates)
        except _Faulty:
            findings += [one for one in quiet if one.address not in told]
            return None
        except ValueError as error:
            finding = self._finding(row, columns[0], str(error), "observedAt", rule="table/time")
            if finding.address not in told:
                findings.append(finding)
            return None
        if remark and self._table.address(row, columns[0]) not in told:
            self._note(findings, row, columns[0], remark)
        return instant


def _cure(value: Any) -> str:
    """Say what to write in the mapping where a value is right, and the model's list or limits are not."""
    if isinstance(value, int | float):
        return 'datatype = "number" takes it all the same'
    kind = "list" if isinstance(value, list) else "text"
    return f'in the mapping, lookup says which it is, and datatype = "{kind}" takes any'


def _attribute_of(kind: str, value: Any, mapped: AttributeMapping) -> dict[str, Any]:
    if kind == "Relationship":
        return {"type": kind, "object": value}
    if kind == "LanguageProperty":
        return {
            "type": kind,
            "languageMap": value if isinstance(value, Mapping) else {mapped.language or "@none": value},
        }
    return {
        "type": kind if kind in ("GeoProperty", "VocabProperty") else "Property",
        "vocab" if kind == "VocabProperty" else "value": value,
    }


def _without_unit(value: Any, mapped: AttributeMapping) -> Any:
    """Return a cell without the unit that stands behind its number.

    Raises:
        ValueError: It is another unit than the column's.
    """
    text, unit = number_and_unit(value)
    if not unit:
        return value
    said, column = unit_named(unit), mapped.from_unit or mapped.unit
    if said is None or (column is not None and said != column and mapped.scale is None):
        known = f", and the column is in {column}" if column is not None else ""
        raise ValueError(f"a number belongs here, but there is {shown(value)}{known}")
    return text


def _datatype_of(known: AttributeDescription | None) -> Datatype | None:
    """Return what the model wants values to be; None where it leaves that open."""
    if known is None:
        return None
    types = set(known.json_types)
    if types == {"integer"}:
        return "integer"
    if types and types <= {"integer", "number"}:
        return "number"
    if types == {"boolean"}:
        return "boolean"
    if types == {"string"}:
        return "datetime" if known.format == "date-time" else "date" if known.format == "date" else "text"
    if types == {"array"}:
        return "number-list" if "float" in str(known.annotation) or "[int]" in str(known.annotation) else "list"
    return "text" if "string" in types and "number" not in types and "object" not in types else None


def enumerated(text: str, known: AttributeDescription | None) -> str:
    """Return the spelling of the model for a value that it lists, whatever its case and blanks; else the value.

    Args:
        text: The value.
        known: The attribute of the model.
    """
    if known is None or not known.enumeration or text in known.enumeration:
        return text
    plain = _plain(text)
    return next((one for one in known.enumeration if isinstance(one, str) and _plain(one) == plain), text)


def _plain(text: str) -> str:
    return text.replace(" ", "").replace("_", "").replace("-", "").lower()


def _local_part(text: str) -> str:
    return text if text and all(char in _PLAIN for char in text) else slug(text)


def _rounded(number: float) -> int | float:
    near = round(number, 10)
    return int(near) if float(near).is_integer() and abs(near) < 2**53 else near
