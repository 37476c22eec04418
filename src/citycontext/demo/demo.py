"""The demo: every part of the chain for real, in one process, on free loopback ports."""

from __future__ import annotations

import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from importlib.resources import as_file, files
from pathlib import Path
from types import TracebackType
from typing import Final

from citycontext.bridge import Bridge, BridgeConfig
from citycontext.broker import LocalBroker, Server
from citycontext.demo.broker_counts import BrokerCounts
from citycontext.demo.feeders import Feeders, publications
from citycontext.demo.mqtt_broker import MqttBroker
from citycontext.demo.readings import Reading, newest_readings
from citycontext.demo.report import DemoCounts, DemoReport
from citycontext.errors import TransportError

__all__ = ["Demo"]

_PATIENCE: Final = 30.0
_LOOK: Final = 0.02
_HISTORY: Final = 2000  # instances of each attribute: a demo may be left running, and its history must not fill memory


class Demo:
    """Sensors, MQTT broker, bridge, context broker and map, at work while the context is open.

    Args:
        seed: What the simulated values are drawn from.
        port: Port of the context broker and its map; 0 takes a free one.
    """

    def __init__(self, *, seed: int = 1, port: int = 0) -> None:
        self._seed = seed
        self._port = port
        self._parts = ExitStack()

    def __enter__(self) -> Demo:
        with self._parts as parts:
            folder = Path(parts.enter_context(tempfile.TemporaryDirectory(prefix="citycontext-demo-")))
            broker = LocalBroker(history_limit=_HISTORY)
            parts.callback(broker.close)
            self._server = parts.enter_context(Server(broker, port=self._port))
            mqtt = MqttBroker()
            mqtt.start()
            parts.callback(mqtt.stop)
            self._bridge = Bridge(_configuration(folder, mqtt.url, self._server.url))
            self._bridge.start()
            parts.callback(self._bridge.stop)
            # A message that is published before the bridge has subscribed is for no one.
            if not self._bridge.wait_connected(_PATIENCE):
                raise TransportError(f"the bridge does not reach the demo's MQTT broker: {self._bridge.troubles}")
            self._broker_counts = BrokerCounts(self._server.url, history_limit=_HISTORY)
            parts.callback(self._broker_counts.close)
            messages = publications(self._seed, datetime.now(UTC))
            self._feeders = Feeders(messages, host=mqtt.host, port=mqtt.port)
            self._feeders.start()
            self._started = time.monotonic()
            parts.callback(self._feeders.stop)
            self._parts = parts.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._parts.close()

    @property
    def map_url(self) -> str:
        """Address of the map."""
        return f"{self._server.url}/"

    @property
    def api_url(self) -> str:
        """Address of the context broker's API."""
        return f"{self._server.url}/ngsi-ld/v1"

    def counts(self) -> DemoCounts:
        """Say how far the messages are, by the word of the feeders and the bridge."""
        counts = self._bridge.counts
        return DemoCounts(self._feeders.published, counts.received, counts.delivered, counts.dead)

    def readings(self) -> list[Reading]:
        """Return the newest value of each entity, as the context broker holds it."""
        return newest_readings(self._broker_counts.entities())

    def finish(self) -> DemoReport:
        """Publish no more, wait until every message has arrived somewhere, and ask the context broker what it holds.

        Raises:
            TransportError: The MQTT broker did not confirm what was published, or the context broker does not answer.
        """
        self._feeders.stop()
        patience = time.monotonic() + _PATIENCE
        while self.counts().under_way and time.monotonic() < patience:
            time.sleep(_LOOK)
        seconds = time.monotonic() - self._started
        counts = self.counts()
        entities, updates = self._broker_counts.entities(), self._broker_counts.updates()
        return DemoReport(
            published=counts.published,
            received=counts.received,
            delivered=counts.delivered if updates is None else updates,
            dead_letters=counts.dead_letters,
            entities=len(entities),
            entity_types=tuple(sorted({entity["type"] for entity in entities})),
            seconds=seconds,
        )


def _configuration(folder: Path, mqtt_url: str, broker_url: str) -> BridgeConfig:
    """Read the configuration as a user's would be; only the journal is put aside, for it is not to be kept."""
    with as_file(files("citycontext.demo").joinpath("bridge.toml")) as file:
        config = BridgeConfig.load(file, {"MQTT_URL": mqtt_url, "CONTEXT_BROKER_URL": broker_url})
    journal = config.journal.model_copy(update={"path": folder / "journal.db"})
    return config.model_copy(update={"journal": journal})
