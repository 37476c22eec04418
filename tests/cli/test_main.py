"""The program's entry: versions, missing extras, and errors in one line."""

from __future__ import annotations

from importlib.metadata import version

import pytest

from citycontext.cli.main import main


def test_version_is_the_installed_one(citycontext) -> None:
    """``--version`` names the program and the version of the package."""
    ended = citycontext("--version")
    assert (ended.returncode, ended.stdout) == (0, f"citycontext {version('citycontext')}\n")


def test_core_alone_says_which_extra_the_command_line_needs(citycontext, refusal) -> None:
    """With nothing but the core installed, one line tells what to install."""
    line = refusal(citycontext("demo", missing=("typer", "rich")))
    assert line == (
        "citycontext: The command line needs typer, which is not installed. Run: pip install 'citycontext[cli]' "
        "(in the folder of a checkout: pip install '.[cli]')"
    )


@pytest.mark.parametrize(
    ("arguments", "package", "extra"),
    [
        (("demo",), "amqtt", "demo"),
        (("demo",), "starlette", "demo"),
        (("broker",), "uvicorn", "broker"),
        (("bridge", "run", "bridge.toml"), "paho", "bridge"),
    ],
)
def test_command_says_which_extra_it_needs(citycontext, refusal, arguments, package: str, extra: str) -> None:
    """A command whose packages are missing names the package, and the one extra that brings all it needs."""
    line = refusal(citycontext(*arguments, missing=(package,)))
    assert f"needs {package}, which is not installed." in line
    assert f"pip install 'citycontext[{extra}]'" in line


def test_unknown_command_is_a_usage_error(capsys) -> None:
    """A command that does not exist ends with exit code 2 and the way to help."""
    assert main(["dmeo"]) == 2
    assert "No such command" in capsys.readouterr().err


def test_help_lists_the_commands(capsys) -> None:
    """``--help`` names every command."""
    assert main(["--help"]) == 0
    shown = capsys.readouterr().out
    for command in ("demo", "broker", "bridge"):
        assert command in shown


def test_flags_have_no_type_in_the_help(citycontext) -> None:
    """A flag has no value, and the help shows none behind it."""
    shown = citycontext("validate", "--help").stdout
    assert "--strict" in shown
    assert "<bool>" not in shown
    assert "BOOLEAN" not in shown
