"""Write the references of the manual from the code: every command with its options, every public name.

python scripts/references.py            write docs/reference/
python scripts/references.py --check    exit 1 where the pages are not what the code makes
"""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel
from typer.main import get_command

import citycontext
from citycontext.cli.commands import app
from citycontext.errors.explanations import explanations

FOLDER: Final = Path(__file__).parents[1] / "docs" / "reference"
ROOMS: Final = {
    "citycontext": "Everyday names",
    "citycontext.ngsild": "The standard's documents",
    "citycontext.ngsild.query": "Queries",
    "citycontext.client": "The client",
    "citycontext.receiver": "Notifications",
    "citycontext.models": "Entity models",
    "citycontext.oslo": "OSLO",
    "citycontext.publish": "Open data",
    "citycontext.passport": "The passport",
    "citycontext.transfer": "Moving stores",
    "citycontext.broker": "The local broker",
    "citycontext.bridge": "The bridge",
    "citycontext.errors": "Errors",
}
"""The packages whose names are public, with the heading of each."""
FAMILIES: Final = {
    "schema": "The model's schema",
    "ngsi-ld": "The standard",
    "practice": "Good practice",
    "clean": "Cleaning",
    "ngsi-v2": "From NGSIv2",
    "table": "Spreadsheets",
    "bridge": "The bridge's check",
    "publish": "Publishing",
    "oslo": "Converting to OSLO",
    "mims": "The passport",
    "error": "Errors",
}
"""The families of codes, with the heading of each."""

OLD: Final = frozenset(Path(__file__).with_name("names_of_0_1.txt").read_text(encoding="utf-8").split())
"""What public packages exported in 0.1."""


def main(arguments: list[str]) -> int:
    """Write the pages, or compare them; return the exit code."""
    pages = {"command-line.md": "\n".join(command_line()), "python.md": "\n".join(python())}
    pages["findings.md"] = "\n".join(findings())
    if arguments == ["--check"]:
        stale = [name for name, text in pages.items() if not is_current(FOLDER / name, text)]
        for name in stale:
            print(f"docs/reference/{name} is stale: run python scripts/references.py", file=sys.stderr)
        return int(bool(stale))
    FOLDER.mkdir(exist_ok=True)
    for name, text in pages.items():
        (FOLDER / name).write_text(text)
    return 0


def findings() -> Iterator[str]:
    """Return the lines of the page on codes of findings and errors."""
    yield "# Every finding and error"
    yield ""
    yield "What is printed behind a finding is its code, and stays the same from version to version."
    yield "`citycontext explain CODE` shows what stands here; the last part of a code is enough: `unit-unknown`."
    family = ""
    for one in explanations().values():
        if one.code.partition("/")[0] != family:
            family = one.code.partition("/")[0]
            yield ""
            yield f"## {FAMILIES[family]}"
        yield ""
        yield f"### `{one.code}`"
        yield ""
        yield f"{one.title}."
        yield ""
        yield f"- Cause: {one.cause}"
        yield f"- Cure: {one.cure}"
    yield ""


def is_current(path: Path, text: str) -> bool:
    """Return whether a page holds a text."""
    return path.is_file() and path.read_text() == text


def command_line() -> Iterator[str]:
    """Return the lines of the page on the command line."""
    yield "# Every command"
    yield ""
    yield "Made from the commands themselves; `citycontext COMMAND --help` shows the same in a terminal. How they go"
    yield "together stands in [The command line](../command-line.md)."
    yield ""
    yield "Exit codes: 0 done; 1 where the command's own answer is no (a check that fails, a search without a hit,"
    yield "entities refused); 2 for an error, a line for each fault on stderr; 130 when interrupted."
    root = get_command(app)
    yield from commands_of(root, root.context_class(root, info_name="citycontext"))
    yield ""


def commands_of(command: Any, context: Any) -> Iterator[str]:
    """Return the lines on a command, then those on what is below it. Typer brings its own click, or takes click's."""
    if hasattr(command, "commands"):
        for name in sorted(command.list_commands(context)):
            below = command.get_command(context, name)
            if not below.hidden:
                yield from commands_of(below, below.context_class(below, info_name=name, parent=context))
        return
    yield ""
    yield f"## `{context.command_path}`"
    yield ""
    yield told(command.help or "")
    yield ""
    yield "```text"
    yield command.get_usage(context).replace("Usage: ", "", 1)
    yield "```"
    rows = [row_of(one) for one in command.params if one.name != "help" and not getattr(one, "hidden", False)]
    if rows:
        yield ""
        yield "| argument or option | meaning | default |"
        yield "| --- | --- | --- |"
        yield from rows


