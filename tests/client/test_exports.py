"""What the client's package offers."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

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


GIVEN_BY_OTHERS = {
    "request": "httpx calls these methods",
    "session": "a client makes its resources",
    "context_broker": "pytest calls fixtures",
    "context_broker_loop": "pytest calls fixtures",
    "context_broker_transport": "pytest calls fixtures",
}
"""Arguments that no user gives, and who does."""

MADE_BY_OTHERS = {"Subscribed": "subscribed makes it", "AsyncSubscribed": "subscribed makes it"}
"""Classes that no user calls, and who does."""

PACKAGES = ("citycontext.client", "citycontext.receiver", "citycontext.broker", "citycontext.testing")


def offered() -> Iterator[tuple[str, Any]]:
    """Return every function, class and method that the packages offer, and those of the clients' resources."""
    for package in PACKAGES:
        module = importlib.import_module(package)
        for name in module.__all__:
            yield from _parts(f"{package}.{name}", getattr(module, name))
    for client in (citycontext.client.Client("http://b.test"), citycontext.client.AsyncClient("http://b.test")):
        for resource in (*vars(client), *vars(type(client))):
            member = getattr(client, resource)
            if type(member).__module__.startswith("citycontext") and not resource.startswith("_"):
                yield from _parts(f"{type(client).__name__}.{resource}", type(member))


def _parts(name: str, thing: Any) -> Iterator[tuple[str, Any]]:
    if not (inspect.isclass(thing) or inspect.isroutine(thing)):
        return
    yield name, thing
    if inspect.isclass(thing):
        for part, member in inspect.getmembers(thing, lambda one: inspect.isroutine(one) or isinstance(one, property)):
            module = getattr(member.fget if isinstance(member, property) else member, "__module__", "") or ""
            if not part.startswith("_") and module.startswith("citycontext"):
                yield f"{name}.{part}", member


def test_everything_offered_is_documented() -> None:
    """With a sentence, and each of its arguments by name."""
    wrong = []
    seen = set()
    for name, thing in offered():
        seen.add(name)
        text = inspect.getdoc(thing) or ""
        if not re.match(r"[A-Z\"`].*[.:]$", text.partition("\n")[0]):
            wrong.append(f"{name}: no sentence")
        if isinstance(thing, property) or name.rpartition(".")[2] in MADE_BY_OTHERS or thing.__module__ == "typing":
            continue
        try:
            arguments = inspect.signature(thing).parameters.values()
        except ValueError:  # a fixture, a protocol
            continue
        wrong += [
            f"{name}: {one.name} is not explained"
            for one in arguments
            if one.name not in ("self", "args", "kwargs", *GIVEN_BY_OTHERS) and f"    {one.name}: " not in text
        ]
    assert len(seen) > 200
    assert not wrong, "\n".join(wrong)
