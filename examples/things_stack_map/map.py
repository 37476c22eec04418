"""Uplinks of The Things Stack on a map: python map.py.

A broker and a bridge are started; uplinks are posted as the webhooks of The Things Stack post them. The broker's page
shows the sensors on a map, until Ctrl-C; --once prints them and ends. For sensors of your own, point a webhook of The
Things Stack at the bridge's address, and take away what posts the file.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.request import Request, urlopen

from citycontext import Client
from citycontext.broker import LocalBroker, Server

HERE = Path(__file__).parent
TOKEN = "a-token-for-this-example"  # noqa: S105


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def post(url: str, uplink: bytes) -> None:
    """Post an uplink as The Things Stack does, and try again while the bridge starts."""
    request = Request(  # noqa: S310
        url, data=uplink, headers={"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    )
    for _ in range(600):
        try:
            with urlopen(request, timeout=10):  # noqa: S310
                return
        except ConnectionError:
            time.sleep(0.1)
        except OSError as error:
            if not isinstance(getattr(error, "reason", None), ConnectionError):
                raise
            time.sleep(0.1)
    sys.exit("the bridge does not start")


def main() -> None:
    """Serve the broker, run the bridge, post the uplinks."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--once", action="store_true")
    given = arguments.parse_args()
    port = free_port()
    with tempfile.TemporaryDirectory() as folder, Server(LocalBroker(), port=0) as server:
        environment = {
            **os.environ,
            "HOOK_PORT": str(port),
            "HOOK_TOKEN": TOKEN,
            "CONTEXT_BROKER_URL": server.url,
            "JOURNAL": f"{folder}/journal.db",
        }
        program = [sys.executable, "-c", "from citycontext.cli.main import run; run()"]
        with subprocess.Popen([*program, "bridge", "run", str(HERE / "bridge.toml")], env=environment) as bridge:
            try:
                for line in (HERE / "uplinks.jsonl").read_bytes().splitlines():
                    post(f"http://127.0.0.1:{port}/in/ttn/uplink", line)
                show(server.url)
                if not given.once:
                    print(f"the map: {server.url} (Ctrl-C ends)", flush=True)
                    bridge.wait()
            except KeyboardInterrupt:
                print()
            finally:
                bridge.terminate()


def show(url: str) -> None:
    """Print the sensors once both are in the broker."""
    with Client(url, context="models") as client:
        for _ in range(300):
            found = client.entities.query("AirQualityObserved", as_=dict).all()
            if len(found) == 2:
                break
            time.sleep(0.1)
        for one in sorted(found, key=lambda one: one["id"]):
            print(f"{one['id']}: PM10 {one['pm10']['value']}, {one['location']['value']['coordinates']}")


if __name__ == "__main__":
    main()
