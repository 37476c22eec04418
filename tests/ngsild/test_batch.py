"""Batch results: one value, whatever the broker says and however it says it."""

from __future__ import annotations

from typing import Any

import pytest

from citycontext.errors import (
    AlreadyExists,
    BadRequestData,
    BatchError,
    ResourceNotFound,
    TransportError,
    UnreadableResponse,
)
from citycontext.ngsild.batch import BatchFailure, BatchResult, read_batch_result

ETSI = "https://uri.etsi.org/ngsi-ld/errors/"
SENT = ["urn:a:1", "urn:a:2", "urn:a:3"]


def read(status: int, document: object, sent: list[str] = SENT) -> BatchResult:
    result = read_batch_result(status, document, sent=sent)
    assert result is not None
    return result


def reasons(result: BatchResult) -> dict[str, type[Exception]]:
    return {failure.entity_id: type(failure.error) for failure in result.failed}


def test_ids_that_only_a_part_of_the_answer_names_are_completed() -> None:
    """A 201 lists the created ones only, and a 204 nothing: all that were sent succeeded."""
    upserted = read(201, ["urn:a:2"])
    assert (upserted.succeeded, upserted.created, upserted.ok) == (SENT, ["urn:a:2"], True)
    assert read(204, None).succeeded == SENT
    assert read(200, None, ["urn:a:1", "urn:a:1"]).succeeded == ["urn:a:1"]


DIALECTS: dict[str, Any] = {
    "the standard": {
        "success": ["urn:a:1"],
        "errors": [
            {"entityId": "urn:a:2", "error": {"type": ETSI + "AlreadyExists", "status": 409}},
            {"entityId": "urn:a:3", "error": {"type": ETSI + "BadRequestData"}, "registrationId": "urn:r:1"},
        ],
    },
    "Scorpio 5": {
        "success": ["urn:a:1"],
        "errors": [
            {"id": "urn:a:2", "type": "Create", "ProblemDetails": [{"type": ETSI + "AlreadyExists"}]},
            {"id": "urn:a:3", "ProblemDetails": {"title": "no", "errorCode": 400}},
        ],
    },
    "Scorpio 4": [
        {"id": "urn:a:1", "type": "Upsert", "success": [{"attributes": []}]},
        {"id": "urn:a:2", "type": "Upsert", "failure": [{"type": ETSI + "AlreadyExists", "errorCode": 409}]},
        {"id": "urn:a:3", "type": "Upsert", "failure": [{"type": ETSI + "BadRequestData", "detail": {"m": "x"}}]},
    ],
    "objects for ids": {
        "success": [{"id": "urn:a:1"}],
        "errors": [
            {"entityId": "urn:a:2", "error": {"title": "there", "status": 409}},
            {"entityId": "urn:a:3", "title": "bad", "status": 400},
        ],
    },
}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_mixed_answer_says_the_same_in_every_dialect(dialect: str) -> None:
    """One success and two failures of known kinds, whatever names the members have."""
    result = read(207, DIALECTS[dialect])
    assert result.succeeded == ["urn:a:1"]
    assert reasons(result) == {"urn:a:2": AlreadyExists, "urn:a:3": BadRequestData}
    assert not result.ok


def test_all_failed_with_an_error_document() -> None:
    """A 409 or 404 that lists ids, or one id, is a result and no error of the request."""
    many = read(409, {"type": ETSI + "AlreadyExists", "title": "Exists", "entityIds": SENT})
    assert reasons(many) == dict.fromkeys(SENT, AlreadyExists)
    one = read(404, {"type": ETSI + "ResourceNotFound", "entityId": "urn:a:9"}, ["urn:a:9"])
    assert reasons(one) == {"urn:a:9": ResourceNotFound}


def test_an_error_with_a_result_in_it() -> None:
    """A 400 whose body has the shape of a 207 is read by its shape; those it forgets failed with it."""
    result = read(400, {"success": [], "errors": [{"entityId": "urn:a:1", "error": {"status": 400}}]})
    assert reasons(result) == dict.fromkeys(SENT, BadRequestData)


@pytest.mark.parametrize(
    ("status", "document"), [(400, {"type": ETSI + "BadRequestData"}), (413, None), (502, None), (400, []), (302, None)]
)
def test_an_error_about_the_whole_request_is_no_result(status: int, document: object) -> None:
    """An answer that names no entity is left to whoever raises errors."""
    assert read_batch_result(status, document, sent=SENT) is None


def test_nothing_is_taken_for_granted_in_a_mixed_answer() -> None:
    """An id that a 207 does not mention has failed, for nobody knows; an empty 207 knows nothing at all."""
    result = read(207, {"success": ["urn:a:1"], "errors": []})
    assert reasons(result) == {"urn:a:2": UnreadableResponse, "urn:a:3": UnreadableResponse}
    assert reasons(read(207, None)) == dict.fromkeys(SENT, UnreadableResponse)


def test_an_id_may_stand_in_both_lists() -> None:
    """What was done in part, as an update that must not overwrite, is reported on both sides."""
    document = {"success": ["urn:a:1"], "errors": [{"entityId": "urn:a:1", "error": {"status": 400}}]}
    result = read(207, document, ["urn:a:1"])
    assert (result.succeeded, len(result.failed)) == (["urn:a:1"], 1)


def test_an_entity_without_id_fails_without_one() -> None:
    """What a broker writes in place of a missing id is kept, and the entities it then cannot name count as failed."""
    document = {"success": ["urn:a:1"], "errors": [{"entityId": "", "error": {"title": "not an object"}}]}
    result = read(207, document, ["urn:a:1"])
    assert str(result.failed[0]).startswith("(no id): ")


def test_a_success_that_lists_failures_is_believed() -> None:
    """A 201 whose body tells of failures is not taken for a success of all."""
    result = read(201, DIALECTS["Scorpio 4"])
    assert result.succeeded == ["urn:a:1"]
    assert len(result.failed) == 2


def test_raise_for_errors_names_them() -> None:
    """The exception counts, shows the first reasons, and carries all; without failures the result comes back."""
    fine = BatchResult(succeeded=["urn:a:1"])
    assert fine.raise_for_errors() is fine
    away = TransportError("no connection", method="POST", url="http://b/x")
    failed = BatchResult.all_failed([f"urn:a:{number}" for number in range(5)], away)
    with pytest.raises(BatchError, match=r"5 of 6 entities failed: urn:a:0: .*no connection.*and 2 more") as raised:
        BatchResult.joined([fine, failed]).raise_for_errors()
    assert [entity_id for entity_id, _ in raised.value.failed] == [f"urn:a:{number}" for number in range(5)]


def test_parts_join_in_order() -> None:
    """The results of a split batch become one, and the parts stay as they were."""
    first = BatchResult(["urn:a:1"], [BatchFailure("urn:a:2", AlreadyExists(status=409))], ["urn:a:1"])
    whole = BatchResult.joined([first, BatchResult(["urn:a:3"])])
    assert whole.succeeded == ["urn:a:1", "urn:a:3"]
    assert whole.created == ["urn:a:1"]
    assert first.succeeded == ["urn:a:1"]
