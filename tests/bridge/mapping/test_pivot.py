"""Lists of names and values: what attributes and entities are made of them, and what is said where that cannot be."""

from __future__ import annotations

from typing import Any

import pytest

from citycontext.bridge.config.routes import PivotConfig
from citycontext.bridge.mapping.pivot import compile_pivot


def turned(document: Any, **config: Any) -> Any:
    """Turn a document."""
    given = {"from": "list", "name": "n", "value": ["v", "vs"]} | config
    return compile_pivot(PivotConfig.model_validate(given))(document)


def test_a_list_becomes_an_object() -> None:
    """By name, the first value that is there, beside what the message says else."""
    document = {"id": 7, "list": [{"n": "P1", "v": 0}, {"n": "state", "vs": "ok"}, {"n": "gone"}]}
    assert turned(document) == {**document, "values": {"P1": 0, "state": "ok", "gone": None}}


def test_a_name_may_be_a_number() -> None:
    """Its digits are the name, so that paths can say it in quotes."""
    assert turned({"list": [{"n": 7, "v": 1}]})["values"] == {"7": 1}


def test_the_message_may_be_the_list() -> None:
    """As in SenML: ``@`` is the whole message."""
    document = [{"n": "t", "v": 21.5}]
    assert turned(document, **{"from": "@", "into": "senml"}) == {"value": document, "senml": {"t": 21.5}}


def test_a_message_without_the_list_is_left_as_it_is() -> None:
    """Another kind of message on the same topic."""
    assert turned({"status": "on"}) == {"status": "on"}


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"a": 1}, "pivot: list gives .*, no list"),
        ([{"n": "a", "v": 1}, {"v": 2}], r"pivot: list\[1\] has no name at n, but None"),
        ([{"n": 3.5}], r"list\[0\] has no name at n, but 3.5"),
        ([3], r"list\[0\] has no name at n"),
        ([{"n": "a", "v": 1}, {"n": "a", "v": 2}], "names 'a' twice; several readings of a kind need each"),
    ],
)
def test_what_cannot_be_turned_is_said(members: Any, reason: str) -> None:
    """With the place in the list."""
    with pytest.raises(ValueError, match=reason):
        turned({"list": members})
