"""A region on Kafka, simulated: sensors by the million, replicas that come, go, die and freeze, and the end state.

    python benchmarks/region.py                                1,000,000 entities, 5,000 msg/s for 30 minutes
    python benchmarks/region.py --seconds 120 --rate 1000      a short run
    python benchmarks/region.py --replicas 1                   what one replica takes
    python benchmarks/region.py --fault-every 0                without faults
    python benchmarks/region.py --price 0.04                   with what a core costs in an hour: cost of a million
    python benchmarks/region.py --json                         rows for machines; exit code 1 on loss or reordering

Kafka (one node; scripts/kafka fetches it), publisher, context broker and replicas are processes of their own. At the
top of each minute ``--peak`` times the rate comes for five seconds; one entity in a hundred has a fifth of the
traffic, two messages in a hundred bear an old time, five in a thousand come twice, one in a thousand cannot be read.
Each entity counts its messages. The context broker notes the newest count of each: a jump is a loss or a wrong order,
and at the end all entities must have the count that the publisher has.
"""

from __future__ import annotations

import argparse
import array
import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from bridge_stand import Row, Stub, row, wait_until
from tests.kafka_cluster import KafkaCluster, why_not

TOPIC = "sensors"
DEAD = "sensors-dead-letters"
SESSION = 10.0
MEMORY = 150.0
OLD = "2020-01-01T00:00:00Z"


# -- the publisher ----------------------------------------------------------------------------------------------------


