"""The admin pages: health, readiness, metrics, and a page for people."""

from __future__ import annotations

import re
import socket
import struct
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from citycontext.bridge import Bridge, BridgeConfig
from citycontext.bridge.config.bridge import AdminConfig
from citycontext.bridge.operations.admin import Admin
from citycontext.errors import ConfigurationError


def configured(folder: Path, mqtt_url: str, context_broker_url: str, **admin: Any) -> BridgeConfig:
    """Build a configuration with admin pages."""
    return BridgeConfig.from_dict(
        {
            "mqtt": {"url": mqtt_url, "client_id": "bridge"},
            "context_broker": {"url": context_broker_url},
            "journal": {"path": str(folder / "journal.db")},
            "admin": {"port": 0} | admin,
            "route": [
                {
                    "name": "a <route>",
                    "topic": "s/{x}",
                    "type": "T",
                    "id": "urn:x:{x}",
                    "attributes": {"v": {"from": "v", "datatype": "number"}},
                }
            ],
        }
    )


@pytest.mark.mosquitto
def test_the_pages_tell_what_happens(tmp_path: Path, mosquitto: Any, context_broker: Any, wait: Any) -> None:
    """Counts by route, dead letters with reasons, nothing from a message unescaped, no topic as a label."""
    bridge = Bridge(configured(tmp_path, mosquitto.url, context_broker.url))
    bridge.start()
    try:
        assert bridge.wait_connected()
        mosquitto.publish([("s/1", b'{"v": 1}'), ("s/2", b'{"v": "<script>"}')])
        wait(lambda: bridge.counts.delivered == 1 and bridge.counts.dead == 1, what="both messages")
        with httpx.Client(base_url=bridge.admin_url or "") as client:
            assert client.get("/healthz").text == "ok\n"
            assert client.get("/readyz").status_code == 200
            page = client.get("/").text
            assert "All is well." in page
            assert "1 message could not be used" in page
            assert "None since the start." in page
            assert "a &lt;route&gt;" in page
            assert "a number belongs here, but the message says the text" in page
            assert "<script>" not in page
            assert client.get("/status").json()["counts"]["received"] == 2
            assert client.get("/nothing").status_code == 404
            samples = {
                (sample.name, tuple(sorted(sample.labels.items()))): sample.value
                for family in text_string_to_metric_families(client.get("/metrics").text)
                for sample in family.samples
            }
        labels = (("codec", "json"), ("route", "a <route>"))
        assert samples["citycontext_bridge_received_total", ()] == 2
        assert samples["citycontext_bridge_delivered_total", ()] == 1
        assert samples["citycontext_bridge_dead_total", ()] == 1
        assert samples["citycontext_bridge_route_messages_total", labels] == 2
        assert samples["citycontext_bridge_route_refused_total", labels] == 1
        assert samples["citycontext_bridge_route_repeated_total", labels] == 0
        assert samples["citycontext_bridge_batch_size_bucket", (("le", "1.0"),)] == 1
        assert samples["citycontext_bridge_batch_size_bucket", (("le", "+Inf"),)] == 1
        assert samples["citycontext_bridge_batch_size_sum", ()] == 1
        assert samples["citycontext_bridge_commands_total", (("status", "sent"),)] == 0
        assert {label for _, labels in samples for label, _ in labels} == {
            "codec",
            "route",
            "stage",
            "mqtt",
            "le",
            "status",
        }
        assert samples["citycontext_bridge_dead_letters", (("route", "a <route>"), ("stage", "mapping"))] == 1
        assert samples["citycontext_bridge_dead_letter_bytes", ()] > 64
        assert samples["citycontext_bridge_mqtt_connected", (("mqtt", "mqtt"),)] == 1
        assert not any("s/1" in str(key) for key in samples)
    finally:
        bridge.stop()


