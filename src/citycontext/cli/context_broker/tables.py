"""``citycontext entities import`` of spreadsheets, CSV, GeoJSON and other files of rows."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import orjson
from rich.table import Table as Printed
from rich.text import Text

from citycontext.cli.context_broker.output import note
from citycontext.cli.conventions import counted
from citycontext.cli.terminal import TextConsole
from citycontext.errors import ConfigurationError, UnknownModel
from citycontext.foreign_text import printable
from citycontext.models.catalogue.description import ModelDescription
from citycontext.models.catalogue.registry import describe
from citycontext.models.validation import Practice, Strictness
from citycontext.models.validation.files import EntityReport, FileReport
from citycontext.ngsild.findings import Finding, Severity
from citycontext.ngsild.terms import ATTRIBUTE_TYPES
from citycontext.tables.guesses import guess
from citycontext.tables.sheets import (
    CellFinding,
    Conversion,
    RowResult,
    Table,
    TableError,
    TableMapping,
    is_table,
    load_mapping,
    propose,
    read_table,
    written_mapping,
)
from citycontext.tables.sheets.checking import check_row
from citycontext.tables.sheets.presets import PRESETS, read_preset
from citycontext.tables.sheets.refused import REFUSED_SUFFIXES, write_refused
from citycontext.transfer import TablePlace
from citycontext.web.fetch import DocumentTooLarge, FetchRules, Unavailable, Unfetchable, fetch

__all__ = [
    "ReadTable",
    "check_refused_file",
    "check_rows",
    "check_table",
    "holds_rows",
    "keep_refused",
    "open_preset",
    "open_table",
    "print_findings",
    "show_rehearsal",
]

_MOST_BYTES = 200_000_000
_TIMEOUT = 60.0
_MOST_FINDINGS = 20
_ADDRESSES: Final = 5
_LONGEST_CELL = 40
_NO_TERMINAL = 1_000
_SPREADSHEETS = (b"PK\x03\x04", bytes.fromhex("d0cf11e0"))
_FIRST = 65_536


@dataclass(frozen=True, slots=True)
class ReadTable:
    """A table with what becomes of it.

    Args:
        path: The file.
        table: Its rows.
        mapping: What becomes of them.
        conversion: What makes entities of them.
    """

    path: Path
    table: Table
    mapping: TableMapping
    conversion: Conversion

    @property
    def place(self) -> TablePlace:
        """The table as a place that entities are read from."""
        return TablePlace(self.path, self.table, self.conversion)


def holds_rows(path: Path) -> bool:
    """Return whether a file holds rows, and not entities: by its name, else by how it begins.

    Args:
        path: The file.
    """
    if is_table(path):
        return True
    try:
        with path.open("rb") as file:
            first = file.read(_FIRST)
    except OSError:
        return False
    if first.startswith(_SPREADSHEETS):
        return True
    text = first.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text[:1] not in (b"{", b"["):
        return False
    try:
        document: Any = orjson.loads(text.partition(b"\n")[0])
    except orjson.JSONDecodeError:
        try:
            document = orjson.loads(path.read_bytes().removeprefix(b"\xef\xbb\xbf"))
        except orjson.JSONDecodeError:
            return False
    return not _is_of_entities(document)


def _is_of_entities(document: Any) -> bool:
    if isinstance(document, list):
        return not document or _is_of_entities(document[0])
    if not isinstance(document, dict) or "@graph" in document or {"reason", "entity"} <= document.keys():
        return True
    features = document.get("features") if document.get("type") == "FeatureCollection" else None
    if features is None and document.get("type") == "Feature":
        features = [document]
    if isinstance(features, list):
        # What a broker gives as GeoJSON has whole attributes among the properties.
        members = (features[0].get("properties") or {}) if features and isinstance(features[0], dict) else {}
        return any(isinstance(one, dict) and one.get("type") in ATTRIBUTE_TYPES for one in members.values())
    if isinstance(document.get("id"), str) and isinstance(document.get("type"), str | list):
        return ":" in document["id"] or any(isinstance(one, dict) and "type" in one for one in document.values())
    return not any(not isinstance(one, dict) for one in document.values())


def open_preset(
    preset: str, source: str, *, type_name: str | None, subject: str | None = None, map_file: Path | None = None
) -> ReadTable:
    """Read a feed of a known form, from a file or an address, with what becomes of it.

    Args:
        preset: The form.
        source: The file or address.
        type_name: The type of the entities, where the form does not say it.
        subject: The subject of the model.
        map_file: A mapping to take in place of the form's own.

    Raises:
        ConfigurationError: It is not such a feed, or cannot be read.
    """
    if preset not in PRESETS:
        raise ConfigurationError(
            f"{preset!r} is not a form that is known.", key="--preset", cure=f"Known are {', '.join(PRESETS)}."
        )
    path = Path(source.rpartition("/")[2].partition("?")[0] or preset) if _is_address(source) else Path(source)
    where = map_file or path.with_name(f"{path.stem}.map.toml")
    try:
        if PRESETS[preset].mapping is None and not _is_address(source):
            table, mapping = read_table(path), None
        else:
            table, mapping = read_preset(preset, source, partial(_document, path.parent, urlsplit(source).hostname))
    except TableError as error:
        raise ConfigurationError(f"{printable(str(error), 500)}.", file=source) from None
    if map_file is not None or (mapping is None and where.is_file()):
        mapping = load_mapping(where)
        faults = list(mapping.faults(table, str(where)))
        if faults:
            raise ConfigurationError.of_all(faults)
    if mapping is None:
        mapping = _proposed(path, table, type_name, subject, where, None)
    return ReadTable(path, table, mapping, Conversion(table, mapping))


def _is_address(source: str) -> bool:
    return source.startswith(("http://", "https://"))


def _document(folder: Path, host: str | None, url: str, accept: str) -> bytes:
    """Return a document of a feed: of a folder where it was saved, else from its address."""
    path = folder / url.rpartition("/")[2].partition("?")[0] if _is_address(url) else Path(url)
    if _is_address(url) and not path.is_file():
        path = path.with_name(f"{path.name}.json")
    if path.is_file() and path.stat().st_size <= _MOST_BYTES:
        return path.read_bytes()
    if not _is_address(url):
        raise TableError(f"there is no file {url}")
    # What a feed names may lead anywhere; into a private network only where the feed itself is there.
    private = urlsplit(url).hostname == host
    try:
        return fetch(url, FetchRules(_MOST_BYTES, accept=accept, timeout=_TIMEOUT, allow_private=private))
    except (Unfetchable, Unavailable, DocumentTooLarge) as error:
        raise TableError(f"{url} cannot be fetched: {error}") from None


def open_table(
    path: Path,
    *,
    type_name: str | None,
    subject: str | None = None,
    model: ModelDescription | None = None,
    map_file: Path | None = None,
    sheet: str | None = None,
    zone: str | None = None,
    keeps: bool = True,
) -> ReadTable:
    """Read a file of rows, and its mapping; without one, propose a mapping and write it.

    Args:
        path: The file.
        type_name: The type of its entities; None where a mapping says it.
        subject: The subject of the model.
        model: The model, where it is one of a user's own.
        map_file: The mapping's file; beside the file by default.
        sheet: The sheet.
        zone: What times without zone are in, of a mapping that is proposed.
        keeps: Whether a mapping that is proposed is written to its file.

    Raises:
        ConfigurationError: The file cannot be read, or the mapping does not fit it.
    """
    where = map_file or path.with_name(f"{path.stem}.map.toml")
    if map_file is not None and not map_file.is_file() and type_name is None:
        raise ConfigurationError("there is no such file.", file=str(map_file), cure="Check the path, or name --type.")
    if where.is_file():
        mapping = load_mapping(where)
        if type_name is not None and type_name != mapping.type:
            raise ConfigurationError(
                f"makes entities of type {mapping.type}, and --type says {type_name}.",
                file=str(where),
                cure="Name another file with --map, or delete this one.",
            )
        table = _read(path, sheet or mapping.sheet, mapping)
        faults = list(mapping.faults(table, str(where)))
        if faults:
            raise ConfigurationError.of_all(faults)
        note(f"{where} says what becomes of the columns")
    else:
        table = _read(path, sheet, None)
        mapping = _proposed(path, table, type_name, subject, where if keeps else None, zone, model)
    for remark in table.remarks:
        note(printable(remark, 400))
    return ReadTable(path, table, mapping, Conversion(table, mapping, model))


def _read(path: Path, sheet: str | None, mapping: TableMapping | None) -> Table:
    try:
        if mapping is None:
            return read_table(path, sheet=sheet)
        return read_table(
            path, sheet=sheet, header_row=mapping.header_row, delimiter=mapping.delimiter, names=mapping.columns
        )
    except TableError as error:
        raise ConfigurationError(f"{printable(str(error), 500)}.", file=str(path)) from None


def _proposed(
    path: Path,
    table: Table,
    type_name: str | None,
    subject: str | None,
    where: Path | None,
    zone: str | None,
    model: ModelDescription | None = None,
) -> TableMapping:
    if type_name is None:
        ranked = guess(table.samples(), [path.stem, table.sheet], unique=True, most=3).models
        like = f"They look like {', '.join(str(one.model.type) for one in ranked)}. " if ranked else ""
        raise ConfigurationError(
            "holds rows, and nothing says of which type their entities are.",
            file=str(path),
            key="--type",
            cure=f"{like}Write --type {ranked[0].model.type if ranked else 'OffStreetParking'}, for example; "
            "citycontext models search finds types.",
        )
    if model is None:
        try:
            model = describe(type_name, subject)
        except UnknownModel as error:
            note(f"{printable(str(error), 300)} Every column is kept, under a name of its own.")
    proposal = propose(table, type_name, model, zone=zone or "Europe/Brussels")
    if not proposal.mapping.attributes:
        raise ConfigurationError(
            f"has no column that is an attribute of {type_name}; its columns are {', '.join(table.columns)[:300]}.",
            file=str(path),
            cure="Is it the right type? citycontext models show TYPE lists the attributes.",
        )
    for remark in proposal.remarks:
        note(printable(remark, 400))
    if where is not None:
        try:
            where.write_text(written_mapping(proposal, path.name), encoding="utf-8")
        except OSError as error:
            raise ConfigurationError(f"cannot be written: {error.strerror}.", file=str(where)) from None
        note(f"{where} is written: what becomes of the columns, to be looked at and edited")
        left_out = [column for column in table.columns if column not in proposal.mapping.columns]
        if left_out:
            names = printable(", ".join(left_out), 300)
            note(f"{counted(len(left_out), 'column')} left out: {names}; {where} says why")
    return proposal.mapping


def show_rehearsal(read: ReadTable) -> None:
    """Print what becomes of the columns, with the first row that becomes an entity as an example.

    Args:
        read: The table.
    """
    results = list(islice(read.conversion, 200))
    example = next((one for one in results if one.entity is not None), results[0])
    printed = Printed(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    for title in ("column", "cell", "holds", "becomes", "value"):
        printed.add_column(title, overflow="fold")
    identifier = str((example.entity or {}).get("id", ""))
    rows = [(*_cell(read.table, example, column), "id", identifier) for column in read.mapping.id.from_ or ("",)]
    for name, mapped in read.mapping.attributes.items():
        first, _, member = name.partition(".")
        attribute = (example.entity or {}).get(first, {})
        value = attribute.get("value", attribute.get("object", attribute.get("languageMap", "")))
        for step in member.split(".") if member else ():
            value = value.get(step, "") if isinstance(value, dict) else ""
        said = _said(value) + (f" {attribute['unitCode']}" if "unitCode" in attribute and not member else "")
        for index, column in enumerate(mapped.columns or ("",)):
            rows.append((*_cell(read.table, example, column), name if index == 0 else "", said if index == 0 else ""))
        for column in mapped.observed_at:
            observed = attribute.get("observedAt", "")
            rows.append((*_cell(read.table, example, column), f"{name}.observedAt", str(observed)))
    left_out = [column for column in read.table.columns if column not in read.mapping.columns]
    rows += [(*_cell(read.table, example, column), "(left out)", "") for column in left_out]
    for row in rows:
        printed.add_row(*(Text(printable(one, 80)) for one in row))
    # What is read by another program has a line for each.
    TextConsole(width=None if sys.stdout.isatty() else _NO_TERMINAL).print(printed)


def _cell(table: Table, result: RowResult, column: str) -> tuple[str, str, str]:
    if not column:
        return "", "", ""
    value = result.row.values[table.columns.index(column)]
    return column, table.address(result.row, column), "" if value is None else printable(str(value), _LONGEST_CELL)


def _said(value: Any) -> str:
    if isinstance(value, dict) and value.get("type") == "Point":
        return ", ".join(str(one) for one in value["coordinates"])
    return printable(value if isinstance(value, str) else orjson.dumps(value).decode(), 80)


def check_rows(
    read: ReadTable, strictness: Strictness | str = Strictness.TOLERANT, practice: Practice | None = None
) -> Iterable[tuple[RowResult, Sequence[CellFinding]]]:
    """Yield the rows, each with what was found in it and in its entity.

    Args:
        read: The table.
        strictness: How much a breach of the schema counts.
        practice: What good practice is measured by.
    """
    for result in read.conversion:
        found = check_row(read.table, read.mapping, read.conversion, result, strictness=strictness, practice=practice)
        yield result, [*result.findings, *found]


def check_table(
    path: Path, *, model: ModelDescription | None, strict: bool = False, practice: Practice | None = None
) -> FileReport | None:
    """Check a file of rows, each finding with its cell; return None for a file that holds no rows.

    Args:
        path: The file.
        model: The model of the rows; None for that of the mapping beside the file.
        strict: Whether every breach of the model's schema is an error.
        practice: What good practice is measured by.
    """
    mapped = path.with_name(f"{path.stem}.map.toml").is_file()
    if not is_table(path) and not (mapped and holds_rows(path)):
        return None
    report = FileReport(str(path))
    if model is None and not mapped:
        report.problem = "holds rows; say of which type they are (--model TYPE), or which columns they have (.map.toml)"
        return report
    try:
        read = open_table(path, type_name=None if model is None else model.type, model=model, keeps=False)
    except ConfigurationError as error:
        report.problem = str(error)
        return report
    for result, findings in check_rows(read, Strictness.STRICT if strict else Strictness.TOLERANT, practice):
        report.checked += 1
        report.found += len(findings)
        if findings:
            told = [Finding(one.address, one.rule, one.message, one.severity) for one in findings]
            identifier = (result.entity or {}).get("id", "")
            report.entities.append(EntityReport(f"row {result.row.number}", identifier, read.mapping.type, told))
    return report


def print_findings(findings: Iterable[CellFinding], most: int = _MOST_FINDINGS) -> int:
    """Say on stderr what was found, errors and warnings, once for cells that are alike; return how many there are.

    Args:
        findings: What was found.
        most: How many that differ are shown.
    """
    number = more = 0
    alike: dict[tuple[str, str], list[str]] = {}
    times: Counter[tuple[str, str]] = Counter()
    for one in findings:
        if one.severity is Severity.NOTE:
            continue
        number += 1
        column = f" ({one.column})" if one.column else ""
        what = (str(one.severity), f"{column}: {one.message} [{one.rule}]")
        if what not in alike and len(alike) == most:
            more += 1
            continue
        times[what] += 1
        if len(shown := alike.setdefault(what, [])) < _ADDRESSES:
            shown.append(one.address)
    for what, addresses in alike.items():
        rest = f" and {times[what] - len(addresses):,} more" if times[what] > len(addresses) else ""
        note(printable(f"{what[0]}: {', '.join(addresses)}{rest}{what[1]}", 500))
    if more:
        note(f"and {more:,} more")
    return number


def keep_refused(read: ReadTable, place: TablePlace, refused: Path | None, by_broker: Path) -> int:
    """Write the rows that were refused, by us or by the broker, back as a sheet; return how many there are.

    Args:
        read: The table.
        place: The rows that became no entity.
        refused: The file to write; None to write none.
        by_broker: A file of the entities that the broker refused, each with the reason.
    """
    rows = [
        (one.row, "; ".join(str(finding) for finding in one.findings if finding.severity is Severity.ERROR))
        for one in place.refused
    ]
    if by_broker.exists():
        for line in by_broker.read_bytes().splitlines():
            kept = orjson.loads(line)
            row = place.row_of(kept["entity"]["id"])
            if row is not None:
                rows.append((row, kept["reason"]))
                note(printable(f"error: row {row.number}: the broker refuses it: {kept['reason']}", 500))
        by_broker.unlink()
    if rows and refused is not None:
        rows.sort(key=lambda one: one[0].number)
        try:
            write_refused(refused, read.table, rows)
        except OSError as error:
            raise ConfigurationError(f"cannot be written: {error.strerror}.", file=str(refused)) from None
        note(f"{counted(len(rows), 'row')} in {refused}, each with the reason; mend them there and import that file")
    elif rows:
        note(f"--refused FILE.xlsx keeps the {counted(len(rows), 'row')}, with the reasons")
    return len(rows)


def check_refused_file(refused: Path | None) -> None:
    """Refuse a file for refused rows that is not a sheet."""
    if refused is not None and refused.suffix.lower() not in REFUSED_SUFFIXES:
        raise ConfigurationError(
            f"refused rows go to {' or '.join(REFUSED_SUFFIXES)}.",
            key="--refused",
            cure="Write --refused refused.xlsx.",
        )
