"""``citycontext oslo``: NGSI-LD entities as OSLO linked data, and back."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress

from citycontext.errors import CityContextError, ConfigurationError, InvalidEntity
from citycontext.ngsild import Entity, load_many

if TYPE_CHECKING:
    from citycontext.oslo import LossReport, MappingTables

__all__ = ["oslo"]

_MANY = 20
_ENDINGS = {".nt": "application/n-triples", ".ttl": "text/turtle"}
_STYLES = {"lost": "red", "refused": "red", "missing": "red", "changed": "yellow", "assumed": "yellow"}

oslo = typer.Typer(help="OSLO, the linked data of Flanders: convert there and back.", no_args_is_help=True)


class Target(StrEnum):
    """What comes out."""

    JSON_LD = "jsonld"
    N_TRIPLES = "nt"
    NGSI_LD = "ngsild"


class ProfileName(StrEnum):
    """The words that OSLO is written in."""

    ISO = "observaties-en-metingen"
    SOSA = "sosa"
    ENERGY = "energie"


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
    """OSLO, the linked data of Flanders: convert there and back."""


@oslo.command("convert")
def convert_files(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="What to convert.", show_default=False)],
    to: Annotated[Target, typer.Option("--to", help="What comes out; ngsild reads linked data.")] = Target.JSON_LD,
    profile: Annotated[ProfileName, typer.Option(help="The words that OSLO is written in.")] = ProfileName.ISO,
    base: Annotated[
        str | None, typer.Option(metavar="IRI", help="Where concepts are minted that no official list has.")
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
    crs: Annotated[ReferenceSystem, typer.Option(help="The reference system of geometries in OSLO.")] = (
        ReferenceSystem.CRS84
    ),
    geometry: Annotated[Geometry, typer.Option(help="The literal that a geometry is.")] = Geometry.WKT,
    strict: Annotated[bool, typer.Option("--strict", help="Stop at the first thing that would be lost.")] = False,
    report: Annotated[bool, typer.Option(help="Show on stderr what is not carried.")] = True,
) -> None:
    """Convert entities to OSLO, or OSLO to entities; the loss report goes to stderr."""
    from citycontext.oslo import standard_tables, to_oslo

    tables = standard_tables().with_base(base) if base else standard_tables()
    for file in table or ():
        tables = tables.with_tables(file)
    console = Console(stderr=True, highlight=False, emoji=False, soft_wrap=True)
    entities: list[dict[str, Any]] = []
    for file in _progress(files):
        try:
            if to is Target.NGSI_LD:
                entities += _read(file, tables, _contexts(context), zone, strict, console if report else None)
            else:
                written = to_oslo(
                    _entities(file),
                    profile=profile.value,
                    tables=tables,
                    version_delimiter=version,
                    crs=crs.value,
                    geometry=geometry.value,
                    strict=strict,
                )
                text = written.to_n_triples() if to is Target.N_TRIPLES else _pretty(written.to_json_ld())
                _show(file, written.report, console if report else None)
                sys.stdout.write(text)
        except ConfigurationError:
            raise
        except CityContextError as wrong:
            raise ConfigurationError(str(wrong).replace("\n", " "), file=str(file)) from None
    if to is Target.NGSI_LD:
        sys.stdout.write(_pretty(entities))


def _read(
    file: Path,
    tables: MappingTables,
    contexts: dict[str, Any],
    zone: str | None,
    strict: bool,
    console: Console | None,
) -> list[dict[str, Any]]:
    from citycontext.oslo import from_oslo, read_text

    media_type = _ENDINGS.get(file.suffix, "application/ld+json")
    graph = read_text(_text(file), media_type, contexts=contexts)
    reading = from_oslo(graph, tables=tables, zone=_zone(zone), strict=strict)
    _show(file, reading.report, console)
    return [entity.to_dict() for entity in reading]


def _entities(file: Path) -> list[Entity]:
    try:
        payload = json.loads(_text(file))
    except ValueError as wrong:
        raise InvalidEntity(f"the file is no JSON: {wrong}") from None
    return load_many(payload if isinstance(payload, list) else [payload])


def _show(file: Path, report: LossReport, console: Console | None) -> None:
    if console is None or not len(report):
        return
    console.print(f"[bold]{escape(str(file))}[/bold]")
    for loss in report:
        style = _STYLES.get(loss.kind.value, "dim")
        where = escape(f"{loss.subject} {loss.path}".rstrip())
        home = f"; {loss.home}" if loss.home else ""
        console.print(f"  [{style}]{loss.kind}[/{style}] {where}: {escape(loss.reason + home)}")


def _progress(files: list[Path]) -> Iterator[Path]:
    bar = Console(stderr=True)
    with Progress(console=bar, transient=True, disable=len(files) < _MANY or not bar.is_terminal) as progress:
        yield from progress.track(files, description="converting")


def _contexts(given: list[str] | None) -> dict[str, Any]:
    contexts = {}
    for one in given or ():
        url, _, name = one.rpartition("=")
        if not url:
            raise ConfigurationError(f"--context {one!r} names no file.", cure="Write it as URL=FILE.")
        contexts[url] = json.loads(_text(Path(name)))
    return contexts


def _zone(name: str | None) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError):
        raise ConfigurationError(
            f"there is no time zone {name!r}.", cure="Use a name such as Europe/Brussels."
        ) from None


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as wrong:
        raise ConfigurationError(f"the file cannot be read: {wrong}", file=str(file)) from None


def _pretty(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
