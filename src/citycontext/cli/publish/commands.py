"""``citycontext publish``: open data from a file or a context broker."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, redirect_stdout, suppress
from datetime import datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import orjson
import typer
from rich.progress import Progress, SpinnerColumn, TextColumn

from citycontext.cli.context_broker.output import Form, write_items
from citycontext.cli.conventions import counted
from citycontext.cli.outcomes import OutcomeForm, RowForm, is_for_people, tell
from citycontext.cli.publish.report import print_report, telling_once
from citycontext.cli.publish.serving import (
    Config,
    fixed_length,
    load_with_stream,
    receive_notifications,
    serve_stream,
    tell_what_is_public,
)
from citycontext.cli.schema import schema_command
from citycontext.cli.terminal import TextConsole, say, write_json
from citycontext.client import Client
from citycontext.errors import CityContextError, ConfigurationError
from citycontext.ngsild.time import parse_datetime
from citycontext.oslo.persistent_ids import PersistentIds
from citycontext.publish import Distribution, EventStream, Publication, Report, Written
from citycontext.publish import export as export_entities
from citycontext.publish.dcat import FORMATS, describe_catalogue
from citycontext.publish.devices import write_register
from citycontext.publish.entity_files import read_entities
from citycontext.publish.exports import Form as FileForm
from citycontext.publish.exports.history_files import write_history
from citycontext.publish.features.sources import StreamFolder
from citycontext.publish.history import publish_history
from citycontext.publish.ldes.nodes import ROOT
from citycontext.publish.ldes.withdrawal import Withdrawal
from citycontext.publish.matching import UNMATCHED, note_unmatched
from citycontext.publish.mirror import mirror

__all__ = ["publish"]

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_REMOTE = ("http://", "https://")

Source = Annotated[str, typer.Argument(metavar="FILE|URL", help="A file of entities, or a broker.", show_default=False)]
Target = Annotated[Path, typer.Argument(metavar="TARGET", help="Where it goes.", show_default=False)]
Mirror = Annotated[
    str | None,
    typer.Option("--mirror", metavar="URL", help="Storage that is brought to the same, e.g. s3://bucket/path."),
]
Tenant = Annotated[str | None, typer.Option(help="The broker's tenant.")]
Shrink = Annotated[bool, typer.Option("--allow-shrink", help="Let the file become less than half of what it was.")]

publish: typer.Typer = typer.Typer(help="Open data: nothing leaves that is not on the list.", no_args_is_help=True)


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
    to: Mirror = None,
    base: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Write ids that are URNs as addresses below it, in a new stream."),
    ] = None,
    carry_over: Annotated[
        bool,
        typer.Option(
            "--carry-over", help="Close the stream that is there and go on in a new view of it beside it, this once."
        ),
    ] = False,
    output: OutcomeForm = None,
) -> None:
    """Publish versions as a Linked Data Event Stream, into a folder; what is there already stays.

    From a broker it is the history, from where the last run ended.
    """
    publication, settings = load_with_stream(config)
    if base is not None:
        placed = settings.model_copy(update={"base": PersistentIds(base).base if base else ""})
        publication = publication.model_copy(update={"stream": placed})
    if carry_over:
        with EventStream(target, publication) as stream:
            closed = stream.settings.url
            if not sum(stream.counts()):
                raise ConfigurationError("there is no stream to carry over in this folder.", file=str(target))
            stream.carry_over()
        sentence = f"{closed}/ldes.jsonld is closed, and stays; what is new goes to the view after it"
        say(sentence, err=not is_for_people(output))
    begin, end, length = _time(since, "--since"), _time(until, "--until"), fixed_length(step, "--step")
    with EventStream(target, publication) as stream:
        with _progress("versions") as told:
            if source.startswith(_REMOTE):
                written = Written()
                with _client(source, publication, tenant) as client:
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
                        if not done.read:
                            _note_types(client, publication, stream.report)
            else:
                entities = read_entities(Path(source), stream.report)
                written = stream.write(entities, on_batch=lambda so_far: told(so_far.published))
        note_unmatched(publication.policy(), stream.report, only_near=True)
        gone = stream.apply_retention()
        _mirror(target, to, output)
        print_report(stream.report)
        members, pages = stream.counts()
        kept = f", {gone:,} no longer kept" if gone else ""
        new = counted(written.published, "new version")
        sentence = f"{new}, {written.known:,} known, {written.withheld:,} withheld{kept}"
        facts = {"new": written.published, "known": written.known, "withheld": written.withheld, "no_longer_kept": gone}
        tell(sentence, output, ids=[target], folder=str(target), **facts, versions=members, full_pages=pages)
        if is_for_people(output):
            say(f"{target}: {counted(members, 'version')}, {counted(pages, 'full page')}")
        if tell_what_is_public(stream) or stream.report.count(UNMATCHED):
            raise typer.Exit(1)


@publish.command("withdraw")
def publish_withdraw(
    folder: Annotated[Path, typer.Argument(help="The stream's folder.", show_default=False)],
    config: Config = Path("publish.toml"),
    entity: Annotated[str | None, typer.Option(metavar="ID", help="Versions of this entity.")] = None,
    entity_type: Annotated[str | None, typer.Option("--type", metavar="TYPE", help="Versions of this type.")] = None,
    attribute: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only this attribute; the versions stay without it.")
    ] = None,
    since: Annotated[str | None, typer.Option(metavar="TIME", help="Versions from this day (UTC) or time on.")] = None,
    until: Annotated[str | None, typer.Option(metavar="TIME", help="Versions before this day or time.")] = None,
    reason: Annotated[str, typer.Option(help="What the public record says of why.")] = "",
    to: Mirror = None,
    release: Annotated[
        bool, typer.Option("--release", help="Let the entity, withdrawn before, be published again from now on.")
    ] = False,
    output: OutcomeForm = None,
) -> None:
    """Take back what a stream published: an entity, a type, an attribute, a period, or what all that is given holds of.

    Copies that others made cannot be recalled. Pages that something is taken out of get a new address, and the old one
    is answered with 410. What is withdrawn is not published again; an attribute has to leave the list as well.
    """
    publication, _ = load_with_stream(config)
    what = Withdrawal(entity, entity_type, attribute, _time(since, "--since"), _time(until, "--until"), reason)
    with EventStream(folder, publication) as stream:
        if release:
            if entity is None or entity_type or attribute or since or until:
                raise ConfigurationError("--release goes with --entity alone.")
            stream.release(entity)
            tell("released: it is published again when it comes", output, ids=[entity], entity=entity, released=True)
            return
        done = stream.withdraw(what)
        _mirror(folder, to, output)
        moved = counted(done.pages, "page")
        sentence = f"{counted(done.versions, 'version')} withdrawn, {moved} under a new address or gone"
        tell(sentence, output, ids=[entity] if entity else (), versions=done.versions, pages=done.pages)
        if attribute is not None:
            for one in publication.allow:
                if entity_type in (None, one) and attribute in publication.allow[one]:
                    say(f"{one}.{attribute} is still on the list: take it off, or it comes again", err=True)
        if tell_what_is_public(stream):
            raise typer.Exit(1)


publish.command("receive")(receive_notifications)
publish.command("serve")(serve_stream)
publish.command("schema")(schema_command("publish.schema.json", "publish.toml"))


def _add_export(name: str, form: FileForm, text: str) -> None:
    """Add the command that publishes entities in one form."""

    @publish.command(name, help=text)
    def publish_entities(
        source: Source,
        target: Target,
        config: Config = Path("publish.toml"),
        tenant: Tenant = None,
        allow_shrink: Shrink = False,
        output: OutcomeForm = None,
    ) -> None:
        _export(source, target, config, tenant, form, allow_shrink=allow_shrink, output=output)


_add_export("csv", FileForm.CSV, "Publish entities as CSV, with a description beside it.")
_add_export("geojson", FileForm.GEOJSON, "Publish entities as GeoJSON.")
_add_export("jsonld", FileForm.JSON_LD, "Publish entities as JSON-LD.")
_add_export(
    "parquet", FileForm.PARQUET, "Publish entities as Parquet, for DuckDB, Polars and Spark; points are two columns."
)
_add_export("geoparquet", FileForm.GEOPARQUET, "Publish entities as GeoParquet, for QGIS, GeoPandas and DuckDB.")
_add_export("gpkg", FileForm.GEOPACKAGE, "Publish entities as a GeoPackage, for QGIS and ArcGIS.")
_add_export("xlsx", FileForm.XLSX, "Publish entities as an Excel workbook.")


@publish.command("history")
def publish_history_files(
    folder: Annotated[Path, typer.Argument(help="The stream's folder.", show_default=False)],
    target: Annotated[Path, typer.Argument(help="The folder of the files.", show_default=False)],
    config: Config = Path("publish.toml"),
    output: OutcomeForm = None,
) -> None:
    """Publish all versions of a stream as Parquet, in folders by type and day, for DuckDB, Polars and Spark."""
    publication, settings = load_with_stream(config)
    if settings.members != "ngsi-ld":
        raise ConfigurationError("members in OSLO's words have no columns.", file=str(config), key="stream.members")
    if not (folder / ROOT).is_file():
        raise ConfigurationError("there is no event stream in this folder.", file=str(folder))
    versions, files = write_history(StreamFolder(folder, publication).versions(), target, publication)
    sentence = f"{counted(versions, 'version')} in {counted(files, 'file')}: {target}"
    tell(sentence, output, ids=[target], folder=str(target), versions=versions, files=files)


@publish.command("devices")
def publish_devices(
    source: Source,
    target: Target,
    config: Config = Path("publish.toml"),
    tenant: Tenant = None,
    output: OutcomeForm = None,
) -> None:
    """Publish the register of sensors for residents: kind, what it measures and what for, place, organisation.

    A device is in it only where [devices.purposes] says what its measuring is for. CSV, or GeoJSON by the name's end.
    """
    publication = Publication.load(config)
    if publication.devices is None:
        cure = 'Add [devices.purposes], e.g. airPollution = { nl = "…", en = "…" }.'
        raise ConfigurationError("nothing is said of devices.", file=str(config), key="devices", cure=cure)
    report = Report()
    of_devices = publication.model_copy(update={"allow": dict.fromkeys(publication.devices.types, ())})
    written = write_register(_entities(source, of_devices, tenant, report), target, publication, report)
    print_report(report)
    tell(f"{counted(written, 'device')}: {target}", output, ids=[target], file=str(target), devices=written)
    if report.count("no-purpose"):
        raise typer.Exit(1)


@publish.command("all")
def publish_all(
    source: Annotated[
        str | None,
        typer.Argument(
            metavar="FILE|URL", help="A file of entities, or a broker; else output.source.", show_default=False
        ),
    ] = None,
    config: Config = Path("publish.toml"),
    tenant: Tenant = None,
    since: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Of a stream from a broker: a day (UTC) or time to begin at, once."),
    ] = None,
    allow_shrink: Shrink = False,
    form_told: OutcomeForm = None,
) -> None:
    """Publish all that [output] names, for a timer; what fails does not keep the rest from being done."""
    publication = Publication.load(config)
    output = publication.output
    where = source or output.source
    if not where:
        raise ConfigurationError(
            "what is published?", file=str(config), key="output.source", cure="Give it, or a source."
        )
    steps: list[tuple[str, Callable[[], None]]] = []
    if output.stream:
        steps.append(("stream", lambda: publish_stream(where, Path(output.stream), config, since=since, tenant=tenant)))
    for form, path in output.files().items():
        export = partial(_export, where, Path(path), config, tenant, FileForm(form), allow_shrink=allow_shrink)
        steps.append((form, export))
    if output.devices:
        steps.append(("devices", lambda: publish_devices(where, Path(output.devices), config, tenant)))
    if output.description:
        listed = [f"{form}={output.url}/{Path(path).name}" for form, path in output.files().items() if output.url]
        steps.append(("description", lambda: publish_dcat(Path(output.description), [config], listed)))
    if not steps:
        raise ConfigurationError("nothing is named.", file=str(config), key="output", cure='Add e.g. csv = "data.csv".')
    with telling_once():
        failed = _failed_of(steps, quiet=not is_for_people(form_told))
    not_right = f"; not all right: {', '.join(failed)}" if failed else ""
    if is_for_people(form_told):
        say(f"{len(steps) - len(failed)} of {len(steps)} done{not_right}")
    else:
        rows = [{"id": name, "done": name not in failed} for name, _ in steps]
        write_items(rows, form_told, member="steps", flat=True)
    if failed:
        raise typer.Exit(1)


def _failed_of(steps: list[tuple[str, Callable[[], None]]], *, quiet: bool) -> list[str]:
    """Do steps, whatever becomes of those before, and return the names of those that failed."""
    failed = []
    for name, run in steps:
        try:
            with redirect_stdout(sys.stderr) if quiet else nullcontext():
                run()
        except typer.Exit:
            failed.append(name)
        except CityContextError as error:
            say(f"{name}: {error}", err=True)
            failed.append(name)
    return failed


@publish.command("dcat")
def publish_dcat(
    target: Annotated[Path | None, typer.Argument(help="Where it goes; else it is shown.", show_default=False)] = None,
    config: Annotated[
        list[Path] | None,
        typer.Option("--config", "-c", help="What the data are; several make one catalogue.  [default: publish.toml]"),
    ] = None,
    distribution: Annotated[
        list[str] | None,
        typer.Option(metavar="FORM=URL", help="A file of the (first) dataset, e.g. csv=https://…."),
    ] = None,
    output: RowForm = None,
) -> None:
    """Describe datasets by DCAT-AP Vlaanderen; exit code 1 where something obligatory is missing or wrong."""
    files = []
    for one in distribution or ():
        form, _, url = one.partition("=")
        if form not in FORMATS or not url:
            raise ConfigurationError(
                f"--distribution {one!r} is not one of {', '.join(f'{known}=…' for known in FORMATS)}."
            )
        files.append(Distribution(url, form))
    report = Report()
    publications = [Publication.load(one) for one in config or [Path("publish.toml")]]
    described = [(one, files if number == 0 else []) for number, one in enumerate(publications)]
    catalogue = describe_catalogue(described, report)
    document = orjson.dumps(catalogue, option=orjson.OPT_INDENT_2)
    if target is None or str(target) == "-":
        if output in (None, Form.JSON):
            write_json(document)
        elif output is Form.NDJSON:
            write_json(orjson.dumps(catalogue))
        else:
            rows = ({"id": one.dataset.id, "title": next(iter(one.dataset.title.values()), "")} for one in publications)
            write_items(rows, output, member="datasets", flat=True)
    else:
        try:
            target.write_bytes(document + b"\n")
        except OSError as error:
            raise ConfigurationError(f"{target} cannot be written: {error.strerror}") from None
        if not is_for_people(output):
            tell("", output, ids=[target], file=str(target))
    print_report(report)
    if report.count("dcat-missing") or report.count("dcat-wrong"):
        raise typer.Exit(1)


def _time(given: str | None, option: str) -> datetime | None:
    if given is None:
        return None
    return parse_datetime(f"{given}T00:00:00Z" if _DAY.fullmatch(given) else given, path=option)


def _mirror(folder: Path, target: str | None, output: Form | None) -> None:
    """Bring storage to what a stream's folder is, where storage is named."""
    if target is not None:
        done = mirror(folder, target)
        gone = f", {done.removed:,} removed" if done.removed else ""
        say(f"{counted(done.written, 'object')} to {target}{gone}", err=not is_for_people(output))


