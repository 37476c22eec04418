"""Context source registrations: kept and found, not forwarded to (5.2.9, 5.9, 5.10, 5.12)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from citycontext.broker.distribution.sources import BROKEN
from citycontext.broker.documents.writing import Document
from citycontext.broker.notifying.subscriptions import LiveSubscription
from citycontext.broker.request.parameters import Parameters
from citycontext.broker.request.temporal_query import TemporalRequest, read_temporal_request
from citycontext.broker.responses.projection import expand_name
from citycontext.broker.selection.geo import GeoTest, geo_test, read_geo
from citycontext.broker.selection.selectors import Selector, read_entity_selectors, read_selector
from citycontext.broker.store.evolution import microseconds
from citycontext.errors import CityContextError
from citycontext.ngsild.context import Context
from citycontext.ngsild.query.evaluate import compile_q
from citycontext.ngsild.query.geo import GeoQuery
from citycontext.ngsild.query.patterns import compile_pattern
from citycontext.ngsild.query.q_parser import parse_q
from citycontext.ngsild.query.scope import parse_scope
from citycontext.ngsild.registrations import ContextSourceRegistration
from citycontext.ngsild.terms import ENTITY_MEMBERS

__all__ = [
    "DEFAULTS",
    "RegistrationFilter",
    "check_registration",
    "compact_registration",
    "expand_registration",
    "filter_of_request",
    "filter_of_subscription",
]

_READ_ONLY: Final = frozenset(
    {"status", "timesSent", "timesFailed", "lastSuccess", "lastFailure", "createdAt", "modifiedAt", "deletedAt"}
)
_EVERYWHERE: Final = ENTITY_MEMBERS
DEFAULTS: Final[Document] = {"mode": "inclusive", "operations": ["federationOps"]}
"""What a registration means that does not say it (5.2.9)."""


def check_registration(payload: Document) -> None:
    """Check a registration against its table (5.2.9).

    Raises:
        InvalidDocument: It breaks the table.
    """
    ContextSourceRegistration.from_dict(payload, strict=True)


def expand_registration(payload: Document, context: Context) -> Document:
    """Expand the names in a registration, or in a fragment of one; leave out what only the broker may say."""
    return _translate(payload, context.expand, context.expand_vocab)


def compact_registration(wire: Document, context: Context) -> Document:
    """Compact the names in a stored registration."""
    return _translate(wire, context.compact, context.compact_vocab)


def _translate(payload: Document, name_of: Callable[[str], str], word_of: Callable[[str], str]) -> Document:
    made = {name: value for name, value in payload.items() if name not in _READ_ONLY and name != "@context"}
    if isinstance(made.get("information"), list):
        made["information"] = [_information(one, name_of, word_of) for one in made["information"]]
    return made


def _information(information: Any, name_of: Callable[[str], str], word_of: Callable[[str], str]) -> Any:
    if not isinstance(information, dict):
        return information
    made = dict(information)
    for member in ("propertyNames", "relationshipNames"):
        if isinstance(made.get(member), list):
            made[member] = [name_of(name) if isinstance(name, str) else name for name in made[member]]
    if isinstance(made.get("entities"), list):
        made["entities"] = [
            {**one, "type": _words(one["type"], word_of)} if isinstance(one, dict) and "type" in one else one
            for one in made["entities"]
        ]
    return made


def _words(value: Any, word_of: Callable[[str], str]) -> Any:
    if isinstance(value, list):
        return [word_of(one) if isinstance(one, str) else one for one in value]
    return word_of(value) if isinstance(value, str) else value


@dataclass(slots=True)
class RegistrationFilter:
    """What registrations are asked for (5.12).

    Args:
        selectors: Entities, one of which the source must have; empty for any.
        patterns: The patterns of ids in the selectors, as they were written.
        attributes: Attributes, one of which it must have; empty for any.
        temporal: The time it must have observations of; None for sources of present information.
        geo: Where its entities lie; None for anywhere.
        tests: What the registration itself must meet (``csf``).
    """

    selectors: Sequence[Selector] = ()
    patterns: Sequence[str | None] = ()
    attributes: frozenset[str] = frozenset()
    temporal: TemporalRequest | None = None
    geo: GeoTest | None = None
    tests: Sequence[Callable[[Document], bool]] = ()

    def accepts(self, registration: Document) -> bool:
        """Return whether a registration matches; a stored one that cannot be used matches nothing."""
        try:
            return (
                any(self._informs(one) for one in registration["information"])
                and self._in_time(registration)
                and (self.geo is None or self.geo.matches(_as_entity(registration, self.geo.path[0])))
                and all(test(registration) for test in self.tests)
            )
        except (CityContextError, *BROKEN):
            return False

    def narrowed(self, registration: Document) -> Document:
        """Return a registration that matches with the information in it that does (5.11.7)."""
        return {**registration, "information": [one for one in registration["information"] if self._informs(one)]}

    def _informs(self, information: Document) -> bool:
        names = {*information.get("propertyNames", ()), *information.get("relationshipNames", ())}
        if self.attributes and names and self.attributes.isdisjoint(names):
            return False
        entities = information.get("entities")
        if not entities or not self.selectors:
            return True
        return any(
            _overlaps(selector, pattern, entity)
            for selector, pattern in zip(self.selectors, self.patterns, strict=True)
            for entity in entities
        )

    def _in_time(self, registration: Document) -> bool:
        observed = "observationInterval" in registration
        managed = "managementInterval" in registration
        if self.temporal is None:
            return not observed and not managed
        member = "observationInterval" if self.temporal.time_property == "observedAt" else "managementInterval"
        interval = registration.get(member)
        if interval is None:
            return False
        start, end = microseconds(interval["startAt"]), microseconds(interval.get("endAt", "9999-12-31T23:59:59Z"))
        assert start is not None
        assert end is not None
        first, last = self.temporal.start, self.temporal.end
        return (first is None or end >= first) and (last is None or start < last)


def filter_of_request(parameters: Parameters, context: Context) -> RegistrationFilter:
    """Read which registrations a request asks for.

    Raises:
        Problem: A parameter is not valid.
    """
    selectors: list[Selector] = []
    if any(name in parameters for name in ("type", "id", "idPattern")):
        ids = parameters.uris("id")
        selectors.append(read_selector(parameters.get("type"), ids, parameters.get("idPattern"), context))
    temporal = read_temporal_request(parameters, needs_interval=False)
    tests = [compile_q(parse_q(parameters["csf"]))] if "csf" in parameters else []
    if "scopeQ" in parameters:
        tests.append(_in_scope(parameters["scopeQ"]))
    names = [expand_name(name, context, "attrs") for name in parameters.names("attrs")]
    # What the entities of a source are like, only the source knows; which attributes they have, it registered.
    if "q" in parameters:
        names += [context.expand(name) for name in parse_q(parameters["q"]).attributes - _EVERYWHERE]
    return RegistrationFilter(
        selectors,
        [parameters.get("idPattern")] * len(selectors),
        frozenset(names),
        temporal if temporal.query.timerel is not None else None,
        read_geo(parameters, context),
        tests,
    )


def filter_of_subscription(subscription: LiveSubscription) -> RegistrationFilter:
    """Read which registrations a subscription asks for."""
    wire, context = subscription.wire, subscription.context
    entities = wire.get("entities", [])
    temporal = None
    if "temporalQ" in wire:
        asked = {name: str(value) for name, value in wire["temporalQ"].items()}
        temporal = read_temporal_request(Parameters(asked), needs_interval=True)
    geo = geo_test(GeoQuery.from_body(wire["geoQ"]), context) if "geoQ" in wire else None
    tests = [compile_q(parse_q(wire["csf"]))] if "csf" in wire else []
    if "scopeQ" in wire:
        tests.append(_in_scope(wire["scopeQ"]))
    return RegistrationFilter(
        read_entity_selectors(entities, context) if entities else (),
        [one.get("idPattern") for one in entities],
        subscription.watched,
        temporal,
        geo,
        tests,
    )


def _in_scope(text: str) -> Callable[[Mapping[str, Any]], bool]:
    """Build the test of a registration's own scope (5.10.2.4).

    Raises:
        InvalidQuery: The query does not parse.
    """
    matches = parse_scope(text).compile()
    return lambda registration: matches(registration.get("scope"))


def _overlaps(selector: Selector, pattern: str | None, entity: Document) -> bool:
    """Return whether the entities meant by a query and by a registration may be the same (5.12)."""
    types = entity["type"] if isinstance(entity["type"], list) else [entity["type"]]
    if selector.types is not None and set(selector.types).isdisjoint(types):
        return False
    return _ids_overlap(selector.ids, pattern, entity.get("id"), entity.get("idPattern"))


def _ids_overlap(
    ids: Collection[str] | None, pattern: str | None, registered: Any, registered_pattern: str | None
) -> bool:
    if ids is None and pattern is None:
        return True
    known = registered if isinstance(registered, list) else [registered] if registered is not None else []
    if ids is not None:
        if known:
            return not set(known).isdisjoint(ids)
        return registered_pattern is None or any(map(compile_pattern(registered_pattern), ids))
    assert pattern is not None
    # Whether two patterns have a text in common is not looked into: they may.
    return not known or any(map(compile_pattern(pattern), known))


def _as_entity(registration: Document, attribute: str) -> Document:
    """Return a registration's geometry the form of a GeoProperty, for geo-queries."""
    name = attribute.rpartition("/")[2]
    value = registration.get(name)
    if not isinstance(value, dict):
        return {}
    return {attribute: value if value.get("type") == "GeoProperty" else {"type": "GeoProperty", "value": value}}
