"""A scripted broker for the tests of the client: it answers what it is told to, and remembers what it was asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from citycontext.client import without_waiting

ETSI = "https://uri.etsi.org/ngsi-ld/errors/"


class ScriptedBroker:
    """Answers requests in order from a list, the last answer for ever; or by a function."""

    def __init__(self) -> None:
        self.url = "http://broker.test:1026"
        self.requests: list[httpx.Request] = []
        self.answers: list[httpx.Response | Exception] = []
        self.function: Callable[[httpx.Request], httpx.Response] | None = None
        self.transport = httpx.MockTransport(self._answer)

    def will(self, status: int, body: Any = None, **headers: str) -> ScriptedBroker:
        """Add an answer: JSON for a value, none for None, raw for bytes."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        self.answers.append(httpx.Response(status, content=content, headers=named))
        return self

    def refuses(self, status: int, name: str) -> ScriptedBroker:
        """Add an error answer."""
        return self.will(status, {"type": ETSI + name, "title": name})

    def fails(self, error: Exception) -> ScriptedBroker:
        """Add a failure of the transport."""
        self.answers.append(error)
        return self

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if self.function is not None:
            return self.function(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        # a fresh response each time: a stream is read once
        return httpx.Response(answer.status_code, content=answer.content, headers=answer.headers)

    @property
    def last(self) -> httpx.Request:
        """The last request."""
        return self.requests[-1]

    @property
    def targets(self) -> list[str]:
        """Method and target of every request, below the API root."""
        return [
            f"{request.method} {request.url.raw_path.decode().removeprefix('/ngsi-ld/v1/')}"
            for request in self.requests
        ]

    def body(self, position: int = -1) -> Any:
        """The JSON body of a request."""
        return json.loads(self.requests[position].content)


@pytest.fixture
def broker() -> ScriptedBroker:
    """Give a broker that does what it is told."""
    return ScriptedBroker()


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    """Let retries follow at once."""
    with without_waiting():
        yield
