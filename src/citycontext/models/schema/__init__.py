"""JSON Schema as entity models use it: references followed, prose dropped, values checked."""
