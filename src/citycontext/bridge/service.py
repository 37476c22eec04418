"""The bridge as a whole: put together, started, watched and stopped.

The states of a message, who moves it to the next, and what a kill at that moment does to it:

===========  =======================================  ==================================  ==============================
state        where it is                              who moves it on                     after a kill
===========  =======================================  ==================================  ==============================
offered      memory: read, not acknowledged           ``JournalInbox`` writes it to the   the MQTT broker sends it again
                                                      journal                             (QoS 1 and 2)
kept         journal                                  ``JournalInbox`` acknowledges it    read back from the journal;
                                                      and makes it ready; while too many  sent once more by MQTT where
                                                      are, it is read back later          the acknowledgement was lost
taken        journal; memory of ``Processing``        ``Processing``: unwanted → settled  read back, worked on again
                                                      ; a fault of its own → refused;
                                                      updates with a ticket → waiting
waiting      journal; its updates in                  ``Delivery`` takes the oldest of    read back, worked on again
             ``EntityQueues``                         each entity's queue
in delivery  journal; the entity's queue is held      ``Delivery``: taken → settled; to   read back, delivered again:
                                                      blame, with evidence → refused;     harmless, an upsert repeats
                                                      otherwise → waiting, first of its   itself
                                                      queue, after a pause
settled      journal, and a queue in memory           ``JournalInbox`` strikes it out     read back, delivered again
refused      journal, and a queue in memory           ``JournalInbox`` moves it to the    read back, refused again
                                                      dead letters, in one transaction
dead letter  journal, table ``dead_letter``           a person: ``retry`` puts it back    stays
                                                      among the kept; ``drop``, and the
                                                      limits of ``[dead_letters]``
===========  =======================================  ==================================  ==============================
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from citycontext.bridge.claim import Mark
from citycontext.bridge.codecs.memory import CodecMemory
from citycontext.bridge.commands.station import CommandStation, station_client_id
from citycontext.bridge.config.bridge import BridgeConfig
from citycontext.bridge.config.sources import KafkaConfig
from citycontext.bridge.delivery.context_broker import ContextBroker
from citycontext.bridge.delivery.correlation import correlation_of
from citycontext.bridge.delivery.delivery import Delivery, Writer
from citycontext.bridge.delivery.entity_queues import EntityQueues, Ticket
from citycontext.bridge.delivery.history_probe import HistoryProbe
from citycontext.bridge.delivery.model_contexts import named_contexts
from citycontext.bridge.inboxes import Inboxes
from citycontext.bridge.journal.inbox import JournalInbox
from citycontext.bridge.journal.journal import Journal
from citycontext.bridge.journal.newest_times import StoredTimes
from citycontext.bridge.journal.private_files import JournalLock
from citycontext.bridge.journal.put_aside import PutAside
from citycontext.bridge.mapping.processing import MessageRouter, Processing
from citycontext.bridge.operations.admin import Admin
from citycontext.bridge.operations.parts import journal_contents, route_status, source_status
from citycontext.bridge.operations.process import listening, notify, patient_garbage_collection
from citycontext.bridge.operations.recent import RecentErrors
from citycontext.bridge.operations.status import BridgeStatus, CommandCounts, Counts
from citycontext.bridge.sources.dead_letter_stores import DeadLetterStore, dead_letter_store
from citycontext.bridge.sources.direct_inbox import DirectInbox
from citycontext.bridge.sources.kafka_dead_letters import KafkaDeadLetters
from citycontext.bridge.sources.registry import Sources
from citycontext.bridge.sources.source import is_unreached
from citycontext.bridge.sources.subscriptions import forget, remember, wanted_subscriptions
from citycontext.configuration.masking import masked
from citycontext.errors import ConfigurationError

__all__ = ["Bridge", "Counts"]

logger: logging.Logger = logging.getLogger(__name__)

_AFTER_RESTART: Final = (
    "mqtt",
    "source",
    "context_broker",
    "command",
    "journal",
    "dead_letters",
    "delivery",
    "admin",
    "log",
)
_LOOK_AT_FILE: Final = 1.0


class Bridge:
    """Sensor messages in, NGSI-LD updates out.

    Nothing is opened before ``start``. A bridge is started once.

    Args:
        config: What to do.
        folder: Where codecs of the user are looked for: the folder of the configuration file.
        writer: Writes to the context broker in place of the client, e.g. in tests.

    Raises:
        ConfigurationError: A codec or a unit is not known.

    Examples:
        >>> bridge = Bridge(BridgeConfig.load("bridge.toml"))  # doctest: +SKIP
        >>> bridge.run()  # doctest: +SKIP
    """

    def __init__(self, config: BridgeConfig, *, folder: Path | None = None, writer: Writer | None = None) -> None:
        self.config: BridgeConfig = config
        self._folder = folder
        self._router = MessageRouter(config, folder)
        self._sources = Sources()
        self._context_broker = ContextBroker(config.context_broker, named_contexts(config))
        self._writer: Writer = writer or self._context_broker
        self._stations: list[CommandStation] = []
        self._stop_asked = threading.Event()
        self._reload_asked = threading.Event()
        self._journal: Journal | None = None
        self._admin: Admin | None = None
        self._started = 0.0
        self._recent = RecentErrors()
        self._file_trouble: str | None = None

    # -- life ---------------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Open the journal and start the threads; returns at once, connected or not.

        Raises:
            JournalError: The journal cannot be opened.
            ConfigurationError: The address of the admin pages cannot be listened on, or certificates cannot be used.
        """
        config = self.config
        self._started = time.time()
        self._recent.start()
        with contextlib.ExitStack() as opened:
            opened.callback(self._recent.stop)
            if config.admin is not None:
                self._admin = Admin(config.admin, self)
                opened.callback(self._admin.stop)
            if config.needs_journal:
                self._lock = JournalLock(config.journal.path)
                opened.callback(self._lock.release)
                self._journal = Journal(config.journal.path, config.journal.durability, config.dead_letters)
                opened.callback(self._journal.close)
            self._context_broker.open()
            self._build(self._journal, opened)
            # From here on, stop() closes all of it.
            opened.pop_all()
        self._inbox.start()
        if config.delivery.late is None:
            self._history.start()
        self._processing.start()
        self._delivery.start()
        for source in self._sources.all.values():
            source.start()
        for station in self._stations:
            station.start()
        if self._admin is not None:
            self._admin.start()

    def _build(self, journal: Journal | None, opened: contextlib.ExitStack) -> None:
        config = self.config
        own = self._writer is self._context_broker
        self._history = HistoryProbe(self._context_broker.keeps_history if own else lambda: False)
        self._times = None if journal is None else StoredTimes(journal)
        self._queues = EntityQueues(config.delivery.max_waiting, fold=config.delivery.history == "latest")
        keepers = {one.name: KafkaDeadLetters(one) for one in config.source if isinstance(one, KafkaConfig)}
        for letters in keepers.values():
            opened.callback(letters.close)
        self._inbox = Inboxes(
            None if journal is None else JournalInbox(journal, config.journal, self._acknowledge),
            DirectInbox(self._queues, self._acknowledge, {**keepers}) if keepers else None,
        )
        self._processing = Processing(
            self._router,
            self._inbox,
            self._queues,
            config.delivery.late,
            config.delivery.mode,
            self._publish,
            self._history.wait,
            self._times or (lambda tenant, entity: {}),
            None if journal is None else CodecMemory(journal.path.with_name(f"{journal.path.name}.codecs")),
        )
        correlate = None
        if config.context_broker.correlation_header is not None:
            correlate = correlation_of(config.place, {mqtt.name: mqtt.correlation_property for mqtt in config.mqtt})
        self._delivery = Delivery(
            self._queues,
            self._writer,
            config.delivery,
            self._settle,
            correlate,
            dict if journal is None else PutAside(config.journal.path),
            config.context_broker.timeout,
        )
        self._sources.build(config, self._inbox, journal, opened)
        self._stations = [*self._command_stations()]

    def stop(self, timeout: float = 10.0) -> bool:
        """Stop reading, deliver what is there as far as time allows, and close everything.

        Args:
            timeout: Longest wait for the delivery, seconds; what is not delivered by then stays in the journal.

        Returns:
            Whether all that was read was delivered or put aside.
        """
        deadline = time.monotonic() + timeout
        if self._admin is not None:
            self._admin.stop()
        for station in self._stations:
            station.stop()
        for source in self._sources.all.values():
            source.pause()
        is_drained = self._drain(deadline)
        for source in self._sources.all.values():
            source.stop(max(0.0, deadline - time.monotonic()))
        self._delivery.stop()
        self._history.stop()
        self._processing.stop()
        if self._times is not None:
            self._times.close()
        self._inbox.close()
        for name, topics in self._sources.stale.items():
            if topics and self._sources.all[name].state().connections:
                forget(self.config.journal.path, name, topics)
        if self._journal is not None:
            self._journal.close()
            self._lock.release()
        self._context_broker.close()
        self._recent.stop()
        return is_drained

    def reload(self, config: BridgeConfig) -> list[str]:
        """Take over the routes, devices and clock of another configuration, all of it or nothing.

        Args:
            config: The new configuration.

        Returns:
            Tables that changed but take effect only after a restart.

        Raises:
            ConfigurationError: A codec, unit or table of devices is wrong; the old configuration goes on.
        """
        router = MessageRouter(config, self._folder, before=self._processing.router)
        later = [name for name in _AFTER_RESTART if getattr(config, name) != getattr(self.config, name)]
        kept = {name: getattr(self.config, name) for name in _AFTER_RESTART}
        self.config = config.model_copy(update=kept)
        self._processing.router = router
        for mqtt in self.config.mqtt:
            wanted = wanted_subscriptions(self.config, mqtt)
            stale = remember(self.config.journal.path, mqtt.name, wanted) if mqtt.durable else set()
            self._sources.stale[mqtt.name] = stale
            self._sources.subscribing[mqtt.name].resubscribe(wanted, stale)
        return later

    def run(self, *, require_connection: bool = False, drain: float = 10.0, reload_from: Path | None = None) -> None:
        """Run until SIGTERM or SIGINT (or ``ask_to_stop``), then drain and return.

        A daemon waits for its brokers: an MQTT broker that is away is tried until it comes, and messages wait in the
        journal while the context broker is away; both are told by one log line.

        Args:
            require_connection: Whether a first connection to MQTT that fails is an error, as for a person who has just
                typed the command.
            drain: Longest wait for the delivery at the end, seconds.
            reload_from: The configuration file: read again at SIGHUP and when it changes. A file with a fault is
                logged and the old configuration goes on.

        Raises:
            ConfigurationError: With ``require_connection``: an MQTT broker cannot be reached or refuses us.
            JournalError: The journal cannot be opened.
        """
        # Before anything else: a change during a slow start must not pass unseen.
        as_read = _modified(reload_from)
        self.start()
        try:
            with listening(self._stop_asked, self._reload_asked), patient_garbage_collection():
                if require_connection:
                    self._require_connections()
                notify("READY=1")
                self._wait_and_reload(reload_from, as_read)
        finally:
            notify("STOPPING=1")
            is_drained = self.stop(drain)
            if is_drained and self._stop_asked.is_set():
                logger.info("Stopped: all that was read is delivered or put aside.")
            elif not is_drained:
                logger.warning("Stopped: what was not delivered within %g s stays in the journal.", drain)

    def ask_to_stop(self) -> None:
        """Make ``run`` end; from any thread."""
        self._stop_asked.set()

    def wait_connected(self, timeout: float = 10.0) -> bool:
        """Wait until all MQTT brokers are connected and have accepted the subscriptions, and commands can come.

        Args:
            timeout: Longest wait, seconds.

        Returns:
            Whether they are.
        """
        deadline = time.monotonic() + timeout
        waits = [source.wait_connected for source in self._sources.all.values()]
        waits += [station.wait_ready for station in self._stations]
        return all(wait(max(0.0, deadline - time.monotonic())) for wait in waits)

    # -- what there is to see -----------------------------------------------------------------------------------------

    @property
    def counts(self) -> Counts:
        """What the bridge did so far."""
        journal = self._journal
        delivery = self._delivery.counts
        return Counts(
            received=self._inbox.received,
            journalled=self._inbox.journalled,
            delivered=delivery.delivered,
            dead=self._inbox.dead,
            dropped=self._inbox.dropped,
            dead_dropped=0 if journal is None else journal.dead_dropped,
            late=self._processing.late,
            unrouted=self._processing.unrouted,
            retried=delivery.retried,
            requests=delivery.requests,
            waiting=self._inbox.waiting,
            left_out=sum(route.left_out.total for route in self._processing.router.routes),
        )

    @property
    def troubles(self) -> list[str]:
        """What is wrong right now, in words for a person; nothing if all is well."""
        found = [source.state().trouble for source in self._sources.all.values()]
        found += [station.trouble for station in self._stations]
        inbox = self._inbox
        refusal = self._delivery.trouble
        found += [*inbox.troubles, self._file_trouble]
        found.append(None if refusal is None else f"the context broker takes no updates: {refusal}")
        return [one for one in found if one is not None]

    @property
    def is_alive(self) -> bool:
        """Whether all threads run."""
        return (
            self._inbox.is_alive
            and self._processing.is_alive
            and self._delivery.is_alive
            and all(source.is_alive for source in self._sources.all.values())
            and all(station.is_alive for station in self._stations)
        )

    @property
    def is_ready(self) -> bool:
        """Whether messages can be taken: sources are connected, the journal can be written, and its disk has room."""
        return self._inbox.is_writable and all(source.state().is_connected for source in self._sources.all.values())

    @property
    def admin_url(self) -> str | None:
        """Address of the status page, if there is one."""
        return None if self._admin is None else self._admin.url

    def status(self) -> BridgeStatus:
        """Everything there is to see, as plain data.

        Returns:
            The state at this moment.
        """
        now = time.time()
        journal = self._journal
        states = {name: source.state() for name, source in self._sources.all.items()}
        dead, oldest = ([], None) if journal is None else journal_contents(journal)
        waiting_since = [
            *(
                one.waiting_since
                for state in states.values()
                for one in state.partitions
                if one.waiting_since is not None
            ),
            *([] if oldest is None else [oldest]),
        ]
        return BridgeStatus(
            started=self._started,
            now=now,
            counts=self.counts,
            troubles=list(map(masked, self.troubles)),
            sources=[source_status(name, self._sources.all[name].address, state) for name, state in states.items()],
            context_broker=masked(self.config.context_broker.url),
            routes=list(map(route_status, self._processing.router.routes)),
            journal_bytes=0 if journal is None else journal.bytes,
            journal_limit=self.config.journal.max_size,
            lag=max(0.0, now - min(waiting_since)) if waiting_since else 0.0,
            dead_letters=dead,
            batch_sizes=tuple(self._delivery.counts.batch_sizes),
            sent=self._delivery.counts.sent,
            commands=sum((station.counts for station in self._stations), CommandCounts()),
            recent=self._recent.newest,
            restored_subscriptions=sum(station.restored for station in self._stations),
            is_delivering=self._delivery.trouble is None,
        )

    def dead_letters(self) -> DeadLetterStore:
        """Open the messages that were refused; use it in ``with``."""
        return dead_letter_store(self.config)

    @property
    def is_drained(self) -> bool:
        """Whether every message received is delivered, dead or unwanted."""
        inbox = self._inbox
        return inbox.is_drained and inbox.taken == self._processing.worked and not self._queues.waiting

    # -- inside -------------------------------------------------------------------------------------------------------

    def _publish(self, source: str, topic: str, payload: bytes) -> None:
        if (asked := self._sources.publishing.get(source)) is not None:
            asked.publish(topic, payload, qos=0)

    def _acknowledge(self, source: str, marks: list[Mark]) -> None:
        self._sources.all[source].acknowledge(marks)

    def _command_stations(self) -> Iterator[CommandStation]:
        config = self.config
        place = config.place
        for mqtt in config.mqtt:
            address = config.notify_address(mqtt)
            for replay in (False, True):
                # A durable session would bring those back too that are not to be replayed.
                commands = tuple(one for one in config.command if config.mqtt_of(one) is mqtt and one.replay is replay)
                if commands:
                    name = station_client_id(config.client_id(mqtt), durable=replay)
                    yield CommandStation(mqtt, name, commands, self._context_broker, place, address)

    def _settle(self, tickets: list[Ticket]) -> None:
        done = [ticket.message for ticket in tickets if not ticket.refusals]
        refusals = [one for ticket in tickets for one in ticket.refusals]
        newest: dict[tuple[str, str], dict[str, str]] = {}
        for ticket in tickets:
            if ticket.newest and not ticket.refusals:
                newest |= ticket.newest
        self._inbox.settle(done, refusals, newest)

    def _drain(self, deadline: float) -> bool:
        while time.monotonic() < deadline:
            if self.is_drained:
                return True
            time.sleep(0.02)
        return self.is_drained

    def _wait_and_reload(self, path: Path | None, seen: int) -> None:
        while not self._stop_asked.wait(_LOOK_AT_FILE):
            now = _modified(path)
            if path is None or (now == seen and not self._reload_asked.is_set()):
                continue
            seen = now
            self._reload_asked.clear()
            try:
                later = self.reload(BridgeConfig.load(path))
            except ConfigurationError as error:
                faults = "; ".join(str(error).splitlines())
                logger.error("The configuration was not taken over, the old one goes on: %s", faults)
                self._file_trouble = f"the configuration file has a fault, and the one before it goes on: {error}"
            else:
                self._file_trouble = None
                logger.info("The configuration was taken over: %d routes.", len(self.config.route))
                if later:
                    logger.warning("These tables changed but wait for a restart: %s.", ", ".join(later))

    def _require_connections(self) -> None:
        for name, source in self._sources.all.items():
            if not source.wait_first_attempt():
                is_mqtt, trouble = name in self._sources.subscribing, f"{source.state().trouble}."
                cure = f"{'Start the MQTT broker or correct' if is_mqtt else 'Correct'} the address, then try again."
                raise ConfigurationError(
                    trouble,
                    key="mqtt.url" if is_mqtt else f'source "{name}"',
                    cure=cure if not is_mqtt or is_unreached(trouble) else "",
                )


def _modified(path: Path | None) -> int:
    try:
        return 0 if path is None else path.stat().st_mtime_ns
    except OSError:
        # An editor is just replacing the file.
        return 0
