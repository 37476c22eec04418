"""MIM7, geospatial data: a standard interface, open encodings, ids, and a reference system that is told."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Final
from urllib.parse import quote

from citycontext.passport.checks.bodies import fits, is_geo_json
from citycontext.passport.city import City, entity_id, geometry_of
from citycontext.passport.evidence import Exchange, shielded
from citycontext.passport.prober import answered, origin_of
from citycontext.passport.verdicts import NotReached, NotTestable, Outcome, Reason, failed, not_testable, passed
from citycontext.passport.words import Text
from citycontext.web.media_types import GEO_JSON, JSON

__all__ = ["feature_ids", "open_encodings", "reference_system", "web_service"]

_CORE: Final = "/ogcapi-features-1/1.0/conf/core"
_CRS: Final = "http://www.opengis.net/def/crs/"
_OPEN: Final = {
    GEO_JSON: "GeoJSON",
    "application/city+json": "CityJSON",
    "application/gml+xml": "GML",
    "application/geopackage+sqlite3": "GeoPackage",
}


def web_service(city: City) -> Outcome:
    """R1.1: OGC API Features, WFS or SensorThings; else NGSI-LD with geo+json."""
    evidence: list[Exchange] = []
    for base in _bases(city):
        conformance = city.prober.fetch(f"{base}/conformance?f=json", JSON)
        evidence.append(conformance)
        declared = conformance.json.get("conformsTo") if isinstance(conformance.json, dict) else None
        if conformance.is_success and isinstance(declared, list) and any(str(one).endswith(_CORE) for one in declared):
            items = _items(city, base, evidence)
            if items is not None and is_geo_json(items.json):
                return passed(
                    f"{base} is OGC API Features (core); a collection answers items by bbox.",
                    f"{base} is OGC API Features (core); een collectie beantwoordt items met bbox.",
                    evidence=tuple(evidence),
                )
            if evidence[-1].obstacle.en:
                raise NotReached(evidence[-1])
            return failed(
                f"{base} declares OGC API Features, and gives no items as GeoJSON.",
                f"{base} verklaart OGC API Features, en geeft geen items als GeoJSON.",
                evidence=tuple(evidence),
            )
    for url in city.catalogue_if_any.endpoints[:5] if city.catalogue_if_any is not None else ():
        sign = "&" if "?" in url else "?"
        capabilities = city.prober.fetch(f"{url}{sign}service=WFS&request=GetCapabilities")
        evidence.append(capabilities)
        if capabilities.is_success and b"WFS_Capabilities" in capabilities.content:
            return passed(f"{url} is a WFS.", f"{url} is een WFS.", evidence=tuple(evidence))
        if capabilities.is_success and b"serverSettings" in capabilities.content and "/v1.1" in url:
            return passed(f"{url} is SensorThings 1.1.", f"{url} is SensorThings 1.1.", evidence=tuple(evidence))
    kind = quote(_kind_with_place(city), safe="")
    geo = answered(city.prober.ask(f"entities?type={kind}&limit=1", accept=GEO_JSON))
    evidence.append(geo)
    if geo.is_success and geo.media_type == GEO_JSON and is_geo_json(geo.json):
        return passed(
            "NGSI-LD answers with application/geo+json.",
            "NGSI-LD antwoordt met application/geo+json.",
            notes=(
                Text(
                    "Our reading: a standard interface, though not among OASC's mechanisms (OGC API Features, WFS, SensorThings).",
                    "Onze lezing: een standaardinterface, al staat ze niet bij de mechanismen van OASC (OGC API Features, WFS, "
                    "SensorThings).",
                ),
            ),
            evidence=tuple(evidence),
        )
    return failed(
        f"Neither OGC API Features, WFS nor SensorThings was found, and the broker answers {geo.status} {geo.media_type} "
        "when asked for GeoJSON.",
        f"OGC API Features, WFS noch SensorThings is gevonden, en de broker antwoordt {geo.status} {geo.media_type} op een "
        "vraag naar GeoJSON.",
        evidence=tuple(evidence),
    )


def _bases(city: City) -> list[str]:
    catalogue = city.catalogue_if_any
    found = []
    if catalogue is not None:
        found += [one.rstrip("/").removesuffix("/collections") for one in catalogue.endpoints[:5]]
        found.append(origin_of(city.catalogue_url))
    return list(dict.fromkeys(found))


def _items(city: City, base: str, evidence: list[Exchange]) -> Exchange | None:
    collections = city.prober.fetch(f"{base}/collections?f=json", JSON)
    evidence.append(collections)
    listed = collections.json.get("collections") if isinstance(collections.json, dict) else None
    for one in listed if isinstance(listed, list) else ():
        if isinstance(one, dict) and isinstance(one.get("id"), str):
            items = city.prober.fetch(
                f"{base}/collections/{quote(one['id'])}/items?bbox=-180,-90,180,90&limit=1", GEO_JSON
            )
            evidence.append(items)
            return items if items.is_success else None
    return None


def open_encodings(city: City) -> Outcome:
    """R2.1: GeoJSON that is valid by RFC 7946, or another open form by its signature."""
    kind = quote(_kind_with_place(city), safe="")
    geo = answered(city.prober.ask(f"entities?type={kind}&limit=100", accept=GEO_JSON))
    evidence = [geo]
    if geo.is_success and fits(geo) and geo.media_type == GEO_JSON:
        wrong = [fault for one in _features(geo.json) if (fault := _fault(one.get("geometry"))) is not None]
        if wrong:
            return failed(
                f"{len(wrong)} features are not valid GeoJSON (RFC 7946): {wrong[0].en}.",
                f"{len(wrong)} features zijn geen geldige GeoJSON (RFC 7946): {wrong[0].nl}.",
                evidence=(geo,),
            )
        return passed(
            f"GeoJSON, valid by RFC 7946 in {len(_features(geo.json))} features.",
            f"GeoJSON, geldig volgens RFC 7946 in {len(_features(geo.json))} features.",
            evidence=(geo,),
        )
    for url in city.catalogue_if_any.downloads if city.catalogue_if_any is not None else ():
        exchange = city.prober.fetch(url)
        evidence.append(exchange)
        name = _OPEN.get(exchange.media_type) or ("GeoPackage" if exchange.content[:15] == b"SQLite format 3" else "")
        if exchange.is_success and name and (name != "GeoJSON" or is_geo_json(exchange.json)):
            return passed(f"{url} is {name}.", f"{url} is {name}.", evidence=tuple(evidence))
    return failed(
        f"No open encoding was found; asked for GeoJSON, the broker answers {geo.status} {geo.media_type}.",
        f"Geen open codering gevonden; op een vraag naar GeoJSON antwoordt de broker {geo.status} {geo.media_type}.",
        evidence=tuple(evidence),
    )


def feature_ids(city: City) -> Outcome:
    """R4.1: features have the ids of their entities, each once."""
    name = _kind_with_place(city)
    geo = answered(city.prober.ask(f"entities?type={quote(name, safe='')}&limit=100", accept=GEO_JSON))
    features = _features(geo.json) if geo.is_success else []
    if not features:
        return not_testable(
            Reason.NO_SAMPLE,
            f"Asked for GeoJSON, the broker answers {geo.status} {geo.media_type} without features.",
            f"Op een vraag naar GeoJSON antwoordt de broker {geo.status} {geo.media_type} zonder features.",
            evidence=(geo,),
        )
    ids = [one.get("id") for one in features]
    known = {entity_id(one) for sample in city.samples if sample.type == name for one in sample.entities}
    nameless = sum(1 for one in ids if not isinstance(one, str) or not one)
    if nameless:
        return failed(
            f"{nameless} of {len(ids)} features have no id.",
            f"{nameless} van {len(ids)} features hebben geen id.",
            evidence=(geo,),
        )
    if len(set(ids)) < len(ids):
        return failed(
            f"{len(ids) - len(set(ids))} features have the id of another one.",
            f"{len(ids) - len(set(ids))} features hebben de id van een ander.",
            evidence=(geo,),
        )
    shared = sum(1 for one in ids if one in known)
    if known and not shared:
        return failed(
            f"No feature has the id of an entity; the first is {shielded(str(ids[0]))}.",
            f"Geen enkele feature heeft de id van een entiteit; de eerste is {shielded(str(ids[0]))}.",
            evidence=(geo,),
        )
    return passed(
        f"{len(ids)} features, {shared} with the id of an entity of the sample, none twice.",
        f"{len(ids)} features, {shared} met de id van een entiteit van de steekproef, geen enkele tweemaal.",
        notes=(Text("That ids last needs two dates (--since).", "Dat ids blijven, vraagt twee data (--since)."),),
        evidence=(geo,),
    )


def reference_system(city: City) -> Outcome:
    """R5.1: the reference system is told somewhere, and positions lie on the earth."""
    evidence: list[Exchange] = []
    catalogue = city.catalogue_if_any
    told: dict[str, None] = {}
    if catalogue is not None:
        evidence.append(catalogue.exchange)
        for value in catalogue.all_values("dct:conformsTo"):
            if value.startswith((_CRS, _CRS.replace("http:", "https:"))):
                told[value] = None
        for base in _bases(city):
            collections = city.prober.fetch(f"{base}/collections?f=json", JSON)
            evidence.append(collections)
            listed = collections.json.get("collections") if isinstance(collections.json, dict) else None
            for one in listed if isinstance(listed, list) and collections.is_success else ():
                systems = one.get("crs") if isinstance(one, dict) else None
                for value in [*(systems if isinstance(systems, list) else []), one.get("storageCrs")]:
                    if isinstance(value, str) and "/def/crs/" in value:
                        told[value] = None
    geo = answered(
        city.prober.ask(f"entities?type={quote(_kind_with_place(city), safe='')}&limit=100", accept=GEO_JSON)
    )
    evidence.append(geo)
    if "content-crs" in geo.headers:
        told[geo.headers["content-crs"].strip("<>")] = None
    places = [found[1] for one in city.sampled if (found := geometry_of(one)) is not None]
    off = [one for one in places if _fault(one) is not None]
    if off:
        return failed(
            f"{len(off)} of {len(places)} geometries do not lie on the earth as longitude and latitude.",
            f"{len(off)} van {len(places)} geometrieën liggen niet op aarde als lengte- en breedtegraad.",
            evidence=tuple(evidence),
        )
    if told:
        return passed(
            f"Told: {', '.join(list(told)[:3])}; {len(places)} geometries lie on the earth.",
            f"Genoemd: {', '.join(list(told)[:3])}; {len(places)} geometrieën liggen op aarde.",
            evidence=tuple(evidence),
        )
    if geo.is_success and is_geo_json(geo.json) and geo.media_type == GEO_JSON:
        return passed(
            "GeoJSON is in CRS84 by its RFC.",
            "GeoJSON staat volgens haar RFC in CRS84.",
            notes=(
                Text(
                    "Warning, our reading: the requirement wants the system to be told, and nothing tells it; name it in the "
                    "catalogue.",
                    "Waarschuwing, onze lezing: de eis wil dat het stelsel genoemd wordt, en niets noemt het; noem het in de "
                    "catalogus.",
                ),
            ),
            evidence=tuple(evidence),
        )
    return failed(
        "No coordinate reference system is told, and there is no GeoJSON whose RFC sets one.",
        "Geen coördinatenstelsel is genoemd, en er is geen GeoJSON waarvan de RFC er een vastlegt.",
        evidence=tuple(evidence),
    )


def _kind_with_place(city: City) -> str:
    """Return a type whose entities have a geometry."""
    for sample in city.samples:
        if any(geometry_of(one) is not None for one in sample.entities[:20]):
            return sample.type
    raise NotTestable(
        not_testable(
            Reason.NO_SAMPLE,
            "No entity of the sample has a geometry.",
            "Geen entiteit van de steekproef heeft een geometrie.",
            evidence=city.pages if city.sampled else (),
        )
    )


def _features(document: Any) -> list[dict[str, Any]]:
    if not isinstance(document, dict):
        return []
    listed = document.get("features") if document.get("type") == "FeatureCollection" else [document]
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def _fault(geometry: Any) -> Text | None:
    """Return what is wrong with a geometry by RFC 7946; null is a feature without a place."""
    if geometry is None:
        return None
    if not isinstance(geometry, dict) or "coordinates" not in geometry:
        return Text("a geometry without coordinates", "een geometrie zonder coördinaten")
    for position in _positions(geometry["coordinates"]):
        if len(position) < 2 or not -180 <= position[0] <= 180 or not -90 <= position[1] <= 90:
            return Text(
                "a position outside of longitude -180 to 180 and latitude -90 to 90",
                "een positie buiten lengtegraad -180 tot 180 en breedtegraad -90 tot 90",
            )
    if geometry.get("type") in ("Polygon", "MultiPolygon"):
        polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
        for polygon in polygons if isinstance(polygons, list) else ():
            for number, ring in enumerate(polygon if isinstance(polygon, list) else ()):
                if not isinstance(ring, list) or len(ring) < 4 or ring[0] != ring[-1]:
                    return Text("a ring that is not closed", "een ring die niet gesloten is")
                if number == 0 and _area(ring) < 0:
                    return Text("an outer ring that runs clockwise", "een buitenring die met de klok mee loopt")
    return None


def _positions(coordinates: Any) -> list[list[float]]:
    if isinstance(coordinates, list) and coordinates and all(isinstance(one, int | float) for one in coordinates):
        return [coordinates]
    return [one for inner in coordinates for one in _positions(inner)] if isinstance(coordinates, list) else []


def _area(ring: list[list[float]]) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring))
