"""Throw mutated payloads and queries at `citycontext.ngsild`, which may answer with nothing but its own errors.

    python scripts/fuzz_ngsild.py 1000000 --seed 7

Each case takes a payload or query from fuzz_samples.json, and from ../shared where it is there, changes it a few
times, and reads, checks and writes it. A case fails when it raises anything but a ``CityContextError``, takes more
than 100 ms of CPU, needs a gigabyte of memory, or breaks a law: what was normalized survives the concise form, a query
parses to what it is written from. A failure is printed with its number; ``--case`` runs that one alone, without a net.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import orjson

from citycontext.errors import CityContextError
from citycontext.foreign_text import shown
from citycontext.ngsild import Attribute, Entity, Finding, GeoAttr, OptAttr, OptLanguageAttr, OptRelAttr, optional
from citycontext.ngsild.batch import read_batch_result
from citycontext.ngsild.context import Context, compact_entity, expand_entity, parse_link_header
from citycontext.ngsild.documents import read_document
from citycontext.ngsild.notifications import Notification
from citycontext.ngsild.problems import ProblemDetails
from citycontext.ngsild.query import (
    EntityQuery,
    GeoQuery,
    TemporalQuery,
    compile_pattern,
    compile_q,
    parse_duration,
    parse_georel,
    parse_language,
    parse_order_by,
    parse_path,
    parse_projection,
    parse_q,
    parse_scope,
    parse_types,
)
from citycontext.ngsild.representations import concise, geojson, simplified, temporal
from citycontext.ngsild.temporal import TemporalEntity
from citycontext.ngsild.update_result import read_update_result
from citycontext.ngsild.wire_model import WireModel

LIMIT: Final = 0.1
"""Seconds of CPU that a case may take."""
LONGEST: Final = 64 * 1024
"""Characters of a query or a text in a payload; servers take no longer URLs and headers."""
MEMORY: Final = 1 << 30
"""Bytes that a run may take beyond what it starts with."""

_HELD: Final = orjson.loads(Path(__file__).with_name("fuzz_samples.json").read_bytes())
SAMPLES: Final[list[Any]] = _HELD["payloads"]
QUERIES: Final[dict[str, list[str]]] = _HELD["queries"]
KEYS: Final[list[str]] = [*_HELD["keys"], "a" * 300]
VALUES: Final[list[Any]] = [*_HELD["values"], "x" * 100_000]
TOKENS: Final[list[str]] = [*_HELD["tokens"], "9" * 400]


class Parking(Entity, type="OffStreetParking"):
    """A declared class, so that declarations are read against as well."""

    location: GeoAttr
    name: OptLanguageAttr = optional()
    available_spot_number: OptAttr[int] = optional()
    levels: OptAttr[list[int | str]] = optional()
    is_next_to: OptRelAttr = optional()


@dataclass
class Report:
    """What came of a run."""

    cases: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    slowest: float = 0.0


def load_corpus(shared: Path | None) -> list[bytes]:
    """Return the payloads to start from, as JSON text.

    Args:
        shared: The folder of reference data, if it is there.
    """
    corpus = [orjson.dumps(sample) for sample in SAMPLES]
    if shared is not None:
        for pattern in ("ngsi-ld/examples/etsi-*/**/*json*", "smart-data-models/dataModel.[A-E]*/*/examples/*.jsonld"):
            for path in sorted(shared.glob(pattern)):
                text = path.read_bytes() if path.is_file() else b""
                try:
                    orjson.loads(text)
                except orjson.JSONDecodeError:
                    continue
                if len(text) <= 8_000:
                    corpus.append(text)
    return corpus


def mutate(payload: Any, chance: random.Random, corpus: Sequence[bytes]) -> Any:
    """Change a payload a few times.

    Args:
        payload: The payload; it is changed.
        chance: What decides.
        corpus: Where foreign parts come from.
    """
    for _ in range(chance.choice((1, 1, 1, 2, 2, 3, 5))):
        holder, key = _place(payload, chance)
        if holder is None:
            payload = _hostile(payload, chance, corpus)
            continue
        action = chance.random()
        if action < 0.45:
            holder[key] = _hostile(holder[key], chance, corpus)
        elif action < 0.6:
            del holder[key]
        elif isinstance(holder, dict):
            if action < 0.8:
                holder[chance.choice(KEYS)] = holder.pop(key)
            else:
                holder[chance.choice(KEYS)] = _hostile(holder[key], chance, corpus)
        elif action < 0.8:
            holder.insert(key, holder[key])
        else:
            holder.append(_hostile(holder[key], chance, corpus))
    return payload


def _place(payload: Any, chance: random.Random) -> tuple[Any, Any]:
    """Choose a member of an object, or an item of a list, at any depth."""
    holder, key = None, None
    while isinstance(payload, dict | list) and payload:
        holder, key = (
            payload,
            chance.choice(list(payload)) if isinstance(payload, dict) else chance.randrange(len(payload)),
        )
        payload = payload[key]
        if chance.random() < 0.3:
            break
    return holder, key


def _hostile(value: Any, chance: random.Random, corpus: Sequence[bytes]) -> Any:
    """Return something to put in a value's place."""
    action = chance.random()
    if action < 0.7:
        chosen = chance.choice(VALUES)
        return orjson.loads(orjson.dumps(chosen)) if isinstance(chosen, dict | list) else chosen
    if action < 0.8:
        other = orjson.loads(chance.choice(corpus))
        holder, key = _place(other, chance)
        return other if holder is None else holder[key]
    if action < 0.9 and isinstance(value, str):
        return mutate_text(value, chance)
    if action < 0.95:
        return [value] * chance.choice((1, 2, 50))
    for _ in range(chance.choice((1, 2, 40, 300, 900))):  # orjson reads down to 1,024
        value = [value] if action < 0.975 else {chance.choice(("a", "value", "entity", "type", "b")): value}
    return value


