"""What is new among the public names since 0.1 says so in its docstring."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
OLD = frozenset((ROOT / "scripts" / "names_of_0_1.txt").read_text(encoding="utf-8").split())
MARK = ".. versionadded:: 0.2"


def references():
    """Load the script that knows which packages are public."""
    spec = importlib.util.spec_from_file_location("references", ROOT / "scripts" / "references.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


ROOMS = tuple(references().ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_new_names_are_marked(room):
    """A class or function that a public package did not export in 0.1 has ``versionadded``; others do not have it."""
    module = importlib.import_module(room)
    known = {name.rpartition(".")[2] for name in OLD}
    unmarked, wrong = [], []
    for name in module.__all__:
        found = getattr(module, name)
        if not (inspect.isclass(found) or inspect.isroutine(found)) or not found.__module__.startswith("citycontext"):
            continue
        own = vars(found).get("__doc__") if inspect.isclass(found) else found.__doc__
        is_marked = MARK in (own or "")
        if name not in known and not is_marked:
            unmarked.append(name)
        if f"{room}.{name}" in OLD and is_marked:
            wrong.append(name)
    assert (unmarked, wrong) == ([], [])


def test_the_list_of_0_1_is_of_public_names():
    """The names of 0.1 are those of packages, sorted, each once."""
    listed = (ROOT / "scripts" / "names_of_0_1.txt").read_text(encoding="utf-8").split()
    assert listed == sorted(set(listed))
    assert "citycontext.Client" in OLD
    assert len(OLD) > 300
