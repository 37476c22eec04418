"""The commands, gathered."""

from __future__ import annotations

import citycontext.cli.door  # noqa: F401

# isort: split
from importlib.metadata import version
from typing import Annotated

import typer

from citycontext.cli.bridge.commands import bridge
from citycontext.cli.broker import serve_broker
from citycontext.cli.context_broker.connections import connections
from citycontext.cli.context_broker.discovery import list_attributes, list_types
from citycontext.cli.context_broker.documents import contexts, registrations, subscriptions
from citycontext.cli.context_broker.entities import entities
from citycontext.cli.context_broker.history import show_history
from citycontext.cli.context_broker.raw import send_request
from citycontext.cli.context_broker.recontext import recontext_entities
from citycontext.cli.context_broker.transfers import compare_places, copy_entities, export_entities, import_entities
from citycontext.cli.demo import show_demo
from citycontext.cli.manual.docs import serve_docs
from citycontext.cli.manual.explain import explain_codes
from citycontext.cli.manual.flag_help import hide_types_of_flags
from citycontext.cli.models import models
from citycontext.cli.old_options import understand_old_options
from citycontext.cli.oslo import oslo
from citycontext.cli.passport.forms import compare_forms
from citycontext.cli.passport.mims import mims
from citycontext.cli.publish.commands import publish
from citycontext.cli.subscribe_ldes import subscribe_ldes
from citycontext.cli.terminal import say
from citycontext.cli.validate import validate_files

__all__ = ["app"]

hide_types_of_flags()
app: typer.Typer = typer.Typer(
    help="A city's data into any NGSI-LD context broker, and out again.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("demo")(show_demo)
app.command("broker")(serve_broker)
_ANY = "Any context broker"
app.add_typer(connections, name="connections", rich_help_panel=_ANY)
entities.command("export")(export_entities)
entities.command("import")(import_entities)
app.add_typer(entities, name="entities", rich_help_panel=_ANY)
app.command("copy", rich_help_panel=_ANY)(copy_entities)
app.command("diff", rich_help_panel=_ANY)(compare_places)
app.command("subscribe-ldes", rich_help_panel=_ANY)(subscribe_ldes)
app.command("types", rich_help_panel=_ANY)(list_types)
app.command("attributes", rich_help_panel=_ANY)(list_attributes)
app.command("history", rich_help_panel=_ANY)(show_history)
app.add_typer(subscriptions, name="subscriptions", rich_help_panel=_ANY)
app.add_typer(registrations, name="registrations", rich_help_panel=_ANY)
app.add_typer(contexts, name="contexts", rich_help_panel=_ANY)
app.command("api", rich_help_panel=_ANY)(send_request)
app.add_typer(bridge, name="bridge")
models.command("recontext")(recontext_entities)
app.add_typer(models, name="models")
app.command("validate")(validate_files)
app.add_typer(publish, name="publish")
app.add_typer(oslo, name="oslo")
mims.command("forms")(compare_forms)
app.add_typer(mims, name="mims")
app.command("explain")(explain_codes)
app.command("docs")(serve_docs)
understand_old_options(app)


def _show_version(asked: bool) -> None:
    if asked:
        say(f"citycontext {version('citycontext')}")
        raise typer.Exit


@app.callback()
def _citycontext(
    _: Annotated[
        bool, typer.Option("--version", help="Show the version.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    """A city's data into any NGSI-LD context broker, and out again."""
