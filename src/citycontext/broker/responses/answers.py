"""How an answer is written: JSON, a refusal, or nothing but a status (6.3.2, 6.3.6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from starlette.responses import Response

from citycontext.broker.responses.problems import Problem
from citycontext.web.media_types import JSON

__all__ = ["empty_answer", "json_answer", "problem_answer", "with_context"]


class _Empty(Response):
    """An answer without a body; a 204 must have no Content-Length (RFC 9110, 8.6)."""

    def __init__(self, status: int, headers: dict[str, str] | None = None) -> None:
        super().__init__(None, status, headers)


def with_context(document: Any, wire: Any) -> Any:
    """Put an @context into a resource, or into each of a list of them."""
    if isinstance(document, list):
        return [{**one, "@context": wire} if isinstance(one, dict) else one for one in document]
    return {**document, "@context": wire}


def json_answer(
    document: Any, *, status: int = 200, headers: Mapping[str, str] | None = None, media_type: str = JSON
) -> Response:
    """Write an answer in JSON."""
    return Response(orjson.dumps(document), status, dict(headers or {}), media_type)


def problem_answer(problem: Problem) -> Response:
    """Write a refusal; always plain JSON, without a Link (6.3.6), and for 411 and 415 without a body (6.3.4)."""
    if problem.status in (411, 415):
        return empty_answer(problem.status, problem.headers)
    return json_answer(problem.document(), status=problem.status, headers=problem.headers)


def empty_answer(status: int, headers: dict[str, str] | None = None) -> Response:
    """Write an answer without a body."""
    return _Empty(status, headers)
