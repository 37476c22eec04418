"""Event streams of others (LDES, TREE) into a context broker: followed, resumed, in order."""

from __future__ import annotations

from citycontext.transfer.event_streams.follower import Followed, follow_stream
from citycontext.transfer.event_streams.pages import Member, StreamPage, read_page

__all__ = ["Followed", "Member", "StreamPage", "follow_stream", "read_page"]
