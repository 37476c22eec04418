"""The words of models' attributes in the index."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from citycontext.models.catalogue.searched_words import read_words, write_words
from citycontext.ngsild.context.shipped import shipped_terms

LARGE = [name.lower() for name in shipped_terms("EnergyCIM") if name.isalnum()]
WORD = st.sampled_from([*LARGE[:4], LARGE[500], *LARGE[-2:], "availablespotnumber"]) | st.text("abcé", min_size=1)
MODELS = st.dictionaries(
    st.sampled_from(["EnergyCIM", "Parking", "NoSubject"]), st.lists(st.lists(WORD, max_size=5), max_size=3)
)


@given(MODELS)
def test_words_come_back(models: dict[str, Sequence[Sequence[str]]]) -> None:
    """Near, far and unknown words of several subjects' models are read again, each model's its own."""
    content = write_words((subject, words) for subject, own in models.items() for words in own)
    read = list(read_words(content, {subject: len(own) for subject, own in models.items()}))
    assert [set(words) for words in read] == [set(words) for own in models.values() for words in own]


def test_a_word_that_the_context_has_takes_a_byte_or_two() -> None:
    """A term of the subject's @context is written as a step, not as text."""
    assert len(LARGE) > 1000
    assert len(write_words([("EnergyCIM", LARGE[:300])])) < 310
    assert write_words([("Parking", ["nosuchterm"])]).startswith(b'{"0":["nosuchterm"]}')
