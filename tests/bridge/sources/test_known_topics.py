"""What is kept of topics that were seen."""

from __future__ import annotations

import pytest

from citycontext.bridge.sources import known_topics
from citycontext.bridge.sources.known_topics import KnownTopics


def test_what_was_found_is_found_again() -> None:
    """Routes and captures come back as they were, by source; a topic that no route takes is known as such."""
    known: KnownTopics[str] = KnownTopics()
    assert known.find("mqtt", "a/b") is None
    found = [("one", {"device": "b", "site": "a"}), ("two", {})]
    known.keep("mqtt", "a/b", found)
    known.keep("mqtt", "c", [])
    assert known.find("mqtt", "a/b") == found
    assert known.find("mqtt", "c") == []
    assert known.find("other", "a/b") is None


def test_the_oldest_goes_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept has a bound, and only the oldest topic is forgotten at it."""
    monkeypatch.setattr(known_topics, "_MOST", 3)
    monkeypatch.setattr(known_topics, "_EVICTED_AT_ONCE", 1)
    known: KnownTopics[int] = KnownTopics()
    for number in range(4):
        known.keep("mqtt", str(number), [(number, {})])
    assert known.find("mqtt", "0") is None
    assert [known.find("mqtt", str(number)) for number in (1, 2, 3)] == [[(number, {})] for number in (1, 2, 3)]


def test_captures_that_stand_otherwise_in_the_topic_come_back_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """A text that was decoded, an empty one and one that stands there twice are the same again, at hand or not."""
    monkeypatch.setattr(known_topics, "_AT_HAND", 1)
    known: KnownTopics[str] = KnownTopics()
    topics = {
        "a/back%20door/a": {"site": "a", "device": "back door", "rest": "a"},
        "b//b": {"site": "b", "device": "", "rest": "b"},
        "c/door/c": {"site": "c", "device": "door", "rest": "c"},
    }
    for topic, captures in topics.items():
        known.keep("mqtt", topic, [("one", captures)])
    for _ in range(2):
        assert {topic: known.find("mqtt", topic) for topic in topics} == {
            topic: [("one", captures)] for topic, captures in topics.items()
        }
