"""Compress the wheel as well as deflate can: hatchling runs this, after it has written the archive.

libdeflate makes it a twentieth smaller than zlib. Where it is not installed, zlib's best level has to do.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

try:
    from deflate import deflate_compress
except ImportError:
    deflate_compress = None

LOCAL = struct.Struct("<4s5H3L2H")
CENTRAL = struct.Struct("<4s6H3L5H2L")
END = struct.Struct("<4s4H2LH")


class WheelHook(BuildHookInterface[Any]):
    """Write the archive of a wheel anew; what is in it, and RECORD, stay as they are."""

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Compress what was built; an editable wheel is not worth it."""
        if version == "standard":
            compress(Path(artifact_path))


def compress(wheel: Path) -> None:
    """Write an archive anew, each file with the shortest deflate stream; the old one stays until the new one is whole.

    Args:
        wheel: The archive.
    """
    made = wheel.with_suffix(".part")
    with zipfile.ZipFile(wheel) as archive, made.open("wb") as file:
        directory = b""
        for info in archive.infolist():
            content = archive.read(info)
            method, packed = shortest(content)
            year, month, day, hour, minute, second = info.date_time
            time, date = hour << 11 | minute << 5 | second // 2, (year - 1980) << 9 | month << 5 | day
            name = info.filename.encode()
            flags = 0 if name.isascii() else 0x800
            facts = (20, flags, method, time, date, info.CRC, len(packed), len(content), len(name))
            # An attribute of the archive, as hatchling wrote it: who made it, and the file's mode.
            place = (0, 0, 0, info.internal_attr, info.external_attr, file.tell())
            directory += CENTRAL.pack(b"PK\1\2", info.create_system << 8 | 20, *facts, *place) + name
            file.write(LOCAL.pack(b"PK\3\4", *facts, 0) + name + packed)
        number = len(archive.infolist())
        file.write(directory + END.pack(b"PK\5\6", 0, 0, number, number, len(directory), file.tell(), 0))
    with zipfile.ZipFile(wheel) as old, zipfile.ZipFile(made) as new:
        # Reading checks each CRC, too.
        if any(old.read(name) != new.read(name) for name in old.namelist()) or old.namelist() != new.namelist():
            raise ValueError(f"{wheel.name} could not be compressed again")
    made.replace(wheel)


def shortest(content: bytes) -> tuple[int, bytes]:
    """Return how to store a file, and what to store.

    Args:
        content: The file's content.
    """
    by_zlib = zlib.compressobj(9, zlib.DEFLATED, -15, 9)
    ways = [(0, content), (8, by_zlib.compress(content) + by_zlib.flush())]
    if deflate_compress is not None and content:
        ways.append((8, bytes(deflate_compress(content, 12))))
    return min(ways, key=lambda way: len(way[1]))
