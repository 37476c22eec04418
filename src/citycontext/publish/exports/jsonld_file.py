"""JSON-LD: normalized entities in a graph, behind a node that says what the file is."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import orjson

from citycontext.publish.config import Publication
from citycontext.publish.exports.provenance import Provenance
from citycontext.publish.ldes.disk import replacing
from citycontext.publish.linked_data import entity_contexts, own_context, with_core
from citycontext.publish.policy import Cleared

__all__ = ["count", "write"]


def write(
    entities: Iterable[Cleared], target: Path, publication: Publication, provenance: Provenance
) -> tuple[Path, ...]:
    """Write the file, entity by entity.

    Args:
        entities: What may be published.
        target: The file.
        publication: Gives the @context of entities that carry none.
        provenance: What the file says about itself.
    """
    contexts = publication.contexts
    with replacing(target) as beside, beside.open("wb") as file:
        file.write(orjson.dumps({"@context": with_core(contexts)})[:-1] + b',\n"@graph":[\n')
        file.write(orjson.dumps({"@type": "prov:Entity", **provenance.json_ld()}))
        for one in entities:
            wire = dict(one.wire)
            own = entity_contexts(wire.pop("@context", None))
            if own and own != contexts:
                wire = {"@context": own_context(own, adds=publication.by_models), **wire}
            file.write(b",\n" + orjson.dumps(wire))
        file.write(b"\n]}\n")
    return (target,)


def count(path: Path) -> int:
    """Count the entities of a file that was written before, a line each; 0 if absent.

    Args:
        path: The file.
    """
    try:
        with path.open("rb") as lines:
            return max(0, sum(line.startswith(b'{"') for line in lines) - 2)  # the @context and the file's own node
    except FileNotFoundError:
        return 0
