"""``citycontext entities``: look at the entities of a broker, and write them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from citycontext.cli.context_broker.completion import complete_id, complete_type
from citycontext.cli.context_broker.opening import At, ContextOption, Tenant, open_client
from citycontext.cli.context_broker.output import (
    Fields,
    Form,
    FormOption,
    SelectOption,
    note,
    selected,
    write_items,
)
from citycontext.cli.context_broker.payloads import read_entities, read_pairs
from citycontext.cli.context_broker.watch import watch_entities
from citycontext.cli.conventions import counted
from citycontext.cli.outcomes import OutcomeForm, is_for_people, tell
from citycontext.cli.terminal import say, show_json
from citycontext.client import Client
from citycontext.errors import CityContextError, ConfigurationError
from citycontext.foreign_text import printable
from citycontext.ngsild import point
from citycontext.ngsild.batch import BatchResult
from citycontext.ngsild.query.geo import GeoQuery
from citycontext.ngsild.query.geo import near as near_by

__all__ = ["entities"]

_ERRORS_SHOWN = 20
_ENOUGH = frozenset({"type", "q", "geo"})
"""What a query needs one of (CIM 009, 5.7.2); ids, patterns and scopes alone are refused."""

entities: typer.Typer = typer.Typer(help="Entities of a broker: list, show, count, write, watch.", no_args_is_help=True)


class Representation(StrEnum):
    """The representation of entities."""

    NORMALIZED = "normalized"
    CONCISE = "concise"
    SIMPLIFIED = "simplified"


Type = Annotated[
    str | None,
    typer.Option("--type", metavar="TYPE,...", help="Types, or a type selection.", autocompletion=complete_type),
]
Ids = Annotated[str | None, typer.Option("--id", metavar="ID,...", help="Ids.", autocompletion=complete_id)]
IdPattern = Annotated[str | None, typer.Option(metavar="REGEX", help="A pattern of ids.")]
Where = Annotated[
    str | None, typer.Option("--where", metavar="Q", help="A filter (the q language), such as 'temperature>20'.")
]
Near = Annotated[str | None, typer.Option(metavar="LAT,LON,METRES", help="Within so many metres of a position.")]
Scope = Annotated[str | None, typer.Option(metavar="SCOPE", help="A scope query, such as /Gent/#.")]
Local = Annotated[bool, typer.Option("--local", help="Only what this broker itself has.")]
FormOfEntities = Annotated[
    Representation, typer.Option("--representation", help="The representation in JSON and NDJSON.")
]
EntityId = Annotated[
    str, typer.Argument(metavar="ID", help="The entity's id.", show_default=False, autocompletion=complete_id)
]
Files = Annotated[
    list[Path] | None,
    typer.Argument(metavar="[FILE]...", help="JSON, NDJSON or JSON-LD; - or nothing for stdin.", show_default=False),
]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


def selection_of(
    type_: str | None,
    ids: str | None,
    id_pattern: str | None,
    where: str | None,
    near: str | None,
    scope: str | None,
    local: bool,
) -> dict[str, Any]:
    """Return what the options say, as the arguments of a query.

    Raises:
        ConfigurationError: A position cannot be read.
    """
    chosen: dict[str, Any] = {
        "id": ids.split(",") if ids else None,
        "id_pattern": id_pattern,
        "q": where,
        "scope_q": scope,
        "geo": _near(near) if near else None,
        "local": local or None,
    }
    if type_:
        chosen["type"] = type_
    return {name: value for name, value in chosen.items() if value is not None}


def _near(text: str) -> GeoQuery:
    try:
        latitude, longitude, metres = (float(part) for part in text.split(","))
    except ValueError:
        raise ConfigurationError(
            f"{printable(text, 60)} is not a position and a distance.", key="--near", cure="Write 51.05,3.72,500."
        ) from None
    return near_by(point(longitude, latitude), max_distance=metres)


def _selected(client: Client, chosen: dict[str, Any], **more: Any) -> Any:
    """Return the results of a query; without a filter that is enough for the standard, of all types that there are."""
    if not chosen.keys() & _ENOUGH:
        names = client.types.names(local=bool(chosen.get("local")))
        if not names:
            return []
        chosen = {**chosen, "type": names}
    return client.entities.query(as_=dict, **chosen, **more)


@entities.command("list")
def list_entities(
    at: At = None,
    type_: Type = None,
    ids: Ids = None,
    id_pattern: IdPattern = None,
    where: Where = None,
    near: Near = None,
    scope: Scope = None,
    order: Annotated[str | None, typer.Option(metavar="NAME[;desc]", help="The order, if the broker can.")] = None,
    fields: Fields = None,
    select: SelectOption = None,
    form: FormOption = None,
    representation: FormOfEntities = Representation.NORMALIZED,
    limit: Annotated[int | None, typer.Option(min=1, help="How many at most. \\[default: all]")] = None,
    local: Local = False,
    tenant: Tenant = None,
    context: ContextOption = None,
) -> None:
    """List entities: all that match, page by page; without a filter, of all types."""
    if select is not None:
        selected(select)  # said before the broker is asked
    with open_client(at, tenant, context) as client:
        chosen = selection_of(type_, ids, id_pattern, where, near, scope, local)
        more: dict[str, Any] = {"representation": representation.value}
        if order:
            more["order_by"] = order.split(",")
        if limit is not None:
            more["page_size"] = min(limit, 1000)
        found = _selected(client, chosen, **more)
        write_items(
            found,
            form,
            fields=fields,
            select=select,
            member="entities",
            total=lambda: _count(found),
            limit=limit,
            flat=representation is Representation.SIMPLIFIED,
        )


@entities.command("show")
def show_entity(
    entity_id: EntityId,
    at: At = None,
    form: FormOption = None,
    representation: FormOfEntities = Representation.NORMALIZED,
    select: SelectOption = None,
    local: Local = False,
    tenant: Tenant = None,
    context: ContextOption = None,
) -> None:
    """Show one entity."""
    with open_client(at, tenant, context) as client:
        wire: dict[str, Any] = client.entities.retrieve(
            entity_id, as_=dict, representation=representation.value, local=local
        )
    if select is not None:
        show_json(selected(select).search(wire))
    elif form in (None, Form.JSON):
        show_json(wire)
    else:
        write_items([wire], form, flat=representation is Representation.SIMPLIFIED)


@entities.command("count")
def count_entities(
    at: At = None,
    type_: Type = None,
    ids: Ids = None,
    id_pattern: IdPattern = None,
    where: Where = None,
    near: Near = None,
    scope: Scope = None,
    local: Local = False,
    form: FormOption = None,
    tenant: Tenant = None,
    context: ContextOption = None,
) -> None:
    """Count entities; without a filter, those of each type."""
    with open_client(at, tenant, context) as client:
        chosen = selection_of(type_, ids, id_pattern, where, near, scope, local)
        if chosen.keys() - {"local"}:
            found = _selected(client, chosen)
            number = 0 if isinstance(found, list) else found.count()
            if form in (Form.JSON, Form.NDJSON):
                show_json({"count": number})
            elif form is Form.CSV:
                write_items([{"count": number}], form, flat=True)
            else:
                say(number)
            return
        names = client.types.names(local=local)
        rows = [{"type": name, "count": _selected(client, {**chosen, "type": name}).count()} for name in names]
    write_items(rows, form, member="types", flat=True)


@entities.command("create")
def create_entities(
    files: Files = None, at: At = None, form: OutcomeForm = None, tenant: Tenant = None, context: ContextOption = None
) -> None:
    """Create entities; those that exist are refused. Exit code 1 if one was refused."""
    with open_client(at, tenant, context) as client:
        _report(client.batch.create(read_entities(files)), "created", form)


@entities.command("upsert")
def upsert_entities(
    files: Files = None,
    at: At = None,
    update: Annotated[bool, typer.Option("--update", help="Keep attributes that the file does not name.")] = False,
    form: OutcomeForm = None,
    tenant: Tenant = None,
    context: ContextOption = None,
) -> None:
    """Create entities, and replace those that exist. Exit code 1 if one was refused."""
    with open_client(at, tenant, context) as client:
        result = client.batch.upsert(read_entities(files), mode="update" if update else "replace")
        _report(result, "written", form)


@entities.command("update")
def update_entity(
    entity_id: EntityId,
    values: Annotated[
        list[str], typer.Argument(metavar="NAME=VALUE...", help="New values, such as temperature=21.5 or status=open.")
    ],
    at: At = None,
    form: OutcomeForm = None,
    tenant: Tenant = None,
    context: ContextOption = None,
) -> None:
    """Change values of one entity; its other attributes stay, and so does what stands beside a value."""
    with open_client(at, tenant, context) as client:
        stored = client.entities.retrieve(entity_id, as_=dict)
        client.entities.merge(entity_id, read_pairs(values, stored))
    tell(f"{printable(entity_id)} is updated.", form, ids=[entity_id], id=entity_id, updated=True)


@entities.command("delete")
def delete_entities(
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="Which ones.", show_default=False)] = None,
    at: At = None,
    type_: Type = None,
    id_pattern: IdPattern = None,
    where: Where = None,
    near: Near = None,
    scope: Scope = None,
    yes: Yes = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be deleted, and delete nothing.")] = False,
    form: OutcomeForm = None,
    tenant: Tenant = None,
    context: ContextOption = None,
) -> None:
    """Delete entities by id, or all that match a query. A query asks first, and needs --yes in a pipe."""
    chosen = selection_of(type_, None, id_pattern, where, near, scope, local=False)
    if bool(ids) == bool(chosen):
        raise ConfigurationError(
            "name ids or a filter, and not both.", key="ID", cure="Such as --type OffStreetParking."
        )
    with open_client(at, tenant, context) as client:
        if not ids:
            ids = [one["id"] for one in _selected(client, chosen, pick=["id", "type"])]
            if not ids:
                tell("Nothing matches.", form, deleted=0, refused=0, failures=[])
                return
            if dry_run:
                _list_ids(ids, form)
                return
            _confirm(f"Delete {counted(len(ids), 'entity', 'entities')}?", yes)
        elif dry_run:
            _list_ids(ids, form)
            return
        _report(client.batch.delete(ids), "deleted", form)


@entities.command("watch")
def watch(
    at: At = None,
    type_: Type = None,
    ids: Ids = None,
    where: Where = None,
    every: Annotated[
        float, typer.Option(min=0.5, help="Seconds between two looks, where the broker cannot notify.")
    ] = 5,
    polling: Annotated[bool, typer.Option("--polling", help="Look now and then, and do not subscribe.")] = False,
    count: Annotated[int | None, typer.Option(min=1, help="End after so many changes.")] = None,
    form: FormOption = None,
    fields: Fields = None,
    tenant: Tenant = None,
    context: ContextOption = None,
) -> None:
    """Show changes as they come, until Ctrl-C: by a subscription that ends with the command, or by looking."""
    with open_client(at, tenant, context) as client:
        chosen = selection_of(type_, ids, None, where, None, None, local=False)
        if "type" not in chosen:
            chosen["type"] = client.types.names()
        local_broker = any(host in str(client) for host in ("//localhost", "//127.0.0.1", "//[::1]"))
        by_looking = polling or not local_broker
        watch_entities(client, chosen, polling=by_looking, every=every, count=count, form=form, fields=fields)


def _count(found: Any) -> int | None:
    try:
        return int(found.count())
    except (CityContextError, AttributeError):
        return None


def _list_ids(ids: Sequence[str], form: Form | None) -> None:
    if is_for_people(form) or form is Form.IDS:
        for one in ids:
            say(printable(one))
    else:
        write_items(({"id": one} for one in ids), form, member="entities", flat=True)
    note(f"{counted(len(ids), 'entity', 'entities')} would be deleted")


def _confirm(question: str, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise ConfigurationError(
            "this deletes by a query.", key="--yes", cure="In a pipe, say --yes; --dry-run looks first."
        )
    typer.confirm(question, abort=True)


def _report(result: BatchResult, done: str, form: Form | None) -> None:
    """Say what became of a batch; what was refused goes to stderr, and the exit code is 1."""
    sentence = f"{counted(len(result.succeeded), 'entity', 'entities')} {done}."
    number, lost = len(result.succeeded), len(result.failed)
    failures = [str(one) for one in result.failed]
    tell(sentence, form, ids=result.succeeded, **{done: number}, refused=lost, failures=failures)
    if not result.failed:
        return
    for failure in result.failed[:_ERRORS_SHOWN]:
        note(printable(str(failure), 500))
    if len(result.failed) > _ERRORS_SHOWN:
        note(f"and {len(result.failed) - _ERRORS_SHOWN:,} more")
    raise typer.Exit(1)
