"""The core @context, versions 1.3 to 1.9, as one table of changes.

One word defines one term: ``term=iri>type[container]``, each part but the first optional. Without ``=`` the IRI is
``ngsi-ld:`` and the term itself; an IRI without prefix is one of ``ngsi-ld:``. A version repeats nothing of the one
before it: it adds, redefines and removes. Checked against the published files by ``tests/ngsild/context``.
"""

from __future__ import annotations

import re
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from citycontext.ngsild.context.terms import Term
from citycontext.ngsild.terms import DEFAULT_CONTEXT

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CORE_VERSIONS", "LATEST_CORE", "core_terms", "core_url", "is_core_url"]

CORE_VERSIONS: Final = ("1.3", "1.4", "1.5", "1.6", "1.7", "1.8", "1.9")
"""The versions whose terms are known."""

LATEST_CORE: Final = CORE_VERSIONS[-1]

_PREFIXES: Final = {
    "ngsi-ld": "https://uri.etsi.org/ngsi-ld/",
    "geojson": "https://purl.org/geojson/vocab#",
}
_IRIS: Final = _PREFIXES | {
    "default": DEFAULT_CONTEXT,
    "dcterms": "http://purl.org/dc/terms/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
}

_ADDED: Final = {
    "1.3": """
        id=@id type=@type
        Property Relationship GeoProperty TemporalProperty DateTime Date Time
        value=hasValue object=hasObject>@id unitCode datasetId>@id instanceId>@id
        observedAt>DateTime createdAt>DateTime modifiedAt>DateTime
        location observationSpace operationSpace
        Feature=geojson:Feature FeatureCollection=geojson:FeatureCollection
        Point=geojson:Point MultiPoint=geojson:MultiPoint LineString=geojson:LineString
        MultiLineString=geojson:MultiLineString Polygon=geojson:Polygon MultiPolygon=geojson:MultiPolygon
        GeometryCollection=geojson:GeometryCollection
        bbox=geojson:bbox[list] coordinates=geojson:coordinates[list] geometry=geojson:geometry
        features=geojson:features[set] properties=geojson:properties
        ContextSourceRegistration ContextSourceNotification Subscription Notification
        Attribute AttributeList EntityType EntityTypeInfo EntityTypeList
        attributeCount=default:attributeCount attributeDetails=default:attributeDetails
        attributeList>@vocab attributeName>@vocab attributeNames>@vocab attributeTypes>@vocab attributes>@vocab
        entityCount typeList>@vocab typeName>@vocab typeNames>@vocab
        title=dcterms:title description=dcterms:description detail
        information propertyNames>@vocab relationshipNames>@vocab registrationName
        observationInterval managementInterval startAt>DateTime endAt>DateTime expiresAt>DateTime
        entities idPattern watchedAttributes>@vocab timeInterval throttling isActive status
        q geoQ csf temporalQ georel geoproperty timerel timeAt>DateTime endTimeAt>DateTime timeproperty
        notification format endpoint uri accept timesSent
        lastNotification>DateTime lastFailure>DateTime lastSuccess>DateTime
        subscriptionId>@id subscriptionName notifiedAt>DateTime data triggerReason
        success>@id errors error entityId>@id updated unchanged reason
        values=hasValues[list] objects=hasObjects>@id[list]
    """,
    "1.4": """
        attrs tenant>@id
        totalCount[list] distinctCount[list] sum[list] avg[list] min[list] max[list] stddev[list] sumsq[list]
    """,
    "1.5": """
        LanguageProperty languageMap=hasLanguageMap[language] lang scope scopeQ attributeCount attributeDetails
    """,
    "1.6": """
        attributeCount=default:attributeCount attributeDetails=default:attributeDetails
        objects=hasObjects[list] languageMaps=hasLanguageMaps[list] deletedAt>DateTime notUpdated
        previousValue=hasPreviousValue previousObject=hasPreviousObject>@id
        previousLanguageMap=hasPreviousLanguageMap[language]
        mode operations management localOnly cacheDuration timeout cooldown refreshRate registrationId
        contextSourceInfo receiverInfo notifierInfo key=hasKey
        notificationTrigger showChanges sysAttrs timesFailed
    """,
    "1.7": """
        VocabularyProperty vocab=hasVocab>@vocab vocabs=hasVocabs[list] previousVocab=hasPreviousVocab>@vocab
        dataset=hasDataset[index] attributeCount attributeDetails
    """,
    "1.8": """
        VocabProperty JsonProperty ListProperty ListRelationship
        attributeCount=default:attributeCount attributeDetails=default:attributeDetails
        json=hasJSON>@json jsons[list] previousJson=hasPreviousJson>@json
        valueList=hasValueList[list] valueLists=hasValueLists[list] previousValueList=hasPreviousValueList[list]
        objectList=hasObjectList[list] objectsLists=hasObjectsLists[list]
        previousObjectList=hasPreviousObjectList[list] objectType=hasObjectType>@vocab
        entity entityList[list] entityMap=hasEntityMap linkedMaps containedBy=isContainedBy
        join joinLevel=hasJoinLevel pick omit expandValues jsonKeys geometryProperty=geojson:geometryProperty
        ContextSourceIdentity contextSourceAlias contextSourceExtras>@json
        contextSourceTimeAt>DateTime contextSourceUptime
    """,
    "1.9": """
        attributeCount attributeDetails valueType=hasValueType>@vocab langString=rdf:langString ngsildproof
        objectLists=hasObjectLists[list] lastN lastUsedAt>DateTime
        EntityMap entityMap=hasEntityMap[index] entityMapLifetime=hasEntityMapLifetime splitEntities=hasSplitEntities
        ordering orderBy[list] collation aggrParams aggrMethods aggrPeriodDuration jsonldContext ngsildConformance
        ExecutionResultDetails resultStatus problemDetails>@json
        Snapshot SnapshotNotification snapshotId snapshotLifetime snapshotPriority snapshotStatus
        snapshotQueries[list] snapshotQueriesDetails[list]
        snapshotTemporalQueries[list] snapshotTemporalQueriesDetails[list]
    """,
}
_REMOVED: Final = {
    "1.8": ("VocabularyProperty",),
    "1.9": ("geometryProperty", "objectsLists"),
}

