"""The model's type, limits and enumeration hold for a route that does not say otherwise."""

from __future__ import annotations

from typing import Any

import pytest

from citycontext.bridge.config.bridge import BridgeConfig
from citycontext.bridge.mapping.mapping import RouteMapping
from citycontext.bridge.rehearsal.checks import decided_by_models
from citycontext.errors import MappingError


def config(attributes: dict[str, Any], **route: Any) -> BridgeConfig:
    return BridgeConfig.from_dict(
        {
            "mqtt": {"url": "mqtt://localhost"},
            "context_broker": {"url": "http://localhost"},
            "route": [
                {
                    "name": "p",
                    "topic": "p/{id}",
                    "type": "OffStreetParking",
                    "id": "urn:ngsi-ld:OffStreetParking:{id}",
                    "attributes": {"name": "name", **attributes},
                    **route,
                }
            ],
        }
    )


def mapped(given: BridgeConfig, document: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    mapping = RouteMapping(given.route[0], given.clock)
    (entity,) = mapping.map({"name": "x", **document}, {"id": "1"}, 1_777_000_000.0)
    return entity, [one.reason for one in mapping.left_out]


@pytest.mark.parametrize("value", ["vol", 3.7, -4, True, [3], "3,5", "0x3"])
def test_a_value_that_the_model_refuses_is_left_out_and_counted(value: Any) -> None:
    """A route that says nothing of the type writes no text, fraction or negative number as a count of free spots."""
    entity, left_out = mapped(config({"availableSpotNumber": "free"}), {"free": value})
    assert "availableSpotNumber" not in entity
    assert "name" in entity
    assert len(left_out) == 1
    assert "model" in left_out[0]


@pytest.mark.parametrize(("value", "written"), [(3, 3), ("3", 3), (3.0, 3), (" 12 ", 12)])
def test_a_number_as_text_is_taken_where_that_is_exact(value: Any, written: int) -> None:
    """What is a whole number, however it is written, is written as one."""
    entity, left_out = mapped(config({"availableSpotNumber": "free"}), {"free": value})
    assert entity["availableSpotNumber"]["value"] == written
    assert type(entity["availableSpotNumber"]["value"]) is int
    assert left_out == []


def test_an_enumeration_is_the_model_s() -> None:
    """A status that the model does not list is left out; one that it lists is written."""
    given = config({"status": "s"}, type="Streetlight", id="urn:ngsi-ld:Streetlight:{id}")
    assert mapped(given, {"s": "ok"})[0]["status"]["value"] == "ok"
    entity, left_out = mapped(given, {"s": "kapot"})
    assert "status" not in entity
    assert "not one of the model's values" in left_out[0]


def test_words_relax_it() -> None:
    """``datatype = "any"`` writes what comes, and ``wrong = "dead-letter"`` puts the message aside."""
    assert (
        mapped(config({"availableSpotNumber": {"from": "free", "datatype": "any"}}), {"free": "vol"})[0][
            "availableSpotNumber"
        ]["value"]
        == "vol"
    )
    for strict in (
        config({"availableSpotNumber": "free"}, wrong="dead-letter"),
        config({"availableSpotNumber": {"from": "free", "wrong": "dead-letter"}}),
    ):
        with pytest.raises(MappingError, match="whole number"):
            mapped(strict, {"free": "vol"})


def test_another_unit_has_no_limits_of_the_model() -> None:
    """A share that is written in percent is not held to the model's limit of one."""
    route = {"type": "WasteContainer", "id": "urn:ngsi-ld:WasteContainer:{id}"}
    percent = config({"fillingLevel": {"from": "level", "unit": "P1"}}, **route)
    plain = config({"fillingLevel": "level"}, **route)
    assert mapped(plain, {"level": 70})[1]
    described = mapped(percent, {"level": 70})
    assert described[0].get("fillingLevel", {}).get("value", 70) == 70


def test_check_lists_what_the_model_decides() -> None:
    """Each attribute for which that changes something, and none where the route says as much."""

    def decided(attribute: Any) -> list[tuple[str, str, str]]:
        return [one for one in decided_by_models(config({"availableSpotNumber": attribute})) if one[1] != "name"]

    assert decided("free") == [("p", "availableSpotNumber", "a whole number from 0")]
    assert decided({"from": "free", "datatype": "integer", "minimum": 0}) == []
    assert decided({"from": "free", "datatype": "any"}) == []
