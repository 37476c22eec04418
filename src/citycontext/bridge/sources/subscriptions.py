"""What a durable MQTT session is subscribed to: written down, so that topics that leave the configuration leave it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from pathlib import Path

from citycontext.bridge.config.bridge import BridgeConfig
from citycontext.bridge.config.connections import MqttConfig
from citycontext.bridge.journal.journal_file import connect

__all__ = ["forget", "remember", "wanted_subscriptions"]


def wanted_subscriptions(config: BridgeConfig, mqtt: MqttConfig) -> dict[str, int]:
    """Return the topic filters to subscribe to, each with the highest quality of service that a route asks for.

    Args:
        config: The bridge's configuration.
        mqtt: The MQTT broker.
    """
    wanted: dict[str, int] = {}
    for route in config.routes_of(mqtt):
        for pattern in route.patterns:
            topic = mqtt.shared(pattern.filter)
            wanted[topic] = max(route.qos, wanted.get(topic, 0))
    return wanted


def remember(journal: Path, source: str, topics: Iterable[str]) -> set[str]:
    """Write subscriptions down.

    Args:
        journal: The journal's file.
        source: Name of the MQTT broker.
        topics: The topic filters of the configuration.

    Returns:
        Others that the session had before: the broker goes on sending them until they are taken back.
    """
    wanted = set(topics)
    with contextlib.closing(connect(journal)) as connection:
        rows = connection.execute("SELECT topic FROM subscription WHERE source = ?", (source,))
        known = {topic for (topic,) in rows}
        connection.executemany(
            "INSERT OR IGNORE INTO subscription VALUES (?, ?)", [(source, topic) for topic in wanted - known]
        )
    return known - wanted


def forget(journal: Path, source: str, topics: Iterable[str]) -> None:
    """Strike subscriptions out that were taken back.

    Args:
        journal: The journal's file.
        source: Name of the MQTT broker.
        topics: The topic filters.
    """
    with contextlib.closing(connect(journal)) as connection:
        connection.executemany(
            "DELETE FROM subscription WHERE source = ? AND topic = ?", [(source, topic) for topic in topics]
        )
