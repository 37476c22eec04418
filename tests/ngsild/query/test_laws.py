"""The law of all query languages: what is written is read as the same tree."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from citycontext.errors import InvalidQuery
from citycontext.ngsild.query import (
    And,
    AttributePath,
    Comparison,
    Condition,
    Direction,
    Duration,
    EntityFilter,
    EntityQuery,
    Exists,
    GeoQuery,
    GeoRelation,
    LanguageFilter,
    LanguageRange,
    LinkedPath,
    Missing,
    Operator,
    Or,
    Ordering,
    OrderTerm,
    Pattern,
    ProjectedMember,
    Projection,
    ScopePattern,
    ScopeQuery,
    TemporalQuery,
    TypeSelection,
    Value,
    ValueList,
    ValueRange,
    parse_georel,
    parse_language,
    parse_order_by,
    parse_path,
    parse_projection,
    parse_q,
    parse_scope,
    parse_types,
)

SHORT = st.sampled_from(["a", "speed", "größe", "is_parked", "x1", "true", "e5"])
PREFIXED = st.sampled_from(["ex:a", "ngsi-ld:speed"])
IRIS = st.sampled_from(["https://example.org/v#a", "http://example.org:8080/a/b", "urn:x:a"])
NAMES = SHORT | PREFIXED | IRIS
MEMBERS = st.sampled_from([(), ("city",), ("geo", "zone"), ("nl-BE",), ("*",), ("@none",), ("a b;c|(d)#~=", "e{}")])


def tuples(strategy: st.SearchStrategy[Any], least: int = 1, most: int = 3) -> st.SearchStrategy[Any]:
    return st.lists(strategy, min_size=least, max_size=most).map(tuple)


# Inside braces only a name without prefix can be told from a type hint.
PATHS = st.builds(
    lambda first, rest, member: AttributePath((first, *rest), member), NAMES, tuples(SHORT, 0, 2), MEMBERS
)
PLAIN_PATHS = st.builds(lambda names, member: AttributePath(names, member), tuples(SHORT), MEMBERS)
LINKED = st.recursive(PLAIN_PATHS, lambda inner: st.builds(LinkedPath, SHORT, inner, tuples(NAMES, 0, 2)), max_leaves=4)

NUMBERS = (
    st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.decimals(allow_nan=False, allow_infinity=False)
)
STRINGS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
DATETIMES = st.datetimes(timezones=st.just(UTC))
ORDERED = (
    NUMBERS.map(Value.of)
    | STRINGS.map(Value.of)
    | DATETIMES.map(Value.of)
    | st.dates().map(Value.of)
    | st.times(timezones=st.just(UTC)).map(Value.of)
)
VALUES = ORDERED | st.booleans().map(Value.of) | SHORT.map(Value) | IRIS.map(Value)
RANGES = st.one_of(
    *(
        st.builds(ValueRange, kind.map(Value.of), kind.map(Value.of))
        for kind in (NUMBERS, STRINGS, DATETIMES, st.dates())
    )
)
LISTS = st.builds(ValueList, tuples(VALUES, 2, 4))


@st.composite
def patterns(draw: st.DrawFn) -> Pattern:
    text = draw(st.text('ab.*+?^$|()[]{}\\d"; ,é0-9', max_size=8))
    try:
        return Pattern.of(text)
    except InvalidQuery:
        return Pattern.of("x")


EQUALITY = st.sampled_from([Operator.EQUAL, Operator.UNEQUAL])
ORDER = st.sampled_from([Operator.GREATER, Operator.GREATER_OR_EQUAL, Operator.LESS, Operator.LESS_OR_EQUAL])
MATCHING = st.sampled_from([Operator.MATCHES, Operator.MATCHES_NOT])
LEAVES: st.SearchStrategy[Condition] = st.one_of(
    st.builds(Exists, PATHS | LINKED),
    st.builds(Missing, PATHS | LINKED),
    st.builds(Comparison, PATHS | LINKED, EQUALITY, VALUES | RANGES | LISTS),
    st.builds(Comparison, PATHS | LINKED, ORDER, ORDERED),
    st.builds(Comparison, PATHS | LINKED, MATCHING, patterns()),
)
CONDITIONS = st.recursive(
    LEAVES, lambda inner: st.builds(And, tuples(inner, 2)) | st.builds(Or, tuples(inner, 2)), max_leaves=8
)
SELECTIONS = st.builds(TypeSelection, tuples(tuples(NAMES), 0))
SCOPES = st.builds(
    ScopeQuery,
    tuples(
        tuples(st.builds(ScopePattern, tuples(SHORT | st.just("+")), st.booleans()) | st.just(ScopePattern((), True)))
    ),
)
PROJECTIONS = st.recursive(
    st.builds(Projection, tuples(st.builds(ProjectedMember, NAMES))),
    lambda inner: st.builds(Projection, tuples(st.builds(ProjectedMember, NAMES, inner))),
    max_leaves=5,
)
LANGUAGES = st.builds(
    LanguageFilter,
    tuples(
        st.builds(LanguageRange, st.sampled_from(["nl", "fr-CH", "*", "de-*"]), st.sampled_from(["", "0.5", "1", "0"]))
    ),
)
DISTANCES = st.integers(1, 10**6) | st.floats(0.001, 1e6)
GEORELS = (
    st.sampled_from(["within", "contains", "overlaps", "intersects", "equals", "disjoint"]).map(GeoRelation)
    | st.builds(GeoRelation, st.just("near"), DISTANCES)
    | st.builds(GeoRelation, st.just("near"), st.none(), DISTANCES)
)
POSITIONS = st.tuples(st.floats(-180, 180) | st.integers(-180, 180), st.floats(-90, 90))
GEOMETRIES = (
    POSITIONS.map(lambda position: ("Point", position))
    | tuples(POSITIONS, 2).map(lambda line: ("LineString", line))
    | tuples(POSITIONS, 3).map(lambda ring: ("Polygon", ((*ring, ring[0]),)))
)
GEOQUERIES = st.builds(lambda relation, geometry, name: GeoQuery(relation, *geometry, name), GEORELS, GEOMETRIES, SHORT)
INSTANTS = DATETIMES.map(lambda instant: str(Value.of(instant)))
DURATIONS = st.sampled_from(["PT1H", "P1D", "P2W", "PT0.5S", "P1Y2M3DT4H5M6S"]).map(Duration)
TEMPORALS = st.builds(
    TemporalQuery,
    st.sampled_from(["before", "after"]),
    INSTANTS,
    st.none(),
    st.sampled_from(["observedAt", "modifiedAt"]),
    st.none() | st.integers(1, 100),
    tuples(st.sampled_from(["avg", "max"]), 0, 2),
    st.none() | DURATIONS,
) | st.builds(TemporalQuery, st.just("between"), INSTANTS, INSTANTS)
ORDER_TERMS = tuples(st.builds(OrderTerm, PATHS, st.sampled_from([Direction.ASCENDING, Direction.DESCENDING])))
ORDERINGS = st.builds(Ordering, ORDER_TERMS, st.none() | st.just("de-u-co-phonebk")) | st.builds(
    lambda path, position: Ordering((OrderTerm(path, Direction.NEAREST_FIRST),), None, position), PATHS, POSITIONS
)
URIS = tuples(st.builds("urn:x:{}".format, SHORT), 0)
OPTIONAL_NAMES = tuples(SHORT, 0)
ENTITY_QUERIES = st.builds(
    EntityQuery,
    st.none() | SELECTIONS,
    id=URIS,
    id_pattern=st.none() | patterns().map(lambda pattern: pattern.pattern).filter(bool),
    q=st.none() | CONDITIONS.filter(lambda condition: condition.links <= 1 and "!" not in str(condition)),
    csf=st.none() | st.builds(Exists, PATHS),
    geo=st.none() | GEOQUERIES,
    scope=st.none() | SCOPES,
    temporal=st.none() | TEMPORALS,
    pick=st.none() | PROJECTIONS,
    dataset_id=URIS,
    lang=st.none() | LANGUAGES,
    expand_values=OPTIONAL_NAMES,
    json_keys=OPTIONAL_NAMES,
    order_by=st.none() | ORDERINGS,
    format=st.none() | st.sampled_from(["concise", "simplified"]),
    options=tuples(st.just("sysAttrs"), 0, 1),
    join=st.none() | st.sampled_from(["flat", "inline"]),
    contained_by=URIS,
    entity_map=st.none() | st.booleans(),
    split_entities=st.none() | st.booleans(),
    local=st.sampled_from([None, True]),
    limit=st.none() | st.integers(1, 1000),
    offset=st.none() | st.integers(0, 10**6),
    count=st.none() | st.booleans(),
)


@given(CONDITIONS)
def test_q(condition: Condition) -> None:
    """Every condition is read back from its text, also with every other grouping around it."""
    assert parse_q(str(condition), allow_missing=True) == condition
    assert parse_q(f"(({condition}))", allow_missing=True) == condition


@given(st.from_regex(r"[a-zA-Zéπ][a-zA-Z0-9_é]*", fullmatch=True), st.text("abc-_ é*@#:;|(){}", min_size=1))
def test_names_and_members(name: str, member: str) -> None:
    """Any name and any member without bracket or dot is read back."""
    path = AttributePath((name,), (member,))
    assert parse_path(str(path)) == path


@given(PATHS | LINKED)
def test_paths(path: Any) -> None:
    """Every path is read back from its text."""
    assert parse_path(str(path)) == path


@given(SELECTIONS)
def test_types(selection: TypeSelection) -> None:
    """Every type selection is read back from its text."""
    assert parse_types(str(selection)) == selection


@given(SCOPES)
def test_scopes(query: ScopeQuery) -> None:
    """Every scope query is read back from its text."""
    assert parse_scope(str(query)) == query


@given(PROJECTIONS)
def test_projections(projection: Projection) -> None:
    """Every projection is read back from its text."""
    assert parse_projection(str(projection)) == projection


@given(LANGUAGES)
def test_languages(language: LanguageFilter) -> None:
    """Every language filter is read back from its text."""
    assert parse_language(str(language)) == language


@given(GEOQUERIES)
def test_geoqueries(query: GeoQuery) -> None:
    """Every geoquery is read back from its parameters and from its body."""
    assert parse_georel(str(query.georel)) == query.georel
    assert GeoQuery.from_parameters(dict(query.to_parameters())) == query
    assert GeoQuery.from_body(query.to_body()) == query


@given(TEMPORALS)
def test_temporal_queries(query: TemporalQuery) -> None:
    """Every temporal query is read back from its parameters and from its body."""
    assert TemporalQuery.from_parameters(dict(query.to_parameters())) == query
    assert TemporalQuery.from_body(query.to_body()) == query


@given(ORDERINGS)
def test_orderings(ordering: Ordering) -> None:
    """Every ordering is read back from its parameters and from its body."""
    assert parse_order_by(str(ordering)) == ordering.terms
    assert Ordering.from_parameters(dict(ordering.to_parameters())) == ordering
    assert Ordering.from_body(ordering.to_body()) == ordering


@given(ENTITY_QUERIES)
def test_entity_queries(query: EntityQuery) -> None:
    """Every query for entities is read back from its URL, and from its body where that can carry it."""
    assert EntityQuery.from_parameters(query.to_parameters()) == query
    if query.type is not None or not (query.id or query.id_pattern):
        assert EntityQuery.from_body(query.to_body(), query.body_parameters()) == query


@given(st.lists(st.builds(EntityFilter, SELECTIONS, URIS, st.none() | st.just("^urn:.*")), min_size=2, max_size=3))
def test_several_selectors(selectors: list[EntityFilter]) -> None:
    """Several selectors are read back from a body."""
    query = EntityQuery(entities=selectors)
    assert EntityQuery.from_body(query.to_body()) == query


@given(NUMBERS | STRINGS | st.booleans() | DATETIMES | st.dates())
def test_values_come_back_as_python_has_them(value: Any) -> None:
    """A Python value that is written is read as an equal one."""
    found = Value.of(value).value
    assert found == (value if isinstance(value, (str, int, float, bool, datetime, date, time)) else float(value))
