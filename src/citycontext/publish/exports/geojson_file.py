"""GeoJSON: a Feature for each entity, with simplified properties (CIM 009, 4.5.16; RFC 7946)."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import orjson

from citycontext.publish.config import Publication
from citycontext.publish.exports.provenance import Provenance
from citycontext.publish.exports.rows import cells, order_of
from citycontext.publish.ldes.disk import replacing
from citycontext.publish.policy import Cleared

__all__ = ["count", "feature_of", "write"]

_USUAL: Final = "location"


def write(
    entities: Iterable[Cleared], target: Path, publication: Publication, provenance: Provenance
) -> tuple[Path, ...]:
    """Write the file, Feature by Feature.

    Properties are plain: a text in languages is ``name.nl`` and so on. The geometry is ``location`` or, where an entity
    has none, the first geometry it has. Units and times of observation stand beside the values, as
    ``<attribute>.unitCode`` and ``<attribute>.observedAt``.

    Args:
        entities: What may be published.
        target: The file.
        publication: Gives the order of the attributes.
        provenance: What the file says about itself, as members of the FeatureCollection.
    """
    order = order_of(publication.allow)
    with replacing(target) as beside, beside.open("wb") as file:
        file.write(orjson.dumps({"type": "FeatureCollection", **provenance.plain()})[:-1] + b',"features":[')
        before = b"\n"
        for one in entities:
            file.write(before + orjson.dumps(feature_of(one, order)))
            before = b",\n"
        file.write(b"\n]}\n")
    return (target,)


def count(path: Path) -> int:
    """Count the entities of a file that was written before, a line each; 0 if absent.

    Args:
        path: The file.
    """
    try:
        with path.open("rb") as lines:
            return sum(line.startswith(b'{"') and b'"Feature"' in line for line in lines)
    except FileNotFoundError:
        return 0


def feature_of(entity: Cleared, order: dict[str, int]) -> dict[str, Any]:
    """Return the Feature of an entity.

    Args:
        entity: What of it may be published.
        order: Places of attributes.
    """
    geometries = [name for name, all_ in entity.attributes() if all_[0].get("type") == "GeoProperty"]
    geometry_property = _USUAL if _USUAL in geometries or not geometries else geometries[0]
    by_name = {cell.column.name: cell for cell in cells(entity, order, geometry=True)}
    geometry = by_name.pop(geometry_property, None) if geometries else None
    properties = {cell.column.name: cell.value for cell in sorted(by_name.values(), key=lambda one: one.column)}
    properties.pop("id")
    return {
        "id": entity.id,
        "type": "Feature",
        "geometry": None if geometry is None else geometry.value,
        "properties": properties,
    }
