"""The contexts of Smart Data Models that ship with the package, so that nobody needs a network to read by them."""

from __future__ import annotations

import pkgutil
import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import orjson

if TYPE_CHECKING:
    from citycontext.ngsild.packed import Packed

__all__ = ["shipped_context", "shipped_subjects", "subject_of_context"]

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


@cache
def _document(subject: str) -> Any:
    return orjson.loads(_packed().block(subject))


@cache
def _packed() -> Packed:
    from citycontext.ngsild.packed import Packed  # most contexts are the core alone

    content = pkgutil.get_data("citycontext.ngsild.context", "smart_data_models.bin")
    return Packed(content or b'{"head":{},"blocks":[]}\n')  # a loader that gives no data knows none
