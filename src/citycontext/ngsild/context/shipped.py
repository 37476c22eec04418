"""The contexts of Smart Data Models that ship with the package, so that nobody needs a network to read by them."""

from __future__ import annotations

import pkgutil
import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import orjson

if TYPE_CHECKING:
    from citycontext.ngsild.packed import Packed

__all__ = ["full_terms", "plain_terms", "shipped_context", "shipped_subjects", "shipped_terms", "subject_of_context"]

_ADDRESS: Final = re.compile(
    r"https?://(?:smart-data-models\.github\.io|raw\.githubusercontent\.com/smart-data-models"
    r"|github\.com/smart-data-models)/dataModel\.(?P<subject>[^/]+)"
    r"(?:/(?:(?:raw|blob)/)?(?:refs/heads/)?(?:master|main))?/context\.jsonld"
)


def subject_of_context(url: str) -> str | None:
    """Return the subject whose @context an address names, in any of the spellings in use; ``None`` for other addresses.

    Args:
        url: An address.
    """
    found = _ADDRESS.fullmatch(url)
    return None if found is None else found["subject"]


def shipped_context(url: str) -> Any:
    """Return the document of a subject's @context, or ``None`` where none ships for the address.

    Args:
        url: An address; a commit's own is not taken for the newest.
    """
    subject = subject_of_context(url)
    return _document(subject) if subject is not None and subject in _packed() else None


def shipped_subjects() -> list[str]:
    """Return the subjects whose @context ships with the package."""
    return list(_packed())


def shipped_terms(subject: str) -> list[str]:
    """Return the terms of a subject's @context as they are kept, unsorted; none where no @context ships.

    Args:
        subject: The subject's name.
    """
    if subject not in _packed():
        return []
    by_beginning, others = orjson.loads(_packed().block(subject))
    return [*" ".join(by_beginning.values()).split(" "), *others]


def plain_terms(terms: dict[str, Any]) -> bytes:
    """Write the terms of a @context briefly: most IRIs end in their term, so what goes before it is written once.

    Args:
        terms: Term → IRI or definition, sorted by term.
    """
    by_beginning: dict[str, list[str]] = {}
    others: dict[str, Any] = {}
    for term, meaning in terms.items():
        if isinstance(meaning, str) and meaning.endswith(term) and " " not in term:
            by_beginning.setdefault(meaning.removesuffix(term), []).append(term)
        else:
            others[term] = meaning
    return orjson.dumps([{beginning: " ".join(names) for beginning, names in by_beginning.items()}, others])


def full_terms(content: bytes) -> dict[str, Any]:
    """Read the terms of a @context again, sorted.

    Args:
        content: What ``plain_terms`` wrote.
    """
    by_beginning, others = orjson.loads(content)
    for beginning, names in by_beginning.items():
        others.update((name, beginning + name) for name in names.split(" "))
    return dict(sorted(others.items()))


@cache
def _document(subject: str) -> Any:
    return {"@context": full_terms(_packed().block(subject))}


@cache
def _packed() -> Packed:
    from citycontext.ngsild.packed import Packed  # most contexts are the core alone

    content = pkgutil.get_data("citycontext.ngsild.context", "smart_data_models.bin")
    return Packed(content or b'{"head":{},"groups":[]}\n')  # a loader that gives no data knows none
