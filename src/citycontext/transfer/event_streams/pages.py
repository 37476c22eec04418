"""A page of an event stream: where it leads, and the members it has (TREE, LDES)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from citycontext.errors import InvalidDocument
from citycontext.foreign_text import printable
from citycontext.ngsild.terms import ATTRIBUTE_TYPES
from citycontext.oslo import Graph, Literal
from citycontext.oslo.documents import read_text
from citycontext.web.media_types import JSON_FORMS, LD_JSON, media_type_of

__all__ = ["Link", "Member", "StreamPage", "read_page"]

_TREE: Final = "https://w3id.org/tree#"
_LDES: Final = "https://w3id.org/ldes#"
_DCT: Final = "http://purl.org/dc/terms/"
_RDF_TYPE: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_DELETED: Final = frozenset({"https://www.w3.org/ns/activitystreams#Delete", f"{_LDES}Deletion"})
_SHORT: Final = {"tree": _TREE, "ldes": _LDES, "dct": _DCT}
_LINES: Final = {"application/n-quads": "application/n-triples", "application/trig": "text/turtle"}


@dataclass(frozen=True, slots=True)
class Link:
    """A link to another page.

    Args:
        url: The page.
        since: The earliest time of publication below it, as text; empty where it is not told.
        until: The time before which all below it was made public; empty where it is not told.
    """

    url: str
    since: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """A member.

    Args:
        iri: Its IRI.
        thing: IRI of what it is a version of; its own where nothing is told.
        time: When it was made public, as text.
        content: Its own description: an NGSI-LD entity, or a graph.
        is_deletion: Whether it says that the thing is there no longer.
    """

    iri: str
    thing: str
    time: str
    content: dict[str, Any] | Graph
    is_deletion: bool = False


@dataclass(slots=True)
class StreamPage:
    """A page.

    Args:
        links: Where it leads.
        members: What it has.
        poll: After how many seconds to ask again, if it says so.
        timestamp_path: IRI of the property that tells when members were made public.
        version_path: IRI of the property that tells what they are versions of.
    """

    links: list[Link] = field(default_factory=list)
    members: list[Member] = field(default_factory=list)
    poll: float | None = None
    timestamp_path: str = ""
    version_path: str = ""


def read_page(
    content: bytes,
    media_type: str,
    url: str,
    stream: StreamPage | None = None,
    *,
    contexts: Mapping[str, Any] | None = None,
) -> StreamPage:
    """Read a page.

    Args:
        content: Its bytes.
        media_type: As the answer says: JSON-LD, Turtle, TriG, N-Triples or N-Quads.
        url: Its address.
        stream: A page read before, which said what the properties of the stream are.
        contexts: Contexts by address that JSON-LD names.

    Raises:
        ContextNotAvailable: It names a context that is not at hand.
        InvalidDocument: It cannot be read.
        MissingExtra: JSON-LD of others needs pyld, Turtle needs rdflib.
    """
    media_type = media_type_of(media_type)
    if media_type in (*JSON_FORMS, ""):
        try:
            document = orjson.loads(content)
        except orjson.JSONDecodeError as error:
            raise InvalidDocument(f"{printable(url)}: no JSON: {error}") from None
        plain = _plain_page(document, stream)
        if plain is not None:
            return plain
        media_type = LD_JSON
    text = content.decode("utf-8", "replace")
    graph = read_text(text, _LINES.get(media_type, media_type), contexts=contexts)
    return _graph_page(graph, url, stream)


def _plain_page(document: Any, stream: StreamPage | None) -> StreamPage | None:
    """Read a page whose members are NGSI-LD entities as they stand; ``None`` where they are not."""
    listed = document.get("@graph") if isinstance(document, dict) else None
    if not isinstance(listed, list):
        return None
    nodes = [one for one in listed if isinstance(one, dict)]
    page = _page_of(stream)
    members: list[Any] = []
    for node in nodes:
        page.timestamp_path = _iri(node.get("ldes:timestampPath")) or page.timestamp_path
        page.version_path = _iri(node.get("ldes:versionOfPath")) or page.version_path
        poll = node.get("ldes:pollingInterval")
        page.poll = float(poll) if isinstance(poll, int | float) else page.poll
        members += node.get("tree:member", [])
    for node in nodes:
        page.links += _links_of(node.get("tree:relation", []), page.timestamp_path)
    if not all(_is_ngsi(one) for one in members) or not any("tree:member" in one for one in nodes):
        return None
    contexts = document.get("@context", [])
    contexts = contexts if isinstance(contexts, list) else [contexts]
    own = [one for one in contexts if not (isinstance(one, dict) and "tree" in one)]
    page.members = [_entity_member(one, page, own) for one in members]
    page.links = _merged(page.links)
    return page


def _page_of(stream: StreamPage | None) -> StreamPage:
    if stream is None:
        return StreamPage()
    return StreamPage(timestamp_path=stream.timestamp_path, version_path=stream.version_path)


def _is_ngsi(member: Any) -> bool:
    if not isinstance(member, dict) or "id" not in member or "type" not in member:
        return False
    types = member["type"] if isinstance(member["type"], list) else [member["type"]]
    attributes = [one for value in member.values() for one in (value if isinstance(value, list) else [value])]
    is_attribute = (isinstance(one, dict) and one.get("type") in ATTRIBUTE_TYPES for one in attributes)
    return any(is_attribute) or bool(_DELETED & {one for one in types if isinstance(one, str)})


def _entity_member(member: dict[str, Any], page: StreamPage, contexts: list[Any]) -> Member:
    stamp = member.get(page.timestamp_path)
    time = str(stamp.get("@value", "")) if isinstance(stamp, dict) else str(stamp or "")
    thing = _iri(member.get(page.version_path)) or member["id"]
    entity = {name: value for name, value in member.items() if not _is_bookkeeping(name, value)}
    entity["id"] = thing
    own = entity.pop("@context", None)
    context = own if own is not None else contexts
    if context:
        entity["@context"] = context
    types = member["type"] if isinstance(member["type"], list) else [member["type"]]
    return Member(member["id"], thing, time, entity, is_deletion=bool(_DELETED & set(types)))


def _is_bookkeeping(name: str, value: Any) -> bool:
    """Return whether a member of a member is linked data beside the entity: no attribute looks like it."""
    if name in ("id", "type", "@context", "scope"):
        return False
    listed = value if isinstance(value, list) else [value]
    return all(isinstance(one, dict) and ("@value" in one or "@id" in one) and "type" not in one for one in listed)


def _links_of(relations: Any, timestamp_path: str) -> list[Link]:
    found = []
    for one in relations if isinstance(relations, list) else [relations]:
        target = _iri(one.get("tree:node"))
        if target:
            value = one.get("tree:value")
            is_published = _iri(one.get("tree:path")) == timestamp_path
            bound = str(value.get("@value", "")) if is_published and isinstance(value, dict) else ""
            found.append(_link(target, str(one.get("@type", "")), bound))
    return found


def _link(url: str, kind: str, bound: str) -> Link:
    if "GreaterThan" in kind:
        return Link(url, since=bound)
    return Link(url, until=bound) if "LessThan" in kind else Link(url)


def _merged(links: Iterable[Link]) -> list[Link]:
    """Join the links to one page: all that they say of it holds."""
    found: dict[str, Link] = {}
    for one in links:
        known = found.get(one.url, one)
        found[one.url] = Link(one.url, known.since or one.since, known.until or one.until)
    return list(found.values())


def _iri(value: Any) -> str:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, Mapping):
        value = value.get("@id")
    if not isinstance(value, str):
        return ""
    prefix, _, local = value.partition(":")
    return f"{_SHORT[prefix]}{local}" if prefix in _SHORT else value


def _graph_page(graph: Graph, url: str, stream: StreamPage | None) -> StreamPage:
    streams = graph.subjects(_RDF_TYPE, f"{_LDES}EventStream")
    streams = streams or [one for one in graph.nodes if graph.values(one, f"{_TREE}member")]
    page = _page_of(stream)
    members: dict[str, None] = {}
    for one in streams:
        page.timestamp_path = _text(graph.value(one, f"{_LDES}timestampPath")) or page.timestamp_path
        page.version_path = _text(graph.value(one, f"{_LDES}versionOfPath")) or page.version_path
        poll = _text(graph.value(one, f"{_LDES}pollingInterval"))
        page.poll = float(poll) if poll.replace(".", "", 1).isdigit() else page.poll
        members |= dict.fromkeys(value for value in graph.values(one, f"{_TREE}member") if isinstance(value, str))
    links = []
    for node in graph.nodes:
        for relation in graph.values(node, f"{_TREE}relation"):
            target = graph.value(relation, f"{_TREE}node")
            if isinstance(target, str):
                kinds = " ".join(graph.types(relation)) if isinstance(relation, str) else ""
                is_published = graph.value(relation, f"{_TREE}path") == page.timestamp_path
                bound = _text(graph.value(relation, f"{_TREE}value")) if is_published else ""
                links.append(_link(target, kinds, bound))
        views = [view for view in graph.values(node, f"{_TREE}view") if isinstance(view, str) and view != url]
        links += [Link(view) for view in views if not graph.values(view, f"{_TREE}relation")]
    page.links = _merged(links)
    page.members = [_graph_member(graph, one, page, set(members)) for one in members]
    return page


def _graph_member(graph: Graph, iri: str, page: StreamPage, members: set[str]) -> Member:
    thing = _text(graph.value(iri, page.version_path)) or iri
    time = _text(graph.value(iri, page.timestamp_path))
    own = Graph()
    todo, seen = [iri], {iri}
    while todo:
        node = todo.pop()
        for predicate in graph.predicates(node):
            if node == iri and predicate in (page.version_path, page.timestamp_path):
                continue
            for value in graph.values(node, predicate):
                # A version is read as the thing itself: what says so of its own IRI says it of the thing.
                own.add(thing if node == iri else node, predicate, thing if value == iri else value)
                if isinstance(value, str) and value in graph and value not in seen and value not in members:
                    seen.add(value)
                    todo.append(value)
    types = set(graph.types(iri))
    return Member(iri, thing, time, own, is_deletion=bool(types & _DELETED))


def _text(value: Any) -> str:
    if isinstance(value, Literal):
        return value.text
    return value if isinstance(value, str) else ""
