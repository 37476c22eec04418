"""Pairs of a name and a text: what they hold, and what they do not show."""

from __future__ import annotations

import pytest

from citycontext.errors import InvalidDocument
from citycontext.ngsild.key_value_pairs import KeyValuePair, without_password


def test_a_pair_goes_out_as_it_came():
    """A pair holds two texts, and nothing else."""
    assert KeyValuePair.from_dict({"key": "a", "value": "b"}, strict=True).to_dict() == {"key": "a", "value": "b"}
    with pytest.raises(InvalidDocument):
        KeyValuePair.from_dict({"key": "a"})


def test_a_pair_does_not_show_its_value():
    """The value may be a token, so neither repr nor str has it."""
    pair = KeyValuePair(key="Authorization", value="s3cret")
    assert repr(pair) == str(pair) == "KeyValuePair(key='Authorization', value=…)"


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("mqtts://user:s3cret@host:8883/t", "mqtts://…@host:8883/t"),
        ("mqtt://user:s3@cret@host/t", "mqtt://…@host/t"),
        ("http://host/a@b", "http://host/a@b"),
        ("no address", "no address"),
        (None, None),
    ],
)
def test_an_address_is_shown_without_its_password(address: str | None, shown: str | None):
    """Who signs in, and with what, is left out; all else stays."""
    assert without_password(address) == shown
