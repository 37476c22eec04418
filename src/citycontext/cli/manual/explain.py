"""``citycontext explain``: what a code of a finding or an error means."""

from __future__ import annotations

import citycontext.cli.door  # noqa: F401

# isort: split
from dataclasses import asdict
from typing import Annotated

import typer

from citycontext.cli.context_broker.output import write_items
from citycontext.cli.outcomes import OutcomeForm, is_for_people
from citycontext.cli.terminal import say
from citycontext.errors.explanations import explained, explanations

__all__ = ["explain_codes"]


def _codes(incomplete: str) -> list[str]:
    return [code for code in explanations() if code.startswith(incomplete)]


def explain_codes(
    codes: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[CODE]...",
            help="A code as it is printed behind a finding, or its last part; all of them without.",
            autocompletion=_codes,
            show_default=False,
        ),
    ] = None,
    form: OutcomeForm = None,
) -> None:
    """Explain findings and errors: what a code means, its cause, and its cure.

    citycontext explain practice/unit-unknown
    """
    found = [one for code in codes for one in explained(code)] if codes else list(explanations().values())
    if not is_for_people(form):
        rows = ({"id": one.code, **asdict(one)} for one in found)
        write_items(rows, form, member="codes", flat=True)
    elif not codes:
        for one in found:
            say(f"{one.code:<32} {one.title}")
    else:
        for number, one in enumerate(found):
            if number:
                say("")
            say(one.code)
            say(f"  {one.title}.")
            say(f"  Cause: {one.cause}")
            say(f"  Cure:  {one.cure}")
