"""Broker profiles: the limits and spellings of each context broker, as values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from citycontext.errors import DataError

__all__ = ["ANTARES", "CORAINE", "GENERIC", "ORION_LD", "SCORPIO", "STELLIO", "BrokerProfile"]


@dataclass(frozen=True, slots=True)
class BrokerProfile:
    """What a client must know about a context broker beyond the standard.

    Args:
        name: The broker's name.
        page_size: Entities asked for in one page where the user names no number.
        max_page_size: The most one page may hold.
        max_batch_items: The most entities one batch request may hold.
        max_batch_bytes: The longest body the broker takes, in bytes.
        max_url_length: The longest address a query may have, in characters; a longer one goes as POST.
        concurrency: How many requests of one batch the asynchronous client keeps under way.
        local_parameter: How the broker spells the parameter ``local``.
        entity_maps_path: Where entity maps are.
        form_parameter: Which parameter names the representation: ``options``, which every version has, or ``format``.
        links: How a link to several entities is best written; for ``citycontext.models.clean``. Every broker knows
            ``instances``; brokers of version 1.8 also ``list-relationship`` and ``array``.
        entity_map_limit: How many entities an entity map is asked to hold, where the broker wants to be told.
        reported_members: Members of subscriptions that it tells and refuses to be told; a subscription that was read
            is sent back without them.
    """

    name: str = "generic"
    page_size: int = 100
    max_page_size: int = 1000
    max_batch_items: int = 1000
    max_batch_bytes: int = 1_000_000
    max_url_length: int = 4000
    concurrency: int = 4
    local_parameter: str = "local"
    entity_maps_path: str = "entityMaps"
    form_parameter: Literal["options", "format"] = "options"
    links: Literal["instances", "list-relationship", "array"] = "instances"
    entity_map_limit: int | None = None
    reported_members: frozenset[str] = frozenset()

    def page_limit(self, wanted: int | None) -> int:
        """Return the number of items to ask for in one page.

        Args:
            wanted: What the user named, if anything; more than the broker allows becomes what it allows.

        Raises:
            DataError: It is not a whole number, or less than one.
        """
        given: object = wanted
        if given is not None and not (isinstance(given, int) and given >= 1):
            raise DataError(f"{wanted!r} is not a number of items to a page", path="page_size", clause="6.3.10")
        return min(wanted or self.page_size, self.max_page_size)

    def with_changes(self, **changes: Any) -> BrokerProfile:
        """Return a copy with other limits, for a broker that is configured so.

        Args:
            changes: Fields of this class and their new values.
        """
        return replace(self, **changes)


GENERIC: Final = BrokerProfile()
"""Limits that every known broker accepts in its default configuration."""

ORION_LD: Final = BrokerProfile(
    name="orion-ld",
    page_size=1000,
    reported_members=frozenset({"jsonldContext"}),
)
"""Orion-LD: pages up to 1,000, bodies up to 1 MB."""

CORAINE: Final = BrokerProfile(name="coraine", page_size=1000, entity_map_limit=1000)
"""coraine: pages up to 1,000 and more; an entity map holds no more entities than it is asked for."""

ANTARES: Final = BrokerProfile(name="antares", max_batch_bytes=4_000_000, max_url_length=8000)
"""Antares, as its documents have it: batches up to 1,000 entities, bodies up to 4 MiB, addresses up to 8 KiB."""

SCORPIO: Final = BrokerProfile(
    name="scorpio",
    page_size=1000,
    local_parameter="localOnly",
    entity_maps_path="entityMap",
)
"""Scorpio: pages up to 1,000; ``localOnly`` for ``local`` and ``entityMap`` for ``entityMaps``."""

STELLIO: Final = BrokerProfile(
    name="stellio", page_size=100, max_page_size=100, max_batch_items=250, max_batch_bytes=2_000_000
)
"""Stellio: pages up to 100, bodies up to 2 MB; small batches, since it is said to end one after 40 seconds."""
