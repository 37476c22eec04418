"""The page about the bridge names what there is: codecs, commands and keys of attributes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.main import get_command

from citycontext.bridge.codecs import codec_names
from citycontext.bridge.config.attributes import AttributeConfig
from citycontext.cli.bridge.commands import bridge

PAGE = Path(__file__).parents[3] / "docs" / "bridge.md"


@pytest.fixture(scope="module")
def tables() -> dict[str, list[str]]:
    """Return, for each table by the head of its first column, the names in that column."""
    found: dict[str, list[str]] = {}
    for table in re.findall(r"(?:^\|[^\n]*\n)+", PAGE.read_text(), re.MULTILINE):
        head, _, *rows = (line.split("|")[1] for line in table.splitlines())
        found[head.strip()] = [name for row in rows for name in re.findall(r"`([^`]+)`", row)]
    return found


def test_the_table_of_codecs_is_complete(tables: dict[str, list[str]]) -> None:
    """Each codec has its line, and no line is without a codec."""
    assert sorted(tables["codec"]) == codec_names()


def test_the_table_of_attributes_is_complete(tables: dict[str, list[str]]) -> None:
    """Each key that an attribute takes is there, but those explained elsewhere on the page."""
    keys = {field.alias or name for name, field in AttributeConfig.model_fields.items()}
    assert set(tables["key"]) <= keys
    text = PAGE.read_text()
    assert {key for key in keys if f"`{key}`" not in text} == set()


def test_each_command_is_shown() -> None:
    """What the program can do, an integrator finds on the page."""
    text = PAGE.read_text()
    commands = get_command(bridge).commands  # type: ignore[attr-defined]
    missing = [name for name in commands if f"bridge {name}" not in text and f"`{name}" not in text]
    assert missing == []
