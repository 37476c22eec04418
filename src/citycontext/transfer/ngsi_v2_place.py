"""A context broker of NGSIv2, or a dump of one, as a place that entities are read from; they become NGSI-LD."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import orjson

from citycontext.errors import ConfigurationError, ContextBrokerError, TransportError
from citycontext.foreign_text import printable
from citycontext.models.cleaning.ngsi_v2_store import entities_from_ngsi_v2, new_ids
from citycontext.models.cleaning.ngsi_v2_subscriptions import subscription_from_ngsi_v2
from citycontext.ngsild.batch import BatchResult
from citycontext.ngsild.findings import Finding, Severity
from citycontext.transfer.places import Place, Position
from citycontext.web.http import httpx
from citycontext.web.media_types import JSON

__all__ = ["NgsiV2Broker", "NgsiV2Dump", "NgsiV2Place", "NgsiV2Source"]

_PAGE: Final = 1_000
_LEAST_PAGE: Final = 20
_ATTEMPTS: Final = 3
_ENTITIES: Final = ("entities", "results", "data")

OnFindings = Callable[[str, Sequence[Finding]], None]
"""Is told what was done to an entity or a subscription, by its id."""


class NgsiV2Source(ABC):
    """Where entities and subscriptions of NGSIv2 come from.

    .. versionadded:: 0.2

    Args:
        service_path: The service path; it becomes the scope.
    """

    def __init__(self, service_path: str = "") -> None:
        self.service_path = service_path

    @property
    @abstractmethod
    def name(self) -> str:
        """What it is, for checkpoints and reports."""

    @abstractmethod
    def entities(self, skip: int = 0) -> Iterator[dict[str, Any]]:
        """Yield the entities, in an order that stays.

        Args:
            skip: How many to leave out at the beginning.
        """

    @abstractmethod
    def subscriptions(self) -> list[dict[str, Any]]:
        """Return the subscriptions."""

    def count(self) -> int | None:
        """Return how many entities there are; None where that is not known."""
        return None


class NgsiV2Broker(NgsiV2Source):
    """A broker of NGSIv2.

    .. versionadded:: 0.2

    Args:
        url: Its address, with or without ``/v2``.
        service: The value of ``Fiware-Service``.
        service_path: The value of ``Fiware-ServicePath``.
        headers: Further headers.
        auth: How one gets in, as httpx has it.
        timeout: Seconds that one attempt may take.
        verify: Whether its certificate is verified, or a file of those to trust.
    """

    def __init__(
        self,
        url: str,
        *,
        service: str = "",
        service_path: str = "",
        headers: Mapping[str, str] | None = None,
        auth: Any = None,
        timeout: float = 30.0,
        verify: bool | str = True,
    ) -> None:
        super().__init__(service_path)
        self._url = url.rstrip("/").removesuffix("/v2")
        self._service = service
        given = {**(headers or {}), "Accept": JSON}
        if service:
            given["Fiware-Service"] = service
        if service_path:
            given["Fiware-ServicePath"] = service_path
        self._client = httpx.Client(headers=given, auth=auth, timeout=timeout, verify=verify)

    @property
    def name(self) -> str:
        """The address, service and service path."""
        return " ".join(one for one in (f"{self._url}/v2", self._service, self.service_path) if one)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def entities(self, skip: int = 0) -> Iterator[dict[str, Any]]:
        """Yield the entities page by page, in the order in which they were created."""
        size, offset = _PAGE, skip
        while True:
            try:
                page = self._get("entities", limit=size, offset=offset)
            except ContextBrokerError as error:
                if error.status == 413 and size > _LEAST_PAGE:
                    size //= 2
                    continue
                raise
            yield from page
            offset += len(page)
            if len(page) < size:
                return

    def subscriptions(self) -> list[dict[str, Any]]:
        """Return the subscriptions."""
        found: list[dict[str, Any]] = []
        while True:
            page = self._get("subscriptions", limit=_PAGE, offset=len(found))
            found += page
            if len(page) < _PAGE:
                return found

    def count(self) -> int | None:
        """Return how many entities there are, if the broker says so."""
        answer = self._answer("entities", limit=1, options="count")
        total = answer.headers.get("Fiware-Total-Count", "")
        return int(total) if total.isdigit() else None

    def _get(self, what: str, **query: Any) -> list[dict[str, Any]]:
        try:
            document = orjson.loads(self._answer(what, **query).content)
        except orjson.JSONDecodeError:
            raise ConfigurationError(
                f"does not answer /v2/{what} with JSON.", file=self._url, cure="Is it a broker of NGSIv2?"
            ) from None
        if not isinstance(document, list) or not all(isinstance(one, dict) for one in document):
            raise ConfigurationError(
                f"does not answer /v2/{what} with a list.", file=self._url, cure="Is it a broker of NGSIv2?"
            )
        return document

    def _answer(self, what: str, **query: Any) -> httpx.Response:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                answer = self._client.get(f"{self._url}/v2/{what}", params=query)
            except httpx.HTTPError as error:
                if attempt == _ATTEMPTS:
                    raise TransportError(f"{self._url} cannot be reached: {error}") from None
                continue
            if answer.status_code >= 500 and attempt < _ATTEMPTS:
                continue
            if answer.is_error:
                said = printable(answer.text, 300)
                raise ContextBrokerError(
                    title=f"{self._url}/v2/{what} answers {answer.status_code}: {said}", status=answer.status_code
                )
            return answer
        raise AssertionError("unreachable")


class NgsiV2Dump(NgsiV2Source):
    """A dump of a broker of NGSIv2: a list of entities, an entity a line, or an object of ``entities`` and
    ``subscriptions``.

    .. versionadded:: 0.2

    Args:
        path: The file.
        service_path: The service path that the dump is of.
    """

    def __init__(self, path: Path, service_path: str = "") -> None:
        super().__init__(service_path)
        self._path = path
        self._document: Any = None

    @property
    def name(self) -> str:
        """The file's absolute path."""
        return str(self._path.resolve())

    def entities(self, skip: int = 0) -> Iterator[dict[str, Any]]:
        """Yield the entities in the order of the file."""
        document = self._read()
        if isinstance(document, dict):
            document = next((document[name] for name in _ENTITIES if isinstance(document.get(name), list)), [document])
        for number, one in enumerate(document):
            if number < skip:
                continue
            if not isinstance(one, dict) or not isinstance(one.get("id"), str):
                raise ConfigurationError(f"item {number + 1} is not an entity: it has no id.", file=str(self._path))
            yield one

    def subscriptions(self) -> list[dict[str, Any]]:
        """Return the subscriptions, of a dump that has them."""
        document = self._read()
        found = document.get("subscriptions") if isinstance(document, dict) else None
        return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []

    def count(self) -> int | None:
        """Return how many entities there are."""
        return sum(1 for _ in self.entities())

    def _read(self) -> Any:
        if self._document is None:
            try:
                content = self._path.read_bytes().removeprefix(b"\xef\xbb\xbf")
            except OSError as error:
                raise ConfigurationError(f"cannot be read: {error.strerror}.", file=str(self._path)) from None
            try:
                self._document = orjson.loads(content)
            except orjson.JSONDecodeError:
                try:
                    self._document = [orjson.loads(line) for line in content.splitlines() if line.strip()]
                except orjson.JSONDecodeError as error:
                    raise ConfigurationError(f"is neither JSON nor NDJSON: {error}.", file=str(self._path)) from None
        return self._document


