"""``citycontext oslo``: NGSI-LD entities as OSLO linked data, and back."""

from __future__ import annotations

import citycontext.cli.door  # noqa: F401

# isort: split
import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer
from rich.progress import Progress

from citycontext.cli.context_broker.output import Form
from citycontext.cli.oslo_check import check_files
from citycontext.cli.oslo_files import ProfileName, read_contexts, read_entities, read_graph
from citycontext.cli.terminal import TextConsole, quoted
from citycontext.errors import (
    CityContextError,
    ConfigurationError,
    ContextNotAvailable,
    MissingExtra,
)

if TYPE_CHECKING:
    from citycontext.cli.oslo_output import Output
    from citycontext.oslo import LossReport

__all__ = ["oslo"]

_MANY = 20
_STYLES = {"lost": "red", "refused": "red", "missing": "red", "changed": "yellow", "assumed": "yellow"}

oslo: typer.Typer = typer.Typer(
    help="OSLO, the linked data of Flanders: convert there and back, and check.", no_args_is_help=True
)


class Target(StrEnum):
    """What comes out: linked data, or entities in the forms that they have on every command."""

    JSON_LD = "jsonld"
    N_TRIPLES = "nt"
    NGSI_LD = "ngsild"
    JSON = "json"
    NDJSON = "ndjson"
    TABLE = "table"
    CSV = "csv"
    GEOJSON = "geojson"
    IDS = "ids"


_LINKED: Final = (Target.JSON_LD, Target.N_TRIPLES)


class ModelName(StrEnum):
    """Whose classes entities are of."""

    SMART_DATA_MODELS = "smart-data-models"
    OSLO = "oslo"


class ReferenceSystem(StrEnum):
    """What coordinates are in."""

    CRS84 = "crs84"
    WGS84 = "wgs84"
    LAMBERT_72 = "lambert72"
    LAMBERT_2008 = "lambert2008"


class Geometry(StrEnum):
    """The literals of geometries."""

    WKT = "wkt"
    GML = "gml"


@oslo.callback()
def _oslo() -> None:
    """OSLO, the linked data of Flanders: convert there and back, and check."""


oslo.command("check")(check_files)


