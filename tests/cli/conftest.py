"""The command line, run as a user runs it."""

from __future__ import annotations

import contextlib
import logging
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from citycontext.cli.main import main

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
def command(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Command]:
    """Run a command in this process, in an empty folder: faster, for commands that only read and write files."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        code = main(list(arguments))
        shown = capsys.readouterr()
        return subprocess.CompletedProcess(arguments, code, shown.out, shown.err)

    yield run
    # What a command sets for its process must not reach the next test.
    logging.getLogger("citycontext").setLevel(logging.NOTSET)


@pytest.fixture
def citycontext(tmp_path: Path) -> Command:
    """Run the program in a process of its own, in an empty folder; ``missing`` names packages not to be found."""

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
def running() -> Callable[..., contextlib.AbstractContextManager[subprocess.Popen[str]]]:
    """Run the program beside the test, as in a terminal; it is ended with the test, whatever happens."""

    @contextlib.contextmanager
    def start(*arguments: str) -> Iterator[subprocess.Popen[str]]:
        with subprocess.Popen(
            [sys.executable, "-c", "from citycontext.cli.main import run; run()", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # What runs the tests in the background may ignore Ctrl-C, and a child would inherit that.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    return start


@pytest.fixture
def refusal() -> Callable[[subprocess.CompletedProcess[str]], str]:
    """Check that a command ended as an error must: exit code 2, and on stderr one line for each fault; return these."""

    def line(ended: subprocess.CompletedProcess[str]) -> str:
        assert ended.returncode == 2, ended
        assert ended.stdout == ""
        lines = ended.stderr.splitlines()
        assert lines, ended
        assert all(one.startswith("citycontext: ") for one in lines), ended.stderr
        return "\n".join(lines)

    return line
