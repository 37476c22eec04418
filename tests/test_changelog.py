"""``scripts/changelog.py`` and CHANGELOG.md: by version, in order, and with names that are there."""

from __future__ import annotations

import importlib.util
from datetime import date
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

TEXT = """# Changelog

## [Unreleased]

### Added

- `citycontext.Client` and `citycontext.client.Client(url)`.

### Fixed

- A fault.

## [0.1.0]

### Added

- `citycontext.gone_since`.
"""


@pytest.fixture(scope="module")
def script():
    """Load the script as a module."""
    spec = importlib.util.spec_from_file_location("changelog", ROOT / "scripts" / "changelog.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_changelog_is_in_order(script):
    """The one of this checkout has its kinds in order, and every Python name in what is unreleased can be imported."""
    assert script.faults((ROOT / "CHANGELOG.md").read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("`citycontext.Client`", "`citycontext.Clinet`", "citycontext.Clinet is not there"),
        ("`citycontext.Client`", "`citycontext.no_room.Client`", "citycontext.no_room.Client is not there"),
        ("### Fixed", "### Added", "each once"),
        ("### Added\n\n- `citycontext.Client`", "### Security\n\n- `citycontext.Client`", "the order is"),
        ("### Fixed", "### Mended", "the kinds are"),
        ("## [0.1.0]", "## [0.1.0] - yesterday", "yesterday is not a day"),
        ("## [Unreleased]", "## [0.2.0]", "the first section"),
    ],
)
def test_faults_are_named(script, old, new, fault):
    """A name that is not there, kinds out of order, twice or unknown, a day that is none: each is said."""
    assert script.faults(TEXT) == []
    assert any(fault in one for one in script.faults(TEXT.replace(old, new)))


def test_former_names_may_be_gone(script):
    """What an entry says to be called otherwise now needs not be there; its new name does."""
    moved = TEXT.replace("- A fault.", "- `citycontext.old_room` is `citycontext.client`.")
    assert script.faults(moved) == []
    assert script.faults(moved.replace("`citycontext.client`.", "`citycontext.cilent`.")) == [
        "citycontext.cilent is not there"
    ]


def test_what_is_unreleased_becomes_a_version(script):
    """The entries stand under the version and its day, an empty section above; a second time is refused."""
    text = script.released(TEXT, "0.2.0", date(2026, 11, 29))
    assert "## [Unreleased]\n\n## [0.2.0] - 2026-11-29\n\n### Added\n" in text
    assert script.notes(text, "0.2.0") == script.notes(TEXT, "Unreleased")
    assert script.notes(text, "0.1.0") == script.notes(TEXT, "0.1.0")
    assert script.faults(text) == []
    for version in ("0.2.0", "0.3.0"):
        with pytest.raises(ValueError, match=r"already|nothing"):
            script.released(text, version, date(2026, 11, 30))
