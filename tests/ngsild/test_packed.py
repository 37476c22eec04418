"""Packed data files."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from citycontext.ngsild.packed import Packed, pack

LINE = b'{"a":{"b":"http://example.org/c"}},\n'
TEXTS = st.binary(max_size=200) | st.integers(1, 400).map(lambda times: LINE * times)


@given(st.dictionaries(st.text(max_size=5), TEXTS, max_size=6))
def test_blocks_come_back(blocks: dict[str, bytes]) -> None:
    """Whatever is packed is read again, block by block, with its head."""
    packed = Packed(pack({"names": list(blocks)}, blocks))
    assert {name: packed.block(name) for name in packed} == blocks
    assert packed.head == {"names": list(blocks)}


def test_what_repeats_is_kept_once() -> None:
    """What many blocks say costs each of them little, and a long monotonous block needs nearly no room."""
    words = "".join(f'"{number * 7919:x}":"http://example.org/{number * 104729:x}",\n' for number in range(300))
    same = {str(number): words.encode() for number in range(40)}
    assert len(pack({}, same)) < 0.5 * 40 * len(pack({}, {"0": same["0"]}))
    long = b"".join(b'{"number":%d,"unit":"CEL","where":"here"}\n' % (number % 50) for number in range(50_000))
    assert len(pack({}, {"long": long})) < len(long) / 500


def test_small_blocks_share_a_group_and_large_ones_have_their_own() -> None:
    """A small block costs no more than its group to read: those around it never grow beyond 256 kB."""
    blocks = {str(number): bytes([number]) * 120_000 for number in range(6)} | {"large": bytes(300_000)}
    packed = Packed(pack({}, blocks))
    assert [end - start for _, start, end in packed._places.values()] == [120_000] * 6 + [300_000]
    assert [number for number, _, _ in packed._places.values()] == [0, 0, 1, 1, 2, 2, 3]
    assert [packed.block(name)[:1] for name in ("5", "large", "0", "1", "5")] == [b"\5", b"\0", b"\0", b"\1", b"\5"]
