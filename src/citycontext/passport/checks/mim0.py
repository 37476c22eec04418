"""MIM0, accessing data: can it be had, by what form and way, and can one find and follow it."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote

from citycontext.ngsild.context import parse_link_header
from citycontext.passport.checks.bodies import fits
from citycontext.passport.checks.changes import changes, ways_of_changes
from citycontext.passport.checks.filters import attribute_filters, place_filters, time_filters
from citycontext.passport.city import City, entity_id, entity_path
from citycontext.passport.evidence import Exchange
from citycontext.passport.prober import absolute, answered
from citycontext.passport.verdicts import NotReached, Outcome, Reason, failed, not_testable, passed
from citycontext.passport.words import Text
from citycontext.web.media_types import GEO_JSON, JSON, LD_JSON

__all__ = [
    "changes",
    "consistent_interface",
    "filters",
    "formal_description",
    "listed_abilities",
    "machine_readable",
    "models_named",
    "restricted_access",
    "ways_of_changes",
    "web_mechanism",
]

_FORMS: Final = (JSON, LD_JSON, GEO_JSON)
_DESCRIPTIONS: Final = ("/openapi.json", "/api", "/v3/api-docs", "/q/openapi", "/.well-known/openapi.json")
_UNKNOWN: Final = "urn:ngsi-ld:Thing:citycontext-mims-check-no-such-entity"


def machine_readable(city: City) -> Outcome:
    """R1.1: ask for entities in three forms, and fetch the files of the catalogue."""
    if not city.options.types and city.types_answer.is_success and city.types_answer.json is None:
        return failed(
            f"{city.types_answer.url} answers {_said(city.types_answer)}, which no program can read.",
            f"{city.types_answer.url} antwoordt {_said(city.types_answer)}, dat geen programma kan lezen.",
            evidence=(city.types_answer,),
        )
    kind = quote(city.types[0], safe="")
    answers = [answered(city.prober.ask(f"entities?type={kind}&limit=1", accept=form)) for form in _FORMS]
    table = ", ".join(f"{form.partition('/')[2]} → {_said(one)}" for form, one in zip(_FORMS, answers, strict=True))
    good = [one for one in answers if one.is_success and one.json is not None and fits(one)]
    files, bad_files = _files(city)
    wrong = [one for one in answers if one.is_success and not fits(one)] + bad_files
    evidence = (*answers, *files, *bad_files)
    if wrong:
        one = wrong[0]
        return failed(
            f"{one.url} says {one.media_type or 'no media type'}, and its body is something else. ({table})",
            f"{one.url} zegt {one.media_type or 'geen mediatype'}, en de inhoud is iets anders. ({table})",
            evidence=evidence,
        )
    if not good and not files:
        return failed(
            f"No answer is a body in a machine-readable form: {table}.",
            f"Geen enkel antwoord is een inhoud in een machineleesbare vorm: {table}.",
            evidence=evidence,
        )
    return passed(
        f"Asked for and answered: {table}; {len(files)} files of the catalogue.",
        f"Gevraagd en beantwoord: {table}; {len(files)} bestanden van de catalogus.",
        evidence=evidence,
    )


def _files(city: City) -> tuple[list[Exchange], list[Exchange]]:
    catalogue = city.catalogue_if_any
    good: list[Exchange] = []
    bad: list[Exchange] = []
    for url in catalogue.downloads[:10] if catalogue is not None else ():
        exchange = city.prober.fetch(url)
        if exchange.is_success and exchange.media_type not in ("text/html", "application/xhtml+xml"):
            (good if fits(exchange) else bad).append(exchange)
    return good, bad


def web_mechanism(city: City) -> Outcome:
    """R1.2: the same answers, with nothing but HTTP."""
    answer = city.types_answer if not city.options.types else city.prober.ask("types")
    answered(answer)
    scheme = city.prober.root.partition(":")[0]
    if answer.is_success and answer.json is not None:
        return passed(
            f"GET over {scheme} answers {answer.status} with {answer.media_type}, with no special client.",
            f"GET over {scheme} antwoordt {answer.status} met {answer.media_type}, zonder speciale client.",
            evidence=(answer,),
        )
    return failed(
        f"GET {answer.url} answers {_said(answer)}: no API can be read there.",
        f"GET {answer.url} antwoordt {_said(answer)}: daar is geen API te lezen.",
        evidence=(answer,),
    )


def formal_description(city: City) -> Outcome:
    """R1.3: look for OpenAPI where it is linked, named, or usual."""
    first = answered(city.types_answer)
    linked = _linked_descriptions(city, first)
    catalogue = city.catalogue_if_any
    named = catalogue.all_values("dcat:endpointDescription") if catalogue is not None else []
    tried: list[Exchange] = []
    for url in dict.fromkeys([*linked, *[one for one in named if one.startswith("http")]]):
        exchange = city.prober.fetch(url, "application/vnd.oai.openapi+json, application/json, */*;q=0.5")
        tried.append(exchange)
        if (version := openapi_version(exchange)) is not None:
            return _described(city, exchange, version, tried)
    for path in _DESCRIPTIONS:
        exchange = city.prober.ask(path, accept="application/vnd.oai.openapi+json, application/json;q=0.9")
        tried.append(exchange)
        if (version := openapi_version(exchange)) is not None:
            return _described(city, exchange, version, tried)
    by_reference = catalogue.all_values("dct:conformsTo") if catalogue is not None else []
    services = catalogue.of_class("DataService") if catalogue is not None else []
    of_services = [
        one for service in services for one in (catalogue.values(service, "dct:conformsTo") if catalogue else ())
    ]
    if of_services and by_reference:
        return passed(
            f"By reference: a service of the catalogue conforms to {of_services[0]}.",
            f"Door verwijzing: een dienst van de catalogus voldoet aan {of_services[0]}.",
            notes=(
                Text(
                    "Our reading: a published standard that a service names describes the way in.",
                    "Onze lezing: een gepubliceerde standaard die een dienst noemt, beschrijft de toegang.",
                ),
            ),
            evidence=tuple(tried),
        )
    for exchange in tried:
        if exchange.status is None or (exchange.status >= 500 and exchange.status != 501):
            raise NotReached(exchange)
    return failed(
        f"No OpenAPI document is linked, named in the catalogue, or at any of {', '.join(_DESCRIPTIONS)}.",
        f"Geen OpenAPI-document is gelinkt, genoemd in de catalogus, of te vinden op {', '.join(_DESCRIPTIONS)}.",
        evidence=tuple(tried),
    )


def _linked_descriptions(city: City, first: Exchange) -> list[str]:
    """Return what answers link as the description of the service (RFC 8631), or the catalogue of RFC 9727 names."""
    found = []
    for exchange in (first, city.prober.ask("/", accept="*/*")):
        links = parse_link_header(exchange.headers.get("link", ""))
        found += [absolute(f"{city.prober.origin}/", one.target) for one in links if "service-desc" in one.relations]
    named = city.prober.ask("/.well-known/api-catalog", accept="application/linkset+json")
    listed = named.json.get("linkset") if isinstance(named.json, dict) else None
    for entry in listed if isinstance(listed, list) and named.is_success else ():
        described = entry.get("service-desc") if isinstance(entry, dict) else None
        targets = [one.get("href") for one in described if isinstance(one, dict)] if isinstance(described, list) else []
        found += [absolute(f"{city.prober.origin}/", one) for one in targets if isinstance(one, str)]
    return found


def _described(city: City, exchange: Exchange, version: str, tried: list[Exchange]) -> Outcome:
    has_path = any(path.rstrip("/").endswith(("/entities", "/types", "/items")) for path in exchange.json["paths"])
    notes = []
    if not version.startswith("3.1"):
        notes.append(Text("The mechanism asks for OpenAPI 3.1.", "Het mechanisme vraagt OpenAPI 3.1."))
    if not has_path:
        return failed(
            f"{exchange.url} is OpenAPI {version}, and does not hold the paths that were used.",
            f"{exchange.url} is OpenAPI {version}, en bevat de gebruikte paden niet.",
            evidence=tuple(tried),
        )
    return passed(
        f"{exchange.url} is OpenAPI {version} and holds the paths that were used.",
        f"{exchange.url} is OpenAPI {version} en bevat de gebruikte paden.",
        notes=tuple(notes),
        evidence=tuple(tried),
    )


def openapi_version(exchange: Exchange) -> str | None:
    """Return the version of an OpenAPI document; None where it is not one."""
    document = exchange.json if exchange.is_success else None
    if isinstance(document, dict) and isinstance(document.get("paths"), dict):
        version = document.get("openapi", document.get("swagger"))
        return version if isinstance(version, str) else None
    return None


def models_named(city: City) -> Outcome:
    """R1.4: an @context that can be had, and models in the catalogue."""
    exchange = answered(city.prober.ask(entity_path(city.an_entity), accept=LD_JSON))
    contexts = city.own_contexts
    catalogue = city.catalogue_if_any
    conforms = catalogue.all_values("dct:conformsTo") if catalogue is not None else []
    iris = {city.type_iri(one) for one in city.asked_types}
    meant = {one for one in iris if city.has_meaning(one)}
    if contexts:
        fetched = [city.prober.fetch(one, "application/ld+json, application/json") for one in contexts]
        if any(one.is_success and isinstance(one.json, dict) and "@context" in one.json for one in fetched):
            return passed(
                f"The payload names {contexts[0]}, which loads; the catalogue names {len(conforms)} standards.",
                f"De inhoud noemt {contexts[0]}, dat laadt; de catalogus noemt {len(conforms)} standaarden.",
                evidence=(exchange, *fetched),
            )
        if not meant and not conforms:
            for one in fetched:
                if one.obstacle.en:
                    raise NotReached(one)
            return failed(
                f"The @context {contexts[0]} answers {_said(fetched[0])}, which is not one.",
                f"De @context {contexts[0]} antwoordt {_said(fetched[0])}, en is er geen.",
                evidence=(exchange, *fetched),
            )
    if meant:
        return passed(
            f"{len(meant)} of {len(iris)} types are IRIs of a vocabulary, such as {sorted(meant)[0]}.",
            f"{len(meant)} van {len(iris)} types zijn IRI's van een vocabularium, zoals {sorted(meant)[0]}.",
            evidence=(exchange,),
        )
    if conforms:
        return passed(
            f"The catalogue names what the data conforms to: {conforms[0]}.",
            f"De catalogus noemt waaraan de data voldoet: {conforms[0]}.",
            evidence=(exchange,),
        )
    return failed(
        "The payload names the core @context alone, and no catalogue names a model.",
        "De inhoud noemt enkel de kern-@context, en geen catalogus noemt een model.",
        evidence=(exchange,),
    )


def consistent_interface(city: City) -> Outcome:
    """R2.1: the same envelope for types and pages, and a structured error."""
    kinds = city.types[:2]
    pages = [answered(city.prober.ask(f"entities?type={quote(one, safe='')}&limit=1&count=true")) for one in kinds]
    odd = next((one for one in pages if not one.is_success or not isinstance(one.json, list)), None)
    if odd is not None:
        return failed(
            f"{odd.url} answers {_said(odd)}, and no list of entities.",
            f"{odd.url} antwoordt {_said(odd)}, en geen lijst van entiteiten.",
            evidence=tuple(pages),
        )
    notes = []
    total = pages[0].headers.get("ngsild-results-count", "")
    if total.isdecimal() and int(total) > 1:
        follow = [one.target for one in parse_link_header(pages[0].headers.get("link", "")) if "next" in one.relations]
        if not follow:
            second = answered(city.prober.ask(f"entities?type={quote(kinds[0], safe='')}&limit=1&offset=1"))
            if not _ids(second) or _ids(second) == _ids(pages[0]):
                return failed(
                    f"{pages[0].url} has {int(total):,} entities, no Link rel=next, and offset=1 leads to no second one.",
                    f"{pages[0].url} heeft {int(total):,} entiteiten, geen Link rel=next, en offset=1 leidt niet naar een tweede.",
                    evidence=(*pages, second),
                )
            notes.append(
                Text(
                    "The next page is reached by offset; no Link rel=next leads to it.",
                    "De volgende pagina is te bereiken met offset; geen Link rel=next leidt ernaar.",
                )
            )
    else:
        notes.append(
            Text(
                "Only one page: the way to the next was not seen.",
                "Slechts één pagina: de weg naar de volgende is niet gezien.",
            )
        )
    missing = answered(city.prober.ask(f"entities/{_UNKNOWN}"))
    if missing.status != 404 or not isinstance(missing.json, dict):
        return failed(
            f"An unknown id is answered with {_said(missing)}, not with 404 and a structured body.",
            f"Een onbekende id wordt beantwoord met {_said(missing)}, niet met 404 en een gestructureerde inhoud.",
            evidence=(*pages, missing),
        )
    return passed(
        f"{len(pages)} types in one envelope; an unknown id gives 404 with {missing.media_type}.",
        f"{len(pages)} types in één vorm; een onbekende id geeft 404 met {missing.media_type}.",
        notes=tuple(notes),
        evidence=(*pages, missing),
    )


def filters(city: City) -> Outcome:
    """R2.2: a filter that must find a live entity, and one that contradicts it and must find nothing."""
    found: list[Text] = []
    ignored: list[Text] = []
    evidence: list[Exchange] = []
    tested = 0
    for en, nl, pair in (
        ("attribute", "attribuut", attribute_filters(city)),
        ("place", "plaats", place_filters(city)),
        ("time", "tijd", time_filters(city)),
    ):
        if pair is None:
            continue
        wanted, matching, contradicting = pair
        hit, miss = city.prober.ask(matching), city.prober.ask(contradicting)
        evidence += [hit, miss]
        if hit.obstacle.en or miss.obstacle.en or (hit.status == 400 and quote("://", safe="") in matching):
            continue  # not every broker takes a full IRI for a name
        tested += 1
        hits, misses = _ids(hit), _ids(miss)
        if wanted in hits and not misses and miss.is_success:
            found.append(Text(f"{en} ({len(hits)} / 0)", f"{nl} ({len(hits)} / 0)"))
        elif misses:
            ignored.append(
                Text(
                    f"{en}: a filter that contradicts gives {len(misses)}",
                    f"{nl}: een tegenstrijdig filter geeft {len(misses)}",
                )
            )
        else:
            ignored.append(
                Text(
                    f"{en}: the entity is not in the answer ({_said(hit)})",
                    f"{nl}: de entiteit is niet in het antwoord ({_said(hit)})",
                )
            )
    notes = tuple(ignored)
    if found:
        return passed(
            f"Filters by {', '.join(one.en for one in found)} find the entity, and nothing where they contradict it.",
            f"Filters op {', '.join(one.nl for one in found)} vinden de entiteit, en niets waar ze haar tegenspreken.",
            notes=notes,
            evidence=tuple(evidence),
        )
    unreached = next((one for one in evidence if one.obstacle.en), None)
    if unreached is not None:
        raise NotReached(unreached)
    if not tested:
        return not_testable(
            Reason.NO_SAMPLE,
            "No entity has a number, a word, a place or a history to filter by under a name that can be asked for; "
            "--context names the @context of short names.",
            "Geen entiteit heeft een getal, woord, plaats of geschiedenis om op te filteren onder een naam die gevraagd "
            "kan worden; --context noemt de @context van korte namen.",
        )
    return failed(
        f"No filter works: {'; '.join(one.en for one in ignored)}.",
        f"Geen filter werkt: {'; '.join(one.nl for one in ignored)}.",
        evidence=tuple(evidence),
    )


def _ids(exchange: Exchange) -> set[str]:
    body = exchange.json if exchange.is_success else None
    return {entity_id(one) for one in body if isinstance(one, dict)} if isinstance(body, list) else set()


def listed_abilities(city: City) -> Outcome:
    """C2: what of the list was seen, each by its header or request."""
    seen: list[Text] = []
    unseen: list[Text] = []
    entity = answered(city.prober.ask(entity_path(city.an_entity)))
    missing = city.prober.ask(f"entities/{_UNKNOWN}")
    history = city.prober.ask(
        f"temporal/entities/{quote(entity_id(city.an_entity), safe=':')}?timeproperty=modifiedAt&lastN=1"
    )
    subscriptions = city.prober.ask("subscriptions?limit=1", with_context=False)
    place = place_filters(city)
    near = city.prober.ask(place[1]) if place is not None else None
    health = [city.prober.ask(path) for path in ("/health", "/version")]
    rates = [name for name in entity.headers if "ratelimit" in name]
    projected = city.prober.ask(f"{entity_path(city.an_entity)}?pick=id,type")
    for ability, there in (
        (Text("current data", "actuele data"), entity.is_success),
        (Text("history", "geschiedenis"), history.is_success),
        (
            Text("queries by place", "zoeken op plaats"),
            near is not None and place is not None and place[0] in _ids(near),
        ),
        (Text("subscriptions", "abonnementen"), subscriptions.status in (200, 401, 403)),
        (Text("time of the next update", "tijd van de volgende wijziging"), "expires" in entity.headers),
        (Text("versioned endpoints", "versies in adressen"), re.search(r"/v\d", city.prober.root) is not None),
        (Text("examples", "voorbeelden"), _has_examples(city)),
        (
            Text("headers for caching", "headers voor caching"),
            bool({"etag", "cache-control", "last-modified"} & entity.headers.keys()),
        ),
        (Text("headers for limits", "headers voor limieten"), bool(rates)),
        (Text("structured errors", "gestructureerde fouten"), isinstance(missing.json, dict) and missing.status == 404),
        (
            Text("projection (MAY)", "projectie (MAY)"),
            projected.is_success
            and isinstance(projected.json, dict)
            and projected.json.keys() <= {"id", "type", "@context"},
        ),
        (Text("health (MAY)", "gezondheid (MAY)"), any(one.is_success for one in health)),
    ):
        (seen if there else unseen).append(ability)
    evidence = (entity, missing, history, subscriptions, *health, projected)
    words = (
        f"Seen: {', '.join(one.en for one in seen)}. Not seen: {', '.join(one.en for one in unseen) or 'none'}.",
        f"Gezien: {', '.join(one.nl for one in seen)}. Niet gezien: {', '.join(one.nl for one in unseen) or 'geen'}.",
    )
    notes = (
        Text(
            "The mechanism asks for application/problem+json; NGSI-LD answers errors as application/json.",
            "Het mechanisme vraagt application/problem+json; NGSI-LD antwoordt fouten als application/json.",
        ),
    )
    wanted = [one for one in unseen if "MAY" not in one.en]
    if not wanted:
        return passed(*words, evidence=evidence)
    for one in evidence:
        if one.status is None:
            raise NotReached(one)
    return failed(*words, notes=notes if missing.media_type != "application/problem+json" else (), evidence=evidence)


def _has_examples(city: City) -> bool:
    return any(b'"example' in one.content for one in city.prober.exchanges if openapi_version(one) is not None)


def restricted_access(city: City) -> Outcome:
    """C4: what a request without credentials is answered."""
    dangling = (
        Text(
            "Dangling reference in the edition: MIM3.C5.R0 and MIM6.C1.R4 are in no current list.",
            "Dode verwijzing in de editie: MIM3.C5.R0 en MIM6.C1.R4 staan in geen huidige lijst.",
        ),
    )
    bare = (city.anonymous or city.prober).ask("types", with_context=False)
    if bare.status is None or bare.status == 429 or bare.status >= 500:
        raise NotReached(bare)
    if bare.is_success:
        return not_testable(
            Reason.NOT_APPLICABLE,
            "Reading needs no credentials: access is not restricted.",
            "Lezen vraagt geen toegangsgegevens: de toegang is niet beperkt.",
            notes=dangling,
            evidence=(bare,),
        )
    if bare.status == 403 or (bare.status == 401 and "www-authenticate" in bare.headers):
        return passed(
            f"Without credentials the answer is {bare.status}{' with WWW-Authenticate' if bare.status == 401 else ''}.",
            f"Zonder toegangsgegevens is het antwoord {bare.status}{' met WWW-Authenticate' if bare.status == 401 else ''}.",
            notes=dangling,
            evidence=(bare,),
        )
    return failed(
        f"Without credentials the answer is {bare.status}"
        f"{' without WWW-Authenticate' if bare.status == 401 else ''}: nobody learns how to get in.",
        f"Zonder toegangsgegevens is het antwoord {bare.status}"
        f"{' zonder WWW-Authenticate' if bare.status == 401 else ''}: niemand verneemt hoe binnen te komen.",
        notes=dangling,
        evidence=(bare,),
    )


def _said(exchange: Exchange) -> str:
    return f"{exchange.status} {exchange.media_type}".strip()
