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
    phenomenon_time = english(fenomeen_tijd)
    result_time = english(resultaattijd)
    observed_property = english(geobserveerd_kenmerk)
    feature_of_interest = english(geobserveerd_object)
    result = english(resultaat)
    made_by_sensor = english(uitgevoerd_met)
    used_procedure = english(gebruikte_procedure)
    vehicle_type = english(voertuig_type)
    property_type = english(kenmerktype)


class Verkeerstelling(Verkeersmeting, iri="im:Verkeerstelling"):
    """A count of vehicles over an interval."""

    tellingresultaat: OptAttr[int] = optional()
    count = english(tellingresultaat)


class Verkeerssnelheidsmeting(Verkeersmeting, iri="im:Verkeerssnelheidsmeting"):
    """A measurement of speed."""


class Verkeersmetingverzameling(OsloEntity, iri="vm:Verkeersmetingverzameling"):
    """Measurements of traffic that share what they do not say themselves."""

    heeft_lid: OptRelAttr = optional()
    fenomeentijd: OptAttr[str] = optional()
    geobserveerd_kenmerk: OptRelAttr = optional()
    geobserveerd_object: OptRelAttr = optional()
    uitgevoerd_met: OptRelAttr = optional()
    has_member = english(heeft_lid)
    phenomenon_time = english(fenomeentijd)
    observed_property = english(geobserveerd_kenmerk)
    feature_of_interest = english(geobserveerd_object)
    made_by_sensor = english(uitgevoerd_met)


class Verkeersmeetpunt(OsloEntity, iri="vm:Verkeersmeetpunt"):
    """A point where traffic is measured."""

    bemonsterd_object: OptRelAttr = optional()
    netwerkreferentie: OptRelAttr = optional()
    rijrichting: OptAttr[str] = optional()
    rijstrook: OptAttr[str] = optional()
    wegdeel: OptRelAttr = optional()
    sampled_feature = english(bemonsterd_object)
    network_reference = english(netwerkreferentie)
    driving_direction = english(rijrichting)
    lane = english(rijstrook)
    road_part = english(wegdeel)


class Verkeersmeettraject(OsloEntity, iri="vm:Verkeersmeettraject"):
    """A stretch of road where traffic is measured."""

    bemonsterd_object: OptRelAttr = optional()
    sampled_feature = english(bemonsterd_object)
