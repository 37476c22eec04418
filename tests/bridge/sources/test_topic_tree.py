"""Patterns found level by level are those that are found one after the other."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from citycontext.bridge import BridgeConfig
from citycontext.bridge.mapping.processing import MessageRouter
from citycontext.bridge.rehearsal.checks import check
from citycontext.bridge.sources.topic_tree import TopicTree
from citycontext.bridge.sources.topics import TopicPattern

LEVELS = st.sampled_from(["a", "b", "", "$s", "+", "{x}"])
PATTERNS = st.builds(
    lambda levels, end: "/".join([*(f"{{x{n}}}" if one == "{x}" else one for n, one in enumerate(levels)), *end]),
    st.lists(LEVELS, min_size=1, max_size=3),
    st.sampled_from([[], ["#"], ["{rest#}"]]),
).filter(bool)
TOPICS = st.lists(st.sampled_from(["a", "b", "", "$s", "c"]), min_size=1, max_size=4).map("/".join)


@given(st.lists(PATTERNS, max_size=8), TOPICS, PATTERNS)
def test_no_pattern_is_missed(texts: list[str], topic: str, other: str) -> None:
    """For any patterns: each that matches a topic, or overlaps with another pattern, is among the candidates."""
    patterns = [TopicPattern(text) for text in texts]
    tree: TopicTree[int] = TopicTree()
    for number, pattern in enumerate(patterns):
        tree.put(pattern, number)
    matching = {number for number, pattern in enumerate(patterns) if pattern.match(topic) is not None}
    assert matching <= set(tree.of_topic(topic))
    wanted = TopicPattern(other)
    overlapping = {number for number, pattern in enumerate(patterns) if pattern.overlaps(wanted)}
    assert overlapping <= set(tree.of_pattern(wanted))


def test_a_thousand_routes_are_no_burden() -> None:
    """Reading, checking and routing take time by the number of routes, not by its square."""
    routes = [
        {"name": f"r{n}", "topic": f"city/district{n % 40}/kind{n}/{{device}}/up", "type": "Thing"}
        | {"id": "urn:ngsi-ld:Thing:{device}", "attributes": {"level": "v"}}
        for n in range(1000)
    ]
    before = time.process_time()
    given_config = {"mqtt": {"url": "mqtt://h"}, "context_broker": {"url": "http://h"}, "route": routes}
    config = BridgeConfig.from_dict(given_config)
    assert not [finding for finding in check(config) if finding.rule == "overlap"]
    router = MessageRouter(config)
    assert time.process_time() - before < 4, "it was about 30 s when each pair compiled its patterns"
    before = time.process_time()
    for number in range(1000):
        found = router.find(f"city/district{number % 40}/kind{number}/d{number}/up", "mqtt")
        assert [route.config.name for route, _ in found] == [f"r{number}"]
    assert time.process_time() - before < 0.1, "it was 254 ms when each route was asked"
