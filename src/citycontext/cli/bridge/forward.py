"""``citycontext bridge forward``: from MQTT into Kafka."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Annotated

import typer

from citycontext.cli.conventions import log_to_stderr
from citycontext.cli.outcomes import OutcomeForm, is_for_people, tell

__all__ = ["forward"]


def forward(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The TOML file: [mqtt], [kafka] and [[forward]].")],
    form: OutcomeForm = None,
) -> None:
    """Forward messages from MQTT into Kafka until it is interrupted; none is let go before in-sync replicas have it."""
    from citycontext.bridge.config.forward import ForwardConfig
    from citycontext.bridge.forwarder import Forwarder

    forwarder = Forwarder(ForwardConfig.load(file))
    log_to_stderr(logging.INFO)
    forwarder.run()
    if not is_for_people(form):
        tell("", form, ids=[file], file=str(file))
