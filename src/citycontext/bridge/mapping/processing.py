"""From kept messages to updates: find the routes, decode, map. One thread; nothing a message holds can stop it."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

from citycontext.bridge.codecs import OPTIONS_OF_NEW_FILES, AskingCodec, Codec, OtherKind, load_codec
from citycontext.bridge.codecs.aside import Aside
from citycontext.bridge.codecs.compressed import CompressedCodec
from citycontext.bridge.codecs.memory import CodecMemory
from citycontext.bridge.config.bridge import BridgeConfig, Late
from citycontext.bridge.config.routes import Mode, RouteConfig
from citycontext.bridge.delivery.entity_queues import EntityQueues, Ticket, Update
from citycontext.bridge.inboxes import Inboxes
from citycontext.bridge.journal.journal import Refusal
from citycontext.bridge.mapping.devices import DeviceRegistry
from citycontext.bridge.mapping.duplicates import Duplicates
from citycontext.bridge.mapping.euis import read_eui_64
from citycontext.bridge.mapping.last_known import LastKnown
from citycontext.bridge.mapping.left_out import LeftOut, LeftOutCounts
from citycontext.bridge.mapping.mapping import RouteMapping, Wire
from citycontext.bridge.mapping.newest import NewestTimes, ReadTimes
from citycontext.bridge.message import Message
from citycontext.bridge.operations.heard import Heard
from citycontext.bridge.sources.known_topics import KnownTopics
from citycontext.bridge.sources.topic_tree import TopicTree
from citycontext.bridge.sources.topics import TopicPattern
from citycontext.errors import BridgeError, ConfigurationError, MappingError

__all__ = ["Failure", "MessageRouter", "Processing", "Route", "RouteCounts"]

logger: logging.Logger = logging.getLogger(__name__)

Publish: TypeAlias = Callable[[str, str, bytes], None]

_AT_ONCE: Final = 200
_TAKE_TIMEOUT: Final = 0.2
_AFTER_FAILURE: Final = 1.0


@dataclass(slots=True)
class RouteCounts:
    """What a route did since the start.

    Args:
        messages: Messages that came on its topics.
        updates: Updates of entities that it made of them.
        refused: Messages it could not read or map.
        repeated: Messages (or documents in them) let go because they came before (``dedup``).
        last: When the last message came, seconds since 1970.
        heard: Of whom, and how much in each minute.
    """

    messages: int = 0
    updates: int = 0
    refused: int = 0
    repeated: int = 0
    last: float = 0.0
    heard: Heard = field(default_factory=Heard)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a route could do nothing with a message.

    Args:
        stage: Whether reading or mapping failed.
        reason: In words for a person.
        attribute: The attribute at fault, where it is one.
        is_other_kind: Whether the message is whole and of another kind than the route's codec reads.
    """

    stage: Literal["codec", "mapping"]
    reason: str
    attribute: str = ""
    is_other_kind: bool = False


