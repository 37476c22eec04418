"""The reference data of entity models."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def published_models(shared_dir: Path) -> Path:
    """Return the folder of published schemas and examples, or skip if absent."""
    folder = shared_dir / "smart-data-models"
    if not folder.is_dir():
        pytest.skip("the published models (../shared/smart-data-models) are not beside this project")
    return folder
