"""A stream whose writer is killed with ``kill -9``, at any time, and begun again."""

from __future__ import annotations

import random
import subprocess
import sys
import time

import orjson

WRITER = """
import sys
from pathlib import Path
from citycontext.publish import EventStream, Publication
from citycontext.publish.entity_files import read_entities

folder, config, source = map(Path, sys.argv[1:])
with EventStream(folder, Publication.load(config)) as stream:
    print("open", flush=True)
    stream.write(read_entities(source, stream.report))
print("done", flush=True)
"""
CONFIG = """
[allow]
OffStreetParking = ["name", "availableSpotNumber"]
[stream]
url = "https://data.stad.example/parking"
page_size = 40
"""


def test_killed_and_begun_again_without_loss_or_duplicate(tmp_path, parkings, follow) -> None:
    """After each of many kills the files are whole and hold no version twice; after the last run, all once."""
    source = tmp_path / "parkings.ndjson"
    source.write_bytes(b"\n".join(map(orjson.dumps, parkings(10_000))))
    (tmp_path / "publish.toml").write_text(CONFIG)
    site = tmp_path / "site"
    arguments = [sys.executable, "-c", WRITER, str(site), str(tmp_path / "publish.toml"), str(source)]
    chance = random.Random(7)
    before = killed_midway = 0
    for target in (0, *sorted(chance.sample(range(1, 250), 6))):
        writer = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
        assert writer.stdout is not None
        assert writer.stdout.readline() == "open\n"
        while writer.poll() is None and len(list((site / "pages").glob("*.jsonld"))) < target:
            time.sleep(0.002)
        time.sleep(chance.uniform(0.0, 0.02))
        writer.kill()
        writer.stdout.close()
        writer.wait()
        found = [one["id"] for one in follow(site, most=40)]
        assert len(found) == len(set(found))
        assert len(found) >= before
        killed_midway += before < len(found) < 10_000
        before = len(found)
    subprocess.run(arguments, check=True, capture_output=True)
    found = [one["id"] for one in follow(site, most=40)]
    assert len(found) == len(set(found)) == 10_000
    assert killed_midway
