"""`citycontext explain`: what the codes of findings and errors mean."""

from __future__ import annotations

import ast
import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import citycontext
from citycontext import errors
from citycontext.errors import ConfigurationError
from citycontext.errors.explanations import explained, explanations
from citycontext.oslo import LossKind
from citycontext.passport.verdicts import Reason

Command = Callable[..., subprocess.CompletedProcess[str]]

PACKAGE = Path(citycontext.__file__).parent


def calls(folder: str, function: str, position: int) -> Iterator[str]:
    """Yield the text that is given in one position at each call of a function below a folder."""
    path = PACKAGE / folder
    for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
        for node in ast.walk(ast.parse(file.read_text())):
            if not isinstance(node, ast.Call) or len(node.args) <= position:
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            given = node.args[position]
            if name == function and isinstance(given, ast.Constant) and isinstance(given.value, str):
                yield given.value


USED = {
    *(one for one in calls("models", "Finding", 1) if "/" in one),
    *(f"schema/{one}" for one in calls("models/schema/evaluation.py", "Breach", 1)),
    *(f"ngsi-ld/{one}" for one in calls("ngsild/representations/reading.py", "note", 1)),
    *(f"clean/{one}" for one in calls("models/cleaning", "note", 1)),
    *(f"bridge/{one.replace(' ', '-')}" for one in calls("bridge/rehearsal", "Finding", 1)),
    *(f"publish/{one}" for one in calls("publish", "note", 0) if one != "allow"),
    *(f"oslo/{one}" for one in LossKind),
    *(f"mims/{one.replace(' ', '-')}" for one in Reason),
}


@pytest.mark.parametrize("code", sorted(USED))
def test_every_code_is_explained(code: str) -> None:
    """Each code that the source gives to a finding has a cause and a cure."""
    assert code in explanations()


def test_many_codes_are_looked_at() -> None:
    """The search of the source finds codes of each family."""
    assert {one.partition("/")[0] for one in USED} >= {"schema", "ngsi-ld", "practice", "clean", "bridge", "publish"}
    assert len(USED) > 80


def test_errors_that_are_explained_exist() -> None:
    """A code of an error is the name of a class that citycontext raises."""
    names = [code.partition("/")[2] for code in explanations() if code.startswith("error/")]
    assert names
    assert all(issubclass(getattr(errors, name), errors.CityContextError) for name in names)


def test_each_explanation_is_whole() -> None:
    """No title, cause or cure is empty, and a title is not a sentence of its own."""
    for one in explanations().values():
        assert one.title
        assert not one.title.endswith(".")
        assert one.cause.endswith((".", "?", "!"))
        assert one.cure.endswith((".", "?", "!"))


@pytest.mark.parametrize("given", ["practice/unit-unknown", "unit-unknown", "[practice/unit-unknown]", "Unit-Unknown"])
def test_a_code_is_known_as_it_is_printed(given: str) -> None:
    """A code is found whole, by its last part, in brackets, and in any case."""
    assert [one.code for one in explained(given)] == ["practice/unit-unknown"]


def test_a_code_of_two_families() -> None:
    """A short code that two families have is explained for both."""
    assert {one.code for one in explained("unit")} == {"practice/unit", "bridge/unit"}


def test_a_code_that_does_not_exist() -> None:
    """A misspelt code is offered its neighbour."""
    with pytest.raises(ConfigurationError, match="Did you mean practice/unit-unknown"):
        explained("unit-unknwon")


def test_the_command(command: Command) -> None:
    """The command shows cause and cure, all codes without one, and facts for programs."""
    shown = command("explain", "unit-unknown").stdout
    assert "Cause: " in shown
    assert "Cure: " in shown
    assert len(command("explain").stdout.splitlines()) == len(explanations())
    assert json.loads(command("explain", "table/fault", "-o", "ndjson").stdout)["cure"]
    assert command("explain", "nothing-like-it").returncode == 2
