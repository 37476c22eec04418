"""``citycontext validate``: check files of entities."""

from __future__ import annotations

import citycontext.cli.door  # noqa: F401

# isort: split
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

import typer
from rich.progress import Progress

from citycontext.cli.chosen_model import named_model
from citycontext.cli.context_broker.completion import complete_model
from citycontext.cli.context_broker.opening import ContextOption, Tenant, open_client
from citycontext.cli.context_broker.output import Form, write_items
from citycontext.cli.context_broker.tables import check_table
from citycontext.cli.conventions import counted
from citycontext.cli.terminal import TextConsole, quoted, say, write_json
from citycontext.errors import CityContextError, ConfigurationError
from citycontext.foreign_text import printable
from citycontext.models.validation.files import Checker, FileReport
from citycontext.models.validation.practice import Practice
from citycontext.models.validation.report import Summary, finding_members, json_report, junit_report
from citycontext.models.validation.sources import Unreadable, find_sources, is_remote
from citycontext.ngsild.findings import Severity

__all__ = ["validate_files"]

_MANY = 20
_STYLES = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "dim"}


class Format(StrEnum):
    """How the result is written."""

    TABLE = "table"
    JSON = "json"
    NDJSON = "ndjson"
    CSV = "csv"
    GEOJSON = "geojson"
    IDS = "ids"
    JUNIT = "junit"


_ROWS: Final = {Format.NDJSON: Form.NDJSON, Format.CSV: Form.CSV}


