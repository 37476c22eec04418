"""Linked Data Event Streams: immutable versions of entities, in pages by time (LDES, TREE)."""

from __future__ import annotations

from citycontext.publish.ldes.stream import EventStream, Written

__all__ = ["EventStream", "Written"]
