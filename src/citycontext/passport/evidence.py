"""What was asked and what came back, as far as it may be shown: no tokens, no values of properties, nobody's number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Any, Final
from urllib.parse import quote, unquote

import orjson

from citycontext.foreign_text import printable
from citycontext.passport.words import Text
from citycontext.publish.disclosing.disclosure import is_personal
from citycontext.publish.disclosing.identifiers import identifier_in
from citycontext.web.http import httpx

__all__ = ["HIDDEN", "Exchange", "outline", "shielded", "shielded_url"]

HIDDEN: Final = "(hidden)"
"""What stands in the place of a secret, or of what gives a person away."""

_EXCERPT: Final = 1024
_SHOWN_REQUEST: Final = frozenset(
    {"accept", "content-type", "if-none-match", "link", "ngsild-tenant", "fiware-service"}
)
_SHOWN_ANSWER: Final = frozenset(
    {
        "access-control-allow-origin", "age", "allow", "cache-control", "content-crs", "content-language",
        "content-length", "content-type", "date", "etag", "expires", "last-modified", "link", "location",
        "ngsild-results-count", "ngsild-tenant", "ngsild-warning", "ratelimit", "ratelimit-limit", "ratelimit-policy",
        "ratelimit-remaining", "ratelimit-reset", "retry-after", "strict-transport-security", "vary",
        "www-authenticate", "x-ratelimit-limit", "x-ratelimit-remaining",
    }
)  # fmt: skip
# Members that say what something is, and not how it stands; the values of all others stay out.
_KEPT: Final = frozenset(
    {
        "@context", "@id", "@type", "attributeNames", "conformsTo", "crs", "datasetId", "geometry", "href",
        "id", "lang", "object", "openapi", "rel", "status", "storageCrs", "type", "typeList", "typeName", "unitCode",
    }
)  # fmt: skip
_SECRET_WORD: Final = re.compile(r"token|secret|passw|api-?_?key|signature|^(?:sig|key|auth|code|jwt)$", re.IGNORECASE)
_URL: Final = re.compile(r"https?://[^\s<>\"]+")
_MAX_DEPTH: Final = 12
_MOST_ITEMS: Final = 20


@dataclass(frozen=True)
class Exchange:
    """One request and its answer.

    Args:
        number: Its place in the run, from 1.
        at: When it was sent (UTC).
        method: The HTTP method.
        url: Where, without credentials.
        request_headers: What was sent along, secrets cut out.
        status: The status; None where no answer came.
        headers: Headers of the answer that say something of it, names in small letters.
        content: The body; not part of what is shown.
        seconds: How long it took.
        problem: Why no answer came.
    """

    number: int
    at: str
    method: str
    url: str
    request_headers: Mapping[str, str]
    status: int | None
    headers: Mapping[str, str]
    content: bytes = field(default=b"", repr=False)
    seconds: float = 0.0
    problem: str = ""

    @property
    def media_type(self) -> str:
        """The media type of the answer, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def is_success(self) -> bool:
        """Whether the status is of the 200s."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def obstacle(self) -> Text:
        """Why this answer proves nothing; empty where it does."""
        if self.status is None:
            said = self.problem or "no answer"
            return Text(f"no answer came ({said})", f"er kwam geen antwoord ({said})")
        if self.status in (401, 403):
            return Text(
                f"{self.status}, it asks for credentials", f"{self.status}, er worden toegangsgegevens gevraagd"
            )
        if self.status == 429 or (self.status >= 500 and self.status not in (501, 505)):
            return Text(f"{self.status}, the server failed", f"{self.status}, de server faalde")
        return Text("", "")

    @property
    def sha256(self) -> str:
        """The sha256 of the body."""
        return sha256(self.content).hexdigest()

    @cached_property
    def json(self) -> Any:
        """The body as JSON; None where it is not one."""
        try:
            return orjson.loads(self.content)
        except orjson.JSONDecodeError:
            return None

    @cached_property
    def excerpt(self) -> str:
        """What of the body may be shown: names, ids, types and units, at most a kilobyte."""
        if not self.content:
            return ""
        if self.json is None:
            return f"({self.media_type or 'no media type'}, {len(self.content):,} bytes)"
        return printable(orjson.dumps(outline(self.json)).decode(), _EXCERPT)

    def as_json(self) -> dict[str, Any]:
        """Return what is shown, as a JSON object."""
        return {
            "number": self.number,
            "at": self.at,
            "method": self.method,
            "url": self.url,
            "requestHeaders": dict(self.request_headers),
            "status": self.status,
            "headers": dict(self.headers),
            "mediaType": self.media_type,
            "length": len(self.content),
            "sha256": self.sha256,
            "excerpt": self.excerpt,
            "seconds": round(self.seconds, 3),
            **({"problem": self.problem} if self.problem else {}),
        }


def outline(document: Any, depth: int = 0, entity_type: str = "") -> Any:
    """Return the shape of a document: names stay, values only where they say what something is.

    Args:
        document: Any JSON value.
        depth: How deep it stands.
        entity_type: The type of the entity that it stands in.
    """
    if depth > _MAX_DEPTH:
        return "…"
    if isinstance(document, dict):
        named = document.get("type", document.get("@type"))
        own = named if isinstance(named, str) and "id" in document else entity_type
        kept: dict[str, Any] = {}
        for name, value in list(document.items())[:60]:
            if identifier_in(name, codes=True) is not None:
                continue
            if is_personal(own, name) and name not in _KEPT:
                kept[name] = HIDDEN
            elif name == "@context":
                kept[name] = _context(value)
            elif isinstance(value, dict | list):
                kept[name] = outline(value, depth + 1, own) if name not in _KEPT else _kept(value, depth, own)
            else:
                kept[name] = _kept(value, depth, own) if name in _KEPT else "…"
        return kept
    if isinstance(document, list):
        shown = [outline(one, depth + 1, entity_type) for one in document[:_MOST_ITEMS]]
        return shown if len(document) <= _MOST_ITEMS else [*shown, f"… {len(document):,} in all"]
    return "…"


def _kept(value: Any, depth: int, entity_type: str) -> Any:
    if isinstance(value, str):
        return shielded(value)
    if isinstance(value, list):
        return [_kept(one, depth + 1, entity_type) for one in value[:_MOST_ITEMS]] if depth < _MAX_DEPTH else "…"
    return outline(value, depth + 1, entity_type) if isinstance(value, dict) else value


def _context(value: Any) -> Any:
    if isinstance(value, str):
        return shielded_url(value)
    if isinstance(value, list):
        return [_context(one) for one in value[:_MOST_ITEMS]]
    return f"({len(value)} terms)" if isinstance(value, dict) else "…"


def shielded(text: str) -> str:
    """Return a text, hidden where it looks like somebody's number or address."""
    if "://" in text:
        return shielded_url(text)
    return HIDDEN if identifier_in(text, codes=False) is not None else printable(text, 300)


