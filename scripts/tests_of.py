"""Say which tests cover a module by themselves.

    python scripts/tests_of.py                                   every module, with its tests
    python scripts/tests_of.py citycontext.ngsild.links          the tests of one, to pass to pytest
    python scripts/tests_of.py --measure citycontext.ngsild.links  run them: which share of the module do they reach?
    python scripts/tests_of.py --check                           exit 1 where a module has no tests

The map is read from the code, so that it cannot be stale. The tests of a module are, the first of these that there are:

1. ``tests/<room>/test_<module>.py``, the file of its own name;
2. the files that import the module, or a name that it defines;
3. the tests of the modules that import it, the nearest in the tree of folders first;
4. those that ``LISTED`` names here, for what is loaded by its name.

``--measure`` needs coverage (``pip install coverage``); it shows a figure and fails on none.
"""

from __future__ import annotations

import argparse
import ast
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

__all__ = ["REASONS", "TestMap", "main"]

ROOT: Final = Path(__file__).resolve().parent.parent
PACKAGE: Final = "citycontext"

OWN: Final = "own"
IMPORTED: Final = "imported"
THROUGH: Final = "through"
NAMED: Final = "listed"

MOST: Final = 12
"""Files of tests that are named for a module at most: more would be a room, not a module."""

LISTED: Final = (
    ("citycontext.bridge.codecs.dsmr", "tests/bridge/codecs/test_meters_and_switches.py"),
    ("citycontext.bridge.codecs.messagepack", "tests/bridge/codecs/test_encoders.py"),
    ("citycontext.bridge.codecs.protobuf_messages", "tests/bridge/codecs/test_encoders.py"),
    ("citycontext.models.*", "tests/models/catalogue/test_generation.py"),
    ("citycontext.models.*", "tests/models/test_instances.py"),
)
"""Modules, as patterns, that are loaded by their name, so that no import leads to them, and a file of their tests."""

REASONS: Final[dict[str, str]] = {}
"""Modules that need no tests, each with the reason."""


@dataclass
class TestMap:
    """What of a checkout tests what.

    Args:
        root: The checkout.
    """

    __test__ = False

    root: Path
    modules: dict[str, Path] = field(init=False)

    def __post_init__(self) -> None:
        source = self.root / "src"
        files = sorted((source / PACKAGE).rglob("*.py"))
        self._packages = {_dotted(one.parent, source) for one in files if one.name == "__init__.py"}
        self.modules = {_dotted(one.with_suffix(""), source): one for one in files if one.name != "__init__.py"}
        self._tests = sorted((self.root / "tests").rglob("test_*.py"))
        self._exports = {
            package: self._imported(source / package.replace(".", "/") / "__init__.py") for package in self._packages
        }
        self._users: dict[str, set[str]] = defaultdict(set)
        packages = {one: source / one.replace(".", "/") / "__init__.py" for one in self._packages}
        for name, path in (self.modules | packages).items():
            for used in self._modules_of(path):
                self._users[used].add(name)
        self._direct: dict[str, set[Path]] = defaultdict(set)
        for test in self._tests:
            for used in self._modules_of(test):
                self._direct[used].add(test)

    def tests(self, module: str) -> tuple[str, list[Path]]:
        """Return how the tests of a module were found, and the files, from the root; none where there are none.

        Args:
            module: Its dotted name.
        """
        own = self._own(module)
        if own is not None:
            return OWN, [own.relative_to(self.root)]
        if self._direct[module]:
            return IMPORTED, self._nearest(module, self._direct[module])
        seen, edge = {module}, {module}
        while edge:
            edge = {user for one in edge for user in self._users[one]} - seen
            seen |= edge
            found = {own for own in map(self._own, edge) if own is not None}
            found.update(*(self._direct[one] for one in edge))
            if found:
                return THROUGH, self._nearest(module, found)
        return NAMED, [Path(test) for pattern, test in LISTED if fnmatch(module, pattern)]

    def untested(self) -> list[str]:
        """Return the modules that have neither tests nor a reason."""
        return [one for one in self.modules if one not in REASONS and not self.tests(one)[1]]

    def _own(self, module: str) -> Path | None:
        *room, name = module.split(".")[1:]
        path = self.root.joinpath("tests", *room, f"test_{name.lstrip('_')}.py")
        return path if path.is_file() else None

    def _nearest(self, module: str, tests: Iterable[Path]) -> list[Path]:
        """Return those tests whose folder has most in common with the module's, not more than a few."""
        room = module.split(".")[1:-1]
        shared: dict[int, list[Path]] = defaultdict(list)
        for test in tests:
            folder = test.parent.relative_to(self.root / "tests").parts
            common = next((at for at, (a, b) in enumerate(zip(room, folder, strict=False)) if a != b), None)
            shared[min(len(room), len(folder)) if common is None else common].append(test.relative_to(self.root))
        return sorted(shared[max(shared)])[:MOST]

    def _modules_of(self, path: Path) -> set[str]:
        """Return the modules that a file imports, those too that a package passes on."""
        found = set()
        for module, name in _imports(path):
            whole = f"{module}.{name}"
            if whole in self.modules:
                found.add(whole)
            elif module in self.modules:
                found.add(module)
            elif name in self._exports.get(module, {}):
                found.add(self._exports[module][name])
            elif module in self._packages:
                found.add(module)
        return found

    def _imported(self, path: Path) -> dict[str, str]:
        """Return which module each name comes from that a package passes on."""
        return {name: module for module, name in _imports(path) if module in self.modules}


