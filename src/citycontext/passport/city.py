"""What the checks share: the types of a broker, a sample of their entities, the @context they are read by."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, TypeVar
from urllib.parse import quote

from citycontext.errors import CityContextError, ContextNotAvailable
from citycontext.models.meaning import compacted, context_of
from citycontext.ngsild.context import CONTEXT_RELATION, Context, parse_link_header, shipped_context
from citycontext.ngsild.context.core_terms import is_core_url
from citycontext.ngsild.names import is_uri
from citycontext.ngsild.terms import DEFAULT_CONTEXT, ENTITY_MEMBERS
from citycontext.passport.catalogue import Catalogue, read_catalogue
from citycontext.passport.evidence import Exchange, shielded
from citycontext.passport.prober import Prober, answered
from citycontext.passport.verdicts import NotTestable, Reason, not_testable
from citycontext.publish.disclosing.disclosure import is_personal
from citycontext.publish.disclosing.identifiers import identifier_in
from citycontext.web.media_types import LD_JSON

__all__ = [
    "City",
    "Options",
    "Sample",
    "attributes_of",
    "context_addresses",
    "entity_id",
    "entity_path",
    "entity_types",
    "geometry_of",
    "model_address",
    "numeric_attribute",
    "text_attribute",
]

T = TypeVar("T")

_FIRST_PAGE: Final = 100
_MORE_PAGES: Final = 2
_MOST_TYPES: Final = 40
_MOST_CONTEXTS: Final = 10


@dataclass(frozen=True, slots=True)
class Options:
    """What the user asked for.

    .. versionadded:: 0.2

    Args:
        types: Types to look at, instead of all that the broker tells.
        seed: What the choice of samples follows from.
        probe_access: Whether a write without credentials may be tried; nothing is created.
        subscribe: Whether a subscription may be created and deleted.
        token_issuer: The address of who issues tokens.
    """

    types: tuple[str, ...] = ()
    seed: int = 7
    probe_access: bool = False
    subscribe: bool = False
    token_issuer: str = ""


@dataclass(frozen=True, slots=True)
class Sample:
    """Some entities of one type.

    Args:
        type: The type, as the broker named it.
        entities: They, as they came.
        total: How many there are, where the broker told.
        exchanges: The pages.
    """

    type: str
    entities: tuple[dict[str, Any], ...]
    total: int | None
    exchanges: tuple[Exchange, ...]


@dataclass
class City:
    """A city, as far as it was asked.

    Args:
        prober: Sends the requests.
        context: The addresses of the configured @context; empty for none.
        catalogue_url: Where the description of its open data is; empty for none.
        options: What the user asked for.
        anonymous: Asks the broker without credentials.
    """

    prober: Prober
    context: str = ""
    catalogue_url: str = ""
    options: Options = field(default_factory=Options)
    anonymous: Prober | None = None
    _done: dict[str, Any] = field(default_factory=dict, init=False, repr=False)

    def once(self, name: str, ask: Callable[[], T]) -> T:
        """Return what several checks want to know, asked once."""
        if name not in self._done:
            self._done[name] = ask()
        known: T = self._done[name]
        return known

    @cached_property
    def types_answer(self) -> Exchange:
        """The answer to the question which types there are."""
        return self.prober.ask("types")

    @cached_property
    def types(self) -> tuple[str, ...]:
        """The types there are, or those that the user named.

        Raises:
            NotReached: The broker did not answer.
            NotTestable: It holds no entity.
        """
        if self.options.types:
            return self.options.types
        answer = answered(self.types_answer)
        names = _type_names(answer.json)
        if not names:
            raise NotTestable(
                not_testable(
                    Reason.NO_SAMPLE,
                    "The broker tells no types; name some with --type.",
                    "De broker noemt geen types; noem er met --type.",
                    evidence=(answer,),
                )
            )
        return names

    @cached_property
    def asked_types(self) -> tuple[str, ...]:
        """The types that are looked at: all, or as many as one run takes, chosen by the seed."""
        if len(self.types) <= _MOST_TYPES:
            return self.types
        chosen = set(random.Random(self.options.seed).sample(range(len(self.types)), _MOST_TYPES))  # noqa: S311
        return tuple(one for number, one in enumerate(self.types) if number in chosen)

    @cached_property
    def samples(self) -> tuple[Sample, ...]:
        """A sample of each type.

        Raises:
            NotReached: The broker did not answer.
            NotTestable: It holds no entity.
        """
        first = self.prober.ask_all(
            [f"entities?type={quote(one, safe='')}&limit={_FIRST_PAGE}&count=true" for one in self.asked_types]
        )
        samples = []
        for name, page in zip(self.asked_types, first, strict=True):
            answered(page)
            entities = _entities(page)
            told = page.headers.get("ngsild-results-count", "")
            total = int(told) if told.isdecimal() else None
            pages = [page]
            if total is not None and total > _FIRST_PAGE and len(entities) == _FIRST_PAGE:
                pages += self._further(name, total)
                entities += [one for further in pages[1:] for one in _entities(answered(further))]
            samples.append(Sample(name, tuple(entities), total, tuple(pages)))
        return tuple(samples)

    def _further(self, name: str, total: int) -> list[Exchange]:
        """Ask for pages of a type at places that the seed chooses."""
        chance = random.Random(f"{self.options.seed} {name}")  # noqa: S311
        last = (total - 1) // _FIRST_PAGE
        places = sorted(chance.sample(range(1, last + 1), min(_MORE_PAGES, last)))
        return self.prober.ask_all(
            [f"entities?type={quote(name, safe='')}&limit={_FIRST_PAGE}&offset={at * _FIRST_PAGE}" for at in places]
        )

    @cached_property
    def sampled(self) -> tuple[dict[str, Any], ...]:
        """All entities of the samples.

        Raises:
            NotTestable: Nothing is there.
        """
        found = tuple(one for sample in self.samples for one in sample.entities)
        if not found:
            raise NotTestable(
                not_testable(
                    Reason.NO_SAMPLE,
                    "No type has an entity that can be read.",
                    "Geen enkel type heeft een entiteit die gelezen kan worden.",
                    evidence=self.pages,
                )
            )
        return found

    @property
    def pages(self) -> tuple[Exchange, ...]:
        """The first page of each sample, of a few of them."""
        return tuple(sample.exchanges[0] for sample in self.samples[:5])

    @property
    def sampling(self) -> tuple[int, int | None]:
        """How many entities were looked at, and how many there are where the broker told."""
        totals = [sample.total for sample in self.samples]
        complete = None not in totals and len(self.asked_types) == len(self.types)
        return len(self.sampled), sum(one or 0 for one in totals) if complete else None

    @cached_property
    def sample_words(self) -> tuple[str, str]:
        """The sampling as a phrase, in English and Dutch."""
        looked, total = self.sampling
        types, all_types = len(self.asked_types), len(self.types)
        of_all = f"{looked:,}" if total is None else f"{looked:,} of {total:,}"
        van = f"{looked:,}" if total is None else f"{looked:,} van {total:,}"
        return (
            f"{of_all} entities, {types} of {all_types} types, seed {self.options.seed}",
            f"{van} entiteiten, {types} van {all_types} types, seed {self.options.seed}",
        )

    @cached_property
    def an_entity(self) -> dict[str, Any]:
        """An entity whose id may be shown, of a type with attributes."""
        for one in self.sampled:
            if identifier_in(entity_id(one)) is None and is_uri(entity_id(one)):
                return one
        return self.sampled[0]

    # What names mean.

    @cached_property
    def context_read(self) -> Context:
        """The configured @context, or the core one.

        Raises:
            NotTestable: It cannot be had.
        """
        if not self.context:
            return Context.core()
        try:
            return Context.parse(self.context, _Loader(self.prober))
        except CityContextError as error:
            raise NotTestable(
                not_testable(
                    Reason.NOT_REACHED,
                    f"The @context {self.context} cannot be read: {shielded(str(error))}.",
                    f"De @context {self.context} kan niet gelezen worden: {shielded(str(error))}.",
                )
            ) from None

    def type_iri(self, name: str) -> str:
        """Return what a type means."""
        return self.context_read.expand_vocab(name)

    def attribute_iri(self, name: str) -> str:
        """Return what the name of an attribute means."""
        return self.context_read.expand(name)

    def has_meaning(self, iri: str) -> bool:
        """Return whether an IRI is of a vocabulary, and not of the default one that any unknown name falls into."""
        return "://" in iri and not iri.startswith(DEFAULT_CONTEXT)

    # What the catalogue says.

    @cached_property
    def catalogue(self) -> Catalogue:
        """The description of the open data.

        Raises:
            NotReached: It was not answered.
            NotTestable: None is named, or what came is not one.
        """
        if not self.catalogue_url:
            raise NotTestable(
                not_testable(
                    Reason.NOT_APPLICABLE,
                    "No catalogue of open data was named; give --open-data.",
                    "Er is geen catalogus van open data genoemd; geef --open-data.",
                )
            )
        return read_catalogue(self.prober, self.catalogue_url)

    @property
    def catalogue_if_any(self) -> Catalogue | None:
        """The description of the open data; None if absent, or it cannot be had."""
        try:
            return self.catalogue
        except NotTestable:
            return None

    @cached_property
    def own_contexts(self) -> tuple[str, ...]:
        """The addresses that answers name as their @context, the core one apart."""
        found: dict[str, None] = {}
        if self.context:
            found[self.context] = None
        one = self.prober.ask(entity_path(self.an_entity), accept=LD_JSON)
        for exchange in (one, *self.pages):
            for address in context_addresses(exchange):
                if not is_core_url(address):
                    found[address] = None
        return tuple(found)[:_MOST_CONTEXTS]


class _Loader:
    """Return the documents of contexts: those that ship, else by a request that is evidence too."""

    def __init__(self, prober: Prober) -> None:
        self._prober = prober

    def load(self, url: str) -> Any:
        known = shipped_context(url)
        if known is not None:
            return known
        exchange = self._prober.fetch(url, "application/ld+json, application/json")
        if not exchange.is_success or exchange.json is None:
            raise ContextNotAvailable(f"{url} cannot be had: {exchange.obstacle.en or exchange.status}")
        return exchange.json


def entity_path(entity: Mapping[str, Any]) -> str:
    """Return the path of an entity below the API."""
    return f"entities/{quote(entity_id(entity), safe=':')}"


def entity_id(entity: Mapping[str, Any]) -> str:
    """Return the id of an entity, also where it is written as in plain JSON-LD."""
    found = entity.get("id", entity.get("@id"))
    return found if isinstance(found, str) else ""


def entity_types(entity: Mapping[str, Any]) -> list[str]:
    """Return the types of an entity."""
    named = entity.get("type", entity.get("@type"))
    return [one for one in (named if isinstance(named, list) else [named]) if isinstance(one, str)]


def attributes_of(entity: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the attributes of an entity, each with its first instance that is an object."""
    for name, member in entity.items():
        if name in ENTITY_MEMBERS or name in ("@id", "@type", "@context"):
            continue
        instances = member if isinstance(member, list) else [member]
        for instance in instances[:1]:
            if isinstance(instance, dict):
                yield name, instance


