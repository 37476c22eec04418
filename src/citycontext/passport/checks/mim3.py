"""MIM3, exchanging data: what the catalogue says of licences, of the provider, and how far it leads."""

from __future__ import annotations

import re
from typing import Final

from citycontext.passport.catalogue import Catalogue
from citycontext.passport.checks.mim0 import restricted_access
from citycontext.passport.city import City
from citycontext.passport.evidence import Exchange
from citycontext.passport.verdicts import NotReached, Outcome, Reason, Verdict, failed, not_testable, passed
from citycontext.passport.words import Text

__all__ = [
    "discovery",
    "forms_of_metadata",
    "identified_users",
    "known_provider",
    "licences",
    "metadata",
    "publisher",
    "standard_licences",
]

_FOAF_NAME: Final = "http://xmlns.com/foaf/0.1/name"
_FOAF_PAGE: Final = "http://xmlns.com/foaf/0.1/page"
_POLICY: Final = "http://www.w3.org/ns/odrl/2/hasPolicy"
_STANDARD: Final = re.compile(
    r"creativecommons\.org/|opendatacommons\.org/|publications\.europa\.eu/resource/authority/licence/"
    r"|spdx\.org/licenses/|data\.vlaanderen\.be/id/licentie/|overheid\.vlaanderen\.be/.*licentie",
    re.IGNORECASE,
)
_MANDATORY: Final = {
    "Dataset": ("dct:title", "dct:description"),
    "Distribution": ("dcat:accessURL|dcat:downloadURL",),
    "DataService": ("dct:title", "dcat:endpointURL"),
    "Catalog": ("dct:title", "dct:description", "dct:publisher"),
}
_RECOMMENDED: Final = {
    "Dataset": ("dcat:contactPoint", "dcat:keyword", "dct:publisher", "dcat:theme", "dcat:distribution"),
    "Distribution": ("dct:format|dcat:mediaType", "dct:license"),
}


def licences(city: City) -> Outcome:
    """RC2.2: every distribution has terms, and their address answers."""
    catalogue = city.catalogue
    terms, without = _terms(catalogue)
    if without or not terms:
        return failed(
            f"{len(without)} distributions have no licence and no policy, such as {without[0] if without else 'all'}.",
            f"{len(without)} distributies hebben geen licentie en geen beleid, zoals {without[0] if without else 'alle'}.",
            evidence=(catalogue.exchange,),
        )
    evidence = [city.prober.fetch(one, "text/html, */*;q=0.5") for one in terms if one.startswith("http")]
    gone = [one for one in evidence if not one.obstacle.en and one.status is not None and one.status >= 400]
    if gone:
        return failed(
            f"The terms {gone[0].url} answer {gone[0].status}.",
            f"De voorwaarden {gone[0].url} antwoorden {gone[0].status}.",
            evidence=(catalogue.exchange, *evidence),
        )
    silent = [one for one in evidence if one.obstacle.en]
    if silent and len(silent) == len(evidence):
        raise NotReached(silent[0])
    return passed(
        f"Every distribution has terms ({', '.join(terms[:3])}), and they answer.",
        f"Elke distributie heeft voorwaarden ({', '.join(terms[:3])}), en die antwoorden.",
        evidence=(catalogue.exchange, *evidence),
    )


def standard_licences(city: City) -> Outcome:
    """RC2.3: the terms are a licence or a template that is known."""
    catalogue = city.catalogue
    terms, without = _terms(catalogue)
    own = [one for one in terms if not _STANDARD.search(one)]
    if not terms or without:
        return failed(
            "Not every distribution names a licence.",
            "Niet elke distributie noemt een licentie.",
            evidence=(catalogue.exchange,),
        )
    if own:
        return failed(
            f"{own[0]} is not a licence that is known here.",
            f"{own[0]} is geen licentie die hier bekend is.",
            notes=(
                Text(
                    "Our reading: Creative Commons, Open Data Commons, SPDX, the EU's list and the Flemish model licences.",
                    "Onze lezing: Creative Commons, Open Data Commons, SPDX, de EU-lijst en de Vlaamse modellicenties.",
                ),
            ),
            evidence=(catalogue.exchange,),
        )
    return passed(
        f"Standard licences: {', '.join(terms[:3])}.",
        f"Standaardlicenties: {', '.join(terms[:3])}.",
        evidence=(catalogue.exchange,),
    )


