"""Trying the connections: what a person learns before the bridge runs."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Any

import httpx
import pytest
import respx

from citycontext.bridge.config.bridge import BridgeConfig, DeliveryConfig
from citycontext.bridge.config.routes import RouteConfig
from citycontext.bridge.rehearsal.connections import try_connections


def configured(mqtt: str, **broker: object) -> BridgeConfig:
    """Build a configuration."""
    return BridgeConfig.from_dict(
        {
            "mqtt": {"url": mqtt},
            "context_broker": {"url": "http://broker.test"} | broker,
            "route": [{"topic": "s", "type": "T", "id": "urn:x:1", "attributes": {"v": "v"}}],
        }
    )


@pytest.mark.mosquitto
@pytest.mark.parametrize(
    ("limit", "severity", "says"), [(1000, "warning", "kept 1"), (100_000, "note", "at least 2000")]
)
def test_the_broker_s_queue_is_measured(mosquitto: object, limit: int, severity: str, says: str) -> None:
    """A broker that keeps too few messages for a bridge that is away is found out before it loses any."""
    mosquitto.stop()  # type: ignore[attr-defined]
    mosquitto.settings = f"max_queued_messages {limit}"  # type: ignore[attr-defined]
    mosquitto.start()  # type: ignore[attr-defined]
    with respx.mock(assert_all_called=False) as router:
        router.get("http://broker.test/ngsi-ld/v1/types").respond(200, json={})
        router.route().respond(404)
        found = try_connections(configured(mosquitto.url))  # type: ignore[attr-defined]
    assert [one.severity for one in found if one.rule == "queue"] == [severity]
    assert any(says in one.message for one in found if one.rule == "queue")
    assert any("lets us in" in one.message for one in found)


def test_an_mqtt_broker_that_is_not_there_is_an_error() -> None:
    """In the words of the bridge."""
    with respx.mock() as router:
        router.get("http://broker.test/ngsi-ld/v1/types").respond(401)
        found = try_connections(configured("mqtt://127.0.0.1:1"))
    assert [(one.severity, one.rule) for one in found] == [("error", "connection"), ("error", "credentials")]
    assert "nothing listens there" in found[0].message


@pytest.mark.parametrize(
    ("answer", "severity", "says"),
    [
        (httpx.Response(200, json=[]), "note", "answers (orionld version: 1.6.0)"),
        (httpx.Response(403), "error", "does not let us in"),
        (httpx.Response(404), "error", "answered 404"),
        (httpx.Response(200, headers={"Date": "Wed, 01 May 2024 10:00:00 GMT"}), "warning", "ahead of the context"),
        (httpx.ConnectError("refused"), "error", "cannot reach http://broker.test: refused"),
        (httpx.ReadTimeout("slow"), "error", "no answer in time"),
    ],
)
def test_the_context_broker_is_tried(answer: httpx.Response | Exception, severity: str, says: str) -> None:
    """Reachable, let in, its version, and whether the clocks agree."""
    with respx.mock(assert_all_called=False) as router:
        router.get("http://broker.test/ngsi-ld/v1/types").mock(side_effect=[answer])
        router.get("http://broker.test/ngsi-ld/ex/v1/version").respond(200, json={"orionld version": "1.6.0"})
        router.route().respond(404)
        found = [one for one in try_connections(configured("mqtt://127.0.0.1:1")) if one.path.startswith("context")]
    assert any(one.severity == severity and says in one.message for one in found), found


@pytest.mark.parametrize(
    ("status", "delivery", "found"),
    [
        (501, {"mode": "temporal"}, True),
        (404, {"late": "temporal"}, True),
        (200, {"mode": "both"}, False),
        (501, {}, False),
    ],
)
def test_a_context_broker_without_history_is_found_out(status: int, delivery: dict[str, str], found: bool) -> None:
    """Only where something is to be written to it."""
    config = configured("mqtt://127.0.0.1:1").model_copy(update={"delivery": DeliveryConfig.model_validate(delivery)})
    with respx.mock(assert_all_called=False) as router:
        router.get("http://broker.test/ngsi-ld/v1/types").respond(200, json=[])
        router.get("http://broker.test/ngsi-ld/v1/temporal/entities").respond(status, json=[])
        router.route().respond(404)
        findings = try_connections(config)
    assert [one.severity for one in findings if one.rule == "history"] == (["error"] if found else [])


@pytest.mark.parametrize(
    ("status", "late", "severity", "says"),
    [
        (501, None, "warning", "overwrite newer ones"),
        (200, None, "note", "overwrite nothing newer"),
        (501, "pass", None, ""),
    ],
)
def test_what_becomes_of_late_values_is_told(status: int, late: str | None, severity: str | None, says: str) -> None:
    """Where ``late`` does not say, it depends on whether the broker keeps history."""
    delivery = DeliveryConfig.model_validate({} if late is None else {"late": late})
    config = configured("mqtt://127.0.0.1:1").model_copy(update={"delivery": delivery})
    with respx.mock(assert_all_called=False) as router:
        router.get("http://broker.test/ngsi-ld/v1/types").respond(200, json=[])
        router.get("http://broker.test/ngsi-ld/v1/temporal/entities").respond(status, json=[])
        router.route().respond(404)
        found = [one for one in try_connections(config) if one.rule == "late"]
    assert [one.severity for one in found] == ([] if severity is None else [severity])
    assert all(says in one.message for one in found)


@pytest.mark.parametrize(
    ("suback", "says"),
    [
        (b"\x90\x04\x00\x01\x01\x80", "refuses the subscription to b/+/down:"),
        (b"", "ends the connection at the subscription to a/+/up, b/+/down"),
    ],
)
def test_a_subscription_that_is_refused_is_named(suback: bytes, says: str) -> None:
    """A broker that lets in, and refuses a filter or ends the connection at SUBSCRIBE, is found out before a start."""

    def serve(listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with connection:
                    connection.recv(4096)
                    connection.sendall(b"\x20\x02\x00\x00")
                    if connection.recv(4096)[0] == 0x82 and suback:
                        connection.sendall(suback)
                        connection.recv(4096)

    with socket.create_server(("127.0.0.1", 0)) as listener, respx.mock() as router:
        threading.Thread(target=serve, args=(listener,), daemon=True).start()
        router.get("http://broker.test/ngsi-ld/v1/types").respond(401)
        config = configured(f"mqtt://127.0.0.1:{listener.getsockname()[1]}")
        route = {"type": "T", "id": "urn:x:{x}", "attributes": {"v": "v"}}
        routes = [
            RouteConfig.model_validate({"name": name, "topic": topic} | route)
            for name, topic in (("a", "a/{x}/up"), ("b", "b/{x}/down"))
        ]
        found = try_connections(config.model_copy(update={"route": tuple(routes)}), keeping=False)
    (refused,) = [one for one in found if one.rule == "subscription"]
    assert refused.severity == "error"
    assert says in refused.message
    assert any("lets us in" in one.message for one in found)


OWN = "http://terms.test/own.jsonld"


@pytest.mark.parametrize(
    ("document", "severity", "says"),
    [
        (
            {"json": {"@context": {"T": "urn:own:T"}}},
            "warning",
            "T is written as urn:own:T, and",
        ),
        ({"status_code": 404}, "warning", "answered 404"),
        ({"text": "<html>"}, "error", "JSON"),
    ],
)
def test_a_configured_context_is_read(document: dict[str, Any], severity: str, says: str) -> None:
    """One of one's own is fetched: it can be had, is an @context, and names types as the context broker has them."""
    with respx.mock(assert_all_called=False) as router:
        answer = httpx.Response(200, json={"typeList": ["T"]})
        router.get("http://broker.test/ngsi-ld/v1/types").mock(return_value=answer)
        router.get(OWN).respond(**document)
        router.route().respond(404)
        found = [
            one
            for one in try_connections(configured("mqtt://127.0.0.1:1", context=OWN))
            if one.path == "context_broker.context"
        ]
    assert [(one.severity, says in one.message) for one in found] == [(severity, True)], found
