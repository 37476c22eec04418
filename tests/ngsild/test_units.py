"""Units of measurement."""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citycontext.errors import UnitError
from citycontext.ngsild.units import Unit, all_units, convert, converter, find_unit
from citycontext.ngsild.units.table import MISTAKEN_CODES, SPELLINGS

units = st.sampled_from(all_units())
PAIRS = [(source, target) for source in all_units() for target in all_units() if source.converts_to(target)]


def test_a_code_leads_to_symbol_name_and_qudt() -> None:
    """A UN/CEFACT code gives all that is known of its unit."""
    unit = Unit.of("GQ")
    assert (unit.symbol, unit.name, unit.quantity) == ("µg/m³", "microgram per cubic metre", "mass concentration")
    assert unit.qudt == "http://qudt.org/vocab/unit/MicroGM-PER-M3"
    assert unit.quantity_kind == "http://qudt.org/vocab/quantitykind/MassDensity"
    assert str(unit) == "µg/m³"


def test_codes_symbols_and_qudt_names_are_unique() -> None:
    """No two units share a code, a symbol or a QUDT name, so each leads to one."""
    for keys in ([u.code for u in all_units()], [u.symbol for u in all_units()], [u.qudt for u in all_units()]):
        assert [key for key, count in Counter(keys).items() if key and count > 1] == []


@pytest.mark.parametrize(
    ("code", "qudt"),
    [
        *(("CEL", "DEG_C"), ("MTR", "M"), ("CMT", "CentiM"), ("MMT", "MilliM"), ("P1", "PERCENT")),
        *(("H67", "MilliM-PER-HR"), ("KGM", "KiloGM"), ("GQ", "MicroGM-PER-M3"), ("GP", "MilliGM-PER-M3")),
        *(("MTQ", "M3"), ("LTR", "L"), ("MQH", "M3-PER-HR"), ("59", "PPM"), ("61", "PPB"), ("2N", "DeciB")),
        *(("SEC", "SEC"), ("MIN", "MIN"), ("HUR", "HR"), ("KWH", "KiloW-HR"), ("WTT", "W"), ("KWT", "KiloW")),
        *(("A97", "HectoPA"), ("MBR", "MilliBAR"), ("VLT", "V"), ("AMP", "A"), ("4K", "MilliA")),
        *(("MTS", "M-PER-SEC"), ("KMH", "KiloM-PER-HR"), ("M1", "MilliGM-PER-L"), ("DD", "DEG")),
        *(("G42", "MicroS-PER-CentiM"), ("D10", "S-PER-M"), ("LUX", "LUX"), ("D54", "W-PER-M2"), ("HP", "MilliM_H2O")),
    ],
)
def test_codes_and_qudt_names_belong_together(code: str, qudt: str) -> None:
    """The pairs that air, water, noise, weather and traffic data need lead to each other."""
    assert Unit.of(code).qudt == f"http://qudt.org/vocab/unit/{qudt}"
    assert Unit.from_qudt(f"http://qudt.org/vocab/unit/{qudt}") == Unit.of(code)
    assert Unit.from_qudt(f"unit:{qudt}") == Unit.of(code)


def test_one_code_has_two_names_in_qudt() -> None:
    """C62 is both UNITLESS and ONE in QUDT: both are read, the first is written."""
    assert Unit.from_qudt("http://qudt.org/vocab/unit/ONE") == Unit.from_qudt("unit:UNITLESS") == Unit.of("C62")
    assert Unit.of("C62").qudt.endswith("/UNITLESS")


@pytest.mark.parametrize(
    ("value", "source", "target", "result"),
    [
        (36, "KMH", "MTS", 10),
        (20, "CEL", "FAH", 68),
        (-40, "FAH", "CEL", -40),
        (0, "CEL", "KEL", 273.15),
        (1013.25, "A97", "ATM", 1),
        (1, "KWH", "3B", 3.6),
        (1, "ANN", "MON", 12),
        (12.5, "P1", "C62", 0.125),
        (1, "M1", "GP", 1000),
        (60, "H67", "H81", 1),
        (1, "KNT", "KMH", 1.852),
        (180, "DD", "C81", 3.141592653589793),
        (1500, "G42", "H61", 1.5),
        (2, "A59", "P1", 25),
    ],
)
def test_conversion(value: float, source: str, target: str, result: float) -> None:
    """Values that anyone can check convert to the last digit, temperatures by their zero points too."""
    assert convert(value, source, target) == pytest.approx(result, rel=1e-15, abs=1e-12)


