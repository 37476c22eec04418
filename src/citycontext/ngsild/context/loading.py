"""Where the documents behind context addresses come from: known offline, or fetched by a callable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

import orjson

from citycontext.errors import ContextNotAvailable, ContextTooLarge, InvalidContext
from citycontext.ngsild.context.shipped import shipped_context
from citycontext.ngsild.context.terms import DEFAULT_LIMITS, Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["OFFLINE", "ContextLoader", "FetchingLoader", "OfflineLoader", "decode_document"]


class ContextLoader(Protocol):
    """Return the document behind the address of an @context."""

    def load(self, url: str) -> Any:
        """Return the parsed JSON of a document: an object with a member ``@context``.

        Args:
            url: Its absolute address; never one of the core @context, which needs no loading.

        Raises:
            ContextNotAvailable: It cannot be had.
            InvalidContext: It is not JSON.
            ContextTooLarge: It is over the limit of bytes.
        """


class OfflineLoader:
    """Knows the documents it was given and those of Smart Data Models, and fetches nothing.

    Args:
        documents: Address → document, each an object with a member ``@context``.
    """

    def __init__(self, documents: Mapping[str, Any] | None = None) -> None:
        self._documents = dict(documents or {})

    def load(self, url: str) -> Any:
        """Return a known document (see `ContextLoader.load`)."""
        if url in self._documents:
            return self._documents[url]
        document = shipped_context(url)
        if document is None:
            raise ContextNotAvailable(
                "is not known offline; give a loader that may fetch it, or the document itself", url=url
            )
        return document


OFFLINE: Final = OfflineLoader()
"""The loader where none is given: it knows the contexts of Smart Data Models; those of the core need no loading."""


class FetchingLoader:
    """Fetches documents with a callable, such as a `citycontext.ngsild.context.fetching.ContextFetcher`.

    The contexts of Smart Data Models ship with the package and are not fetched.

    Args:
        fetch: Returns the bytes behind an address, or raises `ContextNotAvailable`.
        limits: Bounds of size.
    """

    def __init__(self, fetch: Callable[[str], bytes], *, limits: Limits = DEFAULT_LIMITS) -> None:
        self._fetch = fetch
        self._limits = limits

    def load(self, url: str) -> Any:
        """Return a document from the package or from afar (see `ContextLoader.load`)."""
        shipped = shipped_context(url)
        return decode_document(self._fetch(url), url, self._limits) if shipped is None else shipped


def decode_document(body: bytes, url: str, limits: Limits = DEFAULT_LIMITS) -> Any:
    """Parse a fetched document.

    Args:
        body: The bytes as they came.
        url: Where they came from, for the error.
        limits: Bounds of size.

    Raises:
        ContextTooLarge: There are more bytes than allowed.
        InvalidContext: They are not JSON.
    """
    if len(body) > limits.size:
        raise ContextTooLarge(f"has {len(body)} bytes, more than the {limits.size} allowed", url=url)
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise InvalidContext(f"the document is not JSON: {error}", url=url) from None