def test_a_bridge_without_mqtt_is_alive_but_not_ready(tmp_path: Path, wait: Any) -> None:
    """And says why, to the probe and to people."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    bridge = Bridge(configured(tmp_path, f"mqtt://127.0.0.1:{port}", "http://127.0.0.1:1"))
    bridge.start()
    try:
        wait(lambda: "nothing listens there" in bridge.troubles[0], what="the first attempt")
        with httpx.Client(base_url=bridge.admin_url or "") as client:
            assert client.get("/healthz").status_code == 200
            answer = client.get("/readyz")
            assert answer.status_code == 503
            assert "nothing listens there" in answer.text
            assert re.search(r'class="bad">Cannot connect to mqtt://', client.get("/").text)
    finally:
        bridge.stop()


def test_a_port_that_is_taken_is_said_in_one_line(tmp_path: Path) -> None:
    """With the cure."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        bridge = Bridge(configured(tmp_path, "mqtt://127.0.0.1:1", "http://127.0.0.1:1", port=port))
        with pytest.raises(
            ConfigurationError, match=rf"admin.port: cannot listen on 127.0.0.1, port {port}: .*another port"
        ):
            bridge.start()


def test_a_connection_that_is_reset_writes_no_trace(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Who goes away in the middle of a request leaves nothing on stderr, and the pages go on."""
    bridge = Bridge(configured(tmp_path, "mqtt://127.0.0.1:1", "http://127.0.0.1:1"))
    bridge.start()
    try:
        address = httpx.URL(bridge.admin_url or "")
        for request in (b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" * 50, b"GET /hea"):
            with socket.create_connection((address.host, address.port or 80)) as client:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                client.sendall(request)
        time.sleep(0.3)
        assert httpx.get(f"{address}healthz").status_code == 200
    finally:
        bridge.stop(0)
    assert "Traceback" not in capfd.readouterr().err


class Watched:
    """A bridge of which one page takes long, and one fails."""

    is_alive = True
    is_ready = True

    def __init__(self) -> None:
        self.goes_on = threading.Event()
        self.asked = threading.Event()

    def status(self) -> Any:
        """Wait, and then fail."""
        self.asked.set()
        self.goes_on.wait(20)
        raise RuntimeError("no\nstatus")


@pytest.fixture
def watched() -> Iterator[tuple[Watched, str]]:
    """Return such a bridge and the address of its pages."""
    bridge = Watched()
    pages = Admin(AdminConfig(port=0), bridge)
    pages.start()
    yield bridge, pages.url
    bridge.goes_on.set()
    pages.stop()


def test_a_slow_page_does_not_delay_the_probe(watched: tuple[Watched, str], caplog: pytest.LogCaptureFixture) -> None:
    """While a page is written, the probe is answered; a page that fails is 500 and one line in the log."""
    bridge, url = watched
    with ThreadPoolExecutor(1) as other:
        page = other.submit(httpx.get, f"{url}status", timeout=30)
        assert bridge.asked.wait(10)
        assert httpx.get(f"{url}healthz", timeout=5).text == "ok\n"
        bridge.goes_on.set()
        assert page.result().status_code == 500
    (said,) = [record.getMessage() for record in caplog.records if record.name.endswith("admin")]
    assert "\n" not in said


def test_only_reading_is_possible(watched: tuple[Watched, str]) -> None:
    """HEAD is answered as GET without a body; another method is 405 with those that go; an unknown page is 404."""
    _, url = watched
    answer = httpx.head(f"{url}healthz")
    assert (answer.status_code, answer.content, answer.headers["content-length"]) == (200, b"", "3")
    refused = httpx.post(f"{url}healthz", content=b"{}")
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD")
    assert httpx.get(f"{url}nowhere").status_code == 404


def test_connections_take_no_threads(watched: tuple[Watched, str]) -> None:
    """A hundred clients that say nothing cost no thread each, and the probe is answered."""
    _, url = watched
    address = httpx.URL(url)
    httpx.get(f"{url}healthz")
    threads = threading.active_count()
    with ExitStack() as silent:
        for _ in range(100):
            silent.enter_context(socket.create_connection((address.host, address.port or 80)))
        assert httpx.get(f"{url}healthz", timeout=10).status_code == 200
        assert threading.active_count() <= threads + 1


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6 here")
def test_the_pages_listen_on_ipv6() -> None:
    """An address of IPv6 is listened on, and written with brackets."""
    pages = Admin(AdminConfig(host="::1", port=0), Watched())
    pages.start()
    try:
        assert pages.url.startswith("http://[::1]:")
        assert httpx.get(f"{pages.url}healthz").status_code == 200
    finally:
        pages.stop()
