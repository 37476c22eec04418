"""Writing queries in Python."""

from __future__ import annotations

import copy
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import StrEnum

import pytest

from citycontext.errors import InvalidQuery, InvalidTime
from citycontext.ngsild.query import Condition, Q, Value, parse_q


class Status(StrEnum):
    FREE = "free"


@pytest.mark.parametrize(
    ("built", "text"),
    [
        (Q.availableSpotNumber > 10, "availableSpotNumber>10"),
        (10 < Q.a, "a>10"),  # noqa: SIM300
        (Q("address[city]") == "Gent", 'address[city]=="Gent"'),
        (Q.a.b != 1.5, "a.b!=1.5"),
        (Q.a >= Decimal("1.50"), "a>=1.50"),
        (Q.a <= -1, "a<=-1"),
        (Q.location["x"] < 3, "location[x]<3"),
        (Q.address["geo.zone"] == 2, "address[geo.zone]==2"),
        (Q.address["geo"]["zone"] == 2, "address[geo.zone]==2"),
        (Q.name["*"] == "Gent", 'name[*]=="Gent"'),
        (Q.open == True, "open==true"),  # noqa: E712
        (Q.x.exists(), "x"),
        (Q.x.missing(), "!x"),
        (Q.speed.between(10, 20), "speed==10..20"),
        (Q.speed.outside(10, 20), "speed!=10..20"),
        (Q.status.one_of("free", "closed"), 'status=="free","closed"'),
        (Q.status.one_of("free"), 'status=="free"'),
        (Q.status.none_of("free", "closed"), 'status!="free","closed"'),
        (Q.status == Status.FREE, 'status=="free"'),
        (Q.name.matches("^G.*"), "name~=^G.*"),
        (Q.name.matches("a;b"), 'name~="a;b"'),
        (Q.name.matches('say "hi"'), 'name~=say "hi"'),
        (Q.name.matches('"quoted";'), 'name~="\\"quoted\\";"'),
        (Q.name.matches_not("x"), "name!~=x"),
        (Q.sensor.linked().humidity == 40, "sensor{humidity}==40"),
        (Q.sensor.linked("Device").at.linked("A", "B").c["d"] > 1, "sensor{Device:at{A,B:c[d]}}>1"),
        (Q("sensor{Device:humidity}") == 40, "sensor{Device:humidity}==40"),
        (Q("a.exists").exists(), "a.exists"),
        (Q("as") == "x", 'as=="x"'),
        (Q.name == 'a "quote" \\ é', 'name=="a \\"quote\\" \\\\ é"'),
        (Q.r == Value("urn:ngsi-ld:B:1"), "r==urn:ngsi-ld:B:1"),
        (Q.t.observedAt > datetime(2026, 5, 1, 12, tzinfo=UTC), "t.observedAt>2026-05-01T12:00:00Z"),
        (
            Q.t > datetime(2026, 5, 1, 12, 0, 0, 500_000, tzinfo=timezone(timedelta(hours=2))),
            "t>2026-05-01T10:00:00.500000Z",
        ),
        (Q.t == date(2026, 5, 1), "t==2026-05-01"),
        (Q.t == time(8, 30, tzinfo=UTC), "t==08:30:00Z"),
        ((Q.a > 1) & (Q.b < 2) & Q.c.exists(), "a>1;b<2;c"),
        ((Q.a > 1) & ((Q.b < 2) | Q.c.exists()), "a>1;(b<2|c)"),
        (((Q.a > 1) & (Q.b < 2)) | Q.c.exists(), "a>1;b<2|c"),
    ],
)
def test_writes_what_was_meant(built: Condition, text: str) -> None:
    """Python expressions become the language's text, which reads back as the same tree."""
    assert str(built) == text
    assert parse_q(text, allow_missing=True) == built


@pytest.mark.parametrize(
    ("mistake", "hint"),
    [
        (lambda: (Q.a > 1) and (Q.b > 2), "combine conditions with & and |"),
        (lambda: not (Q.a > 1), "combine conditions with & and |"),
        (lambda: 1 < Q.a < 3, "between"),
        (lambda: ~(Q.a > 1), "no negation"),
        (lambda: ~Q.a, "no negation"),
        (lambda: Q.a > 1 & Q.b, "parentheses"),
        (lambda: Q.a | (Q.b > 1), "parentheses"),
        (lambda: (Q.b > 1) & Q.a, "exists"),
        (lambda: bool(Q.a), "exists"),
        (lambda: Q.a == Q.b, "not with another attribute"),
        (lambda: Q.a == None, "no null"),  # noqa: E711
        (lambda: Q.a == [1, 2], "one_of"),
        (lambda: Q.a == {"b": 1}, "cannot compare with a dict"),
        (lambda: Q.a[0], "named by a text"),
        (lambda: "b" in Q.a, "not a container|not iterable|not supported"),
        (lambda: list(Q.a), "not iterable"),
    ],
)
def test_mistakes_of_python_are_explained(mistake: object, hint: str) -> None:
    """What Python would silently get wrong raises TypeError that says what to write instead."""
    assert callable(mistake)
    with pytest.raises(TypeError, match=hint):
        mistake()


@pytest.mark.parametrize(
    "mistake",
    [
        lambda: Q.a > float("nan"),
        lambda: Q.a > Decimal("Infinity"),
        lambda: Q.a == 10**400,
        lambda: Q.a > True,
        lambda: Q.a.between(1, "b"),
        lambda: Q.a.one_of(),
        lambda: Q.a.matches("["),
        lambda: Q("a b"),
        lambda: Q.a.b.linked(),
        lambda: Q.a.linked().exists(),
        lambda: Q.a.linked("not a type").b.exists(),
        lambda: Q.a == "\ud800",
        lambda: Q.t == time(8, 30),
    ],
)
def test_what_the_language_cannot_say_is_refused(mistake: object) -> None:
    """A value, name or pattern that would not parse raises InvalidQuery when it is written."""
    assert callable(mistake)
    with pytest.raises(InvalidQuery):
        mistake()


def test_a_time_without_zone_is_refused() -> None:
    """A naive datetime is not taken for UTC."""
    with pytest.raises(InvalidTime, match="time zone"):
        _ = Q.t > datetime(2026, 5, 1)  # noqa: DTZ001


def test_targets_are_no_magnets_for_special_names() -> None:
    """Copying or looking for private names finds nothing, so that tools do not mistake a target for something else."""
    assert not hasattr(Q, "_repr_html_")
    assert not hasattr(Q.a, "__array__")
    assert str(copy.copy(Q.a).b == 1) == "a.b==1"
    assert repr(Q.a.linked("T").b["c"]) == "Q('a{T:b[c]}')"


def test_a_query_tells_what_it_looks_at() -> None:
    """The attributes and the number of links are known without evaluating."""
    query = (Q.a.b > 1) & (Q.c.exists() | (Q.d.linked("T").e.linked().f == 1))
    assert query.attributes == {"a", "c", "d"}
    assert query.links == 2
