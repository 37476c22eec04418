"""The Link header."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citycontext.errors import InvalidContext
from citycontext.ngsild.context import CONTEXT_RELATION, context_url, link_header, parse_link_header
from citycontext.ngsild.links import page_links

URL = "https://example.org/c.jsonld"


def test_written_header_is_that_of_the_standard() -> None:
    """The header has the form of CIM 009, 6.3.5, which brokers compare literally."""
    assert link_header(URL) == (f'<{URL}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"')


@given(url=st.from_regex(r"https?://[a-z.]{1,12}/[A-Za-z0-9;,='()?&%#@:/-]{0,20}", fullmatch=True))
def test_what_is_written_is_read(url: str) -> None:
    """Whatever the address, commas and semicolons included, it is read back from its own header."""
    assert context_url(link_header(url)) == url


@pytest.mark.parametrize("url", ["", "https://example.org/a b", "https://example.org/>;x", "https://e.org/\r\nX: y"])
def test_addresses_that_would_break_the_header_are_refused(url: str) -> None:
    """No address can smuggle a second header or parameter in."""
    with pytest.raises(InvalidContext, match="not a URL that a Link header can carry"):
        link_header(url)


@pytest.mark.parametrize(
    "text",
    [
        f'<{URL}>; rel="{CONTEXT_RELATION}"',
        f"<{URL}>;rel={CONTEXT_RELATION};type=application/ld+json",
        f'</next>; rel="next", <{URL}> ; type="application/ld+json" ; REL="{CONTEXT_RELATION}"',
        f'<{URL}>; rel="alternate {CONTEXT_RELATION}"; title="a, \\"b\\"; <c>", </prev>; rel=prev',
    ],
)
def test_spellings_in_the_wild(text: str) -> None:
    """Blanks, bare and quoted values, several links and several relations are all understood."""
    assert context_url(text) == URL


@pytest.mark.parametrize("text", ["", "nonsense", f"<{URL}>", f'<{URL}>; rel="next"', f"<{URL}; rel=x", ";;;,,,"])
def test_headers_that_name_no_context(text: str) -> None:
    """A header without such a link is not an error: there may be none."""
    assert context_url(text) is None


def test_two_contexts_are_refused() -> None:
    """Only one link may name an @context (JSON-LD 1.1, 6.1)."""
    with pytest.raises(InvalidContext, match="names 2"):
        context_url(f"{link_header(URL)}, {link_header(URL)}")


def test_parameters_are_read_once_each() -> None:
    """The first of a repeated parameter counts (RFC 8288, 3.3), and relations are words."""
    (link,) = parse_link_header('</a>; rel="next last"; rel=prev; title="x\\"y"')
    assert (link.target, link.relations, link.parameters["title"]) == ("/a", ("next", "last"), 'x"y')


@pytest.mark.parametrize(
    "text", ["<" * 100_000, "<a>;" + " " * 100_000 + "x", '<a>;b="' + "\\" * 100_000, ", " * 100_000]
)
def test_long_headers_take_linear_time(text: str) -> None:
    """A header made to confuse is given up on quickly."""
    before = time.process_time()
    parse_link_header(text)
    assert time.process_time() - before < 1


LINKS = [
    (
        '<http://c/x.jsonld>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"',
        [("http://c/x.jsonld", {"rel": "http://www.w3.org/ns/json-ld#context", "type": "application/ld+json"})],
    ),
    (
        '</e?q=a>12.5;name~="x"&offset=3>;rel="next";type="application/json"',
        [('/e?q=a>12.5;name~="x"&offset=3', {"rel": "next", "type": "application/json"})],
    ),
    (
        '</e?offset=0>;rel="prev", </e?a=1,2&offset=6>;rel=next',
        [("/e?offset=0", {"rel": "prev"}), ("/e?a=1,2&offset=6", {"rel": "next"})],
    ),
    ('<x>; REL=next ; Type="a,b;c"', [("x", {"rel": "next", "type": "a,b;c"})]),
    ("", []),
    ("http://bare.test/c.jsonld", []),
    ("<unclosed", []),
]


@pytest.mark.parametrize(("text", "expected"), LINKS)
def test_links(text: str, expected: list[tuple[str, dict[str, str]]]) -> None:
    """Several in one header, unquoted parameters, any case, targets that are not percent-encoded, and nonsense."""
    assert [(link.target, link.parameters) for link in page_links([text])] == expected


def test_relations_are_words_in_any_case() -> None:
    """A link may have several relations, and capitals make no difference."""
    (link,) = page_links(['</e?offset=3>;rel="Next last"'])
    assert link.has("next")
    assert not link.has("prev")


@pytest.mark.parametrize("text", ["<" * 100_000, "<a" + ">b" * 50_000, "<a>;" + " " * 100_000 + "x"])
def test_long_page_links_take_linear_time(text: str) -> None:
    """A broker's header made to confuse does not hold the client up."""
    before = time.process_time()
    page_links([text])
    assert time.process_time() - before < 1
