"""Context documents kept between loads: in memory, or in a folder that outlives the process."""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
import threading
import time
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

import orjson

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["DiskCache", "DocumentCache", "KeptDocument", "MemoryCache"]

_DAY: Final = 24 * 3600.0
_log = logging.getLogger(__name__)


class KeptDocument(NamedTuple):
    """A document found in a cache.

    Args:
        document: Its parsed JSON.
        fresh: Whether it is young enough to be used unasked.
    """

    document: Any
    fresh: bool


class DocumentCache(Protocol):
    """Keeps documents by their address."""

    def get(self, url: str) -> KeptDocument | None:
        """Return the document kept for an address, however old."""

    def put(self, url: str, document: Any) -> None:
        """Keep a document, in place of an older one."""

    def forget(self, url: str) -> None:
        """Drop the document kept for an address, if there is one."""


class MemoryCache:
    """Keeps the documents used last in memory; safe to share between threads.

    Args:
        entries: How many documents to keep.
        max_age: Seconds until a document is fetched anew.
        clock: Tells the time in seconds.
    """

    def __init__(
        self, *, entries: int = 128, max_age: float = _DAY, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._entries = entries
        self._max_age = max_age
        self._clock = clock
        self._kept: OrderedDict[str, tuple[float, Any]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, url: str) -> KeptDocument | None:
        """Return the document kept for an address (see `DocumentCache.get`)."""
        with self._lock:
            if url not in self._kept:
                return None
            self._kept.move_to_end(url)
            since, document = self._kept[url]
        return KeptDocument(document, self._clock() - since < self._max_age)

    def put(self, url: str, document: Any) -> None:
        """Keep a document; the one unused longest makes room."""
        with self._lock:
            self._kept[url] = (self._clock(), document)
            self._kept.move_to_end(url)
            while len(self._kept) > self._entries:
                self._kept.popitem(last=False)

    def forget(self, url: str) -> None:
        """Drop the document kept for an address, if there is one."""
        with self._lock:
            self._kept.pop(url, None)


class DiskCache:
    """Keeps documents as files in a folder, one each; several processes may share it.

    A folder that cannot be written to, or a file that cannot be read, costs a fetch and never an error.

    Args:
        folder: The folder; made when the first document is kept.
        entries: How many documents to keep.
        max_age: Seconds until a document is fetched anew.
        clock: Tells the time in seconds since 1970.
    """

    def __init__(
        self,
        folder: str | os.PathLike[str],
        *,
        entries: int = 512,
        max_age: float = 7 * _DAY,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._folder = Path(folder)
        self._entries = entries
        self._max_age = max_age
        self._clock = clock

    def get(self, url: str) -> KeptDocument | None:
        """Return the document kept for an address (see `DocumentCache.get`)."""
        try:
            kept = orjson.loads(self._file(url).read_bytes())
            # The name is a digest: the address inside makes sure, and lets a person read the folder.
            if kept["url"] != url:
                return None
            age = self._clock() - float(kept["fetched"])
            return KeptDocument(kept["document"], 0 <= age < self._max_age)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def put(self, url: str, document: Any) -> None:
        """Keep a document; the oldest files make room."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            content = orjson.dumps({"url": url, "fetched": self._clock(), "document": document})
            handle, name = tempfile.mkstemp(dir=self._folder, suffix=".part")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(content)
                Path(name).replace(self._file(url))
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
            self._make_room()
        except OSError as error:
            _log.warning("cannot keep @context %s in %s: %s", url, self._folder, error)

    def forget(self, url: str) -> None:
        """Drop the document kept for an address, if there is one."""
        try:
            self._file(url).unlink(missing_ok=True)
        except OSError as error:
            _log.warning("cannot drop @context %s from %s: %s", url, self._folder, error)

    def _file(self, url: str) -> Path:
        return self._folder / f"{hashlib.sha256(url.encode('utf-8', 'surrogatepass')).hexdigest()}.json"

    def _make_room(self) -> None:
        files = list(self._folder.glob("*.json"))
        if len(files) <= self._entries:
            return
        dated = []
        for file in files:
            try:
                dated.append((file.stat().st_mtime, file))
            except FileNotFoundError:
                continue
        for _, file in sorted(dated)[: max(0, len(dated) - self._entries)]:
            file.unlink(missing_ok=True)