def validate_files(
    sources: Annotated[
        list[str],
        typer.Argument(metavar="FILE|DIR|URL...", help="What to check; with --type a broker.", show_default=False),
    ],
    strict: Annotated[bool, typer.Option("--strict", help="Every breach of a model's schema is an error.")] = False,
    form: Annotated[
        Format, typer.Option("-o", "--output", help="The form of the result; ids are those of entities with errors.")
    ] = Format.TABLE,
    model: Annotated[
        str | None,
        typer.Option(
            help="The model of all entities: a type, or your own schema (.json).", autocompletion=complete_model
        ),
    ] = None,
    subject: Annotated[str | None, typer.Option(help="The subject of that model.")] = None,
    entity_type: Annotated[
        str | None,
        typer.Option("--type", metavar="TYPE,...", help="Of a broker: the entities of these types, page by page."),
    ] = None,
    tenant: Tenant = None,
    context: ContextOption = None,
    area: Annotated[
        str | None, typer.Option(metavar="W,S,E,N", help="Where entities can be, in degrees; finds swapped positions.")
    ] = None,
    max_age: Annotated[float | None, typer.Option(metavar="HOURS", help="How old an observedAt may be.")] = None,
    notes: Annotated[bool, typer.Option("--notes", help="Show notes too, not only errors and warnings.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="How many findings to show of one file.")] = 20,
) -> None:
    """Check entities against their models, the NGSI-LD standard and good practice; exit code 1 on errors."""
    if form is Format.GEOJSON:
        raise ConfigurationError("findings have no place on a map.", key="--output geojson")
    practice = Practice(
        area=None if area is None else _area(area), max_age=None if max_age is None else timedelta(hours=max_age)
    )
    chosen = None if model is None else named_model(model, subject)
    checker = Checker(strictness="strict" if strict else "tolerant", model=chosen, practice=practice)
    summary = Summary()
    console = TextConsole(soft_wrap=True)
    kept: list[FileReport] = []
    check_sheet = partial(check_table, model=chosen, strict=strict, practice=practice)
    types = [one.strip() for one in entity_type.split(",") if one.strip()] if entity_type is not None else None
    for report in _reports(checker, sources, check_sheet, _Broker(types, tenant, context)):
        summary.add(report)
        if form is Format.TABLE:
            _print_report(console, report, notes, limit)
        else:
            kept.append(report)
    if form is Format.JSON:
        write_json(json_report(kept, summary))
    elif form is Format.JUNIT:
        sys.stdout.write(junit_report(kept, summary))
    elif form in _ROWS:
        write_items(_rows(kept, notes), _ROWS[form], member="findings", flat=True)
    elif form is Format.IDS:
        _print_ids(kept)
    else:
        _print_summary(console, summary, notes)
    if not summary.passed:
        raise typer.Exit(1)


def _rows(reports: Iterable[FileReport], notes: bool) -> Iterator[dict[str, Any]]:
    """Yield the findings, a row each."""
    for report in reports:
        if report.problem:
            yield {"source": report.source, "severity": "error", "message": report.problem}
        for entity in report.entities:
            for one in entity.findings:
                if one.severity is not Severity.NOTE or notes:
                    where = {"source": report.source, "place": entity.place, "id": entity.id, "type": entity.type}
                    yield {**where, **finding_members(one)}


def _print_ids(reports: Iterable[FileReport]) -> None:
    for report in reports:
        for entity in report.entities:
            if entity.id and any(one.severity is Severity.ERROR for one in entity.findings):
                say(printable(entity.id))


@dataclass(frozen=True, slots=True)
class _Broker:
    """What of a broker is checked.

    Args:
        types: The types; None for all that it has.
        tenant: The tenant.
        context: The @context.
    """

    types: list[str] | None
    tenant: str | None
    context: str | None

    def reads(self, source: str) -> bool:
        """Return whether a source is a broker: types were named, or the address is the root of an API."""
        if not is_remote(source):
            return False
        return self.types is not None or urlsplit(source).path.rstrip("/") in ("", "/ngsi-ld/v1")

    def entities(self, source: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield the entities, page by page.

        Raises:
            Unreadable: The broker does not give them.
        """
        address = source.rstrip("/").removesuffix("/ngsi-ld/v1")
        try:
            with open_client(address, self.tenant, self.context) as client:
                for name in self.types if self.types is not None else client.types.names():
                    came = False
                    for entity in client.entities.query(name, as_=dict):
                        came = True
                        yield "", entity
                    if not came:
                        raise Unreadable(f"the broker has no entity of the type {printable(name)}")
        except CityContextError as error:
            raise Unreadable(str(error)) from None


def _reports(
    checker: Checker, names: list[str], check_sheet: Callable[[Path], FileReport | None], broker: _Broker
) -> Iterator[FileReport]:
    brokers = [name for name in names if broker.reads(name)]
    if broker.types is not None and not brokers:
        raise ConfigurationError("goes with the address of a broker.", key="--type", cure="--model names a model.")
    for name in brokers:
        yield checker.check_entities(name, broker.entities(name))
    sources = list(find_sources(name for name in names if name not in brokers))
    bar = TextConsole(stderr=True)
    with Progress(console=bar, transient=True, disable=len(sources) < _MANY or not bar.is_terminal) as progress:
        for source, problem in progress.track(sources, description="checking"):
            if problem:
                yield FileReport(source, problem=problem)
                continue
            yield (None if is_remote(source) else check_sheet(Path(source))) or checker.check(source)


def _print_report(console: TextConsole, report: FileReport, notes: bool, limit: int) -> None:
    lines = _lines(report, notes)
    shown = list(islice(lines, limit))
    if shown:
        console.print(f"[bold]{quoted(report.source)}[/bold]")
        for line in shown:
            console.print(line)
        more = sum(1 for _ in lines)
        if more:
            console.print(f"  and {more:,} more; --limit {limit + more} shows them")


def _lines(report: FileReport, notes: bool) -> Iterator[str]:
    if report.problem:
        yield f"  [red]error[/red] {quoted(report.problem)}"
    for entity in report.entities:
        where = " ".join(part for part in (entity.place, entity.id) if part)
        for one in entity.findings:
            if one.severity is Severity.NOTE and not notes:
                continue
            style = _STYLES[one.severity]
            asked = f"; expected {one.expected}" if one.expected else ""
            found = f"; found {one.found}" if one.found else ""
            yield (
                f"  [{style}]{one.severity}[/{style}] {quoted(f'{where}: ' if where else '')}{quoted(str(one))}"
                f"{quoted(asked)}{quoted(found)} [dim]{one.rule}[/dim]"
            )


def _print_summary(console: TextConsole, summary: Summary, notes: bool) -> None:
    counts = summary.severities
    verdict = "[green]passed[/green]" if summary.passed else "[red]failed[/red]"
    console.print(
        f"{verdict}: {counted(summary.entities, 'entity', 'entities')} in {counted(summary.files, 'file')}; "
        f"{counted(summary.failed, 'file')} with errors"
        + (f", {summary.skipped:,} skipped (schemas and @contexts)" if summary.skipped else "")
    )
    hidden = " (--notes shows them)" if counts[Severity.NOTE] and not notes else ""
    console.print(
        f"{counted(counts[Severity.ERROR], 'error')}, {counted(counts[Severity.WARNING], 'warning')}, "
        f"{counted(counts[Severity.NOTE], 'note')}{hidden}"
    )


def _area(text: str) -> tuple[float, float, float, float]:
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        west = south = east = north = 0.0
    if west >= east or south >= north or max(abs(south), abs(north)) > 90:
        raise ConfigurationError(f"--area {text!r} is not an area; write west,south,east,north, e.g. 2.5,49.4,6.5,51.6")
    return west, south, east, north
