"""The guides are what they say they are: five tasks, each in three statements, and all code typed.

That its code runs, and prints what the page says, is seen by the tests of the documentation.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs" / "client.md").read_text(encoding="utf-8")
PAGES = (
    "README.md",
    "docs/bridge.md",
    "docs/choose-a-model.md",
    "docs/client.md",
    "docs/entities.md",
    "docs/notifications.md",
    "docs/testing.md",
)
TASKS = ("Write an entity", "Write a thousand", "Find some, across pages", "Be told of changes", "Read history")


def blocks(text: str) -> list[str]:
    return re.findall(r"```python\n(.*?)```", text, re.DOTALL)


@pytest.mark.parametrize("task", TASKS)
def test_a_task_takes_three_statements(task: str) -> None:
    """Every statement counts, those inside ``for`` and ``with`` too; a task has no imports of its own."""
    section = GUIDE.partition(f"\n## {task}\n")[2].partition("\n## ")[0]
    assert blocks(section), f"no task {task!r}"
    for block in blocks(section):
        statements = [node for node in ast.walk(ast.parse(block)) if isinstance(node, ast.stmt)]
        assert len(statements) <= 3


@pytest.mark.parametrize("checker", [("mypy", "--strict"), ("pyright",)], ids=lambda checker: checker[0])
def test_the_guides_are_typed(checker: tuple[str, ...], tmp_path: Path) -> None:
    """mypy, strict, and pyright find nothing in the code of the pages for Python developers, each a module."""
    for page in map(Path, PAGES):
        code = blocks((ROOT / page).read_text(encoding="utf-8"))
        (tmp_path / f"{page.stem.lower()}_page.py").write_text("\n".join(code), encoding="utf-8")
    command = [sys.executable, "-m", *checker, *map(str, sorted(tmp_path.iterdir()))]
    run = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False, timeout=300)
    if "nodeenv" in run.stderr or "No module named" in run.stderr:
        pytest.skip(f"{checker[0]} cannot run here: {run.stderr.strip().splitlines()[-1]}")
    assert run.returncode == 0, run.stdout + run.stderr
