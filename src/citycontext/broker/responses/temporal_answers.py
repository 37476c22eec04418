"""Answers about the evolution of entities, in three forms and in pages (4.5.6 to 4.5.9, 4.5.19, 6.3.10)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Final

from citycontext.broker.documents.writing import Document
from citycontext.broker.request.temporal_query import TemporalRequest
from citycontext.broker.responses.aggregation import aggregate
from citycontext.broker.responses.problems import Problem, invalid_request
from citycontext.broker.responses.projection import ResponseProjection
from citycontext.broker.responses.rendering import View, in_language, without_system_members
from citycontext.broker.responses.versions import downgrade_evolution
from citycontext.broker.selection.selection import Selection
from citycontext.broker.store import Store
from citycontext.broker.store.evolution import Evolution, EvolutionTable, microseconds
from citycontext.ngsild.context import Context, compact_attribute
from citycontext.ngsild.representations import temporal
from citycontext.ngsild.terms import ATTRIBUTE_TYPES

__all__ = ["Evolved", "content_range", "cut", "find_evolutions", "read_evolution", "render_evolution"]

_COUNTING: Final = frozenset({"totalCount", "distinctCount"})


@dataclass(slots=True)
class Evolved:
    """The part of an entity's evolution that a request asks for.

    Args:
        frame: Id, types and times.
        attributes: Attribute → its instances, in the order asked for.
        modified_at: When it changed last.
    """

    frame: Evolution
    attributes: dict[str, list[Document]] = field(default_factory=dict)
    modified_at: str | None = None

    def as_entity(self, scopes: Callable[[Evolution], list[str]] | None = None) -> Document:
        """Return it in the form of an entity whose attributes have several instances, for filters to look at.

        Args:
            scopes: Gives the scopes that are valid in the interval; those set in it, where none is given.
        """
        entity: Document = {
            "id": self.frame.id,
            "type": self.frame.types,
            "createdAt": self.frame.created_at,
            **self.attributes,
        }
        if "scope" in entity:
            entity["scope"] = [scope for one in entity["scope"] for scope in _listed(one["value"])]
        if scopes is not None:
            entity["scope"] = scopes(self.frame)
        return entity


def read_evolution(
    table: EvolutionTable, frame: Evolution, asked: TemporalRequest, view: View, *, at_most: int
) -> Evolved:
    """Read the instances in the interval.

    Args:
        table: Where they are kept.
        frame: Whose.
        asked: Which interval.
        view: Which attributes and datasets, and whether with the broker's times.
        at_most: How many instances of one attribute are of use.
    """
    projection = view.projection
    evolved = Evolved(frame, modified_at=table.modified_at(frame.number) if view.sys_attrs else None)
    limit = at_most if asked.last is None else min(asked.last, at_most)
    if asked.form == "aggregatedValues":
        limit = -1
    for name in table.attributes(frame.number):
        if not projection.shows(name) and projection.attrs is not None:
            continue
        found = table.instances(
            frame.number,
            name,
            time_property=asked.time_property,
            start=asked.start,
            end=asked.end,
            limit=limit,
            newest_first=asked.last is not None and asked.form != "aggregatedValues",
            dataset_ids=projection.dataset_ids,
        )
        if asked.query.timerel is None and asked.time_property != "observedAt":
            found = [instance for instance in found if asked.time_property in instance]
        if found:
            evolved.attributes[name] = found
    return evolved


def find_evolutions(
    store: Store,
    tenant: int,
    selection: Selection,
    asked: TemporalRequest,
    view: View,
    *,
    at_most: int,
    ids: Collection[str] | None = None,
) -> Iterator[Evolved]:
    """Return the evolutions that match a query, in the order asked for (5.7.4).

    Args:
        store: Where they are kept.
        tenant: The tenant's number.
        selection: Which entities.
        asked: Which interval.
        view: Which datasets; filters may look at attributes that are not shown.
        at_most: How many instances of one attribute are of use.
        ids: Only these, as an entity map has them; None for any.
    """
    whole = replace(view, projection=ResponseProjection(dataset_ids=view.projection.dataset_ids))
    scopes = partial(_valid_scopes, store.evolution, asked) if selection.asks_scope else None
    frames = (frame for frame in selection.frames(store, tenant) if ids is None or frame.id in ids)
    read = (read_evolution(store.evolution, frame, asked, whole, at_most=at_most) for frame in frames)
    found = (evolved for evolved in read if evolved.attributes and selection.accepts(evolved.as_entity(scopes)))
    if selection.order is None:
        return found
    by_id = {evolved.frame.id: evolved for evolved in found}
    ordered = selection.sorted([evolved.as_entity() for evolved in by_id.values()])
    return (by_id[entity["id"]] for entity in ordered)


def _valid_scopes(table: EvolutionTable, asked: TemporalRequest, frame: Evolution) -> list[str]:
    """List the scopes an entity has at some time in the interval; one set before counts too (4.18, 5.7.4.4)."""
    valid: list[str] = []
    for instance in sorted(table.instances(frame.number, "scope", time_property="modifiedAt"), key=_set_at):
        moment = _set_at(instance)
        if asked.end is not None and moment >= asked.end:
            break
        kept = valid if asked.start is None or moment >= asked.start else []
        valid = kept if "deletedAt" in instance else [*kept, *_listed(instance["value"])]
    return valid


def _set_at(instance: Document) -> int:
    return microseconds(instance.get("observedAt", "") or instance.get("modifiedAt", "")) or 0


def cut(page: Sequence[Evolved], asked: TemporalRequest, at_most: int) -> tuple[str, str] | None:
    """Shorten the interval so that no more instances are left than one answer holds (6.3.10).

    Args:
        page: The evolutions of the answer; instances beyond the cut are taken out.
        asked: The interval.
        at_most: How many instances an answer holds.

    Returns:
        The first and last moment of what is left; None when nothing had to go.
    """
    times = [_time(instance, asked) for evolved in page for found in evolved.attributes.values() for instance in found]
    if len(times) <= at_most:
        return None
    backwards = asked.last is not None
    times.sort(reverse=backwards)
    edge = times[at_most - 1]
    if times[-1] == edge:
        # All that lie at the edge stay together, so nothing would be taken out.
        return None
    kept: list[str] = []
    for evolved in page:
        for name, found in list(evolved.attributes.items()):
            left = [one for one in found if (_time(one, asked) >= edge if backwards else _time(one, asked) <= edge)]
            kept += [one[asked.time_property] for one in left if asked.time_property in one]
            if left:
                evolved.attributes[name] = left
            else:
                del evolved.attributes[name]
    moments = sorted(kept, key=lambda text: microseconds(text) or 0)
    if not moments:
        return None
    return (moments[-1], moments[0]) if backwards else (moments[0], moments[-1])


def content_range(asked: TemporalRequest, left: tuple[str, str]) -> str:
    """Write the Content-Range of an answer that is a part (6.3.10)."""
    first, last = left
    if asked.last is None:
        start = asked.query.time_at if asked.query.timerel in ("after", "between") else first
        return f"date-time {start}-{last}/*"
    start = {"before": asked.query.time_at, "between": asked.query.end_time_at}.get(asked.query.timerel or "", first)
    return f"date-time {start}-{last}/{asked.last}"


def render_evolution(evolved: Evolved, asked: TemporalRequest, view: View, context: Context) -> dict[str, Any]:
    """Write an evolution as an answer shows it, without @context."""
    frame, shows = evolved.frame, view.projection.shows
    types = [context.compact_vocab(kind) for kind in frame.types]
    wire: dict[str, Any] = {}
    if shows("id"):
        wire["id"] = frame.id
    if shows("type"):
        wire["type"] = types[0] if len(types) == 1 else types
    if view.sys_attrs:
        wire |= {"createdAt": frame.created_at, "modifiedAt": evolved.modified_at}
    if frame.deleted_at is not None and (view.sys_attrs or asked.time_property == "deletedAt"):
        wire["deletedAt"] = frame.deleted_at
    for name, found in evolved.attributes.items():
        if shows(name):
            short = name if name == "scope" else context.compact(name)
            wire[short] = _attribute(found, asked, view, context, short)
    if view.version is not None and asked.form == "normalized":
        wire = downgrade_evolution(wire, view.version)
    return temporal.render(wire, asked.time_property) if asked.form == "temporalValues" else wire


def _attribute(found: list[Document], asked: TemporalRequest, view: View, context: Context, name: str) -> Any:
    if view.languages is not None:
        found = [in_language(instance, view.languages) for instance in found]
    if asked.form == "aggregatedValues":
        groups = [_aggregated(group, asked, name) for group in _by_dataset(found)]
        return groups[0] if len(groups) == 1 else groups
    return [_instance(instance, asked, view, context) for instance in found]


def _instance(instance: Document, asked: TemporalRequest, view: View, context: Context) -> Any:
    shown = instance if view.sys_attrs else without_system_members(instance)
    for member in ("deletedAt", asked.time_property):
        if member in instance:
            shown = {**shown, member: instance[member]}
    return compact_attribute(shown, context)


def _aggregated(group: list[Document], asked: TemporalRequest, name: str) -> dict[str, Any]:
    kind = group[-1]["type"]
    member = ATTRIBUTE_TYPES[kind]
    shown: dict[str, Any] = {"type": kind}
    if "datasetId" in group[0]:
        shown["datasetId"] = group[0]["datasetId"]
    refused = [method for method in asked.query.aggr_methods if method not in _COUNTING]
    if refused and kind not in ("Property", "ListProperty"):
        raise invalid_request(f"aggrMethods: {refused[0]} does not go with {name}, a {kind}; only counts do.")
    samples = [
        (moment, instance[member])
        for instance in group
        if "deletedAt" not in instance and (moment := microseconds(instance.get(asked.time_property, ""))) is not None
    ]
    samples.sort(key=lambda sample: sample[0])
    try:
        rows = aggregate(samples, asked.query.aggr_methods, asked.query.aggr_period_duration, asked.start, asked.end)
    except Problem as problem:
        raise Problem(problem.name, f"{name}: {problem.detail}", status=problem.status) from None
    # lastN counts what is shown: buckets.
    return shown | {method: found[-asked.last :] if asked.last else found for method, found in rows.items()}


def _by_dataset(found: Iterable[Document]) -> list[list[Document]]:
    groups: dict[str | None, list[Document]] = {}
    for instance in found:
        groups.setdefault(instance.get("datasetId"), []).append(instance)
    return list(groups.values())


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _time(instance: Document, asked: TemporalRequest) -> int:
    return microseconds(instance.get(asked.time_property, "")) or 0
