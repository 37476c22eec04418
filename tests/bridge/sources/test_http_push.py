"""Webhooks: answered when the journal has them, refused with a reason otherwise, and bounded in every way."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import socket
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from citycontext.bridge import Bridge, BridgeConfig
from citycontext.errors import ConfigurationError

TOKEN = "a-token-of-some-length"
BASIC = base64.b64encode(f"tts:{TOKEN}".encode()).decode()


def configured(folder: Path, context_broker: Any, route: dict[str, Any] | None = None, **source: Any) -> BridgeConfig:
    """Build a configuration of one push source and one route."""
    return BridgeConfig.from_dict(
        {
            "source": {"kind": "http_push", "name": "hooks", "port": 0} | source,
            "context_broker": {"url": context_broker.url},
            "journal": {"path": str(folder / "journal.db")},
            "route": [
                {
                    "topic": "devices/{device}",
                    "type": "Device",
                    "id": "urn:ngsi-ld:Device:{device}",
                    "attributes": {"value": {"from": "n", "datatype": "integer"}},
                }
                | (route or {})
            ],
        }
    )


@contextlib.contextmanager
def running(config: BridgeConfig) -> Iterator[tuple[Bridge, str]]:
    """Run a bridge; gives it and the address of its source."""
    bridge = Bridge(config)
    bridge.start()
    try:
        yield bridge, bridge.status().sources[0].url
    finally:
        bridge.stop()


def counts(bridge: Bridge) -> dict[str, int]:
    """Return what the source counted."""
    return dict(bridge.status().sources[0].counts)


def waiting(path: Path) -> int:
    """Count the messages in a journal, dead letters too."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        total: int = connection.execute(
            "SELECT (SELECT count(*) FROM message) + (SELECT count(*) FROM dead_letter)"
        ).fetchone()[0]
        return total


def test_from_a_post_to_an_entity(tmp_path: Path, context_broker: Any, wait: Any) -> None:
    """The path after the name is the topic; routes and codecs are as for MQTT."""
    with running(configured(tmp_path, context_broker)) as (bridge, url):
        assert httpx.post(f"{url}/devices/d%201", json={"n": 5}).status_code == 200
        wait(lambda: bridge.counts.delivered == 1, what="the update")
    assert context_broker.values("value") == {"urn:ngsi-ld:Device:d%201": [5]}


def test_an_answer_means_that_the_journal_has_it(tmp_path: Path, context_broker: Any) -> None:
    """While the context broker is away, each message that was answered is in the file, with its headers."""
    context_broker.stop()
    config = configured(tmp_path, context_broker, headers=["X-Id"])
    with running(config) as (_, url), httpx.Client() as client:
        for number in range(20):
            answer = client.post(f"{url}/devices/d", json={"n": number}, headers={"x-id": f"i{number}"})
            assert answer.status_code == 200
            assert waiting(tmp_path / "journal.db") == number + 1
    with contextlib.closing(sqlite3.connect(tmp_path / "journal.db")) as connection:
        rows = connection.execute("SELECT topic, source, properties FROM message").fetchall()
    assert rows[0] == ("devices/d", "hooks", '[["X-Id","i0"]]')


def test_a_journal_that_takes_nothing_is_a_503_with_retry_after(tmp_path: Path, context_broker: Any, wait: Any) -> None:
    """The sender is told to come again; nothing is half taken."""
    context_broker.stop()
    config = configured(tmp_path, context_broker, timeout="1s")
    config = config.model_copy(update={"journal": config.journal.model_copy(update={"max_size": 300})})
    with running(config) as (bridge, url), httpx.Client() as client:
        statuses: list[httpx.Response] = []
        while len(statuses) < 50 and (not statuses or statuses[-1].status_code == 200):
            statuses.append(client.post(f"{url}/devices/d", json={"n": len(statuses)}))
        assert statuses[-1].status_code == 503
        assert int(statuses[-1].headers["retry-after"]) > 0
        assert waiting(tmp_path / "journal.db") == len(statuses) - 1
        context_broker.start()
        wait(lambda: client.post(f"{url}/devices/d", json={"n": 99}).status_code == 200, what="room")
        wait(lambda: bridge.counts.waiting == 0, what="the updates")


