"""How one learns of changes: by subscriptions, or by files and streams that say when nothing changed."""

from __future__ import annotations

from citycontext.passport.city import City
from citycontext.passport.evidence import Exchange
from citycontext.passport.verdicts import NotReached, Outcome, Reason, failed, not_testable, passed
from citycontext.passport.words import Text
from citycontext.web.media_types import JSON

__all__ = ["changes", "ways_of_changes"]


def changes(city: City) -> Outcome:
    """R3.1: subscriptions, or a file or stream that says when nothing changed."""
    ways, evidence = city.once("ways", lambda: _ways(city))
    if ways:
        return passed(
            f"Changes can be learned by {', '.join(one.en for one in ways)}.",
            f"Wijzigingen zijn te vernemen via {', '.join(one.nl for one in ways)}.",
            notes=()
            if city.options.subscribe
            else (
                Text(
                    "No subscription was made; --subscribe makes one and deletes it again.",
                    "Er is geen abonnement gemaakt; --subscribe maakt er een en verwijdert het weer.",
                ),
            ),
            evidence=evidence,
        )
    for one in evidence:
        if one.obstacle.en:
            raise NotReached(one)
    return failed(
        "There are no subscriptions, and nothing published answers 304 to If-None-Match.",
        "Er zijn geen abonnementen, en niets gepubliceerds antwoordt 304 op If-None-Match.",
        evidence=evidence,
    )


def ways_of_changes(city: City) -> Outcome:
    """R3.2: how many ways there are."""
    ways, evidence = city.once("ways", lambda: _ways(city))
    if len(ways) > 1:
        return passed(
            f"{len(ways)} ways: {', '.join(one.en for one in ways)}.",
            f"{len(ways)} manieren: {', '.join(one.nl for one in ways)}.",
            evidence=evidence,
        )
    for one in evidence:
        if one.status is None:
            raise NotReached(one)
    return not_testable(
        Reason.NOT_APPLICABLE,
        f"A possibility that need not be used; seen: {', '.join(one.en for one in ways) or 'none'}.",
        f"Een mogelijkheid die niet gebruikt hoeft te worden; gezien: {', '.join(one.nl for one in ways) or 'geen'}.",
        evidence=evidence,
    )


def _ways(city: City) -> tuple[list[Text], tuple[Exchange, ...]]:
    evidence: list[Exchange] = []
    ways: list[Text] = []
    if city.options.subscribe:
        told = _subscription_made(city)
        evidence += told
        if told and told[0].status == 201:
            ways.append(Text("subscriptions (one was made and deleted)", "abonnementen (één gemaakt en verwijderd)"))
    else:
        listed = city.prober.ask("subscriptions?limit=1", with_context=False)
        evidence.append(listed)
        if (listed.status == 200 and isinstance(listed.json, list)) or listed.status in (401, 403):
            ways.append(Text("subscriptions", "abonnementen"))
    catalogue = city.catalogue_if_any
    if catalogue is not None:
        for url, en, nl in (
            *((one, "event stream", "event stream") for one in catalogue.endpoints[:2]),
            *((one, "files", "bestanden") for one in catalogue.downloads[:2]),
        ):
            first = city.prober.fetch(url)
            evidence.append(first)
            etag = first.headers.get("etag")
            if etag:
                again = city.prober.fetch(url, headers=(("If-None-Match", etag),))
                evidence.append(again)
                if again.status == 304:
                    ways.append(Text(f"{en} (304 to If-None-Match)", f"{nl} (304 op If-None-Match)"))
    return list(dict.fromkeys(ways)), tuple(evidence)


def _subscription_made(city: City) -> list[Exchange]:
    """Create a subscription that never fires, and delete it."""
    import orjson

    body = {
        "type": "Subscription",
        "description": "A test by citycontext mims check; it is deleted at once.",
        "entities": [{"type": "CitycontextMimsCheckNothing"}],
        "notification": {"endpoint": {"uri": "http://127.0.0.1:9/citycontext-mims-check"}},
    }
    made = city.prober.ask(
        "subscriptions",
        method="POST",
        content=orjson.dumps(body),
        headers={"Content-Type": JSON},
        with_context=False,
    )
    told = [made]
    if made.status == 201:
        name = made.headers.get("location", "").rstrip("/").rpartition("/")[2]
        told.append(city.prober.ask(f"subscriptions/{name}", method="DELETE", with_context=False))
    return told
