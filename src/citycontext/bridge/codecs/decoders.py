"""Bytes inside of JSON, decoded here: hexadecimal or base64, as network servers pass them on."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from typing import Any, Final, Literal, TypeAlias

from citycontext.bridge.codecs.cayenne_lpp import read_cayenne_lpp
from citycontext.bridge.codecs.imports import import_object
from citycontext.errors import PayloadError

__all__ = ["Decoder", "EmbeddedBytes", "Written", "find_decoder", "read_bytes"]

Decoder: TypeAlias = Callable[[bytes, int], dict[str, Any]]
"""Reads the bytes of a device on a frame port."""
Written: TypeAlias = Literal["hex", "base64"]
"""How bytes are written in a text."""

_HEX: Final = re.compile(r"(?:0[xX])?(?:[0-9A-Fa-f]{2}[ :-]?)+")
# Names that network servers have for payload and frame port, by their lower case without underscores.
_PAYLOADS: Final = ("payloadhex", "frmpayload", "payloadraw", "data", "payload", "rawpayload", "encodeddata")
_PORTS: Final = ("fport", "port", "frameport")
_DEEPEST: Final = 4
_SURELY_HEX: Final = 16
"""Base64 of so many signs has others than hexadecimal digits, but for one in ten million."""
_NEITHER: Final = {"hex": "not hexadecimal", "base64": "not base64", None: "neither hexadecimal nor base64"}


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


def read_bytes(text: Any, written: Written | None = None) -> bytes:
    """Read bytes from text.

    Args:
        text: The text.
        written: How they are written, where that is known. Else it is told by the text; a short one that may be either
            is refused.

    Raises:
        PayloadError: It is not written so.
    """
    plain = text.strip() if isinstance(text, str) else ""
    is_hex = written != "base64" and _HEX.fullmatch(plain) is not None
    if is_hex and written is None and len(plain) < _SURELY_HEX and _is_base64(plain):
        raise PayloadError(
            f'the payload inside, {plain!r:.40}, may be hexadecimal or base64; say bytes = "hex" or "base64"'
        )
    if is_hex:
        return bytes.fromhex(re.sub(r"^0[xX]|[ :-]", "", plain))
    if written != "hex" and plain and _is_base64(plain):
        return base64.b64decode(plain, validate=True)
    raise PayloadError(f"the payload inside, {text!r:.40}, is {_NEITHER[written]}")


def _is_base64(text: str) -> bool:
    try:
        base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


class EmbeddedBytes:
    """Finds and decodes bytes inside of a document.

    Args:
        decoder: ``cayenne-lpp`` or ``module:function``.
        payload: Path to the bytes; by the usual names where it is not given.
        port: Path to the frame port; likewise.
        written: How the bytes are written, where it is not told by their name or themselves.

    Raises:
        ConfigurationError: The decoder cannot be imported.
    """

    def __init__(
        self, decoder: str, payload: str | None = None, port: str | None = None, written: Written | None = None
    ) -> None:
        self._written: Written | None = written
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
            PayloadError: The bytes are not valid, or the decoder cannot read them.
        """
        if not isinstance(document, dict) or self._decode is None:
            return document
        if self._payload:
            name, content = self._payload[-1], _at(document, self._payload)
        else:
            name, content = _named(document, _PAYLOADS, (str,))
        if content is None or content == "":
            return document
        port = _at(document, self._port) if self._port else _named(document, _PORTS, (int, str))[1]
        port = int(port) if isinstance(port, int) or (isinstance(port, str) and port.isdigit()) else 0
        written = self._written or ("hex" if "hex" in name.lower() else None)
        values = self._decode(read_bytes(content, written), port)
        return {**values, **document, "values": values}


def _at(document: Any, names: list[str]) -> Any:
    for name in names:
        document = document.get(name) if isinstance(document, dict) else None
    return document


def _named(document: dict[str, Any], names: tuple[str, ...], kinds: tuple[type, ...]) -> tuple[str, Any]:
    """Find a member by one of its usual names: those of the outer objects first, and of them the first name."""
    level = [document]
    for _ in range(_DEEPEST):
        below = []
        for one in level:
            plain = {name.lower().replace("_", ""): value for name, value in one.items()}
            for name in names:
                if isinstance(plain.get(name), kinds):
                    return name, plain[name]
            below += [value for value in one.values() if isinstance(value, dict)]
        level = below
    return "", None
