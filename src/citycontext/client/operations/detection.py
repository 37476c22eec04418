"""Telling one context broker from another, by what each says of itself outside of the API."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from citycontext.client.operations.exchange import Operation, Request, Response
from citycontext.client.profiles import ANTARES, CORAINE, ORION_LD, SCORPIO, STELLIO, BrokerProfile
from citycontext.web.media_types import JSON

__all__ = ["probes"]


def probes() -> Iterator[Operation[BrokerProfile | None]]:
    """Return the questions to ask, one after the other, until one is answered with a profile.

    Orion-LD and coraine name themselves under ``/version``; Scorpio, made with Quarkus, under ``/q/info``; Stellio,
    made with Spring, under ``/actuator/info``, which its default configuration keeps closed. Antares gives no name, but
    has a member under ``/q/health`` that no other has.
    """
    for path, words in (
        ("/version", {b"orionld version": ORION_LD, b'"coraine"': CORAINE}),
        ("/q/info", {b"scorpio": SCORPIO}),
        ("/actuator/info", {b"stellio": STELLIO}),
        ("/q/health", {b'"notificationschemes"': ANTARES}),
    ):
        yield Operation(Request("GET", path, (), {"Accept": JSON}), _finder(words))


def _finder(words: Mapping[bytes, BrokerProfile]) -> Callable[[Response], BrokerProfile | None]:
    def find(response: Response) -> BrokerProfile | None:
        if response.status != 200:
            return None
        said = response.content.lower()
        return next((profile for word, profile in words.items() if word in said), None)

    return find
