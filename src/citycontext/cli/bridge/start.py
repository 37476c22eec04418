"""``citycontext bridge init``: a file to start from, by codec and entity type."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Annotated

import typer

from citycontext.cli.outcomes import OutcomeForm, tell
from citycontext.cli.terminal import write_text
from citycontext.errors import AmbiguousModel, ConfigurationError

__all__ = ["init_bridge"]


def init_bridge(
    codec: Annotated[str, typer.Option(help="What the payload is, e.g. chirpstack, json, the-things-stack.")] = "json",
    type_name: Annotated[
        str, typer.Option("--type", help="Entity type, e.g. AirQualityObserved, or Subject.Type.")
    ] = "Device",
    to: Annotated[Path | None, typer.Option("--to", help="File to write; standard output without.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
    form: OutcomeForm = None,
) -> None:
    """Write a file to start from: a route for a codec, with every attribute of the entity's model as a comment.

    citycontext bridge init --codec chirpstack --type AirQualityObserved --to bridge.toml
    """
    from citycontext.bridge.codecs.registry import codec_names
    from citycontext.bridge.drafting.files import write_schema
    from citycontext.bridge.drafting.starting_file import starting_text
    from citycontext.models import describe

    if codec not in codec_names():
        near = difflib.get_close_matches(codec, codec_names(), n=1)
        cure = f'Did you mean "{near[0]}"?' if near else f"There are: {', '.join(codec_names())}."
        raise ConfigurationError(f'there is no codec "{codec}".', cure=cure)
    subject, _, name = type_name.rpartition(".")
    model = describe(name, subject or None)
    is_ambiguous = False
    try:
        describe(name)
    except AmbiguousModel:
        is_ambiguous = True
    text = starting_text(codec, model, is_ambiguous=is_ambiguous)
    if to is None:
        write_text(text)
        return
    if to.exists() and not force:
        raise ConfigurationError("the file is there already.", file=str(to), cure="Name another, or say --force.")
    to.write_text(text, encoding="utf-8")
    write_schema(to)
    following = f"citycontext bridge check {to}"
    tell(f"Wrote {to}. Next: {following}", form, ids=[to], file=str(to), next=following)
