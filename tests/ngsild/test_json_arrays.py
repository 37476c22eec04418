"""Arrays read item by item."""

from __future__ import annotations

import io
import json
import tracemalloc

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from citycontext.ngsild import json_arrays
from citycontext.ngsild.json_arrays import read_items

DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(st.lists(DOCUMENTS), st.integers(1, 40), st.sampled_from([None, 1]))
@example([1e16, 1e-07, -0.5], 1, None)
@example([1e16, 1e-07, -0.5], 3, None)
def test_items_are_what_the_whole_has(items, size, indent):
    """However the file is cut into chunks, and whatever space is in it, each item comes as it is."""
    text = json.dumps(items, indent=indent, ensure_ascii=False)
    before, json_arrays._CHUNK = json_arrays._CHUNK, size
    try:
        assert list(read_items(io.BytesIO(text.encode(errors="surrogatepass")))) == items
    except UnicodeDecodeError:
        assert any("\ud800" <= sign <= "\udfff" for sign in text)
    finally:
        json_arrays._CHUNK = before


@pytest.mark.parametrize("text", ['{"a": [1]}', "3", '\ufeff [{"a": 1}]', " [ ] "])
def test_other_documents_are_one_item(text):
    """A document that is no array is the only item; a byte order mark and space do not matter."""
    whole = json.loads(text.lstrip("\ufeff"))
    assert list(read_items(io.BytesIO(text.encode()))) == (whole if isinstance(whole, list) else [whole])


@pytest.mark.parametrize("text", ["[1,]", "[1 2]", "[1", "[", "", "[1]]", "[NaN]", '["a', "[,1]", "[1,,2]", b"[\xff]"])
def test_what_is_no_json_is_refused(text):
    """A fault is an error, after the items that stand before it."""
    with pytest.raises(ValueError, match=r"\w"):
        list(read_items(io.BytesIO(text if isinstance(text, bytes) else text.encode())))


def test_memory_is_that_of_an_item():
    """Of 30 megabytes a few are held at a time."""
    item = json.dumps({"text": "x" * 1000}).encode()
    file = io.BytesIO(b"[" + b",".join([item] * 30_000) + b"]")
    tracemalloc.start()
    try:
        assert sum(1 for _ in read_items(file)) == 30_000
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()
