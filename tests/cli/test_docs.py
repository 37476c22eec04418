"""`citycontext docs`: the manual, packed as a distribution and served."""

from __future__ import annotations

import contextlib
import json
import runpy
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from citycontext.web.http import httpx

Command = Callable[..., subprocess.CompletedProcess[str]]
Running = Callable[..., contextlib.AbstractContextManager["subprocess.Popen[str]"]]

SCRIPT = Path(__file__).parents[2] / "scripts" / "manual_wheel.py"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Make a small manual."""
    folder = tmp_path / "site"
    (folder / "guide").mkdir(parents=True)
    (folder / ".doctrees").mkdir()
    (folder / "index.html").write_text("<h1>citycontext</h1>")
    (folder / "guide" / "index.html").write_text("<h1>guide</h1>")
    (folder / ".doctrees" / "left").write_text("out")
    return folder


def test_without_the_manual(command: Command, refusal: Callable[..., str], tmp_path: Path) -> None:
    """Without the package the command says how to get it, and a folder without a manual is called so."""
    pytest.importorskip("starlette")
    if not any((Path(folder) / "citycontext_docs").exists() for folder in sys.path):
        assert "pip install citycontext-docs" in refusal(command("docs"))
    assert "there is no manual in this folder" in refusal(command("docs", "--folder", str(tmp_path)))


def test_the_manual_is_served(running: Running, site: Path) -> None:
    """A page, and a folder's index, are answered; what is not there is 404."""
    with running("docs", "--folder", str(site), "-o", "ndjson") as process:
        assert process.stdout is not None
        url = json.loads(process.stdout.readline())["url"]
        assert "citycontext" in httpx.get(url).text
        assert "guide" in httpx.get(f"{url}guide/").text
        assert httpx.get(f"{url}missing.html").status_code == 404


def test_the_distribution(site: Path, tmp_path: Path) -> None:
    """The wheel holds the pages and not what building left, is the same each time, and pip would take it."""
    pack = runpy.run_path(str(SCRIPT))["pack"]
    wheel = pack(site, tmp_path / "dist")
    first = wheel.read_bytes()
    assert pack(site, tmp_path / "dist").read_bytes() == first
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        record = next(name for name in names if name.endswith("RECORD"))
        assert {line.split(",")[0] for line in archive.read(record).decode().splitlines()} == set(names)
        archive.extractall(tmp_path / "installed")
    assert "citycontext_docs/site/guide/index.html" in names
    assert not any(".doctrees" in name for name in names)
    found = subprocess.run(
        [sys.executable, "-c", "from citycontext.cli.manual.docs import _installed; print(_installed())"],
        env={"PYTHONPATH": str(tmp_path / "installed")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert (Path(found.stdout.strip()) / "index.html").is_file()
