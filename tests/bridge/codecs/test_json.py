"""JSON: any shape is a document; faults are shown where they are."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from citycontext.bridge.codecs import load_codec
from citycontext.bridge.codecs.json import JsonCodec
from citycontext.errors import ConfigurationError, PayloadError


@pytest.mark.parametrize(
    ("payload", "document"), [(b'{"t": 21.5}', {"t": 21.5}), (b"[1, 2]", [1, 2]), (b"21.5", 21.5), (b'"x"', "x")]
)
def test_any_json_is_one_document(payload: bytes, document: object) -> None:
    """Objects, arrays and plain values alike."""
    assert JsonCodec().decode(payload, "t") == (document,)


@pytest.mark.parametrize(
    ("payload", "says"),
    [
        (b"", "the payload is empty"),
        (b"  \n", "the payload is empty"),
        (b'{"temperature": 21.5, "hum', "cut off after 26 bytes"),
        (b'{"t": 21.5; "h": 40}', "at character 11"),
        (b'{"t": NaM}', "at character 7"),
        (b'\xff\xfe{"t": 1}', "not a UTF-8 text"),
        (b"[" * 100_000, "not JSON|cut off"),
    ],
)
def test_a_fault_is_shown_where_it_is(payload: bytes, says: str) -> None:
    """A person sees whether the message is empty, cut off, or wrong, and where."""
    with pytest.raises(PayloadError, match=says) as caught:
        JsonCodec().decode(payload, "t")
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    "payload",
    [
        b'\xef\xbb\xbf{"t": 21.5}',
        b'{"t": 21.5}\0',
        b'{"t": 21.5}\r\n',
        '{"t": 21.5}'.encode("utf-16"),
        '{"t": 21.5}'.encode("utf-16-le"),
        '{"t": 21.5}'.encode("utf-16-be"),
    ],
)
def test_what_stands_around_json_is_no_fault(payload: bytes) -> None:
    """Byte order marks, NULs and UTF-16, as devices and spreadsheets write them."""
    assert JsonCodec().decode(payload, "t") == ({"t": 21.5},)


def test_documents_one_a_line() -> None:
    """Two objects on two lines are two documents; a line that is not one makes the whole a fault."""
    assert JsonCodec().decode(b'{"t": 21.5}\n{"t": 21.6}\n', "t") == ({"t": 21.5}, {"t": 21.6})
    with pytest.raises(PayloadError, match="at character 13"):
        JsonCodec().decode(b'{"t": 21.5}\n{"t": 21.6', "t")


@pytest.mark.parametrize(
    ("payload", "says"),
    [
        (b"{'t': 21.5}", "at character 2"),
        (b'{"t": 21.5,}', "at character"),
        (b'{"t": 021.5}', "at character"),
        (b'{"t": +21.5}', "at character"),
        (b'{"t": 21.5}\xff\xff', "byte 12 is ff"),
        (b'{"n": "a\tb"}', "at character"),
        (b'{"n": "a\\x20b"}', "at character"),
        (b'{"u": "\xb0C"}', 'encoding = "latin-1"'),
    ],
)
def test_what_is_nearly_json_is_refused_at_its_character(payload: bytes, says: str) -> None:
    """Nothing is mended by guess: the fault names the place."""
    with pytest.raises(PayloadError, match=says):
        JsonCodec().decode(payload, "t")


def test_a_name_twice_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    """The last one counts, as all readers have it, and the log says so once for a route."""
    codec = JsonCodec()
    for _ in range(3):
        assert codec.decode(b'{"t": 21.5, "t": 22}', "a/b") == ({"t": 22},)
    assert [record.getMessage() for record in caplog.records] == [
        "A message on a/b names 't' twice in one object; the last one counts."
    ]


def test_another_encoding_is_an_option_of_every_codec_of_text() -> None:
    """Latin-1, for JSON and what is made of it."""
    for name, payload in (("json", '{"u": "°C"}'), ("tasmota", '{"u": "°C"}')):
        codec = load_codec(name, {"encoding": "latin-1"})
        (document,) = codec.decode(payload.encode("latin-1"), "tele/d/SENSOR")
        assert document["u"] == "°C"
    with pytest.raises(ConfigurationError, match="unknown encoding"):
        load_codec("json", {"encoding": "latin-99"})
    with pytest.raises(PayloadError, match="not a ascii text"):
        load_codec("json", {"encoding": "ascii"}).decode(b"\xb0", "t")


@pytest.mark.parametrize(
    ("document", "options"),
    [
        ({"DevEUI_uplink": {"FPort": 2, "payload_hex": "006700ED016866"}}, {}),
        ({"data": "AGcA7QFoZg==", "port": "2"}, {}),
        ({"a": {"b": "00 67 00 ed 01 68 66"}, "data": "x"}, {"payload": "a.b"}),
    ],
)
def test_bytes_inside_of_json_are_decoded(document: dict[str, object], options: dict[str, str]) -> None:
    """Hexadecimal or base64, by the usual names or at a path; all else of the message stays."""
    (read,) = JsonCodec(decoder="cayenne-lpp", **options).decode(orjson.dumps(document), "t")
    assert read["values"] == {"temperature_0": 23.7, "humidity_1": 51}
    assert read.items() >= document.items()


def test_bytes_that_are_none_are_said() -> None:
    """A message without bytes stays as it is; one with something else is refused."""
    codec = JsonCodec(decoder="cayenne-lpp")
    assert codec.decode(b'{"join": true}', "t") == ({"join": True},)
    with pytest.raises(PayloadError, match="neither hexadecimal nor base64"):
        codec.decode(b'{"data": "?!"}', "t")


def test_bytes_that_may_be_either_are_not_guessed() -> None:
    """Few signs that are hexadecimal and base64 at once: the name or the configuration tells."""
    with pytest.raises(PayloadError, match='may be hexadecimal or base64; say bytes = "hex" or "base64"'):
        JsonCodec(decoder="cayenne-lpp").decode(b'{"data": "00670000"}', "t")
    for written, temperature in (("hex", {"temperature_0": 0.0}), ("base64", None)):
        codec = JsonCodec(decoder="cayenne-lpp", bytes=written)  # type: ignore[arg-type]
        if temperature is not None:
            assert codec.decode(b'{"data": "00670000"}', "t")[0]["values"] == temperature
        else:
            with pytest.raises(PayloadError, match="not known in Cayenne LPP"):
                codec.decode(b'{"data": "00670000"}', "t")


def test_a_decoder_stands_beside_the_configuration(tmp_path: Path) -> None:
    """A function of payload and frame port in a file of the user."""
    (tmp_path / "tank_decoder.py").write_text(
        "def read(payload, port):\n    return {'level': payload[0], 'port': port}\n"
    )
    codec = load_codec("json", {"decoder": "tank_decoder:read"}, folder=tmp_path)
    (read,) = codec.decode(b'{"payload_hex": "0a", "fPort": 7}', "t")
    assert read["values"] == {"level": 10, "port": 7}


def test_half_a_pair_of_surrogates_is_no_text() -> None:
    """What cannot be written in UTF-8 is refused where it is read, beside texts and beside nan alike."""
    for payload in (b'{"t": 1, "n": "\\ud800"}', b'{"t": nan, "n": "\\ud800"}'):
        with pytest.raises(PayloadError, match="not JSON"):
            JsonCodec().decode(payload, "t")
