"""From OSLO to NGSI-LD: ``from_oslo``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from enum import StrEnum
from typing import Any, Literal

from citycontext.errors import ConfigurationError, InvalidDocument
from citycontext.ngsild.entity import Entity
from citycontext.ngsild.temporal import TemporalEntity
from citycontext.oslo.aliases import canonical_graph
from citycontext.oslo.documents import read_json_ld
from citycontext.oslo.graph import Graph
from citycontext.oslo.losses import LossReport
from citycontext.oslo.persistent_ids import PersistentIds
from citycontext.oslo.reading.classes import read_classes
from citycontext.oslo.reading.entity_making import EntityMaker
from citycontext.oslo.reading.graph_reader import GraphReader
from citycontext.oslo.reading.models import ModelReader
from citycontext.oslo.tables.mapping_tables import MappingTables, standard_tables

__all__ = ["Models", "Reading", "from_oslo"]


class Models(StrEnum):
    """Whose classes the entities are of."""

    SMART_DATA_MODELS = "smart-data-models"
    OSLO = "oslo"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a graph became.

    Args:
        entities: The entities, each with the newest value of every attribute; several versions of one stand together,
            the newest last.
        histories: The evolutions of entities of which the graph has several values of an attribute.
        report: What of the graph is not in them.
    """

    entities: list[Entity]
    histories: list[TemporalEntity]
    report: LossReport

    def __iter__(self) -> Iterator[Entity]:
        return iter(self.entities)


def from_oslo(
    source: Graph | Mapping[str, Any] | list[Any] | str | bytes,
    *,
    tables: MappingTables | None = None,
    contexts: Mapping[str, Any] | None = None,
    zone: tzinfo | None = None,
    models: Models | Literal["smart-data-models", "oslo"] = Models.SMART_DATA_MODELS,
    base: str = "",
    strict: bool = False,
) -> Reading:
    """Read OSLO linked data as entities, whichever profile it follows.

    Args:
        source: A graph, or a JSON-LD document, parsed or as text; for Turtle and others see ``read_text``.
        tables: Where attributes stand; those of the library if none are given.
        contexts: Contexts by address that the document names.
        zone: What a time without zone is taken to be in, e.g. ``ZoneInfo("Europe/Brussels")``.
        models: ``smart-data-models`` makes a parking an OffStreetParking and gathers observations in entities such as
            AirQualityObserved; ``oslo`` makes an entity of every observation and thing, of the class that OSLO has for
            it. A class that only OSLO has is read in both.
        base: Where ids stand that ``to_oslo`` made of URNs; they are read as the URNs.
        strict: Raise at the first thing that would be lost.

    Returns:
        The entities, their evolutions, and a report of all that is not in them: a class that no table knows is
        refused there by its name.

    Raises:
        ConfigurationError: There are no such models.
        InvalidDocument: The document is not JSON-LD, or has no triples.
        ContextError: A context is not at hand.
        InvalidEntity: Something would be lost, in strict reading.
        MissingExtra: JSON-LD needs pyld.
    """
    try:
        models = Models(models)
    except ValueError:
        cure = f"Use one of {', '.join(Models)}."
        raise ConfigurationError(f"entities cannot be of models {models!r}.", cure=cure) from None
    report = LossReport(strict)
    if isinstance(source, str | bytes):
        source = _parsed(source)
    graph = source if isinstance(source, Graph) else read_json_ld(source, contexts=contexts)
    if base:
        graph = PersistentIds(base).named(graph)
    if not len(graph):
        raise InvalidDocument("the document says nothing as linked data; has it an @context that knows its terms?")
    maker = EntityMaker(GraphReader(canonical_graph(graph, report), report, zone), tables or standard_tables())
    if models is Models.OSLO:
        read_classes(maker)
    else:
        ModelReader(maker).read()
    entities, histories = maker.finished()
    return Reading(entities, histories, report)


def _parsed(text: str | bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as wrong:
        why = f"the text is not JSON: {wrong}; read Turtle, TriG, N-Triples and N-Quads with read_text"
        raise InvalidDocument(why) from None
