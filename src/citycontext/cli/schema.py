"""``citycontext bridge schema`` and ``publish schema``: what editors check a configuration by."""

from __future__ import annotations

import citycontext.cli.door  # noqa: F401

# isort: split
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from citycontext.cli.outcomes import OutcomeForm, is_for_people, tell
from citycontext.cli.terminal import write_text
from citycontext.configuration.json_schema import shipped_schema

__all__ = ["schema_command"]


def schema_command(name: str, of: str) -> Callable[..., None]:
    """Make the command that writes a schema.

    Args:
        name: The file's name in the package.
        of: What it is the schema of.
    """

    def write_schema(
        to: Annotated[Path | None, typer.Option("--to", help="File to write; standard output without.")] = None,
        form: OutcomeForm = None,
    ) -> None:
        text = shipped_schema(name)
        if to is None:
            write_text(text)
        else:
            to.write_text(text, encoding="utf-8")
            if not is_for_people(form):
                tell("", form, ids=[to], file=str(to))

    write_schema.__doc__ = (
        f"Write the JSON Schema of {of}, by which editors check it; its first line names the file: #:schema {name}"
    )
    return write_schema