@dataclass(slots=True)
class Route:
    """A route, ready to work.

    Args:
        config: What it says.
        codec: Reads its payloads.
        mapping: Makes entities of them.
        patterns: Its topics.
        duplicates: What it has seen, where it looks for repetitions.
        counts: What it did.
        left_out: What it left out because it was wrong.
    """

    config: RouteConfig
    codec: Codec
    mapping: RouteMapping
    patterns: tuple[TopicPattern, ...]
    duplicates: Duplicates | None = None
    counts: RouteCounts = field(default_factory=RouteCounts)
    left_out: LeftOutCounts = field(default_factory=LeftOutCounts)
    _tenants: list[str | None] = field(default_factory=list)

    def left_out_of(self, message: Message) -> list[LeftOut]:
        """Return, and count, the values left out of the message worked on last.

        Args:
            message: The message.
        """
        found = self.mapping.left_out.copy()
        if found:
            self.mapping.left_out.clear()
            self.left_out.add(message, found)
        return found

    @property
    def tenants(self) -> list[str | None]:
        """The tenants of the entities made last, one for each, where topic or message tell them."""
        return self._tenants

    def work(self, message: Message, captures: Mapping[str, str]) -> list[Wire] | Failure:
        """Read and map a message.

        Args:
            message: The message.
            captures: What the topic's pattern captured.

        Returns:
            The entities to write, or the reason why not.
        """
        stage: Literal["codec", "mapping"] = "codec"
        mapping = self.mapping
        mapping.left_out.clear()
        self._tenants.clear()
        try:
            entities: list[Wire] = []
            keys = []
            duplicates = self.duplicates
            about = _about(message) if mapping.shows_message else None
            retained = self.config.retained if message.retained else "accept"
            for document in self.codec.decode(message.payload, message.topic):
                if retained == "ignore":
                    # The codec has seen it: it may announce what others mean.
                    continue
                stage = "mapping"
                is_aside = type(document) is Aside
                if is_aside:
                    document = dict(document)
                if (
                    duplicates is not None
                    and (key := duplicates.key(document, message.claim, message.properties)) is not None
                ):
                    if duplicates.has_seen(key, message.arrived):
                        self.counts.repeated += 1
                        stage = "codec"
                        continue
                    keys.append(key)
                made = mapping.map(
                    document,
                    captures,
                    message.arrived,
                    message.claim,
                    message=about,
                    is_aside=is_aside,
                    only_timed=retained == "timed",
                )
                if mapping.has_dynamic_tenant and made:
                    self._tenants += [mapping.tenant(document, captures)] * len(made)
                entities += made
                stage = "codec"
            # Only now: what became a dead letter must not make a good repetition of it look superfluous.
            for key in keys:
                duplicates.add(key, message.arrived)  # type: ignore[union-attr]
            return entities
        except MappingError as error:
            return Failure(stage, error.message, error.attribute)
        except OtherKind as error:
            return Failure(stage, str(error), is_other_kind=True)
        except BridgeError as error:
            return Failure(stage, str(error))
        except Exception as error:
            # A codec of somebody else may raise anything; the message is put aside, the others go on.
            return Failure(stage, f"{type(error).__name__}: {error}"[:500])


class MessageRouter:
    """Finds the routes of a topic.

    Args:
        config: The bridge's configuration.
        folder: Where codecs of the user are looked for: the folder of the configuration file.
        before: The router that this one takes the place of: counts, repetitions and last known states go on, for
            routes of the same name.

    Raises:
        ConfigurationError: A codec or a unit is not known.
    """

    def __init__(
        self, config: BridgeConfig, folder: Path | None = None, *, before: MessageRouter | None = None
    ) -> None:
        devices = None if config.devices is None else DeviceRegistry.load(config.devices.file, config.devices.key)
        last_known = LastKnown() if before is None else before.last_known
        self.last_known: Final[LastKnown] = last_known
        """What entities' messages said before, for routes with ``overlay``."""
        self.routes: Final = [
            Route(
                route,
                _codec(route, folder, config.ids),
                RouteMapping(route, config.clock, devices, last_known, config.ids),
                route.patterns,
                None if route.dedup is None else Duplicates(route.dedup),
            )
            for route in config.route
        ]
        if before is not None:
            self._go_on(before)
        self._ids: Final = config.ids
        self._known: KnownTopics[Route] = KnownTopics()
        self._tree: TopicTree[tuple[int, int]] = TopicTree()
        for number, route in enumerate(self.routes):
            for place, pattern in enumerate(route.patterns):
                self._tree.put(pattern, (number, place))

    def _go_on(self, before: MessageRouter) -> None:
        known = {route.config.name: route for route in before.routes}
        for route in self.routes:
            old = known.get(route.config.name)
            if old is not None:
                route.counts = old.counts
                route.left_out = old.left_out
                if old.config.codec == route.config.codec and ":" not in route.config.codec.name:
                    # It may know what was announced once: aliases, units.
                    route.codec = old.codec
                if old.config.dedup == route.config.dedup:
                    route.duplicates = old.duplicates

    def find(self, topic: str, source: str) -> list[tuple[Route, Mapping[str, str]]]:
        """Find the routes of a topic.

        Args:
            topic: The topic of a message.
            source: The MQTT broker it came from.

        Returns:
            The routes that take it, each with what its pattern captured.
        """
        found = self._known.find(source, topic)
        if found is None:
            found = self._search(topic, source)
            self._known.keep(source, topic, found)
        return found

    def work(self, message: Message, source: str) -> list[tuple[Route, list[Wire] | Failure]]:
        """Read and map a message by all routes that take it.

        What a route cannot read because it is of another kind is nothing to it where another route takes the message.
        Where none does, and where several cannot read it for one reason, it is one failure, not one for each route.

        Args:
            message: The message.
            source: The MQTT broker or other source it came from.

        Returns:
            The routes, each with the entities to write, or the reason why not.
        """
        made = [(route, route.work(message, captures)) for route, captures in self.find(message.topic, source)]
        return made if len(made) < 2 else _one_failure(made)

    def _search(self, topic: str, source: str) -> list[tuple[Route, Mapping[str, str]]]:
        found: list[tuple[Route, Mapping[str, str]]] = []
        last = -1
        for number, place in sorted(self._tree.of_topic(topic)):
            route = self.routes[number]
            if number == last or route.config.source not in (None, source):
                continue
            captures = route.patterns[place].match(topic)
            if captures is not None:
                if self._ids > 1:
                    captures = {name: read_eui_64(text) or text for name, text in captures.items()}
                found.append((route, captures))
                last = number
        return found


