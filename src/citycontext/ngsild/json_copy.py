"""Independent copies of JSON values, however deep they are."""

from __future__ import annotations

from copy import deepcopy
from typing import Any, Final

__all__ = ["copy_json"]

_SHARED: Final = frozenset({str, int, float, bool, type(None)})


def copy_json(value: Any, memo: dict[int, Any] | None = None) -> Any:
    """Copy a JSON value.

    ``deepcopy`` calls itself for each level, and fails on what ``read_json`` reads: a payload that is nested over 300
    deep. Here only what is not JSON is left to it.

    Args:
        value: The value. What stands in it twice, or in itself, does so in the copy.
        memo: Copies made before, as ``__deepcopy__`` is given them.
    """
    copies = {} if memo is None else memo
    root = [value]
    pending: list[Any] = [root]
    while pending:
        container = pending.pop()
        for key, member in container.items() if type(container) is dict else enumerate(container):
            kind = type(member)
            if kind in _SHARED:
                continue
            if kind is dict or kind is list:
                copied = copies.get(id(member))
                if copied is None:
                    copied = copies[id(member)] = member.copy()
                    pending.append(copied)
            else:
                copied = deepcopy(member, copies)
            container[key] = copied
    return root[0]
