"""The register of sensors for residents: what each measures, where, what for, and who answers for it.

A device is in it only where the publication says what its measuring is for; nothing else of it leaves.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from citycontext.errors import ConfigurationError
from citycontext.ngsild import Severity
from citycontext.publish.config import Publication
from citycontext.publish.ldes.disk import disk_errors, replacing
from citycontext.publish.policy import Cleared, EntityLike, Policy
from citycontext.publish.report import Report

__all__ = ["Registered", "registered", "write_register"]

_ATTRIBUTES: Final = ("controlledProperty", "category", "deviceCategory", "location")
_USUAL: Final = ("id", "type", "measures", "organisation", "longitude", "latitude")


@dataclass(frozen=True, slots=True)
class Registered:
    """A device as residents see it.

    Args:
        id: Its id.
        kind: What sort of device it is, or its type.
        measures: What it measures, as its model names it.
        purposes: What for, by language.
        organisation: Who answers for it, by language.
        place: Longitude and latitude; ``None`` where the device tells none.
    """

    id: str
    kind: str
    measures: tuple[str, ...]
    purposes: dict[str, str]
    organisation: dict[str, str]
    place: tuple[float, float] | None


def registered(entities: Iterable[EntityLike], publication: Publication, report: Report) -> Iterator[Registered]:
    """Yield the devices that the register has.

    Args:
        entities: Devices, each with what it measures in ``controlledProperty``.
        publication: Says in ``[devices]`` what measuring is for, and who answers.
        report: Takes a finding for each that is left out.

    Raises:
        ConfigurationError: The publication says nothing of devices.
    """
    settings = publication.devices
    if settings is None:
        cure = 'Add [devices.purposes], e.g. airPollution = { nl = "…", en = "…" }.'
        raise ConfigurationError("a register needs to know what measuring is for.", key="devices", cure=cure)
    policy = Policy(dict.fromkeys(settings.types, _ATTRIBUTES))
    organisation = dict(settings.organisation or publication.dataset.publisher_name)
    for one in policy.clear_all(entities, report):
        measures = tuple(dict.fromkeys(_texts(one, "controlledProperty")))
        unnamed = [name for name in measures if name not in settings.purposes]
        if not measures or unnamed:
            what = ", ".join(sorted(unnamed)) or "what it measures"
            message = f"no purpose is told of {what}: the device is not in the register; see [devices.purposes]"
            report.note("no-purpose", f"{one.types[0]}.controlledProperty", message, Severity.WARNING)
            continue
        told = [settings.purposes[name] for name in measures]
        languages = dict.fromkeys(language for texts in told for language in texts)
        purposes = {
            language: "; ".join(dict.fromkeys(texts[language] for texts in told if language in texts))
            for language in languages
        }
        kinds = [*_texts(one, "deviceCategory"), *_texts(one, "category"), *one.types]
        yield Registered(one.id, kinds[0], measures, purposes, organisation, _place(one))


def write_register(
    entities: Iterable[EntityLike], target: Path | str, publication: Publication, report: Report | None = None
) -> int:
    """Write the register as CSV or, where the name ends in ``.geojson``, as GeoJSON; the file changes as a whole.

    Args:
        entities: Devices.
        target: The file.
        publication: What it says of devices.
        report: Takes a finding for each that is left out.

    Returns:
        How many devices are in it.
    """
    target = Path(target)
    devices = list(registered(entities, publication, Report() if report is None else report))
    with disk_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        with replacing(target) as beside:
            if target.suffix == ".geojson":
                features = [_feature(one) for one in devices]
                beside.write_bytes(orjson.dumps({"type": "FeatureCollection", "features": features}))
            else:
                _write_csv(devices, beside)
    return len(devices)


def _write_csv(devices: list[Registered], path: Path) -> None:
    languages = sorted({language for one in devices for language in one.purposes})
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow([*_USUAL, *(f"purpose.{language}" for language in languages)])
        for one in devices:
            longitude, latitude = one.place or ("", "")
            usual = [one.id, one.kind, " ".join(one.measures), _first(one.organisation), longitude, latitude]
            rows.writerow([*usual, *(one.purposes.get(language, "") for language in languages)])


def _feature(one: Registered) -> dict[str, Any]:
    properties = {
        "type": one.kind,
        "measures": " ".join(one.measures),
        "organisation": _first(one.organisation),
        **{f"purpose.{language}": text for language, text in one.purposes.items()},
    }
    geometry = None if one.place is None else {"type": "Point", "coordinates": list(one.place)}
    return {"type": "Feature", "id": one.id, "geometry": geometry, "properties": properties}


def _texts(entity: Cleared, name: str) -> list[str]:
    member = entity.wire.get(name)
    value = member.get("value") if isinstance(member, dict) else None
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)]


def _place(entity: Cleared) -> tuple[float, float] | None:
    member = entity.wire.get("location")
    value = member.get("value") if isinstance(member, dict) else None
    if isinstance(value, dict) and value.get("type") == "Point":
        longitude, latitude = value["coordinates"][:2]
        return float(longitude), float(latitude)
    return None


def _first(texts: dict[str, str]) -> str:
    return texts.get("nl") or next(iter(texts.values()), "")
