"""How options were written before: understood for one version more, with a hint of how they are written now."""

from __future__ import annotations

import citycontext.cli.door  # noqa: F401

# isort: split
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import PurePath
from typing import Any, Final, get_args, get_type_hints

import typer
from typer.core import TyperCommand
from typer.models import OptionInfo

from citycontext.cli.terminal import say
from citycontext.foreign_text import printable

__all__ = ["Command", "forms_of", "understand_old_options"]

_OLD_FORMS: Final = {"text": "table", "jsonl": "ndjson"}
_OLD_TARGETS: Final = ("jsonld", "nt", "ngsild")
"""What ``oslo convert --to`` took."""


class Command(TyperCommand):
    """A command that knows how its options were written before."""

    function: Callable[..., Any]
    """The function that it runs."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the arguments, those of old as they are written now.

        Args:
            ctx: What the command runs in.
            args: The arguments.
        """
        return super().parse_args(ctx, list(self._present(list(args))))

    def _present(self, args: list[str]) -> Iterator[str]:
        known = {name for one in self.params for name in one.opts}
        forms = forms_of(self.function)
        rest = iter(args)
        for given in rest:
            if given == "--":
                yield given
                yield from rest
                return
            if given == "--json" and "--json" not in known:
                yield from _hinted("--json", "-o", "json")
                continue
            name, value = _split(given, known)
            if name not in ("-o", "--output", "--format", "--to"):
                yield given
                continue
            if value is None:
                value = next(rest, None)
            if value is None:
                yield given
            elif name == "--to":
                is_form = self.name == "convert" and value in _OLD_TARGETS
                yield from _hinted(f"--to {value}", "-o", value) if is_form else ("--to", value)
            elif value in forms:
                yield from _hinted(f"--format {value}", "-o", value) if name == "--format" else ("-o", value)
            elif _OLD_FORMS.get(value) in forms:
                yield from _hinted(f"{name} {value}", "-o", _OLD_FORMS[value])
            elif "--to" in known and _is_file(value):
                yield from _hinted(f"{name} {value}", "--to", value)
            else:
                yield from ("-o", value)


def forms_of(function: Callable[..., Any]) -> list[str]:
    """Return the forms that a command's output can have.

    Args:
        function: What the command runs.
    """
    for hint in get_type_hints(function, include_extras=True).values():
        for one in getattr(hint, "__metadata__", ()):
            if isinstance(one, OptionInfo) and "--output" in (one.param_decls or ()):
                kinds = get_args(hint.__origin__) or (hint.__origin__,)
                return [str(form) for kind in kinds if issubclass(kind, StrEnum) for form in kind]
    return []


def _split(given: str, known: set[str]) -> tuple[str, str | None]:
    """Return the name of an option, and its value where it is written together with it."""
    if given.startswith("--"):
        name, sign, value = given.partition("=")
        return name, value if sign else None
    if given.startswith("-o") and "-o" in known:
        return "-o", given[2:] or None
    return given, None


def _is_file(value: str) -> bool:
    return value == "-" or bool(PurePath(value).suffix) or "/" in value or "\\" in value


def _hinted(old: str, *present: str) -> tuple[str, ...]:
    say(f"citycontext: hint: {printable(old, 200)} is written {printable(' '.join(present), 200)} now", err=True)
    return present


def understand_old_options(app: typer.Typer) -> None:
    """Have all commands of an application know how their options were written before.

    Args:
        app: The application.
    """
    for command in app.registered_commands:
        if command.callback is not None:
            command.cls = type("Command", (Command,), {"function": staticmethod(command.callback)})
    for group in app.registered_groups:
        if group.typer_instance is not None:
            understand_old_options(group.typer_instance)
