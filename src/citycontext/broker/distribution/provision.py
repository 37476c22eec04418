"""Single writes over sources: sent to whom they concern, done here as far as they are ours (5.6, 6.3.17)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

import orjson
from starlette.responses import Response

from citycontext.broker.distribution.forwarder import Reply, Target, passed_through
from citycontext.broker.distribution.shares import Part, Shares, share_out
from citycontext.broker.distribution.sources import Source
from citycontext.broker.request.request import Request
from citycontext.broker.responses.answers import json_answer
from citycontext.broker.responses.problems import Problem, from_error
from citycontext.errors import CityContextError
from citycontext.ngsild.context import Context
from citycontext.ngsild.terms import ENTITY_MEMBERS

__all__ = ["Provision", "attributes_in", "conflict", "sources_for"]

Handler = Callable[[Request], Awaitable[Response]]

_NOT_SENT: Final = frozenset({"local"})


@dataclass(frozen=True, slots=True)
class Provision:
    """One write of the API, over sources.

    Args:
        operation: Its name in 4.20.
        handler: What does it at the broker itself.
        has_attributes: Whether the body is an entity, or a part of one, that can be shared out by attribute.
        check: Refuses a body that breaks the information model, before anybody gets it.
        tells_attributes: Whether a partial success names attributes (UpdateResult) instead of entities.
    """

    operation: str
    handler: Handler
    has_attributes: bool = False
    check: Callable[[Request], object] | None = None
    tells_attributes: bool = False

    async def __call__(self, request: Request) -> Response:
        """Do it: at the sources that are concerned, and here."""
        sources = sources_for(request)
        if not sources:
            return await self.handler(request)
        if self.has_attributes and self.check is not None:
            self.check(request)
        names = self._names(request)
        entity_id, types = _subject(request)
        if entity_id is None:
            return await self.handler(request)
        shares = share_out(sources, entity_id, types, names, self._operation_of)
        if not shares.parts:
            return await self.handler(request)
        if "attribute" in request.values and shares.is_proxied:
            shares = Shares([part for part in shares.parts if part.source.is_proxied], None)
        outcome = Outcome(entity_id, self.tells_attributes)
        await self._forward(request, shares, outcome)
        if shares.rest is not None:
            await self._do_here(request, shares, outcome)
        return outcome.answer(request, creates=self.operation in ("createEntity", "upsertTemporal"))

    def _operation_of(self, source: Source) -> str | None:
        return self.operation if self.operation in source.operations else None

    def _names(self, request: Request) -> frozenset[str]:
        if self.has_attributes:
            return frozenset(attributes_in(request.object_body(), request.context).values())
        if "attribute" in request.values:
            return frozenset({request.context.expand(request.values["attribute"])})
        return frozenset()

    async def _forward(self, request: Request, shares: Shares, outcome: Outcome) -> None:
        able = [part for part in shares.parts if part.operation is not None]
        for part in shares.parts:
            if part.operation is None:
                outcome.fail(conflict(part.source, self.operation), part.source, _short(part.names, request))
        replies = await asyncio.gather(*(self._send(request, part) for part in able))
        alone = len(shares.parts) == 1 and shares.rest is None
        for part, reply in zip(able, replies, strict=True):
            problem = reply.problem(alone=alone)
            names = _short(part.names, request)
            if problem is not None:
                outcome.fail(problem, part.source, names)
            elif reply.status == 207 and isinstance(reply.document, dict):
                outcome.take_over(reply.document, part.source)
            else:
                outcome.succeed(names)

    async def _send(self, request: Request, part: Part) -> Reply:
        query = [(name, value) for name, value in request.asked.items() if name not in _NOT_SENT]
        body = request.body
        if self.has_attributes:
            kept = attributes_in(request.body, request.context)
            body = {name: value for name, value in request.body.items() if kept.get(name, "") in {"", *part.names}}
        path = request.path_below
        if path.endswith("/attrs"):
            path += "/"  # as 6.6 and 6.18 write it
        return await request.state.forwarder.send(
            request.caller, part.source, Target(request.method, path, query, body)
        )

    async def _do_here(self, request: Request, shares: Shares, outcome: Outcome) -> None:
        if self.has_attributes and shares.rest is not None:
            known = attributes_in(request.body, request.context)
            request.body = {
                name: value for name, value in request.body.items() if name not in known or known[name] in shares.rest
            }
        try:
            response = await self.handler(request)
        except CityContextError as error:
            outcome.fail(from_error(error))
        except Problem as problem:
            # Only who finds the entity neither here nor at a source says that there is none (5.6).
            is_missing = problem.name == "ResourceNotFound"
            only_equals = not shares.is_proxied and self.operation == "deleteEntity"
            is_told = shares.is_proxied and self.operation == "deleteEntity" and outcome.was_asked
            if not is_missing or only_equals or (outcome.failed_entirely and not is_told):
                outcome.fail(problem)
        else:
            if response.status_code == 207:
                outcome.take_over(orjson.loads(response.body), None)
            else:
                outcome.succeed(list(attributes_in(request.body, request.context)) if self.has_attributes else [])


@dataclass(slots=True)
class Outcome:
    """What became of a write at the sources and here.

    Args:
        entity_id: What it was about.
        tells_attributes: Whether a partial success names attributes.
    """

    entity_id: str
    tells_attributes: bool
    updated: list[str] = field(default_factory=list)
    errors: list[tuple[Problem, Source | None, list[str]]] = field(default_factory=list)
    told: list[dict[str, Any]] = field(default_factory=list)
    done: int = 0

    @property
    def failed_entirely(self) -> bool:
        """Whether nobody did any of it so far."""
        return self.done == 0 and not self.told

    @property
    def was_asked(self) -> bool:
        """Whether a source was asked and refused, so that its reason says it all."""
        return any(source is not None and problem.name != "Conflict" for problem, source, _ in self.errors)

    def succeed(self, names: Sequence[str]) -> None:
        """Note that a part was done."""
        self.done += 1
        self.updated += [name for name in names if name not in self.updated]

    def fail(self, problem: Problem, source: Source | None = None, names: Sequence[str] = ()) -> None:
        """Note that a part was refused."""
        self.errors.append((problem, source, list(names)))

    def take_over(self, document: dict[str, Any], source: Source | None) -> None:
        """Note what somebody says of a part that was done in part."""
        self.done += 1
        self.updated += [name for name in document.get("updated") or () if isinstance(name, str)]
        for one in document.get("notUpdated") or document.get("errors") or ():
            if isinstance(one, dict):
                self.told.append({**one, "registrationId": source.id} if source is not None else one)

    def answer(self, request: Request, *, creates: bool) -> Response:
        """Answer for all: as if done here, with the error where it was the only one, else 207."""
        if not self.errors and not self.told:
            if creates:
                return request.created(f"{request.path.rstrip('/')}/{_quoted(self.entity_id)}")
            return request.no_content()
        if self.failed_entirely and len(self.errors) == 1:
            raise self.errors[0][0]
        headers = {}
        if creates and self.done:
            headers["Location"] = f"{request.path.rstrip('/')}/{_quoted(self.entity_id)}"
        if self.tells_attributes:
            missed = [*self.told]
            for problem, source, names in self.errors:
                told = {"reason": problem.detail, **_registration(source)}
                about = names or [request.values.get("attribute", "")]
                missed += [{"attributeName": name, **told} for name in about]
            return json_answer({"updated": self.updated, "notUpdated": missed}, status=207, headers=headers)
        errors = [*self.told]
        for problem, source, _ in self.errors:
            errors.append({"entityId": self.entity_id, "error": problem.document(), **_registration(source)})
        success = [self.entity_id] if self.done else []
        return json_answer({"success": success, "errors": errors}, status=207, headers=headers)


def sources_for(request: Request) -> list[Source]:
    """List the sources that a write may be shared out to."""
    if request.is_local:
        return []
    return [
        source
        for source in request.state.sources.of_tenant(request.tenant)
        if source.mode != "auxiliary"
        and not passed_through(request.via, source)
        and source.meets(request.parameters.get("csf"))
    ]


def attributes_in(body: Any, context: Context) -> dict[str, str]:
    """Return the names of the attributes in a body, each with what it means."""
    if not isinstance(body, dict):
        return {}
    return {name: context.expand(name) for name in body if name not in ENTITY_MEMBERS and not name.startswith("@")}


def conflict(source: Source, operation: str) -> Problem:
    """Say that a source holds what is to be written, and cannot do it (409)."""
    return Problem(
        "Conflict", f"The context source of {source.id} ({source.mode}) holds this, and does not support {operation}."
    )


def _subject(request: Request) -> tuple[str | None, list[str] | None]:
    """Return the id of the entity that a write is about, and its types where they are known."""
    body = request.body if isinstance(request.body, dict) else {}
    entity_id = request.entity_id if "id" in request.values else body.get("id", body.get("@id"))
    if not isinstance(entity_id, str):
        return None, None
    types = None
    given = body.get("type", body.get("@type")) if "attribute" not in request.values else None
    given = given or request.parameters.get("type")
    stored = request.state.store.entities.get(request.tenant, entity_id)
    if stored is not None:
        types = list(stored["type"])
    elif given:
        listed = given if isinstance(given, list) else [given]
        types = [request.context.expand_vocab(one) for one in listed if isinstance(one, str)]
    return entity_id, types


def _short(names: frozenset[str], request: Request) -> list[str]:
    return sorted(request.context.compact(name) for name in names)


def _registration(source: Source | None) -> dict[str, str]:
    return {} if source is None else {"registrationId": source.id}


def _quoted(text: str) -> str:
    return quote(text, safe=":")
