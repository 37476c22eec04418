"""The commands, gathered."""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated

import typer

from citycontext.cli.bridge import bridge
from citycontext.cli.broker import serve_broker
from citycontext.cli.demo import show_demo
from citycontext.cli.models import models
from citycontext.cli.oslo import oslo
from citycontext.cli.publish import publish
from citycontext.cli.validate import validate_files

__all__ = ["app"]

app = typer.Typer(
    help="A city's data into any NGSI-LD context broker, and out again.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("demo")(show_demo)
app.command("broker")(serve_broker)
app.add_typer(bridge, name="bridge")
app.add_typer(models, name="models")
app.command("validate")(validate_files)
app.add_typer(publish, name="publish")
app.add_typer(oslo, name="oslo")


def _show_version(asked: bool) -> None:
    if asked:
        print(f"citycontext {version('citycontext')}")
        raise typer.Exit


@app.callback()
def _citycontext(
    _: Annotated[
        bool, typer.Option("--version", help="Show the version.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    """A city's data into any NGSI-LD context broker, and out again."""
