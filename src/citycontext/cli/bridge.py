"""``citycontext bridge``: check a configuration, and run it."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from citycontext.cli.dead_letters import dead_letters
from citycontext.cli.extras import extra
from citycontext.cli.logs import log_to_stderr

if TYPE_CHECKING:
    from citycontext.bridge import Bridge

__all__ = ["bridge"]

ConfigurationFile = Annotated[Path, typer.Argument(metavar="FILE", help="The bridge's TOML file.", show_default=False)]

bridge = typer.Typer(help="Sensor messages in, NGSI-LD updates out.", no_args_is_help=True)
bridge.add_typer(dead_letters, name="dead-letters")


@bridge.command("run")
def run_bridge(file: ConfigurationFile) -> None:
    """Run a bridge until it is interrupted; what is under way is delivered first."""
    loaded = _load(file)
    log_to_stderr(logging.INFO)
    loaded.run(require_connection=True)


@bridge.command("check")
def check_bridge(file: ConfigurationFile) -> None:
    """Check a configuration without connecting to anything."""
    config = _load(file).config
    for route in config.route:
        print(f"{route.name}: {', '.join(route.topic)}")
        for entity in route.entity:
            print(f"  -> {entity.type}: {', '.join(entity.attributes)}")
    print(f"{file} is good.")


def _load(file: Path) -> Bridge:
    with extra("bridge", purpose="The bridge"):
        from citycontext.bridge import Bridge, BridgeConfig
    return Bridge(BridgeConfig.load(file), folder=file.parent)
