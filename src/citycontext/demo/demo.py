"""The demo: every part of the chain for real, in one process, on free loopback ports."""

from __future__ import annotations

import tempfile
import time
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from importlib.resources import as_file, files
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from citycontext.bridge import Bridge, BridgeConfig
from citycontext.bridge.config.bridge import AdminConfig
from citycontext.bridge.journal.dead_letters import DeadLetter, DeadLetters
from citycontext.broker import Server
from citycontext.demo.broker_counts import BrokerCounts
from citycontext.demo.city_broker import OUTAGE, CityBroker
from citycontext.demo.feeders import Feeders, publications
from citycontext.demo.mqtt_broker import MqttBroker
from citycontext.demo.park_and_ride import PAUSE, SPEED, ZONE, lap_of, load_recording
from citycontext.demo.readings import Reading, headline, newest_readings
from citycontext.demo.report import DemoCounts, DemoReport
from citycontext.demo.sensor_register import register_sensors
from citycontext.errors import TransportError, UnreadableResponse
from citycontext.foreign_text import printable

__all__ = ["Demo"]

_PATIENCE: Final = 30.0
_LOOK: Final = 0.02
_SHOWN: Final = 120
_HISTORY: Final = 2000  # instances of each attribute: a demo may be left running, and its history must not fill memory


class Demo:
    """Sensors, MQTT broker, bridge, context broker and map, at work while the context is open.

    Args:
        seed: What the simulated values are drawn from.
        port: Port of the context broker and its map; 0 takes a free one.
        basemap: A file of map tiles (PMTiles) to lay under the map.
    """

    def __init__(self, *, seed: int = 1, port: int = 0, basemap: Path | None = None) -> None:
        self._seed = seed
        self._basemap = basemap
        self._readings: list[Reading] = []
        self._letter: DeadLetter | None = None
        self._dead_seen = 0
        self._port = port
        self._parts = ExitStack()

    def __enter__(self) -> Demo:
        with self._parts as parts:
            folder = Path(parts.enter_context(tempfile.TemporaryDirectory(prefix="citycontext-demo-")))
            self._journal = folder / "journal.db"
            self._broker = CityBroker(
                history_limit=_HISTORY, settings=_settings(datetime.now(UTC)), state=self.state, basemap=self._basemap
            )
            parts.callback(self._broker.close)
            self._server = parts.enter_context(Server(self._broker, port=self._port))
            register_sensors(self._server.url)
            mqtt = MqttBroker()
            mqtt.start()
            parts.callback(mqtt.stop)
            self._bridge = Bridge(_configuration(self._journal, mqtt.url, self._server.url))
            self._bridge.start()
            parts.callback(self._bridge.stop)
            # A message that is published before the bridge has subscribed is for no one.
            if not self._bridge.wait_connected(_PATIENCE):
                raise TransportError(f"the bridge does not reach the demo's MQTT broker: {self._bridge.troubles}")
            self._broker_counts = BrokerCounts(self._server.url, history_limit=_HISTORY)
            parts.callback(self._broker_counts.close)
            started = datetime.now(UTC)
            self._broker.page_settings |= _settings(started)
            messages = publications(self._seed, started)
            self._feeders = Feeders(messages, host=mqtt.host, port=mqtt.port)
            self._recording = load_recording()
            self._feeding_since = started
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
        """Return the newest value of each entity, as the context broker holds it; during an outage those before it."""
        if self._broker.outage == 0:
            with suppress(UnreadableResponse):  # stopped since
                self._readings = newest_readings(self._broker_counts.entities())
        return self._readings

    def headline(self) -> str:
        """Return what goes on in the city, in a line."""
        return headline(self._readings)

    @property
    def outage(self) -> float:
        """Seconds until the context broker answers again, 0 while it does."""
        return self._broker.outage

    def break_it(self) -> None:
        """Stop the context broker for ten seconds: what arrives meanwhile waits in the journal."""
        self._broker.stop_for(OUTAGE)

    def mend_it(self) -> None:
        """End an outage at once."""
        self._broker.stop_for(0)

    def broken(self) -> DeadLetter | None:
        """Return the newest message that was refused, None before the first."""
        number = self._bridge.counts.dead
        if number != self._dead_seen:  # to look takes the journal's file, which the bridge writes
            with DeadLetters(self._journal) as letters:
                self._letter = next(iter(letters.newest(1)), None)
            self._dead_seen = number
        return self._letter

    def recorded_time(self) -> datetime:
        """Return the moment of the recorded day that is replayed now."""
        into = (datetime.now(UTC) - self._feeding_since).total_seconds() % lap_of(self._recording)
        first, last = self._recording.observations[0][0], self._recording.observations[-1][0]
        return min(last, first + into * SPEED * timedelta(seconds=1))

    def state(self) -> dict[str, Any]:
        """Return how far the messages are, and the newest one and the newest refused one, for the page."""
        feeders = getattr(self, "_feeders", None)
        if feeders is None:
            return {}
        counts, letter, newest = self._bridge.counts, self.broken(), feeders.newest
        return {
            "published": feeders.published,
            "received": counts.received,
            "waiting": counts.waiting,
            "delivered": counts.delivered,
            "dead": counts.dead,
            "newest": {"topic": newest.topic, "payload": _start(newest.payload)} if newest else {},
            "broken": letter
            and {
                "number": letter.id,
                "topic": letter.message.topic,
                "payload": _start(letter.message.payload),
                "reason": letter.reason,
            },
            "bridge": self._bridge.admin_url,
        }

    def finish(self) -> DemoReport:
        """Publish no more, wait until every message has arrived somewhere, and ask the context broker what it holds.

        Raises:
            TransportError: The MQTT broker did not confirm what was published, or the context broker does not answer.
        """
        self._feeders.stop()
        self.mend_it()
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


def _start(payload: bytes) -> str:
    """Return the first characters of a payload, as text that can be shown."""
    return printable(payload[:_SHOWN].decode(errors="replace"), _SHOWN) + ("…" if len(payload) > _SHOWN else "")


def _settings(started: datetime) -> dict[str, Any]:
    """Return what the page is told when it opens."""
    recording = load_recording()
    first, last = recording.observations[0][0], recording.observations[-1][0]
    return {
        "module": "demo/demo.js",
        "title": {"en": "Gent, replayed: 21 December 2023", "nl": "Gent, herspeeld: 21 december 2023"},
        "schematic": "demo/city.json",
        "hidden": ["Device"],
        "replay": {
            "started": started.isoformat(),
            "first": first.isoformat(),
            "last": last.isoformat(),
            "speed": SPEED,
            "pause": PAUSE,
            "lap": lap_of(recording),
            "zone": ZONE,
        },
    }


def _configuration(journal_path: Path, mqtt_url: str, broker_url: str) -> BridgeConfig:
    """Read the configuration as a user's would be; the journal is put aside, for it is not to be kept."""
    with as_file(files("citycontext.demo").joinpath("bridge.toml")) as file:
        config = BridgeConfig.load(file, {"MQTT_URL": mqtt_url, "CONTEXT_BROKER_URL": broker_url})
    journal = config.journal.model_copy(update={"path": journal_path})
    return config.model_copy(update={"journal": journal, "admin": AdminConfig(port=0)})
