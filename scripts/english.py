"""Find English that sends a reader back to the start of the sentence.

    python scripts/english.py    exit 1, and each place, where there is any

What is looked for, in docstrings, messages, help and pages: "is none" (write "is not one", "is not valid"), "is no X"
("is not an X"; "there is no X" is good English), and docstrings that begin with Give or Tell ("Return").
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
NONE: Final = re.compile(r"\b(?:is|are) none\b")
NO: Final = re.compile(
    r"(?<![Tt]here )\b(?:is|are) no (?!longer\b|more\b|less\b|doubt\b|later\b|earlier\b)[A-Za-z`'\"@{]"
)
BEGINNING: Final = re.compile(r"\s*(?:Give|Gives|Tell|Tells)\b")


def main() -> int:
    """Print each place; return the exit code."""
    places = [
        f"{path.relative_to(ROOT)}:{line}: {wrong}"
        for path in sorted((ROOT / "src").rglob("*.py"))
        for line, wrong in wrong_in_python(path.read_text())
    ]
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", *sorted((ROOT / "docs").glob("*.md"))]
    for path in pages:
        for number, text in enumerate(path.read_text().splitlines() if path.exists() else (), 1):
            places += [f"{path.relative_to(ROOT)}:{number}: {wrong}" for wrong in wrong_in(text)]
    print(*places, sep="\n", end="\n" if places else "")
    return int(bool(places))


def wrong_in(text: str) -> Iterator[str]:
    """Return the words of a line that are looked for."""
    for pattern in (NONE, NO):
        if found := pattern.search(text):
            yield f"{text[max(0, found.start() - 20) : found.end() + 20].strip()!r}"


def wrong_in_python(source: str) -> Iterator[tuple[int, str]]:
    """Return the same for the strings of a module, each with its line, and how its docstrings begin."""
    tree = ast.parse(source)
    lines = source.splitlines()
    seen = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            seen.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
        told = node.value.value if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) else ""
        if isinstance(told, str) and BEGINNING.match(told):
            yield node.lineno, f"begins with {told.split()[0]!r}"
    for number in sorted(seen):
        yield from ((number, wrong) for wrong in wrong_in(lines[number - 1]))


if __name__ == "__main__":
    sys.exit(main())
