"""The bridge's configuration: one TOML file, one frozen tree.

The smallest file::

    ids = 2

    [mqtt]
    url = "mqtt://localhost:1883"

    [context_broker]
    url = "http://localhost:1026"

    [[route]]
    topic = "sensors/{device}/up"
    type = "AirQualityObserved"
    id = "urn:ngsi-ld:AirQualityObserved:{device}"
    observed_at = "time"
    [route.attributes]
    temperature = { from = "temp", unit = "CEL" }
    pm10 = { from = "pm10", unit = "GQ" }

Anywhere in it, ``${NAME}`` stands for an environment variable. Durations are written ``"30s"``, sizes ``"512MB"``.
"""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import quote

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, model_validator

from citycontext.bridge.config.commands import CommandConfig
from citycontext.bridge.config.connections import ContextBrokerConfig, MqttConfig
from citycontext.bridge.config.presets import preset_routes
from citycontext.bridge.config.routes import Mode, RouteConfig
from citycontext.bridge.config.section import Section, one_or_many, parse_instant
from citycontext.bridge.config.sources import KafkaConfig, SourceConfig
from citycontext.bridge.mapping.quantities import Duration, Size
from citycontext.configuration import UnsetVariable, load_toml, validate_settings

__all__ = [
    "AdminConfig",
    "BridgeConfig",
    "ClockConfig",
    "DeadLettersConfig",
    "DeliveryConfig",
    "DevicesConfig",
    "JournalConfig",
    "Late",
    "LogConfig",
]

_LEAST_AGE = 60.0


class JournalConfig(Section):
    """Where messages are kept until the context broker has them.

    Args:
        path: The file; relative to the configuration file.
        durability: ``power``: a message is on the disk before it is acknowledged. ``process``: it is with the operating
            system, so it survives a crash of the bridge, not of the machine.
        max_size: Most bytes of messages.
        overflow: What happens at ``max_size``: ``stop`` reads no more, so that the MQTT broker queues; ``drop-oldest``
            lets the messages go that have waited longest, for those whose newest values matter most. Lost messages
            are counted and told of. What is on its way to the context broker already is not dropped.
        max_age: How long after its arrival a message may still be delivered; older ones that wait are dropped, and
            counted. Without it there is no limit. A clock that jumps ahead makes all that wait old.
    """

    path: Path = Path("bridge-journal.db")
    durability: Literal["power", "process"] = "power"
    max_size: Size = 1_000_000_000
    overflow: Literal["stop", "drop-oldest"] = "stop"
    max_age: Duration | None = None

    @model_validator(mode="after")
    def _patience(self) -> JournalConfig:
        if self.max_age is not None and self.max_age < _LEAST_AGE:
            raise ValueError(f"max_age is {self.max_age:g} s; give at least 60s, for messages wait in good order too")
        return self


class DeadLettersConfig(Section):
    """How many messages that no update could be made of are kept. Without a limit, all are, until a person drops them.

    Args:
        max_size: Bytes they may take; beyond, the oldest are deleted.
        max_age: How long after they were put aside they are deleted.

    What is deleted is counted and told of.
    """

    max_size: Size | None = None
    max_age: Duration | None = None


Late = Literal["pass", "drop", "temporal"]


class DeliveryConfig(Section):
    """How updates go to the context broker.

    Args:
        mode: ``entities`` writes the present state; ``temporal`` adds each value to the history of its entity through
            the temporal API, in order, and leaves the present state alone; ``both`` does both, for a context broker
            that keeps no history of its own of what entities become. A route may say otherwise.
        history: ``every``: each update is sent. ``latest``: updates of an entity that wait are folded into one.
        late: What happens to an attribute older than one already sent: ``pass`` sends it all the same, ``drop`` leaves
            it out and counts it, ``temporal`` writes it to the history only, through the temporal API. Where it is not
            set: ``temporal`` if the context broker keeps history, else ``pass``.
        max_rate: Most updates a second, over all connections, for a context broker that must be spared.
        batch_size: Most entities in a request.
        connections: Most requests at a time.
        linger: How long an update may wait for others to share its request.
        max_backoff: Longest pause between two attempts while the context broker is away.
        max_waiting: Most updates in memory; more stay in the journal.
    """

    mode: Mode = "entities"
    history: Literal["every", "latest"] = "every"
    late: Late | None = None
    max_rate: float | None = Field(default=None, gt=0)
    batch_size: int = Field(default=500, ge=1, le=10_000)
    connections: int = Field(default=2, ge=1, le=64)
    linger: Duration = 0.01
    max_backoff: Duration = 30.0
    max_waiting: int = Field(default=10_000, ge=1)


