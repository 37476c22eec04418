"""Air quality (Air and Water, candidate of 2021)."""

from __future__ import annotations

from citycontext.ngsild.fields import OptAttr, OptRelAttr, optional
from citycontext.oslo.entities.observations import Observatie, Observatieverzameling
from citycontext.oslo.entities.oslo_entity import english

__all__ = ["LuchtkwaliteitObservatie", "LuchtkwaliteitObservatieverzameling"]


class LuchtkwaliteitObservatie(Observatie, iri="aq:AirQualityObservation"):
    """An observation of air quality."""

    verontreinigende_stof: OptAttr[str] = optional()
    waarde_verontreinigende_stof: OptAttr[float] = optional()
    niveau_verontreinigende_stof: OptAttr[str] = optional()
    luchtkwaliteitsindex: OptAttr[float] = optional()
    luchtkwaliteitsniveau: OptAttr[str] = optional()
    betrouwbaarheid: OptAttr[float] = optional()
    pollutant: OptAttr[str] = english(verontreinigende_stof)
    pollutant_value: OptAttr[float] = english(waarde_verontreinigende_stof)
    pollutant_level: OptAttr[str] = english(niveau_verontreinigende_stof)
    air_quality_index: OptAttr[float] = english(luchtkwaliteitsindex)
    air_quality_level: OptAttr[str] = english(luchtkwaliteitsniveau)
    reliability: OptAttr[float] = english(betrouwbaarheid)


class LuchtkwaliteitObservatieverzameling(Observatieverzameling, iri="aq:AirQualityObservationCollection"):
    """Observations of the air at one place and time."""

    verwijzing_naar_weer: OptRelAttr = optional()
    ref_weather_observed: OptRelAttr = english(verwijzing_naar_weer)
