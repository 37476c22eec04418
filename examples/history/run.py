"""Run history.ipynb without Jupyter: python run.py. It writes temperature.svg into the working directory."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def main() -> None:
    """Run the cells of code, one after another."""
    import matplotlib as mpl

    mpl.use("agg")
    notebook = json.loads(Path(__file__).with_name("history.ipynb").read_text(encoding="utf-8"))
    names: dict[str, Any] = {"__name__": "__main__"}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), cell["id"], "exec"), names)  # noqa: S102


if __name__ == "__main__":
    main()
