"""Entities as they are stored: read from what was written, and changed by each operation (4.5, 5.6)."""
