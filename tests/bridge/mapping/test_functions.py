"""Functions of our own in paths: what they read, what they leave alone, and what they refuse in words."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citycontext.bridge.mapping.paths import compile_path

DOCUMENT = {
    "inside": '{"temp": 21.5}',
    "status": 6,
    "name": " Back Door ",
    "csv": "20.1;40;1",
    "meters": {"Meter A": [{"ts": 1, "v": 21.5}, {"ts": 2, "v": 21.6}], "Meter B": [{"ts": 1, "v": 19.0}]},
    "at": [10, 20],
    "v": [21.5, 21.6],
    "eui": "0A-0B-0C-0D-0E-0F-00-01",
    "zero": 0,
    "empty": "",
    "lat": "5103.000",
    "ns": "N",
    "three": 3,
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("json(inside).temp", 21.5),
        ("json(empty)", None),
        ("json(missing).temp", None),
        ("bit(status, `2`)", True),
        ("bit(status, `0`)", False),
        ("bitand(status, `4`)", 4),
        ("bits(status, `1`, `2`)", 3),
        ("split(csv, ';')[1]", "40"),
        ("number(split(csv, ';')[0])", 20.1),
        ("number('21,5', ',')", 21.5),
        ("number('12 seconds')", 12),
        ("integer('1F', `16`)", 31),
        ("integer('0x1f', `16`)", 31),
        ("lower(trim(name))", "back door"),
        ("upper('a')", "A"),
        ("replace(trim(name), ' ', '-')", "Back-Door"),
        ("substring(name, `1`, `5`)", "Back"),
        ("substring(trim(name), `5`)", "Door"),
        ("add(status, `1`)", 7),
        ("subtract(status, `0.1`)", 5.9),
        ("multiply(three, `0.1`)", 0.3),
        ("divide(three, `2`)", 1.5),
        ("modulo(three, `2`)", 1),
        ("round(`21.456`, `1`)", 21.5),
        ("add(missing, `1`)", None),
        ("items(meters)[1].key", "Meter B"),
        ("unnest(items(meters), 'value')[*].[key, value.v]", [["Meter A", 21.5], ["Meter A", 21.6], ["Meter B", 19.0]]),
        ("rows({at: at, v: v})", [{"at": 10, "v": 21.5}, {"at": 20, "v": 21.6}]),
        ("rows({at: missing, v: missing})", None),
        ("eui(eui)", "0a0b0c0d0e0f0001"),
        ("eui(eui, ':')", "0a:0b:0c:0d:0e:0f:00:01"),
        ("degrees(lat, ns)", 51.05),
        ("degrees('3°43\u203212\u2033E')", 3.72),
        ("degrees('3°43\u203212\u2033W')", -3.72),
        ("degrees('N 51 03.000')", 51.05),
        ("degrees('-3.72')", -3.72),
    ],
)
def test_what_functions_find(path: str, value: Any) -> None:
    """Each function gives what its name says, and nothing of nothing."""
    assert compile_path(path)(DOCUMENT) == value


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("json(name)", "not JSON"),
        ("json(status)", "a text belongs here"),
        ("bit(name, `1`)", "a whole number belongs here"),
        ("bit(status, `65`)", "from 0 to 64"),
        ("divide(status, zero)", "by zero"),
        ("split(csv, '')", "separator is empty"),
        ("integer('2', `2`)", "not a whole number of base 2"),
        ("integer('', `10`)", "not a whole number"),
        ("items(v)", "an object belongs here"),
        ("unnest(meters, 'value')", "an array belongs here"),
        ("rows({at: at, v: `[1]`})", "differ in length"),
        ("rows(meters.missing || at)", "an object of arrays"),
        ("eui(name)", "not an EUI"),
        ("degrees('north')", "not an angle"),
        ("degrees('51°61')", "go to 60"),
        ("degrees('51°03N', 'up')", "not a hemisphere"),
    ],
)
def test_what_functions_refuse(path: str, says: str) -> None:
    """A value that a function does not take is an error that names function and value, not silence."""
    with pytest.raises(ValueError, match=says):
        compile_path(path)(DOCUMENT)


def test_a_function_that_there_is_not() -> None:
    """A misspelt function, or one with too few arguments, is found when the file is read, with the cure."""
    with pytest.raises(ValueError, match="gives 1 arguments to bit, which takes 2"):
        compile_path("bit(status)")
    with pytest.raises(ValueError, match='a function bitnd that there is not; did you mean "bitand"'):
        compile_path("a[?bitnd(@, `4`)].b")


@given(st.floats(-89.99, 89.99).map(lambda angle: round(angle, 4)))
def test_degrees_minutes_and_seconds_are_decimal_degrees(angle: float) -> None:
    """An angle written in degrees, minutes and seconds, or as NMEA, is the angle it was."""
    seconds = round(abs(angle) * 3600, 2)
    degrees, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    side = "S" if angle < 0 else "N"
    written = f"{degrees:.0f}°{minutes:.0f}'{seconds:.2f}\"{side}"
    if round(seconds, 2) < 60:
        assert compile_path("degrees(a)")({"a": written}) == pytest.approx(angle, abs=1e-5)
    whole, part = divmod(abs(angle), 1)
    nmea = f"{whole:02.0f}{part * 60:07.4f}"
    if part * 60 < 59.9999:
        assert compile_path("degrees(a, s)")({"a": nmea, "s": side}) == pytest.approx(angle, abs=1e-5)
