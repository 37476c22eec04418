"""Take the pictures of README and docs: the demo on a desk and on a phone, in English and Dutch.

python scripts/screenshots.py        write docs/pictures/
"""

from __future__ import annotations

import base64
import contextlib
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[1]
FOLDER: Final = ROOT / "docs" / "pictures"
sys.path.insert(0, str(ROOT / "tests"))

from chromium import browser, new_tab  # noqa: E402
from citycontext.demo import Demo  # noqa: E402

PICTURES: Final = (
    ("demo.png", "en", "light", 1280, 800),
    ("demo-phone.png", "nl", "dark", 390, 844),
)
HEARD_OF_ALL: Final = "document.querySelectorAll('#list li').length === 33"
REFUSED: Final = "document.querySelector('.broken:not([hidden])')"


def main() -> int:
    """Run the demo and take the pictures."""
    FOLDER.mkdir(exist_ok=True)
    with contextlib.ExitStack() as parts:
        demo = parts.enter_context(Demo())
        devtools = parts.enter_context(browser(Path(parts.enter_context(tempfile.TemporaryDirectory()))))
        for name, language, scheme, width, height in PICTURES:
            tab = parts.enter_context(new_tab(devtools, f"{demo.map_url}?lang={language}"))
            tab.resize(width, height)
            tab.prefer(scheme)
            tab.wait_for(HEARD_OF_ALL)
            tab.wait_for(REFUSED)
            taken: dict[str, Any] = tab.call("Page.captureScreenshot", format="png")
            (FOLDER / name).write_bytes(base64.b64decode(taken["data"]))
            print(FOLDER / name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
