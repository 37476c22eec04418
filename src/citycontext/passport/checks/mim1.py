"""MIM1, interlinking data: does each thing have one lasting name, and can its meaning and relations be had from it."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any, Final
from urllib.parse import quote

from citycontext.ngsild.names import is_uri
from citycontext.passport.city import (
    City,
    attributes_of,
    context_addresses,
    entity_id,
    entity_path,
    entity_types,
    model_address,
)
from citycontext.passport.evidence import Exchange, shielded
from citycontext.passport.prober import answered
from citycontext.passport.verdicts import NotReached, Outcome, Reason, failed, not_testable, passed
from citycontext.passport.words import Text
from citycontext.publish.disclosing.identifiers import identifier_in
from citycontext.web.media_types import LD_JSON

__all__ = [
    "further_semantics",
    "look_up",
    "look_up_elsewhere",
    "machine_readable_semantics",
    "persistent_identifiers",
    "relations",
    "same_thing",
    "semantics",
    "unique_identifiers",
]

_SAME: Final = frozenset(
    {
        "http://www.w3.org/2002/07/owl#sameAs",
        "http://www.w3.org/2004/02/skos/core#exactMatch",
        "https://schema.org/sameAs",
        "http://schema.org/sameAs",
        "http://www.w3.org/ns/adms#identifier",
    }
)
_SAME_NAMES: Final = frozenset(
    {"sameAs", "owl:sameAs", "exactMatch", "skos:exactMatch", "schema:sameAs", "adms:identifier"}
)
_MOST_RELATIONS: Final = 20
_LOOK_UPS: Final = 10
_FRAIL: Final = re.compile(r"://(?:\d{1,3}(?:\.\d{1,3}){3}|localhost|[^/]*:\d+)(?:/|$)|^[^:]+:(?:[^:]+:)*\d{1,6}$")
_RDF: Final = "application/ld+json, text/turtle;q=0.9, application/rdf+xml;q=0.8"


def unique_identifiers(city: City) -> Outcome:
    """R1.1: ids are absolute URIs, and none stands twice across types and pages."""
    seen: dict[str, tuple[str, frozenset[str]]] = {}
    wrong: list[str] = []
    twice: list[str] = []
    for sample in city.samples:
        for page in sample.exchanges:
            on_page = Counter(entity_id(one) for one in page.json or () if isinstance(one, dict))
            twice += [name for name, times in on_page.items() if times > 1]
        for entity in sample.entities:
            name, kinds = entity_id(entity), frozenset(entity_types(entity))
            if not is_uri(name):
                wrong.append(name)
            # An entity of several types comes with each of them; pages of a living city may shift by one.
            elsewhere, others = seen.setdefault(name, (sample.type, kinds))
            if elsewhere != sample.type and kinds != others:
                twice.append(name)
    looked = len(city.sampled)
    en, nl = city.sample_words
    pages = city.pages
    if wrong:
        return failed(
            f"{len(wrong)} of {looked:,} ids are not absolute URIs, such as {shielded(wrong[0]) or 'none at all'} ({en}).",
            f"{len(wrong)} van {looked:,} ids zijn geen absolute URI, zoals {shielded(wrong[0]) or 'geen enkele'} ({nl}).",
            evidence=pages,
        )
    if twice:
        return failed(
            f"{len(twice)} ids stand for more than one entity, such as {shielded(twice[0])} ({en}).",
            f"{len(twice)} ids staan voor meer dan één entiteit, zoals {shielded(twice[0])} ({nl}).",
            evidence=pages,
        )
    return passed(
        f"Unique and absolute in the sample: {en}.", f"Uniek en absoluut in de steekproef: {nl}.", evidence=pages
    )


def look_up(city: City) -> Outcome:
    """R1.2: the broker answers an entity's id with that entity."""
    chosen = _spread(city, _LOOK_UPS)
    answers = city.prober.ask_all([entity_path(one) for one in chosen])
    for entity, exchange in zip(chosen, answers, strict=True):
        answered(exchange)
        body = exchange.json if exchange.is_success else None
        if not isinstance(body, dict) or entity_id(body) != entity_id(entity):
            shown = shielded(entity_id(entity))
            return failed(
                f"The broker lists {shown}, and answers {exchange.status} when it is looked up.",
                f"De broker noemt {shown}, en antwoordt {exchange.status} als die opgezocht wordt.",
                evidence=tuple(answers),
            )
    notes: list[Text] = []
    web = next((one for one in chosen if entity_id(one).startswith("http")), None)
    evidence = [*answers]
    if web is not None:
        direct = city.prober.fetch(entity_id(web), _RDF)
        evidence.append(direct)
        notes.append(
            Text(
                f"The id is an address; it answers {direct.status}.",
                f"De id is een adres; het antwoordt {direct.status}.",
            )
        )
    return passed(
        f"{len(answers)} ids were looked up, and each gave its entity.",
        f"{len(answers)} ids zijn opgezocht, en elk gaf zijn entiteit.",
        notes=tuple(notes),
        evidence=tuple(evidence),
    )


