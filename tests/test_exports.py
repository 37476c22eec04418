"""What is exported is there, once, and nothing else pretends to be."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from types import ModuleType

import pytest

import citycontext
from citycontext.errors import MissingExtra

MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(citycontext.__path__, "citycontext.")
    if not module.name.endswith("__main__")
)


@pytest.mark.parametrize("name", MODULES)
def test_every_module_says_what_it_exports(name):
    """``__all__`` exists wherever there is code, has no name twice, and each name is there."""
    try:
        module = importlib.import_module(name)
    except MissingExtra as missing:
        pytest.skip(str(missing))
    if not hasattr(module, "__all__"):
        statements = ast.parse(Path(str(module.__file__)).read_text()).body
        assert len(statements) == 1, f"{name} has no __all__"  # a folder's docstring exports nothing
        return
    assert len(set(module.__all__)) == len(module.__all__)
    for exported in module.__all__:
        getattr(module, exported)


def test_the_front_door_opens():
    """Each name on the package itself can be imported, and a wrong one is an AttributeError."""
    for name in citycontext.__all__:
        assert getattr(citycontext, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'Clinet'"):
        citycontext.Clinet


def test_importing_has_no_side_effects():
    """Importing the package and its core opens no file or socket, and configures no logging."""
    code = (
        "import sys, logging\n"
        "seen = []\n"
        "sys.addaudithook(lambda event, args: seen.append((event, args)) if event.startswith('socket.') else None)\n"
        "from citycontext import Client, Entity, Q\n"
        "assert not seen, seen\n"
        "assert not logging.getLogger().handlers\n"
        "extras = ('paho', 'starlette', 'uvicorn', 'shapely', 'prometheus')\n"
        "assert not any(name.startswith(extras) for name in sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


PACKAGES = [
    "citycontext",
    *(one.name for one in pkgutil.walk_packages(citycontext.__path__, "citycontext.") if one.ispkg),
]


def public_names():
    """Yield package, name and object of all that public packages export, apart from modules."""
    for package in PACKAGES:
        if any(part.startswith("_") for part in package.split(".")):
            continue
        try:
            module = importlib.import_module(package)
        except MissingExtra:
            continue
        for name in getattr(module, "__all__", ()):
            found = getattr(module, name)
            if not isinstance(found, ModuleType):
                yield package, name, found


def test_no_two_public_names_for_one_thing():
    """A class or function has one public name, wherever it is exported from."""
    names = defaultdict(set)
    things = []  # kept, since an id is free again once its object is gone
    for _, name, found in public_names():
        if callable(found):
            names[id(found)].add(name)
            things.append(found)
    assert len(names) > 300
    assert [sorted(one) for one in names.values() if len(one) > 1] == []


def test_no_public_name_for_two_things():
    """A name that several packages export is the same object in each."""
    meanings = defaultdict(dict)
    for package, name, found in public_names():
        meanings[name].setdefault(id(found), (package, found))
    twice = {name: [package for package, _ in found.values()] for name, found in meanings.items() if len(found) > 1}
    assert twice == {}


def test_names_that_once_meant_several_things_mean_one():
    """What modules define under a name of this list is defined by one of them alone."""
    once = {"EntitySelector", "Endpoint", "read_document", "Projection", "Page", "Router"}
    defined = defaultdict(list)
    for path in Path(citycontext.__file__).parent.rglob("*.py"):
        for statement in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(statement, ast.ClassDef | ast.FunctionDef) and statement.name in once:
                defined[statement.name].append(path.name)
    assert set(defined) == once
    assert {name: where for name, where in defined.items() if len(where) > 1} == {}
