"""The table of core terms, against the published files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from citycontext.ngsild.context import CORE_VERSIONS, DEFAULT_LIMITS, Context, Term, core_url, is_core_url
from citycontext.ngsild.context.core_terms import core_terms
from citycontext.ngsild.context.reading import reading

# What differs on purpose: the stored 1.4 file is a copy that lacks two terms which other copies of 1.4 have; the scoped
# context of ngsildproof is not followed, since its value is a signed document that is never expanded.
KNOWN_DEVIATIONS = {("1.4", "attrs"), ("1.4", "tenant")}


def published(shared_dir: Path, version: str) -> dict[str, Any]:
    file = shared_dir / "ngsi-ld" / "contexts" / f"ngsi-ld-core-context-v{version}.jsonld"
    document = json.loads(file.read_text(encoding="utf-8"))
    terms: dict[str, Any] = document["@context"]
    return terms


def read(terms: dict[str, Any]) -> dict[str, Term]:
    steps = reading(terms, {}, DEFAULT_LIMITS)
    with pytest.raises(StopIteration) as end:
        next(steps)
    found: dict[str, Term] = end.value.value[0]
    return found


@pytest.mark.parametrize("version", CORE_VERSIONS)
def test_every_version_says_what_its_published_file_says(version: str, shared_dir: Path) -> None:
    """Each version's terms equal those of the published file, IRI, coercion and container, but for known deviations."""
    terms = published(shared_dir, version)
    if "ngsildproof" in terms:
        terms["ngsildproof"] = terms["ngsildproof"]["@id"]
    theirs, ours = read(terms), core_terms(version)
    different = {(version, term) for term in theirs.keys() | ours.keys() if theirs.get(term) != ours.get(term)}
    assert different == {deviation for deviation in KNOWN_DEVIATIONS if deviation[0] == version}


def test_versions_differ_where_the_standard_changed() -> None:
    """The renamed and moved terms of 1.8 and 1.9 are found in the versions that have them, and in no other."""
    assert "VocabularyProperty" in core_terms("1.7")
    assert "VocabularyProperty" not in core_terms("1.8")
    assert core_terms("1.8")["attributeCount"].iri == "https://uri.etsi.org/ngsi-ld/default-context/attributeCount"
    assert core_terms("1.9")["attributeCount"].iri == "https://uri.etsi.org/ngsi-ld/attributeCount"
    assert core_terms("1.9")["objectLists"].containers == {"@list"}


def test_unknown_version_is_refused() -> None:
    """A version without a table is a ValueError that lists the known ones."""
    with pytest.raises(ValueError, match=r"known are 1\.3"):
        Context.core("2.0")


@pytest.mark.parametrize(
    "url",
    [
        core_url(),
        "http://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context.jsonld",
        "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.3.jsonld",
        "https://forge.etsi.org/gitlab/NGSI-LD/NGSI-LD/raw/master/coreContext/ngsi-ld-core-context.json",
    ],
)
def test_all_addresses_of_the_core_are_known(url: str) -> None:
    """The core is recognised under http and https, with and without version, so it never needs fetching."""
    assert is_core_url(url)
    assert Context.parse(url).terms == Context.core().terms
    assert Context.parse(url).wire == url


@pytest.mark.parametrize(
    "url",
    [
        "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-non-existing.jsonld",
        "https://uri.etsi.org.example.org/ngsi-ld/v1/ngsi-ld-core-context.jsonld",
        "https://example.org/?https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context.jsonld",
    ],
)
def test_look_alikes_of_the_core_are_not_taken_for_it(url: str) -> None:
    """An address that only resembles the core's is loaded like any other."""
    assert not is_core_url(url)
