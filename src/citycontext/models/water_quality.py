"""Entities of the subject WaterQuality of Smart Data Models (facts from its schemas at b94430e).

Written by scripts/compile_models.py; a change by hand is lost.
"""

# fmt: off

from __future__ import annotations

from typing import Any, Literal

from citycontext.models.commons import Commons, LocatedCommons
from citycontext.models.postal_address import PostalAddress
from citycontext.models.smart_data_model import Origin
from citycontext.ngsild.fields import Attr, GeoAttr, OptAttr, OptRelAttr, optional

__all__ = [
    "SludgeQualityObserved",
    "WaterQualityObserved",
    "WaterQualityPredicted",
]


class SludgeQualityObserved(Commons):
    """SludgeQualityObserved 0.0.1.

    https://github.com/smart-data-models/dataModel.WaterQuality/blob/master/SludgeQualityObserved/doc/spec.md

    Units: n_tot MIN, p_tot MIN, k_tot MIN, c_org MIN, pcb mg/Kg SS, as_ mg/Kg SS, b mg/Kg SS, be mg/Kg SS, cd mg/Kg SS,
    cr mg/Kg SS, cr_vi mg/Kg SS, cu mg/Kg SS, hg mg/Kg SS, ni mg/Kg SS, se mg/Kg SS, zn mg/Kg SS, ipa mg/Kg SS, toluene
    mg/Kg SS, aox mg/Kg SS, dehp mg/Kg SS, c10_c40 mg/Kg SS, salmonella MPN/g SS (max), faecal_coliforms MPN/g SS (max).
    """

    _origin = Origin("WaterQuality", "SludgeQualityObserved")
    location: GeoAttr
    date_observed: Attr[str]
    address: OptAttr[PostalAddress] = optional()
    area_served: OptAttr[str] = optional()
    measurand: OptAttr[list[str]] = optional()
    p_h: OptAttr[float] = optional(minimum=0, maximum=14)
    """Property, from 0 to 14."""
    ref_point_of_interest: OptRelAttr = optional()
    n_tot: OptAttr[float] = optional("N-TOT", minimum=0, maximum=1, unit="MIN")
    """Property in MIN, from 0 to 1."""
    p_tot: OptAttr[float] = optional("P-TOT", minimum=0, maximum=1, unit="MIN")
    """Property in MIN, from 0 to 1."""
    k_tot: OptAttr[float] = optional("K-TOT", minimum=0, maximum=1, unit="MIN")
    """Property in MIN, from 0 to 1."""
    c_org: OptAttr[float] = optional("C-ORG", minimum=0, maximum=1, unit="MIN")
    """Property in MIN, from 0 to 1."""
    pcb: OptAttr[float] = optional("PCB", minimum=0)
    """Property in mg/Kg SS, from 0."""
    as_: OptAttr[float] = optional("As", minimum=0)
    """Property in mg/Kg SS, from 0."""
    b: OptAttr[float] = optional("B", minimum=0)
    """Property in mg/Kg SS, from 0."""
    be: OptAttr[float] = optional("Be", minimum=0)
    """Property in mg/Kg SS, from 0."""
    cd: OptAttr[float] = optional("Cd", minimum=0)
    """Property in mg/Kg SS, from 0."""
    cr: OptAttr[float] = optional("Cr", minimum=0)
    """Property in mg/Kg SS, from 0."""
    cr_vi: OptAttr[float] = optional("Cr-VI", minimum=0)
    """Property in mg/Kg SS, from 0."""
    cu: OptAttr[float] = optional("Cu", minimum=0)
    """Property in mg/Kg SS, from 0."""
    hg: OptAttr[float] = optional("Hg", minimum=0)
    """Property in mg/Kg SS, from 0."""
    ni: OptAttr[float] = optional("Ni", minimum=0)
    """Property in mg/Kg SS, from 0."""
    se: OptAttr[float] = optional("Se", minimum=0)
    """Property in mg/Kg SS, from 0."""
    zn: OptAttr[float] = optional("Zn", minimum=0)
    """Property in mg/Kg SS, from 0."""
    ipa: OptAttr[float] = optional("IPA", minimum=0)
    """Property in mg/Kg SS, from 0."""
    toluene: OptAttr[float] = optional(minimum=0)
    """Property in mg/Kg SS, from 0."""
    aox: OptAttr[float] = optional("AOX", minimum=0)
    """Property in mg/Kg SS, from 0."""
    dehp: OptAttr[float] = optional("DEHP", minimum=0)
    """Property in mg/Kg SS, from 0."""
    c10_c40: OptAttr[float] = optional("C10-C40", minimum=0)
    """Property in mg/Kg SS, from 0."""
    salmonella: OptAttr[float] = optional(minimum=0)
    """Property in MPN/g SS (max), from 0."""
    faecal_coliforms: OptAttr[float] = optional("faecal-coliforms", minimum=0)
    """Property in MPN/g SS (max), from 0."""


