"""Notifications of a broker in a web application of yours: python alarm.py.

FastAPI serves the application, the receiver is mounted in it, and each car park that fills up is announced. A broker is
started, and two cars come; with --once it ends then, else it waits for more, until Ctrl-C.
"""

from __future__ import annotations

import argparse
import socket
import threading

import uvicorn
from fastapi import FastAPI

from citycontext import Attr, Client, Entity, GeoAttr, Q, point
from citycontext.broker import LocalBroker, Server
from citycontext.ngsild.subscriptions import EntitySelector, NotificationParams, Subscription
from citycontext.receiver import Receiver


class OffStreetParking(Entity):
    """A car park."""

    name: Attr[str]
    location: GeoAttr
    available_spot_number: Attr[int]


def main() -> None:
    """Serve the application, subscribe, and announce what comes."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--once", action="store_true")
    given = arguments.parse_args()
    listening = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    receiver = Receiver(OffStreetParking, public_url=f"{address}/notify/")
    app = FastAPI()
    app.mount("/notify", receiver)

    @app.get("/")
    def health() -> dict[str, str]:
        return {"status": "listening"}

    web = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    thread = threading.Thread(target=web.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    with Server(LocalBroker(), port=0) as server, Client(server.url) as client:
        subscription = Subscription(
            entities=[EntitySelector(type="OffStreetParking")],
            q=Q.availableSpotNumber < 5,
            notification=NotificationParams(endpoint=receiver.endpoint()),
        )
        client.subscriptions.create(subscription)
        for free in (7, 4, 0):
            client.entities.upsert(
                OffStreetParking(
                    id="urn:ngsi-ld:OffStreetParking:loop",
                    name="P+R The Loop",
                    location=point(3.7006, 51.0243),
                    available_spot_number=free,
                )
            )
            if free < 5:
                announce(receiver)
        if not given.once:
            print(f"{address} announces what is written to {server.url} (Ctrl-C ends)", flush=True)
            try:
                while True:
                    announce(receiver)
            except KeyboardInterrupt:
                print()
    web.should_exit = True
    thread.join(timeout=10)


def announce(receiver: Receiver[OffStreetParking]) -> None:
    """Wait for a notification, and say what it says."""
    for one in receiver.get().entities:
        print(f"{one.name.value}: {one.available_spot_number.value} spots left", flush=True)


if __name__ == "__main__":
    main()