def _export(
    source: str,
    target: Path,
    config: Path,
    tenant: str | None,
    form: FileForm,
    *,
    allow_shrink: bool,
    output: Form | None = None,
    to_stdout: bool = False,
) -> None:
    if str(target) == "-":
        with TemporaryDirectory() as folder:
            file = Path(folder) / "export"
            try:
                _export(source, file, config, tenant, form, allow_shrink=True, to_stdout=True)
            finally:
                if file.exists():
                    sys.stdout.buffer.write(file.read_bytes())
                    sys.stdout.flush()
        return
    publication = Publication.load(config)
    report = Report()
    try:
        with _progress("entities") as told:
            entities = _told(_entities(source, publication, tenant, report), told)
            done = export_entities(entities, target, publication, form=form, report=report, allow_shrink=allow_shrink)
    finally:
        print_report(report)
    where = "stdout" if to_stdout else ", ".join(str(one) for one in done.files)
    sentence = f"{done.published:,} of {done.read:,} entities: {where}"
    if to_stdout:
        say(sentence, err=True)
    else:
        files = [str(one) for one in done.files]
        tell(sentence, output, ids=files, published=done.published, read=done.read, files=files)
    if report.count(UNMATCHED):
        raise typer.Exit(1)


def _client(source: str, publication: Publication, tenant: str | None) -> Client:
    """Make a client that reads by the models where the publication is by them, and leaves the broker as it is."""
    if publication.by_models:
        return Client(source, tenant=tenant, context="models", context_as="inline")
    return Client(source, tenant=tenant)


