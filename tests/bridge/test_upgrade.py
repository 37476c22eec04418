"""Files that version 0.1 wrote are taken over as they are."""

from __future__ import annotations

import shutil
from pathlib import Path

from citycontext.bridge import BridgeConfig
from citycontext.bridge.journal.dead_letters import DeadLetters
from citycontext.bridge.journal.journal import Journal
from citycontext.bridge.message import Message
from citycontext.bridge.rehearsal.recording import read_recording
from citycontext.bridge.sources.subscriptions import remember

FOLDER = Path(__file__).parent / "data" / "0.1"


def test_a_journal_is_taken_over(tmp_path: Path) -> None:
    """What waits is read back as it was and intact, dead letters are there and can be retried, new ones go behind."""
    path = tmp_path / "journal.db"
    shutil.copy(FOLDER / "journal.sqlite", path)
    journal = Journal(path)
    try:
        journal.write([Message("air/s9", b"9", 1714550409.0, "mqtt", 1)])
        with DeadLetters(path) as letters:
            assert [(one.entity, one.attribute, one.message.intact) for one in letters] == [
                ("urn:ngsi-ld:AirQualityObserved:s3", "temperature", True),
                ("", "", True),
            ]
            letters.put_aside("urn:ngsi-ld:AirQualityObserved:s3")
            assert letters.retry(route="air") == 1
        reader = journal.reader()
        waiting = reader.after(0, 10)
        reader.close()
        assert [(one.id, one.topic, one.qos, one.retained) for one in waiting] == [
            (2, "air/s1", 1, False),
            (3, "air/s2", 2, True),
            (6, "air/s9", 1, False),
            (7, "air/s3", 0, False),
        ]
        assert all(one.intact and one.source == "mqtt" for one in waiting)
        assert waiting[0].properties == (("trace", "ab12"), ("site", "Gent"))
        assert waiting[0].arrived == 1714550401.5
        assert remember(path, "mqtt", ["air/+"]) == {"cam/+"}
    finally:
        journal.close()


def test_a_configuration_is_taken_over() -> None:
    """Each table that 0.1 had is read."""
    config = BridgeConfig.load(FOLDER / "bridge.toml", {"TOKEN": "secret"})
    assert [one.name for one in config.route] == ["air", "waste"]
    assert config.delivery.late == "temporal"
    assert config.dead_letters.max_age == 90 * 86400
    assert config.command[0].attribute == "setPoint"


def test_a_recording_is_taken_over() -> None:
    """Text, bytes and marks are read."""
    with (FOLDER / "recording.jsonl").open("rb") as file:
        messages = list(read_recording(file))
    assert [(one.topic, one.payload) for one in messages] == [
        ("air/s1", b'{"t": 1}'),
        ("cam/1", b"\x00\xff"),
        ("air/s2", b'{"t": 2}'),
    ]
