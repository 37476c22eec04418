"""How the two generations of OSLO spell an observation, as data.

The first (2021 to 2024) takes its names from ISO 19156:2011, with classes of its own for traffic, air and water. The
second (2025 and later) is SOSA/SSN with QUDT. What a profile writes is exact; what is read may be either, see aliases.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from citycontext.oslo.observations import Category, Count, GeometryResult, Measure, Result, Truth
from citycontext.oslo.vocabulary import iri

__all__ = ["ENERGY", "ISO", "PROFILES", "SOSA", "Form", "Profile", "Quantity", "all_forms"]


_RESULTS: Final[tuple[type[Result], ...]] = (Measure, Count, Category, Truth, GeometryResult)


class Quantity(StrEnum):
    """How a number with a unit is written."""

    MEASURE = "measure"  # ISO 19103 Measure around a schema:QuantitativeValue
    QUANTITATIVE_VALUE = "quantitative value"  # schema:QuantitativeValue with schema:unitCode
    QUANTITY_VALUE = "quantity value"  # qudt:QuantityValue with qudt:hasUnit


@dataclass(frozen=True, slots=True)
class Form:
    """The classes and predicates of one class of observation; short names or IRIs."""

    class_: str
    observed_property: str
    feature: str
    result: str
    phenomenon_time: str
    result_time: str
    sensor: str = "sosa:madeBySensor"
    procedure: str = "sosa:usedProcedure"
    quality: str = "om:.resultQuality"
    valid_time: str = "om:.validTime"
    identifier: str = "oem:Observatie.identificator"
    agent: str = "oem:Observatie.uitgevoerdDoor"
    property_class: str = ""
    property_type: str = ""
    quantity: Quantity = Quantity.MEASURE
    literal_result_time: bool = False
    literal_result: bool = True
    results: tuple[type[Result], ...] = ()
    own_result: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """A way to write observations.

    Args:
        name: Its name.
        context: The name of the context document that its JSON-LD is compacted with.
        form: The form of an observation that has none of its own.
        forms: By class of result: the class of observation.
        kinds: By special class: its form.
        sample: Class of the sample by type of its geometry; ``any`` for the rest.
        shape: Predicate to its geometry by type of geometry; ``any`` for the rest.
        sampled: Predicate from the sample to what it is of.
        property_class: Class of an observed property that is more than a concept.
        property_type: Predicate from that to its concept.
        quality_class: Class of a judgement of a result.
        quality_name: Predicate to what is judged.
        quality_value: Predicate to the number.
        members: By special class of collection: its own predicate to its members, beside that of SOSA, the class
            that a member has there, and the classes that are of that kind.
        special: Whether the tables' special classes are written.
    """

    name: str
    context: str
    form: Form
    classes: Mapping[type[Result], str]
    kinds: Mapping[str, Form]
    sample: Mapping[str, str]
    shape: Mapping[str, str]
    sampled: str
    property_class: str
    property_type: str
    quality_class: str
    quality_name: str
    quality_value: str
    special: bool = field(default=True)
    members: Mapping[str, tuple[str, str, frozenset[str]]] = field(default_factory=dict)
    _plain: dict[type[Result], Form] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        plain = dict.fromkeys(_RESULTS, self.form)
        for kind, name in self.classes.items():  # the shapes of each class ask for a predicate of its own
            plain[kind] = replace(self.form, class_=name, own_result=f"{name}.result")
        object.__setattr__(self, "_plain", plain)

    def form_of(self, kind: str, result: Result) -> Form:
        """Return the form of an observation.

        Args:
            kind: Its special class; empty for none.
            result: Its result.
        """
        special = self.kinds.get(kind)
        if special is not None and (not special.results or type(result) in special.results):
            return special
        return self._plain[type(result)]

    def shape_of(self, geometry_type: str) -> str:
        """Return the predicate to a sample's geometry.

        Args:
            geometry_type: ``Point`` and so on.
        """
        return self.shape.get(geometry_type, self.shape["any"])


_OM: Final = Form(
    "om:",
    observed_property="om:.observedProperty",
    feature="om:.featureOfInterest",
    result="om:.result",
    phenomenon_time="om:.phenomenonTime",
    result_time="om:.resultTime",
)
_TRAFFIC: Final = replace(
    _OM,
    class_="vm:Verkeersmeting",
    observed_property="vm:geobserveerdKenmerk",
    feature="vm:geobserveerdObject",
    phenomenon_time="https://def.isotc211.org/iso19156/2011/Observation#OM_Observation.phenomenonTime",
    property_class="vm:Verkeerskenmerk",
    property_type="dc11:type",
)
_COUNT: Final = replace(
    _TRAFFIC,
    class_="im:Verkeerstelling",
    observed_property="im:Verkeerstelling.geobserveerdKenmerk",
    result="im:Verkeerstelling.tellingresultaat",
    phenomenon_time="om:.phenomenonTime",
    property_class="im:Verkeerstellingkenmerk",
    property_type="im:Verkeerstellingkenmerk.kenmerktype",
    results=(Count,),
)
_SPEED: Final = replace(
    _COUNT,
    class_="im:Verkeerssnelheidsmeting",
    observed_property="im:Verkeerssnelheidsmeting.geobserveerdKenmerk",
    result="om-measurement:.result",
    property_class="im:Verkeerssnelheidsmetingkenmerk",
    property_type="im:Verkeerssnelheidsmetingkenmerk.kenmerktype",
    results=(Measure,),
)


def _air(name: str, result: str, observed_property: str = "om:.observedProperty") -> Form:
    return replace(
        _OM,
        class_=f"aq:{name}",
        observed_property=observed_property,
        result=f"aq:{name}.{result}",
        literal_result_time=True,
        results=(Category,) if name.endswith("LevelObservation") else (Measure,),
    )


def _water(name: str, result: str) -> Form:
    return replace(
        _OM,
        class_=f"wq:{name}",
        observed_property=f"wq:{name}.observedProperty",
        result=f"wq:{name}.{result}",
        results=(Measure,),
    )


_POLLUTANT: Final = "aq:AirPollutantObservation.observedProperty"
_SPECIAL: Final = (
    _OM,
    _TRAFFIC,
    _COUNT,
    _SPEED,
    _air("AirPollutantValueObservation", "airPollutantValue", _POLLUTANT),
    _air("AirPollutantLevelObservation", "airPollutantLevel", _POLLUTANT),
    _air("AirQualityIndexObservation", "airQualityIndex"),
    _air("AirQualityLevelObservation", "airQualityLevel"),
    _water("WaterQualityParameterObservation", "waterQualityParameterResult"),
    _water("ChemicalAgentConcentrationObservation", "chemicalAgentConcentration"),
)

ISO: Final = Profile(
    "observaties-en-metingen",
    "observaties",
    form=_OM,
    classes={
        Measure: "om-measurement:",
        Count: "om-count:",
        Category: "om-category:",
        Truth: "om-truth:",
        GeometryResult: "om-geometry:",
    },
    kinds={iri(form.class_): form for form in _SPECIAL},
    sample={"Point": "sampling-point:", "any": "spatial-sampling:"},
    shape={"Point": "sampling-point:.shape", "LineString": "sampling-curve:.shape", "any": "spatial-sampling:.shape"},
    sampled="sampling-feature:.sampledFeature",
    property_class="http://def.isotc211.org/iso19109/2005/GeneralFeatureModel#GF_PropertyType",
    property_type="dct:type",
    quality_class="quality:DQ_Element",
    quality_name="dct:type",
    quality_value="schema:value",
    members={
        iri("vm:Verkeersmetingverzameling"): (
            "vm:heeftLid",
            "vm:Verkeersmeting",
            frozenset(iri(form.class_) for form in (_TRAFFIC, _COUNT, _SPEED)),
        )
    },
)
"""Observaties en Metingen, Sensoren en Bemonstering, and the profiles on top of them."""

SOSA: Final = Profile(
    "sosa",
    "sosa",
    form=Form(
        "sosa:Observation",
        observed_property="sosa:observedProperty",
        feature="sosa:hasFeatureOfInterest",
        result="sosa:hasResult",
        phenomenon_time="sosa:phenomenonTime",
        result_time="sosa:resultTime",
        quality="sosa:resultQuality",
        valid_time="oms:validTime",
        identifier="adms:identifier",
        agent="dct:contributor",
        quantity=Quantity.QUANTITY_VALUE,
        literal_result=False,
    ),
    classes={},
    kinds={},
    sample={"any": "sosa:Sample"},
    shape={"any": "geo:hasGeometry"},
    sampled="sosa:isSampleOf",
    property_class="ssn:Property",
    property_type="dct:type",
    quality_class="dqv:QualityMeasurement",
    quality_name="dqv:isMeasurementOf",
    quality_value="dqv:value",
    special=False,
)
"""Geluidsmetingen (2026) and SSN-SOSA-VL: SOSA/SSN with QUDT."""

ENERGY: Final = replace(SOSA, name="energie", form=replace(SOSA.form, quantity=Quantity.QUANTITATIVE_VALUE))
"""Energiemanagementsysteem (2025): SOSA/SSN, with quantities of schema.org whose unit is QUDT's."""

PROFILES: Final = {profile.name: profile for profile in (ISO, SOSA, ENERGY)}


def all_forms() -> Iterator[Form]:
    """Return every form that an observation may be read in."""
    yield from ISO.kinds.values()
    yield ISO.form
    yield SOSA.form
