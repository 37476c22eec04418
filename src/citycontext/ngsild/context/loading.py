"""Where the documents behind context addresses come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

import orjson

from citycontext.errors import ContextNotAvailable, ContextTooLarge, InvalidContext
from citycontext.ngsild.context.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["OFFLINE", "ContextLoader", "OfflineLoader", "decode_document"]


class ContextLoader(Protocol):
    """Gives the document behind the address of an @context."""

    def load(self, url: str) -> Any:
        """Give the parsed JSON of a document: an object with a member ``@context``.

        Args:
            url: Its absolute address; never one of the core @context, which needs no loading.

        Raises:
            ContextNotAvailable: It cannot be had.
            InvalidContext: It is no JSON.
            ContextTooLarge: It is over the limit of bytes.
        """


class OfflineLoader:
    """Knows the documents it was given, and fetches nothing.

    Args:
        documents: Address → document, each an object with a member ``@context``.
    """

    def __init__(self, documents: Mapping[str, Any] | None = None) -> None:
        self._documents = dict(documents or {})

    def load(self, url: str) -> Any:
        """Give a known document (see `ContextLoader.load`)."""
        try:
            return self._documents[url]
        except KeyError:
            raise ContextNotAvailable(
                "is not known offline; give a loader that may fetch it, or the document itself", url=url
            ) from None


OFFLINE: Final = OfflineLoader()
"""The loader where none is given: it knows no address but those of the core @context, which need no loading."""


def decode_document(body: bytes, url: str, limits: Limits) -> Any:
    """Parse a fetched document.

    Args:
        body: The bytes as they came.
        url: Where they came from, for the error.
        limits: Bounds of size.

    Raises:
        ContextTooLarge: There are more bytes than allowed.
        InvalidContext: They are no JSON.
    """
    if len(body) > limits.size:
        raise ContextTooLarge(f"has {len(body)} bytes, more than the {limits.size} allowed", url=url)
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise InvalidContext(f"the document is no JSON: {error}", url=url) from None