def _terms(catalogue: Catalogue) -> tuple[list[str], list[str]]:
    """Return the terms there are, and the distributions without any."""
    terms: dict[str, None] = {}
    without = []
    of_datasets = {
        one: catalogue.values(dataset, "dct:license", _POLICY)
        for dataset in catalogue.of_class("Dataset")
        for one in catalogue.values(dataset, "dcat:distribution")
    }
    for distribution in catalogue.distributions:
        mine = catalogue.values(distribution, "dct:license", _POLICY) or of_datasets.get(distribution, [])
        if not mine:
            without.append(distribution)
        terms |= dict.fromkeys(mine)
    return list(terms), without


def discovery(city: City) -> Outcome:
    """RC4.1: from the catalogue alone to a first record."""
    catalogue = city.catalogue
    evidence = [catalogue.exchange]
    if not catalogue.of_class("Dataset"):
        return failed("The catalogue holds no dataset.", "De catalogus bevat geen dataset.", evidence=tuple(evidence))
    access = [one for one in catalogue.all_values("dcat:accessURL") if one.startswith("http")]
    for url in dict.fromkeys([*catalogue.downloads, *catalogue.endpoints, *access][:6]):
        exchange = city.prober.fetch(url)
        evidence.append(exchange)
        if exchange.is_success and exchange.content and exchange.media_type not in ("text/html", ""):
            return passed(
                f"From the catalogue to {url}, which answers with {exchange.media_type}.",
                f"Van de catalogus naar {url}, dat antwoordt met {exchange.media_type}.",
                evidence=tuple(evidence),
            )
    _reached(evidence)
    return failed(
        "No file and no service that the catalogue names answers with data.",
        "Geen bestand en geen dienst die de catalogus noemt, antwoordt met data.",
        evidence=tuple(evidence),
    )


def metadata(city: City) -> Outcome:
    """RC4.2: the fields of DCAT-AP, the obligatory ones and then the recommended."""
    catalogue = city.catalogue
    missing, wished = _missing(catalogue, _MANDATORY), _missing(catalogue, _RECOMMENDED)
    notes: tuple[Text, ...] = ()
    if wished:
        notes = (
            Text(
                f"Recommended by DCAT-AP and missing: {', '.join(wished[:6])}.",
                f"Aanbevolen door DCAT-AP en ontbrekend: {', '.join(wished[:6])}.",
            ),
        )
    if missing or not catalogue.of_class("Dataset"):
        return failed(
            f"Obligatory in DCAT-AP and missing: {', '.join(missing[:6]) or 'a dataset'}.",
            f"Verplicht in DCAT-AP en ontbrekend: {', '.join(missing[:6]) or 'een dataset'}.",
            notes=notes,
            evidence=(catalogue.exchange,),
        )
    return passed(
        f"{len(catalogue.of_class('Dataset'))} datasets have the obligatory fields of DCAT-AP.",
        f"{len(catalogue.of_class('Dataset'))} datasets hebben de verplichte velden van DCAT-AP.",
        notes=notes,
        evidence=(catalogue.exchange,),
    )


def _missing(catalogue: Catalogue, asked: dict[str, tuple[str, ...]]) -> list[str]:
    return list(
        dict.fromkeys(
            f"{kind}.{field.partition('|')[0].partition(':')[2]}"
            for kind, fields in asked.items()
            for subject in catalogue.of_class(kind)
            for field in fields
            if not catalogue.values(subject, *field.split("|"))
        )
    )


