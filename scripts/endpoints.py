"""Write docs/endpoints.md: which method of the client makes which request of the API.

    python scripts/endpoints.py           write it
    python scripts/endpoints.py --check   fail if it is not what would be written

Nothing in the table is typed by hand: each method is called, with placeholders for arguments, and the request that
comes out is what the table says.
"""

from __future__ import annotations

import argparse
import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

import httpx

from citycontext.client import Client
from citycontext.client._sync.resource import ClientResource
from citycontext.ngsild import Property
from citycontext.ngsild.query import between, last

__all__ = ["CALLS", "captured", "main", "methods", "table"]

ROOT: Final = Path(__file__).resolve().parent.parent
PAGE: Final = ROOT / "docs" / "endpoints.md"

ENTITY: Final = {"id": "{entityId}", "type": "Type"}
TIME: Final = between("2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z")
SUBSCRIPTION: Final = {"type": "Subscription", "notification": {"endpoint": {"uri": "http://example.org"}}}

CALLS: Final[dict[str, list[Callable[[Client], object]]]] = {
    "entities.create": [lambda client: client.entities.create(ENTITY)],
    "entities.upsert": [lambda client: client.entities.upsert(ENTITY)],
    "entities.retrieve": [lambda client: client.entities.retrieve("{entityId}", as_=dict)],
    "entities.query": [
        lambda client: client.entities.query("Type").all(),
        lambda client: client.entities.query("Type", as_post=True).all(),
    ],
    "entities.replace": [lambda client: client.entities.replace(ENTITY)],
    "entities.merge": [lambda client: client.entities.merge("{entityId}", ENTITY)],
    "entities.exists": [lambda client: client.entities.exists("{entityId}")],
    "entities.delete": [lambda client: client.entities.delete("{entityId}")],
    "entities.purge": [lambda client: client.entities.purge("Type")],
    "entities.retrieve_attribute": [lambda client: client.entities.retrieve_attribute("{entityId}", "{attrId}")],
    "entities.retrieve_value": [lambda client: client.entities.retrieve_value("{entityId}", "{attrId}")],
    "entities.append_attributes": [lambda client: client.entities.append_attributes("{entityId}", {"a": 1})],
    "entities.update_attributes": [lambda client: client.entities.update_attributes("{entityId}", {"a": 1})],
    "entities.update_attribute": [lambda client: client.entities.update_attribute("{entityId}", "{attrId}", {})],
    "entities.replace_attribute": [
        lambda client: client.entities.replace_attribute("{entityId}", "{attrId}", Property(1))
    ],
    "entities.delete_attribute": [lambda client: client.entities.delete_attribute("{entityId}", "{attrId}")],
    "batch.create": [lambda client: client.batch.create([ENTITY])],
    "batch.upsert": [lambda client: client.batch.upsert([ENTITY])],
    "batch.update": [lambda client: client.batch.update([ENTITY])],
    "batch.merge": [lambda client: client.batch.merge([ENTITY])],
    "batch.delete": [lambda client: client.batch.delete([ENTITY])],
    "temporal.upsert": [lambda client: client.temporal.upsert(ENTITY)],
    "temporal.retrieve": [lambda client: client.temporal.retrieve("{entityId}", when=last(1))],
    "temporal.query": [
        lambda client: client.temporal.query("Type", when=TIME).all(),
        lambda client: client.temporal.query("Type", when=TIME, as_post=True).all(),
    ],
    "temporal.append_attributes": [lambda client: client.temporal.append_attributes("{entityId}", {"a": []})],
    "temporal.update_instance": [
        lambda client: client.temporal.update_instance("{entityId}", "{attrId}", "{instanceId}", Property(1))
    ],
    "temporal.delete_instance": [
        lambda client: client.temporal.delete_instance("{entityId}", "{attrId}", "{instanceId}")
    ],
    "temporal.delete_attribute": [lambda client: client.temporal.delete_attribute("{entityId}", "{attrId}")],
    "temporal.delete": [lambda client: client.temporal.delete("{entityId}")],
    "types.names": [lambda client: client.types.names()],
    "types.details": [lambda client: client.types.details()],
    "types.retrieve": [lambda client: client.types.retrieve("{type}")],
    "attributes.names": [lambda client: client.attributes.names()],
    "attributes.details": [lambda client: client.attributes.details()],
    "attributes.retrieve": [lambda client: client.attributes.retrieve("{attrId}")],
    "subscriptions.create": [lambda client: client.subscriptions.create(SUBSCRIPTION)],
    "subscriptions.query": [lambda client: client.subscriptions.query().all()],
    "subscriptions.retrieve": [lambda client: client.subscriptions.retrieve("{subscriptionId}")],
    "subscriptions.update": [lambda client: client.subscriptions.update("{subscriptionId}", {})],
    "subscriptions.delete": [lambda client: client.subscriptions.delete("{subscriptionId}")],
    "registrations.create": [lambda client: client.registrations.create({"type": "ContextSourceRegistration"})],
    "registrations.query": [lambda client: client.registrations.query("Type").all()],
    "registrations.retrieve": [lambda client: client.registrations.retrieve("{registrationId}")],
    "registrations.update": [lambda client: client.registrations.update("{registrationId}", {})],
    "registrations.delete": [lambda client: client.registrations.delete("{registrationId}")],
    "registration_subscriptions.create": [lambda client: client.registration_subscriptions.create(SUBSCRIPTION)],
    "registration_subscriptions.query": [lambda client: client.registration_subscriptions.query().all()],
    "registration_subscriptions.retrieve": [
        lambda client: client.registration_subscriptions.retrieve("{subscriptionId}")
    ],
    "registration_subscriptions.update": [
        lambda client: client.registration_subscriptions.update("{subscriptionId}", {})
    ],
    "registration_subscriptions.delete": [lambda client: client.registration_subscriptions.delete("{subscriptionId}")],
    "contexts.create": [lambda client: client.contexts.create({"term": "https://example.org/term"})],
    "contexts.urls": [lambda client: client.contexts.urls()],
    "contexts.details": [lambda client: client.contexts.details()],
    "contexts.retrieve": [lambda client: client.contexts.retrieve("{contextId}")],
    "contexts.info": [lambda client: client.contexts.info("{contextId}")],
    "contexts.delete": [lambda client: client.contexts.delete("{contextId}")],
    "entity_maps.create": [
        lambda client: client.entity_maps.create("Type"),
        lambda client: client.entity_maps.create("Type", as_post=True),
        lambda client: client.entity_maps.create("Type", when=TIME),
        lambda client: client.entity_maps.create("Type", when=TIME, as_post=True),
    ],
    "entity_maps.retrieve": [lambda client: client.entity_maps.retrieve("{entityMapId}")],
    "entity_maps.update": [
        lambda client: client.entity_maps.update("{entityMapId}", expires_at="2030-01-01T00:00:00Z")
    ],
    "entity_maps.delete": [lambda client: client.entity_maps.delete("{entityMapId}")],
    "snapshots.create": [lambda client: client.snapshots.create({"type": "Snapshot"})],
    "snapshots.retrieve": [lambda client: client.snapshots.retrieve("{snapshotId}")],
    "snapshots.update": [lambda client: client.snapshots.update("{snapshotId}", {})],
    "snapshots.delete": [lambda client: client.snapshots.delete("{snapshotId}")],
    "snapshots.clone": [lambda client: client.snapshots.clone("{snapshotId}")],
    "snapshots.purge": [lambda client: client.snapshots.purge()],
    "allowed_methods": [lambda client: client.allowed_methods("entities")],
    "source_identity": [lambda client: client.source_identity()],
}
"""Method → calls of it, one for each endpoint that it can go to."""


