"""From linked data to entities."""