def mutate_text(text: str, chance: random.Random) -> str:
    """Change a text a few times.

    Args:
        text: The text.
        chance: What decides.
    """
    for _ in range(chance.choice((1, 1, 2, 3, 6))):
        place = chance.randrange(len(text) + 1)
        action = chance.random()
        if action < 0.4:
            text = text[:place] + chance.choice(TOKENS) + text[place:]
        elif action < 0.6:
            text = text[:place] + text[place + chance.choice((1, 1, 3)) :]
        elif action < 0.75:
            text = text[:place] + chance.choice(TOKENS) + text[place + 1 :]
        elif action < 0.9:
            text = text[place:] + text[:place]
        else:
            text = text[:place] + chance.choice(TOKENS) * chance.choice((2, 30, 500, 3000)) + text[place:]
    return text[:LONGEST]


def read_and_write(payload: Any) -> None:
    """Read a payload as what it is, and write it."""
    _write(read_document(payload))


def read_strictly(payload: Any) -> None:
    """Read a payload as what it is, strictly, and write it."""
    _write(read_document(payload, strict=True))


def _write(document: Any) -> None:
    for one in document if isinstance(document, list) else [document]:
        if isinstance(one, Entity):
            _use(one)
        elif isinstance(one, TemporalEntity | WireModel):
            repr(one)
            one.to_json()
        elif isinstance(one, Attribute):
            one.sub_attributes()
            repr(one)


def read_entity(payload: Any) -> None:
    """Read an entity of any type, with findings, and use it."""
    findings: list[Finding] = []
    _use(Entity.from_dict(payload, findings=findings, fragment=True))
    for finding in findings:
        str(finding)


def read_declared(payload: Any) -> None:
    """Read an entity of a declared class, and use it."""
    findings: list[Finding] = []
    parking = Parking.from_dict(payload, findings=findings)
    _use(parking)
    for name in Parking.fields:
        attribute = getattr(parking, name, None)
        if attribute is not None:
            _ = attribute.value


def read_simplified(payload: Any) -> None:
    """Read a simplified entity, and use it."""
    _use(Parking.from_dict(payload, representation="simplified", fragment=True))


