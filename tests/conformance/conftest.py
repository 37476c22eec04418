"""What the replay of vectors needs: its own modules, the suite's contexts instead of the web, a receiver."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

# Test modules are imported by their files, so what they share has to be put on the path.
sys.path.insert(0, str(Path(__file__).parent))

from conformance_replay import SUITE, Receiver

from citycontext.broker.contexts import source as contexts
from citycontext.broker.notifying import delivery
from citycontext.broker.notifying.receivers import Receivers
from citycontext.errors import ContextNotAvailable


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Return the suite's own contexts in place of the web."""

    async def fetch(url: str, *_: object, **__: object) -> Any:
        file = SUITE / "jsonld-contexts" / url.rpartition("/")[2]
        if "ngsildTestSuite" in url:
            file = SUITE / "jsonld-contexts" / "ngsi-ld-test-suite-compound.jsonld"
        if file.is_file():
            return json.loads(file.read_bytes())
        if url.startswith(("http://my.context.server/", "http://smartdatamodels.org/", "https://fiware.github.io/")):
            return {"@context": {"name": "https://example.org/name"}}
        raise ContextNotAvailable("there is no network in tests", url=url)

    monkeypatch.setattr(contexts, "fetch_document", fetch)


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Receiver:
    """Return a receiver that gets whatever the broker sends."""
    taken = Receiver()
    monkeypatch.setattr(Receivers, "post", staticmethod(taken.post))
    monkeypatch.setattr(delivery, "publish", taken.publish)
    return taken
