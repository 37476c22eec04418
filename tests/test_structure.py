"""The shape of the package: few circles of imports, and folders that can be taken in."""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Final

import citycontext

ROOT: Final = Path(citycontext.__path__[0])

CIRCLES: Final[set[frozenset[str]]] = set()
"""Circles of files that have a reason, each with it."""

MOST_FILES: Final = 20
LARGE_FOLDERS: Final = {
    "models": "one file for each subject of Smart Data Models, under the subject's own name",
    "bridge/codecs": "one file for each payload format, under the format's own name",
    "ngsild": "one file for each document and notion of the standard, under the standard's own name",
    "ngsild/query": "one file for each query language and step of reading it",
}


def module_name(path: Path) -> str:
    """Return the name by which a file is imported."""
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def sources() -> dict[Path, tuple[str, ast.Module]]:
    """Return the text and the tree of each file of the package."""
    return {path: (text := path.read_text(), ast.parse(text)) for path in ROOT.rglob("*.py")}


def import_graph() -> dict[str, set[str]]:
    """Return what each module of the package imports of it: at the top, in functions, and for typing only."""
    files = {module_name(path): tree for path, (_, tree) in sources().items()}
    graph: dict[str, set[str]] = {}
    for name, tree in files.items():
        imported = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    whole = f"{node.module}.{alias.name}"
                    imported.add(whole if whole in files else node.module)
            elif isinstance(node, ast.Import):
                imported.update(alias.name for alias in node.names)
        graph[name] = (imported & files.keys()) - {name}
    return graph


def circles(graph: dict[str, set[str]]) -> set[frozenset[str]]:
    """Return the sets of modules of which each reaches all others."""

    def reached(start: str) -> set[str]:
        seen: set[str] = set()
        waiting = [start]
        while waiting:
            for name in graph[waiting.pop()] - seen:
                seen.add(name)
                waiting.append(name)
        return seen

    reach = {name: reached(name) for name in graph}
    return {frozenset(other for other in reach[name] if name in reach[other]) for name in graph if name in reach[name]}


def test_circles_are_found() -> None:
    """What the next test stands on finds a circle of three, and takes no chain for one."""
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a", "d"}, "d": set()}) == {frozenset("abc")}


def test_no_circles() -> None:
    """No files import each other in a circle, not even two, typing imports included, but where a reason is given."""
    found = circles(import_graph())
    assert not found - CIRCLES, [sorted(circle) for circle in found - CIRCLES]
    assert found >= CIRCLES, "a circle that is gone needs no exception"


def test_no_circles_of_benchmarks() -> None:
    """The commands in ``benchmarks/`` import each other in one direction."""
    trees = {path.stem: ast.parse(path.read_text()) for path in (Path(__file__).parents[1] / "benchmarks").glob("*.py")}
    graph = {
        name: {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module in trees}
        for name, tree in trees.items()
    }
    assert any(graph.values())
    assert not circles(graph)


def test_folders_are_small() -> None:
    """No folder has more than 20 modules without a reason."""
    counts = Counter(path.parent.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.py") if path.stem != "__init__")
    large = {folder: count for folder, count in counts.items() if count > MOST_FILES and folder not in LARGE_FOLDERS}
    assert not large


def importers(libraries: set[str]) -> set[str]:
    """Return the files of the package that import one of some libraries, at the top or in functions."""
    found = set()
    for path, (_, tree) in sources().items():
        for node in ast.walk(tree):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else names
            if any(name in libraries or name.partition(".")[0] in libraries for name in names):
                found.add(path.relative_to(ROOT).as_posix())
    return found


def test_one_module_names_the_http_library() -> None:
    """Whoever needs httpx or httpcore takes it from ``citycontext.web.http``, so that a move is one line."""
    assert importers({"httpx", "httpcore"}) == {"web/http.py"}


def test_one_module_writes_to_the_terminal() -> None:
    """Commands show text by ``citycontext.cli.terminal``, so that none shows what a terminal would obey."""
    found = set()
    for path in (ROOT / "cli").rglob("*.py"):
        calls = (node.func for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))
        if any(isinstance(one, ast.Name) and one.id in ("print", "Console") for one in calls):
            found.add(path.relative_to(ROOT).as_posix())
    assert found == {"cli/terminal.py", "cli/main.py"}


