"""What an answer of the context broker says of updates that it did not take: whose fault, and whether time mends it."""

from __future__ import annotations

from typing import Final

from citycontext.errors import CityContextError, ContextBrokerError, DataError, OperationNotSupported

__all__ = [
    "SPLIT_AFTER",
    "TIME_WILL_MEND",
    "is_seldom_the_data",
    "is_worth_halving",
    "may_pass",
    "reason_of",
    "says_no_history",
    "status_of",
]

SPLIT_AFTER: Final = 5
"""Attempts after which a batch is halved whose failure may have been the broker's."""

TIME_WILL_MEND: Final = frozenset({0, 408, 425, 429, 502, 503, 504})
"""About the network or the broker's load; whoever sends, and whatever, time will mend it."""

# Seldom about the entities in the request, so there must be more evidence than for the others.
_SELDOM_THE_DATA: Final = frozenset({401, 402, 403, 404, 405, 407})
_NO_HISTORY: Final = frozenset({404, 405, 501})


def status_of(error: CityContextError) -> int:
    """Return the status of an answer: of a refusal, too, where the client would not even send it; 0 without any.

    Args:
        error: What came of a request.
    """
    if isinstance(error, DataError):
        return 400
    return error.status if isinstance(error, ContextBrokerError) else 0


def reason_of(error: CityContextError) -> str:
    """Return the words by which a person reads why an update was refused.

    Args:
        error: What came of a request.
    """
    who = "it cannot be sent" if isinstance(error, DataError) else "the context broker refused it"
    return f"{who}: {error}"


def is_seldom_the_data(status: int) -> bool:
    """Return whether a status is seldom about the entities in the request.

    Args:
        status: The status.
    """
    return status in _SELDOM_THE_DATA or status >= 500


def may_pass(status: int) -> bool:
    """Return whether the same request may succeed later.

    Args:
        status: The status.
    """
    return status in TIME_WILL_MEND or is_seldom_the_data(status)


def is_worth_halving(error: CityContextError, attempts: int) -> bool:
    """Return whether a part of the instances may be taken where all together were not.

    Args:
        error: What came of the request.
        attempts: How often it was sent.
    """
    status = status_of(error)
    if status in TIME_WILL_MEND or isinstance(error, OperationNotSupported):
        return False
    # A broker that chokes on one instance answers 500 for all that came with it.
    return attempts >= SPLIT_AFTER if is_seldom_the_data(status) else True


def says_no_history(error: CityContextError) -> bool:
    """Return whether the broker seems to keep no history.

    Args:
        error: What came of a request to add to it.
    """
    return isinstance(error, OperationNotSupported) or status_of(error) in _NO_HISTORY
