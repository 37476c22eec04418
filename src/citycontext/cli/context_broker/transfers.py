"""``citycontext entities export|import``, ``copy`` and ``diff``: entities from one place to another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from citycontext.cli.context_broker.completion import complete_model, complete_type
from citycontext.cli.context_broker.ngsi_v2 import NGSI_V2, copy_from_ngsi_v2, open_ngsi_v2
from citycontext.cli.context_broker.opening import At, ContextOption, Tenant, complete_connection, open_client
from citycontext.cli.context_broker.output import Form, note, write_items
from citycontext.cli.context_broker.progress import checkpoint_file, run_transfer
from citycontext.cli.context_broker.tables import (
    ReadTable,
    check_refused_file,
    check_rows,
    holds_rows,
    keep_refused,
    open_preset,
    open_table,
    print_findings,
    show_rehearsal,
)
from citycontext.cli.conventions import counted
from citycontext.cli.outcomes import OutcomeForm, RowForm, is_for_people, tell
from citycontext.cli.terminal import say, show_json
from citycontext.client import Client
from citycontext.errors import CityContextError, ConfigurationError
from citycontext.foreign_text import printable
from citycontext.tables.sheets.conversion import CellFinding, RowResult
from citycontext.tables.sheets.presets import PRESETS
from citycontext.transfer import BrokerPlace, FilePlace, Place, difference

__all__ = ["compare_places", "copy_entities", "export_entities", "import_entities"]

Types = Annotated[
    str | None,
    typer.Option("--type", metavar="TYPE,...", help="Only these types. \\[default: all]", autocompletion=complete_type),
]
Where = Annotated[
    str | None, typer.Option("--where", metavar="Q", help="Only what this filter selects (the q language).")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Compare, say what would change, and write nothing.")]
Resume = Annotated[bool, typer.Option("--resume", help="Go on where an interrupted run stopped.")]
Refused = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Where refused entities go, each with its reason; can be imported again."),
]


RehearsedForm = Annotated[
    Form | None,
    typer.Option(
        "-o",
        "--output",
        help="The form of what is told; with --dry-run of rows, of the entities that they would become. "
        "\\[default: table, for people]",
        show_default=False,
    ),
]


def export_entities(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file of NDJSON; - for stdout.")],
    at: At = None,
    type_: Types = None,
    where: Where = None,
    resume: Resume = False,
    form: OutcomeForm = None,
    tenant: Tenant = None,
    context: ContextOption = None,
) -> None:
    """Write all entities of a broker to a file, a line each; import brings them back."""
    with open_client(at, tenant, context) as client:
        source = _of_broker(client, at or "", type_, where)
        if str(file) == "-":
            write_items((entity for entity, _ in source.read(None)), Form.NDJSON)
            return
        run_transfer(source, FilePlace(file), resume=resume, form=form)


def import_entities(
    source: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            help="Entities, such as export writes; or rows: xlsx, ods, csv, GeoJSON, JSON, NDJSON. "
            "With --preset also an address.",
        ),
    ],
    at: At = None,
    type_: Annotated[
        str | None,
        typer.Option(
            "--type",
            metavar="TYPE",
            help="Of rows: the type of the entities they become.",
            autocompletion=complete_model,
        ),
    ] = None,
    map_file: Annotated[
        Path | None,
        typer.Option(
            "--map",
            metavar="FILE",
            help="Of rows: what becomes of the columns. \\[default: NAME.map.toml beside the file, written if missing]",
        ),
    ] = None,
    preset: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="A feed of a known form: opendatasoft, gbfs, datex2 or gtfs-stops.",
            autocompletion=lambda incomplete: [one for one in PRESETS if one.startswith(incomplete)],
        ),
    ] = None,
    sheet: Annotated[
        str | None, typer.Option(metavar="NAME", help="The sheet. \\[default: the one most like a table]")
    ] = None,
    zone: Annotated[
        str | None,
        typer.Option(metavar="ZONE", help="Of rows: the zone of times that name none. \\[default: Europe/Brussels]"),
    ] = None,
    subject: Annotated[str | None, typer.Option(help="The subject of the type's model, where several have it.")] = None,
    dry_run: DryRun = False,
    resume: Resume = False,
    refused: Refused = None,
    form: RehearsedForm = None,
    tenant: Tenant = None,
    context: ContextOption = None,
) -> None:
    """Write the entities or the rows of a file to a broker, and replace those that are there.

    What becomes of rows stands in NAME.map.toml, which is proposed the first time. Exit code 1 if one was refused.
    """
    if form is Form.GEOJSON and not dry_run:
        raise ConfigurationError("goes with --dry-run.", key="--output geojson")
    if preset is not None:
        check_refused_file(refused)
        fed = open_preset(preset, source, type_name=type_, subject=subject, map_file=map_file)
        _import_rows(fed, at, form, dry_run=dry_run, resume=resume, refused=refused, tenant=tenant, context=context)
        return
    file = Path(source)
    if not file.is_file():
        raise ConfigurationError("there is no such file.", file=str(file), cure="Check the path.")
    if type_ is None and map_file is None and not holds_rows(file):
        with open_client(at, tenant, context) as client:
            target = _of_broker(client, at or "")
            run_transfer(FilePlace(file), target, dry_run=dry_run, resume=resume, refused=refused, form=form)
        return
    check_refused_file(refused)
    read = open_table(file, type_name=type_, subject=subject, map_file=map_file, sheet=sheet, zone=zone)
    _import_rows(read, at, form, dry_run=dry_run, resume=resume, refused=refused, tenant=tenant, context=context)


def _import_rows(
    read: ReadTable,
    at: str | None,
    form: Form | None,
    *,
    dry_run: bool,
    resume: bool,
    refused: Path | None,
    tenant: str | None,
    context: str | None,
) -> None:
    place = read.place
    if dry_run:
        if is_for_people(form):
            show_rehearsal(read)
        results = list(check_rows(read))
        print_findings(one for _, findings in results for one in findings)
        lost = [result for result, _ in results if result.refused]
        if not is_for_people(form):
            _write_rehearsed(results, form)
        else:
            made = counted(len(results) - len(lost), "becomes an entity", "become entities")
            say(f"{counted(len(results), 'row')}: {made}, {len(lost):,} refused.")
        if at and is_for_people(form):
            with open_client(at, tenant, context or read.mapping.context) as client:
                run_transfer(place, _of_broker(client, at), dry_run=True)
        if lost:
            raise typer.Exit(1)
        return
    with open_client(at, tenant, context or read.mapping.context) as client:
        target = _of_broker(client, at or "")
        by_broker = checkpoint_file(place, target).with_suffix(".refused.ndjson")
        by_broker.parent.mkdir(parents=True, exist_ok=True)
        run_transfer(place, target, resume=resume, refused=by_broker, exits=False, tells=False, form=form)
    print_findings(one for result in (*place.refused, *place.remarked) for one in result.findings)
    if keep_refused(read, place, refused, by_broker):
        raise typer.Exit(1)


def _write_rehearsed(results: Sequence[tuple[RowResult, Sequence[CellFinding]]], form: Form | None) -> None:
    """Write what would become of rows: the entities, and as JSON beside them how many rows were refused and why."""
    made = [result.entity for result, _ in results if result.entity is not None and not result.refused]
    if form is not Form.JSON:
        write_items(made, form, member="entities")
        return
    findings = [
        {
            "cell": one.address,
            "column": one.column,
            "severity": str(one.severity),
            "message": one.message,
            "rule": one.rule,
        }
        for _, found in results
        for one in found
    ]
    refused = sum(result.refused for result, _ in results)
    show_json({"total": len(results), "refused": refused, "entities": made, "findings": findings})


def copy_entities(
    source: Annotated[
        str,
        typer.Option(
            "--from",
            metavar="NAME|URL|orion-v2",
            help="The broker to read; orion-v2 for one of NGSIv2, which is named behind it.",
            autocompletion=complete_connection,
        ),
    ],
    target: Annotated[
        str, typer.Option("--to", metavar="NAME|URL", help="The broker to write.", autocompletion=complete_connection)
    ],
    ngsi_v2: Annotated[
        str | None,
        typer.Argument(metavar="[URL|NAME|FILE]", help="With --from orion-v2: the broker of NGSIv2, or a dump of one."),
    ] = None,
    type_: Types = None,
    where: Where = None,
    service: Annotated[str, typer.Option(metavar="NAME", help="Of NGSIv2: the Fiware-Service.")] = "",
    service_path: Annotated[
        str, typer.Option(metavar="PATH", help="Of NGSIv2: the Fiware-ServicePath; it becomes the scope.")
    ] = "",
    zone: Annotated[
        str | None, typer.Option(metavar="ZONE", help="Of NGSIv2: the zone of times that name none.")
    ] = None,
    tenant: Annotated[str | None, typer.Option(metavar="NAME", help="The tenant to write to.")] = None,
    subscriptions: Annotated[bool, typer.Option("--subscriptions", help="Copy subscriptions too.")] = False,
    registrations: Annotated[bool, typer.Option("--registrations", help="Copy registrations too.")] = False,
    dry_run: DryRun = False,
    resume: Resume = False,
    refused: Refused = None,
    form: OutcomeForm = None,
    context: ContextOption = None,
) -> None:
    """Copy entities from one broker to another, and replace those that are there. Exit code 1 if one was refused.

    From NGSIv2: copy --from orion-v2 http://localhost:1026 --to gent. Entities become NGSI-LD, and so do
    subscriptions as far as they can be expressed.
    """
    if (source == NGSI_V2) != (ngsi_v2 is not None):
        raise ConfigurationError(
            f"--from {NGSI_V2} goes with an address, a connection or a file behind it, and nothing else does.",
            key="copy",
            cure=f"Write copy --from {NGSI_V2} http://localhost:1026 --to NAME.",
        )
    if ngsi_v2 is not None:
        if type_ or where or registrations:
            raise ConfigurationError("--type, --where and --registrations do not go with NGSIv2.", key="copy")
        # NGSIv2 has no @context: names mean what the models say, where there is one.
        with open_client(target, tenant, context or "models") as writer:
            failed = copy_from_ngsi_v2(
                open_ngsi_v2(ngsi_v2, service, service_path, zone),
                _of_broker(writer, target),
                writer,
                subscriptions=subscriptions,
                dry_run=dry_run,
                resume=resume,
                refused=refused,
                form=form,
            )
        if failed:
            raise typer.Exit(1)
        return
    with open_client(source, None, context) as reader, open_client(target, tenant, context) as writer:
        failed = run_transfer(
            _of_broker(reader, source, type_, where),
            _of_broker(writer, target),
            dry_run=dry_run,
            resume=resume,
            refused=refused,
            exits=False,
            form=form,
        )
        if subscriptions:
            failed += _copy_documents("subscriptions", reader, writer, dry_run, form)
        if registrations:
            failed += _copy_documents("registrations", reader, writer, dry_run, form)
    if failed:
        raise typer.Exit(1)


def compare_places(
    one: Annotated[str, typer.Argument(metavar="ONE", help="A connection, an address or a file.")],
    other: Annotated[str, typer.Argument(metavar="OTHER", help="A connection, an address or a file.")],
    type_: Types = None,
    form: RowForm = None,
    context: ContextOption = None,
) -> None:
    """Say what two brokers or files do not hold alike; exit code 1 if there is anything."""
    places: list[Place] = []
    clients: list[Client] = []
    try:
        for name in (one, other):
            if "://" not in name and Path(name).is_file():
                places.append(FilePlace(Path(name)))
            else:
                client = open_client(name, None, context)
                clients.append(client)
                places.append(_of_broker(client, name, type_))
        counts: Counter[str] = Counter()

        def rows() -> Any:
            for found in difference(places[0], places[1]):
                counts[found.kind] += 1
                yield {"kind": found.kind, "id": found.id, "attributes": ", ".join(found.attributes)}

        number = write_items(rows(), form, member="differences", flat=True)
    finally:
        for client in clients:
            client.close()
    note(", ".join(f"{counts[kind]:,} {kind}" for kind in ("missing", "extra", "changed")))
    if number:
        raise typer.Exit(1)


def _of_broker(client: Client, name: str, types: str | None = None, where: str | None = None) -> BrokerPlace:
    selection = {"q": where} if where else {}
    return BrokerPlace(client, name, types=types.split(",") if types else None, **selection)


def _copy_documents(kind: str, reader: Client, writer: Client, dry_run: bool, form: Form | None) -> int:
    """Copy subscriptions or registrations; return how many were refused."""
    source, target = getattr(reader, kind), getattr(writer, kind)
    found = source.query().all() if kind == "subscriptions" else source.query(type="*").all()
    there = {one.id for one in (target.query() if kind == "subscriptions" else target.query(type="*"))}
    refused = written = 0
    for one in found:
        if dry_run:
            continue
        try:
            if one.id in there:
                target.delete(one.id)
            target.create(one)
            written += 1
        except CityContextError as error:
            refused += 1
            note(printable(f"{one.id}: {error}", 500))
    if dry_run:
        new = sum(one.id not in there for one in found)
        sentence = f"{kind}: {new:,} would be created, {len(found) - new:,} replaced."
        tell(sentence, form, kind=kind, would_create=new, would_replace=len(found) - new)
    else:
        tell(f"{kind}: {written:,} written, {refused:,} refused.", form, kind=kind, written=written, refused=refused)
    return refused
