"""The same payload read by other libraries, as ratios against the standard library: what ``library.py --peers`` runs.

It makes an environment for each of them in a temporary folder, so that their dependencies do not meet ours, and names
the one that cannot be installed. Nothing is kept.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path
from typing import Any

PEERS = {"ngsildclient": "ngsildclient", "FiLiP": "filip"}
ROUNDS = 5

NAMES = ("pm10", "pm25", "no2", "o3", "so2", "co", "temperature")


def rows(text: str) -> list[dict[str, object]]:
    """Measure each peer on a payload of entities."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        payload = Path(folder) / "payload.json"
        payload.write_text(text, encoding="utf-8")
        for name, package in PEERS.items():
            home = Path(folder) / package
            try:
                python = _installed(home, package)
                run = subprocess.run(
                    [python, __file__, package, str(payload)], check=True, capture_output=True, text=True, cwd=folder
                )
                measured = json.loads(run.stdout.splitlines()[-1])
            except (subprocess.CalledProcessError, OSError) as error:
                output = getattr(error, "stderr", "") or str(error)
                last = output.strip().splitlines()[-1:]
                found.append({"name": f"{name}: cannot be measured here ({' '.join(last)[:120]})", "value": None})
                continue
            found += [
                {"name": f"{name}: {work}", "value": round(value, 2), "unit": "ratio", "baseline": baseline}
                for work, value, baseline in measured
            ]
    return [{"budget": None, "ok": True, "unit": "ratio", "baseline": "", **row} for row in found]


def _installed(home: Path, package: str) -> str:
    uv = shutil.which("uv")
    python = str(home / ("Scripts" if sys.platform == "win32" else "bin") / "python")
    if uv is not None:
        subprocess.run([uv, "venv", "-q", "--python", sys.executable, str(home)], check=True, capture_output=True)
        command = [uv, "pip", "install", "-q", "--python", python, package]
    else:
        venv.create(home, with_pip=True)
        command = [python, "-m", "pip", "install", "-q", package]
    subprocess.run(command, check=True, capture_output=True, text=True)
    return python


def measure(package: str, text: str) -> list[tuple[str, float, str]]:
    """Measure one peer; runs in its environment, with nothing of ours."""
    read: Any
    value: Any
    if package == "filip":
        from filip.models.ngsi_ld.context import ContextLDEntity

        def read(payload: Any) -> Any:
            return ContextLDEntity(**payload)

        def value(entity: Any, name: str) -> Any:
            return getattr(entity, name).value

    else:
        from ngsildclient import Entity

        def read(payload: Any) -> Any:
            return Entity.from_dict(payload)

        def value(entity: Any, name: str) -> Any:
            return entity[f"{name}.value"]

    plain = json.loads(text)
    entities = [read(payload) for payload in json.loads(text)]

    def ratio(ours: Any, baseline: Any) -> float:
        ratios = []
        for _ in range(ROUNDS):
            begun = time.process_time()
            baseline()
            between = time.process_time()
            ours()
            ratios.append((time.process_time() - between) / (between - begun))
        return statistics.median(ratios)

    def dicts() -> None:
        for _ in range(20):
            for payload in plain:
                for name in NAMES:
                    payload[name]["value"]

    def values() -> None:
        for _ in range(20):
            for entity in entities:
                for name in NAMES:
                    value(entity, name)

    parse = ratio(lambda: [read(payload) for payload in json.loads(text)], lambda: json.loads(text))
    return [
        ("parse 1,000", parse, "json.loads of the same text"),
        ("read 7,000 values", ratio(values, dicts), "reading the plain dicts"),
    ]


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], Path(sys.argv[2]).read_text(encoding="utf-8"))))
