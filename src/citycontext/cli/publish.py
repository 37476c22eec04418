"""``citycontext publish``: open data from a file or a context broker."""

from __future__ import annotations

import re
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn

from citycontext.cli.extras import extra
from citycontext.cli.logs import log_to_stderr
from citycontext.client import Client
from citycontext.errors import ConfigurationError
from citycontext.ngsild import Severity
from citycontext.ngsild.query.duration import Duration
from citycontext.ngsild.time import parse_datetime
from citycontext.publish import Distribution, EventStream, Publication, Report, Written, describe_publication
from citycontext.publish import export as export_entities
from citycontext.publish.config import StreamSettings
from citycontext.publish.entity_files import read_entities
from citycontext.publish.exports import Form
from citycontext.publish.history import publish_history
from citycontext.publish.ldes.nodes import ROOT

__all__ = ["publish"]

_STYLES = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "dim"}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_PUBLISH_FIRST = "Publish one first: citycontext publish ldes."
_REMOTE = ("http://", "https://")

Source = Annotated[str, typer.Argument(metavar="FILE|URL", help="A file of entities, or a broker.", show_default=False)]
Target = Annotated[Path, typer.Argument(metavar="TARGET", help="Where it goes.", show_default=False)]
Config = Annotated[Path, typer.Option("--config", "-c", help="What may be published, and what the data are.")]
Tenant = Annotated[str | None, typer.Option(help="The broker's tenant.")]

publish = typer.Typer(help="Open data: nothing leaves that is not on the list.", no_args_is_help=True)


class Time(StrEnum):
    """Which time of an attribute counts."""

    OBSERVED = "observedAt"
    MODIFIED = "modifiedAt"
    CREATED = "createdAt"


@publish.command("ldes")
def publish_stream(
    source: Source,
    target: Target,
    config: Config = Path("publish.toml"),
    since: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Of a broker: a day (UTC) or time to begin at, once."),
    ] = None,
    until: Annotated[str | None, typer.Option(metavar="TIME", help="Of a broker: where to end; else now.")] = None,
    step: Annotated[
        str, typer.Option(metavar="DURATION", help="Of a broker: how much time to ask for at once.")
    ] = "PT1H",
    time: Annotated[Time, typer.Option(help="Of a broker: which time counts.")] = Time.OBSERVED,
    tenant: Tenant = None,
) -> None:
    """Publish versions as a Linked Data Event Stream, into a folder; what is there already stays.

    From a broker it is the history, from where the last run ended.
    """
    publication = Publication.load(config)
    _stream_settings(publication, config)
    begin, end, length = _time(since, "--since"), _time(until, "--until"), _length(step)
    with EventStream(target, publication) as stream:
        with _progress("versions") as told:
            if source.startswith(_REMOTE):
                written = Written()
                with Client(source, tenant=tenant) as client:
                    for entity_type in publication.allow:
                        done = publish_history(
                            client,
                            stream,
                            entity_type,
                            since=begin,
                            until=end,
                            step=length,
                            time_property=time.value,
                            on_batch=lambda so_far: told(so_far.published),
                        )
                        written += done
            else:
                entities = read_entities(Path(source), stream.report)
                written = stream.write(entities, on_batch=lambda so_far: told(so_far.published))
        gone = stream.apply_retention()
        _print_report(stream.report)
        members, pages = stream.counts()
        kept = f", {gone:,} no longer kept" if gone else ""
        new = _many(written.published, "new version")
        print(f"{new}, {written.known:,} known, {written.withheld:,} withheld{kept}")
        print(f"{target}: {_many(members, 'version')}, {_many(pages, 'full page')}")


@publish.command("serve")
def serve_stream(
    folder: Annotated[Path, typer.Argument(help="The stream's folder.", show_default=False)],
    config: Config = Path("publish.toml"),
    host: Annotated[str, typer.Option(help="The address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port to listen at; 0 takes a free one.")] = 8080,
) -> None:
    """Serve a stream over HTTP, each file with the caching it allows; any web server can do it too."""
    settings = _stream_settings(Publication.load(config), config)
    if not (folder / ROOT).is_file():
        raise ConfigurationError("there is no event stream in this folder.", file=str(folder), cure=_PUBLISH_FIRST)
    with extra("broker", purpose="Serving an event stream"):
        import uvicorn

        from citycontext.publish.ldes.app import ldes_app
    log_to_stderr()
    with _listening(host, port) as listening, suppress(KeyboardInterrupt):
        address = f"http://{f'[{host}]' if ':' in host else host}:{listening.getsockname()[1]}"
        print(f"{folder}: {address}/{ROOT} (Ctrl-C ends it)", file=sys.stderr, flush=True)
        uvicorn.Server(uvicorn.Config(ldes_app(folder, settings), log_level="warning")).run([listening])