def test_exact_conversions_are_exact() -> None:
    """Whole results come out whole, and the same unit changes nothing, not even an int."""
    assert convert(36, "KMH", "MTS") == 10.0
    assert convert(20, "CEL", "FAH") == 68.0
    same = convert(7, "CEL", "CEL")
    assert isinstance(same, int)
    assert convert(5, find_unit("dB(A)"), find_unit("dBA")) == 5


@given(pair=st.sampled_from(PAIRS), value=st.floats(-1e9, 1e9))
def test_there_and_back_again(pair: tuple[Unit, Unit], value: float) -> None:
    """A value converted and converted back is the same, within the last digits, for every pair of units."""
    source, target = pair
    scale = max(abs(value), float(source.offset), abs(float(target.offset * target.factor / (source.factor or 1))))
    assert convert(convert(value, source, target), target, source) == pytest.approx(
        value, rel=1e-9, abs=max(scale * 1e-9, 1e-300)
    )


@given(source=units, target=units)
def test_only_one_quantity_converts(source: Unit, target: Unit) -> None:
    """Units convert when they measure the same quantity on a common scale, and otherwise raise a UnitError."""
    if source.converts_to(target):
        assert source.quantity == target.quantity
        converter(source, target)
    else:
        with pytest.raises(UnitError, match="does not convert"):
            converter(source, target)


@pytest.mark.parametrize(
    ("source", "target", "message"),
    [
        ("CEL", "MTR", "measures temperature, not length"),
        ("KWH", "K3", "measures energy, not reactive energy"),
        ("59", "GQ", "measures ratio, not mass concentration"),
        ("2N", "P1", "measures sound level, not ratio"),
    ],
)
def test_what_does_not_convert_says_why(source: str, target: str, message: str) -> None:
    """The error names both quantities: kWh are not kvarh, and ppm of a gas is no µg/m³ without its molar mass."""
    with pytest.raises(UnitError, match=message):
        convert(1, source, target)


@pytest.mark.parametrize("value", [True, "5", None])
def test_what_is_no_number_is_refused(value: Any) -> None:
    """A boolean or a text is not converted by accident."""
    with pytest.raises(UnitError, match="is not a number"):
        convert(value, "CEL", "KEL")


def test_a_number_beyond_floats_is_refused() -> None:
    """An int that no float can hold raises a UnitError, not an OverflowError."""
    with pytest.raises(UnitError, match="too large"):
        convert(10**400, "KMT", "MTR")


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("HPA", "means hectolitre of pure alcohol; for hectopascal write A97"),
        ("KW", "means kilogram per millimetre; for kilowatt write KWT"),
        ("VA", "means volt-ampere per kilogram; for volt ampere write D46"),
        ("mg/l", "did you mean M1"),
        ("K", "did you mean KEL"),
        ("cel", "did you mean CEL"),
        ("", "write C62"),
        ("QQQQ", "'QQQQ' is not known"),
    ],
)
def test_a_wrong_code_is_explained(code: str, message: str) -> None:
    """A code that means something else, a symbol in its place, or a slip of the keys: each gets its cure."""
    with pytest.raises(UnitError, match=message):
        Unit.of(code)


def test_mistaken_codes_are_no_units_of_the_table() -> None:
    """Every code in the list of mistakes is refused, and what was meant is known."""
    for code, (_, meant) in MISTAKEN_CODES.items():
        assert Unit.of(meant).code == meant
        with pytest.raises(UnitError, match=meant):
            Unit.of(code)


def test_a_qudt_name_that_is_not_known_is_explained() -> None:
    """An unknown QUDT unit raises a UnitError with the nearest names."""
    with pytest.raises(UnitError, match="DEG_C"):
        Unit.from_qudt("http://qudt.org/vocab/unit/DEG_X")