def numeric_attribute(entities: Sequence[Mapping[str, Any]]) -> tuple[Mapping[str, Any], str, int | float] | None:
    """Find an entity with a number that is nobody's, to filter by: the entity, the attribute, the value."""
    for entity in entities:
        kinds = entity_types(entity)
        if identifier_in(entity_id(entity)) is not None:
            continue
        for name, instance in attributes_of(entity):
            value = instance.get("value")
            if isinstance(value, bool) or not isinstance(value, int | float) or isinstance(entity[name], list):
                continue
            if not any(is_personal(kind, name) for kind in kinds) and abs(value) < 10**6:
                return entity, name, value
    return None


def text_attribute(entities: Sequence[Mapping[str, Any]]) -> tuple[Mapping[str, Any], str, str] | None:
    """Find an entity with a word of a list, such as a status, to filter by."""
    for entity in entities:
        if identifier_in(entity_id(entity)) is not None:
            continue
        for name, instance in attributes_of(entity):
            value = instance.get("value")
            if not isinstance(value, str) or not value.isascii() or not value.isalpha() or len(value) > 30:
                continue
            if not any(is_personal(kind, name) for kind in entity_types(entity)):
                return entity, name, value
    return None


def geometry_of(entity: Mapping[str, Any]) -> tuple[str, dict[str, Any]] | None:
    """Return the name and the geometry of the first GeoProperty of an entity that can be read."""
    for name, instance in attributes_of(entity):
        value = instance.get("value")
        if (
            isinstance(value, dict)
            and isinstance(value.get("coordinates"), list)
            and isinstance(value.get("type"), str)
        ):
            return name, value
    return None


