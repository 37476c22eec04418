"""Every payload of the ETSI conformance test suite and of the API's examples, read as what it is and written again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from citycontext.errors import CityContextError, DataError
from citycontext.ngsild import Attribute, Entity
from citycontext.ngsild.discovery import AttributeInformation, AttributeList, EntityTypeInfo, EntityTypeList
from citycontext.ngsild.documents import ContextDocument, read_document
from citycontext.ngsild.registrations import ContextSourceRegistration, ContextSourceRegistrationFragment
from citycontext.ngsild.representations import geojson, simplified, temporal
from citycontext.ngsild.selection import Query
from citycontext.ngsild.subscriptions import NotificationParams, Subscription, SubscriptionFragment
from citycontext.ngsild.temporal import TemporalEntity
from citycontext.ngsild.wire_model import WireModel

pytestmark = pytest.mark.shared

BROKEN = {
    "csourceRegistrations/context-source-registration-invalid-json.json": "not JSON",
    "csourceSubscriptions/fragments/subscription-update-invalid-json.json": "not JSON",
    "entities/batch/invalid-json.jsonld": "not JSON",
    "entities/fragmentEntities/invalid-fragment.jsonld": "not JSON",
    "entities/invalid-json.jsonld": "not JSON",
    "subscriptions/subscription-invalid-json.jsonld": "not JSON",
    "temporalEntities/fragments/vehicle-temporal-representation-empty-json-fragment.jsonld": "not JSON",
    "temporalEntities/fragments/vehicle-temporal-representation-invalid-json-fragment.jsonld": "not JSON",
    "csourceRegistrations/context-source-registration-invalid.json": "information: .* not None",
    "csourceRegistrations/context-source-registration-invalid.jsonld": "information: .* not None",
    "csourceSubscriptions/subscription-without-notification.jsonld": "notification: it is missing",
    "subscriptions/fragments/subscription-invalid-update.json": "notification.endpoint: it is missing",
}
"""Files that break the format on purpose, so that even tolerant reading refuses them."""

FORBIDDEN = {
    "csourceSubscriptions/subscription-empty-watchedAttributes.jsonld": "watchedAttributes",
    "entities/batch/invalid-json-ld.jsonld": "name",
    "subscriptions/subscription-building-with-invalid-jsonldContext.jsonld": "jsonldContext",
    "subscriptions/subscription-invalid-negative-throttling.jsonld": "throttling",
    "subscriptions/subscription-invalid-throttling-timeInterval.jsonld": "throttling",
    "temporalEntities/vehicle-temporal-representation-without-id.jsonld": "id",
}
"""Files that break a clause on purpose, and the member that does: strict reading refuses them."""

FAULTY = {
    # exclusive, yet by idPattern and without attributes: forbidden by 4.3.6.3
    "csourceRegistrations/context-source-registration-with-mode-and-operations.jsonld",
    "csourceRegistrations/interoperability/context-source-registration-exclusive-1.jsonld",
    # an endpoint that the suite fills in
    "csourceRegistrations/interoperability/context-source-registration-auxiliary-1.jsonld",
    "csourceRegistrations/interoperability/context-source-registration-exclusive-3.jsonld",
    "csourceRegistrations/interoperability/context-source-registration-inclusive-1.jsonld",
    "csourceRegistrations/interoperability/context-source-registration-inclusive-3.jsonld",
    "csourceRegistrations/interoperability/context-source-registration-redirect-2.jsonld",
    "csourceRegistrations/interoperability/context-source-registration-redirect-3.jsonld",
    "csourceRegistrations/interoperability/context-source-registration-redirect-4.jsonld",
    # an id that the suite fills in
    "entities/building-simple-attributes.json",
    "entities/expectations/building-simple-attributes-compacted.json",
    # simplified, with the linked entity in place of its id: strict reading must be told that it is simplified
    "entities/expectations/linked-entity-retrieval/building-one-level-inline-simplified-018-10.json",
    "entities/expectations/linked-entity-retrieval/buildings-one-level-inline-simplified-019-13.json",
    "entities/expectations/linked-entity-retrieval/buildings-two-levels-inline-simplified-019-16.json",
    "subscriptions/expectations/entity-created-name-attribute-join-inline-simplified.json",
}
"""Files that break a clause although the suite does not mean them to, or in a form that strict reading must be told."""

KINDS: dict[str, tuple[type, ...]] = {
    "entities/expectations/pick-omit": (Entity,),
    "entities": (Entity, Attribute),
    "temporalEntities/entity-operations": (Query,),
    "temporalEntities/expectations/pick-omit/temporal-entities-pick-id.json": (Entity,),
    "temporalEntities/fragments/vehicle-temporal-modify-attribute-instance-fragment.jsonld": (Attribute,),
    "temporalEntities": (TemporalEntity,),
    "csourceSubscriptions/fragments/subscription-expiresAt-update.json": (Entity,),  # since 1.9 as well of an entity
    "csourceSubscriptions/fragments": (SubscriptionFragment,),
    "csourceSubscriptions/subscription-invalid-type.jsonld": (Entity,),
    "csourceSubscriptions": (Subscription,),
    "subscriptions/expectations/subscription": (Subscription,),
    "subscriptions/expectations": (Entity,),
    "subscriptions/fragments": (SubscriptionFragment, Subscription),
    "subscriptions/subscription-empty.jsonld": (Entity,),  # an empty object
    "subscriptions": (Subscription,),
    "csourceRegistrations/fragments/context-source-registration-different-type.jsonld": (Entity,),
    "csourceRegistrations/fragments": (ContextSourceRegistrationFragment,),
    "csourceRegistrations": (ContextSourceRegistration,),
    "jsonldContext/minimal-entity": (Entity,),
    "jsonldContext/subscription": (Subscription,),
    "jsonldContext/@context": (ContextDocument,),
    "jsonld-contexts": (ContextDocument,),
    "notifications": (NotificationParams,),
    "types/expectations/attribute-list": (AttributeList,),
    "types/expectations/attribute": (AttributeInformation,),
    "types/expectations/entity-type-info": (EntityTypeInfo,),
    "types/expectations/entity-type-list": (EntityTypeList,),
    "ContextSourceRegistration": (ContextSourceRegistration,),
    "EntityTemporal": (TemporalEntity,),
    "Entity_temporalValues": (TemporalEntity,),
    "Subscription": (Subscription,),
    "EntityList": (Entity,),
    "OffStreetParking": (Entity,),
    "Vehicle": (Entity,),
}
"""What a file holds, by the first part of its path that is listed here."""


@pytest.fixture(scope="module")
def payloads(shared_dir: Path) -> dict[str, bytes]:
    """Return the text of every payload by its path inside the suite, or its name among the examples."""
    examples = shared_dir / "ngsi-ld" / "examples"
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for folder in (examples / "etsi-test-suite", examples / "etsi-api-examples")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def documents(payloads: dict[str, bytes]) -> Iterator[tuple[str, Any, list[Any], list[Any]]]:
    """Go through the payloads that are not broken: name, payload, its objects, and what they were read as."""
    for name, text in payloads.items():
        if name not in BROKEN:
            payload = orjson.loads(text)
            read = read_document(text)
            yield name, payload, objects(payload), read if isinstance(read, list) else [read]


def objects(payload: Any) -> list[Any]:
    """Return the objects of a list, or of a FeatureCollection, or the one that there is."""
    if isinstance(payload, list):
        return payload
    return geojson.features(payload) if payload.get("type") == "FeatureCollection" else [payload]


def test_every_payload_is_there(payloads: dict[str, bytes]) -> None:
    """The suite's 467 payloads and 2 contexts and the API's 10 examples are looked at; those listed are among them."""
    assert len(payloads) == 479
    assert payloads.keys() >= BROKEN.keys() | FORBIDDEN.keys() | FAULTY


def test_every_valid_payload_loads_as_what_it_is(payloads: dict[str, bytes]) -> None:
    """Entities, fragments, evolutions, subscriptions, registrations, queries and contexts are told apart."""
    wrong = []
    for name, _, _, read in documents(payloads):
        kinds = next(kinds for prefix, kinds in KINDS.items() if name.startswith(prefix))
        wrong += [(name, type(one).__name__) for one in read if not isinstance(one, kinds)]
    assert wrong == []


def test_every_payload_comes_back_json_equal(payloads: dict[str, bytes]) -> None:
    """Entities come back in the representation they came in, and all else as it came."""
    wrong = []
    for name, _, given, read in documents(payloads):
        for payload, document in zip(given, read, strict=True):
            if isinstance(document, Entity):
                same = payload in written(document)
            elif isinstance(document, TemporalEntity | WireModel):
                same = document.to_dict() == payload
            elif isinstance(document, Attribute):
                same = document.wire in (payload, {"type": document.type, **payload})
            else:
                same = {"@context": document.context} == payload
            if not same:
                wrong.append(name)
    assert wrong == []


def written(entity: Entity) -> Iterator[dict[str, Any]]:
    """Write an entity in each of its forms, plain and as a Feature."""
    yield from (entity.to_dict(representation) for representation in ("normalized", "concise", "simplified"))
    for geometry in ("location", "observationSpace", "operationSpace"):
        feature = geojson.render(entity.wire, geometry, representation="concise")
        yield from (geojson.render(entity.wire, geometry), feature)
        if "@context" in feature:  # one of the suite's Features has its @context among the properties
            context = feature.pop("@context")
            yield {**feature, "properties": {**geojson.render(entity.wire)["properties"], "@context": context}}


def test_broken_payloads_are_our_errors(payloads: dict[str, bytes]) -> None:
    """What breaks the format on purpose is refused with what is wrong, and where."""
    for name, message in BROKEN.items():
        with pytest.raises(CityContextError, match=message):
            read_document(payloads[name])


def test_strict_reading_refuses_what_it_should(payloads: dict[str, bytes]) -> None:
    """What breaks a clause on purpose is refused with the path and the clause; all other payloads pass."""
    refused, unexplained = {}, []
    for name, _, _, _ in documents(payloads):
        try:
            read_document(payloads[name], strict=True)
        except DataError as wrong:
            refused[name] = wrong.path
            unexplained += [] if wrong.clause else [name]
    assert unexplained == []
    assert {name: path for name, path in refused.items() if name not in FAULTY} == FORBIDDEN
    assert refused.keys() - FORBIDDEN.keys() == FAULTY


def in_simplified_form(entity: dict[str, Any]) -> dict[str, Any]:
    """Simplify an entity."""
    return simplified.render(entity)


def in_geojson(geometry: str = "location", representation: str = "normalized") -> Callable[[Any], Any]:
    """Make a function that makes a Feature."""
    return lambda entity: geojson.render(entity, geometry, representation=representation)


def in_temporal_values(**kept: tuple[str | None, ...]) -> Callable[[Any], Any]:
    """Make a function that shortens an evolution, of these attributes and datasets."""

    def shorten(evolution: dict[str, Any]) -> dict[str, Any]:
        picked = {
            name: [one for one in member if one.get("datasetId") in kept[name]] if name in kept else member
            for name, member in evolution.items()
            if name in ("id", "type") or not kept or name in kept
        }
        return temporal.render(picked)

    return shorten


COMMON, SPEED, FUEL = (f"urn:ngsi-ld:Dataset:{name}" for name in ("Common", "Speed", "fuel"))
LINKED = "entities/expectations/linked-entity-retrieval/"
SEVERAL = "temporalEntities/vehicle-temporal-representation-with-multi-attributes-instances.jsonld"

PAIRS: list[tuple[str, str, Callable[[Any], Any]]] = [
    (
        "entities/building-simple-attributes.jsonld",
        "entities/expectations/building-simple-attributes-simplified.json",
        in_simplified_form,
    ),
    (
        "entities/building-simple-attributes.jsonld",
        "entities/expectations/building-simple-attributes-simplified.jsonld",
        in_simplified_form,
    ),
    (
        "entities/building-operation-space-geoproperty.jsonld",
        "entities/expectations/building-operation-space-geoproperty-simplified.jsonld",
        in_simplified_form,
    ),
    *(
        (f"{LINKED}{name}-{number}.json", f"{LINKED}{name}-simplified-{number}.json", in_simplified_form)
        for name, number in (
            ("building-one-level-flat", "018-10"),
            ("building-one-level-inline", "018-10"),
            ("buildings-one-level-flat", "019-13"),
            ("buildings-one-level-inline", "019-13"),
            ("buildings-two-levels-flat", "019-16"),
            ("buildings-two-levels-inline", "019-16"),
        )
    ),
    (
        "subscriptions/expectations/entity-deleted-name-attribute-normalized.json",
        "subscriptions/expectations/entity-deleted-name-attribute-keyValues.json",
        in_simplified_form,
    ),
    (
        "subscriptions/expectations/entity-deleted-name-attribute-instance-normalized.json",
        "subscriptions/expectations/entity-deleted-name-attribute-instance-keyValues.json",
        in_simplified_form,
    ),
    (
        "entities/building-two-geometry-attributes.jsonld",
        "entities/expectations/building-two-geometry-attribute-normalized.geojson",
        in_geojson(),
    ),
    (
        "entities/building-two-geometry-attributes.jsonld",
        "entities/expectations/building-two-geometry-attribute-simplified.geojson",
        in_geojson(representation="simplified"),
    ),
    (
        "entities/building-two-geometry-attributes.jsonld",
        "entities/expectations/building-two-geometry-property-on-observation-space.geojson",
        in_geojson("observationSpace"),
    ),
    (
        "entities/building-two-geometry-attributes.jsonld",
        "entities/expectations/building-two-geometry-property-on-nonexistent-operation-space.geojson",
        in_geojson("operationSpace"),
    ),
    (
        "temporalEntities/2020-08-vehicle-temporal-representation.jsonld",
        "temporalEntities/expectations/2020-08-vehicle-temporal-representation-temporal-values.json",
        in_temporal_values(),
    ),
    (
        "temporalEntities/vehicle-json-property-temporal-representation.jsonld",
        "temporalEntities/expectations/vehicle-json-property-simplified-temporal-representation.json",
        in_temporal_values(),
    ),
    (
        "temporalEntities/vehicle-vocab-property-temporal-representation.jsonld",
        "temporalEntities/expectations/vehicle-vocab-property-simplified-temporal-representation.json",
        in_temporal_values(),
    ),
    *(
        (SEVERAL, f"temporalEntities/expectations/vehicle-temporal-representation-{name}.json", shorten)
        for name, shorten in (
            ("speed-attribute", in_temporal_values(speed=(None, COMMON, SPEED))),
            ("common-datasetid", in_temporal_values(speed=(COMMON,), fuelLevel=(COMMON,))),
            ("two-datasetids", in_temporal_values(speed=(COMMON, SPEED), fuelLevel=(COMMON, SPEED))),
            ("default-instances", in_temporal_values(speed=(None,), fuelLevel=(None,))),
            ("speed-default-instance", in_temporal_values(speed=(None,))),
            ("fuellevel-attribute-fuel-datasetid", in_temporal_values(fuelLevel=(FUEL,))),
        )
    ),
]
"""A payload of the suite, the other representation that the suite expects of it, and how we make that."""


@pytest.mark.parametrize(("source", "expected", "convert"), PAIRS, ids=[pair[1] for pair in PAIRS])
def test_the_expected_representation_is_made(
    payloads: dict[str, bytes], source: str, expected: str, convert: Callable[[Any], Any]
) -> None:
    """Where the suite pairs a payload with another representation of it, we make that one."""
    wanted = objects(orjson.loads(payloads[expected]))
    made = [convert(one) for one in objects(orjson.loads(payloads[source]))]
    assert [comparable(one) for one in made] == [comparable(one) for one in wanted]


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        (
            ["entities/building-location-attribute.jsonld"] * 2,
            "entities/expectations/two-buildings-location-attribute-normalized-019-05.alternative.geojson",
        ),
        (
            ["entities/vehicle-simple-attributes.jsonld", "entities/parking-simple-attributes.jsonld"],
            "entities/expectations/vehicle-parking-019-02-05.geojson",
        ),
    ],
)
def test_the_expected_collection_is_made(payloads: dict[str, bytes], sources: list[str], expected: str) -> None:
    """A FeatureCollection of several entities is what the suite expects."""
    wanted = orjson.loads(payloads[expected])
    made = geojson.collect(orjson.loads(payloads[source]) for source in sources)
    assert made.keys() == wanted.keys() - {"@context"}
    assert [comparable(one) for one in made["features"]] == [comparable(one) for one in wanted["features"]]


@pytest.mark.parametrize("kind", ["property", "relationship", "languageproperty"])
def test_deletions_stand_in_the_short_form(payloads: dict[str, bytes], kind: str) -> None:
    """A deleted attribute gives Null and the time of the deletion, as the suite expects (020_17 and 020_18)."""
    folder = "temporalEntities/expectations/vehicle-temporal"
    source = orjson.loads(payloads[f"{folder}-representation-{kind}-020-17.jsonld"])
    wanted = orjson.loads(payloads[f"{folder}-values-representation-{kind}-020-18.jsonld"])
    made = temporal.render(source)
    assert timeless(made) == timeless(wanted)
    (deleted,) = (member for member in source.values() if isinstance(member, list))
    assert deleted[0]["deletedAt"] in orjson.dumps(made).decode()


def comparable(payload: dict[str, Any]) -> dict[str, Any]:
    """Leave out ids that the suite fills in, contexts, the full form of names, and the order of groups."""

    def short(name: Any) -> Any:
        return name.rpartition("#")[2] if isinstance(name, str) else name

    shortened = {short(name): short(member) for name, member in payload.items() if name not in ("id", "@context")}
    for name, member in shortened.items():
        if isinstance(member, list):
            shortened[name] = sorted(member, key=repr)
    return shortened


def timeless(payload: dict[str, Any]) -> Any:
    """Leave out the id and the times."""
    return [
        {name: [row[0] for row in rows] if isinstance(rows, list) else rows for name, rows in member.items()}
        for member in payload.values()
        if isinstance(member, dict)
    ]
