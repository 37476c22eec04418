"""Whether a service answers as its OpenAPI document says: made-up requests for each of its operations."""

from __future__ import annotations

from typing import Any

import pytest

__all__ = ["check_answers"]


def check_answers(url: str, *, examples: int, accept: str | None = None) -> set[str]:
    """Ask each operation, and check status, media type and body of each answer against the document.

    Args:
        url: Address of the document.
        examples: Requests for each operation.
        accept: What requests accept.

    Returns:
        The operations, such as ``GET /collections``.
    """
    schemathesis = pytest.importorskip("schemathesis")
    from hypothesis import HealthCheck, Phase, given, settings
    from schemathesis.specs.openapi import checks

    conformance = [
        checks.status_code_conformance,
        checks.content_type_conformance,
        checks.response_schema_conformance,
    ]
    seen = set()
    for result in schemathesis.openapi.from_url(url).get_all_operations():
        operation = result.ok()
        seen.add(operation.label)

        @settings(
            max_examples=examples,
            database=None,
            derandomize=True,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def check(case: Any) -> None:
            answer = case.call() if accept is None else case.call(headers={"accept": accept})
            assert answer.status_code < 500, (case.as_curl_command(), answer.text)
            case.validate_response(answer, checks=conformance)

        check()
    return seen
