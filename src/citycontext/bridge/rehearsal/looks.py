"""A look inside a route: what its codec makes of a message, by which path each value is read, and why nothing came."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from citycontext.bridge.codecs.registry import OPTIONS_OF_NEW_FILES, Codec, load_codec
from citycontext.bridge.config.bridge import BridgeConfig
from citycontext.bridge.config.routes import RouteConfig
from citycontext.bridge.drafting.merged import values_in
from citycontext.bridge.mapping.paths import compile_path
from citycontext.bridge.message import Message
from citycontext.errors import CityContextError

__all__ = ["Look", "Looks", "paths_in"]


@dataclass(frozen=True)
class Look:
    """What a route's codec makes of a message.

    Args:
        documents: The documents, with what the topic captured.
        why_not: Why nothing is written, where that is known before the mapping; else empty.
    """

    documents: list[Any]
    why_not: str = ""


class Looks:
    """Looks at the messages of routes, each with a codec of its own.

    Args:
        config: The configuration.
        folder: Where codecs of the user are looked for.
    """

    def __init__(self, config: BridgeConfig, folder: Path | None = None) -> None:
        self._routes = {route.name: route for route in config.route}
        self._codecs: dict[str, Codec] = {}
        self._ids = config.ids
        self._folder = folder

    def look(self, route_name: str, message: Message) -> Look:
        """Read a message as a route does.

        Args:
            route_name: The route.
            message: The message.
        """
        route = self._routes[route_name]
        codec = self._codecs.get(route_name)
        if codec is None:
            more = OPTIONS_OF_NEW_FILES.get(route.codec.name, {}) if self._ids > 1 else {}
            codec = load_codec(route.codec.name, more | route.codec.options, folder=self._folder)
            self._codecs[route_name] = codec
        captured = next((found for one in route.patterns if (found := one.match(message.topic)) is not None), {})
        try:
            documents = [_with(one, captured) for one in codec.decode(message.payload, message.topic)]
        except CityContextError:
            return Look([])  # the mapping says it in the same words
        if not documents:
            return Look([], f"the codec {route.codec.name} finds no value to map in it (a status, an announcement)")
        return Look(documents, _unmet(route, documents))


def _with(document: Any, captured: dict[str, str]) -> Any:
    around = {"captured": captured} if captured else {}
    return {**document, **around} if isinstance(document, dict) else document


def _unmet(route: RouteConfig, documents: list[Any]) -> str:
    """Say which condition leaves a message alone."""
    if route.when is not None and not any(compile_path(route.when)(one) for one in documents):
        return f"when = {route.when!r} gives false or nothing"
    for entity in route.entity:
        if entity.each is not None:
            lists = [compile_path(entity.each)(one) for one in documents]
            if not any(lists):
                return f"each = {entity.each!r} leads to nothing"
        elif entity.when is not None and not any(compile_path(entity.when)(one) for one in documents):
            return f"when = {entity.when!r} of {entity.type} gives false or nothing"
    return ""


def paths_in(document: Any) -> Iterator[tuple[str, Any]]:
    """Yield each value of a document with the path that reads it.

    Args:
        document: What a codec read.
    """
    for text, _, value in values_in(document):
        yield text, value