def _one_failure(made: list[tuple[Route, list[Wire] | Failure]]) -> list[tuple[Route, list[Wire] | Failure]]:
    is_taken = any(not isinstance(result, Failure) for _, result in made)
    seen: set[str] = set()
    settled: list[tuple[Route, list[Wire] | Failure]] = []
    for route, result in made:
        if isinstance(result, Failure) and result.stage == "codec":
            reason = "" if result.is_other_kind else result.reason
            if (result.is_other_kind and is_taken) or reason in seen:
                settled.append((route, []))
                continue
            seen.add(reason)
        settled.append((route, result))
    return settled


def _unusable(message: Message) -> str:
    if not message.intact:
        return "the disk did not keep it well: its checksum is wrong"
    return f"the payload has {message.cut_from:,} bytes; at most {len(message.payload):,} are taken (mqtt.max_payload)"


def _about(message: Message) -> dict[str, Any]:
    """Return what came beside the payload."""
    return {
        "topic": message.topic,
        "qos": message.qos,
        "retained": message.retained,
        "properties": dict(message.properties),
    }


def _codec(route: RouteConfig, folder: Path | None, ids: int) -> Codec:
    config = route.codec
    options = config.options if ids == 1 else OPTIONS_OF_NEW_FILES.get(config.name, {}) | config.options
    try:
        codec = load_codec(config.name, options, folder=folder)
    except ConfigurationError as error:
        raise ConfigurationError(error.message, key=f'route "{route.name}".codec', cure=error.cure) from None
    return codec if config.compression is None else CompressedCodec(codec, config.compression, config.unpacked_size)