@pytest.mark.parametrize(
    ("method", "path", "body", "kind", "status", "reason"),
    [
        ("POST", "/in/other/devices/d", b"{}", "application/json", 404, "unknown path"),
        ("POST", "/elsewhere", b"{}", "application/json", 404, "unknown path"),
        ("DELETE", "/in/hooks/devices/d", b"", "application/json", 405, "wrong method"),
        ("GET", "/in/hooks/devices/d", b"", "application/json", 405, "wrong method"),
        ("POST", "/in/hooks/devices/d", b"<a/>", "text/html", 415, "wrong media type"),
        ("POST", "/in/hooks/devices/d", b"", "application/json", 400, "empty body"),
        ("POST", "/in/hooks/devices/d", b"x" * 2001, "application/json", 413, "too large"),
    ],
)
def test_each_refusal_has_its_status_and_is_counted(
    method: str,
    path: str,
    body: bytes,
    kind: str,
    status: int,
    reason: str,
    tmp_path: Path,
    context_broker: Any,
) -> None:
    """A sender that is set up wrongly learns it at once, and so does who runs the bridge."""
    with running(configured(tmp_path, context_broker, max_payload=2000)) as (bridge, url):
        address = url.partition("/in/")[0] + path
        answer = httpx.request(method, address, content=body, headers={"content-type": kind})
        assert answer.status_code == status
        assert counts(bridge) == {reason: 1}
        assert httpx.post(f"{url}/devices/d", json={"n": 1}).status_code == 200


@pytest.mark.parametrize(("coding", "status"), [("gzip", 415), ("br", 415), ("identity", 200), ("Identity", 200)])
def test_a_packed_body_is_refused(coding: str, status: int, tmp_path: Path, context_broker: Any) -> None:
    """A sender that packs bodies learns it, in place of a dead letter for each; RFC 9110, 8.4."""
    with running(configured(tmp_path, context_broker)) as (bridge, url):
        answer = httpx.post(f"{url}/devices/d", content=b'{"n":1}', headers={"Content-Encoding": coding})
        assert answer.status_code == status
        assert counts(bridge) == ({"compressed": 1} if status == 415 else {})


