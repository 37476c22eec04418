"""The region of examples/region: three processes by one command."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

EXAMPLE = Path(__file__).parents[2] / "examples" / "region" / "region.py"


def test_the_tour_of_the_region() -> None:
    """Both municipalities are seen, one that is down is missed and not written to, and comes back."""
    done = subprocess.run(
        [sys.executable, str(EXAMPLE), "--tour"], capture_output=True, text=True, timeout=180, check=False
    )
    lines = done.stdout.splitlines()
    assert done.returncode == 0, done.stderr
    assert lines[0] == "both municipalities up: 4 car parks, 221 free spots"
    assert lines[1] == "Kortrijk is down: 2 car parks, 120 free spots"
    assert "504" in lines[2]
    assert lines[3] == "Kortrijk is back, one car came: 4 car parks, 220 free spots"
