"""Names and IRIs, against an independent JSON-LD processor."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citycontext.errors import ContextError
from citycontext.ngsild.context import Context
from citycontext.ngsild.context.core_terms import core_terms
from citycontext.ngsild.terms import DEFAULT_CONTEXT

jsonld = pytest.importorskip("pyld.jsonld", reason="pyld is not installed")


PART = ("ngsi-ld", "geojson", "id", "type", "Property", "value", "DateTime", "status", "location", "max", "observedAt")


def core_document() -> dict[str, Any]:
    """Write some of the core's terms as a JSON-LD context, without protection so that it may come last."""
    document: dict[str, Any] = {"@version": 1.1, "@vocab": DEFAULT_CONTEXT}
    for name, term in ((name, core_terms()[name]) for name in PART):
        if term.is_keyword:
            document[name] = term.iri
            continue
        document[name] = {"@id": term.iri, "@prefix": term.prefix}
        if term.type:
            document[name]["@type"] = term.type
        if term.containers:
            document[name]["@container"] = min(term.containers)
    return document


CORE = core_document()


def expanded_by_pyld(terms: dict[str, Any], name: str) -> str:
    """Expand one attribute of an entity, and give the IRI it got."""
    entity = {"id": "urn:a:b", name: {"type": "Property", "value": 1}, "@context": [terms, CORE]}
    (expanded,) = jsonld.expand(entity)
    (iri,) = set(expanded) - {"@id"}
    return str(iri)


def compacted_by_pyld(terms: dict[str, Any], iri: str) -> str:
    """Compact an entity with one attribute, and give the name it got."""
    expanded = {
        "@id": "urn:a:b",
        iri: [{"@type": ["https://uri.etsi.org/ngsi-ld/Property"], "urn:v:v": [{"@value": 1}]}],
    }
    compacted = jsonld.compact(expanded, [terms, CORE])
    (name,) = set(compacted) - {"id", "@context"}
    return str(name)


words = st.text(alphabet="abXY", min_size=1, max_size=3) | st.sampled_from(["status", "max", "ngsi-ld"])
iris = st.builds(
    "{}{}".format,
    st.sampled_from(["https://e.org/", "https://e.org/a#", DEFAULT_CONTEXT, "https://uri.etsi.org/ngsi-ld/"]),
    st.text(alphabet="abXY", max_size=3) | st.sampled_from(["status", "max"]),
)


def definitions(*containers: str) -> st.SearchStrategy[dict[str, Any]]:
    """Generate contexts; ``containers`` are the @container keywords that may occur."""
    described = st.fixed_dictionaries(
        {"@id": iris},
        optional={
            "@type": st.sampled_from(["@id", "@vocab", "https://e.org/Datatype"]),
            "@container": st.sampled_from(containers),
            "@prefix": st.booleans(),
        },
    )
    return st.dictionaries(words, iris | described, max_size=5)


@settings(max_examples=100, deadline=None)
@given(terms=definitions("@set"), name=words | st.builds("{}:{}".format, words, words))
def test_names_expand_as_pyld_expands_them(terms: dict[str, Any], name: str) -> None:
    """Any name in any context becomes the IRI that pyld makes of it."""
    try:
        ours = Context.parse(terms).expand(name)
    except ContextError:
        return
    assert expanded_by_pyld(terms, name) == ours


@settings(max_examples=100, deadline=None)
@given(terms=definitions("@set", "@list", "@language"), iri=iris.filter(lambda iri: iri[-1] not in "/#"))
def test_iris_compact_as_pyld_compacts_them(terms: dict[str, Any], iri: str) -> None:
    """Any attribute's IRI in any context becomes the name that pyld makes of it."""
    assert compacted_by_pyld(terms, iri) == Context.parse(terms).compact(iri)