def test_a_body_without_end_is_cut_off(tmp_path: Path, context_broker: Any) -> None:
    """Neither memory nor the connection is given to it: 413, then the connection ends though the sender goes on."""
    with running(configured(tmp_path, context_broker, max_payload=10_000)) as (bridge, url):
        host, port = url.removeprefix("http://").partition("/")[0].split(":")
        with socket.create_connection((host, int(port)), timeout=10) as connection:
            connection.sendall(b"POST /in/hooks/devices/d HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
            sent, answer = 0, b""
            connection.settimeout(0.2)
            deadline = time.monotonic() + 10
            while time.monotonic() < deadline:
                try:
                    connection.sendall(b"3e8\r\n" + b"x" * 1000 + b"\r\n")
                    sent += 1000
                    if not answer:
                        answer = connection.recv(4096)
                except TimeoutError:
                    continue
                except OSError:
                    break
            assert answer.startswith(b"HTTP/1.1 413 ")
            assert time.monotonic() < deadline
        assert counts(bridge) == {"too large": 1}
        assert bridge.counts.received == 0


def test_a_body_that_does_not_come_is_a_408(tmp_path: Path, context_broker: Any) -> None:
    """Half a head, or half a body, holds a place for a second and not for ever."""
    with running(configured(tmp_path, context_broker, timeout="1s")) as (bridge, url):
        host, port = url.removeprefix("http://").partition("/")[0].split(":")
        for start in (b"POST /in/hooks/d", b"POST /in/hooks/d HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nxx"):
            with socket.create_connection((host, int(port)), timeout=10) as connection:
                connection.sendall(start)
                assert connection.recv(4096).startswith(b"HTTP/1.1 408 ")
        assert counts(bridge) == {"too slow": 2}


def test_what_is_no_http_is_a_400_and_ends(tmp_path: Path, context_broker: Any) -> None:
    """Also two lengths for one body, by which a proxy and we might read two different requests."""
    with running(configured(tmp_path, context_broker)) as (bridge, url):
        host, port = url.removeprefix("http://").partition("/")[0].split(":")
        for request in (
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n",
            b"POST /in/hooks/d HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        ):
            with socket.create_connection((host, int(port)), timeout=10) as connection:
                connection.sendall(request)
                assert connection.recv(4096).startswith(b"HTTP/1.1 400 ")
        assert counts(bridge) == {"malformed": 2}


def test_open_requests_are_bounded(tmp_path: Path, context_broker: Any) -> None:
    """One more than allowed is told to come again, the others go on."""
    with running(configured(tmp_path, context_broker, max_requests=3)) as (_, url):
        host, port = url.removeprefix("http://").partition("/")[0].split(":")
        head = b"POST /in/hooks/devices/d HTTP/1.1\r\nHost: x\r\nContent-Length: 7\r\n\r\n"
        with contextlib.ExitStack() as stack:
            held = [stack.enter_context(socket.create_connection((host, int(port)), timeout=10)) for _ in range(3)]
            for one in held:
                one.sendall(head)
            time.sleep(0.2)
            assert httpx.post(f"{url}/devices/d", json={"n": 1}).status_code == 503
            held[0].sendall(b'{"n":1}')
            assert held[0].recv(4096).startswith(b"HTTP/1.1 200 ")
            assert httpx.post(f"{url}/devices/d", json={"n": 1}).status_code == 200


def test_requests_sent_ahead_are_answered_in_their_order(tmp_path: Path, context_broker: Any, wait: Any) -> None:
    """A connection is one stream of messages: the next is read when the one before is answered."""
    with running(configured(tmp_path, context_broker)) as (bridge, url):
        host, port = url.removeprefix("http://").partition("/")[0].split(":")
        bodies = [orjson.dumps({"n": number}) for number in range(50)]
        request = b"".join(
            b"POST /in/hooks/devices/d HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
            for body in bodies
        )
        with socket.create_connection((host, int(port)), timeout=10) as connection:
            connection.sendall(request)
            answers = b""
            while answers.count(b"HTTP/1.1 200 ") < 50:
                piece = connection.recv(65536)
                assert piece
                answers += piece
        wait(lambda: bridge.counts.delivered == 50, what="the updates")
    assert context_broker.values("value") == {"urn:ngsi-ld:Device:d": list(range(50))}


BODY = b'{"n": 1}'


def signature(body: bytes, encoding: str = "hex", algorithm: str = "sha256") -> str:
    """Sign a body."""
    digest = hmac.digest(b"a-shared-secret", body, algorithm)
    return digest.hex() if encoding == "hex" else base64.b64encode(digest).decode()


def thingpark(query: str, document: dict[str, Any], key: str) -> str:
    """Sign as ThingPark's tunnel interface does."""
    elements = "".join(str(document[name]) for name in ("CustomerID", "DevEUI", "FPort", "FCntUp", "payload_hex"))
    return hashlib.sha256(f"{elements}{query}{key}".encode()).hexdigest()


@pytest.mark.parametrize(
    ("auth", "headers"),
    [
        ({"token": TOKEN}, {"Authorization": f"Bearer {TOKEN}"}),
        ({"token": TOKEN, "header": "X-Api-Key"}, {"x-api-key": TOKEN}),
        (
            {"kind": "basic", "username": "tts", "password": TOKEN},
            {"Authorization": f"Basic {BASIC}"},
        ),
        ({"kind": "hmac", "secret": "a-shared-secret"}, {"X-Signature": signature(BODY)}),
        (
            {"kind": "hmac", "secret": "a-shared-secret", "header": "X-Hub-Signature-256", "prefix": "sha256="},
            {"X-Hub-Signature-256": f"sha256={signature(BODY)}"},
        ),
        (
            {"kind": "hmac", "secret": "a-shared-secret", "encoding": "base64", "algorithm": "sha512"},
            {"X-Signature": signature(BODY, "base64", "sha512")},
        ),
    ],
)
def test_who_shows_the_secret_may_send(
    auth: dict[str, Any], headers: dict[str, str], tmp_path: Path, context_broker: Any
) -> None:
    """Right is let in; wrong by one character, of another body, or without: 401, counted, and nothing is kept."""
    with running(configured(tmp_path, context_broker, auth={"kind": "token"} | auth)) as (bridge, url):

        def post(content: bytes, headers: dict[str, str]) -> int:
            return httpx.post(f"{url}/devices/d", content=content, headers=headers).status_code

        assert post(BODY, headers) == 200
        assert post(BODY, {}) == 401
        (name, value), *_ = headers.items()
        wrong = value[:-3] + ("A" if value[-3] != "A" else "B") + value[-2:]
        assert post(BODY, {name: wrong}) == 401
        assert post(BODY, {name: ""}) == 401
        refused = 3
        if auth.get("kind") == "hmac":
            assert post(b'{"n": 2}', headers) == 401
            refused += 1
        assert counts(bridge) == {"unauthorized": refused}
        assert bridge.counts.received == 1


def test_a_signature_with_a_time_grows_old(tmp_path: Path, context_broker: Any) -> None:
    """What was recorded on the way cannot be sent again later."""
    auth = {"kind": "hmac", "secret": "a-shared-secret", "timestamp_header": "X-Time", "max_age": "60s"}
    with running(configured(tmp_path, context_broker, auth=auth)) as (_, url):
        for age, status in ((0, 200), (3600, 401), (-3600, 401)):
            sent = str(int(time.time()) - age)
            headers = {"X-Time": sent, "X-Signature": signature(sent.encode() + b"." + BODY)}
            assert httpx.post(f"{url}/devices/d", content=BODY, headers=headers).status_code == status


def test_the_token_of_thingpark(tmp_path: Path, context_broker: Any) -> None:
    """A digest of parts of the body, the query as sent and the key; a changed payload is refused."""
    key = "0123456789abcdef0123456789abcdef"
    uplink = {"CustomerID": 100, "DevEUI": "70B3D5E75E0000A1", "FPort": 2, "FCntUp": 7, "payload_hex": "0a0b"}
    query = "LrnDevEui=70B3D5E75E0000A1&LrnFPort=2&LrnInfos=x&AS_ID=a&Time=2026-01-11T14:28:00.333%2B02:00"
    token = thingpark(query, uplink, key)
    auth = {"kind": "actility", "key": key.upper()}
    with running(configured(tmp_path, context_broker, auth=auth)) as (_, url):
        address = f"{url}/devices/d?{query}&Token={token}"
        assert httpx.post(address, json={"DevEUI_uplink": uplink}).status_code == 200
        assert httpx.post(address, json={"DevEUI_uplink": uplink | {"payload_hex": "0a0c"}}).status_code == 401
        assert httpx.post(f"{url}/devices/d?{query}", json={"DevEUI_uplink": uplink}).status_code == 401
        assert httpx.post(address, content=b"\xff").status_code == 401


def test_a_device_that_can_only_get(tmp_path: Path, context_broker: Any, wait: Any) -> None:
    """Its values are in the address, with a token that does not become one of them."""
    auth = {"kind": "token", "token": TOKEN, "query": "token"}
    route = {"attributes": {"value": {"from": "to_number(hum)"}}}
    with running(configured(tmp_path, context_broker, route, query_as_body=True, auth=auth)) as (bridge, url):
        assert httpx.get(f"{url}/devices/ht?hum=51&token={TOKEN}").status_code == 200
        assert httpx.get(f"{url}/devices/ht?hum=52").status_code == 401
        wait(lambda: bridge.counts.delivered == 1, what="the update")
    assert list(context_broker.values("value").values()) == [[51]]


def test_the_topic_may_take_parts_of_query_and_headers(tmp_path: Path, context_broker: Any, wait: Any) -> None:
    """ChirpStack says the event in the query; what comes from outside makes no further levels."""
    source = {"topic": "{query.event}/{header.X-City}/{path}"}
    route = {"topic": "{event}/{city}/devices/{device}", "id": "urn:ngsi-ld:Device:{city}:{device}:{event}"}
    with running(configured(tmp_path, context_broker, route, **source)) as (bridge, url):
        answer = httpx.post(f"{url}/devices/d?event=up", json={"n": 1}, headers={"X-City": "gent/x"})
        assert answer.status_code == 200
        wait(lambda: bridge.counts.delivered == 1, what="the update")
    assert list(context_broker.values("value")) == ["urn:ngsi-ld:Device:gent_x:d:up"]


def test_a_message_sent_again_is_known_by_its_header(tmp_path: Path, context_broker: Any, wait: Any) -> None:
    """A sender that had no answer sends again with the same id; another id is another message."""
    route = {"dedup": {"header": "idempotency-key"}}
    with running(configured(tmp_path, context_broker, route)) as (bridge, url):
        for key in ("a", "a", "b", None):
            headers = {} if key is None else {"Idempotency-Key": key}
            assert httpx.post(f"{url}/devices/d", json={"n": 1}, headers=headers).status_code == 200
        wait(lambda: bridge.is_drained, what="the updates")
        assert bridge.status().routes[0].repeated == 1
        assert bridge.counts.delivered == 3


def test_what_cannot_be_decoded_is_taken_and_becomes_a_dead_letter(
    tmp_path: Path, context_broker: Any, wait: Any
) -> None:
    """The sender could not mend it, and would send it for ever."""
    with running(configured(tmp_path, context_broker)) as (bridge, url):
        assert httpx.post(f"{url}/devices/d", content=b"no json").status_code == 200
        wait(lambda: bridge.counts.dead == 1, what="the dead letter")


def test_two_sources_share_a_port(tmp_path: Path, context_broker: Any, wait: Any) -> None:
    """Each has its part of the paths and its own secret; routes tell them apart."""
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as probe:
        port = probe.getsockname()[1]
    base = configured(tmp_path, context_broker).model_dump()
    first = {"kind": "http_push", "name": "a", "port": port, "auth": {"kind": "token", "token": TOKEN}}
    second = {"kind": "http_push", "name": "b", "port": port}
    route = {
        "topic": "d",
        "type": "Device",
        "attributes": {"value": {"from": "n", "datatype": "integer"}},
    }
    config = BridgeConfig.from_dict(
        {
            "source": [first, second],
            "context_broker": {"url": context_broker.url},
            "journal": {"path": str(base["journal"]["path"])},
            "route": [
                route | {"name": name, "source": name, "id": f"urn:ngsi-ld:Device:{name}"} for name in ("a", "b")
            ],
        }
    )
    with running(config) as (bridge, _):
        assert httpx.post(f"http://127.0.0.1:{port}/in/a/d", json={"n": 1}).status_code == 401
        headers = {"Authorization": f"Bearer {TOKEN}"}
        assert httpx.post(f"http://127.0.0.1:{port}/in/a/d", json={"n": 1}, headers=headers).status_code == 200
        assert httpx.post(f"http://127.0.0.1:{port}/in/b/d", json={"n": 2}).status_code == 200
        wait(lambda: bridge.counts.delivered == 2, what="the updates")
    assert context_broker.values("value") == {"urn:ngsi-ld:Device:a": [1], "urn:ngsi-ld:Device:b": [2]}


def test_a_port_open_to_all_wants_a_secret(tmp_path: Path, context_broker: Any) -> None:
    """Without one only this machine may send, or the configuration says that a proxy asks for it."""
    with pytest.raises(ConfigurationError, match="lets anybody in"):
        configured(tmp_path, context_broker, host="0.0.0.0")
    assert configured(tmp_path, context_broker, host="0.0.0.0", auth={"kind": "none"}).source


def test_commands_need_mqtt(tmp_path: Path, context_broker: Any) -> None:
    """A webhook has no way back to a device."""
    given = {
        "source": [{"kind": "http_push"}],
        "context_broker": {"url": context_broker.url},
        "route": [{"topic": "d", "type": "T", "id": "urn:ngsi-ld:T:1", "attributes": {"v": "v"}}],
        "command": [{"type": "T", "id": "urn:ngsi-ld:T:{x}", "attribute": "go", "topic": "d/{x}/set"}],
    }
    with pytest.raises(ConfigurationError, match="commands go to devices by MQTT"):
        BridgeConfig.from_dict(given)