@publish.command("csv")
def publish_csv(source: Source, target: Target, config: Config = Path("publish.toml"), tenant: Tenant = None) -> None:
    """Publish entities as CSV, with a description beside it."""
    _export(source, target, config, tenant, Form.CSV)


@publish.command("geojson")
def publish_geojson(
    source: Source, target: Target, config: Config = Path("publish.toml"), tenant: Tenant = None
) -> None:
    """Publish entities as GeoJSON."""
    _export(source, target, config, tenant, Form.GEOJSON)


@publish.command("jsonld")
def publish_jsonld(
    source: Source, target: Target, config: Config = Path("publish.toml"), tenant: Tenant = None
) -> None:
    """Publish entities as JSON-LD."""
    _export(source, target, config, tenant, Form.JSON_LD)


@publish.command("dcat")
def publish_dcat(
    target: Annotated[Path | None, typer.Argument(help="Where it goes; else it is shown.", show_default=False)] = None,
    config: Config = Path("publish.toml"),
    distribution: Annotated[
        list[str] | None, typer.Option(metavar="FORM=URL", help="A file of the dataset, e.g. csv=https://….")
    ] = None,
) -> None:
    """Describe the dataset by DCAT-AP Vlaanderen; exit code 1 where something obligatory is missing."""
    files = []
    for one in distribution or ():
        form, _, url = one.partition("=")
        if form not in set(Form) or not url:
            raise ConfigurationError(f"--distribution {one!r} is not one of csv=…, geojson=… or jsonld=….")
        files.append(Distribution(url, form))
    report = Report()
    document = orjson.dumps(
        describe_publication(Publication.load(config), report, distributions=files), option=orjson.OPT_INDENT_2
    )
    if target is None:
        sys.stdout.buffer.write(document + b"\n")
        sys.stdout.flush()
    else:
        try:
            target.write_bytes(document + b"\n")
        except OSError as error:
            raise ConfigurationError(f"{target} cannot be written: {error.strerror}") from None
    _print_report(report)
    if report.count("dcat-missing"):
        raise typer.Exit(1)


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named, asyncio turns off Nagle's algorithm; without, every answer waits 40 ms.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(2048)  # from here on a reader may connect, and waits until it is answered
    except OSError as error:
        listening.close()
        raise ConfigurationError(
            f"{host}, port {port}, cannot be listened at: {error.strerror}.", cure="Choose another with --port."
        ) from None
    return listening


def _stream_settings(publication: Publication, config: Path) -> StreamSettings:
    if publication.stream is None:
        raise ConfigurationError(
            "an event stream needs an address.", file=str(config), key="stream", cure='Add [stream] url = "https://…".'
        )
    return publication.stream


def _time(given: str | None, option: str) -> datetime | None:
    if given is None:
        return None
    return parse_datetime(f"{given}T00:00:00Z" if _DAY.fullmatch(given) else given, path=option)


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _length(step: str) -> timedelta:
    length = Duration(step).fixed
    if not length:
        raise ConfigurationError(f"--step {step} is no step; write e.g. PT1H or P1D.")
    return length


def _export(source: str, target: Path, config: Path, tenant: str | None, form: Form) -> None:
    publication = Publication.load(config)
    report = Report()
    with _progress("entities") as told:
        done = export_entities(
            _told(_entities(source, publication, tenant, report), told), target, publication, form=form, report=report
        )
    _print_report(report)
    print(f"{done.published:,} of {done.read:,} entities: {', '.join(str(one) for one in done.files)}")


def _entities(source: str, publication: Publication, tenant: str | None, report: Report) -> Iterator[dict[str, Any]]:
    if not source.startswith(_REMOTE):
        yield from read_entities(Path(source), report)
        return
    with Client(source, tenant=tenant) as client:
        for entity_type in publication.allow:
            yield from client.entities.query(entity_type, as_=dict)


def _told(entities: Iterator[dict[str, Any]], told: Any) -> Iterator[dict[str, Any]]:
    for count, one in enumerate(entities, 1):
        yield one
        if not count % 1000:
            told(count)


@contextmanager
def _progress(what: str) -> Iterator[Any]:
    bar = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn(f"{{task.completed:,.0f}} {what}"))
    with Progress(*columns, console=bar, transient=True, disable=not bar.is_terminal) as progress:
        task = progress.add_task("", total=None)
        yield lambda count: progress.update(task, completed=count)


def _print_report(report: Report) -> None:
    console = Console(stderr=True, highlight=False, emoji=False, soft_wrap=True)
    for one in report:
        style = _STYLES[one.finding.severity]
        times = f" ({one.count:,} times)" if one.count > 1 else ""
        console.print(
            f"[{style}]{one.finding.severity}[/{style}] {escape(str(one.finding))}{times} [dim]{one.finding.rule}[/dim]"
        )
    if report.left_out:
        console.print(f"and {report.left_out:,} more")
