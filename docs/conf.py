"""How Sphinx makes the manual: ``scripts/manual`` runs it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

project = "citycontext"
author = "the makers of citycontext"
html_title = "citycontext"
extensions = ["myst_parser"]
exclude_patterns = ["_build"]
myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence"]
language = "en"
html_theme = "furo"
html_theme_options = {"navigation_with_keys": True}
html_copy_source = False
html_show_sphinx = False
pygments_style = "friendly"
pygments_dark_style = "native"
# What a page shows of a terminal, or of a file with comments, is not always of the language that it names.
suppress_warnings = ["misc.highlighting_failure"]

_HERE = Path(__file__).parent


def _write_twins(app: Any, failed: Exception | None) -> None:
    """Put each page beside its HTML as Markdown, and a list of them, for programs that read."""
    if failed or app.builder.name != "html":
        return
    titles = {}
    for page in sorted(app.env.found_docs):
        source = _HERE / f"{page}.md"
        target = Path(app.outdir) / f"{page}.md"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        titles[page] = app.env.titles[page].astext()
    lines = ["# citycontext", "", "> Connect a city's data to any NGSI-LD context broker.", ""]
    lines += [f"- [{title}]({page}.md)" for page, title in titles.items()]
    (Path(app.outdir) / "llms.txt").write_text("\n".join([*lines, ""]))


def setup(app: Any) -> None:
    """Connect what this manual adds."""
    app.connect("build-finished", _write_twins)
