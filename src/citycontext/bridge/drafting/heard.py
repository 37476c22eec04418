"""What a draft is made of: messages from MQTT, from a recording, or out of a sample."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Final

import orjson

from citycontext.bridge.config.bridge import BridgeConfig
from citycontext.bridge.message import Message
from citycontext.bridge.rehearsal.recording import listen, read_recording
from citycontext.errors import ConfigurationError, PayloadError

__all__ = ["hear", "read_messages"]

_MOST_BYTES: Final = 200_000_000
_TOPIC: Final = ("topic",)


def hear(
    url: str,
    topics: list[str],
    *,
    seconds: float,
    most: int,
    until: Callable[[], bool] | None = None,
    **options: Any,
) -> Iterator[Message]:
    """Listen to an MQTT broker without a session of its own.

    Args:
        url: The broker's address.
        topics: The topic filters.
        seconds: How long.
        most: The most messages to take.
        until: Asked now and then whether to end.
        options: More keys of the table ``[mqtt]``.
    """
    route = {"topic": topics, "name": "all", "type": "Thing", "id": "urn:ngsi-ld:Thing:1", "attributes": {"a": "a"}}
    config = BridgeConfig.from_dict(
        {
            "mqtt": {"url": url, **options},
            "context_broker": {"url": "http://localhost:1026"},
            "route": [route],
        }
    )
    size = 0
    for message in islice(listen(config, seconds=seconds, until=until), most):
        size += len(message.payload)
        yield message
        if size > _MOST_BYTES:
            return


def read_messages(path: Path, topic: str | None = None, *, most: int = 100_000) -> list[Message]:
    """Read messages: a recording, a sample (a JSON document, or one a line), or any payload.

    Args:
        path: The file.
        topic: The topic of a sample; made of the file's name where it is not given.
        most: The most messages to read.

    Raises:
        ConfigurationError: The file cannot be read.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"it cannot be read: {error.strerror}.", file=str(path)) from None
    if not content.strip():
        return []  # what a recording of silence is
    lines = content.splitlines()
    if _is_recording(_json(next(line for line in lines if line.strip()))):
        return _recorded(lines, path, most)
    where = topic or f"sample/{path.name.split('.')[0]}"
    now = time.time()
    try:
        document = orjson.loads(content)
    except ValueError:
        documents = [_json(line) for line in lines if line.strip()]
        if documents and all(isinstance(one, dict | list) for one in documents):
            return [Message(where, line.strip(), now) for line in lines if line.strip()][:most]
        return [Message(where, content.rstrip(b"\r\n"), now)]
    many = document if isinstance(document, list) else [document]
    if many and all(map(_is_recording, many)):
        return _recorded([orjson.dumps(one) for one in many], path, most)
    return [Message(where, content.strip(), now)]


def _recorded(lines: list[bytes], path: Path, most: int) -> list[Message]:
    try:
        return list(islice(read_recording(lines), most))
    except PayloadError as error:
        raise ConfigurationError(f"{error}.", file=str(path)) from None


def _is_recording(given: Any) -> bool:
    return (
        isinstance(given, dict)
        and isinstance(given.get("topic"), str)
        and ("payload" in given or "payload_base64" in given)
    )


def _json(line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except ValueError:
        return None
