"""Speed of the bridge, against a bare MQTT client that only acknowledges, in one run with the same Mosquitto.

    python benchmarks/bridge.py            a table for people
    python benchmarks/bridge.py --json     rows for machines; exit code 1 when one is over its budget
    python benchmarks/bridge.py --backlog 1000000
                                           only: drain so many messages from Kafka, in order

Mosquitto, publisher, context broker (a stub that answers 204) and bridge are processes of their own. Messages go by
QoS 1, the journal is on disk with ``durability = "power"``, the route has six attributes with units and types. Baseline
and bridge take turns; figures are medians over the rounds. Where Kafka can be started (scripts/kafka fetches it), as
many messages wait in a topic of twelve partitions, and the bridge drains it, without a journal; its budget is the row
of MQTT in the same run.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import resource
import select
import shutil
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import paho.mqtt.client as paho

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.kafka_cluster import KafkaCluster, why_not

TOPIC, DEAD = "sensors", "sensors-dead-letters"

DEVICES = 100
WINDOW = 2000
ATTRIBUTES = {
    "temperature": {"from": "temp", "unit": "CEL"},
    "relativeHumidity": {"from": "hum", "scale": 0.01, "minimum": 0, "maximum": 1},
    "pm10": {"from": "particles.pm10", "unit": "GQ"},
    "no2": {"from": "gas.no2", "unit": "GQ"},
    "name": {"from": "station", "datatype": "text"},
    "sequence": {"from": "seq", "datatype": "integer"},
}


# -- the processes around the bridge ----------------------------------------------------------------------------------


def publish(port: int, count: int, rate: float) -> None:
    """Publish by QoS 1 as fast as the broker takes it, or at a rate; a socket and little else, to cost little."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(b"\x10\x0f\x00\x04MQTT\x04\x02\x00\x3c\x00\x03pub")
        connection.recv(4)
        begun, sent, confirmed, rest = time.monotonic(), 0, 0, b""
        while confirmed < count:
            due = count if not rate else min(count, int((time.monotonic() - begun) * rate) + 1)
            if (group := min(due, confirmed + WINDOW) - sent) > 0:
                connection.sendall(b"".join(packet(number) for number in range(sent, sent + min(group, 50))))
                sent += min(group, 50)
            if select.select([connection], [], [], 0.0005 if rate else 0.001 if sent - confirmed >= WINDOW else 0)[0]:
                rest += connection.recv(65536)
                confirmed += len(rest) // 4
                rest = rest[len(rest) // 4 * 4 :]


def packet(number: int) -> bytes:
    """Build a PUBLISH packet."""
    topic, body = f"sensors/station-{number % DEVICES}/up".encode(), payload(number)
    length = 2 + len(topic) + 2 + len(body)
    size = bytes([length]) if length < 128 else bytes([length & 127 | 128, length >> 7])
    return b"\x32" + size + struct.pack("!H", len(topic)) + topic + struct.pack("!H", number % 65535 + 1) + body


def payload(number: int) -> bytes:
    """Write what a station says."""
    now = datetime.now(UTC).isoformat()[:-6]
    return (
        f'{{"seq":{number},"time":"{now}Z","station":"Station {number % DEVICES}","temp":{15 + number % 100 / 10},'
        f'"hum":{40 + number % 50},"particles":{{"pm10":{number % 60 + 0.5}}},"gas":{{"no2":{number % 40 + 0.25}}}}}'
    ).encode()


def stub() -> None:
    """Answer 204 and note what came; a line on the standard input asks for the report and starts a new one."""
    server = socket.create_server(("127.0.0.1", 0))
    print(server.getsockname()[1], flush=True)
    seen: dict[str, Any] = {}
    lock = threading.Lock()

    def reset() -> None:
        seen.update(requests=0, numbers=set(), newest={}, late=0, latencies=[])

    def take(body: bytes) -> None:
        now = time.time()
        with lock:
            seen["requests"] += 1
            for entity in orjson.loads(body):
                attribute = entity["sequence"]
                number, key = attribute["value"], entity["id"]
                seen["numbers"].add(number)
                seen["late"] += number < seen["newest"].get(key, -1)
                seen["newest"][key] = number
                seen["latencies"].append(now - datetime.fromisoformat(attribute["observedAt"]).timestamp())

    def serve(connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with connection, connection.makefile("rb") as stream:
            while request := stream.readline():
                length = 0
                while (header := stream.readline()) not in (b"\r\n", b""):
                    if header[:15].lower() == b"content-length:":
                        length = int(header[15:])
                if request[:4] == b"GET ":
                    connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
                    continue
                take(stream.read(length))
                connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    def listen() -> None:
        while True:
            threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()

    reset()
    threading.Thread(target=listen, daemon=True).start()
    for _ in sys.stdin:
        with lock:
            times = sorted(seen["latencies"]) or [0.0]
            report = {
                "requests": seen["requests"],
                "distinct": len(seen["numbers"]),
                "late": seen["late"],
                "p50": times[len(times) // 2],
                "p99": times[int(len(times) * 0.99)],
            }
            reset()
        print(json.dumps(report), flush=True)


# -- what is measured -------------------------------------------------------------------------------------------------


def bare(port: int, count: int) -> None:
    """Receive and acknowledge with paho, nothing else; print the figures."""
    figures: dict[str, float] = {}
    received = 0

    def on_message(client: paho.Client, userdata: object, message: paho.MQTTMessage) -> None:
        nonlocal received
        if not received:
            figures.update(begun=time.monotonic(), cpu=time.process_time())
        received += 1
        client.ack(message.mid, message.qos)
        if received == count:
            figures["seconds"] = time.monotonic() - figures["begun"]
            figures["cpu"] = time.process_time() - figures["cpu"]
            client.disconnect()

    client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id="bare", clean_session=True, manual_ack=True)
    client.on_message = on_message
    client.on_subscribe = lambda *_: print("ready", flush=True)
    client.connect("127.0.0.1", port)
    client.subscribe("sensors/+/up", 1)
    client.loop_forever()
    print(json.dumps(figures), flush=True)


def bridge(port: int, url: str, folder: str, count: int, share: str) -> None:
    """Run a bridge until it has delivered what it got; print the figures."""
    # A session that outlives its round would have Mosquitto queue all later rounds for it.
    mqtt = {"url": f"mqtt://127.0.0.1:{port}", "client_id": f"bridge-{os.getpid()}", "durable": False}
    if share:
        mqtt["share"] = share
    journal = {"path": str(Path(folder) / f"journal-{os.getpid()}.db")}
    deliver({"mqtt": mqtt, "journal": journal}, url, count, ends_when_told=bool(share))


def bridge_on_kafka(servers: str, url: str, count: int, *, is_one_of_several: bool) -> None:
    """Run a bridge until it has drained a topic, or until it is told; print the figures."""
    source = {"kind": "kafka", "servers": servers, "topics": TOPIC, "topic": "sensors/{key}/up", "dead_letters": DEAD}
    deliver({"source": source | {"start": "earliest"}}, url, count, ends_when_told=is_one_of_several)


def deliver(source: dict[str, Any], url: str, count: int, *, ends_when_told: bool = False) -> None:
    from citycontext.bridge import Bridge, BridgeConfig
    from citycontext.bridge.operations.process import patient_garbage_collection

    route = {
        "topic": "sensors/{station}/up",
        "type": "AirQualityObserved",
        "id": "urn:ngsi-ld:AirQualityObserved:{station}",
        "observed_at": "time",
        "attributes": ATTRIBUTES,
    }
    running = Bridge(BridgeConfig.from_dict(source | {"context_broker": {"url": url}, "route": [route]}))
    # What `Bridge.run` does around it, for a daemon that ends by a signal.
    with patient_garbage_collection():
        running.start()
        running.wait_connected()
        print("ready", flush=True)
        while not running.counts.received:
            time.sleep(0.001)
        begun, cpu = time.monotonic(), time.process_time()
        finished = threading.Event()
        if ends_when_told:
            threading.Thread(target=lambda: (sys.stdin.readline(), finished.set()), daemon=True).start()
        while (not finished.is_set() if ends_when_told else running.counts.received < count) or not running.is_drained:
            time.sleep(0.02)
        figures = {
            "seconds": time.monotonic() - begun,
            "cpu": time.process_time() - cpu,
            "rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            "received": running.counts.received,
        }
        running.stop()
    print(json.dumps(figures), flush=True)


def start(port: int, url: str, folder: str) -> None:
    """Print the seconds until a bridge of many routes is connected and subscribed, and what finding routes costs."""
    from bridge_routes import ROUTES, config_of, figures

    from citycontext.bridge import Bridge, BridgeConfig

    begun = time.monotonic()
    document = config_of(ROUTES, url, url=f"mqtt://127.0.0.1:{port}", client_id="many-routes", durable=False)
    document["journal"] = {"path": str(Path(folder) / "journal-of-many.db")}
    running = Bridge(BridgeConfig.from_dict(document))
    running.start()
    running.wait_connected()
    connected = time.monotonic() - begun
    running.stop()
    print(json.dumps({"connected": connected, **figures()}), flush=True)


# -- the measurement --------------------------------------------------------------------------------------------------


class Bench:
    """Mosquitto and the stub, and the runs on them."""

    def __init__(self, folder: Path, port: int, stub_process: subprocess.Popen[str], stub_port: int) -> None:
        self.folder, self.port = folder, port
        self.stub, self.url = stub_process, f"http://127.0.0.1:{stub_port}"
        self.kafka = ""

    def run(self, role: str, count: int, rate: float = 0.0, replicas: int = 1) -> tuple[list[dict[str, Any]], float]:
        """Start the receivers, publish, and give their figures and the seconds it took."""
        arguments = [str(self.port), str(count)]
        if role == "kafka":
            arguments = [self.kafka, self.url, str(count), "group" if replicas > 1 else ""]
        elif role == "bridge":
            arguments = [str(self.port), self.url, str(self.folder), str(count), "group" if replicas > 1 else ""]
        receivers = [spawn(role, *arguments) for _ in range(replicas)]
        for receiver in receivers:
            read(receiver)
        begun = time.monotonic()
        if role == "kafka" and replicas > 1:
            # Only now: the first to come would have drained it before the others have partitions.
            fill_topic(self.kafka, count)
        elif role != "kafka":
            spawn("publish", str(self.port), str(count), str(rate)).wait()
        if replicas > 1:
            while self.report(keep=True) < count:
                time.sleep(0.05)
        seconds = time.monotonic() - begun
        for receiver in receivers:
            if replicas > 1:
                with contextlib.suppress(BrokenPipeError):
                    write(receiver)
        figures = [json.loads(read(receiver)) for receiver in receivers]
        for receiver in receivers:
            receiver.wait()
        return figures, seconds

    def report(self, *, keep: bool = False) -> Any:
        """Ask the stub what came."""
        write(self.stub)
        report = json.loads(read(self.stub))
        if not keep:
            return report
        self._kept = getattr(self, "_kept", 0) + report["distinct"]
        return self._kept


def spawn(role: str, *arguments: str) -> subprocess.Popen[str]:
    """Start this file in another role."""
    command = [sys.executable, __file__, "--role", role, *arguments]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def read(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        sys.exit("a part of the benchmark ended before its time")
    return line


def write(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


@contextlib.contextmanager
def bench() -> Iterator[Bench]:
    """Start Mosquitto and the stub."""
    program = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")
    if program is None:
        sys.exit("the benchmark needs mosquitto: apt-get install mosquitto")
    with tempfile.TemporaryDirectory() as name, socket.create_server(("127.0.0.1", 0)) as reserved:
        folder, port = Path(name), reserved.getsockname()[1]
        reserved.close()
        (folder / "mosquitto.conf").write_text(
            f"listener {port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 1000000\n"
            "max_inflight_messages 200\nset_tcp_nodelay true\nlog_type error\n"
        )
        mosquitto = subprocess.Popen([program, "-c", str(folder / "mosquitto.conf")])
        stub_process = spawn("stub")
        try:
            stub_port = int(read(stub_process))
            time.sleep(0.5)
            yield Bench(folder, port, stub_process, stub_port)
        finally:
            mosquitto.kill()
            stub_process.kill()


def measure(count: int, rounds: int) -> list[dict[str, Any]]:
    """Run all rounds and give the rows."""
    ratios, rates, bare_rates, cpus, bare_cpus, memory, lost, late, requests = ([] for _ in range(9))
    rows: list[dict[str, Any]] = []
    with bench() as running:
        for _ in range(rounds):
            (base,), _ = running.run("bare", count)
            (ours,), _ = running.run("bridge", count)
            report = running.report()
            bare_cpus.append(base["cpu"] / count * 1e6)
            cpus.append(ours["cpu"] / count * 1e6)
            ratios.append(ours["cpu"] / base["cpu"])
            bare_rates.append(count / base["seconds"])
            rates.append(count / ours["seconds"])
            memory.append(ours["rss"])
            lost.append(count - report["distinct"])
            late.append(report["late"])
            requests.append(report["requests"])
        median = statistics.median
        rows += [
            row("CPU per message", median(cpus), "µs", median(bare_cpus), None),
            row("CPU per message, ratio", median(ratios), "x", 1.0, 5.0),
            row("throughput", median(rates), "msg/s", median(bare_rates), 10_000, more_is_better=True),
            row("peak memory", max(memory), "MB", None, 150.0),
            row("lost", sum(lost), "messages", None, 0),
            row("behind a newer one", sum(late), "messages", None, 0),
            row("requests a 1,000 messages", median(requests) / count * 1000, "", None, 50),
        ]
        running.run("bridge", 5_000, rate=1000.0)
        report = running.report()
        rows += [
            row("latency at 1,000 msg/s, median", report["p50"] * 1000, "ms", None, 50.0),
            row("latency at 1,000 msg/s, 99 %", report["p99"] * 1000, "ms", None, None),
        ]
        for replicas in (2, 4):
            running._kept = 0
            figures, seconds = running.run("bridge", count, replicas=replicas)
            running.report()
            cpu = sum(one["cpu"] for one in figures) / count * 1e6
            rows += [
                row(f"throughput, {replicas} replicas", count / seconds, "msg/s", None, None),
                row(f"CPU per message, {replicas} replicas", cpu, "µs", None, None),
            ]
        rows += from_kafka(running, count, median(rates))
        many = json.loads(read(spawn("start", str(running.port), running.url, str(running.folder))))
        rows += [
            row("1,000 routes: until subscribed", many["connected"], "s", None, 2.0),
            row("1,000 routes: a new topic", many["new"], "µs", None, 20.0),
            row("1,000 routes: a known topic of 1,000", many["few"], "µs", None, None),
            row("1,000 routes: one of 100,000", many["many"], "µs", many["few"], 2 * many["few"]),
        ]
    return rows


def from_kafka(running: Bench, count: int, budget: float | None = None) -> list[dict[str, Any]]:
    """Fill a topic, have the bridge drain it, and give the rows; none where Kafka cannot be started."""
    if (reason := why_not()) is not None:
        print(f"no rows of Kafka: {reason}", file=sys.stderr)
        return []
    from confluent_kafka.admin import AdminClient, NewTopic

    with tempfile.TemporaryDirectory() as name:
        cluster = KafkaCluster(Path(name))
        try:
            cluster.start()
            running.kafka = cluster.servers
            admin = AdminClient({"bootstrap.servers": cluster.servers, "log_level": 0})
            for future in admin.create_topics([NewTopic(TOPIC, 12, 1), NewTopic(DEAD, 1, 1)]).values():
                future.result(60)
            fill_topic(cluster.servers, count)
            (ours,), _ = running.run("kafka", count)
            report = running.report()
            running._kept = 0
            both, seconds = running.run("kafka", count, replicas=2)
            running.report()
        finally:
            cluster.stop()
    return [
        row("Kafka: throughput", count / ours["seconds"], "msg/s", None, budget, more_is_better=True),
        row("Kafka: CPU per message", ours["cpu"] / count * 1e6, "µs", None, None),
        row("Kafka: peak memory", ours["rss"], "MB", None, 150.0),
        row("Kafka: lost", count - report["distinct"], "messages", None, 0),
        row("Kafka: behind a newer one", report["late"], "messages", None, 0),
        row("Kafka: throughput, 2 replicas", count / seconds, "msg/s", None, None),
        row("Kafka: peak memory, 2 replicas", max(one["rss"] for one in both), "MB", None, 150.0),
    ]


def fill_topic(servers: str, count: int) -> None:
    """Publish to the topic, each station's messages to one partition."""
    from confluent_kafka import Producer

    producer = Producer({"bootstrap.servers": servers, "linger.ms": 50, "enable.idempotence": True})
    for number in range(count):
        producer.produce(TOPIC, payload(number), key=f"station-{number % DEVICES}")
        if number % 1_000 == 0:
            producer.flush()
    producer.flush()


def row(
    name: str, value: float, unit: str, baseline: float | None, budget: float | None, *, more_is_better: bool = False
) -> dict[str, Any]:
    """Make a row; a figure without a budget is for information."""
    ok = budget is None or (value >= budget if more_is_better else value <= budget)
    return {"name": name, "value": round(value, 2), "unit": unit, "baseline": baseline and round(baseline, 2)} | {
        "budget": budget,
        "ok": ok,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print rows for machines")
    parser.add_argument("--messages", type=int, default=50_000, help="messages a round")
    parser.add_argument("--rounds", type=int, default=5, help="rounds")
    parser.add_argument("--backlog", type=int, help="only drain so many messages from Kafka")
    parser.add_argument("--role", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.role:
        role, *rest = options.role
        if role == "publish":
            publish(int(rest[0]), int(rest[1]), float(rest[2]))
        elif role == "bare":
            bare(int(rest[0]), int(rest[1]))
        elif role == "bridge":
            bridge(int(rest[0]), rest[1], rest[2], int(rest[3]), rest[4])
        elif role == "kafka":
            bridge_on_kafka(rest[0], rest[1], int(rest[2]), is_one_of_several=bool(rest[3]))
        elif role == "start":
            start(int(rest[0]), rest[1], rest[2])
        else:
            stub()
        return 0
    if options.backlog is None:
        rows = measure(options.messages, options.rounds)
    else:
        with bench() as running:
            rows = from_kafka(running, options.backlog)
    if options.json:
        print(json.dumps(rows, indent=2, ensure_ascii=False))
    else:
        print(f"{'':36} {'value':>10} {'':8} {'baseline':>10} {'budget':>8}")
        for one in rows:
            base, budget = (f"{one[key]:g}" if one[key] is not None else "" for key in ("baseline", "budget"))
            over = "" if one["ok"] else "OVER"
            print(f"{one['name']:36} {one['value']:>10g} {one['unit']:8} {base:>10} {budget:>8} {over}")
    return 0 if all(one["ok"] for one in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