def shielded_url(url: str) -> str:
    """Return an address without credentials, and without what gives somebody away in its path or query."""
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, TypeError, ValueError):
        return HIDDEN
    if parsed.userinfo:
        parsed = parsed.copy_with(userinfo=b"")
    path, _, query = parsed.raw_path.decode("ascii", "replace").partition("?")
    if path == "/" and not url.partition("://")[2].partition("?")[0].endswith("/"):
        path = ""  # as it was written
    path = "/".join(_part(one) for one in path.split("/"))
    if query:
        path += "?" + "&".join(_parameter(one) for one in query.split("&"))
    origin = f"{parsed.scheme}://{parsed.netloc.decode('ascii', 'replace')}" if parsed.scheme else ""
    return printable(origin + path + (f"#{parsed.fragment}" if parsed.fragment else ""), 1000)


def _challenge(value: str) -> str:
    """Return a challenge with its scheme and what leads to an issuer; a server may echo a token in the rest."""
    told = re.findall(r'(?:realm|authorization_uri|issuer|as_uri|resource_metadata)="https?://[^"]*"', value)
    return " ".join([value.partition(" ")[0][:40], ", ".join(told)]).strip()


def _shielded(found: re.Match[str]) -> str:
    return shielded_url(found[0])


def _part(text: str) -> str:
    plain = unquote(text)
    return HIDDEN if plain and identifier_in(plain, codes=False) is not None else text


def _parameter(text: str) -> str:
    name, _, value = text.partition("=")
    if _SECRET_WORD.search(unquote(name)):
        return f"{name}={HIDDEN}"
    if name in ("coordinates", "bbox", "timeAt", "endTimeAt", "limit", "offset"):
        return text
    return f"{name}={quote(HIDDEN, safe='()')}" if value and _part(value) == HIDDEN else text


def shown_request(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the headers of a request without what is secret in them, or may be."""
    shown: dict[str, str] = {}
    for name, value in headers:
        if name.lower() in _SHOWN_REQUEST:
            shown[name] = printable(value, 300)
        elif name.lower() not in ("user-agent", "accept-encoding"):
            shown[name] = HIDDEN
    return shown


def shown_answer(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Return the headers of an answer that say something of it; several of one name are joined."""
    shown: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        if name in _SHOWN_ANSWER:
            if name == "www-authenticate":
                value = _challenge(value)
            value = shielded_url(value) if name == "location" else printable(_URL.sub(_shielded, value), 1000)
            shown[name] = f"{shown[name]}, {value}" if name in shown else value
    return shown
