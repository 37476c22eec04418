"""A configuration file is read whole: every fault is found at once, each with line, key path and cure."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict

from citycontext.cli.main import main
from citycontext.configuration import load_toml, read_toml
from citycontext.errors import ConfigurationError


class _Server(BaseModel):
    model_config = ConfigDict(extra="forbid")

    host: str
    port: int = 80


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    server: tuple[_Server, ...]
    names: tuple[str, ...] = ()
    beside: Path | None = None


def _faults(folder: Path, text: str, environment: dict[str, str] | None = None) -> list[str]:
    path = folder / "file.toml"
    path.write_bytes(text.encode())
    with pytest.raises(ConfigurationError) as caught:
        load_toml(path, _File, environment or {})
    return [one.removeprefix(f"{folder}/") for one in str(caught.value).splitlines()]


def test_every_fault_is_named(tmp_path: Path) -> None:
    """Three mistakes are three lines, the unknown key first."""
    text = 'names = 5\n[[server]]\nhost = "a"\nport = "x"\n[[server]]\nhots = "b"\nhost = "b"\n'
    assert _faults(tmp_path, text) == [
        'file.toml:6: server[1].hots: the key "hots" is not known. Did you mean "host"?',
        "file.toml:4: server[0].port: input should be a valid integer, unable to parse string as an integer.",
        'file.toml:1: names: this should be a list, such as ["name", "location"].',
    ]


def test_a_path_that_is_not_a_text_is_told_in_words(tmp_path: Path) -> None:
    """The message names no class of Python, whose name differs from one Python to the next."""
    (said,) = _faults(tmp_path, "beside = 7\nserver = [{host = 'a'}]\n")
    assert "this should be the path of a file, in quotes." in said
    assert "pathlib" not in said


def test_every_variable_that_is_not_set_is_named(tmp_path: Path) -> None:
    """Whoever has to set three variables learns of all three at once."""
    text = 'names = ["${A}"]\n[[server]]\nhost = "${B}:${C}"\n'
    faults = _faults(tmp_path, text, {"C": "x"})
    assert [one.partition(" Set it")[0] for one in faults] == [
        "file.toml:1: names[0]: the environment variable A is not set.",
        "file.toml:3: server[0].host: the environment variable B is not set.",
    ]


def test_a_mark_at_the_beginning_is_no_fault(tmp_path: Path) -> None:
    """Editors of Windows write a byte order mark."""
    path = tmp_path / "file.toml"
    path.write_bytes(b"\xef\xbb\xbfnames = []\r\n")
    assert read_toml(path)[0] == {"names": []}


def test_a_fault_of_syntax_has_its_line(tmp_path: Path) -> None:
    """What is not TOML is named by its line as well."""
    (fault,) = _faults(tmp_path, "names = []\nname =\n")
    assert fault.startswith("file.toml:2: this is not TOML: ")


def test_the_command_line_shows_a_line_for_each_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Faults are not run together into one line on stderr, and what they quote cannot rule the terminal."""
    path = tmp_path / "publish.toml"
    path.write_text('[allow]\n"T\\u001b[2J" = 5\n[dataset]\ntitel = 1\n')
    assert main(["publish", "dcat", "--config", str(path)]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert all(line.startswith("citycontext: ") and line.isprintable() for line in lines)
