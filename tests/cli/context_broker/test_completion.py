"""What the shell proposes for values, as it asks for it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


def proposed(folder: Path, line: str, url: str) -> list[str]:
    """Return what is proposed for the last word of a command line, in bash."""
    environment = {
        **os.environ,
        "_CITYCONTEXT_COMPLETE": "complete_bash",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(line.split(" ")) - 1),
        "CITYCONTEXT_AT": url,
        "XDG_CONFIG_HOME": str(folder),
    }
    done = subprocess.run(
        [str(Path(sys.executable).with_name("citycontext"))],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout.split()


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("citycontext entities list --type B", ["Bin"]),
        ("citycontext entities list --type Bus,B", ["Bus,Bin"]),
        ("citycontext entities show urn:ngsi-ld:Bin:", ["urn:ngsi-ld:Bin:1", "urn:ngsi-ld:Bin:2"]),
        ("citycontext history urn:ngsi-ld:Bin:2", ["urn:ngsi-ld:Bin:2"]),
        ("citycontext models show OffStreetP", ["OffStreetParking"]),
        ("citycontext entities import x.csv --type OffStreetP", ["OffStreetParking"]),
        ("citycontext connections test c", ["city"]),
    ],
)
def test_values_are_completed(bins: str, tmp_path: Path, line: str, values: list[str]) -> None:
    """Types and ids are those of the broker, models those that ship, connections those of the folder."""
    (tmp_path / "citycontext.toml").write_text(f'[connections.city]\nurl = "{bins}"\n')
    assert proposed(tmp_path, line, bins) == values


def test_a_broker_that_is_away_proposes_nothing(tmp_path: Path) -> None:
    """Where no broker answers, types are those of models, and ids are none; no error disturbs the line."""
    away = "http://localhost:9"
    assert proposed(tmp_path, "citycontext entities show urn:", away) == []
    assert "OffStreetParking" in proposed(tmp_path, "citycontext entities list --type OffStreetP", away)