def _entities(source: str, publication: Publication, tenant: str | None, report: Report) -> Iterator[dict[str, Any]]:
    if not source.startswith(_REMOTE):
        yield from read_entities(Path(source), report)
        return
    with _client(source, publication, tenant) as client:
        for entity_type in publication.allow:
            came = False
            for one in client.entities.query(entity_type, as_=dict):
                came = True
                yield one
            if not came:
                _note_types(client, publication, report)


def _note_types(client: Client, publication: Publication, report: Report) -> None:
    """Add to a report which other types a broker has, if it says so, for those who wrote one otherwise."""
    with suppress(CityContextError):
        report.saw(one for one in client.types.names() if one not in publication.allow)


def _told(entities: Iterator[dict[str, Any]], told: Any) -> Iterator[dict[str, Any]]:
    for count, one in enumerate(entities, 1):
        yield one
        if not count % 1000:
            told(count)


@contextmanager
def _progress(what: str) -> Iterator[Any]:
    bar = TextConsole(stderr=True)
    columns = (SpinnerColumn(), TextColumn(f"{{task.completed:,.0f}} {what}"))
    with Progress(*columns, console=bar, transient=True, disable=not bar.is_terminal) as progress:
        task = progress.add_task("", total=None)
        yield lambda count: progress.update(task, completed=count)
