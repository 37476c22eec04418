"""Authentication: OAuth 2 tokens, fetched and renewed by themselves, and fixed ones.

Any ``httpx.Auth`` will do for a client; a certificate of one's own (mutual TLS) goes into its ``verify`` as a context.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncGenerator, Generator, Mapping
from typing import Any, Final, Literal

import orjson

from citycontext.errors import AuthenticationError, ConfigurationError
from citycontext.web.http import httpx
from citycontext.web.media_types import JSON

__all__ = ["BearerToken", "OAuth2ClientCredentials", "OAuth2Password"]

_LEEWAY: Final = 30.0


class BearerToken(httpx.Auth):
    """Send a token that does not change.

    Args:
        token: The token.
        header: The header it goes into: ``Authorization``, as ``Bearer``; any other, such as ``X-Auth-Token``, bare.
    """

    def __init__(self, token: str, *, header: str = "Authorization") -> None:
        self._name = header
        self._value = f"Bearer {token}" if header.lower() == "authorization" else token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add the header."""
        request.headers[self._name] = self._value
        yield request

    def __repr__(self) -> str:
        return f"BearerToken(header={self._name!r})"


class _OAuth2(httpx.Auth):
    """Fetches a token before the first request, renews it before it ends, and once more when the broker refuses it.

    Requests that wait for a token at the same time share one.
    """

    def __init__(
        self,
        token_url: str,
        *,
        form: Mapping[str, str],
        client_id: str,
        client_secret: str,
        scope: str,
        credentials: Literal["header", "form"],
    ) -> None:
        url = httpx.URL(token_url)
        if url.scheme not in {"http", "https"} or not url.host:
            raise ConfigurationError("must be an http or https address", key="token_url")
        self._url = url
        self._form = {**form, **({"scope": scope} if scope else {})}
        self._basic: httpx.BasicAuth | None = None
        if credentials == "header":
            self._basic = httpx.BasicAuth(client_id, client_secret)
        else:
            self._form |= {"client_id": client_id, **({"client_secret": client_secret} if client_secret else {})}
        self._client_id = client_id
        self._token = ""
        self._renew_at = 0.0
        self._lock = threading.Lock()
        self._async_lock = asyncio.Lock()

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add a token that is valid; if the broker refuses it, try once more with a new one."""
        with self._lock:
            if not self._is_fresh:
                response = yield self._token_request(request)
                response.read()
                self._take(response)
        used = self._authorize(request)
        response = yield request
        if response.status_code != 401:
            return
        with self._lock:
            if self._token == used:
                response = yield self._token_request(request)
                response.read()
                self._take(response)
        self._authorize(request)
        yield request

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Add a token that is valid; if the broker refuses it, try once more with a new one."""
        async with self._async_lock:
            if not self._is_fresh:
                response = yield self._token_request(request)
                await response.aread()
                self._take(response)
        used = self._authorize(request)
        response = yield request
        if response.status_code != 401:
            return
        async with self._async_lock:
            if self._token == used:
                response = yield self._token_request(request)
                await response.aread()
                self._take(response)
        self._authorize(request)
        yield request

    @property
    def _is_fresh(self) -> bool:
        return bool(self._token) and time.monotonic() < self._renew_at

    def _authorize(self, request: httpx.Request) -> str:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return self._token

    def _token_request(self, request: httpx.Request) -> httpx.Request:
        asked = httpx.Request(
            "POST",
            self._url,
            data=self._form,
            headers={"Accept": JSON},
            extensions={"timeout": request.extensions.get("timeout", {})},
        )
        return asked if self._basic is None else next(self._basic.auth_flow(asked))

    def _take(self, response: httpx.Response) -> None:
        try:
            document: Any = orjson.loads(response.content)
        except orjson.JSONDecodeError:
            document = None
        said = document if isinstance(document, dict) else {}
        token = said.get("access_token")
        if response.status_code != 200 or not isinstance(token, str) or not token:
            reason = ": ".join(str(said[name]) for name in ("error", "error_description") if said.get(name))
            raise AuthenticationError(
                f"{self._shown_url} gave no token, but {response.status_code} {reason}".rstrip(),
                status=response.status_code,
            )
        try:
            seconds = float(said.get("expires_in", 0))
        except (TypeError, ValueError):
            seconds = 0.0
        self._token = token
        self._renew_at = time.monotonic() + (seconds - min(_LEEWAY, seconds / 4) if seconds > 0 else 60.0)

    @property
    def _shown_url(self) -> str:
        return str(self._url.copy_with(username=None, password=None, query=None))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._shown_url!r}, client_id={self._client_id!r})"


class OAuth2ClientCredentials(_OAuth2):
    """Authenticate as a program: the grant ``client_credentials`` (RFC 6749, 4.4), as Keycloak and Keyrock give it.

    Args:
        token_url: Address of the token endpoint, such as ``https://…/realms/city/protocol/openid-connect/token``.
        client_id: The program's name.
        client_secret: Its secret.
        scope: Scopes to ask for, separated by blanks.
        credentials: Whether name and secret go into a ``header`` (Basic) or into the ``form``.

    Raises:
        ConfigurationError: The address is not valid.
    """

    def __init__(
        self,
        token_url: str,
        *,
        client_id: str,
        client_secret: str,
        scope: str = "",
        credentials: Literal["header", "form"] = "header",
    ) -> None:
        super().__init__(
            token_url,
            form={"grant_type": "client_credentials"},
            client_id=client_id,
            client_secret=client_secret,
            scope=scope,
            credentials=credentials,
        )


class OAuth2Password(_OAuth2):
    """Authenticate as a user: the grant ``password`` (RFC 6749, 4.3), as Keycloak and Keyrock give it.

    Args:
        token_url: Address of the token endpoint, such as ``http://localhost:3005/oauth2/token``.
        username: The user's name.
        password: The user's password.
        client_id: The program's name.
        client_secret: Its secret, if it has one.
        scope: Scopes to ask for, separated by blanks.
        credentials: Whether the program's name and secret go into a ``header`` (Basic) or into the ``form``.

    Raises:
        ConfigurationError: The address is not valid.
    """

    def __init__(
        self,
        token_url: str,
        *,
        username: str,
        password: str,
        client_id: str,
        client_secret: str = "",
        scope: str = "",
        credentials: Literal["header", "form"] = "header",
    ) -> None:
        super().__init__(
            token_url,
            form={"grant_type": "password", "username": username, "password": password},
            client_id=client_id,
            client_secret=client_secret,
            scope=scope,
            credentials=credentials,
        )
