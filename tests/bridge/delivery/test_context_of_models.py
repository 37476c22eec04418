"""``context = "models"``: what the bridge writes has the names of its model."""

from __future__ import annotations

from typing import Any

import pytest

from citycontext import Client
from citycontext.bridge.config.bridge import BridgeConfig
from citycontext.bridge.config.connections import ContextBrokerConfig
from citycontext.bridge.delivery.context_broker import ContextBroker
from citycontext.bridge.delivery.model_contexts import named_contexts, written_type
from citycontext.bridge.rehearsal.checks import check
from citycontext.bridge.rehearsal.connections import _context_broker
from citycontext.broker import LocalBroker, Server
from citycontext.errors import ConfigurationError
from citycontext.models.parking import OffStreetParking
from citycontext.ngsild.findings import Severity

ENTITY: dict[str, Any] = {
    "id": "urn:ngsi-ld:OffStreetParking:1",
    "type": "OffStreetParking",
    "availableSpotNumber": {"type": "Property", "value": 5, "observedAt": "2026-05-01T10:00:00Z"},
}
LAMP = {"id": "urn:ngsi-ld:MyLamp:1", "type": "MyLamp", "level": {"type": "Property", "value": 1}}


@pytest.mark.parametrize("form", ["address", "host", "inline"])
def test_the_bridge_writes_what_a_typed_client_finds(form: str) -> None:
    """Updates and history of the bridge bear the model's IRIs, in each form; a type without model goes as before."""
    broker = LocalBroker()
    with Server(broker, port=0) as server:
        config = ContextBrokerConfig.model_validate({"url": server.url, "context": "models", "context_as": form})
        writer = ContextBroker(config)
        assert not writer.upsert(None, [ENTITY, LAMP]).failed
        writer.append_history(None, {**ENTITY, "availableSpotNumber": [ENTITY["availableSpotNumber"]]})
        writer.close()
        with Client(server.url) as plain:
            wire = plain.entities.retrieve(ENTITY["id"], as_=dict)
            assert wire["type"] == "https://smartdatamodels.org/dataModel.Parking/OffStreetParking"
            (typed,) = plain.entities.query(OffStreetParking, on_invalid="accept").all()
            assert typed.available_spot_number is not None
            assert typed.available_spot_number.value == 5
            assert plain.entities.retrieve(LAMP["id"]).type == "MyLamp"  # type: ignore[arg-type]
    broker.close()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"context_as": "host"}, "say which with context"),
        ({"context": ["models", "https://example.org/context.jsonld"]}, "stands alone"),
    ],
)
def test_a_context_that_cannot_be_is_refused(given: dict[str, Any], message: str) -> None:
    """A form without a context, and the models' beside another, are faults of the file."""
    tree = {
        "mqtt": {"url": "mqtt://localhost"},
        "context_broker": {"url": "http://localhost", **given},
        "route": [{"topic": "a", "type": "T", "id": "urn:x:{topic}", "attributes": {"a": {"value": 1}}}],
    }
    with pytest.raises(ConfigurationError, match=message):
        BridgeConfig.from_dict(tree)


def test_a_route_that_names_its_model_s_subject_writes_by_it() -> None:
    """A type of several subjects is written by the one that the route names, and refused by check without."""
    tree: dict[str, Any] = {
        "mqtt": {"url": "mqtt://localhost"},
        "context_broker": {"url": "http://localhost", "context": "models"},
        "route": [{"topic": "a", "type": "Valve", "id": "urn:x:{topic}", "attributes": {"a": {"value": 1}}}],
    }
    (finding,) = [one for one in check(BridgeConfig.from_dict(tree)) if one.rule == "context"]
    assert finding.severity is Severity.ERROR
    tree["route"][0]["model"] = "S4BLDG.Valve"
    config = BridgeConfig.from_dict(tree)
    assert not [one for one in check(config) if one.rule == "context"]
    assert "dataModel.S4BLDG" in named_contexts(config)["Valve"]
    broker = LocalBroker()
    with Server(broker, port=0) as server:
        given = ContextBrokerConfig.model_validate({"url": server.url, "context": "models"})
        writer = ContextBroker(given, named_contexts(config))
        valve = {"id": "urn:ngsi-ld:Valve:1", "type": "Valve", "name": {"type": "Property", "value": "v"}}
        assert not writer.upsert(None, [ENTITY, valve]).failed
        writer.close()
        with Client(server.url) as plain:
            assert plain.entities.retrieve("urn:ngsi-ld:Valve:1").type == written_type("Valve", config)
    broker.close()


def test_check_tells_that_the_broker_has_a_type_under_another_name() -> None:
    """A broker whose parkings another program wrote by the model is told of before the bridge writes others."""
    broker = LocalBroker()
    with Server(broker, port=0) as server:
        with Client(server.url, context="models") as client:
            client.entities.create(ENTITY)
        tree: dict[str, Any] = {
            "mqtt": {"url": "mqtt://localhost:9"},
            "context_broker": {"url": server.url},
            "route": [{"topic": "a", "type": ENTITY["type"], "id": "urn:x:{topic}", "attributes": {"a": {"value": 1}}}],
        }
        (told,) = [one for one in _context_broker(BridgeConfig.from_dict(tree)) if one.rule == "names"]
        assert "https://smartdatamodels.org/dataModel.Parking/OffStreetParking" in told.message
        tree["context_broker"]["context"] = "models"
        assert not [one for one in _context_broker(BridgeConfig.from_dict(tree)) if one.rule == "names"]
    broker.close()