class _Captured(Exception):
    """Carries a request out of the client before anything is answered."""

    def __init__(self, request: httpx.Request) -> None:
        self.request = request


def captured(call: Callable[[Client], object]) -> tuple[str, str]:
    """Return the method and the path, with placeholders, of the request that a call makes.

    Args:
        call: Calls one method of a client.
    """

    def capture(request: httpx.Request) -> httpx.Response:
        raise _Captured(request)

    with Client("http://broker.example", transport=httpx.MockTransport(capture)) as client:
        try:
            call(client)
        except _Captured as found:
            path = unquote(found.request.url.raw_path.decode().partition("?")[0]).removeprefix("/ngsi-ld/v1")
            return found.request.method, path
    raise RuntimeError("the call made no request")


def methods() -> dict[str, Callable[..., Any]]:
    """Return all public methods of a client that make requests, by their names behind ``client.``."""
    found: dict[str, Callable[..., Any]] = {}
    client = Client("http://broker.example")
    resources = [name for name in (*vars(client), *vars(Client)) if not name.startswith("_")]
    for resource in resources:
        member = getattr(client, resource)
        if not isinstance(member, ClientResource):
            continue
        for name, method in inspect.getmembers(member, inspect.ismethod):
            if not name.startswith("_"):
                found[f"{resource}.{name}"] = method
    found["allowed_methods"] = client.allowed_methods
    found["source_identity"] = client.source_identity
    return found


def table() -> str:
    """Return the text of the page."""
    documented = methods()
    lines = [
        "# Endpoints",
        "",
        "Which method of `Client` makes which request of the NGSI-LD API; `AsyncClient` has the same, to await.",
        "Made by `scripts/endpoints.py`, which calls each method and looks at the request that comes out.",
        "",
        "| request | method | what it does |",
        "| --- | --- | --- |",
    ]
    for name, calls in CALLS.items():
        summary = _summary(documented[name])
        for call in calls:
            verb, path = captured(call)
            lines.append(f"| `{verb} {path}` | `client.{name}` | {summary} |")
    return "\n".join(lines) + "\n"


def _summary(method: Callable[..., Any]) -> str:
    """Return the first line of a method's documentation; of one that several resources share, with the resource's."""
    summary = (inspect.getdoc(method) or "").partition("\n")[0]
    resource = (inspect.getdoc(type(getattr(method, "__self__", None))) or "").partition("\n")[0]
    return f"{summary.removesuffix('.')}: {resource[0].lower()}{resource[1:]}" if " one." in summary else summary


def main(arguments: list[str] | None = None) -> int:
    """Write the page, or check it.

    Args:
        arguments: The command line, without the program's name.

    Returns:
        The exit code: 1 if the check found a difference.
    """
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="change nothing; fail if anything would change")
    text = table()
    if parser.parse_args(arguments).check:
        fine = PAGE.is_file() and PAGE.read_text(encoding="utf-8") == text
        print("docs/endpoints.md is up to date" if fine else "docs/endpoints.md is not; run scripts/endpoints.py")
        return 0 if fine else 1
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
