"""A document from somebody else's address is fetched within bounds, or not at all."""

from __future__ import annotations

import time

import pytest

from citycontext.web.fetch import DocumentTooLarge, FetchRules, Unavailable, Unfetchable, async_fetch, fetch

_OPEN = FetchRules(10_000, allow_private=True, timeout=5)


async def test_a_document_is_fetched(hostile: str) -> None:
    """Awaited or not, its bytes come as they are."""
    assert fetch(f"{hostile}/small", _OPEN) == await async_fetch(f"{hostile}/small", _OPEN) == b'{"a": 1}' * 1000


@pytest.mark.parametrize("kind", ["endless", "large"])
async def test_a_document_ends_at_the_limit(hostile: str, kind: str) -> None:
    """Neither what is announced nor what comes may be larger."""
    with pytest.raises(DocumentTooLarge):
        fetch(f"{hostile}/{kind}", _OPEN)
    with pytest.raises(DocumentTooLarge):
        await async_fetch(f"{hostile}/{kind}", _OPEN)


def test_a_bomb_is_not_opened(hostile: str) -> None:
    """What comes compressed, although asked not to, is refused."""
    with pytest.raises(Unavailable, match="compressed"):
        fetch(f"{hostile}/bomb", _OPEN)


def test_a_slow_document_is_given_up(hostile: str) -> None:
    """A byte now and then does not hold anybody."""
    start = time.monotonic()
    with pytest.raises(Unavailable, match="took longer"):
        fetch(f"{hostile}/slow", FetchRules(10_000, allow_private=True, timeout=0.3))
    assert time.monotonic() - start < 5


@pytest.mark.parametrize("url", ["{hostile}/small", "http://localhost:1/", "http://[::1]:1/", "http://2130706433/"])
async def test_no_private_address_is_connected_to(hostile: str, url: str) -> None:
    """However it is spelt, an address inside is refused before a connection."""
    with pytest.raises(Unavailable, match="private address"):
        fetch(url.format(hostile=hostile), FetchRules(10_000))
    with pytest.raises(Unavailable, match="private address"):
        await async_fetch(url.format(hostile=hostile), FetchRules(10_000))


def test_a_redirect_leads_to_no_private_address(hostile: str) -> None:
    """Each step of a redirect is looked at as the first one was."""
    port = hostile.rpartition(":")[2]
    asked: list[str] = []

    def resolver(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["93.184.215.14"] if len(asked) == 1 else ["127.0.0.1"]

    import httpx

    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url.host == "93.184.215.14"
        return httpx.Response(302, headers={"Location": f"http://127.0.0.1:{port}/small"})

    with (
        httpx.Client(transport=httpx.MockTransport(answer)) as client,
        pytest.raises(Unavailable, match=r"127\.0\.0\.1 is at the private address"),
    ):
        fetch("http://outside.example/inside", FetchRules(10_000, resolver=resolver), client)


@pytest.mark.parametrize("url", ["file:///etc/hostname", "ftp://a.example/", "http://", "https://u:p@a.example/"])
def test_only_plain_web_addresses_are_fetched(url: str) -> None:
    """Other schemes, and addresses with credentials, are refused without a look."""
    with pytest.raises(Unfetchable):
        fetch(url, FetchRules(10_000))
