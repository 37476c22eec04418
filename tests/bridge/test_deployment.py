"""The deployment examples: what they configure is what the bridge reads."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

from citycontext.bridge.config.bridge import BridgeConfig
from citycontext.bridge.mapping.processing import MessageRouter
from citycontext.bridge.rehearsal.checks import check
from citycontext.ngsild.findings import Severity

FOLDER = Path(__file__).parents[2] / "examples" / "deployment"


def test_the_configuration_is_good() -> None:
    """It loads, compiles, and has no findings but those that kubernetes.yaml itself speaks of: it shares messages."""
    names = ("MQTT_URL", "MQTT_USERNAME", "MQTT_PASSWORD", "CONTEXT_BROKER_URL")
    addresses = dict(zip(names, ("mqtt://m", "u", "p", "http://c"), strict=True))
    config = BridgeConfig.load(FOLDER / "bridge.toml", addresses)
    assert len(MessageRouter(config).routes) == 1
    found = [one for one in check(config) if one.severity is not Severity.NOTE]
    assert all("shared" in one.message for one in found)
    environment = (FOLDER / "compose.yaml").read_text()
    unit = (FOLDER / "citycontext-bridge.service").read_text()
    assert all(name in environment and name in unit for name in names)


@pytest.mark.parametrize("name", ["compose.yaml", "kubernetes.yaml"])
def test_ports_and_paths_agree(name: str) -> None:
    """The admin port and the journal's folder are those of the configuration."""
    text = (FOLDER / name).read_text()
    assert all(yaml.safe_load_all(text))
    config = (FOLDER / "bridge.toml").read_text()
    assert "port = 9188" in config
    assert "9188" in text
    assert 'path = "/var/lib/citycontext/journal.db"' in config
    assert "/var/lib/citycontext" in text


def test_the_image_holds_what_the_build_needs() -> None:
    """Each file that the Dockerfile copies is there, and what the build asks for is copied; nothing else goes along."""
    root = FOLDER.parents[1]
    lines = (FOLDER / "Dockerfile").read_text().splitlines()
    copied = [name for line in lines if line.startswith("COPY") for name in line.split()[1:-1]]
    assert all((root / name).exists() for name in copied)
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    assert {"pyproject.toml", "src", project["readme"], *project["license-files"]} <= set(copied)


def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    """No unknown key, and nothing that it warns of, with a program that is there."""
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("the program systemd-analyze is not on the PATH")
    text = (FOLDER / "citycontext-bridge.service").read_text()
    unit = tmp_path / "citycontext-bridge.service"
    unit.write_text(text.replace("/opt/citycontext/bin/citycontext", "/bin/true"))
    done = subprocess.run([program, "verify", str(unit)], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_configuration_for_kafka_is_good() -> None:
    """It loads and has no findings; the manifest scales on metrics that the bridge has, and needs no disk."""
    names = ("KAFKA_SERVER", "POD_NAME", "CONTEXT_BROKER_URL")
    config = BridgeConfig.load(
        FOLDER / "kafka" / "region.toml", dict(zip(names, ("k:9092", "p-0", "http://c"), strict=True))
    )
    assert not config.needs_journal
    assert [one for one in check(config) if one.severity is not Severity.NOTE] == []
    documents = list(yaml.safe_load_all((FOLDER / "kafka" / "kubernetes.yaml").read_text()))
    workload, scaled = documents[1], documents[2]
    assert "volumeClaimTemplates" not in workload["spec"]
    assert scaled["spec"]["scaleTargetRef"]["name"] == workload["metadata"]["name"]
    queries = [one["metadata"].get("query", "") for one in scaled["spec"]["triggers"]]
    admin = (Path(__file__).parents[2] / "src/citycontext/bridge/operations/admin.py").read_text()
    assert "citycontext_bridge_partition_lag_seconds" in queries[0]
    assert "citycontext_bridge_partition_lag_seconds" in admin
    (source,) = config.source
    kafka = scaled["spec"]["triggers"][1]["metadata"]
    assert (kafka["consumerGroup"], [kafka["topic"]]) == (source.group, list(source.topics))  # type: ignore[union-attr]


@pytest.mark.parametrize("folder", [FOLDER, FOLDER / "kafka"], ids=["mqtt", "kafka"])
def test_a_kustomization_holds_together(folder: Path) -> None:
    """All files are there and below it; each configuration and secret that pods name is made; places have a value."""
    base = yaml.safe_load((folder / "kustomization.yaml").read_text())
    assert (base["apiVersion"], base["kind"]) == ("kustomize.config.k8s.io/v1beta1", "Kustomization")
    documents = [one for name in base["resources"] for one in yaml.safe_load_all((folder / name).read_text())]
    workload = next(one for one in documents if one["kind"] == "StatefulSet")
    pod = workload["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    maps = {one["configMap"]["name"] for one in pod["volumes"] if "configMap" in one}
    secrets = {one["secretRef"]["name"] for one in container["envFrom"]}
    assert maps == {one["name"] for one in base["configMapGenerator"]}
    assert secrets == {one["name"] for one in base["secretGenerator"]}
    given = {one["name"] for one in container.get("env", [])}
    for file in (name for one in base["secretGenerator"] for name in one["envs"]):
        lines = (folder / file).read_text().splitlines()
        given |= {line.partition("=")[0] for line in lines if line and not line.startswith("#")}
    for file in (name for one in base["configMapGenerator"] for name in one["files"]):
        assert set(re.findall(r"\$\{(\w+)\}", (folder / file).read_text())) == given


@pytest.mark.parametrize("file", ["kubernetes.yaml", "kafka/kubernetes.yaml"])
def test_a_manifest_is_whole(file: str) -> None:
    """What its parts say of each other is so: labels, ports, volumes, and who scales what; disks only for journals."""
    documents = {one["kind"]: one for one in yaml.safe_load_all((FOLDER / file).read_text())}
    workload, service = documents["StatefulSet"], documents["Service"]
    assert (workload["apiVersion"], service["apiVersion"]) == ("apps/v1", "v1")
    specification = workload["spec"]
    labels = specification["template"]["metadata"]["labels"]
    assert specification["selector"]["matchLabels"].items() <= labels.items()
    assert service["spec"]["selector"].items() <= labels.items()
    assert specification["serviceName"] == service["metadata"]["name"]
    pod = specification["template"]["spec"]
    (container,) = pod["containers"]
    ports = {one["name"]: one["containerPort"] for one in container["ports"]}
    assert {one["name"]: one["port"] for one in service["spec"]["ports"]} == ports
    assert {container[probe]["httpGet"]["port"] for probe in ("livenessProbe", "readinessProbe")} <= set(ports)
    claims = [one["metadata"]["name"] for one in specification.get("volumeClaimTemplates", [])]
    assert claims == ([] if "kafka" in file else ["journal"])
    volumes = [one["name"] for one in pod["volumes"]] + claims
    assert sorted(one["name"] for one in container["volumeMounts"]) == sorted(volumes)
    assert pod["securityContext"]["runAsNonRoot"]
    assert container["securityContext"]["readOnlyRootFilesystem"]
    if "kafka" in file:
        scaled = documents["ScaledObject"]["spec"]
        assert scaled["minReplicaCount"] <= specification["replicas"] <= scaled["maxReplicaCount"]
        assert [one["type"] for one in scaled["triggers"]] == ["prometheus", "kafka"]