def test_one_module_serves_applications() -> None:
    """Whoever serves an application does so by ``citycontext.web.serving``: one loop starts, stops and fails alike."""
    assert importers({"uvicorn"}) == {"web/serving.py"}
    assert importers({"h11"}) == {"web/request_server.py"}
    assert not importers({"http.server", "wsgiref", "aiohttp"})


MEDIA_TYPES_OF_THE_API: Final = {
    "application/json",
    "application/ld+json",
    "application/geo+json",
    "application/merge-patch+json",
}


def test_media_types_of_the_api_stand_in_one_place() -> None:
    """Whoever needs a media type of the API takes it from ``citycontext.web.media_types``."""
    found = set()
    for path, (_, tree) in sources().items():
        where = path.relative_to(ROOT)
        for node in ast.walk(tree):
            value = node.value if isinstance(node, ast.Constant) else None
            text = value.decode("latin-1") if isinstance(value, bytes) else value
            if text in MEDIA_TYPES_OF_THE_API:
                found.add(where.as_posix())
    assert found == {"web/media_types.py"}


def test_scripts_name_tests_that_are_there() -> None:
    """What the scripts of the project name of its tests exists: a file that moved does not end their runs."""
    project = Path(__file__).parents[1]
    scripts = [path for folder in ("scripts", ".ci") for path in (project / folder).iterdir() if path.is_file()]
    named = {name for path in scripts for name in re.findall(r"\btests/[\w/.]*\w", path.read_text())}
    assert named
    assert not sorted(name for name in named if not (project / name).exists())


MOST_LINES: Final = 500
LONG_FILES: Final = {
    "models/environment.py": "made from the subject's schemas, a class each",
    "models/transportation.py": "made from the subject's schemas, a class each",
}


def test_files_are_short() -> None:
    """No module has more than 500 lines without a reason: a second idea in it gets a file of its own."""
    counts = {path.relative_to(ROOT).as_posix(): len(text.splitlines()) for path, (text, _) in sources().items()}
    assert not {name: count for name, count in counts.items() if count > MOST_LINES and name not in LONG_FILES}


ALIKE_LINES: Final = 12
MADE: Final = {"client/_sync": "made from client/_async by scripts/unasync.py"}


def is_made(path: Path) -> bool:
    """Return whether a script writes a file, so that what repeats in it repeats nowhere by hand."""
    folder = path.parent.relative_to(ROOT).as_posix()
    return folder in MADE or "Written by scripts/" in sources()[path][0][:400]


def code_lines(text: str) -> list[str]:
    """Return the lines of code, white space folded: no blanks, comments, docstrings, imports and lone brackets."""
    passed_over: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if is_text or isinstance(node, ast.Import | ast.ImportFrom):
            passed_over.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))  # type: ignore[attr-defined]
    lines = [(number, " ".join(line.split())) for number, line in enumerate(text.splitlines(), 1)]
    return [
        line
        for number, line in lines
        if number not in passed_over and line.strip("()[]{},:") and not line.startswith("#")
    ]


def alike(files: dict[str, str]) -> set[frozenset[str]]:
    """Return which files share a passage, those that repeat one of their own alone."""
    places: dict[tuple[str, ...], list[str]] = {}
    for name, text in files.items():
        lines = code_lines(text)
        for start in range(len(lines) - ALIKE_LINES + 1):
            places.setdefault(tuple(lines[start : start + ALIKE_LINES]), []).append(name)
    return {frozenset(names) for names in places.values() if len(names) > 1}


def test_passages_that_are_alike_are_found() -> None:
    """What the next test stands on sees a passage of 12 lines through comments and indentation, and not one of 11."""
    passage = [f"x{number} = f({number})" for number in range(ALIKE_LINES)]
    one = "\n".join(passage)
    other = "def g():\n" + "\n".join(f"    # no {line}\n    {line}" for line in passage)
    assert alike({"a": one, "b": other}) == {frozenset("ab")}
    assert alike({"a": f"{one}\n{one}"}) == {frozenset("a")}
    assert not alike({"a": one, "b": "\n".join(passage[1:])})


def test_no_passages_are_alike() -> None:
    """No 12 lines of code stand in two places: what is one idea is written once."""
    texts = {path.relative_to(ROOT).as_posix(): text for path, (text, _) in sources().items() if not is_made(path)}
    assert not [sorted(names) for names in alike(texts)]