def _use(entity: Entity) -> None:
    for form in ("normalized", "concise", "simplified"):
        entity.to_json(form)
    for attribute in entity.attributes().values():
        _ = attribute.value, attribute.is_null, attribute.previous_value
        attribute.sub_attributes()
    repr(entity)
    geojson.render(entity.wire, representation="concise")


def normalize(payload: Any) -> None:
    """Normalize an entity; what comes of it survives the concise form."""
    wire = concise.normalize(payload, fragment=True)
    if concise.normalize(concise.render(wire), fragment=True) != wire:
        raise AssertionError("the concise form changed a normalized entity")
    simplified.normalize(simplified.render(wire))


def read_feature(payload: Any) -> None:
    """Read a Feature, or the Features of a collection."""
    for feature in geojson.features(payload) if _type(payload) == "FeatureCollection" else [payload]:
        geojson.render(geojson.normalize(feature), representation="simplified")
        geojson.normalize(feature, simplified=True)


def read_evolution(payload: Any) -> None:
    """Read the evolution of an entity, and use it."""
    entity = TemporalEntity.from_dict(payload, findings=[], fragment=True)
    entity.scopes()
    for name in entity:
        entity.aggregates(name)
    temporal.render(entity.wire)
    repr(entity)
    for name in entity:
        entity.series(name)
    short = entity.to_dict("temporalValues")
    TemporalEntity.from_dict(short, fragment=True).to_dict("normalized")


def read_notification(payload: Any) -> None:
    """Read a notification, and its entities."""
    notification = Notification.from_dict(payload)
    for entity in notification.entities():
        _use(entity)


def read_context(payload: Any) -> None:
    """Read an @context."""
    context = Context.parse(payload.get("@context") if isinstance(payload, dict) else payload)
    context.compact(context.expand("name"))


CORE: Final = Context.core()


def expand(payload: Any) -> None:
    """Expand and compact an entity."""
    if isinstance(payload, dict):
        compact_entity(expand_entity(payload, CORE), CORE)


def read_results(payload: Any) -> None:
    """Read an answer of a broker: to a batch, to a write of attributes, and an error."""
    for status in (201, 207, 400):
        read_batch_result(status, payload, sent=["urn:a:b", "urn:a:c"])
    read_update_result(payload, sent=["a"])
    str(ProblemDetails.from_wire(payload).to_error(status=400))


def read_query(payload: Any) -> None:
    """Read the body of a query."""
    EntityQuery.from_body(payload).to_parameters()
    if isinstance(payload, dict):
        GeoQuery.from_body(payload.get("geoQ"))
        TemporalQuery.from_body(payload.get("temporalQ"))


def evaluate(payload: Any) -> None:
    """Put a query to an entity."""
    if isinstance(payload, dict):
        for predicate in PREDICATES:
            predicate(payload)


PREDICATES: Final = [compile_q(parse_q(text)) for text in QUERIES["q"]]


def _type(payload: Any) -> Any:
    return payload.get("type") if isinstance(payload, dict) else None


def _law(parse: Callable[[str], Any]) -> Callable[[str], None]:
    def check(text: str) -> None:
        parsed = parse(text)
        if parse(str(parsed)) != parsed:
            raise AssertionError(f"{text[:200]!r} does not come back from {str(parsed)[:200]!r}")

    return check


def match(text: str) -> None:
    """Compile a pattern, and put it to texts that are hard to match."""
    found = compile_pattern(text)
    for subject in ("", "a" * 200, "ab" * 100 + "!", "urn:ngsi-ld:OffStreetParking:gent:loop"):
        found(subject)


PAYLOAD_READERS: Final[tuple[Callable[[Any], None], ...]] = (
    read_and_write, read_and_write, read_strictly, read_entity, read_declared, read_simplified, normalize, normalize,
    read_feature, read_evolution, read_notification, read_context, expand, read_results, read_query, evaluate,
)  # fmt: skip
QUERY_READERS: Final[dict[str, Callable[[str], None]]] = {
    "q": _law(parse_q),
    "types": _law(parse_types),
    "scope": _law(parse_scope),
    "georel": _law(parse_georel),
    "language": _law(parse_language),
    "projection": _law(parse_projection),
    "order": _law(parse_order_by),
    "path": _law(parse_path),
    "duration": _law(parse_duration),
    "pattern": match,
    "link": lambda text: _ignore(parse_link_header(text)),
}


