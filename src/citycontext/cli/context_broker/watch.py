"""Changes of entities as they come: by notifications where the broker can reach this machine, else by looking."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from citycontext.cli.context_broker.output import Form, chosen, note, write_items
from citycontext.cli.terminal import say
from citycontext.client import Client
from citycontext.errors import CityContextError
from citycontext.foreign_text import printable
from citycontext.ngsild.representations import simplified

__all__ = ["watch_entities"]

_SYSTEM = ("createdAt", "modifiedAt")


def watch_entities(
    client: Client, selection: dict[str, Any], *, polling: bool, every: float, count: int | None, form: Form | None
) -> None:
    """Write changes to stdout until interrupted.

    Args:
        client: Of the broker.
        selection: Which entities, as the arguments of a query.
        polling: Whether to look now and then instead of subscribing.
        every: Seconds between two looks.
        count: After how many changes to end; None for never.
        form: The form of the output.
    """
    form = chosen(form)
    changes = _looked_for(client, selection, every) if polling else _notified(client, selection)
    for number, entity in enumerate(changes, 1):
        if form is Form.TABLE:
            say(_line(entity), flush=True)
        else:
            write_items([entity], Form.NDJSON if form is Form.JSON else form)
        if number == count:
            return


def _line(entity: dict[str, Any]) -> str:
    simple = simplified.render(entity)
    values = ", ".join(
        f"{name} {value}" for name, value in simple.items() if name not in ("id", "type", "location", "@context")
    )
    return printable(f"{datetime.now():%H:%M:%S}  {simple.get('id')}  {values}", 1_000)  # noqa: DTZ005


def _notified(client: Client, selection: dict[str, Any]) -> Iterator[dict[str, Any]]:
    from citycontext.receiver import subscribed

    types = selection.get("type")
    names = types.split(",") if isinstance(types, str) else list(types or ["*"])
    selectors: list[dict[str, Any]] = [{"type": name} for name in names]
    if "id" in selection:
        selectors = [{**one, "id": ident} for one in selectors for ident in selection["id"]]
    wanted: dict[str, Any] = {"entities": selectors, "expires_at": datetime.now(UTC) + timedelta(days=1)}
    if "q" in selection:
        wanted["q"] = selection["q"]
    try:
        with subscribed(client, **wanted) as notifications:
            note("subscribed; Ctrl-C ends it and takes the subscription back")
            for notification in notifications:
                for entity in notification.entities:
                    yield entity.to_dict()
    except CityContextError as error:
        note(f"no notifications ({printable(str(error), 200)}); looking every few seconds instead")
        yield from _looked_for(client, selection, 5.0)


def _looked_for(client: Client, selection: dict[str, Any], every: float) -> Iterator[dict[str, Any]]:
    note(f"looking every {every:g} s; Ctrl-C ends it")
    known: dict[str, Any] | None = None
    while True:
        found = {one["id"]: one for one in client.entities.query(as_=dict, sys_attrs=True, **selection)}
        if known is not None:
            for ident, entity in found.items():
                if known.get(ident) != entity:
                    yield {name: value for name, value in entity.items() if name not in _SYSTEM}
            for ident in known.keys() - found.keys():
                note(f"{printable(ident)} is gone")
        known = found
        time.sleep(every)