class ClockConfig(Section):
    """Times of observation that cannot be true.

    Args:
        earliest: A time before it comes from a clock that was never set.
        ahead: How far a device's clock may run ahead of ours.
        wrong: ``dead-letter`` puts such a message aside; ``arrival`` takes the time of arrival instead.
    """

    earliest: Annotated[datetime, AfterValidator(parse_instant)] = datetime(2010, 1, 1, tzinfo=UTC)
    ahead: Duration = 600.0
    wrong: Literal["dead-letter", "arrival"] = "dead-letter"


class DevicesConfig(Section):
    """A table of devices for what they do not say themselves, e.g. where they stand.

    Args:
        file: CSV or TOML file; relative to the configuration file.
        key: The column of CSV that names the device; the first by default.
    """

    file: Path
    key: str | None = None


class LogConfig(Section):
    """How the bridge logs, where it runs as a program of its own.

    Args:
        format: ``text`` for people, ``json`` for machines: one object a line.
        level: The least important that is logged.
    """

    format: Literal["text", "json"] = "text"
    level: Literal["debug", "info", "warning", "error"] = "info"


class AdminConfig(Section):
    """The HTTP pages for health, metrics and status; off unless the table is there.

    Args:
        host: Address to listen on.
        port: Port; 0 takes a free one.
        token: Who knows it may retry and drop dead letters on the page; without one nobody may.
    """

    host: str = "127.0.0.1"
    port: int = Field(default=9188, ge=0, le=65535)
    token: SecretStr | None = Field(default=None, min_length=8)