def look_up_elsewhere(city: City) -> Outcome:
    """R1.3: ids of the broker found in what is published."""
    sampled = {entity_id(one) for one in city.sampled}
    catalogue = city.catalogue_if_any
    if catalogue is None:
        return not_testable(
            Reason.NO_SAMPLE,
            "Only one system is known; name a catalogue with --open-data.",
            "Er is maar één systeem bekend; noem een catalogus met --open-data.",
        )
    evidence = [catalogue.exchange]
    pairs = 0
    for url in [*catalogue.downloads[:6], *catalogue.endpoints[:3]]:
        exchange = city.prober.fetch(url, "application/ld+json, application/geo+json, application/json, */*;q=0.1")
        evidence.append(exchange)
        text = exchange.content.decode("utf-8", "replace") if exchange.is_success else ""
        pairs += sum(1 for one in list(sampled)[:200] if f'"{one}"' in text or f"{one}," in text or f"{one}\n" in text)
    api = [one for one in catalogue.endpoints if city.prober.root.startswith(one.rstrip("/"))]
    for one in evidence:
        if one.obstacle.en and not pairs:
            raise NotReached(one)
    if pairs:
        return passed(
            f"{pairs} ids of the broker stand in what the catalogue names{'; it names the broker too' if api else ''}.",
            f"{pairs} ids van de broker staan in wat de catalogus noemt{'; ze noemt ook de broker' if api else ''}.",
            evidence=tuple(evidence),
        )
    return failed(
        "No id of the sample stands in what the catalogue names.",
        "Geen id van de steekproef staat in wat de catalogus noemt.",
        notes=(Text("They may be published under other ids.", "Ze kunnen onder andere ids gepubliceerd zijn."),),
        evidence=tuple(evidence),
    )


def same_thing(city: City) -> Outcome:
    """R1.4: links from an entity to other identifiers of the same thing, and whether their far end answers."""
    targets: dict[str, str] = {}
    for entity in city.sampled:
        for name, value in _same_links(city, entity):
            targets.setdefault(value, name)
    catalogue = city.catalogue_if_any
    for iri in sorted(_SAME) if catalogue is not None else ():
        for value in catalogue.all_values(iri) if catalogue is not None else ():
            targets.setdefault(value, iri)
    if not targets:
        return not_testable(
            Reason.NO_SAMPLE,
            "No entity of the sample has a second identifier (owl:sameAs, skos:exactMatch, schema:sameAs, adms:identifier).",
            "Geen entiteit van de steekproef heeft een tweede identificatie (owl:sameAs, skos:exactMatch, schema:sameAs, "
            "adms:identifier).",
        )
    evidence: list[Exchange] = []
    for target in list(targets)[:5]:
        if target.startswith("http"):
            evidence.append(city.prober.fetch(target, f"{_RDF}, text/html;q=0.5"))
        elif is_uri(target):
            evidence.append(city.prober.ask(f"entities/{quote(target, safe=':')}"))
    if any(one.is_success for one in evidence):
        return passed(
            f"{len(targets)} second identifiers are linked, and the far end answers.",
            f"{len(targets)} tweede identificaties zijn gelinkt, en het andere eind antwoordt.",
            evidence=tuple(evidence),
        )
    for one in evidence:
        if one.obstacle.en:
            raise NotReached(one)
    if not evidence:
        return passed(
            f"{len(targets)} second identifiers stand beside the ids; they are not addresses, so nothing can be asked.",
            f"{len(targets)} tweede identificaties staan naast de ids; het zijn geen adressen, dus is niets te vragen.",
        )
    return failed(
        f"{len(targets)} second identifiers are linked, and no far end answers ({evidence[0].status}).",
        f"{len(targets)} tweede identificaties zijn gelinkt, en geen ander eind antwoordt ({evidence[0].status}).",
        evidence=tuple(evidence),
    )


def _same_links(city: City, entity: dict[str, Any]) -> list[tuple[str, str]]:
    found = []
    for name, member in entity.items():
        if name not in _SAME_NAMES and (name in ("id", "type", "@context") or city.attribute_iri(name) not in _SAME):
            continue
        for instance in member if isinstance(member, list) else [member]:
            value = (
                instance.get("object", instance.get("value", instance.get("@id")))
                if isinstance(instance, dict)
                else instance
            )
            listed = value if isinstance(value, list) else [value]
            found += [(name, one) for one in listed if isinstance(one, str)]
    return found


