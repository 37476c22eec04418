"""The Link header: which @context a payload is read by (CIM 009, 6.3.5), and where the next page is (RFC 8288)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from citycontext.errors import InvalidContext
from citycontext.web.media_types import LD_JSON

__all__ = [
    "CONTEXT_RELATION",
    "Link",
    "context_url",
    "is_link_header",
    "link_header",
    "page_links",
    "parse_link_header",
]

CONTEXT_RELATION: Final = "http://www.w3.org/ns/json-ld#context"
"""The relation of a Link header that names an @context (JSON-LD 1.1, 6.1)."""

_TARGET: Final = re.compile(r"[\s,]*<([^<>]*)>")
_TARGET_BEGIN: Final = re.compile(r"[\s,]*<")
_TARGET_END: Final = re.compile(r"\s*(?:,|$|;\s*(?:rel|type|title|anchor|media|hreflang|rev)\s*=)", re.IGNORECASE)
_PARAMETER: Final = re.compile(r"""\s*;\s*([\w!#$&+\-.^`|~*]+)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*)))?""")
_ESCAPED: Final = re.compile(r"\\(.)")


class Link(NamedTuple):
    """One link of a Link header.

    Args:
        target: The address between ``<`` and ``>``.
        relations: The words of ``rel``.
        parameters: All parameters, the first of each name, names in small letters.
    """

    target: str
    relations: tuple[str, ...]
    parameters: dict[str, str]

    def has(self, relation: str) -> bool:
        """Return whether the link has a relation; capitals make no difference (RFC 8288, 2.1.1).

        Args:
            relation: Its name.
        """
        return any(one.lower() == relation for one in self.relations)


def link_header(url: str) -> str:
    """Write the Link header that names an @context.

    Args:
        url: The context's address.

    Raises:
        InvalidContext: The address has characters that no URL may carry.
    """
    if not url or re.search(r"[\s<>\"\x00-\x1f\x7f]", url):
        raise InvalidContext(f"{url[:200]!r} is not a URL that a Link header can carry")
    return f'<{url}>; rel="{CONTEXT_RELATION}"; type="{LD_JSON}"'


def parse_link_header(text: str) -> list[Link]:
    """Read a Link header; what is not a link by RFC 8288 ends the reading.

    Args:
        text: The header's value; several headers joined by commas.
    """
    links: list[Link] = []
    position = 0
    while target := _TARGET.match(text, position):
        position = _add(links, target[1], text, target.end())
    return links


def page_links(values: Iterable[str]) -> list[Link]:
    """Read Link headers as brokers write them for pages: beyond RFC 8288, a target may hold a bare ``>``.

    Such a target, as in ``q=temperature>20``, ends where parameters begin.

    Args:
        values: The values of all Link headers of an answer.
    """
    links: list[Link] = []
    for text in values:
        position = 0
        while begin := _TARGET_BEGIN.match(text, position):
            end = text.find(">", begin.end())
            while end >= 0 and _TARGET_END.match(text, end + 1) is None:
                end = text.find(">", end + 1)
            if end < 0:
                break
            position = _add(links, text[begin.end() : end], text, end + 1)
    return links


def _add(links: list[Link], target: str, text: str, position: int) -> int:
    """Read the parameters of a link from a position, add it to those found, and return where it ends."""
    parameters: dict[str, str] = {}
    while parameter := _PARAMETER.match(text, position):
        position = parameter.end()
        name, quoted, plain = parameter.groups()
        value = _ESCAPED.sub(r"\1", quoted) if quoted is not None else plain or ""
        parameters.setdefault(name.lower(), value)
    links.append(Link(target.strip(), tuple(parameters.get("rel", "").split()), parameters))
    return position


def is_link_header(text: str) -> bool:
    """Return whether a Link header can be read to its end (RFC 8288, 3).

    Args:
        text: The header's value; several headers joined by commas.
    """
    position = 0
    while target := _TARGET.match(text, position):
        position = target.end()
        while parameter := _PARAMETER.match(text, position):
            position = parameter.end()
    return position > 0 and not text[position:].strip(" ,;\t")


def context_url(text: str) -> str | None:
    """Find the address of the @context in a Link header.

    Args:
        text: The header's value.

    Returns:
        The address; ``None`` when no link names an @context.

    Raises:
        InvalidContext: More than one does (JSON-LD 1.1, 6.1; CIM 009, C.8).
    """
    urls = [link.target for link in parse_link_header(text) if CONTEXT_RELATION in link.relations]
    if len(urls) > 1:
        raise InvalidContext(f"the Link header names {len(urls)}; host one that lists them, and name that")
    return urls[0] if urls else None
