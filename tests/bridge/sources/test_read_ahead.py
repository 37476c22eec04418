"""The client that reads ahead hears what paho's own client hears, however the bytes are cut."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from typing import Any, TypeAlias

import paho.mqtt.client as paho
import pytest
from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from citycontext.bridge.sources.read_ahead import ReadAheadClient

Heard: TypeAlias = list[tuple[Any, ...]]

VERSIONS = [MQTTProtocolVersion.MQTTv311, MQTTProtocolVersion.MQTTv5]


def packet(first: int, body: bytes) -> bytes:
    """Build a packet."""
    length, rest = b"", len(body)
    while True:
        length += bytes([rest % 128 | (128 if rest > 127 else 0)])
        rest //= 128
        if not rest:
            return bytes([first]) + length + body


def message(
    topic: bytes, payload: bytes, qos: int, retained: bool, mid: int, version: int, properties: bytes = b""
) -> bytes:
    """Build a PUBLISH packet."""
    body = struct.pack("!H", len(topic)) + topic
    body += struct.pack("!H", mid) if qos else b""
    body += bytes([len(properties)]) + properties if version == MQTTProtocolVersion.MQTTv5 else b""
    return packet(0x30 | qos << 1 | retained, body + payload)


class Server:
    """Takes one connection, and sends what it is told in the pieces it is told."""

    def __init__(self, version: int, pieces: list[bytes]) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self._accepted = b"\x20\x03\x00\x00\x00" if version == MQTTProtocolVersion.MQTTv5 else b"\x20\x02\x00\x00"
        self._pieces = pieces
        self.answers = b""
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        with self._server, self._server.accept()[0] as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.recv(1000)
            connection.sendall(self._accepted)
            # A client that meets a broken packet does not wait for what follows.
            with contextlib.suppress(OSError):
                for piece in self._pieces:
                    connection.sendall(piece)
                connection.shutdown(socket.SHUT_WR)
                while data := connection.recv(1000):
                    self.answers += data

    def join(self) -> None:
        self._thread.join()


def hear(version: int, pieces: list[bytes], *, ahead: bool, acknowledge: bool = False) -> tuple[Heard, bytes, bool]:
    """Hear the messages in some bytes; give them, what was sent, and whether the connection was lost at their end."""
    heard: Heard = []
    lost = False

    def on_plain_message(topic: bytes, payload: bytes, qos: int, retained: bool, mid: int) -> None:
        heard.append((topic, payload, qos, retained, mid, []))
        if acknowledge and qos:
            client.acknowledge([mid])

    def on_message(client: paho.Client, userdata: object, came: paho.MQTTMessage) -> None:
        properties = getattr(came.properties, "UserProperty", [])
        heard.append((bytes(came._topic), bytes(came.payload), came.qos, bool(came.retain), came.mid, properties))

    def on_disconnect(*_: object) -> None:
        nonlocal lost
        lost = True

    options: dict[str, Any] = {
        "callback_api_version": CallbackAPIVersion.VERSION2,
        "client_id": "c",
        "protocol": version,
        "manual_ack": True,
        "reconnect_on_failure": False,
    }
    client: Any = ReadAheadClient(on_plain_message=on_plain_message, **options) if ahead else paho.Client(**options)
    client.on_message = on_message
    client.on_disconnect = on_disconnect
    client.on_socket_register_write = lambda *_: None
    server = Server(version, pieces)
    client.connect("127.0.0.1", server.port)
    while client.socket() is not None:
        if client.want_write():
            client.loop_write()
        if ahead:
            client.read()
        else:
            client.loop_read()
    server.join()
    return heard, server.answers, lost


BROKEN = {
    "an empty topic": b"\x30\x03\x00\x00x",
    "a topic longer than its packet": b"\x30\x03\x00\x09x",
    "a quality of service of 3": b"\x36\x05\x00\x01a\x00\x01",
    "nothing in it": b"\x30\x00",
    "no packet identifier": b"\x32\x03\x00\x01a",
    "a length without end": b"\x30\xff\xff\xff\xff\xff\xff",
    "not all of it": b"\x30\x05\x00\x01a",
}


@st.composite
def streams(draw: st.DrawFn) -> tuple[int, list[bytes], str]:
    """Draw a version, the bytes of packets cut anywhere, and what is broken at their end."""
    version = draw(st.sampled_from(VERSIONS))
    is_v5 = version == MQTTProtocolVersion.MQTTv5
    packets = st.one_of(
        st.builds(
            message,
            st.sampled_from([b"a", b"sensors/caf\xc3\xa9/up", b"bad/\xff"]),
            st.one_of(st.binary(max_size=40), st.sampled_from([b"x" * 127, b"y" * 20_000])),
            st.integers(0, 2),
            st.booleans(),
            st.integers(1, 65535),
            st.just(version),
            st.sampled_from([b"", b"\x26\x00\x01k\x00\x01v"] if is_v5 else [b""]),
        ),
        st.just(b"\xd0\x00"),
        st.builds(lambda mid: packet(0x62, struct.pack("!H", mid)), st.integers(1, 65535)),
    )
    broken = draw(st.sampled_from(["", *BROKEN]))
    whole = b"".join(draw(st.lists(packets, max_size=8))) + BROKEN.get(broken, b"")
    cuts = sorted(draw(st.lists(st.integers(0, len(whole)), max_size=6)))
    return version, [whole[start:end] for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True)], broken


@given(streams())
def test_it_hears_what_paho_hears(stream: tuple[int, list[bytes], str]) -> None:
    """Same messages in the same order, same answers to the broker, and the connection ends in the same way."""
    version, pieces, broken = stream
    heard, answers, lost = hear(version, pieces, ahead=True)
    heard_by_paho, answers_of_paho, lost_by_paho = hear(version, pieces, ahead=False)
    assert (heard, lost) == (heard_by_paho, lost_by_paho)
    # Where the end is broken, it depends on the cut whether there was time for an answer.
    assert answers == answers_of_paho or broken


def test_acknowledgements_go_out_as_packets_of_their_own() -> None:
    """Each message is acknowledged by its number, in the order they came."""
    pieces = [message(b"t", b"p", 1, False, mid, VERSIONS[0]) for mid in (1, 700, 65535)]
    _, answers, _ = hear(VERSIONS[0], pieces, ahead=True, acknowledge=True)
    assert answers == b"\x40\x02\x00\x01\x40\x02\x02\xbc\x40\x02\xff\xff"


@pytest.mark.parametrize("version", VERSIONS)
def test_a_message_of_many_pieces_is_one_message(version: int) -> None:
    """A payload far larger than what is read at once comes whole."""
    payload = bytes(range(256)) * 8_000
    pieces = [message(b"t", payload, 1, False, 9, version), message(b"t", b"next", 1, False, 10, version)]
    heard, _, _ = hear(version, pieces, ahead=True)
    assert [(one[1], one[4]) for one in heard] == [(payload, 9), (b"next", 10)]
