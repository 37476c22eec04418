"""A purge over sources: each is asked to purge what it is registered for, then the broker does (5.6.21)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.responses import Response

from citycontext.broker.distribution.forwarder import Target
from citycontext.broker.distribution.provision import conflict, sources_for
from citycontext.broker.distribution.reads import concerns, restricted
from citycontext.broker.distribution.sources import Source
from citycontext.broker.request.request import Request
from citycontext.broker.responses.answers import json_answer
from citycontext.broker.responses.problems import Problem
from citycontext.broker.selection.selectors import read_selector

__all__ = ["PurgeProvision"]


@dataclass(frozen=True, slots=True)
class PurgeProvision:
    """The purge of the API, over sources.

    Args:
        handler: What does it at the broker itself, and lists the entities it changed.
    """

    handler: Callable[[Request], Awaitable[list[str]]]

    async def __call__(self, request: Request) -> Response:
        """Purge here, and at the sources that are concerned."""
        parameters = request.parameters
        selector = read_selector(
            parameters.get("type"), parameters.uris("id"), parameters.get("idPattern"), request.context
        )
        sources = [one for one in sources_for(request) if concerns(one, [selector], request, None)]
        able = [one for one in sources if "purgeEntity" in one.operations]
        unable = [one for one in sources if one.is_proxied and "purgeEntity" not in one.operations]
        # What is done here is checked first: a purge that is too wide goes nowhere.
        purged = await self.handler(request)
        if not able and not unable:
            return request.no_content()
        replies = await asyncio.gather(
            *(request.state.forwarder.send(request.caller, one, self._target(request, one)) for one in able)
        )
        errors: list[tuple[Problem, Source]] = [(conflict(one, "purgeEntity"), one) for one in unable]
        for reply in replies:
            problem = reply.problem(alone=False)
            if problem is not None and problem.name != "ResourceNotFound":
                errors.append((problem, reply.source))
        if not errors:
            return request.no_content()
        if not purged and len(errors) == len(sources) == 1:
            # Nothing was done anywhere: what the one source says is the answer.
            raise errors[0][0]
        told = [{"entityId": "", "error": problem.document(), "registrationId": one.id} for problem, one in errors]
        return json_answer({"success": purged, "errors": told}, status=207)

    def _target(self, request: Request, source: Source) -> Target:
        given = [(name, value) for name, value in request.asked.items() if name not in ("local", "drop", "keep")]
        query = dict(restricted(given, request, source, splits=True))
        share = source.share(None)
        context = request.context
        for name in ("keep", "drop"):
            if name in request.parameters:
                query[name] = request.parameters[name]
        if share is not None and share.attributes is not None and "keep" not in query:
            asked = {context.expand(one) for one in request.parameters.names("drop")} or share.attributes
            query["drop"] = ",".join(sorted(context.compact(one) for one in asked & share.attributes))
        return Target("DELETE", "/entities", list(query.items()))
