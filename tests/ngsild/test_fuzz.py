"""Mutated payloads and queries get nothing but our own errors: a small run of ``scripts/fuzz_ngsild.py``."""

from __future__ import annotations

import importlib.util
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "fuzz_ngsild.py"


@pytest.fixture(scope="module")
def fuzz() -> Iterator[ModuleType]:
    """Load the script."""
    if not SCRIPT.is_file():
        pytest.skip("scripts/fuzz_ngsild.py is not part of this distribution")
    spec = importlib.util.spec_from_file_location("fuzz_ngsild", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["fuzz_ngsild"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["fuzz_ngsild"]


@pytest.mark.parametrize("seed", [20_240_501, 7])
def test_nothing_but_our_errors(fuzz: ModuleType, seed: int) -> None:
    """Thousands of mutations are read or refused; none escapes, hangs, or breaks a law."""
    report = fuzz.run(3000, seed, fuzz.load_corpus(None))
    assert report.failures == []
    assert report.cases == 3000
    assert min(report.outcomes["read"], report.outcomes["refused"]) > 600


def test_a_case_repeats_itself(fuzz: ModuleType) -> None:
    """A case is made of its number and the seed alone, so that a failure can be looked at."""
    corpus = fuzz.load_corpus(None)
    for number in range(50):
        reader, build = fuzz.make_case(number, 7, corpus)
        again, rebuild = fuzz.make_case(number, 7, corpus)
        assert reader is again
        assert repr(build()) == repr(build()) == repr(rebuild())


def test_failures_are_found(fuzz: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of another kind, and a case that takes too long, are failures with their number."""

    def wrong(given: Any) -> None:
        raise KeyError(given)

    def slow(given: Any) -> None:
        until = time.process_time() + 0.15
        while time.process_time() < until:
            pass

    for reader, message in ((wrong, "KeyError"), (slow, "took ")):
        monkeypatch.setattr(fuzz, "PAYLOAD_READERS", (reader,))
        monkeypatch.setattr(fuzz, "QUERY_READERS", dict.fromkeys(fuzz.QUERIES, reader))
        report = fuzz.run(10, 7, fuzz.load_corpus(None), first=100, most=2)
        assert report.cases == 2
        assert report.failures[0].startswith("case 100: ")
        assert message in report.failures[0]


@pytest.mark.shared
def test_the_reference_data_join_in(fuzz: ModuleType, shared_dir: Path) -> None:
    """Where the reference data are, hundreds of real payloads are mutated as well."""
    assert len(fuzz.load_corpus(shared_dir)) > len(fuzz.load_corpus(None)) + 400
