"""``scripts/mutation``: how much the tests of a room notice."""

from __future__ import annotations

import runpy
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

pytest.importorskip("cosmic_ray", reason="cosmic-ray, which makes the changes, is not installed")

ROOT = Path(__file__).resolve().parents[1]
MODULE = """from typing import TYPE_CHECKING
if TYPE_CHECKING:
    LIMIT = 1 + 1

def larger(first: "int | None" = None, second: int = 2) -> bool:
    kept: dict[str, int] = {}
    return first is not None and first > second
"""


@pytest.fixture
def script(tmp_path: Path) -> SimpleNamespace:
    """The command, whose root is a small checkout."""
    names = runpy.run_path(str(ROOT / "scripts" / "mutation"))
    names["mutants"].__globals__["ROOT"] = tmp_path
    (tmp_path / "small.py").write_text(MODULE)
    return SimpleNamespace(**names)


def test_what_is_never_run_is_not_changed(script: SimpleNamespace, tmp_path: Path) -> None:
    """Imports for type checkers stay as they are; comparisons and numbers that run are changed, each once a way."""
    made = list(script.mutants("small", tmp_path / "small.py"))
    assert {one.line for one in made} == {5, 7}
    assert sorted(one.operator.rpartition("_")[2] for one in made if "Comparison" in one.operator) == [
        "GtE",
        "Is",
        "Lt",
    ]
    assert len({(one.operator, one.occurrence) for one in made}) == len(made)


@pytest.mark.parametrize(
    ("test", "killed"),
    [
        ("assert larger(3) and not larger(2) and not larger(None)", True),
        ("assert larger(4)", False),
        ("assert larger(1)", None),
    ],
)
def test_a_change_is_killed_where_a_test_fails_on_it(
    script: SimpleNamespace, tmp_path: Path, test: str, killed: bool | None
) -> None:
    """Tests that reach the limit kill a changed comparison, others do not; those that fail anyway say nothing."""

    class PlainTrial(script.Trial):  # a room of one module, whose test is run without pytest's start
        def __init__(self) -> None:
            self._copy, self._good = tmp_path, {}

        def _stages(self, module: str) -> list[tuple[str, ...]]:
            return [(test,)]

        def _passes(self, tests: tuple[str, ...]) -> bool:
            command = [sys.executable, "-c", f"from small import larger; {tests[0]}"]
            return subprocess.run(command, cwd=tmp_path, check=False, capture_output=True).returncode == 0

    made = script.mutants("small", tmp_path / "small.py")
    (mutant,) = (one for one in made if one.operator.endswith("Gt_GtE"))
    assert PlainTrial().is_killed(mutant) is killed
    assert (tmp_path / mutant.path).read_text() == MODULE
