"""The examples of the Smart Data Models, as they are published: read tolerantly and echoed, refused strictly."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from citycontext.errors import DataError
from citycontext.ngsild import Entity, Finding, Representation, Severity

pytestmark = pytest.mark.shared

MENDED = {
    "dataModel.RiskManagement/Risk/examples/example-normalized.jsonld": {
        "location": "spelt with @type where an attribute has type; both are given back"
    },
    "dataModel.TourismDestinations/TouristTrip/examples/example-normalized.jsonld": {
        "openingHoursSpecification": "a bare list among normalized attributes; it comes back as the Property that it is"
    },
}
"""Files that do not come back as they came, with the attribute and the reason."""

FORMS: dict[str, Representation] = {
    "example.jsonld": Representation.SIMPLIFIED,
    "example-normalized.jsonld": Representation.NORMALIZED,
}


@pytest.fixture(scope="module", params=list(FORMS))
def examples(request: pytest.FixtureRequest, shared_dir: Path) -> tuple[Representation, dict[str, bytes]]:
    """Return the examples of one form, by path."""
    folder = shared_dir / "smart-data-models"
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob(request.param))}
    return FORMS[request.param], files


def same_text(one: Any, other: Any) -> bool:
    """Compare as JSON: whole and other numbers are told apart, the order of members does not count."""
    return orjson.dumps(one, option=orjson.OPT_SORT_KEYS) == orjson.dumps(other, option=orjson.OPT_SORT_KEYS)


def test_examples_come_back_as_they_came(examples: tuple[Representation, dict[str, bytes]]) -> None:
    """Each published example loads, and all but two come back JSON-equal; of these only the attribute named differs."""
    form, files = examples
    assert len(files) == 358
    changed = {}
    for name, text in files.items():
        written = Entity.from_json(text, representation=form).to_dict(form)
        payload = orjson.loads(text)
        if not same_text(written, payload):
            changed[name] = {member for member in payload if not same_text(written.get(member), payload[member])}
    expected = {name: set(members) for name, members in MENDED.items() if name in files}
    assert changed == expected
    assert len(changed) / len(files) <= 0.01


def test_what_strict_reading_refuses_is_what_tolerant_reading_notes(
    examples: tuple[Representation, dict[str, bytes]],
) -> None:
    """A malformed example is refused with path and clause, and its first finding of that weight is the same one."""
    form, files = examples
    refused = 0
    for name, text in files.items():
        findings: list[Finding] = []
        Entity.from_json(text, representation=form, findings=findings)
        errors = [finding for finding in findings if finding.severity is Severity.ERROR]
        if not errors:
            Entity.from_json(text, representation=form, strict=True)
            continue
        with pytest.raises(DataError) as caught:
            Entity.from_json(text, representation=form, strict=True)
        assert (caught.value.path, caught.value.message) == (errors[0].path, errors[0].message), name
        assert caught.value.path, name
        assert caught.value.clause, name
        refused += 1
    assert refused == {Representation.SIMPLIFIED: 76, Representation.NORMALIZED: 144}[form]


@pytest.mark.parametrize("form", ["concise", "simplified"])
def test_normalized_examples_survive_the_other_forms(shared_dir: Path, form: str) -> None:
    """What is well-formed comes back from the concise form unchanged, and is stable in the simplified one."""
    for path in sorted((shared_dir / "smart-data-models").rglob("example-normalized.jsonld")):
        entity = Entity.from_json(path.read_bytes())
        try:
            Entity.from_json(path.read_bytes(), strict=True)
        except DataError:
            continue
        again = Entity.from_dict(entity.to_dict(form), representation=form)
        assert again.to_dict(form) == entity.to_dict(form), path.name
        if form == "concise":
            assert again.wire == entity.wire, path
