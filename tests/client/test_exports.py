"""What the client's package offers."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import subprocess
import sys

import pytest

import citycontext.client


def test_all_is_complete_and_true() -> None:
    """Every name in ``__all__`` is there, once; nothing else is told; what is not there is an AttributeError."""
    names = citycontext.client.__all__
    assert len(set(names)) == len(names)
    assert dir(citycontext.client) == sorted(names)
    assert all(getattr(citycontext.client, name) is not None for name in names)
    with pytest.raises(AttributeError, match="no_such_name"):
        citycontext.client.no_such_name


def test_a_first_import_brings_little() -> None:
    """The synchronous client does not import the asynchronous one, the documents of the API, or what retries need."""
    code = "import sys; from citycontext.client import Client; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(run.stdout.split())
    assert "citycontext.client._sync.session" in loaded
    for module in (
        "citycontext.client._async",
        "citycontext.ngsild.wire_model",
        "citycontext.ngsild.query",
        "tenacity",
    ):
        assert module not in loaded


def test_every_module_says_what_it_offers() -> None:
    """Each has ``__all__``, and all in it exists."""
    for module in pkgutil.walk_packages(citycontext.client.__path__, "citycontext.client."):
        loaded = importlib.import_module(module.name)
        assert all(hasattr(loaded, name) for name in loaded.__all__), module.name


def test_every_public_method_is_documented() -> None:
    """With a sentence, its arguments, and what it raises."""
    client = citycontext.client.Client("http://broker.test")
    nouns = [getattr(client, name) for name in (*vars(client), *vars(type(client))) if not name.startswith("_")]
    for noun in nouns:
        for name, method in inspect.getmembers(noun, inspect.ismethod):
            if name.startswith("_"):
                continue
            text = inspect.getdoc(method) or ""
            arguments = [argument for argument in inspect.signature(method).parameters if argument != "self"]
            assert text.partition("\n")[0].endswith("."), f"{method.__qualname__}: no sentence"
            for argument in arguments:
                assert f"    {argument}: " in text, f"{method.__qualname__}: {argument} is not explained"
