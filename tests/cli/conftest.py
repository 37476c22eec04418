"""The command line, run as a user runs it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Command = Callable[..., subprocess.CompletedProcess[str]]

# A package that is None in sys.modules cannot be imported, as if it were not installed.
PROGRAM = """
import sys
for package in {missing!r}:
    sys.modules[package] = None
from citycontext.cli.main import run
sys.argv = ["citycontext", *{arguments!r}]
run()
"""


@pytest.fixture
def citycontext(tmp_path: Path) -> Command:
    """Run ``citycontext`` in an empty folder; ``missing`` names packages that are not to be found."""

    def run(*arguments: str, missing: tuple[str, ...] = (), timeout: float = 60) -> subprocess.CompletedProcess[str]:
        program = PROGRAM.format(missing=missing, arguments=arguments)
        return subprocess.run(
            [sys.executable, "-W", "ignore", "-c", program],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            timeout=timeout,
        )

    return run


@pytest.fixture
def refusal() -> Callable[[subprocess.CompletedProcess[str]], str]:
    """Check that a command ended as an error must: exit code 2 and one line on stderr; give the line."""

    def line(ended: subprocess.CompletedProcess[str]) -> str:
        assert ended.returncode == 2, ended
        assert ended.stdout == ""
        lines = ended.stderr.splitlines()
        assert len(lines) == 1, ended.stderr
        return lines[0]

    return line
