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
    plug_type: OptAttr[list[str]] = english(stekkertype)
    charging_mode: OptAttr[list[str]] = english(oplaadwijze)
    suitable_for: OptAttr[list[str]] = english(geschikt_voor)


class Lader(OsloEntity, iri="vk:Lader"):
    """A charger at a transport hub."""

    plug: OptAttr[list[str]] = optional()
    type_lader: OptAttr[str] = optional()
    vervoermiddel: OptAttr[str] = optional()
    connector: OptAttr[list[str]] = english(plug)
    charger_type: OptAttr[str] = english(type_lader)
    means_of_transport: OptAttr[str] = english(vervoermiddel)
