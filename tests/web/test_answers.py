"""Every body passes a limit, whatever reads it: endless, compressed, of an error, or of a token endpoint."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from citycontext import AsyncClient, Client
from citycontext.client.auth import OAuth2ClientCredentials
from citycontext.errors import AnswerTooLarge, ConfigurationError
from citycontext.web.answers import BodyTooLarge, async_limit, limit

_MOST = 1_000_000
_HOSTILE = ["bomb", "error-bomb", "endless", "error-endless", "large"]


@contextmanager
def _little_memory() -> Iterator[None]:
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("kind", _HOSTILE)
def test_a_body_ends_at_the_limit(hostile: str, kind: str) -> None:
    """A bomb of 200 MB or a body without an end is an error within little memory."""
    with (
        httpx.Client(event_hooks={"response": [limit(_MOST)]}) as client,
        _little_memory(),
        pytest.raises(BodyTooLarge, match="1,000,000"),
    ):
        client.get(f"{hostile}/{kind}")


@pytest.mark.parametrize("kind", _HOSTILE)
async def test_a_body_ends_at_the_limit_also_awaited(hostile: str, kind: str) -> None:
    """The asynchronous client keeps to the same limit."""
    async with httpx.AsyncClient(event_hooks={"response": [async_limit(_MOST)]}) as client:
        with _little_memory(), pytest.raises(BodyTooLarge):
            await client.get(f"{hostile}/{kind}")


def test_what_is_compressed_twice_is_refused(hostile: str) -> None:
    """Nobody asked for a bomb in a bomb."""
    with httpx.Client(event_hooks={"response": [limit(_MOST)]}) as client, pytest.raises(httpx.DecodingError):
        client.get(f"{hostile}/bomb-in-bomb")


def test_what_drips_ends_with_the_time(hostile: str) -> None:
    """A byte now and then holds nobody longer than was said."""
    hooks = {"response": [limit(_MOST, seconds=0.3)]}
    with httpx.Client(event_hooks=hooks) as client, pytest.raises(httpx.ReadTimeout):
        client.get(f"{hostile}/slow")


@pytest.mark.parametrize("kind", ["small", "gzip", "deflate", "raw-deflate"])
def test_an_honest_answer_comes_whole(hostile: str, kind: str) -> None:
    """Below the limit, each coding that was asked for is read as before."""
    with httpx.Client(event_hooks={"response": [limit(8000)]}) as client:
        assert client.get(f"{hostile}/{kind}").content == b'{"a": 1}' * 1000
    with httpx.Client(event_hooks={"response": [limit(7999)]}) as client, pytest.raises(BodyTooLarge):
        client.get(f"{hostile}/{kind}")


def test_what_cannot_be_decompressed_is_an_error_of_httpx(hostile: str) -> None:
    """A body that is not what its head says fails as it does in httpx."""
    with httpx.Client(event_hooks={"response": [limit(_MOST)]}) as client, pytest.raises(httpx.DecodingError):
        client.get(f"{hostile}/broken")


def test_a_transport_of_a_test_keeps_to_it_too() -> None:
    """What is in memory already is measured as well."""
    transport = httpx.MockTransport(lambda request: httpx.Response(200, content=b"x" * 100))
    hooks = {"response": [limit(99)]}
    with httpx.Client(transport=transport, event_hooks=hooks) as client, pytest.raises(BodyTooLarge):
        client.get("http://broker.example")


@pytest.mark.parametrize("kind", ["bomb", "error-bomb", "endless", "error-endless", "large", "refused-endless"])
def test_the_client_takes_no_more_than_it_was_told(hostile: str, kind: str) -> None:
    """An answer over the limit is an error of its own, told at once and not asked for again."""
    auth = httpx.DigestAuth("user", "password")  # an authentication that is not ours, and looks at a 401
    with (
        Client(f"{hostile}/{kind}", max_answer=_MOST, retries=5, auth=auth, timeout=60) as client,
        _little_memory(),
        pytest.raises(AnswerTooLarge, match=r"max_answer"),
    ):
        client._session.run(_retrieve(f"/{kind}"))


async def test_the_asynchronous_client_takes_no_more(hostile: str) -> None:
    """The same holds where it is awaited."""
    async with AsyncClient(hostile, max_answer=_MOST, timeout=60) as client:
        with _little_memory(), pytest.raises(AnswerTooLarge):
            await client._session.run(_retrieve("/bomb"))


@pytest.mark.parametrize("kind", ["bomb", "endless", "error-endless"])
def test_a_token_endpoint_cannot_fill_the_memory(hostile: str, kind: str) -> None:
    """What an authentication reads passes the same limit; the error names the endpoint."""
    auth = OAuth2ClientCredentials(f"{hostile}/{kind}", client_id="i", client_secret="s")
    with (
        Client("http://broker.example", auth=auth, max_answer=_MOST, retries=0, timeout=60) as client,
        _little_memory(),
        pytest.raises(AnswerTooLarge),
    ):
        client._session.run(_retrieve("/small"))


def test_the_limit_is_a_number() -> None:
    """Nothing, or less, cannot be asked for."""
    with pytest.raises(ConfigurationError, match="max_answer"):
        Client("http://broker.example", max_answer=0)


def _retrieve(path: str):
    from citycontext.client.operations.exchange import Operation, Request

    return Operation(Request("GET", path), lambda response: response)
