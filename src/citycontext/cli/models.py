"""``citycontext models``: which entity models there are, and what they say."""

from __future__ import annotations

import citycontext.cli.door  # noqa: F401

# isort: split
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.markup import escape
from rich.table import Table

from citycontext.cli.clean import clean_file
from citycontext.cli.context_broker.completion import complete_model
from citycontext.cli.context_broker.output import Form, write_items
from citycontext.cli.outcomes import OutcomeForm, RowForm, is_for_people, show_document, tell
from citycontext.cli.terminal import TextConsole, say, write_json, write_text
from citycontext.errors import ConfigurationError
from citycontext.models import ModelDescription, describe, describe_schema, families, find_models
from citycontext.models import models as all_models
from citycontext.models.catalogue.annotations import render
from citycontext.models.catalogue.generation import class_source
from citycontext.models.catalogue.index import smart_data_models
from citycontext.models.catalogue.json_schema import json_schema

__all__ = ["models"]

_CHOICES_SHOWN = 6

Type = Annotated[
    str,
    typer.Argument(
        metavar="TYPE",
        help="The entity type, e.g. OffStreetParking.",
        show_default=False,
        autocompletion=complete_model,
    ),
]
Subject = Annotated[str | None, typer.Option(help="The subject, e.g. Parking; where several have the type.")]

models: typer.Typer = typer.Typer(
    help="The entity models: find one, read it, make one of your own.", no_args_is_help=True
)
models.command("clean")(clean_file)


@models.command("list")
def list_models(subject: Subject = None, form: OutcomeForm = None) -> None:
    """List all models, or those of a subject."""
    _show(all_models(subject), form)


@models.command("search")
def search_models(
    words: Annotated[list[str] | None, typer.Argument(help="Words in names of type, subject or attributes.")] = None,
    attribute: Annotated[str | None, typer.Option(help="An attribute that the model declares.")] = None,
    subject: Subject = None,
    form: OutcomeForm = None,
) -> None:
    """Search models by words or by an attribute, best match first; exit code 1 where nothing matches."""
    found = find_models(" ".join(words or ()), attribute=attribute, subject=subject)
    _show(found, form)
    if not found:
        raise typer.Exit(1)


@models.command("show")
def show_model(type_name: Type, subject: Subject = None, form: OutcomeForm = None) -> None:
    """Show a model: its attributes with kind, type, unit and limits."""
    model = describe(type_name, subject)
    if form is Form.JSON:
        write_json(orjson.dumps(_facts(model), option=orjson.OPT_INDENT_2))
        return
    if form is Form.NDJSON:
        write_json(orjson.dumps(_facts(model)))
        return
    if not is_for_people(form):
        facts: Any = _facts(model)["attributes"]
        rows = ({"id": one["name"], **one} for one in facts)
        write_items(rows, form, member="attributes", flat=True)
        return
    console = _console()
    console.print(f"[bold]{escape(model.type)}[/bold] {escape(model.version)}  {escape(model.subject)}")
    namesakes = ", ".join(_namesakes(model))
    for fact in (
        model.page,
        f"@context {model.context}" if model.context else "",
        f"licence {model.licence}" if model.licence else "",
        f"also in {namesakes}: --subject names the one that is meant" if namesakes else "",
    ):
        if fact:
            console.print(escape(fact), soft_wrap=True)
    table = Table("attribute", "python name", "kind", "type", "unit", "notes", box=None)
    for one in model.attributes.values():
        notes = [
            "required" if one.required else "",
            f"from {one.minimum:g}" if one.minimum is not None else "",
            f"to {one.maximum:g}" if one.maximum is not None else "",
            _choices(one.enumeration),
            "may identify a person" if one.personal else "",
        ]
        table.add_row(
            *map(
                escape,
                (
                    one.wire_name,
                    one.name,
                    one.kind,
                    _short_type(render(one.annotation)) if one.kind == "Property" else "",
                    one.unit_code or one.unit or "",
                    ", ".join(note for note in notes if note),
                ),
            )
        )
    _print_table(console, table)


@models.command("schema")
def show_schema(type_name: Type, subject: Subject = None, form: RowForm = None) -> None:
    """Write a model as one JSON Schema that stands alone, without prose."""
    model = describe(type_name, subject)
    if form is Form.IDS:
        say(model.type)
    else:
        show_document(json_schema(model), form, member="schemas")


