"""Changes of entities as they come: by notifications where the broker can reach this machine, else by looking."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Final

from citycontext.cli.context_broker.output import Form, chosen, note, write_as_they_come
from citycontext.cli.terminal import say
from citycontext.client import Client
from citycontext.errors import CityContextError
from citycontext.foreign_text import printable
from citycontext.ngsild.representations import simplified

__all__ = ["watch_entities"]

_SYSTEM: Final = ("createdAt", "modifiedAt")
_LOOKED_AT: Final = 100
"""Of how many entities the members are looked at, for the columns of CSV."""
_PIPE: Final = 1_000
"""How many characters a line for people has at most in a pipe."""


def watch_entities(
    client: Client,
    selection: dict[str, Any],
    *,
    polling: bool,
    every: float,
    count: int | None,
    form: Form | None,
    fields: str | None = None,
) -> None:
    """Write changes to stdout until interrupted.

    Args:
        client: Of the broker.
        selection: Which entities, as the arguments of a query.
        polling: Whether to look now and then instead of subscribing.
        every: Seconds between two looks.
        count: After how many changes to end; None for never.
        form: The form of the output.
        fields: Names of members, with commas between them; None for all.
    """
    form = chosen(form)
    names = [name.strip() for name in fields.split(",") if name.strip()] if fields else None
    before = islice(client.entities.query(as_=dict, **selection), _LOOKED_AT) if form is Form.CSV and not names else ()
    known = list(before)
    changes = islice(_looked_for(client, selection, every) if polling else _notified(client, selection), count)
    if form is not Form.TABLE:
        write_as_they_come(changes, form, names=names, before=known)
        return
    for entity in changes:
        say(_line(entity, names), flush=True)


def _line(entity: dict[str, Any], names: list[str] | None) -> str:
    """Return a change on one line, cut to the width of a terminal."""
    simple = simplified.render(entity)
    values = ", ".join(
        f"{name} {simple[name]}"
        for name in (simple if names is None else names)
        if name in simple and name not in ("id", "type", "@context") and (names is not None or name != "location")
    )
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else _PIPE
    return printable(f"{datetime.now():%H:%M:%S}  {simple.get('id')}  {values}", width)  # noqa: DTZ005


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
