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
    hosted_by = english(gehost_door)
    capability = english(capaciteit)
    operating_range = english(werkingsbereik)
    survival_range = english(overlevingsbereik)


class Sensor(Systeem, iri="sosa:Sensor"):
    """A sensor."""

    implementeert: OptRelAttr = optional()
    observeert: OptRelAttr = optional()
    uitgevoerde_observatie: OptRelAttr = optional()
    implements = english(implementeert)
    observes = english(observeert)
    made_observation = english(uitgevoerde_observatie)


class Platform(OsloEntity, iri="sosa:Platform"):
    """What hosts sensors."""

    host_van: OptRelAttr = optional()
    hosts = english(host_van)


class Toestel(OsloEntity, iri="saref:Device"):
    """A device."""

    fabrikant: OptLanguageAttr = optional()
    model: OptLanguageAttr = optional()
    functie: OptRelAttr = optional()
    taak: OptRelAttr = optional()
    manufacturer = english(fabrikant)
    device_model = english(model)
    function = english(functie)
    task = english(taak)


class Observatieprocedure(OsloEntity, iri="sosa:Procedure"):
    """How something is observed."""

    specificatie: OptAttr[str] = optional()
    invoer: OptRelAttr = optional()
    uitvoer: OptRelAttr = optional()
    specification = english(specificatie)
    input = english(invoer)
    output = english(uitvoer)
