"""Problem details: every spelling and every absence ends in a class of the tree."""

from __future__ import annotations

import pytest

from citycontext import errors
from citycontext.ngsild.problems import ProblemDetails, error_class

ETSI = "https://uri.etsi.org/ngsi-ld/errors/"


@pytest.mark.parametrize(
    "name",
    [
        "InvalidRequest",
        "BadRequestData",
        "AlreadyExists",
        "Conflict",
        "ResourceNotFound",
        "NonexistentTenant",
        "OperationNotSupported",
        "TooComplexQuery",
        "TooManyResults",
        "InternalError",
        "NoMultiTenantSupport",
        "LdContextNotAvailable",
    ],
)
def test_every_error_type_of_the_standard_has_its_class(name: str) -> None:
    """Each name of clause 5.5.2 gives the class of the same name, whose default status agrees with the table."""
    chosen = error_class(ETSI + name, 0)
    assert chosen is getattr(errors, name)
    assert ProblemDetails(type=ETSI + name).to_error().status == chosen.default_status > 0


@pytest.mark.parametrize(
    ("spelt", "status", "expected"),
    [
        (ETSI + "TooManyResults ", 403, errors.TooManyResults),
        ("http://uri.etsi.org/ngsi-ld/errors/badrequestdata", 400, errors.BadRequestData),
        (ETSI + "NonExistingTenant", 404, errors.NonexistentTenant),
        (ETSI + "TenantNotFound", 404, errors.NonexistentTenant),
        (ETSI + "NotImplemented", 501, errors.OperationNotSupported),
        ("urn:somewhere#AlreadyExists", 409, errors.AlreadyExists),
        (ETSI + "MethodNotAllowed", 405, errors.ContextBrokerError),
        (ETSI + "ResourceNotFound", 503, errors.OperationNotSupported),
        ("about:blank", 404, errors.ResourceNotFound),
        ("", 409, errors.AlreadyExists),
        ("", 401, errors.ContextBrokerError),
        ("", 503, errors.ContextBrokerError),
    ],
)
def test_spellings_and_absences(spelt: str, status: int, expected: type[errors.ContextBrokerError]) -> None:
    """Case, blanks, other prefixes and brokers' own names are understood; the unknown goes by its status."""
    assert error_class(spelt, status) is expected


@pytest.mark.parametrize("document", [None, [], ["x"], "text", "", 5, {"type": None, "title": 7, "status": "abc"}])
def test_nothing_is_too_odd_to_read(document: object) -> None:
    """A body of any shape gives problem details, and an error with the answer's own status."""
    error = ProblemDetails.from_wire(document).to_error(status=502, body=b"raw", method="GET", url="http://b/x")
    assert error.status == 502
    assert error.body == b"raw"
    assert "GET http://b/x" in str(error)


def test_what_was_read_is_written_again() -> None:
    """Members beside the named ones survive, and an empty member is left out."""
    document = {"type": ETSI + "Conflict", "title": "t", "detail": {"a": 1}, "status": 409, "entityId": "urn:x:1"}
    assert ProblemDetails.from_wire(document).to_wire() == document
    assert ProblemDetails(type="Conflict").to_wire() == {"type": ETSI + "Conflict"}


def test_the_status_may_be_a_text_or_have_another_name() -> None:
    """``status``, ``statusCode`` and ``errorCode`` are read, as number or text."""
    read = [ProblemDetails.from_wire({name: "404"}).status for name in ("status", "statusCode", "errorCode")]
    assert read == [404, 404, 404]
