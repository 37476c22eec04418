"""Which versions are new, which are corrections, and when each is made public."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import orjson

from citycontext.ngsild.time import instant_of
from citycontext.publish.config import StreamSettings
from citycontext.publish.ldes.ledger import Ledger
from citycontext.publish.ldes.ledger_rows import Key, Known
from citycontext.publish.ldes.nodes import page_name
from citycontext.publish.ldes.versions import (
    DELETE,
    WAS_REVISION_OF,
    Version,
    corrected,
    digest_of_content,
    micros_of,
    with_publication_time,
)
from citycontext.publish.ldes.withdrawal import members_in
from citycontext.publish.linked_data import DCT_IS_VERSION_OF

__all__ = ["LedgerWriter"]

_LAST_PUBLISHED: Final = "last published"
_TICK: Final = 1_000


class LedgerWriter:
    """Enters versions in the ledger of a stream.

    Args:
        ledger: The stream's state.
        folder: Its files.
        settings: The stream.
        now: Tells the time.
    """

    def __init__(self, ledger: Ledger, folder: Path, settings: StreamSettings, now: Callable[[], float]) -> None:
        self._ledger = ledger
        self._folder = folder
        self._settings = settings
        self._now = now
        self.bookkeeping: frozenset[str] = frozenset(
            {DCT_IS_VERSION_OF, WAS_REVISION_OF, settings.timestamp_path, settings.published_path}
        )
        """What a member has that its entity has not."""

    def take(self, versions: list[Version]) -> list[Version]:
        """Enter versions, inside a transaction of the ledger, and return those that are new, as they are published.

        Args:
            versions: The versions.
        """
        versions = sorted(versions, key=lambda one: (one.at, one.entity))
        return self._published([one for one in map(self._entered, versions) if one is not None])

    def entity_of(self, member: dict[str, Any]) -> dict[str, Any]:
        """Return the entity that a member is a version of.

        Args:
            member: The member, as NGSI-LD.
        """
        wire = {name: one for name, one in member.items() if name not in self.bookkeeping}
        if isinstance(wire.get("type"), list) and DELETE in wire["type"]:
            wire["type"] = [one for one in wire["type"] if one != DELETE]
        return {**wire, "id": member[DCT_IS_VERSION_OF]["@id"]}

    def _entered(self, version: Version) -> Version | None:
        """Enter a version, as a correction where another one of its instant is known; ``None`` where it is known."""
        if self._ledger.enter(version):
            return version
        known = self._ledger.known(version.entity, version.at)
        if any(one.digest is None for one in known):
            self._tell_apart(version, known)
            known = self._ledger.known(version.entity, version.at)
        if any(one.digest in (version.digest, None) for one in known):
            return None
        version = corrected(version, known[-1].counter + 1, self._settings.delimiter)
        self._ledger.enter(version)
        return version

    def _tell_apart(self, version: Version, known: list[Known]) -> None:
        """Find out what versions of an instant say that were entered without a digest, by citycontext 0.1."""
        digests: dict[Key, int] = {}
        for one in known if self._settings.members == "ngsi-ld" else ():
            if one.page is None:
                members = [orjson.loads(waiting.body) for waiting in self._ledger.waiting()]
            elif one.page >= 0:
                members = members_in(self._folder / page_name(one.page, self._ledger.revision(one.page)))
            else:
                continue
            for member in members:
                entity, time = self.entity_of(member), member[self._settings.timestamp_path]["@value"]
                key = Key(entity["id"], micros_of(instant_of(time, "")), 1)
                digests[key] = digest_of_content(entity)
        for one in known:  # what is in no file any more, or is not NGSI-LD, counts as what comes now
            digests.setdefault(Key(version.entity, version.at, one.counter), version.digest or 0)
        self._ledger.tell_apart(digests.items())

    def _published(self, versions: list[Version]) -> list[Version]:
        """Return when versions are made public, each later than the one before, whatever the clock says.

        Versions of one entity are a millisecond apart, so that readers that sort by those have the newest one last.
        """
        if self._settings.published_path == self._settings.timestamp_path:
            return [one._replace(published=one.at) for one in versions]
        if not versions:
            return []
        last = int(self._ledger.setting(_LAST_PUBLISHED) or 0)
        instant = max(int(self._now() * 1e6), _next_tick(last))
        path = self._settings.published_path
        told, of_tick = [], set[str]()
        for one in versions:
            if one.entity in of_tick:
                instant = _next_tick(instant)
                of_tick.clear()
            of_tick.add(one.entity)
            told.append(with_publication_time(one, instant, path))
            instant += 1
        self._ledger.set_setting(_LAST_PUBLISHED, str(instant - 1))
        return told


def _next_tick(instant: int) -> int:
    """Return the next whole millisecond, since many readers know no shorter time."""
    return (instant // _TICK + 1) * _TICK
