"""Pack a manual that was built as the distribution citycontext-docs, which `citycontext docs` serves.

python scripts/manual_wheel.py docs/_build/html dist      a wheel in dist/, of the version of citycontext
"""

from __future__ import annotations

import base64
import hashlib
import sys
import zipfile
from pathlib import Path

from citycontext import __version__

PACKAGE = "citycontext_docs"
LEFT_OUT = (".doctrees", ".buildinfo", "_sources", "objects.inv")
INIT = '"""The manual of citycontext, as `citycontext docs` serves it."""\n'
METADATA = f"""Metadata-Version: 2.1
Name: citycontext-docs
Version: {__version__}
Summary: The manual of citycontext, to be read without the internet
License: Apache-2.0
Requires-Python: >=3.11
"""
WHEEL = "Wheel-Version: 1.0\nGenerator: citycontext\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def pack(site: Path, target: Path) -> Path:
    """Write the wheel.

    Args:
        site: The folder of the manual.
        target: The folder of the wheel.

    Returns:
        The wheel.
    """
    info = f"{PACKAGE}-{__version__}.dist-info"
    files = {f"{PACKAGE}/__init__.py": INIT.encode()}
    for path in sorted(site.rglob("*")):
        inside = path.relative_to(site)
        if path.is_file() and inside.parts[0] not in LEFT_OUT:
            files[f"{PACKAGE}/site/{inside.as_posix()}"] = path.read_bytes()
    files |= {f"{info}/METADATA": METADATA.encode(), f"{info}/WHEEL": WHEEL.encode()}
    lines = [f"{name},sha256={digest(content)},{len(content)}" for name, content in files.items()]
    files[f"{info}/RECORD"] = "\n".join([*lines, f"{info}/RECORD,,", ""]).encode()
    target.mkdir(parents=True, exist_ok=True)
    wheel = target / f"{PACKAGE}-{__version__}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            # The same manual makes the same bytes.
            archive.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return wheel


def digest(content: bytes) -> str:
    """Return what RECORD says of a file's content."""
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


if __name__ == "__main__":
    print(pack(Path(sys.argv[1]), Path(sys.argv[2])))
