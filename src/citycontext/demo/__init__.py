"""The demo: recorded and simulated sensors of a city, bridge, context broker and map, in one process."""
