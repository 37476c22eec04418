"""From one bridge to more: two share the work by Kafka, one is killed, a third takes over; nothing is lost.

``python scale.py --servers localhost:9092`` makes the topics ``village`` and ``village-dead-letters``, starts a local
context broker and two bridges with ``bridge.toml``, and says what it sees. It needs a Kafka and the extra ``kafka``.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from confluent_kafka import KafkaException, Producer
from confluent_kafka.admin import AdminClient, NewTopic

from citycontext import Client
from citycontext.broker import LocalBroker, Server

FOLDER = Path(__file__).parent
SENSORS = 40


def main(servers: str) -> None:
    """Play it once."""
    admin = AdminClient({"bootstrap.servers": servers})
    for future in admin.create_topics([NewTopic("village", 8, 1), NewTopic("village-dead-letters", 1, 1)]).values():
        # They may be there from an earlier time.
        with contextlib.suppress(KafkaException):
            future.result(60)
    with Server(LocalBroker(), port=0) as broker, Client(broker.url) as client, contextlib.ExitStack() as stack:

        def start() -> subprocess.Popen[bytes]:
            environment = os.environ | {"KAFKA_SERVERS": servers, "CONTEXT_BROKER_URL": broker.url}
            command = [sys.executable, "-c", "from citycontext.cli.main import run; run()", "bridge", "run"]
            command += [str(FOLDER / "bridge.toml")]
            bridge = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
            stack.callback(bridge.kill)
            return bridge

        def newest() -> list[int]:
            return [int(one["temperature"].value) for one in client.entities.query(type="AirQualityObserved")]

        bridges = [start(), start()]
        publish(servers, 0)
        wait(lambda: sorted(newest()) == [0] * SENSORS)
        print(f"two bridges: {len(newest())} sensors have their first value")
        bridges[0].kill()
        publish(servers, 1)
        wait(lambda: sorted(newest()) == [1] * SENSORS)
        print(f"one was killed: the other has its share, {len(newest())} sensors have their second value")
        start()
        publish(servers, 2)
        wait(lambda: sorted(newest()) == [2] * SENSORS)
        print(f"a third came: {len(newest())} sensors have their third value")


def publish(servers: str, number: int) -> None:
    """Publish one value of each sensor; the key is the device, so that its messages stay in order."""
    producer = Producer({"bootstrap.servers": servers, "acks": "all", "enable.idempotence": True})
    for sensor in range(SENSORS):
        reading = {"temp": number, "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}
        producer.produce("village", json.dumps(reading), f"sensor-{sensor}")
    producer.flush()


def wait(condition: Callable[[], bool]) -> None:
    """Wait for a condition, for two minutes at most."""
    deadline = time.monotonic() + 120
    while not condition():
        if time.monotonic() > deadline:
            sys.exit("it took too long; is Kafka there, and does the bridge reach it?")
        time.sleep(0.2)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--servers", default="localhost:9092", help="addresses of Kafka")
    main(parser.parse_args().servers)
