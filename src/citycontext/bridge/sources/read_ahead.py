"""paho's client, reading the socket in large pieces.

paho asks the socket for each packet three times or more, and lets go of the interpreter at each; with other threads at
work, that costs more than all the rest of a message. Here the socket is asked once for many packets, and messages in
their plain form, which nearly all have, are unpacked on the spot. All other packets go to paho as they came.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final, TypeAlias

import paho.mqtt.client as paho
from paho.mqtt.enums import MQTTErrorCode

__all__ = ["PlainMessage", "ReadAheadClient"]

PlainMessage: TypeAlias = Callable[[bytes, bytes, int, bool, int], None]
"""Called with topic, payload, quality of service, whether it was retained, and packet identifier."""

_PIECE: Final = 65_536
_PUBACK: Final = b"\x40\x02"
_PLAIN_KINDS: Final = frozenset({0x30, 0x31, 0x32, 0x33, 0x3A, 0x3B})
"""First bytes of a message of quality of service 0 or 1."""


class ReadAheadClient(paho.Client):
    """A client whose loop is driven by ``read``, ``loop_write`` and ``loop_misc``.

    Args:
        on_plain_message: Called for each message of quality of service 0 or 1 that has no MQTT 5 properties; all other
            messages come by ``on_message``.
        options: Those of ``paho.mqtt.client.Client``.
    """

    def __init__(self, *, on_plain_message: PlainMessage, **options: Any) -> None:
        super().__init__(**options)
        self._on_plain_message = on_plain_message
        self._has_properties = self._protocol == paho.MQTTv5
        self._ahead = bytearray()
        self._wanted = 0
        self._packet = b""
        self._hands_over = False

    def reconnect(self) -> MQTTErrorCode:
        """Connect anew; what was read from the connection before is forgotten."""
        self._ahead.clear()
        self._wanted = 0
        return super().reconnect()

    def read(self) -> bool:
        """Read a piece of what has come, and handle each packet that is whole.

        Returns:
            Whether something came, and the connection is still there.
        """
        try:
            piece = self._sock_recv(_PIECE)
        except BlockingIOError:
            return False
        except OSError:
            piece = b""
        if not piece:
            # paho meets the same, and does all that is to be done then.
            self.loop_read()
            return False
        self._ahead += piece
        if len(self._ahead) >= self._wanted:
            handled = self._handle(bytes(self._ahead))
            del self._ahead[:handled]
        return self._sock is not None

    def acknowledge(self, mids: Iterable[int]) -> None:
        """Acknowledge messages of quality of service 1, all with one write.

        Args:
            mids: Their packet identifiers.
        """
        packets = b"".join([_PUBACK + mid.to_bytes(2, "big") for mid in mids])
        if packets:
            self._packet_queue(paho.PUBACK, packets, 0, 1)

    def _handle(self, ahead: bytes) -> int:
        """Handle the packets that are whole; tell how many bytes they had."""
        start, size = 0, len(ahead)
        self._wanted = 0
        while size - start >= 2:
            length = ahead[start + 1]
            head = start + 2
            if length > 127:
                length, head = _remaining_length(ahead, start + 1)
                if not head:
                    # Broken, or not all there yet; the longest there can be has five bytes.
                    if size - start < 5:
                        break
                    length, head = size - start - 5, start + 5
            end = head + length
            if end > size:
                self._wanted = end - start
                break
            if ahead[start] not in _PLAIN_KINDS or not self._take_plain(ahead, start, head, end):
                self._hand_over(ahead[start:end])
                if self._sock is None:
                    return size
            start = end
        return start

    def _take_plain(self, ahead: bytes, start: int, head: int, end: int) -> bool:
        """Unpack a message; tell whether it was one of the plain form (MQTT 3.1.1 and 5, section 3.3)."""
        name = head + 2
        body = name + (ahead[head] << 8 | ahead[head + 1]) if name <= end else end + 1
        topic = ahead[name:body]
        mid = 0
        qos = ahead[start] >> 1 & 1
        if qos:
            body += 2
            if body > end:
                return False
            mid = ahead[body - 2] << 8 | ahead[body - 1]
        if self._has_properties:
            body += 1
            if body > end or ahead[body - 1]:
                return False
        if body > end or not topic:
            return False
        self._on_plain_message(topic, ahead[body:end], qos, bool(ahead[start] & 1), mid)
        return True

    def _hand_over(self, packet: bytes) -> None:
        self._packet, self._hands_over = packet, True
        self.loop_read()
        self._hands_over = False

    def _sock_recv(self, bufsize: int) -> bytes:
        """Hand paho what it is to handle, which is always one whole packet."""
        if not self._hands_over:
            return super()._sock_recv(bufsize)
        piece, self._packet = self._packet[:bufsize], self._packet[bufsize:]
        if not piece:
            raise BlockingIOError
        return piece


def _remaining_length(ahead: bytes, at: int) -> tuple[int, int]:
    """Read a length of up to four bytes; give it and where it ends, or zeros (section 2.2.3)."""
    length = 0
    for shift, byte in enumerate(ahead[at : at + 4]):
        length |= (byte & 127) << 7 * shift
        if byte < 128:
            return length, at + shift + 1
    return 0, 0
