"""What each failure of httpx means: which exception of ours it is, and whether the request may have arrived."""

from __future__ import annotations

from citycontext.client.retries import Unanswered
from citycontext.errors import AnswerTooLarge, BrokerTimeout, TransportError
from citycontext.web.answers import BodyTooLarge
from citycontext.web.http import httpx

__all__ = ["unanswered"]


def unanswered(cause: httpx.HTTPError | TimeoutError, request: httpx.Request, *, seconds: float) -> Unanswered:
    """Translate a failure.

    Args:
        cause: What httpx raised, or a deadline that passed.
        request: What was sent, with an address that holds no credentials.
        seconds: The time-out.

    Returns:
        The failure, with the cause kept behind our exception.
    """
    method, url = request.method, str(request.url)
    place = _elsewhere(cause, request)
    error: TransportError
    if isinstance(cause, httpx.ConnectTimeout | httpx.PoolTimeout):
        error = BrokerTimeout(f"no connection{place} within {seconds:g} s", method=method, url=url)
        failure = Unanswered(error, may_have_arrived=False, final=True)
    elif isinstance(cause, httpx.TimeoutException | TimeoutError):
        error = BrokerTimeout(f"no whole answer{place} within {seconds:g} s", method=method, url=url)
        failure = Unanswered(error, final=True)
    elif isinstance(cause, BodyTooLarge):
        reason = f"the answer{place} has more than the {cause.most:,} bytes that max_answer allows"
        error = AnswerTooLarge(reason, method=method, url=url)
        failure = Unanswered(error, final=True)
    elif isinstance(cause, httpx.ConnectError):
        error = TransportError(f"no connection{place}: {cause}", method=method, url=url)
        failure = Unanswered(error, may_have_arrived=False)
    else:
        reason = str(cause) or type(cause).__name__
        error = TransportError(f"no usable answer{place}: {reason}", method=method, url=url)
        failure = Unanswered(error, final=isinstance(cause, httpx.UnsupportedProtocol | httpx.DecodingError))
    error.__cause__ = cause
    return failure


def _elsewhere(cause: Exception, request: httpx.Request) -> str:
    """Say where it went wrong, if that was not at the broker: an authentication may ask someone else for a token."""
    try:
        url = cause.request.url if isinstance(cause, httpx.RequestError) else request.url
    except RuntimeError:  # raised outside of any request
        return ""
    return "" if url.netloc == request.url.netloc else f" to {url.scheme}://{url.host}{url.path}"
