"""What the client's methods take and return has a public name, and the same thing is spelt the same everywhere."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import pytest

import citycontext.client
import citycontext.errors
import citycontext.ngsild
import citycontext.ngsild.query
from citycontext.client import AsyncClient, Client
from citycontext.receiver import subscribed

ROOMS = (
    *("entities", "batch", "subscriptions", "registrations", "temporal", "types", "attributes", "contexts"),
    *("snapshots", "entity_maps"),
)
PUBLIC = {
    name
    for package in (citycontext, citycontext.client, citycontext.ngsild, citycontext.ngsild.query, citycontext.errors)
    for name in package.__all__
}
OF_PYTHON = {
    *("Any", "Iterable", "Literal", "Mapping", "None", "Sequence", "Unpack", "bool", "datetime", "dict", "float"),
    "class",  # of what is not annotated: self
    *("int", "list", "object", "str", "type"),
}
OF_THE_ROOM = {"D", "E", "T", "OnInvalid", "OnInvalidDocument", "Progress"}


def methods(client: Client | AsyncClient) -> Iterator[tuple[str, inspect.Signature]]:
    for room in ROOMS:
        kind = type(getattr(client, room))
        for name, method in inspect.getmembers(kind, inspect.isfunction):
            if not name.startswith("_"):
                yield f"{room}.{name}", inspect.signature(method)


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_what_signatures_name_can_be_imported(kind: type[Client | AsyncClient]) -> None:
    """Each class that a method takes or returns stands in a public package, so that programs can name it too."""
    unknown = set()
    for method, signature in methods(kind("http://broker.example")):
        written = [str(signature.return_annotation), *(str(one.annotation) for one in signature.parameters.values())]
        names = {
            name for text in written for name in re.findall(r"[A-Za-z_]\w+", re.sub(r"['\"][^'\"]*['\"]", "", text))
        }
        unknown |= {f"{method}: {name}" for name in names - PUBLIC - OF_PYTHON - OF_THE_ROOM}
    assert not unknown


def test_the_class_stands_in_the_same_place() -> None:
    """Behind what is asked for comes the class to read it as, by place or by name, wherever something is read."""
    client = Client("http://broker.example")
    for method in (client.entities.retrieve, client.temporal.retrieve, subscribed):
        assert list(inspect.signature(method).parameters)[1] == "as_", method
        assert inspect.signature(method).parameters["as_"].kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
    for method in (client.entities.query, client.temporal.query):
        assert {"what", "as_"} <= inspect.signature(method).parameters.keys()
