"""What importing and making models may cost: each in a process of its own, the best of several.

Times are of the processor, so that a busy machine does not spoil them.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

ROUNDS = 3


def _best(code: str) -> float:
    """Run code in fresh processes, and return the least milliseconds that the last of them printed."""
    program = f"import citycontext.ngsild\nfrom time import process_time\n{code}"
    answers = [
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
        for _ in range(ROUNDS)
    ]
    return min(float(answer) for answer in answers)


@pytest.mark.parametrize("module", ["parking", "transportation"])
def test_a_subject_is_imported_fast(module: str) -> None:
    """One subject costs less than 60 ms, the largest included."""
    code = f"start = process_time()\nimport citycontext.models.{module}\nprint((process_time() - start) * 1e3)"
    assert _best(code) < 60


def test_a_subject_imports_no_other() -> None:
    """Nor does it load the index."""
    code = (
        "import citycontext.models.parking, sys\n"
        "names = [name for name in sys.modules if name.startswith('citycontext.models.')]\n"
        "print(sorted(names))"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert answer.strip() == str(
        sorted(f"citycontext.models.{name}" for name in ("commons", "parking", "postal_address", "smart_data_model"))
    )


def test_the_index_is_loaded_fast() -> None:
    """Reading the index costs less than 15 ms."""
    code = (
        "from citycontext.models.catalogue.index import smart_data_models\n"
        "start = process_time()\nsmart_data_models()\nprint((process_time() - start) * 1e3)"
    )
    assert _best(code) < 15


def test_a_model_is_made_fast() -> None:
    """A class that was not asked for before takes less than 3 ms, by the median over many."""
    code = (
        "from statistics import median\n"
        "from citycontext.models.catalogue.classes import build_class\n"
        "from citycontext.models.catalogue.index import smart_data_models\n"
        "index, took = smart_data_models(), []\n"
        "for key in list(index)[::8]:\n"
        "    start = process_time()\n    build_class(index[key])\n    took.append((process_time() - start) * 1e3)\n"
        "print(median(took))"
    )
    assert _best(code) < 3


def test_a_search_is_fast() -> None:
    """Words are looked for in all models in less than 15 ms, once the few that match were described."""
    code = (
        "from citycontext.models import find_models\nfind_models('nothing of that kind')\nfind_models('temperature')\n"
        "start = process_time()\nfind_models('temperature')\nprint((process_time() - start) * 1e3)"
    )
    assert _best(code) < 15
