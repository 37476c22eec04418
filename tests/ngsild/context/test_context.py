"""Names to IRIs and back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citycontext.errors import InvalidName
from citycontext.ngsild.context import CORE_VERSIONS, Context, OfflineLoader
from citycontext.ngsild.terms import DEFAULT_CONTEXT

DEFAULT = "https://uri.etsi.org/ngsi-ld/default-context/"
USER: dict[str, Any] = {
    "ex": "https://example.org/",
    "Building": "ex:Building",
    "name": "ex:name",
    "title2": "ex:name",
    "owner": {"@id": "ex:owner", "@type": "@id"},
    "testedAt": {"@id": "ex:testedAt", "@type": "DateTime"},
    "levels": {"@id": "ex:levels", "@container": "@list"},
    "status": "ex:status",
    "hidden": None,
    "open": "ex:vocabulary/open",
}


@pytest.fixture(scope="module")
def user() -> Context:
    """Return a user's context with one term of every kind."""
    return Context.parse(USER)


@pytest.mark.parametrize(
    ("name", "iri"),
    [
        ("name", "https://example.org/name"),
        ("ex:anything", "https://example.org/anything"),
        ("unheardOf", DEFAULT + "unheardOf"),
        ("location", "https://uri.etsi.org/ngsi-ld/location"),
        ("ngsi-ld:new", "https://uri.etsi.org/ngsi-ld/new"),
        ("type", "@type"),
        ("https://elsewhere.example/name", "https://elsewhere.example/name"),
        ("urn:ngsi-ld:null", "urn:ngsi-ld:null"),
        ("unknown:prefix", "unknown:prefix"),
        ("@value", "@value"),
    ],
)
def test_expand(user: Context, name: str, iri: str) -> None:
    """Terms, prefixes, the default vocabulary, keywords and IRIs each expand by their own rule."""
    assert user.expand(name) == iri


@pytest.mark.parametrize(
    ("iri", "name"),
    [
        ("https://example.org/name", "name"),
        ("https://example.org/owner", "owner"),
        ("https://example.org/other", "ex:other"),
        (DEFAULT + "unheardOf", "unheardOf"),
        ("https://uri.etsi.org/ngsi-ld/location", "location"),
        ("https://elsewhere.example/name", "https://elsewhere.example/name"),
        (DEFAULT, "ngsi-ld:default-context/"),
        ("name", "name"),
    ],
)
def test_compact(user: Context, iri: str, name: str) -> None:
    """The shortest term wins, then the default vocabulary, then a prefix, else the IRI stays."""
    assert user.compact(iri) == name


def test_user_terms_never_override_the_core(user: Context) -> None:
    """A user's `status` is the core's all the same, and the user's IRI for it keeps its prefix (CIM 009, 5.5.7)."""
    assert user.expand("status") == "https://uri.etsi.org/ngsi-ld/status"
    assert user.compact("https://example.org/status") == "ex:status"


@pytest.mark.parametrize("name", ["testedAt", "levels"])
def test_terms_with_coercion_do_not_name_attributes(user: Context, name: str) -> None:
    """A term coerced to a datatype or list expands, but an attribute is not shortened to it (CIM 009, C.6)."""
    iri = user.expand(name)
    assert iri == f"https://example.org/{name}"
    assert user.compact(iri) == f"ex:{name}"
    assert user.compact_member(iri) == name


def test_coerced_core_terms_compact_to_the_core_prefix() -> None:
    """An attribute called `max` comes back as `ngsi-ld:max`, as from brokers that follow JSON-LD."""
    core = Context.core()
    assert core.compact(core.expand("max")) == "ngsi-ld:max"


def test_a_term_mapped_to_null_is_refused_when_used(user: Context) -> None:
    """JSON-LD drops what such a name carries; here nothing is dropped in silence."""
    with pytest.raises(InvalidName, match="'hidden' to null"):
        user.expand("hidden")
    assert user.expand_vocab("hidden") == "hidden"


