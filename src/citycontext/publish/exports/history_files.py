"""The history of a stream as Parquet in folders by type and day, as DuckDB, Polars and Spark read at once.

history/type=OffStreetParking/day=2026-05-01/versions.parquet
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote

import orjson

from citycontext.publish.config import Publication
from citycontext.publish.exports.provenance import Provenance
from citycontext.publish.exports.table_files import write_parquet
from citycontext.publish.ldes.disk import disk_errors
from citycontext.publish.policy import Cleared

__all__ = ["FILE", "write_history"]

FILE: Final = "versions.parquet"
_AT_ONCE: Final = 5_000


def write_history(
    versions: Iterable[tuple[str, Cleared]], folder: Path | str, publication: Publication
) -> tuple[int, int]:
    """Write versions to files by type and day; files of days that have none any more go.

    What is held in memory is a few thousand versions, however many there are.

    Args:
        versions: Day, e.g. ``2026-05-01``, and entity as it was then.
        folder: Where the files go.
        publication: What may be published, and what the data are.

    Returns:
        How many versions and files there are.
    """
    folder = Path(folder)
    provenance = Provenance(publication.dataset, datetime.now(UTC))
    count = 0
    written: set[Path] = set()
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".new-") as aside:
            parts = Path(aside)
            waiting: dict[str, list[bytes]] = {}
            for count, (day, one) in enumerate(versions, 1):
                kind = quote("+".join(one.types), safe="+")
                waiting.setdefault(f"type={kind}/day={day}", []).append(orjson.dumps(one.wire))
                if not count % _AT_ONCE:
                    _put_aside(waiting, parts)
            _put_aside(waiting, parts)
            for part in sorted(parts.rglob("*.ndjson")):
                target = folder / part.relative_to(parts).with_suffix("") / FILE
                target.parent.mkdir(parents=True, exist_ok=True)
                write_parquet(_read(part), target, publication, provenance)
                written.add(target)
        for old in folder.glob(f"type=*/day=*/{FILE}"):
            if old not in written:
                old.unlink()
                with suppress(OSError):  # the folder has other files
                    old.parent.rmdir()
                    old.parent.parent.rmdir()
    return count, len(written)


def _put_aside(waiting: dict[str, list[bytes]], folder: Path) -> None:
    for name, lines in waiting.items():
        path = folder / f"{name}.ndjson"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as file:
            file.write(b"\n".join(lines) + b"\n")
    waiting.clear()


def _read(path: Path) -> Iterator[Cleared]:
    with path.open("rb") as lines:
        for line in lines:
            yield Cleared(orjson.loads(line))
