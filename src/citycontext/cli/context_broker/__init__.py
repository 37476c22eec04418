"""Commands for any context broker: entities and what goes with them, over a named connection."""
