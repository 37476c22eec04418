"""Delete and replace each triple of OSLO files in turn: what was read must change, or the report must.

A value is replaced by another one, and by its text in another language and datatype.

python scripts/oslo_triples.py FILE|FOLDER...           # every triple; exit code 1 if a change went unseen
python scripts/oslo_triples.py --sample 40 FOLDER...    # so many triples of each file
python scripts/oslo_triples.py --context https://city.example/context.jsonld=context.jsonld FOLDER...
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from citycontext.errors import CityContextError
from citycontext.oslo import Graph, Literal, from_oslo, read_text
from citycontext.oslo.graph import Term, Triple

MODELS = ("smart-data-models", "oslo")
MEDIA_TYPES = {
    ".nt": "application/n-triples",
    ".nq": "application/n-quads",
    ".ttl": "text/turtle",
    ".trig": "application/trig",
    ".jsonld": "application/ld+json",
}


def graph_of(triples: list[Triple]) -> Graph:
    """Make a graph of triples.

    Args:
        triples: The triples.
    """
    graph = Graph()
    for triple in triples:
        graph.add(*triple)
    graph.reserve_blanks()
    return graph


def outcome(triples: list[Triple], models: str) -> Any:
    """Return all that a reader says of triples: entities, histories and report.

    Args:
        triples: The triples.
        models: Whose classes the entities are of.
    """
    try:
        reading = from_oslo(graph_of(triples), models=models)  # type: ignore[arg-type]
    except CityContextError as refused:
        return str(refused)
    return (
        sorted(json.dumps(one.to_dict("normalized"), sort_keys=True) for one in reading.entities),
        sorted(json.dumps(one.to_dict("normalized"), sort_keys=True) for one in reading.histories),
        sorted(map(repr, reading.report)),
    )


def replaced(term: Term) -> Term:
    """Return another term of the same kind: another number, time, text or address.

    Args:
        term: The term.
    """
    if not isinstance(term, Literal):
        return f"{term}x" if term.startswith("_:") else f"{term.rstrip('/')}/other"
    changed = term.text
    for digit in reversed([at for at, one in enumerate(term.text) if one.isdigit()]):
        changed = term.text[:digit] + ("1" if term.text[digit] == "0" else "0") + term.text[digit + 1 :]
        break
    if changed == term.text:
        changed = {"true": "false", "false": "true"}.get(term.text, f"{term.text}x")
    return term._replace(text=changed)


def retyped(term: Term) -> Iterator[Literal]:
    """Return a literal with other forms of the same text: another language, or another datatype.

    Args:
        term: The term.
    """
    if isinstance(term, Literal):
        yield Literal(term.text, language="de" if term.language != "de" else "nl")
        if not term.language:
            yield Literal(term.text, "https://example.org/datatype")


def unseen(triples: list[Triple], *, sample: int = 0, models: tuple[str, ...] = MODELS) -> Iterator[tuple[str, Triple]]:
    """Find triples whose deletion or replacement neither an entity nor the report shows.

    Args:
        triples: All triples of a document.
        sample: How many to try; 0 for all.
        models: Whose classes the entities are of, one after the other.
    """
    places = list(range(len(triples)))
    if 0 < sample < len(places):
        places = sorted(random.Random(18).sample(places, sample))  # noqa: S311 - the same sample every time
    for kind in models:
        before = outcome(triples, kind)
        for at in places:
            subject, predicate, value = triples[at]
            others = triples[:at] + triples[at + 1 :]
            if others and outcome(others, kind) == before:
                yield f"{kind}: deleted", triples[at]
            for other in (replaced(value), *retyped(value)):
                if outcome([*triples[:at], (subject, predicate, other), *triples[at + 1 :]], kind) == before:
                    yield f"{kind}: replaced", triples[at]


def triples_of(file: Path, contexts: Mapping[str, Any] | None = None) -> list[Triple]:
    """Read the triples of a file; none of one that is not linked data, or names contexts that are not at hand.

    Args:
        file: The file.
        contexts: Contexts by their addresses.
    """
    media_type = MEDIA_TYPES.get(file.suffix)
    if media_type is None and file.suffix != ".json":
        return []
    try:
        return list(read_text(file.read_text("utf-8"), media_type or "application/ld+json", contexts=contexts))
    except (CityContextError, UnicodeDecodeError):
        return []


def main() -> int:
    """Try all files that are given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--sample", type=int, default=0, help="so many triples of each file; 0 for all")
    parser.add_argument("--context", action="append", default=[], metavar="URL=FILE", help="a context that files name")
    given = parser.parse_args()
    contexts = {}
    for one in given.context:
        url, _, name = one.rpartition("=")
        contexts[url] = json.loads(Path(name).read_text("utf-8"))
    files = [one for path in given.paths for one in (sorted(path.rglob("*")) if path.is_dir() else [path])]
    missed = tried = 0
    for file in files:
        triples = triples_of(file, contexts) if file.is_file() else []
        if not triples:
            continue
        tried += 1
        for what, triple in unseen(triples, sample=given.sample):
            missed += 1
            print(f"{file}: {what} {triple}")
    print(f"{tried} of {len(files)} files read, {missed} changes unseen")
    return 1 if missed or not tried else 0


if __name__ == "__main__":
    sys.exit(main())
