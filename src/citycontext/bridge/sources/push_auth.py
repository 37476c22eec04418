"""How the sender of a webhook shows that it may send. All comparisons take the same time, whatever they compare."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Callable
from typing import Any, Final, TypeAlias

import orjson

from citycontext.bridge.config.sources import ActilityAuth, BasicAuth, HmacAuth, NoAuth, PushAuth, TokenAuth
from citycontext.web.request_server import Exchange

__all__ = ["Check", "check_of"]

Check: TypeAlias = Callable[[Exchange], bool]
"""Returns whether a request that has arrived whole is from who may send."""

_ACTILITY_FIELDS: Final = ("CustomerID", "DevEUI", "FPort", "FCntUp", "payload_hex")


def check_of(auth: PushAuth | None) -> tuple[Check, bool]:
    """Return what checks a request, and whether it can do so before the body is read.

    Args:
        auth: As configured.
    """
    if isinstance(auth, TokenAuth):
        return _token(auth), True
    if isinstance(auth, BasicAuth):
        return _basic(auth), True
    if isinstance(auth, HmacAuth):
        return _hmac(auth), False
    if isinstance(auth, ActilityAuth):
        return _actility(auth), False
    assert auth is None or isinstance(auth, NoAuth), "that is all there are"
    return lambda exchange: True, True


def _same(given: str | bytes, wanted: bytes) -> bool:
    # Of the digests: so not even the length of the secret shows in the time it takes.
    content = given.encode("utf-8", "surrogateescape") if isinstance(given, str) else given
    return hmac.compare_digest(hashlib.sha256(content).digest(), hashlib.sha256(wanted).digest())


def _token(auth: TokenAuth) -> Check:
    wanted = auth.token.get_secret_value().encode()
    header = auth.header.lower()

    def check(exchange: Exchange) -> bool:
        if auth.query is not None:
            given = next((value for name, value in exchange.query if name == auth.query), "")
        else:
            given = exchange.headers.get(header, "")
            scheme, _, rest = given.partition(" ")
            if scheme.lower() == "bearer":
                given = rest.strip()
        return _same(given, wanted)

    return check


def _basic(auth: BasicAuth) -> Check:
    wanted = f"{auth.username}:{auth.password.get_secret_value()}".encode()

    def check(exchange: Exchange) -> bool:
        scheme, _, rest = exchange.headers.get("authorization", "").partition(" ")
        try:
            given = base64.b64decode(rest.strip(), validate=True)
        except ValueError:
            given = b""
        return _same(given, wanted) and scheme.lower() == "basic"

    return check


def _hmac(auth: HmacAuth) -> Check:
    secret = auth.secret.get_secret_value().encode()
    header = auth.header.lower()
    timestamp = None if auth.timestamp_header is None else auth.timestamp_header.lower()

    def check(exchange: Exchange) -> bool:
        content = bytes(exchange.body)
        is_fresh = True
        if timestamp is not None:
            sent = exchange.headers.get(timestamp, "")
            is_fresh = _is_near(sent, auth.max_age)
            content = sent.encode("utf-8", "surrogateescape") + b"." + content
        digest = hmac.digest(secret, content, auth.algorithm)
        text = base64.b64encode(digest).decode() if auth.encoding == "base64" else digest.hex()
        given = exchange.headers.get(header, "")
        if auth.encoding == "hex":
            given = given.lower()
        return _same(given, f"{auth.prefix}{text}".encode()) and is_fresh

    return check


def _is_near(sent: str, longest: float) -> bool:
    try:
        return abs(time.time() - float(sent)) <= longest
    except ValueError:
        return False


def _actility(auth: ActilityAuth) -> Check:
    """Check the token of ThingPark: SHA-256 of body elements, the query as sent without the token, and the key."""
    key = auth.key.get_secret_value().lower()

    def check(exchange: Exchange) -> bool:
        parts = exchange.target.partition("?")[2].split("&")
        given = next((part[6:] for part in parts if part.startswith("Token=")), "")
        query = "&".join(part for part in parts if not part.startswith("Token="))
        signed = _body_elements(exchange.body) + query + key
        return _same(given.lower(), hashlib.sha256(signed.encode()).hexdigest().encode())

    return check


def _body_elements(body: bytearray) -> str:
    try:
        document: Any = orjson.loads(body)
    except orjson.JSONDecodeError:
        return ""
    if not isinstance(document, dict):
        return ""
    content = next((value for name, value in document.items() if name.startswith("DevEUI_")), document)
    if not isinstance(content, dict):
        return ""
    return "".join(str(content[name]) for name in _ACTILITY_FIELDS if content.get(name) is not None)
