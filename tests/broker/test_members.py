"""Every member of every document, set to every wrong value, leaves a broker that lives on (a run of the script)."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "fuzz_broker.py"
CASES = 2_000
PARTS = 8


@pytest.fixture(scope="module")
def fuzz() -> Iterator[ModuleType]:
    """Load the script, where it is part of the distribution."""
    if not SCRIPT.is_file():
        pytest.skip("scripts/fuzz_broker.py is not part of this distribution")
    spec = importlib.util.spec_from_file_location("fuzz_broker", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["fuzz_broker"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["fuzz_broker"]


@pytest.mark.parametrize("seed", range(PARTS))
async def test_wrong_members_do_no_lasting_damage(fuzz: ModuleType, seed: int) -> None:
    """No wrong member brings a 500, nor makes what was good before unreadable or unwritable."""
    assert await fuzz.run(CASES // PARTS, seed) == []


def test_every_member_meets_every_wrong_value(fuzz: ModuleType) -> None:
    """The cases of a long run hold each place of each document with each value, before any is repeated."""
    singles = sum(len(list(fuzz._places(body))) for _, _, body in fuzz.TARGETS) * len(fuzz.WRONG)
    assert 10_000 < singles < 100_000
    seen = {(case.method, case.path, case.changed) for case in fuzz.cases(singles, 1)}
    assert len(seen) > singles * 0.95
