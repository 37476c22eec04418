"""The table of endpoints: complete, true, and up to date."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]

NEW_IN_1_9 = [
    "DELETE /entities",
    "GET /entityMaps",
    "POST /entityMaps",
    "GET /temporal/entityMaps",
    "POST /temporal/entityMaps",
    "POST /snapshots",
    "DELETE /snapshots",
    "GET /snapshots/{}",
    "PATCH /snapshots/{}",
    "DELETE /snapshots/{}",
    "POST /snapshots/{}/clone",
]


NEW_IN_2_0 = ["GET /entities/{}/attrs/{}", "GET /entities/{}/attrs/{}/value", "HEAD /entities/{}", "OPTIONS /entities"]


@pytest.fixture(scope="module")
def endpoints() -> ModuleType:
    """Load the script as a module."""
    spec = importlib.util.spec_from_file_location("endpoints", ROOT / "scripts" / "endpoints.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def reached(endpoints: ModuleType) -> set[str]:
    """Return all requests that the methods make, placeholders without names."""
    found = (endpoints.captured(call) for calls in endpoints.CALLS.values() for call in calls)
    return {re.sub(r"\{\w+\}", "{}", f"{verb} {path}") for verb, path in found}


def test_the_page_is_up_to_date(endpoints: ModuleType) -> None:
    """What is in docs is what the script would write."""
    assert (ROOT / "docs" / "endpoints.md").read_text(encoding="utf-8") == endpoints.table()


def test_every_method_is_in_the_table(endpoints: ModuleType) -> None:
    """A new method without a row is found, and so is a row without a method."""
    assert endpoints.methods().keys() == endpoints.CALLS.keys()


def test_every_row_of_the_official_description_has_a_method(reached: set[str], shared_dir: Path) -> None:
    """ETSI's OpenAPI file of version 1.8.1, what 1.9.1 added, which put entity maps into the plural, and 2.0."""
    text = (shared_dir / "ngsi-ld" / "openapi" / "ngsi-ld-api-1.8.1.yaml").read_text(encoding="utf-8")
    wanted, path = set(), ""
    for line in text[text.index("\npaths:") :].splitlines():
        if match := re.fullmatch(r"  (/\S*):", line):
            path = re.sub(r"\{\w+\}", "{}", match[1]).replace("/entityMap/", "/entityMaps/")
        elif match := re.fullmatch(r"    (get|post|put|patch|delete):", line):
            wanted.add(f"{match[1].upper()} {path}")
        elif line and not line.startswith((" ", "#", "paths")):
            break
    assert len(wanted) == 53
    assert not wanted - reached
    assert not set(NEW_IN_1_9) - reached
    assert reached == wanted | set(NEW_IN_1_9) | set(NEW_IN_2_0)
