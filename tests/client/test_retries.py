"""Waiting between attempts: what the broker asks for, else a growing random time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from citycontext.client.operations.exchange import Response
from citycontext.client.retries import LONGEST_WAIT, Unanswered, _waits, pause, without_waiting
from citycontext.errors import TransportError

LOST = Unanswered(TransportError("lost"))


@pytest.fixture(autouse=True)
def _waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Undo what keeps the other tests from waiting."""
    monkeypatch.setattr(_waits, "on", True)


def after(text: str) -> Response:
    return Response(503, [(b"Retry-After", text.encode())], b"")


def test_the_time_between_attempts_grows_to_a_limit() -> None:
    """Each wait is between half and all of a time that doubles, and never longer than the limit."""
    for attempt, longest in ((1, 0.2), (2, 0.4), (3, 0.8), (4, 1.6)):
        waits = [pause(attempt, LOST) for _ in range(200)]
        assert longest / 2 <= min(waits) < max(waits) <= longest
    assert pause(100, LOST) <= LONGEST_WAIT


@pytest.mark.parametrize(("text", "seconds"), [("7", 7.0), (" 0 ", 0.0)])
def test_what_the_broker_asks_for_in_seconds(text: str, seconds: float) -> None:
    """The wait is exactly that."""
    assert pause(1, after(text)) == seconds


def test_what_the_broker_asks_for_as_a_date() -> None:
    """The wait is the time until then, and none if it has passed."""
    now = datetime.now(UTC)
    assert 8 < pause(1, after(format_datetime(now + timedelta(seconds=10), usegmt=True))) <= 10
    assert pause(1, after(format_datetime(now - timedelta(hours=1), usegmt=True))) == 0.0


@pytest.mark.parametrize("text", ["", "soon", "-5", "1.5e3x"])
def test_what_nobody_can_ask_for(text: str) -> None:
    """A header that says nothing is as good as none."""
    assert 0.1 <= pause(1, after(text)) <= 0.2


def test_waiting_can_be_switched_off_for_a_while() -> None:
    """Inside, nothing waits; after it, and after an inner one, all is as before."""
    with without_waiting():
        with without_waiting():
            assert pause(5, LOST) == 0.0
        assert pause(5, after("9")) == 0.0
    assert pause(5, LOST) > 0
