"""One name, several values: none is lost unseen, in any codec."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from citycontext.bridge.codecs import load_codec

TWO_CHIPS = {
    "esp8266id": "1",
    "sensordatavalues": [
        {"value_type": "BMP280_temperature", "value": "21.5"},
        {"value_type": "SHT3X_temperature", "value": "21.6"},
    ],
}


@pytest.mark.parametrize(
    ("name", "options", "payload", "values"),
    [
        ("cayenne-lpp", {}, bytes.fromhex("036700d7036700d8"), {"temperature_3": [21.5, 21.6]}),
        ("ultralight", {}, b"t|21.5|t|21.6|h|40", {"t": [21.5, 21.6], "h": 40}),
        ("csv", {"pairs": "=", "delimiter": ";"}, b"t=21.5;h=40;t=21.6", {"t": [21.5, 21.6], "h": 40}),
        ("csv", {"columns": ["t", "t"]}, b"21.5,21.6", {"t": [21.5, 21.6]}),
    ],
)
def test_a_name_that_is_said_twice_has_a_list(
    name: str, options: dict[str, Any], payload: bytes, values: dict[str, Any]
) -> None:
    """Each value can be reached, and an attribute of one number refuses the list."""
    assert list(load_codec(name, options).decode(payload, "t")) == [values]


def test_records_of_one_name_and_time() -> None:
    """SenML: two values of one name at one time."""
    pack = [{"bn": "d:", "bt": 1714557600, "n": "t", "v": 21.5}, {"n": "t", "v": 21.6}]
    (document,) = load_codec("senml").decode(orjson.dumps(pack), "t")
    assert document["values"] == {"t": [21.5, 21.6]}


def test_two_chips_of_one_quantity() -> None:
    """Sensor.Community: the quantity has the list, each chip its own name."""
    (document,) = load_codec("sensor-community").decode(orjson.dumps(TWO_CHIPS), "t")
    assert document["values"] == {
        "temperature": [21.5, 21.6],
        "BMP280_temperature": 21.5,
        "SHT3X_temperature": 21.6,
    }


@pytest.mark.parametrize("payload", [b"t=21.5;40", b"=21.5", b""])
def test_a_cell_that_is_no_pair_is_refused(payload: bytes) -> None:
    """Where cells name themselves, each must."""
    from citycontext.errors import PayloadError

    with pytest.raises(PayloadError):
        load_codec("csv", {"pairs": "=", "delimiter": ";"}).decode(payload, "t")
