"""Every code block of README.md and docs/ is run, and what it prints is what the page says.

A page is one story: its blocks share one folder and one Python session, in the order they stand in.

- ``python``: run; a ``text`` block right behind it is what it prints.
- ``toml`` or ``json`` whose first line is a comment with a file name (``# bridge.toml``): that file.
- ``console``: each line after ``$`` is run in a shell; the lines below it are what it prints, and if absent
  it must just succeed.
- ``sh``: the two set-up commands; CI runs them itself, since they make an environment and take minutes.

A ``…`` in expected output stands for anything. A local context broker answers at http://localhost:1026 meanwhile.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from citycontext.broker import LocalBroker, Server

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "docs").glob("[nt]*/*.md"))]
BROKER = "http://localhost:1026"
BLOCK = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
RUN_BY_CI = "sh"
NEEDED = {"qgis.md": ("pyogrio",), "history-and-tables.md": ("geopandas", "matplotlib", "pyarrow")}
"""What a page needs beside what the tests cannot do without."""


@dataclass(frozen=True)
class Block:
    language: str
    text: str
    line: int
    right_behind: bool
    """Nothing stands between the block before and this one."""


def blocks_of(page: Path) -> list[Block]:
    text = page.read_text()
    blocks, end = [], 0
    for found in BLOCK.finditer(text):
        line = text.count("\n", 0, found.start()) + 1  # the fence's own
        blocks.append(Block(found[1], found[2], line, right_behind=not text[end : found.start()].strip()))
        end = found.end()
    return blocks


def matches(expected: str, printed: str) -> bool:
    pattern = ".*".join(re.escape(part) for part in expected.strip().split("…"))
    return re.fullmatch(pattern, printed.strip(), re.DOTALL) is not None


class Session:
    """The folder, the Python names and the broker that a page's blocks share."""

    def __init__(self, folder: Path, broker_url: str) -> None:
        self.folder = folder
        self.broker_url = broker_url
        self.names: dict[str, object] = {"__name__": "__main__"}

    def _here(self, text: str) -> str:
        return text.replace(BROKER, self.broker_url)

    def run_python(self, block: Block) -> str:
        printed = io.StringIO()
        with contextlib.chdir(self.folder), contextlib.redirect_stdout(printed):
            exec(compile(self._here(block.text), f"line {block.line}", "exec"), self.names)
        return printed.getvalue().replace(self.broker_url, BROKER)

    def write(self, block: Block) -> None:
        first = block.text.splitlines()[0]
        name = re.fullmatch(r"# ([\w.-]+)", first)
        assert name, f"line {block.line}: the first line names the file, as in `# bridge.toml`"
        text = block.text if name[1].endswith(".toml") else block.text.partition("\n")[2]
        (self.folder / name[1]).write_text(self._here(text))

    def run_console(self, block: Block) -> None:
        for command, expected in re.findall(r"^\$ ([^\n]*)\n((?:(?!\$ )[^\n]*\n)*)", block.text, re.MULTILINE):
            environment = {
                **os.environ,
                "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
                "COLUMNS": "120",
                "NO_COLOR": "1",
                # Nothing of who runs the tests is read or written.
                "XDG_CONFIG_HOME": str(self.folder / ".config"),
                "XDG_STATE_HOME": str(self.folder / ".state"),
            }
            done = subprocess.run(
                ["bash", "-c", self._here(command)],
                cwd=self.folder,
                env=environment,
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
            printed = (done.stdout + done.stderr).replace(self.broker_url, BROKER)
            if not expected:
                assert done.returncode == 0, f"line {block.line}: $ {command}\n{printed}"
                continue
            assert matches(expected, printed), (
                f"line {block.line}: $ {command}\n--- expected\n{expected}--- got\n{printed}"
            )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_does_what_it_says(page: Path, tmp_path: Path) -> None:
    """Each block of the page runs, and prints what stands below it."""
    for package in NEEDED.get(page.name, ()):
        pytest.importorskip(package)
    blocks = blocks_of(page)
    with Server(LocalBroker(), port=0) as server:
        session = Session(tmp_path, server.url)
        printed: str | None = None
        for block in blocks:
            if block.language == "text" and printed is not None and block.right_behind:
                assert matches(block.text, printed), (
                    f"{page.name}:{block.line}\n--- expected\n{block.text}--- got\n{printed}"
                )
            printed = None
            if block.language == "python":
                printed = session.run_python(block)
            elif block.language in ("toml", "json"):
                session.write(block)
            elif block.language == "console":
                session.run_console(block)
            else:
                assert block.language in ("text", RUN_BY_CI), f"{page.name}:{block.line}: a {block.language!r} block"


def test_the_readme_has_its_two_commands() -> None:
    """CI takes the two set-up commands from the README; each is one line of its own."""
    readme = blocks_of(ROOT / "README.md")
    commands = [line for block in readme if block.language == RUN_BY_CI for line in block.text.splitlines()]
    assert [command.startswith("python3 -m venv") for command in commands] == [True, True]
    assert [command.rpartition("/")[2] for command in commands] == ["citycontext demo", "pytest"]


@pytest.mark.parametrize(
    ("page", "translation"),
    [
        ("spreadsheets.md", "rekenbladen.md"),
        ("tutorials/parking-kortrijk.md", "nl/eerste-sensor.md"),
        ("operation.md", "nl/exploitatie.md"),
    ],
)
def test_a_translation_has_the_same_code(page: str, translation: str) -> None:
    """The blocks of code of a page in Dutch are those of the page in English."""
    of_page, of_translation = (
        [(block.language, block.text) for block in blocks_of(ROOT / "docs" / name)] for name in (page, translation)
    )
    assert of_translation == of_page
