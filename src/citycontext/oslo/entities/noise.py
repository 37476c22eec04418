"""Noise measurements (implementation model, candidate of 2026)."""

from __future__ import annotations

from citycontext.ngsild.fields import OptRelAttr, optional
from citycontext.oslo.entities.observations import Observatie
from citycontext.oslo.entities.oslo_entity import OsloEntity, english

__all__ = ["Geluidsmeting", "Meetpunt"]


class Geluidsmeting(Observatie, iri="sosa:Observation"):
    """A measurement of noise."""


class Meetpunt(OsloEntity, iri="wk:Meetpunt"):
    """A measuring point."""

    bemonsterd_object: OptRelAttr = optional()
    sample_of: OptRelAttr = english(bemonsterd_object)
