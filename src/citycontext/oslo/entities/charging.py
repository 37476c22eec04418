"""Charging points (Openbaar Domein, and Vervoersknooppunten of 2022)."""

from __future__ import annotations

from citycontext.ngsild.fields import OptAttr, optional
from citycontext.oslo.entities.oslo_entity import OsloEntity, english
from citycontext.oslo.entities.public_domain import Straatmeubilair

__all__ = ["Lader", "Oplaadpunt"]


class Oplaadpunt(Straatmeubilair, iri="inf:Oplaadpunt"):
    """A charging point."""

    stekkertype: OptAttr[list[str]] = optional()
    oplaadwijze: OptAttr[list[str]] = optional()
    geschikt_voor: OptAttr[list[str]] = optional()
    plug_type = english(stekkertype)
    charging_mode = english(oplaadwijze)
    suitable_for = english(geschikt_voor)


class Lader(OsloEntity, iri="vk:Lader"):
    """A charger at a transport hub."""

    plug: OptAttr[list[str]] = optional()
    type_lader: OptAttr[str] = optional()
    vervoermiddel: OptAttr[str] = optional()
    connector = english(plug)
    charger_type = english(type_lader)
    means_of_transport = english(vervoermiddel)
