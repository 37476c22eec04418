"""The example of several bridges on Kafka, against a real one."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest
from tests.kafka_cluster import KafkaCluster, why_not

REASON = why_not() or (None if importlib.util.find_spec("confluent_kafka") else "confluent-kafka is not installed")
EXAMPLE = Path(__file__).parents[2] / "examples" / "scale" / "scale.py"


@pytest.mark.skipif(REASON is not None, reason=f"no Kafka here: {REASON}")
@pytest.mark.timeout(400)
def test_bridges_share_the_work(tmp_path: Path) -> None:
    """Two of them, one killed, a third: each sensor has each value in its turn."""
    cluster = KafkaCluster(tmp_path / "kafka")
    try:
        cluster.start()
        command = [sys.executable, str(EXAMPLE), "--servers", cluster.servers]
        done = subprocess.run(command, capture_output=True, text=True, timeout=360, check=False)
    finally:
        cluster.stop()
    assert done.returncode == 0, done.stdout + done.stderr
    assert [line.partition(":")[0] for line in done.stdout.splitlines()] == [
        "two bridges",
        "one was killed",
        "a third came",
    ]
    assert all("40 sensors" in line for line in done.stdout.splitlines())
