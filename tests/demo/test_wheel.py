"""What a non-editable install from a bare clone gets."""

from __future__ import annotations

import base64
import csv
import hashlib
import runpy
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOOK = ROOT / "scripts" / "wheel_hook.py"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, as a build makes it."""
    pytest.importorskip("hatchling", reason="hatchling, which builds the wheel, is not installed")
    folder = tmp_path_factory.mktemp("dist")
    build = f"from hatchling.build import build_wheel; print(build_wheel({str(folder)!r}))"
    built = subprocess.run([sys.executable, "-c", build], cwd=ROOT, capture_output=True, text=True, check=True)
    return folder / built.stdout.splitlines()[-1]


def test_wheel_holds_all_that_the_demo_reads(wheel: Path) -> None:
    """The bridge's configuration, the recording and every file of the page are in the wheel."""
    names = set(zipfile.ZipFile(wheel).namelist())
    package = ROOT / "src" / "citycontext"
    wanted = [
        package / "demo" / "bridge.toml",
        package / "demo" / "park_and_ride.json",
        *package.glob("broker/page/*.*"),
    ]
    assert len(wanted) > 5
    assert {str(file.relative_to(package.parent)) for file in wanted} <= names


def test_the_wheel_stays_below_two_megabytes(wheel: Path) -> None:
    """It has fewer than 2,000,000 bytes; what makes a wheel big is named by ``unzip -lv`` sorted by size."""
    pytest.importorskip("deflate", reason="libdeflate, by which a wheel is compressed, is not installed")
    assert wheel.stat().st_size < 2_000_000


def test_each_file_is_what_the_record_says(wheel: Path) -> None:
    """After it was compressed again, the wheel holds the files that RECORD lists, with their hashes and lengths."""
    with zipfile.ZipFile(wheel) as archive:
        record = next(name for name in archive.namelist() if name.endswith(".dist-info/RECORD"))
        rows = list(csv.reader(archive.read(record).decode().splitlines()))
        assert sorted(row[0] for row in rows) == sorted(archive.namelist())
        for name, digest, length in rows:
            content = archive.read(name)
            made = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
            assert name == record or (digest, int(length)) == (f"sha256={made}", len(content))


def test_compressing_changes_the_archive_alone(tmp_path: Path) -> None:
    """Names, contents, times and modes stay, twice the same bytes come out, and nothing grows."""
    pytest.importorskip("hatchling", reason="hatchling, which builds the wheel, is not installed")
    compress = runpy.run_path(str(HOOK))["compress"]
    before = tmp_path / "before.whl"
    with zipfile.ZipFile(before, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {
            "a/é.py": b"x = 1\n" * 4000,
            "empty": b"",
            "short": b"\0",
            "own": HOOK.read_bytes(),
        }.items():
            info = zipfile.ZipInfo(name, (2024, 2, 29, 23, 59, 58))
            info.external_attr, info.compress_type = 0o100755 << 16, zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    made = [tmp_path / "one.whl", tmp_path / "two.whl"]
    for path in made:
        path.write_bytes(before.read_bytes())
        compress(path)
    assert made[0].read_bytes() == made[1].read_bytes()
    assert made[0].stat().st_size < before.stat().st_size

    def facts(path: Path) -> list[object]:
        with zipfile.ZipFile(path) as archive:
            assert archive.testzip() is None
            return [
                (i.filename, i.date_time, i.external_attr, i.create_system, archive.read(i)) for i in archive.infolist()
            ]

    assert facts(made[0]) == facts(before)
    assert not list(tmp_path.glob("*.part"))