def _dotted(path: Path, source: Path) -> str:
    return ".".join(path.relative_to(source).parts)


def _imports(path: Path) -> list[tuple[str, str]]:
    """Return module and name of all that a file imports of the package, at the top, in functions, for typing."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == PACKAGE:
            found += [(node.module, alias.name) for alias in node.names]
        elif isinstance(node, ast.Import):
            found += [tuple(one.name.rpartition(".")[::2]) for one in node.names if one.name.startswith(PACKAGE + ".")]
    return found


def measure(module: str, path: Path, tests: list[Path]) -> int:
    """Run the tests of a module, and show which of its lines and branches they reach; return pytest's exit code."""
    command = [sys.executable, "-m", "coverage"]
    run = subprocess.run(
        [*command, "run", "--branch", f"--include={path}", "-m", "pytest", "-q", "-n", "0", *map(str, tests)],
        cwd=ROOT,
        check=False,
    )
    print(f"\n{module} by its own tests alone:")
    subprocess.run([*command, "report", "--show-missing"], cwd=ROOT, check=False)
    (ROOT / ".coverage").unlink(missing_ok=True)
    return run.returncode


def main(arguments: list[str]) -> int:
    """Answer the command line; return the exit code."""
    parser = argparse.ArgumentParser(description="Which tests cover a module by themselves.")
    parser.add_argument("module", nargs="?", help="dotted name of a module; without it all are listed")
    parser.add_argument("--measure", action="store_true", help="run the tests and show what of the module they reach")
    parser.add_argument("--check", action="store_true", help="exit 1 where a module has no tests")
    given = parser.parse_args(arguments)
    found = TestMap(ROOT)
    if given.module is not None:
        if given.module not in found.modules:
            parser.error(f"{given.module} is not a module of the package")
        _, tests = found.tests(given.module)
        if given.measure:
            return measure(given.module, found.modules[given.module], tests)
        print(*tests, sep="\n")
        return int(not tests)
    if given.check:
        untested = found.untested()
        stale = sorted(set(REASONS) - set(found.modules))
        stale += [f"{one} ({test})" for one, test in LISTED if not (ROOT / test).is_file()]
        for one in untested:
            print(f"{one}: no test imports it, nor anything that uses it", file=sys.stderr)
        for one in stale:
            print(f"{one}: is listed in scripts/tests_of.py, and is not there", file=sys.stderr)
        return int(bool(untested or stale))
    ways: dict[str, int] = defaultdict(int)
    for module in found.modules:
        way, tests = found.tests(module)
        ways[way] += 1
        print(f"{module:<64} {way:<9} {' '.join(map(str, tests))}")
    print(f"\n{len(found.modules)} modules: " + ", ".join(f"{number} {way}" for way, number in sorted(ways.items())))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