def publish(servers: str, folder: str, entities: int, rate: float, seconds: float, peak: float) -> None:
    """Publish at a rate, with a peak at the top of each minute; write down how many each entity has."""
    from confluent_kafka import Producer

    counts = array.array("l", bytes(8 * entities))
    options = {"bootstrap.servers": servers, "acks": "all", "enable.idempotence": True, "linger.ms": 5, "log_level": 0}
    producer = Producer(options | {"queue.buffering.max.messages": 500_000, "message.timeout.ms": 0})
    begun, sent, unusable, repeated = time.monotonic(), 0, 0, 0
    draw = random.Random(1)  # noqa: S311
    due = 0.0
    before = begun
    while (now := time.monotonic()) - begun < seconds:
        due += (now - before) * rate * (peak if (now - begun) % 60 < 5 else 1)
        before = now
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime()) + "Z"
        while sent < due:
            entity = draw.randrange(max(1, entities // 100)) if draw.random() < 0.2 else draw.randrange(entities)
            chance, key = draw.random(), f"s{entity}"
            if chance < 0.001:
                _produce(producer, key, b"{")
                unusable += 1
            counts[entity] += 1
            when = OLD if 0.001 <= chance < 0.021 else stamp
            payload = b'{"n":%d,"t":"%b","at":%d}' % (counts[entity], when.encode(), time.time() * 1000)
            _produce(producer, key, payload)
            if 0.021 <= chance < 0.026:
                _produce(producer, key, payload)
                repeated += 1
            sent += 1
        producer.poll(0.005)
    assert producer.flush(300) == 0
    (Path(folder) / "published").write_bytes(counts.tobytes())
    print(json.dumps({"sent": sent, "unusable": unusable, "repeated": repeated}), flush=True)


def _produce(producer: Any, key: str, payload: bytes) -> None:
    while True:
        try:
            producer.produce(TOPIC, payload, key)
        except BufferError:
            producer.poll(0.05)
        else:
            return


# -- the context broker -----------------------------------------------------------------------------------------------


class Region(Stub):
    """Notes, for each entity, how far it counted, and how long messages took."""

    def __init__(self, folder: str, entities: int) -> None:
        self.folder = Path(folder)
        self.counts = array.array("l", bytes(8 * entities))
        self.jumps = self.arrived = self.again = 0
        self.ages: list[float] = []
        self.longest = 0.0
        super().__init__()

    def _take(self, entities: list[dict[str, Any]]) -> None:
        now = time.time() * 1000
        with self.lock:
            self.requests += 1
            for entity in entities:
                place, number = int(entity["id"].rpartition(":s")[2]), entity["n"]["value"]
                if number <= self.counts[place]:
                    self.again += 1
                    continue
                self.jumps += number != self.counts[place] + 1
                self.counts[place] = number
                self.arrived += 1
                age = (now - entity["at"]["value"]) / 1000
                self.longest = max(self.longest, age)
                if self.arrived % 50 == 0:
                    self.ages.append(age)

    def _report(self) -> dict[str, Any]:
        with self.lock:
            (self.folder / "arrived").write_bytes(self.counts.tobytes())
            ages = sorted(self.ages) or [0.0]
            shares = {f"p{share}": ages[min(len(ages) - 1, int(len(ages) * share / 100))] for share in (50, 99, 99.9)}
            names = ("requests", "arrived", "again", "jumps", "longest")
            return {name: getattr(self, name) for name in names} | shares


# -- the replicas -----------------------------------------------------------------------------------------------------


class Replica:
    """A bridge, by the command; it may be killed and frozen."""

    def __init__(self, folder: Path, number: int, given: dict[str, Any]) -> None:
        self.name = f"replica-{number}"
        self.processor_seconds = self.peak = 0.0
        with socket.create_server(("127.0.0.1", 0)) as reserved:
            self.admin = reserved.getsockname()[1]
        self._file = folder / f"{self.name}.json"
        self._file.write_text(json.dumps(given | {"admin": {"port": self.admin}}))
        self._log = folder / f"{self.name}.log"
        self.start()

    def start(self) -> None:
        """Start it."""
        program = (
            "import json, sys; from citycontext.bridge import Bridge, BridgeConfig; "
            "Bridge(BridgeConfig.from_dict(json.load(open(sys.argv[1])))).run()"
        )
        with self._log.open("ab") as log:
            self.process = subprocess.Popen([sys.executable, "-c", program, str(self._file)], stderr=log)

    def note(self) -> None:
        """Read what it used so far."""
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
            self._used = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
            sizes = Path(f"/proc/{self.process.pid}/status").read_text()
            peak = next(line for line in sizes.splitlines() if line.startswith("VmHWM"))
            self.peak = max(self.peak, int(peak.split()[1]) / 1024)

    _used = 0.0

    def end(self, number: int = signal.SIGKILL) -> None:
        """End it by a signal."""
        self.note()
        self.processor_seconds += self._used
        self._used = 0.0
        self.process.send_signal(number)
        self.process.wait(60)

    def lag(self) -> int | None:
        """Return how many messages wait on its partitions; nothing where it holds none yet."""
        address = f"http://127.0.0.1:{self.admin}/status"
        with contextlib.suppress(OSError, ValueError), urllib.request.urlopen(address, timeout=5) as answer:
            partitions = json.load(answer)["sources"][0]["partitions"]
            return sum(one["lag"] or 0 for one in partitions) if partitions else None
        return None


def disturb(kind: str, replicas: list[Replica], folder: Path, given: dict[str, Any]) -> None:
    """Do one thing that happens to replicas, and put it right again."""
    one = replicas[0]
    if kind == "kill":
        one.end()
        one.start()
    elif kind == "freeze":
        one.process.send_signal(signal.SIGSTOP)
        time.sleep(SESSION + 5)
        one.process.send_signal(signal.SIGCONT)
    elif kind == "restart":
        one.end(signal.SIGTERM)
        one.start()
    else:
        more = Replica(folder, len(replicas) + 1, given)
        time.sleep(10)
        more.end(signal.SIGTERM)
        one.processor_seconds += more.processor_seconds


# -- the run ----------------------------------------------------------------------------------------------------------


def run(options: argparse.Namespace) -> list[Row]:
    """Run it once."""
    from confluent_kafka.admin import AdminClient, NewTopic

    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        cluster = KafkaCluster(folder / "kafka")
        stack.callback(cluster.stop)
        cluster.start()
        admin = AdminClient({"bootstrap.servers": cluster.servers, "log_level": 0})
        topics = [NewTopic(TOPIC, options.partitions, 1), NewTopic(DEAD, 1, 1)]
        for future in admin.create_topics(topics).values():
            future.result(60)
        stub = _spawn("stub", name, options.entities)
        stack.callback(stub.kill)
        assert stub.stdout is not None
        port = int(stub.stdout.readline())
        source = {"kind": "kafka", "servers": cluster.servers, "topics": TOPIC, "dead_letters": DEAD}
        attributes = {one: {"from": one, "datatype": "integer", "required": True} for one in ("n", "at")}
        route = {"topic": "sensors/{device}", "type": "Device", "id": "urn:ngsi-ld:Device:{device}"}
        given = {
            "source": source | {"topic": "sensors/{key}", "session_timeout": f"{SESSION:g}s"},
            "context_broker": {"url": f"http://127.0.0.1:{port}", "timeout": "4s"},
            "route": [route | {"observed_at": "t", "attributes": attributes}],
        }
        replicas = [Replica(folder, number, given) for number in range(1, options.replicas + 1)]
        for replica in replicas:
            stack.callback(lambda replica=replica: replica.process.kill())
        for replica in replicas:
            wait_until(lambda replica=replica: replica.lag() is not None, replica.name, 120)
        publisher = _spawn(
            "publish", cluster.servers, name, options.entities, options.rate, options.seconds, options.peak
        )
        stack.callback(publisher.kill)
        begun = time.monotonic()
        kinds = ["kill", "freeze", "scale", "restart"]
        faults, lag, next_fault = 0, 0, begun + options.fault_every
        while publisher.poll() is None:
            time.sleep(0.5)
            for replica in replicas:
                replica.note()
            lag = max(lag, sum(replica.lag() or 0 for replica in replicas))
            is_time = time.monotonic() - begun < options.seconds - 10
            if options.fault_every and time.monotonic() >= next_fault and is_time:
                disturb(kinds[faults % len(kinds)], replicas, folder, given)
                faults += 1
                next_fault += options.fault_every
        assert publisher.stdout is not None
        told = json.loads(publisher.stdout.readline())
        report, moved, ended = {"arrived": -1}, time.monotonic(), time.monotonic()
        while report["arrived"] < told["sent"] and time.monotonic() - moved < 120:
            now = _ask(stub)
            if now["arrived"] != report["arrived"]:
                moved = time.monotonic()
            report = now
            time.sleep(0.5)
        drained = time.monotonic() - ended
        for replica in replicas:
            replica.end(signal.SIGTERM)
        report = _ask(stub)
        wrong = _differences(folder)
        used = sum(replica.processor_seconds for replica in replicas)
        million = used / max(1, report["arrived"]) * 1e6
        rows = [
            row("messages published", told["sent"], "messages", None),
            row("faults", faults, "faults", None),
            row("lost", max(0, told["sent"] - report["arrived"]), "messages", 0),
            row("first arrivals out of order", report["jumps"], "messages", 0),
            row("entities in another state than the publisher's", wrong, "entities", 0),
            row("repeated, beyond those published twice", report["again"] - told["repeated"], "messages", None),
            row("rate, published", told["sent"] / options.seconds, "1/s", None),
            row("from publishing to accepted, p50", report["p50"] * 1000, "ms", None),
            row("from publishing to accepted, p99", report["p99"] * 1000, "ms", None),
            row("longest from publishing to accepted", report["longest"], "s", None),
            row("greatest lag", lag, "messages", None),
            row("drained after the last", drained, "s", None),
            row("messages a request", report["arrived"] / max(1, report["requests"]), "messages", None),
            row("peak memory of a replica", max(one.peak for one in replicas), "MB", MEMORY),
            row("processor time of replicas for a million", million, "s", None),
        ]
        if options.price is not None:
            rows.append(row("cost of a million messages", million / 3600 * options.price, "", None))
        return rows


def _spawn(role: str, *arguments: Any) -> subprocess.Popen[str]:
    command = [sys.executable, __file__, role, *map(str, arguments)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _ask(stub: subprocess.Popen[str]) -> dict[str, Any]:
    assert stub.stdin is not None
    assert stub.stdout is not None
    stub.stdin.write("report\n")
    stub.stdin.flush()
    answer: dict[str, Any] = json.loads(stub.stdout.readline())
    return answer


def _differences(folder: Path) -> int:
    published, arrived = array.array("l"), array.array("l")
    published.frombytes((folder / "published").read_bytes())
    arrived.frombytes((folder / "arrived").read_bytes())
    return sum(one != other for one, other in zip(published, arrived, strict=True))


def main() -> None:
    """Run as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entities", type=int, default=1_000_000)
    parser.add_argument("--rate", type=float, default=5_000.0, help="messages a second, between peaks")
    parser.add_argument("--peak", type=float, default=10.0, help="how many times the rate, five seconds of each minute")
    parser.add_argument("--seconds", type=float, default=1_800.0)
    parser.add_argument("--replicas", type=int, default=2)
    parser.add_argument("--partitions", type=int, default=64)
    parser.add_argument("--fault-every", type=float, default=60.0, help="seconds between faults; 0 for none")
    parser.add_argument("--price", type=float, help="what a core costs in an hour")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if reason := why_not():
        sys.exit(f"this needs Kafka: {reason}")
    rows = run(options)
    if options.json:
        print(json.dumps(rows, indent=2))
    else:
        for one in rows:
            print(f"{one['name']:<50} {one['value']:>14,} {one['unit']}{'' if one['ok'] else '   TOO MUCH'}")
    sys.exit(0 if all(one["ok"] for one in rows) else 1)


if __name__ == "__main__":
    if sys.argv[1:2] == ["publish"]:
        servers, where, entities, rate, seconds, peak = sys.argv[2:]
        publish(servers, where, int(entities), float(rate), float(seconds), float(peak))
    elif sys.argv[1:2] == ["stub"]:
        Region(sys.argv[2], int(sys.argv[3])).obey()
    else:
        main()
