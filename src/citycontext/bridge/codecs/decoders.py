"""Bytes inside of JSON, decoded here: hexadecimal or base64, as network servers pass them on."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from typing import Any, Final, TypeAlias

from citycontext.bridge.codecs.cayenne_lpp import read_cayenne_lpp
from citycontext.bridge.codecs.imports import import_object
from citycontext.errors import PayloadError

__all__ = ["Decoder", "EmbeddedBytes", "find_decoder", "read_bytes"]

Decoder: TypeAlias = Callable[[bytes, int], dict[str, Any]]
"""Reads the bytes of a device on a frame port."""

_HEX: Final = re.compile(r"(?:0[xX])?(?:[0-9A-Fa-f]{2}[ :-]?)+")
# Names that network servers have for payload and frame port, by their lower case without underscores.
_PAYLOADS: Final = ("payloadhex", "frmpayload", "payloadraw", "data", "payload", "rawpayload", "encodeddata")
_PORTS: Final = ("fport", "port", "frameport")
_DEEPEST: Final = 4


def find_decoder(name: str | None) -> Decoder | None:
    """Find what decodes the bytes of devices that the network server leaves as they are.

    Args:
        name: ``cayenne-lpp``, or ``module:function`` of payload and frame port; ``None`` to trust the network server.

    Raises:
        ConfigurationError: It cannot be imported.
    """
    if name is None:
        return None
    if name == "cayenne-lpp":
        return lambda payload, f_port: read_cayenne_lpp(payload)
    found: Decoder = import_object(name)
    return found


def read_bytes(text: Any) -> bytes:
    """Read bytes from text: hexadecimal digits where it is such, else base64.

    Args:
        text: The text.

    Raises:
        PayloadError: It is neither.
    """
    if isinstance(text, str):
        plain = text.strip()
        if _HEX.fullmatch(plain):
            return bytes.fromhex(re.sub(r"^0[xX]|[ :-]", "", plain))
        try:
            return base64.b64decode(plain, validate=True)
        except (binascii.Error, ValueError):
            pass
    raise PayloadError(f"the payload inside, {text!r:.40}, is neither hexadecimal nor base64")


class EmbeddedBytes:
    """Finds and decodes bytes inside of a document.

    Args:
        decoder: ``cayenne-lpp`` or ``module:function``.
        payload: Path to the bytes; by the usual names where it is not given.
        port: Path to the frame port; likewise.

    Raises:
        ConfigurationError: The decoder cannot be imported.
    """

    def __init__(self, decoder: str, payload: str | None = None, port: str | None = None) -> None:
        self._decode = find_decoder(decoder)
        self._payload = None if payload is None else payload.split(".")
        self._port = None if port is None else port.split(".")

    def decoded(self, document: Any) -> Any:
        """Decode the bytes of a document.

        Args:
            document: The document.

        Returns:
            The document with the values under ``values`` and beside its own members; as it came where it holds no
            bytes.

        Raises:
            PayloadError: The bytes are none, or the decoder cannot read them.
        """
        if not isinstance(document, dict) or self._decode is None:
            return document
        content = _at(document, self._payload) if self._payload else _named(document, _PAYLOADS, str)
        if content is None or content == "":
            return document
        port = _at(document, self._port) if self._port else _named(document, _PORTS, int)
        port = int(port) if isinstance(port, int) or (isinstance(port, str) and port.isdigit()) else 0
        values = self._decode(read_bytes(content), port)
        return {**values, **document, "values": values}


def _at(document: Any, names: list[str]) -> Any:
    for name in names:
        document = document.get(name) if isinstance(document, dict) else None
    return document


def _named(document: dict[str, Any], names: tuple[str, ...], kind: type) -> Any:
    """Find a member by one of its usual names: those of the outer objects first, and of them the first name."""
    level = [document]
    for _ in range(_DEEPEST):
        below = []
        for one in level:
            plain = {name.lower().replace("_", ""): value for name, value in one.items()}
            for name in names:
                if isinstance(plain.get(name), kind):
                    return plain[name]
            below += [value for value in one.values() if isinstance(value, dict)]
        level = below
    return None
