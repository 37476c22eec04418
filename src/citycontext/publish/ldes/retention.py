"""Taking out of a stream what is kept no longer (LDES, retention policies)."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import orjson

from citycontext.publish.config import Retention, StreamSettings
from citycontext.publish.ldes.disk import write_whole
from citycontext.publish.ldes.ledger import Ledger
from citycontext.publish.ldes.nodes import page_name
from citycontext.publish.ldes.versions import version_iri

__all__ = ["GRACE", "apply", "oldest"]

GRACE: Final = 3600.0
"""Seconds that a page stays after the last link to it went."""


def oldest(settings: Retention, now: float) -> int | None:
    """Return the earliest time that is kept, in microseconds since 1970; ``None`` where age does not matter.

    Args:
        settings: What is kept.
        now: Seconds since 1970.
    """
    return None if settings.max_age is None else int((now - settings.max_age.total_seconds()) * 1e6)


def apply(ledger: Ledger, settings: StreamSettings, folder: Path, now: float) -> tuple[int, set[int]]:
    """Take out what is kept no longer, inside a transaction of the ledger.

    Args:
        ledger: The stream's state.
        settings: The stream.
        folder: Its files.
        now: Seconds since 1970.

    Returns:
        How many versions went, and the pages that changed or are linked to no longer; ``-1`` stands for the root.
    """
    before, _ = ledger.counts()
    touched: set[int] = set()
    bound = oldest(settings.retention, now)
    if bound is not None:
        expired = ledger.expired_pages(bound)
        ledger.unlink(expired, now)
        touched.update(expired)
        if ledger.expire_waiting(bound):
            touched.add(-1)
    if settings.retention.latest_versions is not None:
        touched.update(_keep_latest(ledger, settings, folder, settings.retention.latest_versions, now))
    gone = ledger.unlinked_before(now - GRACE)
    for number in gone:
        (folder / page_name(number, ledger.revision(number))).unlink(missing_ok=True)
    if gone:
        ledger.forget(gone, bound if bound is not None else -(2**62))
    return before - ledger.counts()[0], touched


def _keep_latest(ledger: Ledger, settings: StreamSettings, folder: Path, keep: int, now: float) -> set[int]:
    superseded = ledger.superseded(keep)
    by_page: dict[int, set[str]] = {}
    for key, page in superseded:
        if page is not None:
            by_page.setdefault(page, set()).add(version_iri(key.entity, settings.delimiter, key.at, key.counter))
    left = {page: _strike(folder / page_name(page, ledger.revision(page)), iris) for page, iris in by_page.items()}
    ledger.drop([key for key, _ in superseded], left)
    empty = [page for page, members in left.items() if not members]
    ledger.unlink(empty, now)
    touched = set(empty)
    if superseded:
        touched.add(-1)
    return touched


def _strike(path: Path, iris: set[str]) -> int:
    """Take members out of a page, and tell how many are left; done twice it does nothing more."""
    try:
        document = orjson.loads(path.read_bytes())
    except FileNotFoundError:
        return 0
    stream = document["@graph"][1]
    members = [one for one in stream["tree:member"] if one.get("id", one.get("@id")) not in iris]
    if len(members) < len(stream["tree:member"]):
        stream["tree:member"] = members
        write_whole(path, orjson.dumps(document))
    return len(members)
