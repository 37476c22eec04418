"""What a context broker really holds, counted by asking it: the demo's check on the bridge's own word."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote

from citycontext.errors import TransportError, UnreadableResponse
from citycontext.web.http import httpx
from citycontext.web.media_types import JSON

__all__ = ["BrokerCounts"]

_LONG_AGO: Final = "1970-01-01T00:00:00Z"
_PAGE: Final = 100
_MEMBERS: Final = frozenset({"id", "type", "scope", "@context", "createdAt", "modifiedAt"})


class BrokerCounts:
    """Ask a context broker what it holds (ETSI GS CIM 009, 5.7).

    Args:
        url: The broker's address, without ``/ngsi-ld/v1``.
        history_limit: How many instances of each attribute it keeps; None for all.
    """

    def __init__(self, url: str, *, history_limit: int | None = None) -> None:
        self._history_limit = history_limit
        self._http = httpx.Client(base_url=f"{url}/ngsi-ld/v1", timeout=30, headers={"Accept": JSON})

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def entities(self) -> list[dict[str, Any]]:
        """Return all entities, normalized, with the short names of types and attributes.

        Raises:
            TransportError: The broker does not answer.
            UnreadableResponse: It answers with an error.
        """
        return [
            {_short(name): value for name, value in one.items()} | {"type": _short(one["type"])} for one in self._all()
        ]

    def updates(self) -> int | None:
        """Count the updates that are in the history: distinct times of observation, entity by entity.

        An update that was delivered twice is one update, for it repeats its time.

        Returns:
            How many; None if the broker may have dropped some already.

        Raises:
            TransportError: The broker does not answer.
            UnreadableResponse: It answers with an error.
        """
        each = [len(self._observations(entity)) for entity in self._all() if _is_observed(entity)]
        full = self._history_limit is not None and max(each, default=0) >= self._history_limit
        return None if full else sum(each)

    def _all(self) -> list[dict[str, Any]]:
        types = self._get("types", {}).json()["typeList"]
        return list(self._all_pages({"type": ",".join(types)})) if types else []

    def _observations(self, entity: dict[str, Any]) -> set[str]:
        """Times of one attribute: each update of the demo writes all attributes, with one time."""
        attribute = next(name for name in entity if _is_observation(entity, name))
        times: set[str] = set()
        after = _LONG_AGO
        while True:
            query = {"attrs": attribute, "options": "temporalValues", "timerel": "after", "timeAt": after}
            answer = self._get(f"temporal/entities/{quote(entity['id'], safe='')}", query)
            series = answer.json().get(attribute, [])
            found = {time for part in (series if isinstance(series, list) else [series]) for _, time in part["values"]}
            if answer.status_code != httpx.codes.PARTIAL_CONTENT or found <= times:
                return times | found
            times |= found
            after = max(found)

    def _all_pages(self, query: dict[str, Any]) -> Iterator[dict[str, Any]]:
        offset = 0
        while True:
            page = self._get("entities", {**query, "limit": _PAGE, "offset": offset}).json()
            yield from page
            if len(page) < _PAGE:
                return
            offset += _PAGE

    def _get(self, path: str, query: dict[str, Any]) -> httpx.Response:
        try:
            answer = self._http.get(path, params=query)
        except httpx.HTTPError as error:
            raise TransportError(
                str(error) or type(error).__name__, method="GET", url=f"{self._http.base_url}{path}"
            ) from error
        if not answer.is_success:
            raise UnreadableResponse(
                "an answer was expected",
                method="GET", url=str(answer.url), status=answer.status_code, body=answer.content,
            )  # fmt: skip
        return answer


def _short(name: str) -> str:
    """Return the last part of the IRI that a model's @context makes of a name."""
    return name.rpartition("/")[2]


def _is_observation(entity: dict[str, Any], name: str) -> bool:
    return name not in _MEMBERS and "observedAt" in entity[name]


def _is_observed(entity: dict[str, Any]) -> bool:
    """Say whether it was measured: sensors of the register are not."""
    return any(_is_observation(entity, name) for name in entity)
