"""Open data behind one port: streams, files, a service of features, and a page for people."""

from __future__ import annotations

from citycontext.publish.site.app import site_app
from citycontext.publish.site.shelf import Shelf

__all__ = ["Shelf", "site_app"]