def row_of(parameter: Any) -> str:
    """Return the row of an argument or option."""
    if parameter.param_type_name == "option":
        spelt = ", ".join(f"`{one}`" for one in [*parameter.opts, *parameter.secondary_opts])
        if parameter.metavar:
            spelt += f" `{parameter.metavar}`"
    else:
        spelt = f"`{parameter.metavar or parameter.name.upper()}`"
    default = parameter.default
    shown = (
        "" if default is None or default is False or callable(default) or default in ((), []) else f"`{plain(default)}`"
    )
    if parameter.required:
        shown = "required"
    return f"| {spelt.replace('|', chr(92) + '|')} | {cell(told(parameter.help or ''))} | {cell(shown)} |"


def plain(value: object) -> str:
    """Return a default as a person writes it."""
    if value is True:
        return "yes"
    if isinstance(value, (list, tuple)):
        return " ".join(map(plain, value))
    return str(getattr(value, "value", value))


def told(text: str) -> str:
    """Return a help text as Markdown: one line a paragraph."""
    paragraphs = inspect.cleandoc(text.split("\f")[0].replace("\b", "")).split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs).replace("<", "&lt;").replace("*", r"\*")


def cell(text: str) -> str:
    """Return a text for a cell of a table."""
    return " ".join(text.split()).replace("|", r"\|")


def python() -> Iterator[str]:
    """Return the lines of the page on the public names."""
    yield "# Every public name"
    yield ""
    yield "Made from the docstrings. A name that stands in several packages is described once, and listed in"
    yield f"the others. This is version {citycontext.__version__}."
    described: dict[int, str] = {}
    for room, heading in ROOMS.items():
        module = importlib.import_module(room)
        yield ""
        yield f"## {heading}: `{room}`"
        yield ""
        yield told((module.__doc__ or "").split("\n\n")[0])
        yield ""
        yield "| name | what it is |"
        yield "| --- | --- |"
        for name in sorted(module.__all__):
            value = getattr(module, name)
            known = described.setdefault(id(value), f"{room}.{name}") if is_described(value) else f"{room}.{name}"
            where = "" if known == f"{room}.{name}" else f"see `{known}`: "
            new = "" if f"{room}.{name}" in OLD else " *New in 0.2.*"
            yield f"| `{name}{signature(value)}` | {cell(where + summary(value, name))}{new} |"
    yield ""


def is_described(value: object) -> bool:
    """Return whether a value has a docstring of its own."""
    return inspect.isclass(value) or inspect.isroutine(value)


def signature(value: object) -> str:
    """Return the names of what a callable takes, without types; empty for the rest."""
    if not is_described(value) or (inspect.isclass(value) and issubclass(value, BaseException)):
        return ""
    if isinstance(value, type) and issubclass(value, BaseModel):
        value.model_rebuild()  # what it takes is known once it is built, which waits for its first use
    try:
        parameters = inspect.signature(value).parameters.values()
    except (TypeError, ValueError):
        return ""
    shown = []
    star = False
    for one in parameters:
        if one.kind is one.VAR_POSITIONAL or (one.kind is one.KEYWORD_ONLY and not star):
            star = True
            shown.append(f"*{one.name}" if one.kind is one.VAR_POSITIONAL else "*")
            if one.kind is one.VAR_POSITIONAL:
                continue
        if one.kind is one.VAR_KEYWORD:
            shown.append(f"**{one.name}")
        else:
            shown.append(one.name if one.default is one.empty else f"{one.name}=…")
    return f"({', '.join(shown)})"


def summary(value: object, name: str) -> str:
    """Return the first paragraph of a docstring."""
    if inspect.ismodule(value):
        return told((value.__doc__ or "").split("\n\n")[0])
    if not is_described(value):
        kind = type(value)
        if kind.__module__ == "typing":
            return "A type to annotate attributes with."
        of_ours = (kind.__doc__ or "") if kind.__module__.startswith("citycontext") else ""
        return told(of_ours.split("\n\n")[0]) or f"A value of type `{kind.__name__}`."
    text = inspect.getdoc(value) or ""
    return told(text.split("\n\n")[0]) or name


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
