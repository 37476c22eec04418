"""Names of a package are imported when they are first asked for, and only then."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import citycontext
from citycontext import client, models, ngsild, oslo


@pytest.mark.parametrize("package", [citycontext, client, models, ngsild, oslo])
def test_every_name_that_is_offered_is_there(package: object) -> None:
    """Each name of ``__all__`` can be had, and one that is not offered is an ``AttributeError`` that names both."""
    for name in package.__all__:  # type: ignore[attr-defined]
        assert getattr(package, name) is not None
    with pytest.raises(AttributeError, match=f"module '{package.__name__}' has no attribute 'no_such_name'"):  # type: ignore[attr-defined]
        package.no_such_name  # type: ignore[attr-defined]


def test_a_name_is_imported_when_it_is_asked_for_and_then_stays() -> None:
    """The package alone imports no httpx; after the first ``Client``, the package has the name itself."""
    program = (
        "import sys, citycontext; assert 'httpx' not in sys.modules and 'Client' not in vars(citycontext);"
        "citycontext.Client; assert 'httpx' in sys.modules and 'Client' in vars(citycontext)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_type_checker_finds_a_name_that_is_not_there(tmp_path: Path) -> None:
    """A slip in an import is an error before the program runs, though names come late."""
    program = tmp_path / "program.py"
    program.write_text("from citycontext import Cleint\nfrom citycontext.models import modle_for\n")
    found = subprocess.run([sys.executable, "-m", "mypy", str(program)], capture_output=True, text=True, cwd=tmp_path)
    assert 'has no attribute "Cleint"' in found.stdout
    assert 'has no attribute "modle_for"' in found.stdout
