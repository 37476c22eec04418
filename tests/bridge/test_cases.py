"""What devices really send: configurations of ``cases``, each with messages and what becomes of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from citycontext.bridge.config.bridge import BridgeConfig
from citycontext.bridge.rehearsal.checks import check
from citycontext.bridge.rehearsal.recording import read_recording
from citycontext.bridge.rehearsal.rehearsal import Rehearsal, Result, load_cases, run_cases
from citycontext.ngsild.findings import Severity

CASES = Path(__file__).parent / "cases"
OWN = sorted(path.name.removesuffix(".cases.toml") for path in CASES.glob("*.cases.toml"))
SHARED: dict[str, list[Any]] = orjson.loads((CASES / "shared.json").read_bytes())


@pytest.mark.parametrize("name", OWN)
def test_each_case_comes_out_as_it_says(name: str) -> None:
    """The configuration reads its messages as the file of cases has it, and nothing is wrong with it."""
    config = BridgeConfig.load(CASES / f"{name}.toml")
    assert not [one for one in check(config) if one.severity is Severity.ERROR and one.rule != "type"]
    for result in run_cases(config, load_cases(CASES / f"{name}.cases.toml"), CASES):
        assert result.passed, (name, result.case.topic, result.differences)


@pytest.mark.shared
@pytest.mark.parametrize("name", sorted(SHARED))
def test_the_reference_messages_come_out_as_they_should(name: str, shared_dir: Path) -> None:
    """Messages of the reference data, by the configuration here or, if absent, by theirs."""
    folder = shared_dir / "cases" / "bridge"
    own = CASES / f"{name}.toml"
    config = BridgeConfig.load(own if own.exists() else folder / f"{name}.toml")
    with (folder / f"{name}.jsonl").open("rb") as lines:
        results = list(Rehearsal(config, folder).results(read_recording(lines)))
    assert [summary(one) for one in results] == SHARED[name]


def summary(result: Result) -> Any:
    """Return what became of a message: the entities with their values, or the reason of the dead letter."""
    if result.failure is not None:
        return f"{result.failure.attribute}: {result.failure.reason}".lstrip(": ")[:60]
    return [
        {
            name: value if not isinstance(value, dict) else [value.get("value"), value.get("observedAt", "")]
            for name, value in entity.items()
        }
        for entity in result.entities
    ]
