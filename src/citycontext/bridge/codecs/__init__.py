"""From payload to document: what a device wrote, read into plain data that paths can walk."""

from __future__ import annotations

from citycontext.bridge.codecs.registry import AskingCodec, Codec, codec_names, load_codec

__all__ = ["AskingCodec", "Codec", "codec_names", "load_codec"]
