"""Type checkers see what a user sees: every expression in ``typed/usage.py`` has the type it claims."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
USAGE = Path(__file__).parent / "typed" / "usage.py"


@pytest.mark.parametrize("checker", [("mypy", "--strict"), ("pyright",)], ids=lambda checker: checker[0])
def test_the_client_is_typed(checker: tuple[str, ...]) -> None:
    """mypy, strict, and pyright agree with every assertion, and refuse every misuse."""
    command = [sys.executable, "-m", *checker, str(USAGE)]
    run = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False, timeout=300)
    if "nodeenv" in run.stderr or "No module named" in run.stderr:
        pytest.skip(f"{checker[0]} cannot run here: {run.stderr.strip().splitlines()[-1]}")
    assert run.returncode == 0, run.stdout + run.stderr


def test_every_method_is_used() -> None:
    """The program leaves out no method that the table of endpoints names."""
    page = (ROOT / "docs" / "endpoints.md").read_text(encoding="utf-8")
    methods = set(re.findall(r"\| `client\.([\w.]+)` \|", page))
    program = USAGE.read_text(encoding="utf-8").replace("resource.", "subscriptions.")
    assert len(methods) > 50
    missing = {name for name in methods if f"{name}(" not in program}
    assert missing == {
        f"registration_subscriptions.{verb}" for verb in ("create", "query", "retrieve", "update", "delete")
    }
