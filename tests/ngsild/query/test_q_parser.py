"""Reading the query language."""

from __future__ import annotations

import pytest

from citycontext.errors import InvalidQuery
from citycontext.ngsild.query import (
    And,
    AttributePath,
    Comparison,
    Exists,
    LinkedPath,
    Missing,
    Operator,
    Or,
    Pattern,
    Value,
    ValueKind,
    ValueList,
    ValueRange,
    parse_q,
)
from citycontext.ngsild.query.q_parser import MAX_CONDITIONS


def comparison(path: str, operator: str, operand: Value | ValueRange | ValueList | Pattern) -> Comparison:
    return Comparison(AttributePath(tuple(path.split("."))), Operator(operator), operand)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("temperature", Exists(AttributePath(("temperature",)))),
        ("temperature==20", comparison("temperature", "==", Value("20"))),
        ('brandName!="Mercedes"', comparison("brandName", "!=", Value('"Mercedes"'))),
        ("open==true", comparison("open", "==", Value("true"))),
        ("t.observedAt>=2017-12-24T12:00:00Z", comparison("t.observedAt", ">=", Value("2017-12-24T12:00:00Z"))),
        ("day<2017-12-24", comparison("day", "<", Value("2017-12-24"))),
        ("opens<=08:30:00Z", comparison("opens", "<=", Value("08:30:00Z"))),
        ("t==10..20", comparison("t", "==", ValueRange(Value("10"), Value("20")))),
        ("t!=-1.5e3..2.5", comparison("t", "!=", ValueRange(Value("-1.5e3"), Value("2.5")))),
        ('c=="black","red"', comparison("c", "==", ValueList((Value('"black"'), Value('"red"'))))),
        ('c=="black", "red"', comparison("c", "==", ValueList((Value('"black"'), Value('"red"'))))),
        ("r==urn:ngsi-ld:B:1", comparison("r", "==", Value("urn:ngsi-ld:B:1"))),
        ("r==urn:a:1,urn:a:2", comparison("r", "==", ValueList((Value("urn:a:1"), Value("urn:a:2"))))),
        ("gender==Male", comparison("gender", "==", Value("Male"))),
        ("name~=^G.*", comparison("name", "~=", Pattern("^G.*"))),
        ('name!~="^G"', comparison("name", "!~=", Pattern('"^G"'))),
        (
            'address[city]=="Gent"',
            Comparison(AttributePath(("address",), ("city",)), Operator.EQUAL, Value('"Gent"')),
        ),
        (
            "sensor.rawdata[airquality.particulate]==40",
            Comparison(
                AttributePath(("sensor", "rawdata"), ("airquality", "particulate")), Operator.EQUAL, Value("40")
            ),
        ),
        ('name[nl-BE]=="Gent"', Comparison(AttributePath(("name",), ("nl-BE",)), Operator.EQUAL, Value('"Gent"'))),
        ('name[*]=="Gent"', Comparison(AttributePath(("name",), ("*",)), Operator.EQUAL, Value('"Gent"'))),
        (
            "sensor{humidity}==40",
            Comparison(LinkedPath("sensor", AttributePath(("humidity",))), Operator.EQUAL, Value("40")),
        ),
        (
            "a{T,ex:U:b{V:c.d[e]}}",
            Exists(
                LinkedPath("a", LinkedPath("b", AttributePath(("c", "d"), ("e",)), types=("V",)), types=("T", "ex:U"))
            ),
        ),
        ("ngsi-ld:name", Exists(AttributePath(("ngsi-ld:name",)))),
        (
            "https://example.org/vocab#t.observedAt",
            Exists(AttributePath(("https://example.org/vocab#t", "observedAt"))),
        ),
        (
            "rel{https://example.org/v#T:https://example.org/v#a}",
            Exists(LinkedPath("rel", AttributePath(("https://example.org/v#a",)), types=("https://example.org/v#T",))),
        ),
        ("größe>1", comparison("größe", ">", Value("1"))),
    ],
)
def test_reads_every_form_of_a_condition(text: str, tree: Exists | Comparison) -> None:
    """Each form of the grammar becomes the tree that says the same."""
    assert parse_q(text) == tree


def test_and_binds_tighter_than_or() -> None:
    """``a;b|c`` is (a and b) or c."""
    a, b, c = (Exists(AttributePath((name,))) for name in "abc")
    assert parse_q("a;b|c") == Or((And((a, b)), c))
    assert parse_q("a;(b|c)") == And((a, Or((b, c))))


def test_parentheses_nest_as_in_example_6_of_the_clause() -> None:
    """Groups inside groups are read, though the grammar as printed allows one level."""
    tree = parse_q('((speed>50|rpm>3000);brandName=="Mercedes")')
    assert str(tree) == '(speed>50|rpm>3000);brandName=="Mercedes"'


