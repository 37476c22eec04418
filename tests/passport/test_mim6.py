"""MIM6, securing data: what can be seen from outside, and nothing that claims to be a full pass."""

from __future__ import annotations

import ssl
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from citycontext.passport import Options, Reason, Verdict
from citycontext.passport.checks import mim6
from citycontext.passport.tls import Handshake, shake_hands
from citycontext.web.http import httpx
from passport_city import City, answer


def outcome(city: City, name: str, *changes: Any, **more: Any) -> Any:
    return city.check(*changes, **more)[f"MIM6 {name}"].outcome


def refusing(status: int = 401, **headers: str) -> Any:
    def change(request: httpx.Request, response: httpx.Response) -> httpx.Response | None:
        if request.url.path.startswith("/ngsi-ld") and "authorization" not in request.headers:
            return answer(status, {"title": "no"}, **headers)
        return None

    return change


@pytest.mark.parametrize("name", ["R1.1", "R1.2", "R1.3"])
def test_rules_are_for_documents(city: City, name: str) -> None:
    """R1.1 to R1.3 are rules of an organisation: nothing is seen, and a document can be declared, by an alias too."""
    assert outcome(city, name).reason is Reason.ORGANISATIONAL
    assert outcome(city, name, declared={f"MIM6 {name}": "http://broker.example/version"}).reason is Reason.DECLARED
    alias = {"R1.1": "R1", "R1.2": "R3", "R1.3": "R4"}[name]
    assert outcome(city, name, declared={f"MIM6 {alias}": "http://broker.example/version"}).reason is Reason.DECLARED


def test_plain_http_fails(city: City) -> None:
    """R2.1 fails where the API is served over plain http."""
    seen = outcome(city, "R2.1")
    assert seen.verdict is Verdict.FAIL
    assert "plain http" in seen.seen.en


@pytest.mark.parametrize(
    ("seen", "verdict", "reason", "words"),
    [
        (Handshake("b", 443, "TLSv1.3", "AES", 60), Verdict.NOT_TESTABLE, Reason.ORGANISATIONAL, "60 days left"),
        (Handshake("b", 443, problem="certificate has expired"), Verdict.FAIL, None, "expired"),
        (Handshake("b", 443, "TLSv1.1", "AES", 60), Verdict.FAIL, None, "TLSv1.1"),
        (Handshake("b", 443, problem="refused", reached=False), Verdict.NOT_TESTABLE, Reason.NOT_REACHED, "refused"),
    ],
)
def test_tls_is_judged_by_its_handshake(
    city: City, monkeypatch: pytest.MonkeyPatch, seen: Handshake, verdict: Verdict, reason: Any, words: str
) -> None:
    """R2.1 over https: what is seen in force, a broken chain, an old version, and a server that is not there."""
    monkeypatch.setattr(mim6, "shake_hands", lambda host, port: seen)
    found = outcome(city, "R2.1", url="https://broker.example")
    assert (found.verdict, found.reason) == (verdict, reason)
    assert words in found.seen.en


def test_open_writing_fails_only_when_probed(city: City) -> None:
    """R3.1 fails where anybody may write, which is tried only with --probe-access and creates nothing."""
    assert outcome(city, "R3.1").reason is Reason.NOT_APPLICABLE
    assert all(one.method == "GET" for one in city.requests)
    city.requests.clear()
    seen = outcome(city, "R3.1", options=Options(probe_access=True))
    assert seen.verdict is Verdict.FAIL
    assert "anybody may write" in seen.seen.en
    writes = [one for one in city.requests if one.method == "POST"]
    assert [one.read() for one in writes] == [b"{}"]


def test_a_refused_stranger_is_seen_in_force(city: City) -> None:
    """R3.1 tells 401 and a refused write as seen in force, never as a pass."""
    client = {"auth": ("user", "password")}
    seen = outcome(city, "R3.1", refusing(www_authenticate="Bearer"), client=client, options=Options(probe_access=True))
    assert (seen.verdict, seen.reason) == (Verdict.NOT_TESTABLE, Reason.ORGANISATIONAL)
    assert "also to a write" in seen.seen.en
    without = outcome(city, "R3.1", refusing(), client=client)
    assert any("401 without WWW-Authenticate" in one.en for one in without.notes)


def test_the_token_issuer_is_asked(city: City) -> None:
    """The issuer that a challenge or the user names is asked for its description, and a silent one is warned of."""
    city.documents["https://login.example/.well-known/openid-configuration"] = answer(
        200, {"issuer": "https://login.example"}
    )
    client = {"auth": ("user", "password")}
    named = refusing(www_authenticate='Bearer realm="https://login.example"')
    seen = outcome(city, "R3.1", named, client=client)
    assert any("https://login.example, which describes itself." in one.en for one in seen.notes)
    given = outcome(city, "R3.1", refusing(), client=client, options=Options(token_issuer="https://login.example"))
    assert any("describes itself" in one.en for one in given.notes)
    other = outcome(city, "R3.1", refusing(), client=client, options=Options(token_issuer="https://nobody.example"))
    assert any("does not describe itself" in one.en for one in other.notes)


class _Silent(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(204)
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        return


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """Make a certificate for localhost with the program openssl."""
    key, made = tmp_path / "key.pem", tmp_path / "cert.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=localhost"]
    extension = ["-addext", "subjectAltName=DNS:localhost"]
    try:
        subprocess.run([*command, *extension, "-keyout", key, "-out", made], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("openssl is not on the PATH")
    return key, made


@pytest.fixture
def secure_port(certificate: tuple[Path, Path]) -> Iterator[int]:
    """Serve with that certificate."""
    key, made = certificate
    server = HTTPServer(("127.0.0.1", 0), _Silent)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_real_handshake(secure_port: int, certificate: tuple[Path, Path]) -> None:
    """A trusted chain has version, cipher and days left; an unknown authority none, a closed port is not reached."""
    trusted = shake_hands("localhost", secure_port, authorities=str(certificate[1]))
    assert (trusted.version, trusted.problem) == ("TLSv1.3", "")
    assert trusted.cipher
    assert trusted.days_left in (29, 30)
    unknown = shake_hands("localhost", secure_port)
    assert unknown.reached
    assert "self-signed" in unknown.problem.replace("self signed", "self-signed")
    assert not shake_hands("localhost", 1, timeout=1).reached
