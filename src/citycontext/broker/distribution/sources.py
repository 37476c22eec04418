"""Context sources: what each registration covers, and how its source is spoken to (5.2.9, 5.12)."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from citycontext.broker.distribution.operations import operations_of
from citycontext.broker.documents.writing import Document, attribute_names, instances
from citycontext.broker.store import Store
from citycontext.errors import CityContextError
from citycontext.foreign_text import printable, shown
from citycontext.ngsild.query.evaluate import compile_q
from citycontext.ngsild.query.patterns import compile_pattern
from citycontext.ngsild.query.q_parser import parse_q
from citycontext.ngsild.registrations import ContextSourceRegistration
from citycontext.ngsild.terms import ENTITY_MEMBERS
from citycontext.ngsild.time import parse_datetime

__all__ = ["BROKEN", "PROXYING", "Share", "Source", "Sources", "Tally"]

_log = logging.getLogger(__name__)

BROKEN: Final = (TypeError, ValueError, KeyError, AttributeError, IndexError, AssertionError)
"""What comes of working with a stored document that is not what it should be."""

PROXYING: Final = frozenset({"exclusive", "redirect"})
"""Modes in which a source holds what is registered, and the broker nothing of it."""


@dataclass(frozen=True, slots=True)
class Share:
    """What a source has of an entity.

    Args:
        attributes: The attributes it has, expanded; None for any.
    """

    attributes: frozenset[str] | None

    def of(self, names: Iterable[str]) -> set[str]:
        """Return those of some attributes that are in it."""
        return set(names) if self.attributes is None else set(names) & self.attributes


@dataclass(frozen=True, slots=True)
class Source:
    """One registration, ready to be put to requests.

    Args:
        id: The registration's id.
        wire: The registration, expanded.
        mode: ``inclusive``, ``exclusive``, ``redirect`` or ``auxiliary``.
        operations: What the source can do, groups resolved.
    """

    id: str
    wire: Document
    mode: str
    operations: frozenset[str]

    @classmethod
    def read(cls, wire: Document) -> Source:
        """Read a stored registration."""
        mode = wire.get("mode") or "inclusive"
        return cls(wire["id"], wire, mode, operations_of(wire.get("operations"), mode))

    @property
    def endpoint(self) -> str:
        """The address of the source's API, without what every source has in common."""
        return str(self.wire["endpoint"]).rstrip("/").removesuffix("/ngsi-ld/v1")

    @property
    def tenant(self) -> str | None:
        """The tenant at the source; None for its default one."""
        return self.wire.get("tenant")

    @property
    def alias(self) -> str | None:
        """The name by which the source stands in ``Via``."""
        return self.wire.get("contextSourceAlias")

    @property
    def is_proxied(self) -> bool:
        """Whether the source holds what is registered, and the broker nothing of it."""
        return self.mode in PROXYING

    @property
    def keeps_history(self) -> bool:
        """Whether the source is registered for what was, not for what is (5.10.2.4)."""
        return "observationInterval" in self.wire or "managementInterval" in self.wire

    def information(self, key: str) -> str | None:
        """Return a member of ``contextSourceInfo``."""
        return next((pair["value"] for pair in self.pairs() if pair["key"].lower() == key.lower()), None)

    def pairs(self) -> list[dict[str, str]]:
        """Return the members of ``contextSourceInfo`` that are pairs of texts."""
        return [
            one
            for one in self.wire.get("contextSourceInfo") or ()
            if isinstance(one, dict) and isinstance(one.get("key"), str) and isinstance(one.get("value"), str)
        ]

    def management(self, name: str) -> float | None:
        """Return a member of ``management`` that is a time in milliseconds, in seconds."""
        value = (self.wire.get("management") or {}).get(name)
        return value / 1000 if isinstance(value, (int, float)) and value > 0 else None

    @property
    def local_only(self) -> bool:
        """Whether the source is to answer with what it holds itself (5.2.34)."""
        return bool((self.wire.get("management") or {}).get("localOnly"))

    def share(
        self,
        id: str | None,
        types: Collection[str] | None = None,
        *,
        pattern: str | None = None,
        attributes: Collection[str] | None = None,
    ) -> Share | None:
        """Return what the source has of an entity, or of the entities that are asked for (5.12).

        Args:
            id: The entity's id; None for any.
            types: Its types, expanded; None where they are not known.
            pattern: A pattern of ids that are asked for.
            attributes: Attributes that are asked for, expanded; None for any.

        Returns:
            Its share; None when the registration does not match.
        """
        names: set[str] = set()
        every = matches = False
        for information in self.wire.get("information") or ():
            entities = information.get("entities")
            if entities and not any(_means(entity, id, types, pattern) for entity in entities):
                continue
            registered = {*(information.get("propertyNames") or ()), *(information.get("relationshipNames") or ())}
            if registered and attributes is not None and registered.isdisjoint(attributes):
                continue
            matches = True
            every = every or not registered
            names |= registered
        return Share(None if every else frozenset(names)) if matches else None

    def meets(self, csf: str | None) -> bool:
        """Return whether the registration meets a filter on registrations (4.9, 5.12).

        Args:
            csf: The filter; None for none.

        Raises:
            InvalidQuery: It does not parse.
        """
        return csf is None or compile_q(parse_q(csf))(self.wire)

    def selectors(self) -> list[Document] | None:
        """Return the entities that are registered; None where one registration means any entity."""
        found: list[Document] = []
        for information in self.wire.get("information") or ():
            if not information.get("entities"):
                return None
            found += information["entities"]
        return found

    def admit(self, document: Document) -> Document | None:
        """Return what is registered of an entity that the source sent; None when it is not registered at all."""
        share = self.share(document["id"], document["type"])
        if share is None:
            return None
        kept = {
            name: value
            for name, value in document.items()
            if name in ENTITY_MEMBERS or share.attributes is None or name in share.attributes
        }
        datasets = self.wire.get("datasetId")
        if datasets:
            wanted = {
                None if one == "@none" else one for one in (datasets if isinstance(datasets, list) else [datasets])
            }
            for name in list(attribute_names(kept)):
                left = [one for one in instances(kept[name]) if one.get("datasetId") in wanted]
                if left:
                    kept[name] = left if len(left) > 1 else left[0]
                else:
                    del kept[name]
        return kept


