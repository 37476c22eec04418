"""One entity out of the versions that several sources have of it (4.5.5.2, 4.5.5.3, 4.16, 4.18)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from citycontext.broker.documents.writing import Document, attribute_names, instances
from citycontext.errors import CityContextError
from citycontext.ngsild.time import parse_datetime

__all__ = ["merge_evolutions", "merge_versions"]


def merge_versions(versions: Sequence[Document], fillers: Sequence[Document] = ()) -> Document | None:
    """Merge what sources of equal rank have of an entity, and fill its gaps.

    Args:
        versions: The entity as the broker and its sources have it, expanded and normalized.
        fillers: What auxiliary sources have: an attribute counts only where no version has it.

    Returns:
        The entity; None when nothing is left of it.
    """
    now = datetime.now(UTC)
    whole = [one for one in versions if not _is_past(one.get("expiresAt"), now)]
    extra = [one for one in fillers if not _is_past(one.get("expiresAt"), now)]
    if not whole and not extra:
        return None
    if len(whole) == 1 and not extra:
        return _without_expired(whole[0], now)
    merged = _merge(whole, now) if whole else {}
    present = set(attribute_names(merged))
    for filler in _merged_fillers(extra, now):
        for name, value in filler.items():
            if name in ("type", "scope"):
                if name not in merged:
                    merged[name] = value
            elif name not in present:
                merged.setdefault(name, value)
    return merged


def merge_evolutions(versions: Iterable[dict[str, list[Document]]], time_property: str) -> dict[str, list[Document]]:
    """Merge the instances that sources have of an entity's attributes; the same reading counts once.

    Args:
        versions: Attribute → its instances, from each source.
        time_property: What orders the instances.
    """
    merged: dict[str, list[Document]] = {}
    seen: dict[str, set[tuple[Any, ...]]] = {}
    for version in versions:
        for name, found in version.items():
            for instance in found:
                key = (instance.get("datasetId"), instance.get(time_property), repr(_said(instance)))
                if key not in seen.setdefault(name, set()):
                    seen[name].add(key)
                    merged.setdefault(name, []).append(instance)
    for found in merged.values():
        found.sort(key=lambda instance: _moment(instance.get(time_property)) or datetime.min.replace(tzinfo=UTC))
    return merged


def _merged_fillers(fillers: Sequence[Document], now: datetime) -> Iterator[Document]:
    if fillers:
        yield _merge(fillers, now)


def _merge(versions: Sequence[Document], now: datetime) -> Document:
    ends = [one.get("expiresAt") for one in versions]
    keeps_end = all(end is not None for end in ends)
    merged: Document = {"id": versions[0]["id"]}
    for member in ("type", "scope"):
        united = list(dict.fromkeys(one for version in versions for one in version.get(member, ())))
        if united:
            merged[member] = united
    created = [one["createdAt"] for one in versions if "createdAt" in one]
    modified = [one["modifiedAt"] for one in versions if "modifiedAt" in one]
    if created:
        merged["createdAt"] = min(created)
    if modified:
        merged["modifiedAt"] = max(modified)
    if keeps_end:
        merged["expiresAt"] = max((str(end) for end in ends), key=lambda text: _moment(text) or now)
    chosen: dict[str, dict[str | None, Document]] = {}
    for version in versions:
        end = None if keeps_end else version.get("expiresAt")
        for name in attribute_names(version):
            for instance in instances(version[name]):
                if end is not None and not _ends_before(instance.get("expiresAt"), end):
                    instance = {**instance, "expiresAt": end}
                if _is_past(instance.get("expiresAt"), now):
                    continue
                kept = chosen.setdefault(name, {})
                dataset_id = instance.get("datasetId")
                known = kept.get(dataset_id)
                if known is None or _is_newer(instance, known):
                    kept[dataset_id] = instance
    for name, by_dataset in chosen.items():
        found = list(by_dataset.values())
        if found:
            merged[name] = found if len(found) > 1 else found[0]
    return merged


def _without_expired(document: Document, now: datetime) -> Document:
    kept = dict(document)
    for name in list(attribute_names(document)):
        left = [one for one in instances(document[name]) if not _is_past(one.get("expiresAt"), now)]
        if not left:
            del kept[name]
        elif len(left) < len(instances(document[name])):
            kept[name] = left if len(left) > 1 else left[0]
    return kept


def _is_newer(one: Document, other: Document) -> bool:
    """Return whether an instance goes before another: by observedAt, and without it by modifiedAt (4.5.5.3)."""
    for member in ("observedAt", "modifiedAt"):
        first, second = _moment(one.get(member)), _moment(other.get(member))
        if first is not None and second is not None:
            if first != second:
                return first > second
        elif member == "observedAt" and (first is not None or second is not None):
            # One says when it was observed and the other does not: the one that does is the better known.
            return first is not None
    return False


def _said(instance: Document) -> list[tuple[str, Any]]:
    unsaid = ("instanceId", "createdAt", "modifiedAt")
    return sorted(((name, value) for name, value in instance.items() if name not in unsaid), key=lambda item: item[0])


def _ends_before(own: Any, end: str) -> bool:
    first, second = _moment(own), _moment(end)
    return first is not None and (second is None or first <= second)


def _is_past(text: Any, now: datetime) -> bool:
    moment = _moment(text)
    return moment is not None and moment <= now


def _moment(text: Any) -> datetime | None:
    if not isinstance(text, str):
        return None
    try:
        return parse_datetime(text)
    except CityContextError:
        return None
