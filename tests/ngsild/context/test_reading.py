"""What an @context may say, and how much of it."""

from __future__ import annotations

import time
import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citycontext.errors import CircularContext, ContextError, ContextNotAvailable, ContextTooLarge, InvalidContext
from citycontext.ngsild.context import Context, Limits, OfflineLoader, decode_document

URL = "https://example.org/c.jsonld"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (5, "holds a number"),
        ([[{}]], "holds a list"),
        ({"a": 5}, "defined by a number"),
        ({"a": ["urn:a:b"]}, "defined by a list"),
        ({"": "urn:a:b"}, "must not be empty"),
        ({"a": {"@id": "urn:a:b", "@context": {"b": "urn:c:d"}}}, "scoped @context"),
        ({"a": {"@id": "urn:a:b", "@contain": "@set"}}, "'@contain'"),
        ({"a": {"@id": 5}}, "holds a number"),
        ({"a": {"@id": "urn:a:b", "@type": "@set"}}, "@set is not a type"),
        ({"a": {"@id": "urn:a:b", "@container": "@all"}}, "@container of term 'a'"),
        ({"a": {"@id": "urn:a:b", "@prefix": "yes"}}, "@prefix of term 'a'"),
        ({"a": "@context"}, "cannot stand for @context"),
        ({"@id": "urn:a:b"}, "@id is a keyword"),
        ({"@version": 1.0}, "@version"),
        ({"@protected": "yes"}, "@protected"),
        ({"@vocab": 5}, "@vocab"),
        ({"a": "b:x", "b": "a:y"}, "define each other: a → b → a"),
        ({"https://a.example/x": "https://b.example/x"}, "cannot be made a term"),
        ("context.jsonld", "not an absolute URL"),
        ("http://[broken/c.jsonld", "not a URL"),
        ([{"@protected": True, "a": "urn:a:b"}, {"a": "urn:c:d"}], "'a' is protected"),
        ([{"@protected": True, "a": "urn:a:b"}, None], "protected"),
        ({"@import": 5}, "@import"),
    ],
)
def test_what_is_no_context_is_invalid(value: object, message: str) -> None:
    """Each way to break JSON-LD or to go beyond what NGSI-LD allows is an InvalidContext that names the spot."""
    with pytest.raises(InvalidContext, match=message):
        Context.parse(value)


@pytest.mark.parametrize("document", [[], {}, {"context": {}}, "text", None])
def test_a_document_without_context_is_invalid(document: Any) -> None:
    """A document must be an object with a member @context; the error names its address."""
    with pytest.raises(InvalidContext, match="not an object with a member") as caught:
        Context.parse(URL, OfflineLoader({URL: document}))
    assert caught.value.url == URL


def test_an_unknown_address_is_not_available_offline() -> None:
    """Without a loader that fetches, an address outside the core is refused at once, with the cure."""
    with pytest.raises(ContextNotAvailable, match=r"c\.jsonld: is not known offline; give a loader"):
        Context.parse(URL)


def test_a_context_that_includes_itself_is_circular() -> None:
    """A circle of documents is found, and told as a path."""
    a, b = "https://example.org/a.jsonld", "https://example.org/b.jsonld"
    loader = OfflineLoader({a: {"@context": ["b.jsonld"]}, b: {"@context": [{}, a]}})
    with pytest.raises(CircularContext, match=r"a\.jsonld → https://example\.org/b\.jsonld → https://example"):
        Context.parse(a, loader)


def test_the_same_context_twice_is_no_circle() -> None:
    """A context that stands twice in a list, or is included by two others, is read twice without complaint."""
    assert Context.parse([URL, URL], OfflineLoader({URL: {"@context": {"a": "urn:a:b"}}})).expand("a") == "urn:a:b"


def test_import_is_read_before_what_imports_it() -> None:
    """@import brings a document's terms in; those beside it win (JSON-LD 1.1, 4.1.10)."""
    loader = OfflineLoader({URL: {"@context": {"a": "urn:x:a", "b": "urn:x:b"}}})
    context = Context.parse({"@import": URL, "b": "urn:y:b"}, loader)
    assert (context.expand("a"), context.expand("b")) == ("urn:x:a", "urn:y:b")


