"""The law of cleaning: what is valid stays valid."""

from __future__ import annotations

import copy
import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from citycontext.models import clean, validate
from citycontext.models.validation.files import model_by_folder
from citycontext.ngsild.findings import Severity

CHANGES: list[Any] = [
    *(None, "x", 5, -3.5, True, [], [1, 2], {}, {"a": 1}, "null", "2020-05-01T10:00:00", "2020-05-01T10:00Z"),
    {"@type": "DateTime", "@value": "gisteren"},
    ["urn:ngsi-ld:X:1"],
    {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1]]]},
    {"type": "Point", "coordinates": ["1", "2"]},
    {"type": "Property", "value": None},
    {"type": "Relationship", "object": ["urn:a:b"]},
    {"type": "Number", "value": 5},
    [{"type": "Property", "value": 1}, {"type": "Property", "value": 2}],
]
"""What a value is replaced by, to see that the law holds for wrong entities too."""


def examples(shared_dir: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    for folder in ("smart-data-models", "smart-data-models-rest"):
        for path in sorted((shared_dir / folder).glob("dataModel.*/*/examples/*.json*")):
            try:
                payload = orjson.loads(path.read_bytes())
            except orjson.JSONDecodeError:
                continue
            for one in payload if isinstance(payload, list) else [payload]:
                if isinstance(one, dict):
                    yield path, one


def errors(payload: Any, model: Any, strictness: str) -> list[tuple[str, str]]:
    found = validate(payload, model, strictness=strictness)
    return [(re.split(r"[.\[]", one.path)[0], one.rule) for one in found if one.severity is Severity.ERROR]


@pytest.mark.shared
@pytest.mark.parametrize("strictness", ["tolerant", "strict"])
def test_cleaning_adds_no_error_to_any_example(shared_dir: Path, strictness: str) -> None:
    """Whatever is published as an example of a model has no error when it is clean that it had not before."""
    added: Counter[str] = Counter()
    seen = 0
    for path, payload in examples(shared_dir):
        seen += 1
        model = model_by_folder(str(path), payload)
        before = set(errors(payload, model, strictness))
        for name, rule in errors(clean(payload, model).entity.wire, model, strictness):
            if (name, rule) not in before:
                added[f"{path.parent.parent.name} {name} {rule}"] += 1
    assert seen > 1_400
    assert added == Counter()


@pytest.mark.shared
def test_cleaning_adds_no_error_to_what_is_wrong(shared_dir: Path) -> None:
    """An attribute that was without error has none when it is clean, whatever stands in the others."""
    chosen = random.Random(7)
    added = []
    for path, payload in chosen.sample([*examples(shared_dir)], 200):
        wrong = copy.deepcopy(payload)
        name = chosen.choice([one for one in wrong if one != "@context"])
        wrong[name] = copy.deepcopy(chosen.choice(CHANGES))
        model = model_by_folder(str(path), wrong)
        before = {one for one, _ in errors(wrong, model, "strict")}
        after = {one for one, _ in errors(clean(wrong, model).entity.wire, model, "strict")}
        if after - before:
            added.append((path.parent.parent.name, name, wrong[name], after - before))
    assert added == []
