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
    p_h: OptAttr[float] = optional()
    ref_point_of_interest: OptRelAttr = optional()
    n_tot: OptAttr[float] = optional("N-TOT")
    p_tot: OptAttr[float] = optional("P-TOT")
    k_tot: OptAttr[float] = optional("K-TOT")
    c_org: OptAttr[float] = optional("C-ORG")
    pcb: OptAttr[float] = optional("PCB")
    as_: OptAttr[float] = optional("As")
    b: OptAttr[float] = optional("B")
    be: OptAttr[float] = optional("Be")
    cd: OptAttr[float] = optional("Cd")
    cr: OptAttr[float] = optional("Cr")
    cr_vi: OptAttr[float] = optional("Cr-VI")
    cu: OptAttr[float] = optional("Cu")
    hg: OptAttr[float] = optional("Hg")
    ni: OptAttr[float] = optional("Ni")
    se: OptAttr[float] = optional("Se")
    zn: OptAttr[float] = optional("Zn")
    ipa: OptAttr[float] = optional("IPA")
    toluene: OptAttr[float] = optional()
    aox: OptAttr[float] = optional("AOX")
    dehp: OptAttr[float] = optional("DEHP")
    c10_c40: OptAttr[float] = optional("C10-C40")
    salmonella: OptAttr[float] = optional()
    faecal_coliforms: OptAttr[float] = optional("faecal-coliforms")


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
    bod: OptAttr[float] = optional()
    cod: OptAttr[float] = optional()
    conductivity: OptAttr[float] = optional()
    conductance: OptAttr[float] = optional()
    tss: OptAttr[float] = optional()
    tds: OptAttr[float] = optional()
    turbidity: OptAttr[float] = optional()
    salinity: OptAttr[float] = optional()
    p_h: OptAttr[float] = optional()
    orp: OptAttr[float] = optional()
    o2: OptAttr[float] = optional("O2")
    chla: OptAttr[float] = optional("Chla")
    pe: OptAttr[float] = optional("PE")
    pc: OptAttr[float] = optional("PC")
    nh4: OptAttr[float] = optional("NH4")
    nh3: OptAttr[float] = optional("NH3")
    cl_: OptAttr[float] = optional("Cl-")
    no3: OptAttr[float] = optional("NO3")
    po4: OptAttr[float] = optional("PO4")
    escherichia_coli: OptAttr[float] = optional()
    enterococci: OptAttr[float] = optional()
    ref_point_of_interest: OptRelAttr = optional()
    flow: OptAttr[float] = optional()
    alkalinity: OptAttr[float] = optional()
    tkn: OptAttr[float] = optional("TKN")
    no2: OptAttr[float] = optional("NO2")
    n_tot: OptAttr[float] = optional("N-TOT")
    p_tot: OptAttr[float] = optional("P-TOT")
    p_po4: OptAttr[float] = optional("P-PO4")
    al: OptAttr[float] = optional("Al")
    as_: OptAttr[float] = optional("As")
    b: OptAttr[float] = optional("B")
    ba: OptAttr[float] = optional("Ba")
    cd: OptAttr[float] = optional("Cd")
    cr: OptAttr[float] = optional("Cr")
    cr_iii: OptAttr[float] = optional("Cr-III")
    cr_vi: OptAttr[float] = optional("Cr-VI")
    cu: OptAttr[float] = optional("Cu")
    fe: OptAttr[float] = optional("Fe")
    fluoride: OptAttr[float] = optional()
    hg: OptAttr[float] = optional("Hg")
    thc: OptAttr[float] = optional("THC")
    ni: OptAttr[float] = optional("Ni")
    to: OptAttr[float] = optional("TO")
    pb: OptAttr[float] = optional("Pb")
    se: OptAttr[float] = optional("Se")
    sn: OptAttr[float] = optional("Sn")
    sulphate: OptAttr[float] = optional()
    sulphite: OptAttr[float] = optional()
    anionic_surfactants: OptAttr[float] = optional("anionic-surfactants")
    cationic_surfactants: OptAttr[float] = optional("cationic-surfactants")
    non_ionic_surfactants: OptAttr[float] = optional("non-ionic-surfactants")
    total_surfactants: OptAttr[float] = optional("total-surfactants")
    zn: OptAttr[float] = optional("Zn")
    component_analyzed: OptAttr[str] = optional()
    component_name: OptAttr[str] = optional()
    concentration: OptAttr[float] = optional()


class WaterQualityPredicted(LocatedCommons):
    """WaterQualityPredicted 0.0.1.

    https://github.com/smart-data-models/dataModel.WaterQuality/blob/master/WaterQualityPredicted/doc/spec.md
    """

    _origin = Origin("WaterQuality", "WaterQualityPredicted")
    water_quality_prediction_value: Attr[Literal["Excellent", "Good", "Poor", "Sufficient"] | str]
    date_predicted: OptAttr[str] = optional()
    expiry_date: OptAttr[str] = optional()
    predictions: OptAttr[dict[str, Any]] = optional()
