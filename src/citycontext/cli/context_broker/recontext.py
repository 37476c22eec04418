"""``citycontext models recontext``: entities that were written without their model's @context, moved over to it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from citycontext.cli.context_broker.opening import At, Tenant, open_client
from citycontext.cli.context_broker.output import note, write_items
from citycontext.cli.context_broker.progress import run_transfer
from citycontext.cli.context_broker.transfers import DryRun, Refused, Resume, Types
from citycontext.cli.conventions import counted
from citycontext.cli.outcomes import OutcomeForm, is_for_people, tell
from citycontext.cli.terminal import say
from citycontext.errors import ConfigurationError
from citycontext.models.meaning import recontexted
from citycontext.transfer import BrokerPlace, FilePlace, transfer

__all__ = ["recontext_entities"]


def recontext_entities(
    backup: Annotated[Path, typer.Option(metavar="FILE", help="Where the entities are kept as they were, first.")],
    at: At = None,
    type_: Types = None,
    dry_run: DryRun = False,
    resume: Resume = False,
    refused: Refused = None,
    form: OutcomeForm = None,
    tenant: Tenant = None,
) -> None:
    """Move a broker's entities over to the names of their models: IRIs of the default vocabulary become the models'.

    They are first written to the backup, which `entities import` brings back. Exit code 1 if one was refused.
    """
    if backup.exists() and not (resume or dry_run):
        raise ConfigurationError("is there already.", file=str(backup), cure="Name another file, or go on: --resume.")
    with open_client(at, tenant, None) as client:
        types = type_.split(",") if type_ else None
        source = BrokerPlace(client, at or "", types=types)
        if dry_run:
            told: dict[str, int] = {}
            for entity, _ in source.read(None):
                changed = _changed(entity)
                if changed is not None:
                    named = str(entity["type"])
                    told[named] = told.get(named, 0) + 1
            if not is_for_people(form):
                rows = ({"id": named, "would_change": number} for named, number in sorted(told.items()))
                write_items(rows, form, member="types", flat=True)
                return
            for named, number in sorted(told.items()):
                say(f"{named}: {number:,}")
            say(
                f"{counted(sum(told.values()), 'entity', 'entities')} would be moved over to the names of their models."
            )
            return
        kept = FilePlace(backup)
        if not backup.exists():
            whole = backup.with_name(f"{backup.name}.part")
            report = transfer(source, FilePlace(whole))
            if not report.read:
                tell("0 entities: there is nothing to do.", form, written=0, refused=0)
                return
            # Only a whole backup has the name that was asked for.
            whole.replace(backup)
            note(f"{counted(report.written, 'entity', 'entities')} kept in {backup}")
        failed = run_transfer(
            kept, BrokerPlace(client, at or "", types=types), resume=resume, refused=refused, change=_changed, form=form
        )
    if failed:
        raise typer.Exit(1)


def _changed(entity: dict[str, Any]) -> dict[str, Any] | None:
    """Return an entity under the names of its model; None for one that needs no change."""
    changed = recontexted(entity)
    return None if changed is entity or _is_moved(entity) else changed


def _is_moved(entity: dict[str, Any]) -> bool:
    """Return whether a type is written as an IRI of its own already, as brokers do for names of another @context."""
    named = entity.get("type")
    return any(
        "://" in one and "/default-context/" not in one
        for one in (named if isinstance(named, list) else [named])
        if isinstance(one, str)
    )