def forms_of_metadata(city: City) -> Outcome:
    """RC4.3: as linked data, and as a page."""
    catalogue = city.catalogue
    page = city.prober.fetch(city.catalogue_url, "text/html")
    evidence = [catalogue.exchange, page]
    if page.is_success and page.media_type in ("text/html", "application/xhtml+xml"):
        return passed(
            f"{catalogue.exchange.media_type} and HTML, at one address.",
            f"{catalogue.exchange.media_type} en HTML, op één adres.",
            evidence=tuple(evidence),
        )
    for landing in [*catalogue.all_values("dcat:landingPage"), *catalogue.all_values(_FOAF_PAGE)][:3]:
        found = city.prober.fetch(landing, "text/html") if landing.startswith("http") else None
        if found is not None:
            evidence.append(found)
            if found.is_success and found.media_type == "text/html":
                return passed(
                    f"{catalogue.exchange.media_type} for machines, and the page {landing} for people.",
                    f"{catalogue.exchange.media_type} voor machines, en de pagina {landing} voor mensen.",
                    evidence=tuple(evidence),
                )
    _reached(evidence)
    return failed(
        f"Machines get {catalogue.exchange.media_type}; no page for people was found.",
        f"Machines krijgen {catalogue.exchange.media_type}; een pagina voor mensen is niet gevonden.",
        evidence=tuple(evidence),
    )


def publisher(city: City) -> Outcome:
    """RC5.2: each dataset's publisher has an address and a name."""
    catalogue = city.catalogue
    wrong = [one for one in catalogue.of_class("Dataset") if not _named(catalogue, one)]
    if wrong or not catalogue.of_class("Dataset"):
        return failed(
            f"{len(wrong)} datasets have no publisher with an address and a name.",
            f"{len(wrong)} datasets hebben geen uitgever met een adres en een naam.",
            evidence=(catalogue.exchange,),
        )
    names = {name for one in catalogue.of_class("Dataset") for name in _named(catalogue, one)}
    return passed(
        f"Published by {', '.join(sorted(names)[:3])}.",
        f"Uitgegeven door {', '.join(sorted(names)[:3])}.",
        evidence=(catalogue.exchange,),
    )


def known_provider(city: City) -> Outcome:
    """RC5.4: a name and a contact, before anything is used."""
    catalogue = city.catalogue
    datasets = catalogue.of_class("Dataset")
    wrong = [
        one
        for one in datasets
        if not catalogue.values(one, "dcat:contactPoint") or not catalogue.values(one, "dct:publisher")
    ]
    if wrong or not datasets:
        return failed(
            f"{len(wrong)} of {len(datasets)} datasets lack a publisher or a contact point.",
            f"{len(wrong)} van {len(datasets)} datasets missen een uitgever of een contactpunt.",
            evidence=(catalogue.exchange,),
        )
    return passed(
        f"{len(datasets)} datasets have a publisher and a contact point.",
        f"{len(datasets)} datasets hebben een uitgever en een contactpunt.",
        evidence=(catalogue.exchange,),
    )


def _named(catalogue: Catalogue, dataset: str) -> list[str]:
    return [
        name
        for one in catalogue.values(dataset, "dct:publisher")
        if one.startswith("http")
        for name in catalogue.values(one, _FOAF_NAME)
    ]


def identified_users(city: City) -> Outcome:
    """RC5.3: a request without credentials is refused, where access is restricted."""
    seen = restricted_access(city)
    if seen.verdict is Verdict.NOT_TESTABLE and seen.reason is Reason.NOT_APPLICABLE:
        return not_testable(
            Reason.NOT_APPLICABLE,
            "Open data: anybody may read, and RC5.5 lets participants stay anonymous.",
            "Open data: iedereen mag lezen, en RC5.5 laat deelnemers anoniem blijven.",
            evidence=seen.evidence,
        )
    return Outcome(seen.verdict, seen.seen, seen.reason, (), seen.evidence)


def _reached(evidence: list[Exchange]) -> None:
    for one in evidence:
        if one.obstacle.en:
            raise NotReached(one)