class NgsiV2Place(Place):
    """The entities of NGSIv2, as NGSI-LD; ids are followed over the whole store.

    .. versionadded:: 0.2

    Args:
        source: Where they come from.
        zone: What times without zone are in.
        on_findings: Is told what was done to each entity.
    """

    def __init__(self, source: NgsiV2Source, *, zone: str | None = None, on_findings: OnFindings | None = None) -> None:
        self._source = source
        self._zone = zone
        self.told: OnFindings = on_findings or (lambda identifier, findings: None)
        self._ids: dict[str, str] | None = None
        self.left: list[tuple[dict[str, Any], str]] = []
        """Entities that cannot be NGSI-LD, each with the reason."""

    @property
    def name(self) -> str:
        """What the source is."""
        return self._source.name

    @property
    def ids(self) -> Mapping[str, str]:
        """The new ids by the old ones; the whole store is read for them, once."""
        if self._ids is None:
            self._ids = new_ids(self._source.entities())
        return self._ids

    def read(self, position: Position | None) -> Iterator[tuple[dict[str, Any], Position]]:
        """Yield the entities, normalized; those that cannot be NGSI-LD are put aside."""
        number = int((position or {}).get("number", 0))
        self.left = []
        for entity in self._source.entities(number):
            number += 1
            cleaned = next(
                entities_from_ngsi_v2([entity], ids=self.ids, service_path=self._source.service_path, zone=self._zone)
            )
            wrong = [str(one) for one in cleaned.findings if one.severity is Severity.ERROR]
            if wrong:
                self.left.append((entity, "; ".join(wrong)))
                continue
            self.told(cleaned.entity.id, cleaned.findings)
            yield cleaned.entity.to_dict(), {"number": number}

    def subscriptions(self) -> Iterator[tuple[dict[str, Any], list[Finding]]]:
        """Yield the subscriptions as NGSI-LD has them, each with what could not be expressed."""
        for one in self._source.subscriptions():
            yield subscription_from_ngsi_v2(one, ids=self.ids, service_path=self._source.service_path)

    def find(self, entities: Sequence[Mapping[str, Any]]) -> Mapping[str, dict[str, Any]]:
        """Return what is here of some entities, by id."""
        wanted = {one["id"] for one in entities}
        return {entity["id"]: entity for entity, _ in self.read(None) if entity["id"] in wanted}

    def write(self, entities: Sequence[dict[str, Any]]) -> BatchResult:
        """Refuse: a broker of NGSIv2 is only read."""
        raise ConfigurationError("a broker of NGSIv2 is only read.", file=self.name)

    def count(self) -> int | None:
        """Return how many entities there are."""
        return self._source.count()
