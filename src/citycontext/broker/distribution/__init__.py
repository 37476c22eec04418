"""Context source registrations (5.9, 5.10, 5.12)."""
