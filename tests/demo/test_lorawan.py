"""The radio side of the simulated uplinks."""

from __future__ import annotations

import pytest

from citycontext.demo.city import AIR, NOISE, WASTE
from citycontext.demo.lorawan import airtime


@pytest.mark.parametrize(("size", "factor", "seconds"), [(10, 7, 0.061696), (20, 7, 0.071936), (10, 12, 1.482752)])
def test_airtime_is_that_of_a_lorawan_frame(size: int, factor: int, seconds: float) -> None:
    """Time on air follows the formula of the modem's data sheet: 13 bytes of frame around the payload, CR 4/5."""
    assert airtime(size, factor) == pytest.approx(seconds, abs=1e-6)


def test_no_two_devices_share_an_address() -> None:
    """Every simulated device has an EUI, an address and a place of its own."""
    devices = [*AIR, *NOISE, *WASTE]
    for quality in ("id", "eui", "address", "place"):
        assert len({getattr(device, quality) for device in devices}) == len(devices)
