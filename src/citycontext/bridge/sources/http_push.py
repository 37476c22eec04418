"""Webhooks: messages that senders put to a port of ours, answered 2xx only when the journal has them."""

from __future__ import annotations

import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final

import orjson

from citycontext.bridge.claim import Claim, Mark
from citycontext.bridge.config.sources import HttpPushConfig
from citycontext.bridge.message import Message
from citycontext.bridge.sources.push_auth import check_of
from citycontext.bridge.sources.source import Inbox, SourceState
from citycontext.web.listening import listen, url_of
from citycontext.web.media_types import media_type_of
from citycontext.web.request_server import Answer, Exchange, Limits, RequestServer

__all__ = ["HttpPushSource", "PushListener"]

_ROOT: Final = "/in/"
_KEPT: Final = Answer(200)
_PLACES: Final = re.compile(r"\{(path|query\.[^{}]+|header\.[^{}]+)\}")
_RETRY_AFTER: Final = (("retry-after", "5"),)
_LONGEST_TOPIC: Final = 4_096


class PushListener:
    """A port, and the sources that are behind it; each has its part of the paths.

    Args:
        host: Address to listen on.
        port: The port.
        limits: What a client may use.

    Raises:
        ConfigurationError: The port is taken, or the address is not of this machine.
    """

    def __init__(self, host: str, port: int, limits: Limits) -> None:
        listening = listen(host, port, who="the source of webhooks")
        self.url: Final = url_of(host, listening)
        """Where it listens, without a path."""
        self._sources: dict[str, HttpPushSource] = {}
        self._server = RequestServer(listening, self, limits, name="citycontext-http-push")
        self._lock = threading.Lock()
        self._users = 0
        self.refusals: Final[Counter[str]] = Counter()
        """Refusals that no source can be blamed for, by reason."""

    @property
    def is_alive(self) -> bool:
        """Whether its thread runs."""
        return self._server.is_alive

    def add(self, source: HttpPushSource) -> None:
        """Have a source answer for its paths.

        Args:
            source: The source.
        """
        self._sources[source.name] = source

    def start(self) -> None:
        """Start answering, once the first source asks for it."""
        with self._lock:
            self._users += 1
            if self._users == 1:
                self._server.start()

    def stop(self) -> None:
        """Stop answering, once the last source asks for it."""
        with self._lock:
            self._users -= 1
            if self._users <= 0:
                self._server.stop()

    def answer(self, exchanges: list[Exchange]) -> None:
        """Acknowledge to senders that their messages are kept.

        Args:
            exchanges: Their requests.
        """
        self._server.answer(exchanges, _KEPT)

    # -- for the server -----------------------------------------------------------------------------------------------

    def begin(self, exchange: Exchange) -> Answer | None:
        """Look at the head of a request.

        Args:
            exchange: The request.
        """
        source = self._source_of(exchange)
        if source is None:
            return Answer(404, "webhooks go to /in/NAME/…\n", reason="unknown path")
        return source.begin(exchange)

    def complete(self, exchange: Exchange) -> Answer | None:
        """Take a request that has arrived whole.

        Args:
            exchange: The request.
        """
        source = self._source_of(exchange)
        assert source is not None, "begin has let it in"
        answer = source.complete(exchange)
        if answer is not None:
            source.refusals[answer.reason] += 1
        return answer

    def refused(self, exchange: Exchange | None, answer: Answer) -> None:
        """Count a refusal.

        Args:
            exchange: The request, as far as it was read.
            answer: What was answered.
        """
        source = None if exchange is None else self._source_of(exchange)
        (self.refusals if source is None else source.refusals)[answer.reason] += 1

    def _source_of(self, exchange: Exchange) -> HttpPushSource | None:
        if not exchange.path.startswith(_ROOT):
            return None
        return self._sources.get(exchange.path[len(_ROOT) :].partition("/")[0])


