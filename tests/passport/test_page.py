"""The page of a passport in a browser: nothing that keeps people out, and nothing fetched from elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest

from chromium import Tab
from citycontext.passport.forms.html_form import as_html
from citycontext.passport.words import LANGUAGES, Language
from passport_city import CATALOGUE, City

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_passes_axe(city: City, tmp_path: Path, open_tab: Callable[..., Tab], language: Language) -> None:
    """Axe finds nothing against WCAG 2.2 AA and its own practice, and the page asks for nothing but itself."""
    pytest.importorskip("axe_core_python")
    page = tmp_path / "passport.html"
    page.write_text(as_html(city.check(catalogue=CATALOGUE), language, levels=True), encoding="utf-8")
    tab = open_tab(page.as_uri())
    tab.wait_for("document.readyState == 'complete' && document.querySelector('h2')")
    tab.evaluate((files("axe_core_python") / "axe.min.js").read_text(encoding="utf-8") + "; true")
    found = tab.evaluate(
        "axe.run().then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html).slice(0, 3).join(' ')))"
    )
    assert found == []
    assert tab.requested == [page.as_uri()]
    assert tab.errors == []