@oslo.command("convert")
def convert_files(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="What to convert.", show_default=False)],
    form: Annotated[
        Target,
        typer.Option(
            "-o",
            "--output",
            help="What comes out: jsonld and nt write linked data; the others read it, and write entities "
            "(ngsild is json).",
        ),
    ] = Target.JSON_LD,
    to: Annotated[
        Path | None, typer.Option("--to", metavar="FILE", help="The file to write; else it is shown.")
    ] = None,
    profile: Annotated[ProfileName, typer.Option(help="The words that OSLO is written in.")] = ProfileName.ISO,
    base: Annotated[
        str | None,
        typer.Option(
            metavar="IRI",
            help="Where ids of your own stand: URNs become addresses under it, and URNs again with -o ngsild. "
            "Concepts that no official list has are minted below it, in concept/; an IRI that ends with /concept/ "
            "is for these alone.",
        ),
    ] = None,
    table: Annotated[
        list[Path] | None, typer.Option(metavar="TOML", help="A mapping table on top; may be given several times.")
    ] = None,
    context: Annotated[
        list[str] | None,
        typer.Option(metavar="URL=FILE", help="A context that the files name; may be given several times."),
    ] = None,
    zone: Annotated[
        str | None, typer.Option(metavar="ZONE", help="What a time without zone is in, e.g. Europe/Brussels.")
    ] = None,
    version: Annotated[
        str, typer.Option(metavar="DELIMITER", help="Write immutable versions: # or / goes between id and time.")
    ] = "",
    models: Annotated[
        ModelName, typer.Option(help="With -o ngsild: whose classes entities are of, where both have one.")
    ] = ModelName.SMART_DATA_MODELS,
    crs: Annotated[ReferenceSystem, typer.Option(help="The reference system of geometries in OSLO.")] = (
        ReferenceSystem.CRS84
    ),
    geometry: Annotated[Geometry, typer.Option(help="The literal that a geometry is.")] = Geometry.WKT,
    strict: Annotated[bool, typer.Option("--strict", help="Stop at the first thing that would be lost.")] = False,
    report: Annotated[bool, typer.Option(help="Show on stderr what is not carried.")] = True,
) -> None:
    """Convert entities to OSLO, or OSLO to entities; the loss report goes to stderr."""
    from citycontext.oslo import LossReport, each_to_oslo, from_oslo, standard_tables
    from citycontext.oslo.persistent_ids import CONCEPTS, PersistentIds

    ids = ""
    if base and not base.endswith(f"/{CONCEPTS}"):
        ids, base = PersistentIds(base).base, f"{base}{CONCEPTS}"
    tables = standard_tables().with_base(base) if base else standard_tables()
    for file in table or ():
        tables = tables.with_tables(file)
    console = TextConsole(stderr=True, soft_wrap=True)
    reports: list[tuple[Path, LossReport]] = []
    refused: list[ConfigurationError] = []
    time_zone, contexts = _zone(zone), read_contexts(context)
    output = _output(form, profile)
    with output:
        for file in _progress(files):
            place = output.place()
            try:
                if form not in _LINKED:
                    graph = read_graph(file, contexts)
                    reading = from_oslo(
                        graph, tables=tables, zone=time_zone, models=models.value, base=ids, strict=strict
                    )
                    output.write(reading)
                    reports.append((file, reading.report))
                    continue
                losses = LossReport(strict)
                for graph in each_to_oslo(
                    read_entities(file),
                    losses,
                    profile=profile.value,
                    tables=tables,
                    version_delimiter=version,
                    crs=crs.value,
                    geometry=geometry.value,
                    base=ids,
                    blanks=output.blanks,
                ):
                    output.write(graph)
            except ConfigurationError:
                raise
            except CityContextError as wrong:
                cure = "Give it with --context URL=FILE." if isinstance(wrong, ContextNotAvailable) else ""
                refusal = ConfigurationError(str(wrong).replace("\n", " "), file=str(file), cure=cure)
                if strict or len(files) == 1 or isinstance(wrong, MissingExtra):
                    raise refusal from None
                output.back_to(place)
                refused.append(refusal)
                continue
            reports.append((file, losses))
        for file, losses in reports if report else ():
            _show(file, losses, console)
        if to is None:
            output.copy_to(sys.stdout)
        else:
            _write(output, to)
    for refusal in refused:  # of several files one that is wrong does not keep the others from being converted
        console.print(f"[red]refused[/red] {quoted(str(refusal))}")
    if refused:
        raise typer.Exit(1)


def _output(form: Target, profile: ProfileName) -> Output:
    from citycontext.cli.oslo_output import EntityOutput, NodeOutput, RowOutput, TripleOutput

    if form in _LINKED:
        return NodeOutput(profile.value) if form is Target.JSON_LD else TripleOutput()
    return EntityOutput() if form in (Target.NGSI_LD, Target.JSON) else RowOutput(Form(form.value))


def _write(output: Output, to: Path) -> None:
    """Write a file, whole or not at all."""
    from citycontext.cli.oslo_output import RowOutput

    if isinstance(output, RowOutput) and output.form is not Form.NDJSON:
        raise ConfigurationError("goes with linked data, json and ndjson.", key="--to", cure=f"Write > {to}")
    try:
        with to.open("w", encoding="utf-8") as file:
            output.copy_to(file)
    except OSError as wrong:
        raise ConfigurationError(f"cannot be written: {wrong.strerror}.", file=str(to)) from None


def _show(file: Path, report: LossReport, console: TextConsole) -> None:
    if not len(report):
        return
    console.print(f"[bold]{quoted(str(file))}[/bold]")
    for loss in report:
        style = _STYLES.get(loss.kind.value, "dim")
        where = quoted(f"{loss.subject} {loss.path}".rstrip())
        home = f"; {loss.home}" if loss.home else ""
        console.print(f"  [{style}]{loss.kind}[/{style}] {where}: {quoted(loss.reason + home)}")


def _progress(files: list[Path]) -> Iterator[Path]:
    bar = TextConsole(stderr=True)
    with Progress(console=bar, transient=True, disable=len(files) < _MANY or not bar.is_terminal) as progress:
        yield from progress.track(files, description="converting")


def _zone(name: str | None) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError):
        raise ConfigurationError(
            f"there is no time zone {name!r}.", cure="Use a name such as Europe/Brussels."
        ) from None
