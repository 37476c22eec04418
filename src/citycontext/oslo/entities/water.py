"""Water quality (Waterkwaliteit, candidate of 2023)."""

from __future__ import annotations

from citycontext.ngsild.fields import OptAttr, OptRelAttr, optional
from citycontext.oslo.entities.observations import Observatie, Observatieverzameling
from citycontext.oslo.entities.oslo_entity import OsloEntity, english

__all__ = [
    "ChemischAgensConcentratieObservatie",
    "Meetnet",
    "WaterkwaliteitObservatieverzameling",
    "WaterkwaliteitParameterObservatie",
]


class WaterkwaliteitParameterObservatie(Observatie, iri="wq:WaterQualityParameterObservation"):
    """An observation of a parameter of water."""

    waterkwaliteit_parameter_resultaat: OptAttr[float] = optional()
    water_quality_parameter_result: OptAttr[float] = english(waterkwaliteit_parameter_resultaat)


class ChemischAgensConcentratieObservatie(Observatie, iri="wq:ChemicalAgentConcentrationObservation"):
    """An observation of a chemical agent in water."""

    agens: OptRelAttr = optional()
    chemisch_agens_concentratie: OptAttr[float] = optional()
    agent: OptRelAttr = english(agens)
    chemical_agent_concentration: OptAttr[float] = english(chemisch_agens_concentratie)


class WaterkwaliteitObservatieverzameling(Observatieverzameling, iri="wk:WaterkwaliteitObservatieVerzameling"):
    """Observations of water at one place and time."""

    ref_geobserveerd_weer: OptRelAttr = optional()
    ref_weather_observed: OptRelAttr = english(ref_geobserveerd_weer)


class Meetnet(OsloEntity, iri="wk:Meetnet"):
    """A network of measuring points."""

    meetpunt: OptRelAttr = optional()
    measuring_point: OptRelAttr = english(meetpunt)
