"""Make the synchronous client and its tests from the asynchronous ones.

    python scripts/unasync.py           write them
    python scripts/unasync.py --check   fail if they are not what would be written

The check compares whole files, and refuses generated files that have no source and rules that no source needs.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

__all__ = ["Rewriter", "main", "problems"]

ROOT: Final = Path(__file__).resolve().parent.parent
FOLDERS: Final = (
    ("src/citycontext/client/_async", "src/citycontext/client/_sync"),
    ("tests/client/_async", "tests/client/_sync"),
)
NOTE: Final = "# Made by scripts/unasync.py from {source}; change that file, not this one.\n"

NESTED: Final = "# ruff: noqa: SIM117  (an asynchronous and a synchronous `with` cannot be joined)\n"

RULES: Final = (
    (r"\basync with AsyncDeadline\(", "with Deadline("),
    (r"\basync (?=def |with |for )", ""),
    (r"\bawait ", ""),
    (r"\basync_each\b", "each"),
    (r"\basync_limit\b", "limit"),
    (r"\b__aenter__\b", "__enter__"),
    (r"\b__aexit__\b", "__exit__"),
    (r"\b__aiter__\b", "__iter__"),
    (r"\baclose\b", "close"),
    (r"\baiter_bytes\b", "iter_bytes"),
    (r"\bASGITransport\b", "WSGITransport"),
    (r"\b(_?)Async(?=[A-Z])", r"\1"),
    (r"\b_async\b", "_sync"),
    (r"The asynchronous client, written by hand; [^\"]*", "The synchronous client, made by ``scripts/unasync.py``."),
)


class Rewriter:
    """Applies the rules, and keeps count of those that did something.

    Args:
        rules: Pairs of a regular expression and what it becomes, applied in this order.
    """

    def __init__(self, rules: tuple[tuple[str, str], ...] = RULES) -> None:
        self._rules = [(re.compile(pattern, re.MULTILINE), becomes) for pattern, becomes in rules]
        self._used = [0] * len(rules)

    def rewrite(self, text: str) -> str:
        """Return the synchronous twin of a text, not yet formatted.

        Args:
            text: Asynchronous source.
        """
        for position, (pattern, becomes) in enumerate(self._rules):
            text, count = pattern.subn(becomes, text)
            self._used[position] += count
        return text

    def unused(self) -> list[str]:
        """Return the patterns of the rules that never did anything."""
        return [pattern.pattern for (pattern, _), count in zip(self._rules, self._used, strict=True) if not count]


def generated(root: Path, rewriter: Rewriter) -> dict[Path, str]:
    """Return the whole text of every file that belongs into the generated folders.

    Args:
        root: The project's folder.
        rewriter: Rewrites each source.
    """
    texts: dict[Path, str] = {}
    for source_folder, target_folder in FOLDERS:
        for source in sorted((root / source_folder).rglob("*.py")):
            target = root / target_folder / source.relative_to(root / source_folder)
            note = NOTE.format(source=source.relative_to(root).as_posix())
            texts[target] = _formatted(note + rewriter.rewrite(source.read_text(encoding="utf-8")), target)
    return texts


def _formatted(text: str, path: Path) -> str:
    """Sort imports, join lines that became short and simplify loops, as the linter of the project wants them."""
    first_party = 'lint.isort.known-first-party=["citycontext"]'  # else it depends on which files are there already
    fixes = "I,F401,UP028,C416"
    for command in (
        ["check", "--quiet", "--config", first_party, "--select", fixes, "--fix", "--unsafe-fixes"],
        ["format", "--quiet"],
    ):
        run = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--stdin-filename", str(path), "-"],
            input=text,
            capture_output=True,
            text=True,
            encoding="utf-8",
            cwd=ROOT,
            check=False,
        )
        if run.returncode:
            raise SystemExit(f"{path}: ruff cannot read what was made from its source:\n{run.stdout}{run.stderr}")
        text = run.stdout
    return f"{NESTED}{text}" if _has_nested_with(text) else text


def _has_nested_with(text: str) -> bool:
    """Return whether the linter would join ``with`` statements that cannot be joined in the source."""
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "SIM117", "-"]
    return subprocess.run(command, input=text, capture_output=True, text=True, cwd=ROOT, check=False).returncode != 0


def problems(root: Path = ROOT, rules: tuple[tuple[str, str], ...] = RULES) -> list[str]:
    """Compare what is there with what should be.

    Args:
        root: The project's folder.
        rules: The rules to rewrite by.

    Returns:
        One line for each file that differs, lacks or has no source, and for each rule that nothing needs.
    """
    rewriter = Rewriter(rules)
    wanted = generated(root, rewriter)
    found = []
    for path, text in wanted.items():
        name = path.relative_to(root).as_posix()
        if not path.is_file():
            found.append(f"{name}: missing")
        elif path.read_text(encoding="utf-8") != text:
            found.append(f"{name}: differs from what its source makes")
    for _, target_folder in FOLDERS:
        orphans = {path for path in (root / target_folder).rglob("*") if path.is_file() and path.suffix != ".pyc"}
        found += [f"{path.relative_to(root).as_posix()}: has no source" for path in sorted(orphans - wanted.keys())]
    return found + [f"scripts/unasync.py: no source needs the rule {pattern!r}" for pattern in rewriter.unused()]


def main(arguments: list[str] | None = None) -> int:
    """Write the files, or check them.

    Args:
        arguments: The command line, without the program's name.

    Returns:
        The exit code: 1 if the check found anything.
    """
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="change nothing; fail if anything would change")
    if parser.parse_args(arguments).check:
        found = problems()
        print("\n".join(found) if found else "the synchronous client is what its source makes")
        return 1 if found else 0
    for path, text in generated(ROOT, Rewriter()).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(f"wrote {path.relative_to(ROOT).as_posix()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
