"""Observations and measurements (Observaties en Metingen, recognised standard of 2024)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from citycontext.ngsild.fields import OptAttr, OptRelAttr, optional
from citycontext.oslo.entities.oslo_entity import OsloEntity, english

__all__ = [
    "Bemonsteringsobject",
    "Bemonsteringspunt",
    "Classificatie",
    "Meting",
    "Observatie",
    "Observatieverzameling",
    "Telling",
    "WaarheidsObservatie",
]


class Observatie(OsloEntity, iri="om:"):
    """An observation."""

    fenomeentijd: OptAttr[str] = optional()
    resultaattijd: OptAttr[datetime] = optional()
    geldige_tijd: OptAttr[str] = optional()
    geobserveerd_kenmerk: OptRelAttr = optional()
    geobserveerd_object: OptRelAttr = optional()
    resultaat: OptAttr[Any] = optional()
    resultaatkwaliteit: OptAttr[Any] = optional()
    uitgevoerd_met_sensor: OptRelAttr = optional()
    gebruikte_procedure: OptRelAttr = optional()
    uitgevoerd_door: OptRelAttr = optional()
    identificator: OptAttr[str] = optional()
    phenomenon_time: OptAttr[str] = english(fenomeentijd)
    result_time: OptAttr[datetime] = english(resultaattijd)
    valid_time: OptAttr[str] = english(geldige_tijd)
    observed_property: OptRelAttr = english(geobserveerd_kenmerk)
    feature_of_interest: OptRelAttr = english(geobserveerd_object)
    result: OptAttr[Any] = english(resultaat)
    result_quality: OptAttr[Any] = english(resultaatkwaliteit)
    made_by_sensor: OptRelAttr = english(uitgevoerd_met_sensor)
    used_procedure: OptRelAttr = english(gebruikte_procedure)
    carried_out_by: OptRelAttr = english(uitgevoerd_door)
    identifier: OptAttr[str] = english(identificator)


class Meting(Observatie, iri="om-measurement:"):
    """A measurement: its result is a number with a unit."""


class Telling(Observatie, iri="om-count:"):
    """A count: its result is a whole number."""


class Classificatie(Observatie, iri="om-category:"):
    """A classification: its result is a term."""


class WaarheidsObservatie(Observatie, iri="om-truth:"):
    """An observation whose result is true or false."""


class Observatieverzameling(OsloEntity, iri="sosa:ObservationCollection"):
    """Observations that share what they do not say themselves."""

    heeft_lid: OptRelAttr = optional()
    fenomeentijd: OptAttr[str] = optional()
    resultaattijd: OptAttr[datetime] = optional()
    geobserveerd_kenmerk: OptRelAttr = optional()
    geobserveerd_object: OptRelAttr = optional()
    uitgevoerd_met_sensor: OptRelAttr = optional()
    gebruikte_procedure: OptRelAttr = optional()
    has_member: OptRelAttr = english(heeft_lid)
    phenomenon_time: OptAttr[str] = english(fenomeentijd)
    result_time: OptAttr[datetime] = english(resultaattijd)
    observed_property: OptRelAttr = english(geobserveerd_kenmerk)
    feature_of_interest: OptRelAttr = english(geobserveerd_object)
    made_by_sensor: OptRelAttr = english(uitgevoerd_met_sensor)
    used_procedure: OptRelAttr = english(gebruikte_procedure)


class Bemonsteringsobject(OsloEntity, iri="sampling-feature:"):
    """A sample of a feature."""

    bemonsterd_object: OptRelAttr = optional()
    identificator: OptAttr[str] = optional()
    herkomst: OptAttr[str] = optional()
    sampled_feature: OptRelAttr = english(bemonsterd_object)
    identifier: OptAttr[str] = english(identificator)
    lineage: OptAttr[str] = english(herkomst)


class Bemonsteringspunt(Bemonsteringsobject, iri="sampling-point:"):
    """A point where something is sampled."""

    gehost_platform: OptRelAttr = optional()
    hosted_procedure: OptRelAttr = english(gehost_platform)
