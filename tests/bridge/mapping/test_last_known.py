"""States of devices that say only what changed: completed, bounded, and never turned back."""

from __future__ import annotations

import pytest

from citycontext.bridge.mapping.last_known import LastKnown

KEY = (0, "route", 0, "urn:x:1")


def test_a_document_is_completed_with_what_was_said_before() -> None:
    """Objects member by member; lists and null count as said."""
    known = LastKnown()
    assert known.complete(KEY, {"a": 1}) == {"a": 1}
    known.remember(KEY, {"a": {"x": 1, "y": 2}, "list": [1, 2], "b": 5}, 10.0)
    said = {"a": {"y": 3}, "list": [9], "b": None}
    assert known.complete(KEY, said) == {"a": {"x": 1, "y": 3}, "list": [9], "b": None}
    assert known.complete((0, "route", 1, "urn:x:1"), said) == said


def test_an_older_message_does_not_hide_a_later_one() -> None:
    """A dead letter tried again hours later."""
    known = LastKnown()
    known.remember(KEY, {"a": "new"}, 20.0)
    known.remember(KEY, {"a": "old"}, 10.0)
    assert known.complete(KEY, {}) == {"a": "new"}


def test_memory_is_bounded() -> None:
    """The one not heard of for longest goes first, and a state that is too large alone is not kept."""
    known = LastKnown(limit=100)
    for number in range(5):
        known.remember((0, "r", 0, str(number)), {"v": "x" * 20}, number)
        known.remember((0, "r", 0, "0"), {"v": "y" * 20}, number)
    assert len(known) == 3
    assert known.complete((0, "r", 0, "0"), {}) == {"v": "y" * 20}
    assert known.complete((0, "r", 0, "1"), {}) == {}
    known.remember((0, "r", 0, "large"), {"v": "x" * 200}, 9)
    assert len(known) == 0


def test_what_json_cannot_say_is_refused_in_words() -> None:
    """Codecs may give anything."""
    with pytest.raises(ValueError, match="overlay: the message cannot be kept: "):
        LastKnown().remember(KEY, {"a": object()}, 1.0)
