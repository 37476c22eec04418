"""From payload to document: what a device wrote, read into plain data that paths can walk."""

from __future__ import annotations

from citycontext.bridge.codecs.aside import Aside
from citycontext.bridge.codecs.other_kind import OtherKind
from citycontext.bridge.codecs.registry import OPTIONS_OF_NEW_FILES, AskingCodec, Codec, codec_names, load_codec

__all__ = ["OPTIONS_OF_NEW_FILES", "Aside", "AskingCodec", "Codec", "OtherKind", "codec_names", "load_codec"]