class WaterQualityObserved(Commons):
    """WaterQualityObserved 0.0.6.

    https://github.com/smart-data-models/dataModel.WaterQuality/blob/master/WaterQualityObserved/doc/spec.md

    Units: bod M1, cod M1, escherichia_coli Total number of bacteria/100mL, enterococci Total number of bacteria/100mL,
    flow MQH, alkalinity M1, tkn M1, no2 M1, n_tot M1, p_tot M1, p_po4 M1, al M1, as_ M1, b M1, ba M1, cd M1, cr M1,
    cr_iii M1, cr_vi M1, cu M1, fe M1, fluoride M1, hg M1, thc M1, ni M1, to M1, pb M1, se M1, sn M1, sulphate M1,
    sulphite M1, anionic_surfactants M1, cationic_surfactants M1, non_ionic_surfactants M1, total_surfactants M1, zn M1,
    concentration M1.
    """

    _origin = Origin("WaterQuality", "WaterQualityObserved")
    location: GeoAttr
    date_observed: Attr[str]
    address: OptAttr[PostalAddress] = optional()
    area_served: OptAttr[str] = optional()
    measurand: OptAttr[list[str]] = optional()
    temperature: OptAttr[float] = optional()
    bod: OptAttr[float] = optional(minimum=0, unit="M1")
    """Property in M1, from 0."""
    cod: OptAttr[float] = optional(minimum=0, unit="M1")
    """Property in M1, from 0."""
    conductivity: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    conductance: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    tss: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    tds: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    turbidity: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    salinity: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    p_h: OptAttr[float] = optional(minimum=0, maximum=14)
    """Property, from 0 to 14."""
    orp: OptAttr[float] = optional(minimum=0)
    """Property, from 0."""
    o2: OptAttr[float] = optional("O2", minimum=0)
    """Property, from 0."""
    chla: OptAttr[float] = optional("Chla", minimum=0)
    """Property, from 0."""
    pe: OptAttr[float] = optional("PE", minimum=0)
    """Property, from 0."""
    pc: OptAttr[float] = optional("PC", minimum=0)
    """Property, from 0."""
    nh4: OptAttr[float] = optional("NH4", minimum=0)
    """Property, from 0."""
    nh3: OptAttr[float] = optional("NH3", minimum=0)
    """Property, from 0."""
    cl_: OptAttr[float] = optional("Cl-", minimum=0)
    """Property, from 0."""
    no3: OptAttr[float] = optional("NO3", minimum=0)
    """Property, from 0."""
    po4: OptAttr[float] = optional("PO4", minimum=0)
    """Property, from 0."""
    escherichia_coli: OptAttr[float] = optional(minimum=0)
    """Property in Total number of bacteria/100mL, from 0."""
    enterococci: OptAttr[float] = optional(minimum=0)
    """Property in Total number of bacteria/100mL, from 0."""
    ref_point_of_interest: OptRelAttr = optional()
    flow: OptAttr[float] = optional()
    """Property in MQH."""
    alkalinity: OptAttr[float] = optional(minimum=0, unit="M1")
    """Property in M1, from 0."""
    tkn: OptAttr[float] = optional("TKN", minimum=0, unit="M1")
    """Property in M1, from 0."""
    no2: OptAttr[float] = optional("NO2", minimum=0, unit="M1")
    """Property in M1, from 0."""
    n_tot: OptAttr[float] = optional("N-TOT", minimum=0, unit="M1")
    """Property in M1, from 0."""
    p_tot: OptAttr[float] = optional("P-TOT", minimum=0, unit="M1")
    """Property in M1, from 0."""
    p_po4: OptAttr[float] = optional("P-PO4", minimum=0, unit="M1")
    """Property in M1, from 0."""
    al: OptAttr[float] = optional("Al", minimum=0, unit="M1")
    """Property in M1, from 0."""
    as_: OptAttr[float] = optional("As", minimum=0, unit="M1")
    """Property in M1, from 0."""
    b: OptAttr[float] = optional("B", minimum=0, unit="M1")
    """Property in M1, from 0."""
    ba: OptAttr[float] = optional("Ba", minimum=0, unit="M1")
    """Property in M1, from 0."""
    cd: OptAttr[float] = optional("Cd", minimum=0, unit="M1")
    """Property in M1, from 0."""
    cr: OptAttr[float] = optional("Cr", minimum=0, unit="M1")
    """Property in M1, from 0."""
    cr_iii: OptAttr[float] = optional("Cr-III", minimum=0, unit="M1")
    """Property in M1, from 0."""
    cr_vi: OptAttr[float] = optional("Cr-VI", minimum=0, unit="M1")
    """Property in M1, from 0."""
    cu: OptAttr[float] = optional("Cu", minimum=0, unit="M1")
    """Property in M1, from 0."""
    fe: OptAttr[float] = optional("Fe", minimum=0, unit="M1")
    """Property in M1, from 0."""
    fluoride: OptAttr[float] = optional(minimum=0, unit="M1")
    """Property in M1, from 0."""
    hg: OptAttr[float] = optional("Hg", minimum=0, unit="M1")
    """Property in M1, from 0."""
    thc: OptAttr[float] = optional("THC", minimum=0, unit="M1")
    """Property in M1, from 0."""
    ni: OptAttr[float] = optional("Ni", minimum=0, unit="M1")
    """Property in M1, from 0."""
    to: OptAttr[float] = optional("TO", minimum=0, unit="M1")
    """Property in M1, from 0."""
    pb: OptAttr[float] = optional("Pb", minimum=0, unit="M1")
    """Property in M1, from 0."""
    se: OptAttr[float] = optional("Se", minimum=0, unit="M1")
    """Property in M1, from 0."""
    sn: OptAttr[float] = optional("Sn", minimum=0, unit="M1")
    """Property in M1, from 0."""
    sulphate: OptAttr[float] = optional(minimum=0, unit="M1")
    """Property in M1, from 0."""
    sulphite: OptAttr[float] = optional(minimum=0, unit="M1")
    """Property in M1, from 0."""
    anionic_surfactants: OptAttr[float] = optional("anionic-surfactants", minimum=0, unit="M1")
    """Property in M1, from 0."""
    cationic_surfactants: OptAttr[float] = optional("cationic-surfactants", minimum=0, unit="M1")
    """Property in M1, from 0."""
    non_ionic_surfactants: OptAttr[float] = optional("non-ionic-surfactants", minimum=0, unit="M1")
    """Property in M1, from 0."""
    total_surfactants: OptAttr[float] = optional("total-surfactants", minimum=0, unit="M1")
    """Property in M1, from 0."""
    zn: OptAttr[float] = optional("Zn", minimum=0, unit="M1")
    """Property in M1, from 0."""
    component_analyzed: OptAttr[str] = optional()
    component_name: OptAttr[str] = optional()
    concentration: OptAttr[float] = optional()
    """Property in M1."""


class WaterQualityPredicted(LocatedCommons):
    """WaterQualityPredicted 0.0.1.

    https://github.com/smart-data-models/dataModel.WaterQuality/blob/master/WaterQualityPredicted/doc/spec.md
    """

    _origin = Origin("WaterQuality", "WaterQualityPredicted")
    water_quality_prediction_value: Attr[Literal["Excellent", "Good", "Poor", "Sufficient"] | str]
    date_predicted: OptAttr[str] = optional()
    expiry_date: OptAttr[str] = optional()
    predictions: OptAttr[dict[str, Any]] = optional()
