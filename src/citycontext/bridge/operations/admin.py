"""The bridge's own HTTP pages: ``/healthz``, ``/readyz``, ``/metrics`` and, for people, ``/``."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import zip_longest
from typing import Final, Protocol

import orjson
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from citycontext.bridge.config.bridge import AdminConfig
from citycontext.bridge.delivery.delivery import BATCH_BOUNDS
from citycontext.bridge.operations.dead_letter_page import act, render_letters, samples
from citycontext.bridge.operations.page_words import PageLanguage, language_of
from citycontext.bridge.operations.status import BridgeStatus
from citycontext.bridge.operations.status_page import render
from citycontext.bridge.sources.dead_letter_stores import DeadLetterStore
from citycontext.errors import ConfigurationError
from citycontext.foreign_text import printable
from citycontext.web.listening import listen, url_of
from citycontext.web.media_types import JSON
from citycontext.web.request_server import Answer, Exchange, Limits, RequestServer

__all__ = ["Admin", "Observed"]

logger: logging.Logger = logging.getLogger(__name__)

_LIMITS: Final = Limits(body=16_384, seconds=10.0, requests=64, connections=256)
_HEADERS: Final = (
    ("cache-control", "no-store"),
    ("x-content-type-options", "nosniff"),
    ("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'"),
)
_HTML: Final = "text/html; charset=utf-8"
_LETTERS: Final = "/dead-letters"

_COUNTERS: Final = {
    "received": "Messages taken from MQTT.",
    "journalled": "Messages kept on disk and acknowledged.",
    "delivered": "Updates that the context broker took.",
    "dead": "Messages put aside as dead letters.",
    "late": "Updates left out, or written to the history only, because a newer one was on its way.",
    "left_out": "Values left out because they were wrong.",
    "dropped": "Messages lost because they were too many or too old.",
    "dead_dropped": "Dead letters deleted because they were too many or too old.",
    "unrouted": "Messages that no route wanted.",
    "retried": "Updates sent again.",
    "requests": "Requests to the context broker.",
}
_ROUTE_COUNTERS: Final = {
    "messages": "Messages on a route's topics.",
    "updates": "Updates made of them.",
    "refused": "Messages not read or mapped.",
    "repeated": "Messages let go because they came before.",
}


class Observed(Protocol):
    """What the pages ask the bridge."""

    @property
    def is_alive(self) -> bool:
        """Whether all of its threads run."""
        ...

    @property
    def is_ready(self) -> bool:
        """Whether it can take messages."""
        ...

    def status(self) -> BridgeStatus:
        """Everything there is to see."""
        ...

    def dead_letters(self) -> DeadLetterStore:
        """Open the dead letters."""
        ...


class Admin:
    """The server, in a thread of its own; pages that must ask the bridge are written in a second one.

    Args:
        config: Where to listen.
        observed: What to show.

    Raises:
        ConfigurationError: The address cannot be listened on.
    """

    def __init__(self, config: AdminConfig, observed: Observed) -> None:
        registry = CollectorRegistry(auto_describe=False)
        registry.register(_Metrics(observed))
        self._observed: Final = observed
        self._token: Final = "" if config.token is None else config.token.get_secret_value()
        self._pages: Final[dict[str, Callable[[Exchange], Answer]]] = {
            "/": self._status_page,
            _LETTERS: self._letters_page,
            "/readyz": lambda _: _verdict(observed.is_ready, observed.status().troubles),
            "/status": lambda _: _page(orjson.dumps(observed.status()), JSON),
            "/metrics": lambda _: _page(generate_latest(registry), CONTENT_TYPE_LATEST),
        }
        try:
            listening = listen(config.host, config.port, who="admin")
        except ConfigurationError as error:
            reason = error.message.removeprefix("admin ")
            raise ConfigurationError(reason, key="admin.port", cure=error.cure) from None
        self._url: Final = f"{url_of(config.host, listening)}/"
        self._server: Final = RequestServer(listening, self, _LIMITS, name="citycontext-admin")
        self._writer: Final = ThreadPoolExecutor(1, thread_name_prefix="citycontext-admin-pages")

    @property
    def url(self) -> str:
        """Address of the page for people."""
        return self._url

    def start(self) -> None:
        """Start to answer."""
        self._server.start()

    def stop(self) -> None:
        """Stop to answer."""
        self._writer.shutdown(cancel_futures=True)
        self._server.stop()

    def begin(self, exchange: Exchange) -> Answer | None:
        """Refuse what is not to read, or not here.

        Args:
            exchange: The request, without its body.
        """
        is_form = exchange.method == "POST" and exchange.path == _LETTERS and bool(self._token)
        if exchange.method not in {"GET", "HEAD"} and not is_form:
            return Answer(405, "these pages are read\n", (("allow", "GET, HEAD"),))
        if exchange.path != "/healthz" and exchange.path not in self._pages:
            return Answer(404, "not found\n", _HEADERS)
        return None

    def complete(self, exchange: Exchange) -> Answer | None:
        """Answer whether all is alive at once, however long a page takes; have a page written.

        Args:
            exchange: The request.
        """
        page = self._pages.get(exchange.path)
        if page is None:
            return _verdict(self._observed.is_alive, [])
        self._writer.submit(self._write, exchange, page)
        return None

    def refused(self, exchange: Exchange | None, answer: Answer) -> None:
        """Note nothing: who asks for what is not here learns it from the answer.

        Args:
            exchange: The request, as far as it was read.
            answer: What was answered.
        """

    def _status_page(self, exchange: Exchange) -> Answer:
        status = self._observed.status()
        starts = {}
        if status.dead_letters:
            with self._observed.dead_letters() as store:
                starts = samples(store)
        return _page(render(status, _language(exchange), starts), _HTML)

    def _letters_page(self, exchange: Exchange) -> Answer:
        language, told, is_done = _language(exchange), "", True
        if exchange.method == "POST":
            is_done, told = act(self._observed.dead_letters, bytes(exchange.body), self._token, language)
        with self._observed.dead_letters() as store:
            page = render_letters(store, language, time.time(), may_act=bool(self._token), told=told)
        return Answer(200 if is_done else 403, page, _HEADERS, media_type=_HTML)

    def _write(self, exchange: Exchange, page: Callable[[Exchange], Answer]) -> None:
        try:
            answer = page(exchange)
        except Exception as error:
            logger.error("The page %s of the admin pages failed: %s", exchange.path, printable(str(error)))
            answer = Answer(500, "this page cannot be written now; the log has the reason\n", _HEADERS)
        self._server.answer([exchange], answer)


def _language(exchange: Exchange) -> PageLanguage:
    return language_of(exchange.query, exchange.headers.get("accept-language", ""))


def _page(content: str | bytes, media_type: str) -> Answer:
    return Answer(200, content, _HEADERS, media_type=media_type)


def _verdict(good: bool, reasons: list[str]) -> Answer:
    text = "ok" if good else "\n".join(["not ok", *reasons])
    return Answer(200 if good else 503, f"{text}\n", _HEADERS)


class _Metrics(Collector):
    """Reads the figures when they are asked for; labels are route and codec, which configuration bounds."""

    def __init__(self, observed: Observed) -> None:
        self._observed = observed

    def collect(self) -> Iterator[Metric]:
        status = self._observed.status()
        for name, text in _COUNTERS.items():
            yield CounterMetricFamily(f"citycontext_bridge_{name}", text, value=getattr(status.counts, name))
        gauges = {
            "waiting_messages": ("Messages in the journal.", status.counts.waiting),
            "journal_bytes": ("Bytes of the messages in the journal.", status.journal_bytes),
            "lag_seconds": ("Age of the oldest message not delivered yet.", status.lag),
            "up": (
                "Whether all connections stand, the journal can be written and the file has no fault.",
                float(not status.troubles),
            ),
        }
        for name, (text, value) in gauges.items():
            yield GaugeMetricFamily(f"citycontext_bridge_{name}", text, value=value)
        connections = GaugeMetricFamily(
            "citycontext_bridge_mqtt_connected", "Whether MQTT is connected.", labels=["mqtt"]
        )
        for source in status.sources:
            connections.add_metric([source.name], float(source.connected))
        yield connections
        refusals = CounterMetricFamily(
            "citycontext_bridge_source_refusals", "What a source refused, by reason.", labels=["source", "reason"]
        )
        for source in status.sources:
            for reason, count in source.counts:
                refusals.add_metric([source.name, reason], count)
        yield refusals
        labels = ["source", "partition"]
        lag = GaugeMetricFamily("citycontext_bridge_partition_lag_messages", "Messages not read yet.", labels=labels)
        age = GaugeMetricFamily(
            "citycontext_bridge_partition_lag_seconds", "Age of the oldest message not delivered yet.", labels=labels
        )
        for source in status.sources:
            for one in source.partitions:
                if one.lag is not None:
                    lag.add_metric([source.name, one.partition], one.lag)
                since = status.now if one.waiting_since is None else one.waiting_since
                age.add_metric([source.name, one.partition], max(0.0, status.now - since))
        yield lag
        yield age
        labels = ["route", "stage"]
        letters = GaugeMetricFamily("citycontext_bridge_dead_letters", "Dead letters in the file.", labels=labels)
        for key, count in _summed((one.route, one.stage, one.count) for one in status.dead_letters).items():
            letters.add_metric(key, count)
        yield letters
        yield GaugeMetricFamily(
            "citycontext_bridge_dead_letter_bytes", "Bytes they take.", sum(one.bytes for one in status.dead_letters)
        )
        buckets, total = [], 0
        for bound, count in zip_longest(BATCH_BOUNDS, status.batch_sizes):
            total += count or 0
            buckets.append(("+Inf" if bound is None else str(float(bound)), total))
        if status.batch_sizes:
            yield HistogramMetricFamily(
                "citycontext_bridge_batch_size", "Updates in a request.", buckets=buckets, sum_value=status.sent
            )
        commands = CounterMetricFamily(
            "citycontext_bridge_commands", "Commands to devices, by what became of them.", labels=["status"]
        )
        for name in ("sent", "done", "failed", "timeout"):
            commands.add_metric([name], getattr(status.commands, name))
        yield commands
        yield CounterMetricFamily(
            "citycontext_bridge_restored_subscriptions",
            "Subscriptions of commands that the context broker lost, and that were made again.",
            value=status.restored_subscriptions,
        )
        labels = ["route", "codec"]
        left_out = CounterMetricFamily(
            "citycontext_bridge_left_out_values", "Values left out, by attribute.", labels=["route", "attribute"]
        )
        for route in status.routes:
            for wrong in route.left_out:
                left_out.add_metric([route.name, wrong.attribute], wrong.count)
        yield left_out
        for name, text in _ROUTE_COUNTERS.items():
            family = CounterMetricFamily(f"citycontext_bridge_route_{name}", text, labels=labels)
            for route in status.routes:
                family.add_metric([route.name, route.codec], getattr(route, name))
            yield family


def _summed(counts: Iterable[tuple[str, str, int]]) -> Counter[tuple[str, str]]:
    summed: Counter[tuple[str, str]] = Counter()
    for route, stage, count in counts:
        summed[route, stage] += count
    return summed
