"""Compare an answer with a file of the suite, as a user sees it.

Open is only what a clause leaves open: what the broker makes up (ids, instance ids, its times), the order of entities
or objects in a list that nobody asked to be sorted, of an attribute's instances and of lists of names, whether an
``@context`` of one address is a text or an array (5.2.3), and the version of the core where nobody named one.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any, Final

from citycontext.ngsild.context import core_url, is_core_url
from citycontext.ngsild.terms import ATTRIBUTE_TYPES

__all__ = ["difference"]

_TIMES: Final = frozenset({"createdAt", "modifiedAt", "deletedAt", "notifiedAt", "lastNotification", "lastSuccess"})
_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z")
_OF_THE_RUN: Final = re.compile(r"202[4-9]-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
_MADE_BY_THE_BROKER: Final = frozenset({"instanceId", "createdAt", "modifiedAt", "jsonldContext"})
_MADE: Final = re.compile(r"^(urn:ngsi-ld:\w+):.*|^RandomUuidToBeReplaced$")


def difference(expected: Any, found: Any, made: Collection[str], *, ordered: bool = False, path: str = "") -> str:
    """Return where an answer first differs from what is expected; empty when it does not.

    Args:
        expected: What the suite's file holds.
        found: What came.
        made: Ids that were made up in this run: of them only the part before the last colon is compared.
        ordered: Whether the order of entities in a list was asked for.
        path: Where in the answer this is.
    """
    if path.rpartition(".")[2] in _TIMES and isinstance(found, str):
        return "" if _INSTANT.fullmatch(found) else f"{path}: {found!r} is not an instant"
    if isinstance(expected, dict) and isinstance(found, dict):
        return _of_objects(expected, found, made, ordered, path)
    if isinstance(expected, list) and isinstance(found, list):
        return _of_lists(expected, found, made, ordered, path)
    if isinstance(expected, str) and isinstance(found, str):
        return "" if _is_same_text(expected, found, made, path) else f"{path}: {found!r} is not {expected!r}"
    same = expected == found and isinstance(expected, bool) == isinstance(found, bool)
    return "" if same else f"{path}: {str(found)[:300]} is not {str(expected)[:300]}"


def _of_objects(
    expected: dict[str, Any], found: dict[str, Any], made: Collection[str], ordered: bool, path: str
) -> str:
    # Of the broker's making: ids of instances, times where they were asked for, and what 5.8.1.4 sets in subscriptions.
    found = {name: value for name, value in found.items() if name in expected or name not in _MADE_BY_THE_BROKER}
    if "geometry" in expected and expected.get("type") == "Feature" and path:
        # Whether features repeat the @context of their collection is open (4.5.17).
        expected, found = ({name: v for name, v in one.items() if name != "@context"} for one in (expected, found))
    if expected.keys() != found.keys():
        missing, more = sorted(expected.keys() - found.keys()), sorted(found.keys() - expected.keys())
        return f"{path}: without {missing}, with {more}"
    for name, value in expected.items():
        one, other = value, found[name]
        if name == "@context":
            one, other = _listed(one), _listed(other)
        wrong = difference(one, other, made, ordered=ordered, path=f"{path}.{name}")
        if wrong:
            return wrong
    return ""


def _of_lists(expected: list[Any], found: list[Any], made: Collection[str], ordered: bool, path: str) -> str:
    if len(expected) != len(found):
        return f"{path}: {len(found)} items, not {len(expected)}"
    if path.endswith((".attributeList", ".typeList")):
        expected, found = sorted(expected), sorted(found)
    elif all(isinstance(one, dict) and one.get("type") in ATTRIBUTE_TYPES for one in (*expected, *found)):
        expected, found = sorted(expected, key=_rank), sorted(found, key=_rank)
    elif not ordered and all(isinstance(one, dict) for one in (*expected, *found)):
        return _of_sets(expected, found, made, path)
    pairs = zip(expected, found, strict=True)
    return next((wrong for one, other in pairs if (wrong := difference(one, other, made, path=f"{path}[]"))), "")


def _of_sets(expected: list[Any], found: list[Any], made: Collection[str], path: str) -> str:
    left = list(found)
    for one in expected:
        place = next((n for n, other in enumerate(left) if not difference(one, other, made, path=f"{path}[]")), None)
        if place is None:
            return difference(one, left[0], made, path=f"{path}[]")
        del left[place]
    return ""


def _rank(instance: dict[str, Any]) -> tuple[str, str]:
    return str(instance.get("datasetId", "")), str(instance.get("observedAt", ""))


def _is_same_text(expected: str, found: str, made: Collection[str], path: str) -> bool:
    if expected == found or (path.endswith("@context[]") and found == core_url() and is_core_url(expected)):
        return True
    if _OF_THE_RUN.fullmatch(expected):
        return _OF_THE_RUN.fullmatch(found) is not None
    if path.endswith(".instanceId"):
        return found.startswith("urn:ngsi-ld:")
    if found not in made:
        return False
    known = _MADE.match(expected)
    return known is not None and found.startswith(f"{known[1] or 'urn:ngsi-ld:Building'}:")


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
