"""JSON: any shape is a document; faults are shown where they are."""

from __future__ import annotations

import pytest

from citycontext.bridge.codecs.json import JsonCodec
from citycontext.errors import PayloadError


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
        (b'\xff\xfe{"t": 1}', "no UTF-8 text"),
        (b"[" * 100_000, "no JSON|cut off"),
    ],
)
def test_a_fault_is_shown_where_it_is(payload: bytes, says: str) -> None:
    """A person sees whether the message is empty, cut off, or wrong, and where."""
    with pytest.raises(PayloadError, match=says) as caught:
        JsonCodec().decode(payload, "t")
    assert len(str(caught.value)) < 200
