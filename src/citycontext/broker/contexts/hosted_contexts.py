"""Contexts the broker keeps for others: added by users, fetched from the web, or made from a request (5.13)."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

import orjson

from citycontext.broker.contexts.source import ContextSource
from citycontext.broker.documents.timestamps import timestamp
from citycontext.broker.documents.writing import Document
from citycontext.broker.store import Store
from citycontext.broker.wire import PREFIX
from citycontext.ngsild.context import Context, core_url, is_core_url

__all__ = ["KINDS", "HostedContexts"]

KINDS: Final = ("Hosted", "Cached", "ImplicitlyCreated")
_PATH: Final = f"{PREFIX}/jsonldContexts/"
_RESOURCE: Final = "context"


class HostedContexts:
    """Hosted and implicitly created contexts, and where to reach them.

    Args:
        store: Where they are kept; contexts belong to no tenant.
        allow_private: Whether contexts may be fetched from private networks.
    """

    def __init__(self, store: Store, *, allow_private: bool) -> None:
        self._store = store
        self._uses: dict[str, tuple[int, str]] = {}
        self.source: ContextSource = ContextSource(self._document_at, allow_private=allow_private, now=timestamp)
        self._started_at = timestamp()
        self._by_content: dict[bytes, str] = {}
        for kept in store.resources.all(0, _RESOURCE):
            self._by_content.setdefault(_content(kept["document"]["@context"]), kept["localId"])

    def add(self, value: Any, kind: str = "Hosted") -> str:
        """Keep a context; return its local id, which is that of an equal one where there is one already.

        Args:
            value: The value of its member ``@context``.
            kind: ``Hosted`` or ``ImplicitlyCreated``.
        """
        content = _content(value)
        local_id = self._by_content.get(content)
        known = None if local_id is None else self.get(local_id)
        if local_id is not None and known is not None and (kind != "Hosted" or known["kind"] == kind):
            return local_id
        local_id = local_id if known is not None and local_id else str(UUID(bytes=content))
        kept = {"localId": local_id, "kind": kind, "createdAt": timestamp(), "document": {"@context": value}}
        self._by_content[content] = local_id
        self._store.resources.put(0, _RESOURCE, local_id, kept)
        return local_id

    def get(self, local_id: str) -> Document | None:
        """Return a kept context; None when nothing has this id."""
        return self._store.resources.get(0, _RESOURCE, local_id)

    def find_local_id(self, name: str) -> str:
        """Turn the address of a kept context into its local id; another name stays as it is."""
        path = urlsplit(name).path if "://" in name else name
        return path.rpartition(_PATH)[2] if _PATH in path else name

    def delete(self, local_id: str) -> None:
        """Remove a kept context."""
        self._store.resources.delete(0, _RESOURCE, local_id)
        self._by_content = {content: one for content, one in self._by_content.items() if one != local_id}
        self._uses.pop(local_id, None)
        self.source.forget()

    def list(self, kind: str | None, base: str) -> list[dict[str, Any]]:
        """List contexts in detail, of one kind or of all.

        Args:
            kind: One of ``KINDS``; None for all.
            base: Scheme, host and mount point that addresses start with.
        """
        kept = [self.details(one, base) for one in self._store.resources.all(0, _RESOURCE)]
        cached = [self.cached_details(url) for url in self.source.cached]
        return [one for one in (*kept, self.core_details(), *cached) if kind is None or one["kind"] == kind]

    def core_details(self) -> dict[str, Any]:
        """Describe the core, which every request reads with and no one fetches."""
        url = core_url()
        return {"URL": url, "localId": url, "kind": "Cached", "createdAt": self._started_at, "numberOfHits": 0}

    def details(self, kept: Document, base: str) -> dict[str, Any]:
        """Describe a kept context."""
        hits, last_usage = self._uses.get(kept["localId"], (0, ""))
        described = {
            "URL": self.address(kept["localId"], base),
            "localId": kept["localId"],
            "kind": kept["kind"],
            "createdAt": kept["createdAt"],
            "numberOfHits": hits,
        }
        return described | ({"lastUsage": last_usage} if last_usage else {})

    def cached_details(self, url: str) -> dict[str, Any]:
        """Describe a context fetched from the web."""
        cached = self.source.cached[url]
        described = {
            "URL": url,
            "localId": url,
            "kind": "Cached",
            "createdAt": cached.created_at,
            "numberOfHits": cached.hits,
        }
        return described | ({"lastUsage": cached.last_usage} if cached.last_usage else {})

    def address(self, local_id: str, base: str) -> str:
        """Return the address of a kept context."""
        return f"{base}{_PATH}{local_id}"

    def address_of(self, context: Context, base: str) -> str:
        """Find an address under which a context can be read, keeping it when it has none (6.3.5).

        Args:
            context: The context of a request.
            base: Scheme, host and mount point that addresses start with.
        """
        source = context.source
        parts = source if isinstance(source, list) else [] if source is None else [source]
        user = [part for part in parts if not (isinstance(part, str) and is_core_url(part))]
        if not user:
            return next((part for part in parts if isinstance(part, str)), core_url())
        if len(user) == 1 and isinstance(user[0], str):
            return user[0]
        return self.address(self.add(source, "ImplicitlyCreated"), base)

    def _document_at(self, url: str) -> Any:
        local_id = self.find_local_id(url)
        kept = None if local_id == url else self.get(local_id)
        if kept is None:
            return None
        hits, _ = self._uses.get(local_id, (0, ""))
        self._uses[local_id] = (hits + 1, timestamp())
        return kept["document"]


def _content(value: Any) -> bytes:
    """Return what equal contexts have in common, and no others: a digest in the form of a UUID's bytes."""
    return blake2b(orjson.dumps(value, option=orjson.OPT_SORT_KEYS), digest_size=16).digest()
