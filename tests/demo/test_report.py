"""What became of the messages, in numbers."""

from __future__ import annotations

from citycontext.demo import DemoCounts, DemoReport


def test_lost_is_what_is_neither_delivered_nor_a_dead_letter() -> None:
    """Messages that are nowhere are lost, whatever the bridge received."""
    report = DemoReport(100, 100, 90, 7, entities=3, entity_types=("A", "B"), seconds=9)
    assert report.lost == 3
    assert report.updates_per_second == 10
    assert report.to_dict() == {
        "published": 100,
        "received": 100,
        "delivered": 90,
        "dead_letters": 7,
        "lost": 3,
        "entities": 3,
        "entity_types": ("A", "B"),
        "updates_per_second": 10,
    }
    assert "3 lost" in report.sentence()


def test_under_way_is_never_negative() -> None:
    """Counters are read one after the other, so a message may be delivered before it counts as published."""
    assert DemoCounts(published=5, received=5, delivered=3, dead_letters=1).under_way == 1
    assert DemoCounts(published=5, received=6, delivered=6, dead_letters=0).under_way == 0
