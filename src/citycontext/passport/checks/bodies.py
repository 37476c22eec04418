"""Whether a body is what its Content-Type says."""

from __future__ import annotations

from typing import Any

from citycontext.passport.city import context_addresses
from citycontext.passport.evidence import Exchange
from citycontext.web.media_types import GEO_JSON, LD_JSON

__all__ = ["fits", "is_geo_json"]


def fits(exchange: Exchange) -> bool:
    """Return whether a body is what its Content-Type says, as far as this can be told."""
    form, body = exchange.media_type, exchange.content
    start = body[:512].lstrip().lower()
    is_html = start.startswith((b"<!doctype html", b"<html"))
    if form.endswith(("/json", "+json")):
        if exchange.json is None:
            return False
        if form == GEO_JSON:
            return is_geo_json(exchange.json)
        if form == LD_JSON:
            document = exchange.json[0] if isinstance(exchange.json, list) and exchange.json else exchange.json
            return (
                document == []
                or (isinstance(document, dict) and "@context" in document)
                or bool(context_addresses(exchange))
            )
        return isinstance(exchange.json, dict | list)
    if form in ("text/csv", "text/turtle", "text/plain"):
        return not is_html and exchange.json is None
    if form in ("text/html", "application/xhtml+xml"):
        return is_html
    return bool(form) and not is_html


def is_geo_json(document: Any) -> bool:
    """Return whether a document is a Feature or a collection of them."""
    if not isinstance(document, dict):
        return False
    if document.get("type") == "Feature":
        return "geometry" in document
    features = document.get("features")
    return (
        document.get("type") == "FeatureCollection"
        and isinstance(features, list)
        and all(isinstance(one, dict) and one.get("type") == "Feature" for one in features)
    )