class BridgeConfig(Section):
    """A bridge: from where, to where, and by which routes.

    Args:
        mqtt: The MQTT broker, or several as ``[[mqtt]]`` tables with a name each; those of ``source`` are here, too.
        source: Other sources, each by its ``kind``.
        context_broker: The context broker.
        route: The routes.
        command: The commands, from the context broker to devices.
        ids: How names of devices become ids: 1 as in version 0.1, which is taken where the file does not say; 2 for new
            files: each name has an id of its own that leads back to it, an EUI-64 has one spelling (``0a0b0c…``) in
            ids and captures, a Shelly is one device whatever its topic prefix.
        journal, dead_letters, delivery, clock, devices, admin, log: See their tables.
    """

    mqtt: Annotated[tuple[MqttConfig, ...], BeforeValidator(one_or_many)] = ()
    source: Annotated[tuple[SourceConfig, ...], BeforeValidator(one_or_many)] = ()
    context_broker: ContextBrokerConfig
    route: tuple[RouteConfig, ...] = Field(min_length=1)
    command: tuple[CommandConfig, ...] = ()
    ids: Literal[1, 2] = 1
    journal: JournalConfig = JournalConfig()
    dead_letters: DeadLettersConfig = DeadLettersConfig()
    delivery: DeliveryConfig = DeliveryConfig()
    clock: ClockConfig = ClockConfig()
    devices: DevicesConfig | None = None
    admin: AdminConfig | None = None
    log: LogConfig = LogConfig()

    @model_validator(mode="before")
    @classmethod
    def _brought_along(cls, given: Any) -> Any:
        return preset_routes(given)

    @model_validator(mode="after")
    def _names(self) -> BridgeConfig:
        # Frozen for everyone else; one form of a table is put in the place of the other once, here.
        more = [one for one in self.source if isinstance(one, MqttConfig)]
        object.__setattr__(self, "mqtt", (*self.mqtt, *more))
        object.__setattr__(self, "source", tuple(one for one in self.source if not isinstance(one, MqttConfig)))
        if not self.mqtt and not self.source:
            raise ValueError('there is nothing to read from; give [mqtt] url = "mqtt://…", or a [[source]]')
        brokers = [broker.name for broker in self.mqtt]
        sources = self.source_names
        if len(set(sources)) != len(sources):
            which = "[[mqtt]]" if not self.source else "[[source]] or [[mqtt]]"
            raise ValueError(f"two {which} tables have the same name; give each its own")
        routes = [route.name for route in self.route]
        for name in routes:
            if routes.count(name) > 1:
                raise ValueError(f'two routes are named "{name}"; give each its own name')
        for route in self.route:
            if route.source is not None and route.source not in sources:
                raise ValueError(f'route "{route.name}" reads from source = "{route.source}", but there is {sources}')
            if route.device is not None and self.devices is None:
                raise ValueError(f'route "{route.name}" looks up devices; say where they are with [devices] file = "…"')
        commands = [command.name for command in self.command]
        for one in self.source:
            if isinstance(one, KafkaConfig) and one.session_timeout < 2 * self.context_broker.timeout:
                raise ValueError(
                    f'source "{one.name}": session_timeout is {one.session_timeout:g} s; no request could start that '
                    f"may take {self.context_broker.timeout:g} s (context_broker.timeout). Give it twice that, at least"
                )
        if self.command and not self.mqtt:
            raise ValueError("commands go to devices by MQTT; give [mqtt] as well")
        for command in self.command:
            if commands.count(command.name) > 1:
                raise ValueError(f'two commands are named "{command.name}"; give each its own name')
            if command.mqtt is not None and command.mqtt not in brokers:
                raise ValueError(f'command "{command.name}" goes to mqtt = "{command.mqtt}", but there is {brokers}')
            if self.context_broker.notify is None and self.mqtt_of(command).is_websocket:
                raise ValueError(
                    f'command "{command.name}": a context broker cannot notify over websockets; name the same MQTT '
                    'broker with context_broker.notify = "mqtt://…"'
                )
        return self

    @classmethod
    def load(
        cls,
        path: str | Path,
        environment: Mapping[str, str] | None = None,
        *,
        unset: list[UnsetVariable] | None = None,
    ) -> BridgeConfig:
        """Read a configuration file.

        Args:
            path: The TOML file.
            environment: Where ``${NAME}`` is looked up; the process's environment by default.
            unset: Where given, a variable that is not set is added here, and something stands in for it:
                to look at a configuration where its secrets are not.

        Returns:
            The configuration, with all paths made absolute.

        Raises:
            ConfigurationError: All faults, with file and line, key path, what is wrong and the cure.
        """
        path = Path(path)
        return load_toml(path, cls, environment, unset=unset).relative_to(path.parent)

    @classmethod
    def from_dict(cls, given: dict[str, Any]) -> BridgeConfig:
        """Check a configuration that comes from elsewhere than a file.

        Args:
            given: The same tree as in the file.

        Returns:
            The configuration.

        Raises:
            ConfigurationError: All faults.
        """
        return validate_settings(given, cls)

    def relative_to(self, folder: Path) -> BridgeConfig:
        """Take the paths of journal and devices as relative to a folder.

        Args:
            folder: Where the configuration file is.
        """
        journal = self.journal.model_copy(update={"path": (folder / self.journal.path).absolute()})
        devices = self.devices and self.devices.model_copy(update={"file": (folder / self.devices.file).absolute()})
        return self.model_copy(update={"journal": journal, "devices": devices})

    def client_id(self, mqtt: MqttConfig) -> str:
        """Return the stable client id for an MQTT broker.

        Args:
            mqtt: The broker's table.

        Returns:
            The configured one, else one made of the host's name and the journal's path.
        """
        if mqtt.client_id is not None:
            return mqtt.client_id
        return f"citycontext-{self.place}-{mqtt.name}"

    @property
    def place(self) -> str:
        """What tells this bridge from others: the host's name, and the journal's path as a digest."""
        digest = hashlib.sha256(str(self.journal.path.absolute()).encode()).hexdigest()[:8]
        return f"{platform.node() or 'bridge'}-{digest}"

    @property
    def source_names(self) -> list[str]:
        """What the sources are called, MQTT brokers first."""
        return [one.name for one in (*self.mqtt, *self.source)]

    @property
    def needs_journal(self) -> bool:
        """Whether a source keeps too little for messages to wait there."""
        return bool(self.mqtt) or any(not isinstance(one, KafkaConfig) for one in self.source)

    def mqtt_of(self, command: CommandConfig) -> MqttConfig:
        """Return the MQTT broker that a command goes to.

        Args:
            command: The command.
        """
        return next((mqtt for mqtt in self.mqtt if mqtt.name == command.mqtt), self.mqtt[0])

    def notify_address(self, mqtt: MqttConfig) -> str:
        """Return the address of an MQTT broker as the context broker is to notify it, with its credentials.

        Args:
            mqtt: The broker.
        """
        context_broker = self.context_broker
        scheme, _, rest = (context_broker.notify or mqtt.url).partition("://")
        if context_broker.notify_username is None:
            return f"{scheme}://{rest}"
        password = context_broker.notify_password
        secret = "" if password is None else f":{quote(password.get_secret_value(), safe='')}"
        return f"{scheme}://{quote(context_broker.notify_username, safe='')}{secret}@{rest}"

    def routes_of(self, mqtt: MqttConfig) -> tuple[RouteConfig, ...]:
        """Return the routes that read from an MQTT broker.

        Args:
            mqtt: The broker's table.
        """
        return tuple(route for route in self.route if route.source in (None, mqtt.name))
