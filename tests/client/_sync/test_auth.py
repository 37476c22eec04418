# ruff: noqa: SIM117  (an asynchronous and a synchronous `with` cannot be joined)
# Made by scripts/unasync.py from tests/client/_async/test_auth.py; change that file, not this one.
"""Authentication: tokens fetched once, renewed in time, and never shown."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest

from citycontext.client import Client
from citycontext.client.auth import BearerToken, OAuth2ClientCredentials, OAuth2Password
from citycontext.client.concurrency import each
from citycontext.errors import AuthenticationError, ConfigurationError, ContextBrokerError, TransportError

ID = "urn:ngsi-ld:Parking:1"
TOKEN_URL = "https://login.test/token"


class Realm:
    """A broker behind a token: gives them out, and takes the last one only."""

    def __init__(self, expires_in: Any = 300) -> None:
        self.expires_in = expires_in
        self.given: list[httpx.Request] = []
        self.asked = 0
        self.valid = ""

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.host == "login.test":
            self.given.append(request)
            self.valid = f"token-{len(self.given)}"
            return httpx.Response(200, json={"access_token": self.valid, "expires_in": self.expires_in})
        self.asked += 1
        return httpx.Response(204 if request.headers.get("Authorization") == f"Bearer {self.valid}" else 401)


def client_credentials(**given: Any) -> OAuth2ClientCredentials:
    return OAuth2ClientCredentials(TOKEN_URL, client_id="bridge", client_secret="geheim", **given)


def test_a_token_is_fetched_once(broker: Any) -> None:
    """Many requests, one token; name and secret go to the token endpoint alone, as a Basic header."""
    broker.function = realm = Realm()
    with Client(broker.url, auth=client_credentials(scope="write"), transport=broker.transport) as client:
        each(client.entities.delete, [ID] * 10, limit=10)
    assert len(realm.given) == 1
    assert realm.asked == 10
    assert realm.given[0].headers["Authorization"].startswith("Basic ")
    assert dict(parse_qsl(realm.given[0].content.decode())) == {"grant_type": "client_credentials", "scope": "write"}
    assert realm.given[0].extensions["timeout"]["read"] == 10.0


def test_a_token_about_to_end_is_renewed(broker: Any) -> None:
    """Before the broker has to refuse it; a lifetime that is not one counts as a short one."""
    broker.function = realm = Realm()
    auth = client_credentials()
    with Client(broker.url, auth=auth, transport=broker.transport) as client:
        client.entities.delete(ID)
        auth._renew_at = 0.0
        realm.expires_in = "soon"
        client.entities.delete(ID)
        client.entities.delete(ID)
    assert (len(realm.given), realm.asked) == (2, 3)


def test_a_refused_token_is_renewed_once(broker: Any) -> None:
    """One 401, one new token, one further attempt; requests refused together renew together."""
    broker.function = realm = Realm()
    with Client(broker.url, auth=client_credentials(), transport=broker.transport) as client:
        client.entities.delete(ID)
        realm.valid = "another"
        each(client.entities.delete, [ID] * 5, limit=5)
        assert len(realm.given) == 2
        realm.given.clear()
        broker.function = lambda request: realm(request) if request.url.host == "login.test" else httpx.Response(401)
        with pytest.raises(ContextBrokerError) as raised:
            client.entities.delete(ID)
    assert raised.value.status == 401
    assert len(realm.given) == 1


def test_a_user_authenticates(broker: Any) -> None:
    """Name and password in the form; the program's own too where that is asked for."""
    broker.function = realm = Realm()
    auth = OAuth2Password(
        TOKEN_URL, username="anna", password="wachtwoord", client_id="app", client_secret="s", credentials="form"
    )
    with Client(broker.url, auth=auth, transport=broker.transport) as client:
        client.entities.delete(ID)
    assert dict(parse_qsl(realm.given[0].content.decode())) == {
        "grant_type": "password",
        "username": "anna",
        "password": "wachtwoord",
        "client_id": "app",
        "client_secret": "s",
    }
    assert "Authorization" not in realm.given[0].headers


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (401, b'{"error": "invalid_client", "error_description": "bad secret"}', "401 invalid_client: bad secret"),
        (200, b"<html>", "200"),
        (200, b"[]", "200"),
        (503, b"", "503"),
    ],
)
def test_no_token_is_an_error_of_its_own(broker: Any, status: int, body: bytes, said: str) -> None:
    """It names the token endpoint and what that said, and holds no secret."""
    broker.function = lambda _: httpx.Response(status, content=body)
    with Client(broker.url, auth=client_credentials(), transport=broker.transport) as client:
        with pytest.raises(AuthenticationError) as raised:
            client.entities.delete(ID)
    assert str(raised.value) == f"https://login.test/token gave no token, but {said}"
    assert raised.value.status == status


def test_a_token_endpoint_that_is_away_is_named(broker: Any) -> None:
    """The failure says that it was not the broker."""

    def away(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    broker.function = away
    with Client(broker.url, auth=client_credentials(), transport=broker.transport, retries=0) as client:
        with pytest.raises(TransportError, match="no connection to https://login"):
            client.entities.delete(ID)


def test_a_fixed_token(broker: Any) -> None:
    """As a bearer, or bare in a header of another name."""
    broker.will(204)
    with Client(broker.url, auth=BearerToken("t"), transport=broker.transport) as client:
        client.entities.delete(ID)
    assert broker.last.headers["Authorization"] == "Bearer t"
    auth = BearerToken("t", header="X-Auth-Token")
    with Client(broker.url, auth=auth, transport=broker.transport) as client:
        client.entities.delete(ID)
    assert broker.last.headers["X-Auth-Token"] == "t"


def test_no_secret_is_shown() -> None:
    """Not in any representation; and an address that is not one is refused at once."""
    password = OAuth2Password(TOKEN_URL, username="u", password="geheim", client_id="c")
    shown = [repr(client_credentials()), repr(password), repr(BearerToken("geheim"))]
    assert not any("geheim" in text for text in shown)
    with pytest.raises(ConfigurationError, match="token_url"):
        OAuth2ClientCredentials("login.test", client_id="c", client_secret="s")


def test_mutual_tls(secure_broker: Any) -> None:
    """With a certificate in the context of ``verify`` all is well; without one, or without trust, it is told."""
    entity = {"id": "urn:ngsi-ld:Parking:1", "type": "Parking", "note": {"type": "Property", "value": "x" * 300_000}}
    known = secure_broker.context(with_certificate=True)
    with Client(secure_broker.url, verify=known) as client:
        client.entities.create(entity)
        assert client.entities.retrieve(entity["id"], as_=dict) == entity
    unknown = secure_broker.context(with_certificate=False)
    with Client(secure_broker.url, verify=unknown, retries=0) as client:
        with pytest.raises(TransportError, match="no usable answer"):
            client.types.names()
    with Client(secure_broker.url, retries=0) as client:
        with pytest.raises(TransportError, match="CERTIFICATE_VERIFY_FAILED"):
            client.types.names()
