"""Parking and mobility supply (Trips en Aanbod, Vervoersknooppunten, mobivoc)."""

from __future__ import annotations

from datetime import datetime

from citycontext.ngsild.fields import OptAttr, OptGeoAttr, OptRelAttr, optional
from citycontext.oslo.entities.oslo_entity import OsloEntity, english

__all__ = [
    "Fietsparking",
    "GeautomatiseerdeParkeergarage",
    "OndergrondseParkeergarage",
    "Parkeerfaciliteit",
    "Parkeergarage",
    "Parkeerplaats",
    "Parkeerterrein",
    "Resource",
    "ResourceRapport",
]


class Parkeerfaciliteit(OsloEntity, iri="mv:ParkingFacility"):
    """A parking facility."""

    capaciteit: OptAttr[int] = optional()
    beschikbare_capaciteit: OptAttr[int] = optional()
    bezettingsgraad: OptAttr[int] = optional()
    openingsuren: OptAttr[str] = optional()
    kenmerk: OptRelAttr = optional()
    ingang: OptRelAttr = optional()
    uitgang: OptRelAttr = optional()
    parkeerplaats: OptRelAttr = optional()
    gewijzigd: OptAttr[datetime] = optional()
    capacity: OptAttr[int] = english(capaciteit)
    available_capacity: OptAttr[int] = english(beschikbare_capaciteit)
    rate_of_occupancy: OptAttr[int] = english(bezettingsgraad)
    opening_hours: OptAttr[str] = english(openingsuren)
    feature: OptRelAttr = english(kenmerk)
    entrance: OptRelAttr = english(ingang)
    exit: OptRelAttr = english(uitgang)
    parking_space: OptRelAttr = english(parkeerplaats)
    modified: OptAttr[datetime] = english(gewijzigd)


class Parkeerterrein(Parkeerfaciliteit, iri="mv:ParkingLot"):
    """A parking lot."""


class Parkeergarage(Parkeerfaciliteit, iri="mv:ParkingGarage"):
    """A multi-storey car park."""


class OndergrondseParkeergarage(Parkeergarage, iri="mv:UndergroundParkingGarage"):
    """An underground car park."""


class GeautomatiseerdeParkeergarage(Parkeergarage, iri="mv:AutomatedParkingGarage"):
    """A car park that parks the cars itself."""


class Fietsparking(Parkeerfaciliteit, iri="mv:BicycleParkingStation"):
    """A parking facility for bicycles."""


class Resource(OsloEntity, iri="ta:Resource"):
    """A thing that mobility offers."""

    locatie: OptGeoAttr = optional()
    status: OptAttr[str] = optional()
    identificator: OptAttr[str] = optional()
    aandrijving: OptAttr[str] = optional()
    vervoermiddel: OptAttr[str] = optional()
    place: OptGeoAttr = english(locatie)
    availability: OptAttr[str] = english(status)
    identifier: OptAttr[str] = english(identificator)
    propulsion: OptAttr[str] = english(aandrijving)
    means_of_transport: OptAttr[str] = english(vervoermiddel)


class Parkeerplaats(Resource, iri="mv:ParkingSpace"):
    """A parking space."""

    kenmerk: OptRelAttr = optional()
    feature: OptRelAttr = english(kenmerk)


class ResourceRapport(OsloEntity, iri="vk:ResourceRapport"):
    """How many things of a kind there are."""

    nummer: OptAttr[int] = optional()
    rapport_tijd: OptAttr[datetime] = optional()
    locatie: OptGeoAttr = optional()
    status: OptAttr[str] = optional()
    aandrijving: OptAttr[str] = optional()
    vervoermiddel: OptAttr[str] = optional()
    number: OptAttr[int] = english(nummer)
    report_time: OptAttr[datetime] = english(rapport_tijd)
    place: OptGeoAttr = english(locatie)
    availability: OptAttr[str] = english(status)
    propulsion: OptAttr[str] = english(aandrijving)
    means_of_transport: OptAttr[str] = english(vervoermiddel)
