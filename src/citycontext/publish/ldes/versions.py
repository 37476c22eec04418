"""Version objects: what an entity was at a time, under an IRI of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Final, NamedTuple

import orjson

from citycontext.errors import DataError
from citycontext.ngsild.time import instant_of
from citycontext.publish.linked_data import DCT_IS_VERSION_OF, XSD_DATE_TIME, entity_contexts, own_context
from citycontext.publish.policy import Cleared

__all__ = [
    "DELETE",
    "WAS_REVISION_OF",
    "Version",
    "corrected",
    "deletion",
    "digest_of_content",
    "instant_text",
    "make_version",
    "micros_of",
    "time_of",
    "version_iri",
    "with_publication_time",
]

DELETE: Final = "https://www.w3.org/ns/activitystreams#Delete"
"""The type that a version has which says that the entity is there no longer."""
WAS_REVISION_OF: Final = "http://www.w3.org/ns/prov#wasRevisionOf"

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_OWN: Final = frozenset({"id", "type", "@context"})
_SYSTEM: Final = frozenset({"modifiedAt", "createdAt"})


class Version(NamedTuple):
    """An immutable member of a stream.

    Args:
        entity: The entity's URI.
        at: When it was so, in microseconds since 1970.
        body: The member as JSON text.
        digest: What tells its content from that of another version of the same instant.
        counter: Which version of that instant it is, from 1.
        published: When it was made public, in microseconds since 1970; in older streams, when it was so.
    """

    entity: str
    at: int
    body: bytes
    digest: int | None = None
    counter: int = 1
    published: int = 0


def micros_of(instant: datetime) -> int:
    """Return an instant, with its zone, in microseconds since 1970."""
    return (instant - _EPOCH) // _MICROSECOND


@lru_cache(maxsize=4096)  # in IRI and member, and many sensors at a time
def instant_text(at: int) -> str:
    """Write an instant as xsd:dateTime in UTC, decimals only where there are any: one instant, one spelling."""
    return f"{(_EPOCH + at * _MICROSECOND).isoformat()[:-6]}Z"


def version_iri(entity: str, delimiter: str, at: int, counter: int = 1) -> str:
    """Make the IRI of a version; equal instants give equal IRIs, however they were spelt.

    Args:
        entity: The entity's URI.
        delimiter: What stands in between.
        at: When, in microseconds since 1970.
        counter: Which version of that instant; the second one, a correction of the first, ends in ``-2``.
    """
    return f"{entity}{delimiter}{instant_text(at)}{f'-{counter}' if counter > 1 else ''}"


def digest_of_content(wire: Mapping[str, Any]) -> int:
    """Return what tells the content of an entity from another; spelling and order do not count.

    Args:
        wire: What is published of it; its id and its @context do not count either.
    """
    said = {name: _canonical(content) for name, content in wire.items() if name not in ("id", "@context")}
    text = orjson.dumps(said, option=orjson.OPT_SORT_KEYS)
    return int.from_bytes(blake2b(text, digest_size=8).digest(), signed=True)


def _canonical(content: Any) -> Any:
    if isinstance(content, dict):
        return {
            name: (_micros(one) or one) if name == "observedAt" and isinstance(one, str) else _canonical(one)
            for name, one in content.items()
        }
    if isinstance(content, list):
        listed = [_canonical(one) for one in content]
        if all(isinstance(one, dict) and "datasetId" in one for one in listed[1:]):
            listed.sort(key=lambda one: str(one.get("datasetId", "")) if isinstance(one, dict) else "")
        return listed
    if isinstance(content, float) and content.is_integer():
        return int(content) if abs(content) < 2**53 else content
    return content


def corrected(version: Version, counter: int, delimiter: str) -> Version:
    """Make of a version the one that corrects another of the same instant.

    Args:
        version: The version.
        counter: Which one of that instant it is.
        delimiter: What stands in IRIs between the entity's URI and the time.
    """
    member = orjson.loads(version.body)
    key = "id" if "id" in member else "@id"
    member[key] = version_iri(version.entity, delimiter, version.at, counter)
    member[WAS_REVISION_OF] = {"@id": version_iri(version.entity, delimiter, version.at, counter - 1)}
    return version._replace(body=orjson.dumps(member), counter=counter)


def with_publication_time(version: Version, published: int, path: str) -> Version:
    """Add to a version when it was made public.

    Args:
        version: The version.
        published: When, in microseconds since 1970.
        path: IRI of the property that tells it.
    """
    said = orjson.dumps({path: {"@type": XSD_DATE_TIME, "@value": instant_text(published)}})
    return version._replace(body=version.body[:-1] + b"," + said[1:], published=published)


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
        timestamp_path: IRI of the property that tells that time.
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
    return Version(cleared.id, at, orjson.dumps(member), digest_of_content(cleared.wire))


def deletion(cleared: Cleared, at: int, *, delimiter: str, timestamp_path: str, is_plain: bool) -> Version:
    """Make the version that says that an entity is there no longer.

    Args:
        cleared: Its id and type.
        at: When it was deleted, in microseconds since 1970.
        delimiter: What stands between the entity's URI and the time.
        timestamp_path: IRI of the property that tells that time.
        is_plain: Whether members are NGSI-LD.
    """
    member = {
        "id" if is_plain else "@id": version_iri(cleared.id, delimiter, at),
        "type" if is_plain else "@type": [*cleared.types, DELETE] if is_plain else [DELETE],
        DCT_IS_VERSION_OF: {"@id": cleared.id},
        timestamp_path: {"@type": XSD_DATE_TIME, "@value": instant_text(at)},
    }
    return Version(cleared.id, at, orjson.dumps(member), digest_of_content({"type": [*cleared.types, DELETE]}))


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
