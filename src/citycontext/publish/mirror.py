"""What is published, in object storage too: ``s3://``, ``gs://``, ``abfs://``, ``sftp://``, whatever fsspec knows.

Objects go one by one, each as a whole, in an order in which no link leads nowhere: full pages, index nodes, then roots.
What is there no longer goes last.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from citycontext.errors import ConfigurationError, PublicationError
from citycontext.extras import library
from citycontext.foreign_text import printable
from citycontext.publish.ldes.disk import write_whole
from citycontext.publish.ldes.nodes import ROOT
from citycontext.web.media_types import JSON, LD_JSON

__all__ = ["Mirrored", "mirror"]

_EXTRA: Final = "publish"
_ADDRESS: Final = re.compile(r"[a-z][a-z0-9+.-]*://.+")
_TYPES: Final = {".jsonld": LD_JSON, ".json": JSON}


@dataclass(frozen=True, slots=True)
class Mirrored:
    """What was done.

    Args:
        written: Objects that were written.
        removed: Objects that were taken away.
    """

    written: int = 0
    removed: int = 0


def mirror(folder: Path | str, target: str, *, state: Path | None = None, **options: Any) -> Mirrored:
    """Bring object storage to what a stream's folder is; what has not changed since the last time is not sent.

    Args:
        folder: The folder.
        target: Where it goes, e.g. ``s3://open-data/parkeren``.
        state: The file that remembers what was sent; ``<folder>.mirror.json`` beside the folder if not given.
        options: What fsspec's file system takes.

    Raises:
        ConfigurationError: The target is not an address of storage.
        PublicationError: An object cannot be written.
        MissingExtra: fsspec, or its driver, is not installed.
    """
    folder = Path(folder)
    if not _ADDRESS.fullmatch(target):
        raise ConfigurationError(
            f"{printable(target)} is not an address of storage.", cure="Write e.g. s3://bucket/path."
        )
    fsspec = library("fsspec", _EXTRA, "Publishing to object storage")
    remembered = state if state is not None else folder.with_name(f"{folder.name}.mirror.json")
    sent = _read(remembered, target)
    here = {path.relative_to(folder).as_posix(): path for path in _files(folder)}
    written = removed = 0
    try:
        store, root = fsspec.core.url_to_fs(target.rstrip("/"), **options)
        for name, path in sorted(here.items(), key=lambda one: _place(one[0])):
            stamp = _stamp(path)
            if sent.get(name) != stamp:
                _put(store, f"{root}/{name}", path)
                sent[name] = stamp
                written += 1
                if not written % 1_000:
                    _remember(remembered, target, sent)
        for name in [one for one in sent if one not in here]:
            if store.exists(f"{root}/{name}"):
                store.rm_file(f"{root}/{name}")
            del sent[name]
            removed += 1
    except ImportError as error:
        raise ConfigurationError(
            f"the driver for {printable(target)} is not installed: {error}", cure="Install it, e.g. pip install s3fs."
        ) from None
    except Exception as error:  # every driver has errors of its own
        raise PublicationError(f"{printable(target)}: {printable(str(error)) or type(error).__name__}") from error
    finally:
        _remember(remembered, target, sent)
    return Mirrored(written, removed)


def _files(folder: Path) -> Iterator[Path]:
    return (one for one in folder.rglob("*") if one.is_file() and one.suffix in _TYPES)


def _place(name: str) -> tuple[int, str]:
    """Return the place of an object in the order in which objects are written."""
    if "pages/" in name:
        return 0, name
    if "index/" in name:
        return 1, name.replace("index/1-", "index/0-")
    return (3 if name.endswith(ROOT) else 2), name


def _put(store: Any, name: str, path: Path) -> None:
    """Write an object as a whole: where storage has no such thing, under another name first."""
    content = path.read_bytes()
    protocols = store.protocol if isinstance(store.protocol, tuple | list) else (store.protocol,)
    if {"file", "local", "sftp", "ssh"} & set(protocols):
        store.makedirs(name.rpartition("/")[0], exist_ok=True)
        store.pipe_file(f"{name}.new", content)
        store.mv(f"{name}.new", name)
    elif {"s3", "s3a"} & set(protocols):
        store.pipe_file(name, content, ContentType=_TYPES[path.suffix])
    else:
        store.pipe_file(name, content)


def _stamp(path: Path) -> list[int]:
    status = path.stat()
    return [status.st_mtime_ns, status.st_size]


def _read(path: Path, target: str) -> dict[str, list[int]]:
    try:
        known = orjson.loads(path.read_bytes())
    except (FileNotFoundError, orjson.JSONDecodeError):
        return {}
    return dict(known["sent"]) if known.get("target") == target else {}


def _remember(path: Path, target: str, sent: dict[str, list[int]]) -> None:
    write_whole(path, orjson.dumps({"target": target, "sent": sent}))
