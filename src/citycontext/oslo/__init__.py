"""OSLO, the linked data of Flanders: observations, places, and the way from NGSI-LD and back.

written = to_oslo(parking)                         # a graph, and a report of what it does not carry
written.to_json_ld()                               # with Dutch terms
reading = from_oslo(document)                      # entities, and a report of what they do not carry
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from citycontext.lazy_names import lazy_names

if TYPE_CHECKING:
    from citycontext.oslo.documents import read_json_ld, read_text
    from citycontext.oslo.graph import Graph, Literal
    from citycontext.oslo.losses import Loss, LossKind, LossReport
    from citycontext.oslo.profiles import ENERGY, ISO, SOSA, Profile
    from citycontext.oslo.reading.from_oslo import Reading, from_oslo
    from citycontext.oslo.register_links import same_as, with_same_as
    from citycontext.oslo.tables.mapping_tables import MappingTables, standard_tables
    from citycontext.oslo.writing.to_oslo import OsloGraph, each_to_oslo, to_oslo

__all__ = [
    "ENERGY",
    "ISO",
    "SOSA",
    "Graph",
    "Literal",
    "Loss",
    "LossKind",
    "LossReport",
    "MappingTables",
    "OsloGraph",
    "Profile",
    "Reading",
    "each_to_oslo",
    "from_oslo",
    "read_json_ld",
    "read_text",
    "same_as",
    "standard_tables",
    "to_oslo",
    "with_same_as",
]

_HOMES: Final = {
    "ENERGY": "profiles",
    "ISO": "profiles",
    "SOSA": "profiles",
    "Profile": "profiles",
    "Graph": "graph",
    "Literal": "graph",
    "Loss": "losses",
    "LossKind": "losses",
    "LossReport": "losses",
    "same_as": "register_links",
    "with_same_as": "register_links",
    "MappingTables": "tables.mapping_tables",
    "standard_tables": "tables.mapping_tables",
    "OsloGraph": "writing.to_oslo",
    "each_to_oslo": "writing.to_oslo",
    "to_oslo": "writing.to_oslo",
    "Reading": "reading.from_oslo",
    "from_oslo": "reading.from_oslo",
    "read_json_ld": "documents",
    "read_text": "documents",
}

if not TYPE_CHECKING:  # so that a checker finds a name that is not there
    __getattr__ = lazy_names(__name__, _HOMES)