def test_a_mirror_of_the_core_context_is_harmless() -> None:
    """A copy of the core under another address reads, its scoped context included, since the core stands above."""
    context = Context.parse({"ngsildproof": {"@id": "ngsi-ld:ngsildproof", "@context": {}}, "type": "urn:other:type"})
    assert context.expand("type") == "@type"


def chain_of_documents(length: int) -> OfflineLoader:
    return OfflineLoader(
        {f"https://example.org/{n}": {"@context": f"https://example.org/{n + 1}"} for n in range(length)}
        | {f"https://example.org/{length}": {"@context": {}}}
    )


@pytest.mark.parametrize(
    ("value", "loader", "message"),
    [
        ("https://example.org/0", chain_of_documents(1000), "more than 8 deep"),
        ([URL] * 1000, OfflineLoader({URL: {"@context": {}}}), "more than 64 documents"),
        ([{"a": "urn:a:b"}] * 60_000, OfflineLoader(), "more than 50000 terms"),
        ([URL] * 64, OfflineLoader({URL: {"@context": {f"t{n}": "urn:a:b" for n in range(1000)}}}), "50000 terms"),
        ({f"t{n}": f"t{n + 1}:x" for n in range(5000)}, OfflineLoader(), "more than 32 deep"),
        ({"a": "https://example.org/" + "x" * 5000}, OfflineLoader(), "longer than 2048"),
        ({"a": "https://example.org/" + "x" * 2000 + "/", "b": "a:" + "y" * 100}, OfflineLoader(), "longer than 2048"),
    ],
    ids=["depth", "documents", "terms", "terms of repeated documents", "chain of terms", "long IRI", "joined IRI"],
)
def test_hostile_contexts_cost_little(value: object, loader: OfflineLoader, message: str) -> None:
    """Each way to blow a context up is refused by a limit, in short time and little memory."""
    tracemalloc.start()
    before = time.process_time()
    try:
        with pytest.raises(ContextTooLarge, match=message):
            Context.parse(value, loader)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert time.process_time() - before < 10
    assert peak < 64 * 1024 * 1024


def test_limits_can_be_set() -> None:
    """A caller may lower a limit for contexts it trusts less."""
    with pytest.raises(ContextTooLarge, match="more than 2 terms"):
        Context.parse({"a": "urn:a:a", "b": "urn:a:b", "c": "urn:a:c"}, limits=Limits(terms=2))


def test_documents_are_decoded_within_bounds() -> None:
    """Bytes over the limit and bytes that are not JSON are told apart."""
    assert decode_document(b'{"@context": {}}', URL) == {"@context": {}}
    with pytest.raises(ContextTooLarge, match="has 16 bytes, more than the 10"):
        decode_document(b'{"@context": {}}', URL, Limits(size=10))
    with pytest.raises(InvalidContext, match="not JSON"):
        decode_document(b"<html>", URL)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(alphabet="@:/ab", max_size=6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(alphabet="@:/ab", max_size=4), inner),
    max_leaves=12,
)
keywords = st.sampled_from(
    ["@id", "@type", "@context", "@vocab", "@base", "@container", "@import", "@reverse", "@language", "@none", "@set"]
)
almost_contexts = st.dictionaries(
    keywords | st.text(alphabet="ab:", max_size=3),
    json_values | st.dictionaries(keywords, json_values | keywords, max_size=4),
    max_size=6,
)


@given(value=almost_contexts | st.lists(almost_contexts | json_values, max_size=3))
def test_any_value_reads_or_raises_our_error(value: Any) -> None:
    """No JSON value whatever raises anything but a ContextError, and what reads can be used."""
    try:
        context = Context.parse(value)
    except ContextError:
        return
    assert context.compact_vocab(context.expand_vocab("a:b"))