def persistent_identifiers(city: City) -> Outcome:
    """R1.5: two dated samples are needed; frail ids are a warning."""
    frail = [entity_id(one) for one in city.sampled if _FRAIL.search(entity_id(one))]
    notes: tuple[Text, ...] = ()
    if frail:
        notes = (
            Text(
                f"{len(frail)} ids hold a server's name or a bare counter, such as {shielded(frail[0])}: they will not last.",
                f"{len(frail)} ids bevatten een servernaam of een kale teller, zoals {shielded(frail[0])}: die blijven niet.",
            ),
        )
    return not_testable(
        Reason.NO_SAMPLE,
        "One run cannot show it: keep this passport as JSON, and give it later with --since.",
        "Eén keer vragen toont het niet: bewaar dit paspoort als JSON, en geef het later met --since.",
        notes=notes,
    )


def semantics(city: City) -> Outcome:
    """R2.1: from the id to the type, and to what the type means."""
    shares: Counter[bool] = Counter()
    nameless: list[str] = []
    for entity in city.sampled:
        for kind in entity_types(entity):
            has = city.has_meaning(city.type_iri(kind))
            shares[has] += 1
            if not has and kind not in nameless:
                nameless.append(kind)
    one = city.an_entity
    exchange = answered(city.prober.ask(entity_path(one)))
    en, nl = city.sample_words
    if nameless:
        return failed(
            f"The types {', '.join(nameless[:5])} fall into the default vocabulary: their ids lead to no meaning ({en}).",
            f"De types {', '.join(nameless[:5])} vallen in het standaardvocabularium: hun ids leiden tot geen betekenis ({nl}).",
            evidence=(exchange,),
        )
    iri = city.type_iri(entity_types(one)[0])
    direct = city.prober.fetch(iri, _RDF)
    described = city.prober.ask(f"types/{quote(entity_types(one)[0], safe='')}")
    notes = []
    if not direct.is_success:
        notes.append(
            Text(
                f"The IRI itself does not answer ({direct.status or direct.problem}); the type is described by the broker and the @context.",
                f"De IRI zelf antwoordt niet ({direct.status or direct.problem}); het type is beschreven door de broker en de @context.",
            )
        )
        if not described.is_success and not city.own_contexts:
            for each in (described, direct):
                if each.obstacle.en:
                    raise NotReached(each)
            return failed(
                f"The type {iri} answers {direct.status}, and the broker does not describe it ({described.status}).",
                f"Het type {iri} antwoordt {direct.status}, en de broker beschrijft het niet ({described.status}).",
                evidence=(exchange, direct, described),
            )
    return passed(
        f"From {shielded(entity_id(one))} to its type {iri} ({en}).",
        f"Van {shielded(entity_id(one))} naar haar type {iri} ({nl}).",
        notes=tuple(notes),
        evidence=(exchange, direct, described),
    )


def machine_readable_semantics(city: City) -> Outcome:
    """R2.2: an @context, schema or ontology that a program can read."""
    contexts = city.own_contexts
    evidence = [city.prober.fetch(one, "application/ld+json, application/json") for one in contexts]
    for one in evidence:
        if one.is_success and isinstance(one.json, dict) and "@context" in one.json:
            return passed(
                f"{one.url} is JSON-LD with terms ({one.media_type}).",
                f"{one.url} is JSON-LD met termen ({one.media_type}).",
                evidence=tuple(evidence),
            )
    iris = {city.type_iri(kind) for entity in city.sampled for kind in entity_types(entity)}
    for iri in sorted(one for one in iris if city.has_meaning(one))[:3]:
        exchange = city.prober.fetch(iri, _RDF)
        evidence.append(exchange)
        if exchange.is_success and exchange.media_type in (LD_JSON, "text/turtle", "application/rdf+xml"):
            return passed(
                f"{iri} answers with {exchange.media_type}.",
                f"{iri} antwoordt met {exchange.media_type}.",
                evidence=tuple(evidence),
            )
    meant = [one for one in city.sampled if all(city.has_meaning(city.type_iri(kind)) for kind in entity_types(one))]
    models = {address for one in meant if (address := model_address(one))}
    if models and not contexts:
        return passed(
            f"The types are of published models with schemas that parse: {sorted(models)[0]}.",
            f"De types zijn van gepubliceerde modellen met leesbare schema's: {sorted(models)[0]}.",
            evidence=tuple(evidence),
        )
    answer = answered(city.prober.ask(entity_path(city.an_entity), accept=LD_JSON))
    evidence.append(answer)
    body = answer.json
    inline = body.get("@context") if isinstance(body, dict) else None
    if isinstance(inline, dict) or (isinstance(inline, list) and any(isinstance(one, dict) for one in inline)):
        return passed(
            "The answer carries the terms of its @context itself.",
            "Het antwoord draagt zelf de termen van zijn @context.",
            evidence=tuple(evidence),
        )
    for one in evidence:
        if one.obstacle.en:
            raise NotReached(one)
    if not contexts and any(city.has_meaning(one) for one in iris):
        return not_testable(
            Reason.NO_SAMPLE,
            "Types are IRIs, and neither an @context nor the IRIs answer; name the @context with --context.",
            "Types zijn IRI's, en noch een @context noch de IRI's antwoorden; noem de @context met --context.",
            evidence=tuple(evidence),
        )
    return failed(
        f"No @context of a vocabulary can be read: {', '.join(context_addresses(answer)) or 'none is named'}.",
        f"Geen @context van een vocabularium is te lezen: {', '.join(context_addresses(answer)) or 'er is geen genoemd'}.",
        evidence=tuple(evidence),
    )