_WORD: Final = re.compile(r"(?P<term>[\w-]+)(?:=(?P<iri>[^>\[]+))?(?:>(?P<type>[^\[]+))?(?:\[(?P<container>\w+)\])?")
_CORE_URL: Final = re.compile(
    r"https?://(?:uri\.etsi\.org/ngsi-ld(?:/v1)?/ngsi-ld-core-context(?:-v\d+\.\d+(?:\.\d+)?)?\.jsonld"
    r"|forge\.etsi\.org/.+/ngsi-ld-core-context(?:-v\d+\.\d+)?\.json(?:ld)?)"
)


@cache
def core_terms(version: str = LATEST_CORE) -> Mapping[str, Term]:
    """Return the terms of one version of the core @context, fully expanded.

    Args:
        version: One of `CORE_VERSIONS`.

    Returns:
        Term → definition; the prefixes are among them.

    Raises:
        ValueError: The version is not known.
    """
    if version not in CORE_VERSIONS:
        raise ValueError(f"core @context {version!r} is not known; known are {', '.join(CORE_VERSIONS)}")
    terms = {prefix: Term(iri, prefix=True) for prefix, iri in _PREFIXES.items()}
    for step in CORE_VERSIONS[: CORE_VERSIONS.index(version) + 1]:
        for removed in _REMOVED.get(step, ()):
            del terms[removed]
        terms.update(_read(word) for word in _ADDED[step].split())
    return MappingProxyType(terms)


def core_url(version: str = LATEST_CORE) -> str:
    """Return the address under which ETSI publishes a version of the core @context (CIM 009, 4.4)."""
    return f"https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v{version}.jsonld"


def is_core_url(url: str) -> bool:
    """Return whether an address is one of those of the core @context, of whatever version."""
    return _CORE_URL.fullmatch(url) is not None


def _read(word: str) -> tuple[str, Term]:
    found = _WORD.fullmatch(word)
    assert found is not None, word
    term, iri, coercion, container = found["term"], found["iri"], found["type"], found["container"]
    return term, Term(
        _iri(iri or term),
        type=_iri(coercion) if coercion else None,
        containers=frozenset({f"@{container}"}) if container else frozenset(),
    )


def _iri(text: str) -> str:
    if text.startswith("@"):
        return text
    prefix, colon, local = text.partition(":")
    return _IRIS[prefix] + local if colon else _IRIS["ngsi-ld"] + text