@pytest.mark.parametrize("unit", all_units(), ids=lambda unit: unit.symbol)
def test_every_unit_is_found_by_all_its_names(unit: Unit) -> None:
    """Code, symbol, name, plural and QUDT name find their unit, and none is hidden by another's."""
    texts = [unit.symbol, unit.name, unit.name.upper(), unit.qudt]
    for text in texts + ([unit.code] if unit.code != "NA" else []):
        if text:
            assert find_unit(text) == unit, text


def test_every_spelling_is_found() -> None:
    """Each listed spelling leads to the unit it is listed for."""
    known = {unit.code or unit.symbol: unit for unit in all_units()}
    for key, spellings in SPELLINGS.items():
        for spelling in spellings.split(","):
            assert find_unit(spelling) == known[key], spelling


@pytest.mark.parametrize(
    ("text", "found"),
    [
        *(("meters", "MTR"), ("Metre", "MTR"), ("Kilograms", "KGM"), ("Ampers (A)", "AMP"), ("Volts (V)", "VLT")),
        *(("ºK", "KEL"), ("Celsius degrees", "CEL"), ("degrees Celsius (C)", "CEL"), ("Km/h", "KMH"), ("w/m2", "D54")),
        *(("mg/l", "M1"), ("mg per liter", "M1"), ("µg/m3", "GQ"), ("μg/m³", "GQ"), ("ug.m-3", "GQ"), ("m^3/s", "MQS")),
        *(("kWh", "KWH"), ("Kw Hour", "KWH"), ("Kilowatts per hour (kWh)", "KWH"), ("siemens / m", "D10")),
        *(("Liters per square meter", "MMT"), ("litres/hour", "E32"), ("m s-1", "MTS"), ("hecto Pascals", "A97")),
        *(("HPA", "A97"), ("J/s", "WTT"), ("  km / h ", "KMH"), ("KILOMETRES", "KMT"), ("1/day", "E91")),
    ],
)
def test_spellings_of_the_wild(text: str, found: str) -> None:
    """Plurals, case, signs, brackets, other spellings and other units in the same place are understood."""
    assert find_unit(text) == Unit.of(found)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("mw", r"megawatt \(MAW\) or milliwatt \(C31\)"),
        ("KiloVolts-Ampere-Reactive (kVArh)", r"\(K3\)|\(KVR\)"),
        ("NA", "not applicable"),
        ("kilometres per minute per second", "no unit is known"),
        ("kilomtres", r"did you mean .*kilometre \(KMT\)"),
        ("Douglas sea scale", "no unit is known"),
        ("", "no unit is known"),
        ("x" * 1_000, "too long"),
    ],
)
def test_what_is_unclear_is_refused(text: str, message: str) -> None:
    """A text with two meanings or none is not guessed at."""
    with pytest.raises(UnitError, match=message):
        find_unit(text)


@given(text=st.text(max_size=120) | st.text(alphabet="kmgµ/()· perh²-^", max_size=60))
def test_any_text_finds_a_unit_or_raises_our_error(text: str) -> None:
    """No text raises anything but a UnitError."""
    with contextlib.suppress(UnitError):
        assert find_unit(text) in all_units()


def test_unit_texts_of_the_models(shared_dir: Path) -> None:
    """Of the unit texts of all model properties, those that are not found are known, and none of them is a unit."""
    texts: Counter[str] = Counter()

    def collect(node: Any) -> None:
        if isinstance(node, dict):
            if isinstance(node.get("units"), str):
                texts[node["units"]] += 1
            for member in node.values():
                collect(member)
        elif isinstance(node, list):
            for member in node:
                collect(member)

    collect(json.loads((shared_dir / "smart-data-models" / "index.json").read_text(encoding="utf-8")))
    unknown = set()
    for text in texts:
        try:
            find_unit(text)
        except UnitError:
            unknown.add(text)
    assert len(texts) > 150
    assert unknown == {
        *("-1 to +1", "0 to 1", "Douglas sea scale", "Total number of bacteria/100mL", "movements", "moorson tons"),
        *("KiloVolts-Ampere-Reactive (kVArh)", "[MTQ, KWH]", "Tm", "m^0.5/s", "ºm3"),
    }
