"""The @context: what short names mean, and how to shorten them (CIM 009, 4.4 and 5.5.7)."""

from __future__ import annotations

from citycontext.ngsild.context.context import Context
from citycontext.ngsild.context.core_terms import CORE_VERSIONS, LATEST_CORE, core_url, is_core_url
from citycontext.ngsild.context.loading import (
    OFFLINE,
    ContextLoader,
    FetchingLoader,
    OfflineLoader,
    decode_document,
)
from citycontext.ngsild.context.payloads import compact_attribute, compact_entity, expand_attribute, expand_entity
from citycontext.ngsild.context.shipped import shipped_context, shipped_subjects, subject_of_context
from citycontext.ngsild.context.terms import DEFAULT_LIMITS, Limits, Term
from citycontext.ngsild.links import (
    CONTEXT_RELATION,
    Link,
    context_url,
    is_link_header,
    link_header,
    parse_link_header,
)

__all__ = [
    "CONTEXT_RELATION",
    "CORE_VERSIONS",
    "DEFAULT_LIMITS",
    "LATEST_CORE",
    "OFFLINE",
    "Context",
    "ContextLoader",
    "FetchingLoader",
    "Limits",
    "Link",
    "OfflineLoader",
    "Term",
    "compact_attribute",
    "compact_entity",
    "context_url",
    "core_url",
    "decode_document",
    "expand_attribute",
    "expand_entity",
    "is_core_url",
    "is_link_header",
    "link_header",
    "parse_link_header",
    "shipped_context",
    "shipped_subjects",
    "subject_of_context",
]
