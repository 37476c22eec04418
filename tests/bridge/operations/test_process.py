"""The process that the bridge runs in: states for systemd, and settings of the interpreter."""

from __future__ import annotations

import gc
import socket
from pathlib import Path

import pytest

from citycontext.bridge.operations.process import notify, patient_garbage_collection


def test_a_state_is_sent_where_systemd_listens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One datagram to the socket that the environment names."""
    address = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(address))
        monkeypatch.setenv("NOTIFY_SOCKET", str(address))
        notify("READY=1")
        assert listener.recv(100) == b"READY=1"


def test_without_systemd_nothing_happens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither without the variable nor with a socket that is gone."""
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    notify("READY=1")
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "gone"))
    notify("READY=1")


def test_the_settings_come_back_even_after_a_fault() -> None:
    """Inside, the collector is patient and leaves alone what was there before; outside, all is as it was."""
    thresholds, frozen = gc.get_threshold(), gc.get_freeze_count()
    with pytest.raises(ValueError, match="on purpose"), patient_garbage_collection():
        assert gc.get_threshold()[0] > thresholds[0]
        assert gc.get_freeze_count() > frozen
        raise ValueError("on purpose")
    assert gc.get_threshold() == thresholds
    assert gc.get_freeze_count() == 0
