"""Open data from a context broker or a file: event streams with history, CSV, GeoJSON, JSON-LD, DCAT-AP metadata.

Nothing is published that is not on a list, and some things not even then; see ``Policy``.
"""

from __future__ import annotations

from citycontext.publish.config import Publication
from citycontext.publish.dcat import Distribution, describe_publication
from citycontext.publish.exports import Exported, export
from citycontext.publish.ldes import EventStream, Written
from citycontext.publish.policy import Cleared, Policy
from citycontext.publish.report import Report

__all__ = [
    "Cleared",
    "Distribution",
    "EventStream",
    "Exported",
    "Policy",
    "Publication",
    "Report",
    "Written",
    "describe_publication",
    "export",
]