def test_vocabulary_values_use_their_own_terms(user: Context) -> None:
    """Values of a VocabProperty and entity types shorten to plain terms only."""
    assert user.expand_vocab("open") == "https://example.org/vocabulary/open"
    assert user.compact_vocab("https://example.org/vocabulary/open") == "open"
    assert user.compact_vocab("https://example.org/owner") == "ex:owner"
    assert user.compact_vocab(DEFAULT + "bright red") == "bright red"
    assert user.expand_vocab("type") == "type"


def test_a_suffix_that_looks_like_another_name_is_not_used() -> None:
    """An IRI of the default vocabulary keeps a prefix when its end would read as a term or as a prefixed name."""
    context = Context.parse({"ex": "https://example.org/", "name": "ex:name"})
    assert context.compact(DEFAULT + "name") == "ngsi-ld:default-context/name"
    assert context.compact(DEFAULT + "ex:name") == "ngsi-ld:default-context/ex:name"


def test_vocab_of_the_user_gives_way_to_that_of_the_core() -> None:
    """The core comes last, its @vocab with it; a user's @vocab only completes the user's own definitions."""
    context = Context.parse({"@vocab": "https://example.org/", "owner": {"@type": "@id"}, "label": {"@id": "name"}})
    assert context.expand("owner") == "https://example.org/owner"
    assert context.expand("label") == "https://example.org/name"
    assert context.expand("other") == DEFAULT + "other"


def test_later_contexts_win_and_null_clears() -> None:
    """Contexts of a list are read in order; null takes back what stood before it, never the core."""
    first, second = {"name": "https://a.example/name", "x": "https://a.example/x"}, {"name": "https://b.example/name"}
    assert Context.parse([first, second]).expand("name") == "https://b.example/name"
    cleared = Context.parse([first, None, second])
    assert cleared.expand("x") == DEFAULT + "x"
    assert cleared.expand("location") == "https://uri.etsi.org/ngsi-ld/location"


def test_only_prefix_terms_stand_before_a_colon() -> None:
    """A simple term that ends in a delimiter is a prefix; one with an object needs @prefix (JSON-LD 1.1, 4.1.5)."""
    context = Context.parse(
        {
            "a": "https://a.example/",
            "b": "https://b.example/b",
            "c": {"@id": "https://c.example/"},
            "d": {"@id": "https://d.example/d", "@prefix": True},
        }
    )
    assert context.expand("a:x") == "https://a.example/x"
    assert context.expand("b:x") == "b:x"
    assert context.expand("c:x") == "c:x"
    assert context.expand("d:x") == "https://d.example/dx"
    assert context.compact("https://d.example/dx") == "d:x"


def test_wire_form_names_the_core_last() -> None:
    """The @context to send keeps the user's part as given and adds the core where it belongs."""
    url, core = "https://example.org/c.jsonld", "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.8.jsonld"
    loader = OfflineLoader({url: {"@context": USER}})
    assert Context.parse([core, url], loader, core="1.8").wire == [url, core]
    assert Context.core("1.8").wire == core
    assert Context.parse({"a": "urn:a:b"}, core="1.8").wire == [{"a": "urn:a:b"}, core]


async def test_parse_async_awaits_each_document() -> None:
    """The awaited form gives the same context from the same documents."""
    documents = {
        "https://example.org/a.jsonld": {"@context": ["b.jsonld", {"x": "https://x.example/"}]},
        "https://example.org/b.jsonld": {"@context": {"y": "https://y.example/"}},
    }

    async def load(url: str) -> Any:
        return documents[url]

    context = await Context.parse_async("https://example.org/a.jsonld", load)
    assert (context.expand("x"), context.expand("y")) == ("https://x.example/", "https://y.example/")
    assert repr(context) == "<Context of 2 terms and core 1.9>"


def test_memory_of_strange_names_is_bounded() -> None:
    """A stream of names that nobody defined does not grow a context without end, and still gets answers."""
    context = Context.parse(USER)
    for number in range(30_000):
        assert context.compact(context.expand(f"strange{number}")) == f"strange{number}"
    assert len(context._expanded) < 5_000
    assert len(context._attributes) < 5_000


