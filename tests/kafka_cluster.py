"""A real Kafka in KRaft mode, of one node or three, on loopback: started, killed, frozen and thawed by tests."""

from __future__ import annotations

import base64
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["KafkaCluster", "jars_folder", "why_not"]


def jars_folder() -> Path:
    """Return where Kafka's jars are: ``scripts/kafka`` fetches them."""
    given = os.environ.get("CITYCONTEXT_KAFKA_JARS")
    return Path(given) if given else Path.home() / ".cache" / "citycontext" / "kafka"


def why_not() -> str | None:
    """Return why no Kafka can be started here, if none can."""
    if shutil.which("java") is None:
        return "java is not on the PATH"
    if not list(jars_folder().glob("kafka_2.13-*.jar")):
        return f"Kafka's jars are not in {jars_folder()}: run scripts/kafka"
    return None


def _free_port() -> int:
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as server:
        port: int = server.getsockname()[1]
        return port


@dataclass
class Node:
    """A broker that is a controller too; clients are told another port where a relay stands before it."""

    number: int
    folder: Path
    port: int = field(default_factory=_free_port)
    controller: int = field(default_factory=_free_port)
    advertised: int = 0
    process: subprocess.Popen[bytes] | None = None


class KafkaCluster:
    """The nodes, in a folder."""

    def __init__(self, folder: Path, size: int = 1) -> None:
        self.nodes = [Node(number, folder / f"node{number}") for number in range(1, size + 1)]
        # Never with a dash in front: Kafka would take it for an option.
        self._id = base64.urlsafe_b64encode(b"A" + uuid.uuid4().bytes[1:]).decode().rstrip("=")

    @property
    def servers(self) -> str:
        """Addresses of all nodes."""
        return ",".join(f"127.0.0.1:{node.advertised or node.port}" for node in self.nodes)

    def start(self) -> None:
        """Start all nodes and wait until they answer."""
        for node in self.nodes:
            self._prepare(node)
        for node in self.nodes:
            self.start_node(node)
        for node in self.nodes:
            self.wait_for(node)

    def start_node(self, node: Node) -> None:
        """Start a node; it has what it had before."""
        with (node.folder / "log").open("ab") as log:
            node.process = subprocess.Popen(
                [*self._java(), "kafka.Kafka", str(node.folder / "server.properties")], stdout=log, stderr=log
            )

    @staticmethod
    def wait_for(node: Node, timeout: float = 180.0) -> None:
        """Wait until a node answers."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", node.port), timeout=1):
                return
            time.sleep(0.1)
        raise AssertionError(f"node {node.number} does not answer: {(node.folder / 'log').read_text()[-2000:]}")

    def stop(self) -> None:
        """Kill all nodes."""
        for node in self.nodes:
            self.kill(node)

    @staticmethod
    def kill(node: Node) -> None:
        """Kill a node, -9."""
        if node.process is not None:
            node.process.kill()
            node.process.wait(30)
            node.process = None

    @staticmethod
    def freeze(node: Node) -> None:
        """Stop a node without its noticing."""
        assert node.process is not None
        node.process.send_signal(signal.SIGSTOP)

    @staticmethod
    def thaw(node: Node) -> None:
        """Let it go on."""
        assert node.process is not None
        node.process.send_signal(signal.SIGCONT)

    @staticmethod
    def _java() -> list[str]:
        return ["java", "-Xmx320m", "-Xms128m", "-XX:+UseSerialGC", "-cp", f"{jars_folder()}/*"]

    def _prepare(self, node: Node) -> None:
        node.folder.mkdir(parents=True)
        size = len(self.nodes)
        voters = ",".join(f"{one.number}@127.0.0.1:{one.controller}" for one in self.nodes)
        settings = {
            "process.roles": "broker,controller",
            "node.id": node.number,
            "controller.quorum.voters": voters,
            "controller.listener.names": "CONTROLLER",
            "listeners": f"PLAINTEXT://127.0.0.1:{node.port},CONTROLLER://127.0.0.1:{node.controller}",
            "advertised.listeners": f"PLAINTEXT://127.0.0.1:{node.advertised or node.port}",
            "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
            "log.dirs": node.folder / "data",
            "auto.create.topics.enable": "false",
            "default.replication.factor": size,
            "min.insync.replicas": min(2, size),
            "offsets.topic.replication.factor": size,
            "offsets.topic.num.partitions": 4,
            "transaction.state.log.replication.factor": size,
            "transaction.state.log.min.isr": 1,
            "transaction.state.log.num.partitions": 4,
            "group.initial.rebalance.delay.ms": 0,
            "group.min.session.timeout.ms": 1000,
            "broker.session.timeout.ms": 4000,
            "broker.heartbeat.interval.ms": 1000,
            "replica.lag.time.max.ms": 4000,
            "log.segment.bytes": 16777216,
        }
        (node.folder / "server.properties").write_text("".join(f"{key}={value}\n" for key, value in settings.items()))
        subprocess.run(
            [
                *self._java(),
                "kafka.tools.StorageTool",
                "format",
                "-t",
                self._id,
                "-c",
                str(node.folder / "server.properties"),
            ],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=120,
        )
