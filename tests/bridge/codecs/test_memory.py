"""What codecs learn is known after a restart, before the message that taught it is let go."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bridge.codecs.test_sparkplug_b import field, payload
from citycontext.bridge.codecs.memory import CodecMemory, LearningCodec
from citycontext.bridge.config.bridge import BridgeConfig
from citycontext.bridge.mapping.processing import MessageRouter, Route

CONFIG: dict[str, Any] = {
    "mqtt": {"url": "mqtt://localhost"},
    "context_broker": {"url": "http://localhost"},
    "route": [
        {
            "topic": "spBv1.0/{g}/+/{e}/{d}",
            "codec": "sparkplug-b",
            "type": "Device",
            "id": "urn:ngsi-ld:Device:{d}",
            "attributes": {"value": "values.T"},
        },
        {"topic": "t", "type": "Device", "id": "urn:ngsi-ld:Device:x", "attributes": {"value": "t"}},
    ],
}
BIRTH = payload(field(1, "T") + field(2, 7) + field(4, 3) + field(10, 5))
DATA = payload(field(2, 7) + field(10, 4294967226))


def routes() -> list[Route]:
    """Make the routes anew, as a restart does."""
    return MessageRouter(BridgeConfig.from_dict(CONFIG)).routes


def test_a_birth_is_known_after_a_restart(tmp_path: Path) -> None:
    """The first message after it has name and sign; the file is readable for its owner only."""
    path = tmp_path / "j.db.codecs"
    before = routes()
    memory = CodecMemory(path)
    memory.restore(before)
    memory.save(before)
    assert not path.exists()
    list(before[0].codec.decode(BIRTH, "spBv1.0/G/DBIRTH/E/D"))
    memory.save(before)
    assert path.stat().st_mode & 0o777 == 0o600
    after = routes()
    CodecMemory(path).restore(after)
    (document,) = after[0].codec.decode(DATA, "spBv1.0/G/DDATA/E/D")
    assert document["values"] == {"T": -70}


def test_it_is_written_only_when_something_was_learnt(tmp_path: Path) -> None:
    """Data teach nothing."""
    path = tmp_path / "j.db.codecs"
    before = routes()
    memory = CodecMemory(path)
    list(before[0].codec.decode(BIRTH, "spBv1.0/G/DBIRTH/E/D"))
    memory.save(before)
    path.unlink()
    list(before[0].codec.decode(DATA, "spBv1.0/G/DDATA/E/D"))
    memory.save(before)
    assert not path.exists()


@pytest.mark.parametrize("content", [b"", b"[]", b'{"a": 1}', b"\xff"])
def test_a_file_that_is_none_is_told_and_left_alone(content: bytes, tmp_path: Path) -> None:
    """The bridge starts all the same, and learns anew."""
    path = tmp_path / "j.db.codecs"
    path.write_bytes(content)
    CodecMemory(path).restore(routes())


@pytest.mark.parametrize("knowledge", [None, 7, [[1]], [["g", "e", [["x", "n"]], []]]])
def test_knowledge_that_does_not_fit_is_left_alone(knowledge: Any) -> None:
    """A codec takes over what it understands, and never fails at it."""
    codec = routes()[0].codec
    assert isinstance(codec, LearningCodec)
    codec.recall(knowledge)