def _ignore(result: object) -> None:
    pass


def make_case(number: int, seed: int, corpus: Sequence[bytes]) -> tuple[Callable[[Any], None], Callable[[], Any]]:
    """Make a case: what reads, and what gives it its input.

    Args:
        number: The case's number.
        seed: The run's seed.
        corpus: What to start from.
    """
    chance = random.Random((seed << 40) + number)  # noqa: S311
    if chance.random() < 0.3:
        kind = chance.choice(tuple(QUERIES))
        text = mutate_text(chance.choice(QUERIES[kind]), chance)
        return QUERY_READERS[kind], lambda: text
    reader = chance.choice(PAYLOAD_READERS)
    state = chance.getstate()

    def build() -> Any:
        chance.setstate(state)
        return mutate(orjson.loads(chance.choice(corpus)), chance, corpus)

    return reader, build


def run(cases: int, seed: int, corpus: Sequence[bytes], *, first: int = 0, most: int = 20) -> Report:
    """Run cases until enough of them failed.

    Args:
        cases: How many.
        seed: What the mutations follow from.
        corpus: What to start from.
        first: Number of the first.
        most: How many failures are enough.
    """
    report = Report()
    for number in range(first, first + cases):
        reader, build = make_case(number, seed, corpus)
        given = build()
        report.cases += 1
        started = time.perf_counter()
        outcome = _outcome(reader, given)
        taken = time.perf_counter() - started
        if taken > LIMIT / 2:
            taken = min(taken, *_measured(reader, build))
        report.slowest = max(report.slowest, taken)
        if taken > LIMIT:
            outcome = f"took {taken * 1000:.0f} ms"
        report.outcomes[outcome if outcome in ("read", "refused") else "failed"] += 1
        if outcome not in ("read", "refused"):
            name = getattr(reader, "__qualname__", str(reader))
            report.failures.append(f"case {number}: {name}: {outcome}")
            if len(report.failures) >= most:
                break
    return report


def _outcome(reader: Callable[[Any], None], given: Any) -> str:
    try:
        reader(given)
    except CityContextError as refused:
        str(refused)
        return "refused"
    except Exception as wrong:
        return f"{type(wrong).__name__}: {str(wrong)[:200]}"
    return "read"


def _measured(reader: Callable[[Any], None], build: Callable[[], Any]) -> Iterator[float]:
    """Measure again, in CPU time: a machine that does something else is not a slow case."""
    for _ in range(3):
        given = build()
        started = time.process_time()
        _outcome(reader, given)
        yield time.process_time() - started


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("cases", type=int, nargs="?", default=100_000, help="how many cases")
    parser.add_argument("--seed", type=int, default=0, help="what the mutations follow from")
    parser.add_argument("--case", type=int, help="run this case alone, and let its error through")
    options = parser.parse_args(arguments)
    shared = Path(__file__).resolve().parents[2] / "shared"
    corpus = load_corpus(shared if shared.is_dir() else None)
    if options.case is not None:
        reader, build = make_case(options.case, options.seed, corpus)
        given = build()
        print(getattr(reader, "__qualname__", reader), shown(given, 5000))
        reader(given)
        return 0
    in_use = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    resource.setrlimit(resource.RLIMIT_DATA, (in_use + MEMORY, resource.RLIM_INFINITY))
    started = time.perf_counter()
    report = run(options.cases, options.seed, corpus)
    seconds = time.perf_counter() - started
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - in_use
    for failure in report.failures:
        print(failure)
    queries = sum(map(len, QUERIES.values()))
    print(
        f"{report.cases} cases of {len(corpus)} payloads and {queries} queries in {seconds:.0f} s:"
        f" {report.outcomes['read']} read, {report.outcomes['refused']} refused, {len(report.failures)} failed;"
        f" slowest {report.slowest * 1000:.0f} ms, {grown >> 20} MB more memory (seed {options.seed})"
    )
    return 1 if report.failures else 0


if __name__ == "__main__":
    sys.exit(main())
