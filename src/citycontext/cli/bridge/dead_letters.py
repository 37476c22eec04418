"""``citycontext bridge dead-letters``: messages that no update could be made of."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, cast

import typer
from rich.table import Table
from rich.text import Text

from citycontext.cli.bridge.files import ConfigurationFile, load_without_secrets
from citycontext.cli.context_broker.output import Form, write_items
from citycontext.cli.outcomes import OutcomeForm, RowForm, is_for_people, show_document, tell
from citycontext.cli.terminal import JsonLines, TextConsole, say
from citycontext.foreign_text import printable

if TYPE_CHECKING:
    from citycontext.bridge.sources.dead_letter_stores import DeadLetterStore

__all__ = ["dead_letters"]

Numbers = Annotated[list[int] | None, typer.Argument(metavar="[NUMBER]...", help="Which ones.", show_default=False)]
All = Annotated[bool, typer.Option("--all", help="All of them.")]
Route = Annotated[str | None, typer.Option(help="Those of this route.")]

_NO_TERMINAL = 1_000
_LONGEST = 400

dead_letters: typer.Typer = typer.Typer(
    help="Messages that no update could be made of: look at them, try them again, drop them.", no_args_is_help=True
)


@dead_letters.command("list")
def list_dead_letters(
    file: ConfigurationFile,
    limit: Annotated[int, typer.Option(min=1, help="Most to list.")] = 50,
    route: Annotated[str | None, typer.Option(help="Only those of this route.")] = None,
    form: OutcomeForm = None,
) -> None:
    """List the newest."""
    with _open(file) as letters:
        newest = letters.newest(limit, route=route)
        total = len(letters)
    if not is_for_people(form):
        rows = ({"id": letter.id, **letter.to_dict()} for letter in newest)
        write_items(rows, form, member="dead_letters", total=lambda: total, limit=limit, flat=True)
        return
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    table.add_column("number", justify="right", no_wrap=True)
    table.add_column("failed", no_wrap=True)
    table.add_column("topic", overflow="fold")
    table.add_column("reason", overflow="fold")
    for letter in newest:
        shown = letter.to_dict()
        at = shown["failed"].partition(".")[0].removesuffix("Z") + "Z"
        reason = f"{letter.attribute}: {letter.reason}" if letter.attribute else letter.reason
        table.add_row(
            str(letter.id), at, Text(printable(letter.message.topic, _LONGEST)), Text(printable(reason, _LONGEST))
        )
    if newest:
        # What is read by another program has a line for each.
        TextConsole(width=None if sys.stdout.isatty() else _NO_TERMINAL).print(table)
    say(f"Dead letters: {total}; shown: {len(newest)}.")


@dead_letters.command("show")
def show_dead_letter(
    file: ConfigurationFile, number: Annotated[int, typer.Argument(help="Which one.")], form: RowForm = None
) -> None:
    """Show all of one, as JSON: why, where from, and the message itself."""
    with _open(file) as letters:
        letter = letters.show(number).to_dict()
    show_document({"id": number, **letter} if form is Form.IDS else letter, form)


@dead_letters.command("retry")
def retry_dead_letters(
    file: ConfigurationFile,
    numbers: Numbers = None,
    everything: All = False,
    route: Route = None,
    form: OutcomeForm = None,
) -> None:
    """Return messages to the bridge, which maps and delivers them anew."""
    with _chosen(file, numbers, everything, route) as (letters, chosen):
        count = letters.retry(chosen, route=route)
    tell(f"Given back to the bridge: {count}.", form, ids=chosen or (), returned=count)


@dead_letters.command("drop")
def drop_dead_letters(
    file: ConfigurationFile,
    numbers: Numbers = None,
    everything: All = False,
    route: Route = None,
    form: OutcomeForm = None,
) -> None:
    """Delete messages for good."""
    with _chosen(file, numbers, everything, route) as (letters, chosen):
        count = letters.drop(chosen, route=route)
    tell(f"Deleted: {count}.", form, ids=chosen or (), deleted=count)


@dead_letters.command("put-aside")
def put_aside(
    file: ConfigurationFile,
    entity: Annotated[str, typer.Option("--entity", metavar="ID", help="The entity's id.")],
    form: OutcomeForm = None,
) -> None:
    """Decide that what waits for an entity, refused without evidence whose fault it is, becomes a dead letter."""
    with _open(file) as letters:
        letters.put_aside(entity)
    sentence = f"What waits for {entity} becomes a dead letter when the context broker refuses it once more."
    tell(sentence, form, ids=[entity], entity=entity)


@dead_letters.command("export")
def export_dead_letters(
    file: ConfigurationFile,
    to: Annotated[Path | None, typer.Option("--to", help="File to write; standard output without.")] = None,
    form: OutcomeForm = None,
) -> None:
    """Write all as JSON, one a line."""
    with _open(file) as letters:
        if to is None:
            letters.export(cast("IO[bytes]", JsonLines()))
            return
        from citycontext.bridge.journal.private_files import open_private

        with open_private(to) as target:
            count = letters.export(target)
    tell(f"Written to {to}: {count}.", form, ids=[to], file=str(to), written=count)


def _open(file: Path) -> DeadLetterStore:
    config, _ = load_without_secrets(file, needs=("journal", "source"))
    from citycontext.bridge.sources.dead_letter_stores import dead_letter_store

    return dead_letter_store(config)


@contextmanager
def _chosen(
    file: Path, numbers: list[int] | None, everything: bool, route: str | None
) -> Iterator[tuple[DeadLetterStore, list[int] | None]]:
    """Open the dead letters for what a command names: numbers that are all there, or None for a route or all."""
    if bool(numbers) + everything + (route is not None) != 1:
        raise typer.BadParameter("give numbers, or --route for those of one route, or --all for all of them.")
    with _open(file) as letters:
        for number in numbers or ():
            letters.show(number)  # a number that is not there is a slip: nothing is touched
        yield letters, numbers or None