letters = st.text(alphabet="abcdeXYZ", min_size=1, max_size=4)
names = letters | st.builds("{}:{}".format, letters, letters)
iris = st.builds(
    "{}{}".format,
    st.sampled_from(["https://e.org/", "https://e.org/a#", "urn:e:", DEFAULT, "https://uri.etsi.org/ngsi-ld/"]),
    st.text(alphabet="abc/#:", max_size=4),
)
definitions = st.dictionaries(
    letters,
    iris
    | st.fixed_dictionaries(
        {"@id": iris},
        optional={
            "@type": st.sampled_from(["@id", "@vocab", "DateTime", "@json"]),
            "@container": st.sampled_from(["@set", "@list", "@language"]),
            "@prefix": st.booleans(),
        },
    ),
    max_size=6,
)


@given(terms=definitions, name=names)
def test_what_expands_comes_back(terms: dict[str, Any], name: str) -> None:
    """For any context and name, the compacted form of its IRI expands to the same IRI, in all three positions."""
    context = Context.parse(terms)
    iri = context.expand(name)
    for shorten in (context.compact, context.compact_member, context.compact_vocab):
        assert context.expand(shorten(iri)) == iri


@given(terms=definitions, name=names)
def test_a_name_that_is_best_for_its_iri_is_stable(terms: dict[str, Any], name: str) -> None:
    """Compacting is idempotent: the name chosen for an IRI is chosen again, and nothing shorter means the same.

    What follows the default vocabulary goes before a prefix, as in JSON-LD's algorithm, and may be longer.
    """
    context = Context.parse(terms)
    iri = context.expand(name)
    chosen = context.compact(iri)
    assert context.compact(context.expand(chosen)) == chosen
    term = context.terms.get(name)
    if term is None or (term.type is None and not term.containers):
        assert len(chosen) <= len(name) or chosen in context.terms or iri == DEFAULT_CONTEXT + chosen


@given(name=st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,12}", fullmatch=True), version=st.sampled_from(CORE_VERSIONS))
def test_short_names_without_user_context_come_back_short(name: str, version: str) -> None:
    """With the core alone, any short name that is not a coerced core term survives the round trip as it is."""
    core = Context.core(version)
    term = core.terms.get(name)
    if term is None:
        assert core.compact(core.expand(name)) == name
        assert core.compact_vocab(core.expand_vocab(name)) == name


def test_contexts_of_the_wild_can_be_read(shared_dir: Path) -> None:
    """Every context file of the models and of OSLO reads, and each of its terms survives the round trip."""
    files = [*shared_dir.glob("smart-data-models/**/*context*.jsonld"), *shared_dir.glob("oslo/contexts/*.jsonld")]
    read = 0
    for file in files:
        text = file.read_text(encoding="utf-8")
        if '"@context"' not in text or not text.lstrip().startswith("{"):
            continue
        context = Context.parse(json.loads(text)["@context"], _Anything())
        read += 1
        for name, term in context.terms.items():
            if not term.is_keyword:
                assert context.expand(context.compact(term.iri)) == term.iri, (file.name, name)
                assert context.expand(context.compact_vocab(term.iri)) == term.iri, (file.name, name)
    assert read > 50


class _Anything:
    """Return an empty context for every address that the files above include."""

    def load(self, url: str) -> Any:
        return {"@context": {}}


@pytest.mark.parametrize(
    ("preferred", "other"),
    [
        ({"@id": "http://example.org/p", "@container": "@set"}, "http://example.org/p"),
        ({"@id": "http://example.org/p", "@container": "@set"}, {"@id": "http://example.org/p", "@type": "@id"}),
        ({"@id": "http://example.org/p", "@type": "@id"}, "http://example.org/p"),
    ],
)
@pytest.mark.parametrize("names", [("a", "b"), ("b", "a")])
def test_of_two_terms_for_one_attribute_the_fitting_one_is_written(
    preferred: object, other: object, names: tuple[str, str]
) -> None:
    """A term for sets goes before one for references, and that before a plain one, whatever they are called."""
    terms = dict(sorted(zip(names, (preferred, other), strict=True)))
    assert Context.parse(terms).compact("http://example.org/p") == names[0]
