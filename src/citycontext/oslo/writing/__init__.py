"""From entities to linked data."""
