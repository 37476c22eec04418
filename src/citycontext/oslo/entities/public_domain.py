"""Things in the public domain (Openbaar Domein, recognised standard of 2021)."""

from __future__ import annotations

from datetime import datetime

from citycontext.ngsild.fields import OptAttr, OptRelAttr, optional
from citycontext.oslo.entities.oslo_entity import OsloEntity, english

__all__ = [
    "Camera",
    "Debietmeter",
    "Detectielus",
    "Fietsstalling",
    "Fietstelpaal",
    "Flitspaal",
    "FysiekObject",
    "Infrastructuurelement",
    "Lichtpunt",
    "Meteopaal",
    "OpenbareStraatverlichtingAanGevelOfMuur",
    "OpenbareVerlichting",
    "Parkeersensor",
    "Sensoropstelling",
    "Straatmeubilair",
    "Verlichtingspaal",
]


class FysiekObject(OsloEntity, iri="od:FysiekObject"):
    """A physical thing."""

    begindatum: OptAttr[datetime] = optional()
    einddatum: OptAttr[datetime] = optional()
    niveau: OptAttr[int] = optional()
    beheerder: OptRelAttr = optional()
    eigenaar: OptRelAttr = optional()
    relatie: OptRelAttr = optional()
    start_date: OptAttr[datetime] = english(begindatum)
    end_date: OptAttr[datetime] = english(einddatum)
    level: OptAttr[int] = english(niveau)
    manager: OptRelAttr = english(beheerder)
    proprietor: OptRelAttr = english(eigenaar)
    relation: OptRelAttr = english(relatie)


class Infrastructuurelement(FysiekObject, iri="inf:Infrastructuurelement"):
    """A piece of infrastructure."""

    materiaal: OptAttr[str] = optional()
    identificator: OptAttr[str] = optional()
    material: OptAttr[str] = english(materiaal)
    identifier: OptAttr[str] = english(identificator)


class Straatmeubilair(Infrastructuurelement, iri="inf:Straatmeubilair"):
    """Street furniture."""

    verplaatsbaar: OptAttr[bool] = optional()
    movable: OptAttr[bool] = english(verplaatsbaar)


class OpenbareVerlichting(Infrastructuurelement, iri="inf:OpenbareVerlichting"):
    """Public lighting."""


class Lichtpunt(OpenbareVerlichting, iri="inf:Lichtpunt"):
    """A point of light."""


class Verlichtingspaal(OpenbareVerlichting, iri="inf:Verlichtingspaal"):
    """A lamp post."""


class OpenbareStraatverlichtingAanGevelOfMuur(OpenbareVerlichting, iri="inf:OpenbareStraatverlichtingAanGevelOfMuur"):
    """Street lighting on a front or wall."""


class Sensoropstelling(Infrastructuurelement, iri="inf:Sensoropstelling"):
    """An arrangement of sensors."""


class Parkeersensor(Sensoropstelling, iri="inf:Parkeersensor"):
    """A sensor under or beside a parking space."""


class Fietstelpaal(Sensoropstelling, iri="inf:Fietstelpaal"):
    """A post that counts bicycles."""


class Meteopaal(Sensoropstelling, iri="inf:Meteopaal"):
    """A post that measures the weather."""


class Camera(Sensoropstelling, iri="inf:Camera"):
    """A camera."""


class Detectielus(Sensoropstelling, iri="inf:Detectielus"):
    """A loop in the road that detects vehicles."""


class Flitspaal(Sensoropstelling, iri="inf:Flitspaal"):
    """A speed camera."""


class Debietmeter(Sensoropstelling, iri="inf:Debietmeter"):
    """A meter of flow."""


class Fietsstalling(Straatmeubilair, iri="inf:Fietsstalling"):
    """A place to leave bicycles."""

    afsluitbaar: OptAttr[bool] = optional()
    overdekt: OptAttr[bool] = optional()
    capaciteit: OptAttr[int] = optional()
    lockable: OptAttr[bool] = english(afsluitbaar)
    covered: OptAttr[bool] = english(overdekt)
    capacity: OptAttr[int] = english(capaciteit)
