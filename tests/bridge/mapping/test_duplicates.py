"""Repetitions: told by values, within a time, and never at the price of a message."""

from __future__ import annotations

from typing import Any

from citycontext.bridge.claim import Claim
from citycontext.bridge.config.routes import DedupConfig
from citycontext.bridge.mapping.duplicates import Duplicates


def duplicates(limit: int = 100, **config: Any) -> Duplicates:
    """Make one that looks at device and counter."""
    return Duplicates(DedupConfig.model_validate({"by": ["dev.eui", "f_cnt"], "within": "10m"} | config), limit)


def test_all_values_together_tell_messages_apart() -> None:
    """Values of any kind; one that is missing makes no repetition."""
    seen = duplicates()
    key = seen.key({"dev": {"eui": "a"}, "f_cnt": 1})
    assert key == seen.key({"f_cnt": 1, "dev": {"eui": "a"}, "rssi": -90})
    assert key != seen.key({"dev": {"eui": "a"}, "f_cnt": 2})
    assert key != seen.key({"dev": {"eui": "a"}, "f_cnt": "1"})
    assert seen.key({"dev": {"eui": "a"}, "f_cnt": {"odd": [1, None]}}) is not None
    assert seen.key({"dev": {"eui": b"\xff"}, "f_cnt": 1}) is not None
    assert seen.key({"dev": {"eui": "a"}}) is None
    assert seen.key("text") is None


def test_what_comes_again_by_another_claim_is_no_repetition() -> None:
    """It was mapped but not delivered when its partition changed hands: taken for a repetition, it would be lost."""
    seen = Duplicates(DedupConfig(by=("n",)))
    before, after = Claim("kafka", "t/0"), Claim("kafka", "t/0")
    key = seen.key({"n": 1}, before)
    assert key is not None
    seen.add(key, 10.0)
    assert seen.has_seen(key, 11.0)
    again = seen.key({"n": 1}, after)
    assert again is not None
    assert not seen.has_seen(again, 11.0)


def test_a_repetition_is_one_only_within_its_time() -> None:
    """A device that joined anew counts from 0 again."""
    seen = duplicates()
    assert not seen.has_seen(b"k", 1000.0)
    seen.add(b"k", 1000.0)
    assert seen.has_seen(b"k", 1000.2)
    assert seen.has_seen(b"k", 1600.0)
    assert not seen.has_seen(b"k", 1600.1)


def test_a_message_is_no_repetition_of_itself() -> None:
    """A dead letter that is tried again arrived at the very time that is remembered."""
    seen = duplicates()
    seen.add(b"k", 1000.0)
    assert not seen.has_seen(b"k", 1000.0)


def test_memory_is_bounded() -> None:
    """The oldest goes first."""
    seen = duplicates(limit=2)
    for number, key in enumerate((b"a", b"b", b"a", b"c")):
        seen.add(key, float(number))
    assert seen.has_seen(b"a", 9.0)
    assert seen.has_seen(b"c", 9.0)
    assert not seen.has_seen(b"b", 9.0)
