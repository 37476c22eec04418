"""What names and values give away: persons, vehicles, devices, accounts; and counts that point at somebody."""

from __future__ import annotations

__all__: list[str] = []
