"""Waste containers (Openbaar Domein, recognised standard of 2021)."""

from __future__ import annotations

from citycontext.ngsild.fields import OptAttr, optional
from citycontext.oslo.entities.oslo_entity import english
from citycontext.oslo.entities.public_domain import Straatmeubilair

__all__ = ["OpenbareVuilnisbak", "Recyclagecontainer"]


class Recyclagecontainer(Straatmeubilair, iri="inf:Recyclagecontainer"):
    """A container for a fraction of waste."""

    sorteerfractie: OptAttr[list[str]] = optional()
    sorting_fraction: OptAttr[list[str]] = english(sorteerfractie)


class OpenbareVuilnisbak(Straatmeubilair, iri="inf:OpenbareVuilnisbak"):
    """A public bin."""
