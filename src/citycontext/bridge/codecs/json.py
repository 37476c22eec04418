"""JSON, any shape."""

from __future__ import annotations

import json
import logging
import re
from typing import Any, Final

import orjson

from citycontext.bridge.codecs.decoders import EmbeddedBytes, Written
from citycontext.errors import PayloadError

__all__ = ["JsonCodec", "read_json", "read_json_lines"]

logger: logging.Logger = logging.getLogger(__name__)

_TEXT_OR_NOT_A_NUMBER: Final = re.compile(
    r'"(?:\\.|[^"\\])*"|(?<![\w.])([+-]?)(nan|inf|infinity)(?![\w.])', re.IGNORECASE
)
_BOM: Final = b"\xef\xbb\xbf"
_BEGINNINGS: Final = tuple('{["-0123456789tfn')
_LOOKED_AT: Final = 50
"""Of so many messages of a route it is looked whether an object has a name twice."""


class JsonCodec:
    """Read JSON. The document is the payload itself, be it an object, an array or a plain value.

    Documents one a line are as many documents. A byte order mark, UTF-16 and NULs at the end are not faults. Of a name
    that an object has twice the last one counts, as all readers of JSON have it; the log says so once.

    Args:
        decoder: Decodes bytes inside of the JSON: ``cayenne-lpp`` or ``module:function`` of payload and frame port.
            What it reads is the member ``values``, and beside what the message says itself; all else stays.
        payload: Path to those bytes, as hexadecimal digits or base64; found by the names that network servers use where
            it is not given.
        port: Path to the frame port; found likewise.
        bytes: How they are written, ``hex`` or ``base64``, where neither their name nor themselves tell.
    """

    def __init__(
        self,
        *,
        decoder: str | None = None,
        payload: str | None = None,
        port: str | None = None,
        bytes: Written | None = None,
    ) -> None:
        if bytes not in (None, "hex", "base64"):
            raise ValueError('bytes are "hex" or "base64"')
        self._embedded = None if decoder is None else EmbeddedBytes(decoder, payload, port, bytes)
        self._looked = 0

    def decode(self, payload: bytes, topic: str) -> tuple[Any, ...]:
        """Read a payload.

        Args:
            payload: JSON.
            topic: Not used, but for the log.

        Returns:
            One document, or one for each line.

        Raises:
            PayloadError: The payload is empty or no JSON.
        """
        try:
            documents: tuple[Any, ...] = (orjson.loads(payload),)
        except orjson.JSONDecodeError:
            documents = read_json_lines(payload)
        if self._looked < _LOOKED_AT:
            self._looked += 1
            if (name := _named_twice(payload)) is not None:
                self._looked = _LOOKED_AT
                logger.warning("A message on %s names %r twice in one object; the last one counts.", topic, name)
        if self._embedded is not None:
            return tuple(self._embedded.decoded(document) for document in documents)
        return documents


def read_json_lines(payload: bytes) -> tuple[Any, ...]:
    """Read JSON, or several documents of it, one a line.

    Args:
        payload: The payload.

    Returns:
        The documents.

    Raises:
        PayloadError: It is not JSON; tells where and shows the place.
    """
    try:
        return (read_json(payload),)
    except PayloadError:
        lines = [line for line in payload.splitlines() if line.strip()]
        if len(lines) < 2:
            raise
        try:
            return tuple(orjson.loads(line) for line in lines)
        except orjson.JSONDecodeError:
            pass
        raise


def read_json(payload: bytes) -> Any:
    """Read JSON, with a fault a person understands.

    Where a device writes ``nan`` or ``inf`` for a number that it does not have, which JSON does not know, the value is
    one that is not finite: whoever takes it refuses it, and the others are not lost.

    Args:
        payload: JSON in UTF-8, perhaps with a byte order mark, or in UTF-16; NULs at its end are left out.

    Returns:
        What it says.

    Raises:
        PayloadError: It is empty, cut off, or no JSON; tells where and shows the place.
    """
    try:
        return orjson.loads(payload)
    except orjson.JSONDecodeError as error:
        plain = _in_plain_utf_8(payload)
        if plain != payload:
            return read_json(plain)
        found = _with_words_for_numbers(payload)
        if found is None:
            raise PayloadError(_explain(payload, error)) from None
        return found


def _in_plain_utf_8(payload: bytes) -> bytes:
    """Take away what stands around JSON, and write UTF-16 as UTF-8."""
    if payload.startswith(_BOM):
        return payload[len(_BOM) :]
    encoding = None
    if payload[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16"
    elif len(payload) >= 4 and len(payload) % 2 == 0 and 0 in (payload[0], payload[1]):
        encoding = "utf-16-be" if payload[0] == 0 else "utf-16-le"
    if encoding is not None:
        try:
            text = payload.decode(encoding).rstrip("\0")
        except UnicodeError:
            return payload
        return text.encode() if text.lstrip()[:1] in _BEGINNINGS else payload
    return payload.rstrip(b"\0") if payload.endswith(b"\0") else payload


def _with_words_for_numbers(payload: bytes) -> Any:
    try:
        text, count = _TEXT_OR_NOT_A_NUMBER.subn(_as_python_reads, payload.decode())
        if not count:
            return None
        found = json.loads(text)
        # Python reads half a pair of surrogates, which is no text that can be written.
        json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return None
    return found


def _as_python_reads(found: re.Match[str]) -> str:
    if found[2] is None:
        return found[0]
    if found[2].lower() == "nan":
        return "NaN"
    return "-Infinity" if found[1] == "-" else "Infinity"


class _Twice(Exception):
    """An object has a name twice."""


def _named_twice(payload: bytes) -> str | None:
    def unique(pairs: list[tuple[str, Any]]) -> None:
        seen = set()
        for name, _ in pairs:
            if name in seen:
                raise _Twice(name)
            seen.add(name)

    try:
        json.loads(payload, object_pairs_hook=unique)
    except _Twice as found:
        return str(found)
    except (ValueError, RecursionError):
        return None
    return None


def _explain(payload: bytes, error: orjson.JSONDecodeError) -> str:
    if not payload.strip():
        return "the payload is empty; JSON was expected"
    # orjson counts characters where the payload is UTF-8, and sees an empty document where it is not.
    try:
        text = payload.decode()
    except UnicodeDecodeError as wrong:
        at = wrong.start
        return (
            f"the payload is not a UTF-8 text, so it is not JSON: byte {at + 1} is {payload[at : at + 1].hex()}, after "
            f"{payload[max(0, at - 12) : at].decode(errors='replace')!r}; for another encoding set the codec's option, "
            'e.g. encoding = "latin-1"'
        )
    if error.pos >= len(text):
        return f"the JSON is cut off after {len(payload)} bytes: …{text[-40:]!r}"
    return f"this is not JSON at character {error.pos + 1}: …{text[max(0, error.pos - 20) : error.pos + 20]!r}…"
