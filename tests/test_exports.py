"""What is exported is there, once, and nothing else pretends to be."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

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
