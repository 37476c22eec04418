"""The end of an attempt, where nothing can be cancelled from outside."""

from __future__ import annotations

import time

import httpx
import pytest

from citycontext.client.attempt_clock import time_left
from citycontext.client.deadlines import Deadline
from citycontext.client.network import DeadlineTransport

LIMITS = httpx.Limits()


def test_waits_get_what_is_left() -> None:
    """Outside of an attempt a wait takes what it wants; inside no more than is left; after the end nothing."""
    assert time_left(5, TimeoutError) == 5
    with Deadline(0.05) as deadline:
        left = time_left(None, TimeoutError)
        assert left is not None
        assert 0 < left <= 0.05
        assert time_left(0.001, TimeoutError) == 0.001
        deadline.check()
        time.sleep(0.06)
        with pytest.raises(TimeoutError):
            time_left(5, TimeoutError)
        with pytest.raises(TimeoutError):
            deadline.check()
    assert time_left(None, TimeoutError) is None


@pytest.mark.parametrize("name", ["HTTP_PROXY", "https_proxy", "ALL_PROXY"])
def test_a_proxy_of_the_environment_is_left_to_httpx(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """httpx knows how to use one; without any, the transport is ours."""
    for proxy in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(proxy, raising=False)
        monkeypatch.delenv(proxy.upper(), raising=False)
    assert isinstance(Deadline.transport(limits=LIMITS, verify=True), DeadlineTransport)
    monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert Deadline.transport(limits=LIMITS, verify=True) is None
