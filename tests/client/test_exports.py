"""What the client's package offers."""

from __future__ import annotations

import importlib
import inspect
import pkgutil

import citycontext.client


def test_all_is_complete_and_true() -> None:
    """Every name in ``__all__`` is there, once, and no public class or function is left out of it."""
    names = citycontext.client.__all__
    assert len(set(names)) == len(names)
    public = {
        name
        for name, value in vars(citycontext.client).items()
        if not name.startswith("_") and (inspect.isclass(value) or inspect.isfunction(value))
    }
    assert public <= set(names)
    assert all(hasattr(citycontext.client, name) for name in names)


def test_every_module_says_what_it_offers() -> None:
    """Each has ``__all__``, and all in it exists."""
    for module in pkgutil.walk_packages(citycontext.client.__path__, "citycontext.client."):
        loaded = importlib.import_module(module.name)
        assert all(hasattr(loaded, name) for name in loaded.__all__), module.name


def test_every_public_method_is_documented() -> None:
    """With a sentence, its arguments, and what it raises."""
    for noun in vars(citycontext.client.Client("http://broker.test")).values():
        for name, method in inspect.getmembers(noun, inspect.ismethod):
            if name.startswith("_"):
                continue
            text = inspect.getdoc(method) or ""
            arguments = [argument for argument in inspect.signature(method).parameters if argument != "self"]
            assert text.partition("\n")[0].endswith("."), f"{method.__qualname__}: no sentence"
            for argument in arguments:
                assert f"    {argument}: " in text, f"{method.__qualname__}: {argument} is not explained"
