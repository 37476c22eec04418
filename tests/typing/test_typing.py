"""Type checkers see the API as its users do."""

from __future__ import annotations

import json
import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
ROOMS = [HERE, ROOT / "tests" / "receiver"]


def refused_lines(path: Path) -> set[int]:
    return {number for number, line in enumerate(path.read_text().splitlines(), 1) if line.endswith("# refused")}


def mypy_errors(path: Path) -> set[int]:
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return {int(line) for line in re.findall(rf"{re.escape(path.name)}:(\d+): error", done.stdout)}


def pyright_errors(path: Path) -> set[int]:
    program = shutil.which("pyright", path=str(Path(sys.executable).parent)) or shutil.which("pyright")
    if program is None:
        pytest.skip("pyright is not installed")
    done = subprocess.run(
        [program, "--outputjson", "--pythonpath", sys.executable, str(path)],
        capture_output=True,
        text=True,
        check=False,
        cwd=path.parent,
    )
    try:
        report = json.loads(done.stdout)
    except json.JSONDecodeError:
        pytest.skip(f"pyright cannot run here: {(done.stderr or done.stdout)[-200:]}")
    return {one["range"]["start"]["line"] + 1 for one in report["generalDiagnostics"] if one["severity"] == "error"}


@pytest.mark.parametrize("errors_of", [mypy_errors, pyright_errors])
@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_what_users_write_is_accepted(room, errors_of):
    """Plain values and attributes can be set, entities received, and reading them has the declared type."""
    assert errors_of(room / "must_pass.py") == set()


@pytest.mark.parametrize("errors_of", [mypy_errors, pyright_errors])
@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_mistakes_are_refused(room, errors_of):
    """A wrong value type, a misspelt attribute and a missing one are errors, each on its line."""
    path = room / "must_fail.py"
    assert errors_of(path) == refused_lines(path)


def test_what_users_write_runs():
    """What the type checkers accept also works."""
    runpy.run_path(str(HERE / "must_pass.py"))
