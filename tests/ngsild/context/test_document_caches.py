"""Documents kept between loads."""

from __future__ import annotations

import json
import logging
import threading
from pathlib import Path

import pytest

from citycontext.ngsild.context import DiskCache, DocumentCache, MemoryCache

URL = "https://example.org/c.jsonld"
DOCUMENT = {"@context": {"a": "urn:a:b"}}


class Clock:
    """Return the time it is set to."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """Return a clock that stands still."""
    return Clock()


@pytest.fixture(params=["memory", "disk"])
def cache(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> DocumentCache:
    """Return each cache, with room for two documents that stay fresh for ten seconds."""
    if request.param == "memory":
        return MemoryCache(entries=2, max_age=10, clock=clock)
    return DiskCache(tmp_path / "contexts", entries=2, max_age=10, clock=clock)


def test_a_kept_document_is_found_until_forgotten(cache: DocumentCache) -> None:
    """What is put is got, by its address only, and gone once forgotten."""
    assert cache.get(URL) is None
    cache.put(URL, DOCUMENT)
    kept = cache.get(URL)
    assert kept is not None
    assert (kept.document, kept.fresh) == (DOCUMENT, True)
    assert cache.get(URL + "#") is None
    cache.forget(URL)
    cache.forget(URL)
    assert cache.get(URL) is None


def test_an_old_document_is_found_but_not_fresh(cache: DocumentCache, clock: Clock) -> None:
    """Age takes freshness away, not the document."""
    cache.put(URL, DOCUMENT)
    clock.now += 10
    kept = cache.get(URL)
    assert kept is not None
    assert (kept.document, kept.fresh) == (DOCUMENT, False)


def test_room_is_bounded(cache: DocumentCache) -> None:
    """A third document pushes one of the first two out."""
    for number in range(3):
        cache.put(f"{URL}?{number}", DOCUMENT)
    assert sum(cache.get(f"{URL}?{number}") is not None for number in range(3)) == 2
    assert cache.get(f"{URL}?2") is not None


def test_memory_keeps_what_was_used_last() -> None:
    """The document unused longest makes room."""
    cache = MemoryCache(entries=2)
    cache.put("a", 1)
    cache.put("b", 2)
    cache.get("a")
    cache.put("c", 3)
    assert cache.get("a") is not None
    assert cache.get("b") is None


def test_disk_outlives_the_process(tmp_path: Path) -> None:
    """A second cache on the same folder finds what the first kept; making one touches nothing."""
    folder = tmp_path / "contexts"
    first = DiskCache(folder)
    assert not folder.exists()
    first.put(URL, DOCUMENT)
    kept = DiskCache(folder).get(URL)
    assert kept is not None
    assert kept.document == DOCUMENT


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"url": "https://other.example/"}', b'{"url": 1, "fetched": "x"}']
)
def test_a_damaged_file_costs_a_fetch_only(tmp_path: Path, content: bytes) -> None:
    """A file that is cut off, or another's, counts as absent and is replaced."""
    cache = DiskCache(tmp_path)
    cache.put(URL, DOCUMENT)
    (file,) = tmp_path.glob("*.json")
    file.write_bytes(content)
    assert cache.get(URL) is None
    cache.put(URL, DOCUMENT)
    assert json.loads(file.read_bytes())["url"] == URL


def test_a_folder_that_cannot_be_used_costs_a_fetch_only(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Where the folder is a file, nothing is kept, one warning says so, and no error rises."""
    (tmp_path / "contexts").write_text("a file")
    cache = DiskCache(tmp_path / "contexts")
    with caplog.at_level(logging.WARNING):
        cache.put(URL, DOCUMENT)
    assert cache.get(URL) is None
    assert f"cannot keep @context {URL}" in caplog.text


def test_many_writers_never_show_half_a_document(tmp_path: Path) -> None:
    """While threads write the same document over and over, readers see it whole or not at all, and no part stays."""
    cache = DiskCache(tmp_path)
    large = {"@context": {f"term{number}": "urn:a:b" for number in range(500)}}

    def write() -> None:
        for _ in range(20):
            cache.put(URL, large)

    threads = [threading.Thread(target=write) for _ in range(3)]
    for thread in threads:
        thread.start()
    seen = [cache.get(URL) for _ in range(200)]
    for thread in threads:
        thread.join()
    assert {len(kept.document["@context"]) for kept in seen if kept is not None} <= {500}
    assert not list(tmp_path.glob("*.part"))
