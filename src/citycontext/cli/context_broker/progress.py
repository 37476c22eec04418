"""A transfer as a command runs it: resumed, with a bar of progress, and with a line on what became of it."""

from __future__ import annotations

import os
import sys
import time
from hashlib import blake2b
from pathlib import Path

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from citycontext.cli.context_broker.output import Form, note
from citycontext.cli.conventions import counted
from citycontext.cli.outcomes import tell
from citycontext.cli.terminal import TextConsole
from citycontext.errors import CityContextError
from citycontext.transfer import Checkpoint, Place, TablePlace, TransferReport, transfer
from citycontext.transfer.transfer import Change

__all__ = ["checkpoint_file", "run_transfer"]


def run_transfer(
    source: Place,
    target: Place,
    *,
    dry_run: bool = False,
    resume: bool = False,
    refused: Path | None = None,
    exits: bool = True,
    tells: bool = True,
    change: Change | None = None,
    form: Form | None = None,
) -> int:
    """Transfer, with a bar of progress on a terminal, and say what became of it; return how many were refused.

    Args:
        source: Where entities are read.
        target: Where they are written.
        dry_run: Whether to compare only.
        resume: Whether to go on where an interrupted run stopped.
        refused: A file for those that were refused.
        exits: Whether to end with exit code 1 if one was refused.
        tells: Whether to say where refused ones are.
        change: What becomes of each entity on its way.
        form: The form of what is told.
    """
    checkpoint = Checkpoint(checkpoint_file(source, target), source=source.name, target=target.name)
    if not resume and not dry_run and checkpoint.path.exists():
        note("an earlier run was interrupted; this one begins anew (--resume goes on instead)")
        checkpoint.remove()
    begun = time.monotonic()
    console = TextConsole(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("comparing" if dry_run else "writing", total=_count(source))

        def show(report: TransferReport) -> None:
            bar.update(task, completed=report.read)

        report = transfer(
            source,
            target,
            checkpoint=checkpoint,
            resume=resume,
            dry_run=dry_run,
            refused=refused,
            change=change,
            progress=show,
        )
    if dry_run:
        sentence = f"{report.created:,} would be created, {report.changed:,} changed, {report.equal:,} are equal."
        tell(sentence, form, would_create=report.created, would_change=report.changed, equal=report.equal)
        return 0
    rate = report.read / max(time.monotonic() - begun, 0.001)
    lost = report.refused + (len(source.refused) if isinstance(source, TablePlace) else 0)
    sentence = f"{counted(report.written, 'entity', 'entities')} written, {lost:,} refused; {rate:,.0f} a second."
    tell(sentence, form, read=report.read, written=report.written, refused=lost, per_second=round(rate))
    if report.refused and tells:
        note(f"refused ones are in {refused}" if refused else "--refused FILE keeps them, with the reasons")
        if exits:
            raise typer.Exit(1)
    return report.refused


def _count(source: Place) -> int | None:
    if not sys.stderr.isatty():
        return None
    try:
        return source.count()
    except CityContextError:
        return None


def checkpoint_file(source: Place, target: Place) -> Path:
    """Return where the progress of a transfer is kept: by its two ends, in the user's folder for such things.

    Args:
        source: Where entities are read.
        target: Where they are written.
    """
    base = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    name = blake2b(f"{source.name}\n{target.name}".encode(), digest_size=8).hexdigest()
    return base / "citycontext" / "transfers" / f"{name}.json"
