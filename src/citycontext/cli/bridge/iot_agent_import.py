"""``citycontext bridge import-iota``: from the provisioning of an IoT Agent to routes."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from citycontext.cli.conventions import extra
from citycontext.cli.outcomes import OutcomeForm, tell
from citycontext.cli.terminal import say, write_text
from citycontext.errors import ConfigurationError

__all__ = ["import_iota"]


class AgentCodec(StrEnum):
    """Which agent the devices speak to."""

    JSON = "iot-agent-json"
    ULTRALIGHT = "ultralight"


def import_iota(
    provisioning: Annotated[
        Path, typer.Argument(metavar="PROVISIONING", help="JSON that the agent's /iot/services or /iot/devices gave.")
    ],
    to: Annotated[Path | None, typer.Option("--to", help="File to write; standard output without.")] = None,
    codec: Annotated[AgentCodec, typer.Option(help="What the devices write.")] = AgentCodec.JSON,
    form: OutcomeForm = None,
) -> None:
    """Make a configuration of an IoT Agent's provisioning, and say what could not be carried over."""
    with extra("bridge", purpose="The bridge"):
        from citycontext.bridge.drafting.files import write_schema
        from citycontext.bridge.rehearsal.iot_agent_import import import_provisioning
    try:
        content = provisioning.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{provisioning} cannot be read: {error.strerror}.") from None
    imported = import_provisioning(content, codec=codec.value)
    if to is None:
        write_text(imported.toml)
    else:
        try:
            with to.open("x") as file:
                file.write(imported.toml)
            write_schema(to)
        except OSError as error:
            raise ConfigurationError(f"{to} cannot be written: {error.strerror}.", cure="Name another file.") from None
        following = f"citycontext bridge check {to}"
        sentence = f"Written to {to}. Look it over, then run: {following}"
        tell(sentence, form, ids=[to], file=str(to), next=following, left_out=list(imported.left_out))
    for line in imported.left_out:
        say(f"left out: {line}", err=True)
