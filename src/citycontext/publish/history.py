"""The history that a context broker keeps, as the states that entities were in (CIM 009, 5.7.4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal

from citycontext.client import Client
from citycontext.errors import ConfigurationError, DataError
from citycontext.ngsild import Severity
from citycontext.ngsild.attribute_base import is_null
from citycontext.ngsild.query.temporal import before, between
from citycontext.ngsild.representations import temporal
from citycontext.ngsild.terms import ATTRIBUTE_TYPES, ENTITY_MEMBERS
from citycontext.ngsild.time import format_datetime, instant_of
from citycontext.publish.ldes import EventStream, Written

__all__ = ["TimeProperty", "publish_history", "states"]

TimeProperty = Literal["observedAt", "modifiedAt", "createdAt"]
State = dict[str, Any]
_BOOKKEEPING: Final = frozenset({"instanceId", "createdAt", "modifiedAt", "deletedAt"})


def states(
    evolution: dict[str, Any], base: State | None = None, *, time_property: TimeProperty = "observedAt"
) -> Iterator[State]:
    """Turn the evolution of an entity into its states, the earliest first.

    At each time that something was observed, the state is what was observed then and what was known before.

    Args:
        evolution: A temporal entity, in normalized or temporalValues form.
        base: What was known before, as a normalized entity.
        time_property: Which time counts.

    Yields:
        Normalized entities; with ``modifiedAt`` or ``createdAt`` they carry it.

    Raises:
        DataError: It is not a temporal entity, or a time is not valid.
    """
    wire = temporal.normalize(evolution, time_property=time_property)
    changes: dict[datetime, list[tuple[str, dict[str, Any]]]] = {}
    state: State = {**(base or {}), **{name: one for name, one in wire.items() if name in _IDENTITY}}
    for name, member in wire.items():
        if name in ENTITY_MEMBERS:
            continue
        for instance in member if isinstance(member, list) else [member]:
            time = instance.get(time_property) or instance.get("deletedAt")
            if time is None:
                _apply(state, name, instance)
            else:
                changes.setdefault(instant_of(time, f"{name}.{time_property}"), []).append((name, instance))
    for time in sorted(changes):
        for name, instance in changes[time]:
            _apply(state, name, instance)
        snapshot = dict(state)
        if time_property != "observedAt":
            snapshot[time_property] = format_datetime(time)
        yield snapshot


_IDENTITY: Final = frozenset({"id", "@id", "type", "@type", "scope", "@context"})


def _apply(state: State, name: str, instance: dict[str, Any]) -> None:
    """Put an instance in the place of the one of the same dataset; earlier states keep theirs."""
    dataset = instance.get("datasetId")
    known = state.get(name, [])
    others = [one for one in (known if isinstance(known, list) else [known]) if one.get("datasetId") != dataset]
    kind = instance.get("type")
    value = instance.get(ATTRIBUTE_TYPES.get(kind, "value") if isinstance(kind, str) else "value")
    if value is not None and not is_null(value):
        others.append({member: one for member, one in instance.items() if member not in _BOOKKEEPING})
    if not others:
        state.pop(name, None)
    else:
        state[name] = others[0] if len(others) == 1 else others


def publish_history(
    client: Client,
    stream: EventStream,
    entity_type: str,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    step: timedelta = timedelta(hours=1),
    overlap: timedelta = timedelta(hours=1),
    time_property: TimeProperty = "observedAt",
    on_batch: Callable[[Written], object] | None = None,
) -> Written:
    """Publish the history of all entities of a type, from where the last run ended.

    Time is taken in steps, and each step is remembered when all of it is on disk. Attributes that carry no time of
    observation (a name, a place) are taken as they are now.

    Args:
        client: Talks to the broker.
        stream: Where the versions go.
        entity_type: The type.
        since: Where to begin the first time.
        until: Where to end, not included; now if not given.
        step: How much time to ask for at once.
        overlap: How far to go back behind the last run, for what was reported late.
        time_property: Which time counts; ``modifiedAt`` gives also what has no time of observation.
        on_batch: Called after each step with what has been done so far.

    Returns:
        What became of the states.

    Raises:
        ConfigurationError: It is the first run, and there is no ``since``.
        ContextBrokerError: The broker refuses, or keeps no history.
    """
    source = f"history:{entity_type}"
    mark = stream.mark(source)
    if mark is not None:
        start = max(instant_of(mark, source) - overlap, since or datetime.min.replace(tzinfo=UTC))
    elif since is not None:
        start = since
    else:
        raise ConfigurationError(
            f"no history of {entity_type} has been published yet.", cure="Say since when: --since, or since=…."
        )
    end = until or datetime.now(UTC)
    known = _steady(client, entity_type, time_property)
    for entity in _evolutions(client, entity_type, replace(before(start), last_n=1), time_property, stream):
        for state in states(entity, known.get(entity["id"]), time_property=time_property):
            known[entity["id"]] = state
    total = Written()
    while start < end:
        stop = min(start + step, end)
        when = between(start, stop)
        written = stream.write(
            _window(client, entity_type, when, time_property, known, stream),
            mark=(source, format_datetime(stop)),
        )
        total += written
        if on_batch is not None:
            on_batch(total)
        start = stop
    return total


def _window(
    client: Client,
    entity_type: str,
    when: Any,
    time_property: TimeProperty,
    known: dict[str, State],
    stream: EventStream,
) -> Iterator[State]:
    for entity in _evolutions(client, entity_type, when, time_property, stream):
        for state in states(entity, known.get(entity["id"]), time_property=time_property):
            known[entity["id"]] = state
            yield state


def _evolutions(
    client: Client, entity_type: str, when: Any, time_property: TimeProperty, stream: EventStream
) -> Iterator[dict[str, Any]]:
    when = replace(when, timeproperty=time_property)
    sys_attrs = time_property != "observedAt"
    for entity in client.temporal.query(entity_type, as_=dict, when=when, sys_attrs=sys_attrs):
        try:
            temporal.normalize(entity, time_property=time_property)
        except DataError as error:
            stream.report.note("not-an-entity", error.path, "an evolution that breaks the standard", Severity.ERROR)
        else:
            yield entity


def _steady(client: Client, entity_type: str, time_property: TimeProperty) -> dict[str, State]:
    """Return, by entity, the attributes that carry no time of observation, as they are now."""
    if time_property != "observedAt":
        return {}
    found: dict[str, State] = {}
    for entity in client.entities.query(entity_type, as_=dict):
        found[entity["id"]] = {
            name: member
            for name, member in entity.items()
            if name in _IDENTITY or (isinstance(member, dict) and "observedAt" not in member)
        }
    return found
