"""Loaders that fetch."""

from __future__ import annotations

import pytest

from citycontext.errors import ContextNotAvailable, ContextTooLarge, InvalidContext
from citycontext.ngsild.context import Context, FetchingLoader, Limits

URL = "https://example.org/c.jsonld"


def test_a_document_is_fetched() -> None:
    """What the callable brings is read."""
    loader = FetchingLoader(lambda url: b'{"@context": {"a": "urn:a:b"}}')
    assert Context.parse(URL, loader).expand("a") == "urn:a:b"


def test_a_server_that_is_away_is_said_so() -> None:
    """The error of the callable goes up as it is, and each load tries again."""
    asked: list[str] = []

    def fetch(url: str) -> bytes:
        asked.append(url)
        raise ContextNotAvailable("is away", url=url)

    loader = FetchingLoader(fetch)
    for _ in range(2):
        with pytest.raises(ContextNotAvailable, match="is away"):
            loader.load(URL)
    assert asked == [URL, URL]


@pytest.mark.parametrize(("body", "error"), [(b"<html>", InvalidContext), (b" " * 100, ContextTooLarge)])
def test_what_is_no_document_has_its_error(body: bytes, error: type[Exception]) -> None:
    """A page and an oversized answer are told apart."""
    with pytest.raises(error):
        FetchingLoader(lambda url: body, limits=Limits(size=50)).load(URL)
