"""What a feed is read into, and how its reader asks for documents without fetching any."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import orjson

from citycontext.web.media_types import JSON

__all__ = ["FeedError", "FeedReader", "FeedRequest", "Record", "is_language", "json_of", "unpacked"]


class FeedError(ValueError):
    """A document of a feed is not what it should be.

    .. versionadded:: 0.2
    """


@dataclass(frozen=True, slots=True)
class FeedRequest:
    """A document that a reader needs.

    .. versionadded:: 0.2

    Args:
        url: Its address.
        accept: Media types to ask for.
    """

    url: str
    accept: str = JSON


@dataclass(frozen=True, slots=True)
class Record:
    """One thing that a feed speaks of.

    .. versionadded:: 0.2

    Args:
        key: What tells it from the others of the feed.
        document: What is said of it.
        kind: Which kind of thing it is, where a feed has more than one; nothing for the usual kind.
    """

    key: str
    document: Mapping[str, Any] = field(default_factory=dict)
    kind: str = ""


FeedReader: TypeAlias = Generator[FeedRequest, bytes, list[Record]]
"""Yields what it needs, is sent each document, and returns the records."""


def is_language(said: Any, wanted: str | None) -> bool:
    """Return whether a language tag is of the language that is wanted: ``nl-BE`` is ``nl``.

    Args:
        said: The tag that a feed gives.
        wanted: The language that was asked for.
    """
    if not isinstance(said, str) or wanted is None:
        return False
    tag, asked = said.lower(), wanted.lower()
    return tag == asked or tag.startswith(f"{asked}-") or asked.startswith(f"{tag}-")


def json_of(content: bytes, what: str) -> Any:
    """Read JSON.

    Args:
        content: The document.
        what: What it is, for the error.

    Raises:
        FeedError: It is not valid.
    """
    try:
        return orjson.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise FeedError(f"{what} is not JSON: {error}") from None


def unpacked(document: Any) -> Any:
    """Return a record in which JSON that stands inside of text is taken out of it, at any depth.

    Args:
        document: The record.
    """
    if isinstance(document, dict):
        return {name: unpacked(value) for name, value in document.items()}
    if isinstance(document, list):
        return [unpacked(value) for value in document]
    if isinstance(document, str) and document[:1] in ("{", "["):
        try:
            return orjson.loads(document)
        except orjson.JSONDecodeError:
            return document
    return document
