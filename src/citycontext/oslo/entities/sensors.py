"""Sensors, platforms and devices (Sensoren en Bemonstering, recognised standard of 2024)."""

from __future__ import annotations

from citycontext.ngsild.fields import OptAttr, OptLanguageAttr, OptRelAttr, optional
from citycontext.oslo.entities.oslo_entity import OsloEntity, english

__all__ = ["Observatieprocedure", "Platform", "Sensor", "Systeem", "Toestel"]


class Systeem(OsloEntity, iri="sosa:System"):
    """A system."""

    gehost_door: OptRelAttr = optional()
    capaciteit: OptAttr[str] = optional()
    werkingsbereik: OptAttr[str] = optional()
    overlevingsbereik: OptAttr[str] = optional()
    hosted_by: OptRelAttr = english(gehost_door)
    capability: OptAttr[str] = english(capaciteit)
    operating_range: OptAttr[str] = english(werkingsbereik)
    survival_range: OptAttr[str] = english(overlevingsbereik)


class Sensor(Systeem, iri="sosa:Sensor"):
    """A sensor."""

    implementeert: OptRelAttr = optional()
    observeert: OptRelAttr = optional()
    uitgevoerde_observatie: OptRelAttr = optional()
    implements: OptRelAttr = english(implementeert)
    observes: OptRelAttr = english(observeert)
    made_observation: OptRelAttr = english(uitgevoerde_observatie)


class Platform(OsloEntity, iri="sosa:Platform"):
    """What hosts sensors."""

    host_van: OptRelAttr = optional()
    hosts: OptRelAttr = english(host_van)


class Toestel(OsloEntity, iri="saref:Device"):
    """A device."""

    fabrikant: OptLanguageAttr = optional()
    model: OptLanguageAttr = optional()
    functie: OptRelAttr = optional()
    taak: OptRelAttr = optional()
    manufacturer: OptLanguageAttr = english(fabrikant)
    device_model: OptLanguageAttr = english(model)
    function: OptRelAttr = english(functie)
    task: OptRelAttr = english(taak)


class Observatieprocedure(OsloEntity, iri="sosa:Procedure"):
    """How something is observed."""

    specificatie: OptAttr[str] = optional()
    invoer: OptRelAttr = optional()
    uitvoer: OptRelAttr = optional()
    specification: OptAttr[str] = english(specificatie)
    input: OptRelAttr = english(invoer)
    output: OptRelAttr = english(uitvoer)
