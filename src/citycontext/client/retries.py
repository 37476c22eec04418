"""What may be sent again, when, and how long to wait for it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final, TypeAlias

from citycontext.client.operations.exchange import Request, Response
from citycontext.errors import ContextBrokerError, InternalError, LdContextNotAvailable, TransportError
from citycontext.ngsild.problems import error_class

__all__ = ["LONGEST_WAIT", "Outcome", "Unanswered", "may_repeat", "pause", "with_first", "without_waiting"]

LONGEST_WAIT: Final = 30.0
"""Seconds: a broker that asks for more patience than this gets no second request."""

_FIRST_WAIT: Final = 0.2
_NOT_HANDLED: Final = frozenset({429, 503})
_UNKNOWN: Final = frozenset({502, 504})
_PASSING: Final = frozenset({ContextBrokerError, InternalError, LdContextNotAvailable})


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A request to which no usable answer came.

    Args:
        error: What the user gets if it is not sent again.
        may_have_arrived: Whether the broker may have seen the request.
        final: Whether sending it again is useless or too late, as after a time-out.
    """

    error: TransportError
    may_have_arrived: bool = True
    final: bool = False


Outcome: TypeAlias = Response | Unanswered


def may_repeat(request: Request, outcome: Outcome) -> bool:
    """Return whether a request may be sent again after what came of it.

    Repeated are: any request that never arrived, or that the broker put off (429, 503); idempotent ones also after a
    lost connection, 502 or 504. Never repeated: after a time-out, after any other refusal (409 means that the entity
    exists), and when the broker asks for a longer wait than :data:`LONGEST_WAIT`.

    Args:
        request: What was sent.
        outcome: The answer, or the lack of one.
    """
    if isinstance(outcome, Unanswered):
        return not outcome.final and (request.idempotent or not outcome.may_have_arrived)
    if outcome.status not in _NOT_HANDLED and not (request.idempotent and outcome.status in _UNKNOWN):
        return False
    problem = outcome.problem()
    if error_class(problem.type, outcome.status, problem.title) not in _PASSING:
        return False
    asked = _retry_after(outcome)
    return asked is None or asked <= LONGEST_WAIT


def with_first(first: Outcome, last: Outcome) -> Outcome:
    """Let an error show, with what came of the last attempt, what came of the first, where that was another thing.

    The first often names the cause, as a broker that is overloaded and then gone does.

    Args:
        first: What came of the first attempt.
        last: What came of the last one.
    """
    told, ended = _in_words(first), _in_words(last)
    if told == ended:
        return last
    note = f"the first attempt ended otherwise: {told}"
    if isinstance(last, Unanswered):
        last.error.add_note(note)
        return last
    return replace(last, note=note)


def _in_words(outcome: Outcome) -> str:
    return str(outcome.error() if isinstance(outcome, Response) else outcome.error)


def pause(attempt: int, outcome: Outcome) -> float:
    """Return the seconds to wait before the next attempt: what the broker asks for, else a growing random time.

    Args:
        attempt: How many attempts were made, from 1.
        outcome: What came of the last one.
    """
    if not _waits.on:
        return 0.0
    asked = _retry_after(outcome) if isinstance(outcome, Response) else None
    if asked is not None:
        return asked
    longest: float = min(_FIRST_WAIT * 2.0 ** (attempt - 1), LONGEST_WAIT)
    return random.uniform(longest / 2, longest)  # noqa: S311  (spreads load, keeps no secret)


class _Waits:
    """Whether retries wait; tests switch it off."""

    on = True


_waits = _Waits()


@contextmanager
def without_waiting() -> Iterator[None]:
    """Make retries follow at once, in every client of the process: for tests.

    Examples:
        >>> with without_waiting():
        ...     ...
    """
    before, _waits.on = _waits.on, False
    try:
        yield
    finally:
        _waits.on = before


def _retry_after(response: Response) -> float | None:
    text = response.header("Retry-After").strip()
    if not text:
        return None
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        instant = parsedate_to_datetime(text)
    except ValueError:
        return None
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=UTC)
    return max(0.0, (instant - datetime.now(UTC)).total_seconds())
