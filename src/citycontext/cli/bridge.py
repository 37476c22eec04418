"""``citycontext bridge``: check a configuration, run it, and look after its dead letters."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from citycontext.cli.extras import extra
from citycontext.cli.logs import log_to_stderr

if TYPE_CHECKING:
    from citycontext.bridge import BridgeConfig

__all__ = ["ConfigurationFile", "bridge", "load_configuration"]

ConfigurationFile = Annotated[Path, typer.Argument(metavar="FILE", help="The bridge's TOML file.", show_default=False)]

bridge = typer.Typer(help="Sensor messages in, NGSI-LD updates out.", no_args_is_help=True)


def load_configuration(file: Path) -> BridgeConfig:
    """Read a bridge's configuration, or say which extra reading it needs."""
    with extra("bridge", purpose="The bridge"):
        from citycontext.bridge import BridgeConfig
    return BridgeConfig.load(file)


@bridge.command("run")
def run_bridge(file: ConfigurationFile) -> None:
    """Run a bridge until it is interrupted; what is under way is delivered first."""
    config = load_configuration(file)
    from citycontext.bridge import Bridge

    log_to_stderr(logging.INFO)
    Bridge(config, folder=file.parent).run(require_connection=True)
