"""Telling one context broker from another, by what each says of itself outside of the API."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from citycontext.client.operations.exchange import Operation, Request, Response
from citycontext.client.operations.json_ld import JSON
from citycontext.client.profiles import ORION_LD, SCORPIO, STELLIO, BrokerProfile

__all__ = ["probes"]


def probes() -> Iterator[Operation[BrokerProfile | None]]:
    """Give the questions to ask, one after the other, until one is answered with a profile.

    Orion-LD names itself under ``/version``; Scorpio, made with Quarkus, under ``/q/info``; Stellio, made with Spring,
    under ``/actuator/info``, which its default configuration keeps closed.
    """
    for path, word, profile in (
        ("/version", b"orionld version", ORION_LD),
        ("/q/info", b"scorpio", SCORPIO),
        ("/actuator/info", b"stellio", STELLIO),
    ):
        yield Operation(Request("GET", path, (), {"Accept": JSON}), _finder(word, profile))


def _finder(word: bytes, profile: BrokerProfile) -> Callable[[Response], BrokerProfile | None]:
    def find(response: Response) -> BrokerProfile | None:
        return profile if response.status == 200 and word in response.content.lower() else None

    return find
