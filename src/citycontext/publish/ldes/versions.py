"""Version objects: what an entity was at a time, under an IRI of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final, NamedTuple

import orjson

from citycontext.errors import DataError
from citycontext.ngsild.time import instant_of
from citycontext.publish.linked_data import DCT_IS_VERSION_OF, XSD_DATE_TIME, entity_contexts, own_context
from citycontext.publish.policy import Cleared

__all__ = ["Version", "instant_text", "make_version", "micros_of", "time_of", "version_iri"]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_OWN: Final = frozenset({"id", "type", "@context"})
_SYSTEM: Final = frozenset({"modifiedAt", "createdAt"})


class Version(NamedTuple):
    """An immutable member of a stream.

    Args:
        entity: The entity's URI.
        at: When, in microseconds since 1970.
        body: The member as JSON text.
    """

    entity: str
    at: int
    body: bytes


def micros_of(instant: datetime) -> int:
    """Return an instant, with its zone, in microseconds since 1970."""
    return (instant - _EPOCH) // _MICROSECOND


@lru_cache(maxsize=4096)  # in IRI and member, and many sensors at a time
def instant_text(at: int) -> str:
    """Write an instant as xsd:dateTime in UTC, decimals only where there are any: one instant, one spelling."""
    return f"{(_EPOCH + at * _MICROSECOND).isoformat()[:-6]}Z"


def version_iri(entity: str, delimiter: str, at: int) -> str:
    """Make the IRI of a version; equal instants give equal IRIs, however they were spelt.

    Args:
        entity: The entity's URI.
        delimiter: What stands in between.
        at: When, in microseconds since 1970.
    """
    return f"{entity}{delimiter}{instant_text(at)}"


def time_of(wire: Mapping[str, Any], cleared: Cleared, places: Sequence[str]) -> int | None:
    """Find the time of a version.

    Args:
        wire: The entity as it came, for the times that the broker sets and attributes that hold a time.
        cleared: What of it is published: ``observedAt`` of anything else does not count.
        places: Where to look, the first that is there counts; see ``StreamSettings.time``.

    Returns:
        Microseconds since 1970; ``None`` where there is no time with a zone.
    """
    for place in places:
        if place == "observedAt":
            texts = [one.get(place) for one in _instances(cleared.wire)]
        elif place in _SYSTEM:
            texts = [wire[place]] if place in wire else [one.get(place) for one in _instances(wire)]
        else:
            texts = [_plain(wire.get(place))]
        times = [time for time in (_micros(text) for text in texts if isinstance(text, str)) if time is not None]
        if times:
            return max(times)
    return None


def make_version(
    cleared: Cleared,
    at: int,
    *,
    delimiter: str,
    timestamp_path: str,
    contexts: list[Any] | None = None,
    by_models: bool = False,
) -> Version:
    """Make a version of an entity.

    Args:
        cleared: The entity.
        at: When, in microseconds since 1970.
        delimiter: What stands between the entity's URI and the time.
        timestamp_path: IRI of the property that tells the time.
        contexts: The contexts of the file it will stand in; an entity with others keeps its own.
        by_models: Whether an entity's own has terms of its model alone.
    """
    member: dict[str, Any] = {}
    own = entity_contexts(cleared.wire.get("@context"))
    if own and own != contexts:
        member["@context"] = own_context(own, adds=by_models)
    member["id"] = version_iri(cleared.id, delimiter, at)
    member["type"] = cleared.wire["type"]
    member[DCT_IS_VERSION_OF] = {"@id": cleared.id}
    member[timestamp_path] = {"@type": XSD_DATE_TIME, "@value": instant_text(at)}
    member |= {name: content for name, content in cleared.wire.items() if name not in _OWN}
    return Version(cleared.id, at, orjson.dumps(member))


def _instances(wire: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = []
    for name, member in wire.items():
        if isinstance(member, dict):
            found.append(member)
        elif isinstance(member, list) and name != "@context":
            found += [one for one in member if isinstance(one, dict)]
    return found


def _plain(member: Any) -> Any:
    value = member.get("value") if isinstance(member, dict) else member
    if isinstance(value, dict):  # {"@type": "DateTime", "@value": …}, the spelling of older models
        return value.get("@value")
    if isinstance(value, str) and "/" in value:  # an interval: its end is when all of it was known
        return value.rpartition("/")[2]
    return value


@lru_cache(maxsize=4096)
def _micros(text: str) -> int | None:
    try:
        return micros_of(instant_of(text, ""))
    except DataError:
        return None
