"""``citycontext oslo check``: does linked data keep to its profile?"""

from __future__ import annotations

import citycontext.cli.door  # noqa: F401

# isort: split
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from citycontext.cli.context_broker.output import write_items
from citycontext.cli.conventions import counted
from citycontext.cli.oslo_files import LINES, ProfileName, read_contexts, read_entities, read_graph
from citycontext.cli.outcomes import OutcomeForm, is_for_people
from citycontext.cli.terminal import TextConsole, quoted
from citycontext.errors import CityContextError, ConfigurationError, MissingExtra
from citycontext.models.validation.report import finding_members
from citycontext.ngsild.findings import Severity

if TYPE_CHECKING:
    from citycontext.oslo import Graph

__all__ = ["check_files"]


def check_files(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...", help="Linked data, or entities that would be written as it.", show_default=False
        ),
    ],
    profile: Annotated[ProfileName, typer.Option(help="The profile that the data follow.")] = ProfileName.ISO,
    shapes: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE|FOLDER", help="Other shapes, as Turtle, in place of ours; may be given several times."
        ),
    ] = None,
    context: Annotated[
        list[str] | None,
        typer.Option(metavar="URL=FILE", help="A context that the files name; may be given several times."),
    ] = None,
    form: OutcomeForm = None,
) -> None:
    """Check linked data against the shapes of a profile; exit code 1 where something does not conform."""
    from citycontext.oslo.conformance import check_shapes
    from citycontext.oslo.profiles import PROFILES

    rules = _rules(shapes)
    console = TextConsole(soft_wrap=True)
    errors = warnings = 0
    rows: list[dict[str, str]] = []
    for file in files:
        try:
            graph = _graph(file, profile, context)
            findings = check_shapes(graph, PROFILES[profile.value], shapes=rules)
        except (ConfigurationError, MissingExtra):
            raise
        except CityContextError as wrong:
            raise ConfigurationError(str(wrong).replace("\n", " "), file=str(file)) from None
        for finding in findings:
            wrong_one = finding.severity is Severity.ERROR
            errors, warnings = errors + wrong_one, warnings + (not wrong_one)
            if not is_for_people(form):
                rows.append({"id": finding.path, "source": str(file), **finding_members(finding)})
                continue
            style, word = ("red", "error") if wrong_one else ("yellow", "warning")
            said = f"{finding.path}: {finding.message}"
            console.print(f"[{style}]{word}[/{style}] {quoted(f'{file}: {said}')} [dim]{quoted(finding.rule)}[/dim]")
    if is_for_people(form):
        console.print(f"{counted(errors, 'error')}, {counted(warnings, 'warning')}")
    else:
        write_items(rows, form, member="findings", flat=True)
    if errors:
        raise typer.Exit(1)


def _graph(file: Path, profile: ProfileName, context: list[str] | None) -> Graph:
    """Read a graph, or write the entities of a file as one."""
    from citycontext.errors import InvalidDocument
    from citycontext.oslo import to_oslo

    if file.suffix in LINES:
        return to_oslo(read_entities(file), profile=profile.value).graph
    try:
        return read_graph(file, read_contexts(context))
    except InvalidDocument as wrong:
        if "NGSI-LD" not in str(wrong):
            raise
        return to_oslo(read_entities(file), profile=profile.value).graph


def _rules(shapes: list[Path] | None) -> list[str]:
    found = []
    for path in shapes or ():
        files = sorted(path.rglob("*.ttl")) if path.is_dir() else [path]
        if not files:
            raise ConfigurationError("the folder has no Turtle (.ttl).", file=str(path))
        for file in files:
            try:
                found.append(file.read_text("utf-8"))
            except (OSError, UnicodeDecodeError) as wrong:
                raise ConfigurationError(f"the file cannot be read: {wrong}", file=str(file)) from None
    return found
