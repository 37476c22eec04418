"""A Linked Data Event Stream in a folder of files that any web server can host.

    with EventStream("public/parking", publication) as stream:
        stream.write(entities)

Order of writing, so that a process may be killed anywhere: full pages first, which nothing links to yet; then the
ledger, in one transaction; then index nodes; the root last, by renaming. On opening, what a killed process had not
come to is done again.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from citycontext.errors import ConfigurationError, DataError, PublicationError
from citycontext.ngsild import Entity, Severity
from citycontext.ngsild.findings import Finding
from citycontext.ngsild.time import instant_of
from citycontext.publish.config import Publication, StreamSettings
from citycontext.publish.ldes import retention
from citycontext.publish.ldes.addresses import Addresses
from citycontext.publish.ldes.disk import disk_errors, sync_folder
from citycontext.publish.ldes.files import StreamFiles
from citycontext.publish.ldes.ledger import Ledger
from citycontext.publish.ldes.ledger_writer import LedgerWriter
from citycontext.publish.ldes.links import links_of, paths_as_text, paths_of_text
from citycontext.publish.ldes.oslo_members import OsloMembers
from citycontext.publish.ldes.versions import (
    Version,
    deletion,
    make_version,
    micros_of,
    time_of,
    version_iri,
)
from citycontext.publish.ldes.views import begin_next, fixed_settings, newest, view_of
from citycontext.publish.ldes.withdrawal import (
    NothingWithdrawn,
    Withdrawal,
    Withdrawn,
    digest_of,
    is_held_back,
    members_of,
    withdraw,
)
from citycontext.publish.linked_data import PREFIXES, with_core
from citycontext.publish.policy import EntityLike
from citycontext.publish.report import Counted, Report

__all__ = ["EventStream", "Written"]

_LEAST_BATCH: Final = 2_000
_LINKS: Final = "links"


@dataclass(slots=True)
class Written:
    """What became of entities.

    Args:
        read: How many came.
        published: How many became new versions.
        known: How many were versions of the stream already.
        withheld: How many may not be published, have no time, or are older than what is kept.
    """

    read: int = 0
    published: int = 0
    known: int = 0
    withheld: int = 0

    def __add__(self, other: Written) -> Written:
        return Written(
            self.read + other.read,
            self.published + other.published,
            self.known + other.known,
            self.withheld + other.withheld,
        )


class EventStream:
    """An event stream that is being written.

    Args:
        folder: Where the files go; it can be served as it is.
        publication: What is published, and how.
        state: The file that remembers; without it ``<folder>.sqlite`` beside the folder.
        report: Takes what is noticed; without it a new one.
        now: Tells the time.
        view: Which view, from 1; the one that is written to, and all before it, if not given.

    Raises:
        ConfigurationError: The publication has no stream, or it changes what may not change.
        PublicationError: The folder or the state cannot be used, or another process writes to the stream.
    """

    def __init__(
        self,
        folder: Path | str,
        publication: Publication,
        *,
        state: Path | str | None = None,
        report: Report | None = None,
        now: Callable[[], float] = time.time,
        view: int | None = None,
    ) -> None:
        if publication.stream is None:
            raise ConfigurationError("an event stream needs an address.", key="stream", cure='Add [stream] url = "…".')
        base = Path(folder)
        self.publication = publication
        self.report: Report = Report() if report is None else report
        self._policy = publication.policy()
        self._contexts = publication.contexts
        self._now = now
        self._lock = threading.Lock()
        self._is_behind = False
        publication.dataset.check_licence(self.report)
        first = Path(state) if state is not None else base.with_name(f"{base.name}.sqlite")
        last = newest(base, first)
        self._is_closed = view is not None and view < last
        self._view = view_of(last if view is None else view, base, publication.stream.url, first)
        self.folder: Path = self._view.folder
        settings = publication.stream.model_copy(update={"url": self._view.url})
        self._following = view_of(last + 1, base, publication.stream.url, first)
        previous = view_of(last - 1, base, publication.stream.url, first).url if last > 1 else ""
        successor = view_of(view + 1, base, publication.stream.url, first).url if self._is_closed and view else ""
        self._earlier: list[EventStream] = []
        self._ledger = Ledger(self._view.state)
        try:
            for number in range(1, last) if view is None else ():
                self._earlier.append(EventStream(base, publication, state=first, report=report, now=now, view=number))
            self.settings: StreamSettings = fixed_settings(self._ledger, settings, is_closed=self._is_closed)
            self._addresses = Addresses(self.settings.base)
            self._oslo = None if self.settings.members == "ngsi-ld" else OsloMembers(self.settings, self.report)
            self._files = StreamFiles(
                self.folder,
                self._ledger,
                self.settings,
                publication.dataset,
                with_core(self._contexts) if self._oslo is None else [PREFIXES],
                self._oslo,
                replaced_by=successor,
                replaces="" if self._is_closed else previous,
            )
            self._ledger_writer = LedgerWriter(self._ledger, self.folder, self.settings, now)
            self._know_links()
            with disk_errors(self.folder):
                self._held_back = self._ledger.held_back()
                for name in ("pages", "index"):
                    (self.folder / name).mkdir(parents=True, exist_ok=True)
                self._files.recover()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the stream; all that was written stands."""
        for one in (*self._earlier, self):
            one._ledger.close()

    def write(
        self,
        entities: Iterable[EntityLike],
        *,
        mark: tuple[str, str] | None = None,
        on_batch: Callable[[Written], object] | None = None,
    ) -> Written:
        """Publish entities as versions; those that are there already change nothing.

        Entities are taken in batches: within one, versions are sorted by time, and each is whole on disk before the
        next is begun. What was already written stands if the entities end in an error.

        Args:
            entities: Entities, or their normalized or concise JSON objects.
            mark: A source and up to where it has been read, remembered with the last batch; see ``mark``.
            on_batch: Called after each batch with what has been done so far.

        Returns:
            What became of them.

        Raises:
            PublicationError: A file cannot be written.
        """
        if self._is_closed:
            raise PublicationError(f"{self.folder}: this view of the stream is closed, and another one goes on")
        written = Written()
        incoming = iter(entities)
        size = max(_LEAST_BATCH, 4 * self.settings.page_size)
        with self._lock:
            while batch := list(islice(incoming, size)):
                self._batch(batch, written, mark if len(batch) < size else None)
                if on_batch is not None:
                    on_batch(written)
            if mark is not None and self._ledger.mark(mark[0]) != mark[1]:
                self._ledger.set_mark(*mark)
        return written

    def mark(self, source: str) -> str | None:
        """Return up to where a source has been read.

        Args:
            source: The name that was given to ``write``.
        """
        return self._ledger.mark(source)

    def remembered(self, name: str) -> str | None:
        """Return what is remembered with the stream under a name; ``None`` if nothing is.

        .. versionadded:: 0.2

        Args:
            name: The name.
        """
        return self._ledger.setting(name)

    def remember(self, name: str, value: str) -> None:
        """Remember something with the stream; nothing secret, since its state may be read.

        .. versionadded:: 0.2

        Args:
            name: Its name.
            value: What it is.
        """
        self._ledger.set_setting(name, value)

    def counts(self) -> tuple[int, int]:
        """Count the versions that can be found, and the full pages they are in."""
        counted = [one._ledger.counts() for one in (*self._earlier, self)]
        return sum(members for members, _ in counted), sum(pages for _, pages in counted)

    def carry_over(self) -> None:
        """Close the stream and begin a new view, which goes on where it ended; this object is closed, too.

        .. versionadded:: 0.2

        Its members, their IRIs and all addresses stay; what it published is not published again.

        Raises:
            PublicationError: The state of the new view cannot be written.
        """
        self.close()
        begin_next(self._view, self._following)

    def apply_retention(self) -> int:
        """Take out what is kept no longer.

        Pages that nothing links to any more stay for an hour, for those who are reading.

        Returns:
            How many versions went.
        """
        gone = sum(one.apply_retention() for one in self._earlier)
        with self._lock, disk_errors(self.folder):
            self._ledger.has_room()
            return gone + self._retain()

    def _retain(self) -> int:
        with self._ledger.transaction():
            dropped, touched = retention.apply(self._ledger, self.settings, self.folder, self._now())
            self._ledger.owe(touched)
        self._files.pay()
        return dropped

    def withdraw(self, what: Withdrawal) -> Withdrawn:
        """Take back what was published; copies that others made cannot be recalled.

        .. versionadded:: 0.2

        Pages that something was taken out of get a new address, and their old files go. What was withdrawn does not
        become a version again, until it is released.

        Args:
            what: What goes.

        Returns:
            How much was withdrawn.

        Raises:
            PublicationError: There is no such thing in the stream.
            ConfigurationError: It cannot be taken out of members in an OSLO profile.
        """
        if any(one._oslo is not None for one in (*self._earlier, self)) and (what.attribute or what.type):
            raise ConfigurationError(
                "members in an OSLO profile have no attributes and types by which they could be found.",
                cure="Withdraw an entity or a period.",
            )
        done = Withdrawn(0, 0)
        for one in self._earlier:
            with suppress(NothingWithdrawn):
                done += one._withdraw(what, is_enough=False)
        return done + self._withdraw(what, is_enough=done.versions > 0)

    def _withdraw(self, what: Withdrawal, *, is_enough: bool) -> Withdrawn:
        """Withdraw from this view; nothing has to be found where enough was found in others."""
        what = what if what.entity is None else replace(what, entity=self._addresses.of_id(what.entity))
        with self._lock, disk_errors(self.folder), self._ledger.overwriting():
            if self._ledger.setting("salt") is None:
                self._ledger.set_setting("salt", secrets.token_hex(16))
            with self._ledger.transaction():
                done = withdraw(
                    self._ledger,
                    self.folder,
                    what,
                    iri_of=lambda key: version_iri(key.entity, self.settings.delimiter, key.at, key.counter),
                    bare=frozenset({"id", "type", "@context", *self._ledger_writer.bookkeeping}),
                    now=self._now(),
                    is_enough=is_enough,
                )
            self._files.pay()
            self._held_back = self._ledger.held_back()
            self._compare_with_policy()
        return done

    def release(self, entity: str) -> None:
        """Let an entity that was withdrawn become versions again, those that come from now on.

        .. versionadded:: 0.2

        Args:
            entity: Its id.

        Raises:
            PublicationError: It was not withdrawn.
        """
        with self._lock:
            if not self._ledger.release(digest_of(self._ledger.setting("salt") or "", self._addresses.of_id(entity))):
                raise PublicationError("this entity was not withdrawn, so nothing holds it back.")
            self._held_back = self._ledger.held_back()

    def no_longer_allowed(self) -> list[Counted]:
        """List what is public and what the policy does not allow any more, with how many versions have it.

        .. versionadded:: 0.2

        All of the stream is looked through when the policy is another than the last time.
        """
        earlier = [found for one in self._earlier for found in one.no_longer_allowed()]
        with self._lock, disk_errors(self.folder):
            if self._ledger.setting("policy") != self._policy.fingerprint:
                self._compare_with_policy()
            return earlier + [
                Counted(Finding(path, rule, message, Severity.ERROR), count)
                for rule, path, message, count in self._ledger.disallowed()
            ]

    def _compare_with_policy(self) -> None:
        """Look through all members by the policy of today, and remember what it does not allow."""
        found = Report()
        if self._oslo is None:
            for member in members_of(self._ledger, self.folder):
                wire = self._ledger_writer.entity_of(member)
                if self._contexts and "@context" not in wire:
                    wire["@context"] = self._contexts
                self._policy.clear(wire, found)
        with self._ledger.transaction():
            self._ledger.set_disallowed(
                (one.finding.rule, one.finding.path, one.finding.message, one.count)
                for one in found
                if one.finding.rule != "nothing-left"
            )
            self._ledger.set_setting("policy", self._policy.fingerprint)

    def _know_links(self) -> None:
        """Know the links inside the members that there are; those of 0.1 are looked through, once."""
        if self._oslo is None:
            return
        known = self._ledger.setting(_LINKS)
        if known is not None:
            self._oslo.links |= paths_of_text(known)
            return
        for member in members_of(self._ledger, self.folder):
            self._oslo.links |= links_of(member)
        self._ledger.set_setting(_LINKS, paths_as_text(self._oslo.links))

    def _batch(self, batch: list[EntityLike], written: Written, mark: tuple[str, str] | None) -> None:
        versions = [one for one in map(self._version, batch) if one is not None]
        first = self._ledger.next_page()
        with disk_errors(self.folder):
            self._make_room()
            if self._is_behind:
                # The disk refused a link the last time; the members are there.
                self._files.recover()
                self._is_behind = False
        with disk_errors(self.folder), self._ledger.transaction():
            fresh = self._ledger_writer.take(versions)
            if mark is not None:
                self._ledger.set_mark(*mark)
            if self._oslo is not None:
                self._ledger.set_setting(_LINKS, paths_as_text(self._oslo.links))
            if fresh:
                pending = sorted(
                    [*self._ledger.waiting(), *fresh], key=lambda one: (one.published, one.entity, one.counter)
                )
                size = self.settings.page_size
                full = len(pending) - len(pending) % size
                for number, start in enumerate(range(0, full, size), first):
                    members = pending[start : start + size]
                    self._files.write_page(number, members)
                    self._ledger.fill(number, members)
                self._ledger.wait(pending[full:])
                if full:
                    sync_folder(self.folder / "pages")
        written.read += len(batch)
        written.published += len(fresh)
        written.known += len(versions) - len(fresh)
        written.withheld += len(batch) - len(versions)
        if fresh:
            self._is_behind = True
            with disk_errors(self.folder):
                self._files.write_links(first)
            self._is_behind = False

    def _make_room(self) -> None:
        """Take out what is kept no longer where the disk is nearly full; publish nothing where that does not help."""
        if self._ledger.has_room():
            return
        self._retain()
        if not self._ledger.has_room():
            raise PublicationError(
                f"{self.folder}: the disk is nearly full, so nothing is published until there is room; "
                "what is kept no longer goes all the same"
            )

    def _deletion(self, wire: dict[str, Any]) -> Version | None:
        """Make the marker of an entity that is there no longer; ``None`` where it was not published."""
        cleared = self._addresses.of(self._policy.clear_identity(wire, self.report))
        if cleared is None or not self._ledger.has_entity(cleared.id):
            return None
        try:
            at = micros_of(instant_of(wire["deletedAt"], "deletedAt"))
        except DataError:
            self.report.note("no-time", cleared.types[0], "a deletion needs a time with a zone", Severity.ERROR)
            return None
        settings, is_plain = self.settings, self._oslo is None
        return deletion(
            cleared, at, delimiter=settings.delimiter, timestamp_path=settings.timestamp_path, is_plain=is_plain
        )

    def _version(self, entity: EntityLike) -> Version | None:
        if not isinstance(entity, Entity) and isinstance(entity.get("deletedAt"), str):
            return self._deletion(dict(entity))
        cleared = self._addresses.of(self._policy.clear(entity, self.report))
        if cleared is None:
            return None
        wire = entity.wire if isinstance(entity, Entity) else entity
        at = time_of(wire, cleared, self.settings.time)
        if at is None:
            places = ", ".join(self.settings.time)
            message = (
                f"a version needs a time with a zone, and there is not one in {places}; name another in stream.time"
            )
            self.report.note("no-time", cleared.types[0], message, Severity.ERROR)
            return None
        oldest = self._oldest()
        if oldest is not None and at < oldest:
            self.report.note("expired", cleared.types[0], "is older than what is kept", Severity.NOTE)
            return None
        if self._held_back and is_held_back(
            self._held_back, cleared.id, cleared.types, at, self._ledger.setting("salt") or ""
        ):
            self.report.note("withdrawn", cleared.types[0], "was withdrawn, and is not published again", Severity.NOTE)
            return None
        if self._oslo is not None:
            return self._oslo.version(cleared, at)
        return make_version(
            cleared,
            at,
            delimiter=self.settings.delimiter,
            timestamp_path=self.settings.timestamp_path,
            contexts=self._contexts,
            by_models=self.publication.by_models,
        )

    def _oldest(self) -> int | None:
        return retention.oldest(self.settings.retention, self._now())