class Processing:
    """The thread that turns messages into updates.

    Args:
        router: The routes.
        inbox: Where messages come from.
        queues: Where updates go.
        late: What happens to an attribute older than one already on its way; ``None`` for what the context broker
            allows.
        mode: Whether updates go to the entities, to their history or to both, where a route does not say.
        publish: Publishes what a codec asks for, to an MQTT broker by name.
        keeps_history: Returns whether the context broker keeps history; asked at the first late attribute, where
            ``late`` does not say. May wait.
        read_times: Reads the newest times that were delivered before a restart.
        memory: Keeps what codecs learnt over a restart.
    """

    def __init__(
        self,
        router: MessageRouter,
        inbox: Inboxes,
        queues: EntityQueues,
        late: Late | None,
        mode: Mode = "entities",
        publish: Publish = lambda source, topic, payload: None,
        keeps_history: Callable[[], bool] = lambda: False,
        read_times: ReadTimes = lambda tenant, entity: {},
        memory: CodecMemory | None = None,
    ) -> None:
        self.router = router
        self._memory = memory
        if memory is not None:
            memory.restore(router.routes)
        self._inbox = inbox
        self._queues = queues
        self._newest = None if late == "pass" else NewestTimes(read_times)
        self._late: Late | None = late
        self._keeps_history = keeps_history
        self._mode: Final = mode
        self._publish = publish
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="citycontext-mapping", daemon=True)
        self._settle: Callable[[Sequence[Message], Sequence[Refusal]], None] = inbox.settle
        self.unrouted: int = 0
        """Messages that no route wanted."""
        self.late: int = 0
        """Updates left out, or sent to the history only, because a newer one was on its way."""
        self.worked: int = 0
        """Messages worked on: their updates are in the queues."""

    @property
    def is_alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread; what it has not taken stays in the journal."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                messages = self._inbox.take(_AT_ONCE, _TAKE_TIMEOUT)
            except sqlite3.Error as error:
                # The disk fails to be read just now; what it holds stays there.
                logger.error("The journal cannot be read back: %s; trying again.", error)
                self._stopping.wait(_AFTER_FAILURE)
                continue
            if messages:
                self._work(messages)
                self.worked += len(messages)

    def _work(self, messages: list[Message]) -> None:
        updates: list[Update] = []
        done: list[Message] = []
        refusals: list[Refusal] = []
        for message in messages:
            ticket = Ticket(message)
            is_usable = message.intact and not message.cut_from
            if not is_usable:
                ticket.refusals.append(Refusal(message, "journal", _unusable(message)))
            results = self.router.work(message, message.source) if is_usable else []
            if not results and not self.router.find(message.topic, message.source):
                self.unrouted += 1
            for route, result in results:
                counts = route.counts
                counts.messages += 1
                counts.last = message.arrived
                counts.heard.message(message.arrived)
                name = route.config.name
                if isinstance(result, Failure):
                    counts.refused += 1
                    ticket.refusals.append(
                        Refusal(message, result.stage, result.reason, name, attribute=result.attribute)
                    )
                    if isinstance(route.codec, AskingCodec):
                        for topic, payload in route.codec.requests():
                            self._publish(message.source, topic, payload)
                    continue
                if route.mapping.left_out:
                    route.left_out_of(message)
                tenant, tenants = route.config.tenant, route.tenants
                mode = route.config.mode or self._mode
                for number, wire in enumerate(result):
                    counts.heard.entity(wire["id"], message.arrived)
                    if tenants:
                        tenant = tenants[number]
                    if mode != "entities":
                        ticket.open += 1
                        updates.append(Update(tenant, wire, name, [ticket], is_history=True))
                        if mode == "temporal":
                            counts.updates += 1
                            continue
                        # Both are kept in memory for a while; what is late is taken out of one of them.
                        wire = dict(wire)
                    if self._newest is not None and (old := self._newest.take_out_old(tenant, wire, message.claim)):
                        late = self._what_becomes_of_late()
                        if late == "pass":
                            wire |= old
                        else:
                            self.late += 1
                        # With "both", the history has it already.
                        if late == "temporal" and mode == "entities":
                            ticket.open += 1
                            history = {"id": wire["id"], "type": wire["type"]} | old
                            updates.append(Update(tenant, history, name, [ticket], is_history=True))
                        if not _says_when(wire):
                            continue
                    if self._newest is not None and message.claim is None:
                        ticket.keep_times(tenant, wire["id"], self._newest.current)
                    counts.updates += 1
                    ticket.open += 1
                    updates.append(Update(tenant, wire, name, [ticket]))
            if not ticket.open:
                if ticket.refusals:
                    refusals += ticket.refusals
                else:
                    done.append(message)
        if self._memory is not None:
            # Before a message is let go from which a codec learnt something.
            self._memory.save(self.router.routes)
        if done or refusals:
            self._settle(done, refusals)
        if updates:
            self._queues.put(updates)

    def _what_becomes_of_late(self) -> Late:
        if self._late is None:
            if self._keeps_history():
                self._late = "temporal"
                logger.info("Values older than those already sent go to the history only (delivery.late).")
            else:
                self._late, self._newest = "pass", None
                logger.warning(
                    "The context broker keeps no history, so values older than those sent before overwrite newer ones; "
                    'delivery.late = "drop" leaves them out, and "pass" says that this is meant.'
                )
        return self._late


def _says_when(wire: Wire) -> bool:
    return any(type(attribute) is dict and "observedAt" in attribute for attribute in wire.values())