class Tally:
    """How often a source was asked, and how it went (5.2.9)."""

    def __init__(self) -> None:
        self._sent = self._failed = 0
        self._last_success = self._last_failure = ""

    def note(self, went_well: bool, now: str) -> None:
        """Count one request."""
        self._sent += 1
        if went_well:
            self._last_success = now
        else:
            self._failed += 1
            self._last_failure = now

    def members(self) -> Document:
        """Return what of it stands in the registration."""
        found: Document = {"timesSent": self._sent, "timesFailed": self._failed}
        if self._last_success:
            found["lastSuccess"] = self._last_success
        if self._last_failure:
            found["lastFailure"] = self._last_failure
        return {"status": "ok" if self._last_success >= self._last_failure else "failed", **found}


class Sources:
    """The registrations in force, by tenant, read once.

    Args:
        store: Where they are kept.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[int, list[Source]] = {}

    def of_tenant(self, tenant: int) -> Sequence[Source]:
        """Return a tenant's sources that have not expired, in the order of their registration."""
        known = self._known.get(tenant)
        if known is None:
            stored = self._store.resources.all(tenant, "registration")
            known = self._known[tenant] = [source for one in stored if (source := _read(one["wire"])) is not None]
        if not known:
            return known
        now = datetime.now(UTC)
        return [one for one in known if not _expired(one.wire.get("expiresAt"), now)]

    def forget(self, tenant: int) -> None:
        """Read a tenant's registrations again, since one was made, changed or removed."""
        self._known.pop(tenant, None)


def _read(wire: Document) -> Source | None:
    """Read a stored registration; one that cannot be used, as an older release may have let in, is left out."""
    try:
        ContextSourceRegistration.from_dict(wire, strict=True)
        return Source.read(wire)
    except (CityContextError, *BROKEN) as error:
        _log.warning("registration %s is not in force: %s", shown(wire.get("id")), printable(str(error)))
        return None


def _expired(text: Any, now: datetime) -> bool:
    try:
        return isinstance(text, str) and parse_datetime(text) <= now
    except CityContextError:
        return False


def _means(entity: Document, id: str | None, types: Collection[str] | None, pattern: str | None) -> bool:
    kinds = entity["type"] if isinstance(entity.get("type"), list) else [entity.get("type")]
    if types is not None and "*" not in kinds and set(types).isdisjoint(kinds):
        return False
    registered, registered_pattern = entity.get("id"), entity.get("idPattern")
    known = registered if isinstance(registered, list) else [registered] if registered is not None else []
    if id is not None:
        if known:
            return id in known
        return registered_pattern is None or compile_pattern(registered_pattern)(id)
    # Whether two patterns have a text in common is not looked into: they may.
    return pattern is None or not known or any(map(compile_pattern(pattern), known))
