"""MIM6, securing data: what of an organisation's rules can be seen in force from outside. None of it is a full pass."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from citycontext.passport.checks.mim2 import declared_only
from citycontext.passport.city import City
from citycontext.passport.evidence import Exchange
from citycontext.passport.prober import answered
from citycontext.passport.tls import shake_hands
from citycontext.passport.verdicts import NotReached, Outcome, Reason, failed, not_testable
from citycontext.passport.words import Text
from citycontext.web.media_types import JSON

__all__ = ["authentication", "cryptography", "declared_only"]

_ISSUER: Final = re.compile(r'(?:authorization_uri|issuer|as_uri|realm)="(https?://[^"]+)"')
_METADATA: Final = re.compile(r'resource_metadata="(https?://[^"]+)"')
_BY_RULE: Final = Text(
    "The rules themselves are the organisation's: name them with --declare.",
    "De regels zelf zijn van de organisatie: noem ze met --declare.",
)


def cryptography(city: City) -> Outcome:
    """R2.1: TLS with a chain that is trusted, and nothing in clear beside it."""
    parts = urlsplit(city.prober.root)
    host = parts.hostname or ""
    if parts.scheme == "http":
        plain = answered(city.prober.ask("types", with_context=False))
        return failed(
            "The API is served over plain http: nothing on the way is encrypted.",
            "De API wordt over gewoon http aangeboden: onderweg is niets versleuteld.",
            evidence=(plain,),
        )
    seen = shake_hands(host, parts.port or 443)
    if not seen.reached:
        return not_testable(
            Reason.NOT_REACHED, f"{host} is not reached: {seen.problem}.", f"{host} is niet bereikt: {seen.problem}."
        )
    if seen.problem or seen.version not in ("TLSv1.2", "TLSv1.3"):
        what = seen.problem or seen.version
        return failed(f"The TLS of {host} is not trusted: {what}.", f"De TLS van {host} wordt niet vertrouwd: {what}.")
    answer = answered(city.prober.ask("types", with_context=False))
    notes = []
    if seen.version != "TLSv1.3":
        notes.append(Text("The mechanism names TLS 1.3.", "Het mechanisme noemt TLS 1.3."))
    if "strict-transport-security" not in answer.headers:
        notes.append(Text("No HSTS.", "Geen HSTS."))
    clear = city.prober.fetch(f"http://{host}/") if parts.port in (None, 443) else None
    if clear is not None and clear.is_success and not clear.headers.get("location", "").startswith("https"):
        notes.append(Text("Warning: plain http answers too.", "Waarschuwing: gewoon http antwoordt ook."))
    days = f", {seen.days_left} days left" if seen.days_left is not None else ""
    dagen = f", nog {seen.days_left} dagen geldig" if seen.days_left is not None else ""
    return not_testable(
        Reason.ORGANISATIONAL,
        f"Seen in force: {seen.version}, {seen.cipher}, a trusted chain for {host}{days}.",
        f"Van kracht gezien: {seen.version}, {seen.cipher}, een vertrouwde keten voor {host}{dagen}.",
        notes=(*notes, _BY_RULE),
        evidence=(answer,),
    )


def authentication(city: City) -> Outcome:
    """R3.1: a request without credentials is refused; with --probe-access a write too."""
    bare = city.anonymous or city.prober
    listed = bare.ask("subscriptions", with_context=False)
    evidence: list[Exchange] = [listed]
    if listed.status is None or listed.status == 429 or (listed.status >= 500 and listed.status != 501):
        raise NotReached(listed)
    if city.options.probe_access:
        written = bare.ask("entities", method="POST", content=b"{}", headers={"Content-Type": JSON}, with_context=False)
        evidence.append(written)
        if written.status is None or written.status == 429 or written.status >= 500:
            raise NotReached(written)
        if written.status not in (401, 403, 405):
            return failed(
                f"A write without credentials is answered with {written.status}: anybody may write (nothing was created).",
                f"Schrijven zonder toegangsgegevens wordt beantwoord met {written.status}: iedereen mag schrijven (er is niets "
                "aangemaakt).",
                evidence=tuple(evidence),
            )
    notes = _issuer(city, listed, evidence)
    if listed.status in (401, 403):
        return not_testable(
            Reason.ORGANISATIONAL,
            f"Seen in force: without credentials the answer is {listed.status}"
            f"{', also to a write' if city.options.probe_access else ''}.",
            f"Van kracht gezien: zonder toegangsgegevens is het antwoord {listed.status}"
            f"{', ook op schrijven' if city.options.probe_access else ''}.",
            notes=(*notes, _BY_RULE),
            evidence=tuple(evidence),
        )
    if city.options.probe_access:
        return not_testable(
            Reason.ORGANISATIONAL,
            f"Seen in force: writing without credentials is refused ({evidence[1].status}); subscriptions can be read.",
            f"Van kracht gezien: schrijven zonder toegangsgegevens wordt geweigerd ({evidence[1].status}); abonnementen zijn "
            "leesbaar.",
            notes=(*notes, _BY_RULE),
            evidence=tuple(evidence),
        )
    return not_testable(
        Reason.NOT_APPLICABLE,
        f"Subscriptions are answered with {listed.status} without credentials; whether anybody may write is asked only with "
        "--probe-access.",
        f"Abonnementen worden zonder toegangsgegevens beantwoord met {listed.status}; of iedereen mag schrijven, wordt enkel "
        "gevraagd met --probe-access.",
        notes=(*notes, _BY_RULE),
        evidence=tuple(evidence),
    )


def _issuer(city: City, listed: Exchange, evidence: list[Exchange]) -> tuple[Text, ...]:
    """Look for who issues tokens, and whether they describe themselves."""
    told = listed.headers.get("www-authenticate", "")
    issuer = city.options.token_issuer
    metadata = _METADATA.search(told)
    if not issuer and metadata is not None:
        described = city.prober.fetch(metadata[1], JSON)
        evidence.append(described)
        servers = described.json.get("authorization_servers") if isinstance(described.json, dict) else None
        issuer = next((one for one in servers if isinstance(one, str)), "") if isinstance(servers, list) else ""
    if not issuer:
        found = _ISSUER.search(told)
        issuer = found[1] if found is not None else ""
    if not issuer:
        if listed.status == 401 and not told:
            return (Text("Warning: 401 without WWW-Authenticate.", "Waarschuwing: 401 zonder WWW-Authenticate."),)
        return ()
    for path in ("/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"):
        described = city.prober.fetch(issuer.rstrip("/") + path, JSON)
        evidence.append(described)
        document = described.json if described.is_success else None
        if isinstance(document, dict) and document.get("issuer"):
            same = str(document["issuer"]).rstrip("/") == issuer.rstrip("/")
            return (
                Text(
                    f"Tokens are issued by {issuer}, which describes itself{'' if same else ' under another name'}.",
                    f"Tokens worden uitgegeven door {issuer}, die zichzelf beschrijft{'' if same else ' onder een andere naam'}.",
                ),
            )
    return (
        Text(
            f"Warning: the token issuer {issuer} does not describe itself (OpenID Connect discovery).",
            f"Waarschuwing: de uitgever van tokens {issuer} beschrijft zichzelf niet (OpenID Connect discovery).",
        ),
    )
