"""A data model of your own, from a JSON Schema to typed entities in a broker: python bench.py."""

from __future__ import annotations

from pathlib import Path

from citycontext import Client, Property
from citycontext.broker import LocalBroker, Server
from citycontext.models import model_from_schema, validate

Bench = model_from_schema(Path(__file__).with_name("bench.schema.json"))


def main() -> None:
    """Check a bench that is wrong, write one that is right, and ask for it."""
    wrong = {"id": "urn:ngsi-ld:Bench:1", "type": "Bench", "seats": {"type": "Property", "value": "four"}}
    for finding in validate(wrong, Bench, strictness="strict"):
        print(f"found: {finding.path}: {finding.message}")
    bench = Bench(id="urn:ngsi-ld:Bench:markt:1", seats=4, occupied_seats=Property(1, unit_code="C62"), material="wood")
    with Server(LocalBroker(), port=0) as server, Client(server.url) as client:
        client.entities.create(bench)
        for one in client.entities.query(Bench):
            print(f"{one.id}: {one.occupied_seats.value} of {one.seats.value} seats taken, {one.material.value}")


if __name__ == "__main__":
    main()
