"""Which class of OSLO an observation is of, by what the graph says of it."""

from __future__ import annotations

from typing import Final

from citycontext.oslo.aliases import canonical
from citycontext.oslo.observations import Category, Count, GeometryResult, Measure, Result, Truth
from citycontext.oslo.tables.mapping_table import MappingTable
from citycontext.oslo.tables.mapping_tables import MappingTables
from citycontext.oslo.vocabulary import iri

__all__ = ["OBSERVATION_TYPES", "observation_type"]

_BY_RESULT: Final[dict[type[Result], str]] = {
    Measure: "Meting",
    Count: "Telling",
    Category: "Classificatie",
    Truth: "WaarheidsObservatie",
    GeometryResult: "Observatie",
}
OBSERVATION_TYPES: Final = "Observatietype/"
"""The list under the city's base that names types of observations for which no class stands."""


def observation_type(
    tables: MappingTables, classes: list[str], kind: str, types: tuple[str, ...], result: Result
) -> MappingTable | None:
    """Find the table of the class of OSLO that an observation is of.

    Args:
        tables: All tables.
        classes: The classes it has in the graph.
        kind: Its special class; empty for none.
        types: What ``dct:type`` says of it.
        result: Its result.

    Returns:
        Its table; ``None`` if absent, as in a set of tables without OSLO's.
    """
    prefix = f"{tables.base}{OBSERVATION_TYPES}"
    for one in types:
        name = one.removeprefix(prefix)
        if one.startswith(prefix) and name in tables and tables[name].parts:
            return tables[name]
    # A class of the second generation is any observation, so there the result tells more.
    known = [kind, *(one for one in classes if one != iri("sosa:Observation"))]
    for one in known:
        for table in tables:
            if table.parts and one and one in {canonical(name) for name in table.classes}:
                return table
    return next((table for table in tables if table.type == _BY_RESULT[type(result)]), None)
