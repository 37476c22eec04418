"""A stream in object storage."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from citycontext.errors import ConfigurationError, PublicationError
from citycontext.publish import EventStream
from citycontext.publish.ldes.withdrawal import Withdrawal
from citycontext.publish.mirror import mirror

fsspec = pytest.importorskip("fsspec")
P1 = "urn:ngsi-ld:OffStreetParking:gent:p1"


def found(store: Any, root: str) -> dict[str, bytes]:
    return {one.partition(f"{root.strip('/')}/")[2]: store.cat_file(one) for one in store.find(root)}


def files(folder: Path) -> dict[str, bytes]:
    return {one.relative_to(folder).as_posix(): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


@pytest.mark.parametrize("kind", ["memory", "file"])
def test_storage_is_what_the_folder_is(tmp_path, make_publication, parkings, kind) -> None:
    """After each run storage has the files of the stream, only what changed was sent, and what went is gone."""
    target = "memory://bucket/parking" if kind == "memory" else f"file://{tmp_path}/bucket/parking"
    store, root = fsspec.core.url_to_fs(target)
    site = tmp_path / "site"
    with EventStream(site, make_publication(page_size=4)) as stream:
        stream.write(parkings(42))
        assert mirror(site, target).written == 11
        assert found(store, root) == files(site)
        assert mirror(site, target).written == 0
        stream.write(parkings(4, first=42))
        assert mirror(site, target).written == 2
        stream.withdraw(Withdrawal(entity=P1))
        assert mirror(site, target).removed >= 1
    assert found(store, root) == files(site)
    assert P1.encode() not in b"".join(found(store, root).values())


def test_no_link_leads_nowhere_while_it_is_sent(tmp_path, make_publication, parkings, monkeypatch) -> None:
    """Whenever sending stops, what storage has of the stream links to what is there; the next run sends the rest."""
    from fsspec.implementations.memory import MemoryFileSystem

    site, target = tmp_path / "site", "memory://stopped/parking"
    store = MemoryFileSystem()
    sends = 0
    told: set[bool] = set()
    put = MemoryFileSystem.pipe_file

    def stopping(self: Any, path: str, value: bytes, *rest: Any, **more: Any) -> None:
        nonlocal sends
        sends += 1
        if sends % 3 == 0:
            raise OSError("the line is cut")
        put(self, path, value, *rest, **more)

    monkeypatch.setattr(MemoryFileSystem, "pipe_file", stopping)
    with EventStream(site, make_publication(page_size=1)) as stream:
        for first in range(0, 120, 40):
            stream.write(parkings(40, first=first))
            for _ in range(100):
                try:
                    mirror(site, target)
                    break
                except PublicationError as error:
                    told.add("the line is cut" in str(error))
                there = found(store, "/stopped/parking")
                for name, content in there.items():
                    for one in orjson.loads(content)["@graph"][0].get("tree:relation", ()):
                        assert one["tree:node"]["@id"].removeprefix("https://data.stad.example/parking/") in there, name
    assert told == {True}
    assert found(store, "/stopped/parking") == files(site)


def test_an_s3_server(tmp_path, make_publication, parkings) -> None:
    """A server that speaks S3 has the objects, each with its media type."""
    pytest.importorskip("s3fs")
    server = pytest.importorskip("moto.server").ThreadedMotoServer(port=0)
    server.start()
    try:
        host, port = server.get_host_and_port()
        options = {"key": "a", "secret": "b", "endpoint_url": f"http://{host}:{port}", "skip_instance_cache": True}
        store = fsspec.filesystem("s3", **options)
        store.mkdir("open-data")
        with EventStream(tmp_path / "site", make_publication(page_size=4)) as stream:
            stream.write(parkings(10))
        assert mirror(tmp_path / "site", "s3://open-data/parking", **options).written == 3
        assert found(store, "open-data/parking") == files(tmp_path / "site")
        answer = httpx.get(store.url("open-data/parking/ldes.jsonld"), timeout=30)
        assert answer.headers["content-type"] == "application/ld+json"
    finally:
        server.stop()


def test_what_is_no_storage(tmp_path) -> None:
    """A path, and a protocol that nobody knows, are errors that say so."""
    with pytest.raises(ConfigurationError, match="not an address of storage"):
        mirror(tmp_path, "public/parking")
    with pytest.raises(PublicationError, match="nowhere"):
        mirror(tmp_path, "nowhere://x/y")
