"""The tools of others that publications are tried with."""

from __future__ import annotations

import os
from importlib import import_module

import pytest

LIBRARIES = ["csvw", "frictionless", "fsspec", "geopandas", "moto", "openpyxl", "pyarrow", "pyld"]
LIBRARIES += ["pyogrio", "pyshacl", "rdflib", "s3fs"]
PROGRAMS = ["ldes-client", "ogrinfo"]
IN_CI = pytest.mark.skipif("CITYCONTEXT_ALL_TOOLS" not in os.environ, reason="only CI installs all of them")


@IN_CI
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", LIBRARIES)
def test_libraries_are_here(name: str) -> None:
    """No test is skipped in CI for want of a library."""
    assert import_module(name)


@IN_CI
@pytest.mark.parametrize("name", PROGRAMS)
def test_programs_are_here(name: str, outside_tool) -> None:
    """No test is skipped in CI for want of a program."""
    assert outside_tool(name)
