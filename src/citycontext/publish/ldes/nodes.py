"""The documents of a stream: its root, its pages, and between them nodes that keep the root small (TREE, LDES).

    ldes.jsonld            the root: the stream, links, and the newest members, less than a page of them
    index/1-00000000       a hundred pages; index/2-… a hundred of those
    pages/00000000         a full page; what is withdrawn from it gives it a new name, 00000000-1

Only the root changes with each new member. A member stands in the root until a page is full; then it stands there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

import orjson

from citycontext.ngsild.query.duration import Duration
from citycontext.publish.config import Dataset, Retention, StreamSettings
from citycontext.publish.ldes.ledger_rows import Bounds
from citycontext.publish.ldes.links import Path, link_shapes
from citycontext.publish.ldes.versions import DELETE, instant_text
from citycontext.publish.linked_data import DCT_IS_VERSION_OF, LDES_SPECIFICATION, XSD_DATE_TIME

__all__ = [
    "FAN_OUT",
    "ROOT",
    "SERVICE",
    "Child",
    "above",
    "complete_nodes",
    "index_name",
    "link_levels",
    "page_name",
    "render",
    "root_view",
]

ROOT: Final = "ldes.jsonld"
SERVICE: Final = f"{ROOT}#service"  # the view of the stream, which is the data service of its DCAT description
FAN_OUT: Final = 100
_LEVELS: Final = 5  # ten thousand million pages


class Child(NamedTuple):
    """What a node links to.

    Args:
        name: The document's name below the stream's address.
        bounds: The times below it.
    """

    name: str
    bounds: Bounds


def page_name(number: int, revision: int = 0) -> str:
    """Name the document of a full page.

    Args:
        number: The page's number.
        revision: How often something was withdrawn from it; then its old address is gone.
    """
    return f"pages/{number:08d}-{revision}.jsonld" if revision else f"pages/{number:08d}.jsonld"


def index_name(level: int, number: int) -> str:
    """Name the document of an index node."""
    return f"index/{level}-{number:08d}.jsonld"


def link_levels(pages: int) -> Iterator[tuple[int, int, int]]:
    """Say what the root links to: yield level, first node and one past the last node, highest level first.

    Args:
        pages: How many full pages there are; those that retention took away count too.
    """
    level, span = 0, 1
    while pages // (span * FAN_OUT):
        level, span = level + 1, span * FAN_OUT
    covered = 0
    while level >= 0:
        first, last = covered // span, pages // span
        if last > first:
            yield level, first, last
        covered = last * span
        level, span = level - 1, span // FAN_OUT


def complete_nodes(before: int, after: int) -> Iterator[tuple[int, int]]:
    """Yield level and number of the index nodes that became complete while pages were added.

    Args:
        before: How many full pages there were.
        after: How many there are.
    """
    level, span = 1, FAN_OUT
    while after // span:
        for number in range(before // span, after // span):
            yield level, number
        level, span = level + 1, span * FAN_OUT


def above(page: int) -> Iterator[tuple[int, int]]:
    """Yield level and number of the index nodes that a page is below, complete or not.

    Args:
        page: The page's number.
    """
    level, span = 1, FAN_OUT
    while page >= 0 and span <= FAN_OUT**_LEVELS:
        yield level, page // span
        level, span = level + 1, span * FAN_OUT


def render(
    name: str, settings: StreamSettings, context: list[Any], children: Iterable[Child], members: Iterable[bytes]
) -> bytes:
    """Write a page or an index node.

    Args:
        name: The document's name.
        settings: The stream.
        context: The @context of the members.
        children: What it links to.
        members: Its members as JSON texts.
    """
    stream = f"{settings.url}/{ROOT}#stream"
    node = {
        "@id": f"{settings.url}/{name}",
        "@type": "tree:Node",
        "dct:isPartOf": {"@id": stream},
        "tree:viewDescription": {"@id": f"{settings.url}/{SERVICE}"},
        **_relations(settings, children),
    }
    return _document(context, {"@id": stream}, node, members)


def root_view(
    settings: StreamSettings,
    dataset: Dataset,
    context: list[Any],
    children: Iterable[Child],
    members: Iterable[bytes],
    links: Iterable[Path] = (),
    replaced_by: str = "",
    replaces: str = "",
) -> bytes:
    """Write the root: what the stream is, what it keeps, where it goes on, and its newest members.

    Args:
        settings: The stream.
        dataset: What the data are.
        context: The @context of the members.
        children: What it links to.
        members: Its members as JSON texts.
        links: The ways inside members to the nodes with a name that they describe.
        replaced_by: The address of the stream that takes the place of this one, which is closed.
        replaces: The address of the stream whose place this one took.
    """
    root = f"{settings.url}/{ROOT}"
    stream: dict[str, Any] = {
        "@id": f"{root}#stream",
        "@type": "ldes:EventStream",
        "ldes:timestampPath": {"@id": settings.published_path},
        "ldes:versionOfPath": {"@id": DCT_IS_VERSION_OF},
        "ldes:versionDeleteObject": {"@id": DELETE},
        "tree:shape": _shape(f"{root}#shape", settings, links),
        "tree:view": {"@id": root},
    }
    if replaced_by:
        stream["dct:isReplacedBy"] = {"@id": f"{replaced_by}/{ROOT}#stream"}
    else:
        stream["ldes:pollingInterval"] = max(1, settings.refresh)
    if replaces:
        stream["dct:replaces"] = {"@id": f"{replaces}/{ROOT}#stream"}
    for language, text in dataset.title.items():
        stream.setdefault("dct:title", []).append({"@value": text, "@language": language})
    if dataset.licence:
        stream["dct:license"] = {"@id": dataset.licence}
    if dataset.publisher:
        stream["dct:publisher"] = {"@id": dataset.publisher}
    if dataset.source:
        stream["prov:wasDerivedFrom"] = {"@id": dataset.source}
    node: dict[str, Any] = {"@id": root, "@type": "tree:Node"}
    view: dict[str, Any] = {
        "@id": f"{settings.url}/{SERVICE}",
        "@type": ["tree:ViewDescription", "ldes:EventSource"],
        "dcat:endpointURL": {"@id": root},
        "dct:conformsTo": {"@id": LDES_SPECIFICATION},
    }
    policies = _retention(root, settings.retention)
    if policies:  # on the view, where readers of today look, and on the root node, where older ones do
        view["ldes:retentionPolicy"] = policies
        node["ldes:retentionPolicy"] = [{"@id": one["@id"]} for one in policies]
    if dataset.id:
        view["dcat:servesDataset"] = {"@id": dataset.id}
    node["tree:viewDescription"] = view
    return _document(context, stream, {**node, **_relations(settings, children)}, members)


def _document(context: list[Any], stream: dict[str, Any], node: dict[str, Any], members: Iterable[bytes]) -> bytes:
    # Members are texts already: they are joined, not parsed and written again.
    head = orjson.dumps({"@context": context})[:-1]
    return b'%b,\n"@graph":[%b,\n%b,"tree:member":[\n%b\n]}]}\n' % (
        head,
        orjson.dumps(node),
        orjson.dumps(stream)[:-1],
        b",\n".join(members),
    )


def _relations(settings: StreamSettings, children: Iterable[Child]) -> dict[str, Any]:
    relations = [
        {
            "@type": f"tree:{kind}Relation",
            "tree:node": {"@id": f"{settings.url}/{child.name}"},
            "tree:path": {"@id": path},
            "tree:value": {"@value": instant_text(bound), "@type": XSD_DATE_TIME},
        }
        for child in children
        for path, low, high in _spans(settings, child.bounds)
        for kind, bound in (("GreaterThanOrEqualTo", low), ("LessThan", high + 1))
    ]
    return {"tree:relation": relations} if relations else {}


def _spans(settings: StreamSettings, bounds: Bounds) -> list[tuple[str, int, int]]:
    """List what bounds the members below a link: when they were made public, and when it was so."""
    published = (settings.published_path, bounds.published_low, bounds.published_high)
    if settings.timestamp_path == settings.published_path:  # as in streams that were begun with citycontext 0.1
        return [published]
    return [published, (settings.timestamp_path, bounds.low, bounds.high)]


def _shape(iri: str, settings: StreamSettings, links: Iterable[Path]) -> dict[str, Any]:
    times = dict.fromkeys((settings.timestamp_path, settings.published_path))
    return {
        "@id": iri,
        "@type": "sh:NodeShape",
        "sh:nodeKind": {"@id": "sh:IRI"},
        "sh:property": [
            {
                "sh:path": {"@id": DCT_IS_VERSION_OF},
                "sh:nodeKind": {"@id": "sh:IRI"},
                "sh:minCount": 1,
                "sh:maxCount": 1,
            },
            *(
                {
                    "sh:path": {"@id": path},
                    "sh:datatype": {"@id": XSD_DATE_TIME},
                    "sh:minCount": 1,
                    "sh:maxCount": 1,
                }
                for path in times
            ),
            *link_shapes(links),
        ],
    }


def _retention(root: str, retention: Retention) -> list[dict[str, Any]]:
    policies: list[dict[str, Any]] = []
    whole: dict[str, Any] = {}  # what LDES 1.0 has in one node; the two others are for readers of before
    if retention.max_age is not None:
        whole["ldes:fullLogDuration"] = {"@value": Duration.of(retention.max_age).text, "@type": "xsd:duration"}
        policies.append(
            {
                "@id": f"{root}#retention-age",
                "@type": "ldes:DurationAgoPolicy",
                "tree:value": {"@value": Duration.of(retention.max_age).text, "@type": "xsd:duration"},
            }
        )
    if retention.latest_versions is not None:
        policies.append(
            {
                "@id": f"{root}#retention-versions",
                "@type": "ldes:LatestVersionSubset",
                "ldes:amount": retention.latest_versions,
            }
        )
        whole["ldes:versionAmount"] = retention.latest_versions
    if whole:
        policies.insert(0, {"@id": f"{root}#retention", "@type": "ldes:RetentionPolicy", **whole})
    return policies
