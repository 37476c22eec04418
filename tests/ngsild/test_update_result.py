"""Update results in the dialects of the brokers."""

from __future__ import annotations

from citycontext.ngsild.update_result import NotUpdated, UpdateResult, read_update_result


def test_the_standard_form() -> None:
    """Names written and names refused, each with its reason and registration."""
    result = read_update_result(
        {
            "updated": ["a"],
            "notUpdated": [{"attributeName": "b", "reason": "is there", "registrationId": "urn:r:1"}, "c", 5],
        },
        sent=["a", "b", "c"],
    )
    assert result == UpdateResult(["a"], [NotUpdated("b", "is there", "urn:r:1"), NotUpdated("c", "")])
    assert not result.ok


def test_errors_that_list_attributes() -> None:
    """Orion-LD groups refused attributes under one error, in a 207 and in a bare 400."""
    grouped = {"updated": ["a"], "notUpdated": [{"statusCode": 404, "title": "Not Found", "attributes": ["b", "c"]}]}
    assert read_update_result(grouped, sent=[]) == UpdateResult(
        ["a"], [NotUpdated("b", "Not Found"), NotUpdated("c", "Not Found")]
    )
    bare = {"title": "exists", "detail": "no overwrite", "attributes": ["b"]}
    assert read_update_result(bare, sent=[]) == UpdateResult([], [NotUpdated("b", "exists: no overwrite")])


def test_an_empty_answer_means_that_all_were_written() -> None:
    """204 says nothing, so the names sent are the names written."""
    assert read_update_result(None, sent=["a", "b"]) == UpdateResult(["a", "b"])


def test_other_bodies_are_not_about_attributes() -> None:
    """An error document, a list or a text is left to others."""
    assert read_update_result({"type": "x", "title": "y", "attributes": ["a"]}, sent=[]) is None
    assert read_update_result([], sent=[]) is None