class HttpPushSource:
    """The webhooks of one table of the configuration.

    Args:
        config: What it says.
        listener: The port it is behind.
        inbox: Who takes the messages.
        is_held: Returns why no message can be kept right now, if none can.
    """

    def __init__(
        self,
        config: HttpPushConfig,
        listener: PushListener,
        inbox: Inbox,
        is_held: Callable[[], bool] = lambda: False,
    ) -> None:
        self.config: Final = config
        self._listener = listener
        self._inbox = inbox
        self._is_held = is_held
        self._claim: Final = Claim(config.name)
        self._check, self._checks_early = check_of(config.auth)
        self._types: Final = frozenset(one.lower() for one in config.media_types)
        self._kept_headers: Final = {name.lower(): name for name in config.headers}
        self._paused = False
        self._messages = 0
        self.refusals: Final[Counter[str]] = Counter()
        """Refused requests, by reason."""
        listener.add(self)

    @property
    def name(self) -> str:
        """What routes and messages call it."""
        return self.config.name

    @property
    def keeps(self) -> bool:
        """Whether the origin keeps what is not acknowledged; few senders of webhooks try for long."""
        return False

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"{self._listener.url}{_ROOT}{self.name}"

    @property
    def is_alive(self) -> bool:
        """Whether the listener's thread runs."""
        return self._listener.is_alive

    def start(self) -> None:
        """Start answering."""
        self._listener.start()

    def pause(self) -> None:
        """Take no more messages: senders are told to come again."""
        self._paused = True

    def stop(self, grace: float = 0.0) -> None:
        """Stop answering.

        Args:
            grace: Nothing is waited for here: whoever has no answer sends again.
        """
        self._listener.stop()

    def acknowledge(self, marks: Sequence[Mark]) -> None:
        """Answer the requests by which messages came.

        Args:
            marks: Those of messages that the journal has.
        """
        self._listener.answer([mark.position for mark in marks])

    def wait_connected(self, timeout: float) -> bool:
        """Return at once: the port was taken when it was made.

        Args:
            timeout: Makes no difference.
        """
        return self.is_alive

    def wait_first_attempt(self) -> bool:
        """Return at once, for the same reason."""
        return self.is_alive

    def state(self) -> SourceState:
        """Return how it stands."""
        counts = self.refusals + self._listener.refusals
        return SourceState(self.is_alive, 1, None, counts=tuple(sorted(counts.items())))

    # -- in the server's thread ---------------------------------------------------------------------------------------

    def begin(self, exchange: Exchange) -> Answer | None:
        """Look at the head of a request.

        Args:
            exchange: The request.

        Returns:
            A refusal, or nothing.
        """
        config = self.config
        if exchange.method not in ("POST", "PUT") and not (exchange.method == "GET" and config.query_as_body):
            allowed = "POST, PUT" + (", GET" if config.query_as_body else "")
            return Answer(405, "webhooks are POST requests\n", (("allow", allowed),), "wrong method")
        if self._checks_early and not self._check(exchange):
            return _unauthorized()
        kind = media_type_of(exchange.headers.get("content-type", ""))
        if kind and kind not in self._types:
            return Answer(415, f"{kind[:80]} is not among source.media_types\n", reason="wrong media type")
        coding = exchange.headers.get("content-encoding", "").strip().lower()
        if coding and coding != "identity":
            # Compressed, a small body could become one without end.
            answer = f"{coding[:80]} is not unpacked here; send it as it is\n"
            return Answer(415, answer, (("accept-encoding", "identity"),), "compressed")
        if self._paused or self._is_held() or self._inbox.is_full(self._claim):
            return Answer(503, "no message can be taken right now\n", _RETRY_AFTER, "full")
        return None

    def complete(self, exchange: Exchange) -> Answer | None:
        """Take a message over.

        Args:
            exchange: The request, whole.

        Returns:
            A refusal, or nothing: it is answered when the journal has it.
        """
        if not self._checks_early and not self._check(exchange):
            return _unauthorized()
        payload = bytes(exchange.body)
        if not payload and self.config.query_as_body and exchange.query:
            payload = self._from_query(exchange)
        if not payload:
            return Answer(400, "the body is empty\n", reason="empty body")
        if self._inbox.is_full(self._claim):
            return Answer(503, "no message can be taken right now\n", _RETRY_AFTER, "full")
        topic = self._topic(exchange)
        if not topic or len(topic) > _LONGEST_TOPIC or "\0" in topic:
            return Answer(400, "the path makes no topic\n", reason="no topic")
        kept = self._kept_headers
        properties = tuple((name, exchange.headers[lower]) for lower, name in kept.items() if lower in exchange.headers)
        self._messages += 1
        message = Message(topic, payload, time.time(), self.name, 1, False, properties, Mark(self._claim, exchange))
        self._inbox.offer([message])
        return None

    def _from_query(self, exchange: Exchange) -> bytes:
        auth = self.config.auth
        secret = getattr(auth, "query", None)
        return orjson.dumps({name: value for name, value in exchange.query if name != secret})

    def _topic(self, exchange: Exchange) -> str:
        path = exchange.path[len(_ROOT) + len(self.name) :].strip("/") or self.name
        if self.config.topic == "{path}":
            return path
        query = dict(exchange.query)

        def fill(place: re.Match[str]) -> str:
            name = place[1]
            if name == "path":
                return path
            kind, _, key = name.partition(".")
            # A value is one level of the topic: it must not bring levels or wildcards of its own.
            value = query.get(key, "") if kind == "query" else exchange.headers.get(key.lower(), "")
            return value.replace("/", "_").replace("+", "_").replace("#", "_") or "-"

        return _PLACES.sub(fill, self.config.topic)


def _unauthorized() -> Answer:
    return Answer(401, "the token or signature is wrong\n", (("www-authenticate", "Bearer"),), "unauthorized")
