"""Laws of the write operations, on documents alone."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from citycontext.broker.documents import writing
from citycontext.broker.documents.writing import instances

NOW, LATER = "2024-05-01T10:00:00.000000Z", "2024-05-01T11:00:00.000000Z"

values = st.one_of(st.integers(0, 3), st.dictionaries(st.sampled_from("xy"), st.integers(0, 3), max_size=2))
datasets = st.sampled_from([None, "urn:d:1", "urn:d:2"])


@st.composite
def attributes(draw: st.DrawFn) -> Any:
    """Make an attribute with up to three instances."""
    chosen = draw(st.lists(datasets, min_size=1, max_size=3, unique=True))
    made = []
    for dataset in chosen:
        instance: dict[str, Any] = {"type": "Property", "value": draw(values)}
        if draw(st.booleans()):
            instance["https://example.org/sub"] = {"type": "Property", "value": draw(values)}
        made.append(instance if dataset is None else {**instance, "datasetId": dataset})
    return made if len(made) > 1 else made[0]


names = st.sampled_from(["https://example.org/a", "https://example.org/b", "https://example.org/c"])
contents = st.dictionaries(names, attributes(), max_size=3)
payloads = contents.map(lambda content: {"id": "urn:a:b", "type": ["T"], **content})


def bare(document: Any) -> Any:
    """Leave out the broker's times, and whether an instance stands alone."""
    if isinstance(document, dict):
        return {name: bare(value) for name, value in document.items() if name not in ("createdAt", "modifiedAt")}
    return [bare(one) for one in document] if isinstance(document, list) else document


@given(payloads, payloads)
def test_replaced_entity_is_the_payload(before: Any, payload: Any) -> None:
    """Whatever was there, a replaced entity is what was sent, and keeps its createdAt."""
    stored = writing.create(before, NOW).after
    assert stored is not None
    replaced = writing.replace_entity(stored, payload, LATER).after
    assert bare(replaced) == payload
    assert replaced is not None
    assert (replaced["createdAt"], replaced["modifiedAt"]) == (NOW, LATER)


@given(payloads, contents)
def test_write_changes_nothing_it_was_given(before: Any, fragment: Any) -> None:
    """No operation changes its arguments."""
    stored = writing.create(before, NOW).after
    assert stored is not None
    kept = deepcopy((stored, fragment))
    writing.append_attributes(stored, fragment, LATER)
    writing.merge_entity(stored, fragment, LATER)
    writing.replace_entity(stored, {"id": "urn:a:b", "type": ["T"], **fragment}, LATER)
    writing.delete_entity(stored)
    assert (stored, fragment) == kept


@given(payloads, contents)
def test_append_twice_is_append_once(before: Any, fragment: Any) -> None:
    """An update that is sent again changes nothing more."""
    stored = writing.create(before, NOW).after
    assert stored is not None
    once = writing.append_attributes(stored, fragment, LATER).after
    assert once is not None
    twice = writing.append_attributes(once, fragment, LATER)
    assert bare(twice.after) == bare(once)
    assert all(writing.same_value(one.before, one.after) for one in twice.changes if one.before and one.after)


@given(payloads, contents)
def test_merge_twice_is_merge_once(before: Any, fragment: Any) -> None:
    """A merge that is sent again changes nothing more."""
    stored = writing.create(before, NOW).after
    assert stored is not None
    once = writing.merge_entity(stored, fragment, LATER).after
    assert once is not None
    assert bare(writing.merge_entity(once, fragment, LATER).after) == bare(once)


@given(payloads, contents)
def test_changes_tell_the_whole_story(before: Any, fragment: Any) -> None:
    """Applied one by one to the old instances, the changes of an operation give the new ones."""
    stored = writing.create(before, NOW).after
    assert stored is not None
    for revision in (
        writing.append_attributes(stored, fragment, LATER),
        writing.merge_entity(stored, fragment, LATER),
        writing.replace_entity(stored, {"id": "urn:a:b", "type": ["T"], **fragment}, LATER),
        writing.delete_entity(stored),
    ):
        held = by_key(stored)
        for change in revision.changes:
            assert held.get((change.attribute, change.dataset_id)) == change.before
            if change.after is None:
                del held[change.attribute, change.dataset_id]
            else:
                held[change.attribute, change.dataset_id] = change.after
        assert held == by_key(revision.after or {})


def by_key(document: Any) -> dict[tuple[str, str | None], Any]:
    """Return the instances of a document by attribute and dataset."""
    return {
        (name, instance.get("datasetId")): instance
        for name in writing.attribute_names(document)
        for instance in instances(document[name])
    }


@given(payloads)
def test_merging_nulls_empties_an_entity(before: Any) -> None:
    """Null for every instance leaves no attribute."""
    stored = writing.create(before, NOW).after
    assert stored is not None
    nulls = {
        name: [{**one, "value": "urn:ngsi-ld:null"} for one in instances(before[name])]
        for name in writing.attribute_names(before)
    }
    merged = writing.merge_entity(stored, nulls, LATER).after
    assert merged is not None
    assert list(writing.attribute_names(merged)) == []
