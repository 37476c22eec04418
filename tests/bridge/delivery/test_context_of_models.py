"""``context = "models"``: what the bridge writes has the names of its model."""

from __future__ import annotations

from typing import Any

import pytest

from citycontext import Client
from citycontext.bridge.config.bridge import BridgeConfig
from citycontext.bridge.config.connections import ContextBrokerConfig
from citycontext.bridge.delivery.context_broker import ContextBroker
from citycontext.broker import LocalBroker, Server
from citycontext.errors import ConfigurationError
from citycontext.models.parking import OffStreetParking

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
