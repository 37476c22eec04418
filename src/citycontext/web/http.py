"""The one place that names the HTTP library: what moves to another one changes its import here (decision 0110).

from citycontext.web.http import httpx
"""

from __future__ import annotations

import httpcore
import httpx

__all__ = ["httpcore", "httpx", "ignore_cookies"]


def ignore_cookies(client: httpx.Client | httpx.AsyncClient) -> None:
    """Let a client not look for cookies in answers: a third of what httpx does for a request.

    Args:
        client: The client; it sends requests that are built without it, and so never sent a cookie.
    """
    client.cookies.extract_cookies = _extract_nothing  # type: ignore[method-assign]


def _extract_nothing(response: httpx.Response) -> None:
    """Stand in for the search for cookies."""