def test_redundant_parentheses_leave_no_trace() -> None:
    """Grouping that changes nothing gives the same tree as no grouping."""
    assert parse_q("(a;(b;c));((d))") == parse_q("a;b;c;d")


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("20", ValueKind.NUMBER, 20),
        ("20.50", ValueKind.NUMBER, 20.5),
        ('"a\\"b\\u00e9"', ValueKind.STRING, 'a"bé'),
        ("false", ValueKind.BOOLEAN, False),
        ("urn:x:1", ValueKind.URI, "urn:x:1"),
        ("Male", ValueKind.TERM, "Male"),
    ],
)
def test_values_keep_their_text_and_give_their_value(text: str, kind: ValueKind, value: object) -> None:
    """A value is printed as it was written, and read as Python has it."""
    found = Value(text)
    assert (found.kind, found.value, str(found)) == (kind, value, text)


def test_a_bare_pattern_ends_where_the_condition_ends() -> None:
    """``;``, ``|`` and ``)`` end a bare pattern unless its own brackets hold them."""
    assert parse_q("(name~=^(a|b)[;)]c|x)") == Or(
        (comparison("name", "~=", Pattern("^(a|b)[;)]c")), Exists(AttributePath(("x",))))
    )


def test_a_quoted_pattern_keeps_its_backslashes() -> None:
    """Inside quotes a backslash belongs to the pattern, and before a quote it makes it one of the pattern."""
    assert Pattern(r'"a\.b"').pattern == r"a\.b"
    assert Pattern(r'"say \"hi\""').pattern == r"say \"hi\""


def test_not_is_read_only_where_it_is_asked_for() -> None:
    """``!attr`` is not part of the standard, and Stellio's extension when allowed."""
    assert parse_q("!a;b", allow_missing=True) == And((Missing(AttributePath(("a",))), Exists(AttributePath(("b",)))))
    with pytest.raises(InvalidQuery):
        parse_q("!a")


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("", 0, "empty"),
        ("temperature>", 12, "expected a number"),
        ("temperature>>", 12, "not '>'"),
        ("(temperature>1", 14, "expected '\\)'"),
        ("temperature>1)", 13, "without '\\('"),
        ("(invalidQuery", 13, "expected '\\)'"),
        ("a=1", 1, "equality is '=='"),
        ("a;;b", 2, "attribute name"),
        ("a|", 2, "attribute name"),
        ("a b", 1, "no blanks"),
        ("1a==1", 0, "attribute name"),
        ("a==01", 3, "expected a number"),
        ("a==.5", 3, "expected a number"),
        ('a=="x', 3, "does not end"),
        ('a=="\\x"', 3, "does not end"),
        ("a==2020-13-01", 3, "not a date that exists"),
        ("a==2020-01-01T25:00:00Z", 3, "not a dateTime that exists"),
        ("a==2020-01-01T10:00:00", 3, "expected a number"),
        ("a>true", 2, "has no order"),
        ("a>1,2", 2, "takes one value"),
        ("a<1..2", 2, "takes one value"),
        ('a==1.."b"', 6, "both ends are of one kind"),
        ("a==true..false", 3, "not an end of a range"),
        ("a==1..", 6, "expected a number"),
        ("a[b", 3, "expected ']'"),
        ("a[]", 2, "member name"),
        ("a[b]c", 4, "unexpected 'c'"),
        ("a[b][c]", 4, "unexpected '\\['"),
        ("a{b", 3, "expected '}'"),
        ("a{}", 2, "attribute name"),
        ("a.b{c}", 0, "from an attribute itself"),
        ("a{1T:b}", 2, "not an entity type"),
        ("a~=", 3, "expected a pattern"),
        ("a~=*", 3, "nothing for '\\*' to repeat"),
        ("x;a~=b(", 7, "expected '\\)'"),
        ('a~="b', 3, "does not end"),
        ("a!b", 1, "unexpected '!'"),
        ("a==\ud800", 3, "surrogate"),
    ],
)
def test_errors_point_at_the_column(text: str, column: int, message: str) -> None:
    """What does not follow the grammar is refused where reading stopped, with what was expected."""
    with pytest.raises(InvalidQuery, match=message) as caught:
        parse_q(text)
    assert caught.value.column == column
    assert caught.value.text == text
    assert caught.value.clause == "4.9"


def test_limits_keep_hostile_queries_cheap() -> None:
    """Depth, number of conditions, links, length and digits are bounded, each with its own error."""
    for text, message in [
        ("(" * 100_0 + "a" + ")" * 1000, "nested deeper"),
        ("a;" * MAX_CONDITIONS + "a", "conditions"),
        ("a{" * 100 + "b" + "}" * 100, "links"),
        ("a" * 1_000_000, "longer than"),
        ("a==" + "9" * 5000, "digits"),
    ]:
        with pytest.raises(InvalidQuery, match=message):
            parse_q(text)
