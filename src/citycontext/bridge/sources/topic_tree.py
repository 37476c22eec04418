"""Many topic patterns at once, found level by level instead of one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from citycontext.bridge.sources.topics import TopicPattern

__all__ = ["TopicTree"]

T = TypeVar("T")


@dataclass(slots=True)
class _Node(Generic[T]):
    below: dict[str, _Node[T]] = field(default_factory=dict)
    here: list[T] = field(default_factory=list)
    anything: list[T] = field(default_factory=list)


class TopicTree(Generic[T]):
    """What was put in under patterns, found by topic or by another pattern. The time grows with levels, not patterns.

    What is found are candidates: ``TopicPattern.match`` and ``overlaps`` know the rules at the edges.
    """

    def __init__(self) -> None:
        self._root: _Node[T] = _Node()

    def put(self, pattern: TopicPattern, item: T) -> None:
        """Add something under a pattern.

        Args:
            pattern: The pattern.
            item: What is to be found by it.
        """
        node = self._root
        for level in pattern.filter.split("/"):
            if level == "#":
                node.anything.append(item)
                return
            node = node.below.setdefault(level, _Node())
        node.here.append(item)

    def of_topic(self, topic: str) -> list[T]:
        """Find what may take a topic.

        Args:
            topic: The topic of a message.
        """
        found: list[T] = []
        nodes = [self._root]
        for level in topic.split("/"):
            below = []
            for node in nodes:
                found += node.anything
                if (child := node.below.get(level)) is not None:
                    below.append(child)
                if (child := node.below.get("+")) is not None:
                    below.append(child)
            nodes = below
        for node in nodes:
            found += node.here
            found += node.anything
        return found

    def of_pattern(self, pattern: TopicPattern) -> list[T]:
        """Find what may overlap with a pattern.

        Args:
            pattern: The pattern.
        """
        found: list[T] = []
        nodes = [self._root]
        for level in pattern.filter.split("/"):
            if level == "#":
                found += [item for node in nodes for item in _all(node)]
                return found
            below: list[_Node[T]] = []
            for node in nodes:
                found += node.anything
                if level == "+":
                    below += node.below.values()
                else:
                    below += [node.below[one] for one in (level, "+") if one in node.below]
            nodes = below
        for node in nodes:
            found += node.here
            found += node.anything
        return found


def _all(node: _Node[T]) -> Iterator[T]:
    yield from node.here
    yield from node.anything
    for one in node.below.values():
        yield from _all(one)
