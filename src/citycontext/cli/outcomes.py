"""What a command says of what it did: a sentence for people, and its facts in the forms for programs."""

from __future__ import annotations

import citycontext.cli.door  # noqa: F401

# isort: split
from collections.abc import Iterable, Mapping
from typing import Annotated, Any

import orjson
import typer

from citycontext.cli.context_broker.output import Form, write_items
from citycontext.cli.terminal import say, show_json, write_json
from citycontext.errors import ConfigurationError
from citycontext.foreign_text import printable

__all__ = ["OutcomeForm", "RowForm", "is_for_people", "show_document", "tell"]

_LONGEST = 1_000


def _without_places(form: Form | None) -> Form | None:
    """Refuse GeoJSON for what has no place, before anything is done."""
    if form is Form.GEOJSON:
        raise ConfigurationError(
            "what this command shows has no place on a map.",
            key="--output geojson",
            cure="Take table, json, ndjson, csv or ids.",
        )
    return form


RowForm = Annotated[
    Form | None,
    typer.Option(
        "-o",
        "--output",
        callback=_without_places,
        help="The form of the output; a table on a terminal, NDJSON in a pipe.",
    ),
]
"""The option of a command that lists what has no place."""

OutcomeForm = Annotated[
    Form | None,
    typer.Option(
        "-o",
        "--output",
        callback=_without_places,
        help="The form of what is told: json, ndjson and csv for programs. \\[default: table, for people]",
        show_default=False,
    ),
]
"""The option of a command that does something and says what became of it."""


def is_for_people(form: Form | None) -> bool:
    """Return whether a command speaks in sentences.

    Args:
        form: What was asked for.
    """
    return form in (None, Form.TABLE)


def tell(sentence: str, form: Form | None, /, *, ids: Iterable[object] = (), **facts: Any) -> None:
    """Say what became of a command, on stdout.

    Args:
        sentence: For people.
        form: What was asked for; None for the sentence.
        ids: What names the things that were made, changed or deleted.
        facts: The same for programs, by name.
    """
    if is_for_people(form):
        say(sentence, flush=True)
    elif form is Form.IDS:
        for one in ids:
            say(printable(str(one), _LONGEST))
    else:
        show_document(facts, form)


def show_document(document: Mapping[str, Any], form: Form | None, *, member: str = "items") -> None:
    """Show one document: as JSON of several lines where nothing else was asked for.

    Args:
        document: What is shown.
        form: What was asked for.
        member: What it is, in the plural, as the member of a JSON document.
    """
    if form in (None, Form.JSON):
        show_json(document)
    elif form is Form.NDJSON:
        write_json(orjson.dumps(document))
    else:
        write_items([document], form, member=member, flat=form is not Form.GEOJSON)
