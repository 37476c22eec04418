"""NGSI-LD queries: write them in Python, read them from text, and tell what they match (CIM 009, 4.9 to 4.23).

Every language has a frozen syntax tree whose ``str()`` parses to an equal tree, and errors that point at a column.

    from citycontext.ngsild.query import EntityQuery, Q, near
    EntityQuery("OffStreetParking", q=Q.availableSpotNumber > 10, geo=near(point(3.72, 51.05), max_distance=500))
"""

from __future__ import annotations

from citycontext.ngsild.query.builder import Q, Target
from citycontext.ngsild.query.duration import Duration, parse_duration
from citycontext.ngsild.query.entities import EntityQuery
from citycontext.ngsild.query.entity_types import ANY_TYPE, TypeSelection, parse_types
from citycontext.ngsild.query.evaluate import compile_q
from citycontext.ngsild.query.geo import (
    GeoQuery,
    GeoRelation,
    contains,
    disjoint,
    equals,
    intersects,
    near,
    overlaps,
    parse_georel,
    within,
)
from citycontext.ngsild.query.language import LanguageFilter, LanguageRange, parse_language
from citycontext.ngsild.query.ordering import Direction, Ordering, OrderTerm, order_by, parse_order_by
from citycontext.ngsild.query.paths import AttributePath, LinkedPath, Path, parse_path
from citycontext.ngsild.query.patterns import compile_pattern
from citycontext.ngsild.query.projection import ProjectedMember, Projection, parse_projection
from citycontext.ngsild.query.q import And, Comparison, Condition, Exists, Missing, Operator, Or
from citycontext.ngsild.query.q_parser import parse_q
from citycontext.ngsild.query.scope import ScopePattern, ScopeQuery, parse_scope
from citycontext.ngsild.query.selectors import EntityFilter
from citycontext.ngsild.query.temporal import TemporalQuery, after, before, between, last
from citycontext.ngsild.query.values import Pattern, Value, ValueKind, ValueList, ValueRange

__all__ = [
    "ANY_TYPE",
    "And",
    "AttributePath",
    "Comparison",
    "Condition",
    "Direction",
    "Duration",
    "EntityFilter",
    "EntityQuery",
    "Exists",
    "GeoQuery",
    "GeoRelation",
    "LanguageFilter",
    "LanguageRange",
    "LinkedPath",
    "Missing",
    "Operator",
    "Or",
    "OrderTerm",
    "Ordering",
    "Path",
    "Pattern",
    "ProjectedMember",
    "Projection",
    "Q",
    "ScopePattern",
    "ScopeQuery",
    "Target",
    "TemporalQuery",
    "TypeSelection",
    "Value",
    "ValueKind",
    "ValueList",
    "ValueRange",
    "after",
    "before",
    "between",
    "compile_pattern",
    "compile_q",
    "contains",
    "disjoint",
    "equals",
    "intersects",
    "last",
    "near",
    "order_by",
    "overlaps",
    "parse_duration",
    "parse_georel",
    "parse_language",
    "parse_order_by",
    "parse_path",
    "parse_projection",
    "parse_q",
    "parse_scope",
    "parse_types",
    "within",
]
