"""SenML (RFC 8428), JSON or CBOR: base values resolved, records of one sensor and time together."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import Any, Final, Literal

from citycontext.bridge.codecs.cbor import read_cbor
from citycontext.bridge.codecs.json import read_json
from citycontext.bridge.codecs.other_kind import OtherKind
from citycontext.bridge.codecs.several import Several
from citycontext.errors import PayloadError

__all__ = ["SenmlCodec"]

_LABELS: Final = {
    -1: "bver", -2: "bn", -3: "bt", -4: "bu", -5: "bv", -6: "bs",
    0: "n", 1: "u", 2: "v", 3: "vs", 4: "vb", 5: "s", 6: "t", 7: "ut", 8: "vd",
}  # fmt: skip
_BASES: Final = frozenset({"bn", "bt", "bu", "bv", "bs", "bver"})
_DEVICE: Final = re.compile(r"(urn:dev:[^:/_]+:[^:/_]+[:/_])(.+)")
"""A device's URN (RFC 9039) and what it measures: the name of a resolved record (RFC 8428, 4.6)."""
_VERSION: Final = 10
_RELATIVE_BELOW: Final = 2**28
"""A time below this is counted from now (RFC 8428, 4.5.3)."""


class SenmlCodec:
    """Read SenML. Records with one base name and time are a document.

    The document has ``name`` (the base name), ``values`` and ``units`` by the rest of the name (a record without one is
    ``value``), and ``time`` in seconds since 1970, or, where the pack counts from now, ``offset``: use
    ``observed_at = ["time", { from = "offset", format = "relative" }]``.

    Args:
        form: ``json``, ``cbor``, or ``auto`` to look at the first byte.
    """

    def __init__(self, *, form: Literal["auto", "json", "cbor"] = "auto") -> None:
        if form not in ("auto", "json", "cbor"):
            raise ValueError("form is auto, json or cbor")
        self._form = form

    def decode(self, payload: bytes, topic: str) -> list[dict[str, Any]]:
        """Read a pack.

        Args:
            payload: The pack.
            topic: Not used.

        Returns:
            A document for each base name and time, in their order.

        Raises:
            PayloadError: It is not SenML.
        """
        is_json = self._form == "json" or (self._form == "auto" and payload[:1] in (b"[", b"{", b" ", b"\n", b""))
        pack = read_json(payload) if is_json else read_cbor(payload)
        if isinstance(pack, dict) and ("e" in pack or "bn" in pack):
            raise PayloadError("this is SenML of an old draft, an object; RFC 8428 has an array of records")
        if not isinstance(pack, list) or not pack:
            raise OtherKind("this is not SenML: an array of records was expected")
        bases: dict[str, Any] = {}
        documents: dict[tuple[str, float], dict[str, Any]] = {}
        for number, given in enumerate(pack):
            if not isinstance(given, dict):
                raise PayloadError("a record is an object", path=f"[{number}]")
            record: dict[str, Any] = {str(_LABELS.get(key, key)): value for key, value in given.items()}
            if "sv" in record or record.get("bver", _VERSION) not in (5, _VERSION):
                raise PayloadError("this is SenML of another version than RFC 8428", path=f"[{number}]")
            if unknown := next((key for key in record if key.endswith("_") and key != "_"), None):
                raise PayloadError(
                    f"{unknown} must be understood (RFC 8428, 4.4), and is not known", path=f"[{number}]"
                )
            bases |= {key: value for key, value in record.items() if key in _BASES}
            if not bases.get("bn") and (resolved := _DEVICE.fullmatch(str(record.get("n", "")))):
                record = {**record, "n": resolved[2]}
                name, at = self._place(record, bases | {"bn": resolved[1][:-1]}, number)
            else:
                name, at = self._place(record, bases, number)
            value = self._value(record, bases, number)
            times = {"time": None, "offset": at} if at < _RELATIVE_BELOW else {"time": at, "offset": None}
            document = documents.setdefault((name, at), {"name": name, **times, "values": Several(), "units": {}})
            if value is not None:
                own = record.get("n") or "value"
                document["values"].add(own, value)
                if (unit := record.get("u", bases.get("bu"))) is not None:
                    document["units"][own] = unit
        made = [{**document, "values": document["values"].values()} for document in documents.values()]
        return [document for document in made if document["values"]]

    @staticmethod
    def _place(record: dict[str, Any], bases: dict[str, Any], number: int) -> tuple[str, float]:
        name, own = bases.get("bn", ""), record.get("n", "")
        if not isinstance(name, str) or not isinstance(own, str) or not name + own:
            raise PayloadError("a record has no name", path=f"[{number}]")
        times = (bases.get("bt", 0), record.get("t", 0))
        if not all(type(one) in (int, float) for one in times):
            raise PayloadError("a time is not a number", path=f"[{number}].t")
        return name, _sum(times[1], times[0], f"[{number}].t")

    @staticmethod
    def _value(record: dict[str, Any], bases: dict[str, Any], number: int) -> Any:
        said = {"vs", "vb", "vd"} & record.keys()
        if "v" in record or ("bv" in bases and not said and "s" not in record and "n" in record):
            return _sum(record.get("v", 0), bases.get("bv", 0), f"[{number}].v")
        if said:
            return record[next(key for key in ("vs", "vb", "vd") if key in said)]
        # A base sum alone is a sum (RFC 8428, 4.1): what lacks of both counts as zero.
        if "s" in record or ("bs" in bases and "n" in record):
            return _sum(record.get("s", 0), bases.get("bs", 0), f"[{number}].s")
        return None


def _sum(one: Any, base: Any, path: str) -> int | float:
    """Add as the digits say: 0.1 and 0.2 are 0.3."""
    if not all(type(part) in (int, float) and math.isfinite(part) for part in (one, base)):
        raise PayloadError("a value is not a number", path=path)
    if type(one) is int and type(base) is int:
        return one + base
    return float(Decimal(repr(one)) + Decimal(repr(base)))
