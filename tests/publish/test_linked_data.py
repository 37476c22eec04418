"""The core @context as an object."""

from __future__ import annotations

from typing import Any

import pyld.jsonld

from citycontext.ngsild.context.core_terms import core_terms
from citycontext.publish.linked_data import core_inline, entity_contexts, own_context


def test_every_core_term_means_what_it_does_by_address() -> None:
    """PyLD, offline, expands each term to the IRI that the library's own table has for it."""

    def no_network(url: str, options: dict[str, Any]) -> Any:
        raise AssertionError(f"{url} was asked for")

    for name, term in core_terms().items():
        if term.is_keyword or term.prefix:
            continue
        value = {"nl": "x"} if "@language" in term.containers or "@index" in term.containers else "x"
        document = {"@context": core_inline(), "@id": "urn:x:1", name: value}
        (expanded,) = pyld.jsonld.expand(document, {"documentLoader": no_network})
        assert set(expanded) == {"@id", term.iri}, name
        if term.type is not None and term.type.startswith("http"):
            assert expanded[term.iri][0]["@type"] == term.type


def test_contexts_without_the_core_one() -> None:
    """The core @context is taken out of whatever an entity carries, and comes last where one keeps its own."""
    core = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.6.jsonld"
    assert entity_contexts(None) == entity_contexts(core) == entity_contexts([core]) == []
    assert entity_contexts([core, "https://x.example/c", {"a": "b:c"}]) == ["https://x.example/c", {"a": "b:c"}]
    assert own_context(["https://x.example/c"])[-1].startswith("https://uri.etsi.org/ngsi-ld/")
