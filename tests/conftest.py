"""What every test may ask for."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "quick",
    max_examples=40,
    derandomize=True,  # the same examples on every machine; `HYPOTHESIS_PROFILE=thorough` looks for new ones
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.register_profile("thorough", settings.get_profile("quick"), max_examples=2000, derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """Return the folder of reference data beside the project, or skip if absent."""
    folder = Path(__file__).resolve().parents[2] / "shared"
    if not folder.is_dir():
        pytest.skip("the reference data (../shared) is not beside this project")
    return folder


@pytest.fixture(scope="session")
def outside_tool() -> Callable[[str], str]:
    """Find a program that others wrote; where it is not, skip, and fail where CI has installed all of them."""

    def find(name: str) -> str:
        beside = Path(__file__).resolve().parents[1] / "node_modules" / ".bin" / name
        found = str(beside) if beside.exists() else shutil.which(name)
        if found is None:
            (pytest.fail if os.environ.get("CITYCONTEXT_ALL_TOOLS") else pytest.skip)(f"{name} is not here")
        return found

    return find


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a folder on a disk of its own of 40 MB, or skip where none can be mounted."""
    folder = tmp_path / "small-disk"
    folder.mkdir()
    try:
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=40m,mode=0700", "tmpfs", str(folder)], capture_output=True, check=False
        )
    except OSError:
        pytest.skip("there is no program to mount a small disk with")
    if mounted.returncode:
        pytest.skip("a small disk cannot be mounted here (it takes root)")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)
