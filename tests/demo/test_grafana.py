"""The dashboard of the tutorial on Grafana: each panel's query has rows in the demo."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import httpx

from citycontext.demo import Demo

DASHBOARD = Path(__file__).parents[2] / "docs" / "tutorials" / "grafana.json"


def test_each_panel_has_rows_in_the_demo() -> None:
    """With Grafana's variables filled in, each address answers with rows that have the columns of its panel."""
    targets = [target for panel in json.loads(DASHBOARD.read_text())["panels"] for target in panel["targets"]]
    assert len(targets) == 4
    begun = int(time.time() * 1000)
    with Demo(seed=1, port=0) as demo:
        for target in targets:
            filled = {"broker": demo.map_url.rstrip("/"), "__from": begun, "__to": begun + 3_600_000}
            url = re.sub(r"\$\{(\w+)\}", lambda found, filled=filled: str(filled[found[1]]), target["url"])
            end = time.monotonic() + 120
            while not (rows := httpx.get(url).raise_for_status().json()) and time.monotonic() < end:
                time.sleep(0.5)
            assert rows, url
            for column in target["columns"]:
                assert column["selector"] in rows[0]
            assert all(isinstance(row["value"], (int, float)) for row in rows)
