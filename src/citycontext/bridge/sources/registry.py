"""The sources of a configuration, each made as its kind asks."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from citycontext.bridge.config.bridge import BridgeConfig
from citycontext.bridge.config.sources import HttpPollConfig, HttpPushConfig, KafkaConfig
from citycontext.bridge.inboxes import Inboxes
from citycontext.bridge.journal.journal import Journal
from citycontext.bridge.sources.http_poll import HttpPollSource
from citycontext.bridge.sources.http_push import HttpPushSource, PushListener
from citycontext.bridge.sources.kafka import KafkaSource
from citycontext.bridge.sources.mqtt import MqttSource
from citycontext.bridge.sources.source import Publishes, Resubscribes, Source
from citycontext.bridge.sources.subscriptions import remember, wanted_subscriptions
from citycontext.web.request_server import Limits

__all__ = ["Sources"]

_Register: TypeAlias = Callable[[Source], None]


@dataclass(slots=True)
class Sources:
    """All sources of a bridge, by name.

    Args:
        all: Every one.
        publishing: Those by which devices can be asked for something.
        subscribing: Those whose topic filters can change.
        stale: For each MQTT broker, topic filters of an earlier configuration.
    """

    all: dict[str, Source] = field(default_factory=dict)
    publishing: dict[str, Publishes] = field(default_factory=dict)
    subscribing: dict[str, Resubscribes] = field(default_factory=dict)
    stale: dict[str, set[str]] = field(default_factory=dict)

    def build(
        self, config: BridgeConfig, inboxes: Inboxes, journal: Journal | None, opened: contextlib.ExitStack
    ) -> None:
        """Make the sources; nothing is connected yet, but ports are taken.

        Args:
            config: The configuration.
            inboxes: Who takes the messages.
            journal: The journal, which knows how far was read before; ``None`` where no source needs one.
            opened: Where it is noted how to close them again.

        Raises:
            ConfigurationError: A port is taken, or certificates cannot be used.
        """
        self._build_keepers(config, inboxes, opened)
        inbox = inboxes.journal
        if inbox is None or journal is None:
            return
        for mqtt in config.mqtt:
            wanted = wanted_subscriptions(config, mqtt)
            stale = remember(config.journal.path, mqtt.name, wanted) if mqtt.durable else set()
            self.stale[mqtt.name] = stale
            source = MqttSource(mqtt, config.client_id(mqtt), wanted, inbox, stale)
            self.publishing[mqtt.name] = self.subscribing[mqtt.name] = source
            self._add(source, opened)
        listeners: dict[tuple[str, int], PushListener] = {}
        for one in config.source:
            if isinstance(one, HttpPushConfig):
                where = (one.host, one.port)
                # Port 0 is another free one each time.
                if where not in listeners or not one.port:
                    listeners[where] = PushListener(one.host, one.port, _limits(one))
                self._add(HttpPushSource(one, listeners[where], inbox, lambda: inbox.is_held), opened)
            elif isinstance(one, HttpPollConfig):
                self._add(HttpPollSource(one, inbox, journal.cursor(one.name)), opened)

    def _build_keepers(self, config: BridgeConfig, inboxes: Inboxes, opened: contextlib.ExitStack) -> None:
        for one in config.source:
            if isinstance(one, KafkaConfig):
                assert inboxes.direct is not None, "made for such sources"
                self._add(KafkaSource(one, inboxes.direct), opened)

    def _add(self, source: Source, opened: contextlib.ExitStack) -> None:
        self.all[source.name] = source
        opened.callback(source.stop)


def _limits(config: HttpPushConfig) -> Limits:
    return Limits(
        body=config.max_payload,
        seconds=config.timeout,
        requests=config.max_requests,
        connections=config.max_connections,
        buffered=max(32_000_000, config.max_payload),
    )
