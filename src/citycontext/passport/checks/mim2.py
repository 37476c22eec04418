"""MIM2, representing data: are the models explicit and recognised, and do all forms say the same."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

from citycontext.errors import CityContextError
from citycontext.models.meaning import compacted, model_context
from citycontext.models.validation.entity import validate
from citycontext.ngsild import Entity, Severity
from citycontext.passport.city import (
    City,
    attributes_of,
    entity_id,
    entity_path,
    entity_types,
    geometry_of,
    model_address,
)
from citycontext.passport.evidence import Exchange, shielded
from citycontext.passport.forms_of_content import Kind, compare_geojson, compare_simplified
from citycontext.passport.prober import answered
from citycontext.passport.verdicts import Outcome, Reason, failed, not_testable, passed
from citycontext.passport.words import Text
from citycontext.web.media_types import GEO_JSON, LD_JSON

__all__ = [
    "common_model",
    "declared_only",
    "documented_serialisation",
    "explicit_models",
    "open_serialisation",
    "profiles_keep_the_base",
    "recognised_models",
    "same_content",
    "validation",
]

_RECOGNISED: Final = {
    "https://smartdatamodels.org/": "Smart Data Models",
    "https://uri.fiware.org/": "Smart Data Models",
    "https://smart-data-models.github.io/": "Smart Data Models",
    "https://saref.etsi.org/": "SAREF",
    "https://w3id.org/saref": "SAREF",
    "http://www.w3.org/ns/sosa/": "SOSA",
    "http://www.w3.org/ns/ssn/": "SOSA",
    "https://data.vlaanderen.be/ns/": "OSLO",
    "https://implementatie.data.vlaanderen.be/ns/": "OSLO",
    "http://www.w3.org/ns/": "a W3C Core Vocabulary",
    "http://data.europa.eu/": "an EU Core Vocabulary",
    "http://datex2.eu/": "DATEX II",
    "https://datex2.eu/": "DATEX II",
    "http://ontology.eil.utoronto.ca/": "ISO/IEC 5087",
    "http://www.onem2m.org/": "oneM2M",
    "dtmi:": "DTDL",
}
_UNIT_OR_TIME: Final = ("practice/unit-unknown", "practice/time-zone", "ngsi-ld/typed-value")
_VALIDATED: Final = 500


def explicit_models(city: City) -> Outcome:
    """R1.1: types and attributes with terms, units and times that are written out."""
    shares: Counter[bool] = Counter()
    nameless: dict[str, None] = {}
    units: Counter[bool] = Counter()
    faults: list[str] = []
    for entity in city.sampled:
        names = [*entity_types(entity), *(name for name, _ in attributes_of(entity))]
        for number, name in enumerate(names):
            is_type = number < len(entity_types(entity))
            has = city.has_meaning(city.type_iri(name) if is_type else city.attribute_iri(name))
            shares[has] += 1
            if not has:
                nameless[name] = None
        for _, instance in attributes_of(entity):
            value = instance.get("value")
            if isinstance(value, int | float) and not isinstance(value, bool):
                units["unitCode" in instance] += 1
        faults += [f.path for f in _findings(entity) if f.rule in _UNIT_OR_TIME]
    en, nl = city.sample_words
    share = 100 * shares[True] / max(1, shares.total())
    told = (
        f"{share:.0f} % of names have a term; {units[True]:,} of {units.total():,} numbers have a unit ({en})",
        f"{share:.0f} % van de namen heeft een term; {units[True]:,} van {units.total():,} getallen heeft een eenheid ({nl})",
    )
    catalogue = city.catalogue_if_any
    notes = []
    if catalogue is not None and not any(
        "data-model" in one.casefold() or "datamodel" in one.casefold() or "/ns/" in one
        for one in catalogue.all_values("dct:conformsTo")
    ):
        notes.append(
            Text(
                "Warning: no dataset of the catalogue names its model with dct:conformsTo.",
                "Waarschuwing: geen dataset van de catalogus noemt haar model met dct:conformsTo.",
            )
        )
    if nameless:
        return failed(
            f"{len(nameless)} names fall into the default vocabulary: {', '.join(list(nameless)[:6])}. {told[0]}.",
            f"{len(nameless)} namen vallen in het standaardvocabularium: {', '.join(list(nameless)[:6])}. {told[1]}.",
            notes=tuple(notes),
            evidence=city.pages,
        )
    if faults:
        return failed(
            f"{len(faults)} units or times are not written out, such as {faults[0]}. {told[0]}.",
            f"{len(faults)} eenheden of tijden zijn niet voluit geschreven, zoals {faults[0]}. {told[1]}.",
            notes=tuple(notes),
            evidence=city.pages,
        )
    return passed(f"{told[0]}.", f"{told[1]}.", notes=tuple(notes), evidence=city.pages)


def recognised_models(city: City) -> Outcome:
    """R1.2a: types whose IRIs are of a known vocabulary; never a fail."""
    known: dict[str, str] = {}
    unknown: dict[str, None] = {}
    for entity in city.sampled:
        for kind in entity_types(entity):
            name = _vocabulary(city.type_iri(kind))
            if name:
                known[kind] = name
            else:
                unknown[kind] = None
    of = len(known) + len(unknown)
    if known and not unknown:
        return passed(
            f"{len(known)} of {of} types are of {', '.join(sorted(set(known.values())))}.",
            f"{len(known)} van {of} types zijn van {', '.join(sorted(set(known.values())))}.",
            notes=_not_on_the_list(set(known.values())),
            evidence=city.pages,
        )
    return not_testable(
        Reason.NO_SAMPLE,
        f"{len(unknown)} of {of} types are of no vocabulary that is known here: {', '.join(list(unknown)[:5])}.",
        f"{len(unknown)} van {of} types zijn van geen vocabularium dat hier bekend is: {', '.join(list(unknown)[:5])}.",
        evidence=city.pages,
    )


def _vocabulary(iri: str) -> str:
    return next((name for start, name in _RECOGNISED.items() if iri.startswith(start)), "")


def _not_on_the_list(names: set[str]) -> tuple[Text, ...]:
    if "OSLO" not in names:
        return ()
    return (Text("OSLO is not on OASC's list by name.", "OSLO staat niet bij naam op de lijst van OASC."),)


def declared_only(city: City) -> Outcome:
    """Say that only a document can show it."""
    del city
    return not_testable(
        Reason.ORGANISATIONAL,
        "Only a document can show it; name one with --declare.",
        "Enkel een document kan het tonen; noem er een met --declare.",
    )


def common_model(city: City) -> Outcome:
    """R2.1: turn a sample into OSLO, and count the losses."""
    from citycontext.oslo import to_oslo  # needs extras

    carried, lost, kinds = 0, 0, dict[str, None]()
    for sample in city.samples:
        for entity in sample.entities[:3]:
            try:
                written = to_oslo(Entity.from_dict(compacted(dict(entity))))
            except (CityContextError, ValueError):
                continue
            losses = len(written.report.losses)
            if written.to_n_triples().count("\n") > 1:
                carried += 1
                lost += losses
                kinds[sample.type] = None
    if not carried:
        return not_testable(
            Reason.NO_SAMPLE,
            "No entity of the sample can be turned into a common model that is known here (OSLO).",
            "Geen entiteit van de steekproef kan omgezet worden in een gemeenschappelijk model dat hier bekend is (OSLO).",
            evidence=city.pages,
        )
    return passed(
        f"{len(kinds)} of {len(city.samples)} types can be turned into OSLO; {lost} losses in {carried} entities.",
        f"{len(kinds)} van {len(city.samples)} types kunnen omgezet worden in OSLO; {lost} verliezen in {carried} entiteiten.",
        evidence=city.pages,
    )


def open_serialisation(city: City) -> Outcome:
    """R3.1: JSON-LD that can be parsed."""
    exchange = answered(city.prober.ask(entity_path(city.an_entity), accept=LD_JSON))
    body = exchange.json
    if exchange.is_success and exchange.media_type == LD_JSON and isinstance(body, dict) and "@context" in body:
        return passed(
            "JSON-LD: the answer parses and carries its @context.",
            "JSON-LD: het antwoord is leesbaar en draagt zijn @context.",
            evidence=(exchange,),
        )
    return failed(
        f"Asked for JSON-LD, the broker answers {exchange.status} {exchange.media_type}"
        f"{' without an @context' if isinstance(body, dict) and '@context' not in body else ''}.",
        f"Op een vraag naar JSON-LD antwoordt de broker {exchange.status} {exchange.media_type}"
        f"{' zonder @context' if isinstance(body, dict) and '@context' not in body else ''}.",
        evidence=(exchange,),
    )


def documented_serialisation(city: City) -> Outcome:
    """R3.2: a document; the standard of the media type is named."""
    exchange = answered(city.prober.ask(entity_path(city.an_entity), accept=LD_JSON))
    return not_testable(
        Reason.ORGANISATIONAL,
        f"{exchange.media_type} has a published standard; whether your documentation is enough, only a document shows "
        "(--declare).",
        f"{exchange.media_type} heeft een gepubliceerde standaard; of uw documentatie volstaat, toont enkel een document "
        "(--declare).",
        evidence=(exchange,),
    )


def same_content(city: City) -> Outcome:
    """R3.3: one entity as normalized, simplified and geo+json."""
    entity = next((one for one in city.sampled if geometry_of(one) is not None), city.an_entity)
    path = entity_path(entity)
    normalized, simple, geo, again = (
        city.prober.ask(path),
        city.prober.ask(f"{path}?options=keyValues"),
        city.prober.ask(path, accept=GEO_JSON),
        city.prober.ask(path),
    )
    evidence: tuple[Exchange, ...] = (normalized, simple, geo, again)
    for exchange in evidence:
        answered(exchange)
    compared: list[str] = []
    lost: dict[str, None] = {}
    if isinstance(normalized.json, dict) and normalized.json == again.json:  # it did not change meanwhile
        for name, exchange, compare in (("simplified", simple, compare_simplified), ("geo+json", geo, compare_geojson)):
            if not exchange.is_success or not isinstance(exchange.json, dict):
                continue
            differences = compare(normalized.json, exchange.json)
            odd = [one for one in differences if one.kind is Kind.CONTRADICTS]
            if odd:
                return failed(
                    f"{shielded(entity_id(entity))} as {name} says something else in {', '.join(one.path for one in odd[:5])}.",
                    f"{shielded(entity_id(entity))} als {name} zegt iets anders in {', '.join(one.path for one in odd[:5])}.",
                    evidence=evidence,
                )
            compared.append(name)
            lost |= {f"{name}: {one.path}": None for one in differences if one.kind is Kind.LOST}
    if not compared:
        return not_testable(
            Reason.NO_SAMPLE,
            f"Only one form can be had: simplified answers {simple.status}, geo+json {geo.status}; or the entity changed "
            "meanwhile.",
            f"Er is maar één vorm te krijgen: vereenvoudigd antwoordt {simple.status}, geo+json {geo.status}; of de entiteit "
            "wijzigde intussen.",
            evidence=evidence,
        )
    notes: tuple[Text, ...] = ()
    if lost:
        shown = ", ".join(list(lost)[:8])
        notes = (Text(f"What a form does not hold: {shown}.", f"Wat een vorm niet bevat: {shown}."),)
    return passed(
        f"normalized and {', '.join(compared)} say the same of one entity.",
        f"genormaliseerd en {', '.join(compared)} zeggen hetzelfde van één entiteit.",
        notes=notes,
        evidence=evidence,
    )


def validation(city: City) -> Outcome:
    """R3.4: check the sample against the schemas of its models."""
    checked, wrong, first = 0, 0, ""
    for entity in city.sampled[:_VALIDATED]:
        if not model_address(entity):
            continue
        errors = [one for one in _findings(entity) if one.severity is Severity.ERROR]
        checked += 1
        if errors:
            wrong += 1
            first = first or f"{entity_types(entity)[0]} {errors[0].path} ({errors[0].rule})"
    if not checked:
        return not_testable(
            Reason.NO_SAMPLE,
            "No type of the sample has a published schema that is known here; name yours with --declare.",
            "Geen type van de steekproef heeft een gepubliceerd schema dat hier bekend is; noem het uwe met --declare.",
            evidence=city.pages,
        )
    if wrong:
        return failed(
            f"{wrong} of {checked} entities break the schema of their model, such as {first}.",
            f"{wrong} van {checked} entiteiten breken het schema van hun model, zoals {first}.",
            evidence=city.pages,
        )
    return passed(
        f"{checked} entities are valid by the published schemas of their models.",
        f"{checked} entiteiten zijn geldig volgens de gepubliceerde schema's van hun modellen.",
        evidence=city.pages,
    )


def profiles_keep_the_base(city: City) -> Outcome:
    """R4.1: entities that say more than their model are valid by it all the same."""
    more = 0
    for entity in city.sampled[:_VALIDATED]:
        address = model_address(entity)
        context = model_context(address) if address else None
        if context is None:
            continue
        named = compacted(dict(entity))
        extra = [name for name, _ in attributes_of(named) if not city.has_meaning(context.expand(name))]
        if not extra:
            continue
        more += 1
        broken = [one for one in _findings(entity) if one.severity is Severity.ERROR and one.rule.startswith("schema/")]
        if broken:
            return failed(
                f"{entity_types(entity)[0]} is extended by {extra[0]}, and breaks the base in {broken[0].path}.",
                f"{entity_types(entity)[0]} is uitgebreid met {extra[0]}, en breekt de basis in {broken[0].path}.",
                evidence=city.pages,
            )
    if more:
        return passed(
            f"{more} entities say more than their base model, and are valid by it.",
            f"{more} entiteiten zeggen meer dan hun basismodel, en zijn er geldig volgens.",
            evidence=city.pages,
        )
    return not_testable(
        Reason.NO_SAMPLE,
        "No entity of the sample extends a model; a profile can be named with --declare.",
        "Geen entiteit van de steekproef breidt een model uit; een profiel kan genoemd worden met --declare.",
        evidence=city.pages,
    )


def _findings(entity: dict[str, Any]) -> list[Any]:
    try:
        return validate(compacted(dict(entity)))
    except (CityContextError, RecursionError, ValueError):
        return []
