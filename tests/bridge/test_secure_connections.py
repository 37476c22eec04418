"""Encrypted and websocket connections, against a Mosquitto that asks for certificates."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from bridge.conftest import Mosquitto, wait_until
from citycontext.bridge import Bridge, BridgeConfig
from citycontext.bridge.rehearsal.connections import try_connections
from citycontext.bridge.rehearsal.recording import listen
from citycontext.errors import ConfigurationError, TransportError

pytestmark = pytest.mark.mosquitto


@dataclass
class Authority:
    """A certificate authority of our own, made with openssl."""

    folder: Path

    @property
    def certificate(self) -> Path:
        """The authority's own certificate."""
        return self.folder / "ca.crt"

    def create(self) -> None:
        """Make key and certificate of the authority."""
        self._openssl(
            *("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"),
            *("-subj", "/CN=test authority", "-keyout", "ca.key", "-out", "ca.crt"),
        )

    def issue(self, name: str, extension: str = "") -> tuple[Path, Path]:
        """Make a certificate and its key."""
        self._openssl(
            *("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"),
            *("-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.csr"),
        )
        (self.folder / f"{name}.ext").write_text(extension)
        self._openssl(
            *("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial"),
            *("-days", "2", "-out", f"{name}.crt", "-extfile", f"{name}.ext"),
        )
        return self.folder / f"{name}.crt", self.folder / f"{name}.key"

    def _openssl(self, *arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Return an authority, or skip where openssl is not installed."""
    if shutil.which("openssl") is None:
        pytest.skip("the program openssl is not on the PATH")
    authority = Authority(tmp_path_factory.mktemp("authority"))
    authority.create()
    return authority


@pytest.fixture
def secure(authority: Authority, mosquitto: Any) -> Any:
    """Return a Mosquitto that encrypts and asks for a client's certificate."""
    certificate, key = authority.issue("server", "subjectAltName=IP:127.0.0.1")
    mosquitto.stop()
    mosquitto.settings = (
        f"cafile {authority.certificate}\ncertfile {certificate}\nkeyfile {key}\n"
        "require_certificate true\nuse_identity_as_username true"
    )
    mosquitto.start()
    return mosquitto


def configured(folder: Path, context_broker_url: str, **mqtt: Any) -> BridgeConfig:
    """Build a configuration."""
    return BridgeConfig.from_dict(
        {
            "mqtt": {"client_id": "bridge"} | mqtt,
            "context_broker": {"url": context_broker_url, "correlation_header": "X-Correlation-ID"},
            "journal": {"path": str(folder / "journal.db")},
            "route": [
                {"topic": "s/{x}", "type": "Device", "id": "urn:ngsi-ld:Device:{x}", "attributes": {"level": "v"}}
            ],
        }
    )


def publish(port: int, payload: bytes, *, tls: ssl.SSLContext | None, websocket: bool = False) -> None:
    """Publish a message with a correlation id."""
    client = paho.Client(
        paho.CallbackAPIVersion.VERSION2,
        protocol=paho.MQTTv5,
        transport="websockets" if websocket else "tcp",
    )
    if tls is not None:
        client.tls_set_context(tls)
    client.connect("127.0.0.1", port)
    client.loop_start()
    properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
    properties.UserProperty = [("correlation-id", "trace-1")]
    client.publish("s/1", payload, 1, properties=properties).wait_for_publish(10)
    client.disconnect()
    client.loop_stop()


def deliver(config: BridgeConfig, context_broker: Any, wait: Any, port: int, **how: Any) -> None:
    """Run a bridge, publish a message, and wait until the context broker has it."""
    bridge = Bridge(config)
    bridge.start()
    try:
        assert bridge.wait_connected(), bridge.troubles
        publish(port, b'{"v": 21.5}', **how)
        wait(lambda: context_broker.values("level") == {"urn:ngsi-ld:Device:1": [21.5]}, what="the update")
    finally:
        bridge.stop()


def test_a_certificate_lets_the_bridge_in(
    tmp_path: Path, authority: Authority, secure: Any, context_broker: Any, wait: Any
) -> None:
    """TLS with an authority of one's own and a client certificate; MQTT 5; the correlation id arrives."""
    certificate, key = authority.issue("bridge")
    tls = {"ca_file": str(authority.certificate), "certificate_file": str(certificate), "key_file": str(key)}
    context = ssl.create_default_context(cafile=str(authority.certificate))
    context.load_cert_chain(certificate, key)
    config = configured(tmp_path, context_broker.url, url=f"mqtts://127.0.0.1:{secure.port}", version="5", tls=tls)
    deliver(config, context_broker, wait, secure.port, tls=context)
    assert context_broker.headers[0]["X-Correlation-ID"] == "trace-1"


# paho leaves the socket of a failed handshake to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_without_what_is_asked_for_there_is_no_connection(
    tmp_path: Path, authority: Authority, secure: Any, context_broker: Any, wait: Any
) -> None:
    """A server nobody vouches for, and a server that does not know us: each is said in words."""
    url = f"mqtts://127.0.0.1:{secure.port}"
    for tls, reason in (
        ({}, "its certificate is not trusted"),
        ({"ca_file": str(authority.certificate)}, "mqtts://127.0.0.1"),
    ):
        bridge = Bridge(configured(tmp_path, context_broker.url, url=url, tls=tls))
        bridge.start()
        try:
            wait(lambda bridge=bridge, reason=reason: any(reason in one for one in bridge.troubles), what=reason)
            assert not bridge.wait_connected(0.5)
        finally:
            bridge.stop()


