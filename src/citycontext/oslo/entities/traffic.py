"""Traffic measurements (Verkeersmetingen, recognised standard of 2024, and its implementation model)."""

from __future__ import annotations

from datetime import datetime

from citycontext.ngsild.fields import OptAttr, OptRelAttr, optional
from citycontext.oslo.entities.oslo_entity import OsloEntity, english

__all__ = [
    "Verkeersmeetpunt",
    "Verkeersmeettraject",
    "Verkeersmeting",
    "Verkeersmetingverzameling",
    "Verkeerssnelheidsmeting",
    "Verkeerstelling",
]


class Verkeersmeting(OsloEntity, iri="vm:Verkeersmeting"):
    """A measurement of traffic."""

    fenomeen_tijd: OptAttr[str] = optional()
    resultaattijd: OptAttr[datetime] = optional()
    geobserveerd_kenmerk: OptRelAttr = optional()
    geobserveerd_object: OptRelAttr = optional()
    resultaat: OptAttr[float] = optional()
    uitgevoerd_met: OptRelAttr = optional()
    gebruikte_procedure: OptRelAttr = optional()
    voertuig_type: OptAttr[str] = optional()
    kenmerktype: OptAttr[str] = optional()
    phenomenon_time: OptAttr[str] = english(fenomeen_tijd)
    result_time: OptAttr[datetime] = english(resultaattijd)
    observed_property: OptRelAttr = english(geobserveerd_kenmerk)
    feature_of_interest: OptRelAttr = english(geobserveerd_object)
    result: OptAttr[float] = english(resultaat)
    made_by_sensor: OptRelAttr = english(uitgevoerd_met)
    used_procedure: OptRelAttr = english(gebruikte_procedure)
    vehicle_type: OptAttr[str] = english(voertuig_type)
    property_type: OptAttr[str] = english(kenmerktype)


class Verkeerstelling(Verkeersmeting, iri="im:Verkeerstelling"):
    """A count of vehicles over an interval."""

    tellingresultaat: OptAttr[int] = optional()
    count: OptAttr[int] = english(tellingresultaat)


class Verkeerssnelheidsmeting(Verkeersmeting, iri="im:Verkeerssnelheidsmeting"):
    """A measurement of speed."""


class Verkeersmetingverzameling(OsloEntity, iri="vm:Verkeersmetingverzameling"):
    """Measurements of traffic that share what they do not say themselves."""

    heeft_lid: OptRelAttr = optional()
    fenomeentijd: OptAttr[str] = optional()
    geobserveerd_kenmerk: OptRelAttr = optional()
    geobserveerd_object: OptRelAttr = optional()
    uitgevoerd_met: OptRelAttr = optional()
    has_member: OptRelAttr = english(heeft_lid)
    phenomenon_time: OptAttr[str] = english(fenomeentijd)
    observed_property: OptRelAttr = english(geobserveerd_kenmerk)
    feature_of_interest: OptRelAttr = english(geobserveerd_object)
    made_by_sensor: OptRelAttr = english(uitgevoerd_met)


class Verkeersmeetpunt(OsloEntity, iri="vm:Verkeersmeetpunt"):
    """A point where traffic is measured."""

    bemonsterd_object: OptRelAttr = optional()
    netwerkreferentie: OptRelAttr = optional()
    rijrichting: OptAttr[str] = optional()
    rijstrook: OptAttr[str] = optional()
    wegdeel: OptRelAttr = optional()
    sampled_feature: OptRelAttr = english(bemonsterd_object)
    network_reference: OptRelAttr = english(netwerkreferentie)
    driving_direction: OptAttr[str] = english(rijrichting)
    lane: OptAttr[str] = english(rijstrook)
    road_part: OptRelAttr = english(wegdeel)


class Verkeersmeettraject(OsloEntity, iri="vm:Verkeersmeettraject"):
    """A segment of road where traffic is measured."""

    bemonsterd_object: OptRelAttr = optional()
    sampled_feature: OptRelAttr = english(bemonsterd_object)
