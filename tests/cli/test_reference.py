"""The reference of the command line."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer.main

from citycontext.cli.commands import app

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference" / "command-line.md"


def commands(command: Any, name: str) -> Iterator[tuple[str, list[str]]]:
    """Yield each command that is not hidden, with its options."""
    inner = getattr(command, "commands", None)
    if inner:
        for part, one in inner.items():
            if not one.hidden:
                yield from commands(one, f"{name} {part}")
        return
    shown = (one for one in command.params if not getattr(one, "hidden", False))
    yield name, [opt for one in shown for opt in one.opts if opt.startswith("--") and opt != "--help"]


def test_every_command_and_option_is_in_the_reference() -> None:
    """Each command has a section, each of its options a row there, and the exit codes are said."""
    text = REFERENCE.read_text()
    sections = dict(re.findall(r"^#+ `?(citycontext[^`\n]*?)`?$\n(.*?)(?=^#+ |\Z)", text, re.MULTILINE | re.DOTALL))
    found = list(commands(typer.main.get_command(app), "citycontext"))
    assert len(found) > 40
    missing = [name for name, _ in found if name not in sections]
    assert missing == []
    lacking = [(name, option) for name, options in found for option in options if option not in sections[name]]
    assert lacking == []
    for code in ("0", "1", "2", "130"):
        assert re.search(rf"Exit codes:.*\b{code}\b", text, re.DOTALL)


def test_the_references_are_what_the_code_makes() -> None:
    """No page of the reference is older than the code."""
    spec = importlib.util.spec_from_file_location("references", ROOT / "scripts" / "references.py")
    assert spec is not None
    assert spec.loader is not None
    references = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(references)
    assert references.main(["--check"]) == 0