@pytest.mark.parametrize(
    ("tls", "reason"),
    [
        ({"ca_file": "nowhere.pem"}, "mqtt.tls: the certificates cannot be used: .*No such file"),
        ({"certificate_file": "nowhere.pem"}, "mqtt.tls: the certificates cannot be used"),
    ],
)
def test_certificates_that_cannot_be_read_are_a_fault_of_the_configuration(
    tmp_path: Path, context_broker: Any, tls: dict[str, str], reason: str
) -> None:
    """Before anything runs on."""
    bridge = Bridge(configured(tmp_path, context_broker.url, url="mqtts://127.0.0.1:1", tls=tls))
    with pytest.raises(ConfigurationError, match=reason):
        bridge.start()


def faults(authority: Authority, secure: Any, plain: Any) -> list[tuple[str, dict[str, str], str]]:
    """Address, encryption, and what is to be said."""
    certificate, key = authority.issue("bridge")
    stranger = Authority(authority.folder / "stranger")
    stranger.folder.mkdir(exist_ok=True)
    stranger.create()
    foreign, foreign_key = stranger.issue("foreign")
    ca = str(authority.certificate)
    url = f"mqtts://127.0.0.1:{secure.port}"
    own = {"ca_file": ca, "certificate_file": str(certificate)}
    return [
        (url, {}, "name its authority with tls.ca_file"),
        (url, {"ca_file": str(stranger.certificate)}, "tls.ca_file names other authorities"),
        (url, {"ca_file": ca}, "it asks for a client certificate, and has none of us: set tls.certificate_file"),
        (
            url,
            {"ca_file": ca, "certificate_file": str(foreign), "key_file": str(foreign_key)},
            "it does not accept our client certificate",
        ),
        (f"mqtt://127.0.0.1:{secure.port}", {}, "it speaks TLS on this port: write mqtts:// in url"),
        (f"mqtts://127.0.0.1:{plain.port}", {}, "it does not speak TLS on this port: write mqtt://"),
        (url, {"ca_file": "nowhere.pem"}, "ca_file: nowhere.pem: No such file"),
        (url, {"ca_file": ca, "key_file": str(key)}, "a key without its certificate"),
        (url, own, "holds no private key"),
        (url, own | {"key_file": str(foreign_key)}, "is the key of another certificate"),
        (url, own | {"certificate_file": str(key), "key_file": str(key)}, "bridge.key holds no certificate in PEM"),
        (url, own | {"certificate_file": str(key)}, "bridge.key holds no certificate in PEM"),
        (url, own | {"key_file": ca}, "is not a private key in PEM"),
    ]


# paho leaves the socket of a failed handshake to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_each_fault_of_tls_is_one_line_with_its_cure(
    tmp_path: Path, authority: Authority, secure: Any, context_broker: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """In ``check --connect``, in ``dry-run``, and where the bridge runs: none is silence."""
    plain = Mosquitto(tmp_path_factory.mktemp("plain"))
    plain.start()
    try:
        for url, tls, says in faults(authority, secure, plain):
            config = configured(tmp_path, context_broker.url, url=url, tls=tls)
            with pytest.raises((ConfigurationError, TransportError)) as listened:
                next(listen(config, seconds=10))
            assert says in str(listened.value), url
            try:
                said = [one.message for one in try_connections(config, keeping=False) if one.rule == "connection"]
            except ConfigurationError as error:
                said = [str(error)]
                with pytest.raises(ConfigurationError):
                    Bridge(config).start()
            else:
                with pytest.raises(ConfigurationError) as refused:
                    Bridge(config).run(require_connection=True)
                assert says in str(refused.value)
                assert "Start the MQTT broker" not in str(refused.value)
                bridge = Bridge(config)
                bridge.start()
                try:
                    wait_until(lambda bridge=bridge, says=says: any(says in one for one in bridge.troubles), what=says)
                finally:
                    bridge.stop()
            assert any(says in one for one in said), (says, said)
            assert not any("\n" in one for one in said)
    finally:
        plain.stop()


@pytest.mark.parametrize("encrypted", [False, True])
def test_messages_come_over_websockets(
    tmp_path: Path, authority: Authority, mosquitto: Any, context_broker: Any, wait: Any, encrypted: bool
) -> None:
    """Plain and encrypted, acknowledged as over TCP."""
    mosquitto.stop()
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    mosquitto.settings = f"listener {port} 127.0.0.1\nprotocol websockets"
    context, tls = None, {}
    if encrypted:
        certificate, key = authority.issue("server", "subjectAltName=IP:127.0.0.1")
        mosquitto.settings += f"\ncertfile {certificate}\nkeyfile {key}"
        tls = {"ca_file": str(authority.certificate)}
        context = ssl.create_default_context(cafile=str(authority.certificate))
    mosquitto.start()
    url = f"{'wss' if encrypted else 'ws'}://127.0.0.1:{port}/mqtt"
    config = configured(tmp_path, context_broker.url, url=url, tls=tls)
    deliver(config, context_broker, wait, port, tls=context, websocket=True)
