"""Broken and hostile queries: our errors only, and quickly.

``CITYCONTEXT_MUTATIONS=1000000`` runs as many mutations as are asked for.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from typing import Any

import pytest

from citycontext.errors import InvalidQuery
from citycontext.ngsild.query import (
    EntityQuery,
    GeoQuery,
    TemporalQuery,
    compile_pattern,
    compile_q,
    parse_duration,
    parse_georel,
    parse_language,
    parse_order_by,
    parse_path,
    parse_projection,
    parse_q,
    parse_scope,
    parse_types,
)

MUTATIONS = int(os.environ.get("CITYCONTEXT_MUTATIONS", "6000"))
LIMIT = 0.1

ENTITY = {
    "id": "urn:x:1",
    "type": "X",
    "a": {"type": "Property", "value": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "observedAt": "2026-05-01T10:00:00Z"},
    "b": {"type": "Relationship", "object": ["urn:x:1"]},
    "c": {"type": "LanguageProperty", "languageMap": {"nl": ["x"], "fr": "y"}},
}


def _evaluate(text: str) -> None:
    compile_q(parse_q(text, allow_missing=True), resolve=lambda _: ENTITY)(ENTITY)


PARSERS: list[tuple[Callable[[str], Any], list[str]]] = [
    (
        _evaluate,
        [
            '(speed>50|rpm>3000);brandName=="Mercedes"',
            'a[b.c]=="x","y"|b{T,U:c{d.e[nl]}}!=1..20;a~=^(a|b)*c$',
            'a.observedAt>=2017-12-24T12:00:00.5Z;c[*]!~="a|b"|https://example.org/v#a.b<=-1.5e10',
            "a==true|b==urn:x:1,urn:x:2|c==08:00:00Z|!d",
        ],
    ),
    (parse_path, ["a.b[c.d]", "a{T:b{U,V:c[*]}}"]),
    (parse_types, ["(Home;Vehicle)|Motorhome,(A|B);C", "https://example.org/v#T,*"]),
    (parse_scope, ["(/Madrid/+/#;/CompanyA)|CompanyB,/#"]),
    (parse_projection, ["id,locatedAt{id,name|isInCountry{id,description}},x"]),
    (parse_order_by, ["type;asc,name.sub;desc,address[city];dist-asc"]),
    (parse_language, ["fr-CH, fr;q=0.9, en;q=0.8, *;q=0.5"]),
    (parse_georel, ["near;maxDistance==2000", "near;minDistance==1.5e3", "within"]),
    (parse_duration, ["P3Y6M4DT12H30M5.5S", "P2W"]),
    (lambda text: compile_pattern(text)("a" * 200), ["^(a|b)*[[:alpha:]]+\\.c{2,5}(?:x|y)?$", "(?i)[^a-z\\d]+"]),
]
PIECES = [
    *"()[]{}<>=!~;|,.:/#+*?^$\\\"'-_ \t\n\x00é\ud800a1T",
    "==",
    "..",
    "((((((((",
    "))))))))",
    "a" * 300,
    "9" * 500,
    "(a+)+",
    "{255}",
    "a;",
    "a{",
    "\\u",
    "😀",
]


def _mutated(text: str, chance: random.Random) -> str:
    for _ in range(chance.randint(1, 4)):
        where = chance.randint(0, len(text))
        match chance.randint(0, 4):
            case 0:
                text = text[:where] + text[where + chance.randint(1, 5) :]
            case 1:
                text = text[:where] + chance.choice(PIECES) + text[where:]
            case 2:
                text = text[:where] + chance.choice(PIECES) * chance.choice([1, 2, 50, 2000]) + text[where:]
            case 3:
                text = text[:where] + text[chance.randint(0, len(text)) :] + text[:where]
            case _:
                text = text[where:] + text[:where]
    return text[:200_000]


def _timed(run: Callable[[], object], what: str) -> None:
    """Run, let InvalidQuery pass, and fail on other errors or when it takes long twice in a row."""
    for attempt in range(2):
        started = time.process_time()
        try:
            run()
        except InvalidQuery as error:
            str(error)
        if time.process_time() - started < LIMIT:
            return
        if attempt:
            pytest.fail(f"took over {LIMIT} s: {what[:200]!r}")


@pytest.mark.parametrize(("parse", "seeds"), PARSERS, ids=[str(seeds[0])[:20] for _, seeds in PARSERS])
def test_mutated_texts_raise_our_errors_only(parse: Callable[[str], Any], seeds: list[str]) -> None:
    """Seeded mutations of every language parse or raise InvalidQuery, each within 100 ms."""
    chance = random.Random(20_260_501)
    for _ in range(MUTATIONS // len(PARSERS)):
        text = _mutated(chance.choice(seeds), chance)
        _timed(lambda text=text: parse(text), text)  # type: ignore[misc]


def _mutated_json(value: Any, chance: random.Random) -> Any:
    if chance.random() < 0.15:
        return chance.choice([None, True, -1, 10**30, 1e308, "", "x", "\ud800", [], {}, [[]], {"a": {}}, "[" * 3000])
    if isinstance(value, dict):
        members = {name: _mutated_json(member, chance) for name, member in value.items() if chance.random() > 0.05}
        if chance.random() < 0.05:
            members[chance.choice(["bogus", "type", "q", ""])] = "x"
        return members
    if isinstance(value, list):
        return [_mutated_json(item, chance) for item in value for _ in range(chance.choice([1, 1, 1, 0, 30]))]
    if isinstance(value, str) and chance.random() < 0.2:
        return _mutated(value, chance)
    return value


BODY = {
    "type": "Query",
    "entities": [{"type": "A,B", "id": ["urn:a:1"], "idPattern": "^urn"}, {"type": "*"}],
    "q": "a>1;b{c}",
    "geoQ": {"georel": "within", "geometry": "Polygon", "coordinates": [[[1, 2], [2, 2], [2, 3], [1, 2]]]},
    "scopeQ": "/a/#",
    "temporalQ": {"timerel": "after", "timeAt": "2026-05-01T00:00:00Z", "lastN": 5, "aggrMethods": ["avg"]},
    "pick": ["id", "a{b}"],
    "lang": "nl",
    "ordering": {"orderBy": ["a;dist-asc"], "coordinates": [1, 2], "geometry": "Point", "collation": "de"},
    "join": "flat",
    "joinLevel": 2,
    "containedBy": ["urn:b:1"],
    "datasetId": ["@none"],
    "entityMap": True,
    "entityMapLifetime": "PT1H",
}


def test_mutated_bodies_raise_our_errors_only() -> None:
    """Seeded mutations of a body are read or raise InvalidQuery, each within 100 ms."""
    chance = random.Random(7)
    for _ in range(MUTATIONS // 10):
        body = _mutated_json(BODY, chance)
        _timed(lambda body=body: EntityQuery.from_body(body), str(body))  # type: ignore[misc]


def test_mutated_parameters_raise_our_errors_only() -> None:
    """Seeded mutations of URL parameters are read or raise InvalidQuery, each within 100 ms."""
    chance = random.Random(11)
    query = EntityQuery.from_body({**BODY, "entities": [BODY["entities"][0]]}, {"limit": "5", "options": "sysAttrs"})  # type: ignore[index]
    parameters = query.to_parameters()
    for _ in range(MUTATIONS // 3):
        mutated = [
            (name, _mutated(value, chance) if chance.random() < 0.1 else value)
            for name, value in parameters
            if chance.random() > 0.02
        ]
        _timed(lambda mutated=mutated: EntityQuery.from_parameters(mutated), str(mutated))  # type: ignore[misc]


@pytest.mark.parametrize(
    "text",
    [
        "(" * 60_000,
        "a|" * 30_000,
        "a;" * 30_000 + "a",
        "a==" + "1," * 30_000 + "1",
        'a=="' + "x" * 60_000 + '"',
        'a=="' + "\\\\" * 30_000,
        "a~=" + "(" * 60_000,
        "a~=" + "[" * 60_000,
        "a~=" + "[[:" * 20_000,
        'a~="' + '\\"' * 30_000,
        "a[" + "b." * 30_000 + "b]==1",
        "a." * 30_000 + "a",
        "a{T," * 15_000,
        "a{" + "T," * 30_000 + ":b}",
        "https://" + "a/" * 30_000,
        "https://a#" + "b." * 30_000 + "b",
        "a==" + "9" * 60_000,
        "a==" + "9" * 60_000 + "." + "9" * 5_000,
        "a" * 10_000_000,
        "é" * 60_000,
    ],
)
def test_huge_queries_are_decided_quickly(text: str) -> None:
    """The longest texts of every kind are read or refused within 100 ms."""
    _timed(lambda: parse_q(text), text)
    _timed(lambda: parse_types(text), text)
    _timed(lambda: parse_scope(text), text)
    _timed(lambda: parse_projection(text), text)


def test_huge_selections_and_coordinates_are_decided_quickly() -> None:
    """Selections that multiply out, and coordinates by the megabyte, are bounded."""
    for text in (
        "A;" * 30_000 + "A",
        "A," * 30_000 + "A",
        "(" + "A," * 500 + "A)" + ";B" * 20_000,
        "(A,B);" * 30 + "A",
    ):
        _timed(lambda text=text: parse_types(text), text)  # type: ignore[misc]
    for coordinates in (
        "[" * 900_000,
        "[1,2]," * 160_000,
        "[" + "[1,2]," * 160_000 + "[1,2]]",
        "[" + "1," * 490_000 + "1]",
    ):
        for geometry in ("Point", "MultiPoint", "MultiPolygon"):
            parameters = {"georel": "within", "geometry": geometry, "coordinates": coordinates}
            _timed(lambda parameters=parameters: GeoQuery.from_parameters(parameters), coordinates)  # type: ignore[misc]
    _timed(lambda: TemporalQuery.from_parameters({"aggrMethods": "avg," * 100_000}), "aggrMethods")
