"""``scripts/tests_of.py``: which tests cover a module by themselves."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

FILES = {
    "src/citycontext/__init__.py": "",
    "src/citycontext/room/__init__.py": "from citycontext.room.passed_on import thing\n",
    "src/citycontext/room/named.py": "",
    "src/citycontext/room/passed_on.py": "from citycontext.room.deep import part\nthing = part\n",
    "src/citycontext/room/deep.py": "from citycontext.room import deeper\npart = 1\n",
    "src/citycontext/room/deeper.py": "",
    "src/citycontext/room/lost.py": "",
    "tests/room/test_named.py": "",
    "tests/room/test_things.py": "from citycontext.room import thing\n",
    "tests/far/test_things.py": "from citycontext.room import thing\n",
}


@pytest.fixture(scope="module")
def script():
    """Load the script as a module."""
    spec = importlib.util.spec_from_file_location("tests_of", ROOT / "scripts" / "tests_of.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["tests_of"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def found(script, tmp_path):
    """Read the map of a small checkout."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return script.TestMap(tmp_path)


@pytest.mark.parametrize(
    ("module", "way", "tests"),
    [
        ("named", "own", ["tests/room/test_named.py"]),
        ("passed_on", "imported", ["tests/room/test_things.py"]),
        ("deep", "through", ["tests/room/test_things.py"]),
        ("deeper", "through", ["tests/room/test_things.py"]),
        ("lost", "listed", []),
    ],
)
def test_tests_are_found(found, module, way, tests):
    """A file of the module's name, else what imports it, also by a package's door, else what uses what uses it."""
    assert found.tests(f"citycontext.room.{module}") == (way, [Path(one) for one in tests])


def test_a_module_without_tests_is_named(found):
    """What no test leads to is told, and nothing else."""
    assert found.untested() == ["citycontext.room.lost"]


def test_every_module_of_the_package_has_tests(script):
    """The map of this checkout is complete: each module leads to files of tests that are there."""
    whole = script.TestMap(ROOT)
    assert len(whole.modules) > 600
    assert whole.untested() == []
    assert all((ROOT / test).is_file() for module in whole.modules for test in whole.tests(module)[1])
