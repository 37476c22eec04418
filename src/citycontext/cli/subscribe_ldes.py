"""``citycontext subscribe-ldes``: an event stream of others into a context broker."""

from __future__ import annotations

import citycontext.cli.door  # noqa: F401

# isort: split
from pathlib import Path
from typing import Annotated

import typer

from citycontext.cli.conventions import counted, extra
from citycontext.cli.outcomes import OutcomeForm, tell
from citycontext.cli.terminal import say
from citycontext.client import Client
from citycontext.errors import ConfigurationError
from citycontext.foreign_text import printable
from citycontext.ngsild.query.duration import Duration

__all__ = ["subscribe_ldes"]

_LONGEST = 300


def subscribe_ldes(
    url: Annotated[str, typer.Argument(metavar="URL", help="The stream, or one of its pages.", show_default=False)],
    to: Annotated[str, typer.Option("--to", metavar="BROKER", help="The context broker.", show_default=False)],
    state: Annotated[
        Path | None, typer.Option(help="The file that remembers what was written; without it everything is read.")
    ] = None,
    follow: Annotated[bool, typer.Option("--follow", help="Go on, and ask again, until interrupted.")] = False,
    poll: Annotated[
        str | None,
        typer.Option(metavar="DURATION", help="How often to ask again; else as the stream says, or every minute."),
    ] = None,
    base: Annotated[
        str, typer.Option(metavar="URL", help="Where the stream's ids stand as addresses; URNs are written.")
    ] = "",
    models: Annotated[
        str, typer.Option(metavar="smart-data-models|oslo", help="Whose classes members in OSLO's words become.")
    ] = "smart-data-models",
    tenant: Annotated[str | None, typer.Option(help="The broker's tenant.")] = None,
    form: OutcomeForm = None,
) -> None:
    """Write the members of an event stream (LDES) into a context broker, in the order of publication.

    Members that are NGSI-LD are written as they are, those in OSLO's words by the mapping tables. Deletions delete, an
    older version does not overwrite a newer one, and pages that are kept no longer (410) are passed over. With --state
    a run goes on where the last one ended, also where that was killed.
    """
    with extra("cli", purpose="Following an event stream"):
        from citycontext.oslo.reading.from_oslo import Models
        from citycontext.transfer.event_streams import follow_stream
    if models not in list(Models):
        raise ConfigurationError(f"--models {models!r} is not known.", cure=f"Use one of {', '.join(Models)}.")
    every = None
    if poll is not None:
        length = Duration(poll)
        if length.months or length.is_zero:
            raise ConfigurationError(f"--poll {poll} is not a length of time; write e.g. PT1M.")
        every = length.fixed.total_seconds()
    with Client(to, tenant=tenant) as client:
        done = follow_stream(
            url, client, target=to, state=state, follow=follow, poll=every, base=base, models=Models(models)
        )
    for identifier, reason in done.refused:
        say(f"refused {printable(identifier, _LONGEST)}: {printable(reason, _LONGEST)}", err=True)
    gone = f", {counted(done.gone, 'page')} not kept any more" if done.gone else ""
    tell(
        f"{counted(done.members, 'new member')} in {counted(done.pages, 'page')}{gone}: {done.written:,} written, "
        f"{done.deleted:,} deleted, {done.older:,} older than what is there, {done.refusals:,} refused",
        form,
        members=done.members,
        pages=done.pages,
        pages_gone=done.gone,
        written=done.written,
        deleted=done.deleted,
        older=done.older,
        refused=done.refusals,
    )
    if done.refusals:
        raise typer.Exit(1)
