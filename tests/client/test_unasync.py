"""The synchronous client is exactly what its source makes."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = "async def get(client: AsyncClient) -> int:\n    return await client.get()\n"


@pytest.fixture(scope="module")
def unasync() -> ModuleType:
    """Load the script as a module."""
    spec = importlib.util.spec_from_file_location("unasync", ROOT / "scripts" / "unasync.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


RULES = ((r"\basync (?=def )", ""), (r"\bawait ", ""), (r"\bAsync(?=[A-Z])", ""))


@pytest.fixture
def project(tmp_path: Path, unasync: ModuleType) -> Path:
    """Make a project of one source and its generated twin."""
    for source, target in unasync.FOLDERS:
        (tmp_path / source).mkdir(parents=True)
        (tmp_path / target).mkdir(parents=True)
    (tmp_path / unasync.FOLDERS[0][0] / "verbs.py").write_text(SOURCE, encoding="utf-8")
    for path, text in unasync.generated(tmp_path, unasync.Rewriter(RULES)).items():
        path.write_text(text, encoding="utf-8")
    return tmp_path


def test_this_project_is_up_to_date(unasync: ModuleType) -> None:
    """Every generated file here is, to the last line, what the script would write."""
    assert unasync.problems() == []


def test_the_twin_awaits_nothing(project: Path, unasync: ModuleType) -> None:
    """The words are gone, the note on top names the source, and the check is content."""
    text = (project / unasync.FOLDERS[0][1] / "verbs.py").read_text(encoding="utf-8")
    assert "def get(client: Client) -> int:\n    return client.get()\n" in text
    assert text.startswith(f"# Made by scripts/unasync.py from {unasync.FOLDERS[0][0]}/verbs.py")
    assert unasync.problems(project, RULES) == []


def test_a_line_appended_by_hand_is_found(project: Path, unasync: ModuleType) -> None:
    """Whole texts are compared, so a longer file is a different file."""
    twin = project / unasync.FOLDERS[0][1] / "verbs.py"
    twin.write_text(twin.read_text(encoding="utf-8") + "extra = 1\n", encoding="utf-8")
    assert unasync.problems(project, RULES) == [f"{unasync.FOLDERS[0][1]}/verbs.py: differs from what its source makes"]


def test_files_without_source_and_without_twin_are_found(project: Path, unasync: ModuleType) -> None:
    """A file left behind, and one not generated yet."""
    (project / unasync.FOLDERS[0][1] / "old.py").write_text("", encoding="utf-8")
    (project / unasync.FOLDERS[1][0] / "test_verbs.py").write_text("async def test() -> None: ...\n", encoding="utf-8")
    assert unasync.problems(project, RULES) == [
        f"{unasync.FOLDERS[1][1]}/test_verbs.py: missing",
        f"{unasync.FOLDERS[0][1]}/old.py: has no source",
    ]


def test_a_rule_that_nothing_needs_is_found(project: Path, unasync: ModuleType) -> None:
    """Dead rules do not gather."""
    assert unasync.problems(project, (*RULES, ("no_such_word", ""))) == [
        "scripts/unasync.py: no source needs the rule 'no_such_word'"
    ]
