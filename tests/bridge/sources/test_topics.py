"""Topic patterns: what they subscribe to, what they capture, what they refuse."""

from __future__ import annotations

import pytest

from citycontext.bridge.sources.topics import TopicPattern


@pytest.mark.parametrize(
    ("pattern", "subscription", "topic", "captures"),
    [
        ("sensors/{city}/{device}/+", "sensors/+/+/+", "sensors/gent/7/up", {"city": "gent", "device": "7"}),
        ("zigbee2mqtt/{name#}", "zigbee2mqtt/#", "zigbee2mqtt/attic/lamp", {"name": "attic/lamp"}),
        ("a/#", "a/#", "a", {}),
        ("a/#", "a/#", "a/b/c", {}),
        ("+/{x}", "+/+", "/", {"x": ""}),
        ("a.b/{x}", "a.b/+", "a.b/1", {"x": "1"}),
        ("shellies/shellyht-{id}/up", "shellies/+/up", "shellies/shellyht-a.b/up", {"id": "a.b"}),
        ("a/{x}.json", "a/+", "a/7.json", {"x": "7"}),
    ],
)
def test_a_pattern_subscribes_and_captures(
    pattern: str, subscription: str, topic: str, captures: dict[str, str]
) -> None:
    """Captures become wildcards of the subscription and give back the levels of a topic."""
    compiled = TopicPattern(pattern)
    assert compiled.filter == subscription
    assert compiled.match(topic) == captures


@pytest.mark.parametrize(
    ("pattern", "topic"),
    [
        ("a/{x}", "a/b/c"),
        ("a/{x}", "a"),
        ("a.b", "axb"),
        ("#", "$SYS/uptime"),
        ("{x#}", "$SYS/uptime"),
        ("a/b", "a/b\n"),
        ("a/x-{y}", "a/x-"),
        ("a/x-{y}", "a/z-1"),
    ],
)
def test_a_pattern_leaves_other_topics_alone(pattern: str, topic: str) -> None:
    """A level is a level, a dot a dot, and a leading wildcard does not take the broker's own topics."""
    assert TopicPattern(pattern).match(topic) is None


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ("", "empty"),
        ("a/{x}/{x}", "twice"),
        ("a/#/b", "must be the last"),
        ("a/{x#}/b", "must be the last"),
        ("a/b+", "whole level"),
        ("a/{Device}", "lower case"),
        ("a/x{y#}", "whole level"),
        ("a/{x}{y}", "once in a level"),
        ("a/{x}/b{x}", "twice"),
    ],
)
def test_a_wrong_pattern_is_explained(pattern: str, says: str) -> None:
    """Each rule of topics that a pattern breaks is named."""
    with pytest.raises(ValueError, match=says):
        TopicPattern(pattern)


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("a/{x}/c", "a/b/#", True),
        ("a/#", "a", True),
        ("a/+", "a/b/c", False),
        ("a/b", "a/c", False),
        ("#", "x/y", True),
        ("a/+/c", "a/b/d", False),
    ],
)
def test_overlap_is_seen_both_ways(left: str, right: str, expected: bool) -> None:
    """Two patterns overlap exactly if some topic matches both."""
    assert TopicPattern(left).overlaps(TopicPattern(right)) is expected
    assert TopicPattern(right).overlaps(TopicPattern(left)) is expected
