"""The guide to the client is true: its code runs, from top to bottom, against the local broker."""

from __future__ import annotations

import contextlib
import io
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "client.md"


def test_the_code_of_the_guide_runs(local_broker: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """All blocks in order, in one session, and what they print is what they say."""
    blocks = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    code = "\n".join(blocks).replace("http://localhost:1026", local_broker.url)
    module = ModuleType("guide")
    monkeypatch.setitem(sys.modules, "guide", module)
    names = vars(module)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, str(GUIDE), "exec"), names)
    assert names["created"] is True
    assert "1000 written, 0 refused" in printed.getvalue()
    assert " 121\n" in printed.getvalue()
    assert "404 " in printed.getvalue()
    assert names["loop"].id not in names["result"].succeeded