def relations(city: City) -> Outcome:
    """R3.1: follow relationships."""
    objects: dict[str, None] = {}
    for entity in city.sampled:
        for _, instance in attributes_of(entity):
            listed = instance.get("object", instance.get("objectList"))
            for one in listed if isinstance(listed, list) else [listed]:
                value = one.get("object") if isinstance(one, dict) else one
                if isinstance(value, str) and identifier_in(value) is None:
                    objects[value] = None
    chosen = list(objects)[:_MOST_RELATIONS]
    if not chosen:
        return not_testable(
            Reason.NO_SAMPLE,
            "No entity of the sample has a relationship.",
            "Geen entiteit van de steekproef heeft een relatie.",
        )
    answers = city.prober.ask_all([f"entities/{quote(one, safe=':')}" for one in chosen])
    worked = [one for one in answers if one.is_success]
    evidence = list(answers)
    if not worked:
        for target in [one for one in chosen if one.startswith("http")][:5]:
            exchange = city.prober.fetch(target, f"{_RDF}, text/html;q=0.5")
            evidence.append(exchange)
            if exchange.is_success:
                worked.append(exchange)
    dangling = len(chosen) - len(worked)
    if worked:
        notes: tuple[Text, ...] = ()
        if dangling:
            notes = (
                Text(
                    f"Warning: {dangling} of {len(chosen)} relations lead nowhere.",
                    f"Waarschuwing: {dangling} van {len(chosen)} relaties leiden nergens heen.",
                ),
            )
        return passed(
            f"{len(worked)} of {len(chosen)} relations that were followed lead to an entity.",
            f"{len(worked)} van {len(chosen)} gevolgde relaties leiden naar een entiteit.",
            notes=notes,
            evidence=tuple(evidence),
        )
    for exchange in evidence:
        if exchange.obstacle.en:
            raise NotReached(exchange)
    return failed(
        f"None of {len(chosen)} relations leads to an entity; all dangle.",
        f"Geen van {len(chosen)} relaties leidt naar een entiteit; ze leiden nergens heen.",
        evidence=tuple(evidence),
    )


def further_semantics(city: City) -> Outcome:
    """R3.2: two types, or several contexts, on one entity."""
    several = next((one for one in city.sampled if len(entity_types(one)) > 1), None)
    if several is not None:
        return passed(
            f"{shielded(entity_id(several))} has the types {', '.join(entity_types(several))}.",
            f"{shielded(entity_id(several))} heeft de types {', '.join(entity_types(several))}.",
            evidence=city.pages,
        )
    if len(city.own_contexts) > 1:
        return passed(
            f"Several contexts are put together: {', '.join(city.own_contexts[:3])}.",
            f"Meerdere contexten worden samengenomen: {', '.join(city.own_contexts[:3])}.",
        )
    return not_testable(
        Reason.NO_SAMPLE,
        "No entity of the sample has two types or several contexts; a profile can be named with --declare.",
        "Geen entiteit van de steekproef heeft twee types of meerdere contexten; een profiel kan genoemd worden met --declare.",
    )


def _spread(city: City, most: int) -> list[dict[str, Any]]:
    """Choose entities of as many types as possible, whose ids may be shown."""
    chosen: list[dict[str, Any]] = []
    for depth in range(most):
        for sample in city.samples:
            if depth < len(sample.entities) and len(chosen) < most and is_uri(entity_id(sample.entities[depth])):
                chosen.append(sample.entities[depth])
    return chosen or [city.sampled[0]]
