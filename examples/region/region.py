"""A region of municipal brokers on one machine: two municipalities keep their data, the region shows both.

Run ``python region.py`` and open the address that it prints; Ctrl-C ends all three. With ``--tour`` it stops one
municipality and starts it again, says what a client of the region sees meanwhile, and ends.
"""

from __future__ import annotations

import argparse
import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

from citycontext import Attr, Client, Entity, GeoAttr, point
from citycontext.errors import CityContextError

PARKINGS = {
    "gent": [("Vrijdagmarkt", 3.7266, 51.0570, 120), ("Sint-Pietersplein", 3.7275, 51.0413, 0)],
    "kortrijk": [("Schouwburg", 3.2660, 50.8276, 87), ("Veemarkt", 3.2706, 50.8291, 14)],
}


class OffStreetParking(Entity):
    """A car park, as both municipalities describe it."""

    name: Attr[str]
    location: GeoAttr
    available_spot_number: Attr[int]


class Broker:
    """A local context broker in a process of its own."""

    def __init__(self, name: str, *options: str) -> None:
        self.name = name
        self.port = _free_port()
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        command = [sys.executable, "-c", "from citycontext.cli.main import run; run()", "broker"]
        command += ["--port", str(self.port), "--alias", self.name, *self._options]
        self._process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        for _ in range(200):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return
            time.sleep(0.1)
        raise SystemExit(f"The broker of {self.name} does not answer at {self.url}.")

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=20)
            self._process = None


@contextlib.contextmanager
def region() -> Iterator[dict[str, Broker]]:
    """Start all brokers, register the municipalities at the region, and fill them."""
    brokers = {name: Broker(name) for name in PARKINGS}
    allowed = [option for one in brokers.values() for option in ("--allow-forwarding", f"127.0.0.1:{one.port}")]
    brokers["region"] = Broker("region", *allowed)
    try:
        for broker in brokers.values():
            broker.start()
        for name in PARKINGS:
            fill(brokers[name])
            register(brokers["region"], brokers[name])
        yield brokers
    finally:
        for broker in brokers.values():
            broker.stop()


def fill(broker: Broker) -> None:
    """Put the car parks of a municipality into its own broker."""
    with Client(broker.url) as client:
        client.batch.upsert(
            OffStreetParking(
                id=f"urn:ngsi-ld:OffStreetParking:{broker.name}:{name.lower()}",
                name=name,
                location=point(longitude, latitude),
                available_spot_number=free,
            )
            for name, longitude, latitude, free in PARKINGS[broker.name]
        ).raise_for_errors()


def register(at: Broker, municipality: Broker) -> None:
    """Return the region that a municipality has car parks, whose ids begin with its own name."""
    with Client(at.url) as client:
        client.registrations.create(
            {
                "type": "ContextSourceRegistration",
                "mode": "redirect",
                "operations": ["redirectionOps"],
                "endpoint": municipality.url,
                "contextSourceAlias": municipality.name,
                "information": [
                    {
                        "entities": [
                            {
                                "type": "OffStreetParking",
                                "idPattern": f"^urn:ngsi-ld:OffStreetParking:{municipality.name}:",
                            }
                        ]
                    }
                ],
            }
        )


def tour(brokers: dict[str, Broker]) -> None:
    """Say what a client of the region sees while a municipality is down."""
    with Client(brokers["region"].url) as client:

        def show(when: str) -> None:
            spots = {one.name.value: one.available_spot_number.value for one in client.entities.query(OffStreetParking)}
            print(f"{when}: {len(spots)} car parks, {sum(spots.values())} free spots")

        show("both municipalities up")
        brokers["kortrijk"].stop()
        show("Kortrijk is down")
        veemarkt = "urn:ngsi-ld:OffStreetParking:kortrijk:veemarkt"
        fragment = OffStreetParking.fragment(available_spot_number=13)
        try:
            client.entities.merge(veemarkt, fragment)
        except CityContextError as error:
            print(f"a write to Kortrijk: {str(error).splitlines()[0]}")
        brokers["kortrijk"].start()
        fill(brokers["kortrijk"])
        client.entities.merge(veemarkt, fragment)
        show("Kortrijk is back, one car came")


def main() -> None:
    """Run the region."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tour", action="store_true", help="stop and start a municipality, then end")
    arguments = parser.parse_args()
    with region() as brokers, contextlib.suppress(KeyboardInterrupt):
        if arguments.tour:
            tour(brokers)
            return
        for broker in brokers.values():
            print(f"{broker.name:10} {broker.url}/")
        print("The map of the region shows both municipalities. Ctrl-C ends all three.", flush=True)
        while True:
            time.sleep(1)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


if __name__ == "__main__":
    main()
