"""The page on real brokers: every test that it names is there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def test_every_proof_exists() -> None:
    """Each difference has a test by that name, or says that nothing is done."""
    rows = [
        line
        for line in (ROOT / "docs" / "real-brokers.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("| ") and not line.startswith(("| ---", "| brokers differ in"))
    ]
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py")]
    tests = {name for source in sources for name in re.findall(r"def (test_\w+)", source)}
    assert len(rows) > 50
    for row in rows:
        proof = row.rsplit("|", 2)[1].strip()
        assert proof.startswith("no test") or proof.strip("`") in tests, row
