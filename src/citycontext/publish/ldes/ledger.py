"""What a stream remembers, in one SQLite file: which versions there are, what waits for a page, which pages are full.

A version costs a few bytes here, not its text: texts are in the pages. All that belongs to a batch of members is one
transaction; a killed process leaves it done or undone.
"""

from __future__ import annotations

import sqlite3
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from citycontext.disk_reserve import DiskReserve, fold_log_in, free_inside
from citycontext.errors import ConfigurationError, PublicationError
from citycontext.publish.ldes.ledger_layout import LAYOUT, layout_script
from citycontext.publish.ldes.ledger_rows import Bounds, Key, Known
from citycontext.publish.ldes.versions import Version

__all__ = ["Ledger"]

_LOG_PAGES: Final = 1_000
_KNOWN_ENTITIES: Final = 50_000
_GONE: Final = -1
_CARRIED: Final = ("setting", "mark", "entity", "version", "withheld")


class Ledger:
    """The state of a stream.

    Args:
        path: The SQLite file; it is made if absent.

    Raises:
        PublicationError: It cannot be opened, is damaged, or another process writes to it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._numbers: OrderedDict[str, int] = OrderedDict()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._reserve = DiskReserve(path)
            # To open it takes room, too.
            self._reserve.release_if_short()
            self._db = sqlite3.connect(path, timeout=0.5, isolation_level=None, check_same_thread=False)
        except (OSError, sqlite3.Error) as error:
            raise PublicationError(
                f"{path}: the state of the stream cannot be opened: {error}; check that its folder may be written to"
            ) from None
        try:
            with self._guard():
                self._db.execute("PRAGMA locking_mode = EXCLUSIVE")  # one writer, told apart at once
                self._db.execute("PRAGMA journal_mode = WAL")
                self._db.execute("PRAGMA synchronous = FULL")
                self._db.execute(f"PRAGMA wal_autocheckpoint = {min(_LOG_PAGES, self._reserve.log_pages)}")
                (layout,) = self._db.execute("PRAGMA user_version").fetchone()
                if layout > LAYOUT:
                    raise PublicationError(
                        f"{path}: the state of the stream was written by a newer citycontext; take that one"
                    )
                self._db.executescript(f"BEGIN IMMEDIATE; {layout_script(self._db)} COMMIT;")
        except PublicationError:
            self._db.close()
            raise

    def close(self) -> None:
        """Close the file; what was not committed is undone."""
        self._db.close()

    def has_room(self) -> bool:
        """Return whether the disk has room for new versions; what is kept no longer can be taken out all the same."""
        with self._guard():
            has_room = self._reserve.has_room(free_inside(self._db))
        if not has_room and self._reserve.release_if_short():
            fold_log_in(self._db)
        return has_room

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make all that happens within happen as a whole, or not at all."""
        with self._guard():
            self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            with self._guard():
                self._db.execute("COMMIT")
        except BaseException as error:
            self._numbers.clear()
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            if isinstance(error, PublicationError) and self._reserve.release_if_short():
                # The next attempt finds room to take out what is kept no longer.
                fold_log_in(self._db)
            raise

    def fix(self, name: str, value: str) -> None:
        """Hold on to a setting that may not change once versions have IRIs.

        Args:
            name: Its name.
            value: What it is.

        Raises:
            ConfigurationError: It was something else before.
        """
        with self._guard():
            self._db.execute("INSERT OR IGNORE INTO setting VALUES (?, ?)", (name, value))
            (known,) = self._db.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
        if known != value:
            raise ConfigurationError(
                f"this stream has been published with {known!r}, and its IRIs do not change; now it is {value!r}.",
                key=f"stream.{name}",
                cure="Put it back, or begin a new stream in another folder.",
            )

    def setting(self, name: str) -> str | None:
        """Return a setting; ``None`` if absent."""
        row = self._one("SELECT value FROM setting WHERE name = ?", name)
        return None if row is None else str(row[0])

    def set_setting(self, name: str, value: str) -> None:
        """Remember a setting that may change."""
        with self._guard():
            self._db.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (name, value))

    def mark(self, source: str) -> str | None:
        """Return the mark up to which a source has been read."""
        row = self._one("SELECT value FROM mark WHERE source = ?", source)
        return None if row is None else str(row[0])

    def set_mark(self, source: str, value: str) -> None:
        """Remember up to where a source has been read."""
        with self._guard():
            self._db.execute("INSERT OR REPLACE INTO mark VALUES (?, ?)", (source, value))

    def enter(self, version: Version) -> bool:
        """Enter a version; its page is told later.

        Returns:
            Whether it is new.
        """
        with self._guard():
            row = (self._number(version.entity), version.at, version.counter, None, version.digest)
            return self._db.execute("INSERT OR IGNORE INTO version VALUES (?, ?, ?, ?, ?)", row).rowcount == 1

    def has_entity(self, entity: str) -> bool:
        """Return whether there is, or was, a version of an entity."""
        return self._one("SELECT 1 FROM entity WHERE id = ?", entity) is not None

    def known(self, entity: str, at: int) -> list[Known]:
        """List what is known of an entity's versions of an instant, the first one first."""
        query = "SELECT counter, page, digest FROM version WHERE entity = ? AND at = ? ORDER BY counter"
        with self._guard():
            return [Known(*row) for row in self._db.execute(query, (self._number(entity), at))]

    def tell_apart(self, digests: Iterable[tuple[Key, int]]) -> None:
        """Note the digests of versions that were entered without."""
        with self._guard():
            self._db.executemany(
                "UPDATE version SET digest = ? WHERE entity = ? AND at = ? AND counter = ? AND digest IS NULL",
                [(digest, *self._key(key)) for key, digest in digests],
            )

    def waiting(self) -> list[Version]:
        """Return the members that wait for a page, the first to be published first."""
        with self._guard():
            rows = self._db.execute(
                "SELECT id, at, body, NULL, counter, published FROM waiting JOIN entity ON number = entity "
                "ORDER BY published, id, at, counter"
            )
            return [Version(*row) for row in rows]

    def wait(self, versions: Iterable[Version]) -> None:
        """Replace the members that wait for a page."""
        with self._guard():
            self._db.execute("DELETE FROM waiting")
            self._db.executemany(
                "INSERT INTO waiting VALUES (?, ?, ?, ?, ?)",
                [(self._number(one.entity), one.at, one.counter, one.published, one.body) for one in versions],
            )

    def fill(self, number: int, members: list[Version]) -> None:
        """Enter a full page.

        Args:
            number: Its number.
            members: Its members, the first to be published first.
        """
        times = [one.at for one in members]
        with self._guard():
            self._db.execute(
                "INSERT INTO page (number, low, high, members, published_low, published_high) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                (number, min(times), max(times), len(members), members[0].published, members[-1].published),
            )
            self._db.executemany(
                "UPDATE version SET page = ? WHERE entity = ? AND at = ? AND counter = ?",
                [(number, self._number(one.entity), one.at, one.counter) for one in members],
            )

    def next_page(self) -> int:
        """Return the number of the page that will be filled next."""
        row = self._one("SELECT max(number) + 1 FROM page")
        return int(row[0] or 0) if row else 0

    def bounds(self, first: int, last: int) -> Bounds | None:
        """Return the times that pages span.

        Args:
            first: The first page.
            last: One past the last.

        Returns:
            The times; ``None`` where retention has left none of the pages.
        """
        row = self._one(
            "SELECT min(low), max(high), min(published_low), max(published_high) FROM page "
            "WHERE number >= ? AND number < ? AND unlinked IS NULL",
            first,
            last,
        )
        return None if row is None or row[0] is None else Bounds(*row)

    def revision(self, page: int) -> int:
        """Return how often a page was written again under a new address."""
        row = self._one("SELECT revision FROM page WHERE number = ?", page)
        return int(row[0]) if row else 0

    def counts(self) -> tuple[int, int]:
        """Count the members there are to be found, and the full pages."""
        row = self._one("SELECT total(members), count(*) FROM page WHERE unlinked IS NULL")
        waiting = self._one("SELECT count(*) FROM waiting")
        return int(row[0]) + int(waiting[0]), int(row[1])

    def expired_pages(self, before: int) -> list[int]:
        """List the pages of which all members have been public since before an instant."""
        return self._numbers_of("SELECT number FROM page WHERE unlinked IS NULL AND published_high < ?", before)

    def unlink(self, numbers: Iterable[int], now: float) -> None:
        """Take pages out of what is linked to; their files stay for those who are reading."""
        with self._guard():
            self._db.executemany(
                "UPDATE page SET unlinked = ? WHERE number = ? AND unlinked IS NULL", [(now, one) for one in numbers]
            )

    def unlinked_before(self, instant: float) -> list[int]:
        """List the pages that have been out of what is linked to since before an instant, in seconds since 1970."""
        return self._numbers_of("SELECT number FROM page WHERE unlinked < ? AND members > 0", instant)

    def forget(self, numbers: Iterable[int], before: int) -> None:
        """Forget the versions of pages whose files are gone; the pages' numbers are never given again.

        Args:
            numbers: The pages.
            before: Versions from this instant on stay known, lest they come again.
        """
        with self._guard():
            gone = [(one,) for one in numbers]
            self._db.executemany("UPDATE page SET members = 0 WHERE number = ?", gone)
            self._db.execute(
                "DELETE FROM version WHERE at < ? AND page IN (SELECT number FROM page WHERE members = 0)", (before,)
            )

    def expire_waiting(self, before: int) -> int:
        """Drop waiting members that have been public since before an instant, and tell how many."""
        with self._guard():
            self._db.execute(
                "UPDATE version SET page = ? WHERE (entity, at, counter) IN "
                "(SELECT entity, at, counter FROM waiting WHERE published < ?)",
                (_GONE, before),
            )
            # States that old are not taken again, so nothing has to be known of them.
            self._db.execute("DELETE FROM version WHERE page = ? AND at < ?", (_GONE, before))
            return self._db.execute("DELETE FROM waiting WHERE published < ?", (before,)).rowcount

    def owe(self, pages: Iterable[int]) -> None:
        """Remember the pages whose links have to be written again; none when that is done."""
        with self._guard():
            self._db.execute("DELETE FROM owed")
            self._db.executemany("INSERT INTO owed VALUES (?)", [(one,) for one in pages])

    def owed(self) -> list[int]:
        """List the pages whose links have to be written again."""
        return self._numbers_of("SELECT page FROM owed")

    def superseded(self, keep: int) -> list[tuple[Key, int | None]]:
        """List the versions that have so many newer ones of their entity, each with its page.

        Args:
            keep: How many versions stay.
        """
        with self._guard():
            rows = self._db.execute(
                """SELECT id, at, counter, page FROM (
                    SELECT entity, at, counter, page,
                        row_number() OVER (PARTITION BY entity ORDER BY at DESC, counter DESC) AS place
                    FROM version
                ) JOIN entity ON number = entity WHERE place > ? AND page IS NOT ?""",
                (keep, _GONE),
            )
            return [(Key(*row[:3]), row[3]) for row in rows]

    def drop(self, versions: Iterable[Key], left: dict[int, int]) -> None:
        """Note that versions are gone; they stay known, lest they come again.

        Args:
            versions: The versions.
            left: Page → how many members it has now.
        """
        with self._guard():
            keys = [self._key(one) for one in versions]
            self._db.executemany(
                "UPDATE version SET page = ? WHERE entity = ? AND at = ? AND counter = ?",
                [(_GONE, *key) for key in keys],
            )
            self._db.executemany("DELETE FROM waiting WHERE entity = ? AND at = ? AND counter = ?", keys)
            self._db.executemany(
                "UPDATE page SET members = ? WHERE number = ?", [(n, page) for page, n in left.items()]
            )

    def placed(self, entity: str | None, low: int, high: int) -> Iterator[tuple[int, Key]]:
        """Yield page and key of the versions that are in pages, page by page.

        Args:
            entity: Only those of this entity.
            low: The earliest time.
            high: The latest.
        """
        query = """SELECT page, id, at, counter FROM version JOIN entity ON number = entity
            WHERE (id = ? OR ? IS NULL) AND at >= ? AND at <= ? AND page >= 0 ORDER BY page"""
        with self._guard():
            for page, *key in self._db.execute(query, (entity, entity, low, high)):
                yield page, Key(*key)

    def pages(self) -> list[int]:
        """List the pages that have members, also those that nothing links to any more."""
        return self._numbers_of("SELECT number FROM page WHERE members > 0 ORDER BY number")

    def revise(self, number: int, members: int, old_name: str) -> None:
        """Note that a page was written again under a new address, and that its old file must go.

        Args:
            number: The page.
            members: How many members it has left.
            old_name: The old file's name.
        """
        with self._guard():
            self._db.execute(
                "UPDATE page SET revision = revision + 1, members = ?, unlinked = iif(?, unlinked, 0.0) "
                "WHERE number = ?",
                (members, members, number),
            )
            self._db.execute("INSERT OR IGNORE INTO doomed VALUES (?)", (old_name,))

    def erase_all(self, entity: str, low: int, high: int) -> None:
        """Forget an entity's versions of a period, also those that retention took out of their pages."""
        with self._guard():
            rows = self._db.execute(
                "SELECT id, at, counter FROM version JOIN entity ON number = entity "
                "WHERE id = ? AND at >= ? AND at <= ?",
                (entity, low, high),
            ).fetchall()
        self.erase([Key(*row) for row in rows])

    def erase(self, versions: Iterable[Key]) -> None:
        """Forget versions, and entities of which none is left.

        Args:
            versions: The versions.
        """
        with self._guard():
            keys = [self._key(one) for one in versions]
            self._db.executemany("DELETE FROM version WHERE entity = ? AND at = ? AND counter = ?", keys)
            self._db.executemany("DELETE FROM waiting WHERE entity = ? AND at = ? AND counter = ?", keys)
            self._db.executemany(
                "DELETE FROM entity WHERE number = ? AND number NOT IN (SELECT entity FROM version)",
                {(number,) for number, *_ in keys},
            )
            self._numbers.clear()

    def doomed(self) -> list[str]:
        """List the files that must go once nothing links to them."""
        with self._guard():
            return [row[0] for row in self._db.execute("SELECT name FROM doomed")]

    def spare(self) -> None:
        """Note that the files that must go have gone."""
        with self._guard():
            self._db.execute("DELETE FROM doomed")

    def hold_back(self, digest: str, entity_type: str, low: int, high: int) -> None:
        """Remember what may not become a version again; an empty digest or type stands for any."""
        with self._guard():
            self._db.execute("INSERT OR IGNORE INTO withheld VALUES (?, ?, ?, ?)", (digest, entity_type, low, high))

    def held_back(self) -> list[tuple[str, str, int, int]]:
        """List what may not become a version again: digest of the entity, type, earliest and latest time."""
        with self._guard():
            return self._db.execute("SELECT digest, type, low, high FROM withheld").fetchall()

    def release(self, digest: str) -> int:
        """Let an entity become versions again; return how many rules went."""
        with self._guard():
            return self._db.execute("DELETE FROM withheld WHERE digest = ?", (digest,)).rowcount

    def record(self, text: str) -> None:
        """Keep a record of a withdrawal."""
        with self._guard():
            self._db.execute("INSERT INTO withdrawal (record) VALUES (?)", (text,))

    def records(self) -> list[str]:
        """List the records of withdrawals, the first one first."""
        with self._guard():
            return [row[0] for row in self._db.execute("SELECT record FROM withdrawal ORDER BY number")]

    def set_disallowed(self, found: Iterable[tuple[str, str, str, int]]) -> None:
        """Remember what is public and no longer allowed: rule, path, message and count."""
        with self._guard():
            self._db.execute("DELETE FROM disallowed")
            self._db.executemany("INSERT INTO disallowed VALUES (?, ?, ?, ?)", found)

    def disallowed(self) -> list[tuple[str, str, str, int]]:
        """List what is public and no longer allowed."""
        with self._guard():
            return self._db.execute("SELECT rule, path, message, count FROM disallowed ORDER BY path, rule").fetchall()

    @contextmanager
    def overwriting(self) -> Iterator[None]:
        """Leave no trace in the file of what is deleted meanwhile."""
        with self._guard():
            self._db.execute("PRAGMA secure_delete = ON")
        try:
            yield
        finally:
            with self._guard():
                self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def continue_from(self, path: Path, fixed: Iterable[str]) -> None:
        """Become the state of a stream that goes on where another one ended.

        Args:
            path: The other one's state: what it published stays known, and so does how far sources were read.
            fixed: Names of the settings that are not taken over.
        """
        with self._guard():
            self._db.execute("ATTACH DATABASE ? AS earlier", (str(path),))
        with self.transaction(), self._guard():
            for table in _CARRIED:
                self._db.execute(f"DELETE FROM {table}")  # noqa: S608
                self._db.execute(f"INSERT INTO {table} SELECT * FROM earlier.{table}")  # noqa: S608
            self._db.execute("UPDATE version SET page = ?", (_GONE,))
            self._db.executemany("DELETE FROM setting WHERE name = ?", [(one,) for one in fixed])
        with self._guard():
            self._db.execute("DETACH DATABASE earlier")

    def _key(self, key: Key) -> tuple[int, int, int]:
        return self._number(key.entity), key.at, key.counter

    def _number(self, entity: str) -> int:
        known = self._numbers.get(entity)
        if known is not None:
            self._numbers.move_to_end(entity)
            return known
        row = self._db.execute("SELECT number FROM entity WHERE id = ?", (entity,)).fetchone()
        if row is None:
            row = self._db.execute("INSERT INTO entity (id) VALUES (?) RETURNING number", (entity,)).fetchone()
        number = int(row[0])
        self._numbers[entity] = number
        if len(self._numbers) > _KNOWN_ENTITIES:
            self._numbers.popitem(last=False)
        return number

    def _one(self, query: str, *values: Any) -> Any:
        with self._guard():
            return self._db.execute(query, values).fetchone()

    def _numbers_of(self, query: str, *values: Any) -> list[int]:
        with self._guard():
            return [row[0] for row in self._db.execute(query, values)]

    @contextmanager
    def _guard(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise PublicationError(
                    f"{self.path}: another process is writing to this stream; stop it first"
                ) from None
            raise PublicationError(f"{self.path}: the state of the stream cannot be used: {error}") from None
        except sqlite3.DatabaseError as error:
            raise PublicationError(f"{self.path}: the state of the stream is damaged: {error}") from None