def model_address(entity: Mapping[str, Any]) -> str:
    """Return the address of the @context of an entity's model; empty where no published model is known."""
    try:
        return context_of(compacted(dict(entity)))
    except CityContextError:
        return ""


def context_addresses(exchange: Exchange) -> list[str]:
    """Return the addresses that an answer names as its @context: in its Link header, or in its body."""
    links = parse_link_header(exchange.headers.get("link", ""))
    found = [link.target for link in links if CONTEXT_RELATION in link.relations]
    body = exchange.json
    first = body[0] if isinstance(body, list) and body else body
    named = first.get("@context") if isinstance(first, dict) else None
    listed = named if isinstance(named, list) else [named]
    found += [one for one in listed if isinstance(one, str)]
    return list(dict.fromkeys(found))


def _entities(page: Exchange) -> list[dict[str, Any]]:
    body = page.json
    return [one for one in body if isinstance(one, dict)] if isinstance(body, list) else []


def _type_names(body: Any) -> tuple[str, ...]:
    if isinstance(body, dict):
        listed = body.get("typeList")
        return tuple(one for one in listed if isinstance(one, str)) if isinstance(listed, list) else ()
    if isinstance(body, list):
        named = [one.get("typeName", one.get("id")) for one in body if isinstance(one, dict)]
        return tuple(one for one in named if isinstance(one, str))
    return ()
