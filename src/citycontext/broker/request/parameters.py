"""The query parameters of a request, checked and typed (clause 6)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qsl

from citycontext.broker.responses.problems import Problem, bad_request_data, invalid_request
from citycontext.ngsild.names import is_uri
from citycontext.ngsild.query.duration import parse_duration
from citycontext.ngsild.query.q_parser import parse_q

__all__ = ["DEFAULT_LIMIT", "MAXIMUM_LIMIT", "READ_OPTIONS", "Parameters", "check_uri", "moment_after"]

DEFAULT_LIMIT: Final = 20
MAXIMUM_LIMIT: Final = 1000

_FORMATS: Final = {
    "normalized": "normalized",
    "concise": "concise",
    "simplified": "simplified",
    "keyValues": "simplified",
    "temporalValues": "temporalValues",
    "aggregatedValues": "aggregatedValues",
}
_OPTIONS: Final = frozenset({*_FORMATS, "sysAttrs", "noOverwrite", "replace", "update", "count"})
READ_OPTIONS: Final = frozenset({*_FORMATS, "sysAttrs", "count"})
"""What ``options`` may hold where entities are read."""

_LISTS: Final = frozenset(
    {
        *("id", "type", "attrs", "pick", "omit", "options", "datasetId", "containedBy", "expandValues", "jsonKeys"),
        *("orderBy", "aggrMethods", "keep", "drop"),
    }
)
_FLAGS: Final = frozenset({"local", "count", "entityMap", "splitEntities", "details", "deleteAll", "reload"})


class Parameters(dict[str, str]):
    """Names and values, decoded; a repeated name of a list is one list, as if its values stood behind commas."""

    @classmethod
    def read(cls, query: str, known: frozenset[str]) -> Parameters:
        """Read a query string.

        Args:
            query: The part of the address after ``?``.
            known: The parameters the operation knows.

        Raises:
            Problem: A parameter is not known (6.3.20), or the text is not UTF-8.
        """
        found = cls()
        try:
            pairs = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=200)
        except ValueError as error:
            raise invalid_request(f"The query string cannot be read: {error}.") from None
        for name, value in pairs:
            if name not in known:
                raise invalid_request(
                    f"The parameter {name!r} is not known here; known are {', '.join(sorted(known)) or 'none'}."
                )
            if name in found and name not in _LISTS:
                raise invalid_request(f"The parameter {name!r} is given twice; say it once.")
            if value:
                found[name] = f"{found[name]},{value}" if name in found else value
        found.check()
        return found

    def check(self) -> None:
        """Check the parameters that not every operation reads, so that a slip in one never goes unnoticed.

        Raises:
            Problem: One is not valid.
            InvalidQuery: ``csf`` does not parse.
        """
        for name in _FLAGS & self.keys():
            self.flag(name)
        self.options()
        if "csf" in self:
            parse_q(self["csf"])
        for uri in self.names("datasetId"):
            if uri != "@none":
                check_uri(uri, "datasetId")

    def names(self, name: str) -> list[str]:
        """Read a list behind commas; empty when the parameter is absent."""
        return [part.strip() for part in self.get(name, "").split(",") if part.strip()]

    def uris(self, name: str) -> list[str]:
        """Read a list of URIs.

        Raises:
            Problem: One is not valid.
        """
        found = self.names(name)
        for uri in found:
            check_uri(uri, name)
        return found

    def flag(self, name: str) -> bool:
        """Read ``true`` or ``false``; absent is false.

        Raises:
            Problem: It is neither.
        """
        value = self.get(name, "false")
        if value not in ("true", "false"):
            raise bad_request_data(f"The parameter {name!r} is 'true' or 'false', not {value!r}.")
        return value == "true"

    def integer(self, name: str, default: int, *, least: int = 0) -> int:
        """Read a whole number.

        Raises:
            Problem: It is not valid, or less than ``least``.
        """
        text = self.get(name)
        if text is None:
            return default
        if not (text.isascii() and text.isdigit() and len(text) < 16) or int(text) < least:
            raise bad_request_data(f"The parameter {name!r} is a whole number from {least}, not {text!r}.")
        return int(text)

    def page(self) -> tuple[int, int]:
        """Read limit and offset (6.3.10).

        Raises:
            Problem: One is not a whole number, limit is 0 without count, or it is more than the broker gives.
        """
        limit = self.integer("limit", DEFAULT_LIMIT)
        if limit == 0 and not self.flag("count"):
            raise bad_request_data("limit=0 gives nothing but a count; ask for it with count=true.")
        if limit > MAXIMUM_LIMIT:
            raise Problem("TooManyResults", f"limit={limit} is more than the {MAXIMUM_LIMIT} that can be had at once.")
        return limit, self.integer("offset", 0)

    def options(self, known: Collection[str] = _OPTIONS) -> set[str]:
        """Read ``options``.

        Args:
            known: Those that the operation has.

        Raises:
            Problem: One is not known (6.3.20).
        """
        found = set(self.names("options"))
        for option in found.difference(known):
            raise invalid_request(f"The option {option!r} is not known here.")
        return found

    def representation(self) -> str:
        """Choose the form of the answer: ``format`` wins over ``options``.

        Raises:
            Problem: The form is not known, or two are asked for.
        """
        if "format" in self:
            if self["format"] not in _FORMATS:
                raise invalid_request(f"The format {self['format']!r} is not known; one of {', '.join(_FORMATS)}.")
            return _FORMATS[self["format"]]
        asked = {_FORMATS[option] for option in self.options() if option in _FORMATS}
        if len(asked) > 1:
            raise invalid_request(f"Only one form can be asked for, not {', '.join(sorted(asked))}.")
        return asked.pop() if asked else "normalized"


def moment_after(duration: str, start: datetime, name: str) -> datetime:
    """Return the moment a duration after another.

    Raises:
        InvalidQuery: It is not a duration.
        Problem: It leads beyond the calendar.
    """
    try:
        return parse_duration(duration).after(start)
    except OverflowError:
        raise bad_request_data(f"{name}: {duration!r:.60} leads beyond the calendar.") from None


def check_uri(text: Any, name: str = "id") -> str:
    """Return a text that is a URI.

    Raises:
        Problem: It is not valid.
    """
    if not isinstance(text, str) or not is_uri(text):
        raise bad_request_data(f"{name}: {text!r:.120} is not a URI.")
    return text
