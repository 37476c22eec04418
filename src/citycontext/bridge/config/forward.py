"""What ``citycontext bridge forward`` reads: MQTT brokers, a Kafka cluster, and which topics go there by which key."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from citycontext.bridge.config.bridge import DeadLettersConfig, JournalConfig
from citycontext.bridge.config.connections import MqttConfig
from citycontext.bridge.config.section import Section, one_or_many
from citycontext.bridge.config.sources import KafkaConnection
from citycontext.bridge.mapping.templates import Template
from citycontext.bridge.sources.topics import TopicPattern
from citycontext.configuration import load_toml

__all__ = ["ForwardConfig", "ForwardRoute"]


class ForwardRoute(Section):
    """Topics of MQTT that become records of a topic of Kafka.

    Args:
        topic: Topic pattern(s), e.g. ``sensors/{device}/+``.
        key: Key of the records, with ``{places}`` for captures of the topic: what names the device, and no more.
        into: The topic of Kafka.
    """

    topic: Annotated[tuple[str, ...], BeforeValidator(one_or_many)] = Field(min_length=1)
    key: str = Field(min_length=1)
    into: str = Field(pattern=r"^[A-Za-z0-9._-]{1,249}$")

    @cached_property
    def patterns(self) -> tuple[TopicPattern, ...]:
        """The topic patterns, compiled."""
        return tuple(TopicPattern(topic) for topic in self.topic)

    @model_validator(mode="after")
    def _captured(self) -> Self:
        for pattern in self.patterns:
            if not Template(self.key, pattern.captures).is_topic_only:
                raise ValueError(f"key = {self.key!r} uses what {pattern.text!r} does not capture")
        return self


class ForwardConfig(Section):
    """From MQTT to Kafka.

    Args:
        mqtt: The MQTT broker, or several as ``[[mqtt]]`` tables with a name each.
        kafka: The cluster.
        forward: Which topics go where.
        journal, dead_letters: Where messages are kept until the cluster's in-sync replicas have them.
    """

    mqtt: Annotated[tuple[MqttConfig, ...], BeforeValidator(one_or_many)] = Field(min_length=1)
    kafka: KafkaConnection
    forward: tuple[ForwardRoute, ...] = Field(min_length=1)
    journal: JournalConfig = JournalConfig(path=Path("forward-journal.db"))
    dead_letters: DeadLettersConfig = DeadLettersConfig()

    @model_validator(mode="after")
    def _names(self) -> Self:
        names = [one.name for one in self.mqtt]
        if len(set(names)) != len(names):
            raise ValueError("two [[mqtt]] tables have the same name; give each its own")
        return self

    @classmethod
    def load(cls, path: Path, environment: Mapping[str, str] | None = None) -> ForwardConfig:
        """Read a configuration file.

        Args:
            path: The TOML file.
            environment: Where ``${NAME}`` is looked up; the process's environment by default.

        Raises:
            ConfigurationError: All faults, with file and line, key path, what is wrong and the cure.
        """
        config = load_toml(path, cls, environment)
        journal = config.journal.model_copy(update={"path": (path.parent / config.journal.path).absolute()})
        return config.model_copy(update={"journal": journal})

    def client_id(self, mqtt: MqttConfig) -> str:
        """Return the stable client id for an MQTT broker.

        Args:
            mqtt: The broker's table.
        """
        digest = hashlib.sha256(str(self.journal.path.absolute()).encode()).hexdigest()[:8]
        return mqtt.client_id or f"citycontext-forward-{platform.node() or 'bridge'}-{digest}-{mqtt.name}"