@models.command("generate")
def generate_module(
    schema: Annotated[str, typer.Argument(help="Path or URL of a JSON Schema.", show_default=False)],
    type_name: Annotated[str | None, typer.Option("--type", help="The entity type, where the schema lacks it.")] = None,
    output: Annotated[Path | None, typer.Option("--to", help="The file to write; else it is shown.")] = None,
    folder: Annotated[
        list[Path] | None,
        typer.Option("--folder", help="A further folder that what the schema refers to may be read from."),
    ] = None,
    form: OutcomeForm = None,
) -> None:
    """Write the Python module of a schema of your own: a typed class, as those that ship with the package."""
    model = describe_schema(schema, type_name=type_name, folders=folder or ())
    for problem in model.problems:
        say(f"left out: {problem}", err=True)
    source = class_source(model, smart_data_models().definitions)
    if output is None:
        write_text(source)
        return
    try:
        output.write_text(source, encoding="utf-8")
    except OSError as wrong:
        raise ConfigurationError(f"{output} cannot be written: {wrong.strerror}") from None
    tell(f"{output} is written.", form, ids=[output], file=str(output), type=model.type)


def _show(found: Iterable[ModelDescription], form: Form | None) -> None:
    rows = list(found)
    if form not in (None, Form.TABLE):
        listed = [
            {"type": one.type, "subject": one.subject, "version": one.version, "attributes": len(one.attributes)}
            for one in rows
        ]
        if form is Form.IDS:
            for one in rows:
                say(str(one))
            return
        if form is not Form.JSON:
            write_items(listed, form, member="models", flat=True)
            return
        versions = {family.name: family.version for family in families()}
        write_json(orjson.dumps({"families": versions, "models": listed}, option=orjson.OPT_INDENT_2))
        return
    table = Table("type", "subject", "version", "attributes", box=None)
    for one in rows:
        table.add_row(escape(one.type), escape(one.subject), escape(one.version), str(len(one.attributes)))
    console = _console()
    if rows:
        _print_table(console, table)
    console.print(f"{len(rows)} models" if len(rows) != 1 else "1 model")


def _print_table(console: TextConsole, table: Table) -> None:
    """Print a table without the blanks that fill its last column."""
    with console.capture() as drawn:
        console.print(table)
    for line in drawn.get().splitlines():
        console.out(line.rstrip(), highlight=False)


def _console() -> TextConsole:
    """Write tables as wide as they are where no terminal limits them."""
    console = TextConsole()
    return console if console.is_terminal else TextConsole(width=240)


def _facts(model: ModelDescription) -> dict[str, object]:
    return {
        "type": model.type,
        "subject": model.subject,
        "version": model.version,
        "commit": model.commit,
        "page": model.page,
        "context": model.context,
        "licence": model.licence,
        "alsoIn": _namesakes(model),
        "attributes": [
            {
                name: fact
                for name, fact in (
                    ("name", one.wire_name),
                    ("pythonName", one.name),
                    ("kind", one.kind),
                    ("required", one.required),
                    ("types", one.json_types),
                    ("format", one.format),
                    ("unit", one.unit),
                    ("unitCode", one.unit_code),
                    ("enumeration", one.enumeration or None),
                    ("minimum", one.minimum),
                    ("maximum", one.maximum),
                    ("personal", one.personal or None),
                )
                if fact is not None
            }
            for one in model.attributes.values()
        ],
    }


def _namesakes(model: ModelDescription) -> list[str]:
    """Name the other subjects that have a model of the type."""
    keys = {key for family in families() for key in family}
    return sorted(subject for subject, type_name in keys if type_name == model.type and subject != model.subject)


def _choices(choices: tuple[object, ...]) -> str:
    shown = " | ".join(map(str, choices[:_CHOICES_SHOWN]))
    return f"{shown} | …" if len(choices) > _CHOICES_SHOWN else shown


def _short_type(source: str) -> str:
    """Leave an enumeration out of a type: the notes have it."""
    return "str" if source.startswith("Literal[") else "list[str]" if source.startswith("list[Literal[") else source
